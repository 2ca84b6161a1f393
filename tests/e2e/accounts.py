"""Accounts at further providers, archived: a story takes one into use by the screen.

Each belongs to the company, so that it goes before the shared ones of the demonstration
while it is not archived.
"""

TWILIO = "Twilio WhatsApp"
SMS_GATEWAY = "Pasarela de SMS"
WHATSAPP_GATEWAY = "Pasarela de WhatsApp"
TWILIO_SID = "AC" + "b" * 32
TWILIO_NUMBER = "+525500002222"
# The words of the emulator's generic gateway, as an administrator would write them.
GENERIC = {
    "gateway_headers": "X-Api-Key: {token}",
    "gateway_body": '{"to": "{number}", "text": "{text}", "ref": "{uuid}", '
    '"callback": "{callback}"}',
    "gateway_success_path": "code",
    "gateway_success_value": "0",
    "gateway_uid_path": "id",
    "gateway_error_path": "code",
    "gateway_proof": "secret",
    "gateway_proof_name": "X-Report-Secret",
    "gateway_report_uid_path": "id",
    "gateway_report_status_path": "status",
    "gateway_report_error_path": "error",
    "gateway_statuses": "BUFFERED = sent\nDELIVRD = delivered\nUNDELIV = failed",
    "gateway_reply_sender_path": "from",
    "gateway_reply_text_path": "text",
}


def add(demo, company):
    """Create the accounts here, and their other ends at the emulator."""
    add_twilio(demo, company)
    add_sms_gateway(demo, company)
    add_whatsapp_gateway(demo, company)


def create(demo, company, **values):
    """Create an archived account of the company; secrets by their input fields."""
    return demo.env["cobranza.account"].create(
        {
            "active": False,
            "company_id": company.id,
            "public_url": demo.ODOO_URL,
            **values,
        }
    )


def add_twilio(demo, company):
    """A WhatsApp number at Twilio."""
    account = create(
        demo,
        company,
        name=TWILIO,
        provider="twilio",
        channel="whatsapp",
        account_uid=TWILIO_SID,
        sender=TWILIO_NUMBER,
        api_token_input="auth-of-twilio",
        base_url=f"{demo.EMULATOR_URL}/twilio",
    )
    demo.emulator(
        "accounts",
        {
            "provider": "twilio",
            "account_sid": TWILIO_SID,
            "auth_token": "auth-of-twilio",
            "whatsapp_numbers": [TWILIO_NUMBER],
            "webhook_url": account.webhook_url,
        },
    )


def add_sms_gateway(demo, company):
    """An account at a gateway that nobody knows."""
    account = create(
        demo,
        company,
        name=SMS_GATEWAY,
        provider="http_sms",
        channel="sms",
        base_url=f"{demo.EMULATOR_URL}/sms-gateway/generic/send",
        api_token_input="key-of-sms",
        signing_secret_input="secret-of-reports",
        **GENERIC,
    )
    demo.emulator(
        "accounts",
        {
            "provider": "gateway",
            "name_id": "generic",
            "token": "key-of-sms",
            "report_secret": "secret-of-reports",
            "webhook_url": account.webhook_url,
        },
    )


def add_whatsapp_gateway(demo, company):
    """A WhatsApp number at a gateway like 360dialog; the story sets its webhook."""
    create(
        demo,
        company,
        name=WHATSAPP_GATEWAY,
        provider="whatsapp_gateway",
        channel="whatsapp",
        base_url=f"{demo.EMULATOR_URL}/d360",
        api_token_input="key-of-gateway",
        signing_secret_input="secret-of-gateway",
        webhook_header="X-Our-Secret",
    )
    demo.emulator(
        "accounts",
        {
            "provider": "meta",
            "phone_number_id": "106600000000066",
            "waba_id": "200200000000066",
            "access_token": "EAAgateway",
            "display_phone_number": "525500006666",
            "gateway_key": "key-of-gateway",
            "verify": False,
        },
    )
