"""Every error code of the providers: what becomes of the message, and what to do next.

The tables are written down from the providers' own lists, apart from those in the code:
Meta's "Error codes" and Twilio's "Error and warning dictionary", seen 2026-11.
"""

from datetime import timedelta

from odoo import fields
from odoo.tests import tagged
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
TWILIO = {
    "retry": (
        (429, "20429 63018"),
        (400, "21611 30001 30003 30008 30017 30450 30453 30485 63119"),
        (500, "30500"),
    ),
    "hold": (
        (401, "20003"),
        (404, "20404"),
        (
            400,
            "21408 21606 21608 21612 30002 30018 30024 30032 30034 30040 63015 63062",
        ),
    ),
    "template": ((400, "30007 63027"),),
    "fix": ((400, "21603 21604 21609 21619 21623 21656 21910 63005 63013 63021"),),
    "dead": ((400, "21211 21265 21266 21614 30004 30005 30006 63003 63024"),),
    "window": ((400, "63016"),),
    "optout": ((400, "21610 63014 63033"),),
    "cap": ((400, "63032 63049"),),
    "media": ((400, "63034 63037"),),
    "uncertain": ((400, "30410"),),
}
# Codes that nobody knows, and gateways that only have an HTTP status.
BY_STATUS = {401: "hold", 403: "hold", 429: "retry", 500: "retry", 422: "fix"}
UNKNOWN_CODE = 98765


@tagged("post_install", "-at_install")
class TestErrorCodes(EmulatorCase):
    """Given an answer: the state, the next action and the sentence."""

    def refuse(self, account, code, status):
        """Let the provider of an account refuse every message so."""
        if account.provider == "twilio":
            body = {"code": code, "message": "Refused", "status": status}
            provider = "twilio"
        else:
            body = {"error": {"message": f"(#{code}) Refused", "code": code}}
            provider = "meta"
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
        self.assertIn(str(code), told, "the provider's own code is kept")
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
                        self.check(message, int(code), status, action)

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

    # --- the tables -------------------------------------------------------------------

    def test_every_code_of_meta(self):
        self.check_table(self.queued(), META)

    def test_every_code_of_twilio(self):
        message = self.queued(self.make_customer(consent=("sms",)))
        self.assertEqual(message.account_id, self.sms)

        self.check_table(message, TWILIO)

    def test_unknown_codes_are_kept_and_classed_by_their_status(self):
        for channel in ("whatsapp", "sms"):
            message = self.queued(self.make_customer(consent=(channel,)))
            for status, action in BY_STATUS.items():
                with self.subTest(channel, status=status):
                    self.check(message, UNKNOWN_CODE, status, action)
            message._cobranza_advance("cancelled", "stopped_by_user")

    def test_lost_media_id_is_uploaded_again(self):
        message = self.queued()
        error = {"message": "(#100) Unknown id", "code": 100, "error_subcode": 33}
        self.fault("http", operation="messages", status=400, json={"error": error})

        self.run_cron("send")

        self.assertEqual((message.state, message.reason), ("queued", "media"))
        self.check_media(message, None)

    def test_tables_hold_every_code_that_the_code_knows(self):
        providers = {self.whatsapp: META, self.sms: TWILIO}
        for account, table in providers.items():
            written = {
                code
                for rows in table.values()
                for _status, codes in rows
                for code in codes.split()
            }
            known = set(account._cobranza_provider().ERROR_CODES)
            permissions = {str(code) for code in range(200, 300)}
            self.assertEqual(known - written - permissions, set())
