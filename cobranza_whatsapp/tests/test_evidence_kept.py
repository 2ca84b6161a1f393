"""Uninstalling waits until the evidence inside its retention was downloaded."""

import io
import json
import subprocess
import sys
import tempfile
import zipfile
from pathlib import Path

from odoo import fields
from odoo.exceptions import AccessError, UserError
from odoo.tests import HttpCase, tagged

from .common import CobranzaCase
from .people import People


@tagged("post_install", "-at_install")
class TestEvidenceKept(People, CobranzaCase, HttpCase):
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

    def verify(self, folder, *exports):
        return subprocess.run(  # noqa: S603
            [sys.executable, "-I", "verify.py", *exports],
            cwd=folder,
            capture_output=True,
            text=True,
            timeout=30,
            check=False,
        )

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

    def test_each_folder_proves_itself_whatever_its_files_are_called(self):
        other = self.remind_before(self.make_customer("Ferretería Sol"))
        self.message.document_id.name = "../../escaped.pdf"
        customers = (self.message + other).partner_id.ids

        with tempfile.TemporaryDirectory() as folder:
            with self.download() as archive:
                names = archive.namelist()
                archive.extractall(folder)
            exports = [f"{customer}/evidence.json" for customer in customers]
            self.assertLessEqual(set(exports), set(names))
            self.assertFalse([name for name in names if name.count("/") > 2])
            done = self.verify(folder, *exports)
            self.assertEqual(done.stdout.count("Everything holds"), 2, done.stdout)

            own = f"{self.message.partner_id.id}/files/"
            [file] = [name for name in names if name.startswith(own)]
            (Path(folder) / file).write_bytes(b"another PDF")
            done = self.verify(folder, *exports)
            self.assertEqual(done.returncode, 1)
            self.assertIn("was changed", done.stdout)

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

    def test_the_download_is_a_whole_file_for_administrators_alone(self):
        self.administrator.password = "kept-everything"  # noqa: S105
        self.authenticate(self.administrator.login, "kept-everything")
        answer = self.url_open("/cobranza/evidence/all")

        with zipfile.ZipFile(io.BytesIO(answer.content)) as archive:
            self.assertFalse(archive.testzip())
        self.assertIn("no-store", answer.headers["Cache-Control"])

        self.manager.password = "kept-nothing"  # noqa: S105
        self.authenticate(self.manager.login, "kept-nothing")
        self.assertEqual(self.url_open("/cobranza/evidence/all").status_code, 404)
