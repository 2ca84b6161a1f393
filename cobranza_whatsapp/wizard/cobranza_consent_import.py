import base64

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError
from odoo.tools import SQL

from odoo.addons.phone_validation.tools import phone_validation

from ..core import addresses, consent_file, phone, sheet_file
from ..core.types import ADDRESS_KINDS
from ..models import consent_reasons
from ..models.cobranza_consent_grant import GrantRow

LINES_SHOWN = 100
KNOWN = "row_already_recorded"
# Ways to name a customer in a file, the surest first, and the column of each.
IDENTIFIERS = {
    "reference": "ref",
    "vat": "vat",
    "email": "cobranza_email",
    "customer": "name",
}


class CobranzaConsentImport(models.TransientModel):
    """Import permissions from a file: check, show what is wrong, write the good.

    The file is read again for each step: what was shown cannot be tampered with.
    """

    _name = "cobranza.consent.import"
    _description = "Import Consents"

    company_id = fields.Many2one(
        "res.company", required=True, default=lambda self: self.env.company
    )
    state = fields.Selection(
        [("upload", "File"), ("preview", "Preview"), ("done", "Done")],
        default="upload",
        required=True,
    )
    file = fields.Binary(attachment=False)
    filename = fields.Char()
    columns_read = fields.Char(readonly=True)
    columns_ignored = fields.Char(readonly=True)
    good_count = fields.Integer(string="Rows to Record", readonly=True)
    known_count = fields.Integer(string="Already Recorded", readonly=True)
    bad_count = fields.Integer(string="Rows Left Out", readonly=True)
    written_count = fields.Integer(string="Consents Recorded", readonly=True)
    bad_file = fields.Binary(
        string="File of the Rows Left Out", attachment=False, readonly=True
    )
    bad_filename = fields.Char(readonly=True)
    line_ids = fields.One2many(
        "cobranza.consent.import.line", "import_id", string="Lines", readonly=True
    )

    def action_check(self):
        """Read the file and show what would be recorded and what not, and why."""
        self.ensure_one()
        self.env["cobranza.consent"].check_access("create")
        sheet, rows = self._read()
        bad = [pair for pair in rows if _problem(*pair)[0] not in ("", KNOWN)]
        known = [pair for pair in rows if _problem(*pair)[0] == KNOWN]
        good = [pair for pair in rows if not _problem(*pair)[0]]
        places = sorted(consent_file.columns(sheet.header).values())
        ignored = [
            cell for place, cell in enumerate(sheet.header) if place not in places
        ]
        self.write(
            {
                "state": "preview",
                "good_count": len(good),
                "known_count": len(known),
                "bad_count": len(bad),
                "columns_read": ", ".join(sheet.header[place] for place in places),
                "columns_ignored": ", ".join(filter(None, ignored)),
                "line_ids": [
                    (5, 0, 0),
                    *self._preview(bad[:LINES_SHOWN] + good[:LINES_SHOWN]),
                ],
                "bad_file": self._bad_file(sheet, bad),
                "bad_filename": self.env._("left_out.csv"),
            }
        )
        return self._reopen()

    def action_import(self):
        """Write the good rows, in bulk."""
        self.ensure_one()
        Consent = self.env["cobranza.consent"]
        Consent.check_access("create")
        if self.company_id not in self.env.user.company_ids:
            raise AccessError(self.env._("Choose one of your own companies."))
        _sheet, rows = self._read()
        pairs = [
            (grant, self._grant_values(row))
            for row, grants in rows
            if not _problem(row, grants)[0]
            for grant in grants
            if not grant.problem
        ]
        written = Consent._cobranza_record_grants(self.company_id, pairs, self.env.uid)
        self.write({"state": "done", "written_count": len(written), "file": False})
        return self._reopen()

    def _grant_values(self, row):
        line = self.env._(
            "File %(name)s, line %(line)s", name=self.filename or "", line=row.line
        )
        proof = row.cells.get("proof", "")
        return {
            "basis": row.basis,
            "origin": "import",
            "text_shown": row.cells.get("text") or False,
            "proof": f"{proof} ({line})" if proof else line,
        }

    def _reopen(self):
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Import Consents"),
            "res_model": self._name,
            "res_id": self.id,
            "view_mode": "form",
            "target": "new",
        }

    # --- what is shown ----------------------------------------------------------------

    def _preview(self, rows):
        commands = []
        for row, grants in rows:
            code, value = _problem(row, grants)
            commands.append(
                (
                    0,
                    0,
                    {
                        "line": row.line,
                        "customer": _name(row),
                        "numbers": ", ".join(
                            sorted({g.number for g in grants if g.number})
                        ),
                        "is_good": not code,
                        "sentence": self._sentence(code, value),
                    },
                )
            )
        return commands

    def _sentence(self, code, value):
        if not code:
            return self.env._("Will be recorded.")
        return consent_reasons.consent_sentence(self.env, code, value)

    def _bad_file(self, sheet, bad):
        """Return the rows left out as a CSV that can be mended and imported again."""
        if not bad:
            return False
        cells = dict(sheet.rows)
        table = [[*sheet.header, self.env._("Why it was left out")]]
        width = len(sheet.header)
        for row, grants in bad:
            own = [*cells[row.line], *[""] * width][:width]
            table.append([*own, self._sentence(*_problem(row, grants))])
        return base64.b64encode(sheet_file.safe_csv(table))

    # --- reading ----------------------------------------------------------------------

    def _read(self):
        """Return (sheet, [(row of the file, its GrantRows)]); refuse a bad file."""
        if not self.file:
            raise UserError(self.env._("Choose a file first."))
        try:
            sheet = sheet_file.read_sheet(base64.b64decode(self.file))
        except sheet_file.SheetError as error:
            sentence = consent_reasons.consent_sentence(
                self.env, error.code, error.line
            )
            raise UserError(sentence) from error
        places = consent_file.columns(sheet.header)
        if not places.keys() & IDENTIFIERS.keys():
            self._refuse("file_no_customer_column")
        if "channel" not in places:
            self._refuse("file_no_channel_column")
        today = fields.Date.context_today(self)
        rows = [
            consent_file.read_row(line, cells, places, today)
            for line, cells in sheet.rows
        ]
        return sheet, self._with_grants(rows)

    def _refuse(self, code):
        raise UserError(consent_reasons.consent_sentence(self.env, code))

    def _with_grants(self, rows):
        """Return [(row, GrantRows)], checked against the database in a few queries."""
        found = self._customers(rows)
        customers = self.env["res.partner"].browse(
            {pid for ids in found.values() if len(ids) == 1 for pid in ids}
        )
        recipients = customers._cobranza_all_recipients()
        countries = {customer.id: customer.country_id for customer in customers}
        numbers = {}
        result, everything = [], []
        for row in rows:
            ids = found.get(_identifier(row), ())
            if row.problem or len(ids) != 1:
                result.append((row, [] if row.problem else [_lost(row, ids)]))
                continue
            [customer_id] = ids
            grants = [
                self._grant(row, channel, customer_id, recipients, countries, numbers)
                for channel in row.channels
            ]
            everything += grants
            result.append((row, grants))
        self.env["cobranza.consent"]._cobranza_check_grants(self.company_id, everything)
        return result

    def _grant(self, row, channel, customer_id, recipients, countries, numbers):
        """Return the GrantRow of one channel, for the file's own number if any."""
        kind = ADDRESS_KINDS[channel]
        written = row.cells.get("email" if kind == "email" else "number", "")
        own = recipients[kind][customer_id]
        number, problem = own["number"], own["problem"]
        if written:
            key = (written, countries[customer_id].id, kind)
            if key not in numbers:
                numbers[key] = self._address(written, countries[customer_id], kind)
            number = numbers[key]
            problem = (
                "" if number else f"{'email' if kind == 'email' else 'phone'}_invalid"
            )
        return GrantRow(
            customer_id,
            channel,
            row.purpose,
            number,
            addresses.recipient_key(channel, number),
            row.given_on,
            problem,
        )

    @api.model
    def _address(self, written, country, kind):
        """Return a number or address of the file as we write it, "" if it is none."""
        if kind == "email":
            return addresses.email_key(written)
        number = phone_validation.phone_format(
            phone.strip_trunk_prefix(written, country.code or ""),
            country.code or None,
            country.phone_code or None,
            force_format="E164",
            raise_exception=False,
        )
        is_number = number and phone.is_e164(number) and phone.kind(number) != "invalid"
        return number if is_number else ""

    @api.model
    def _customers(self, rows):
        """Return {(identifier, text): customer ids}, a query for each identifier."""
        wanted = {}
        for row in rows:
            if not row.problem:
                identifier, text = _identifier(row)
                wanted.setdefault(identifier, set()).add(text)
        found = {}
        self.env["res.partner"].flush_model()
        for identifier, texts in wanted.items():
            ids = self._partner_ids(IDENTIFIERS[identifier], texts)
            for text, partner_id in ids:
                found.setdefault((identifier, text), set()).add(partner_id)
        return found

    @api.model
    def _partner_ids(self, column, texts):
        rows = self.env.execute_query(
            SQL(
                """
                SELECT lower(btrim(%(column)s)), id, commercial_partner_id
                  FROM res_partner
                 WHERE active AND lower(btrim(%(column)s)) IN %(texts)s
                """,
                column=SQL.identifier(column),
                texts=tuple(texts),
            )
        )
        # What the user may not see is unknown to him.
        visible = set(
            self.env["res.partner"].search([("id", "in", [row[1] for row in rows])]).ids
        )
        return [(text, owner) for text, own_id, owner in rows if own_id in visible]


class CobranzaConsentImportLine(models.TransientModel):
    """One row of the file in the preview."""

    _name = "cobranza.consent.import.line"
    _description = "Import Consents: Preview"

    import_id = fields.Many2one(
        "cobranza.consent.import", required=True, ondelete="cascade"
    )
    line = fields.Integer(readonly=True)
    customer = fields.Char(readonly=True)
    numbers = fields.Char(string="Number or Address", readonly=True)
    is_good = fields.Boolean(readonly=True)
    sentence = fields.Char(string="What Happens", readonly=True)


def _name(row):
    """Return how the row names its customer, as it was written."""
    for identifier in IDENTIFIERS:
        if row.cells.get(identifier):
            return row.cells[identifier]
    return ""


def _identifier(row):
    """Return (kind, text in lower case) of the surest name of a row's customer."""
    for identifier in IDENTIFIERS:
        if row.cells.get(identifier):
            return identifier, row.cells[identifier].lower().strip()
    return "", ""


def _lost(row, ids):
    """Return a GrantRow that says that the customer is unknown or ambiguous."""
    code = "row_ambiguous_customer" if ids else "row_unknown_customer"
    return GrantRow(
        0, row.channels[0], row.purpose, "", "", row.given_on, code, _name(row)
    )


def _problem(row, grants):
    """Return (code, value) of why a row is left out, ("", "") if it is recorded."""
    if row.problem:
        return row.problem, ""
    for grant in grants:
        if grant.problem not in ("", KNOWN):
            return grant.problem, grant.problem_value
    if all(grant.problem == KNOWN for grant in grants):
        return KNOWN, ""
    return "", ""
