"""Installed, used, updated, copied, uninstalled, installed again: nothing is left.

Real Odoo processes on a database of their own; what is compared is what PostgreSQL
and Odoo's own registries hold.
"""

import pytest
from lifecycle import Lifecycle, alone
from servers import CHECKOUT

NAME = f"cobranza_lifecycle_{CHECKOUT}"
COPY = f"{NAME}_copy"

# One row of text for everything of a kind that a database holds.
SNAPSHOTS = {
    "columns": """
        SELECT table_name, column_name, data_type, is_nullable
          FROM information_schema.columns WHERE table_schema = 'public'
    """,
    "tables and views": """
        SELECT table_name, table_type FROM information_schema.tables
         WHERE table_schema = 'public'
    """,
    "indexes": """
        SELECT tablename, indexname FROM pg_indexes WHERE schemaname = 'public'
    """,
    "constraints": """
        SELECT conrelid::regclass::text, conname FROM pg_constraint
         WHERE connamespace = 'public'::regnamespace
    """,
    "sequences": "SELECT sequencename FROM pg_sequences WHERE schemaname = 'public'",
    "functions": """
        SELECT proname FROM pg_proc WHERE pronamespace = 'public'::regnamespace
    """,
    "ir_model_data": "SELECT module, name, model FROM ir_model_data",
    "models": "SELECT model FROM ir_model",
    "fields": "SELECT model, name, ttype FROM ir_model_fields",
    "selections": """
        SELECT field.model, field.name, selection.value
          FROM ir_model_fields_selection selection
          JOIN ir_model_fields field ON field.id = selection.field_id
    """,
    "constraints of models": "SELECT name FROM ir_model_constraint",
    "relations of models": "SELECT name FROM ir_model_relation",
    "inherits of models": """
        SELECT model.model, parent.model FROM ir_model_inherit inherit
          JOIN ir_model model ON model.id = inherit.model_id
          JOIN ir_model parent ON parent.id = inherit.parent_id
    """,
    "scheduled actions": "SELECT cron_name FROM ir_cron",
    "triggers": "SELECT cron_id FROM ir_cron_trigger",
    "actions": "SELECT type, name::text FROM ir_actions",
    "views": "SELECT name, model, inherit_id FROM ir_ui_view",
    "menus": "SELECT name::text FROM ir_ui_menu",
    "rules": "SELECT name FROM ir_rule",
    "access": "SELECT name FROM ir_model_access",
    "groups": "SELECT name::text FROM res_groups",
    "privileges": "SELECT name::text FROM res_groups_privilege",
    "members": "SELECT gid, uid FROM res_groups_users_rel",
    "implied": "SELECT gid, hid FROM res_groups_implied_rel",
    "subtypes": "SELECT name::text FROM mail_message_subtype",
    "activity types": "SELECT name::text FROM mail_activity_type",
    "activities": "SELECT res_model, res_id, summary FROM mail_activity",
    "notifications": "SELECT notification_type, failure_type FROM mail_notification",
    "followers": "SELECT res_model, res_id, partner_id FROM mail_followers",
    "parameters": "SELECT key FROM ir_config_parameter",
    "defaults": "SELECT field_id FROM ir_default",
    "assets": "SELECT name FROM ir_asset",
    "files": """
        SELECT res_model, res_field, res_id, name FROM ir_attachment
         WHERE url IS NULL OR url NOT LIKE '/web/assets/%'
    """,
    "types of notes": "SELECT DISTINCT message_type FROM mail_message",
}
# By design: notes and their files stay, like the blacklist. Whoever was asked to act on
# a customer follows him, as after any activity.
KEPT = {
    "files": lambda row: row[0] in ("res.partner", "account.move") and not row[1],
    "followers": lambda row: row[0] == "res.partner",
}


@pytest.fixture(scope="module")
def life(settings, tmp_path_factory):
    """Live through everything up to the moment before uninstalling."""
    lifecycle = Lifecycle(settings, tmp_path_factory.mktemp("lifecycle"), NAME)
    with alone(NAME):
        try:
            lifecycle.create_from_base()
            lifecycle.script("before")
            lifecycle.before = lifecycle.snapshot(SNAPSHOTS)
            lifecycle.install()
            lifecycle.script("use")
            lifecycle.script("check_used")
            yield lifecycle
        finally:
            for name in (COPY, NAME):
                lifecycle.drop(name)


def test_update_keeps_the_queue_and_what_users_changed(life):
    life.update()

    life.script("check_used")
    life.shell(
        "assert env['cobranza.template'].search([('name', '=', 'Renamed by the user')])"
    )


def test_neutralized_copy_sends_nothing(life):
    life.create(COPY, NAME, life.data_dir)

    life.odoo("neutralize", "-d", COPY, "--data-dir", life.data_dir)

    life.script("check_neutralized", COPY)
    life.drop(COPY)


def test_uninstalling_leaves_nothing_but_notes(life):
    life.uninstall()

    after = life.snapshot(SNAPSHOTS)
    differences = {}
    for kind, rows in life.before.items():
        kept = KEPT.get(kind, lambda _row: False)
        left = sorted(f"+ {row}" for row in after[kind] - rows if not kept(row))
        lost = sorted(f"- {row}" for row in rows - after[kind])
        if left or lost:
            differences[kind] = [*left, *lost][:30]
    assert not differences
    life.script("check_notes")


def test_second_installation_works(life):
    life.install()

    life.script("send_again")
