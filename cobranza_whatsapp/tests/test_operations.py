"""The operations page and the alarms: what the machine says about itself."""

from datetime import timedelta

from odoo import fields
from odoo.tests import tagged
from odoo.tools import SQL, mute_logger

from .common import ADDON_LOGGER, CobranzaCase

HOLD_LOGGER = f"{ADDON_LOGGER}.models.cobranza_account_hold"


@tagged("post_install", "-at_install")
class TestOperations(CobranzaCase):
    """Figures, sentences, switches and alarms."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.make_demo_accounts()
        cls.administrator = cls.make_user(
            "administrator", "base.group_system,cobranza_whatsapp.group_manager"
        )

    def page(self):
        """Return the page as the administrator sees it at this moment."""
        page = self.env["cobranza.operations"].with_user(self.administrator)
        return page.with_context(lang="en_US").create({})

    def grow_old(self, message, minutes):
        """Let a message have been in the queue for so long."""
        message.flush_recordset()
        moment = fields.Datetime.now() - timedelta(minutes=minutes)
        self.env.cr.execute(
            SQL(
                "UPDATE cobranza_message SET create_date = %s, not_before = %s "
                "WHERE id = %s",
                moment,
                moment,
                message.id,
            )
        )
        self.env.invalidate_all()

    def alarms(self):
        return (self.whatsapp + self.sms).activity_ids

    # --- figures ----------------------------------------------------------------------

    def test_page_counts_what_was_sent_waits_and_failed(self):
        before = self.page()
        counts = (before.queued_count, before.sent_last_minute, before.uncertain_count)
        self.reminded()
        self.reminded(self.make_customer())._cobranza_advance("failed", "fix")
        self.queued()

        page = self.page()

        self.assertEqual(
            (page.queued_count, page.sent_last_minute, page.uncertain_count),
            (counts[0] + 1, counts[1] + 2, counts[2]),
        )
        self.assertGreaterEqual(page.failed_today, 1)
        account = page.account_ids.filtered(lambda a: a.id == self.whatsapp.id)
        self.assertEqual(account.states_today, "Queued 1 · Sent 1 · Failed 1")

    def test_page_says_why_nothing_goes_out(self):
        def stop(_page):
            self.page().action_stop_all()

        def stop_company(_page):
            self.company.with_user(self.administrator).action_cobranza_stop()

        def hold(_page):
            self.whatsapp._cobranza_set_hold("account_silent")

        def switch_off(_page):
            self.env.ref("cobranza_whatsapp.ir_cron_send").active = False

        cases = {
            "Everything is stopped": stop,
            "must press Start": stop_company,
            "does not answer": hold,
            "is switched off": switch_off,
        }
        for sentence, change in cases.items():
            with self.subTest(sentence), mute_logger(HOLD_LOGGER):
                savepoint = self.env.cr.savepoint()
                self.assertNotIn(sentence, self.page().explanation or "")
                change(self.page())
                self.assertIn(sentence, self.page().explanation)
                savepoint.close(rollback=True)
                self.env.invalidate_all()

    def test_lists_behind_the_figures(self):
        page = self.page()
        for name in (
            "action_open_odd_events",
            "action_open_late_events",
            "action_open_uncertain",
            "action_open_failed",
        ):
            action = getattr(page, name)()
            self.assertIn(action["res_model"], ("cobranza.event", "cobranza.message"))

    # --- switches ---------------------------------------------------------------------

    def test_stop_and_start_of_everything(self):
        message = self.queued()
        self.page().action_stop_all()
        self.run_cron("send")
        self.assertEqual(message.state, "queued")

        self.page().action_lift_stop()
        self.run_cron("send")

        self.assertEqual(message.state, "sent")

    # --- alarms -----------------------------------------------------------------------

    def test_queue_that_stands_still_is_an_alarm_once(self):
        self.grow_old(self.queued(), 31)

        self.run_cron("follow_up", "follow_up")

        [alarm] = self.alarms()
        self.assertEqual(alarm.res_id, self.whatsapp.id)
        self.assertIn("1 messages", alarm.summary)

    def test_queue_of_the_last_minutes_is_no_alarm(self):
        self.grow_old(self.queued(), 20)

        self.run_cron("follow_up")

        self.assertFalse(self.alarms())

    def test_queue_that_is_stopped_on_purpose_is_no_alarm(self):
        self.grow_old(self.queued(), 31)
        self.page().action_stop_all()
        self.run_cron("follow_up")
        self.assertFalse(self.alarms())

        self.page().action_lift_stop()
        self.company.cobranza_started = False
        self.run_cron("follow_up")
        self.assertFalse(self.alarms())

    def test_account_that_is_full_for_today_is_no_alarm(self):
        self.whatsapp.recipients_per_day = 1
        self.reminded()
        self.grow_old(self.queued(self.make_customer()), 31)

        self.run_cron("follow_up")
        self.assertFalse(self.alarms())

        self.whatsapp.recipients_per_day = 2
        self.run_cron("follow_up")
        self.assertEqual(len(self.alarms()), 1)

    def test_message_that_is_put_off_again_and_again_is_an_alarm(self):
        message = self.queued()
        self.grow_old(message, 31)
        message.write(
            {
                "reason": "check_failed",
                "not_before": fields.Datetime.now() + timedelta(minutes=9),
            }
        )

        self.run_cron("follow_up")

        self.assertEqual(len(self.alarms()), 1)
