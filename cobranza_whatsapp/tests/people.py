"""Everybody who looks at a reminder, and mostly must not see it."""

from unittest.mock import patch

SECRET_TEXT = "Texto que solo contabilidad lee"
REPLY_TEXT = "Respuesta muy privada"
PASSWORD = "access-test"


class People:
    """One reminder with its PDF and a reply, and everybody who must not read them."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.make_demo_accounts()
        templates = cls.env["cobranza.template"].search([("channel", "=", "whatsapp")])
        templates.body = f"Hola {{{{ cliente }}}}, {SECRET_TEXT}. {cls.REQUIRED}."
        cls.customer = cls.make_customer("Papelería Lápiz")
        cls._make_users()
        cls.message = cls.remind_before(cls.customer)
        cls.invoice = cls.message.move_ids
        cls.document = cls.message.document_id
        cls.incoming = cls._reply()
        cls.notes = (cls.message + cls.incoming).mail_message_ids

    @classmethod
    def _make_users(cls):
        other = cls.env["res.company"].create({"name": "Another company"})

        def user(login, groups, **values):
            return cls.make_user(login, groups, password=PASSWORD, **values)

        cls.strangers = {
            "accountant of another company": user(
                "other-accountant",
                "account.group_account_manager,cobranza_whatsapp.group_manager",
                company=other,
            ),
            "employee": user("employee", "base.group_user"),
            "salesperson": user(
                "salesperson", "base.group_user,base.group_partner_manager"
            ),
            "portal user": user(
                "portal", "base.group_portal", partner_id=cls.customer.id
            ),
            "public": cls.env.ref("base.public_user"),
        }
        cls._let_read_invoices(cls.strangers["salesperson"])
        cls.manager = user("manager", "cobranza_whatsapp.group_manager")
        cls.administrator = user(
            "administrator", "base.group_system,cobranza_whatsapp.group_manager"
        )

    @classmethod
    def _let_read_invoices(cls, salesperson):
        """Give the rights that the Sales app gives: invoices, for reading."""
        group = cls.env["res.groups"].create({"name": "As Sales does"})
        for model in (
            "account.account",
            "account.account.tag",
            "account.journal",
            "account.move",
            "account.move.line",
            "account.partial.reconcile",
            "account.payment",
            "account.payment.term",
            "account.tax",
            "account.tax.group",
        ):
            cls.env["ir.model.access"].create(
                {
                    "name": f"{model} salesperson",
                    "model_id": cls.env["ir.model"]._get_id(model),
                    "group_id": group.id,
                    "perm_read": True,
                }
            )
        salesperson.group_ids += group

    def see(self, records, user):
        """Return records as a user sees them in his own companies."""
        companies = user.company_ids.ids
        return records.with_user(user).with_context(
            allowed_company_ids=companies, lang="en_US"
        )

    def setUp(self):
        super().setUp()
        self.assertEqual(len(self.notes), 4)
        self.env.invalidate_all()

    @classmethod
    def _reply(cls):
        """Let the customer answer, quoting the reminder."""
        payload = {
            "id": "in-1",
            "from": cls.customer.cobranza_number,
            "text": REPLY_TEXT,
        }
        item = type("Item", (), {"key": "in:1", "payload": payload, "malformed": ""})
        cls.env["cobranza.event"]._cobranza_ingest(cls.whatsapp, [item])
        with patch.object(cls.env.cr, "commit", autospec=True):
            cls.env["cobranza.event"]._cron_apply()
        reply = cls.messages_of(cls.customer, direction="in")
        reply.move_ids = cls.invoice
        reply.mail_message_ids.unlink()
        reply._cobranza_log()
        cls.env.flush_all()
        return reply
