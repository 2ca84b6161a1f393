"""After installing: nothing before Start, then each debt at the stage it is in."""

from collections import Counter
from datetime import timedelta
from unittest.mock import patch

from odoo import fields
from odoo.tests import tagged

from ..models import cobranza_reminder
from .situations import SituationCase

ESCALATION = "cobranza_whatsapp.mail_activity_type_escalation"


@tagged("post_install", "-at_install")
class TestBacklog(SituationCase):
    """Debts of years when the manager presses Start (design, decision 4)."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.company.cobranza_started = False
        cls.manager = cls.make_user("boss", "cobranza_whatsapp.group_manager")
        cls.old = {
            days: cls.make_customer(f"{days} days late")
            for days in (-10, -2, 3, 9, 20, 35, 60, 1200)
        }
        for days, customer in cls.old.items():
            cls.make_invoice(customer, days)
        cls.customers = cls.env["res.partner"].union(*cls.old.values())

    def start(self):
        """Press Start."""
        self.company.with_user(self.manager).action_cobranza_start()

    def sent(self):
        """Return what went out to the old customers."""
        return self.env["cobranza.message"].search(
            [("partner_id", "in", self.customers.ids)]
        )

    def escalations(self, **criteria):
        """Return the activities that hand customers to people."""
        kind = self.env.ref(ESCALATION)
        domain = [("activity_type_id", "=", kind.id)]
        domain += [(name, "=", value) for name, value in criteria.items()]
        return self.env["mail.activity"].with_context(active_test=False).search(domain)

    def test_nothing_before_start(self):
        self.remind()

        self.assertFalse(self.sent())
        self.assertFalse(self.escalations())
        self.assertFalse(
            self.env["cobranza.reminder"].search(
                [("partner_id", "in", self.customers.ids)]
            )
        )

    def test_each_debt_enters_only_the_stage_it_is_in(self):
        self.start()
        for _run in range(3):
            self.remind()

        found = {
            message.partner_id.name: self.stage_names[message.reminder_id.stage_id.id]
            for message in self.sent()
        }
        self.assertEqual(
            found,
            {
                "-2 days late": "preventive",
                "3 days late": "due",
                "9 days late": "early",
                "20 days late": "late_15",
                "35 days late": "late_30",
            },
        )
        self.assertEqual(len(self.sent()), len(found), "none twice")
        self.assertEqual(
            Counter(self.escalations().mapped("res_id")),
            {self.old[60].id: 1, self.old[1200].id: 1},
        )

    def test_what_was_stopped_for_a_month_does_not_pile_up(self):
        customer = self.make_customer()
        invoice = self.make_invoice(customer, 9)
        self.start()
        self.remind()
        self.company.cobranza_started = False
        self.make_due(self.messages_of(customer))
        self.age(invoice, 22)

        self.start()
        for _run in range(2):
            self.remind()

        stages = [m.reminder_id.stage_id.id for m in self.messages_of(customer)]
        self.assertEqual(
            [self.stage_names[one] for one in stages], ["early", "late_30"]
        )

    def test_customer_with_several_old_debts_is_one_activity(self):
        customer = self.owing((50, 100.0), (400, 900.0))
        dollars = self.env.ref("base.USD")
        dollars.active = True
        self.owing((70, 10.0), customer=customer, currency_id=dollars.id)
        self.start()
        for _run in range(2):
            self.remind()

        activity = self.escalations(res_id=customer.id)
        self.assertEqual(len(activity), 1)
        self.assertIn("1,000.00", activity.summary)
        self.assertIn("10.00", activity.summary)

    def test_people_get_the_largest_first_and_the_rest_another_day(self):
        largest = self.owing((80, 99999.0))
        for turn in range(3):
            self.owing((80, 10.0 + turn))
        with patch.object(cobranza_reminder, "ESCALATIONS_PER_USER_AND_DAY", 4):
            self.start()
            for _run in range(3):
                self.remind()
            first = self.escalations()
            self.assertEqual(len(first), 4)
            self.assertIn(largest.id, first.mapped("res_id"))

            # Doing them all does not make room for more on the same day.
            first.action_feedback()
            self.remind()
            self.assertEqual(len(self.escalations()), 4)

            self._yesterday(self.escalations())
            for _run in range(2):
                self.remind()
            self.assertEqual(len(self.escalations()), 6, "four and the two left over")

    def _yesterday(self, activities):
        self.env.flush_all()
        self.env.cr.execute(
            "UPDATE mail_activity SET create_date = create_date - interval '1 day' "
            "WHERE id IN %s",
            [tuple(activities.ids)],
        )
        self.env.invalidate_all()

    def test_the_day_of_a_person_begins_at_the_company_s_midnight(self):
        for zone in ("Pacific/Kiritimati", "America/Mexico_City", "UTC"):
            with self.subTest(zone):
                self.company.cobranza_timezone = zone
                age = fields.Datetime.now() - self.company._cobranza_midnight_utc()
                self.assertGreaterEqual(age, timedelta(0))
                self.assertLess(age, timedelta(days=1))

    def test_each_person_has_a_limit_of_his_own(self):
        other = self.make_user(
            "other-clerk", "account.group_account_invoice,cobranza_whatsapp.group_user"
        )
        with patch.object(cobranza_reminder, "ESCALATIONS_PER_USER_AND_DAY", 2):
            for turn in range(4):
                customer = self.owing((80, 500.0 + turn))
                customer.with_company(self.company).cobranza_collector_id = other
            self.start()
            self.remind()

        people = Counter(one.user_id.login for one in self.escalations())
        self.assertEqual(people, {"clerk": 2, "other-clerk": 2})
