from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError

from ..core import limits

REGIMES = [("commercial", "Commercial company"), ("financial", "Financial company")]
FORCES = [
    ("law", "Law"),
    ("regulation", "Regulation"),
    ("guide", "Guide, voluntary"),
    ("custom", "Custom"),
    ("bill", "Bill, not in force"),
    ("default", "Chosen by us"),
]
CONSENTS = [
    ("contract", "Any on record, the contract is enough"),
    ("documented", "Documented, not only verbal"),
    ("express", "Express: form, portal or message of the customer"),
]
CAPS = (
    "max_per_day",
    "max_per_7_days",
    "answered_extra",
    "max_per_30_days",
    "min_gap_hours",
)


class CobranzaContactPolicy(models.Model):
    """When, how often and whom a creditor may contact, as data.

    Rows without a company are the law of a country, state and regime: read-only,
    updated with the addon. A company's own row takes the place of the law's defaults,
    but never permits more than the law, unless a written permission is on record.
    """

    _name = "cobranza.contact.policy"
    _description = "Contact Policy"
    _order = "company_id, country_id, state_id, name"

    name = fields.Char(required=True, translate=True)
    code = fields.Char(readonly=True, copy=False)
    active = fields.Boolean(default=True)
    company_id = fields.Many2one(
        "res.company",
        ondelete="cascade",
        default=lambda self: self.env.company._cobranza_root(),
    )
    country_id = fields.Many2one("res.country")
    state_id = fields.Many2one(
        "res.country.state",
        string="State or Province",
        domain="[('country_id', '=?', country_id)]",
    )
    regime = fields.Selection([("any", "Any"), *REGIMES], default="any", required=True)
    applies_to = fields.Selection(
        [("all", "All"), ("person", "Persons"), ("company", "Companies")],
        string="Customers",
        default="all",
        required=True,
    )
    legal_force = fields.Selection(FORCES, readonly=True)
    window_ids = fields.One2many(
        "cobranza.contact.window",
        "policy_id",
        domain=[("part", "=", "applied")],
        copy=True,
    )
    law_window_ids = fields.One2many(
        "cobranza.contact.window",
        "policy_id",
        string="Hours by Law",
        domain=[("part", "=", "law")],
        copy=False,
    )
    no_holidays = fields.Boolean(
        string="Not on Holidays",
        default=True,
        help="Public holidays of the debtor's country and state are without contact.",
    )
    law_no_holidays = fields.Boolean(
        string="Not on Holidays, by Law", readonly=True, copy=False
    )
    holiday_categories = fields.Char(default="public", required=True)
    max_per_day = fields.Integer(string="Messages per Day", default=1, required=True)
    max_per_7_days = fields.Integer(string="Messages in 7 Days", help="0: no limit.")
    answered_extra = fields.Integer(
        string="More on the Day of an Answer",
        help="So many more than in 7 days on the day on which the customer answered.",
    )
    max_per_30_days = fields.Integer(string="Messages in 30 Days", help="0: no limit.")
    min_gap_hours = fields.Integer(string="Hours Between Messages")
    one_channel_per_week = fields.Boolean(string="Only One Channel a Week")
    law_max_per_day = fields.Integer("Messages per Day, by Law", copy=False)
    law_max_per_7_days = fields.Integer("Messages in 7 Days, by Law", copy=False)
    law_answered_extra = fields.Integer(
        "More on the Day of an Answer, by Law", copy=False
    )
    law_max_per_30_days = fields.Integer("Messages in 30 Days, by Law", copy=False)
    law_min_gap_hours = fields.Integer("Hours Between Messages, by Law", copy=False)
    law_one_channel_per_week = fields.Boolean(
        "Only One Channel a Week, by Law", copy=False
    )
    caps_note = fields.Char("The Law on Limits", readonly=True, translate=True)
    guarantors = fields.Boolean(
        string="Guarantors Too",
        help="Guarantors may be contacted who consented themselves.",
    )
    contactable = fields.Char("Who May Be Contacted", readonly=True, translate=True)
    consent_needed = fields.Selection(CONSENTS, default="contract", required=True)
    consent_note = fields.Char("The Law on Consent", readonly=True, translate=True)
    opt_out_in_message = fields.Boolean(string="Opt-Out in Each Message")
    opt_out_note = fields.Char("The Law on Opt-Out", readonly=True, translate=True)
    retention_months = fields.Integer(string="Keep Evidence, Months", default=60)
    source = fields.Text(
        translate=True, help="Law, regulation or decision behind this policy."
    )
    notes = fields.Text(readonly=True, translate=True)
    confidence = fields.Char("How Sure We Are", readonly=True, translate=True)
    reviewed_on = fields.Date()
    valid_from = fields.Date()
    valid_to = fields.Date()
    permission_file = fields.Binary(
        string="Written Permission",
        copy=False,
        help="Permits more than the law: hours, days and limits. Without it, what is "
        "wider than the law has no effect.",
    )
    permission_filename = fields.Char(copy=False)
    permission_user_id = fields.Many2one(
        "res.users", string="Permission Recorded By", readonly=True, copy=False
    )
    permission_at = fields.Datetime(
        string="Permission Recorded On", readonly=True, copy=False
    )

    _positive_cap = models.Constraint(
        "CHECK(max_per_day > 0)",
        "Allow at least one message a day; stop collection to send none.",
    )
    _positive_limits = models.Constraint(
        "CHECK(max_per_7_days >= 0 AND max_per_30_days >= 0 AND min_gap_hours >= 0 "
        "AND retention_months >= 0)",
        "Limits cannot be negative; 0 means no limit.",
    )

    # --- who may change what ----------------------------------------------------------

    @api.model_create_multi
    def create(self, vals_list):
        """Extend base: record who put a written permission on file."""
        for vals in vals_list:
            self._cobranza_stamp_permission(vals)
        policies = super().create(vals_list)
        policies._cobranza_demand_own()
        return policies

    def write(self, vals):
        """Extend base: the law stays; a permission gets its who and when."""
        self._cobranza_demand_own()
        self._cobranza_stamp_permission(vals)
        result = super().write(vals)
        self._cobranza_demand_own()
        return result

    @api.ondelete(at_uninstall=False)
    def _unlink_own(self):
        self._cobranza_demand_own()

    def copy_data(self, default=None):
        """Extend base: a copy belongs to the company that makes it."""
        mine = {"company_id": self.env.company._cobranza_root().id}
        return super().copy_data({**mine, **(default or {})})

    def _cobranza_demand_own(self):
        """Raise UserError if a user would change the law itself."""
        if not self.env.su and self.filtered(lambda policy: not policy.company_id):
            raise UserError(
                self.env._(
                    "The law cannot be changed here: it comes with the program. Make a "
                    "stricter policy of your own from it."
                )
            )

    def _cobranza_stamp_permission(self, vals):
        if "permission_file" in vals:
            given = bool(vals["permission_file"])
            vals["permission_user_id"] = given and self.env.uid
            vals["permission_at"] = given and fields.Datetime.now()

    @api.constrains("window_ids", "country_id", "state_id", "permission_file", *CAPS)
    def _check_within_law(self):
        for own in self.filtered(
            lambda policy: (
                policy.company_id and policy.country_id and not policy.permission_file
            )
        ):
            law = own._cobranza_law()
            found = limits.wider(own._cobranza_applied(), law._cobranza_by_law())
            if found:
                labels = own.fields_get([self._label_field(name) for name in found])
                raise ValidationError(
                    self.env._(
                        "%(policy)s permits more than the law (%(law)s): %(fields)s. "
                        "Make it stricter, or add the written permission.",
                        policy=own.name,
                        law=law.name,
                        fields=", ".join(one["string"] for one in labels.values()),
                    )
                )

    @staticmethod
    def _label_field(name):
        return "window_ids" if name == "windows" else name

    def action_make_own(self):
        """Open a copy of this policy that belongs to the user's company."""
        self.ensure_one()
        own = self.copy({"name": self.env._("%s (ours)", self.name)})
        return {
            "type": "ir.actions.act_window",
            "res_model": self._name,
            "res_id": own.id,
            "view_mode": "form",
        }
