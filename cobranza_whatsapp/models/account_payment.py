from odoo import api, fields, models

from .groups import READERS


class AccountPayment(models.Model):
    _inherit = "account.payment"

    @api.model
    def _cobranza_draft_warnings(self, company, customers):
        """Return {customer id: sentence} about payments that nobody has posted yet.

        They stop no reminder: a draft is no payment. But a person should see it
        before the customer is asked for money that he may have paid.
        """
        # sudo: readers of collection data need not be allowed to read payments.
        groups = self.sudo()._read_group(
            [
                ("state", "=", "draft"),
                ("payment_type", "=", "inbound"),
                ("partner_type", "=", "customer"),
                ("company_id", "=", company.id),
                ("partner_id", "child_of", customers.ids),
            ],
            ["partner_id", "currency_id"],
            ["amount:sum"],
        )
        amounts = {}
        for partner, currency, amount in groups:
            own = amounts.setdefault(partner.commercial_partner_id.id, [])
            own.append(currency.format(amount))
        return {
            customer_id: self.env._(
                "There is a draft payment of %(amount)s: post or delete it. It does "
                "not stop reminders.",
                amount=" + ".join(own),
            )
            for customer_id, own in amounts.items()
        }


class AccountMove(models.Model):
    """What a person should look at before the customer is reminded."""

    _inherit = "account.move"

    cobranza_warning = fields.Char(
        string="Look At", compute="_compute_cobranza_warning", groups=READERS
    )

    @api.depends("commercial_partner_id", "company_id")
    @api.depends_context("lang")
    def _compute_cobranza_warning(self):
        for company, moves in self.grouped("company_id").items():
            warnings = self.env["account.payment"]._cobranza_draft_warnings(
                company, moves.commercial_partner_id
            )
            for move in moves:
                customer_id = move.commercial_partner_id.id
                move.cobranza_warning = warnings.get(customer_id, False)


class CobranzaReminder(models.Model):
    """The same, where somebody looks at a reminder."""

    _inherit = "cobranza.reminder"

    warning = fields.Char(string="Look At", compute="_compute_warning")

    @api.depends("partner_id", "company_id")
    @api.depends_context("lang")
    def _compute_warning(self):
        for company, reminders in self.grouped("company_id").items():
            warnings = self.env["account.payment"]._cobranza_draft_warnings(
                company, reminders.partner_id
            )
            for reminder in reminders:
                reminder.warning = warnings.get(reminder.partner_id.id, False)
