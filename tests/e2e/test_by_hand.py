"""The accountant looks before it goes: dry run with a veto, by hand, why or why not."""

from datetime import date, timedelta

import people
from playwright.sync_api import expect
from steps import plain, sentences

NO_CONSENT = (
    "There is no consent for this channel and number or address: record it on the "
    "customer."
)
DRY_RUN = "cobranza_whatsapp.cobranza_preview_action"
# The debts are 10 days old and the stage begins 110 days after they fell due.
DAYS_AHEAD = 100


def test_dry_run_of_a_later_date_with_a_veto(collected, accountant, db):
    page = accountant.page
    accountant.open_action(DRY_RUN)
    day = date.today() + timedelta(days=DAYS_AHEAD)  # noqa: DTZ011
    accountant.write_date("date", day)
    accountant.press("action_compute")
    expect(page.locator("button[name=action_open_going]")).to_be_visible()
    accountant.screenshot("dry-run")

    page.click("button[name=action_open_going]")
    accountant.search(people.VETOED.name)
    row = page.locator(".o_data_row")
    expect(row).to_have_count(1)
    row.locator("input[type=checkbox]").check()
    page.click("button[name=action_veto]")
    page.fill(".modal [name=note] input", "Está negociando un convenio")
    accountant.screenshot("dry-run-veto")
    page.click(".modal button[name=action_confirm]")
    expect(page.locator(".modal")).to_have_count(0)

    holds = db.rows(
        """
        SELECT hold.note, hold.date_from, hold.date_to
          FROM cobranza_hold hold JOIN res_partner partner
            ON partner.id = hold.partner_id
         WHERE partner.name = %s AND hold.reason = 'veto'
        """,
        people.VETOED.name,
    )
    assert holds == [("Está negociando un convenio", day, day)]
    assert db.messages(people.VETOED.name) == []


def test_by_hand_with_a_preview_of_every_text(
    collected, accountant, manager, phone, db
):
    page = accountant.page
    manager.move_stage(db.policy_id(people.HAND_POLICY.name), 110, 5)
    accountant.open("res.partner", db.partner_id(people.NEVER_ASKED.name))
    accountant.show_collection()
    accountant.press("action_cobranza_why")
    crosses = page.locator(".modal .o_data_row", has_text="✗")
    expect(crosses.first).to_be_visible()
    accountant.screenshot("why-not")
    found = {
        plain(text) for text in crosses.locator("td[name=sentence]").all_inner_texts()
    }
    assert found & sentences(NO_CONSENT)
    accountant.close_dialog()

    accountant.open("account.move", db.invoice(people.BY_HAND.name)[0])
    accountant.show_collection()
    accountant.screenshot("invoice-next-reminder")
    accountant.press("action_cobranza_preview")
    row = page.locator(".modal [name=going_ids] .o_data_row")
    expect(row).to_have_count(1)
    accountant.screenshot("by-hand")
    shown = plain(row.locator("td[name=text]").inner_text())
    page.click(".modal button[name=action_send]")
    expect(page.locator(".modal")).to_have_count(0)

    db.until_states(people.BY_HAND.name, ["delivered"])
    phone.open(people.BY_HAND.number)
    received = phone.text_of(phone.received().first)
    assert received.split("http")[0] in shown
    assert db.messages(people.BY_HAND_TOO.name) == []
