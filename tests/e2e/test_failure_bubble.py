"""A failure finds the responsible person: bubble, badge, list, and sending again."""

import people
from playwright.sync_api import expect

COUNTER = ".o_menu_systray .o-mail-MessagingMenu-counter"


def test_failure_is_in_the_bubble_and_sent_again_from_its_note(
    collected, accountant, db
):
    customer = people.REFUSED_TOO
    assert [one["state"] for one in db.messages(customer.name)] == ["failed"]
    accountant.open("res.partner", db.partner_id(customer.name))
    expect(accountant.page.locator(COUNTER)).to_be_visible()
    badge = accountant.page.locator(".o_cobranza_failures .badge")
    expect(badge).to_be_visible()

    badge.click()
    row = accountant.page.locator(".o_data_row", has_text=customer.name)
    expect(row).to_have_count(1)
    accountant.screenshot("failures-list")
    accountant.open("res.partner", db.partner_id(customer.name))
    accountant.page.locator(".o-mail-Message-notification.text-danger").click()
    retry = accountant.page.locator("button[name=cobranza_retry]")
    expect(retry).to_be_visible()
    accountant.screenshot("note-failed")
    retry.click()

    db.until_states(customer.name, ["failed", "delivered"])
    is_gone = """
        SELECT COUNT(*) = 0 FROM mail_notification notification
          JOIN res_partner partner ON partner.id = notification.res_partner_id
         WHERE partner.name = %s AND notification_status = 'exception'
    """
    db.until(is_gone, customer.name, what="the failure left the red bubble")
