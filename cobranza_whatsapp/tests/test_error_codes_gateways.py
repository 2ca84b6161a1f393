"""Error codes of gateways: those that we describe, and any that an administrator may.

SMS Masivos and LabsMobile: their own lists, as far as they are public, seen 2026-11
(https://app.smsmasivos.com.mx/api-docs/v2, https://apidocs.labsmobile.com).
"""

from odoo.tests import tagged

from ..core.providers.http_sms_presets import PRESETS
from .error_code_case import META, ErrorCodeCase
from .test_gateways import GENERIC

# Gateways answer HTTP 200 with a code of their own. (HTTP status, codes) by action.
SMS_TABLES = {
    "generic": {
        "retry": ((200, "30"), (429, "30")),
        "hold": ((200, "11 35"), (401, "11")),
        "dead": ((200, "36"), (400, "36")),
        "optout": ((200, "37"),),
        "fix": ((200, "10"), (400, "10")),
        "uncertain": ((200, "38"), (500, "38")),
    },
    "sms_masivos": {"hold": ((200, "auth_01 auth_03"),)},
    "labsmobile": {
        "retry": ((200, "30"),),
        "hold": ((200, "35"),),
        "fix": ((200, "10 11 20 21 23 24 27 28 39 41"),),
    },
}
GENERIC_CLASSES = (
    "10 = fix\n11 = hold\n30 = retry\n35 = hold\n36 = dead\n37 = optout\n38 = uncertain"
)
SMS_PATHS = {
    "generic": "generic/send",
    "sms_masivos": "smsmasivos/sms/send",
    "labsmobile": "labsmobile/json/send",
}
# A gateway's own code that nobody wrote down: refused in so many words.
BY_STATUS = {200: "fix", 401: "hold", 403: "hold", 429: "retry", 422: "fix"}
# What 360dialog answers itself, before Meta is asked.
OWN_ERRORS = {401: "hold", 403: "hold", 404: "fix", 429: "retry", 500: "uncertain"}


@tagged("post_install", "-at_install")
class TestSmsGatewayErrorCodes(ErrorCodeCase):
    """SMS gateways: what their codes, and codes that nobody knows, do to a message."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.sms.active = False
        cls.gateways = {}
        for name, path in SMS_PATHS.items():
            preset = PRESETS.get(name, {})
            options = {f"gateway_{word}": preset[word] for word in preset}
            options.pop("gateway_base_url", None)
            if not preset:
                options = {**GENERIC, "gateway_error_classes": GENERIC_CLASSES}
            cls.gateways[name] = cls.make_account(
                "sms",
                name=name,
                provider="http_sms",
                base_url=f"{cls.emulator.url}/sms-gateway/{path}",
                public_url=cls.mailbox.url,
                account_uid="shop",
                api_token="key",
                sender="SHOP",
                signing_secret="report-secret",
                active=False,
                **options,
            )

    def message_by(self, name):
        """Return a message that waits for this gateway."""
        self.gateways[name].active = True
        message = self.queued(self.make_customer(consent=("sms",)))
        self.assertEqual(message.account_id, self.gateways[name])
        return message

    def check_gateway(self, name):
        message = self.message_by(name)
        self.check_table(message, SMS_TABLES[name])
        self.check_unknown(message, BY_STATUS)

    def test_every_code_of_a_gateway_that_an_administrator_describes(self):
        self.check_gateway("generic")

    def test_every_code_of_sms_masivos(self):
        self.check_gateway("sms_masivos")

    def test_every_code_of_labsmobile(self):
        self.check_gateway("labsmobile")

    def test_tables_hold_every_code_that_the_accounts_know(self):
        for name, account in self.gateways.items():
            lines = account.gateway_error_classes.splitlines()
            known = {line.partition(" = ")[0] for line in lines}
            self.assertEqual(known - self.written(SMS_TABLES[name]), set(), name)
        self.assertEqual(set(PRESETS) - set(SMS_TABLES), set())


@tagged("post_install", "-at_install")
class TestWhatsAppGatewayErrorCodes(ErrorCodeCase):
    """A gateway like 360dialog: Meta's codes behind it, and its own refusals."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.gateway = cls.make_whatsapp_gateway()

    def test_every_code_of_meta_behind_a_gateway(self):
        message = self.queued(self.make_customer(consent=("whatsapp",)))
        self.assertEqual(message.account_id, self.gateway)

        self.check_table(message, META)
        self.check_unknown(message)

    def test_own_refusals_of_the_gateway(self):
        message = self.queued(self.make_customer(consent=("whatsapp",)))
        for status, action in OWN_ERRORS.items():
            with self.subTest(status=status):
                code = "unexpected_answer" if status == 500 else f"http_{status}"
                self.check(message, code, status, action)

    def refuse(self, account, code, status):
        """Extend the tables: codes of ours stand for the gateway's own words."""
        if code.isdigit():
            super().refuse(account, code, status)
            return
        words = {"meta": {"success": False, "developer_message": "Refused"}}
        self.fault_of(account, status, words)
