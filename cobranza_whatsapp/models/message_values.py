"""The values of template variables, as the customer reads them.

Money and dates are written in the customer's language; every value is plain text.
"""

import re

from markupsafe import Markup, escape

from odoo.tools import format_amount, format_date
from odoo.tools.translate import LazyTranslate

from ..core import debts, rendering
from ..core.types import Debt

_lt = LazyTranslate(__name__)

# What each variable of core.rendering stands for, for the people who write templates.
VARIABLE_HELP = {
    "cliente": _lt("Name of the person who is written to"),
    "deudor": _lt("Name of the customer who owes"),
    "empresa": _lt("Name of your company"),
    "rfc_empresa": _lt("Tax id of your company, with its label"),
    "factura": _lt("Number of the invoice"),
    "facturas": _lt("Numbers and amounts of the invoices, at most five"),
    "numero_facturas": _lt("How many invoices there are"),
    "monto": _lt("Amount due of the one invoice or instalment"),
    "total": _lt("Total of the reminder"),
    "vencimiento": _lt("Due date, of the oldest invoice"),
    "dias_vencidos": _lt("Days since the due date"),
    "dias_para_vencer": _lt("Days until the due date"),
    "enlace": _lt("Link to see and pay the invoices"),
    "contacto": _lt("How the customer reaches you"),
    "saldo_a_favor": _lt("Credit that was deducted, empty if there is none"),
    "moneda": _lt("Code of the currency"),
    "responsable": _lt("Person who answers for the customer"),
}

# Said behind an amount from which a credit was deducted: the customer must be able
# to see why he is asked for less than his invoice says.
CREDIT_DEDUCTED = {
    "es": "{amount} (ya descontado su saldo a favor de {credit})",
    "pt": "{amount} (já descontado seu crédito de {credit})",
    "en": "{amount} (your credit of {credit} already deducted)",
}
AND_MORE = {"es": "y {count} más", "pt": "e mais {count}", "en": "and {count} more"}


def examples():
    """Return the example value of every variable."""
    return {name: variable.example for name, variable in rendering.VARIABLES.items()}


def variable_table(env):
    """Return the list of variables with their examples, as HTML for the form."""
    rows = Markup().join(
        Markup(
            "<tr><td><code>{{{{ {} }}}}</code></td><td>{}</td>"
            "<td class='text-muted'>{}</td></tr>"
        ).format(name, env._(VARIABLE_HELP[name]), example)
        for name, example in examples().items()
    )
    return Markup("<table class='table table-sm'>{}</table>").format(rows)


def variable_choices(env):
    """Return the variables with what they stand for, to choose from."""
    return [(name, f"{name}: {env._(VARIABLE_HELP[name])}") for name in examples()]


def language_for(env, *candidates):
    """Return the first candidate, or a relative of it, that is installed here."""
    installed = [code for code, _name in env["res.lang"].get_installed()]
    for candidate in filter(None, candidates):
        if candidate in installed:
            return candidate
        for code in installed:
            if code[:2] == candidate[:2]:
                return code
    return env.lang or "en_US"


def money_text(env, amount, currency, lang):
    """Return an amount with its currency code: "$" alone names a dozen currencies.

    Without the no-break space that Odoo puts before or behind the sign: an SMS cannot
    hold it.
    """
    text = format_amount(env, float(amount), currency, lang_code=lang)
    for space in ("\N{NO-BREAK SPACE}", "\N{NARROW NO-BREAK SPACE}"):
        text = text.replace(space, "" if currency.position == "before" else " ")
    return text if currency.name in text else f"{text} {currency.name}"


def day_text(env, date, lang):
    """Return a date as the language writes it."""
    layout = env["res.lang"]._get_data(code=lang).date_format or "%d/%m/%Y"
    if re.search("%[aAbBc]", layout):
        # Names of months and days need the tables of the language, which are slow.
        return format_date(env, date, lang_code=lang)
    return date.strftime(layout)


def for_claim(
    env, company, customer, recipient, claim, currency, link, language, today=None
):
    """Return all values for one claim.

    ``customer`` is the commercial partner, ``recipient`` the contact or guarantor who
    is written to, ``language`` a language of the template; ``today`` is the company's
    date, if it is another than that of this moment.
    """
    lang = _reader_language(env, company, customer, recipient, language)

    def money(amount):
        return money_text(env, amount, currency, lang)

    oldest = claim.cycle
    today = today or company._cobranza_today()
    overdue = debts.days_overdue(oldest.date_maturity, today)
    items = [f"{debt.number} {money(debt.amount)}" for debt in claim.debts]
    tongue = language[:2] if language[:2] in AND_MORE else "es"

    def claimed(amount):
        if not claim.credit:
            return money(amount)
        return CREDIT_DEDUCTED[tongue].format(
            amount=money(amount), credit=money(claim.credit)
        )

    vat_label = company.country_id.vat_label or "ID"
    return {
        "cliente": recipient.name or customer.name or "",
        "deudor": customer.name or "",
        "empresa": company.name,
        "rfc_empresa": f"{vat_label} {company.vat}" if company.vat else "",
        "factura": oldest.number,
        "facturas": rendering.invoice_list(items, and_more=AND_MORE[tongue]),
        "numero_facturas": str(len(claim.debts)),
        "monto": claimed(oldest.amount),
        "total": claimed(claim.total),
        "vencimiento": day_text(env, oldest.date_maturity, lang),
        "dias_vencidos": str(max(overdue, 0)),
        "dias_para_vencer": str(max(-overdue, 0)),
        "enlace": link,
        "contacto": company._cobranza_contact_text(),
        "saldo_a_favor": money(claim.credit) if claim.credit else "",
        "moneda": currency.name,
        "responsable": customer._cobranza_responsible(company).name or company.name,
    }


def _reader_language(env, company, customer, recipient, language):
    """Return the language of who reads it: the customer's, or that of a guarantor."""
    is_own = recipient == customer or recipient.commercial_partner_id == customer
    reader = customer if is_own else recipient
    return language_for(env, reader.lang, language, company.partner_id.lang)


def for_preview(env, move, template):
    """Return values of one invoice, whatever its state, to show in a form."""
    customer = move.commercial_partner_id
    lines = env["cobranza.debt"]._cobranza_customers(move.company_id, customer.ids)
    _policy, open_lines = lines.get((customer.id, move.currency_id.id), (None, []))
    named = [d for d in open_lines if d.move_id == move.id and d.amount > 0] or [
        Debt(
            move.id,
            move.invoice_date_due or move.date,
            move.amount_total,
            move.name or "",
        )
    ]
    stage = template.stage_id._cobranza_stages() or [None]
    claim = debts.Claim(stage[0], tuple(named), move.amount_total * 0)
    link = examples()["enlace"]
    return for_claim(
        env,
        move.company_id,
        customer,
        move.partner_id,
        claim,
        move.currency_id,
        link,
        template.language,
    )


def html(text):
    """Return plain text as HTML with its line breaks."""
    return Markup("<br/>").join(escape(line) for line in (text or "").splitlines())
