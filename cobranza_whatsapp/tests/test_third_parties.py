"""Who may be recorded as guarantor, and that nobody else can be written to."""

from psycopg2 import IntegrityError

from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import tagged
from odoo.tools import mute_logger

from .guarantors import GuarantorCase


@tagged("post_install", "-at_install")
class TestGuarantorRows(GuarantorCase):
    """Who may be recorded, by whom, and that it stays."""

    def test_accountant_adds_one_and_it_says_who_when_and_why(self):
        customer, person = self.make_customer(), self.make_customer("Rosa")
        own = self.env["cobranza.guarantor"].with_user(self.clerk)

        link = own.create(
            {
                "partner_id": customer.id,
                "guarantor_id": person.id,
                "document": "Pagaré 12",
                "user_id": self.env.ref("base.user_root").id,
            }
        )

        self.assertEqual(link.user_id, self.clerk)
        self.assertTrue(link.added_at)
        self.assertEqual(link.company_id, self.company)
        self.assertEqual(customer.cobranza_guarantor_ids, link)

    def test_a_document_is_required(self):
        customer, person = self.make_customer(), self.make_customer("Rosa")

        with mute_logger("odoo.sql_db"), self.assertRaises(IntegrityError):
            self.link(customer, person, document=False)

    def test_policy_of_the_debtor_decides(self):
        self.open_always.guarantors = False
        customer, person = self.make_customer(), self.make_customer("Rosa")

        with self.assertRaisesRegex(ValidationError, "guarantors"):
            self.link(customer, person)

    def test_contacts_of_others_and_the_debtor_himself_are_refused(self):
        customer = self.make_customer()
        employee = self.env["res.partner"].create(
            {"name": "Empleado", "parent_id": customer.id, "phone": "+525512349999"}
        )
        employer = self.make_customer("Patrón")
        colleague = self.env["res.partner"].create(
            {"name": "Colega", "parent_id": employer.id}
        )

        for person in (customer, employee, colleague):
            with (
                self.subTest(person.name),
                self.assertRaisesRegex(ValidationError, "contact of his own"),
            ):
                self.link(customer, person)

    def test_rows_never_change_and_only_end(self):
        link = self.make_guarantor(self.make_customer())
        own = link.with_user(self.clerk)

        with self.assertRaises(UserError):
            own.guarantor_id = self.make_customer("Otro")
        with self.assertRaises(UserError):
            own.unlink()
        with self.assertRaises(UserError):
            link.unlink()
        own.action_end()

        self.assertFalse(link.active)
        self.assertEqual(link.ended_by_id, self.clerk)
        self.assertTrue(link.ended_at)

    def test_twice_is_refused_until_it_has_ended(self):
        customer, person = self.make_customer(), self.make_customer("Rosa")
        link = self.link(customer, person)

        with self.assertRaises(ValidationError):
            self.link(customer, person)
        link.action_end()
        self.assertTrue(self.link(customer, person))

    def test_only_accountants_and_only_of_the_company(self):
        link = self.make_guarantor(self.make_customer())
        auditor = self.make_user("auditor", "account.group_account_readonly")
        employee = self.make_user("employee", "base.group_user")
        other = self.make_company("Otra")
        stranger = self.make_user("stranger", "account.group_account_invoice", other)

        self.assertTrue(link.with_user(auditor).document)
        with self.assertRaises(AccessError):
            link.with_user(auditor).action_end()
        for user in (employee, stranger):
            with self.assertRaises(AccessError):
                link.with_user(user).read(["document"])
        with self.assertRaises(AccessError):
            link.partner_id.with_user(employee).read(["cobranza_guarantor_ids"])


@tagged("post_install", "-at_install")
class TestNobodyElse(GuarantorCase):
    """References, employers, relatives: there is no way to write to them."""

    def setUp(self):
        super().setUp()
        self.customer = self.make_customer()
        self.make_invoice(self.customer)
        self.stranger = self.make_customer("Vecina curiosa")

    def assertNobodyElse(self):
        self.run_cron("prepare", "send")
        messages = self.env["cobranza.message"].search(
            [("company_id", "=", self.company.id)]
        )
        self.assertNotIn(self.stranger, messages.recipient_partner_id)
        self.assertNotIn(self.stranger.cobranza_number, messages.mapped("recipient"))

    def test_recipient_written_on_a_line_is_refused(self):
        preview = self.open_preview(self.customer)
        for values in (
            {"recipient_partner_id": self.stranger.id},
            {"recipient": self.stranger.cobranza_number},
            {
                "recipient_partner_id": self.stranger.id,
                "recipient": self.stranger.cobranza_number,
            },
        ):
            preview = self.open_preview(self.customer)
            preview.going_ids.write(values)

            preview.action_send()

            self.assertIn("Nothing was sent", preview.notice)
            self.assertFalse(self.messages_of(self.customer))
        self.assertNobodyElse()

    def test_line_made_by_hand_is_refused(self):
        preview = self.open_preview(self.customer)
        real = preview.going_ids
        forged = real.copy(
            {
                "recipient_partner_id": self.stranger.id,
                "recipient": self.stranger.cobranza_number,
                "selected": True,
            }
        )
        real.selected = False
        self.assertTrue(forged)

        preview.action_send()

        self.assertFalse(self.messages_of(self.customer))
        self.assertNobodyElse()

    def test_guarantor_of_another_customer_is_refused(self):
        other = self.make_customer("Otra deudora")
        link = self.make_guarantor(other)
        preview = self.open_preview(self.customer)
        preview.going_ids.guarantor_id = link

        preview.action_send()

        self.assertFalse(self.messages_of(self.customer))
        self.assertNobodyElse()

    def test_messages_and_reminders_cannot_be_made_by_hand(self):
        own = self.env(user=self.clerk)
        for model in ("cobranza.message", "cobranza.reminder", "cobranza.choice"):
            with self.subTest(model), self.assertRaises(AccessError):
                own[model].create({})

    def test_queued_message_cannot_be_turned_to_another(self):
        preview = self.open_preview(self.customer)
        preview.action_send()
        message = self.messages_of(self.customer)

        with self.assertRaises(AccessError):
            message.with_user(self.clerk).write(
                {
                    "recipient": self.stranger.cobranza_number,
                    "recipient_partner_id": self.stranger.id,
                }
            )
        # Even where somebody wrote it past the rights: it is chosen anew.
        message.write(
            {
                "recipient": self.stranger.cobranza_number,
                "recipient_partner_id": self.stranger.id,
            }
        )
        self.assertNobodyElse()
        self.assertEqual(message.recipient, self.customer.cobranza_number)
