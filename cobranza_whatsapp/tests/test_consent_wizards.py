"""Recording consent by hand, from a file, in bulk."""

import base64
import csv
import io
import logging
import time
from datetime import timedelta

from openpyxl import Workbook

from odoo import fields
from odoo.exceptions import AccessError, UserError
from odoo.tests import Form, freeze_time, tagged

from .common import CobranzaCase

_logger = logging.getLogger(__name__)

HEADER = ("Cliente", "Código", "Teléfono", "Canal", "Base", "Fecha", "Texto", "Otra")
LAST_YEAR = "2025-11-25"


@tagged("post_install", "-at_install")
class TestConsentWizards(CobranzaCase):
    def rows(self, customer):
        return self.env["cobranza.consent"].search([("partner_id", "=", customer.id)])

    def english(self, model):
        return self.env[model].with_user(self.clerk).with_context(lang="en_US")

    # --- withdrawals ------------------------------------------------------------------

    def withdrawal(self, customers, **values):
        model = self.english("cobranza.withdrawal.wizard").with_context(
            active_model=customers._name, active_ids=customers.ids
        )
        return model.create({"proof": "Told me on the phone", **values})

    def test_withdrawal_ends_everything_of_the_customer(self):
        self.make_demo_accounts()
        customer = self.make_customer(email="ana@example.com", phone="+52 55 1434 0888")
        other = self.make_customer("Other")
        waiting, others = self.queued(customer), self.queued(other)
        self.env["cobranza.hold"].create(
            {"partner_id": customer.id, "reason": "unclear"}
        )
        wizard = self.withdrawal(customer)
        self.assertIn("+525514340888", wizard.address_list)
        self.assertIn("ana@example.com", wizard.address_list)

        wizard.action_record()

        refused = self.rows(customer).filtered(lambda row: not row.granted)
        self.assertEqual(
            set(refused.mapped(lambda row: (row.channel, row.purpose))),
            {
                (channel, purpose)
                for channel in ("whatsapp", "sms", "email")
                for purpose in ("collection", "marketing")
            },
        )
        self.assertEqual(set(refused.mapped("origin")), {"verbal"})
        self.assertEqual(refused.user_id, self.clerk)
        self.assertEqual((waiting.state, waiting.reason), ("cancelled", "opted_out"))
        self.assertEqual(others.state, "queued")
        self.assertFalse(self.env["cobranza.hold"].search([]))

        self.withdrawal(customer).action_record()
        again = self.rows(customer).filtered("repeats_id")
        self.assertEqual(len(again), 1)

    def test_withdrawal_leaves_who_shares_the_address_alone(self):
        self.make_demo_accounts()
        customer, other = (
            self.make_customer(name, phone="+52 55 1434 0999") for name in ("A", "B")
        )
        (customer + other).cobranza_shared_number_confirmed = True
        waiting, others = self.queued(customer), self.queued(other)

        self.withdrawal(customer).action_record()

        self.assertEqual((waiting.state, others.state), ("cancelled", "queued"))

    def test_withdrawal_ends_what_the_chosen_company_writes_to(self):
        other = self.make_company("Other company")
        customer = self.make_customer(phone=False, consent=())
        for company, phone in (
            (self.company, "+52 55 1434 0111"),
            (other, "+52 55 1434 0222"),
        ):
            self.env["res.partner"].create(
                {
                    "name": company.name,
                    "parent_id": customer.id,
                    "company_id": company.id,
                    "cobranza_is_contact": True,
                    "phone": phone,
                }
            )
        model = self.env["cobranza.withdrawal.wizard"]
        wizard = model.create(
            {
                "partner_ids": customer.ids,
                "company_id": other.id,
                "proof": "Told me",
            }
        )

        self.assertIn("+525514340222", wizard.address_list)
        self.assertNotIn("+525514340111", wizard.address_list)

    def test_pages_of_others_are_not_seen(self):
        wizard = self.withdrawal(self.make_customer())
        colleague = self.make_user("colleague", "cobranza_whatsapp.group_user")
        with self.assertRaises(AccessError):
            wizard.with_user(colleague).read(["proof"])

    def test_withdrawal_of_whom_nothing_reaches_says_so(self):
        nobody = self.make_customer("Nobody", consent=(), phone=False)
        with self.assertRaisesRegex(UserError, "nothing to end"):
            self.withdrawal(nobody).action_record()

    def test_withdrawal_of_another_company_is_refused(self):
        customer = self.make_customer()
        foreign = self.make_company("Foreign")
        with self.assertRaises(AccessError):
            self.withdrawal(customer, company_id=foreign.id).action_record()

    # --- by hand ----------------------------------------------------------------------

    def wizard(self, customers, **values):
        model = self.english("cobranza.consent.wizard").with_context(
            active_model=customers._name, active_ids=customers.ids
        )
        return model.create(values)

    def test_record_for_many_says_who_has_no_number(self):
        good = self.make_customer("Good", consent=())
        bad = self.make_customer("Bad", consent=(), phone=False)
        wizard = self.wizard(
            good + bad,
            basis="verbal",
            origin="verbal",
            proof="Told me",
            text_shown="Yes",
            proof_file=base64.b64encode(b"signed"),
            proof_filename="a.txt",
        )
        self.assertEqual((wizard.good_count, wizard.bad_count), (2, 2))
        self.assertIn(
            "no telephone number", " ".join(wizard.line_ids.mapped("sentence"))
        )

        wizard.action_record()

        rows = self.rows(good)
        self.assertEqual(set(rows.mapped("channel")), {"whatsapp", "sms"})
        self.assertEqual(set(rows.mapped("origin")), {"verbal"})
        self.assertEqual(rows.user_id, self.clerk)
        self.assertEqual(rows.attachment_id.raw, b"signed")
        self.assertIn(rows.attachment_id.res_id, rows.ids)
        self.assertFalse(self.rows(bad))

    def test_form_of_an_invoice_shows_the_customer(self):
        customer = self.make_customer(consent=())
        invoice = self.make_invoice(customer)
        form = Form(
            self.english("cobranza.consent.wizard").with_context(
                active_model="account.move", active_ids=invoice.ids
            )
        )

        self.assertEqual(form.good_count, 2)
        form.use_sms = False
        self.assertEqual(form.good_count, 1)

    def test_old_date_after_a_refusal_is_not_recorded(self):
        customer = self.make_customer(consent=())
        self.give_consent(customer, ("sms",), granted=False, basis=False)
        yesterday = fields.Date.today() - timedelta(days=2)

        wizard = self.wizard(customer, given_on=yesterday, use_whatsapp=False)

        self.assertEqual((wizard.good_count, wizard.bad_count), (0, 1))
        with self.assertRaisesRegex(UserError, "Nothing can be recorded"):
            wizard.action_record()

    def test_agreement_after_a_refusal_of_the_same_day_counts(self):
        """At any hour of the day, and for a user whose day is not the one of UTC."""
        for zone, hour in (("UTC", 9), ("UTC", 20), ("America/Mexico_City", 3)):
            with self.subTest(zone=zone, hour=hour):
                customer = self.make_customer(consent=())
                self.clerk.tz = zone
                with freeze_time(f"2026-08-05 {hour:02}:00:00"):
                    self.give_consent(customer, ("sms",), granted=False, basis=False)
                with freeze_time(f"2026-08-05 {hour:02}:30:00"):
                    self.wizard(customer, use_whatsapp=False).action_record()

                newest = self.rows(customer).sorted("given_at")[-1]
                self.assertTrue(newest.granted)
                self.assertFalse(newest.withdrawn_at)

    def test_only_collectors_record(self):
        invoicer = self.make_user("invoicer", "account.group_account_invoice")
        with self.assertRaises(AccessError):
            self.env["cobranza.consent.wizard"].with_user(invoicer).create({})

    # --- import -----------------------------------------------------------------------

    def load(self, rows, header=HEADER, kind="csv", encoding="utf-8"):
        if kind == "csv":
            out = io.StringIO(newline="")
            csv.writer(out, delimiter=";").writerows([header, *rows])
            content = out.getvalue().encode(encoding)
        else:
            book = Workbook()
            for row in [header, *rows]:
                book.active.append(row)
            out = io.BytesIO()
            book.save(out)
            content = out.getvalue()
        return self.upload(content)

    def upload(self, content):
        return self.english("cobranza.consent.import").create(
            {"file": base64.b64encode(content), "filename": "consents.csv"}
        )

    def test_good_and_bad_rows_each_with_its_sentence(self):
        ana = self.make_customer("Ana Única", consent=(), ref="A1")
        other = self.make_customer("Otro", consent=())
        self.make_customer("Doble", consent=())
        self.make_customer("Doble", consent=())
        tomorrow = (fields.Date.today() + timedelta(days=3)).isoformat()
        cases = {
            "No customer of yours": ["Nadie", "", "", "SMS", "contrato", LAST_YEAR],
            "Several customers": ["Doble", "", "", "SMS", "contrato", LAST_YEAR],
            "No channel": ["", "A1", "", "", "contrato", LAST_YEAR],
            "Unknown channel": ["", "A1", "", "paloma", "contrato", LAST_YEAR],
            "Unknown basis": ["", "A1", "", "SMS", "porque sí", LAST_YEAR],
            "No date": ["", "A1", "", "SMS", "contrato", "ayer"],
            "future": ["", "A1", "", "SMS", "contrato", tomorrow],
            "not valid": ["", "A1", "123", "SMS", "contrato", LAST_YEAR],
            "another customer": ["", "A1", other.phone, "SMS", "form", LAST_YEAR],
            "No customer:": ["", "", "", "SMS", "contrato", LAST_YEAR],
        }
        good = ["ana única", "", "", "WhatsApp y SMS", "Contrato", "25/11/2025", "Sí"]
        for kind in ("csv", "xlsx"):
            wizard = self.load([good, *cases.values()], kind=kind)
            wizard.action_check()
            self.assertEqual((wizard.good_count, wizard.bad_count), (1, len(cases)))
            self.assertEqual(wizard.columns_ignored, "Otra")
            sentences = {line.line: line.sentence for line in wizard.line_ids}
            for number, expected in enumerate(cases, 3):
                self.assertIn(expected, sentences[number])
            left_out = base64.b64decode(wizard.bad_file).decode("utf-8-sig")
            self.assertEqual(len(left_out.splitlines()), len(cases) + 1)

        wizard.action_import()

        self.assertEqual(wizard.written_count, 2)
        rows = self.rows(ana)
        self.assertEqual(set(rows.mapped("origin")), {"import"})
        self.assertEqual(set(rows.mapped("text_shown")), {"Sí"})
        self.assertEqual({row.given_at.date().isoformat() for row in rows}, {LAST_YEAR})
        self.assertIn("line 2", rows[0].proof)

    def test_second_import_writes_nothing_twice(self):
        customer = self.make_customer("Ana Única", consent=())
        row = ["Ana Única", "", "", "SMS", "contrato", LAST_YEAR]
        for _time in range(2):
            wizard = self.load([row, row])
            wizard.action_check()
            wizard.action_import()

        self.assertEqual(len(self.rows(customer)), 1)
        self.assertEqual((wizard.good_count, wizard.known_count), (0, 2))

    def test_permission_older_than_a_refusal_is_left_out(self):
        customer = self.make_customer("Ana Única")
        self.give_consent(customer, granted=False, basis=False)
        wizard = self.load([["Ana Única", "", "", "SMS", "contrato", LAST_YEAR]])

        wizard.action_check()

        self.assertEqual(wizard.bad_count, 1)
        self.assertIn("opted out", wizard.line_ids.sentence)

    def test_latin_letters_of_excel_are_read(self):
        self.make_customer("Ñandú Ágil", consent=())
        row = ["Ñandú Ágil", "", "", "SMS", "contrato", LAST_YEAR]
        wizard = self.load([row], encoding="cp1252")

        wizard.action_check()

        self.assertEqual(wizard.good_count, 1)

    def test_files_that_are_refused_say_why(self):
        formula = ["=HYPERLINK(1)", "", "", "SMS", "contrato", LAST_YEAR]
        cases = {
            "formula": self.load([formula]),
            "no CSV or XLSX": self.upload(b"%PDF-1.4 and so on\nx"),
            "No column says": self.load([["1"]], header=["Importe"]),
            "named Channel": self.load([["1"]], header=["Cliente"]),
            "no rows": self.load([]),
        }
        for sentence, wizard in cases.items():
            with self.subTest(sentence), self.assertRaisesRegex(UserError, sentence):
                wizard.action_check()
        self.assertFalse(self.env["cobranza.consent"].search([]))

    def test_ten_thousand_rows_take_seconds(self):
        customers = self.env["res.partner"].create(
            [
                {
                    "name": f"Bulk {number}",
                    "ref": f"B{number}",
                    "phone": f"+52 55 7{number // 1000:03} {number:04}"[:16],
                    "country_id": self.mexico.id,
                }
                for number in range(2000)
            ]
        )
        days = [fields.Date.today() - timedelta(days=n + 1) for n in range(5)]
        rows = [
            ["", customer.ref, "", "SMS", "contrato", day.isoformat()]
            for customer in customers
            for day in days
        ]
        wizard = self.load(rows)
        self.env.flush_all()
        started = time.monotonic()

        wizard.action_check()
        checked = time.monotonic()
        wizard.action_import()
        ended = time.monotonic()

        self.assertGreater(wizard.written_count, 9000)
        _logger.info(
            "10,000 rows: check %.1f s, import %.1f s",
            checked - started,
            ended - checked,
        )
        self.assertLess(ended - started, 60)
