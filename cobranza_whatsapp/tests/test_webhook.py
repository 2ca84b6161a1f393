"""The address of webhooks: what it refuses, and that it only stores the rest."""

import base64
import hashlib
import hmac
from urllib.parse import urlencode

from odoo.tests import tagged
from odoo.tools import mute_logger

from ..controllers.webhook import BODY_BYTES_MAX
from .common import ADDON_LOGGER, CobranzaHttpCase
from .webhooks import (
    AUTH_TOKEN,
    NUMBER,
    WebhookAccounts,
    meta_body,
    meta_signature,
    meta_status,
)

WEBHOOK_LOGGER = f"{ADDON_LOGGER}.controllers.webhook"


@tagged("post_install", "-at_install")
class TestWebhookRoute(WebhookAccounts, CobranzaHttpCase):
    """What the address answers, and that only signed items are stored."""

    def _path(self, account):
        return f"/cobranza/webhook/{account.webhook_token}"

    def _post(self, body, signature=None, account=None, **headers):
        headers = {"Content-Type": "application/json", **headers}
        if signature is not None:
            headers["X-Hub-Signature-256"] = signature
        return self.url_open(
            self._path(account or self.whatsapp), data=body, headers=headers
        )

    def _post_signed(self, *statuses, messages=()):
        body = meta_body(*statuses, messages=messages)
        return self._post(body, meta_signature(body))

    def test_unknown_token_is_not_found(self):
        body = meta_body(meta_status())
        for token in ("unknown", self.whatsapp.webhook_token + "x", "%00", "a" * 500):
            with self.subTest(token=token):
                answer = self.url_open(
                    f"/cobranza/webhook/{token}",
                    data=body,
                    headers={"X-Hub-Signature-256": meta_signature(body)},
                )
                self.assertEqual(answer.status_code, 404)
        self.assertFalse(self.events())

    @mute_logger(WEBHOOK_LOGGER)
    def test_request_without_a_good_signature_leaves_no_row(self):
        body = meta_body(meta_status())
        signatures = {
            "missing": None,
            "empty": "",
            "of another secret": meta_signature(body, "another"),
            "of another body": meta_signature(body + b" "),
            "without its prefix": meta_signature(body).removeprefix("sha256="),
            "not ASCII": "sha256=ñ".encode(),
        }
        for name, signature in signatures.items():
            with self.subTest(name):
                self.assertEqual(self._post(body, signature).status_code, 403)
        self.assertFalse(self.events())

    @mute_logger(WEBHOOK_LOGGER)
    def test_account_without_a_secret_believes_nobody(self):
        self.whatsapp.signing_secret = False
        body = meta_body(meta_status())

        answer = self._post(body, meta_signature(body, ""))

        self.assertEqual(answer.status_code, 403)
        self.assertFalse(self.events())

    def test_signed_status_is_stored_and_nothing_else_happens(self):
        message = self.make_message()

        answer = self._post_signed(meta_status(message.provider_message_uid))

        self.assertEqual((answer.status_code, answer.text), (200, ""))
        [event] = self.events()
        self.assertEqual(event.state, "pending")
        self.assertEqual(event.account_id, self.whatsapp)
        self.assertEqual(message.state, "sent")
        self.assertNotIn("session_id", answer.cookies)

    def test_address_of_an_archived_account_still_takes_events(self):
        self.whatsapp.active = False

        self.assertEqual(self._post_signed(meta_status()).status_code, 200)
        self.assertEqual(len(self.events()), 1)

    def test_duplicate_delivery_is_one_event(self):
        for _delivery in range(3):
            self.assertEqual(self._post_signed(meta_status()).status_code, 200)

        self.assertEqual(len(self.events()), 1)

    def test_every_item_of_a_batch_is_an_event(self):
        self._post_signed(
            meta_status("wamid.1", "sent"),
            meta_status("wamid.1", "delivered"),
            meta_status("wamid.2", "sent"),
        )

        self.assertEqual(len(self.events()), 3)

    def test_body_over_the_limit_is_refused(self):
        body = b"x" * (BODY_BYTES_MAX + 1)

        answer = self._post(body, meta_signature(body))

        self.assertEqual(answer.status_code, 413)
        self.assertFalse(self.events())

    @mute_logger("odoo.http")
    def test_malformed_content_is_listed_without_a_traceback(self):
        bodies = {
            "not JSON": b"{",
            "not UTF-8": b'{"entry": "\xff"}',
            "a list": b"[]",
            "nothing": b" ",
            "nested without end": b"[" * 100_000,
            "no entries": b'{"object": "x"}',
            "entry is text": b'{"entry": ["x"]}',
            "no changes": b'{"entry": [{}]}',
            "status without id": meta_body({"status": "sent"}),
            "status is a number": meta_body(7),
            "NaN": b'{"entry": [{"id": NaN}]}',
        }
        for name, body in bodies.items():
            with self.subTest(name), self.assertNoLogs("odoo", "ERROR"):
                before = self.events()
                answer = self._post(body, meta_signature(body))
                self.assertEqual(answer.status_code, 200)
                self.assertNotIn("Traceback", answer.text)
                event = self.events() - before
                self.assertEqual(event.mapped("state"), ["malformed"])
                self.assertTrue(event.reason)

    def test_malformed_status_does_not_hide_the_good_one_beside_it(self):
        self._post_signed({"status": "sent"}, meta_status("wamid.7"))

        self.assertEqual(
            sorted(self.events().mapped("state")), ["malformed", "pending"]
        )

    def test_text_that_the_database_cannot_hold_is_stored_without_it(self):
        answer = self._post_signed(
            messages=[
                {
                    "id": "wamid.in",
                    "from": "5215512345678",
                    "timestamp": "1795400000",
                    "type": "text",
                    "text": {"body": "ho\x00la \ud800 😀"},
                }
            ]
        )

        self.assertEqual(answer.status_code, 200)
        self.run_cron("apply")
        self.assertEqual(self.messages_of(self.customer).body, "hola  😀")

    def test_handshake_answers_the_challenge(self):
        query = {
            "hub.mode": "subscribe",
            "hub.verify_token": self.whatsapp.verify_token,
            "hub.challenge": "1158201444",
        }

        answer = self.url_open(self._path(self.whatsapp), params=query)

        self.assertEqual((answer.status_code, answer.text), (200, "1158201444"))
        self.assertIn("text/plain", answer.headers["Content-Type"])

    def test_handshake_with_a_wrong_token_is_refused(self):
        good = {
            "hub.mode": "subscribe",
            "hub.verify_token": self.whatsapp.verify_token,
            "hub.challenge": "<script>1</script>",
        }
        for change in (
            {"hub.verify_token": "wrong"},
            {"hub.verify_token": ""},
            {"hub.mode": "unsubscribe"},
            {"hub.mode": ""},
        ):
            with self.subTest(change):
                answer = self.url_open(
                    self._path(self.whatsapp), params={**good, **change}
                )
                self.assertEqual(answer.status_code, 403)
                self.assertNotIn("<script>1", answer.text)

    def test_provider_without_a_handshake_has_no_such_page(self):
        self.assertEqual(self.url_open(self._path(self.sms)).status_code, 404)

    # --- Twilio -----------------------------------------------------------------------

    def _twilio_signature(self, query, form, token=AUTH_TOKEN):
        url = f"{self.sms.public_url}{self._path(self.sms)}{query}"
        text = url + "".join(name + form[name] for name in sorted(form))
        digest = hmac.new(token.encode(), text.encode(), hashlib.sha1).digest()
        return base64.b64encode(digest).decode()

    def _post_twilio(self, query, form, signature):
        return self.url_open(
            self._path(self.sms) + query,
            data=urlencode(form),
            headers={
                "Content-Type": "application/x-www-form-urlencoded",
                "X-Twilio-Signature": signature,
            },
        )

    def test_twilio_status_is_verified_with_its_form_and_query(self):
        message = self.make_message(
            account_id=self.sms.id, channel="sms", provider_message_uid="SM1"
        )
        query = f"?uuid={message.uuid}"
        form = {"MessageSid": "SM1", "MessageStatus": "delivered", "To": NUMBER}

        answer = self._post_twilio(query, form, self._twilio_signature(query, form))

        self.assertEqual(answer.status_code, 200)
        self.run_cron("apply")
        self.assertEqual(message.state, "delivered")

    @mute_logger(WEBHOOK_LOGGER)
    def test_twilio_form_that_was_changed_is_refused(self):
        form = {"MessageSid": "SM1", "MessageStatus": "delivered"}
        signature = self._twilio_signature("?uuid=1", form)
        cases = {
            "other field": ("?uuid=1", {**form, "MessageStatus": "failed"}, signature),
            "other query": ("?uuid=2", form, signature),
            "more fields": ("?uuid=1", {**form, "Body": "BAJA"}, signature),
            "no signature": ("?uuid=1", form, ""),
            "other token": (
                "?uuid=1",
                form,
                self._twilio_signature("?uuid=1", form, "other"),
            ),
        }
        for name, case in cases.items():
            with self.subTest(name):
                self.assertEqual(self._post_twilio(*case).status_code, 403)
        self.assertFalse(self.events())

    def test_twilio_form_without_an_id_is_listed_as_malformed(self):
        form = {"MessageStatus": "delivered"}

        answer = self._post_twilio("", form, self._twilio_signature("", form))

        self.assertEqual(answer.status_code, 200)
        self.assertEqual(self.events().mapped("state"), ["malformed"])
