"""The text of a reminder before it is sent, as the customer will read it."""

from dataclasses import dataclass
from functools import lru_cache

from ..core import lint_numbers, rendering, sms_text, text_lint
from ..core.errors import TemplateError
from . import message_values
from .cobranza_template_version import QUICK_REPLIES

# The link of a message is made when it leaves; it is as long as this.
LINK = "/c/" + "X" * 16
# Stands for a value where only the writer's words count.
VALUE = "…"
# Shorter ones, such as a number of days, stand by chance in other words and numbers.
VALUE_CHARS_MIN = 3
# Values in which a number of a customer may stand; the others are ours to say in full.
FOREIGN_VALUES = ("cliente", "deudor", "factura", "facturas", "responsable")
# How many finished texts are remembered, without what differs from message to message.
TEXTS_REMEMBERED = 512


@dataclass(frozen=True)
class ReminderText:
    """What the customer gets: his text, what hangs on it, how many SMS it takes."""

    body: str
    subject: str = ""
    footer: str = ""
    buttons: tuple[str, ...] = ()
    parts: int = 1


def of_candidate(env, company, candidate, today, together=()):
    """Return the ReminderText of a candidate with a choice. Raises TemplateError.

    ``today`` is the company's date for "days overdue", ``together`` the ids of all
    partners who are written to, to read them at once.
    """
    choice = candidate.choice
    template, account = choice.template, choice.account
    version = template._cobranza_version(account)
    # sudo: whoever may ask for the reminder may read what it says.
    partners = env["res.partner"].sudo()
    values = message_values.for_claim(
        env,
        company,
        partners.browse(candidate.partner_id).with_prefetch(together),
        partners.browse(choice.recipient["partner_id"]).with_prefetch(together),
        candidate.claim,
        env["res.currency"].browse(candidate.currency_id),
        account._cobranza_public_url() + LINK,
        template.language,
        today,
    )
    body, subject, _values = written(
        template, version, values, choice.situation.limits.opt_out_in_message
    )
    if template.channel == "whatsapp":
        buttons = _buttons(template, version)
        return ReminderText(body, footer=template.footer or "", buttons=buttons)
    parts = sms_text.sms_parts(body)[2] if template.channel == "sms" else 1
    return ReminderText(body, subject, parts=parts)


def written(template, version, values, needs_opt_out=False):
    """Return (body, subject, the values in it) of a finished reminder.

    ``version`` is what the account may send of a WhatsApp template, maybe none.
    Raises TemplateError, also if the text says what no reminder may say, or lacks the
    opt-out that the law of the debtor wants in it.
    """
    values = _without_numbers(values)
    source = version.body if version else template.body
    body = rendering.render(source, values, template.channel)
    words = _without_values(body, values)
    _demand_clean(words)
    if needs_opt_out and template.channel != "whatsapp":
        # A condition can leave it out; a WhatsApp text has none: the rule has seen it.
        _demand_opt_out(words)
    if template.channel == "sms":
        body = sms_text.to_gsm7(body)
    return body, template._cobranza_subject(values), values


def _without_numbers(values):
    """Hide identity, card and account numbers that came in with a customer's data."""
    masked = {name: lint_numbers.mask(values[name]) for name in FOREIGN_VALUES}
    return {**values, **masked}


def _without_values(body, values):
    """Return the writer's words: a customer may be called Cárcel, or Baja.

    All messages of a template are the same text then, which is looked at once.
    """
    for value in sorted(values.values(), key=len, reverse=True):
        if len(value) >= VALUE_CHARS_MIN:
            body = body.replace(value, VALUE)
    return body


def _demand_clean(text):
    """Raise TemplateError if the writer's words say what no reminder may say."""
    for words in _forbidden_words(text):
        raise TemplateError("forbidden", value=words)


def _demand_opt_out(text):
    """Raise TemplateError unless the writer says how to get no more messages."""
    if not text_lint.has_opt_out(text):
        raise TemplateError("no_opt_out")


@lru_cache(maxsize=TEXTS_REMEMBERED)
def _forbidden_words(text):
    return tuple(
        finding.words for finding in text_lint.check_rendered(text) if finding.is_error
    )


def _buttons(template, version):
    if version.buttons:
        return tuple(button["label"] for button in version.buttons)
    own = (template.button_label,) if template.button_label else ()
    return own + QUICK_REPLIES.get(template.language, QUICK_REPLIES["es"])


def shown(text):
    """Return a ReminderText as plain text of a screen, buttons in brackets."""
    buttons = " ".join(f"[{label}]" for label in text.buttons)
    parts = (text.subject, text.body, text.footer, buttons)
    return "\n\n".join(part for part in parts if part)
