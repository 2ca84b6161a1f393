"""Promises and disputes in replies, and what becomes of them."""

from datetime import timedelta

from odoo.tests import tagged

from .common import CobranzaCase


@tagged("post_install", "-at_install")
class TestPromises(CobranzaCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.make_demo_accounts()
        cls.customer = cls.make_customer()
        cls.message = cls.remind_before(cls.customer)
        cls.invoice = cls.message.move_ids
        cls.today = cls.company._cobranza_today()

    def answer(self, text, number="in-1"):
        payload = {"id": number, "from": self.customer.cobranza_number, "text": text}
        item = type("Item", (), {"key": number, "payload": payload, "malformed": ""})
        self.env["cobranza.event"]._cobranza_ingest(self.whatsapp, [item])
        self.run_cron("apply")
        return self.messages_of(self.customer, direction="in")[-1:]

    def promises(self):
        return self.env["cobranza.promise"].search(
            [("partner_id", "=", self.customer.id)]
        )

    def holds(self, reason="promise"):
        return self.env["cobranza.hold"].search(
            [("move_id", "=", self.invoice.id), ("reason", "=", reason)]
        )

    def pass_days(self, promise, days):
        promise.date = self.today - timedelta(days=days)

    def test_promise_with_a_date_holds_until_then(self):
        reply = self.answer("le pago mañana $1,000")

        [promise] = self.promises()
        tomorrow = self.today + timedelta(days=1)
        self.assertEqual(promise.date, tomorrow)
        self.assertEqual(promise.amount, 1000)
        self.assertEqual(promise.move_ids, self.invoice)
        self.assertEqual((promise.origin, promise.message_id), ("reply", reply))
        self.assertEqual(self.holds().date_to, tomorrow)
        [activity] = self.customer.activity_ids
        self.assertIn("Promises to pay", activity.summary)

    def test_promise_without_a_date_holds_a_few_days(self):
        self.answer("voy a pagar pronto")

        self.assertFalse(self.promises().date)
        self.assertEqual((self.holds().date_to - self.today).days, 3)

    def test_promise_for_next_year_is_for_a_person(self):
        self.answer(f"le pago el 1 de {'julio' if self.today.month < 2 else 'mayo'}")

        self.assertTrue(self.promises().date)
        self.assertEqual((self.holds().date_to - self.today).days, 3)

    def test_paid_promise_is_kept(self):
        self.answer("le pago mañana")
        self.pay(self.invoice)

        self.run_cron("follow_up")

        self.assertEqual(self.promises().state, "kept")

    def test_promised_part_is_enough(self):
        self.answer("mañana le abono $400")
        self.pay(self.invoice, 400)

        self.run_cron("follow_up")

        self.assertEqual(self.promises().state, "kept")

    def test_broken_promise_reaches_a_person_and_is_not_believed_again(self):
        self.answer("le pago mañana")
        promise = self.promises()
        self.pass_days(promise, 1)
        self.run_cron("follow_up")
        self.assertEqual(promise.state, "broken")
        self.assertTrue(
            self.customer.activity_ids.filtered(
                lambda todo: "Did not pay as promised" in todo.summary
            )
        )
        self.holds().unlink()

        self.answer("ahora sí le pago mañana", "in-2")

        self.assertEqual(len(self.promises()), 2)
        self.assertFalse(self.holds())

    def test_open_promise_waits_for_its_day(self):
        self.answer("le pago mañana")

        self.run_cron("follow_up")

        self.assertEqual(self.promises().state, "open")

    def test_dispute_holds_until_a_person_releases(self):
        self.answer("esa factura no es mía")

        hold = self.holds("dispute")
        self.assertTrue(hold)
        self.assertFalse(hold.date_to)
        [activity] = self.customer.activity_ids
        self.assertIn("Disputes", activity.summary)
        self.assertEqual(self.invoice.cobranza_hold, "hold")

    def test_promise_recorded_by_a_user_holds_until_its_day(self):
        day = self.today + timedelta(days=70)
        promise = (
            self.env["cobranza.promise"]
            .with_user(self.clerk)
            .create(
                {
                    "partner_id": self.customer.id,
                    "move_ids": [(6, 0, self.invoice.ids)],
                    "date": day,
                    "origin": "reply",
                }
            )
        )

        self.assertEqual(promise.origin, "user")
        self.assertEqual(self.holds().date_to, day)
