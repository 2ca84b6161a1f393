"""The dry run of a date: who gets what, who not and why, and the veto."""

from datetime import timedelta

from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged

from .test_preview_by_hand import PreviewCase


class DryRunCase(PreviewCase):
    def dry_run(self, days=0, user=None):
        """Return the dry run of a date so many days from now."""
        preview = (
            self.env["cobranza.preview"]
            .with_user(user or self.clerk)
            .with_context(lang="en_US")
            .create({"date": self.company._cobranza_today() + timedelta(days=days)})
        )
        preview.action_compute()
        return preview

    def line(self, preview, customer):
        return preview.line_ids.filtered(lambda line: line.partner_id == customer)

    def veto(self, lines, **values):
        action = lines.action_veto()
        wizard = self.env["cobranza.veto"].with_env(lines.env).browse(action["res_id"])
        wizard.write({"note": "Llamarlo antes", **values})
        return wizard


@tagged("post_install", "-at_install")
class TestDryRun(DryRunCase):
    def test_says_what_the_run_then_does(self):
        goes = self.make_customer("Va")
        mute = self.make_customer("Muda", consent=())
        held = self.make_customer("Detenida")
        invoices = [self.make_invoice(one) for one in (goes, mute, held)]
        self.env["cobranza.hold"].create({"partner_id": held.id})

        preview = self.dry_run()

        self.assertEqual(self.line(preview, goes).outcome, "now")
        self.assertIn(invoices[0].name, self.line(preview, goes).text)
        self.assertEqual(self.line(preview, mute).code, "no_consent")
        self.assertEqual(self.line(preview, held).code, "hold")
        self.assertFalse(self.messages_of(goes))
        self.remind()
        self.assertEqual(self.messages_of(goes).channel, "whatsapp")
        self.assertFalse(self.messages_of(mute) + self.messages_of(held))

    def test_looks_at_the_stages_and_holds_of_its_date(self):
        soon = self.make_customer("Pronto")
        self.make_invoice(soon, days_overdue=-20)
        held = self.make_customer("Detenida")
        self.make_invoice(held)
        today = self.company._cobranza_today()
        self.env["cobranza.hold"].create({"partner_id": held.id, "date_to": today})

        now, later = self.dry_run(), self.dry_run(days=28)

        self.assertFalse(self.line(now, soon))
        self.assertEqual(self.line(now, held).code, "hold")
        self.assertEqual(self.line(later, soon).stage_id.kind, "early")
        self.assertEqual(self.line(later, soon).days_overdue, 8)
        self.assertNotEqual(self.line(later, held).code, "hold")

    def test_writes_nothing_but_its_own_rows(self):
        self.make_invoice(self.make_customer())
        models = ("cobranza.message", "cobranza.reminder", "cobranza.hold")
        before = [self.env[model].search_count([]) for model in models]

        self.dry_run(days=3)

        after = [self.env[model].search_count([]) for model in models]
        self.assertEqual(after, before)

    def test_waits_for_the_permitted_hours_of_the_date(self):
        self.open_always.window_ids.unlink()
        self.open_always.window_ids = [
            (0, 0, {"weekday": str(day), "hour_from": 9, "hour_to": 18})
            for day in range(7)
        ]
        customer = self.make_customer()
        self.make_invoice(customer, days_overdue=4)

        line = self.line(self.dry_run(days=4), customer)

        self.assertEqual((line.outcome, line.code), ("later", "outside_window"))
        self.assertEqual(
            self.company._cobranza_today(line.send_at),
            self.company._cobranza_today() + timedelta(days=4),
        )

    def test_works_before_start_and_says_so(self):
        self.company.cobranza_started = False
        customer = self.make_customer()
        self.make_invoice(customer)

        preview = self.dry_run()

        self.assertEqual(self.line(preview, customer).outcome, "now")
        self.assertIn("Start", preview.notice)

    def test_totals_by_stage_channel_and_currency(self):
        self.env["cobranza.price"].create(
            {"account_id": self.whatsapp.id, "price": 0.5}
        )
        for amount in (100, 200):
            self.make_invoice(self.make_customer(), amount=amount)
        self.make_invoice(self.make_customer(consent=("sms",)), amount=50)

        totals = self.dry_run().total_ids

        whatsapp = totals.filtered(lambda t: t.channel == "whatsapp")
        sms = totals.filtered(lambda t: t.channel == "sms")
        self.assertEqual((whatsapp.count, whatsapp.amount), (2, 300))
        self.assertEqual((whatsapp.cost, sms.cost), (1.0, 0))
        self.assertEqual((sms.count, sms.amount), (1, 50))
        self.assertEqual(whatsapp.stage_id.kind, "early")

    def test_escalations_are_a_persons(self):
        customer = self.make_customer()
        self.make_invoice(customer, days_overdue=400)

        preview = self.dry_run()

        self.assertEqual(self.line(preview, customer).outcome, "person")
        self.assertEqual(preview.person_count, 1)

    def test_refuses_the_past_and_other_companies(self):
        with self.assertRaises(UserError):
            self.dry_run(days=-1)
        other = self.make_company("Otra")
        preview = self.env["cobranza.preview"].with_user(self.clerk)
        with self.assertRaises(AccessError):
            preview.create({"company_id": other.id}).action_compute()

    def test_customers_cost_no_query_each(self):
        for n in range(5):
            self.make_invoice(self.make_customer(f"Pocos {n}"))
        self.dry_run()
        counts = []
        for _round in range(2):
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            self.dry_run()
            self.env.flush_all()
            counts.append(self.env.cr.sql_log_count - before)
            for n in range(25):
                self.make_invoice(self.make_customer(f"Muchos {n}"))

        self.assertLess(counts[1] - counts[0], 10, counts)


@tagged("post_install", "-at_install")
class TestVeto(DryRunCase):
    def setUp(self):
        super().setUp()
        self.out = self.make_customer("Fuera")
        self.going = self.make_customer("Va")
        self.make_invoice(self.out)
        self.make_invoice(self.going)
        self.preview = self.dry_run()

    def test_takes_customers_out_of_the_run(self):
        self.veto(self.line(self.preview, self.out)).action_confirm()

        line = self.line(self.preview, self.out)
        self.assertEqual((line.outcome, line.vetoed), ("refused", True))
        self.assertIn("Llamarlo antes", line.sentence)
        self.assertEqual(sum(self.preview.total_ids.mapped("count")), 1)
        self.remind()
        self.assertFalse(self.messages_of(self.out))
        self.assertEqual(len(self.messages_of(self.going)), 1)

    def test_is_a_hold_of_the_run_date_with_its_reason(self):
        preview = self.dry_run(days=2)
        self.veto(self.line(preview, self.out)).action_confirm()

        hold = self.env["cobranza.hold"].search([("partner_id", "=", self.out.id)])
        self.assertEqual((hold.date_from, hold.date_to), (preview.date,) * 2)
        self.assertEqual((hold.reason, hold.note), ("veto", "Llamarlo antes"))
        self.assertEqual(hold.user_id, self.clerk)
        # It is not that day yet.
        self.remind()
        self.assertEqual(len(self.messages_of(self.out)), 1)

    def test_is_taken_back(self):
        self.veto(self.line(self.preview, self.out)).action_confirm()

        self.line(self.preview, self.out).action_take_back()

        self.assertEqual(self.line(self.preview, self.out).outcome, "now")
        self.remind()
        self.assertEqual(len(self.messages_of(self.out)), 1)

    def test_everybody_is_for_managers(self):
        with self.assertRaises(AccessError):
            self.veto(self.preview.line_ids).action_confirm()
        manager = self.make_user("boss", "cobranza_whatsapp.group_manager")
        preview = self.dry_run(user=manager)

        self.veto(preview.line_ids).action_confirm()

        self.remind()
        self.assertFalse(self.messages_of(self.out) + self.messages_of(self.going))

    def test_cannot_end_before_the_run(self):
        with self.assertRaises(UserError):
            self.veto(
                self.line(self.preview, self.out),
                date_to=self.preview.date - timedelta(days=1),
            )
