"""What an error of smtplib asks us to do.

Before the message itself is written, every error is a provable refusal; from then on a
lost connection leaves it open whether the server took it.
Codes: RFC 5321 §4.2, enhanced codes X.Y.Z: RFC 3463.
"""

import re
import smtplib
from collections.abc import Callable, Iterator
from email.message import Message

from .types import ErrorClass, Failure

# From the second and third number of an enhanced code (0 without one) to the class.
_Classify = Callable[[int, int], ErrorClass]
_ACTION = re.compile(r"\s*([a-z-]{1,30})\s*(?:\(|$)")
_ENHANCED = re.compile(r"\b([245])\.(\d{1,3})\.(\d{1,3})\b")


def failure_of(error: BaseException, data_begun: bool) -> Failure:
    """Return the failure of one attempt; ``data_begun``: its first byte was written.

    Looks at what caused ``error`` too: Odoo wraps the errors of smtplib.
    """
    for cause in _causes(error):
        if isinstance(cause, smtplib.SMTPRecipientsRefused):
            code, text = next(iter(cause.recipients.values()), (550, b""))
            return _answered(code, text, data_begun, _recipient_class)
        if isinstance(
            cause, smtplib.SMTPSenderRefused | smtplib.SMTPAuthenticationError
        ):
            return _answered(
                cause.smtp_code, cause.smtp_error, data_begun, _sender_class
            )
        if isinstance(cause, smtplib.SMTPConnectError | smtplib.SMTPHeloError):
            return _answered(
                cause.smtp_code, cause.smtp_error, data_begun, _sender_class
            )
        if isinstance(cause, smtplib.SMTPResponseException):
            return _answered(cause.smtp_code, cause.smtp_error, data_begun, _data_class)
        if isinstance(cause, smtplib.SMTPNotSupportedError | UnicodeEncodeError):
            return Failure("dead", code="smtp_ascii", detail=_text(str(cause)))
        if isinstance(cause, smtplib.SMTPException | OSError):
            error_class: ErrorClass = "uncertain" if data_begun else "retry"
            return Failure(error_class, code="smtp_lost", detail=_text(str(cause)))
    # Odoo's own refusals: no server, no sender's address, a wrong setting.
    error_class = "uncertain" if data_begun else "hold"
    return Failure(error_class, code="smtp_setting", detail=_text(str(error)))


def reported_action(report: Message) -> str:
    """Return what a mail server says it did with an e-mail, "" if it does not say.

    One of failed, delayed, delivered, relayed, expanded (RFC 3464 §2.3.3), or any other
    word of a server that knows more: only ``failed`` is a bounce.
    """
    for part in report.walk():
        blocks = part.get_payload()
        if part.get_content_type() != "message/delivery-status":
            continue
        # The first block speaks of the report, each other of one recipient.
        for block in blocks[1:] if isinstance(blocks, list) else ():
            if isinstance(block, Message) and block["Action"]:
                found = _ACTION.match(str(block["Action"]).lower())
                return found[1] if found else "unreadable"
    return ""


def _causes(error: BaseException) -> Iterator[BaseException]:
    """Yield the error and what it was raised from, the cause before its wrapping."""
    chain = [error]
    while (inner := chain[-1].__cause__ or chain[-1].__context__) is not None:
        if inner in chain:
            break
        chain.append(inner)
    yield from reversed(chain)


def _answered(
    code: int, text: bytes | str, data_begun: bool, classify: _Classify
) -> Failure:
    answer = text.decode("utf-8", "replace") if isinstance(text, bytes) else text
    if not 400 <= code < 600:
        # No refusal of a mail server (smtplib: -1 for what is no reply at all). It may
        # come from something between, and the server may have taken the message.
        unread: ErrorClass = "uncertain" if data_begun else "retry"
        return Failure(unread, code="smtp_unreadable", detail=_text(answer))
    found = _ENHANCED.search(answer)
    topic = int(found[2]) if found else 0
    detail = int(found[3]) if found else 0
    error_class: ErrorClass = "retry" if 400 <= code < 500 else classify(topic, detail)
    return Failure(error_class, code=f"smtp_{code}", detail=_text(answer))


def _recipient_class(topic: int, detail: int) -> ErrorClass:
    """Tell a wrong address from a full mailbox and from a server that refuses us."""
    if topic == 7:
        return "hold"  # policy, relaying denied: our server or its reputation
    if (topic, detail) == (2, 2):
        return "retry"  # mailbox full
    return "dead"


def _sender_class(topic: int, detail: int) -> ErrorClass:
    return "hold"


def _data_class(topic: int, detail: int) -> ErrorClass:
    return "hold" if topic == 7 else "fix"


def _text(answer: str) -> str:
    """Return the server's words in one line, without the address that they repeat."""
    words = " ".join(answer.split())
    return re.sub(r"[^\s<>]+@[^\s<>]+", "…", words)[:200]
