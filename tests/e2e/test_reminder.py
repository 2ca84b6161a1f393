"""The main story: an overdue invoice, its reminder, its PDF, and BAJA."""

import people
import pytest
from playwright.sync_api import expect
from steps import DELIVERED, READ, plain, sentences

CUSTOMER = people.REMINDED.name
NEXT_RUN = "Reminder by %(channel)s in the next run"
OPTED_OUT = "The customer opted out of these messages: call instead."


@pytest.fixture
def reminder(collected, db):
    """Return the customer's reminder once it was delivered (or read since)."""
    return db.messages(CUSTOMER)[0]


def test_accountant_sees_stage_and_next_action_before_the_run(seen_before, db):
    [stage_names] = db.rows(
        """
        SELECT stage.name ->> 'en_US', stage.name ->> 'es_MX'
          FROM cobranza_debt debt
          JOIN cobranza_stage stage ON stage.id = debt.stage_id
         WHERE debt.move_id = %s
        """,
        db.invoice(CUSTOMER)[0],
    )

    assert seen_before.stage in stage_names
    assert seen_before.days_overdue == str(people.REMINDED.days_overdue)
    assert seen_before.next_action in sentences(NEXT_RUN, channel="WhatsApp")


def test_delivered_reminder_stands_in_both_chatters_and_on_the_phone(
    accountant, phone, reminder, db
):
    invoice_id, number = db.invoice(CUSTOMER)
    text = plain(reminder["body"])
    document = db.attachment(reminder["document_id"])

    accountant.open("account.move", invoice_id)
    on_invoice = accountant.note(text)
    expect(accountant.ticks(on_invoice)).to_have_class(DELIVERED)
    accountant.screenshot("invoice-delivered")
    assert accountant.download_pdf(on_invoice) == document

    accountant.open("res.partner", db.partner_id(CUSTOMER))
    on_customer = accountant.note(text)
    expect(on_customer.locator(".fa-whatsapp")).to_be_visible()
    assert accountant.download_pdf(on_customer) == document
    expect(accountant.ticks(on_customer)).to_have_class(DELIVERED)
    state = accountant.state(on_customer)
    delivered = state.inner_text()
    accountant.screenshot("customer-delivered")

    phone.open(people.REMINDED.number)
    [message] = phone.received().all()
    phone.screenshot("phone-reminder")
    assert number in text
    assert people.CONTACT in text
    assert phone.text_of(message) == text
    assert phone.pdf_of(message) == document
    # The customer has read it now; the page that is open in Odoo says so by itself.
    expect(state).not_to_have_text(delivered)
    expect(accountant.ticks(on_customer)).to_have_class(READ)
    accountant.screenshot("customer-read")


def test_baja_is_confirmed_once_and_send_now_then_refuses(
    accountant, phone, reminder, db
):
    phone.open(people.REMINDED.number)
    phone.press_chip("BAJA")
    expect(phone.received()).to_have_count(2)
    phone.press_chip("BAJA")
    db.until_received(CUSTOMER, 2)
    confirmed = db.until_states(CUSTOMER, ["read", "read"])
    phone.screenshot("phone-opted-out")

    assert [one["kind"] for one in confirmed] == ["reminder", "confirmation"]
    expect(phone.received()).to_have_count(2)
    assert phone.text_of(phone.received().nth(1)) == plain(confirmed[1]["body"])

    accountant.open("res.partner", db.partner_id(CUSTOMER))
    accountant.show_collection()
    for channel in ("whatsapp", "sms"):
        expect(accountant.badge(channel, "danger")).to_be_visible()
    accountant.screenshot("customer-opted-out")

    accountant.open("account.move", db.invoice(CUSTOMER)[0])
    accountant.show_collection()
    assert accountant.text_of("cobranza_next_action") in sentences(OPTED_OUT)
    accountant.press("action_cobranza_preview")
    [reason] = accountant.until_not_sendable("send-now-refused")
    assert reason in sentences(OPTED_OUT)
    assert len(db.messages(CUSTOMER)) == 2
