"""Answers to our e-mails, as Odoo's mail gateway receives them."""

from itertools import count
from unittest.mock import patch

import psycopg2

from odoo.tests import tagged
from odoo.tools import mute_logger

from .common import CobranzaCase
from .test_odoo_email import ADDRESS, EmailBuilders

MAIL_THREAD = "odoo.addons.cobranza_whatsapp.models.mail_thread"
NUMBER = "+52 55 1434 0777"
_numbers = count(1)


class AnswersCase(EmailBuilders, CobranzaCase):
    """One customer with one reminder by e-mail, who answers it."""

    def setUp(self):
        super().setUp()
        self.customer = self.make_customer(
            email=ADDRESS, phone=NUMBER, consent=("email", "sms")
        )
        self.message = self.reminded(self.customer)

    def answer(self, text, message=None, sender=ADDRESS, content="plain", **headers):
        """Let Odoo receive an answer to an e-mail; return its message, maybe none."""
        message = message or self.message
        before = self.env["cobranza.message"].search([("direction", "=", "in")])
        head = {
            "From": sender,
            "To": "catchall@materiales.example.com",
            "Subject": f"Re: {message.subject}",
            "Message-Id": f"<answer-{next(_numbers)}@example.com>",
            "In-Reply-To": message.provider_message_uid,
            "References": message.provider_message_uid,
            "Content-Type": f"text/{content}; charset=utf-8",
            **{name.replace("_", "-"): value for name, value in headers.items()},
        }
        lines = "\n".join(f"{name}: {value}" for name, value in head.items() if value)
        self.env["mail.thread"].message_process(None, f"{lines}\n\n{text}")
        self.env.flush_all()
        self.run_cron("apply")
        return self.env["cobranza.message"].search([("direction", "=", "in")]) - before

    def quoted(self, text):
        """Return a text above our whole e-mail, as most programs quote it."""
        [received] = self.sink.to(ADDRESS)
        lines = received.text().splitlines()
        return (
            f"{text}\n\nEl jue, 26 nov 2026 a las 9:30, Materiales del Valle "
            "(<cobros@materiales.example.com>) escribió:\n\n"
            + "\n".join(f"> {line}" for line in lines)
        )

    def refusals(self, partner=None):
        rows = self.env["cobranza.consent"].search(
            [
                ("partner_id", "=", (partner or self.customer).id),
                ("granted", "=", False),
                ("purpose", "=", "collection"),
            ]
        )
        return sorted(rows.mapped("channel"))

    def confirmations(self, partner=None):
        return self.messages_of(partner or self.customer, kind="confirmation")


@tagged("post_install", "-at_install")
class TestEmailOptOut(AnswersCase):
    """BAJA as an answer does what our e-mails promise."""

    def test_baja_withdraws_everything_and_confirms_once(self):
        reply = self.answer(self.quoted("BAJA"))

        self.assertEqual(
            (reply.kind, reply.channel, reply.body), ("reply", "email", "BAJA")
        )
        self.assertEqual(reply.context_message_id, self.message)
        self.assertEqual(self.refusals(), ["email", "sms", "whatsapp"])
        self.assertTrue(self.env["mail.blacklist"].search([("email", "=", ADDRESS)]))
        self.answer(self.quoted("Baja por favor"))

        self.assertEqual(len(self.confirmations()), 1)

    def test_confirmation_arrives_as_an_answer_that_nobody_answers(self):
        self.customer.lang = "es_MX" if self.has_language("es_MX") else "en_US"
        reply = self.answer(self.quoted("BAJA"))
        confirmation = self.confirmations()
        self.make_due(confirmation + self.message)
        self.run_cron("send_odoo")

        self.assertEqual(confirmation.state, "sent", confirmation.reason)
        email = self.sink.to(ADDRESS)[-1]
        self.assertTrue(email.message["Subject"])
        self.assertEqual(email.message["Subject"], confirmation.subject)
        self.assertEqual(email.message["In-Reply-To"], reply.provider_message_uid)
        self.assertEqual(email.message["Auto-Submitted"], "auto-replied")
        self.assertIsNone(email.message["List-Unsubscribe"])
        self.assertNotIn("unsubscribe", email.text())
        self.assertIn(self.company.name, email.text())

    def has_language(self, code):
        return code in dict(self.env["res.lang"].get_installed())

    def test_quote_alone_is_no_refusal(self):
        reply = self.answer(self.quoted(""))

        self.assertEqual(self.refusals(), [])
        self.assertTrue(reply)

    def test_html_answers_are_read(self):
        html = (
            "<html><body><div dir='ltr'>No quiero m&aacute;s correos.</div>"
            "<div class='gmail_quote'><div class='gmail_attr'>El jue, 26 nov 2026 a "
            "las 9:30, Materiales (&lt;<a href='mailto:c@x.com'>c@x.com</a>&gt;) "
            f"escribió:<br></div><blockquote>{self.message.body}</blockquote></div>"
            "</body></html>"
        )
        reply = self.answer(html, content="html")

        self.assertEqual(reply.body, "No quiero más correos.")
        self.assertIn("email", self.refusals())

    def test_html_that_quotes_our_offer_without_marks_is_no_refusal(self):
        lines = "".join(f"<p>{line}</p>" for line in self.message.body.splitlines())
        html = (
            "<p>La pago el viernes.</p><div><p><b>De:</b> Materiales<br>"
            "<b>Enviado el:</b> jueves<br><b>Para:</b> Ana<br><b>Asunto:</b> x</p>"
            "</div>"
        )
        reply = self.answer(html + lines, content="html")

        self.assertEqual(reply.body, "La pago el viernes.")
        self.assertEqual(self.refusals(), [])

    def test_lines_of_the_html_source_are_no_lines(self):
        reply = self.answer(
            "<p>Gracias, por ahora no deseo darme de\nbaja</p>", content="html"
        )

        self.assertEqual(reply.body, "Gracias, por ahora no deseo darme de baja")
        self.assertEqual(self.refusals(), [])

    def test_word_in_a_table_is_read(self):
        self.answer("<table><tr><td>x</td><td>BAJA</td></tr></table>", content="html")

        self.assertIn("email", self.refusals())

    def test_baja_in_the_subject_counts(self):
        for text in ("", "Saludos,\nAna Ruiz"):
            with self.subTest(text):
                reply = self.answer(text, Subject="BAJA")
                self.assertIn("BAJA", reply.body)
                self.assertIn("email", self.refusals())

    def test_anonymised_message_is_answered(self):
        self.message.write({"body": False, "subject": False, "recipient": False})
        self.answer("BAJA")

        self.assertIn("email", self.refusals())

    def test_uncertain_message_is_the_one_that_is_answered(self):
        other = self.make_customer("Other", email=ADDRESS, consent=("email",))
        (self.customer + other).cobranza_shared_number_confirmed = True
        self.make_due(self.message)
        theirs = self.reminded(other)
        self.assertEqual(theirs.state, "sent", theirs.reason)
        self.message.write({"state": "uncertain", "provider_message_uid": False})
        message_id = self.message._cobranza_email_message_id()

        self.answer("BAJA", In_Reply_To=message_id, References=message_id)

        self.assertIn("email", self.refusals())
        self.assertEqual(self.refusals(other), [])

    def test_references_survive_a_replaced_message_id(self):
        [received] = self.sink.to(ADDRESS)

        self.assertEqual(
            received.message["References"], self.message.provider_message_uid
        )

    def test_waiting_reminders_are_cancelled(self):
        waiting = self.message.copy(
            {
                "uuid": "waiting",
                "state": "queued",
                "channel": "sms",
                "reminder_id": False,
                "contact_slot": False,
            }
        )
        waiting.write({"recipient": "+525514340777", "recipient_key": "525514340777"})
        self.answer(self.quoted("BAJA"))

        self.assertEqual((waiting.state, waiting.reason), ("cancelled", "opted_out"))


@tagged("post_install", "-at_install")
class TestEmailReplies(AnswersCase):
    """What else an answer asks for, and who may say it."""

    def test_promise_is_kept_as_one(self):
        reply = self.answer(self.quoted("La pago el viernes."))

        promise = self.env["cobranza.promise"].search(
            [("partner_id", "=", self.customer.id)]
        )
        self.assertEqual(len(promise), 1)
        self.assertEqual(reply.move_ids, self.message.move_ids)
        self.assertTrue(self.customer.activity_ids)

    def test_chatter_of_customer_has_it_once_and_the_invoice_too(self):
        reply = self.answer(self.quoted("¿Me mandan su cuenta bancaria?"))

        bodies = self.customer.message_ids.mapped(lambda m: str(m.body))
        self.assertEqual(sum("cuenta bancaria" in body for body in bodies), 1)
        self.assertEqual(reply.mail_message_ids.mapped("model"), ["account.move"])
        self.assertIn("cuenta bancaria", str(reply.mail_message_ids.body))

    def test_same_email_twice_is_one_answer(self):
        for _time in range(2):
            self.answer(self.quoted("BAJA"), Message_Id="<same@example.com>")

        replies = self.messages_of(self.customer, direction="in")
        self.assertEqual(len(replies), 1)

    def test_another_sender_may_end_it_and_nothing_else(self):
        reply = self.answer(self.quoted("Ya la pagué ayer."), sender="jose@other.com")

        self.assertFalse(self.env["cobranza.hold"].search([]))
        self.assertIn("jose@other.com", reply.body)
        self.assertTrue(self.customer.activity_ids)

        self.answer(self.quoted("BAJA"), sender="jose@other.com")
        self.assertIn("email", self.refusals())

    def test_alta_of_another_sender_gives_no_permission(self):
        self.answer(self.quoted("ALTA"), sender="jose@other.com")

        rows = self.env["cobranza.consent"].search(
            [("partner_id", "=", self.customer.id), ("origin", "=", "reply")]
        )
        self.assertFalse(rows)

    def test_programs_that_answer_by_themselves_are_not_heard(self):
        reply = self.answer(
            "BAJA temporal: estoy de vacaciones.", Auto_Submitted="auto-replied"
        )

        self.assertFalse(reply)
        self.assertEqual(self.refusals(), [])

    def test_our_own_people_are_not_the_customer(self):
        for sender in ("clerk@materiales.example.com", self.company.email):
            with self.subTest(sender):
                reply = self.answer(
                    self.quoted("Con gusto le damos de baja."), sender=sender
                )
                self.assertFalse(reply)
                self.assertEqual(self.refusals(), [])

    def test_doubtful_answer_of_another_sender_holds_too(self):
        self.answer(
            "demasiados mensajes para una sola factura", sender="jose@other.com"
        )

        hold = self.env["cobranza.hold"].search([("partner_id", "=", self.customer.id)])
        self.assertEqual(hold.reason, "unclear")

    def test_promise_of_another_sender_is_just_a_reply(self):
        self.answer("La pago el viernes.", sender="jose@other.com")

        self.assertFalse(self.env["cobranza.promise"].search([]))
        summary = self.customer.activity_ids.summary
        self.assertNotIn("promise", summary.lower())

    def test_email_that_names_no_message_of_ours_changes_nothing(self):
        note = self.customer.message_post(body="x", message_type="comment")
        reply = self.answer("BAJA", References=note.message_id, In_Reply_To="")

        self.assertFalse(reply)
        self.assertEqual(self.refusals(), [])

    def test_answer_that_cannot_be_read_is_still_in_the_chatter(self):
        message_model = self.registry["cobranza.message"]
        broken = patch.object(
            message_model, "_cobranza_email_answered", side_effect=ValueError("broken")
        )
        with broken, mute_logger(MAIL_THREAD):
            self.answer("hola")

        bodies = self.customer.message_ids.mapped(lambda m: str(m.body))
        self.assertTrue(any("hola" in body for body in bodies))

    def test_database_error_makes_the_gateway_begin_again(self):
        broken = patch.object(
            self.registry["cobranza.message"],
            "_cobranza_email_answered",
            side_effect=psycopg2.OperationalError("could not serialize"),
        )
        with broken, self.assertRaises(psycopg2.OperationalError):
            self.answer("BAJA")


@tagged("post_install", "-at_install")
class TestBranchEmail(AnswersCase):
    """An answer to a branch is the branch's, though its root's account sends."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.branch = cls.env["res.company"].create(
            {
                "name": "Sucursal Norte",
                "email": "norte@materiales.example.com",
                "parent_id": cls.company.id,
                "cobranza_timezone": cls.company.cobranza_timezone,
                "cobranza_started": True,
            }
        )
        cls.env.cr.precommit.run()  # the branch takes over the chart of accounts
        cls.account.company_id = cls.company

    def reminded(self, customer=None, **invoice):
        """Remind of an invoice of the branch."""
        self.make_invoice(customer, company=self.branch, **invoice)
        self.remind()
        return self.messages_of(customer)

    def test_doubtful_answer_holds_in_the_branch(self):
        self.assertEqual(self.message.company_id, self.branch)
        self.answer(self.quoted("demasiados mensajes para una sola factura"))

        hold = self.env["cobranza.hold"].search([("partner_id", "=", self.customer.id)])
        self.assertEqual(hold.company_id, self.branch)

    def test_promise_is_kept_in_the_branch(self):
        reply = self.answer(self.quoted("La pago el viernes."))

        promise = self.env["cobranza.promise"].search(
            [("partner_id", "=", self.customer.id)]
        )
        self.assertEqual((reply.company_id, len(promise)), (self.branch, 1))
