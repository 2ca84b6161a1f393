"""Notes and PDFs are for the accountants of their company: what a browser gets."""

import json

from odoo.tests import tagged
from odoo.tools import mute_logger

from .common import CobranzaHttpCase
from .people import PASSWORD, REPLY_TEXT, SECRET_TEXT, People


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
