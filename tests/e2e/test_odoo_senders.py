"""Odoo's own e-mail and SMS: real crons, a real mail server, Odoo's SMS over HTTP."""

import os
import xmlrpc.client
from collections.abc import Iterator
from email.message import EmailMessage

import odoo_sender_scripts as scripts
import pytest
import requests
from lifecycle import Lifecycle, alone
from servers import CHECKOUT, Emulator, OdooServer, Renders, Settings, until

from emulator.smtp_sink import SmtpSink

NAME = f"cobranza_senders_{CHECKOUT}"
SECONDS = 90
ADMIN_ID = 2


class Place:
    """One Odoo whose e-mail and SMS end on this machine."""

    def __init__(self, life: Lifecycle, odoo: OdooServer, sink: SmtpSink) -> None:
        self.life = life
        self.odoo = odoo
        self.sink = sink

    def message(self, customer: str) -> tuple:
        """Return (state, channel, id, token of the link, uuid) of his message."""
        rows = self.life.rows(
            """
            SELECT message.state, message.channel, message.id, link.token, message.uuid
              FROM cobranza_message message
              JOIN res_partner partner ON partner.id = message.partner_id
         LEFT JOIN cobranza_link link ON link.id = message.link_id
             WHERE partner.name = %s
            """,
            customer,
        )
        assert len(rows) < 2, rows
        return rows[0] if rows else ("none",) * 5

    def until_state(self, customer: str, state: str) -> tuple:
        """Return his message once it is in this state."""
        until(
            lambda: self.message(customer)[0] == state,
            lambda: f"{customer} is {state}, but {self.message(customer)}",
            SECONDS,
        )
        return self.message(customer)

    def notes(self, message_id: int) -> list[tuple]:
        """Return (model, body, attachments) of the notes of a message."""
        return self.life.rows(
            """
            SELECT note.model, note.body, COUNT(rel.attachment_id)
              FROM mail_message note
         LEFT JOIN message_attachment_rel rel ON rel.message_id = note.id
             WHERE note.cobranza_message_id = %s
          GROUP BY note.id
          ORDER BY note.model
            """,
            message_id,
        )


@pytest.fixture(scope="module")
def place(settings: Settings, folder, emulator: Emulator) -> Iterator[Place]:
    """Install, fill and run Odoo; its scheduled actions send by themselves."""
    own = folder / "senders"
    own.mkdir()
    # Its invoices have the numbers of other stories: they are counted apart.
    renders = Renders(settings, own)
    sink = SmtpSink()
    life = Lifecycle(settings, own, NAME)
    odoo = OdooServer(settings, own, NAME, emulator.url, renders)
    life.environment = {
        "COBRANZA_EMULATOR_URL": emulator.url,
        "COBRANZA_ODOO_URL": odoo.url,
        "COBRANZA_SMTP_PORT": str(sink.port),
        "PATH": f"{renders.bin}{os.pathsep}{os.environ['PATH']}",
    }
    account = {"provider": "gateway", "name_id": "iap", "dialect": "iap"}
    emulator.post("accounts", {**account, "token": scripts.IAP_TOKEN})
    fault = {"kind": "reset_after_accept", "provider": "iap", "operation": "messages"}
    emulator.post("faults", {**fault, "match": {"recipient": scripts.SILENT_NUMBER}})
    with alone(NAME):
        try:
            life.create_from_base()
            life.install()
            life.script("set_up", module="odoo_sender_scripts")
            odoo.start()
            yield Place(life, odoo, sink)
        finally:
            odoo.stop()
            life.drop(NAME)
            sink.close()


def test_email_arrives_with_the_official_pdf(place):
    state, channel, message_id, token, _uuid = place.until_state(
        scripts.EMAIL_CUSTOMER, "sent"
    )

    [received] = place.sink.to(scripts.ADDRESS)
    assert channel == "email"
    assert f"{place.odoo.url}/c/{token}" in received.text()
    [pdf] = received.pdfs
    assert pdf.startswith(b"%PDF")
    answer = requests.get(f"{place.odoo.url}/cobranza/pdf/{token}/x.pdf", timeout=30)
    assert answer.content == pdf
    assert [(model, count) for model, _body, count in place.notes(message_id)] == [
        ("account.move", 1),
        ("res.partner", 1),
    ]


def test_one_click_unsubscribes(place):
    _state, _channel, _id, token, _uuid = place.until_state(
        scripts.EMAIL_CUSTOMER, "sent"
    )
    [received] = place.sink.to(scripts.ADDRESS)
    url = received.message["List-Unsubscribe"].strip("<>")
    assert url == f"{place.odoo.url}/c/{token}/unsubscribe"

    page = requests.get(url, timeout=30)
    assert scripts.ADDRESS in page.text
    assert (
        place.life.rows(
            "SELECT id FROM cobranza_consent WHERE NOT granted AND channel = 'email'"
        )
        == []
    )
    answer = requests.post(url, data={"List-Unsubscribe": "One-Click"}, timeout=30)

    assert answer.ok
    assert place.life.rows(
        "SELECT DISTINCT channel, origin FROM cobranza_consent WHERE NOT granted"
    ) == [("email", "page")]
    assert place.life.rows("SELECT email FROM mail_blacklist WHERE active") == [
        (scripts.ADDRESS,)
    ]


def give_to_gateway(place: Place, email: EmailMessage) -> None:
    """Hand an e-mail to Odoo as its mail gateway's script does, over HTTP."""
    server = xmlrpc.client.ServerProxy(
        f"{place.odoo.url}/xmlrpc/2/object", allow_none=True
    )
    content = xmlrpc.client.Binary(email.as_bytes())
    arguments = [NAME, ADMIN_ID, "admin", "mail.thread", "message_process"]
    server.execute_kw(*arguments, [False, content])


def test_baja_as_an_answer_ends_it_and_is_confirmed_once(place):
    place.until_state(scripts.ANSWERING_CUSTOMER, "sent")
    [received] = place.sink.to(scripts.ANSWERING_ADDRESS)
    ours = received.message
    answer = EmailMessage()
    answer["From"] = f"Eva <{scripts.ANSWERING_ADDRESS}>"
    answer["To"] = ours["Reply-To"] or ours["From"]
    answer["Subject"] = f"Re: {ours['Subject']}"
    answer["Message-Id"] = "<answer-of-eva@example.com>"
    answer["In-Reply-To"] = answer["References"] = ours["Message-Id"]
    quoted = "\n".join(f"> {line}" for line in received.text().splitlines())
    answer.set_content(f"Buenas tardes:\n\nBAJA\n\nSaludos,\nEva\n\n{quoted}\n")
    for _time in range(2):
        give_to_gateway(place, answer)

    until(
        lambda: len(place.sink.to(scripts.ANSWERING_ADDRESS)) == 2,
        lambda: f"no confirmation: {place.sink.to(scripts.ANSWERING_ADDRESS)}",
        SECONDS,
    )
    confirmation = place.sink.to(scripts.ANSWERING_ADDRESS)[1]
    assert confirmation.message["In-Reply-To"] == answer["Message-Id"]
    assert confirmation.message["Auto-Submitted"] == "auto-replied"
    assert not confirmation.pdfs
    refusals = place.life.rows(
        """
        SELECT DISTINCT consent.channel, consent.origin
          FROM cobranza_consent consent
          JOIN res_partner partner ON partner.id = consent.partner_id
         WHERE NOT consent.granted AND partner.name = %s
        """,
        scripts.ANSWERING_CUSTOMER,
    )
    assert refusals == [("email", "reply")]
    notes = place.life.rows(
        "SELECT COUNT(*) FROM mail_message WHERE message_id = %s",
        answer["Message-Id"],
    )
    assert notes == [(1,)]


def test_sms_goes_by_odoo_and_its_report_arrives(place, emulator):
    _state, channel, message_id, _token, _uuid = place.until_state(
        scripts.SMS_CUSTOMER, "delivered"
    )

    [sent] = emulator.sent(to=scripts.NUMBER)
    assert (channel, sent["provider"]) == ("sms", "iap")
    [(body,)] = place.life.rows(
        "SELECT body FROM cobranza_message WHERE id = %s", message_id
    )
    assert sent["text"] == body
    assert [model for model, _body, _count in place.notes(message_id)] == [
        "account.move",
        "res.partner",
    ]


def test_sms_without_an_answer_is_never_sent_twice(place, emulator):
    """The service took it and cut the line; its report tells that it arrived."""
    place.until_state(scripts.SILENT_CUSTOMER, "delivered")

    assert len(emulator.sent(to=scripts.SILENT_NUMBER)) == 1
    [(rows,)] = place.life.rows(
        "SELECT COUNT(*) FROM sms_sms WHERE NOT COALESCE(to_delete, FALSE)"
    )
    assert rows == 0


def test_providers_saw_nothing_wrong(place, emulator):
    paths = [one["path"] for one in emulator.violations()]

    assert not [path for path in paths if path.startswith("/iap")]
    assert place.odoo.new_errors() == []
