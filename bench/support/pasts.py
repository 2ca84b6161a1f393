"""Give customers a past, and ask the rules about them; inside an Odoo shell."""

import time
from collections import Counter

from odoo.tools import split_every

MESSAGES, DAYS, CONSENTS = 20, 60, 2
CUSTOMERS_PER_BATCH = 1000


def add_pasts(env, first_id, count, pattern):
    """Add messages and holds, and fill the consents up to two for each customer."""
    # The law of Mexico decides, not the policy that is always open.
    env["cobranza.contact.policy"].search(
        [("company_id", "=", pattern["company_id"])]
    ).active = False
    ids = (first_id + 1, first_id + count)
    env.flush_all()
    env.cr.execute(
        """
        INSERT INTO cobranza_message (uuid, kind, direction, channel, state, company_id,
                                      partner_id, claimed_at, sent_at, create_date)
        SELECT gen_random_uuid(), 'reminder', 'out',
               CASE WHEN k %% 3 = 0 THEN 'sms' ELSE 'whatsapp' END, 'delivered', %s,
               partner, moment, moment, moment
          FROM generate_series(%s, %s) partner, generate_series(1, %s) k,
               LATERAL (SELECT now() at time zone 'UTC' - interval '1 day'
                               * (k * %s / %s) - interval '1 hour' AS moment) m
        """,
        [pattern["company_id"], *ids, MESSAGES, DAYS, MESSAGES],
    )
    env.cr.execute(
        """
        INSERT INTO cobranza_consent (partner_id, company_id, number, number_key,
                    channel, purpose, granted, basis, origin, given_at, create_date)
        SELECT partner_id, company_id, number, number_key, 'sms', purpose, granted,
               basis, origin, given_at, create_date
          FROM cobranza_consent WHERE partner_id BETWEEN %s AND %s
        """,
        ids,
    )
    env.cr.execute(
        """
        INSERT INTO cobranza_hold (company_id, move_id, reason, active, create_date)
        SELECT company_id, MAX(id), 'dispute', TRUE, now()
          FROM account_move
         WHERE partner_id BETWEEN %s AND %s AND move_type = 'out_invoice'
      GROUP BY company_id, partner_id
        """,
        ids,
    )
    for table in ("cobranza_message", "cobranza_consent", "cobranza_hold"):
        env.cr.execute(f"ANALYZE {table}")  # pylint: disable=sql-injection


def ask_rules(env, first_id, count, pattern):
    """Return the figures of asking about all customers, in batches as planning does."""
    from odoo.addons.cobranza_whatsapp.core import rules

    company = env["res.company"].browse(pattern["company_id"])
    planning = env["cobranza.planning"].sudo().with_company(company)
    wanted = range(first_id + 1, first_id + count + 1)
    planning._candidates(company, list(wanted[:10]), also_reminded=True)  # warm up
    env.invalidate_all()
    asked, outcomes = 0, Counter()
    queries, begin = env.cr.sql_log_count, time.monotonic()
    for batch in split_every(CUSTOMERS_PER_BATCH, wanted, list):
        for candidate in planning._candidates(company, batch, also_reminded=True):
            if candidate.choice:
                asked += 1
                steps = rules.explain(candidate.choice.situation)
                outcomes[candidate.choice.decision.code] += len(steps) == len(
                    rules.RULES
                )
        env.invalidate_all()
    seconds = time.monotonic() - begin
    return {
        "customers": count,
        "missing": count - asked,
        "decided_by": dict(outcomes),
        "seconds": round(seconds, 2),
        "ms_per_customer": round(1000 * seconds / count, 4),
        "queries_per_customer": round((env.cr.sql_log_count - queries) / count, 5),
    }
