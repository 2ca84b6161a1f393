from odoo import api, fields, models

from ..core import phone


class CobranzaPrice(models.Model):
    """What one message of an account costs, by country: for estimates, never to pay.

    A text message of several parts costs the price of each part.
    """

    _name = "cobranza.price"
    _description = "Price per Message"
    _order = "account_id, country_id"
    _rec_name = "account_id"

    account_id = fields.Many2one(
        "cobranza.account", required=True, index=True, ondelete="cascade"
    )
    channel = fields.Selection(related="account_id.channel")
    country_id = fields.Many2one(
        "res.country", help="Where the number belongs to. Empty: every other country."
    )
    currency_id = fields.Many2one(
        "res.currency",
        required=True,
        default=lambda self: self.env.company.currency_id,
    )
    price = fields.Float(digits=(16, 4), required=True)

    _unique_country = models.UniqueIndex(
        "(account_id, COALESCE(country_id, 0))",
        "The account already has a price for this country: change that one.",
    )
    _positive = models.Constraint(
        "CHECK(price >= 0)", "A price cannot be negative: correct it."
    )

    @api.model
    def _cobranza_known(self):
        """Return {(account id, country code or ""): (price, currency)}, one search."""
        # sudo: prices of shared accounts are estimates for everybody who sends.
        return {
            (price.account_id.id, price.country_id.code or ""): (
                price.price,
                price.currency_id,
            )
            for price in self.sudo().search([])
        }

    @api.model
    def _cobranza_cost(self, known, account, number, parts):
        """Return (cost, currency); (0, no currency) when nobody set a price."""
        country = phone.country(number)
        price, currency = known.get((account.id, country)) or known.get(
            (account.id, ""), (0.0, self.env["res.currency"])
        )
        return price * parts, currency
