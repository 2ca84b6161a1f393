"""Secrets are for administrators, evidence is for nobody to change."""

from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged

from ..models.cobranza_account import MASK
from .common import CobranzaCase
from .people import People


@tagged("post_install", "-at_install")
class TestSecretsAndEvidence(People, CobranzaCase):
    """Secrets are for administrators; evidence is nobody's to change."""

    SECRETS = (
        "api_token",
        "signing_secret",
        "api_token_input",
        "signing_secret_input",
        "verify_token",
        "webhook_token",
        "webhook_url",
        "base_url",
    )

    def test_secrets_are_for_administrators_only(self):
        self.whatsapp.api_token = "very-secret"
        for user in (self.clerk, self.manager):
            account = self.whatsapp.with_user(user)
            with self.subTest(user.login):
                self.assertFalse(set(self.SECRETS) & set(account.fields_get()))
                for name in self.SECRETS:
                    account.invalidate_recordset()
                    with self.assertRaises(AccessError):
                        account.read([name])
                for model, path in (
                    ("cobranza.account", "api_token"),
                    ("cobranza.message", "account_id.api_token"),
                ):
                    with self.assertRaises(AccessError):
                        self.see(self.env[model], user).search(
                            [(path, "=like", "very%")]
                        )

    def test_administrator_sees_a_mask_and_can_replace_the_secret(self):
        account = self.whatsapp.with_user(self.administrator)
        account.api_token_input = "first"
        self.assertEqual(account.api_token, "first")
        account.invalidate_recordset()
        self.assertEqual(account.api_token_input, MASK)

        account.write({"api_token_input": MASK, "name": "Renamed"})
        self.assertEqual(account.api_token, "first")

        account.api_token_input = " second \n"
        self.assertEqual(account.api_token, "second")
        account.api_token_input = False
        self.assertFalse(account.api_token)

    def test_copy_of_an_account_has_no_secrets(self):
        self.whatsapp.api_token = "very-secret"

        copy = self.whatsapp.copy()

        self.assertFalse(copy.api_token or copy.signing_secret)
        self.assertNotEqual(copy.webhook_token, self.whatsapp.webhook_token)

    def test_only_administrators_change_accounts(self):
        for user in (self.clerk, self.manager):
            account = self.whatsapp.with_user(user)
            with self.subTest(user.login):
                with self.assertRaises(AccessError):
                    account.write({"sender": "+1"})
                for button in ("action_resume", "action_test_connection"):
                    with self.assertRaises(UserError):
                        getattr(account, button)()

    def test_only_managers_change_rules_and_texts(self):
        records = (self.policy, self.policy.stage_ids[:1], self.message.template_id)
        for record in (*records, self.open_always):
            with self.subTest(record._name):
                with self.assertRaises(AccessError):
                    record.with_user(self.clerk).write({"name": "Mine"})
                record.with_user(self.manager).write({"name": "Managed"})

    def test_only_managers_start_and_stop(self):
        with self.assertRaises(AccessError):
            self.company.with_user(self.clerk).action_cobranza_stop()

        self.company.with_user(self.manager).action_cobranza_stop()
        self.assertFalse(self.company.cobranza_started)

    def test_manager_of_another_company_cannot_start_ours(self):
        self.company.cobranza_started = False
        other = self.strangers["accountant of another company"]

        self.company.with_user(other).sudo(False).browse(
            self.company.id
        ).action_cobranza_start()

        self.assertFalse(self.company.cobranza_started)

    def test_nobody_edits_messages_or_reminders(self):
        for user in (self.clerk, self.manager, self.administrator):
            for record in (self.message, self.message.reminder_id):
                record = self.see(record, user)
                with self.subTest(user.login, model=record._name):
                    with self.assertRaises(AccessError):
                        record.write({"amount": 1})
                    with self.assertRaises(AccessError):
                        record.unlink()
                    with self.assertRaises(AccessError):
                        record.copy()

    def test_evidence_is_not_deleted_even_by_the_system(self):
        rows = (
            self.message,
            self.customer.cobranza_consent_ids,
            self.env["cobranza.event"].search([], limit=1),
        )
        for row in rows:
            with (
                self.subTest(row._name),
                self.assertRaises(UserError),
                self.env.cr.savepoint(),
            ):
                row.sudo().unlink()

    def test_consent_ledger_is_append_only(self):
        row = self.customer.cobranza_consent_ids[:1]
        for user in (self.clerk, self.manager, self.administrator, self.env.user):
            with (
                self.subTest(user.login),
                self.assertRaises(UserError),
                self.env.cr.savepoint(),
            ):
                row.with_user(user).write({"granted": False})
        self.assertTrue(row.granted)

    def test_only_collectors_record_consent(self):
        invoicer = self.make_user("invoicer", "account.group_account_invoice")
        values = {
            "partner_id": self.customer.id,
            "number": self.customer.cobranza_number,
        }

        with self.assertRaises(AccessError):
            self.see(self.env["cobranza.consent"], invoicer).create(values)
        row = self.env["cobranza.consent"].with_user(self.clerk).create(values)

        self.assertEqual((row.user_id, row.origin), (self.clerk, "user"))

    def test_users_cannot_say_that_the_customer_wrote(self):
        row = (
            self.env["cobranza.consent"]
            .with_user(self.clerk)
            .create(
                {
                    "partner_id": self.customer.id,
                    "number": self.customer.cobranza_number,
                    "origin": "reply",
                    "user_id": self.manager.id,
                    "message_id": self.incoming.id,
                }
            )
        )

        self.assertEqual((row.user_id, row.origin), (self.clerk, "user"))
        self.assertFalse(row.message_id)

    def test_reader_buttons_are_for_readers(self):
        with self.assertRaises(UserError):
            self.message.with_user(self.strangers["employee"]).action_cancel()
