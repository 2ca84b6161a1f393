"""Notes and PDFs are for the accountants of their company: what remote calls find."""

from odoo.exceptions import AccessError
from odoo.tests import tagged

from .common import CobranzaCase
from .people import REPLY_TEXT, SECRET_TEXT, People


@tagged("post_install", "-at_install")
class TestNotesByOrm(People, CobranzaCase):
    """What remote calls could ask for."""

    def assert_nothing(self, look):
        """Assert that a look is refused or finds nothing."""
        try:
            found = look()
        except AccessError:
            return
        self.assertFalse(found)

    def test_strangers_find_no_note(self):
        searches = [
            [("id", "in", self.notes.ids)],
            [("body", "ilike", SECRET_TEXT)],
            [("body", "ilike", REPLY_TEXT)],
            [("message_type", "=", "cobranza")],
            [("cobranza_message_id", "=", self.message.id)],
            [("cobranza_message_id.body", "ilike", SECRET_TEXT)],
            [("attachment_ids", "in", self.document.ids)],
            [("attachment_ids.name", "ilike", "pdf"), ("id", "in", self.notes.ids)],
            [("notification_ids.res_partner_id", "=", self.customer.id)],
            ["|", ("id", "in", self.notes.ids), ("id", "=", 0)],
            ["!", "!", ("message_type", "=", "cobranza")],
        ]
        for who, user in self.strangers.items():
            notes = self.see(self.env["mail.message"], user)
            for domain in searches:
                with self.subTest(who, domain=domain):
                    self.assert_nothing(lambda n=notes, d=domain: n.search(d))
                    self.assert_nothing(lambda n=notes, d=domain: n.search_count(d))
                    self.assert_nothing(
                        lambda n=notes, d=domain: n.search_read(d, ["body"])
                    )
                    self.assert_nothing(
                        lambda n=notes, d=domain: n._read_group(
                            d, ["model"], ["__count"]
                        )
                    )
                    self.assert_nothing(
                        lambda n=notes, d=domain: n._message_fetch(d)["messages"]
                    )

    def test_strangers_read_no_note_by_its_id(self):
        for who, user in self.strangers.items():
            for note in self.see(self.notes, user):
                with self.subTest(who, note=note.id):
                    for read in (
                        lambda n: n.read(["body"]),
                        lambda n: n.read(["attachment_ids"]),
                        lambda n: n.web_read({"body": {}}),
                        lambda n: n.copy(),
                    ):
                        with self.assertRaises(AccessError):
                            read(note)
                        note.invalidate_recordset()
                    self.assertFalse(note.has_access("read"))
                    self.assertFalse(note._filtered_access("read"))

    def test_strangers_see_no_note_through_its_record(self):
        for who, user in self.strangers.items():
            for record in (self.customer, self.invoice):
                record = self.see(record, user)
                with self.subTest(who, model=record._name):
                    self.assert_nothing(
                        lambda r=record: r.message_ids.filtered(
                            lambda n: n.message_type == "cobranza"
                        )
                    )
                    self.assert_nothing(
                        lambda r=record: r.search(
                            [
                                ("id", "=", r.id),
                                ("message_ids.body", "ilike", SECRET_TEXT),
                            ]
                        )
                    )
                    self.assert_nothing(
                        lambda r=record: r.search(
                            [
                                ("id", "=", r.id),
                                ("message_ids.attachment_ids.name", "ilike", "INV"),
                            ]
                        )
                    )

    def test_strangers_see_no_note_through_notifications(self):
        for who, user in self.strangers.items():
            with self.subTest(who):
                notifications = self.see(self.env["mail.notification"], user)
                self.assert_nothing(
                    lambda n=notifications: n.search(
                        [("mail_message_id.body", "ilike", SECRET_TEXT)]
                    )
                )
                self.assert_nothing(
                    lambda n=notifications: n.search(
                        [("mail_message_id", "in", self.notes.ids)]
                    ).web_read({"mail_message_id": {"fields": {"body": {}}}})
                )

    def test_strangers_find_no_reply_in_activities(self):
        activities = self.customer.activity_ids
        self.assertTrue(activities)
        for who, user in self.strangers.items():
            with self.subTest(who):
                self.assert_nothing(lambda u=user: self._activities_with_reply(u))

    def _activities_with_reply(self, user):
        activities = self.see(self.env["mail.activity"], user)
        rows = activities.search_read(
            [("res_model", "=", "res.partner"), ("res_id", "=", self.customer.id)],
            ["summary", "note"],
        )
        return [row for row in rows if "privada" in f"{row['summary']} {row['note']}"]

    def test_strangers_read_no_pdf(self):
        self.document.index_content = f"indexed {SECRET_TEXT}"
        searches = [
            [("id", "=", self.document.id)],
            [("name", "=", self.document.name), ("res_model", "=", "cobranza.message")],
            [("res_model", "=", "cobranza.message")],
            [("index_content", "ilike", SECRET_TEXT)],
            [("checksum", "=", self.document.checksum)],
        ]
        self.env.flush_all()
        for who, user in self.strangers.items():
            files = self.see(self.env["ir.attachment"], user)
            for domain in searches:
                with self.subTest(who, domain=domain):
                    self.assert_nothing(
                        lambda f=files, d=domain: f.search(d) & self.document
                    )
            with self.subTest(who):
                document = self.see(self.document, user)
                for name in ("raw", "datas", "index_content", "access_token"):
                    document.invalidate_recordset()
                    with self.assertRaises(AccessError):
                        document.read([name])
                self.assertFalse(document.has_access("read"))

    def test_strangers_read_no_message(self):
        for who, user in self.strangers.items():
            messages = self.see(self.env["cobranza.message"], user)
            with self.subTest(who):
                self.assert_nothing(lambda m=messages: m.search([]))
                self.assert_nothing(
                    lambda m=messages: m.search([("body", "ilike", SECRET_TEXT)])
                )
                with self.assertRaises(AccessError):
                    messages.browse(self.message.id).read(["body"])
                for model in (
                    "cobranza.reminder",
                    "cobranza.reminder.debt",
                    "cobranza.consent",
                    "cobranza.event",
                    "cobranza.link",
                    "cobranza.media",
                    "cobranza.debt",
                ):
                    self.assert_nothing(
                        lambda u=user, m=model: self.see(self.env[m], u).search([])
                    )

    def test_fields_on_core_models_are_for_readers_only(self):
        for who, user in self.strangers.items():
            if who == "accountant of another company":
                continue
            for model in ("res.partner", "account.move"):
                with self.subTest(who, model=model):
                    fields = self.see(self.env[model], user).fields_get()
                    ours = [name for name in fields if name.startswith("cobranza_")]
                    self.assertFalse(ours)

    def test_own_accountant_reads_everything(self):
        for user in (self.clerk, self.manager):
            with self.subTest(user.login):
                self.env.invalidate_all()
                notes = self.see(self.env["mail.message"], user)
                found = notes.search([("message_type", "=", "cobranza")])
                self.assertEqual(found, self.see(self.notes, user))
                self.assertIn(SECRET_TEXT, "".join(found.mapped("body")))
                self.assertEqual(
                    self.see(self.document, user).raw, self.document.sudo().raw
                )
                customer = self.see(self.customer, user)
                self.assertLessEqual(self.notes & customer.message_ids, self.notes)
                self.assertEqual(len(self.notes & customer.message_ids), 2)

    def test_readonly_accountant_reads_notes(self):
        auditor = self.make_user("auditor", "account.group_account_readonly")

        found = (
            self.env["mail.message"]
            .with_user(auditor)
            .search([("id", "in", self.notes.ids)])
        )

        self.assertEqual(found.mapped("message_type"), ["cobranza"] * 4)

    def test_other_notes_stay_as_they_are(self):
        note = self.customer.message_post(body="An ordinary note")
        for who in ("employee", "salesperson"):
            with self.subTest(who):
                seen = note.with_user(self.strangers[who])
                self.assertIn("ordinary", seen.body)
