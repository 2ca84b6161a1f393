"""Many rows at once are what `create` would have made of them."""

from decimal import Decimal

from odoo import fields
from odoo.tests import tagged

from ..models import bulk
from .common import CobranzaCase


@tagged("post_install", "-at_install")
class TestBulk(CobranzaCase):
    def rows(self, count):
        customer = self.make_customer()
        return [
            {
                "key": f"bulk/{number} 'quoted\\'",
                "company_id": self.company.id,
                "partner_id": customer.id,
                "guarantor_id": None,
                "currency_id": self.company.currency_id.id,
                "amount": Decimal(f"{number}.10"),
                "escalated_at": fields.Datetime.now() if number % 2 else None,
            }
            for number in range(count)
        ]

    def test_rows_come_back_in_order_as_written(self):
        rows = self.rows(500)

        records = bulk.insert(self.env["cobranza.reminder"], rows)

        self.assertEqual(records.mapped("key"), [row["key"] for row in rows])
        self.assertEqual(records[7].amount, 7.10)
        self.assertEqual(records[7].escalated_at, rows[7]["escalated_at"])
        self.assertFalse(records[8].escalated_at)
        self.assertFalse(records.guarantor_id)
        self.assertEqual(records.create_uid, self.env.user)
        self.assertEqual(set(records.mapped("write_date")), {self.env.cr.now()})

    def test_is_what_create_makes(self):
        [row] = self.rows(1)
        made = self.env["cobranza.reminder"].create({**row, "key": "created"})
        inserted = bulk.insert(self.env["cobranza.reminder"], [row])

        stored = [
            name
            for name, field in inserted._fields.items()
            if field.store and field.column_type and name not in ("id", "key")
        ]
        self.assertEqual(
            made.read(stored)[0] | {"id": 0}, {**inserted.read(stored)[0], "id": 0}
        )

    def test_what_was_known_of_others_is_read_anew(self):
        reminder = bulk.insert(self.env["cobranza.reminder"], self.rows(1))
        self.assertFalse(reminder.debt_ids)
        row = {
            "reminder_id": reminder.id,
            "move_id": 1,
            "move_model": "account.move",
            "number": "F 1",
            "date_maturity": fields.Date.today(),
            "amount": Decimal(5),
        }

        debts = bulk.insert(self.env["cobranza.reminder.debt"], [row])

        self.assertEqual(reminder.debt_ids, debts)

    def test_nothing_to_write_writes_nothing(self):
        self.assertFalse(bulk.insert(self.env["cobranza.reminder"], []))

    def test_links_each_to_its_own(self):
        messages = self.env["cobranza.message"].create(
            [
                {
                    "uuid": f"bulk-{number}",
                    "kind": "reminder",
                    "direction": "out",
                    "channel": "sms",
                    "state": "queued",
                    "company_id": self.company.id,
                }
                for number in range(3)
            ]
        )
        customer = self.make_customer()
        one, two = self.make_invoice(customer), self.make_invoice(customer)

        bulk.link(messages, "move_ids", [one.ids, [], (one + two).ids])

        self.assertEqual([m.move_ids for m in messages], [one, one.browse(), one + two])
