"""Screens open without errors for everybody who may open them."""

from lxml import etree

from odoo.tests import tagged

from .common import CobranzaCase
from .people import People


@tagged("post_install", "-at_install")
class TestScreens(People, CobranzaCase):
    """Everybody opens partners and invoices, readers our screens, without errors."""

    def open_screens(self, record, user):
        """Load form, list and search as the web client does, and read their fields."""
        record = self.see(record, user)
        kinds = ("form", "list", "search")
        views = record.get_views([(False, kind) for kind in kinds])
        for kind in ("form", "list"):
            record.web_read(self._specification(views["views"][kind]["arch"]))
        return views

    def _specification(self, arch):
        """Return what a view reads: the fields outside of nested views."""
        tree = etree.fromstring(arch)
        names = {
            node.get("name")
            for node in tree.iter("field")
            if not any(parent.tag == "field" for parent in node.iterancestors())
        }
        return {name: {} for name in names}

    def test_everybody_opens_customers(self):
        users = {name: user for name, user in self.strangers.items() if not user.share}
        users |= {user.login: user for user in self._readers()}
        for who, user in users.items():
            with self.subTest(who):
                self.env.invalidate_all()
                views = self.open_screens(self.customer, user)
                self._assert_hidden(who, views)

    def _assert_hidden(self, who, views):
        if who in ("employee", "salesperson"):
            for kind in ("form", "list", "search"):
                shown = self._specification(views["views"][kind]["arch"])
                self.assertFalse([n for n in shown if n.startswith("cobranza_")])

    def _readers(self):
        auditor = self.make_user("auditor", "account.group_account_readonly")
        invoicer = self.make_user("invoicer", "account.group_account_invoice")
        return [self.clerk, self.manager, self.administrator, auditor, invoicer]

    def test_everybody_with_invoices_opens_invoices(self):
        self.env["cobranza.hold"].create({"move_id": self.invoice.id})
        users = {"salesperson": self.strangers["salesperson"]}
        users |= {user.login: user for user in self._readers()}
        for who, user in users.items():
            with self.subTest(who):
                self.env.invalidate_all()
                views = self.open_screens(self.invoice, user)
                self._assert_hidden(who, views)

    def test_salesperson_groups_and_filters_invoices(self):
        moves = self.env["account.move"].with_user(self.strangers["salesperson"])

        self.assertIn(self.invoice.id, moves.search([]).ids)
        moves.web_read_group([], ["partner_id"], ["__count"])

    def test_readers_open_our_screens(self):
        records = {
            "cobranza.policy": self.policy,
            "cobranza.stage": self.policy.stage_ids[:1],
            "cobranza.template": self.message.template_id,
            "cobranza.account": self.whatsapp,
            "cobranza.debt": self.env["cobranza.debt"].search(
                [("move_id", "=", self.invoice.id)]
            ),
            "cobranza.reminder": self.message.reminder_id,
            "cobranza.message": self.message,
            "cobranza.consent": self.customer.cobranza_consent_ids[:1],
            "cobranza.contact.policy": self.open_always,
            "cobranza.hold": self.env["cobranza.hold"].create(
                {"move_id": self.invoice.id}
            ),
        }
        for user in self._readers():
            for model, record in records.items():
                with self.subTest(user.login, model=model):
                    self.env.invalidate_all()
                    self.assertTrue(record)
                    self.open_screens(record, user)

    def test_administrator_opens_the_technical_screens(self):
        event = self.env["cobranza.event"].search([], limit=1)
        self.open_screens(event, self.administrator)

    def test_menus_of_readers_lead_somewhere_they_may_go(self):
        for user in self._readers():
            menus = self.see(self.env["ir.ui.menu"], user)
            menus = menus.browse(menus._visible_menu_ids())
            # sudo: what an action is about is readable by administrators only.
            ours = menus.sudo().filtered(
                lambda m: (
                    m.action
                    and m.action._name == "ir.actions.act_window"
                    and m.action.res_model.startswith("cobranza.")
                )
            )
            self.assertTrue(ours, user.login)
            for menu in ours:
                with self.subTest(user.login, menu=menu.complete_name):
                    model = self.env[menu.action.res_model].with_user(user)
                    self.assertTrue(model.has_access("read"))

    def test_strangers_have_no_menu_of_ours(self):
        for who in ("employee", "salesperson"):
            menus = self.env["ir.ui.menu"].with_user(self.strangers[who])
            with self.subTest(who):
                root = self.env.ref("cobranza_whatsapp.cobranza_menu")
                visible = menus.browse(menus._visible_menu_ids())
                self.assertNotIn(root, visible)

    def test_every_button_can_be_pressed(self):
        """The web client hands the record, or the ticked ones, to every button."""
        pressed = 0
        for view in self._own_views():
            for button in etree.fromstring(view.arch).iter("button"):
                if button.get("type") == "object":
                    pressed += 1
                    model = self._model_at(view.model, button)
                    method = getattr(type(self.env[model]), button.get("name"))
                    with self.subTest(view=view.name, button=button.get("name")):
                        self.assertFalse(getattr(method, "_api_model", False))
        self.assertGreater(pressed, 50)

    def _own_views(self):
        names = self.env["ir.model.data"].search(
            [("module", "=", "cobranza_whatsapp"), ("model", "=", "ir.ui.view")]
        )
        views = self.env["ir.ui.view"].browse(names.mapped("res_id"))
        return views.filtered(lambda view: view.model and view.type != "qweb")

    def _model_at(self, model, node):
        """Return the model that a node of a view belongs to, through its lists."""
        for parent in reversed(list(node.iterancestors("field"))):
            model = self.env[model]._fields[parent.get("name")].comodel_name
        return model
