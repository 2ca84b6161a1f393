"""A reminder that the provider refused is sent again when a person wants it."""

import people


def test_failed_reminder_is_sent_again_by_hand(
    collected, accountant, db, emulator, renders
):
    customer = people.REFUSED_ONCE
    [failed] = db.until_states(customer.name, ["failed"])

    accountant.open("cobranza.message", failed["id"])
    accountant.screenshot("message-failed")
    accountant.press("action_retry")
    assert accountant.until_notified()

    again = db.until_states(customer.name, ["failed", "delivered"])[1]
    [sent] = emulator.sent(to=customer.number)
    assert sent["uuid"] == again["uuid"] != failed["uuid"]
    assert renders.count(db.invoice(customer.name)[1]) == 1
