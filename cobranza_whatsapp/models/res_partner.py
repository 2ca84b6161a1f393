from odoo import api, fields, models
from odoo.tools import email_normalize

from odoo.addons.base.models.res_partner import _tz_get
from odoo.addons.phone_validation.tools import phone_validation

from ..core import addresses, phone
from ..core.types import ADDRESS_KINDS
from .groups import READERS

CONSENT_STATES = [
    ("granted", "Allowed"),
    ("withdrawn", "Opted out"),
    ("none", "No consent"),
]
PHONE_PROBLEMS = [
    ("phone_missing", "No number"),
    ("phone_invalid", "Not a valid number"),
    ("phone_not_mobile", "Not a mobile number"),
]


class ResPartner(models.Model):
    _inherit = "res.partner"

    cobranza_collector_id = fields.Many2one(
        "res.users",
        string="Collector",
        company_dependent=True,
        groups=READERS,
        help="Gets the replies and failures of this customer.",
    )
    cobranza_timezone = fields.Selection(
        _tz_get,
        string="Debtor Time Zone",
        groups=READERS,
        help="Empty: found by the state, the country or the number.",
    )
    cobranza_is_contact = fields.Boolean(
        string="Collections Contact",
        groups=READERS,
        help="Payment reminders of the company go to this contact.",
    )
    cobranza_shared_number_confirmed = fields.Boolean(
        string="Shared Number Confirmed",
        groups=READERS,
        copy=False,
        help="Another customer has the same number, and it is this one's too. "
        "A changed number must be confirmed again.",
    )
    cobranza_shared_number_user_id = fields.Many2one(
        "res.users",
        string="Shared Number Confirmed By",
        groups=READERS,
        readonly=True,
        copy=False,
    )
    cobranza_shared_number_at = fields.Datetime(
        string="Shared Number Confirmed On", groups=READERS, readonly=True, copy=False
    )
    cobranza_shared_number_keys = fields.Char(
        groups=READERS, readonly=True, copy=False, help="What was confirmed."
    )
    cobranza_number = fields.Char(
        string="International Number",
        compute="_compute_cobranza_number",
        store=True,
        groups=READERS,
    )
    cobranza_number_key = fields.Char(
        compute="_compute_cobranza_number",
        store=True,
        index="btree_not_null",
        groups=READERS,
    )
    cobranza_number_problem = fields.Selection(
        PHONE_PROBLEMS,
        compute="_compute_cobranza_number",
        store=True,
        groups=READERS,
    )
    cobranza_email = fields.Char(
        string="E-mail for Reminders",
        compute="_compute_cobranza_email",
        store=True,
        index="btree_not_null",
        groups=READERS,
    )
    cobranza_consent_ids = fields.One2many(
        "cobranza.consent", "partner_id", string="Consents", groups=READERS
    )
    cobranza_whatsapp_consent = fields.Selection(
        CONSENT_STATES,
        string="WhatsApp Consent",
        compute="_compute_cobranza_consent",
        groups=READERS,
    )
    cobranza_sms_consent = fields.Selection(
        CONSENT_STATES,
        string="SMS Consent",
        compute="_compute_cobranza_consent",
        groups=READERS,
    )
    cobranza_email_consent = fields.Selection(
        CONSENT_STATES,
        string="E-mail Consent",
        compute="_compute_cobranza_consent",
        groups=READERS,
    )
    cobranza_message_ids = fields.One2many(
        "cobranza.message", "partner_id", string="Collection Messages", groups=READERS
    )
    cobranza_message_count = fields.Integer(
        compute="_compute_cobranza_message_count", groups=READERS
    )

    @api.depends("phone", "country_id", "parent_id.country_id")
    def _compute_cobranza_number(self):
        for partner in self:
            number, problem = partner._cobranza_parse_number()
            partner.cobranza_number = number
            partner.cobranza_number_key = phone.number_key(number) if number else False
            partner.cobranza_number_problem = problem

    def _cobranza_parse_number(self):
        """Return (E.164 number or False, problem code or False).

        Odoo's own normaliser knows the quirks of Mexico and Brazil. Without a country
        only a number with a plus is valid: the company's country is never assumed.
        """
        self.ensure_one()
        if not (self.phone or "").strip():
            return False, "phone_missing"
        country = self.country_id or self.parent_id.country_id
        number = phone_validation.phone_format(
            phone.strip_trunk_prefix(self.phone, country.code or ""),
            country.code or None,
            country.phone_code or None,
            force_format="E164",
            raise_exception=False,
        )
        if not number or not phone.is_e164(number):
            return False, "phone_invalid"
        kind = phone.kind(number)
        if kind == "invalid":
            return False, "phone_invalid"
        if kind not in ("mobile", "mobile_or_fixed"):
            return number, "phone_not_mobile"
        return number, False

    @api.depends("email")
    def _compute_cobranza_email(self):
        """Take the first of several addresses, as Odoo's own mailings do."""
        for partner in self:
            address = email_normalize(partner.email or "", strict=False)
            partner.cobranza_email = addresses.email_key(address or "") or False

    @api.depends("cobranza_consent_ids", "phone", "email", "country_id")
    @api.depends_context("company")
    def _compute_cobranza_consent(self):
        customers = self.commercial_partner_id
        current = self.env["cobranza.consent"]._cobranza_current_of(
            self.env.company._cobranza_root(), customers._cobranza_all_recipients()
        )
        for partner in self:
            customer_id = partner.commercial_partner_id.id
            for channel in ADDRESS_KINDS:
                standing = current.get((customer_id, channel))
                partner[f"cobranza_{channel}_consent"] = (
                    standing.state if standing else "none"
                )

    @api.depends("cobranza_message_ids")
    def _compute_cobranza_message_count(self):
        counts = dict(
            self.env["cobranza.message"]._read_group(
                [("partner_id", "in", self.ids)], ["partner_id"], ["__count"]
            )
        )
        for partner in self:
            partner.cobranza_message_count = counts.get(partner, 0)

    @api.model_create_multi
    def create(self, vals_list):
        """Extend base: record who confirmed a shared number of a new customer."""
        partners = super().create(vals_list)
        for partner, vals in zip(partners, vals_list, strict=True):
            if vals.get("cobranza_shared_number_confirmed"):
                partner._cobranza_stamp_shared_number()
        return partners

    def write(self, vals):
        """Extend base: record who confirmed a shared number, when and which one."""
        result = super().write(vals)
        if "cobranza_shared_number_confirmed" in vals:
            for partner in self:
                partner._cobranza_stamp_shared_number()
        return result

    def _cobranza_stamp_shared_number(self):
        confirmed = self.cobranza_shared_number_confirmed
        chosen = self.commercial_partner_id._cobranza_all_recipients().values()
        keys = [one[self.commercial_partner_id.id]["number_key"] for one in chosen]
        self.write(
            {
                "cobranza_shared_number_user_id": confirmed and self.env.uid,
                "cobranza_shared_number_at": confirmed and fields.Datetime.now(),
                "cobranza_shared_number_keys": confirmed
                and " ".join(filter(None, keys)),
            }
        )

    def _cobranza_may_share(self, key):
        """Return whether a person confirmed that this number is the customer's too."""
        self.ensure_one()
        keys = (self.cobranza_shared_number_keys or "").split(" ")
        return self.cobranza_shared_number_confirmed and key in keys

    def _cobranza_responsible(self, company, policy=None, move=None):
        """Return the user who answers for the customer: never OdooBot.

        The customer's collector, else the salesperson of the invoice or customer if
        active, else the policy's user, else the company's. Only users who may read
        collection notes qualify.
        """
        self.ensure_one()
        customer = self.sudo().with_company(company).commercial_partner_id
        for user in customer._cobranza_candidates(company, policy, move):
            if user and user.active and user._cobranza_may_answer():
                return user
        return self.env["res.users"]

    def _cobranza_candidates(self, company, policy, move):
        """Yield who might answer for the customer, the nearest first."""
        yield self.cobranza_collector_id
        if move:
            yield move.sudo().invoice_user_id
        yield self.user_id
        if policy:
            yield policy.sudo().user_id
        yield company.sudo().cobranza_user_id
        yield from self._cobranza_managers(company)

    @api.model
    def _cobranza_managers(self, company):
        """Return the collections managers of a company: the last to be asked."""
        # sudo: who belongs to which group is readable by administrators only.
        group = self.env.ref("cobranza_whatsapp.group_manager").sudo()
        return group.all_user_ids.filtered(
            lambda user: company in user.company_ids
        ).sorted("id")

    def action_cobranza_messages(self):
        """Open all messages of the customer."""
        self.ensure_one()
        action = self.env["ir.actions.actions"]._for_xml_id(
            "cobranza_whatsapp.cobranza_message_action"
        )
        action["domain"] = [("partner_id", "=", self.commercial_partner_id.id)]
        return action
