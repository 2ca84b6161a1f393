"""Every way into the addon, found in the registry, the views and the routing map.

A door is a name and a function that goes through it. There is no list by hand: what is
added to the addon is found here by itself.
"""

import inspect
import logging
import threading
from unittest.mock import patch

from lxml import etree

_logger = logging.getLogger(__name__)

ADDON = "odoo.addons.cobranza_whatsapp"
RECORDS_PER_MODEL = 30


def public_methods(env):
    """Yield (model, method name) of all that RPC can call and this addon defines."""
    for model in sorted(env.registry):
        own, theirs = set(), set()
        for parent in type(env[model]).__mro__:
            names = {
                name
                for name, member in vars(parent).items()
                if callable(member)
                and not name.startswith("_")
                and not inspect.isclass(member)
            }
            is_ours = f"{parent.__module__}.".startswith(f"{ADDON}.")
            own |= names if is_ours else set()
            theirs |= set() if is_ours else names
        # What extends a method of Odoo's is a door of Odoo's.
        for name in sorted(own - theirs):
            if not getattr(getattr(env[model], name), "_api_private", False):
                yield model, name


def buttons(env):
    """Yield (model, method name) of the buttons in this addon's views."""
    views = env["ir.model.data"].search(
        [("module", "=", "cobranza_whatsapp"), ("model", "=", "ir.ui.view")]
    )
    for view in env["ir.ui.view"].browse(views.mapped("res_id")).exists():
        if not view.model:
            continue
        for button in etree.fromstring(view.arch_db).iter("button"):
            if button.get("type") == "object" and button.get("name"):
                yield _model_of(env, view.model, button), button.get("name")


def _model_of(env, model, button):
    """Return the model of a button: that of the view, or of the field around it."""
    around = [item.get("name") for item in button.iterancestors("field")]
    for name in reversed(around):
        model = env[model]._fields[name].comodel_name or model
    return model


def own_records(env, model):
    """Return the records of a model that this addon brought."""
    data = env["ir.model.data"].search(
        [("module", "=", "cobranza_whatsapp"), ("model", "=", model)]
    )
    return env[model].browse(data.mapped("res_id")).exists()


def routes(env):
    """Yield the rules of the routing map that lead into this addon."""
    # The map is built for the database of the thread; a test's thread has none.
    with patch.object(threading.current_thread(), "dbname", env.cr.dbname, create=True):
        rules = list(env["ir.http"].routing_map().iter_rules())
    for rule in rules:
        function = getattr(rule.endpoint, "func", rule.endpoint)
        if getattr(function, "__module__", "").startswith(f"{ADDON}."):
            yield rule


def records(env, model, subjects):
    """Return what a method is called on: all there is, or a fresh wizard.

    ``subjects`` are the invoices and customers that a wizard is opened for.
    """
    own = env[model]
    if own._abstract:
        return [own]
    if not own._transient:
        return [own.search([], limit=RECORDS_PER_MODEL)]
    wizards = []
    for subject in subjects:
        context = {
            "active_model": subject._name,
            "active_ids": subject.ids,
            "active_id": subject.ids[:1] and subject.ids[0],
        }
        opened = own.with_context(**context)
        try:
            with env.cr.savepoint():
                wizards.append(opened.create({}))
        except Exception as error:
            # It wants more than an active record: nobody can open it like this.
            _logger.debug("%s: %s", model, error)
    return wizards


def needs_arguments(method):
    """Tell whether a bound method cannot be called without arguments."""
    return any(
        parameter.default is parameter.empty
        and parameter.kind
        in (parameter.POSITIONAL_ONLY, parameter.POSITIONAL_OR_KEYWORD)
        for parameter in inspect.signature(method).parameters.values()
    )
