from datetime import timedelta

from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError
from odoo.tools import email_normalize

from ..core import addresses
from ..core.types import ADDRESS_KINDS
from .channels import CHANNELS

BASES = [
    ("contract", "Contract or terms of sale"),
    ("form", "Signed form"),
    ("web", "Web or portal"),
    ("message", "Message from the customer"),
    ("verbal", "Verbal"),
    ("law", "The law asks for none"),
]
ORIGINS = [
    ("user", "Recorded by a user"),
    ("form", "Signed or filled-in form"),
    ("verbal", "Said to a user"),
    ("import", "Import"),
    ("page", "Page for customers"),
    ("reply", "Reply of the customer"),
    ("provider", "Reported by the provider"),
    ("blacklist", "Put on the blacklist"),
]
# What a user may say about a row of his own; the rest only the system knows.
USER_ORIGINS = ("user", "form", "verbal")
# Clocks of servers differ a little.
CLOCK_MINUTES = 5


class CobranzaConsent(models.Model):
    """One row of the ledger: a customer allowed or refused messages to a number.

    Append-only. The latest row of a number, channel, purpose and company counts, by
    its date; flags on customers and invoices are computed from it. A
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
    basis = fields.Selection(
        BASES, default="contract", help="Why messages are allowed; none for a refusal."
    )
    origin = fields.Selection(ORIGINS, required=True, default="user", readonly=True)
    text_shown = fields.Text(help="The words to which the customer agreed.")
    proof = fields.Text(help="What the customer said or did, and where it is kept.")
    attachment_id = fields.Many2one(
        "ir.attachment",
        string="Proof File",
        readonly=True,
        ondelete="restrict",
        index="btree_not_null",
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

    @api.constrains("given_at", "granted", "basis")
    def _check_permission(self):
        limit = fields.Datetime.now() + timedelta(minutes=CLOCK_MINUTES)
        for consent in self:
            if consent.given_at > limit:
                raise ValidationError(
                    self.env._("The date lies in the future: write when it was given.")
                )
            if consent.granted and not consent.basis:
                raise ValidationError(
                    self.env._("Choose the basis on which messages are allowed.")
                )

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
            vals_list = [self._cobranza_of_user(vals) for vals in vals_list]
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
    def _cobranza_of_user(self, vals):
        """Return what a user may record: as himself, nothing that only we know."""
        origin = vals.get("origin")
        return {
            **vals,
            "user_id": self.env.uid,
            "origin": origin if origin in USER_ORIGINS else "user",
            "message_id": False,
            "repeats_id": False,
            "attachment_id": False,
        }

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
