"""What a mail server's answer means, before and after the message was handed over."""

import email
import email.policy
import smtplib

import pytest

from odoo.addons.cobranza_whatsapp.core import smtp_errors


def refused(code, text):
    return smtplib.SMTPRecipientsRefused({"ana@example.com": (code, text)})


BEFORE = [
    (refused(550, b"5.1.1 <ana@example.com> no such user"), "dead"),
    (refused(550, b"mailbox unavailable"), "dead"),
    (refused(554, b"5.7.1 Relay access denied"), "hold"),
    (refused(552, b"5.2.2 mailbox full"), "retry"),
    (refused(451, b"4.7.1 greylisted"), "retry"),
    (smtplib.SMTPSenderRefused(553, b"5.7.1 not yours", "x"), "hold"),
    (smtplib.SMTPAuthenticationError(535, b"5.7.8 bad password"), "hold"),
    (smtplib.SMTPAuthenticationError(454, b"4.7.0 later"), "retry"),
    (smtplib.SMTPConnectError(421, b"too many connections"), "retry"),
    (smtplib.SMTPDataError(552, b"5.3.4 message too big"), "fix"),
    (smtplib.SMTPDataError(554, b"5.7.1 looks like spam"), "hold"),
    (smtplib.SMTPDataError(452, b"4.3.1 disk full"), "retry"),
    (smtplib.SMTPServerDisconnected("gone"), "retry"),
    (ConnectionRefusedError(111, "refused"), "retry"),
    (TimeoutError("timed out"), "retry"),
    (smtplib.SMTPNotSupportedError("SMTPUTF8"), "dead"),
    (ValueError("Missing SMTP Server"), "hold"),
    (AssertionError("You must either provide a sender address"), "hold"),
]


@pytest.mark.parametrize(("error", "expected"), BEFORE)
def test_class_of_an_error(error, expected):
    assert smtp_errors.failure_of(error, False).error_class == expected


@pytest.mark.parametrize(
    "error",
    [
        smtplib.SMTPServerDisconnected("gone"),
        TimeoutError("timed out"),
        ConnectionResetError(104, "reset"),
        RuntimeError("unknown"),
    ],
)
def test_lost_after_the_message_was_handed_over_is_uncertain(error):
    assert smtp_errors.failure_of(error, True).error_class == "uncertain"


UNREADABLE = [
    smtplib.SMTPConnectError(-1, b"SSH-2.0-OpenSSH"),
    smtplib.SMTPSenderRefused(-1, b"HTTP/1.1 400 Bad Request", "x"),
    refused(-1, b"garbage"),
    smtplib.SMTPDataError(-1, b"<html>"),
    smtplib.SMTPDataError(220, b"somebody else"),
]


@pytest.mark.parametrize("error", UNREADABLE)
def test_what_is_no_answer_of_a_mail_server_refuses_nothing(error):
    assert smtp_errors.failure_of(error, False).error_class == "retry"
    assert smtp_errors.failure_of(error, True).error_class == "uncertain"


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("Action: failed", "failed"),
        ("Action: Delayed", "delayed"),
        ("action: relayed (to mx)", "relayed"),
        ("Action: teleported", "teleported"),
        ("Action: a\tb", "unreadable"),
        ("Action: " + "x" * 400, "unreadable"),
        ("Status: 5.1.1", ""),
    ],
)
def test_what_a_report_says_was_done(line, expected):
    report = email.message_from_string(
        'Content-Type: multipart/report; boundary="b"\n\n'
        "--b\nContent-Type: message/delivery-status\n\n"
        "Reporting-MTA: dns; mx.example.com\n\n"
        f"Final-Recipient: rfc822; ana@example.com\n{line}\n\n--b--\n",
        policy=email.policy.SMTP,
    )

    assert smtp_errors.reported_action(report) == expected


def test_e_mail_that_is_no_report_says_nothing_was_done():
    report = email.message_from_string("Subject: x\n\nAction: failed\n")

    assert smtp_errors.reported_action(report) == ""


def test_answer_after_the_message_is_an_answer():
    error = smtplib.SMTPDataError(554, b"5.6.0 no")

    assert smtp_errors.failure_of(error, True).error_class == "fix"


def test_cause_counts_not_its_wrapping():
    """Odoo raises an error of its own, from or during that of smtplib."""
    wrapped = None
    try:
        try:
            raise refused(550, b"5.1.1 no such user")
        except smtplib.SMTPException:
            raise RuntimeError("Mail Delivery Failed") from None
    except RuntimeError as error:
        wrapped = error

    assert smtp_errors.failure_of(wrapped, False).error_class == "dead"


def test_words_of_the_server_are_one_line_without_the_address():
    text = b"5.1.1 <ana@example.com>\r\nno such user " + b"x" * 500
    failure = smtp_errors.failure_of(refused(550, text), False)

    assert failure.code == "smtp_550"
    assert "ana@" not in failure.detail
    assert "\n" not in failure.detail
    assert len(failure.detail) <= 200
