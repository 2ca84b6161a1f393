"""Stored events: they move messages forward, in whatever order they come."""

import json
from datetime import timedelta
from unittest.mock import patch

import psycopg2.errors

from odoo import fields
from odoo.tests import tagged
from odoo.tools import mute_logger

from .common import ADDON_LOGGER, CobranzaCase
from .webhooks import WebhookAccounts, meta_status

APPLY_LOGGER = f"{ADDON_LOGGER}.models.cobranza_event_apply"


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

        self.assertEqual((event.state, event.reason), ("unknown", "unknown_message"))
        self.assertIn("never sent", event.with_context(lang="en_US").reason_sentence)
        self.assertTrue(event.applied_at)

    def test_event_says_its_kind_and_why_in_words(self):
        """No word of the provider's protocol is shown to people."""
        self.store(meta_status("wamid.nobody"))
        [event] = self.events().with_context(lang="en_US")
        self.assertEqual((event.kind, event.reason_sentence), ("status", False))

        for state, reason, words in (
            ("ignored", "message_template_status_update", "about a template"),
            ("ignored", "some_new_field", "changes nothing here"),
            ("malformed", "A status has no id.", "not written as"),
        ):
            event.write({"state": state, "reason": reason})
            self.assertIn(words, event.reason_sentence)

    def test_late_event_is_listed_with_its_reason(self):
        message = self.make_message()

        self._apply(message, "delivered", "sent")

        late = self.events().filtered(lambda event: event.state == "ignored")
        self.assertEqual((late.reason, late.message_id), ("late", message))
        self.assertIn("late", late.with_context(lang="en_US").reason_sentence)

    def test_template_that_fails_late_is_paused(self):
        message = self.make_message()
        template = self.env.ref(
            "cobranza_whatsapp.cobranza_template_early_whatsapp_one_es"
        )
        message.version_id = self.env["cobranza.template.version"].create(
            {
                "template_id": template.id,
                "account_id": self.whatsapp.id,
                "number": 1,
                "remote_name": "recordatorio_late",
                "language": "es",
                "body": template.body,
                "status": "approved",
            }
        )

        self._apply(message, "failed", errors=[{"code": 132015, "title": "Paused"}])

        self.assertEqual((message.state, message.reason), ("failed", "template"))
        self.assertEqual(message.version_id.status, "paused")

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
            (
                "message_template_status_update",
                {"event": "REJECTED", "reason": "INVALID_FORMAT"},
                {"status": "rejected", "reason": "INVALID_FORMAT"},
            ),
            (
                "message_template_status_update",
                {"event": "PAUSED", "other_info": {"description": "for 3 hours"}},
                {"status": "paused", "reason": "for 3 hours"},
            ),
            (
                "message_template_quality_update",
                {"new_quality_score": "RED", "previous_quality_score": "GREEN"},
                {"status": "paused", "reason": "for 3 hours", "quality": "RED"},
            ),
            (
                "message_template_status_update",
                {"event": "APPROVED", "reason": "NONE"},
                {"status": "approved", "reason": False, "quality": "RED"},
            ),
            (
                "template_category_update",
                {"new_category": "UTILITY", "correct_category": "MARKETING"},
                {"category": "UTILITY", "coming_category": "MARKETING"},
            ),
            (
                "template_category_update",
                {"new_category": "MARKETING", "previous_category": "UTILITY"},
                {"category": "MARKETING", "coming_category": False},
            ),
        ]
        for field, value, expected in cases:
            with self.subTest(field, value=value):
                self._store_field(field, {**news, **value})
                self.run_cron("apply")
                self.assertEqual({one: version[one] for one in expected}, expected)
        self.assertEqual(version._cobranza_problem(), "template_category")

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
