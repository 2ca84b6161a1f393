"""A failure finds the responsible person: red bubble, badge, list, note."""

import people
from playwright.sync_api import expect

COUNTER = ".o_menu_systray .o-mail-MessagingMenu-counter"


def test_failure_is_in_the_red_bubble_the_list_and_its_note(collected, accountant, db):
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
