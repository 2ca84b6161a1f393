from odoo import api, fields, models
from odoo.tools import SQL

from ..core import limits
from .planning_data import Candidate


class CobranzaPlanning(models.AbstractModel):
    """Ask the same rules about guarantors, each as one more person to write to."""

    _inherit = "cobranza.planning"

    @api.model
    def _guarantor_candidates(self, company, candidates):
        """Return one more Candidate for each guarantor of who owes something.

        They have reminders of their own: the debtor's is not spent by theirs.
        """
        claiming = [one for one in candidates if one.claim]
        # sudo: who asks for reminders of a customer may ask for his guarantors'.
        links = (
            self.sudo()
            .env["cobranza.guarantor"]
            .search(
                [
                    ("partner_id", "in", list({one.partner_id for one in claiming})),
                    ("company_id", "=", company._cobranza_root().id),
                ]
            )
        )
        by_customer = links.grouped(lambda link: link.partner_id.id)
        return [
            Candidate(
                one.partner_id,
                one.currency_id,
                one.policy_id,
                one.lines,
                one.outcome,
                guarantor=link,
            )
            for one in claiming
            if one.claim.stage.action == "message"
            for link in by_customer.get(one.partner_id, ())
        ]

    @api.model
    def _open_guarantor_desk(self, company, desk, links, simulation):
        """Put on a desk what the rules look at of the guarantors themselves."""
        links = (
            self.sudo().env["cobranza.guarantor"].browse({link.id for link in links})
        )
        people = links.guarantor_id
        own = self._desk_of(
            company, people, people._cobranza_own_recipients(), simulation
        )
        now = simulation.at or fields.Datetime.now()
        for link in links:
            person = link.guarantor_id.id
            own.link_limits[link.id] = limits.for_guarantor(
                desk.limits[link.partner_id.id], own.limits[person]
            )
        own.link_history = self._guarantor_history(company, links, now)
        desk.guarantors = own

    @api.model
    def _guarantor_history(self, company, links, now):
        """Return {link id: contacts}: to the debtor and to the guarantor, each once.

        Whoever of them got it and for whichever debt: the debtor is not chased twice
        as often because he has a guarantor, nor a guarantor because he has several.
        """
        rows = self.env.execute_query(
            SQL(
                """
                WITH contact AS (
                    SELECT link.id AS link_id, message.id AS message_id
                      FROM cobranza_guarantor link
                      JOIN res_partner partner ON partner.commercial_partner_id
                           IN (link.partner_id, link.guarantor_id)
                      JOIN cobranza_message message ON message.partner_id = partner.id
                     WHERE link.id IN %(links)s
                     UNION
                    SELECT link.id, message.id
                      FROM cobranza_guarantor link
                      JOIN cobranza_guarantor other
                        ON other.guarantor_id IN (link.partner_id, link.guarantor_id)
                      JOIN cobranza_message message ON message.guarantor_id = other.id
                     WHERE link.id IN %(links)s)
                SELECT contact.link_id,
                       COALESCE(message.sent_at, message.claimed_at), message.channel
                  FROM contact
                  JOIN cobranza_message message ON message.id = contact.message_id
                 WHERE %(counts)s
                """,
                links=tuple(links.ids),
                counts=self._counts_as_contact(company, now),
            )
        )
        return self._contacts_by(rows)
