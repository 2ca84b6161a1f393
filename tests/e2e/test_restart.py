"""A server that is killed: nothing is lost and nothing is sent twice."""

import people
from servers import until

NAMES = [customer.name for customer in people.WAITING]
IN_FLIGHT_MS = 4000
QUICKLY = 0.02


def until_all(db, state, seconds):
    """Wait until every message to the waiting customers is in a state."""
    until(
        lambda: db.states_of(NAMES) == [state] * len(NAMES),
        f"every message is {state}",
        seconds,
        pause_seconds=QUICKLY,
    )


def until_half_is_in_flight(emulator, since):
    """Wait until the emulator holds half of the requests, none of them answered."""

    def is_half_there():
        rows = emulator.get("requests", since=since)["requests"]
        waiting = [one for one in rows if one["operation"] == "messages"]
        assert all(one["status"] is None for one in waiting)
        return len(waiting) >= len(NAMES) / 2

    until(is_half_there, "half of the requests are in flight", 90, QUICKLY)


def test_kills_while_queued_and_while_sending_lose_and_repeat_nothing(
    collected, manager, db, odoo, emulator
):
    policy_id = db.policy_id(people.NOT_BEGUN.name)
    since = emulator.get("requests")["last"]
    emulator.post("latency", {"provider": "meta", "ms": IN_FLIGHT_MS})
    manager.move_stage(policy_id, people.NOT_BEGUN.days[0], 5)
    manager.run_now(policy_id)

    until_all(db, "queued", 40)
    odoo.kill()
    assert not any(emulator.sent(to=customer.number) for customer in people.WAITING)
    odoo.start()
    # The workers would look by themselves too, but only after a minute.
    manager.run_now(policy_id)

    until_half_is_in_flight(emulator, since)
    odoo.kill()
    emulator.post("latency", {"provider": "meta", "ms": 0})
    odoo.start()

    # The webhooks of what had left wake the workers now.
    until_all(db, "delivered", 90)
    for customer in people.WAITING:
        [message] = db.messages(customer.name)
        [sent] = emulator.sent(to=customer.number)
        assert sent["uuid"] == message["uuid"]
    assert emulator.get("ledger", format="count")["duplicate_uuids"] == []
