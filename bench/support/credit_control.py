"""OCA's account_credit_control on the same invoices: what planning is compared with.

The functions that take ``env`` run inside an Odoo shell.
"""

import time
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from .workspace import Workspace

PACKAGE = "odoo-addon-account_credit_control==19.0.1.0.0.13"
MODULE = "account_credit_control"
DATABASE = "credit_control"


def run(env):
    """Let one run make its lines; returns its seconds, queries and lines."""
    company = env.ref("base.main_company")
    receivable = env["account.account"].search(
        [
            ("account_type", "=", "asset_receivable"),
            ("company_ids", "in", company.ids),
        ]
    )
    policy = env["credit.control.policy"].create(
        {
            "name": "One level",
            "account_ids": [(6, 0, receivable.ids)],
            "level_ids": [(0, 0, _level(env))],
        }
    )
    company.credit_policy_id = policy
    made = env["credit.control.run"].create(
        {
            "date": company._cobranza_today(),
            "policy_ids": [(6, 0, policy.ids)],
            "company_id": company.id,
        }
    )
    env.cr.commit()
    queries, began = env.cr.sql_log_count, time.monotonic()
    made.generate_credit_lines()
    env.cr.commit()
    return {
        "credit_control_seconds": round(time.monotonic() - began, 3),
        "credit_control_queries": env.cr.sql_log_count - queries,
        "credit_control_lines": len(made.line_ids),
    }


def _level(env):
    """Return a level that takes every overdue line, as our stages together do."""
    return {
        "name": "Overdue",
        "level": 1,
        "computation_mode": "net_days",
        "delay_days": 0,
        "email_template_id": env.ref(
            "account_credit_control.email_template_credit_control_base"
        ).id,
        "channel": "email",
        "custom_text": "Overdue",
        "custom_mail_text": "Overdue",
    }


def measure(space: "Workspace") -> dict[str, Any]:
    """Install the module into its database, which holds the invoices, and run it."""
    from devtools import paths
    from devtools.process import run as run_quietly

    target = paths.CACHE / f"bench-{PACKAGE.replace('==', '-')}"
    if not target.is_dir():
        half = target.with_suffix(".unfinished")
        # Without its requirement "odoo", which is here already.
        command = [space.python, "-m", "pip", "install", "-q", "--no-deps"]
        run_quietly(
            [*command, "--target", half, PACKAGE], f"{PACKAGE} could not be fetched"
        )
        half.rename(target)
    space.add_addons(target / "odoo" / "addons")
    space.install(DATABASE, MODULE)
    return space.call(DATABASE, "credit_control", "run")
