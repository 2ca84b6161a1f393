from odoo import models
from odoo.fields import Domain
from odoo.tools import SQL

from .cobranza_debt import INVOICES, SETTLED

# Where each kind of address stands on a partner.
ADDRESS_FIELDS = {"number": "phone", "email": "email"}
# Whom we write to, the best first; without any, the customer himself.
REASONS = ("collections", "invoice", "move")


class ResPartner(models.Model):
    """Who gets the reminders of a customer (design, decision 8)."""

    _inherit = "res.partner"

    def _cobranza_recipient(self, kind="number"):
        """Return `_cobranza_recipients` of one customer."""
        self.ensure_one()
        customer = self.commercial_partner_id
        return customer._cobranza_recipients(kind)[customer.id]

    def _cobranza_all_recipients(self):
        """Return {kind: `_cobranza_recipients`}: each kind may go to another person."""
        addressees = self._cobranza_addressees()
        return {
            kind: self._cobranza_recipients(kind, addressees) for kind in ADDRESS_FIELDS
        }

    def _cobranza_all_addresses(self):
        """Return {customer id: {kind: number or e-mail}} without what is missing."""
        recipients = self._cobranza_all_recipients()
        return {
            customer.id: {
                kind: chosen[customer.id]["number"]
                for kind, chosen in recipients.items()
                if chosen[customer.id]["number"]
            }
            for customer in self
        }

    def _cobranza_recipients(self, kind="number", addressees=None):
        """Choose who gets the reminders of each commercial partner.

        The collections contact, else the invoice contact, else whom the oldest open
        invoice is made out to, else the customer himself. Contacts that belong to
        another company than the present one are passed over.

        ``kind`` is one of core.types.ADDRESS_KINDS, ``addressees`` what
        `_cobranza_addressees` returns. Returns {customer id: {partner_id, why, number,
        number_key, problem}}; ``why`` is one of REASONS or "customer"; ``number`` is
        the e-mail address for the kind "email".
        """
        if addressees is None:
            addressees = self._cobranza_addressees()
        chosen = {}
        for contact in self._cobranza_contacts(kind, addressees):
            customer = contact.commercial_partner_id
            why = "invoice" if contact.type == "invoice" else "move"
            if contact.cobranza_is_contact and customer.is_company:
                why = "collections"
            chosen.setdefault((customer.id, why), contact)
        with_contact = {customer_id for customer_id, _why in chosen}
        result = {}
        # sudo: contacts may be private to other users; only their number is used.
        for customer in self.sudo():
            partner, why = customer, "customer"
            if customer.id in with_contact:
                why = next(why for why in REASONS if (customer.id, why) in chosen)
                partner = chosen[customer.id, why]
            result[customer.id] = {
                "partner_id": partner.id,
                "why": "customer" if partner == customer else why,
                **partner._cobranza_address(kind),
            }
        return result

    def _cobranza_contacts(self, kind, addressees):
        """Return the contacts who may be written to, in one search."""
        named = Domain("cobranza_is_contact", "=", True) | Domain(
            "id", "in", list(addressees.values())
        )
        # The contacts of a person may be relatives: only his invoice contact.
        role = Domain("type", "=", "invoice") | (
            named & Domain("commercial_partner_id.is_company", "=", True)
        )
        # sudo: as above.
        return self.sudo().search_fetch(
            Domain(
                [
                    ("commercial_partner_id", "in", self.ids),
                    (ADDRESS_FIELDS[kind], "!=", False),
                    ("company_id", "in", [False, *self.env.company.parent_ids.ids]),
                ]
            )
            & role,
            [
                "commercial_partner_id",
                "cobranza_is_contact",
                "type",
                f"cobranza_{kind}",
            ],
            order="id",
        )

    def _cobranza_addressees(self):
        """Return {customer id: whom his oldest open invoice is made out to}.

        Only where that is a contact of his; one query for all customers.
        """
        self.env["account.move"].flush_model(["partner_id", "payment_state"])
        self.env["account.move.line"].flush_model()
        rows = self.env.execute_query(
            SQL(
                """
                SELECT DISTINCT ON (line.partner_id) line.partner_id, move.partner_id
                  FROM account_move_line line
                  JOIN account_move move ON move.id = line.move_id
                  JOIN account_account account ON account.id = line.account_id
                 WHERE line.partner_id = ANY(%s) AND line.company_id = %s
                   AND line.parent_state = 'posted'
                   AND line.reconciled IS NOT TRUE
                   AND line.amount_residual_currency > 0
                   AND account.account_type = 'asset_receivable'
                   AND move.move_type IN %s AND move.payment_state NOT IN %s
              ORDER BY line.partner_id, COALESCE(line.date_maturity, line.date), line.id
                """,
                list(self.ids),
                self.env.company.id,
                INVOICES,
                SETTLED,
            )
        )
        return {customer: person for customer, person in rows if customer != person}

    def _cobranza_address(self, kind):
        """Return number or e-mail address, its key and what is wrong with it."""
        if kind == "email":
            address = self.cobranza_email or ""
            problem = ""
            if not address:
                written = (self.email or "").strip()
                problem = "email_invalid" if written else "email_missing"
            return {"number": address, "number_key": address, "problem": problem}
        return {
            "number": self.cobranza_number or "",
            "number_key": self.cobranza_number_key or "",
            "problem": self.cobranza_number_problem or "",
        }
