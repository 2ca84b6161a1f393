"""Third parties: only the debtor, and a guarantor who consented himself, by hand."""

from psycopg2 import IntegrityError

from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import tagged
from odoo.tools import mute_logger

from ..models.planning_data import Simulation
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
class TestGuarantorReminders(GuarantorCase):
    """What a guarantor gets, when, and what stands in the way."""

    def test_by_hand_the_guarantor_gets_a_text_of_his_own_without_the_pdf(self):
        customer = self.make_customer("Papelería Lápiz")
        invoice = self.make_invoice(customer, amount=1234.5)
        link = self.make_guarantor(customer, "Rosa Aval")

        message = self.send_to(link)

        self.assertEqual(message.state, "sent")
        self.assertEqual(message.partner_id, customer)
        self.assertEqual(message.recipient, link.guarantor_id.cobranza_number)
        for words in ("Rosa Aval", "garante de Papelería Lápiz", "1,234.50"):
            self.assertIn(words, message.body)
        self.assertNotIn("Su factura", message.body)
        self.assertFalse(message.document_id)
        self.assertEqual(message.move_ids, invoice)

    def test_evidence_says_that_it_was_a_guarantor(self):
        customer = self.make_customer()
        self.make_invoice(customer)
        link = self.make_guarantor(customer)

        message = self.send_to(link)

        self.assertEqual(message.recipient_why, "guarantor")
        self.assertEqual(message.guarantor_id, link)
        self.assertEqual(message.snapshot["role"], "guarantor")
        self.assertEqual(message.snapshot["guarantor_by"], link.document)
        self.assertEqual(message.snapshot["consent"]["state"], "granted")
        self.assertIn("al fiador Rosa Aval", message.mail_message_ids[:1].body)

    def test_the_run_never_writes_to_a_guarantor(self):
        customer = self.make_customer()
        link = self.make_guarantor(customer)

        message = self.reminded(customer)

        self.assertFalse(message.guarantor_id)
        self.assertFalse(self.messages_of(link.guarantor_id))

    def test_he_is_unticked_until_a_person_chooses_him(self):
        customer = self.make_customer()
        self.make_invoice(customer)
        link = self.make_guarantor(customer)

        preview = self.open_preview(customer)

        self.assertTrue(preview.has_guarantors)
        self.assertFalse(self.line_of(preview, link).selected)
        preview.action_send()
        self.assertFalse(self.messages_of(customer).guarantor_id)

    def test_debtor_and_guarantor_have_one_reminder_each_in_a_stage(self):
        customer = self.make_customer()
        link = self.make_guarantor(customer)
        self.reminded(customer)

        self.assertEqual(self.send_to(link).state, "sent")

        self.assertEqual(self.code_of(link), "already_reminded")
        self.remind()
        self.assertEqual(len(self.messages_of(customer)), 2)

    def test_what_stands_in_his_way(self):
        def no_consent(link):
            pass

        def opted_out(link):
            self.give_consent(link.guarantor_id)
            self.give_consent(link.guarantor_id, granted=False)

        def guarantor_archived(link):
            link.guarantor_id.active = False

        def guarantor_forbidden(link):
            self.open_always.guarantors = False

        def number_shared(link):
            self.make_customer("Vecino", phone=link.guarantor_id.phone)

        def phone_missing(link):
            link.guarantor_id.phone = False

        def number_blocked(link):
            self.env["phone.blacklist"].add(link.guarantor_id.cobranza_number)

        for situation in (
            no_consent,
            opted_out,
            guarantor_archived,
            number_shared,
            phone_missing,
            number_blocked,
            guarantor_forbidden,
        ):
            with self.subTest(situation.__name__):
                customer = self.make_customer()
                self.make_invoice(customer)
                consent = ("no_consent", "opted_out", "number_blocked")
                allowed = situation.__name__ not in consent
                link = self.make_guarantor(
                    customer, consent=("whatsapp", "sms") if allowed else ()
                )
                situation(link)
                wanted = situation.__name__
                if wanted == "no_consent":
                    wanted = "guarantor_no_consent"

                self.assertEqual(self.code_of(link), wanted)

    def test_consent_of_the_debtor_is_not_his(self):
        customer = self.make_customer()
        self.make_invoice(customer)
        link = self.make_guarantor(customer, consent=())
        self.give_consent(
            customer, ("whatsapp",), number=link.guarantor_id.cobranza_number
        )

        self.assertEqual(self.code_of(link), "guarantor_no_consent")

    def test_ended_meanwhile_is_not_sent(self):
        customer = self.make_customer()
        self.make_invoice(customer)
        link = self.make_guarantor(customer)
        preview = self.open_preview(customer)
        self.line_of(preview, link).selected = True
        preview.action_send()
        message = self.messages_of(customer).filtered("guarantor_id")
        link.action_end()

        self.run_cron("prepare", "send")

        self.assertEqual(
            (message.state, message.reason), ("cancelled", "guarantor_ended")
        )

    def test_withdrawn_before_it_leaves_is_not_sent(self):
        customer = self.make_customer()
        self.make_invoice(customer)
        link = self.make_guarantor(customer)
        preview = self.open_preview(customer)
        self.line_of(preview, link).selected = True
        preview.action_send()
        message = self.messages_of(customer).filtered("guarantor_id")
        self.give_consent(link.guarantor_id, ("whatsapp",), granted=False)

        self.run_cron("prepare", "send")

        self.assertEqual((message.state, message.reason), ("cancelled", "opted_out"))

    def test_caps_count_for_both(self):
        self.open_always.max_per_day = 1
        first, second = self.make_customer("Primera"), self.make_customer("Segunda")
        link = self.make_guarantor(first)
        other = self.link(second, link.guarantor_id)
        self.make_invoice(first)
        self.make_invoice(second)

        self.assertEqual(self.send_to(link).state, "sent")

        self.assertEqual(self.code_of(other), "daily_cap", "as guarantor of another")
        debtor = self.open_preview(first).line_ids.filtered(
            lambda line: not line.guarantor_id
        )
        self.assertEqual(debtor.code, "daily_cap", "the debtor")
        self.make_invoice(link.guarantor_id)
        himself = self.open_preview(link.guarantor_id).line_ids
        self.assertEqual(himself.code, "daily_cap", "as a debtor himself")

    def test_message_to_the_debtor_counts_for_him(self):
        self.open_always.max_per_day = 1
        customer = self.make_customer()
        link = self.make_guarantor(customer)
        self.reminded(customer)

        self.assertEqual(self.code_of(link), "daily_cap")

    def test_two_lanes_cannot_both_write_to_him(self):
        first, second = self.make_customer("Primera"), self.make_customer("Segunda")
        link = self.make_guarantor(first)
        other = self.link(second, link.guarantor_id)
        for customer in (first, second, link.guarantor_id):
            self.make_invoice(customer)

        sent = self.send_to(link) + self.send_to(other)
        self.remind()
        sent += self.messages_of(link.guarantor_id)

        person = link.guarantor_id.id
        self.assertEqual(
            sent.mapped("guarantor_slot"), [f"{person}/{n}" for n in (1, 2, 3)]
        )

    def test_hours_are_those_where_he_lives(self):
        customer = self.make_customer()
        self.make_invoice(customer)
        link = self.make_guarantor(
            customer, country_id=self.env.ref("base.jp").id, state_id=False
        )

        line = self.line_of(self.open_preview(customer), link)

        planning = self.env["cobranza.planning"].with_company(self.company)
        zones = planning._zones(
            link.guarantor_id, {"number": link.guarantor_id.cobranza_number}
        )
        self.assertEqual(zones, ("Asia/Tokyo",))
        self.assertEqual(line.code, "guarantor_forbidden", "Japan has no such law")


@tagged("post_install", "-at_install")
class TestGuarantorBooks(GuarantorCase):
    """Companies apart, customers merged, the list of reasons."""

    def merge(self, source, target):
        self.env.flush_all()
        wizard = self.env["base.partner.merge.automatic.wizard"].create({})
        wizard._merge((source + target).ids, target, extra_checks=False)
        self.env.invalidate_all()

    def test_another_company_knows_nothing_of_him(self):
        other = self.make_company("Otra")
        self.make_contact_policy(other, guarantors=True)
        customer = self.make_customer()
        link = self.make_guarantor(customer)
        self.make_invoice(customer, company=other)

        planning = self.env["cobranza.planning"].with_company(other)
        found = planning._candidates(
            other, customer.ids, simulation=Simulation(guarantors=True)
        )

        self.assertEqual([one.guarantor for one in found], [None])
        self.assertTrue(link.active)

    def test_merging_keeps_the_row(self):
        customer, kept = self.make_customer("Doble"), self.make_customer("Queda")
        self.make_invoice(customer)
        link = self.make_guarantor(customer)
        twin = self.make_customer("Rosa otra vez", consent=("whatsapp",))

        self.merge(customer, kept)
        self.merge(link.guarantor_id, twin)

        self.assertEqual((link.partner_id, link.guarantor_id), (kept, twin))
        self.assertEqual(kept.cobranza_guarantor_ids, link)
        self.assertEqual(self.send_to(link).recipient, twin.cobranza_number)

    def test_merged_with_the_debtor_he_is_none_any_more(self):
        customer = self.make_customer()
        self.make_invoice(customer)
        link = self.make_guarantor(customer)

        self.merge(link.guarantor_id, customer)

        self.assertEqual(self.code_of(link), "guarantor_ended")

    def test_why_lists_what_every_rule_says_of_him(self):
        customer = self.make_customer()
        invoice = self.make_invoice(customer)
        self.make_guarantor(customer, "Rosa Aval", consent=())

        for record in (invoice, customer):
            action = (
                record.with_user(self.clerk)
                .with_context(lang="en_US")
                .action_cobranza_why()
            )
            lines = self.env["cobranza.why"].browse(action["res_id"]).line_ids
            heads = lines.filtered(lambda line: line.mark == "head")
            [his] = heads.filtered(lambda line: "Rosa Aval" in line.sentence)
            after = lines[lines.ids.index(his.id) :].mapped("sentence")
            self.assertTrue(any("consented himself" in text for text in after))
            self.assertTrue(any("which the policy allows" in text for text in after))

    def test_failed_one_is_never_sent_to_him_again_by_itself(self):
        customer = self.make_customer()
        self.make_invoice(customer)
        link = self.make_guarantor(customer)
        message = self.send_to(link)
        message._cobranza_advance("failed", "dead")

        self.run_cron("follow_up", "plan", "prepare", "send")

        again = self.messages_of(customer) - message
        self.assertFalse(again.guarantor_id)
        action = message.with_user(self.clerk).action_retry()
        self.assertEqual(action["res_model"], "cobranza.preview")


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
