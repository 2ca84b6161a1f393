"""What is kept of a message beside its text: on which grounds it was sent, and what of.

Plain JSON, written once before the message leaves. Names and numbers stand here as
they were: customers are renamed and merged, templates and policies change.
"""


def grounds(choice):
    """Return why the message may go: consent, policy, moment, whom it is for."""
    situation = choice.situation
    given = situation.consent_at_utc
    return {
        "decided_at": situation.now_utc.isoformat(),
        "decision": choice.decision.code or choice.decision.outcome,
        "policy": situation.limits.version,
        "answers": [moment.isoformat() for moment in situation.answers],
        "opt_out_in_message": situation.limits.opt_out_in_message,
        "zones": list(situation.zones),
        "messages_before": [
            [contact.moment_utc.isoformat(), contact.channel]
            for contact in situation.history
        ],
        "consent": {
            "state": situation.consent,
            "basis": situation.consent_basis,
            "given_at": given.isoformat() if given else None,
        },
        "role": situation.role,
        "recipient_because": choice.recipient["why"],
    }


def content(message, claim, version, values):
    """Return what the message was about: who, which debts, which template, its values.

    ``version`` is the template as the provider approved it, maybe none.
    """
    return {
        "debtor": message.partner_id.sudo().name or "",
        "contact": message.recipient_partner_id.sudo().name or "",
        "guarantor_by": message.guarantor_id.sudo().document or "",
        "creditor": message.company_id.name,
        "creditor_tax_id": message.company_id.vat or "",
        "currency": message.currency_id.name,
        "stage": message.reminder_id.stage_id.name or "",
        "debts": [
            [debt.number, debt.date_maturity.isoformat(), str(debt.amount)]
            for debt in claim.debts
        ],
        "credit_deducted": str(claim.credit),
        "template": message.template_id.name,
        "template_version": version.remote_name or "",
        "parameters": dict(values),
    }
