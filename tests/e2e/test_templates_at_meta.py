"""Templates at Meta: created from Odoo, approved by webhook, sent; or refused."""

import io

import people
import pytest
from playwright.sync_api import expect
from pypdf import PdfReader
from steps import file_behind, plain, sentences

NEW_TEXT = (
    "Hola {{ cliente }}, le escribe {{ empresa }}. Su factura {{ factura }} por "
    "{{ monto }} venció el {{ vencimiento }}. Este texto es nuevo. Dudas: "
    "{{ contacto }}. Responda BAJA para no recibir más avisos."
)
# What Meta does, what Odoo keeps of it, what a person reads.
REFUSALS = [
    (
        {"status": "REJECTED", "reason": "PROMOTIONAL"},
        "rejected",
        "WhatsApp rejected the template: correct its text and create it there again.",
    ),
    (
        {"status": "PAUSED"},
        "paused",
        "WhatsApp paused the template because customers complained about it: wait "
        "some hours, or write a friendlier text.",
    ),
    (
        {"status": "APPROVED", "category": "MARKETING"},
        "MARKETING",
        "WhatsApp no longer counts the template as a service message: take out "
        "everything that sounds like advertising and create it there again.",
    ),
]


def until_version(db, name, word):
    """Wait until the webhook brought a status or category of a template."""
    db.until(
        """
        SELECT bool_and(%s IN (status, category)) FROM cobranza_template_version
         WHERE remote_name = %s
        """,
        word,
        name,
        what=f"template {name} is {word}",
    )


def test_new_text_is_created_approved_by_webhook_and_sent(
    collected, manager, phone, db, emulator
):
    customer, policy = people.NEW_TEXT, people.NEW_TEMPLATE
    policy_id = db.policy_id(policy.name)
    template_id, old_name = db.template(policy.name)
    manager.open("cobranza.template", template_id)
    manager.field("body").locator("textarea").fill(NEW_TEXT)
    manager.press("action_create_at_provider")
    db.until(
        "SELECT COUNT(*) > 1 FROM cobranza_template_version WHERE template_id = %s",
        template_id,
        what="the new version exists",
    )
    new_name = db.template(policy.name)[1]
    assert new_name != old_name
    until_version(db, new_name, "approved")

    manager.open("cobranza.template", template_id)
    drawing = manager.field("bubble")
    expect(drawing).to_contain_text("Este texto es nuevo")
    expect(drawing.locator(".o_cobranza_document")).to_be_visible()
    expect(manager.field("account_states").locator(".text-bg-success")).to_be_visible()
    expect(
        manager.page.locator("button[name=action_delete_old_versions]")
    ).to_be_visible()
    manager.screenshot("template-approved")
    manager.move_stage(policy_id, 60, 5)
    manager.run_now(policy_id)
    db.until(
        """
        SELECT COUNT(*) > 0 FROM cobranza_message message
          JOIN res_partner partner ON partner.id = message.partner_id
         WHERE partner.name = %s AND message.state IN ('delivered', 'read')
        """,
        customer.name,
        what="the new text was delivered",
        seconds=90,
    )

    phone.open(customer.number)
    [message] = phone.received().all()
    assert "Este texto es nuevo" in phone.text_of(message)
    phone.screenshot("phone-new-text")
    [sent] = emulator.sent(to=customer.number)
    assert sent["template"] == new_name


@pytest.mark.parametrize(
    ("change", "word", "source"), REFUSALS, ids=["rejected", "paused", "marketing"]
)
def test_refused_template_says_why_and_sends_nothing(
    collected, manager, accountant, db, emulator, change, word, source
):
    customer, policy = people.REFUSED_TEXT, people.REFUSED_TEMPLATE
    policy_id = db.policy_id(policy.name)
    template_id, name = db.template(policy.name)
    first_day = "SELECT min(day_from) FROM cobranza_stage WHERE policy_id = %s"
    if db.value(first_day, policy_id) == 60:
        manager.move_stage(policy_id, 60, 5)

    emulator.post(f"templates/{name}", change)
    until_version(db, name, word)

    accountant.open("cobranza.template", template_id)
    states = accountant.text_of("account_states")
    assert any(sentence in states for sentence in sentences(source)), states
    accountant.screenshot(f"template-{word.lower()}")
    accountant.open("account.move", db.invoice(customer.name)[0])
    accountant.press("action_cobranza_preview")
    [refused] = accountant.until_not_sendable(f"send-now-{word.lower()}")
    assert any(sentence in refused for sentence in sentences(source)), refused
    assert db.messages(customer.name) == []
    assert emulator.sent(to=customer.number) == []


def test_several_invoices_are_one_message_with_one_merged_pdf(collected, phone, db):
    customer = people.SEVERAL
    [message] = db.messages(customer.name)
    rows = db.rows(
        """
        SELECT move.id, move.name FROM account_move move
          JOIN res_partner partner ON partner.id = move.partner_id
         WHERE partner.name = %s AND move.move_type = 'out_invoice'
        """,
        customer.name,
    )
    ids, numbers = zip(*rows, strict=True)
    assert len(numbers) == customer.invoices

    phone.open(customer.number)
    [bubble] = phone.received().all()
    phone.screenshot("phone-several")
    assert phone.pdf_of(bubble) == db.attachment(message["document_id"])
    assert phone.text_of(bubble) == plain(message["body"])
    for number in numbers:
        assert number in message["body"]

    address = bubble.locator("[data-testid=url-button]").get_attribute("title")
    phone.page.goto(address)
    phone.screenshot("page-several")
    links = phone.page.locator(".card a[href^='/cobranza/pdf/']")
    expect(links).to_have_count(customer.invoices)
    originals = [file_behind(phone.page, link) for link in links.all()]
    assert sorted(originals) == sorted(db.official_pdf(move) for move in ids)
    merged = PdfReader(io.BytesIO(db.attachment(message["document_id"])))
    pages = [len(PdfReader(io.BytesIO(one)).pages) for one in originals]
    assert len(merged.pages) == sum(pages)
