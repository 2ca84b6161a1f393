"""Builders of the tests about guarantors."""

from .test_preview_by_hand import PreviewCase


class Guarantors:
    """A policy that allows guarantors, and how people get and write to them."""

    open_preview = PreviewCase.open_preview

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.open_always.guarantors = True

    @classmethod
    def make_guarantor(
        cls, customer, name="Rosa Aval", consent=("whatsapp",), **values
    ):
        """Record a person with a number and consent of his own as guarantor."""
        person = cls.make_customer(name, consent=consent, is_company=False, **values)
        return cls.link(customer, person)

    @classmethod
    def link(cls, customer, person, **values):
        """Record somebody as guarantor of a customer."""
        return cls.env["cobranza.guarantor"].create(
            {
                "partner_id": customer.id,
                "guarantor_id": person.id,
                "document": "Pagaré 12 del 3 de mayo de 2026",
                **values,
            }
        )

    def line_of(self, preview, link):
        """Return the line of a preview that is about a guarantor, none for none."""
        lines = preview.line_ids
        return lines.filtered(lambda line: line.guarantor_id == link)

    def code_of(self, link):
        """Return why a guarantor cannot be written to now, "" if he can."""
        preview = self.open_preview(link.partner_id)
        return self.line_of(preview, link).code or ""

    def send_to(self, link):
        """Let the clerk send to a guarantor alone; return the message."""
        preview = self.open_preview(link.partner_id)
        preview.line_ids.selected = False
        self.line_of(preview, link).selected = True
        preview.action_send()
        self.run_cron("prepare", "send")
        return self.env["cobranza.message"].search(
            [("guarantor_id", "=", link.id)], order="id desc", limit=1
        )


class GuarantorCase(Guarantors, PreviewCase):
    """Guarantors with two demo accounts."""
