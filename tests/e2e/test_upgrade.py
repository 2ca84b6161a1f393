"""`-u` from First light with a queue: each message goes out once, nothing is lost.

The addon of that version comes from the history. What the update makes of its database
is compared with a fresh installation, so that a forgotten migration shows.
"""

import io
import subprocess
import tarfile
from collections import Counter
from concurrent.futures import ThreadPoolExecutor

import pytest
import upgrade_scripts as first_light
from lifecycle import ADDON, Lifecycle, alone
from servers import CHECKOUT, ROOT

FIRST_LIGHT = "c88bfac"
NAME = f"cobranza_upgrade_{CHECKOUT}"
FRESH = f"{NAME}_fresh"

# What an update must make the same as a fresh installation.
SCHEMA = {
    "columns": """
        SELECT table_name, column_name, data_type, is_nullable
          FROM information_schema.columns
         WHERE table_schema = 'public'
           AND (table_name LIKE '%cobranza%' OR column_name LIKE '%cobranza%')
    """,
    "indexes": """
        SELECT tablename, indexdef FROM pg_indexes
         WHERE schemaname = 'public' AND indexdef LIKE '%cobranza%'
    """,
    "constraints": """
        SELECT conrelid::regclass::text, pg_get_constraintdef(oid) FROM pg_constraint
         WHERE connamespace = 'public'::regnamespace
           AND (conrelid::regclass::text LIKE '%cobranza%'
                OR pg_get_constraintdef(oid) LIKE '%cobranza%')
    """,
    "triggers": """
        SELECT tgrelid::regclass::text, tgname FROM pg_trigger WHERE NOT tgisinternal
    """,
    "functions": """
        SELECT proname FROM pg_proc WHERE pronamespace = 'public'::regnamespace
    """,
    "ir_model_data": """
        SELECT module, name, model, noupdate FROM ir_model_data
         WHERE module = 'cobranza_whatsapp'
    """,
    "fields": """
        SELECT model, name, ttype FROM ir_model_fields
         WHERE model LIKE 'cobranza%' OR name LIKE 'cobranza%'
    """,
    "constraints of models": "SELECT name FROM ir_model_constraint",
    "scheduled actions": """
        SELECT cron_name, interval_number, interval_type, active FROM ir_cron
    """,
}
# What users entered or the law demands to keep; read with both versions.
KEPT = {
    "consents": """
        SELECT partner_id, company_id, number_key, channel, granted, basis, proof
          FROM cobranza_consent
    """,
    "holds": "SELECT partner_id, reason, note, active FROM cobranza_hold",
    "templates": """
        SELECT id, name::text, stage_id, channel, language, shape
          FROM cobranza_template
         WHERE create_date < (SELECT MIN(create_date) FROM cobranza_message)
    """,
    "approved versions": """
        SELECT template_id, account_id, remote_name, status, body
          FROM cobranza_template_version
    """,
    "stages": "SELECT id, policy_id, name::text, day_from, kind FROM cobranza_stage",
    "windows": """
        SELECT policy_id, weekday, hour_from, hour_to
          FROM cobranza_contact_window
    """,
    "accounts": """
        SELECT name, provider, channel, api_token, signing_secret, webhook_token,
               verify_token, database_uuid, public_url
          FROM cobranza_account
    """,
    "messages": """
        SELECT id, uuid, reminder_id, partner_id, channel, recipient, document_id
          FROM cobranza_message
    """,
    "finished messages": """
        SELECT id, state, body, provider_message_uid, sent_at FROM cobranza_message
         WHERE state <> 'queued'
    """,
    "reminders": "SELECT id, key, amount FROM cobranza_reminder",
    "debts of reminders": """
        SELECT reminder_id, move_id, date_maturity, amount FROM cobranza_reminder_debt
    """,
}
STATES = """
    SELECT partner.name, message.channel, message.state
      FROM cobranza_message message
      JOIN res_partner partner ON partner.id = message.partner_id
  ORDER BY message.id
"""


def _addon_of_first_light(folder):
    """Unpack the addon of that version; skip where the history does not reach it."""
    archive = subprocess.run(
        ["git", "-C", ROOT, "archive", FIRST_LIGHT, ADDON],
        capture_output=True,
        check=False,
    )
    if archive.returncode:
        pytest.skip(f"the history of this checkout does not hold {FIRST_LIGHT}")
    with tarfile.open(fileobj=io.BytesIO(archive.stdout)) as files:
        files.extractall(folder, filter="data")
    return folder


def _fresh_schema(settings, folder):
    """Return the schema of a fresh installation."""
    fresh = Lifecycle(settings, folder, FRESH)
    try:
        fresh.create_from_base()
        fresh.install()
        return fresh.snapshot(SCHEMA)
    finally:
        fresh.drop(FRESH)


@pytest.fixture(scope="module")
def upgraded(settings, emulator, tmp_path_factory):
    """Use First light, switch to this version, update and let it send."""
    folder = tmp_path_factory.mktemp("upgrade")
    life = Lifecycle(settings, folder, NAME)
    life.environment = {"COBRANZA_EMULATOR_URL": emulator.url}
    life.source = _addon_of_first_light(folder / "first_light")
    with alone(NAME), ThreadPoolExecutor(1) as pool:
        try:
            life.create_from_base()
            fresh_schema = pool.submit(_fresh_schema, settings, folder / "fresh")
            life.install()
            life.script("fill", module="upgrade_scripts")
            life.before = life.snapshot(KEPT)
            life.states_before = life.rows(STATES)
            life.source = ROOT
            life.fresh_schema = fresh_schema.result()
            life.update()
            life.schema = life.snapshot(SCHEMA)
            life.after = life.snapshot(KEPT)
            life.script("send", module="upgrade_scripts")
            life.states = life.rows(STATES)
            yield life
        finally:
            life.drop(NAME)


def test_first_light_leaves_a_queue_behind(upgraded):
    states = Counter(state for _name, _channel, state in upgraded.states_before)

    assert states == {"sent": 1, "queued": 3}, upgraded.states_before


def test_update_makes_the_schema_of_a_fresh_installation(upgraded):
    differences = {}
    for kind, fresh in upgraded.fresh_schema.items():
        left = sorted(f"only updated: {row}" for row in upgraded.schema[kind] - fresh)
        lost = sorted(f"only fresh: {row}" for row in fresh - upgraded.schema[kind])
        if left or lost:
            differences[kind] = [*left, *lost][:30]

    assert not differences


def test_update_keeps_what_was_there(upgraded):
    lost = {}
    for kind, before in upgraded.before.items():
        assert before, kind
        if gone := sorted(map(str, before - upgraded.after[kind])):
            lost[kind] = gone[:30]

    assert not lost


def test_queued_messages_go_out_once(upgraded, emulator):
    expected = [
        (first_light.REMINDED, "whatsapp", "sent"),
        (first_light.PREPARED, "whatsapp", "sent"),
        (first_light.BY_SMS, "sms", "sent"),
        (first_light.UNPREPARED, "whatsapp", "sent"),
    ]
    assert sorted(upgraded.states) == sorted(expected)
    own = {
        f"5255133400{position:02}": name
        for position, name in enumerate(first_light.CUSTOMERS)
    }
    received = Counter(
        own[one["to"].lstrip("+")]
        for one in emulator.sent()
        if one["to"].lstrip("+") in own
    )
    assert received == Counter({name: 1 for name, _channel, _state in expected})
