"""Messages that a dead process left behind are settled, never sent twice."""

from datetime import timedelta

from odoo import fields
from odoo.tests import tagged
from odoo.tools import mute_logger

from ..core import journal
from ..core.types import SendResult
from .common import ADDON_LOGGER, CobranzaCase


@tagged("post_install", "-at_install")
class TestAfterCrash(CobranzaCase):
    """What was `sending` when the process died."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.make_demo_accounts()

    def _sending(self, **values):
        message = self.queued()
        message._cobranza_advance(
            "sending", claimed_at=fields.Datetime.now(), attempts=1, **values
        )
        return message

    def test_message_cut_off_by_a_crash_becomes_uncertain(self):
        old, young = self._sending(body="Hola"), self._sending(body="Hola")
        old.claimed_at -= timedelta(minutes=11)

        self.run_cron("follow_up", "send")

        self.assertEqual((old.state, old.reason), ("uncertain", "crashed"))
        self.assertEqual(young.state, "sending")
        self.assertEqual(len(old.mail_message_ids), 2)

    def test_run_that_died_is_settled_from_its_journal(self):
        run_uid = f"test-{self.id()}"
        unwritten, answered, doubtful = (
            self._sending(run_uid=run_uid, body="Hola") for _message in range(3)
        )
        log = journal.Journal(
            self.env["cobranza.message"]._cobranza_journals(), run_uid
        )
        log.written(answered.uuid)
        log.answered(answered.uuid, SendResult("accepted", "wamid.1"))
        log.written(doubtful.uuid)
        log.close(remove=False)

        with (
            mute_logger(f"{ADDON_LOGGER}.models.cobranza_message_recover"),
            self.enter_registry_test_mode(),
            self.registry.cursor() as cr,
        ):
            self.env(cr=cr)["cobranza.message"]._cobranza_recover()

        self.assertEqual((unwritten.state, unwritten.attempts), ("queued", 0))
        self.assertEqual(
            (answered.state, answered.provider_message_uid), ("sent", "wamid.1")
        )
        self.assertEqual((doubtful.state, doubtful.reason), ("uncertain", "crashed"))

    def test_user_settles_an_uncertain_message(self):
        message = self._sending(body="Hola")
        message._cobranza_advance("uncertain", "uncertain")
        message._cobranza_log()

        message.with_user(self.clerk).action_arrived()

        self.assertEqual(message.state, "sent")
