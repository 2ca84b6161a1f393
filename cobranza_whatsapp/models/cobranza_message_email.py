import re

from lxml import html as lxml_html

from odoo import models
from odoo.tools.mail import email_normalize

from ..core import email_reply, optout
from ..core.types import WebhookItem

# What stands on lines of its own on the screen, and so in the text.
BLOCKS = {"p", "div", "li", "tr", "td", "th", "pre", "table", "ul", "ol", "h1", "h2"}
BREAKS = {"br", "hr"}
_SPACES = re.compile(r"[ \t\r\n]+")


class CobranzaMessage(models.Model):
    """Our e-mails: what is in them, and what comes back as an answer."""

    _inherit = "cobranza.message"

    def _cobranza_email_message_id(self):
        """Return the Message-Id of the e-mail and of its note: replies name it."""
        host = self.account_id._cobranza_public_url().partition("//")[2]
        host = host.partition("/")[0].partition(":")[0]
        return f"<{self.uuid}@{host}>"

    def _cobranza_email_headers(self):
        """Return the headers by which mail programs offer to unsubscribe (RFC 8058).

        A confirmation offers nothing any more; it belongs to what it confirms.
        """
        if self.kind == "confirmation":
            answered = self.context_message_id.provider_message_uid
            # RFC 3834: so that no program answers it.
            return {"Auto-Submitted": "auto-replied", "In-Reply-To": answered}
        url = self.link_id._cobranza_unsubscribe_url(self.account_id)
        return {
            "List-Unsubscribe": f"<{url}>",
            "List-Unsubscribe-Post": "List-Unsubscribe=One-Click",
        }

    def _cobranza_email_text(self, body):
        """Return the text with the way to unsubscribe below it, if there is one."""
        if not self.link_id:
            return body
        lang = self._cobranza_addressee().lang or self.company_id.partner_id.lang
        env = self.with_context(lang=lang).env
        footer = env._(
            "If you do not want reminders by e-mail: %(link)s",
            link=self.link_id._cobranza_unsubscribe_url(self.account_id),
        )
        return f"{body}\n\n--\n{footer}"

    # --- answers ----------------------------------------------------------------------

    def _cobranza_email_answered(self, message_dict):
        """Store an e-mail that answers this one as an event, to be applied.

        ``message_dict`` is what mail.thread has parsed. All of it is untrusted, the
        sender too: that it names our Message-Id, which nobody can guess, tells that
        whoever wrote it has the e-mail before him. Only from the address that it went
        to are his words taken for the customer's.
        """
        self.ensure_one()
        sender = email_normalize(message_dict.get("email_from") or "") or "?"
        # An anonymised message has neither text nor address any more.
        sent = self._cobranza_email_text(self.body) if self.body else ""
        text = email_reply.own_text(_plain_text(message_dict.get("body")), sent)
        subject = email_reply.own_subject(
            message_dict.get("subject") or "", self.subject or ""
        )
        if subject and (not text or optout.is_opt_out(subject)):
            text = f"{subject}\n{text}".strip()
        payload = {
            "kind": "answer",
            "uid": message_dict["message_id"],
            "answers": self.uuid,
            "recipient": self.recipient or sender,
            "text": text,
            "other_sender": "" if sender == self.recipient else sender,
        }
        item = WebhookItem(key=f"message:{message_dict['message_id']}", payload=payload)
        # sudo: events are written by the system.
        self.env["cobranza.event"].sudo()._cobranza_ingest(self.account_id, [item])


def _plain_text(body):
    """Return the text of an e-mail's HTML in lines, without the quotes marked in it."""
    if not (body or "").strip():
        return ""
    root = lxml_html.fromstring(f"<div>{body}</div>")
    for quote in root.xpath("//blockquote | //style | //script"):
        quote.drop_tree()
    for text in root.xpath(".//text()[not(ancestor::pre)]"):
        # Where the source breaks its lines says nothing.
        side = "text" if text.is_text else "tail"
        setattr(text.getparent(), side, _SPACES.sub(" ", text))
    for element in root.iter(*BLOCKS, *BREAKS):
        if element.tag in BLOCKS:
            element.text = "\n" + (element.text or "")
        element.tail = "\n" + (element.tail or "")
    return root.text_content()
