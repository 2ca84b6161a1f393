import secrets
import string
from datetime import timedelta

from odoo import api, fields, models

TOKEN_ALPHABET = string.ascii_letters + string.digits
# 16 characters of 62: 95 bits, short enough for an SMS.
TOKEN_LENGTH = 16
LINK_DAYS = 90
# In place of a token: the sample PDF of the templates.
SAMPLE = "sample"


class CobranzaLink(models.Model):
    """A token that opens the payment page of one message, until it expires."""

    _name = "cobranza.link"
    _description = "Payment Link"
    _rec_name = "token"

    token = fields.Char(required=True, readonly=True, copy=False)
    message_id = fields.Many2one(
        "cobranza.message", required=True, index=True, ondelete="cascade"
    )
    expires_at = fields.Datetime(required=True)
    revoked = fields.Boolean()
    clicks = fields.Integer(readonly=True)
    last_click_at = fields.Datetime(readonly=True)

    _unique_token = models.UniqueIndex("(token)")

    @api.model
    def _cobranza_create(self, messages):
        """Make a link for each message, in one insert; returns them in order."""
        expires_at = fields.Datetime.now() + timedelta(days=LINK_DAYS)
        return self.create(
            [
                {
                    "token": "".join(
                        secrets.choice(TOKEN_ALPHABET) for _ in range(TOKEN_LENGTH)
                    ),
                    "message_id": message.id,
                    "expires_at": expires_at,
                }
                for message in messages
            ]
        )

    def _cobranza_url(self, account):
        self.ensure_one()
        return f"{account._cobranza_public_url()}/c/{self.token}"

    def _cobranza_unsubscribe_url(self, account):
        """Return where the customer ends these messages with one click."""
        return f"{self._cobranza_url(account)}/unsubscribe"

    def _cobranza_pdf_url(self, account, filename):
        """Return the public address of the message's PDF."""
        self.ensure_one()
        return f"{account._cobranza_pdf_url()}{self.token}/{filename}"

    @api.model
    def _cobranza_open(self, token):
        """Return the valid link of a token, or none.

        The unique index finds it; a wrong, expired or revoked token looks the same.
        """
        return self.search(
            [
                ("token", "=", token),
                ("revoked", "=", False),
                ("expires_at", ">", fields.Datetime.now()),
            ],
            limit=1,
        )
