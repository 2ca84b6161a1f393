"""Running again on the same day changes nothing for anybody."""

import re

from servers import until

PLANNED = re.compile(r"Company \d+: (\d+) messages planned")
SENDING_ENDED = re.compile(r"'Collections: send messages, lane 1' .* fully done")


def test_second_run_of_the_day_sends_nothing(
    collected, manager, odoo, emulator, db, standard_policy
):
    start = len(odoo.text())
    before = emulator.get("ledger", format="count")

    manager.run_now(standard_policy)
    planned = until(
        lambda: PLANNED.search(odoo.text(), start), "the plan ran a second time"
    )
    # Planning ends by waking preparation, which ends by waking the sending.
    until(lambda: SENDING_ENDED.search(odoo.text(), planned.end()), "the sending ran")

    assert planned[1] == "0"
    assert emulator.get("ledger", format="count")["count"] == before["count"] > 10
    assert db.value("SELECT COUNT(*) FROM cobranza_message WHERE state = 'queued'") == 0
