"""Odoo's own senders run the contract of all providers; see sender_contract."""

import json
import uuid
from contextlib import contextmanager
from itertools import count
from types import SimpleNamespace
from unittest.mock import patch
from urllib.parse import urlsplit

from odoo.tests import TransactionCase, tagged
from odoo.tests.common import _super_send
from odoo.tools import mute_logger

from odoo.addons.base.models import ir_mail_server
from odoo.addons.iap.tools import iap_tools

from ..core.providers.registry import PROVIDERS
from ..models import odoo_sender_email, odoo_senders
from .bounces import bounce
from .checkout import unit_module
from .common import CobranzaHttpCase
from .contract_cases import mistakes
from .sender_contract import SenderContract
from .test_odoo_email import EmailBuilders

IAP_TOKEN = "iap-token-of-the-test"  # noqa: S105 (a test value)
SMS_LOGGERS = ("odoo.addons.sms.controllers.main", "odoo.http")


@tagged("post_install", "-at_install")
class TestEveryProviderHasItsContract(TransactionCase):
    """A new sender cannot be forgotten, nor a case of an old one."""

    def test_each_sender_runs_or_explains_every_case(self):
        contracts = {one.sender_class: one for one in SenderContract.__subclasses__()}
        for sender in odoo_senders.SENDERS.values():
            with self.subTest(sender.code):
                self.assertIn(sender, contracts)
                self.assertEqual(mistakes(contracts[sender]), [])

    def test_each_choice_of_an_account_is_one_of_those_with_a_contract(self):
        choices = dict(self.env["cobranza.account"]._fields["provider"].selection)

        self.assertEqual(set(choices), {*odoo_senders.SENDERS, *PROVIDERS})


@tagged("post_install", "-at_install")
class TestOdooEmailContract(SenderContract, EmailBuilders, CobranzaHttpCase):
    """E-mail: a mail server on this machine, bounces by Odoo's mail gateway."""

    sender_class = odoo_sender_email.OdooEmail
    error_codes = {
        ("connect", "421 4.3.2 too many connections"): "retry",
        ("connect", "554 5.7.1 you are on a list"): "hold",
        ("auth", "535 5.7.8 wrong password"): "hold",
        ("auth", "454 4.7.0 later"): "retry",
        ("mail", "553 5.7.1 not your address"): "hold",
        ("mail", "452 4.3.1 out of memory"): "retry",
        ("rcpt", "450 4.2.0 greylisted"): "retry",
        ("rcpt", "451 4.7.1 greylisted"): "retry",
        ("rcpt", "550 5.1.1 no such user"): "dead",
        ("rcpt", "550 mailbox unavailable"): "dead",
        ("rcpt", "552 5.2.2 mailbox full"): "retry",
        ("rcpt", "554 5.7.1 relay access denied"): "hold",
        ("data", "554 5.5.1 no valid recipients"): "fix",
        ("content", "452 4.3.1 disk full"): "retry",
        ("content", "552 5.3.4 message too big"): "fix",
        ("content", "554 5.7.1 looks like spam"): "hold",
    }
    reported_codes = {"failed": "dead"}
    unknown_error = (("rcpt", "599 what a day"), "smtp_599")
    known_status = "failed"

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.wire = unit_module("providers/wire.py")
        cls.addresses = count(1)
        cls.server.write({"smtp_user": "cobros", "smtp_pass": "x"})
        for module, name in (
            (odoo_sender_email, "ANSWER_SECONDS"),
            (ir_mail_server, "SMTP_TIMEOUT"),
        ):
            cls.startClassPatcher(patch.object(module, name, cls.TIMEOUT_SECONDS))

    def reachable(self):
        email = f"ana{next(self.addresses)}@example.com"
        return self.make_customer(email=email, consent=("email",))

    def refuse(self, customer, answer):
        self.sink.fail(*answer)

    def lose(self, how):
        self.sink.fail("content", how)

    def garbled(self):
        for answer in ("HTTP/1.1 200 OK", "<html>oops</html>", " ", "999 1", "220 hi"):
            self.sink.reset()
            self.sink.fail("content", answer)
            yield answer

    @contextmanager
    def at(self, url):
        self.server.smtp_port = urlsplit(url).port
        yield
        self.server.smtp_port = self.sink.port

    def arrived(self, customer):
        return self.sink.handed_over

    def report(self, message, status):
        bounce(self.env, message, action=status)

    def forge(self, message):
        self.make_customer("Other", email="other@example.com")
        bounce(self.env, message, address="other@example.com")
        bounce(self.env, message, message_id=f"<{uuid.uuid4()}@cobros.example.com>")
        bounce(self.env, message, message_id=message.uuid)

    def report_malformed(self, message):
        for text in ("", "Final-Recipient: rfc822\n", "Action: failed\n\xff\x01"):
            bounce(
                self.env,
                message,
                message_id="<nobody@mx.example.com>",
                status_block=text,
            )

    def test_garbage_before_the_message_is_tried_again(self):
        for step in ("connect", "auth", "mail", "rcpt", "data"):
            with self.subTest(step):
                self.sink.reset()
                self.sink.fail(step, "SSH-2.0-OpenSSH")
                message, result = self.attempt(self.reachable())
                self.assertEqual(
                    (result.status, result.failure.error_class), ("rejected", "retry")
                )
                self.assertEqual(self.try_again(message), 1)


@tagged("post_install", "-at_install")
class TestOdooSmsContract(SenderContract, CobranzaHttpCase):
    """SMS: Odoo's service at the emulator, reports by Odoo's own route."""

    sender_class = odoo_senders.OdooSms
    in_doubt = {
        "connection_refused": "Odoo answers server_error, as for a lost answer.",
        "timeout_before": "Odoo answers server_error, as for a lost answer.",
    }
    error_codes = {
        "server_error": "uncertain",
        "unknown": "uncertain",
        "insufficient_credit": "hold",
        "unregistered": "hold",
        "twilio_acc_unverified": "hold",
        "twilio_authentication": "hold",
        "twilio_callback": "hold",
        "twilio_from_missing": "hold",
        "incompatible_content": "template",
        "wrong_number_format": "dead",
        "sms_number_missing": "dead",
        "country_not_supported": "dead",
        "registration_needed": "dead",
        "twilio_from_to": "dead",
    }
    reported_codes = {
        "invalid_destination": "dead",
        "not_allowed": "dead",
        "rejected": "dead",
        "expired": "undelivered",
        "not_delivered": "undelivered",
    }
    unknown_error = ("something_new", "something_new")
    known_status = "delivered"

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        client = unit_module("emulator/emulator_client.py")
        cls.wire = unit_module("providers/wire.py")
        cls.emulator = cls.enterClassContext(client.running_emulator())
        # Reports come when a test wants them: those of the emulator end here.
        mailbox = client.Receiver()
        cls.addClassCleanup(mailbox.close)
        account = {"provider": "gateway", "name_id": "iap", "dialect": "iap"}
        cls.emulator.control("POST", "/accounts", {**account, "token": IAP_TOKEN})
        cls.parameters = cls.env["ir.config_parameter"]
        cls.endpoint = f"{cls.emulator.url}/iap"
        cls.parameters.set_param("sms.endpoint", cls.endpoint)
        cls.parameters.set_param("web.base.url", mailbox.url)
        service = cls.env["iap.service"].search([("technical_name", "=", "sms")])
        cls.env["iap.account"].search([]).unlink()
        cls.env["iap.account"].create(
            {"service_id": service.id, "account_token": IAP_TOKEN}
        )
        cls.account = cls.make_account("sms", provider="odoo_sms")
        cls._open_the_door()

    @classmethod
    def _open_the_door(cls):
        """Let Odoo call its service while it tests, and lose patience soon."""
        original = iap_tools.iap_jsonrpc

        def iap_jsonrpc(url, params=None, timeout=None):
            return original(url, params=params, timeout=cls.TIMEOUT_SECONDS)

        no_test = SimpleNamespace(module=SimpleNamespace(current_test=None))
        cls.startClassPatcher(patch.object(iap_tools, "modules", no_test))
        cls.startClassPatcher(patch.object(iap_tools, "iap_jsonrpc", iap_jsonrpc))

    @classmethod
    def _request_handler(cls, s, r, /, **values):
        """Extend Odoo's tests: they make each timeout at least 10 s, ours is meant."""
        if values.get("timeout") == cls.TIMEOUT_SECONDS:
            return _super_send(s, r, **values)
        return super()._request_handler(s, r, **values)

    def setUp(self):
        super().setUp()
        self.emulator.control("DELETE", "/faults")

    def reachable(self):
        return self.make_customer(consent=("sms",))

    def digits(self, customer):
        return customer._cobranza_recipient()["number"].lstrip("+")

    def refuse(self, customer, answer):
        path = f"/phones/{self.digits(customer)}"
        self.emulator.control("POST", path, {"sms_error": answer})

    def fault(self, kind, **values):
        values = {"kind": kind, "provider": "iap", "count": 1, **values}
        self.emulator.control("POST", "/faults", values)

    def lose(self, how):
        if how == "hang":
            self.fault("timeout_after_accept", seconds=2)
        else:
            self.fault("reset_after_accept")

    def garbled(self):
        self.fault("html_500_after_accept")
        yield "HTML"
        for answer in (
            "OK",
            "",
            "[1]",
            "{}",
            '{"error": 5}',
            '{"result": null}',
            '{"result": []}',
            '{"result": [{}]}',
            '{"result": [7]}',
            '{"result": {"state": "success"}}',
        ):
            self.fault("garbage", body=answer)
            yield answer

    @contextmanager
    def at(self, url):
        self.parameters.set_param("sms.endpoint", url)
        yield
        self.parameters.set_param("sms.endpoint", self.endpoint)

    def arrived(self, customer):
        path = f"/ledger?to={self.digits(customer)}"
        return len(self.emulator.control("GET", path)["messages"])

    def tell(self, params):
        """Call Odoo's route of reports; return its answer."""
        body = {"jsonrpc": "2.0", "method": "call", "id": 1, "params": params}
        self.env.flush_all()
        answer = self.url_open(
            "/sms/status",
            data=json.dumps(body),
            headers={"Content-Type": "application/json"},
        )
        self.env.invalidate_all()
        return answer.json()

    def report(self, message, status, uid=None):
        uuids = [uid or message.provider_message_uid]
        told = {"sms_status": status, "uuids": uuids}
        self.assertEqual(self.tell({"message_statuses": [told]}).get("result"), "OK")

    def forge(self, message):
        self.report(message, "delivered", uuid.uuid4().hex)
        self.report(message, "delivered", message.uuid.replace("-", ""))

    def report_malformed(self, message):
        uid = message.provider_message_uid
        for told in (
            {"sms_status": "delivered", "uuids": []},
            {"sms_status": "delivered", "uuids": ["' OR true --"]},
            {"sms_status": "not a word", "uuids": [uid]},
            {"sms_status": "", "uuids": [uid]},
            {"uuids": [uid]},
            7,
        ):
            with mute_logger(*SMS_LOGGERS):
                self.assertIn("error", self.tell({"message_statuses": [told]}))

    def test_table_holds_every_code_that_the_code_knows(self):
        reported = {f"sms_{status}" for status in self.reported_codes}

        self.assertEqual(
            set(self.sender_class.ERROR_CODES) - reported, set(self.error_codes)
        )
