"""Set up a Mexican company that collects, as its administrator would.

Runs inside an Odoo shell: ``env`` is the first argument of each function.
"""

import base64
import time
from datetime import timedelta

import requests

LANG = "es_MX"
TIMEOUT_SECONDS = 30
WHATSAPP = {
    "phone_number_id": "106540352242922",
    "waba_id": "102290129340398",
    "app_id": "3001234567",
    "app_secret": "bench-app-secret",
    "access_token": "bench-access-token",
    "display_phone_number": "525550001000",
}
# Where the first customer's number begins to count; eight digits that vary.
FIRST_NUMBER = "+525510000000"


def set_up(env, emulator_url, public_url="", parameters=None):
    """Create the company with its account, templates, and one customer with invoice.

    Returns the ids that bulk seeding copies from.
    """
    company = _company(env)
    for key, value in (parameters or {}).items():
        env["ir.config_parameter"].set_param(key, value)
    account = _account(env, emulator_url, public_url)
    _templates(env)
    partner = _customer(env, company)
    invoice = _invoice(env, company, partner)
    company.cobranza_started = True
    return {
        "company_id": company.id,
        "account_id": account.id,
        "partner_id": partner.id,
        "move_id": invoice.id,
        "webhook_url": account.webhook_url,
        "app_secret": WHATSAPP["app_secret"],
        "today": company._cobranza_today().isoformat(),
    }


def _company(env):
    env["res.lang"]._activate_lang(LANG)
    company = env.ref("base.main_company")
    state = env["res.country.state"].search(
        [("country_id", "=", env.ref("base.mx").id), ("code", "=", "CMX")]
    )
    company.write(
        {
            "name": "Materiales del Valle",
            "vat": "EKU9003173C9",
            "phone": "+52 55 5000 1000",
            "country_id": env.ref("base.mx").id,
            "state_id": state.id,
        }
    )
    if company.chart_template != "mx":
        env["account.chart.template"].try_loading("mx", company, install_demo=False)
    company.partner_id.lang = LANG
    company.cobranza_timezone = "America/Mexico_City"
    company.cobranza_user_id = _accountant(env, company)
    env["cobranza.contact.policy"].create(
        {
            "name": "Always open",
            "company_id": company.id,
            "source": "Only to measure",
            "max_per_day": 100,
            "no_holidays": False,
            "permission_file": base64.b64encode(b"Only to measure"),
            "window_ids": [
                (0, 0, {"weekday": str(day), "hour_from": 0, "hour_to": 24})
                for day in range(7)
            ],
        }
    )
    return company


def _accountant(env, company):
    groups = (
        "base.group_user",
        "account.group_account_user",
        "cobranza_whatsapp.group_user",
    )
    return env["res.users"].create(
        {
            "name": "Carmen Contadora",
            "login": "contadora",
            "email": "contadora@example.com",
            "lang": LANG,
            "company_id": company.id,
            "company_ids": [(6, 0, company.ids)],
            "group_ids": [(4, env.ref(group).id) for group in groups],
        }
    )


def _account(env, emulator_url, public_url):
    """Connect WhatsApp to the emulator, which has no limits until it is told."""
    account = env["cobranza.account"].create(
        {
            "name": "WhatsApp",
            "provider": "whatsapp_cloud",
            "channel": "whatsapp",
            "phone_number_uid": WHATSAPP["phone_number_id"],
            "business_account_uid": WHATSAPP["waba_id"],
            "app_uid": WHATSAPP["app_id"],
            "api_token_input": WHATSAPP["access_token"],
            "signing_secret_input": WHATSAPP["app_secret"],
            "base_url": f"{emulator_url}/graph",
            "public_url": public_url or "http://127.0.0.1:9",
            "messages_per_second": 0,
        }
    )
    answer = requests.post(
        f"{emulator_url}/control/accounts",
        json={
            "provider": "meta",
            **WHATSAPP,
            "webhook_url": account.webhook_url if public_url else "",
            "verify_token": account.verify_token,
            "verify": False,
            "throughput_mps": 1_000_000,
            "messaging_tier": "UNLIMITED",
        },
        timeout=TIMEOUT_SECONDS,
    )
    answer.raise_for_status()
    return account


def _templates(env):
    """Create the Spanish WhatsApp templates at the emulator; all get approved."""
    templates = env["cobranza.template"].search(
        [("channel", "=", "whatsapp"), ("language", "=", "es")]
    )
    templates.action_create_at_provider()
    for _attempt in range(40):
        time.sleep(0.25)
        templates.action_refresh_status()
        if set(templates.version_ids.mapped("status")) == {"approved"}:
            return
    raise RuntimeError("the templates were not approved")


def _customer(env, company):
    """Create the customer that others are copied from, with consent."""
    customer = env["res.partner"].create(
        {
            "name": "Cliente 0",
            "is_company": True,
            "phone": FIRST_NUMBER,
            "country_id": env.ref("base.mx").id,
            "state_id": company.state_id.id,
            "email": "cliente0@example.com",
            "lang": LANG,
        }
    )
    env["cobranza.consent"].create(
        {
            "partner_id": customer.id,
            "number": customer.cobranza_number,
            "channel": "whatsapp",
            "granted": True,
            "basis": "contract",
            "proof": "Cláusula 7",
        }
    )
    return customer


def _invoice(env, company, customer):
    """Post the invoice that others are copied from; due in a year, so never chased."""
    today = company._cobranza_today()
    invoice = env["account.move"].create(
        {
            "move_type": "out_invoice",
            "partner_id": customer.id,
            "invoice_date": today,
            "invoice_date_due": today + timedelta(days=365),
            "invoice_payment_term_id": False,
            "invoice_line_ids": [
                (0, 0, {"name": "Material", "quantity": 1, "price_unit": 1250.5})
            ],
        }
    )
    invoice.action_post()
    return invoice
