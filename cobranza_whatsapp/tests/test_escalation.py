"""The last stage asks a person, not the customer: activities, a few a day."""

from odoo.tests import tagged
from odoo.tools import SQL

from .common import CobranzaCase


@tagged("post_install", "-at_install")
class TestEscalation(CobranzaCase):
    """One activity for a customer, never more than a person can do."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.make_demo_accounts()

    def test_user_gets_at_most_twenty_escalations_a_day(self):
        customers = self.env["res.partner"]
        for number in range(23):
            customer = self.make_customer(f"Late {number}")
            self.make_invoice(customer, 60, amount=1000 + number)
            customers |= customer
        kind = self.env.ref("cobranza_whatsapp.mail_activity_type_escalation")

        def escalations():
            return customers.activity_ids.filtered(
                lambda a: a.activity_type_id == kind and a.user_id == self.clerk
            )

        for _run in range(2):
            self.run_cron("plan")
            self.assertEqual(len(escalations()), 20)
        left = customers - customers.browse(escalations().mapped("res_id"))
        self.assertEqual(left, customers[:3], "the largest debts come first")

        self.env.cr.execute(
            SQL(
                "UPDATE mail_activity SET create_date = create_date - interval '1 day' "
                "WHERE id IN %s",
                tuple(escalations().ids),
            )
        )
        self.env.invalidate_all()
        self.run_cron("plan")
        self.assertEqual(len(escalations()), 23)
        self.assertEqual(set(escalations().mapped("res_id")), set(customers.ids))

    def test_escalated_customer_with_two_currencies_is_one_activity(self):
        customer = self.make_customer()
        dollars = self.env.ref("base.USD")
        dollars.active = True
        self.make_invoice(customer, 60)
        self.make_invoice(customer, 60, currency_id=dollars.id)

        self.run_cron("plan")
        self.assertEqual(len(customer.activity_ids), 1)

        euros = self.env.ref("base.EUR")
        euros.active = True
        self.make_invoice(customer, 60, currency_id=euros.id)
        self.run_cron("plan")
        self.assertEqual(len(customer.activity_ids), 1, "the first is still open")
