"""One story for each further provider: connected, reminded, delivered, answered."""

import time

import accounts
import people
import pytest
from playwright.sync_api import expect
from servers import until
from steps import READ, plain


@pytest.fixture
def in_use(collected, manager, db):
    """Return a function that takes an account into use until the test ends."""
    used = []

    def use(name):
        account_id = db.value("SELECT id FROM cobranza_account WHERE name = %s", name)
        manager.set_active("cobranza.account", account_id, True)
        used.append(account_id)
        return account_id

    yield use
    for account_id in used:
        manager.set_active("cobranza.account", account_id, False)


def approve_template(manager, db, policy, account_id):
    """Create the template of a policy's stage at the account; wait for the approval."""
    template_id = db.value(
        """
        SELECT template.id
          FROM cobranza_template template
          JOIN cobranza_stage stage ON stage.id = template.stage_id
         WHERE stage.policy_id = %s AND template.channel = 'whatsapp'
           AND template.shape = 'one' AND template.language = 'es'
        """,
        db.policy_id(policy.name),
    )
    manager.open("cobranza.template", template_id)
    manager.press("action_create_at_provider")

    def approved():
        manager.press("action_refresh_status")
        time.sleep(0.3)
        return (
            db.value(
                """
            SELECT status FROM cobranza_template_version
             WHERE template_id = %s AND account_id = %s
            """,
                template_id,
                account_id,
            )
            == "approved"
        )

    until(approved, "the template is approved", 20)


def remind(manager, db, policy, customer):
    """Let the stage begin and return the delivered message."""
    policy_id = db.policy_id(policy.name)
    manager.move_stage(policy_id, policy.days[0], 5)
    manager.run_now(policy_id)
    [message] = db.until_states(customer.name, ["delivered"])
    return message


def check_whatsapp(customer, message, phone, accountant, db):
    """Look at text, PDF and page on the telephone and at the note in the chatter."""
    phone.open(customer.number)
    [received] = phone.received().all()
    assert phone.text_of(received) == plain(message["body"])
    assert phone.pdf_of(received) == db.attachment(message["document_id"])
    accountant.open("account.move", db.invoice(customer.name)[0])
    note = accountant.note(message["body"])
    expect(accountant.ticks(note)).to_have_class(READ)
    return received


def test_twilio_whatsapp(in_use, manager, phone, accountant, db, emulator):
    customer, policy = people.BY_TWILIO, people.TWILIO_POLICY
    account_id = in_use(accounts.TWILIO)
    approve_template(manager, db, policy, account_id)
    message = remind(manager, db, policy, customer)

    received = check_whatsapp(customer, message, phone, accountant, db)
    phone.screenshot("phone-twilio-whatsapp")
    [row] = emulator.sent(to=customer.number)
    assert (row["provider"], row["uuid"]) == ("twilio", message["uuid"])
    # WhatsApp shows no longer file name of a PDF by link.
    assert len(row["media"][0]["filename"]) <= 20

    phone.press_quick_reply(received, "PAID")
    [reply] = db.until_received(customer.name, 1)
    assert reply["channel"] == "whatsapp"
    assert db.value(
        """
        SELECT COUNT(*) FROM cobranza_hold hold
         WHERE hold.move_id = %s
        """,
        db.invoice(customer.name)[0],
    )


def test_sms_gateway(in_use, manager, phone, accountant, db, emulator):
    customer, policy = people.BY_SMS_GATEWAY, people.SMS_GATEWAY_POLICY
    in_use(accounts.SMS_GATEWAY)
    manager.screenshot("account-sms-gateway")
    message = remind(manager, db, policy, customer)

    phone.open(customer.number)
    [received] = phone.received("sms").all()
    assert phone.text_of(received) == plain(message["body"])
    [row] = emulator.sent(to=customer.number)
    assert (row["provider"], row["uuid"]) == ("gateway", message["uuid"])
    accountant.open("account.move", db.invoice(customer.name)[0])
    expect(accountant.note(message["body"])).to_be_visible()

    db.until_may_write_again(customer.name)
    phone.write("BAJA")
    db.until_received(customer.name, 1)
    expect(phone.received("sms")).to_have_count(2)
    phone.screenshot("phone-sms-gateway")
    accountant.open("res.partner", db.partner_id(customer.name))
    accountant.show_collection()
    expect(accountant.badge("sms", "danger")).to_be_visible()


def test_whatsapp_gateway(in_use, manager, phone, accountant, db, emulator):
    customer, policy = people.BY_WHATSAPP_GATEWAY, people.WHATSAPP_GATEWAY_POLICY
    account_id = in_use(accounts.WHATSAPP_GATEWAY)
    manager.press("action_register_webhook")
    assert manager.until_notified()
    manager.screenshot("account-whatsapp-gateway")
    approve_template(manager, db, policy, account_id)
    message = remind(manager, db, policy, customer)

    check_whatsapp(customer, message, phone, accountant, db)
    [row] = emulator.sent(to=customer.number)
    assert row["sender"].endswith("525500006666")
    db.until_may_write_again(customer.name)
    phone.write("BAJA")
    db.until_received(customer.name, 1)
    expect(phone.received()).to_have_count(2)
