import smtplib

from odoo.exceptions import UserError
from odoo.tools.mail import email_normalize, formataddr, plaintext2html

from odoo.addons.base.models.ir_mail_server import MailDeliveryException

from ..core import smtp_errors
from ..core.types import CheckItem, InboundEvent, SendResult
from .odoo_sender import OdooSender

# Odoo waits a minute for a mail server; a run must end within that time.
ANSWER_SECONDS = 12
# What smtplib and ir.mail_server raise, on purpose.
ERRORS = (
    smtplib.SMTPException,
    OSError,
    MailDeliveryException,
    UserError,
    AssertionError,
    ValueError,
)


class OdooEmail(OdooSender):
    """E-mail through Odoo's outgoing mail servers, the PDF attached.

    Uses ir.mail_server without a mail.mail: a row that Odoo's own queue could send
    again must not exist. Replies and bounces find the customer by the Message-Id, which
    holds our uuid and is that of the note too.
    """

    code = "odoo_email"
    channels = ("email",)
    reports_delivery = False
    credential_names = (("sender", False, False),)
    STATUSES = {"bounce": "failed"}
    ERROR_CODES = {"bounce": "dead"}

    def __init__(self, account):
        super().__init__(account)
        self._sessions = {}

    def close(self):
        for session in self._sessions.values():
            _quit(session)
        self._sessions = {}

    def send_record(self, message, outgoing, before_writing):
        """Extend OdooSender: build, connect, hand over; classify what goes wrong."""
        begun = []
        try:
            server, email = self._build(message, outgoing)
            session = self._session(server, email["From"])
            session.cobranza_before_data = lambda: (begun.append(1), before_writing())
            server.send_email(email, smtp_session=session)
        except ERRORS as error:
            self.close()
            return self._result(smtp_errors.failure_of(error, bool(begun)))
        return SendResult("accepted", provider_message_uid=email["Message-Id"])

    def test_connection(self):
        """Connect to the mail server that would be used, and log in."""
        try:
            server = self._server(self._env.company)
            session = self._session(server, self._sender(self._env.company))
        except ERRORS as error:
            failure = smtp_errors.failure_of(error, False)
            return [CheckItem("mail_server", False, failure.detail)]
        self.close()
        return [CheckItem("mail_server", session is not None)]

    def read_item(self, payload):
        """Extend OdooSender: an answer to one of our e-mails is what somebody wrote."""
        if payload.get("kind") != "answer":
            return super().read_item(payload)
        return InboundEvent(
            provider_message_uid=payload["uid"],
            channel="email",
            sender=payload["recipient"],
            text=payload["text"],
            occurred_at_utc=None,
            context_uuid=payload["answers"],
            other_sender=payload["other_sender"],
        )

    # --- connection -------------------------------------------------------------------

    def _server(self, company):
        """Return ir.mail_server as the company's alias domain wants it."""
        # sudo: mail servers are readable by administrators only.
        server = self._env["ir.mail_server"].sudo().with_company(company)
        domain = company.sudo().alias_domain_id
        if not domain:
            return server
        return server.with_context(
            domain_notifications_email=domain.default_from_email,
            domain_bounce_address=domain.bounce_email,
        )

    def _session(self, server, email_from):
        """Return an open connection to the server for this sender's address."""
        # Servers of a single user are not the company's.
        shared = server.search([("owner_user_id", "=", False)], order="sequence, id")
        chosen, smtp_from = server._find_mail_server(email_from, shared)
        key = (chosen.id if chosen else False, smtp_from)
        session = self._sessions.get(key)
        if session and _is_alive(session):
            return session
        session = server._connect__(mail_server_id=key[0], smtp_from=smtp_from)
        session.sock.settimeout(ANSWER_SECONDS)
        _watch_data(session)
        self._sessions[key] = session
        return session

    # --- content ----------------------------------------------------------------------

    def _sender(self, company, responsible=None):
        """Return who the e-mail is from: the account's address, else the company's."""
        own = email_normalize(self._account.sender or "") or email_normalize(
            company.email or ""
        )
        if own:
            return formataddr((company.name, own))
        return responsible.email_formatted if responsible else ""

    def _build(self, message, outgoing):
        """Return (ir.mail_server, EmailMessage)."""
        company = message.company_id.sudo()
        customer = message.partner_id.sudo().with_company(company)
        responsible = customer._cobranza_responsible(company).sudo()
        server = self._server(company)
        text = message._cobranza_email_text(outgoing.body)
        document = message.document_id.sudo()
        reply_to = customer._notify_get_reply_to(
            default=responsible.email_formatted or False
        )
        email = server._build_email__(
            email_from=self._sender(company, responsible),
            email_to=[outgoing.recipient],
            subject=outgoing.subject,
            body=plaintext2html(text),
            body_alternative=text,
            subtype="html",
            reply_to=reply_to.get(customer.id),
            message_id=message._cobranza_email_message_id(),
            # Some services replace the Message-Id; an answer repeats this one too.
            references=message._cobranza_email_message_id(),
            headers=message._cobranza_email_headers(),
            attachments=[
                (message._cobranza_filename(), document.raw, "application/pdf")
            ]
            if document
            else [],
        )
        return server.with_context(send_validated_to=[outgoing.recipient]), email


def _is_alive(session):
    try:
        return session.noop()[0] == 250
    except (smtplib.SMTPException, OSError):
        return False


def _quit(session):
    try:
        session.quit()
    except (smtplib.SMTPException, OSError):
        session.close()


def _watch_data(session):
    """Let the session tell right before it hands the message over.

    smtplib gives sender and recipient first; nothing of the message has left until
    then. It writes commands as text, only the message as bytes.
    """
    original = session.send

    def send(content):
        if isinstance(content, bytes):
            session.cobranza_before_data()
        return original(content)

    session.send = send
