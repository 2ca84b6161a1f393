"""What customers decide on our pages, and the requests that bring them there."""

import hashlib
import hmac
import secrets

from odoo import api, fields, models

from ..core import addresses
from ..core.types import ADDRESS_KINDS, CHANNELS
from . import channels as channel_names
from .cobranza_link import TOKEN_ALPHABET

TOKEN_LENGTH = 24


class CobranzaConsentRequest(models.Model):
    """A question to one customer by e-mail: may we write to you? Its link expires.

    Only the digest of the token is kept: who reads the database cannot answer.
    """

    _name = "cobranza.consent.request"
    _description = "Consent Request"
    _order = "id desc"
    _rec_name = "partner_id"

    partner_id = fields.Many2one(
        "res.partner",
        string="Customer",
        required=True,
        index=True,
        readonly=True,
        ondelete="restrict",
    )
    company_id = fields.Many2one("res.company", required=True, readonly=True)
    purpose = fields.Selection(
        [("collection", "Payment reminders"), ("marketing", "Promotions")],
        required=True,
        readonly=True,
    )
    email = fields.Char(string="Sent To", readonly=True)
    token_digest = fields.Char(required=True, readonly=True, copy=False)
    expires_at = fields.Datetime(required=True, readonly=True)
    answered_at = fields.Datetime(readonly=True)
    offer_ids = fields.One2many("cobranza.consent.offer", "request_id", readonly=True)

    _unique_token = models.UniqueIndex("(token_digest)")

    @api.model
    def _cobranza_token(self):
        """Return a new token, to be sent and not kept."""
        return "".join(secrets.choice(TOKEN_ALPHABET) for _ in range(TOKEN_LENGTH))

    @api.model
    def _cobranza_digest(self, token):
        return hashlib.sha256(token.encode()).hexdigest()

    @api.model
    def _cobranza_open(self, token):
        """Return the request that a token opens while it is valid, or none."""
        return self.search(
            [
                ("token_digest", "=", self._cobranza_digest(token)),
                ("expires_at", ">", fields.Datetime.now()),
            ],
            limit=1,
        )

    @api.model
    def _cobranza_url(self, company, token):
        """Return the address of the page, on the account's own name if it has one."""
        accounts = self.env["cobranza.account"].sudo()._cobranza_by_channel(company)
        for account, _problem in accounts.values():
            if account and account.public_url:
                base = account._cobranza_public_url()
                break
        else:
            base = company.get_base_url()
        return f"{base}/cobranza/consent/{token}"


class CobranzaConsentOffer(models.Model):
    """One channel of a request, with the number that the customer is shown."""

    _name = "cobranza.consent.offer"
    _description = "Consent Request: Channel"

    request_id = fields.Many2one(
        "cobranza.consent.request", required=True, index=True, ondelete="cascade"
    )
    channel = fields.Selection(channel_names.CHANNELS, required=True, readonly=True)
    number = fields.Char(required=True, readonly=True)


class CobranzaConsent(models.Model):
    """Answers of the pages."""

    _inherit = "cobranza.consent"

    @api.model
    def _cobranza_choices(self, customer, company, purpose, offered):
        """Return what a page shows: channel, label, masked number, text, whether on.

        ``offered`` is {channel: number or address}.
        """
        keys = [
            addresses.recipient_key(channel, number)
            for channel, number in offered.items()
        ]
        current = self._cobranza_current(
            company._cobranza_root(), {customer.id: keys}, purpose
        )
        choices = []
        for channel, number in offered.items():
            standing = current.get((customer.id, channel))
            shown = addresses.mask(number)
            choices.append(
                {
                    "channel": channel,
                    "label": channel_names.label(self.env, channel),
                    "number": number,
                    "shown": shown,
                    "allowed": bool(standing and standing.state == "granted"),
                    "text": self._cobranza_agreement(company, purpose, channel, shown),
                }
            )
        return choices

    @api.model
    def _cobranza_agreement(self, company, purpose, channel, shown):
        """Return the sentence to which the customer agrees with a tick."""
        values = {
            "company": company.name,
            "channel": channel_names.label(self.env, channel),
            "number": shown,
        }
        if purpose == "marketing":
            return self.env._(
                "I allow %(company)s to send me promotions by %(channel)s to "
                "%(number)s. I can withdraw this at any time.",
                **values,
            )
        return self.env._(
            "I allow %(company)s to send me payment reminders by %(channel)s to "
            "%(number)s. I can withdraw this at any time.",
            **values,
        )

    @api.model
    def _cobranza_answer(self, customer, company, purpose, choices, allowed, visitor):
        """Record what a customer ticked and unticked; what is as it was writes nothing.

        ``choices`` come from `_cobranza_choices`, ``allowed`` are the channels ticked,
        ``visitor`` is the digest of who did it. Returns the rows.
        """
        common = {
            "partner_id": customer.id,
            "company_id": company.id,
            "purpose": purpose,
            "origin": "page",
            "proof": f"Page for customers; visitor {visitor}",
        }
        values = []
        for choice in choices:
            granted = choice["channel"] in allowed
            if granted == choice["allowed"]:
                continue
            values.append(
                {
                    **common,
                    "number": choice["number"],
                    "channel": choice["channel"],
                    "granted": granted,
                    "basis": "web" if granted else False,
                    "text_shown": choice["text"] if granted else False,
                }
            )
        return self.create(values)

    @api.model
    def _cobranza_refuse_all(self, customer, company, offered, visitor):
        """Record that a customer wants nothing more on any of these addresses."""
        kinds = {ADDRESS_KINDS[channel]: number for channel, number in offered.items()}
        rows = self._cobranza_withdraw(
            customer,
            company,
            kinds,
            {
                "basis": False,
                "origin": "page",
                "proof": f"Page for customers; visitor {visitor}",
            },
        )
        # The rows are written: the blacklist must not write them again.
        env = self.with_context(cobranza_own_withdrawal=True).env
        if "number" in kinds:
            env["phone.blacklist"].sudo()._add([kinds["number"]])
        if "email" in kinds:
            env["mail.blacklist"].sudo()._add(kinds["email"])
        keys = self._cobranza_keys(kinds)
        waiting = self.env["cobranza.message"].search(
            [
                ("recipient_key", "in", keys),
                ("state", "in", ("proposed", "queued")),
                ("kind", "=", "reminder"),
            ]
        )
        waiting._cobranza_advance("cancelled", "opted_out")
        return rows

    @api.model
    def _cobranza_offered(self, customer, recipients=None):
        """Return {channel: number or address} by which we may reach a customer."""
        recipients = recipients or customer._cobranza_all_recipients()
        offered = {}
        for channel in CHANNELS:
            found = recipients[ADDRESS_KINDS[channel]][customer.id]
            if found["number"] and not found["problem"]:
                offered[channel] = found["number"]
        return offered

    @api.model
    def _cobranza_visitor(self, address, agent):
        """Return a digest that proves the same visitor without keeping who he is."""
        secret = self.env["ir.config_parameter"].sudo().get_param("database.secret")
        text = f"{address}|{agent}".encode()
        return hmac.new((secret or "").encode(), text, hashlib.sha256).hexdigest()[:32]
