"""E-mails that mail servers send back, as Odoo's mail gateway gets them."""

from itertools import count

_numbers = count(1)


def bounce(
    env, message, address=None, action="failed", message_id=None, status_block=None
):
    """Let Odoo receive a report about the e-mail of a reminder (RFC 3464).

    ``status_block`` replaces what the report says about the recipient.
    """
    address = address or message.recipient
    if status_block is None:
        status_block = (
            f"Final-Recipient: rfc822; {address}\nAction: {action}\nStatus: 5.1.1\n"
        )
    env["mail.thread"].message_process(
        None,
        "From: MAILER-DAEMON@mx.example.com\n"
        "To: bounce@materiales.example.com\n"
        "Subject: Undelivered\n"
        f"Message-Id: <bounce-{next(_numbers)}@mx.example.com>\n"
        "Content-Type: multipart/report; report-type=delivery-status;\n"
        ' boundary="b"\n\n'
        "--b\nContent-Type: text/plain\n\nFailed.\n"
        "--b\nContent-Type: message/delivery-status\n\n"
        f"Reporting-MTA: dns; mx.example.com\n\n{status_block}\n"
        "--b\nContent-Type: message/rfc822\n\n"
        f"Message-Id: {message_id or message.provider_message_uid}\nSubject: x\n\nx\n"
        "--b--\n",
    )
    env.flush_all()
