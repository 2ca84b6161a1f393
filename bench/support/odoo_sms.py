"""Odoo's own SMS queue with its Twilio module: what ours is compared with.

The functions that take ``env`` run inside an Odoo shell.
"""

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from .workspace import Workspace

DATABASE = "odoo_sms"
ACCOUNT = {
    "account_sid": "AC" + "b" * 32,
    "auth_token": "bench-auth-token",
    "numbers": ["+15005550006"],
}
# Nobody listens there: statuses are not part of what is measured.
NOWHERE = "http://127.0.0.1:9"


def set_up(env, messages):
    """Configure Twilio and queue one SMS for each of so many customers."""
    env["ir.config_parameter"].set_param("web.base.url", NOWHERE)
    env["ir.config_parameter"].set_param("web.base.url.freeze", "True")
    company = env.ref("base.main_company")
    company.write(
        {
            "sms_provider": "twilio",
            "sms_twilio_account_sid": ACCOUNT["account_sid"],
            "sms_twilio_auth_token": ACCOUNT["auth_token"],
        }
    )
    env["sms.twilio.number"].create(
        {
            "company_id": company.id,
            "number": ACCOUNT["numbers"][0],
            "country_id": env.ref("base.us").id,
        }
    )
    partners = env["res.partner"].create(
        [
            {"name": f"Cliente {number}", "phone": f"+5255{10_000_000 + number}"}
            for number in range(messages)
        ]
    )
    for partner in partners:
        partner._message_sms(
            f"{partner.name}: su factura por $1,250.50 está vencida.",
            put_in_queue=True,
        )
    return env["sms.sms"].search_count([("state", "=", "outgoing")])


def rate(space: "Workspace", messages: int) -> dict[str, Any]:
    """Send through Odoo's queue cron; return messages a second, end to end."""
    from .waiting import until

    emulator = space.emulator
    emulator.post("accounts", provider="twilio", options={"drop": True}, **ACCOUNT)
    space.create(DATABASE, "sms_twilio")
    queued = space.call(DATABASE, "odoo_sms", "set_up", messages=messages)
    if queued != messages:
        raise RuntimeError(f"{queued} of {messages} SMS were queued")
    space.quiet_crons(DATABASE)
    mark = emulator.mark()
    server = space.server(
        DATABASE,
        DATABASE,
        options=("--load", "base,web,bench_twilio"),
        env={"BENCH_TWILIO_URL": f"{emulator.url}/twilio"},
    )
    space.trigger(DATABASE, "ir_cron_sms_scheduler_action")
    done = "SELECT NOT EXISTS (SELECT 1 FROM sms_sms WHERE state = 'outgoing')"
    with space.cluster.connect(DATABASE) as cursor:

        def is_sent() -> bool:
            cursor.execute(done)
            return cursor.fetchone()[0]

        until(is_sent, "Odoo has sent its SMS", 60 + messages * 2)
    server.stop()
    written = space.cluster.value(
        DATABASE,
        "SELECT EXTRACT(epoch FROM MAX(pg_xact_commit_timestamp(xmin))) FROM sms_sms",
    )
    accepted = emulator.accepted(mark, provider="twilio")
    begin = min(row["at"] for row in emulator.requests(mark))
    end = max(accepted[-1]["accepted_at"], float(written))
    return {
        "odoo_sms_accepted": len(accepted),
        "odoo_sms_per_second": round(len(accepted) / (end - begin), 3),
    }
