"""Fill an empty database with a Mexican company, its customers and their invoices.

Runs inside an Odoo shell (`env` is given). Everything that the addon may not do by
itself, such as being open at any hour, is data of this demonstration.
"""

import base64
import os
import time
from datetime import timedelta

import requests

EMULATOR_URL = os.environ["COBRANZA_EMULATOR_URL"]
ODOO_URL = os.environ["COBRANZA_ODOO_URL"]
LANG = "es_MX"
TIMEOUT_SECONDS = 30

COMPANY = {
    "name": "Materiales del Valle, S.A. de C.V.",
    "vat": "EKU9003173C9",
    "phone": "+52 55 5000 1000",
    "email": "cobranza@materialesdelvalle.example",
    "street": "Av. Insurgentes Sur 1602",
    "city": "Ciudad de México",
    "zip": "03940",
}
WHATSAPP = {
    "phone_number_id": "106540352242922",
    "waba_id": "102290129340398",
    "app_id": "3001234567",
    "app_secret": "demo-app-secret",
    "access_token": "demo-access-token",
    "display_phone_number": "525550001000",
}
TWILIO = {
    "account_sid": "AC" + "d" * 32,
    "auth_token": "demo-auth-token",
    "number": "+15005550006",
}

# name, telephone, days after the due date, amount before tax, what is special
CUSTOMERS = [
    ("Panadería La Espiga", "55 1234 0001", -3, 1250.0, ""),
    ("Taller Mecánico Ruiz", "55 1234 0002", 0, 3480.5, ""),
    ("Papelería Lápiz y Papel", "55 1234 0003", 3, 780.0, "sms"),
    ("Constructora Horizonte", "55 1234 0004", 20, 25400.0, "two"),
    ("Restaurante El Fogón", "55 1234 0005", 45, 9100.0, ""),
    ("Clínica Santa Lucía", "55 1234 0006", 10, 9000.0, "instalments"),
    ("Hotel Mirador", "55 1234 0007", 10, 6000.0, "partial"),
    ("Librería Aurora", "55 1234 0008", 8, 2000.0, "credit"),
    ("Importadora Pacífico", "55 1234 0009", 16, 500.0, "usd"),
    ("Gimnasio Titán", "55 1234 0010", 12, 1500.0, "blocked"),
    ("Florería Jazmín", "", 9, 640.0, ""),
    ("Veterinaria Huellas", "55 1234 0012", 9, 870.0, "no_consent"),
    ("Lavandería Brisa", "55 1234 0013", 9, 430.0, "opted_out"),
]


def emulator(path, payload):
    """Tell the emulator something; raises on a refusal."""
    answer = requests.post(
        f"{EMULATOR_URL}/control/{path}", json=payload, timeout=TIMEOUT_SECONDS
    )
    answer.raise_for_status()
    return answer


def mexico_city():
    """Return the state that the demo's people live in."""
    return env["res.country.state"].search(
        [("country_id", "=", env.ref("base.mx").id), ("code", "=", "CMX")]
    )


def set_up_company():
    """Make the main company Mexican, with a chart of accounts and a bank account."""
    env["res.lang"]._activate_lang(LANG)
    company = env.ref("base.main_company")
    mexico = env.ref("base.mx")
    company.write(
        {
            **COMPANY,
            "country_id": mexico.id,
            "state_id": mexico_city().id,
        }
    )
    if company.chart_template != "mx":
        env["account.chart.template"].try_loading("mx", company, install_demo=False)
    env.ref("base.USD").active = True
    company.partner_id.lang = LANG
    company.cobranza_timezone = "America/Mexico_City"
    env["res.partner.bank"].create(
        {
            "acc_number": "032180000118359719",
            "partner_id": company.partner_id.id,
            "allow_out_payment": True,
        }
    )
    parameters = env["ir.config_parameter"]
    parameters.set_param("web.base.url", ODOO_URL)
    parameters.set_param("web.base.url.freeze", "True")
    parameters.set_param("report.url", ODOO_URL)
    return company


def set_up_people(company):
    """Create the accountant and the administrator."""
    env.ref("base.user_admin").write(
        {"lang": LANG, "tz": "America/Mexico_City", "name": "Andrés Administrador"}
    )
    accountant = env["res.users"].create(
        {
            "name": "Carmen Contadora",
            "login": "contadora",
            "password": "contadora",
            "lang": LANG,
            "tz": "America/Mexico_City",
            "company_id": company.id,
            "company_ids": [(6, 0, company.ids)],
            "group_ids": [
                (4, env.ref("base.group_user").id),
                (4, env.ref("account.group_account_user").id),
                (4, env.ref("cobranza_whatsapp.group_user").id),
            ],
        }
    )
    company.cobranza_user_id = accountant
    env["cobranza.contact.policy"].create(
        {
            "name": "Demostración: siempre abierta",
            "company_id": company.id,
            "source": "Solo para probar: ninguna ley permite estas horas",
            "no_holidays": False,
            "permission_file": base64.b64encode(b"Solo para probar"),
            "permission_filename": "permiso-de-demostracion.txt",
            "window_ids": [
                (0, 0, {"weekday": str(day), "hour_from": 0, "hour_to": 24})
                for day in range(7)
            ],
        }
    )
    return accountant


def set_up_accounts():
    """Connect WhatsApp and SMS to the emulator, as an administrator would."""
    Account = env["cobranza.account"]
    whatsapp = Account.create(
        {
            "name": "WhatsApp de demostración",
            "provider": "whatsapp_cloud",
            "channel": "whatsapp",
            "phone_number_uid": WHATSAPP["phone_number_id"],
            "business_account_uid": WHATSAPP["waba_id"],
            "app_uid": WHATSAPP["app_id"],
            "api_token_input": WHATSAPP["access_token"],
            "signing_secret_input": WHATSAPP["app_secret"],
            "base_url": f"{EMULATOR_URL}/graph",
            "public_url": ODOO_URL,
        }
    )
    sms = Account.create(
        {
            "name": "SMS de demostración",
            "provider": "twilio",
            "channel": "sms",
            "account_uid": TWILIO["account_sid"],
            "sender": TWILIO["number"],
            "api_token_input": TWILIO["auth_token"],
            "base_url": f"{EMULATOR_URL}/twilio",
            "public_url": ODOO_URL,
        }
    )
    connect_emulator(whatsapp, sms)


def connect_emulator(whatsapp, sms):
    """Give the emulator the same credentials and the addresses of our webhooks."""
    emulator(
        "accounts",
        {
            "provider": "meta",
            **WHATSAPP,
            "verified_name": COMPANY["name"],
            "webhook_url": whatsapp.webhook_url,
            "verify_token": whatsapp.verify_token,
            "verify": False,
            "auto_approve": True,
        },
    )
    emulator(
        "accounts",
        {
            "provider": "twilio",
            "account_sid": TWILIO["account_sid"],
            "auth_token": TWILIO["auth_token"],
            "numbers": [TWILIO["number"]],
            "webhook_url": sms.webhook_url,
        },
    )


def set_up_templates():
    """Create every WhatsApp template at the emulator and read that it is approved."""
    templates = env["cobranza.template"].search(
        [("channel", "=", "whatsapp"), ("language", "=", "es")]
    )
    templates.action_create_at_provider()
    for _attempt in range(20):
        time.sleep(0.25)
        templates.action_refresh_status()
        states = set(templates.version_ids.mapped("status"))
        if states == {"approved"}:
            return
    raise SystemExit(f"templates not approved: {states}")


def make_customer(position, name, telephone):
    """Create a customer; the number is known to the emulator under his name."""
    customer = env["res.partner"].create(
        {
            "name": name,
            "is_company": True,
            "phone": telephone,
            "country_id": env.ref("base.mx").id,
            "state_id": mexico_city().id,
            "city": "Ciudad de México",
            "email": f"cliente{position}@example.com",
            "lang": LANG,
        }
    )
    if customer.cobranza_number:
        digits = customer.cobranza_number.lstrip("+")
        emulator(f"phones/{digits}", {"name": name})
    return customer


def give_consent(customer, channels, granted=True):
    """Record what the customer allowed, as the accountant would."""
    env["cobranza.consent"].create(
        [
            {
                "partner_id": customer.id,
                "number": customer.cobranza_number,
                "channel": channel,
                "granted": granted,
                "basis": "contract" if granted else "verbal",
                "proof": "Cláusula 7 del contrato de venta"
                if granted
                else "Por teléfono",
            }
            for channel in channels
        ]
    )


def make_invoice(company, customer, days, amount, **values):
    """Post an invoice that was due ``days`` days ago."""
    today = company._cobranza_today()
    due = today - timedelta(days=days)
    invoice = env["account.move"].create(
        {
            "move_type": "out_invoice",
            "partner_id": customer.id,
            "invoice_date": min(due - timedelta(days=15), today),
            "invoice_date_due": due,
            "invoice_payment_term_id": False,
            "invoice_line_ids": [
                (
                    0,
                    0,
                    {
                        "name": "Material de construcción",
                        "quantity": 1,
                        "price_unit": amount,
                    },
                )
            ],
            **values,
        }
    )
    invoice.action_post()
    return invoice


def instalments(company):
    """Return a payment term of three instalments, of which the first is overdue."""
    return env["account.payment.term"].create(
        {
            "name": "Tres pagos",
            "line_ids": [
                (0, 0, {"value": "percent", "value_amount": share, "nb_days": days})
                for share, days in ((40, 0), (30, 30), (30, 60))
            ],
        }
    )


def make_case(company, position, name, telephone, days, amount, special):
    """Create one of the thirteen customers with what is special about him."""
    customer = make_customer(position, name, telephone)
    values = {}
    if special == "usd":
        values["currency_id"] = env.ref("base.USD").id
    if special == "instalments":
        start = company._cobranza_today() - timedelta(days=days)
        values.update(
            invoice_date=start, invoice_payment_term_id=instalments(company).id
        )
    invoice = make_invoice(company, customer, days, amount, **values)
    if special == "two":
        make_invoice(company, customer, days - 12, amount / 4)
    if special == "partial":
        env["account.payment.register"].with_context(
            active_model="account.move", active_ids=invoice.ids
        ).create({"amount": 2000.0})._create_payments()
    if special == "credit":
        refund = make_invoice(company, customer, days, 500.0, move_type="out_refund")
        refund.line_ids.remove_move_reconcile()
    if special == "blocked":
        invoice.action_toggle_block_payment()
    if telephone and special == "sms":
        give_consent(customer, ["sms"])
    elif telephone and special != "no_consent":
        give_consent(customer, ["whatsapp", "sms"])
    if special == "opted_out":
        give_consent(customer, ["whatsapp", "sms"], granted=False)


def main():
    company = set_up_company()
    set_up_people(company)
    set_up_accounts()
    set_up_templates()
    for position, case in enumerate(CUSTOMERS, start=1):
        make_case(company, position, *case)
    company.cobranza_started = True
    env.cr.commit()


main()
