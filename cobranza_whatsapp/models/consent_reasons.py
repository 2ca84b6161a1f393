"""Why a consent cannot be recorded or a file of consents read, as sentences.

As `reasons`, for the codes of core.consent_file, core.sheet_file and the wizards.
"""

from odoo.tools.translate import LazyTranslate

from .reasons import sentence

_lt = LazyTranslate(__name__)

CONSENT_PROBLEMS = {
    "row_no_customer": _lt("No customer: fill in name, code, tax ID or e-mail."),
    "row_unknown_customer": _lt("No customer of yours is %(value)s."),
    "row_ambiguous_customer": _lt(
        "Several customers are %(value)s: use the code or tax ID."
    ),
    "row_no_channel": _lt("No channel: write WhatsApp, SMS or e-mail."),
    "row_unknown_channel": _lt("Unknown channel: write WhatsApp, SMS or e-mail."),
    "row_unknown_purpose": _lt("Unknown purpose: write collection or marketing."),
    "row_unknown_basis": _lt(
        "Unknown basis: write contract, form, web, message, verbal or law."
    ),
    "row_bad_date": _lt("No date that can be read: write it like 2026-11-25."),
    "row_future_date": _lt("The date lies in the future: write when it was given."),
    "row_number_of_another": _lt("The number belongs to another customer: %(value)s."),
    "row_already_recorded": _lt("Already recorded."),
    "row_opted_out_later": _lt(
        "The customer opted out on %(value)s: an older or equal date does not count."
    ),
    "ask_no_channel": _lt("No number or address for these channels: add one."),
    "ask_waiting": _lt("Already asked in the last two weeks: wait for the answer."),
    "file_empty": _lt("The file has no rows: it needs a header and one row at least."),
    "file_too_large": _lt("The file is too large: split it, 10 MB at most."),
    "file_too_many_rows": _lt("The file has too many rows: 50,000 at most."),
    "file_unknown_kind": _lt("This is no CSV or XLSX file: save it as one of both."),
    "file_not_a_table": _lt("The file cannot be read as a table: save it again."),
    "file_cell_too_long": _lt("Line %(value)s has a cell that is too long."),
    "file_formula": _lt("Line %(value)s has a formula: paste its value instead."),
    "file_encoding": _lt("The letters cannot be read: save the file as UTF-8."),
    "file_no_customer_column": _lt(
        "No column says who the customer is: name one Customer, Code, Tax ID or E-mail."
    ),
    "file_no_channel_column": _lt("No column is named Channel: add one."),
}


def consent_sentence(env, code, value=""):
    """Return why a consent cannot be recorded; phone problems have their sentences."""
    lazy = CONSENT_PROBLEMS.get(code)
    if lazy is None:
        return sentence(env, code)
    text = env._(lazy)
    return text % {"value": value} if "%(value)s" in text else text
