"""Evidence: sealed, verified, exported, blanked; and every way to falsify it."""

import io
import json
import subprocess
import sys
import tempfile
import zipfile
from pathlib import Path
from unittest.mock import patch

from psycopg2 import sql

from odoo import fields
from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged

from ..models.sealed_rows import SEALED
from .common import CobranzaCase


class Falsifier(CobranzaCase):
    """Two sealed reminders with receipts and an event; a falsifier with SQL."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.make_demo_accounts()
        cls.customer = cls.make_customer("Papelería Lápiz")
        cls.message = cls.remind_before(cls.customer)
        cls.other = cls.remind_before(cls.make_customer("Ferretería Sol"))
        cls.env["cobranza.event"].create(
            {
                "account_id": cls.message.account_id.id,
                "key": "test",
                "payload": json.dumps({"id": "x", "status": "delivered"}),
                "state": "applied",
                "received_at": fields.Datetime.now(),
                "message_id": cls.message.id,
            }
        )
        cls.batches = cls.env["cobranza.seal.batch"]
        folder = cls.enterClassContext(tempfile.TemporaryDirectory())
        cls.anchors = Path(folder) / "anchors.jsonl"
        cls.startClassPatcher(
            patch.object(
                type(cls.batches), "_cobranza_anchor_file", lambda _self: cls.anchors
            )
        )
        cls.env.cr.flush()
        cls.batches._cobranza_seal_all()

    def setUp(self):
        super().setUp()
        self.anchors.unlink(missing_ok=True)

    def falsify(self, statement, *values):
        self.env.flush_all()
        self.env.cr.execute(statement, values)
        self.env.invalidate_all()

    def problems(self):
        return self.batches.with_context(lang="en_US")._cobranza_verify()


@tagged("post_install", "-at_install")
class TestVerify(Falsifier):
    """What the check finds."""

    def test_all_that_was_sent_is_sealed_and_holds(self):
        self.assertEqual(self.problems(), [])
        kinds = self.env["cobranza.seal"].search([]).mapped("kind")
        self.assertEqual(set(kinds), {"consent", "message", "event", "receipt"})
        steps = self.message.receipt_ids.mapped("state")
        self.assertEqual(steps, ["sending", "sent"])

    def test_any_changed_column_of_any_row_is_named(self):
        for sealed in SEALED:
            row_id = (
                self.env["cobranza.seal"]
                .search([("kind", "=", sealed.kind)], limit=1)
                .row_id
            )
            for column in sealed.columns:
                with self.subTest(f"{sealed.kind}.{column}"):
                    self._falsify_column(sealed, row_id, column)

    def _falsify_column(self, sealed, row_id, column):
        self.env.flush_all()
        with self.env.cr.savepoint(flush=False) as savepoint:
            self._change(sealed.table, row_id, column)
            problems = self.problems()
            savepoint.rollback()
        self.env.invalidate_all()
        self.assertIn(
            f"{sealed.kind} {row_id} was changed: {column}.", problems, column
        )

    def _change(self, table, row_id, column):
        """Give a column another value of its type, past the ORM and its keys."""
        self.env.cr.execute("SET CONSTRAINTS ALL DEFERRED")
        self.env.cr.execute(
            "SELECT data_type FROM information_schema.columns "
            "WHERE table_name = %s AND column_name = %s",
            [table, column],
        )
        [kind] = self.env.cr.fetchone()
        other = {
            "boolean": "NOT COALESCE({c}, FALSE)",
            "integer": "NULLIF(COALESCE({c}, 0) + 1, 0)",
            "numeric": "COALESCE({c}, 0) + 0.01",
            "double precision": "COALESCE({c}, 0) + 0.01",
            "jsonb": "COALESCE({c}, '{}') || '{\"x\": 1}'",
            "timestamp without time zone": "COALESCE({c}, now()) - interval '1 second'",
        }.get(kind, "COALESCE({c}, '') || 'x'")
        self.env.cr.execute(
            "SELECT conname FROM pg_constraint WHERE contype = 'f' AND conrelid = "
            "%s::regclass",
            [table],
        )
        for [name] in self.env.cr.fetchall():
            self.env.cr.execute(
                sql.SQL("ALTER TABLE {} DROP CONSTRAINT {}").format(
                    sql.Identifier(table), sql.Identifier(name)
                )
            )
        change = sql.SQL("UPDATE {} SET {} = {} WHERE id = {}").format(
            sql.Identifier(table),
            sql.Identifier(column),
            sql.SQL(other.replace("{c}", f'"{column}"')),
            sql.Literal(row_id),
        )
        self.env.cr.execute(change)

    def test_a_changed_state_is_named(self):
        self.falsify(
            "UPDATE cobranza_message SET state = 'read' WHERE id = %s", self.message.id
        )

        self.assertEqual(
            self.problems(), [f"message {self.message.id} was changed: state."]
        )

    def test_a_deleted_row_is_named(self):
        receipt = self.message.receipt_ids[0]
        self.falsify("DELETE FROM cobranza_receipt WHERE id = %s", receipt.id)

        self.assertIn(f"receipt {receipt.id} was deleted.", self.problems())

    def test_a_row_deleted_with_its_seal_is_noticed(self):
        receipt = self.message.receipt_ids[0]
        self.falsify("DELETE FROM cobranza_receipt WHERE id = %s", receipt.id)
        self.falsify(
            "DELETE FROM cobranza_seal WHERE kind = 'receipt' AND row_id = %s",
            receipt.id,
        )

        [problem] = self.problems()
        self.assertRegex(problem, r"Run 1 held \d+ rows, now \d+\.")

    def test_a_forged_seal_is_named(self):
        self.falsify(
            'UPDATE cobranza_seal SET digests = digests || \'{"body": "0"}\' '
            "WHERE kind = 'message' AND row_id = %s",
            self.message.id,
        )

        self.assertIn(
            f"The seal of message {self.message.id} was changed.", self.problems()
        )

    def test_a_changed_run_is_named(self):
        for column in ("root", "previous", "digest", "sealed_at", "count"):
            with self.subTest(column), self.env.cr.savepoint() as savepoint:
                value = "count + 1" if column == "count" else f"{column} || '0'"
                change = "UPDATE cobranza_seal_batch SET {} = {}"
                self.falsify(change.format(column, value))
                self.assertTrue(any("Run 1" in line for line in self.problems()))
                savepoint.rollback()
            self.env.invalidate_all()

    def test_a_cut_tail_is_noticed(self):
        self.batches.search([], limit=1)._cobranza_anchor()
        self.remind_before(self.make_customer())
        self.env.cr.flush()
        self.batches._cobranza_seal_all()
        last = self.batches.search([], limit=1)
        last._cobranza_anchor()
        self.assertEqual(self.problems(), [])

        self.falsify("DELETE FROM cobranza_seal WHERE batch_id = %s", last.id)
        self.falsify("DELETE FROM cobranza_seal_batch WHERE id = %s", last.id)

        self.assertIn("rows at the end were cut", "".join(self.problems()))
        self.assertEqual(len(self.problems()), 1, self.problems())

    def test_a_row_is_sealed_once(self):
        count = self.env["cobranza.seal"].search_count([])

        self.batches._cobranza_seal_all()

        self.assertEqual(self.env["cobranza.seal"].search_count([]), count)

    def test_what_still_waits_is_not_sealed(self):
        message = self.queued()
        self.batches._cobranza_seal_all()

        seals = self.env["cobranza.seal"].search(
            [("kind", "=", "message"), ("row_id", "=", message.id)]
        )
        self.assertFalse(seals)

    def test_the_daily_check_tells_an_administrator_once(self):
        self.falsify(
            "UPDATE cobranza_message SET body = 'x' WHERE id = %s", self.other.id
        )

        with self.assertLogs("odoo.addons.cobranza_whatsapp", "ERROR"):
            self.batches._cron_verify()
            self.batches._cron_verify()

        activities = self.env["mail.activity"].search(
            [("summary", "like", "evidence of messages was changed")]
        )
        self.assertEqual(len(activities), 1)


@tagged("post_install", "-at_install")
class TestSnapshot(Falsifier):
    """What a message keeps of its grounds."""

    def test_the_message_keeps_its_grounds_and_its_values(self):
        kept = self.message.snapshot

        self.assertEqual(kept["debtor"], "Papelería Lápiz")
        self.assertEqual(kept["creditor"], self.message.company_id.name)
        self.assertEqual(kept["consent"]["state"], "granted")
        self.assertEqual(kept["parameters"]["cliente"], "Papelería Lápiz")
        self.assertEqual(kept["debts"][0][0], self.message.move_ids.name)
        self.assertIn("policy", kept)
        self.assertEqual(len(self.message.document_checksum), 64)


@tagged("post_install", "-at_install")
class TestRetention(Falsifier):
    """Blanking old messages without breaking the chain."""

    def test_blanked_messages_still_verify(self):
        self.falsify(
            "UPDATE cobranza_message SET create_date = now() - interval '61 months' "
            "WHERE id = %s",
            self.message.id,
        )

        with patch.object(self.env.cr, "commit", autospec=True):
            self.env["cobranza.message"]._cron_anonymise()

        self.assertFalse(self.message.body or self.message.recipient)
        self.assertFalse(self.message.snapshot or self.message.document_id)
        self.assertTrue(self.other.body)
        self.assertEqual(self.problems(), [])
        self.falsify(
            "UPDATE cobranza_message SET body = 'Otra cosa' WHERE id = %s",
            self.message.id,
        )
        self.assertEqual(
            self.problems(), [f"message {self.message.id} was changed: body."]
        )

    def test_the_salts_of_blanked_fields_are_gone(self):
        self.message._cobranza_anonymise()

        salts = (
            self.env["cobranza.seal"]
            .search([("kind", "=", "message"), ("row_id", "=", self.message.id)])
            .salts
        )
        self.assertNotIn("body", salts)
        self.assertIn("uuid", salts)


@tagged("post_install", "-at_install")
class TestEvidenceFile(Falsifier):
    """One click: the file that proves itself."""

    def _file(self, user=None):
        accountant = user or self.make_user("ev-acc", "account.group_account_invoice")
        content = self.customer.with_user(accountant)._cobranza_evidence_file()
        return zipfile.ZipFile(io.BytesIO(content))

    def test_the_script_verifies_the_file(self):
        with tempfile.TemporaryDirectory() as folder:
            self._file().extractall(folder)
            names = {path.name for path in Path(folder).iterdir()}
            self.assertEqual(
                names, {"evidence.pdf", "evidence.json", "verify.py", "files"}
            )
            self.assertEqual(self._verify(folder).returncode, 0)

            path = Path(folder) / "evidence.json"
            path.write_text(path.read_text().replace("Lápiz", "Pluma"))
            bad = self._verify(folder)
            self.assertEqual(bad.returncode, 1)
            self.assertIn(f"message {self.message.id} was changed", bad.stdout)

    def _verify(self, folder):
        return subprocess.run(  # noqa: S603
            [sys.executable, "-I", "verify.py", "evidence.json"],
            cwd=folder,
            capture_output=True,
            text=True,
            timeout=30,
            check=False,
        )

    def test_the_file_holds_only_this_customer(self):
        export = json.loads(self._file().read("evidence.json"))

        rows = [row["id"] for row in export["rows"] if row["kind"] == "message"]
        self.assertEqual(rows, self.message.ids)
        self.assertNotIn("Ferretería Sol", json.dumps(export, ensure_ascii=False))
        self.assertEqual(len(export["files"]), 1)

    def test_others_get_no_file(self):
        employee = self.make_user("ev-emp", "base.group_user")
        company = self.env["res.company"].create({"name": "Another company"})
        stranger = self.make_user(
            "ev-other", "account.group_account_invoice", company=company
        )

        with self.assertRaises(AccessError):
            self._file(employee)
        with self.assertRaises(UserError):
            self._file(stranger)

    def test_nobody_edits_or_deletes_evidence(self):
        manager = self.make_user(
            "ev-man", "account.group_account_manager,cobranza_whatsapp.group_manager"
        )
        for record in (
            self.message,
            self.message.receipt_ids[0],
            self.env["cobranza.seal"].search([], limit=1),
            self.batches.search([], limit=1),
            self.env["cobranza.consent"].search([], limit=1),
        ):
            with self.subTest(record._name):
                own = record.with_user(manager)
                with self.assertRaises(UserError):
                    own.write({"write_uid": 1})
                with self.assertRaises(UserError):
                    own.unlink()
