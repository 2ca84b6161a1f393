"""What the linter of texts objects to, as sentences that say what to do."""

from odoo.tools.translate import LazyTranslate

_lt = LazyTranslate(__name__)

SENTENCES = {
    "threat": _lt("sounds like a threat: say what the customer can do instead."),
    "court": _lt("sounds like a court: a reminder is not a judicial document."),
    "shaming": _lt("exposes or shames the customer: take it out."),
    "insult": _lt("insults the customer: take it out."),
    "third_party": _lt(
        "speaks of the debt to somebody else: write to the debtor only."
    ),
    "id_number": _lt(
        "is an identity number in full: leave it out or show its last four characters."
    ),
    "card_number": _lt(
        "is a card or account number in full: leave it out or show its last four "
        "digits."
    ),
    "creditor": _lt("The text does not name your company: add {{ empresa }}."),
    "pressure": _lt(
        "reads like pressure or a threat: write it as a request, or let an "
        "administrator say why it may stay."
    ),
    "ultimatum": _lt("sounds like an ultimatum: name the date without pressing."),
    "legal_action": _lt(
        "speaks of legal steps or credit bureaus: only what has really begun may be "
        "said."
    ),
    "promotion": _lt(
        "is a promotion: WhatsApp then counts the message as marketing, which needs "
        "its own consent."
    ),
    "asks_reason": _lt("asks why the customer has not paid: ask how you can help."),
    "amount": _lt("The text does not say how much: add {{ monto }} or {{ total }}."),
    "due_date": _lt("The text does not name the due date: add {{ vencimiento }}."),
    "contact": _lt("The text does not say how to reach you: add {{ contacto }}."),
    "opt_out": _lt(
        "The text does not say how to get no more messages: add "
        "“Responda BAJA para no recibir más avisos”."
    ),
}


def lint_reason(env, code):
    """Return why the linter objects, without the words that it objects to."""
    return env._(SENTENCES[code])


def lint_sentence(env, finding):
    """Return one objection of the linter as a sentence."""
    reason = lint_reason(env, finding.code)
    return f"«{finding.words}» {reason}" if finding.words else reason
