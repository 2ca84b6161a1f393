"""Versions at WhatsApp: which one is sent, why not, shared accounts, deletion."""

from odoo.exceptions import UserError
from odoo.tests import tagged

from .emulator_case import EmulatorCase


@tagged("post_install", "-at_install")
class TestTemplateVersions(EmulatorCase):
    """One template at Meta, through its life."""

    def setUp(self):
        super().setUp()
        self.template = self.env.ref(
            "cobranza_whatsapp.cobranza_template_early_whatsapp_one_es"
        ).with_context(lang="en_US")
        self.version = self.template.version_ids[:1]
        # What Meta holds is not rolled back between tests.
        self.tell_meta(self.version, status="APPROVED", category="UTILITY")
        self.mailbox.posts.clear()

    def tell_meta(self, version, **change):
        """Change the template at Meta and wait for its webhooks."""
        # News of the same second that say the same are the same news.
        self.emulator.control("POST", "/clock", {"advance_seconds": 2})
        self.emulator.control("POST", f"/templates/{version.remote_name}", change)
        self.wait_for(self.is_told, seconds=10)

    def is_told(self):
        """Return whether Meta has no webhook left to deliver."""
        return not any(self.emulator.control("GET", "/webhooks")["waiting"].values())

    def at_meta(self, version=None, **change):
        """Change the template at Meta and apply what its webhooks say."""
        self.tell_meta(version or self.version, **change)
        self.receive(self.whatsapp)
        self.run_cron("apply")

    def created(self):
        """Return how many templates were created at Meta."""
        return sum(call["method"] == "POST" for call in self.calls("templates"))

    def test_each_state_says_what_to_do_and_sends_nothing(self):
        cases = [
            ({"status": "PENDING"}, "waiting", "still reviews"),
            (
                {"status": "REJECTED", "reason": "PROMOTIONAL"},
                "blocked",
                "rejected the template.*sounds like advertising",
            ),
            ({"status": "PAUSED"}, "waiting", "paused the template"),
            ({"status": "DISABLED"}, "blocked", "switched the template off"),
            ({"status": "DELETED"}, "blocked", "was deleted at WhatsApp"),
            ({"category": "MARKETING"}, "blocked", "service message.*MARKETING"),
        ]
        for change, state, sentence in cases:
            with self.subTest(change):
                self.at_meta(status="APPROVED", category="UTILITY")

                self.at_meta(**change)

                self.assertRegex(self.version.status_sentence, sentence)
                self.assertRegex(self.template.account_states, sentence)
                self.assertEqual(self.template.sending_state, state)
                customer = self.make_customer(consent=("whatsapp",))
                invoice = self.make_invoice(customer)
                self.remind()
                self.assertFalse(self.ledger(customer))
                self.assertTrue(self.next_action(invoice))

    def test_falling_quality_and_a_coming_category_are_warnings(self):
        self.at_meta(quality="RED")

        self.assertEqual(self.version.quality, "RED")
        self.assertIn("customers complain", self.version.status_sentence)
        self.assertEqual(self.template.sending_state, "sendable")
        self.at_meta(coming_category="MARKETING")
        self.assertIn("will soon change", self.template.account_states)
        self.assertEqual(self.reminded().channel, "whatsapp")

    def test_template_deleted_at_meta_is_noticed_by_the_scheduled_action(self):
        self.template.footer = "Otro pie"
        self.template.action_create_at_provider()
        version = self.template.version_ids.sorted("number")[-1]
        self.whatsapp._cobranza_provider().delete_template(
            version.remote_name, version.remote_uid
        )

        self.run_cron("templates")

        self.assertEqual((self.version | version).mapped("status")[-1], "deleted")
        self.assertEqual(self.version.status, "approved")
        self.template.action_create_at_provider()
        self.assertEqual(self.template.version_ids.sorted("number")[-1].number, 3)

    def test_new_version_replaces_the_old_one_even_when_it_is_paused(self):
        # Another template, because its first version is really deleted at Meta.
        self.template = self.env.ref(
            "cobranza_whatsapp.cobranza_template_due_whatsapp_one_es"
        ).with_context(lang="en_US")
        self.version = self.template.version_ids
        self.template.body = "Nuevo texto para {{ cliente }}."
        self.template.action_create_at_provider()
        new = self.template.version_ids.sorted("number")[-1]
        self.wait_for(lambda: self.mailbox.posts, seconds=10)
        self.receive(self.whatsapp)
        self.run_cron("apply")
        self.assertEqual(self.template._cobranza_version(self.whatsapp), new)
        self.assertEqual(self.template.old_version_ids, self.version)

        self.at_meta(new, status="PAUSED")

        self.assertEqual(
            self.template._cobranza_problem(self.whatsapp), "template_paused"
        )
        with self.assertRaisesRegex(UserError, "newest"):
            new.action_delete_at_provider()
        self.template.action_delete_old_versions()
        self.assertEqual(self.version.status, "deleted")
        self.assertFalse(self.template.old_version_ids)
        known = self.emulator.control("GET", "/templates")["templates"]
        self.assertNotIn(self.version.remote_name, [one["name"] for one in known])
        self.assertIn(new.remote_name, [one["name"] for one in known])

    def test_numbers_of_one_business_share_their_templates(self):
        second = self.make_account(
            "whatsapp",
            provider="whatsapp_cloud",
            business_account_uid=self.whatsapp.business_account_uid,
            api_token="x",
            public_url=self.whatsapp.public_url,
        )
        created = self.created()

        self.template.action_create_at_provider()

        twin = self.template._cobranza_version(second)
        self.assertEqual(twin.remote_name, self.version.remote_name)
        self.assertEqual(self.created(), created)
        self.at_meta(status="PAUSED")
        self.assertEqual((self.version | twin).mapped("status"), ["paused", "paused"])

    def test_changed_footer_or_button_needs_a_new_version(self):
        self.template.footer = "Otro pie"

        self.template.action_create_at_provider()

        new = self.template.version_ids.sorted("number")[-1]
        self.assertNotEqual(new, self.version)
        self.assertEqual(new.footer, "Otro pie")

    def test_messages_leave_unwatched_for_twelve_hours_at_most(self):
        names = {version.remote_name for version in self.template.version_ids}
        known = self.emulator.control("GET", "/templates")["templates"]

        ours = [one for one in known if one["name"] in names]
        self.assertEqual({one["message_send_ttl_seconds"] for one in ours}, {43200})

    def test_drawing_shows_what_the_customer_sees(self):
        self.template.footer = "Pie pequeño"

        drawing = self.template.bubble

        for part in (".pdf", "Hola", "Pie pequeño", "Ver y pagar", "Ya pagué"):
            self.assertIn(part, drawing)
