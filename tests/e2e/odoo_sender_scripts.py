"""Customers who are reached by Odoo's own e-mail and SMS; runs in an Odoo shell."""

import base64
import os
from datetime import timedelta

ADDRESS = "ana@example.com"
SMS_CUSTOMER = "Papelería por SMS"
EMAIL_CUSTOMER = "Ferretería por correo"
ANSWERING_CUSTOMER = "Zapatería que contesta"
ANSWERING_ADDRESS = "eva@example.com"
NUMBER = "+525514340001"
SILENT_NUMBER = "+525514340002"
SILENT_CUSTOMER = "Florería sin respuesta"
IAP_TOKEN = "iap-token-of-the-test"  # noqa: S105 (a test value)


def set_up(env):
    """Create company, accounts and customers; the server's crons do the rest."""
    company = env.ref("base.main_company")
    company.write(
        {
            "name": "Materiales del Valle",
            "country_id": env.ref("base.mx").id,
            "email": "cobros@materiales.example.com",
            "phone": "+52 55 5000 1000",
            "cobranza_timezone": "America/Mexico_City",
            "cobranza_user_id": env.ref("base.user_admin").id,
            "iap_enrich_auto_done": True,
        }
    )
    env["account.chart.template"].try_loading("generic_coa", company, False)
    _open_always(env, company)
    _set_up_odoo(env)
    _set_up_accounts(env)
    customers = (
        (EMAIL_CUSTOMER, "email", {"email": ADDRESS}),
        (ANSWERING_CUSTOMER, "email", {"email": ANSWERING_ADDRESS}),
        (SMS_CUSTOMER, "sms", {"phone": NUMBER}),
        (SILENT_CUSTOMER, "sms", {"phone": SILENT_NUMBER}),
    )
    for name, channel, values in customers:
        _make_customer(env, company, name, channel, values)
    company.cobranza_started = True
    env.ref("cobranza_whatsapp.ir_cron_plan")._trigger()
    env.cr.commit()


def _open_always(env, company):
    windows = [
        (0, 0, {"weekday": str(day), "hour_from": 0, "hour_to": 24}) for day in range(7)
    ]
    env["cobranza.contact.policy"].create(
        {
            "name": "Of the test",
            "company_id": company.id,
            "max_per_day": 5,
            # At night the law would close it.
            "permission_file": base64.b64encode(b"Only a test"),
            "window_ids": windows,
        }
    )


def _set_up_odoo(env):
    """Point Odoo's own mail and SMS to this machine."""
    parameters = env["ir.config_parameter"]
    parameters.set_param("sms.endpoint", os.environ["COBRANZA_EMULATOR_URL"] + "/iap")
    parameters.set_param("web.base.url", os.environ["COBRANZA_ODOO_URL"])
    parameters.set_param("web.base.url.freeze", "True")
    service = env["iap.service"].search([("technical_name", "=", "sms")])
    env["iap.account"].create({"service_id": service.id, "account_token": IAP_TOKEN})
    env["ir.mail_server"].create(
        {
            "name": "Sink",
            "smtp_host": "127.0.0.1",
            "smtp_port": int(os.environ["COBRANZA_SMTP_PORT"]),
            "smtp_encryption": "none",
        }
    )


def _set_up_accounts(env):
    for channel in ("email", "sms"):
        env["cobranza.account"].create(
            {
                "name": channel,
                "channel": channel,
                "provider": f"odoo_{channel}",
                "public_url": os.environ["COBRANZA_ODOO_URL"],
            }
        )


def _make_customer(env, company, name, channel, values):
    customer = env["res.partner"].create(
        {
            "name": name,
            "is_company": True,
            "country_id": env.ref("base.mx").id,
            **values,
        }
    )
    env["cobranza.consent"].create(
        {
            "partner_id": customer.id,
            "channel": channel,
            "number": values.get("email") or values["phone"],
            "basis": "contract",
        }
    )
    due = company._cobranza_today() - timedelta(days=10)
    line = {"name": "Material", "quantity": 1, "price_unit": 1250.5, "tax_ids": False}
    invoice = env["account.move"].create(
        {
            "move_type": "out_invoice",
            "partner_id": customer.id,
            "invoice_date": due - timedelta(days=15),
            "invoice_date_due": due,
            "invoice_payment_term_id": False,
            "invoice_line_ids": [(0, 0, line)],
        }
    )
    invoice.action_post()
