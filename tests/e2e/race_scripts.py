"""Races in one database, between real transactions in threads of one process.

Each function runs in an Odoo shell; `env` is the shell's. It commits what it makes and
raises when the race was lost.
"""

import base64
import json
import logging
import threading
from datetime import timedelta
from types import SimpleNamespace

from lifecycle_scripts import pdf_of

from odoo.service.model import retrying

LIMIT_OF_A_DAY = 5
CUSTOMERS = 24
MEXICO = "base.mx"
# PostgreSQL's refusals are what these races are about, not errors.
logging.getLogger("odoo.sql_db").setLevel(logging.CRITICAL)


def set_up(env):
    """Make a company that has started, an SMS account and two currencies."""
    company = env.ref("base.main_company")
    company.write({"country_id": env.ref(MEXICO).id, "name": "Races"})
    env["account.chart.template"].try_loading("generic_coa", company, False)
    env["cobranza.account"].create(
        {
            "name": "SMS",
            "provider": "demo",
            "channel": "sms",
            "messages_per_second": 0,
        }
    )
    env["cobranza.contact.policy"].create(
        {
            "name": "Open",
            "company_id": company.id,
            "max_per_day": 1,
            # At night the law would close it.
            "permission_file": base64.b64encode(b"Only a test"),
            "window_ids": [
                (0, 0, {"weekday": str(day), "hour_from": 0, "hour_to": 24})
                for day in range(7)
            ],
        }
    )
    for name in ("USD", "EUR"):
        env.ref(f"base.{name}").active = True
    company.cobranza_started = True
    env.cr.commit()


def _queue(env, currencies=1):
    """Return prepared messages to new customers, one for each currency."""
    names = ("USD", "EUR")[:currencies]
    first = env["res.partner"].search_count([])
    customers = env["res.partner"].create(
        [
            {
                "name": f"Customer {number}",
                "phone": f"+52 55 1234 {first + number:04}",
                "country_id": env.ref(MEXICO).id,
            }
            for number in range(CUSTOMERS)
        ]
    )
    due = env.cr.now().date() - timedelta(days=8)
    invoices = env["account.move"].create(
        [
            {
                "move_type": "out_invoice",
                "partner_id": customer.id,
                "currency_id": env.ref(f"base.{name}").id,
                "invoice_date": due,
                "invoice_date_due": due,
                "invoice_payment_term_id": False,
                "invoice_line_ids": [
                    (0, 0, {"name": "Goods", "price_unit": 9, "tax_ids": [(5, 0, 0)]})
                ],
            }
            for customer in customers
            for name in names
        ]
    )
    invoices.action_post()
    _give_pdfs(env, invoices)
    env["cobranza.consent"].create(
        [
            {
                "partner_id": customer.id,
                "number": customer.cobranza_number,
                "channel": "sms",
            }
            for customer in customers
        ]
    )
    env.cr.commit()
    env["cobranza.policy"]._cron_plan()
    messages = env["cobranza.message"].search([("partner_id", "in", customers.ids)])
    why_not = set(invoices.mapped("cobranza_next_action"))
    assert len(messages) == CUSTOMERS * currencies, why_not
    env["cobranza.message"]._cron_prepare()
    assert all(messages.mapped("is_prepared"))
    env.cr.commit()
    return messages


def _give_pdfs(env, invoices):
    """Leave what sending by e-mail leaves: rendering is no part of these races."""
    env["ir.attachment"].create(
        [
            {
                "name": "invoice.pdf",
                "raw": pdf_of(invoice.name),
                "mimetype": "application/pdf",
                "res_model": "account.move",
                "res_id": invoice.id,
                "res_field": "invoice_pdf_report_file",
            }
            for invoice in invoices
        ]
    )
    invoices.invalidate_recordset(["invoice_pdf_report_id"])


def _at_once(env, *functions):
    """Run functions in threads that start together, each with its own transaction."""
    gate, errors = threading.Barrier(len(functions)), []

    def run(function):
        threading.current_thread().dbname = env.cr.dbname
        try:
            gate.wait(10)
            with env.registry.cursor() as cr:
                function(env(cr=cr))
        except BaseException as error:
            errors.append(error)
            raise

    threads = [threading.Thread(target=run, args=[one]) for one in functions]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(120)
    assert not errors, errors
    # A new transaction sees what the threads have committed.
    env.cr.commit()
    env.invalidate_all()


def _lane(number):
    return lambda env: env["cobranza.message"]._cron_send(number)


def lanes_share_the_limit_of_a_day(env):
    """Two lanes, an account that may write to five customers: exactly five get it."""
    account = env["cobranza.account"].search([])
    account.recipients_per_day = LIMIT_OF_A_DAY
    messages = _queue(env)

    _at_once(env, _lane(1), _lane(2))

    states = messages.mapped("state")
    assert states.count("sent") == LIMIT_OF_A_DAY, states
    assert states.count("queued") == CUSTOMERS - LIMIT_OF_A_DAY, states
    account.recipients_per_day = 0
    env.cr.commit()
    _at_once(env, _lane(1), _lane(2))
    assert set(messages.mapped("state")) == {"sent"}, messages.mapped("state")
    assert set(messages.mapped("attempts")) == {1}, messages.mapped("attempts")


def lanes_share_the_cap_of_a_customer(env):
    """Two lanes, two messages to each customer, one a day allowed: one is sent."""
    messages = _queue(env, currencies=2)

    _at_once(env, _lane(1), _lane(2))

    for partner, own in messages.grouped("partner_id").items():
        states = sorted(own.mapped("state"))
        assert states == ["queued", "sent"], (partner, states, own.mapped("reason"))


def webhooks_race_with_results(env):
    """Events come while their messages are being sent: all end up delivered."""
    messages = _queue(env)
    account = messages.account_id
    uuids = messages.mapped("uuid")
    sent = threading.Event()

    def send(own):
        own["cobranza.message"]._cron_send(1)
        sent.set()

    def report(own):
        events = own["cobranza.event"]
        while own["cobranza.message"].search(
            [("uuid", "in", uuids), ("state", "=", "queued")], limit=1
        ):
            own.cr.commit()
        for uuid in uuids:
            payload = {"id": f"demo-{uuid}", "uuid": uuid, "status": "delivered"}
            item = SimpleNamespace(
                key=json.dumps(payload), payload=payload, malformed=""
            )
            events._cobranza_ingest(account.with_env(own), [item])
            own.cr.commit()
            events._cron_apply()
        assert sent.wait(60)
        own.cr.commit()
        events._cron_apply()

    _at_once(env, send, report)

    states = messages.mapped("state")
    assert set(states) == {"delivered"}, states
    pending = env["cobranza.event"].search_count([("state", "=", "pending")])
    assert not pending, pending


def merges_and_resets_race_with_sending(env):
    """Customers are merged and invoices reset while they are written to."""
    messages = _queue(env)
    partners = messages.partner_id
    kept, gone, moves = partners[:6], partners[6:12], messages[12:].move_ids

    def change(own):
        wizard = own["base.partner.merge.automatic.wizard"]
        for one, other in zip(kept.ids, gone.ids, strict=True):
            _insist(
                own,
                lambda a=one, b=other: wizard.create({})._merge(
                    [a, b], own["res.partner"].browse(a)
                ),
            )
        for move in moves.with_env(own):
            _insist(own, move.button_draft)

    _at_once(env, _lane(1), change)
    _at_once(env, _lane(2))

    assert not set(messages.mapped("state")) & {"sending", "failed"}, states(messages)
    for partner, own in messages[:12].grouped("partner_id").items():
        assert len(own) == 2, (partner, own)
        left = own.filtered(lambda m: m.state == "sent")
        # Both, if both had left before the merge; never none.
        assert left, states(own)
    for message in messages[12:]:
        expected = (("sent", False), ("cancelled", "reset"))
        assert (message.state, message.reason) in expected, states(message)


def states(messages):
    """Return what is shown when a race is lost."""
    return [(message.id, message.state, message.reason) for message in messages]


def _insist(env, function):
    """Do and commit, again after a conflict, as Odoo does for a person's click."""
    retrying(function, env)
    env.cr.commit()
