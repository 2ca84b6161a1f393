"""Uninstalling waits until the evidence inside its retention was downloaded."""

import io
import json
import zipfile

from odoo import fields
from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged

from .common import CobranzaCase
from .people import People


@tagged("post_install", "-at_install")
class TestEvidenceKept(People, CobranzaCase):
    """One reminder that left by a real provider."""

    def setUp(self):
        super().setUp()
        self.make_demo_accounts()
        self.message = self.remind_before(self.make_customer("Papelería Lápiz"))
        self.account = self.message.account_id
        self.account.provider = "whatsapp_cloud"
        self.module = self.env["ir.module.module"].search(
            [("name", "=", "cobranza_whatsapp")]
        )
        self.batches = self.env["cobranza.seal.batch"].with_user(self.administrator)

    def download(self):
        file = io.BytesIO()
        self.batches._cobranza_export_all(file)
        return zipfile.ZipFile(file)

    def test_refuses_and_changes_nothing(self):
        with self.assertRaisesRegex(UserError, "messages are evidence"):
            self.module.button_uninstall()

        self.assertEqual(self.module.state, "installed")

    def test_refuses_with_what_it_depends_on(self):
        with self.assertRaises(UserError):
            self.env.ref("base.module_account").button_uninstall()

    def test_lets_go_what_was_downloaded(self):
        with self.download() as archive:
            own = archive.read(f"{self.message.partner_id.id}/evidence.json")
            self.assertIn("verify.py", archive.namelist())
        rows = [row for row in json.loads(own)["rows"] if row["kind"] == "message"]
        self.assertEqual([row["id"] for row in rows], self.message.ids)

        self.module.button_uninstall()

        self.assertEqual(self.module.state, "to remove")

    def test_a_message_after_the_download_is_evidence_again(self):
        self.download()
        self.account.provider = "demo"
        self.remind_before(self.make_customer("Ferretería Sol"))
        self.account.provider = "whatsapp_cloud"

        with self.assertRaises(UserError):
            self.module.button_uninstall()

    def test_lets_go_what_is_past_its_retention(self):
        long_ago = fields.Datetime.subtract(fields.Datetime.now(), months=61)
        self.env.flush_all()
        self.env.cr.execute("UPDATE cobranza_message SET create_date = %s", [long_ago])

        self.module.button_uninstall()

        self.assertEqual(self.module.state, "to remove")

    def test_lets_go_what_only_pretended_to_be_sent(self):
        self.account.provider = "demo"

        self.module.button_uninstall()

        self.assertEqual(self.module.state, "to remove")

    def test_only_administrators_download_everything(self):
        batches = self.batches.with_user(self.manager)

        with self.assertRaises(AccessError):
            batches.action_export_all()
        with self.assertRaises(AccessError):
            batches._cobranza_export_all(io.BytesIO())
