"""One run of the sender: its limits in time, whatever the providers do.

Timeouts are 1:60 of the real ones, by the addon's own parameter.
"""

import socket
import threading
import time
from unittest.mock import patch

from odoo.tests import tagged
from odoo.tests.common import _super_send
from odoo.tools import mute_logger

from ..models import cobranza_message_send
from ..models.cobranza_account import TIMEOUT_SECONDS
from ..models.cobranza_planning import STOPPED_PARAMETER
from .common import ADDON_LOGGER
from .emulator_case import EmulatorCase

HOLD_LOGGER = f"{ADDON_LOGGER}.models.cobranza_account_hold"
SCALE = 60
SEND = "odoo.addons.cobranza_whatsapp.models.cobranza_message_send"
CLAIM = "odoo.addons.cobranza_whatsapp.models.cobranza_message_claim"


class SilentServer:
    """Accepts every connection, reads what comes and never answers."""

    def __init__(self):
        self._socket = socket.create_server(("127.0.0.1", 0), backlog=200)
        self.url = f"http://127.0.0.1:{self._socket.getsockname()[1]}"
        self.connections = []
        threading.Thread(target=self._accept, daemon=True).start()

    def _accept(self):
        while True:
            try:
                self.connections.append(self._socket.accept()[0])
            except OSError:
                return

    def close(self):
        # Closing alone does not wake a thread that waits in accept().
        self._socket.shutdown(socket.SHUT_RDWR)
        self._socket.close()
        for connection in self.connections:
            connection.close()


@tagged("post_install", "-at_install")
class TestSendRun(EmulatorCase):
    """Real threads, real HTTP, one provider that is silent or slow."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env["ir.config_parameter"].set_param(
            "cobranza_whatsapp.timeout_seconds", str(TIMEOUT_SECONDS / SCALE)
        )

    @classmethod
    def _request_handler(cls, session, request, /, **options):
        """Extend Odoo's tests: keep timeouts that it would raise to ten seconds."""
        return _super_send(session, request, **options)

    def silence(self, account):
        """Point an account at a server that never answers."""
        server = SilentServer()
        self.addCleanup(server.close)
        account.base_url = server.url
        return server

    def prepared(self, count, *channels):
        """Return prepared messages to customers who allow these channels only."""
        customers = self.env["res.partner"].concat(
            *(self.make_customer(consent=channels) for _number in range(count))
        )
        for customer in customers:
            self.make_invoice(customer)
        self.run_cron("plan", "prepare")
        messages = self.env["cobranza.message"].search(
            [("partner_id", "in", customers.ids)]
        )
        self.assertEqual(len(messages), count)
        self.assertTrue(all(messages.mapped("is_prepared")))
        return messages

    def pace_of(self, messages):
        """Return how many messages a second the provider accepted."""
        moments = sorted(
            one["accepted_at"] for m in messages for one in self.ledger(m.partner_id)
        )
        self.assertEqual(len(moments), len(messages), "once each")
        return (len(moments) - 1) / (moments[-1] - moments[0])

    @mute_logger(HOLD_LOGGER)
    def test_silent_provider_does_not_slow_the_other_down(self):
        rate = 20
        silent, good = self.prepared(70, "whatsapp"), self.prepared(40, "sms")
        self.sms.messages_per_second = rate
        emulator_url = self.whatsapp.base_url
        server = self.silence(self.whatsapp)

        self.run_cron("send")

        self.assertEqual(set(good.mapped("state")), {"sent"})
        self.assertGreaterEqual(self.pace_of(good), 0.95 * rate)
        self.assertEqual(self.whatsapp.hold_code, "account_silent")
        doubtful = silent.filtered(lambda m: m.state == "uncertain")
        waiting = silent - doubtful
        self.assertEqual(set(waiting.mapped("state")), {"queued"}, "nothing is lost")
        self.assertEqual(set(waiting.mapped("attempts")), {0})
        self.assertEqual(len(server.connections), len(doubtful))

        self.whatsapp.base_url = emulator_url
        self.whatsapp.action_resume()
        self.run_cron("send")
        self.assertEqual(set(waiting.mapped("state")), {"sent"})
        self.assertEqual(set(doubtful.mapped("state")), {"uncertain"})
        for message in silent:
            sent = len(self.ledger(message.partner_id))
            self.assertEqual(sent, int(message in waiting))

    @mute_logger(HOLD_LOGGER)
    def test_run_ends_inside_its_limit_and_hands_back_what_had_not_begun(self):
        silent, slow = self.prepared(4, "whatsapp"), self.prepared(8, "sms")
        self.sms.messages_per_second = 1
        self.silence(self.whatsapp)
        limits = {
            "RUN_SECONDS": cobranza_message_send.RUN_SECONDS / SCALE,
            "LAST_START_SECONDS": cobranza_message_send.LAST_START_SECONDS / SCALE,
        }

        began = time.monotonic()
        with patch.multiple(SEND, **limits):
            self.run_cron("send")

        # A minute at this scale, and what the checks before a call need in any case.
        self.assertLess(time.monotonic() - began, 60 / SCALE + 1.5)
        self.assertEqual(set(silent.mapped("state")), {"uncertain"})
        self.assertEqual(set(slow.mapped("state")), {"sent", "queued"})
        self.sms.messages_per_second = 0
        self.run_cron("send")
        self.assertEqual(set(slow.mapped("state")), {"sent"})
        self.assertEqual(set(slow.mapped("attempts")), {1})
        self.pace_of(slow)

    def test_stop_of_everything_acts_in_a_run_that_is_going_on(self):
        messages = self.prepared(8, "sms")
        self.sms.messages_per_second = 2
        model = self.registry["cobranza.message"]
        look = model._cobranza_look
        looks = []

        def stop_after_some_looks(records, run):
            looks.append(run)
            if len(looks) == 5:
                records.env["ir.config_parameter"].set_param(STOPPED_PARAMETER, "1")
            return look(records, run)

        began = time.monotonic()
        with patch.object(model, "_cobranza_look", stop_after_some_looks):
            self.run_cron("send")

        self.assertLess(time.monotonic() - began, 3)
        self.assertEqual(set(messages.mapped("state")), {"sent", "queued"})
        self.assertEqual(
            set(messages.filtered(lambda m: m.state == "queued").mapped("attempts")),
            {0},
        )

    def test_second_message_to_a_number_goes_in_the_same_run_after_its_pause(self):
        customer = self.make_customer(consent=("sms",))
        dollars = self.env.ref("base.USD")
        dollars.active = True
        self.make_invoice(customer)
        self.make_invoice(customer, currency_id=dollars.id)
        self.run_cron("plan", "prepare")

        with patch(f"{CLAIM}.SAME_NUMBER_SECONDS", 1):
            self.run_cron("send")

        self.assertEqual(self.messages_of(customer).mapped("state"), ["sent", "sent"])
        first, second = (one["accepted_at"] for one in self.ledger(customer))
        self.assertGreaterEqual(second - first, 1)

    def test_number_of_two_customers_rests_between_their_messages(self):
        phone = "+52 55 7777 0001"
        customers = [self.make_customer(phone=phone, consent=()) for _one in range(2)]
        for customer in customers:
            customer.cobranza_shared_number_confirmed = True
            self.give_consent(customer, ("sms",))
            self.make_invoice(customer)
        self.run_cron("plan", "prepare")

        claimed = self.env["cobranza.message"]._cobranza_claim(self.sms, 10)

        self.assertEqual(len(claimed), 1)

    def test_account_slower_than_a_run_still_sends_one(self):
        self.whatsapp.messages_per_second = 0.01

        message = self.reminded(self.make_customer(consent=("whatsapp",)))

        self.assertEqual(message.state, "sent")
