"""Who sees what: notes, PDFs, secrets and evidence, by every route there is."""

import json

from lxml import etree

from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged
from odoo.tools import mute_logger

from ..models.cobranza_account import MASK
from .common import CobranzaCase, CobranzaHttpCase

SECRET_TEXT = "Texto que solo contabilidad lee"
REPLY_TEXT = "Respuesta muy privada"
PASSWORD = "access-test"


class People:
    """One reminder with its PDF and a reply, and everybody who must not read them."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.make_demo_accounts()
        templates = cls.env["cobranza.template"].search([("channel", "=", "whatsapp")])
        templates.body = f"Hola {{{{ cliente }}}}, {SECRET_TEXT}."
        cls.customer = cls.make_customer("Papelería Lápiz")
        cls._make_users()

    @classmethod
    def _make_users(cls):
        other = cls.env["res.company"].create({"name": "Another company"})

        def user(login, groups, **values):
            return cls.make_user(login, groups, password=PASSWORD, **values)

        cls.strangers = {
            "accountant of another company": user(
                "other-accountant",
                "account.group_account_manager,cobranza_whatsapp.group_manager",
                company=other,
            ),
            "employee": user("employee", "base.group_user"),
            "salesperson": user(
                "salesperson", "base.group_user,base.group_partner_manager"
            ),
            "portal user": user(
                "portal", "base.group_portal", partner_id=cls.customer.id
            ),
            "public": cls.env.ref("base.public_user"),
        }
        cls._let_read_invoices(cls.strangers["salesperson"])
        cls.manager = user("manager", "cobranza_whatsapp.group_manager")
        cls.administrator = user(
            "administrator", "base.group_system,cobranza_whatsapp.group_manager"
        )

    @classmethod
    def _let_read_invoices(cls, salesperson):
        """Give the rights that the Sales app gives: invoices, for reading."""
        group = cls.env["res.groups"].create({"name": "As Sales does"})
        for model in (
            "account.account",
            "account.account.tag",
            "account.journal",
            "account.move",
            "account.move.line",
            "account.partial.reconcile",
            "account.payment",
            "account.payment.term",
            "account.tax",
            "account.tax.group",
        ):
            cls.env["ir.model.access"].create(
                {
                    "name": f"{model} salesperson",
                    "model_id": cls.env["ir.model"]._get_id(model),
                    "group_id": group.id,
                    "perm_read": True,
                }
            )
        salesperson.group_ids += group

    def see(self, records, user):
        """Return records as a user sees them in his own companies."""
        companies = user.company_ids.ids
        return records.with_user(user).with_context(
            allowed_company_ids=companies, lang="en_US"
        )

    def setUp(self):
        super().setUp()
        self.message = self.reminded(self.customer)
        self.invoice = self.message.move_ids
        self.document = self.message.document_id
        self.incoming = self._reply()
        self.notes = (self.message + self.incoming).mail_message_ids
        self.assertEqual(len(self.notes), 4)
        self.env.flush_all()
        self.env.invalidate_all()

    def _reply(self):
        """Let the customer answer, quoting the reminder."""
        number = next(self.telephones)
        payload = {
            "id": f"in-{number}",
            "from": self.customer.cobranza_number,
            "text": REPLY_TEXT,
        }
        item = type(
            "Item", (), {"key": f"in:{number}", "payload": payload, "malformed": ""}
        )
        self.env["cobranza.event"]._cobranza_ingest(self.whatsapp, [item])
        self.run_cron("apply")
        reply = self.messages_of(self.customer, direction="in")
        self.assertEqual(reply.body, REPLY_TEXT)
        reply.move_ids = self.invoice
        reply.mail_message_ids.unlink()
        reply._cobranza_log()
        return reply


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


@tagged("post_install", "-at_install")
class TestNotesByHttp(People, CobranzaHttpCase):
    """What a browser could ask for."""

    def login(self, who):
        if who == "public":
            self.authenticate(None, None)
        else:
            self.authenticate(self.strangers[who].login, PASSWORD)

    def rpc(self, route, **params):
        """Call a JSON route; return its whole answer as text."""
        answer = self.url_open(route, json=self.build_rpc_payload(params))
        return json.dumps(answer.json(), ensure_ascii=False)

    def assert_silent(self, text):
        """Assert that neither texts nor our file are in an answer.

        The invoice's own PDF, of the same name, belongs to whoever reads the invoice.
        """
        self.assertNotIn(SECRET_TEXT, text)
        self.assertNotIn(REPLY_TEXT, text)
        self.assertNotIn(f'"id": {self.document.id}, "name"', text)
        self.assertNotIn(f"/web/content/{self.document.id}", text)
        for part in text.split('"ir.attachment": ')[1:]:
            files = json.JSONDecoder().raw_decode(part)[0]
            self.assertNotIn(self.document.id, [file["id"] for file in files])

    @mute_logger("odoo.http", "odoo.addons.base.models.ir_rule")
    def test_strangers_read_no_note_by_any_route(self):
        token = self.invoice._portal_ensure_token()
        self.env.flush_all()
        threads = [("res.partner", self.customer.id), ("account.move", self.invoice.id)]
        for who in self.strangers:
            self.login(who)
            for model, res_id in threads:
                thread = {"thread_model": model, "thread_id": res_id}
                with self.subTest(who, model=model):
                    self.assert_silent(self.rpc("/mail/thread/messages", **thread))
                    self.assert_silent(
                        self.rpc(
                            "/mail/thread/messages",
                            **thread,
                            fetch_params={"search_term": SECRET_TEXT[:5]},
                        )
                    )
                    self.assert_silent(self.rpc("/mail/chatter_fetch", **thread))
                    self.assert_silent(
                        self.rpc("/mail/chatter_fetch", **thread, token=token)
                    )
                    self.assert_silent(
                        self.rpc("/portal/chatter_init", **thread, token=token)
                    )
                    data = {**thread, "request_list": ["attachments", "activities"]}
                    self.assert_silent(
                        self.rpc("/mail/data", fetch_params=[["mail.thread", data]])
                    )
            for box in ("inbox", "history", "starred"):
                with self.subTest(who, box=box):
                    self.assert_silent(self.rpc(f"/mail/{box}/messages"))
            with self.subTest(who, page="portal"):
                self.assert_silent(
                    self.url_open(
                        f"/my/invoices/{self.invoice.id}?access_token={token}"
                    ).text
                )

    @mute_logger("odoo.http", "odoo.addons.base.models.ir_rule")
    def test_strangers_cannot_act_on_a_note(self):
        token = self.invoice._portal_ensure_token()
        self.env.flush_all()
        for who in self.strangers:
            self.login(who)
            for note in self.notes:
                with self.subTest(who, note=note.model):
                    self.assert_silent(
                        self.rpc(
                            "/mail/message/reaction",
                            message_id=note.id,
                            content="👍",
                            action="add",
                            token=token,
                        )
                    )
                    self.assert_silent(
                        self.rpc(
                            "/mail/message/update_content",
                            message_id=note.id,
                            update_data={"body": "changed", "attachment_ids": []},
                            token=token,
                        )
                    )
                    note.invalidate_recordset()
                    self.assertFalse(note.reaction_ids)
                    self.assertNotIn("changed", note.body)

    @mute_logger("odoo.http")
    def test_strangers_download_no_pdf(self):
        document, message = self.document, self.message
        other_token = self.invoice._portal_ensure_token()
        self.env.flush_all()
        paths = [
            f"/web/content/{document.id}",
            f"/web/content/{document.id}?download=true",
            f"/web/content/{document.id}/{document.name}",
            f"/web/content/{document.id}?access_token=wrong",
            f"/web/content/{document.id}?access_token={other_token}",
            f"/web/content/ir.attachment/{document.id}/datas",
            f"/web/content/ir.attachment/{document.id}/raw",
            f"/web/content/cobranza.message/{message.id}/document_id",
            f"/web/content?model=cobranza.message&id={message.id}&field=body",
            f"/web/image/{document.id}",
            f"/mail/attachment/pdf_first_page/{document.id}",
            f"/mail/attachment/pdf_first_page/{document.id}?access_token=wrong",
        ]
        content = document.raw
        for who in self.strangers:
            self.login(who)
            for path in paths:
                with self.subTest(who, path=path):
                    answer = self.url_open(path, allow_redirects=False)
                    self.assertNotIn(content[:200], answer.content)
                    self.assertNotIn(SECRET_TEXT, answer.text)
                    self.assertNotIn(b"%PDF", answer.content)
            with self.subTest(who, path="zip"):
                answer = self.url_open(
                    "/mail/attachment/zip",
                    data={"file_ids": str(document.id), "zip_name": "x.zip"},
                    allow_redirects=False,
                )
                self.assertNotIn(document.name.encode(), answer.content)

    def test_own_accountant_sees_note_and_pdf(self):
        self.clerk.password = PASSWORD
        self.authenticate(self.clerk.login, PASSWORD)

        text = self.rpc(
            "/mail/thread/messages",
            thread_model="res.partner",
            thread_id=self.customer.id,
        )
        answer = self.url_open(f"/web/content/{self.document.id}")

        self.assertIn(SECRET_TEXT, text)
        self.assertIn('"cobranza_state": "sent"', text)
        self.assertEqual(answer.content, self.document.raw)

    def test_customer_s_own_portal_page_works(self):
        self.login("portal user")

        for path in ("/my", "/my/invoices", f"/my/invoices/{self.invoice.id}"):
            with self.subTest(path):
                answer = self.url_open(path)
                self.assertEqual(answer.status_code, 200)
                self.assert_silent(answer.text)


@tagged("post_install", "-at_install")
class TestScreens(People, CobranzaCase):
    """Everybody opens partners and invoices, readers our screens, without errors."""

    def open_screens(self, record, user):
        """Load form, list and search as the web client does, and read their fields."""
        record = self.see(record, user)
        kinds = ("form", "list", "search")
        views = record.get_views([(False, kind) for kind in kinds])
        for kind in ("form", "list"):
            record.web_read(self._specification(views["views"][kind]["arch"]))
        return views

    def _specification(self, arch):
        """Return what a view reads: the fields outside of nested views."""
        tree = etree.fromstring(arch)
        names = {
            node.get("name")
            for node in tree.iter("field")
            if not any(parent.tag == "field" for parent in node.iterancestors())
        }
        return {name: {} for name in names}

    def test_everybody_opens_customers(self):
        users = {name: user for name, user in self.strangers.items() if not user.share}
        users |= {user.login: user for user in self._readers()}
        for who, user in users.items():
            with self.subTest(who):
                self.env.invalidate_all()
                views = self.open_screens(self.customer, user)
                self._assert_hidden(who, views)

    def _assert_hidden(self, who, views):
        if who in ("employee", "salesperson"):
            for kind in ("form", "list", "search"):
                shown = self._specification(views["views"][kind]["arch"])
                self.assertFalse([n for n in shown if n.startswith("cobranza_")])

    def _readers(self):
        auditor = self.make_user("auditor", "account.group_account_readonly")
        invoicer = self.make_user("invoicer", "account.group_account_invoice")
        return [self.clerk, self.manager, self.administrator, auditor, invoicer]

    def test_everybody_with_invoices_opens_invoices(self):
        self.env["cobranza.hold"].create({"move_id": self.invoice.id})
        users = {"salesperson": self.strangers["salesperson"]}
        users |= {user.login: user for user in self._readers()}
        for who, user in users.items():
            with self.subTest(who):
                self.env.invalidate_all()
                views = self.open_screens(self.invoice, user)
                self._assert_hidden(who, views)

    def test_salesperson_groups_and_filters_invoices(self):
        moves = self.env["account.move"].with_user(self.strangers["salesperson"])

        self.assertIn(self.invoice.id, moves.search([]).ids)
        moves.web_read_group([], ["partner_id"], ["__count"])

    def test_readers_open_our_screens(self):
        records = {
            "cobranza.policy": self.policy,
            "cobranza.stage": self.policy.stage_ids[:1],
            "cobranza.template": self.message.template_id,
            "cobranza.account": self.whatsapp,
            "cobranza.debt": self.env["cobranza.debt"].search(
                [("move_id", "=", self.invoice.id)]
            ),
            "cobranza.reminder": self.message.reminder_id,
            "cobranza.message": self.message,
            "cobranza.consent": self.customer.cobranza_consent_ids[:1],
            "cobranza.contact.policy": self.open_always,
            "cobranza.hold": self.env["cobranza.hold"].create(
                {"move_id": self.invoice.id}
            ),
        }
        for user in self._readers():
            for model, record in records.items():
                with self.subTest(user.login, model=model):
                    self.env.invalidate_all()
                    self.assertTrue(record)
                    self.open_screens(record, user)

    def test_administrator_opens_the_technical_screens(self):
        event = self.env["cobranza.event"].search([], limit=1)
        self.open_screens(event, self.administrator)

    def test_menus_of_readers_lead_somewhere_they_may_go(self):
        for user in self._readers():
            menus = self.see(self.env["ir.ui.menu"], user)
            menus = menus.browse(menus._visible_menu_ids())
            # sudo: what an action is about is readable by administrators only.
            ours = menus.sudo().filtered(
                lambda m: (
                    m.action
                    and m.action._name == "ir.actions.act_window"
                    and m.action.res_model.startswith("cobranza.")
                )
            )
            self.assertTrue(ours, user.login)
            for menu in ours:
                with self.subTest(user.login, menu=menu.complete_name):
                    model = self.env[menu.action.res_model].with_user(user)
                    self.assertTrue(model.has_access("read"))

    def test_strangers_have_no_menu_of_ours(self):
        for who in ("employee", "salesperson"):
            menus = self.env["ir.ui.menu"].with_user(self.strangers[who])
            with self.subTest(who):
                root = self.env.ref("cobranza_whatsapp.cobranza_menu")
                visible = menus.browse(menus._visible_menu_ids())
                self.assertNotIn(root, visible)


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
