"""The PDF: printed once, however many reminders go out; the invoice's official one."""

import hashlib
import io

import people
from pypdf import PdfReader


def digest(content):
    """Return the SHA-256 of a file."""
    return hashlib.sha256(content).hexdigest()


def text_of(pdf):
    """Return all text of a PDF."""
    return "\n".join(page.extract_text() for page in PdfReader(io.BytesIO(pdf)).pages)


def test_three_reminders_of_an_invoice_print_it_once(
    collected, manager, phone, db, emulator, renders
):
    customer = people.THRICE
    invoice_id, number = db.invoice(customer.name)
    policy_id = db.policy_id(people.THREE_STAGES.name)
    _first, second, third = people.THREE_STAGES.days

    db.until_may_write_again(customer.name)
    manager.move_stage(policy_id, second, 10)
    manager.run_now(policy_id)
    db.until_states(customer.name, ["delivered"] * 2)
    db.until_may_write_again(customer.name)
    manager.move_stage(policy_id, third, 15)
    manager.screenshot("policy-stages")
    manager.run_now(policy_id)
    db.until_states(customer.name, ["delivered"] * 3)

    official = db.official_pdf(invoice_id)
    assert renders.count(number) == 1
    sent = emulator.sent(to=customer.number)
    assert [one["media_sha256"] for one in sent] == [digest(official)] * 3
    phone.open(customer.number)
    phone.screenshot("phone-three-reminders")
    for message in phone.received().all():
        assert phone.pdf_of(message) == official
    assert number in text_of(official)


def test_no_invoice_of_the_first_run_was_printed_twice(collected, db, renders):
    numbers = [
        number
        for [number] in db.rows(
            """
            SELECT DISTINCT move.name
              FROM cobranza_message message
              JOIN cobranza_message_move_rel rel
                ON rel.cobranza_message_id = message.id
              JOIN account_move move ON move.id = rel.account_move_id
              JOIN res_partner partner ON partner.id = message.partner_id
             WHERE message.direction = 'out' AND partner.name != ALL(%s)
            """,
            # The server is killed while it prints theirs.
            [one.name for one in people.WAITING],
        )
    ]

    assert len(numbers) > len(people.CUSTOMERS) - len(people.WAITING)
    assert {number: renders.count(number) for number in numbers} == dict.fromkeys(
        numbers, 1
    )


def test_second_channel_takes_the_same_pdf(collected, db, emulator, renders, phone):
    customer = people.WITHOUT_WHATSAPP
    messages = db.until_states(customer.name, ["failed", "delivered"])
    invoice_id, number = db.invoice(customer.name)

    assert [one["channel"] for one in messages] == ["whatsapp", "sms"]
    phone.open(customer.number)
    phone.screenshot("phone-without-whatsapp")
    for message in messages:
        assert db.attachment(message["document_id"]) == db.official_pdf(invoice_id)
    assert renders.count(number) == 1
    assert len(emulator.sent(to=customer.number, channel="sms")) == 1
