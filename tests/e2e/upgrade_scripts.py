"""What an administrator did with First light, and does after updating it.

Each function runs in an Odoo shell; `env` is the shell's. `fill` runs with the addon of
that version: it may use only what that version has.
"""

import base64
import io
import os
import time
from datetime import timedelta

import requests
from reportlab.pdfgen import canvas

EMULATOR_URL = os.environ.get("COBRANZA_EMULATOR_URL", "")
APPROVAL_SECONDS = 20
WHATSAPP = {
    "phone_number_id": "106540352242922",
    "waba_id": "102290129340398",
    "app_id": "3001234567",
    "app_secret": "upgrade-app-secret",
    "access_token": "upgrade-access-token",
    "display_phone_number": "525550001000",
}
TWILIO_SID, TWILIO_TOKEN, TWILIO_NUMBER = "AC" + "e" * 32, "token", "+15005550006"
# What each customer's message waits for while the addon is updated.
PREPARED, UNPREPARED, BY_SMS = "Prepared", "Not prepared", "By SMS"
REMINDED, REFUSED, HELD = "Reminded before", "Opted out", "On hold"
CUSTOMERS = (PREPARED, UNPREPARED, BY_SMS, REMINDED, REFUSED, HELD)


def fill(env):
    """Set First light up, remind one customer and queue messages to three others."""
    company = env.ref("base.main_company")
    mexico = env.ref("base.mx")
    company.write({"country_id": mexico.id, "name": "Upgrade"})
    env["account.chart.template"].try_loading("generic_coa", company, False)
    _accounts(env)
    _settings(env, company)
    customers = {name: _customer(env, position, name) for position, name in _numbered()}
    env["cobranza.hold"].create(
        {"partner_id": customers[HELD].id, "reason": "dispute", "note": "Kept"}
    )
    _invoice(env, customers[REMINDED])
    _run(env, "plan", "prepare", "send")
    _invoice(env, customers[HELD])
    for name in (PREPARED, BY_SMS):
        _invoice(env, customers[name])
    _run(env, "plan", "prepare")
    _invoice(env, customers[UNPREPARED])
    _run(env, "plan")
    _refuse(env, customers[REFUSED])
    _invoice(env, customers[REFUSED])
    env.cr.commit()


def send(env):
    """Let the scheduled actions of the present version do their work, twice."""
    _permit(env["cobranza.contact.policy"].search([("name", "=", "Open")]))
    for _turn in range(2):
        _run(env, "plan", "prepare", "send")


def _numbered():
    return enumerate(CUSTOMERS)


def _emulator(payload):
    answer = requests.post(f"{EMULATOR_URL}/control/accounts", json=payload, timeout=30)
    answer.raise_for_status()


def _accounts(env):
    whatsapp = env["cobranza.account"].create(
        {
            "name": "WhatsApp of First light",
            "provider": "whatsapp_cloud",
            "channel": "whatsapp",
            "phone_number_uid": WHATSAPP["phone_number_id"],
            "business_account_uid": WHATSAPP["waba_id"],
            "app_uid": WHATSAPP["app_id"],
            "api_token": WHATSAPP["access_token"],
            "signing_secret": WHATSAPP["app_secret"],
            "base_url": f"{EMULATOR_URL}/graph",
            "public_url": "https://cobros.example.com",
        }
    )
    env["cobranza.account"].create(
        {
            "name": "SMS of First light",
            "provider": "twilio",
            "channel": "sms",
            "account_uid": TWILIO_SID,
            "sender": TWILIO_NUMBER,
            "api_token": TWILIO_TOKEN,
            "base_url": f"{EMULATOR_URL}/twilio",
            "public_url": "https://cobros.example.com",
        }
    )
    _emulator({"provider": "meta", **WHATSAPP, "auto_approve": True})
    _emulator(
        {
            "provider": "twilio",
            "account_sid": TWILIO_SID,
            "auth_token": TWILIO_TOKEN,
            "numbers": [TWILIO_NUMBER],
        }
    )
    env.cr.commit()
    _approve(env, whatsapp)


def _approve(env, whatsapp):
    templates = env["cobranza.template"].search(
        [("channel", "=", "whatsapp"), ("language", "=", "en")]
    )
    templates[0].name = "Renamed by the user"
    templates.action_create_at_provider()
    end = time.monotonic() + APPROVAL_SECONDS
    while set(templates.version_ids.mapped("status")) != {"approved"}:
        if time.monotonic() > end:
            raise TimeoutError("the templates were not approved")
        time.sleep(0.2)
        templates.action_refresh_status()
    env.cr.commit()


def _permit(policy):
    """Let the hours of a policy be wider than the law's, which closes at night.

    First light knew no law and asks for no permission.
    """
    if "permission_file" in policy._fields:
        policy.permission_file = base64.b64encode(b"Only a test")


def _settings(env, company):
    policy = env["cobranza.contact.policy"].create(
        {
            "name": "Open",
            "company_id": company.id,
            "window_ids": [
                (0, 0, {"weekday": str(day), "hour_from": 0, "hour_to": 24})
                for day in range(7)
            ],
        }
    )
    _permit(policy)
    early = env.ref("cobranza_whatsapp.cobranza_stage_early")
    early.name = "Seven days late"
    company.cobranza_user_id = env.ref("base.user_admin")
    company.cobranza_started = True


def _customer(env, position, name):
    customer = env["res.partner"].create(
        {
            "name": name,
            "is_company": True,
            "phone": f"+52 55 1334 {position:04}",
            "country_id": env.ref("base.mx").id,
            "lang": "en_US",
        }
    )
    for channel in ("sms",) if name == BY_SMS else ("whatsapp", "sms"):
        _consent(env, customer, channel)
    return customer


def _consent(env, customer, channel, granted=True):
    env["cobranza.consent"].create(
        {
            "partner_id": customer.id,
            "number": customer.cobranza_number,
            "channel": channel,
            "granted": granted,
            "proof": "Contract of First light",
        }
    )


def _refuse(env, customer):
    for channel in ("whatsapp", "sms"):
        _consent(env, customer, channel, granted=False)


def _invoice(env, customer):
    due = env.cr.now().date() - timedelta(days=8)
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
            "raw": _pdf(invoice.name),
            "mimetype": "application/pdf",
            "res_model": "account.move",
            "res_id": invoice.id,
            "res_field": "invoice_pdf_report_file",
        }
    )


def _pdf(text):
    buffer = io.BytesIO()
    page = canvas.Canvas(buffer)
    page.drawString(60, 720, text)
    page.save()
    return buffer.getvalue()


def _run(env, *names):
    """Commit, then run scheduled actions; raises when one fails."""
    for name in names:
        env.cr.commit()
        cron = env.ref(f"cobranza_whatsapp.ir_cron_{name}")
        if cron.method_direct_trigger() is not True:
            raise RuntimeError(f"{name} failed")
    env.cr.commit()
    env.invalidate_all()


# --- in a copy of the database --------------------------------------------------------


def own_number(number):
    """Return a number of Mexico as customers are stored: without the old 1."""
    digits = number.lstrip("+")
    return "+52" + digits[-10:]


def check_copy(env):
    """Raise unless a copy holds everything back and says so to an administrator."""
    accounts = env["cobranza.account"].search([])
    uuid = env["ir.config_parameter"].get_param("database.uuid")
    assert set(accounts.mapped("database_uuid")) == {uuid}, "the uuid is the same"
    queued = env["cobranza.message"].search([("state", "=", "queued")])
    assert len(queued) == 3, queued.mapped("state")
    queued.write({"not_before": "2020-01-01"})
    _run(env, "plan", "prepare", "send", "follow_up", "send")
    assert set(queued.mapped("state")) == {"queued"}, queued.mapped("state")
    page = env["cobranza.operations"].create({})
    for account in accounts:
        assert account.hold_code == "account_copied_database", account.hold_code
        assert env.cr.dbname in account.hold_sentence, account.hold_sentence
        assert account.hold_sentence in page.explanation, page.explanation
        [activity] = account.activity_ids
        assert account.hold_sentence in activity.summary, activity.summary
    env.cr.commit()


def confirm_copy(env):
    """Confirm the copy as the real database, once for all accounts, and send."""
    administrator = env.ref("base.user_admin")
    administrator.group_ids += env.ref("cobranza_whatsapp.group_manager")
    page = env["cobranza.operations"].with_user(administrator).create({})
    page.action_confirm_database()
    env["cobranza.message"].search([("state", "=", "queued")]).write(
        {"not_before": "2020-01-01"}
    )
    _run(env, "prepare", "send")
    assert not env["cobranza.account"].search([]).mapped("activity_ids")
