"""Thousands of customers and posted invoices, copied row by row inside PostgreSQL.

One customer and one posted invoice made by Odoo are the pattern; every column is
copied, what must differ is computed. The result is what Odoo would have written.
"""

from collections.abc import Mapping
from typing import Any

# {n} is the number of the copy, from 1 on; ``source`` is the row that is copied.
Overrides = Mapping[str, str]


def _columns(cursor: Any, table: str) -> list[str]:
    cursor.execute(
        """
        SELECT column_name FROM information_schema.columns
         WHERE table_name = %s AND table_schema = 'public' AND is_generated = 'NEVER'
      ORDER BY ordinal_position
        """,
        [table],
    )
    return [name for [name] in cursor.fetchall()]


def _copy(cursor: Any, table: str, source: str, overrides: Overrides) -> None:
    """Insert a copy of each row of ``source`` (FROM … WHERE …), with overrides."""
    columns = _columns(cursor, table)
    unknown = set(overrides) - set(columns)
    if unknown:
        raise ValueError(f"{table} has no columns {sorted(unknown)}")
    chosen = [overrides.get(name, f'source."{name}"') for name in columns]
    names = ", ".join(f'"{name}"' for name in columns)
    cursor.execute(f"INSERT INTO {table} ({names}) SELECT {', '.join(chosen)} {source}")


def _next_id(cursor: Any, table: str) -> int:
    cursor.execute(f"SELECT COALESCE(MAX(id), 0) FROM {table}")
    return cursor.fetchone()[0]


def _finish(cursor: Any, *tables: str) -> None:
    """Let sequences go on behind the copies, and tell the planner what is there."""
    for table in tables:
        cursor.execute(
            f"SELECT setval('{table}_id_seq', (SELECT MAX(id) FROM {table}))"
        )
        cursor.execute(f"ANALYZE {table}")


def _last_eight(column: str, first: int) -> str:
    """Replace the last eight digits of a number by those of the copy."""
    number = f"({first} + n)::text"
    return f"left(source.{column}, -8) || lpad({number}, 8, '0')"


def customers(cursor: Any, pattern: Mapping[str, Any], count: int) -> int:
    """Copy a customer with his consents; returns the id before the first copy."""
    partner_id = pattern["partner_id"]
    before = _next_id(cursor, "res_partner")
    # The pattern's own last eight digits are 10000000.
    first = 10_000_000 + _copies(cursor)
    numbered = {
        column: _last_eight(column, first)
        for column in ("phone", "cobranza_number", "cobranza_number_key")
    }
    name = f"'Cliente ' || ({before} + n)"
    _copy(
        cursor,
        "res_partner",
        f"FROM res_partner source, generate_series(1, {count}) n "
        f"WHERE source.id = {partner_id}",
        {
            **numbered,
            "id": f"{before} + n",
            "commercial_partner_id": f"{before} + n",
            "name": name,
            "complete_name": name,
            "email": f"'cliente' || ({before} + n) || '@example.com'",
            "email_normalized": f"'cliente' || ({before} + n) || '@example.com'",
            "phone_sanitized": _last_eight("phone_sanitized", first),
        },
    )
    consents = _next_id(cursor, "cobranza_consent")
    _copy(
        cursor,
        "cobranza_consent",
        f"FROM cobranza_consent source, generate_series(1, {count}) n "
        f"WHERE source.partner_id = {partner_id}",
        {
            "id": f"{consents} + row_number() OVER ()",
            "partner_id": f"{before} + n",
            "number": _last_eight("number", first),
            "number_key": _last_eight("number_key", first),
        },
    )
    _finish(cursor, "res_partner", "cobranza_consent")
    return before


def _copies(cursor: Any) -> int:
    cursor.execute("SELECT COUNT(*) FROM res_partner WHERE name LIKE 'Cliente %'")
    return cursor.fetchone()[0]


def invoices(
    cursor: Any,
    pattern: Mapping[str, Any],
    count: int,
    *,
    partner: str,
    days_overdue: str,
    **more: str,
) -> int:
    """Copy a posted invoice; returns the id before the first copy.

    ``pattern`` is what setting up the company returned. ``partner``, ``days_overdue``
    and ``more`` (columns of the invoice) are SQL expressions of ``n``, from 1 to count.
    """
    move_id = pattern["move_id"]
    before = _next_id(cursor, "account_move")
    cursor.execute("SELECT sequence_number FROM account_move WHERE id = %s", [move_id])
    number = f"({cursor.fetchone()[0]} + {before} + n)"
    due = f"(DATE '{pattern['today']}' - ({days_overdue}))"
    customer = f"({partner})"
    _copy(
        cursor,
        "account_move",
        f"FROM account_move source, generate_series(1, {count}) n "
        f"WHERE source.id = {move_id}",
        {
            "id": f"{before} + n",
            "name": f"source.sequence_prefix || lpad({number}::text, 6, '0')",
            "payment_reference": f"source.sequence_prefix || {number}",
            "sequence_number": number,
            "partner_id": customer,
            "commercial_partner_id": customer,
            "partner_shipping_id": customer,
            "invoice_partner_display_name": f"'Cliente ' || {customer}",
            "invoice_date_due": due,
            "access_token": "NULL",
            "message_main_attachment_id": "NULL",
            **more,
        },
    )
    _lines(cursor, move_id, before, count)
    _finish(cursor, "account_move", "account_move_line")
    cursor.execute("ANALYZE account_move_line_account_tax_rel")
    return before


def _lines(cursor: Any, move_id: int, before: int, count: int) -> None:
    """Copy the journal items of the pattern to each copy of its invoice."""
    base = _next_id(cursor, "account_move_line")
    cursor.execute(
        "SELECT id FROM account_move_line WHERE move_id = %s ORDER BY id", [move_id]
    )
    line_ids = [line_id for [line_id] in cursor.fetchall()]
    for position, line_id in enumerate(line_ids):
        new_id = f"{base} + (n - 1) * {len(line_ids)} + {position + 1}"
        _copy(
            cursor,
            "account_move_line",
            f"FROM account_move_line source, generate_series(1, {count}) n, "
            f"account_move move WHERE source.id = {line_id} AND move.id = {before} + n",
            {
                "id": new_id,
                "move_id": "move.id",
                "move_name": "move.name",
                "partner_id": "move.partner_id",
                "date_maturity": "CASE WHEN source.display_type = 'payment_term' "
                "THEN move.invoice_date_due ELSE source.date_maturity END",
            },
        )
        for table, column in (
            ("account_move_line_account_tax_rel", "account_move_line_id"),
            ("account_account_tag_account_move_line_rel", "account_move_line_id"),
        ):
            _copy(
                cursor,
                table,
                f"FROM {table} source, generate_series(1, {count}) n "
                f"WHERE source.{column} = {line_id}",
                {column: new_id},
            )
