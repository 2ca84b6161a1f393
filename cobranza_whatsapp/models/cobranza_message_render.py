from datetime import timedelta

from odoo import fields, models
from odoo.tools import SQL

from ..core import debts, rendering, rules
from ..core.types import OutgoingMessage, TemplateCall
from . import message_snapshot, message_values, reminder_text
from .planning_data import Candidate

# Refusals that mend themselves or wait for a person: the message stays queued.
WAITING_CODES = (
    "not_started",
    "stopped_all",
    "account_missing",
    "account_on_hold",
    "account_copied_database",
    "template_warned",
    "no_opt_out",
    *rules.TEMPLATE_PROBLEMS,
)
RECHECK_MINUTES = 10


class CobranzaMessage(models.Model):
    """Check a claimed reminder again, then write its text."""

    _inherit = "cobranza.message"

    def _cobranza_recheck(self, company):
        """Return [(message, claim, media id, grounds)] of reminders right and allowed.

        Everything is read for the whole batch; the others are cancelled, put off or
        sent back to prepare, each with its reason.
        """
        planning = self.env["cobranza.planning"]
        lines = self.env["cobranza.debt"]._cobranza_customers(
            company, self.partner_id.ids
        )
        stages = planning._stages_by_policy(p for p, _lines in lines.values())
        desk = planning._open_desk(
            company, set(self.partner_id.ids), guarantors=self.guarantor_id
        )
        slots = self._cobranza_next_slots()
        slots |= self._cobranza_next_guarantor_slots()
        today = company._cobranza_today()
        candidates = []
        for message in self:
            key = (message.partner_id.id, message.currency_id.id)
            policy_id, own_lines = lines.get(key, (None, []))
            outcome = debts.claim(own_lines, stages.get(policy_id, []), today)
            candidate = Candidate(
                *key,
                policy_id,
                tuple(own_lines),
                outcome,
                guarantor=message.guarantor_id or None,
            )
            if message.is_template_chosen:
                candidate.wanted = message.template_id
            candidates.append(candidate)
        planning._mark_reminded(company, candidates)
        allowed = []
        for message, candidate in zip(self, candidates, strict=True):
            if not message._cobranza_still_due(candidate):
                continue
            choice = planning._option(desk, candidate, message.channel)
            if message._cobranza_may_go(choice, slots):
                # The grounds are those of this moment, whatever planning saw.
                grounds = message_snapshot.grounds(choice)
                allowed.append((message, candidate.claim, grounds))
        return self._cobranza_with_documents(allowed)

    def _cobranza_with_documents(self, allowed):
        """Keep the messages whose PDF is right and uploaded; give each its link."""
        messages = self.browse([message.id for message, *_rest in allowed])
        account = messages.account_id
        if not account:
            return []
        needs_media = account._cobranza_provider().documents == "media"
        # sudo: the list of uploaded files is nobody's to read.
        media = (
            self.env["cobranza.media"]
            .sudo()
            ._cobranza_known(account, messages.mapped("document_checksum"))
        )
        ready = []
        for message, claim, grounds in allowed:
            media_uid = media.get(message.document_checksum)
            move_ids = {debt.move_id for debt in claim.debts}
            same = move_ids == set(message.move_ids.ids)
            # A guarantor gets no document: it says more than what he answers for.
            has_media = media_uid or not needs_media or message.guarantor_id
            if same and has_media:
                ready.append((message, claim, media_uid, grounds))
            else:
                message.write(
                    {"move_ids": [(6, 0, list(move_ids))], "is_prepared": False}
                )
        if len(ready) < len(allowed):
            self.env.ref("cobranza_whatsapp.ir_cron_prepare")._trigger()
        self.browse([message.id for message, *_rest in ready])._cobranza_make_links()
        return ready

    def _cobranza_make_links(self):
        """Give each message that has none the token of its payment page."""
        missing = self.filtered(lambda m: not m.link_id)
        # sudo: links are the system's.
        links = self.env["cobranza.link"].sudo()._cobranza_create(missing)
        for message, link in zip(missing, links, strict=True):
            message.link_id = link

    def _cobranza_still_due(self, candidate):
        """Cancel the message if the debt is gone or moved on; say whether it stays."""
        if not candidate.claim:
            code = candidate.outcome.code
            paid = "paid" if "posted" in self.move_ids.mapped("state") else "reset"
            code = {"no_debt": paid, "all_on_hold": "hold"}.get(code, code)
            self._cobranza_advance("cancelled", code)
            return False
        if candidate.claim.stage.id != self.reminder_id.stage_id.id:
            self._cobranza_advance("cancelled", "superseded")
            return False
        if candidate.reminded and candidate.reminder_id != self.reminder_id.id:
            # Two customers were merged: the reminder of the older debt speaks for both.
            self._cobranza_advance("cancelled", "already_reminded")
            return False
        return True

    def _cobranza_may_go(self, choice, slots):
        """Apply the rules' decision; return whether the message may go now."""
        decision = choice.decision
        if decision.outcome == "later":
            self.write(
                {
                    "not_before": decision.not_before_utc.replace(tzinfo=None),
                    "reason": decision.code,
                }
            )
            return False
        if decision.outcome == "refused":
            if decision.code in WAITING_CODES:
                later = fields.Datetime.now() + timedelta(minutes=RECHECK_MINUTES)
                self.write({"reason": decision.code, "not_before": later})
            else:
                self._cobranza_advance("cancelled", decision.code)
            return False
        return self._cobranza_take_choice(choice, slots)

    def _cobranza_take_choice(self, choice, slots):
        """Store what is different from planning; return False if the account is.

        ``slots`` are what `_cobranza_next_slots` and `_cobranza_next_guarantor_slots`
        return, together.
        """
        person_id = self._cobranza_addressee().id
        values = {
            "contact_slot": slots[self.partner_id.id],
            "guarantor_slot": slots.get(("guarantor", person_id), False),
            "recipient": choice.recipient["number"],
            "recipient_key": choice.recipient["number_key"],
            "recipient_partner_id": choice.recipient["partner_id"],
            "recipient_why": choice.recipient["why"],
            "template_id": choice.template.id,
            "account_id": choice.account.id,
        }
        changed = {
            name: value
            for name, value in values.items()
            if self._fields[name].convert_to_write(self[name], self) != value
        }
        if changed:
            self.write(changed)
        if "account_id" in changed:
            # Another account sends now: its own claim takes the message.
            self.is_prepared = False
            return False
        return True

    def _cobranza_next_slots(self):
        """Return {customer id: his next place}, read in the snapshot of his history.

        Every message that ever took a place counts, over all companies, so that one
        that failed since does not make two others meet.
        """
        self.flush_model(["contact_slot", "partner_id"])
        rows = self.env.execute_query(
            SQL(
                """
                SELECT partner_id, MAX(split_part(contact_slot, '/', 2)::int)
                  FROM cobranza_message
                 WHERE partner_id IN %s AND contact_slot IS NOT NULL
              GROUP BY partner_id
                """,
                tuple(self.partner_id.ids),
            )
        )
        taken = dict(rows)
        return {
            partner_id: f"{partner_id}/{taken.get(partner_id, 0) + 1}"
            for partner_id in self.partner_id.ids
        }

    def _cobranza_next_guarantor_slots(self):
        """Return {("guarantor", id): his next place} of those who are guarantors.

        A guarantor of several customers, or who owes something himself, shares no
        customer's place with the other messages that he gets: he has places of his own.
        """
        self.flush_model(["guarantor_slot", "guarantor_id", "partner_id"])
        people = self.partner_id | self.sudo().guarantor_id.guarantor_id
        rows = self.env.execute_query(
            SQL(
                """
                SELECT link.guarantor_id,
                       MAX(split_part(message.guarantor_slot, '/', 2)::int)
                  FROM cobranza_guarantor link
             LEFT JOIN cobranza_message message
                    ON message.guarantor_id = link.id
                    OR message.partner_id = link.guarantor_id
                       AND message.guarantor_id IS NULL
                 WHERE link.guarantor_id IN %s
              GROUP BY link.guarantor_id
                """,
                tuple(people.ids),
            )
        )
        return {
            ("guarantor", person_id): f"{person_id}/{(taken or 0) + 1}"
            for person_id, taken in rows
        }

    # --- rendering --------------------------------------------------------------------

    def _cobranza_render(self, claim, media_uid, grounds):
        """Return (OutgoingMessage, values to store). Raises TemplateError."""
        self.ensure_one()
        account = self.account_id
        if self.kind == "confirmation":
            return self._cobranza_outgoing(self.body, subject=self.subject or ""), {}
        link = self.link_id
        template = self.template_id
        version = template._cobranza_version(account)
        values = message_values.for_claim(
            self.env,
            self.company_id,
            self.partner_id.sudo(),
            self.recipient_partner_id.sudo(),
            claim,
            self.currency_id,
            link._cobranza_url(account),
            template.language,
        )
        body, subject, values = reminder_text.written(
            template, version, values, grounds.get("opt_out_in_message", False)
        )
        call = None
        if self.channel == "whatsapp":
            source = version.body if version else template.body
            call = self._cobranza_template_call(version, source, values, media_uid)
        stored = {
            "body": body,
            "subject": subject,
            "language": template.language,
            "version_id": version.id,
            "amount": float(claim.total),
            "snapshot": {
                **grounds,
                **message_snapshot.content(self, claim, version, values),
            },
            "reason": False,
        }
        return self._cobranza_outgoing(body, call, subject), stored

    def _cobranza_outgoing(self, body, call=None, subject=""):
        return OutgoingMessage(
            uuid=self.uuid,
            channel=self.channel,
            recipient=self.recipient,
            body=body,
            template=call,
            subject=subject,
            callback_url=self.account_id._cobranza_webhook_url(self.uuid),
        )

    def _cobranza_template_call(self, version, source, values, media_uid):
        """Return the approved template with this customer's values."""
        document = self._cobranza_core_document(media_uid)
        if version:
            return version._cobranza_call(
                values, self.uuid, self.link_id.token, document
            )
        # A provider that approves nothing takes the text as it stands.
        return TemplateCall(
            name=self.template_id.name,
            language=self.template_id.language,
            parameters=rendering.parameters(source, values),
            document=document,
        )
