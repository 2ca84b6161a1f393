"""Look at reminders before they go, as an accountant does; inside an Odoo shell."""

import time
from datetime import timedelta

DAYS_AHEAD = 2


def look(env, count, by_hand, pattern):
    """Return the figures of a dry run of everybody and of a preview by hand."""
    company = env["res.company"].browse(pattern["company_id"])
    env = env(user=env.ref("base.user_admin"))
    day = company._cobranza_today() + timedelta(days=DAYS_AHEAD)
    preview = env["cobranza.preview"].create({"company_id": company.id, "date": day})
    seconds, queries = _measured(env, preview.action_compute)
    moves = env["account.move"].search(
        [("move_type", "=", "out_invoice"), ("state", "=", "posted")], limit=by_hand
    )
    hand_seconds, hand_queries = _measured(env, moves.action_cobranza_preview)
    texts = env["cobranza.preview.line"].search_count(
        [("preview_id", "=", preview.id), ("text", "!=", False)]
    )
    return {
        "customers": count,
        "missing": max(0, count - texts),
        "dry_run_seconds": round(seconds, 2),
        "dry_run_queries_per_customer": round(queries / count, 4),
        "by_hand_invoices": len(moves),
        "by_hand_seconds": round(hand_seconds, 2),
        "by_hand_queries": hand_queries,
    }


def _measured(env, function):
    """Return (seconds, queries) that a function takes with nothing in memory."""
    env.flush_all()
    env.invalidate_all()
    queries, begin = env.cr.sql_log_count, time.monotonic()
    function()
    env.flush_all()
    return time.monotonic() - begin, env.cr.sql_log_count - queries
