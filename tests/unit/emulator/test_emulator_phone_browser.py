"""The phone page in Chromium, as somebody uses it."""

import os
import shutil
from pathlib import Path

import pytest
from emulator_client import CUSTOMER, wait_for
from playwright.sync_api import expect, sync_playwright

ROOT = Path(__file__).resolve().parents[3]
HOSTILE = '<img src=x onerror="window.hacked=1"><b>Ñandú</b> & "Cía" 😀'


@pytest.fixture(scope="module")
def browser():
    folder = Path(os.environ.get("COBRANZA_DEV_DIR") or ROOT / ".dev")
    program = shutil.which("chromium") or str(folder / "bin" / "chromium")
    with sync_playwright() as playwright:
        found = playwright.chromium.launch(
            executable_path=program, args=["--no-sandbox"]
        )
        yield found
        found.close()


@pytest.fixture
def page(browser):
    """A page that may load nothing from elsewhere and log no error."""
    found = browser.new_page(viewport={"width": 1300, "height": 860})
    problems = []
    found.on("pageerror", lambda error: problems.append(str(error)))
    found.on(
        "request",
        lambda request: (
            problems.append(request.url)
            if not request.url.startswith("http://127.0.0.1:")
            else None
        ),
    )
    yield found
    found.close()
    assert problems == []


@pytest.fixture
def reminded(meta):
    """An emulator whose customer got one reminder."""
    meta.control("POST", f"/phones/{CUSTOMER}", {"name": HOSTILE})
    meta.template()
    meta.send_template()
    wait_for(
        lambda: meta.control("GET", "/ledger")["messages"][0]["status"] == "delivered"
    )
    return meta


def message(page, direction="out"):
    return page.locator(f"[data-testid=message][data-direction={direction}]")


def assert_harmless(page):
    """The hostile name was shown as text: it made no element and ran nothing."""
    assert page.locator("img[src=x]").count() == 0
    assert page.evaluate("window.hacked") is None


def test_from_the_list_to_the_message_and_its_pdf(reminded, page):
    page.goto(reminded.url + "/phone")
    row = page.get_by_test_id("phone-row")
    expect(row.locator(".row-name")).to_have_text(HOSTILE)
    expect(row.locator(".unread")).to_have_text("1")
    row.click()

    bubble = message(page)
    expect(bubble).to_have_attribute("data-channel", "whatsapp")
    expect(bubble.get_by_test_id("text")).to_have_text(
        "Hola María, su factura por $1.00 venció ayer."
    )
    document = bubble.get_by_test_id("document")
    expect(document).to_contain_text("INV-1.pdf")
    expect(document).to_have_attribute("target", "_blank")
    assert document.get_attribute("href").startswith("/phone/media/")
    button = bubble.get_by_test_id("url-button")
    expect(button).to_have_attribute("href", "https://erp.example.com/c/k3J9x")
    expect(bubble).to_have_attribute("data-status", "read")
    expect(bubble.locator(".state")).to_have_text("Leído")
    assert_harmless(page)


def test_answers_by_button_chip_and_text_without_reload(reminded, receiver, page):
    page.goto(f"{reminded.url}/phone/{CUSTOMER}")
    page.evaluate("window.same = true")
    message(page).get_by_test_id("quick-reply").click()
    expect(message(page, "in")).to_have_count(1)
    expect(message(page, "in").locator(".quote")).to_contain_text("Hola María")
    page.get_by_test_id("chip").get_by_text("BAJA").click()
    expect(message(page, "in")).to_have_count(2)
    page.get_by_test_id("reply-input").fill(HOSTILE + "\nhttps://x.example/a?b=1.")
    page.get_by_test_id("reply-send").click()

    last = message(page, "in").nth(2)
    expect(last.get_by_test_id("text")).to_contain_text(HOSTILE)
    expect(last.locator("a")).to_have_attribute("href", "https://x.example/a?b=1")
    expect(last.get_by_label("Entregado a la empresa")).to_be_visible()
    expect(page.get_by_test_id("reply-input")).to_have_value("")
    assert page.evaluate("window.same") is True
    assert_harmless(page)

    def texts():
        found = [
            one
            for change in receiver.changes
            for one in change["value"].get("messages", [])
        ]
        return [one["type"] for one in found] == ["button", "text", "text"] and found

    found = wait_for(texts)
    assert found[0]["button"]["payload"] == "PAID:3f1c"
    assert found[1]["text"]["body"] == "BAJA"


def test_airplane_mode_and_live_delivery(reminded, page):
    page.goto(f"{reminded.url}/phone/{CUSTOMER}")
    expect(message(page)).to_have_count(1)
    page.locator(".toggle", has_text="Modo avión").click()
    expect(page.locator("body.offline")).to_be_visible()
    reminded.send_template()
    expect(message(page).nth(1)).to_have_attribute("data-status", "sent")
    page.get_by_test_id("chip").first.click()
    expect(page.get_by_role("alert")).to_contain_text("modo avión")

    page.locator(".toggle", has_text="Modo avión").click()

    expect(message(page).nth(1)).to_have_attribute("data-status", "read")


def test_sms_look_switch_and_filter(reminded, page):
    reminded.setup_twilio()
    reminded.sms(Body="Su factura vencio")
    page.set_viewport_size({"width": 380, "height": 740})
    page.goto(f"{reminded.url}/phone/{CUSTOMER}")
    sms = page.locator("[data-testid=message][data-channel=sms]")
    expect(sms).to_have_attribute("data-status", "delivered")
    page.get_by_test_id("chip").get_by_text("Hola").click()
    expect(sms).to_have_count(2)
    page.get_by_role("button", name="WhatsApp", exact=True).click()

    expect(sms.first).to_be_hidden()
    expect(message(page).first).to_be_visible()
    overflow = "document.documentElement.scrollWidth - innerWidth"
    assert page.evaluate(overflow) <= 0
