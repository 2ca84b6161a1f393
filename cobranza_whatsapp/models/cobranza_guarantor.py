from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError

from . import reasons
from .groups import READERS


class CobranzaGuarantor(models.Model):
    """Somebody who answers for a customer's debts: aval, codeudor, obligado solidario.

    Together with the debtor the only one whom laws let a creditor contact, and only
    where they name him (reference: contact policies, "Who May Be Contacted"). A row
    says who recorded him, when and from which document; it never changes, it only
    ends. References, employers and relatives have no such document.
    """

    _name = "cobranza.guarantor"
    _description = "Guarantor"
    _order = "id"
    _rec_name = "guarantor_id"

    partner_id = fields.Many2one(
        "res.partner",
        string="Customer",
        required=True,
        index=True,
        ondelete="restrict",
    )
    guarantor_id = fields.Many2one(
        "res.partner",
        required=True,
        index=True,
        ondelete="restrict",
        help="He has a contact of his own, with his own number and consent.",
    )
    company_id = fields.Many2one(
        "res.company",
        required=True,
        index=True,
        default=lambda self: self.env.company._cobranza_root(),
    )
    document = fields.Char(
        required=True,
        help="The document in which he signed as guarantor, for example the contract "
        "or promissory note with its number and date.",
    )
    user_id = fields.Many2one(
        "res.users", string="Recorded By", readonly=True, ondelete="restrict"
    )
    added_at = fields.Datetime(string="Recorded On", readonly=True)
    ended_by_id = fields.Many2one("res.users", readonly=True, ondelete="restrict")
    ended_at = fields.Datetime(string="Ended On", readonly=True)
    active = fields.Boolean(default=True, readonly=True)

    @api.model_create_multi
    def create(self, vals_list):
        """Extend base: kept at commercial partner and root company, by this user."""
        partners = self.env["res.partner"]
        companies = self.env["res.company"]
        now = fields.Datetime.now()
        rows = []
        for vals in vals_list:
            customer = partners.browse(vals.get("partner_id"))
            company = companies.browse(vals.get("company_id")) or self.env.company
            rows.append(
                {
                    **vals,
                    "partner_id": customer.commercial_partner_id.id,
                    "company_id": company._cobranza_root().id,
                    "user_id": self.env.uid,
                    "added_at": now,
                    "ended_by_id": False,
                    "ended_at": False,
                    "active": True,
                }
            )
        return super().create(rows)

    def write(self, vals):
        """Extend base: who answered for whom is kept as it was recorded."""
        if not self.env.su:
            raise UserError(
                self.env._(
                    "A guarantor cannot be changed: end this row and add another one."
                )
            )
        return super().write(vals)

    @api.ondelete(at_uninstall=False)
    def _unlink_never(self):
        raise UserError(
            self.env._("Guarantors are evidence and cannot be deleted; end the row.")
        )

    @api.constrains("partner_id", "guarantor_id")
    def _check_guarantor(self):
        for link in self:
            # sudo: the contact may belong to another company; only whose it is counts.
            person = link.sudo().guarantor_id
            if person.commercial_partner_id != person or person == link.partner_id:
                raise ValidationError(
                    self.env._(
                        "A guarantor has a contact of his own: contacts of the "
                        "customer or of another company cannot be written to."
                    )
                )

    @api.constrains("partner_id", "guarantor_id", "company_id", "active")
    def _check_only_once(self):
        for link in self.filtered("active"):
            same = [
                ("id", "!=", link.id),
                ("partner_id", "=", link.partner_id.id),
                ("guarantor_id", "=", link.guarantor_id.id),
                ("company_id", "=", link.company_id.id),
            ]
            if self.search_count(same, limit=1):
                raise ValidationError(
                    self.env._(
                        "%(name)s is recorded as guarantor of this customer already.",
                        name=link.guarantor_id.display_name,
                    )
                )

    @api.constrains("partner_id", "company_id")
    def _check_policy(self):
        # sudo: which policy holds is decided for customers of any company.
        policies = self.env["cobranza.contact.policy"].sudo()
        for link in self:
            company = link.company_id
            limits = policies._cobranza_limits_of(
                company, link.sudo().partner_id, company._cobranza_today()
            )
            if not limits[link.partner_id.id].guarantors:
                raise ValidationError(reasons.sentence(self.env, "guarantor_forbidden"))

    def action_end(self):
        """End the row: he does not answer for the customer any more."""
        self.check_access("create")
        # sudo: a row never changes but by this button.
        self.filtered("active").sudo().write(
            {
                "active": False,
                "ended_by_id": self.env.uid,
                "ended_at": fields.Datetime.now(),
            }
        )

    def _cobranza_problem(self):
        """Return the reason code why he must not be written to, "" if nothing is."""
        self.ensure_one()
        if not self.active or self.guarantor_id == self.partner_id:
            return "guarantor_ended"
        return "" if self.guarantor_id.active else "guarantor_archived"


class ResPartner(models.Model):
    """Who answers for a customer."""

    _inherit = "res.partner"

    cobranza_guarantor_ids = fields.One2many(
        "cobranza.guarantor", "partner_id", string="Guarantors", groups=READERS
    )

    def _cobranza_own_recipients(self):
        """Return what `_cobranza_all_recipients` does, each person as himself.

        A guarantor consented himself: none of his contacts takes his place.
        """
        return {
            kind: {
                # sudo: contacts may be private to others; only the number is used.
                person.id: {
                    "partner_id": person.id,
                    "why": "guarantor",
                    **person.sudo()._cobranza_address(kind),
                }
                for person in self
            }
            for kind in ("number", "email")
        }
