"""Reminders to a guarantor who consented himself: by hand, as he may get them."""

from odoo.tests import tagged

from ..models.planning_data import Simulation
from .guarantors import GuarantorCase


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

    def queued_for_guarantor(self):
        """Return a new guarantor and the message to him that waits."""
        customer = self.make_customer()
        self.make_invoice(customer)
        link = self.make_guarantor(customer)
        preview = self.open_preview(customer)
        self.line_of(preview, link).selected = True
        preview.action_send()
        return link, self.messages_of(customer).filtered("guarantor_id")

    def test_ended_meanwhile_is_not_sent(self):
        link, message = self.queued_for_guarantor()
        link.action_end()

        self.run_cron("prepare", "send")

        self.assertEqual(
            (message.state, message.reason), ("cancelled", "guarantor_ended")
        )

    def test_withdrawn_before_it_leaves_is_not_sent(self):
        link, message = self.queued_for_guarantor()
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
