import logging
import time
from datetime import timedelta

from odoo import api, fields, models

from . import reasons

_logger = logging.getLogger(__name__)

# The first own test of a held account, and the longest wait between two.
FIRST_PROBE_MINUTES = 15
LAST_PROBE_HOURS = 6
# Tests begin within this time; each can take as long as the provider is silent.
PROBING_SECONDS = 10
# Holds that only a person may end.
PERSONAL_HOLDS = ("account_copied_database",)
# Messages that should have left so long ago mean that the queue stands still.
STANDSTILL_MINUTES = 30
# Reasons for which a message waits until somebody mends something.
STANDSTILL_REASONS = ("check_failed", "template_not_approved", "retry")


class CobranzaAccount(models.Model):
    """Hold: an account that cannot send keeps its queue and tells one person."""

    _inherit = "cobranza.account"

    queued_count = fields.Integer(string="In Queue", compute="_compute_traffic")
    sent_last_minute = fields.Integer(compute="_compute_traffic")
    uncertain_count = fields.Integer(string="Uncertain", compute="_compute_traffic")
    states_today = fields.Char(string="In 24 Hours", compute="_compute_states_today")

    def _compute_traffic(self):
        # sudo: the figures are about the account, whatever company a message is of.
        message = self.env["cobranza.message"].sudo()
        minute = fields.Datetime.now() - timedelta(minutes=1)
        domains = {
            "queued_count": [("state", "=", "queued")],
            "sent_last_minute": [("sent_at", ">", minute), ("direction", "=", "out")],
            "uncertain_count": [("state", "=", "uncertain")],
        }
        for name, domain in domains.items():
            own = [*domain, ("account_id", "in", self.ids)]
            counts = dict(message._read_group(own, ["account_id"], ["__count"]))
            for account in self:
                account[name] = counts.get(account, 0)

    @api.depends_context("lang")
    def _compute_states_today(self):
        """Count what became of the messages of a day, as "Sent 12 · Failed 1"."""
        # sudo: the figures are about the account, whatever company a message is of.
        message = self.env["cobranza.message"].sudo()
        labels = message._fields["state"]._description_selection(self.env)
        day = fields.Datetime.now() - timedelta(hours=24)
        rows = message._read_group(
            [
                ("account_id", "in", self.ids),
                ("direction", "=", "out"),
                "|",
                ("claimed_at", ">", day),
                ("state", "in", ("queued", "sending")),
            ],
            ["account_id", "state"],
            ["__count"],
        )
        counts = {(account.id, state): count for account, state, count in rows}
        for account in self:
            account.states_today = " · ".join(
                f"{label} {counts[account.id, state]}"
                for state, label in labels
                if (account.id, state) in counts
            )

    def _cobranza_set_hold(self, code, detail=""):
        """Stop the account and ask an administrator, once, to mend it.

        Side effects: one activity; the first own test is planned, later ones wait
        twice as long each.
        """
        now = fields.Datetime.now()
        for account in self.filtered(lambda a: not a.hold_code):
            minutes = FIRST_PROBE_MINUTES * 2**account.probes
            wait = min(timedelta(minutes=minutes), timedelta(hours=LAST_PROBE_HOURS))
            account.write(
                {
                    "hold_code": code or "unknown",
                    "hold_detail": (detail or "")[:200],
                    "hold_since": now,
                    "probe_at": now + wait,
                    "probes": account.probes + 1,
                }
            )
            _logger.warning("Account %d is on hold: %s", account.id, code)
            account._cobranza_alarm(account.hold_sentence)

    def _cobranza_alarm(self, sentence):
        """Give the administrator an activity about this account unless he has one."""
        self.ensure_one()
        alarm = "cobranza_whatsapp.mail_activity_type_alarm"
        # sudo: activities of administrators are theirs alone.
        account = self.sudo().with_context(mail_activity_quick_update=True)
        administrator = self._cobranza_administrator()
        if administrator and not account.activity_search([alarm]):
            account.activity_schedule(alarm, summary=sentence, user_id=administrator.id)

    def _cobranza_administrator(self):
        """Return the administrator who is asked, of the account's company if any."""
        # sudo: who belongs to which group is readable by administrators only.
        group = self.env.ref("base.group_system").sudo()
        root = self.env.ref("base.user_root")
        users = (group.all_user_ids - root).sorted("id")
        own = users.filtered(lambda u: self.company_id in u.company_ids)
        return (own or users)[:1]

    def action_resume(self):
        """Let the account send again; confirms a copied database as the real one."""
        self._cobranza_demand_administrator()
        self._cobranza_resume()
        self.probes = 0
        self._cobranza_confirm_database()

    def _cobranza_resume(self):
        """End the hold, mark the alarm as done and send what waits."""
        self.write({"hold_code": False, "hold_detail": False, "probe_at": False})
        self.sudo().activity_feedback(["cobranza_whatsapp.mail_activity_type_alarm"])
        # It triggers sending when the PDFs that were not uploaded are.
        self.env.ref("cobranza_whatsapp.ir_cron_prepare").sudo()._trigger()

    @api.model
    def _cobranza_probe_held(self):
        """Test held accounts whose time has come; resume those that work again.

        Side effect: one question to the provider per account, without a message.
        """
        held = self.search(
            [
                ("hold_code", "not in", (False, *PERSONAL_HOLDS)),
                ("probe_at", "<=", fields.Datetime.now()),
            ],
            order="probe_at",
        )
        deadline = time.monotonic() + PROBING_SECONDS
        for account in held:
            if time.monotonic() > deadline:
                break
            items = account._cobranza_provider().test_connection()
            if all(item.passed for item in items):
                account._cobranza_resume()
                continue
            wait = timedelta(minutes=FIRST_PROBE_MINUTES * 2**account.probes)
            longest = timedelta(hours=LAST_PROBE_HOURS)
            account.write(
                {
                    "probe_at": fields.Datetime.now() + min(wait, longest),
                    "probes": account.probes + 1,
                }
            )

    @api.model
    def _cobranza_watch_queue(self):
        """Raise an alarm for accounts whose due messages do not leave.

        Not while everything is stopped, nor for what waits for the next day because
        the account has written to as many customers as it may.
        """
        if self.env["cobranza.planning"]._is_stopped():
            return
        now = fields.Datetime.now()
        limit = now - timedelta(minutes=STANDSTILL_MINUTES)
        late = self.env["cobranza.message"]._read_group(
            [
                ("state", "=", "queued"),
                ("create_date", "<", limit),
                ("account_id.hold_code", "=", False),
                ("company_id.cobranza_started", "=", True),
                "|",
                ("not_before", "<", limit),
                # These are put off again and again.
                "&",
                ("reason", "in", STANDSTILL_REASONS),
                ("not_before", "<", now + timedelta(minutes=STANDSTILL_MINUTES)),
            ],
            ["account_id"],
            ["__count"],
        )
        for account, count in late:
            if account and self.env["cobranza.message"]._cobranza_daily_room(
                account, now
            ):
                account._cobranza_alarm(
                    reasons.sentence(self.env, "standstill", count=count)
                )
