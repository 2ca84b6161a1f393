"""What customers answer reaches the person who is responsible for them."""

import people
from playwright.sync_api import expect
from steps import sentences

QUESTION = "¿me mandan la factura? <b>gracias</b> 🙏"
ON_HOLD = "This invoice is on hold: release it to go on."


def responsible(db, customer):
    """Return the logins of the users who have an activity on a customer."""
    rows = db.rows(
        """
        SELECT users.login
          FROM mail_activity activity
          JOIN res_users users ON users.id = activity.user_id
         WHERE activity.res_model = 'res.partner' AND activity.res_id = %s
        """,
        db.partner_id(customer.name),
    )
    return [login for [login] in rows]


def test_free_reply_becomes_a_note_and_an_activity(collected, phone, accountant, db):
    customer = people.ASKER
    phone.open(customer.number)
    phone.write(QUESTION)
    db.until_received(customer.name, 1)
    phone.screenshot("phone-question")

    accountant.open("res.partner", db.partner_id(customer.name))
    expect(accountant.note(QUESTION)).to_be_visible()
    activity = accountant.page.locator(".o-mail-Activity")
    expect(activity).to_have_count(1)
    # Without the text: others than accountants can read activities.
    expect(activity).to_contain_text("Carmen Contadora")
    expect(activity).not_to_contain_text("¿me mandan la factura?")
    accountant.screenshot("customer-question")
    assert responsible(db, customer) == [people.ACCOUNTANT.login]
    assert [one["kind"] for one in db.messages(customer.name)] == ["reminder"]


def test_already_paid_puts_the_invoice_on_hold(collected, phone, accountant, db):
    customer = people.PAYER
    phone.open(customer.number)
    phone.press_quick_reply(phone.received().first, "PAID")
    db.until_received(customer.name, 1)
    phone.screenshot("phone-paid")

    accountant.open("account.move", db.invoice(customer.name)[0])
    accountant.show_collection()
    release = accountant.page.locator("button[name=action_cobranza_release]")
    expect(release).to_be_visible()
    assert accountant.text_of("cobranza_next_action") in sentences(ON_HOLD)
    accountant.screenshot("invoice-on-hold")
    accountant.press("action_cobranza_preview")
    [reason] = accountant.until_not_sendable("send-now-on-hold")
    assert reason in sentences(ON_HOLD)
    assert responsible(db, customer) == [people.ACCOUNTANT.login]
