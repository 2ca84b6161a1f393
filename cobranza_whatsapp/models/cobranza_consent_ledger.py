from odoo import api, fields, models
from odoo.tools import SQL

from ..core import consents
from ..core.addresses import recipient_key
from ..core.types import ADDRESS_KINDS


class CobranzaConsent(models.Model):
    """What holds now, what was withdrawn, and how a withdrawal is written."""

    _inherit = "cobranza.consent"

    withdrawn_at = fields.Datetime(compute="_compute_withdrawn", help="When it ended.")
    withdrawn_by_id = fields.Many2one(
        "cobranza.consent",
        compute="_compute_withdrawn",
        help="The row that ended this permission.",
    )
    repeats_id = fields.Many2one(
        "cobranza.consent",
        readonly=True,
        ondelete="restrict",
        index="btree_not_null",
        help="The customer had already refused: this row only proves that he said it "
        "again.",
    )

    @api.depends("granted", "given_at")
    def _compute_withdrawn(self):
        """Find the first later refusal of the same number, channel and purpose."""
        self.flush_model()
        rows = self.env.execute_query(
            SQL(
                """
                SELECT given.id, refusal.id, refusal.given_at
                  FROM cobranza_consent given
          JOIN LATERAL (SELECT id, given_at
                          FROM cobranza_consent later
                         WHERE later.company_id = given.company_id
                           AND later.number_key = given.number_key
                           AND later.channel = given.channel
                           AND later.purpose = given.purpose
                           AND NOT later.granted
                           AND (later.given_at, later.id) > (given.given_at, given.id)
                      ORDER BY later.given_at, later.id
                         LIMIT 1) refusal ON TRUE
                 WHERE given.granted AND given.id IN %s
                """,
                tuple(self.ids) or (0,),
            )
        )
        found = {consent_id: row for consent_id, *row in rows}
        for consent in self:
            refusal_id, moment = found.get(consent.id, (False, False))
            consent.withdrawn_by_id = refusal_id
            consent.withdrawn_at = moment

    @api.model
    def _cobranza_current(self, company, keys_by_customer, purpose="collection"):
        """Return {(customer id, channel): core.consents.Standing} in one query.

        ``keys_by_customer`` is {customer id: keys of his number and e-mail address}.
        A pair without a row is absent. The standing names the row and its basis, so
        that the rules can ask for a certain basis and the evidence can show the row.
        """
        keys = {key for own in keys_by_customer.values() for key in own if key}
        if not keys:
            return {}
        self.flush_model()
        rows = self.env.execute_query(
            SQL(
                """
                SELECT DISTINCT ON (partner_id, number_key, channel, granted)
                       partner_id, number_key, channel, granted, given_at, id,
                       COALESCE(basis, '')
                  FROM cobranza_consent
                 WHERE company_id = %s AND purpose = %s AND number_key = ANY(%s)
              ORDER BY partner_id, number_key, channel, granted,
                       given_at DESC, id DESC
                """,
                company.id,
                purpose,
                list(keys),
            )
        )
        return consents.standings(
            (consents.Row(*row) for row in rows), keys_by_customer
        )

    @api.model
    def _cobranza_current_of(self, company, recipients, purpose="collection"):
        """Return `_cobranza_current` for what `_cobranza_all_recipients` returned."""
        keys = {}
        for chosen in recipients.values():
            for customer_id, recipient in chosen.items():
                keys.setdefault(customer_id, []).append(recipient["number_key"])
        return self._cobranza_current(company, keys, purpose)

    # --- withdrawals ------------------------------------------------------------------

    @api.model
    def _cobranza_withdraw(self, customer, company, addresses, values):
        """Write that a customer refuses everything at these addresses; return the rows.

        ``addresses`` is {kind of address: number or e-mail}. Only what is not yet
        refused gets a row; if all of it is, one small row proves that he said it
        again. ``values`` are origin, proof and the like.
        """
        standing = {
            purpose: self._cobranza_current(
                company._cobranza_root(),
                {customer.id: self._cobranza_keys(addresses)},
                purpose,
            )
            for purpose in consents.PURPOSES
        }
        wanted = [
            {
                **values,
                "partner_id": customer.id,
                "company_id": company.id,
                "number": addresses[kind],
                "channel": channel,
                "purpose": purpose,
                "granted": False,
            }
            for channel, kind in ADDRESS_KINDS.items()
            if kind in addresses
            for purpose in consents.PURPOSES
        ]
        missing, refused = [], []
        for row in wanted:
            found = standing[row["purpose"]].get((customer.id, row["channel"]))
            if found and found.state == "withdrawn":
                refused.append({**row, "repeats_id": found.consent_id})
            else:
                missing.append(row)
        # sudo: consent rows are written by the system.
        return self.sudo().create(missing or refused[:1])

    @api.model
    def _cobranza_keys(self, addresses):
        """Return the keys of {kind: number or e-mail}."""
        channels = {kind: channel for channel, kind in ADDRESS_KINDS.items()}
        return [
            recipient_key(channels[kind], address)
            for kind, address in addresses.items()
        ]

    @api.model
    def _cobranza_blacklisted(self, keys):
        """Withdraw every permission of these keys: a person blacklisted them.

        Counts in every company; taking a number off the blacklist gives nothing back.
        """
        keys = {key for key in keys if key}
        if not keys:
            return self
        self.flush_model()
        rows = self.env.execute_query(
            SQL(
                """
                SELECT partner_id, company_id, number, channel, purpose
                  FROM (SELECT DISTINCT ON (partner_id, company_id, number_key,
                                            channel, purpose) *
                          FROM cobranza_consent
                         WHERE number_key IN %s
                      ORDER BY partner_id, company_id, number_key, channel, purpose,
                               given_at DESC, id DESC) newest
                 WHERE granted
              ORDER BY id
                """,
                tuple(keys),
            )
        )
        names = ("partner_id", "company_id", "number", "channel", "purpose")
        # sudo: consent rows are written by the system, in all companies.
        return self.sudo().create(
            [
                {
                    **dict(zip(names, row, strict=True)),
                    "granted": False,
                    "basis": False,
                    "origin": "blacklist",
                }
                for row in rows
            ]
        )
