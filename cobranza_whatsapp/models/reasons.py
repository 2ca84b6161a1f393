"""Every reason code as one sentence that says what to do next.

Core and providers speak in codes. A test fails for a code without a sentence.
"""

from babel.dates import get_day_names

from odoo.exceptions import UserError
from odoo.tools import format_date
from odoo.tools.misc import babel_locale_parse
from odoo.tools.translate import LazyTranslate

from ..core.limits import joined_hours

_lt = LazyTranslate(__name__)

SENTENCES = {
    "no_debt": _lt("Nothing is owed."),
    "covered_by_credit": _lt(
        "Credit notes or unallocated payments cover the debt: allocate them."
    ),
    "all_on_hold": _lt("Every open debt of the customer is on hold."),
    "not_yet": _lt("No stage has begun yet."),
    "hold": _lt("This invoice is on hold: release it to go on."),
    "no_followup": _lt("This invoice is excluded from follow-up."),
    "blocked": _lt("The payment of this invoice is blocked: unblock it to go on."),
    "payment_pending": _lt("An online payment is being confirmed: wait for it."),
    "not_invoice": _lt("This entry is not an invoice."),
    "archived": _lt("The customer is archived: unarchive the contact to go on."),
    "legal_pending": _lt(
        "The legal e-document is still to come: send it, then collection goes on."
    ),
    "already_reminded": _lt("The customer was already reminded in this stage."),
    "not_posted": _lt("Only posted customer invoices are collected: post it first."),
    "no_policy": _lt("No collection policy applies: create one for this company."),
    "escalated": _lt("A person takes over from here."),
    "superseded": _lt("The debt moved to another stage before the message could go."),
    "paid": _lt("The debt was paid before the message went out."),
    "customer_merged": _lt("Merged with another customer: both get one reminder."),
    "rejected": _lt("A person rejected this reminder when the run asked."),
    "not_approved_in_time": _lt("Nobody approved it in time: look sooner next time."),
    "reset": _lt("The invoice was reset before the message could go: post it."),
    "stopped_by_user": _lt("A user cancelled this message."),
    "did_not_arrive": _lt("A user found that it did not arrive and sent it again."),
    "too_late": _lt("The confirmation would have come too late to make sense."),
    # Rules
    "not_started": _lt(
        "Collection is stopped for this company: a manager must press Start."
    ),
    "phone_missing": _lt("The customer has no telephone number: add it."),
    "phone_invalid": _lt(
        "The telephone number is not valid: write it with its country code, "
        "for example +52 55 1234 5678."
    ),
    "phone_not_mobile": _lt("The number is not a mobile: add a mobile number."),
    "number_dead": _lt(
        "The provider said that this number cannot get this channel: use another "
        "channel or number."
    ),
    "number_shared": _lt(
        "Another customer has the same number: confirm on the customer that it "
        "belongs to both."
    ),
    "number_blocked": _lt(
        "The number is in the phone blacklist: nothing may be sent to it."
    ),
    "email_missing": _lt("The customer has no e-mail address: add it."),
    "email_invalid": _lt(
        "The e-mail address is not valid: write it like ana@example.com."
    ),
    "email_dead": _lt(
        "The mail server of the customer refused this address: correct it."
    ),
    "email_shared": _lt(
        "Another customer has the same e-mail address: confirm on the customer that "
        "it belongs to both."
    ),
    "email_blocked": _lt(
        "The address is in the e-mail blacklist: nothing may be sent to it."
    ),
    "opted_out": _lt("The customer opted out of these messages: call instead."),
    "no_consent": _lt(
        "There is no consent for this channel and number or address: record it on "
        "the customer."
    ),
    "no_marketing_consent": _lt("A promotion needs its own consent: record it."),
    "account_missing": _lt(
        "No account sends by this channel: an administrator must create one."
    ),
    "account_on_hold": _lt(
        "The account is on hold: an administrator must look at it and resume it."
    ),
    "account_silent": _lt(
        "The provider does not answer: an administrator must test and resume the "
        "account."
    ),
    "standstill": _lt("%(count)s messages are half an hour late: look at Operations."),
    "stopped_all": _lt(
        "Everything is stopped: a manager must lift the stop on the operations page."
    ),
    "account_copied_database": _lt(
        "This database was copied, moved or renamed: an administrator must confirm "
        "that it is the real one before the account sends."
    ),
    "template_missing": _lt(
        "The stage has no template for this channel and number of invoices: add one."
    ),
    "template_not_approved": _lt(
        "The template is not approved at WhatsApp yet: create it there or wait."
    ),
    "guarantor_forbidden": _lt(
        "The contact policy does not allow to write to guarantors: write to the debtor."
    ),
    "guarantor_ended": _lt(
        "He is no longer recorded as a guarantor of this customer: write to the debtor."
    ),
    "guarantor_archived": _lt(
        "The guarantor is archived: unarchive the contact to go on."
    ),
    "guarantor_no_consent": _lt(
        "The guarantor has not consented himself for this channel and number or "
        "address: record his own consent on his contact."
    ),
    "guarantor_template": _lt(
        "The stage has no text for guarantors by this channel: add a template for "
        "guarantors."
    ),
    "consent_basis": _lt(
        "The consent is not of a kind that the contact policy accepts: ask the "
        "customer for one in writing and record it."
    ),
    "holiday": _lt(
        "A holiday where the customer lives: it goes on the next permitted day."
    ),
    "template_warned": _lt(
        "The template holds words that the law warns of: change them, or an "
        "administrator allows them with a reason."
    ),
    "no_opt_out": _lt(
        "The contact policy of this customer wants a way out in each message: add "
        "“Responda BAJA para no recibir más avisos” to the template."
    ),
    "text_forbidden": _lt(
        "The finished text holds words that no reminder may say: correct the template."
    ),
    "template_pending": _lt(
        "WhatsApp still reviews the template: it is sent when it is approved."
    ),
    "template_rejected": _lt(
        "WhatsApp rejected the template: correct its text and create it there again."
    ),
    "template_paused": _lt(
        "WhatsApp paused the template because customers complained about it: wait "
        "some hours, or write a friendlier text."
    ),
    "template_disabled": _lt(
        "WhatsApp switched the template off: write another text and create it there."
    ),
    "template_deleted": _lt(
        "The template was deleted at WhatsApp: create it there again."
    ),
    "template_category": _lt(
        "WhatsApp no longer counts the template as a service message: take out "
        "everything that sounds like advertising and create it there again."
    ),
    "template_coming_category": _lt(
        "WhatsApp will soon change its category and it will not be sent then: take "
        "out what sounds like advertising and create it again."
    ),
    "template_low_quality": _lt(
        "It is sent, but customers complain about it: WhatsApp may pause it soon."
    ),
    "template_sendable": _lt("It is approved and is sent."),
    "daily_cap": _lt("The customer already got a message today: it goes later."),
    "weekly_cap": _lt(
        "The customer got all messages that are allowed in 7 days: it goes later."
    ),
    "monthly_cap": _lt(
        "The customer got all messages that are allowed in 30 days: it goes later."
    ),
    "gap": _lt("Too soon after the last message: it goes later."),
    "channel_week": _lt(
        "Only one channel a week is allowed and the customer was contacted by "
        "another: it goes later."
    ),
    "outside_window": _lt("Outside the permitted hours: it goes when they begin."),
    "never_open": _lt("The contact policy has no permitted hours: add some."),
    "check_failed": _lt(
        "The message could not be checked: it is tried again; the server's log says "
        "why."
    ),
    # Preparing
    "pdf_failed": _lt(
        "The PDF of the invoice could not be made: print the invoice to see why."
    ),
    "upload_failed": _lt("The PDF could not be uploaded: test the account."),
    "render_failed": _lt(
        "The template could not be filled in: open it and correct it."
    ),
    # What the provider answered, by class
    "retry": _lt("The provider is busy: it is tried again by itself."),
    "pair": _lt("Too many messages to this number at once: it is tried again later."),
    "provider_hold": _lt(
        "The provider refuses the account: an administrator must mend it."
    ),
    "template": _lt("The provider refuses the template: look at its state there."),
    "fix": _lt("The provider does not understand the message: tell your developer."),
    "dead": _lt("The number cannot get this channel: use another channel or number."),
    "undelivered": _lt(
        "It was sent but did not arrive: the next channel is tried, else call."
    ),
    "window": _lt("Free text is only allowed within 24 hours of a reply."),
    "optout": _lt("The customer refused messages at the provider."),
    "cap": _lt("The provider protects this customer from more messages today."),
    "media": _lt("The provider lost the PDF: it is uploaded again."),
    "gave_up": _lt("The provider refused too often: test the account, then retry."),
    "uncertain": _lt(
        "We cannot know whether it arrived: ask the customer before sending again."
    ),
    "crashed": _lt(
        "The server stopped while sending: ask the customer before sending again."
    ),
    "unknown": _lt("The provider gave a reason that we do not know: see the details."),
}

# What a rule says that has no objection, by `core.rules.RULES`.
PASSED = {
    "started": _lt("Collection is started for the company."),
    "number": _lt("The telephone number can get messages."),
    "shared_number": _lt("The number belongs to the customer."),
    "person": _lt("The message goes to the debtor."),
    "opt_out": _lt("The customer did not opt out of messages."),
    "consent": _lt("There is a consent for this number and channel."),
    "account": _lt("An account can send by this channel."),
    "template": _lt("There is a template for this stage and channel."),
    "way_out": _lt("The text says how to get no more messages."),
    "holiday": _lt("No holiday where the customer lives."),
    "outside_window": _lt("Inside the permitted hours: %(hours)s."),
    "daily_cap": _lt("Messages today: %(count)s of at most %(limit)s."),
    "weekly_cap": _lt("Messages in 7 days: %(count)s of at most %(limit)s."),
    "monthly_cap": _lt("Messages in 30 days: %(count)s of at most %(limit)s."),
    "gap": _lt("At least %(hours)s hours since the last message."),
    "channel_week": _lt("No message by another channel in 7 days."),
}
# The same, where the values of the step call for other words.
PASSED_VARIANTS = {
    "guarantor": _lt("The message goes to a guarantor, which the policy allows."),
    "consent": _lt("Consent of %(date)s by: %(basis)s."),
    "way_out": _lt("The contact policy does not demand an opt-out in each message."),
    "no_cap": _lt("The contact policy sets no limit of this kind."),
}

# Meta's words for why it refused a template (API page "Message templates").
REJECTIONS = {
    "ABUSIVE_CONTENT": _lt("it finds the text threatening or abusive"),
    "INCORRECT_CATEGORY": _lt("it is no service message"),
    "INVALID_FORMAT": _lt("variables or text are not in the form that it wants"),
    "PROMOTIONAL": _lt("it sounds like advertising"),
    "SCAM": _lt("it takes the text for a fraud"),
    "TAG_CONTENT_MISMATCH": _lt("category or language do not match the text"),
}
# Codes of core.template_import.OBSTACLES: why a template cannot be taken over.
IMPORT_OBSTACLES = {
    "import_category": _lt(
        "Its category is %(value)s: only service messages (UTILITY) can be reminders."
    ),
    "import_status": _lt("Its state at WhatsApp is %(value)s: it cannot be sent."),
    "import_language": _lt(
        "Its language is %(value)s: only Spanish, Portuguese and English can be used."
    ),
    "import_header": _lt(
        "Its header is of the kind %(value)s: only a PDF or a fixed text can be sent."
    ),
    "import_header_variable": _lt(
        "Its header has a variable (%(value)s): only a PDF or a fixed text can be sent."
    ),
    "import_button": _lt(
        "Its button %(value)s is of a kind that reminders cannot fill in."
    ),
    "import_link": _lt(
        "Its button leads to %(value)s: a button with a variable must lead to the "
        "payment page of this account."
    ),
    "import_no_text": _lt("It has no text."),
}


def sentence(env, code, detail="", **values):
    """Return the sentence for a code in the user's language.

    ``detail`` is the provider's own words, shown behind the sentence.
    """
    lazy = SENTENCES.get(code) or SENTENCES["unknown"]
    text = env._(lazy)
    if values:
        text = text % values
    return f"{text} ({detail})" if detail else text


def step_sentence(env, step):
    """Return what one rule says, as a `core.situation.Step`, in the user's language."""
    if step.outcome != "passed":
        return sentence(env, step.code)
    variant, values = _passed_words(env, step.rule, step.values)
    lazy = PASSED_VARIANTS.get(variant) or PASSED[step.rule]
    text = env._(lazy)
    return text % values if values else text


def _passed_words(env, rule, values):
    """Return (key of a variant or "", values as text) for a rule that passed."""
    if rule == "outside_window":
        return "", {"hours": hours_text(env, values["windows"])}
    if rule == "person":
        return values["role"], {}
    if rule == "consent" and values.get("basis") and values.get("given_at"):
        labels = env["cobranza.consent"]._fields["basis"]._description_selection(env)
        basis = dict(labels).get(values["basis"], values["basis"])
        date = format_date(env, values["given_at"].date())
        return "consent", {"date": date, "basis": basis}
    if rule in ("daily_cap", "weekly_cap", "monthly_cap"):
        words = {"count": values["count"], "limit": values["limit"]}
        return ("", words) if values["limit"] else ("no_cap", {})
    if rule == "gap":
        return ("", {"hours": values["hours"]}) if values["hours"] else ("no_cap", {})
    if rule == "way_out":
        return ("" if values["asked"] else "way_out"), {}
    if rule == "channel_week" and not values["asked"]:
        return "no_cap", {}
    return "", {}


def hours_text(env, windows):
    """Return core windows as short text, like "Mon–Fri 7–19, Sat 8–15"."""
    names = get_day_names("abbreviated", locale=babel_locale_parse(env.lang))
    days = {}
    for item in joined_hours(windows):
        hours = f"{clock_text(item.opens)}–{clock_text(item.closes)}"
        days.setdefault(item.weekday, []).append(hours)
    groups = []
    for weekday, hours in sorted(days.items()):
        if groups and groups[-1][1:] == [weekday - 1, hours]:
            groups[-1][1] = weekday
        else:
            groups.append([weekday, weekday, hours])
    return ", ".join(
        "–".join(names[day] for day in dict.fromkeys((first, last)))
        + " "
        + " ".join(hours)
        for first, last, hours in groups
    )


def clock_text(minutes):
    """Return minutes after midnight as people write them: "7", "15:30"."""
    hour, minute = divmod(minutes, 60)
    return f"{hour}:{minute:02}" if minute else str(hour)


def of_failure(failure):
    """Return the reason code for a provider's Failure."""
    return "provider_hold" if failure.error_class == "hold" else failure.error_class


def template_sentence(env, code, version):
    """Return why a template version is not sent, with what the provider said."""
    said = version.reason or ""
    word, _colon, rest = said.partition(": ")
    known = REJECTIONS.get(word)
    if code == "template_category":
        said = version.category
    elif known:
        said = f"{env._(known)}: {rest}" if rest else env._(known)
    return sentence(env, code, detail=said)


def import_sentence(env, obstacle):
    """Return why a template of the provider cannot be taken over, "" when it can."""
    if not obstacle.code:
        return ""
    lazy = IMPORT_OBSTACLES[obstacle.code]
    text = env._(lazy)
    return text % {"value": obstacle.value}


def provider_error(env, error):
    """Return the UserError for a ProviderError: what went wrong and what to do."""
    failure = error.failure
    return UserError(sentence(env, of_failure(failure), detail=failure.detail))
