from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError
from odoo.tools import SQL, email_normalize

from ..core import addresses
from ..core.types import ADDRESS_KINDS
from .channels import CHANNELS

BASES = [
    ("contract", "Contract or terms of sale"),
    ("form", "Signed form"),
    ("web", "Web or portal"),
    ("message", "Message from the customer"),
    ("verbal", "Verbal"),
]
ORIGINS = [
    ("user", "Recorded by a user"),
    ("reply", "Reply of the customer"),
    ("page", "Payment page"),
    ("import", "Import"),
    ("provider", "Reported by the provider"),
]


class CobranzaConsent(models.Model):
    """One row of the ledger: a customer allowed or refused messages to a number.

    Append-only. The newest row of a number, channel, purpose and company counts. A
    number is compared by its key, so a changed number has no consent. For the channel
    e-mail the number is an e-mail address.
    """

    _name = "cobranza.consent"
    _description = "Consent"
    _order = "id desc"
    _rec_name = "number"

    partner_id = fields.Many2one(
        "res.partner",
        string="Customer",
        required=True,
        index=True,
        ondelete="restrict",
    )
    company_id = fields.Many2one(
        "res.company",
        required=True,
        index=True,
        default=lambda self: self.env.company,
    )
    number = fields.Char(
        string="Number or Address",
        required=True,
        help="The number in international format, or the e-mail address.",
    )
    number_key = fields.Char(
        compute="_compute_number_key", store=True, index=True, readonly=True
    )
    channel = fields.Selection(CHANNELS, required=True, default="whatsapp")
    purpose = fields.Selection(
        [("collection", "Payment reminders"), ("marketing", "Promotions")],
        required=True,
        default="collection",
    )
    granted = fields.Boolean(
        string="Allowed", default=True, help="Off: the customer refused or withdrew."
    )
    basis = fields.Selection(BASES, required=True, default="contract")
    origin = fields.Selection(ORIGINS, required=True, default="user", readonly=True)
    proof = fields.Text(
        help="What the customer was shown or said, and where it is kept."
    )
    given_at = fields.Datetime(
        string="Date", required=True, default=lambda self: fields.Datetime.now()
    )
    user_id = fields.Many2one(
        "res.users", default=lambda self: self.env.user, readonly=True
    )
    message_id = fields.Many2one(
        "cobranza.message", string="Reply", readonly=True, ondelete="restrict"
    )

    _lookup = models.Index("(company_id, number_key, channel, purpose, id DESC)")

    @api.depends("number", "channel")
    def _compute_number_key(self):
        for consent in self:
            consent.number_key = addresses.recipient_key(
                consent.channel or "whatsapp", consent.number or ""
            )

    @api.constrains("number", "channel")
    def _check_number(self):
        for consent in self:
            if addresses.is_address(consent.channel, consent.number or ""):
                continue
            if ADDRESS_KINDS[consent.channel] == "email":
                sentence = self.env._(
                    "Write one e-mail address, for example ana@example.com; "
                    "%(number)s is not.",
                    number=consent.number,
                )
            else:
                sentence = self.env._(
                    "Write the number in international format, for example "
                    "+52 55 1234 5678; %(number)s is not.",
                    number=consent.number,
                )
            raise ValidationError(sentence)

    @api.onchange("partner_id", "channel")
    def _onchange_partner_id(self):
        for consent in self.filtered("partner_id"):
            kind = ADDRESS_KINDS[consent.channel or "whatsapp"]
            consent.number = consent.partner_id._cobranza_recipient(kind)["number"]

    @api.model_create_multi
    def create(self, vals_list):
        """Extend base: the ledger is kept at commercial partner and root company.

        What a user adds is his: only the system records what a customer wrote.
        """
        if not self.env.su:
            own = {"user_id": self.env.uid, "origin": "user", "message_id": False}
            vals_list = [{**vals, **own} for vals in vals_list]
        partners = self.env["res.partner"].browse(
            [vals["partner_id"] for vals in vals_list if vals.get("partner_id")]
        )
        commercial = {p.id: p.commercial_partner_id.id for p in partners}
        companies = self.env["res.company"]
        for vals in vals_list:
            company = companies.browse(vals.get("company_id")) or self.env.company
            vals["company_id"] = company._cobranza_root().id
            vals["partner_id"] = commercial.get(vals.get("partner_id"))
            if vals.get("number"):
                vals["number"] = self._cobranza_plain(vals["number"])
        return super().create(vals_list)

    @api.model
    def _cobranza_plain(self, number):
        """Return a number without spaces, an e-mail address without a name."""
        if "@" in number:
            return email_normalize(number) or number
        return number.replace(" ", "")

    def write(self, vals):
        """Extend base: a row of the ledger never changes."""
        if vals:
            raise UserError(
                self.env._(
                    "The consent ledger cannot be changed. Add a new row that says "
                    "what holds now."
                )
            )
        return super().write(vals)

    @api.ondelete(at_uninstall=False)
    def _unlink_never(self):
        raise UserError(
            self.env._("The consent ledger is evidence and cannot be deleted.")
        )

    @api.model
    def _cobranza_states_of(self, company, recipients):
        """Return `_cobranza_states` for what `_cobranza_all_recipients` returned."""
        states = {}
        for chosen in recipients.values():
            keys = {pid: recipient["number_key"] for pid, recipient in chosen.items()}
            # The key of an address is never that of a number: no state is overwritten.
            states |= self._cobranza_states(company, keys)
        return states

    @api.model
    def _cobranza_states(self, company, number_key_by_customer, purpose="collection"):
        """Return {(customer id, channel): "granted" | "withdrawn"} in one query.

        Absent keys have no row. A permission counts for the customer who gave it; a
        withdrawal counts for the number, whoever's it is: the person who holds the
        telephone refused. The newer of both holds.
        """
        keys = {key for key in number_key_by_customer.values() if key}
        if not keys:
            return {}
        self.flush_model()
        rows = self.env.execute_query(
            SQL(
                """
                SELECT partner_id, number_key, channel, granted, MAX(id)
                  FROM cobranza_consent
                 WHERE company_id = %s AND purpose = %s AND number_key IN %s
              GROUP BY partner_id, number_key, channel, granted
                """,
                company.id,
                purpose,
                tuple(keys),
            )
        )
        given, refused = {}, {}
        for partner_id, key, channel, granted, newest_id in rows:
            if granted:
                given[partner_id, key, channel] = newest_id
            else:
                refused[key, channel] = max(newest_id, refused.get((key, channel), 0))
        states = {}
        for customer_id, key in number_key_by_customer.items():
            for channel, _label in CHANNELS:
                yes = given.get((customer_id, key, channel), 0)
                no = refused.get((key, channel), 0)
                if yes or no:
                    states[customer_id, channel] = (
                        "granted" if yes > no else "withdrawn"
                    )
        return states
