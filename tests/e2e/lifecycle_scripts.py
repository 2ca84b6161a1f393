"""What an administrator does between installing and uninstalling, in Odoo shells.

Each function runs in a process of its own and commits; `env` is the shell's.
"""

import base64
import io
import json
from datetime import timedelta
from types import SimpleNamespace

from reportlab.pdfgen import canvas

from odoo.addons.mail.tools.discuss import Store

CUSTOMERS = ("Reminded", "Waiting", "Answers BAJA", "Asks", "Escalated", "Unreachable")


def pdf_of(text):
    """Return a one-page PDF."""
    buffer = io.BytesIO()
    page = canvas.Canvas(buffer)
    page.drawString(60, 700, text)
    page.save()
    return buffer.getvalue()


def before(env):
    """Fill a database without the addon: company, accountant, customers, invoices."""
    company = env.ref("base.main_company")
    company.write({"country_id": env.ref("base.mx").id, "name": "Lifecycle"})
    env["account.chart.template"].try_loading("generic_coa", company, False)
    for login, group in (
        ("accountant", "account.group_account_manager"),
        ("employee", "base.group_user"),
    ):
        env["res.users"].create(
            {
                "name": login,
                "login": login,
                "group_ids": [(6, 0, [env.ref(group).id])],
            }
        )
    for position, name in enumerate(CUSTOMERS):
        customer = env["res.partner"].create(
            {
                "name": name,
                "phone": f"+52 55 1234 {position:04}",
                "country_id": env.ref("base.mx").id,
            }
        )
        _invoice(env, customer, 60 if name == "Escalated" else 8)
    env.cr.commit()


def _invoice(env, customer, days_overdue):
    due = env.cr.now().date() - timedelta(days=days_overdue)
    invoice = env["account.move"].create(
        {
            "move_type": "out_invoice",
            "partner_id": customer.id,
            "invoice_date": due - timedelta(days=30),
            "invoice_date_due": due,
            "invoice_payment_term_id": False,
            "invoice_line_ids": [
                (0, 0, {"name": "Goods", "price_unit": 100, "tax_ids": [(5, 0, 0)]})
            ],
        }
    )
    invoice.action_post()
    env["ir.attachment"].create(
        {
            "name": "invoice.pdf",
            "raw": pdf_of(invoice.name),
            "mimetype": "application/pdf",
            "res_model": "account.move",
            "res_id": invoice.id,
            "res_field": "invoice_pdf_report_file",
        }
    )


def use(env):
    """Remind, get answers, fail, escalate and stop, with the demonstration provider."""
    company = env.ref("base.main_company")
    accounts = _set_up(env, company)
    customers = {
        name: env["res.partner"].search([("name", "=", name)]) for name in CUSTOMERS
    }
    waiting = customers["Waiting"]
    for customer in customers.values():
        _consent(env, customer, ("sms",) if customer.name == "Unreachable" else None)
    env["cobranza.hold"].create({"partner_id": waiting.id})
    run(env, "plan", "prepare", "send")
    _answer(env, accounts["whatsapp"], customers["Answers BAJA"], "BAJA")
    _answer(env, accounts["whatsapp"], customers["Asks"], "¿Cuánto debo?")
    _report(env, accounts["whatsapp"], customers["Reminded"])
    run(env, "apply", "follow_up")
    env["cobranza.hold"].search([]).action_release()
    run(env, "plan", "prepare")
    accounts["sms"]._cobranza_set_hold("unknown", "for the test")
    env.cr.commit()


def _set_up(env, company):
    accounts = {
        channel: env["cobranza.account"].create(
            {
                "name": channel,
                "provider": "demo",
                "channel": channel,
                "sender": "fail:fix" if channel == "sms" else False,
                "api_token": "secret",
            }
        )
        for channel in ("whatsapp", "sms")
    }
    env["cobranza.contact.policy"].create(
        {
            "name": "Open",
            "company_id": company.id,
            "no_holidays": False,
            "permission_file": base64.b64encode(b"Only a test"),
            "window_ids": [
                (0, 0, {"weekday": str(day), "hour_from": 0, "hour_to": 24})
                for day in range(7)
            ],
        }
    )
    company.cobranza_user_id = env["res.users"].search([("login", "=", "accountant")])
    company.cobranza_started = True
    env["cobranza.template"].search([], limit=1).name = "Renamed by the user"
    return accounts


def _consent(env, customer, channels):
    env["cobranza.consent"].create(
        [
            {
                "partner_id": customer.id,
                "number": customer.cobranza_number,
                "channel": channel,
            }
            for channel in channels or ("whatsapp", "sms")
        ]
    )


def _answer(env, account, customer, text):
    _ingest(
        env,
        account,
        {"id": f"in-{customer.id}", "from": customer.cobranza_number, "text": text},
    )


def _report(env, account, customer):
    message = env["cobranza.message"].search([("partner_id", "=", customer.id)])
    _ingest(env, account, {"id": message.provider_message_uid, "status": "delivered"})


def _ingest(env, account, payload):
    item = SimpleNamespace(key=json.dumps(payload), payload=payload, malformed="")
    env["cobranza.event"]._cobranza_ingest(account, [item])


def run(env, *names):
    """Commit, then run scheduled actions; raises when one fails."""
    for name in names:
        env.cr.commit()
        cron = env.ref(f"cobranza_whatsapp.ir_cron_{name}")
        if cron.method_direct_trigger() is not True:
            raise RuntimeError(f"{name} failed")
    # A new transaction sees what the actions have committed in theirs.
    env.cr.commit()
    env.invalidate_all()


def check_used(env):
    """Raise unless everything is there that uninstalling has to deal with."""
    states = {
        message.partner_id.name: message.state
        for message in env["cobranza.message"].search([("kind", "=", "reminder")])
    }
    expected = {
        "Reminded": "delivered",
        "Waiting": "queued",
        "Answers BAJA": "sent",
        "Asks": "sent",
        "Unreachable": "failed",
    }
    assert states == expected, states
    kinds = env["mail.activity"].search([]).mapped("activity_type_id.name")
    assert len(kinds) >= 3, kinds
    assert env["mail.notification"].search([("notification_type", "=", "cobranza")])
    assert env["phone.blacklist"].search([])
    assert env["ir.attachment"].search([("res_model", "=", "cobranza.message")])


def send_again(env):
    """After a second installation: the same customers can be reminded."""
    company = env.ref("base.main_company")
    _set_up(env, company)
    customer = env["res.partner"].search([("name", "=", "Reminded")])
    _consent(env, customer, None)
    run(env, "plan", "prepare", "send")
    message = env["cobranza.message"].search([("partner_id", "=", customer.id)])
    assert message.state == "sent", message.state
    env.cr.commit()


def check_notes(env):
    """After uninstalling: accountants still read the notes with their PDFs.

    Others open the chatter of the customer without an error.
    """
    accountant = env["res.users"].search([("login", "=", "accountant")])
    customer = env["res.partner"].search([("name", "=", "Reminded")])
    invoice = env["account.move"].search([("partner_id", "=", customer.id)])
    for record in (customer, invoice):
        notes = record.with_user(accountant).message_ids.filtered("attachment_ids")
        assert len(notes) == 1, (record, notes)
        assert notes.message_type == "notification", notes.message_type
        assert "WhatsApp" in notes.body, notes.body
        file = notes.attachment_ids
        assert file.raw.startswith(b"%PDF"), file.name
        assert file.res_model in ("res.partner", "account.move"), file.res_model
        notes.read(["body", "attachment_ids", "notification_ids"])
        Store().add(notes).get_result()
    employee = env["res.users"].search([("login", "=", "employee")])
    Store().add(customer.with_user(employee).message_ids).get_result()
    assert env["phone.blacklist"].search_count([]) == 1


def check_neutralized(env):
    """After neutralizing a copy: nothing leaves it, and what waits stays."""
    accounts = env["cobranza.account"].with_context(active_test=False).search([])
    assert accounts
    for account in accounts:
        assert not account.api_token, account.name
        assert account.hold_code == "account_copied_database", account.hold_code
    assert not env["res.company"].search([("cobranza_started", "=", True)])
    waiting = env["cobranza.message"].search([("state", "=", "queued")])
    assert waiting
    waiting.write({"not_before": "2020-01-01"})
    env.cr.commit()
    run(env, "plan", "prepare", "send")
    assert set(waiting.mapped("state")) == {"queued"}, waiting.mapped("state")
    assert not accounts.filtered(lambda a: not a.hold_code)
