"""What somebody wrote himself in an e-mail, without what it quotes."""

import time
from email.message import EmailMessage

import pytest

from odoo.addons.cobranza_whatsapp.core import email_reply, optout

# What we had written: it offers the very word that must not be read back.
SENT = """Hola Ana:

Su factura INV/2026/00012 por 1,250.50 MXN venció el 16/11/2026. Le adjuntamos el PDF \
para programar su pago con calma. Si ya pagó, gracias y omita este mensaje.

Ver y pagar: https://cobros.example.com/c/AbCdEf0123456789

Dudas: cobros@materiales.example.com. Puede responder a este correo; con la palabra \
BAJA no recibirá más avisos.

Materiales del Valle
RFC XAXX010101000

--
Si no quiere avisos por correo: https://cobros.example.com/c/AbCdEf0123456789/unsubscribe"""
SUBJECT = "Materiales del Valle: su factura INV/2026/00012"


def marked(text=SENT, mark="> "):
    """Quote as mail programs do that mark each line."""
    return "\n".join(mark + line for line in text.splitlines())


def wrapped(text=SENT, width=60):
    """Quote without marks, with lines broken anew."""
    lines = []
    for paragraph in text.splitlines():
        line = ""
        for word in paragraph.split():
            if len(line) + len(word) > width:
                lines.append(line)
                line = ""
            line = f"{line} {word}".strip()
        lines.append(line)
    return "\n".join(lines)


GMAIL_ES = (
    "El jue, 26 nov 2026 a las 9:30, Materiales del Valle "
    "(<cobros@materiales.example.com>) escribió:"
)
GMAIL_ES_BROKEN = GMAIL_ES.replace(" (<", "\n(<")
GMAIL_EN = (
    "On Thu, Nov 26, 2026 at 9:30 AM Materiales del Valle\n"
    "<cobros@materiales.example.com> wrote:"
)
GMAIL_PT = (
    "Em qui., 26 de nov. de 2026 às 09:30, Materiales del Valle <\n"
    "cobros@materiales.example.com> escreveu:"
)
APPLE_ES = (
    "El 26 nov 2026, a la(s) 9:30 a. m., Materiales <cobros@m.example.com> escribió:"
)
OUTLOOK_ES = f"""________________________________
De: Materiales del Valle <cobros@materiales.example.com>
Enviado: jueves, 26 de noviembre de 2026 09:30
Para: Ana <ana@example.com>
Asunto: {SUBJECT}
"""
OUTLOOK_PT = f"""De: Materiales del Valle <cobros@materiales.example.com>
Enviada em: quinta-feira, 26 de novembro de 2026 09:30
Para: Ana <ana@example.com>
Assunto: {SUBJECT}
"""
OUTLOOK_EN = f"""-----Original Message-----
From: Materiales del Valle <cobros@materiales.example.com>
Sent: Thursday, November 26, 2026 9:30 AM
To: Ana <ana@example.com>
Subject: {SUBJECT}
"""
HEADS = {
    "Gmail, Spanish": GMAIL_ES,
    "Gmail, Spanish, broken": GMAIL_ES_BROKEN,
    "Gmail, English": GMAIL_EN,
    "Gmail, Portuguese": GMAIL_PT,
    "Apple, Spanish": APPLE_ES,
    "Outlook, Spanish": OUTLOOK_ES,
    "Outlook, Portuguese": OUTLOOK_PT,
    "Outlook, English": OUTLOOK_EN,
    "nothing": "",
}
QUOTES = {
    "marked": marked(),
    "as it was": SENT,
    "wrapped": wrapped(),
    "wrapped short": wrapped(width=30),
    "wrapped and marked": marked(wrapped(), ">"),
    "marked twice": marked(marked()),
    "stars around words": SENT.replace("BAJA", "*BAJA*"),
}


@pytest.mark.parametrize("head", HEADS.values(), ids=HEADS)
@pytest.mark.parametrize("quote", QUOTES.values(), ids=QUOTES)
@pytest.mark.parametrize("written", ["La pago el viernes.", "BAJA", "¿Cuánto debo?"])
def test_only_what_was_written_is_left(written, quote, head):
    for text in (
        f"{written}\n\n{head}\n\n{quote}\n",
        f"{written}\n\nEnviado desde mi iPhone\n\n{head}\n{quote}",
        f"{written}\r\n{head}\r\n{quote}".replace("\n", "\r\n"),
    ):
        assert email_reply.own_text(text, SENT) == written


@pytest.mark.parametrize("quote", QUOTES.values(), ids=QUOTES)
@pytest.mark.parametrize("head", [GMAIL_ES, GMAIL_EN, GMAIL_PT, ""])
def test_below_the_quote(head, quote):
    """Some write their answer under what they quote."""
    assert email_reply.own_text(f"{head}\n{quote}\n\nBAJA\n", SENT) == "BAJA"


def test_between_the_lines_of_the_quote():
    lines = marked().splitlines()
    text = "\n".join([*lines[:3], "", "Ya la pagué ayer.", "", *lines[3:]])

    assert email_reply.own_text(text, SENT) == "Ya la pagué ayer."


@pytest.mark.parametrize(
    "line",
    [
        "Enviado desde mi iPhone",
        "Enviado desde Outlook para iOS<https://aka.ms/o0ukef>",
        "Enviado do meu iPhone",
        "Enviado pelo Yahoo Mail no Android",
        "Sent from my iPhone",
        "Get Outlook for Android<https://aka.ms/AAb9ysg>",
        "Obtener Outlook para iOS<https://aka.ms/o0ukef>",
        "Obter o Outlook para iOS",
    ],
)
def test_what_telephones_add_is_not_his(line):
    assert email_reply.own_text(f"BAJA\n\n{line}\n", SENT) == "BAJA"


def test_signature_below_the_line_for_it_is_not_his_text():
    text = f"La pago mañana.\n\n-- \nAna Ruiz\nStop & Shop\n\n{GMAIL_ES}\n{marked()}"

    assert email_reply.own_text(text, SENT) == "La pago mañana."


@pytest.mark.parametrize(
    "text",
    [
        "De: mi cuenta ya salió el pago\nsaludos",
        "El viernes pago.",
        "On Friday I pay",
        "Sí: la factura",
        "Le pedí a mi contador que escribió: nada",
    ],
)
def test_words_like_those_of_headers_stay(text):
    assert email_reply.own_text(text, SENT) == text


@pytest.mark.parametrize(
    "written",
    [
        "No recibirá más avisos",  # his own words, which ours hold too
        "programar su pago",
        "Sent from our bank account this morning.",
        "Enviado desde mi cuenta del banco hoy.",
        "Get Outlook is what I told my colleague to do for the invoice",
    ],
)
@pytest.mark.parametrize("quote", ["", marked(), SENT, wrapped(width=30)])
def test_short_lines_that_ours_hold_too_are_his(written, quote):
    assert email_reply.own_text(f"{written}\n\n{quote}", SENT) == written


def test_headers_with_blank_lines_between_them():
    headers = OUTLOOK_ES.replace("\n", "\n\n\n")

    assert email_reply.own_text(f"BAJA\n\n{headers}\nx", "") == "BAJA"


def test_quote_alone_leaves_nothing():
    assert email_reply.own_text(f"\n{GMAIL_ES}\n{marked()}\n", SENT) == ""
    assert email_reply.own_text("", SENT) == ""
    assert email_reply.own_text(SENT, SENT) == ""


def test_without_a_sent_text_the_marks_are_enough():
    assert email_reply.own_text(f"BAJA\n{GMAIL_ES}\n{marked()}", "") == "BAJA"


@pytest.mark.parametrize("head", HEADS.values(), ids=HEADS)
@pytest.mark.parametrize("quote", QUOTES.values(), ids=QUOTES)
def test_our_own_offer_is_never_read_as_his_refusal(quote, head):
    text = email_reply.own_text(f"La pago el viernes.\n\n{head}\n{quote}", SENT)

    assert optout.reply_kind(text) == "promise"


@pytest.mark.parametrize(
    "hostile",
    [
        "De: " * 20_000,
        "\n" * 100_000,
        "El " + "a" * 100_000 + " escribió:",
        ("El uno escribió\n" * 5_000) + ":",
        "palabra " * 20_000,
        "-" * 100_000,
    ],
)
def test_hostile_text_takes_no_time(hostile):
    begun = time.process_time()
    email_reply.own_text(hostile, SENT)

    assert time.process_time() - begun < 1


@pytest.mark.parametrize(
    ("headers", "expected"),
    [
        ({}, False),
        ({"Auto-Submitted": "no"}, False),
        ({"Auto-Submitted": "auto-replied"}, True),
        ({"Auto-Submitted": "Auto-Generated; reason=x"}, True),
        ({"X-Autoreply": "yes"}, True),
        ({"Precedence": "bulk"}, True),
        ({"Precedence": "list"}, False),
    ],
)
def test_programs_that_answer_are_known_by_their_headers(headers, expected):
    message = EmailMessage()
    for name, value in headers.items():
        message[name] = value

    assert email_reply.is_automatic(message) is expected


def test_uuid_of_a_message_id():
    assert email_reply.uuid_of(" <1b2c@cobros.example.com> ") == "1b2c"
    assert email_reply.uuid_of("") == ""


@pytest.mark.parametrize(
    ("subject", "expected"),
    [
        ("BAJA", "BAJA"),
        ("Re: BAJA", "BAJA"),
        (f"Re: {SUBJECT}", ""),
        (f"RE: RV: {SUBJECT} - BAJA", "BAJA"),
        (SUBJECT, ""),
        ("", ""),
        ("re:" * 100_000 + "BAJA", ""),
    ],
)
def test_subject_says_what_the_text_does_not(subject, expected):
    assert email_reply.own_subject(subject, SUBJECT) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (
            "Buenas tardes, Lic. Herrera:\n\nFavor de enviar el XML.\n\nSaludos,\n\n"
            "Ana Ruiz\nBaja California 12\nTel. 664 123 4567",
            "Favor de enviar el XML.",
        ),
        (
            "Dear Accounts Receivable,\nplease resend.\nBest regards\nJo",
            "please resend.",
        ),
        (
            "Olá Camila\nSegue o comprovante.\nAtt,\nJoão\nStop Motion Ltda",
            "Segue o comprovante.",
        ),
        ("Gracias", "Gracias"),
        ("Hola\nGracias\nAna", "Gracias\nAna"),
        ("Saludos, la pago el viernes", "Saludos, la pago el viernes"),
        ("", ""),
    ],
)
def test_greeting_and_signature_say_nothing(text, expected):
    assert email_reply.without_courtesies(text) == expected
