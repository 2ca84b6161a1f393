"""Runs in an Odoo shell: seal rows as the scheduled action does, and verify them."""

import time
import uuid
from typing import Any

SNAPSHOT = {"debtor": "María López", "parameters": {"cliente": "María", "monto": "$1"}}
BODY = "Hola María, su factura FAC/2026/00012 por $1,234.00 MXN venció el 15/11/2026."


def seal_and_verify(env: Any, rows: int) -> dict[str, Any]:
    """Seal half as many messages as rows, with a receipt each; verify twice.

    The second time a text was changed: it must be found.
    """
    company = env.company
    count = rows // 2
    messages = env["cobranza.message"].create(
        [
            {
                "uuid": str(uuid.uuid4()),
                "kind": "reminder",
                "direction": "out",
                "channel": "whatsapp",
                "state": "sending",
                "company_id": company.id,
                "recipient": "+525512345678",
                "body": BODY,
                "snapshot": SNAPSHOT,
            }
            for _number in range(count)
        ]
    )
    messages._cobranza_advance("sent")
    env.cr.commit()
    batches = env["cobranza.seal.batch"]
    begin = time.monotonic()
    batches._cobranza_seal_all()
    env.cr.commit()
    sealed = time.monotonic()
    problems = batches._cobranza_verify()
    seconds = time.monotonic() - sealed
    env.cr.execute(
        "UPDATE cobranza_message SET body = body || '.' WHERE id = %s",
        [messages[count // 2].id],
    )
    found = batches._cobranza_verify()
    return {
        "rows": env["cobranza.seal"].search_count([]),
        "seal_seconds": round(sealed - begin, 2),
        "seconds": round(seconds, 2),
        "problems": len(problems),
        "missed": 1 - len(found),
    }
