"""A database full of messages that are ready to be sent to the emulator."""

from typing import TYPE_CHECKING, Any

import requests

from . import seeding
from .company import WHATSAPP
from .figures import say
from .sample_pdf import sample_pdf

if TYPE_CHECKING:
    from .workspace import Workspace

DATABASE = "pattern"
LANES = ("ir_cron_send", "ir_cron_send_2")
_UNLIMITED = 1_000_000


def prepare(
    space: "Workspace", messages: int, *, webhooks: bool, **parameters: str
) -> dict[str, Any]:
    """Fill a database with prepared messages, each of a customer of his own.

    Returns what setting up the company returned, with the port that webhooks come to.
    ``parameters`` are system parameters of the addon.
    """
    from .workspace import ADDON

    say("Odoo: installing the addon")
    space.create(DATABASE, ADDON)
    port = space.port()
    pattern = space.call(
        DATABASE,
        "company",
        "set_up",
        emulator_url=space.emulator.url,
        public_url=f"http://127.0.0.1:{port}" if webhooks else "",
        parameters={f"{ADDON}.{key}": value for key, value in parameters.items()},
    )
    say(f"seeding {messages} customers with an overdue invoice each")
    with space.cluster.connect(DATABASE) as cursor:
        first = seeding.customers(cursor, pattern, messages)
        seeding.invoices(
            cursor, pattern, messages, partner=f"{first} + n", days_overdue="10"
        )
    say("planning, attaching PDFs")
    planned = space.call(DATABASE, "outbox", "fill", media_uid=_upload(space))
    if planned != messages:
        raise RuntimeError(f"{planned} of {messages} messages were planned")
    space.quiet_crons(DATABASE)
    return {**pattern, "port": port}


def _upload(space: "Workspace") -> str:
    """Upload one PDF to the emulator, which all messages name as theirs."""
    phone = WHATSAPP["phone_number_id"]
    answer = requests.post(
        f"{space.emulator.url}/graph/v23.0/{phone}/media",
        headers={"Authorization": f"Bearer {WHATSAPP['access_token']}"},
        data={"messaging_product": "whatsapp", "type": "application/pdf"},
        files={"file": ("factura.pdf", sample_pdf(), "application/pdf")},
        timeout=60,
    )
    answer.raise_for_status()
    return answer.json()["id"]


def limit(space: "Workspace", database: str, rate: int) -> None:
    """Set the limit of the account, ours and the provider's; 0 lifts it."""
    space.cluster.run_sql(
        database, "UPDATE cobranza_account SET messages_per_second = %s", rate
    )
    space.emulator.post(
        "accounts",
        provider="meta",
        phone_number_id=WHATSAPP["phone_number_id"],
        throughput_mps=rate or _UNLIMITED,
        verify=False,
    )
