"""Builders of the Odoo tests: a Mexican creditor, its customers, invoices, accounts.

Every builder has defaults, so that a test names only what it is about. Nothing here
leaves the machine: accounts are of the demo provider, or talk to the emulator (see
`emulator_case`).
"""

import base64
import io
import itertools
from contextlib import nullcontext
from datetime import datetime, timedelta
from unittest.mock import patch
from zoneinfo import ZoneInfo

from reportlab.pdfgen import canvas

from odoo import fields
from odoo.tests import HttpCase, TransactionCase, new_test_user
from odoo.tools import SQL

from ..core.types import ADDRESS_KINDS

ADDON = "cobranza_whatsapp"
ADDON_LOGGER = f"odoo.addons.{ADDON}"
MEXICO_CITY = "America/Mexico_City"


def pdf_of(text):
    """Return a one-page PDF that holds a text, as reports do."""
    buffer = io.BytesIO()
    page = canvas.Canvas(buffer, pageCompression=0)
    page.drawString(60, 700, text)
    page.save()
    return buffer.getvalue()


def far_from_midnight():
    """Return a time zone in which the date does not change while a test runs.

    SQL's now() stands still during a test, Python's clock does not.
    """
    hour = datetime.now(ZoneInfo(MEXICO_CITY)).hour
    return "America/Tijuana" if hour == 23 else MEXICO_CITY


class Builders:
    """What the tests of this addon need, around one started company."""

    telephones = itertools.count(1)
    # What every reminder must say, for the templates that tests write.
    REQUIRED = "{{ empresa }}, {{ monto }}, {{ vencimiento }}, {{ contacto }}"

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.rendered = []
        cls.startClassPatcher(cls._fake_printer())
        # Nothing of another company may go out while a test runs the crons.
        cls.env["res.company"].search([]).cobranza_started = False
        cls.env["res.lang"]._activate_lang("es_MX")
        cls.mexico = cls.env.ref("base.mx")
        cls.mexico_city = cls.env["res.country.state"].search(
            [("country_id", "=", cls.mexico.id), ("code", "=", "CMX")]
        )
        cls.company = cls.make_company()
        cls.env = cls.env(context={"allowed_company_ids": cls.company.ids})
        cls.company = cls.company.with_env(cls.env)
        cls.policy = cls.env.ref("cobranza_whatsapp.cobranza_policy_default")
        cls.clerk = cls.make_user(
            "clerk", "account.group_account_invoice,cobranza_whatsapp.group_user"
        )
        cls.company.cobranza_user_id = cls.clerk
        cls.open_always = cls.make_contact_policy(cls.company)

    # --- people and companies ---------------------------------------------------------

    @classmethod
    def make_company(cls, name="Materiales del Valle", **values):
        """Create a started Mexican company with a chart of accounts in pesos."""
        company = cls.env["res.company"].create(
            {
                "name": name,
                "country_id": cls.mexico.id,
                "state_id": cls.mexico_city.id,
                "vat": "EKU9003173C9",
                "phone": "+52 55 5000 1000",
                **values,
            }
        )
        cls.env["account.chart.template"].try_loading(
            "generic_coa", company, install_demo=False
        )
        company.write(
            {
                "currency_id": cls.env.ref("base.MXN").id,
                "cobranza_timezone": far_from_midnight(),
                "cobranza_started": True,
            }
        )
        company.partner_id.lang = "es_MX"
        return company

    @classmethod
    def make_user(cls, login, groups, company=None, **values):
        """Create a user of one company; the password is the login."""
        company = company or cls.company
        return new_test_user(
            cls.env,
            login=login,
            groups=groups,
            company_id=company.id,
            company_ids=[(6, 0, company.ids)],
            lang="en_US",
            **values,
        )

    @classmethod
    def make_contact_policy(cls, company, weekdays=range(7), hours=(0, 24), **values):
        """Create the contact policy of a company, open at any hour by default.

        A written permission is on record, so that no law narrows it.
        """
        return cls.env["cobranza.contact.policy"].create(
            {
                "name": "Of the test",
                "company_id": company.id,
                "max_per_day": 10,
                "no_holidays": False,
                "permission_file": base64.b64encode(b"Only a test"),
                "window_ids": [
                    (
                        0,
                        0,
                        {
                            "weekday": str(day),
                            "hour_from": hours[0],
                            "hour_to": hours[1],
                        },
                    )
                    for day in weekdays
                ],
                **values,
            }
        )

    @classmethod
    def make_customer(
        cls, name="Papelería Lápiz", consent=("whatsapp", "sms"), **values
    ):
        """Create a customer with a number of his own who allows these channels."""
        customer = cls.env["res.partner"].create(
            {
                "name": name,
                "is_company": True,
                "phone": f"+52 55 1234 {next(cls.telephones):04}",
                "country_id": cls.mexico.id,
                "state_id": cls.mexico_city.id,
                "lang": "es_MX",
                **values,
            }
        )
        if consent:
            cls.give_consent(customer, consent)
        return customer

    @classmethod
    def give_consent(cls, customer, channels=("whatsapp", "sms"), **values):
        """Add rows to the ledger, for the number or address that reminders go to."""
        return cls.env["cobranza.consent"].create(
            [
                {
                    "partner_id": customer.id,
                    "number": customer._cobranza_recipient(ADDRESS_KINDS[channel])[
                        "number"
                    ],
                    "channel": channel,
                    **values,
                }
                for channel in channels
            ]
        )

    # --- accounting -------------------------------------------------------------------

    @classmethod
    def due(cls, days_overdue, company=None):
        """Return the due date of what is so many days overdue today."""
        return (company or cls.company)._cobranza_today() - timedelta(days=days_overdue)

    @classmethod
    def make_invoice(cls, customer, days_overdue=8, amount=1000.0, **values):
        """Post an untaxed invoice that was due so many days ago."""
        company = values.pop("company", cls.company)
        post = values.pop("post", True)
        due = cls.due(days_overdue, company)
        invoice = (
            cls.env["account.move"]
            .with_company(company)
            .create(
                {
                    "move_type": "out_invoice",
                    "partner_id": customer.id,
                    "invoice_date": min(
                        due - timedelta(days=30), company._cobranza_today()
                    ),
                    "invoice_date_due": due,
                    "invoice_payment_term_id": False,
                    "invoice_line_ids": [
                        (
                            0,
                            0,
                            {
                                "name": "Material",
                                "quantity": 1,
                                "price_unit": amount,
                                "tax_ids": [(5, 0, 0)],
                            },
                        )
                    ],
                    **values,
                }
            )
        )
        if post:
            invoice.action_post()
        return invoice

    @classmethod
    def pay(cls, invoice, amount=None):
        """Register a payment with a journal entry, of the whole by default."""
        wizard = (
            cls.env["account.payment.register"]
            .with_company(invoice.company_id)
            .with_context(active_model="account.move", active_ids=invoice.ids)
            .create({"amount": amount or invoice.amount_residual})
        )
        return wizard._create_payments()

    @classmethod
    def make_credit_note(cls, customer, amount, **values):
        """Post a credit note that is not allocated to any invoice."""
        return cls.make_invoice(
            customer, amount=amount, move_type="out_refund", **values
        )

    # --- accounts ---------------------------------------------------------------------

    @classmethod
    def make_account(cls, channel="whatsapp", **values):
        """Create an account; of the demo provider, which accepts everything."""
        return cls.env["cobranza.account"].create(
            {
                "name": f"Test {channel}",
                "provider": "demo",
                "channel": channel,
                "company_id": cls.company.id,
                "public_url": "https://cobros.example.com",
                "messages_per_second": 0,
                **values,
            }
        )

    @classmethod
    def make_demo_accounts(cls):
        """Create an account of the demo provider for each channel."""
        cls.whatsapp = cls.make_account("whatsapp", signing_secret="s3cr3t")
        cls.sms = cls.make_account("sms", signing_secret="s3cr3t")

    # --- running ----------------------------------------------------------------------

    def run_cron(self, *names):
        """Run scheduled actions as the server does; an error in the log fails."""
        test_mode = nullcontext
        if not isinstance(self, HttpCase):
            test_mode = self.enter_registry_test_mode
        for name in names:
            cron = self.env.ref(f"cobranza_whatsapp.ir_cron_{name}")
            with test_mode(), self.assertNoLogs(ADDON_LOGGER, "ERROR"):
                self.assertIs(cron.method_direct_trigger(), True, name)
            self.env.invalidate_all()

    @classmethod
    def remind_before(cls, customer, **invoice):
        """Return the message of a customer's new invoice, for all tests of a class."""
        cls.make_invoice(customer, **invoice)
        with patch.object(cls.env.cr, "commit", autospec=True):
            cls.env["cobranza.policy"]._cron_plan()
            cls.env["cobranza.message"]._cron_prepare()
            cls.env["cobranza.message"]._cron_send()
        cls.env.flush_all()
        cls.env.invalidate_all()
        return cls.env["cobranza.message"].search([("partner_id", "=", customer.id)])

    def remind(self):
        """Plan, prepare and send what is due."""
        self.run_cron("plan", "prepare", "send")

    @classmethod
    def messages_of(cls, customer, **criteria):
        """Return the messages of a customer, oldest first."""
        domain = [("partner_id", "=", customer.id)]
        domain += [(name, "=", value) for name, value in criteria.items()]
        return cls.env["cobranza.message"].search(domain, order="id")

    def reminded(self, customer=None, **invoice):
        """Return the one message of a customer with one invoice, after a full run."""
        customer = customer or self.make_customer()
        self.make_invoice(customer, **invoice)
        self.remind()
        message = self.messages_of(customer)
        self.assertEqual(len(message), 1)
        return message

    def next_action(self, invoice):
        """Return what the invoice says will happen next."""
        invoice.invalidate_recordset()
        return invoice.with_context(lang="en_US").cobranza_next_action

    # --- the queue --------------------------------------------------------------------

    def queued(self, customer=None, **invoice):
        """Return a message that is planned and prepared, ready to go."""
        customer = customer or self.make_customer()
        self.make_invoice(customer, **invoice)
        self.run_cron("plan", "prepare")
        message = self.messages_of(customer)[-1:]
        self.assertEqual(message.state, "queued")
        self.assertTrue(message.is_prepared)
        return message

    def make_due(self, messages):
        """Let time pass until these messages may be tried again."""
        past = fields.Datetime.now() - timedelta(hours=1)
        messages.write({"not_before": past, "claimed_at": past})

    def age(self, invoice, days):
        """Let an invoice grow older by so many days."""
        invoice.flush_recordset()
        self.env.cr.execute(
            SQL(
                "UPDATE account_move_line SET date_maturity = date_maturity - %s "
                "WHERE move_id = %s AND date_maturity IS NOT NULL",
                days,
                invoice.id,
            )
        )
        self.env.invalidate_all()

    # --- the printer ------------------------------------------------------------------

    @classmethod
    def _fake_printer(cls):
        """Make reports real PDFs at once: tests count them, e2e tests print them."""

        def render(report, report_ref, res_ids=None, data=None):
            model = report._get_report(report_ref).model
            if model == "account.move":
                cls.rendered += res_ids
            streams = {
                one.id: {
                    "stream": io.BytesIO(pdf_of(one.display_name)),
                    "attachment": None,
                }
                for one in report.env[model].browse(res_ids)
            }
            return streams, "pdf"

        model = cls.registry["ir.actions.report"]
        return patch.object(model, "_pre_render_qweb_pdf", render)


class CobranzaCase(Builders, TransactionCase):
    """Tests without HTTP of their own."""


class CobranzaHttpCase(Builders, HttpCase):
    """Tests that call our routes."""
