"""A customer who answers from the simulated telephone."""

from .emulator_case import EmulatorCase


class RepliesCase(EmulatorCase):
    """One customer with one sent reminder, for all tests of a class."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.customer = cls.make_customer()
        cls.message = cls.remind_before(cls.customer)
        cls.invoice = cls.message.move_ids

    def answer(self, text="", account=None, customer=None, **values):
        """Write as the customer, then store and apply the events."""
        account = account or self.whatsapp
        customer = customer or self.customer
        before = self.messages_of(customer, direction="in")

        def arrived():
            if self.mailbox.posts:
                self.receive(account)
                self.run_cron("apply")
            return self.messages_of(customer, direction="in") - before

        self.reply(customer, text, channel=account.channel, **values)
        return self.wait_for(arrived, seconds=10)

    def ledger_rows(self, customer=None):
        return self.env["cobranza.consent"].search(
            [
                ("partner_id", "=", (customer or self.customer).id),
                ("granted", "=", False),
            ]
        )

    def confirmations(self, customer=None):
        return self.messages_of(customer or self.customer, kind="confirmation")

    def todo(self, customer=None):
        customer = customer or self.customer
        customer.invalidate_recordset()
        return customer.activity_ids

    def _receive_raw(self, sender, text, **message):
        """Store and apply an incoming message as Meta would send it."""
        number = next(self.telephones)
        content = {
            "kind": "message",
            "entry_uid": "2001",
            "phone_number_uid": "1065",
            "sender_name": "",
            "message": {
                "id": f"wamid.raw{number}",
                "from": sender,
                "timestamp": "1795400000",
                "type": "text",
                "text": {"body": text},
                **message,
            },
        }
        item = type(
            "Item", (), {"key": f"raw{number}", "payload": content, "malformed": ""}
        )
        self.env["cobranza.event"]._cobranza_ingest(self.whatsapp, [item])
        self.run_cron("apply")
        event = self.env["cobranza.event"].search([("key", "=", f"raw{number}")])
        self.assertEqual(event.state, "applied", event.reason)
        return event.message_id
