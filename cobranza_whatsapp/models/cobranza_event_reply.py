import logging
import uuid
from datetime import timedelta

from odoo import api, fields, models
from odoo.exceptions import UserError

from odoo.addons.phone_validation.tools import phone_validation

from ..core import addresses, optout, phone
from ..core.types import ADDRESS_KINDS

_logger = logging.getLogger(__name__)

# "Ya pagué" stops the reminders of these invoices while the payment is looked for.
PAID_HOLD_DAYS = 5
# While a person finds out whether a reply withdraws consent, nothing goes out.
UNCLEAR_HOLD_DAYS = 3
# A reply that quotes nothing speaks of the last reminder, if it is that recent.
ANSWER_DAYS = 30


class CobranzaEvent(models.Model):
    """Replies: whose they are, what they ask for, who must answer."""

    _inherit = "cobranza.event"

    @api.model
    def _cobranza_receive(self, event, item):
        """Record an incoming message and do what it asks.

        The text is untrusted: it is only ever stored and escaped. BAJA and the like
        stop everything; the rest becomes a note and an activity for a person.
        """
        account = event.account_id
        number = self._cobranza_address(item)
        context = self._cobranza_context(account, item)
        key = addresses.recipient_key(item.channel, number)
        customer, company = self._cobranza_whose(account, key, context)
        is_email = ADDRESS_KINDS[item.channel] == "email"
        kind = optout.reply_kind(item.text, item.button_payload, is_email)
        known = self.env["cobranza.message"].search(
            [
                ("provider_message_uid", "=", item.provider_message_uid),
                ("direction", "=", "in"),
                ("account_id", "=", account.id),
            ],
            limit=1,
        )
        if known:
            event._cobranza_close("ignored", False, known)
            return
        message = self.env["cobranza.message"].create(
            {
                **self._cobranza_reply_values(item),
                "partner_id": customer.id,
                "company_id": company.id,
                "account_id": account.id,
                "recipient": number,
                "recipient_key": key,
                "context_message_id": context.id,
                "move_ids": [(6, 0, context.move_ids.ids)],
            }
        )
        message._cobranza_log()
        if item.other_sender and kind not in ("opt_out", "unclear"):
            # Anybody may ask for an end; all else is for a person to judge.
            kind = "other"
        message._cobranza_answer(kind, item.text)
        event._cobranza_close("applied", False, message)

    @api.model
    def _cobranza_address(self, item):
        """Return a sender's number as we write numbers, else his address as it came.

        WhatsApp's own way to write a number can differ: +521… in Mexico.
        """
        if ADDRESS_KINDS[item.channel] == "email":
            return item.sender
        number = phone_validation.phone_format(
            item.sender, None, None, force_format="E164", raise_exception=False
        )
        return number if number and phone.is_e164(number) else item.sender

    @api.model
    def _cobranza_reply_values(self, item):
        """Return what the message says of itself; with a sender nobody expected."""
        text = item.text or item.media_kind
        return {
            "uuid": str(uuid.uuid4()),
            "kind": "reply",
            "direction": "in",
            "state": "received",
            "channel": item.channel,
            "body": f"({item.other_sender}) {text}" if item.other_sender else text,
            "provider_message_uid": item.provider_message_uid,
        }

    @api.model
    def _cobranza_context(self, account, item):
        """Return our message that the reply quotes, if it went to the same number."""
        messages = self.env["cobranza.message"]
        if item.context_uuid:
            # Ours: who answers it has it, whichever address it went to.
            own = [("uuid", "=", item.context_uuid), ("account_id", "=", account.id)]
            return messages.search(own, limit=1)
        if not item.context_uid:
            return messages
        return messages.search(
            [
                ("provider_message_uid", "=", item.context_uid),
                ("account_id", "=", account.id),
                ("direction", "=", "out"),
                (
                    "recipient_key",
                    "=",
                    addresses.recipient_key(item.channel, item.sender),
                ),
            ],
            limit=1,
        )

    @api.model
    def _cobranza_whose(self, account, key, context):
        """Return (customer, company) of a sender's key; customer may be none."""
        last = context or self.env["cobranza.message"].search(
            [
                ("recipient_key", "=", key),
                ("account_id", "=", account.id),
                ("direction", "=", "out"),
            ],
            order="id desc",
            limit=1,
        )
        company = last.company_id or account.company_id or self.env.company
        if last:
            return last._cobranza_addressee(), company
        partners = self.env["res.partner"].search([("cobranza_number_key", "=", key)])
        customers = partners.commercial_partner_id
        return (customers if len(customers) == 1 else customers.browse()), company


class CobranzaMessage(models.Model):
    """What a reply asks for."""

    _inherit = "cobranza.message"

    def _cobranza_answer(self, kind, text):
        """Act on an incoming message of a kind given by core.optout."""
        self.ensure_one()
        if kind == "opt_out":
            self._cobranza_opt_out(text)
            return
        if kind == "opt_in":
            self._cobranza_opt_in(text)
        elif kind == "unclear":
            self._cobranza_hold_unclear()
        elif self.context_message_id.guarantor_id:
            # What a guarantor says of another's debt is for a person to judge.
            pass
        elif kind == "paid":
            until = self.company_id._cobranza_today() + timedelta(days=PAID_HOLD_DAYS)
            self.move_ids._cobranza_hold_until("paid_claim", until)
        elif kind == "promise":
            self._cobranza_promise(text)
        elif kind == "dispute":
            self._cobranza_subject_moves()._cobranza_hold_until("dispute", False)
        self._cobranza_ask_person(kind)

    def _cobranza_hold_unclear(self):
        """Hold everything of the customer until somebody has read what is wanted."""
        # sudo: rows of guarantors are read by accounting users only.
        debtor = self.context_message_id.sudo().guarantor_id.partner_id
        customer = debtor or self.partner_id
        until = self.company_id._cobranza_today() + timedelta(days=UNCLEAR_HOLD_DAYS)
        mine = {
            "partner_id": customer.id,
            "company_id": self.company_id.id,
            "reason": "unclear",
        }
        holds = self.env["cobranza.hold"]
        longer = ["|", ("date_to", "=", False), ("date_to", ">=", until)]
        known = [(name, "=", value) for name, value in mine.items()]
        if customer and not holds.search_count([*known, *longer], limit=1):
            holds.create({**mine, "date_to": until})

    def _cobranza_subject_moves(self):
        """Return the invoices that a reply speaks of: those of the quoted message.

        Who quotes nothing answers the last reminder to this number.
        """
        if self.move_ids or not self.partner_id:
            return self.move_ids
        since = fields.Datetime.now() - timedelta(days=ANSWER_DAYS)
        last = self.search(
            [
                ("partner_id", "=", self.partner_id.id),
                ("company_id", "=", self.company_id.id),
                ("recipient_key", "=", self.recipient_key),
                ("kind", "=", "reminder"),
                ("sent_at", ">", since),
            ],
            order="id desc",
            limit=1,
        )
        return last.move_ids

    def _cobranza_opt_in(self, text):
        """Record a permission for this channel, if the customer's words are proof.

        ALTA or START alone, from a number that is one customer's. A person still
        takes the number off the blacklist, which is not only ours.
        """
        if not self.partner_id or not optout.is_opt_in_keyword(text):
            return
        if not addresses.is_address(self.channel, self.recipient or ""):
            return
        # sudo: consent rows are written by the system.
        self.env["cobranza.consent"].sudo().create(
            {
                "partner_id": self.partner_id.id,
                "company_id": self.company_id.id,
                "number": self.recipient,
                "channel": self.channel,
                "basis": "message",
                "origin": "reply",
                "proof": text,
                "message_id": self.id,
            }
        )

    def _cobranza_opt_out(self, text):
        """Withdraw consent and confirm it once."""
        if not self.partner_id:
            # Nobody's number is still a refusal.
            self._cobranza_block_number()
            return
        rows = self._cobranza_withdraw_consent("reply", text)
        provider = self.account_id._cobranza_provider()
        is_news = rows.filtered(
            lambda row: (
                row.channel == self.channel
                and row.purpose == "collection"
                and not row.repeats_id
            )
        )
        if is_news and not provider.answers_opt_out(self.channel, text):
            self._cobranza_confirm_opt_out()

    def _cobranza_block_number(self):
        """Add number or address to Odoo's blacklist, which counts in every company.

        Hidden and short numbers cannot be added; nothing could be sent to them anyway.
        """
        if not addresses.is_address(self.channel, self.recipient or ""):
            return
        # sudo: the blacklists are readable by administrators only.
        env = self.sudo().with_context(cobranza_own_withdrawal=True).env
        try:
            if ADDRESS_KINDS[self.channel] == "email":
                env["mail.blacklist"]._add(self.recipient)
            else:
                env["phone.blacklist"]._add([self.recipient])
        except UserError:
            _logger.info("Message %d: its number cannot be blocked", self.id)

    def _cobranza_confirm_opt_out(self):
        """Queue the one message that says the withdrawal was understood."""
        lang = self.partner_id.lang or self.company_id.partner_id.lang
        self.create(
            {
                "uuid": str(uuid.uuid4()),
                "kind": "confirmation",
                "direction": "out",
                "state": "queued",
                "channel": self.channel,
                "partner_id": self.partner_id.id,
                "recipient_partner_id": self.partner_id.id,
                "recipient": self.recipient,
                "recipient_key": self.recipient_key,
                "company_id": self.company_id.id,
                "account_id": self.account_id.id,
                "context_message_id": self.id,
                **self.with_context(lang=lang)._cobranza_opt_out_text(),
                "not_before": fields.Datetime.now(),
                "is_prepared": True,
            }
        )
        self._cobranza_trigger_send()

    def _cobranza_opt_out_text(self):
        """Return {field: text} of the confirmation, in the language of the context."""
        company, contact = self.company_id, self.company_id._cobranza_contact_text()
        if ADDRESS_KINDS[self.channel] == "email":
            text = self.env._(
                "%(company)s: you will get no more reminders from us, neither by "
                "e-mail nor on your telephone. Questions: %(contact)s.",
                company=company.name,
                contact=contact,
            )
            return {"subject": self.env._("No more reminders"), "body": text}
        text = self.env._(
            "%(company)s: you will get no more reminders from us on this number. "
            "Questions: %(contact)s.",
            company=company.name,
            contact=contact,
        )
        return {"body": text}

    def _cobranza_ask_person(self, kind):
        """Give the reply to the responsible person as an activity."""
        # sudo: rows of guarantors are read by accounting users only.
        debtor = self.context_message_id.sudo().guarantor_id.partner_id
        customer = debtor or self.partner_id
        user = customer and customer._cobranza_responsible(
            self.company_id, move=self.move_ids[:1]
        )
        if not user:
            return
        env = self.with_context(lang=user.lang).env
        summaries = {
            "paid": env._("Says it is paid: look for the payment"),
            "talk": env._("Asks to talk to a person"),
            "promise": env._("Promises to pay: look at the promise"),
            "dispute": env._("Disputes the invoice: find out why"),
            "unclear": env._(
                "May want no more messages: decide within %(days)s days, until then "
                "nothing is sent",
                days=UNCLEAR_HOLD_DAYS,
            ),
            "opt_in": env._("Wants messages again: take the number off the blacklist"),
        }
        # Without the text: others than accountants read activities.
        summary = summaries.get(kind) or env._("Has replied: read the note and answer")
        customer.with_context(mail_activity_quick_update=True).activity_schedule(
            "cobranza_whatsapp.mail_activity_type_reply",
            summary=summary,
            user_id=user.id,
        )
