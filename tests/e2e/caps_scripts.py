"""Two workers want to write to the same customer at the same instant.

Runs inside an Odoo shell: two threads with connections of their own have both seen the
history of the customer before either commits.
"""

import base64
import io
import logging
import threading
from datetime import timedelta

import psycopg2
from lifecycle_scripts import pdf_of

from odoo import SUPERUSER_ID, api, fields

from odoo.addons.cobranza_whatsapp.models.cobranza_message_send import LOST_RACES

# What the law of the test permits, and how the second message of a customer is put off.
# More than a race has: each lane may claim all of them.
MESSAGES = 80
CAPS = {
    "daily_cap": {"max_per_day": 1},
    "weekly_cap": {"max_per_7_days": 1},
    "monthly_cap": {"max_per_30_days": 1},
    "gap": {"min_gap_hours": 1},
    "channel_week": {"one_channel_per_week": True},
}
NO_CAPS = {
    "max_per_day": 100,
    "max_per_7_days": 0,
    "max_per_30_days": 0,
    "min_gap_hours": 0,
    "one_channel_per_week": False,
}


def before(env):
    """Fill a database without the addon."""
    company = env.ref("base.main_company")
    company.write({"country_id": env.ref("base.mx").id, "name": "Caps"})
    env["account.chart.template"].try_loading("generic_coa", company, False)
    env.ref("base.EUR").active = env.ref("base.USD").active = True
    env.cr.commit()


def race(env):
    """Let two workers race once for each cap; exactly one message may leave."""
    # That PostgreSQL refuses the second is what we want to see.
    logging.getLogger("odoo.sql_db").setLevel(logging.CRITICAL)
    _fake_printer(env)
    accounts = _set_up(env)
    policy = env["cobranza.contact.policy"].search([("name", "=", "Open")])
    for position, (code, caps) in enumerate(CAPS.items()):
        policy.write({**NO_CAPS, **caps})
        customer = _customer_with_two_messages(env, position)
        lost = _claim_together(env, accounts)
        states = _states(env, customer)
        assert lost == 1, (code, lost)
        assert states == ["queued", "sending"], (code, states)
        # The loser looks again and sees why it has to wait.
        for account in accounts:
            _claim(env, account)
        waiting = _messages(env, customer).filtered(lambda m: m.state == "queued")
        assert waiting.reason == code, (code, waiting.reason)
        assert waiting.not_before > fields.Datetime.now()
        waiting._cobranza_advance("cancelled", "stopped_by_user")
        env.cr.commit()
    _prove_that_the_place_decides(env, policy, accounts)


def _prove_that_the_place_decides(env, policy, accounts):
    """Without the unique place both go: the race is a real one."""
    policy.write({**NO_CAPS, **CAPS["weekly_cap"]})
    customer = _customer_with_two_messages(env, 90)
    env.cr.execute(
        "SELECT indexname FROM pg_indexes WHERE tablename = 'cobranza_message' "
        "AND indexdef LIKE '%(contact_slot)%'"
    )
    [[name]] = env.cr.fetchall()
    env.cr.execute(f'DROP INDEX "{name}"')
    env.cr.commit()

    assert _claim_together(env, accounts) == 0
    assert _states(env, customer) == ["sending", "sending"]


def _set_up(env):
    company = env.ref("base.main_company")
    accounts = [
        env["cobranza.account"].create(
            {
                "name": channel,
                "provider": "demo",
                "channel": channel,
                "messages_per_second": 0,
            }
        )
        for channel in ("whatsapp", "sms")
    ]
    env["cobranza.contact.policy"].create(
        {
            "name": "Open",
            "company_id": company.id,
            "no_holidays": False,
            "permission_file": base64.b64encode(b"Only a test"),
            "window_ids": [
                (0, 0, {"weekday": str(day), "hour_from": 0, "hour_to": 24})
                for day in range(7)
            ],
        }
    )
    company.cobranza_user_id = env.ref("base.user_admin")
    company.cobranza_started = True
    env.cr.commit()
    return accounts


def _customer_with_two_messages(env, position):
    """Return a customer with a WhatsApp in euros and an SMS in dollars, both due."""
    customer = env["res.partner"].create(
        {
            "name": f"Customer {position}",
            "phone": f"+52 55 1534 {position:04}",
            "country_id": env.ref("base.mx").id,
        }
    )
    for channel in ("whatsapp", "sms"):
        env["cobranza.consent"].create(
            {
                "partner_id": customer.id,
                "number": customer.cobranza_number,
                "channel": channel,
            }
        )
    for currency in ("EUR", "USD"):
        _invoice(env, customer, env.ref(f"base.{currency}"))
    env.cr.commit()
    env["cobranza.policy"]._cron_plan()
    sms = _messages(env, customer).filtered(lambda m: m.currency_id.name == "USD")
    account = env["cobranza.account"].search([("channel", "=", "sms")])
    sms.write({"channel": "sms", "account_id": account.id})
    env["cobranza.message"]._cron_prepare()
    messages = _messages(env, customer)
    assert len(messages) == 2, messages
    assert all(messages.mapped("is_prepared")), messages.mapped("reason")
    # Planning puts the second one off; here both are due in the same instant.
    messages.write({"not_before": fields.Datetime.now() - timedelta(minutes=1)})
    env.cr.commit()
    return customer


def _invoice(env, customer, currency):
    due = env.cr.now().date() - timedelta(days=8)
    env["account.move"].create(
        {
            "move_type": "out_invoice",
            "partner_id": customer.id,
            "currency_id": currency.id,
            "invoice_date": due,
            "invoice_date_due": due,
            "invoice_payment_term_id": False,
            "invoice_line_ids": [
                (0, 0, {"name": "Work", "quantity": 1, "price_unit": 100})
            ],
        }
    ).action_post()


def _claim_together(env, accounts):
    """Claim with two connections at once; return how many lost the race."""
    barrier = threading.Barrier(2, timeout=60)
    lost, errors = [], []

    def work(account_id):
        with env.registry.cursor() as cr:
            own = api.Environment(cr, SUPERUSER_ID, {})
            account = own["cobranza.account"].browse(account_id)
            cr.execute("SELECT COUNT(*) FROM cobranza_message")  # begins the snapshot
            barrier.wait()
            try:
                _claim(own, account)
            except LOST_RACES:
                cr.rollback()
                lost.append(account_id)
            except Exception as error:
                errors.append(error)
                raise

    threads = [threading.Thread(target=work, args=[one.id]) for one in accounts]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(120)
    assert not errors, errors
    env.cr.rollback()
    env.invalidate_all()
    return len(lost)


def _claim(env, account):
    """Do what a lane does before it calls the provider."""
    try:
        env["cobranza.message"]._cobranza_claim_jobs(
            account.with_env(env), "race", MESSAGES
        )
    except psycopg2.errors.UniqueViolation:
        env.cr.rollback()
        raise


def _messages(env, customer):
    env.invalidate_all()
    return env["cobranza.message"].search([("partner_id", "=", customer.id)])


def _states(env, customer):
    return sorted(_messages(env, customer).mapped("state"))


def _fake_printer(env):
    """Make each report a small PDF at once."""

    def render(report, report_ref, res_ids=None, data=None):
        return {
            res_id: {"stream": io.BytesIO(pdf_of("PDF"))} | {"attachment": None}
            for res_id in res_ids
        }, "pdf"

    type(env["ir.actions.report"])._pre_render_qweb_pdf = render
