"""Replies: whoever writes and whatever he writes, it reaches a person."""

from odoo.tests import tagged
from odoo.tools import mute_logger

from ..models.cobranza_event_reply import PAID_HOLD_DAYS, UNCLEAR_HOLD_DAYS
from .replies_case import RepliesCase


@tagged("post_install", "-at_install")
class TestReplies(RepliesCase):
    """What customers write from the simulated telephone."""

    # --- unknown senders --------------------------------------------------------------

    def test_unknown_number_is_recorded_without_a_customer(self):
        received = self._receive_raw("525599998888", "Hola, ¿quién es?")

        self.assertFalse(received.partner_id)
        self.assertEqual(received.recipient, "+525599998888")
        self.assertEqual(received.company_id, self.company)
        self.assertFalse(received.mail_message_ids)

    def test_baja_of_an_unknown_number_is_obeyed_too(self):
        self._receive_raw("525599997777", "BAJA")

        blocked = self.env["phone.blacklist"].search([]).mapped("number")
        self.assertIn("+525599997777", blocked)

    def test_customer_is_found_by_his_number(self):
        stranger = self.make_customer(consent=())

        received = self._receive_raw(stranger.cobranza_number[1:], "Hola")

        self.assertEqual(received.partner_id, stranger)

    def test_number_of_two_customers_is_nobody_s(self):
        first = self.make_customer(consent=())
        self.make_customer("Other", phone=first.phone, consent=())

        received = self._receive_raw(first.cobranza_number[1:], "Hola")

        self.assertFalse(received.partner_id)

    def test_sender_without_a_usable_number_is_recorded(self):
        self.make_customer(phone=False, consent=())
        for sender, more in (("", {"from_user_id": "MX.1"}), ("12345", {})):
            for text in ("Hola", "BAJA"):
                with self.subTest(sender=sender, text=text):
                    received = self._receive_raw(sender, text, **more)
                    self.assertEqual(received.body, text)
                    self.assertFalse(received.partner_id)

    # --- other replies ----------------------------------------------------------------

    def test_question_becomes_a_note_and_an_activity(self):
        received = self.answer("¿Me mandan la factura otra vez?")

        [note] = received.mail_message_ids.filtered(lambda n: n.model == "res.partner")
        self.assertEqual(note.res_id, self.customer.id)
        self.assertIn("¿Me mandan la factura otra vez?", note.body)
        self.assertEqual(note.author_id, self.customer)
        [activity] = self.todo()
        self.assertEqual(activity.user_id, self.clerk)
        self.assertIn("Has replied", activity.summary)
        self.assertFalse(self.ledger_rows())

    def test_reply_reaches_the_customer_s_collector(self):
        collector = self.make_user("collector", "cobranza_whatsapp.group_user")
        self.customer.cobranza_collector_id = collector

        self.answer("Hola")

        self.assertEqual(self.todo().user_id, collector)

    def test_repeated_delivery_is_one_reply(self):
        self.emulator.control("POST", "/webhooks/options", {"duplicate": 2})
        self.addCleanup(
            self.emulator.control, "POST", "/webhooks/options", {"duplicate": 0}
        )

        self.answer("Hola")
        self.wait_for(lambda: self.mailbox.posts or True)
        if self.mailbox.posts:
            self.receive(self.whatsapp)
        self.run_cron("apply")

        self.assertEqual(len(self.messages_of(self.customer, direction="in")), 1)
        self.assertEqual(len(self.todo()), 1)

    def test_alta_is_recorded_and_a_person_unblocks_the_number(self):
        self.answer("BAJA")

        received = self.answer("ALTA")

        row = self.env["cobranza.consent"].search([("message_id", "=", received.id)])
        self.assertEqual(
            (row.granted, row.channel, row.purpose, row.basis, row.origin),
            (True, "whatsapp", "collection", "message", "reply"),
        )
        self.customer.invalidate_recordset()
        self.assertEqual(self.customer.cobranza_whatsapp_consent, "granted")
        self.assertEqual(self.customer.cobranza_sms_consent, "withdrawn")
        self.assertIn("blacklist", self.todo()[-1].summary)
        self.make_invoice(self.customer, 20)
        self.remind()
        reminders = self.messages_of(self.customer, kind="reminder")
        self.assertEqual(reminders, self.message)

    def test_asking_in_other_words_is_a_matter_for_a_person(self):
        self.give_consent(self.customer, granted=False, basis=False)

        self.answer("pueden volver a mandarme los recordatorios")

        self.customer.invalidate_recordset()
        self.assertEqual(self.customer.cobranza_whatsapp_consent, "withdrawn")
        self.assertEqual(len(self.todo()), 1)

    def test_repeated_baja_adds_one_small_row(self):
        self.answer("BAJA")
        first = self.ledger_rows()

        self.answer("ya les dije que BAJA por favor")

        [again] = self.ledger_rows() - first
        self.assertIn(again.repeats_id, first)

    def test_file_is_noted_by_its_kind(self):
        received = self.answer(
            media={
                "filename": "pago.pdf",
                "mime_type": "application/pdf",
                "base64": "JVBERi0xLjQK",
            }
        )

        self.assertEqual(received.body, "document")
        self.assertEqual(len(self.todo()), 1)

    def test_reply_that_may_be_a_refusal_waits_for_a_person(self):
        for _time in range(2):
            self.answer("demasiados mensajes para una sola factura")

        hold = self.env["cobranza.hold"].search([("partner_id", "=", self.customer.id)])
        self.assertEqual(hold.mapped("reason"), ["unclear"])
        days = (hold.date_to - self.company._cobranza_today()).days
        self.assertEqual(days, UNCLEAR_HOLD_DAYS)
        self.assertFalse(self.ledger_rows())
        self.assertIn("no more messages", self.todo()[:1].summary)
        self.make_invoice(self.customer)
        before = self.messages_of(self.customer)
        self.run_cron("plan")
        self.assertEqual(self.messages_of(self.customer), before)

    # --- buttons ----------------------------------------------------------------------

    def _press(self, payload, context, customer=None):
        return self.answer(
            customer=customer,
            button={"title": "Ya pagué", "payload": payload},
            context_message_id=context.provider_message_uid,
        )

    def test_button_paid_holds_the_invoice_for_some_days(self):
        self._press(f"PAID:{self.message.uuid}", self.message)

        hold = self.env["cobranza.hold"].search([("move_id", "=", self.invoice.id)])
        self.assertEqual(hold.reason, "paid_claim")
        days = (hold.date_to - self.company._cobranza_today()).days
        self.assertEqual(days, PAID_HOLD_DAYS)
        self.assertEqual(self.invoice.cobranza_hold, "hold")
        [activity] = self.todo()
        self.assertIn("Says it is paid", activity.summary)

    def test_button_pressed_twice_holds_once(self):
        for _time in range(2):
            self._press(f"PAID:{self.message.uuid}", self.message)

        holds = self.env["cobranza.hold"].search([("move_id", "=", self.invoice.id)])
        self.assertEqual(len(holds), 1)

    def test_button_talk_asks_a_person(self):
        self._press(f"TALK:{self.message.uuid}", self.message)

        self.assertEqual(len(self.todo()), 1)
        self.assertFalse(
            self.env["cobranza.hold"].search([("move_id", "=", self.invoice.id)])
        )

    def test_quoting_somebody_else_s_message_is_not_believed(self):
        victim = self.make_customer("Victim")
        theirs = self.reminded(victim)

        received = self._press(f"PAID:{theirs.uuid}", theirs)

        self.assertEqual(received.partner_id, self.customer)
        self.assertFalse(received.context_message_id)
        self.assertFalse(
            self.env["cobranza.hold"].search([("move_id", "=", theirs.move_ids.id)])
        )
        self.assertFalse(self.todo(victim))

    @mute_logger("odoo.addons.cobranza_whatsapp.models.cobranza_account_hold")
    def test_reply_is_read_while_the_account_is_on_hold(self):
        self.whatsapp._cobranza_set_hold("unknown")

        self.answer("BAJA")

        self.assertEqual(len(self.ledger_rows()), 4)
