"""Give the template versions of 19.0.1.0.0 their buttons, footer and approval."""

import json

from odoo import SUPERUSER_ID, api
from odoo.tools import SQL, sql

ONCE_APPROVED = ("approved", "paused", "disabled")


def migrate(cr, version):
    """Fill the new fields; a version that had been approved stays the one that counts.

    Before, a category that WhatsApp changed was kept as the status ``disabled``.
    """
    env = api.Environment(cr, SUPERUSER_ID, {})
    cr.execute(
        "UPDATE cobranza_template_version SET status = 'approved' "
        "WHERE status = 'disabled' AND upper(category) <> 'UTILITY'"
    )
    cr.execute(
        "UPDATE cobranza_template_version SET approved_at = write_date "
        "WHERE approved_at IS NULL AND status IN %s",
        [ONCE_APPROVED],
    )
    if not sql.column_exists(cr, "cobranza_template_version", "has_button"):
        return
    versions = env["cobranza.template.version"]
    versions.flush_model()
    rows = env.execute_query(
        SQL("SELECT id FROM cobranza_template_version WHERE has_button")
    )
    linked = {row[0] for row in rows}
    for one in versions.search([("buttons", "=", False)]):
        buttons = _buttons(one, one.id in linked)
        cr.execute(
            "UPDATE cobranza_template_version SET buttons = %s, footer = %s "
            "WHERE id = %s",
            [json.dumps(buttons), one.template_id.footer or None, one.id],
        )
    env.invalidate_all()


def _buttons(version, has_link):
    """Return the buttons as the older release created them at WhatsApp."""
    buttons = []
    if has_link:
        url = version.account_id._cobranza_page_url() + "{{1}}"
        label = version.template_id.button_label or ""
        buttons.append({"kind": "url", "label": label, "url": url})
    labels = version._cobranza_quick_replies(version.template_id.language)
    for label, meant in zip(labels, ("paid", "talk"), strict=True):
        buttons.append({"kind": "quick_reply", "label": label, "meaning": meant})
    return [{"place": place, **one} for place, one in enumerate(buttons)]
