"""Send by hand: a preview of each text, refusals, another template, confirm."""

from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged

from ..core import sms_text
from .common import CobranzaCase


class PreviewCase(CobranzaCase):
    """Two demo accounts and a clerk who looks before he sends."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.make_demo_accounts()

    def open_preview(self, records, user=None):
        """Return the preview that the button opens for a user."""
        records = records.with_user(user or self.clerk).with_context(lang="en_US")
        action = records.action_cobranza_preview()
        preview = self.env["cobranza.preview"].browse(action["res_id"])
        return preview.with_user(user or self.clerk).with_context(lang="en_US")

    def make_template(self, **values):
        """Create a text that is only used when a person chooses it."""
        return self.env["cobranza.template"].create(
            {
                "name": "Amable",
                "stage_id": self.stage("early"),
                "channel": "whatsapp",
                "language": "es",
                "only_chosen": True,
                "body": "Estimado {{ cliente }}, {{ empresa }} lo saluda con gusto: "
                "{{ total }} venció el {{ vencimiento }}. Dudas: {{ contacto }}. "
                "Responda BAJA para no recibir más.",
                **values,
            }
        )

    def stage(self, kind):
        stages = self.policy.stage_ids.filtered(lambda s: s.kind == kind)
        return stages[:1].id


@tagged("post_install", "-at_install")
class TestPreviewByHand(PreviewCase):
    def test_shows_what_the_customer_will_get(self):
        customer = self.make_customer("Papelería Lápiz")
        invoice = self.make_invoice(customer, amount=1234.5)

        preview = self.open_preview(invoice)

        line = preview.going_ids
        self.assertEqual(line.partner_id, customer)
        self.assertEqual(line.channel, "whatsapp")
        self.assertEqual(line.recipient, customer.cobranza_number)
        self.assertEqual(line.recipient_why, "customer")
        self.assertEqual(line.outcome, "now")
        self.assertIn(invoice.name, line.text)
        self.assertIn("1,234.50", line.text)
        self.assertIn("[Ya pagué]", line.text)
        self.assertFalse(preview.refused_ids)
        self.assertFalse(self.messages_of(customer))

    def test_confirm_queues_what_was_shown(self):
        customer = self.make_customer()
        preview = self.open_preview(self.make_invoice(customer))
        shown = preview.going_ids.text

        preview.action_send()

        message = self.messages_of(customer)
        self.assertEqual(message.state, "queued")
        self.run_cron("prepare", "send")
        self.assertEqual(message.state, "sent")
        self.assertEqual(
            message.body.split("http")[0], shown.split("http")[0].split("\n\n[")[0]
        )

    def test_one_line_per_customer_and_currency(self):
        customer = self.make_customer()
        invoices = self.make_invoice(customer) + self.make_invoice(customer)

        preview = self.open_preview(invoices)

        self.assertEqual(len(preview.going_ids), 1)
        self.assertEqual(preview.going_ids.amount, 2000)
        for invoice in invoices:
            self.assertIn(invoice.name, preview.going_ids.move_names)

    def test_refusals_say_why(self):
        mute = self.make_customer("Sin permiso", consent=())
        held = self.make_invoice(self.make_customer("Detenida"))
        held.action_cobranza_hold()
        self.env["cobranza.hold"].create({"move_id": held.id})
        paid = self.make_invoice(self.make_customer("Pagada"))
        self.pay(paid)
        draft = self.make_invoice(self.make_customer("Borrador"), post=False)
        reminded = self.reminded(self.make_customer("Ya recordada")).move_ids

        preview = self.open_preview(
            self.make_invoice(mute) + held + paid + draft + reminded
        )

        self.assertFalse(preview.going_ids)
        self.assertEqual(
            {line.partner_id.name: line.code for line in preview.refused_ids},
            {
                "Sin permiso": "no_consent",
                "Detenida": "hold",
                "Pagada": "no_debt",
                "Borrador": "not_posted",
                "Ya recordada": "already_reminded",
            },
        )
        self.assertTrue(all(preview.refused_ids.mapped("sentence")))

    def test_refused_lines_are_never_sent(self):
        customer = self.make_customer(consent=())
        preview = self.open_preview(self.make_invoice(customer))
        preview.refused_ids.selected = True

        with self.assertRaises(UserError):
            preview.action_send()

        self.assertFalse(self.messages_of(customer))

    def test_unticked_customers_get_nothing(self):
        out, going = self.make_customer("Fuera"), self.make_customer("Dentro")
        preview = self.open_preview(self.make_invoice(out) + self.make_invoice(going))
        preview.going_ids.filtered(lambda line: line.partner_id == out).selected = False

        preview.action_send()

        self.assertFalse(self.messages_of(out))
        self.assertEqual(len(self.messages_of(going)), 1)

    def test_customers_from_their_list(self):
        customer = self.make_customer()
        self.make_invoice(customer)

        preview = self.open_preview(customer)
        preview.action_send()

        self.assertEqual(len(self.messages_of(customer)), 1)

    def test_a_change_meanwhile_is_told_and_nothing_goes(self):
        changed, same = self.make_customer("Cambiada"), self.make_customer("Igual")
        invoice = self.make_invoice(changed)
        preview = self.open_preview(invoice + self.make_invoice(same))
        self.pay(invoice, 400)

        action = preview.action_send()

        self.assertEqual(action["res_id"], preview.id)
        self.assertIn("Cambiada", preview.notice)
        self.assertNotIn("Igual", preview.notice)
        line = preview.going_ids.filtered(lambda one: one.partner_id == changed)
        self.assertEqual((line.amount, line.selected), (600, False))
        self.assertFalse(self.messages_of(changed) + self.messages_of(same))

    def test_a_withdrawal_meanwhile_is_told(self):
        customer = self.make_customer()
        preview = self.open_preview(self.make_invoice(customer))
        self.give_consent(customer, granted=False)

        preview.action_send()

        self.assertFalse(self.messages_of(customer))
        self.assertEqual(preview.refused_ids.code, "opted_out")

    def test_twice_sends_once(self):
        customer = self.make_customer()
        preview = self.open_preview(self.make_invoice(customer))

        preview.action_send()
        preview.action_send()

        self.assertEqual(len(self.messages_of(customer)), 1)
        self.assertEqual(preview.refused_ids.code, "already_reminded")

    def test_cost_is_price_times_parts(self):
        usd = self.env.ref("base.USD")
        self.env["cobranza.price"].create(
            [
                {"account_id": self.sms.id, "price": 0.5, "currency_id": usd.id},
                {
                    "account_id": self.sms.id,
                    "country_id": self.mexico.id,
                    "price": 0.25,
                    "currency_id": usd.id,
                },
            ]
        )
        customer = self.make_customer(consent=("sms",))

        line = self.open_preview(self.make_invoice(customer)).going_ids

        parts = sms_text.sms_parts(line.text)[2]
        self.assertGreater(parts, 1)
        self.assertEqual((line.channel, line.parts), ("sms", parts))
        self.assertEqual((line.cost, line.cost_currency_id), (0.25 * parts, usd))
        self.assertIn(f"{0.25 * parts:.2f}", line.preview_id.cost_text)

    def test_only_accounting_users_and_only_their_own_page(self):
        invoice = self.make_invoice(self.make_customer())
        auditor = self.make_user("auditor", "account.group_account_readonly")
        other = self.make_user("other", "account.group_account_invoice")

        with self.assertRaises(AccessError):
            self.open_preview(invoice, auditor)

        preview = self.open_preview(invoice)
        with self.assertRaises(AccessError):
            preview.with_user(other).action_send()

    def test_500_invoices_open_set_based(self):
        customers = [self.make_customer(f"Cliente {n}") for n in range(30)]
        few = self.env["account.move"].browse(
            [self.make_invoice(customer).id for customer in customers[:5]]
        )
        many = few + self.env["account.move"].browse(
            [self.make_invoice(customer).id for customer in customers[5:]]
        )
        self.open_preview(few)

        counts = []
        for invoices in (few, many):
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            self.open_preview(invoices)
            self.env.flush_all()
            counts.append(self.env.cr.sql_log_count - before)

        self.assertLess(counts[1] - counts[0], 10, counts)
