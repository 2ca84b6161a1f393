"""No path sends without the chain of rules, whoever calls what."""

import contextlib
from unittest.mock import patch

from odoo.tests import HttpCase, tagged
from odoo.tools import mute_logger

from ..core.phone import number_key
from ..models.cobranza_consent import USER_ORIGINS
from . import doors
from .emulator_case import EmulatorCase

QUIET = (
    "odoo.addons.base.models.ir_cron",
    "odoo.addons.cobranza_whatsapp",
    "odoo.http",
    "odoo.sql_db",
)


@tagged("post_install", "-at_install")
class TestNoWayAround(EmulatorCase, HttpCase):
    """Go through every door; nothing may reach the emulator."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.boss = cls.make_user(
            "doors",
            "base.group_system,account.group_account_manager,"
            "cobranza_whatsapp.group_manager",
            password="doors-test",  # noqa: S106
        )
        cls.customers = cls.env["res.partner"]
        for state in ("queued", "proposed", "failed", "uncertain", "cancelled"):
            customer = cls.make_customer(f"Cliente {state}")
            cls.make_invoice(customer)
            cls.customers |= customer
        cls._plan()
        for customer, state in zip(
            cls.customers,
            ("queued", "proposed", "failed", "uncertain", "cancelled"),
            strict=True,
        ):
            cls.messages_of(customer).state = state
        cls.customers |= cls._unplanned()
        cls.invoices = cls.env["account.move"].search(
            [("partner_id", "in", cls.customers.ids)]
        )

    @classmethod
    def _plan(cls):
        with patch.object(cls.env.cr, "commit", autospec=True):
            cls.env["cobranza.policy"]._cron_plan()
            cls.env["cobranza.message"]._cron_prepare()
        cls.env.flush_all()

    @classmethod
    def _unplanned(cls):
        customer = cls.make_customer("Cliente sin mensaje")
        cls.make_invoice(customer)
        return customer

    # --- two ways in which nothing may be sent ----------------------------------------

    nobody_agreed = False

    def _withdraw_all(self):
        self.nobody_agreed = True
        consents = self.env["cobranza.consent"].search([("granted", "=", True)])
        self.env["cobranza.consent"].create(
            [
                {
                    "partner_id": row.partner_id.id,
                    "company_id": row.company_id.id,
                    "number": row.number,
                    "channel": row.channel,
                    "purpose": row.purpose,
                    "granted": False,
                    "basis": "message",
                }
                for row in consents
            ]
        )

    def _close_all_hours(self):
        policies = self.env["cobranza.contact.policy"].search([])
        policies.window_ids.unlink()

    # --- going through ----------------------------------------------------------------

    def _accepted_count(self):
        return self.emulator.control("GET", "/ledger?limit=1")["count"]

    def _accepted_since(self, count):
        """Return the numbers that the emulator accepted messages to, after so many."""
        ledger = self.emulator.control("GET", f"/ledger?offset={count}")
        return {number_key(row["to"]) for row in ledger["messages"]}

    def _try(self, function):
        """Undo what failed, as a request would, and go on."""
        with contextlib.suppress(Exception), self.env.cr.savepoint():
            function()

    def _go_through(self, name, function):
        """Go through a door and send what it left; return the name if that sent.

        Everything is undone afterwards, so that each door is tried alone.
        """
        newest, count = self._newest_consent(), self._accepted_count()
        self.env.flush_all()
        savepoint = self.env.cr.savepoint(flush=False)
        with (
            mute_logger(*QUIET),
            patch.object(self.env.cr, "commit", autospec=True),
            patch.object(self.env.cr, "rollback", autospec=True),
        ):
            # What a door says to people does not matter here.
            self._try(function)
            self._try(self.env["cobranza.message"]._cron_prepare)
            self._try(self.env["cobranza.message"]._cron_send)
        permitted = self._permitted_by_hand(newest) if self.nobody_agreed else set()
        self.env.cr.precommit.clear()
        self.env.transaction.clear()
        savepoint.rollback()
        return [name] if self._accepted_since(count) - permitted else []

    def _newest_consent(self):
        return self.env["cobranza.consent"].search([], limit=1).id

    def _permitted_by_hand(self, newest):
        """Return the keys of numbers allowed since then, by the user who says so.

        What follows from such a permission is no way around the rules.
        """
        rows = self.env["cobranza.consent"].search(
            [
                ("id", ">", newest),
                ("granted", "=", True),
                ("user_id", "=", self.boss.id),
                ("origin", "in", USER_ORIGINS),
            ]
        )
        return set(rows.mapped("number_key"))

    def _bad_doors(self):
        tried, bad = set(), []
        for name, function in self._doors():
            if name not in tried:
                tried.add(name)
                bad += self._go_through(name, function)
        self.assertGreater(len(tried), 60, sorted(tried))
        return bad

    def _doors(self):
        env = self.env(user=self.boss)
        subjects = (
            self.invoices.with_env(env),
            self.customers.with_env(env),
            self.env["cobranza.message"].with_env(env).search([]),
        )
        yield from self._methods(env, subjects)
        for action in doors.own_records(self.env, "ir.actions.server"):
            for subject in subjects:
                context = {"active_model": subject._name, "active_ids": subject.ids}
                yield (
                    f"server action {action.id} on {subject._name}",
                    lambda a=action, c=context: a.with_env(env).with_context(**c).run(),
                )
        for cron in doors.own_records(self.env, "ir.cron"):
            yield f"cron {cron.id}", lambda c=cron: c.ir_actions_server_id.run()
        yield from self._pages()

    def _methods(self, env, subjects):
        found = {*doors.public_methods(self.env), *doors.buttons(self.env)}
        for model, name in sorted(found):
            if doors.needs_arguments(getattr(env[model], name)):
                continue
            yield (
                f"{model}.{name}",
                lambda m=model, n=name: self._call(env, m, n, subjects),
            )

    def _call(self, env, model, name, subjects):
        if model in ("account.move", "res.partner"):
            targets = [s for s in subjects if s._name == model]
        else:
            targets = doors.records(env, model, subjects)
        for target in targets:
            self._try(getattr(target, name))
            for record in target if len(target) > 1 else ():
                self._try(getattr(record, name))

    def _pages(self):
        links = self.env["cobranza.link"].search([], limit=3)
        values = {
            "token": [*links.mapped("token"), self.whatsapp.webhook_token],
            "filename": ["x.pdf"],
            "move_id": self.invoices.ids[:1],
            "partner_id": self.customers.ids[:1],
        }
        for rule in doors.routes(self.env):
            for path in self._paths(rule, values):
                for data in (None, {"confirm": "1"}):
                    yield (
                        f"{'POST' if data else 'GET'} {path}",
                        lambda p=path, d=data: self.url_open(p, data=d, timeout=20),
                    )

    def _paths(self, rule, values):
        paths = [rule.rule]
        for argument in rule.arguments:
            paths = [
                part
                for path in paths
                for value in values.get(argument, ["x"])
                for part in [self._filled(path, argument, value)]
            ]
        return paths

    @staticmethod
    def _filled(path, argument, value):
        for kind in ("string:", "int:", ""):
            path = path.replace(f"<{kind}{argument}>", str(value))
        return path

    # --- tests ------------------------------------------------------------------------

    def test_without_consent_no_door_sends(self):
        self._withdraw_all()

        self.assertEqual(self._bad_doors(), [])

    def test_outside_the_hours_no_door_sends(self):
        self._close_all_hours()

        self.assertEqual(self._bad_doors(), [])

    def test_a_planted_door_is_found(self):
        self._withdraw_all()

        def action_planted(messages):
            """Send past the rules, as a careless developer might."""
            for message in messages.sudo():
                outgoing = message._cobranza_outgoing("Pague ya")
                message.account_id._cobranza_provider().send(outgoing)

        model = self.registry["cobranza.message"]
        action_planted.__module__ = doors.ADDON
        owner = next(
            parent
            for parent in model.__mro__
            if parent.__module__.startswith(f"{doors.ADDON}.models.cobranza_message")
        )
        owner.action_planted = action_planted
        self.addCleanup(delattr, owner, "action_planted")
        self.env["cobranza.message"].search([]).write({"account_id": self.sms.id})

        self.assertIn("cobranza.message.action_planted", self._bad_doors())

    def test_a_permitted_door_does_send(self):
        """The doors are real: with consent and inside the hours they lead outside."""
        self.assertIn("res.partner", {m for m, _n in doors.buttons(self.env)})

        self.assertTrue(self._bad_doors())

    def test_every_door_that_wants_arguments_is_harmless(self):
        """What cannot be called here is told apart: nothing of ours may hide there."""
        env = self.env
        wanting = [
            f"{model}.{name}"
            for model, name in doors.public_methods(env)
            if doors.needs_arguments(getattr(env[model], name))
        ]

        self.assertEqual(wanting, [])

    def test_nobody_may_write_messages_himself(self):
        rights = self.env["ir.model.access"].search(
            [("model_id.model", "=", "cobranza.message")]
        )

        self.assertFalse(
            rights.filtered(lambda r: r.perm_create or r.perm_write or r.perm_unlink)
        )
