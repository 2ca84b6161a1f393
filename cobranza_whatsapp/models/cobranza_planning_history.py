from datetime import timedelta, timezone

from odoo import api, models
from odoo.tools import SQL

from ..core import limits


class CobranzaPlanning(models.AbstractModel):
    """Which messages of the past count towards the caps of a customer."""

    _inherit = "cobranza.planning"

    @api.model
    def _history(self, company, partner_ids, now):
        """Return {customer id: contacts that may still count}, in one query.

        A contact is what went to the commercial partner, or for him to a guarantor, by
        any channel or hand; and what he got as the guarantor of another.
        """
        self.env["cobranza.message"].flush_model()
        self.env["cobranza.guarantor"].flush_model()
        self.env["res.partner"].flush_model(["commercial_partner_id"])
        counts = self._counts_as_contact(company, now)
        rows = self.env.execute_query(
            SQL(
                """
                SELECT partner.commercial_partner_id,
                       COALESCE(message.sent_at, message.claimed_at), message.channel
                  FROM res_partner partner
                  JOIN cobranza_message message ON message.partner_id = partner.id
                 WHERE partner.commercial_partner_id = ANY(%(partners)s) AND %(counts)s
             UNION ALL
                SELECT link.guarantor_id,
                       COALESCE(message.sent_at, message.claimed_at), message.channel
                  FROM cobranza_guarantor link
                  JOIN cobranza_message message ON message.guarantor_id = link.id
                 WHERE link.guarantor_id = ANY(%(partners)s) AND %(counts)s
                """,
                partners=list(partner_ids),
                counts=counts,
            )
        )
        return self._contacts_by(rows)

    @api.model
    def _caps_of_group(self):
        """Return whether the messages of all companies count together."""
        # sudo: system parameters are readable by administrators only.
        return bool(
            self.env["ir.config_parameter"]
            .sudo()
            .get_param("cobranza_whatsapp.caps_of_group")
        )

    @api.model
    def _contacts_by(self, rows):
        """Return {id: Contacts} of rows (id, naive UTC moment, channel)."""
        history = {}
        for owner_id, moment, channel in rows:
            history.setdefault(owner_id, []).append(
                limits.Contact(moment.replace(tzinfo=timezone.utc), channel)
            )
        return {owner_id: tuple(found) for owner_id, found in history.items()}

    @api.model
    def _counts_as_contact(self, company, now):
        """Return SQL over "message": what may still count towards a cap.

        Failed and cancelled messages are none, uncertain ones are. It counts for the
        creditor company, its branches included, or for all companies where the group
        wants so.
        """
        companies = SQL(
            "AND message.company_id IN (SELECT id FROM res_company "
            "WHERE split_part(parent_path, '/', 1)::int = %s)",
            company._cobranza_root().id,
        )
        return SQL(
            """
            message.direction = 'out' AND message.kind <> 'confirmation'
            AND message.state IN ('sending', 'sent', 'delivered', 'read', 'uncertain')
            AND COALESCE(message.sent_at, message.claimed_at) > %s %s
            """,
            now - timedelta(hours=limits.HISTORY_HOURS),
            SQL() if self._caps_of_group() else companies,
        )
