"""BAJA: withdrawals are obeyed at once and confirmed once."""

from datetime import timedelta

from odoo import fields
from odoo.exceptions import UserError
from odoo.tests import tagged
from odoo.tools import SQL

from .replies_case import RepliesCase


@tagged("post_install", "-at_install")
class TestWithdrawals(RepliesCase):
    """What a customer who wants no more messages writes, and what it ends."""

    def test_baja_revokes_every_channel_and_purpose(self):
        received = self.answer("Baja por favor")

        rows = self.ledger_rows()
        self.assertEqual(
            set(rows.mapped(lambda r: (r.channel, r.purpose))),
            {
                (channel, purpose)
                for channel in ("whatsapp", "sms")
                for purpose in ("collection", "marketing")
            },
        )
        self.assertEqual(set(rows.mapped("number")), {self.customer.cobranza_number})
        self.assertEqual(set(rows.mapped("origin")), {"reply"})
        self.assertEqual(set(rows.mapped("proof")), {"Baja por favor"})
        self.assertEqual(rows.message_id, received)
        self.customer.invalidate_recordset()
        self.assertEqual(self.customer.cobranza_whatsapp_consent, "withdrawn")
        self.assertEqual(self.customer.cobranza_sms_consent, "withdrawn")
        blocked = self.env["phone.blacklist"].search([])
        self.assertIn(self.customer.cobranza_number, blocked.mapped("number"))

    def test_withdrawal_in_any_wording(self):
        for text in ("STOP", "Sair", "no me escriban más", "b4ja!!", "Dar de baja 🙏"):
            with self.subTest(text):
                customer = self.make_customer()
                self.reminded(customer)
                self.answer(text, customer=customer)
                self.assertEqual(len(self.ledger_rows(customer)), 4)

    def test_baja_empties_the_queue_and_stops_what_follows(self):
        dollars = self.env.ref("base.USD")
        dollars.active = True
        other = self.make_invoice(self.customer, currency_id=dollars.id)
        self.run_cron("plan", "prepare")
        waiting = self.messages_of(self.customer, state="queued")
        self.assertEqual(len(waiting), 1)

        self.answer("BAJA")

        self.assertEqual((waiting.state, waiting.reason), ("cancelled", "opted_out"))
        self.make_invoice(self.customer, 20)
        self.remind()
        reminders = self.messages_of(self.customer, kind="reminder")
        self.assertEqual(reminders, self.message + waiting)
        with self.assertRaisesRegex(UserError, "blacklist|opted out"):
            other.with_user(self.clerk).with_context(
                lang="en_US"
            ).action_cobranza_send_now()

    def test_baja_is_confirmed_once_by_the_same_channel(self):
        self.answer("BAJA")
        confirmation = self.confirmations()
        self.assertEqual(confirmation.channel, "whatsapp")
        self.assertIn(self.company.name, confirmation.body)

        # Twice within six seconds to one number is WhatsApp's own limit.
        self.message.claimed_at = fields.Datetime.now() - timedelta(minutes=1)
        self.run_cron("send")
        self.assertEqual(confirmation.state, "sent")
        self.assertEqual(self.ledger(self.customer)[-1]["text"], confirmation.body)

        self.answer("BAJA")
        self.run_cron("send")
        self.assertEqual(self.confirmations(), confirmation)

    def test_confirmation_ignores_consent_window_cap_and_start(self):
        self.answer("BAJA")
        self.open_always.window_ids.unlink()
        self.open_always.max_per_day = 1
        self.company.cobranza_started = False
        self.message.claimed_at = fields.Datetime.now() - timedelta(minutes=1)

        self.run_cron("send")

        self.assertEqual(self.confirmations().state, "sent")

    def test_confirmation_that_is_late_is_not_sent(self):
        self.answer("BAJA")
        confirmation = self.confirmations()
        confirmation.flush_recordset()
        self.env.cr.execute(
            SQL(
                "UPDATE cobranza_message SET create_date = create_date - interval "
                "'11 minutes', not_before = not_before - interval '11 minutes' "
                "WHERE id = %s",
                confirmation.id,
            )
        )
        self.env.invalidate_all()
        self.message.claimed_at = fields.Datetime.now() - timedelta(minutes=12)

        self.run_cron("send")

        self.assertEqual(
            (confirmation.state, confirmation.reason), ("cancelled", "too_late")
        )

    def test_copied_database_confirms_nothing(self):
        self.answer("BAJA")
        self.whatsapp.database_uuid = "another"
        self.message.claimed_at = fields.Datetime.now() - timedelta(minutes=1)

        self.run_cron("send")

        self.assertEqual(self.confirmations().state, "queued")
        self.assertEqual(self.whatsapp.hold_code, "account_copied_database")

    def test_twilio_answers_stop_itself_but_not_baja(self):
        for word, count in (("STOP", 0), ("BAJA", 1)):
            with self.subTest(word):
                customer = self.make_customer(consent=("sms",))
                self.reminded(customer)
                self.mailbox.posts.clear()
                self.answer(word, self.sms, customer)
                self.assertEqual(len(self.ledger_rows(customer)), 4)
                self.assertEqual(len(self.confirmations(customer)), count)

    def test_withdrawal_cancels_what_waits_in_every_company(self):
        other = self.make_company("Another")
        self.make_contact_policy(other)
        self.make_account("sms", company_id=other.id)
        for channel in ("whatsapp", "sms"):
            self.give_consent(self.customer, (channel,), company_id=other.id)
        self.make_invoice(self.customer, company=other)
        self.run_cron("plan")
        waiting = self.messages_of(self.customer, company_id=other.id)
        self.assertEqual(waiting.state, "queued")

        self.answer("BAJA")

        self.assertEqual(waiting.state, "cancelled")

    def test_baja_in_the_way_whatsapp_writes_mexican_numbers(self):
        self._receive_raw("521" + self.customer.cobranza_number[3:], "BAJA")

        self.assertEqual(len(self.ledger_rows()), 4)
        blocked = self.env["phone.blacklist"].search([]).mapped("number")
        self.assertIn(self.customer.cobranza_number, blocked)
