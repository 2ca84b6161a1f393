"""Merging customers loses nothing; the stricter consent wins."""

from odoo.tests import tagged

from .situations import SituationCase


@tagged("post_install", "-at_install")
class TestMerge(SituationCase):
    """Odoo's own wizard, which rewrites foreign keys by SQL."""

    def merge(self, source, target):
        """Merge one contact into another, as the wizard does."""
        self.env.flush_all()
        wizard = self.env["base.partner.merge.automatic.wizard"].create({})
        wizard._merge((source + target).ids, target, extra_checks=False)
        self.env.invalidate_all()
        self.assertFalse(source.exists())

    def rows_of(self, customers):
        """Return {model: ids} of everything of ours that names these customers."""
        found = {}
        for name, model in self.env.items():
            field = model._fields.get("partner_id")
            if not name.startswith("cobranza.") or not model._auto or not field:
                continue
            if field.store and not model._transient:
                rows = model.sudo().with_context(active_test=False)
                found[name] = set(
                    rows.search([("partner_id", "in", customers.ids)]).ids
                )
        return found

    def state_of(self, customer, channel="whatsapp"):
        """Return what the ledger says of a customer now."""
        customer.invalidate_recordset()
        return customer[f"cobranza_{channel}_consent"]

    def refuse(self, customer, channels=("whatsapp", "sms"), **values):
        """Add withdrawals to the ledger."""
        return self.give_consent(customer, channels, granted=False, **values)

    def test_no_row_is_lost(self):
        source, target = self.make_customer("Source"), self.make_customer("Target")
        for customer in (source, target):
            self.make_invoice(customer)
        self.remind()
        for customer in (source, target):
            self.make_invoice(customer, 31)
            self.env["cobranza.hold"].create({"partner_id": customer.id})
        before = self.rows_of(source + target)
        for name in ("reminder", "message", "consent", "hold"):
            self.assertGreaterEqual(len(before[f"cobranza.{name}"]), 2, name)

        self.merge(source, target)

        self.assertEqual(self.rows_of(target), before)
        self.assertEqual(len(self.messages_of(target, state="sent")), 2)

    def test_debts_of_both_are_claimed_together_and_only_once(self):
        source, target = self.make_customer("Source"), self.make_customer("Target")
        self.make_invoice(source, 9, amount=100.0)
        self.make_invoice(target, 8, amount=200.0)
        self.run_cron("plan", "prepare")
        self.assertEqual(len(self.messages_of(source) + self.messages_of(target)), 2)

        self.merge(source, target)
        for _run in range(2):
            self.remind()

        messages = self.messages_of(target)
        self.assertEqual(
            sorted(messages.mapped("state")), ["cancelled", "cancelled", "sent"]
        )
        sent = messages.filtered(lambda m: m.state == "sent")
        self.assertEqual(sent.amount, 300.0)
        self.assertEqual(len(sent.move_ids), 2)
        self.assertIn(
            "customer_merged", (messages - sent).mapped("reason"), "it says why"
        )

    def test_debts_that_were_reminded_before_are_not_reminded_again(self):
        source, target = self.make_customer("Source"), self.make_customer("Target")
        self.make_invoice(source)
        self.make_invoice(target)
        self.remind()

        self.merge(source, target)
        self.remind()

        self.assertEqual(len(self.messages_of(target)), 2)

    def test_stricter_consent_wins(self):
        def nothing(source, target):
            pass

        def source_refused(source, target):
            self.refuse(source)

        def target_refused(source, target):
            self.refuse(target)

        def refused_by_sms(source, target):
            self.refuse(source, ("sms",))

        def refused_then_allowed(source, target):
            self.refuse(source)
            self.give_consent(source)

        def refused_with_an_old_number(source, target):
            self.refuse(source)
            source.phone = "+52 55 9876 0001"
            self.give_consent(source)

        def refused_promotions(source, target):
            self.refuse(source, purpose="marketing")

        def same_number(source, target):
            target.phone = source.phone
            self.refuse(source)
            self.give_consent(target)

        for situation, whatsapp, sms in (
            (nothing, "granted", "granted"),
            (source_refused, "withdrawn", "withdrawn"),
            (target_refused, "withdrawn", "withdrawn"),
            (refused_by_sms, "granted", "withdrawn"),
            (refused_then_allowed, "granted", "granted"),
            (refused_with_an_old_number, "granted", "granted"),
            (refused_promotions, "granted", "granted"),
            (same_number, "withdrawn", "withdrawn"),
        ):
            with self.subTest(situation.__name__):
                source = self.make_customer("Source")
                target = self.make_customer("Target")
                situation(source, target)

                self.merge(source, target)

                self.assertEqual(self.state_of(target), whatsapp)
                self.assertEqual(self.state_of(target, "sms"), sms)

    def test_refusal_counts_in_the_company_that_got_it(self):
        other = self.make_company("Another")
        source, target = self.make_customer("Source"), self.make_customer("Target")
        self.give_consent(target, company_id=other.id)
        self.refuse(source, company_id=other.id)

        self.merge(source, target)

        self.assertEqual(self.state_of(target), "granted")
        self.assertEqual(self.state_of(target.with_company(other)), "withdrawn")

    def test_shared_number_stays_confirmed_only_if_both_were(self):
        source = self.make_customer("Source", cobranza_shared_number_confirmed=True)
        target = self.make_customer("Target")
        self.make_customer("Third", consent=(), phone=target.phone)

        self.merge(source, target)

        self.assertFalse(target.cobranza_shared_number_confirmed)

    def test_customer_merged_into_a_contact_keeps_his_rows_with_the_company(self):
        company = self.make_customer("Company")
        contact = self.env["res.partner"].create(
            {"name": "Contact", "parent_id": company.id}
        )
        person = self.make_customer("Person", is_company=False)
        self.make_invoice(person)
        self.remind()
        messages = self.messages_of(person)

        self.merge(person, contact)

        self.assertEqual(messages.partner_id, company)
        self.assertEqual(messages.reminder_id.partner_id, company)
        consents = self.env["cobranza.consent"].search(
            [("partner_id", "=", company.id), ("number", "=", messages.recipient)]
        )
        self.assertTrue(consents)

    def test_notes_and_activities_follow_the_customer(self):
        source, target = self.make_customer("Source"), self.make_customer("Target")
        self.make_invoice(source, 60)
        self.make_invoice(source, 8, currency_id=self._dollars().id)
        self.remind()
        notes = self.messages_of(source).mail_message_ids.filtered(
            lambda note: note.model == "res.partner"
        )
        activities = source.activity_ids
        self.assertTrue(notes)
        self.assertTrue(activities)

        self.merge(source, target)

        self.assertEqual(notes.mapped("res_id"), target.ids)
        self.assertEqual(activities.mapped("res_id"), target.ids)

    def _dollars(self):
        dollars = self.env.ref("base.USD")
        dollars.active = True
        return dollars
