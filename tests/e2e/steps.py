"""What people do and see in the browser: accountant, manager, customer.

Elements are found by field, button and test names, never by words on the screen, so
that the stories hold in every language.
"""

import re
from datetime import date
from pathlib import Path

import polib
from people import User
from playwright.sync_api import Locator, Page, expect
from servers import ROOT

WAIT_MS = 20_000
FORM = ".o_form_view"
# Classes of the ticks in the chatter.
DELIVERED = re.compile(r"o_cobranza_ticks.*\btext-muted\b")
READ = re.compile(r"o_cobranza_ticks.*\btext-primary\b")
I18N = ROOT / "cobranza_whatsapp" / "i18n"


def sentences(source: str, **values: str) -> set[str]:
    """Return an English sentence of the addon and what Spanish readers may see."""
    found = {source}
    for path in I18N.glob("es*.po"):
        entry = polib.pofile(str(path)).find(source)
        if entry and entry.msgstr:
            found.add(entry.msgstr)
    return {sentence % values if values else sentence for sentence in found}


def plain(text: str) -> str:
    """Return a text with every run of white space as one space."""
    return " ".join(text.split())


def file_behind(page: Page, link: Locator) -> bytes:
    """Return the bytes that a link on the page leads to."""
    address = link.evaluate("element => element.href")
    answer = page.request.get(address)
    assert answer.ok, f"{address} answers {answer.status}"
    assert answer.headers["content-type"].startswith("application/pdf")
    return answer.body()


class OdooPage:
    """A user's browser tab with Odoo."""

    def __init__(self, page: Page, url: str, screenshots: Path) -> None:
        self.page = page
        self._url = url
        self._screenshots = screenshots

    def log_in(self, user: User) -> None:
        """Log in by the form."""
        self.page.goto(f"{self._url}/web/login")
        self.page.fill("input[name=login]", user.login)
        self.page.fill("input[name=password]", user.password)
        self.page.click("button[type=submit]")
        # The first to log in waits until Odoo has built what the browser needs.
        self.page.wait_for_selector(".o_main_navbar", timeout=3 * WAIT_MS)

    def screenshot(self, name: str) -> None:
        """Keep what is on the screen."""
        self.page.screenshot(path=self._screenshots / f"{name}.png")

    # --- records ----------------------------------------------------------------------

    def find_invoice(self, number: str) -> None:
        """Look for an invoice in the list of customer invoices and open it."""
        action = "account.action_move_out_invoice_type"
        self.page.goto(f"{self._url}/odoo/action-{action}")
        search = self.page.locator(".o_searchview_input")
        search.fill(number)
        search.press("Enter")
        row = self.page.locator(".o_data_row", has_text=number)
        expect(self.page.locator(".o_data_row")).to_have_count(1)
        self.screenshot("invoice-list")
        row.locator("td[name=name]").click()
        self.page.wait_for_selector(FORM)

    def open(self, model: str, record_id: int) -> None:
        """Open a record, as a link to it does."""
        self.page.goto(f"{self._url}/odoo/{model}/{record_id}")
        self.page.wait_for_selector(FORM)

    def open_action(self, xmlid: str) -> None:
        """Open what a menu opens."""
        self.page.goto(f"{self._url}/odoo/action-{xmlid}")
        self.page.wait_for_selector(".o_action_manager .o_view_controller")

    def write_date(self, field: str, day: date) -> None:
        """Type a date into a field of the open form, as Mexicans write it."""
        box = self.field(field).locator("input")
        if not box.count():
            self.field(field).click()
        box.first.fill(day.strftime("%d/%m/%Y"))
        box.first.press("Tab")

    def search(self, text: str) -> None:
        """Look for a text in the open list."""
        search = self.page.locator(".o_searchview_input")
        search.fill(text)
        search.press("Enter")

    def show_collection(self) -> None:
        """Open the tab with what we added to invoices and customers."""
        self.page.click(f"{FORM} .nav-link[name=cobranza]")

    def field(self, name: str) -> Locator:
        """Return a field of the open form."""
        return self.page.locator(f"{FORM} .o_field_widget[name={name}]").first

    def text_of(self, name: str) -> str:
        """Return what a field of the open form shows."""
        return plain(self.field(name).inner_text())

    def badge(self, channel: str, colour: str) -> Locator:
        """Return the customer's consent for a channel if it has this colour."""
        return self.field(f"cobranza_{channel}_consent").locator(f".text-bg-{colour}")

    def set_active(self, model: str, record_id: int, active: bool) -> None:
        """Take a record into use, or archive it, by the form's menu."""
        self.open(model, record_id)
        self.page.click(".o_cp_action_menus button:has(.fa-cog)")
        icon = "oi-unarchive" if active else "oi-archive"
        self.page.click(f".o_menu_item:has(.{icon})")
        if not active:
            self.page.click(".modal-footer .btn-primary")
        ribbon = self.page.locator(f"{FORM} .ribbon:visible")
        expect(ribbon).to_have_count(0 if active else 1)

    def press(self, button: str) -> None:
        """Press a button of the open form."""
        self.page.click(f"{FORM} button[name={button}]")

    def until_notified(self) -> str:
        """Return what the notification in the corner says, and close it."""
        notification = self.page.locator(".o_notification").last
        expect(notification).to_be_visible()
        text = plain(notification.locator(".o_notification_body").inner_text())
        notification.locator(".o_notification_close").click()
        return text

    def until_not_sendable(self, screenshot: str) -> list[str]:
        """Return why the preview of a reminder sends nothing, and close it."""
        dialog = self.page.locator(".modal-dialog")
        reasons = dialog.locator("[name=refused_ids] .o_data_row td[name=sentence]")
        expect(reasons.first).to_be_visible()
        expect(dialog.locator("button[name=action_send]")).to_have_count(0)
        self.screenshot(screenshot)
        texts = [plain(text) for text in reasons.all_inner_texts()]
        self.close_dialog()
        return texts

    def close_dialog(self) -> None:
        """Close the open dialog without doing anything."""
        dialog = self.page.locator(".modal-dialog")
        dialog.locator("button.btn-close").click()
        expect(dialog).to_have_count(0)

    # --- chatter ----------------------------------------------------------------------

    def note(self, text: str) -> Locator:
        """Return the one note of the chatter that holds a text."""
        notes = self.page.locator(".o-mail-Message").filter(
            has_text=re.compile(r"\s+".join(map(re.escape, text.split())))
        )
        expect(notes).to_have_count(1)
        return notes

    def state(self, note: Locator) -> Locator:
        """Return icon and word of a note's delivery."""
        return note.locator(".o-mail-Message-notification")

    def ticks(self, note: Locator) -> Locator:
        """Return the ticks in the list that a click on a note's state opens."""
        # A list that is open already does not follow what happens meanwhile.
        opened = self.page.locator(".o-mail-MessageNotificationPopover")
        if opened.count():
            self.page.keyboard.press("Escape")
            expect(opened).to_have_count(0)
        self.state(note).click()
        state = self.page.locator(".o-mail-MessageNotificationPopover i[title]")
        expect(state).to_have_count(1)
        return state

    def download_pdf(self, note: Locator) -> bytes:
        """Download the one PDF of a note."""
        card = note.locator(".o-mail-AttachmentContainer")
        expect(card).to_have_count(1)
        expect(card).to_have_attribute("data-mimetype", "application/pdf")
        card.hover()
        with self.page.expect_download() as download:
            card.locator("button", has=self.page.locator(".fa-download")).click()
        return Path(download.value.path()).read_bytes()

    # --- the manager ------------------------------------------------------------------

    def run_now(self, policy_id: int) -> None:
        """Press the policy's button that starts the scheduled actions."""
        self.open("cobranza.policy", policy_id)
        self.press("action_run_now")
        assert self.until_notified()

    def move_stage(self, policy_id: int, day_from: int, new_day: int) -> None:
        """Let the stage that begins on a day begin on another one."""
        self.open("cobranza.policy", policy_id)
        cells = self.page.locator(".o_data_row td[name=day_from]")
        cells.filter(has_text=re.compile(rf"^\s*{day_from}\s*$")).click()
        day = self.page.locator(".o_data_row td[name=day_from] input")
        day.fill(str(new_day))
        self.page.click(".o_form_button_save")
        expect(self.page.locator(".o_form_button_save:visible")).to_have_count(0)


class PhonePage:
    """The customer's telephone, as the emulator draws it."""

    def __init__(self, page: Page, url: str, screenshots: Path) -> None:
        self.page = page
        self._url = url
        self._screenshots = screenshots

    def open(self, number: str) -> None:
        """Take up the telephone with this number; that reads what was delivered."""
        self.page.goto(f"{self._url}/phone/{number}")
        self.page.wait_for_selector("[data-testid=messages] > *")

    def screenshot(self, name: str) -> None:
        """Keep what is on the screen."""
        self.page.screenshot(path=self._screenshots / f"{name}.png")

    def received(self, channel: str = "whatsapp") -> Locator:
        """Return the messages that came from the company."""
        return self.page.locator(
            f"[data-testid=message][data-direction=out][data-channel={channel}]"
        )

    def text_of(self, message: Locator) -> str:
        """Return the text of a message."""
        return plain(message.locator("[data-testid=text]").inner_text())

    def pdf_of(self, message: Locator) -> bytes:
        """Return the bytes of the one document of a message."""
        return file_behind(self.page, message.locator("[data-testid=document]"))

    def press_chip(self, label: str) -> None:
        """Send one of the prepared short answers."""
        self.page.locator("[data-testid=chip]", has_text=label).click()

    def press_quick_reply(self, message: Locator, payload: str) -> None:
        """Press the button below a message whose payload begins so."""
        message.locator(f"[data-testid=quick-reply][data-payload^={payload}]").click()

    def write(self, text: str) -> None:
        """Type an answer and send it."""
        self.page.fill("[data-testid=reply-input]", text)
        self.page.click("[data-testid=reply-send]")
