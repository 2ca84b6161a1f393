"""The situations of the demonstration: what each customer gets, word for word."""

from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

from odoo import fields
from odoo.tests import tagged

from .common import MEXICO_CITY
from .emulator_case import EmulatorCase

BAJA = "Responda BAJA para no recibir más avisos."
CONTACT = "+52 55 5000 1000"
CREDITOR = "Materiales del Valle (RFC EKU9003173C9)"


@tagged("post_install", "-at_install")
class TestDemoTable(EmulatorCase):
    """Thirteen customers, as in the demonstration database."""

    def setUp(self):
        super().setUp()
        self.invoices = {}
        for name, build in self._situations().items():
            self.invoices[name] = build(name)

    # --- the customers ----------------------------------------------------------------

    def _situations(self):
        return {
            "Panadería La Espiga": self._simple(-3, 1250.0),
            "Taller Mecánico Ruiz": self._simple(0, 3480.5),
            "Papelería Lápiz y Papel": self._simple(3, 780.0, consent=("sms",)),
            "Constructora Horizonte": self._two_invoices,
            "Restaurante El Fogón": self._simple(45, 9100.0),
            "Clínica Santa Lucía": self._instalments,
            "Hotel Mirador": self._partly_paid,
            "Librería Aurora": self._with_credit,
            "Importadora Pacífico": self._in_dollars,
            "Gimnasio Titán": self._blocked,
            "Florería Jazmín": self._simple(9, 640.0, consent=(), phone=False),
            "Veterinaria Huellas": self._simple(9, 870.0, consent=()),
            "Lavandería Brisa": self._opted_out,
        }

    def _simple(self, days, amount, **customer):
        def build(name):
            return self.make_invoice(
                self.make_customer(name, **customer), days, amount=amount
            )

        return build

    def _two_invoices(self, name):
        invoice = self._simple(20, 25400.0)(name)
        return invoice + self.make_invoice(invoice.partner_id, 8, amount=6350.0)

    def _instalments(self, name):
        term = self.env["account.payment.term"].create(
            {
                "name": "Three payments",
                "line_ids": [
                    (0, 0, {"value": "percent", "value_amount": share, "nb_days": days})
                    for share, days in ((40, 0), (30, 30), (30, 60))
                ],
            }
        )
        return self.make_invoice(
            self.make_customer(name),
            amount=9000.0,
            invoice_date=self.due(10),
            invoice_payment_term_id=term.id,
        )

    def _partly_paid(self, name):
        invoice = self._simple(10, 6000.0)(name)
        self.pay(invoice, 2000.0)
        return invoice

    def _with_credit(self, name):
        invoice = self._simple(8, 2000.0)(name)
        self.make_credit_note(invoice.partner_id, 500.0)
        return invoice

    def _in_dollars(self, name):
        dollars = self.env.ref("base.USD")
        dollars.active = True
        return self.make_invoice(
            self.make_customer(name), 16, amount=500.0, currency_id=dollars.id
        )

    def _blocked(self, name):
        invoice = self._simple(12, 1500.0)(name)
        invoice.action_toggle_block_payment()
        return invoice

    def _opted_out(self, name):
        invoice = self._simple(9, 430.0)(name)
        self.give_consent(invoice.partner_id, granted=False)
        return invoice

    # --- what they get ----------------------------------------------------------------

    def _texts(self):
        """Return {customer: (channel, text)} of those who get a message."""
        number = {name: moves[0].name for name, moves in self.invoices.items()}
        day = {
            days: self.due(days).strftime("%d/%m/%Y") for days in (-3, 0, 3, 8, 10, 16)
        }
        early = (
            "Hola {name}, en " + CREDITOR + " aún no vemos el pago de la factura "
            "{number} por {amount}, que venció el {due}. Quizá se traspapeló: le "
            "reenviamos el PDF. ¿Necesita algo para pagarla? Con gusto le ayudamos: "
            f"{CONTACT}. {BAJA}"
        )

        def early_arrears(name, amount, days):
            return "whatsapp", early.format(
                name=name, number=number[name], amount=amount, due=day[days]
            )

        return {
            "Panadería La Espiga": (
                "whatsapp",
                f"Hola Panadería La Espiga, le escribe {CREDITOR}. Su factura "
                f"{number['Panadería La Espiga']} por $1,250.00 MXN vence el "
                f"{day[-3]}. Aquí tiene el PDF para programar su pago con calma. Si "
                f"ya lo hizo, gracias y omita este mensaje. Dudas: {CONTACT}. {BAJA}",
            ),
            "Taller Mecánico Ruiz": (
                "whatsapp",
                f"Hola Taller Mecánico Ruiz, le escribe {CREDITOR}. La fecha de pago "
                f"de su factura {number['Taller Mecánico Ruiz']} por $3,480.50 MXN es "
                f"el {day[0]}. Le enviamos el PDF y el botón para pagar. Si ya pagó, "
                f"muchas gracias y omita este mensaje. Dudas: {CONTACT}. {BAJA}",
            ),
            "Papelería Lápiz y Papel": (
                "sms",
                f"{CREDITOR}: la fecha de pago de su factura "
                f"{number['Papelería Lápiz y Papel']} por $780.00 MXN es el {day[3]}. "
                f"Pagar: {self.mailbox.url}/c/TOKEN Dudas: {CONTACT}. BAJA para no "
                "recibir avisos",
            ),
            "Constructora Horizonte": (
                "whatsapp",
                "Estimado cliente Constructora Horizonte: siguen pendientes 2 facturas "
                f"de {CREDITOR}, la más antigua vencida el "
                f"{self.due(20).strftime('%d/%m/%Y')}: "
                f"{self.invoices['Constructora Horizonte'][0].name} $25,400.00 MXN, "
                f"{self.invoices['Constructora Horizonte'][1].name} $6,350.00 MXN. "
                "Suman $31,750.00 MXN. Le pedimos hacer el pago o acordar con nosotros "
                f"una fecha. Estamos para ayudarle en {CONTACT}. {BAJA}",
            ),
            "Clínica Santa Lucía": early_arrears(
                "Clínica Santa Lucía", "$3,600.00 MXN", 10
            ),
            "Hotel Mirador": early_arrears("Hotel Mirador", "$4,000.00 MXN", 10),
            "Librería Aurora": early_arrears(
                "Librería Aurora",
                "$1,500.00 MXN (ya descontado su saldo a favor de $500.00 MXN)",
                8,
            ),
            "Importadora Pacífico": (
                "whatsapp",
                "Estimado cliente Importadora Pacífico: la factura "
                f"{number['Importadora Pacífico']} de {CREDITOR} por $500.00 USD "
                f"venció el {day[16]} y sigue pendiente. Le pedimos hacer el pago o "
                "acordar con nosotros una fecha. Estamos para ayudarle en "
                f"{CONTACT}. {BAJA}",
            ),
        }

    REASONS = {
        "Restaurante El Fogón": "A person takes over from here.",
        "Gimnasio Titán": (
            "The payment of this invoice is blocked: unblock it to go on."
        ),
        "Florería Jazmín": "The customer has no telephone number: add it.",
        "Veterinaria Huellas": (
            "There is no consent for this channel and number or address: record it on "
            "the customer."
        ),
        "Lavandería Brisa": ("The customer opted out of these messages: call instead."),
    }

    # --- tests ------------------------------------------------------------------------

    def test_each_customer_gets_this_text_or_this_reason(self):
        self.remind()

        texts = self._texts()
        self.assertEqual({*texts, *self.REASONS}, {*self.invoices})
        for name, (channel, text) in texts.items():
            with self.subTest(name):
                self._assert_sent(name, channel, text)
        for name, reason in self.REASONS.items():
            with self.subTest(name):
                invoice = self.invoices[name]
                self.assertFalse(self.messages_of(invoice.partner_id))
                self.assertEqual(self.next_action(invoice), reason)

    def _assert_sent(self, name, channel, text):
        invoices = self.invoices[name]
        customer = invoices.partner_id
        [message] = self.messages_of(customer)
        text = text.replace("TOKEN", message.link_id.token)
        self.assertEqual(message.state, "sent")
        self.assertEqual(message.channel, channel)
        self.assertEqual(message.body, text)
        self.assertEqual(message.language, "es")
        self.assertEqual(message.recipient, customer.phone.replace(" ", ""))
        self.assertEqual(message.recipient_partner_id, customer)
        self.assertEqual(message.recipient_why, "customer")
        self.assertLessEqual(message.not_before, fields.Datetime.now())
        self.assertEqual(message.move_ids, invoices)
        content = message.document_id.raw
        for invoice in invoices:
            self.assertIn(f"({invoice.name})".encode(), content)
        self._assert_accepted(message, text, len(invoices))

    def _assert_accepted(self, message, text, invoice_count):
        """The provider has the same text, and for WhatsApp the same file."""
        [accepted] = self.ledger(message.partner_id)
        self.assertEqual(accepted["uuid"], message.uuid)
        self.assertEqual(accepted["text"], text)
        if message.channel == "whatsapp":
            self.assertEqual(accepted["media_sha256"], message.document_checksum)
            self.assertEqual(accepted["buttons"][0]["text"], "Ver y pagar")

    def test_escalated_customer_becomes_one_activity(self):
        self.remind()

        customer = self.invoices["Restaurante El Fogón"].partner_id
        [activity] = customer.activity_ids
        self.assertEqual(activity.user_id, self.clerk)
        self.assertIn("9,100.00", activity.summary)

    def test_second_run_on_the_same_day_sends_nothing(self):
        self.remind()
        before = self.env["cobranza.message"].search_count([])
        accepted = self.emulator.control("GET", "/ledger?format=count")

        self.remind()
        self.run_cron("follow_up", "apply")

        self.assertEqual(self.env["cobranza.message"].search_count([]), before)
        self.assertEqual(self.emulator.control("GET", "/ledger?format=count"), accepted)
        self.assertEqual(accepted["duplicate_uuids"], [])

    def test_outside_the_hours_all_wait_for_the_next_opening(self):
        tomorrow = datetime.now(ZoneInfo(MEXICO_CITY)).date() + timedelta(days=1)
        self.open_always.active = False
        self.make_contact_policy(
            self.company, weekdays=[tomorrow.weekday()], hours=(9, 18)
        )
        opening = datetime.combine(tomorrow, time(9), ZoneInfo(MEXICO_CITY))

        self.remind()

        for name in self._texts():
            with self.subTest(name):
                invoice = self.invoices[name]
                [message] = self.messages_of(invoice.partner_id)
                self.assertEqual(
                    message.not_before.replace(tzinfo=ZoneInfo("UTC")), opening
                )
                self.assertEqual(
                    (message.state, message.reason), ("queued", "outside_window")
                )
                self.assertEqual(self.ledger(invoice.partner_id), [])
