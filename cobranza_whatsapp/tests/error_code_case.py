"""What each error class does with a message, for the tables of error codes.

Meta's table stands here because gateways answer by it too. It is written down from
Meta's "Error codes", apart from that in the code, seen 2026-11.
"""

from datetime import timedelta

from odoo import fields
from odoo.tools import mute_logger

from .common import ADDON_LOGGER
from .emulator_case import EmulatorCase

HOLD_LOGGER = f"{ADDON_LOGGER}.models.cobranza_account_hold"
PROVIDER_LOGGER = f"{ADDON_LOGGER}.core.providers.base"

# What the next action is, by its name here: (state, reason, how the sentence begins).
EXPECTED = {
    "retry": ("queued", "retry", "The provider is busy"),
    "pair": ("queued", "pair", "Too many messages to this number"),
    "hold": ("queued", "provider_hold", "The provider refuses the account"),
    "template": ("failed", "template", "The provider refuses the template"),
    "fix": ("failed", "fix", "The provider does not understand"),
    "dead": ("failed", "dead", "The number cannot get this channel"),
    "window": ("failed", "window", "Free text is only allowed"),
    "optout": ("failed", "optout", "The customer refused messages"),
    "cap": ("queued", "cap", "The provider protects this customer"),
    "media": ("queued", "media", "The provider lost the PDF"),
    "uncertain": ("uncertain", "uncertain", "We cannot know whether it arrived"),
}
# (HTTP status, codes) by next action.
META = {
    "retry": (
        (500, "1 131000"),
        (503, "2 131016 131057"),
        (429, "4 17 80007 130429"),
    ),
    "pair": ((400, "131056"),),
    "hold": (
        (401, "0 104 190"),
        (403, "10 200 219 299 368 131005 131031"),
        (500, "3 131045"),
        (400, "33 131030 131037 131042 131044 131048 131064 133006 133010 133016"),
    ),
    "template": ((400, "131063 132000 132001 132007 132015 132016 132068 132069"),),
    "fix": (
        (
            400,
            "100 131008 131009 131051 131052 131062 132005 132008 132012 132018 "
            "135000 137000",
        ),
    ),
    "dead": ((400, "130497 131021 131026"),),
    "window": ((400, "131047 139200"),),
    "optout": ((400, "131050"),),
    "cap": ((400, "130472 131049"),),
    "media": ((400, "131053"),),
}
# Codes that nobody knows, and gateways that only have an HTTP status.
BY_STATUS = {401: "hold", 403: "hold", 429: "retry", 500: "retry", 422: "fix"}
UNKNOWN_CODE = "98765"
# The emulator's names of the providers.
EMULATED = {
    "whatsapp_cloud": "meta",
    "whatsapp_gateway": "d360",
    "twilio": "twilio",
    "http_sms": "gateway",
}


class ErrorCodeCase(EmulatorCase):
    """Given an answer: the state, the next action and the sentence."""

    def refuse(self, account, code, status):
        """Let the provider of an account refuse its next message so."""
        if account.provider == "twilio":
            body = {"code": int(code), "message": "Refused", "status": status}
        elif account.provider == "http_sms":
            body = {"success": False, "code": code, "message": "Refused"}
        else:
            body = {"error": {"message": f"(#{code}) Refused", "code": int(code)}}
        self.fault_of(account, status, body)

    def fault_of(self, account, status, body):
        """Let the emulator answer this account's next message so, and nobody else's."""
        provider = EMULATED[account.provider]
        self.fault(
            "http", provider=provider, operation="messages", status=status, json=body
        )

    def check(self, message, code, status, action):
        """Send once into the refusal; look at everything; undo it all."""
        account = message.account_id
        savepoint = self.env.cr.savepoint()
        self.refuse(account, code, status)
        began = fields.Datetime.now()

        with mute_logger(HOLD_LOGGER, PROVIDER_LOGGER):
            self.run_cron("send")

        state, reason, sentence = EXPECTED[action]
        self.assertEqual((message.state, message.reason), (state, reason))
        told = message.with_context(lang="en_US").reason_sentence
        self.assertTrue(told.startswith(sentence), told)
        self.assertIn(code, told, "the provider's own code is kept")
        getattr(self, f"check_{action}")(message, began)
        if action != "hold":
            self.assertFalse(account.hold_code)
        self.assertEqual(self.ledger(message.partner_id), [])
        savepoint.close(rollback=True)
        self.env.invalidate_all()

    def check_table(self, message, table):
        for action, rows in table.items():
            for status, codes in rows:
                for code in codes.split():
                    with self.subTest(code=code, status=status):
                        self.check(message, code, status, action)

    # --- next actions -----------------------------------------------------------------

    def waits(self, message, began, shortest, longest):
        wait = message.not_before - began
        self.assertGreaterEqual(wait, shortest)
        self.assertLessEqual(wait, longest + timedelta(seconds=5))

    def check_retry(self, message, began):
        self.waits(message, began, timedelta(seconds=47), timedelta(seconds=73))

    def check_pair(self, message, began):
        self.waits(message, began, timedelta(minutes=2), timedelta(minutes=2))

    def check_cap(self, message, began):
        self.waits(message, began, timedelta(hours=24), timedelta(hours=24))

    def check_hold(self, message, began):
        account = message.account_id
        self.assertTrue(account.hold_code)
        self.assertGreater(account.probe_at, began, "it is tested by itself later")
        self.assertEqual(len(account.activity_ids), 1)
        self.assertEqual(message.attempts, 0, "it costs the message no attempt")

    def check_template(self, message, _began):
        if message.version_id:
            self.assertEqual(message.version_id.status, "paused")

    def check_fix(self, message, _began):
        note = message.mail_message_ids.notification_ids[:1]
        self.assertEqual(note.notification_status, "exception")

    def check_dead(self, message, began):
        [number] = self.env["cobranza.unreachable"].search(
            [("number_key", "=", message.recipient_key)]
        )
        self.assertEqual(number.channel, message.channel)
        self.assertGreaterEqual(number.since, began)

    def check_window(self, message, _began):
        self.check_fix(message, _began)

    def check_optout(self, message, _began):
        customer = message.partner_id
        self.assertEqual(customer.cobranza_whatsapp_consent, "withdrawn")
        self.assertEqual(customer.cobranza_sms_consent, "withdrawn")

    def check_media(self, message, _began):
        self.assertFalse(message.is_prepared)
        self.assertFalse(
            self.env["cobranza.media"].search(
                [("checksum", "=", message.document_checksum)]
            )
        )

    def check_uncertain(self, message, _began):
        self.assertTrue(message.claimed_at)

    def check_unknown(self, message, by_status=None):
        """Answer with a code that nobody knows, by each HTTP status."""
        for status, action in (by_status or BY_STATUS).items():
            with self.subTest(account=message.account_id.name, status=status):
                self.check(message, UNKNOWN_CODE, status, action)

    def written(self, table):
        """Return the codes of a table."""
        lists = (codes for rows in table.values() for _status, codes in rows)
        return {code for codes in lists for code in codes.split()}
