"""A customer with consent for SMS only: short text, link, page, PDF, STOP."""

import re

import people
import requests
from playwright.sync_api import expect
from steps import DELIVERED, file_behind, plain

# The characters of 3GPP TS 23.038, those that cost two last.
GSM7 = set(
    "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?¡"
    "ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà^{}\\[~]|€"
)


def test_sms_leads_to_the_invoice_and_its_pdf(
    collected, phone, accountant, db, odoo, settings
):
    customer = people.SMS_ONLY
    [message] = db.until_states(customer.name, ["delivered"])
    invoice_id, number = db.invoice(customer.name)

    phone.open(customer.number)
    assert phone.received("whatsapp").count() == 0
    [received] = phone.received("sms").all()
    text = phone.text_of(received)
    assert text == plain(message["body"])
    assert number in text
    assert set(text) <= GSM7
    assert "Lucia Ñandu" in text
    phone.screenshot("phone-sms")

    with phone.page.expect_popup() as popup:
        received.locator("[data-testid=text] a").click()
    page = popup.value
    assert re.fullmatch(rf"{odoo.url}/c/[0-9A-Za-z]{{10,}}", page.url)
    expect(page.locator(".card")).to_have_count(1)
    expect(page.locator(".card")).to_contain_text(number)
    expect(page.locator(".card")).to_contain_text("1,250.50")
    page.screenshot(path=settings.screenshots / "payment-page.png")
    pdf = file_behind(page, page.locator("a[href*='/cobranza/pdf/']"))
    assert pdf == db.attachment(message["document_id"]) == db.official_pdf(invoice_id)
    page.close()


def test_status_callbacks_of_an_sms_reach_the_chatter(collected, accountant, db):
    customer = people.SMS_ONLY
    [message] = db.until_states(customer.name, ["delivered"])

    accountant.open("account.move", db.invoice(customer.name)[0])

    note = accountant.note(message["body"])
    expect(accountant.state(note).locator(".fa-mobile")).to_be_visible()
    expect(accountant.ticks(note)).to_have_class(DELIVERED)
    accountant.screenshot("invoice-sms-delivered")


def test_wrong_tokens_are_not_found(collected, odoo):
    for path in ("/c/AAAAAAAAAAAAAAAA", "/cobranza/pdf/AAAAAAAAAAAAAAAA/x.pdf"):
        assert requests.get(f"{odoo.url}{path}", timeout=10).status_code == 404


def test_stop_withdraws_consent_and_the_carrier_alone_confirms(
    collected, phone, accountant, db, emulator
):
    customer = people.SMS_STOPPER
    db.until_states(customer.name, ["delivered"])

    phone.open(customer.number)
    phone.write("STOP")
    [stop] = db.until_received(customer.name, 1)
    phone.screenshot("phone-sms-stop")

    assert stop["channel"] == "sms"
    assert [one["kind"] for one in db.messages(customer.name)] == ["reminder"]
    answers = emulator.sent(to=customer.number, direction="auto")
    assert len(answers) == 1
    accountant.open("res.partner", db.partner_id(customer.name))
    accountant.show_collection()
    expect(accountant.badge("sms", "danger")).to_be_visible()
    accountant.screenshot("customer-sms-stopped")
