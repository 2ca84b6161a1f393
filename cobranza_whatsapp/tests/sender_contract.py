"""What every sender that goes through Odoo itself must do; see contract_cases.

The whole way is real: planned, sent by the scheduled action over a real connection,
reported by Odoo's own doors. Only the SendResult is looked at on its way.
"""

import json
from unittest.mock import patch

from odoo.tools import mute_logger

from ..core.errors import SignatureError
from .common import ADDON_LOGGER
from .contract_cases import STATES, check_result, runs

HOLD_LOGGER = f"{ADDON_LOGGER}.models.cobranza_account_hold"
WEBHOOK_LOGGER = f"{ADDON_LOGGER}.controllers.webhook"
UNKNOWN_STATUS = "teleported"


class SenderContract:
    """Needs an account and the words below; ``TIMEOUT_SECONDS`` is its patience."""

    TIMEOUT_SECONDS = 0.6
    sender_class = None
    # {case: why it cannot exist here}
    not_applicable = {}
    # {case: why this sender can only be in doubt}
    in_doubt = {}
    # What is answered → class, at once and by a report; an answer nobody knows → code.
    error_codes = {}
    reported_codes = {}
    unknown_error = (None, "")
    known_status = ""

    def reachable(self):
        """Return a new customer of this channel."""
        raise NotImplementedError

    def refuse(self, customer, answer):
        """Let the service refuse the next message to this customer."""
        raise NotImplementedError

    def lose(self, how):
        """Let the service take the next message and "hang" or "reset"."""
        raise NotImplementedError

    def garbled(self):
        """Yield once for each answer of another language that is planned."""
        raise NotImplementedError

    def at(self, port):
        """Send to this port of this machine until the context ends."""
        raise NotImplementedError

    def arrived(self, customer):
        """Return how many messages to a customer reached the service in full."""
        raise NotImplementedError

    def report(self, message, status):
        """Tell Odoo what became of a message, by its own door."""
        raise NotImplementedError

    def forge(self, message):
        """Tell Odoo lies about a message, without knowing what proves it."""
        raise NotImplementedError

    def report_malformed(self, message):
        """Tell Odoo what cannot be read."""
        raise NotImplementedError

    # --- steps ------------------------------------------------------------------------

    def setUp(self):
        super().setUp()
        self.results = []
        original = self.sender_class.send_record

        def send_record(sender, *args):
            self.results.append(original(sender, *args))
            return self.results[-1]

        self.startPatcher(patch.object(self.sender_class, "send_record", send_record))

    def remind(self):
        self.run_cron("plan", "prepare", "send_odoo")

    def attempt(self, customer):
        """Remind a customer; return (message, SendResult)."""
        with mute_logger(HOLD_LOGGER):
            message = self.reminded(customer)
        [result] = self.results
        self.results.clear()
        return message, result

    def try_again(self, message):
        """Let time pass, send what is due and return how often it arrived."""
        self.make_due(message)
        self.run_cron("send_odoo")
        self.results.clear()
        return self.arrived(message.partner_id)

    def expect(self, name, message, result):
        check_result(name, result, name in self.in_doubt)
        error_class = result.failure.error_class if result.failure else ""
        self.assertEqual(message.state, STATES[error_class])
        if result.failure:
            self.assertTrue(message.reason_sentence)

    def put_away(self, message):
        """Leave nothing in the way of the next message, and nothing to plan again."""
        if self.account.hold_code:
            self.account._cobranza_resume()
        if message.state == "queued":
            self.pay(message.move_ids)
            message._cobranza_advance("cancelled", "stopped_by_user")

    def events(self, message):
        return self.env["cobranza.event"].search([("message_id", "=", message.id)])

    # --- sending ----------------------------------------------------------------------

    @runs("accepted")
    def test_accepts(self):
        message, result = self.attempt(self.reachable())

        self.expect("accepted", message, result)
        self.assertEqual(message.provider_message_uid, result.provider_message_uid)
        self.assertTrue(result.provider_message_uid)
        self.assertEqual(self.try_again(message), 1)

    @runs("error_codes")
    def test_each_known_error_gets_its_class(self):
        for answer, error_class in self.error_codes.items():
            with self.subTest(answer=answer):
                customer = self.reachable()
                self.refuse(customer, answer)
                message, result = self.attempt(customer)
                self.expect("error_codes", message, result)
                self.assertEqual(result.failure.error_class, error_class)
                self.put_away(message)

    @runs("error_codes")
    def test_each_reported_error_fails_the_message(self):
        for status, error_class in self.reported_codes.items():
            with self.subTest(status=status):
                message, _result = self.attempt(self.reachable())
                self.report(message, status)
                self.run_cron("apply")
                self.assertEqual(
                    (message.state, message.reason), ("failed", error_class)
                )

    @runs("unknown_error_code")
    def test_unknown_error_is_kept_raw(self):
        customer = self.reachable()
        answer, code = self.unknown_error
        self.refuse(customer, answer)

        message, result = self.attempt(customer)

        self.expect("unknown_error_code", message, result)
        self.assertEqual(result.failure.code, code)
        self.assertIn(code, message.reason_detail)

    @runs("connection_refused")
    def test_connection_refused(self):
        customer = self.reachable()
        with self.at(self.wire.refused_url()):
            message, result = self.attempt(customer)

        self.expect("connection_refused", message, result)
        self.assertEqual(
            self.try_again(message), 0 if result.status == "uncertain" else 1
        )

    @runs("timeout_before")
    def test_connecting_that_never_ends(self):
        customer = self.reachable()
        with self.wire.unanswered_url() as url, self.at(url):
            message, result = self.attempt(customer)

        self.expect("timeout_before", message, result)
        self.assertEqual(
            self.try_again(message), 0 if result.status == "uncertain" else 1
        )

    # --- it may have arrived: never again ---------------------------------------------

    def check_lost(self, name, customer):
        message, result = self.attempt(customer)

        self.expect(name, message, result)
        self.assertEqual(self.try_again(message), 1)
        self.assertEqual(message.state, "uncertain")

    @runs("timeout_after")
    def test_silence_after_the_message(self):
        customer = self.reachable()
        self.lose("hang")

        self.check_lost("timeout_after", customer)

    @runs("reset_after")
    def test_reset_after_the_message(self):
        customer = self.reachable()
        self.lose("reset")

        self.check_lost("reset_after", customer)

    @runs("garbage_answer")
    def test_answer_of_another_language(self):
        for answer in self.garbled():
            with self.subTest(answer=answer):
                self.check_lost("garbage_answer", self.reachable())

    # --- events -----------------------------------------------------------------------

    @runs("bad_signature")
    @mute_logger(WEBHOOK_LOGGER)
    def test_nobody_outside_speaks_for_odoo(self):
        message, _result = self.attempt(self.reachable())
        with self.assertRaises(SignatureError):
            self.account._cobranza_provider().verify(None)
        path = f"/cobranza/webhook/{self.account.webhook_token}"
        answer = self.url_open(path, data=json.dumps({"uuid": message.uuid}))
        self.forge(message)
        self.run_cron("apply")

        self.assertEqual(answer.status_code, 403)
        self.assertEqual(message.state, "sent")
        self.assertFalse(
            self.env["cobranza.event"].search([("account_id", "=", self.account.id)])
        )

    @runs("malformed_event")
    def test_unreadable_report_changes_nothing_and_blocks_nothing(self):
        message, _result = self.attempt(self.reachable())
        self.report_malformed(message)
        self.run_cron("apply")
        self.assertEqual(message.state, "sent")
        self.assertFalse(self.events(message))

        self.report(message, self.known_status)
        self.run_cron("apply")
        self.assertEqual(self.events(message).state, "applied")

    @runs("duplicate_event")
    def test_same_report_twice_is_one_event(self):
        message, _result = self.attempt(self.reachable())
        for _time in range(2):
            self.report(message, self.known_status)
        self.run_cron("apply")
        state = message.state
        self.report(message, self.known_status)
        self.run_cron("apply")

        self.assertEqual(len(self.events(message)), 1)
        self.assertNotEqual(state, "sent")
        self.assertEqual(message.state, state)

    @runs("unknown_status")
    def test_unknown_status_moves_nothing(self):
        message, _result = self.attempt(self.reachable())
        self.report(message, UNKNOWN_STATUS)
        self.run_cron("apply")

        self.assertEqual(message.state, "sent")
        event = self.events(message)
        self.assertEqual((event.state, event.reason), ("ignored", UNKNOWN_STATUS))
