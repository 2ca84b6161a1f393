"""What happens to a queued message when its customer or invoice changes meanwhile.

Races between two transactions need two of them: see tests/e2e/test_races.py.
"""

from odoo.tests import tagged

from .common import CobranzaCase


@tagged("post_install", "-at_install")
class TestChangedMeanwhile(CobranzaCase):
    """Planned and prepared, then the world changes, then the sender comes."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.make_demo_accounts()

    def merge(self, *customers):
        """Merge contacts as the wizard does; return the one that is left."""
        ids = [customer.id for customer in customers]
        wizard = self.env["base.partner.merge.automatic.wizard"].create({})
        wizard._merge(ids, customers[0])
        self.env.invalidate_all()
        return customers[0]

    # --- the invoice ------------------------------------------------------------------

    def test_invoice_that_was_reset_is_not_collected(self):
        message = self.queued()
        message.move_ids.button_draft()

        self.run_cron("send")

        self.assertEqual((message.state, message.reason), ("cancelled", "reset"))
        self.assertIn("post it", message.with_context(lang="en_US").reason_sentence)

    def test_invoice_that_was_posted_again_is_reminded_once(self):
        message = self.queued()
        customer, invoice = message.partner_id, message.move_ids
        invoice.button_draft()
        self.run_cron("send")
        invoice.action_post()

        self.remind()

        again = self.messages_of(customer) - message
        self.assertEqual((again.state, again.move_ids), ("sent", invoice))

    def test_invoice_that_was_reset_leaves_the_other_one(self):
        customer = self.make_customer()
        first = self.make_invoice(customer, 9)
        message = self.queued(customer)
        self.assertIn(first, message.move_ids)
        first.button_draft()

        self.run_cron("send", "prepare", "send")

        self.assertEqual(message.state, "sent")
        self.assertNotIn(first, message.move_ids)
        self.assertEqual(len(message.move_ids), 1)

    # --- the customer -----------------------------------------------------------------

    def test_merged_customers_get_one_message_about_all_their_debts(self):
        kept, gone = self.make_customer("Kept"), self.make_customer("Gone")
        queued = self.queued(kept, days_overdue=9) + self.queued(gone)
        invoices = queued.move_ids

        self.merge(kept, gone)
        self.run_cron("send")
        self.remind()

        messages = self.messages_of(kept)
        self.assertLessEqual(queued, messages, "nothing is lost")
        sent = messages.filtered(lambda m: m.state == "sent")
        self.assertEqual(len(sent), 1)
        self.assertEqual(sent.move_ids, invoices)
        others = messages - sent
        self.assertEqual(set(others.mapped("state")), {"cancelled"})
        self.assertTrue(all(others.mapped("reason_sentence")))
        self.make_due(sent)
        self.remind()
        self.assertEqual(self.messages_of(kept), messages, "nothing is sent again")

    def test_customer_merged_into_one_who_was_reminded_gets_nothing_twice(self):
        kept, gone = self.make_customer("Kept"), self.make_customer("Gone")
        sent = self.reminded(kept, days_overdue=9)
        self.assertEqual(sent.state, "sent")
        waiting = self.queued(gone)
        self.make_due(waiting)

        self.merge(kept, gone)
        self.run_cron("send")

        self.assertEqual(
            (waiting.state, waiting.reason), ("cancelled", "already_reminded")
        )
        self.assertEqual(sent.partner_id, waiting.partner_id)

    def test_stricter_consent_of_merged_customers_wins(self):
        kept, gone = self.make_customer("Kept"), self.make_customer("Gone")
        message = self.queued(kept)
        gone.phone = kept.phone
        self.give_consent(gone, granted=False)

        self.merge(kept, gone)
        self.run_cron("send")

        self.assertEqual(message.state, "cancelled")
        self.assertEqual(message.reason, "opted_out")

    def test_message_in_flight_survives_the_merge_of_its_customer(self):
        kept, gone = self.make_customer("Kept"), self.make_customer("Gone")
        message = self.queued(gone)
        message._cobranza_advance("sending", claimed_at="2026-01-01", body="Hola")

        self.merge(kept, gone)
        message._cobranza_advance("sent", provider_message_uid="demo-1")
        message._cobranza_log()

        self.assertEqual((message.partner_id, message.state), (kept, "sent"))
        self.assertEqual(message.mail_message_ids.notification_ids.res_partner_id, kept)
