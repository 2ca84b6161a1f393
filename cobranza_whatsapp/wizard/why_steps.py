"""The rule chain of one customer as lines: first the debt, then each channel."""

from odoo.tools import format_amount, format_date

from ..core import rules
from ..models import channels, reasons


def of_move(env, move, candidate):
    """Return the lines of one invoice; ``candidate`` is its customer's, maybe None."""
    if move.state != "posted" or not move.is_sale_document(include_receipts=True):
        return [_refused(env, "not_posted")]
    own = [d for d in candidate.lines if d.move_id == move.id] if candidate else []
    if not any(debt.amount > 0 for debt in own):
        return [_refused(env, "no_debt")]
    held = dict.fromkeys(debt.hold for debt in own if debt.hold)
    steps = [_refused(env, code) for code in held]
    if not held:
        steps.append(_passed(env._("Nothing holds this invoice.")))
    named = candidate.claim and {debt.move_id for debt in candidate.claim.debts}
    if named and move.id not in named and not held:
        steps.append(_later(env._("The next reminder does not name this invoice yet.")))
    return steps + of_customer(env, move.company_id, candidate)


def of_customer(env, company, candidate):
    """Return the lines of one customer in one company and currency."""
    if candidate.guarantor:
        return _of_guarantor(env, candidate)
    currency = env["res.currency"].browse(candidate.currency_id)
    title = f"{company.name} · {currency.name}"
    steps = [_head(title), *_of_policy(env, candidate)]
    steps += _of_debt(env, candidate, currency)
    if candidate.claim:
        steps += _of_stage(env, company, candidate)
    for option in candidate.options:
        steps += _of_option(env, option)
    return steps


def _of_guarantor(env, candidate):
    """Return the lines of one guarantor: what differs from the debtor's."""
    name = candidate.guarantor.guarantor_id.display_name
    steps = [_head(env._("Guarantor, by hand only: %(name)s", name=name))]
    if candidate.reminded:
        text = env._("The guarantor was already reminded in this stage.")
        steps.append({"mark": "refused", "sentence": text})
    for option in candidate.options:
        steps += _of_option(env, option)
    return steps


def _of_policy(env, candidate):
    # sudo: which policy applies is part of the answer, also to who may not open it.
    policy = env["cobranza.policy"].sudo().browse(candidate.policy_id or ())
    if not policy:
        return [_refused(env, "no_policy")]
    return [_passed(env._("The policy %(name)s applies.", name=policy.name))]


def _of_debt(env, candidate, currency):
    if not candidate.claim:
        outcome = candidate.outcome
        if outcome.next_date:
            day = format_date(env, outcome.next_date)
            text = env._("The next stage begins on %(date)s.", date=day)
            return [_later(text)]
        held = {d.hold for d in candidate.lines if d.hold and d.amount > 0}
        codes = sorted(held) if outcome.code == "all_on_hold" else [outcome.code]
        return [_refused(env, code) for code in codes]
    claim = candidate.claim
    owed = format_amount(env, float(claim.total), currency)
    steps = [_passed(env._("%(amount)s would be claimed.", amount=owed))]
    if claim.credit:
        credit = format_amount(env, float(claim.credit), currency)
        text = env._("A credit of %(amount)s is already deducted.", amount=credit)
        steps.append(_passed(text))
    return steps


def _of_stage(env, company, candidate):
    claim = candidate.claim
    # sudo: as for the policy.
    stage = env["cobranza.stage"].sudo().browse(claim.stage.id)
    days = (company._cobranza_today() - claim.cycle.date_maturity).days
    text = env._(
        "Stage %(stage)s, days overdue: %(days)s.", stage=stage.name, days=days
    )
    steps = [_passed(text)]
    if claim.stage.action == "activity":
        steps.append(_refused(env, "escalated"))
    elif candidate.reminded:
        steps.append(_refused(env, "already_reminded"))
    else:
        text = env._("The customer was not reminded in this stage yet.")
        steps.append(_passed(text))
    return steps


def _of_option(env, option):
    """Return what every rule says about one channel."""
    title = channels.label(env, option.channel)
    if option.recipient["number"]:
        title = f"{title} · {option.recipient['number']}"
    steps = [_head(title)]
    for step in rules.explain(option.situation):
        moment = step.not_before_utc
        steps.append(
            {
                "mark": step.outcome,
                "sentence": reasons.step_sentence(env, step),
                "from_at": moment.replace(tzinfo=None) if moment else False,
            }
        )
    return steps


def _head(text):
    return {"mark": "head", "sentence": text}


def _passed(text):
    return {"mark": "passed", "sentence": text}


def _later(text):
    return {"mark": "later", "sentence": text}


def _refused(env, code):
    return {"mark": "refused", "sentence": reasons.sentence(env, code)}
