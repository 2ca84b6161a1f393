"""Webhooks: what is refused, what is stored, and what stored events do."""

import base64
import hashlib
import hmac
import json
from datetime import timedelta
from unittest.mock import patch
from urllib.parse import urlencode
from uuid import uuid4

import psycopg2.errors

from odoo import fields
from odoo.tests import tagged
from odoo.tools import mute_logger

from ..controllers.webhook import BODY_BYTES_MAX
from .common import ADDON_LOGGER, CobranzaCase, CobranzaHttpCase

SECRET = "app-secret"
AUTH_TOKEN = "auth-token"
NUMBER = "+525512345678"
WEBHOOK_LOGGER = f"{ADDON_LOGGER}.controllers.webhook"
APPLY_LOGGER = f"{ADDON_LOGGER}.models.cobranza_event_apply"


def meta_status(uid="wamid.1", status="delivered", uuid="", **values):
    """Return one status as Meta reports it."""
    return {
        "id": uid,
        "status": status,
        "timestamp": "1795400000",
        "recipient_id": NUMBER.lstrip("+"),
        "biz_opaque_callback_data": uuid,
        **values,
    }


def meta_body(*statuses, messages=()):
    """Return the bytes of one webhook of Meta."""
    value = {
        "messaging_product": "whatsapp",
        "metadata": {
            "display_phone_number": "525550001000",
            "phone_number_id": "1065",
        },
    }
    if statuses:
        value["statuses"] = list(statuses)
    if messages:
        value["messages"] = list(messages)
    entry = {"id": "2001", "changes": [{"field": "messages", "value": value}]}
    body = {"object": "whatsapp_business_account", "entry": [entry]}
    return json.dumps(body).encode()


def meta_signature(body, secret=SECRET):
    """Return the header that Meta signs a body with."""
    digest = hmac.new(secret.encode(), body, hashlib.sha256).hexdigest()
    return f"sha256={digest}"


class WebhookAccounts:
    """Accounts of both providers, and messages that they have sent."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.whatsapp = cls.make_account(
            "whatsapp",
            provider="whatsapp_cloud",
            phone_number_uid="1065",
            business_account_uid="2001",
            api_token="token",
            signing_secret=SECRET,
        )
        cls.sms = cls.make_account(
            "sms",
            provider="twilio",
            account_uid="AC" + "a" * 32,
            sender="+15005550006",
            api_token=AUTH_TOKEN,
        )
        cls.customer = cls.make_customer(phone=NUMBER)

    @classmethod
    def make_message(cls, state="sent", **values):
        """Create a message that WhatsApp has, without planning anything."""
        return cls.env["cobranza.message"].create(
            {
                "uuid": str(uuid4()),
                "kind": "reminder",
                "direction": "out",
                "channel": "whatsapp",
                "state": state,
                "partner_id": cls.customer.id,
                "company_id": cls.company.id,
                "account_id": cls.whatsapp.id,
                "recipient": NUMBER,
                "recipient_key": NUMBER.lstrip("+"),
                "provider_message_uid": f"wamid.{uuid4().hex}",
                **values,
            }
        )

    def events(self):
        """Return all events of our accounts, oldest first."""
        accounts = self.whatsapp + self.sms
        return self.env["cobranza.event"].search(
            [("account_id", "in", accounts.ids)], order="id"
        )

    def store(self, *statuses, messages=()):
        """Store the items of a webhook of Meta, as the controller does."""
        provider = self.whatsapp._cobranza_provider()
        body = meta_body(*statuses, messages=messages)
        request = type("Request", (), {"body": body})
        self.env["cobranza.event"]._cobranza_ingest(
            self.whatsapp, provider.split(request)
        )


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


@tagged("post_install", "-at_install")
class TestApply(WebhookAccounts, CobranzaCase):
    """What stored events do to messages."""

    def _apply(self, message, *words, **values):
        """Store and apply a status for each word, in this order."""
        for word in words:
            self.store(meta_status(message.provider_message_uid, word, **values))
            self.run_cron("apply")
        return message.state

    def test_states_only_move_forward(self):
        table = [
            (("sent",), "sent"),
            (("delivered",), "delivered"),
            (("delivered", "sent"), "delivered"),
            (("read", "delivered"), "read"),
            (("read", "failed"), "read"),
            (("delivered", "failed"), "delivered"),
            (("failed",), "failed"),
            (("failed", "sent"), "failed"),
            (("failed", "delivered"), "delivered"),
            (("failed", "read"), "read"),
        ]
        for words, expected in table:
            with self.subTest(words):
                self.assertEqual(self._apply(self.make_message(), *words), expected)

    def test_moments_are_the_provider_s(self):
        message = self.make_message()

        self._apply(message, "delivered", timestamp="1795400060")
        self._apply(message, "read", timestamp="1795400120")

        self.assertEqual(
            message.delivered_at, fields.Datetime.to_datetime("2026-11-23 02:14:20")
        )
        self.assertEqual(message.read_at - message.delivered_at, timedelta(minutes=1))

    def test_failure_keeps_class_code_and_words(self):
        message = self.make_message()
        error = {
            "code": 131026,
            "title": "Message undeliverable",
            "error_data": {"details": "Not on WhatsApp"},
        }

        self._apply(message, "failed", errors=[error])

        self.assertEqual(message.reason, "dead")
        self.assertEqual(
            message.reason_detail, "131026 Message undeliverable: Not on WhatsApp"
        )
        self.assertIn("131026", message.reason_sentence)

    def test_late_delivery_clears_the_reason_of_the_failure(self):
        message = self.make_message()

        self._apply(message, "failed", errors=[{"code": 131026, "title": "x"}])
        self._apply(message, "delivered")

        self.assertEqual((message.state, message.reason), ("delivered", False))

    def test_event_before_its_answer_waits_for_it(self):
        message = self.make_message(
            "sending", provider_message_uid=False, claimed_at=fields.Datetime.now()
        )
        self.store(meta_status("wamid.early", "delivered", message.uuid))
        self.run_cron("apply")
        self.assertEqual(self.events().state, "pending")
        self.assertEqual(message.state, "sending")

        message._cobranza_advance("sent", provider_message_uid="wamid.early")
        self.run_cron("apply")

        self.assertEqual(self.events().state, "applied")
        self.assertEqual(message.state, "delivered")

    def test_event_with_our_uuid_resolves_an_uncertain_message(self):
        message = self.make_message("uncertain", provider_message_uid=False)

        self.store(meta_status("wamid.late", "sent", message.uuid))
        self.run_cron("apply")

        self.assertEqual(message.state, "sent")
        self.assertEqual(message.provider_message_uid, "wamid.late")
        self.assertFalse(message.reason)

    def test_event_of_an_unknown_message_waits_and_is_then_closed(self):
        self.store(meta_status("wamid.nobody"))
        self.run_cron("apply")
        [event] = self.events()
        self.assertEqual(event.state, "pending")

        event.received_at -= timedelta(minutes=16)
        self.run_cron("apply")

        self.assertEqual(event.state, "unknown")
        self.assertTrue(event.applied_at)

    def test_unknown_word_changes_nothing(self):
        message = self.make_message()

        self._apply(message, "teleported")

        self.assertEqual(message.state, "sent")
        self.assertEqual(self.events().mapped("state"), ["ignored"])
        self.assertEqual(self.events().reason, "teleported")

    def test_account_cannot_speak_of_another_account_s_message(self):
        message = self.make_message(account_id=self.sms.id, channel="sms")

        self._apply(message, "failed", uuid=message.uuid)

        self.assertEqual(message.state, "sent")

    @mute_logger(APPLY_LOGGER)
    def test_broken_event_does_not_stop_the_others(self):
        broken, good = self.make_message(), self.make_message()
        self.store(meta_status(broken.provider_message_uid))
        event = self.events()
        event.payload = json.dumps({"kind": "status", "status": "not an object"})
        self.store(meta_status(good.provider_message_uid))

        self.run_cron("apply")

        self.assertEqual(good.state, "delivered")
        self.assertEqual(event.state, "malformed")

    def test_conflict_with_another_transaction_is_tried_again(self):
        message = self.make_message()
        self.store(meta_status(message.provider_message_uid))
        model = type(self.env["cobranza.event"])
        conflict = psycopg2.errors.SerializationFailure("could not serialize access")
        with patch.object(model, "_cobranza_apply_status", side_effect=conflict):
            self.run_cron("apply")
        self.assertEqual(self.events().state, "pending")

        self.run_cron("apply")

        self.assertEqual(message.state, "delivered")

    def test_chatter_shows_the_state(self):
        message = self.make_message(body="Hola")
        message._cobranza_log()
        notification = message.mail_message_ids.notification_ids
        self.assertEqual(notification.notification_status, "pending")

        self._apply(message, "delivered")
        self.assertEqual(notification.notification_status, "sent")

        failed = self.make_message(body="Hola")
        failed._cobranza_log()
        self._apply(failed, "failed", errors=[{"code": 131026, "title": "x"}])
        notification = failed.mail_message_ids.notification_ids
        self.assertEqual(notification.notification_status, "exception")
        self.assertIn("131026", notification.failure_reason)

    def test_template_news_change_the_version(self):
        template = self.env.ref(
            "cobranza_whatsapp.cobranza_template_early_whatsapp_one_es"
        )
        version = self.env["cobranza.template.version"].create(
            {
                "template_id": template.id,
                "account_id": self.whatsapp.id,
                "number": 1,
                "remote_name": "recordatorio_1",
                "language": "es",
                "body": template.body,
                "status": "approved",
            }
        )
        news = {
            "message_template_name": "recordatorio_1",
            "message_template_language": "es",
        }
        cases = [
            ("message_template_status_update", {"event": "PAUSED"}, "paused"),
            ("message_template_status_update", {"event": "APPROVED"}, "approved"),
            ("template_category_update", {"new_category": "MARKETING"}, "disabled"),
        ]
        for field, value, expected in cases:
            with self.subTest(field, value=value):
                self._store_field(field, {**news, **value})
                self.run_cron("apply")
                self.assertEqual(version.status, expected)

    def _store_field(self, field, value):
        body = {
            "entry": [{"id": "2001", "changes": [{"field": field, "value": value}]}]
        }
        request = type("Request", (), {"body": json.dumps(body).encode()})
        provider = self.whatsapp._cobranza_provider()
        self.env["cobranza.event"]._cobranza_ingest(
            self.whatsapp, provider.split(request)
        )

    def test_events_cannot_be_deleted(self):
        self.store(meta_status())

        with self.assertRaisesRegex(Exception, "evidence"):
            self.events().unlink()
