"""Schedule: when our actions work, set by managers; and the checks of our own side."""

from datetime import timedelta

from odoo import fields
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import HttpCase, freeze_time, tagged

from ..core.providers.transport import HttpClient
from ..core.providers.webhook_check import check_webhook
from .common import CobranzaCase
from .emulator_case import EmulatorCase

DAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")


@tagged("post_install", "-at_install")
class TestSchedule(CobranzaCase):
    """Days, hours, frequency, run now."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.make_demo_accounts()
        cls.manager = cls.make_user("sch-man", "cobranza_whatsapp.group_manager")
        cls.accountant = cls.make_user("sch-acc", "account.group_account_invoice")

    def schedule(self, name):
        return self.env.ref(f"cobranza_whatsapp.cobranza_schedule_{name}").with_user(
            self.manager
        )

    def close(self, name):
        """Let an action rest today."""
        schedule = self.schedule(name)
        schedule.timezone = "UTC"
        today = fields.Datetime.now().weekday()
        schedule.write({day: index != today for index, day in enumerate(DAYS)})

    def test_every_scheduled_action_has_its_line(self):
        data = self.env["ir.model.data"].search(
            [("module", "=", "cobranza_whatsapp"), ("model", "=", "ir.cron")]
        )
        crons = self.env["cobranza.schedule"].search([]).cron_id

        self.assertEqual(set(crons.ids), set(data.mapped("res_id")))

    def test_nothing_is_planned_outside_its_days(self):
        customer = self.make_customer()
        self.make_invoice(customer)
        self.close("plan")
        self.run_cron("plan")
        self.assertFalse(self.messages_of(customer))

        self.schedule("plan").write(dict.fromkeys(DAYS, True))
        self.run_cron("plan")
        self.assertTrue(self.messages_of(customer))

    def test_hours_are_half_open_in_the_schedules_zone(self):
        schedule = self.schedule("plan")
        now = fields.Datetime.now().replace(hour=15, minute=0, second=0)
        schedule.write({"timezone": "UTC", "hour_from": 15, "hour_to": 16})
        with self.at(now):
            self.assertTrue(schedule._cobranza_open_now())
        with self.at(now - timedelta(minutes=1)):
            self.assertFalse(schedule._cobranza_open_now())
        with self.at(now + timedelta(hours=1)):
            self.assertFalse(schedule._cobranza_open_now())
        schedule.timezone = "America/Mexico_City"
        with self.at(now + timedelta(hours=6)):
            self.assertTrue(schedule._cobranza_open_now())

    def at(self, moment):
        return freeze_time(moment)

    def test_nothing_is_sent_outside_its_days_but_confirmations(self):
        message = self.queued()
        self.close("send")
        self.run_cron("send")
        self.assertEqual(message.state, "queued")
        confirmation = message.copy(
            {
                "uuid": "confirmation",
                "kind": "confirmation",
                "reminder_id": False,
                "body": "Listo",
                "is_prepared": True,
                "state": "queued",
                "not_before": fields.Datetime.now(),
                "recipient_key": message.recipient_key,
            }
        )
        self.run_cron("send")
        self.assertEqual(confirmation.state, "sent")
        self.assertEqual(message.state, "queued")

    def test_managers_change_frequency_and_run_now(self):
        schedule = self.schedule("plan")
        schedule.write({"interval_number": 2, "interval_type": "days"})
        cron = self.env.ref("cobranza_whatsapp.ir_cron_plan")
        self.assertEqual((cron.interval_number, cron.interval_type), (2, "days"))
        before = self.env["ir.cron.trigger"].search_count([("cron_id", "=", cron.id)])

        schedule.action_run_now()

        after = self.env["ir.cron.trigger"].search_count([("cron_id", "=", cron.id)])
        self.assertEqual(after, before + 1)
        schedule.is_on = False
        self.assertFalse(cron.active)
        with self.assertRaises(UserError):
            schedule.action_run_now()

    def test_bad_values_change_nothing(self):
        schedule = self.schedule("plan")
        for values in (
            {"hour_from": 18, "hour_to": 9},
            {"hour_to": 25},
            {"interval_number": 0},
            dict.fromkeys(DAYS, False),
        ):
            with (
                self.subTest(values),
                self.assertRaises(ValidationError),
                self.env.cr.savepoint(),
            ):
                schedule.write(values)
                schedule.flush_recordset()

    def test_accountants_see_and_change_nothing(self):
        schedule = self.schedule("plan").with_user(self.accountant)

        self.assertTrue(schedule.read(["name", "next_run", "is_on"]))
        with self.assertRaises(AccessError):
            schedule.hour_from = 9
        with self.assertRaises(AccessError):
            schedule.action_run_now()

    def test_operations_say_that_it_is_outside_the_hours(self):
        self.close("send")

        page = self.env["cobranza.operations"].with_context(lang="en_US").create({})

        self.assertIn("outside the days and hours of «Send»", page.explanation)


@tagged("post_install", "-at_install")
class TestOwnChecks(EmulatorCase, HttpCase):
    """Is our own side ready: the webhook, the templates."""

    def _checked(self, url, token):
        with self.allow_requests(all_requests=True):
            return check_webhook(HttpClient(), url, token)

    def test_our_webhook_answers(self):
        self.whatsapp.public_url = self.base_url()
        self.env.flush_all()
        url = self.whatsapp._cobranza_webhook_url()

        self.assertTrue(self._checked(url, self.whatsapp.verify_token).passed)
        self.assertFalse(self._checked(url, "another token").passed)
        self.assertTrue(
            self._checked(
                self.sms._cobranza_webhook_url().replace(
                    self.sms.public_url, self.base_url()
                ),
                "",
            ).passed
        )

    def test_what_is_not_our_webhook_is_told(self):
        for url, detail in (
            (f"{self.base_url()}/web/login", "HTTP"),
            (f"{self.base_url()}/cobranza/webhook/none", "HTTP 404"),
            ("http://127.0.0.1:9/x", "connect"),
        ):
            with self.subTest(url):
                item = self._checked(url, "")
                self.assertFalse(item.passed)
                self.assertIn(detail.lower(), f"http {item.detail}".lower())

    def test_stages_without_a_template_are_named(self):
        self.assertTrue(self.whatsapp._cobranza_template_check().passed)
        stage = self.policy.stage_ids.filtered(lambda s: s.action == "message")[:1]
        stage.template_ids.filtered(lambda t: t.channel == "whatsapp").active = False

        item = self.whatsapp._cobranza_template_check()

        self.assertFalse(item.passed)
        self.assertIn(stage.name, item.detail)
