"""Write many rows at once, where the ORM's own way costs more than all the rest."""

import json

from odoo.tools import SQL


def insert(records, rows, log=True):
    """Insert rows into the table of a model; returns them as records, in order.

    ``records`` is an empty recordset of a model without computed columns, ``rows`` are
    dicts of plain columns with the same keys; None for nothing. Without ``log`` nobody
    keeps who wrote them and when, which costs two foreign keys for each row.

    Four times as fast as `create`, which is not called: defaults, access and Python
    constraints are the caller's matter. Side effect: the cache is written and emptied.
    Raises what the database says, e.g. UniqueViolation.
    """
    if not rows:
        return records
    env = records.env
    log = _log(records) if log else {}
    names = SQL(", ").join(map(SQL.identifier, [*rows[0], *log]))
    types = SQL(", ").join(
        SQL("%s %s", SQL.identifier(name), _type(records, name)) for name in rows[0]
    )
    env.invalidate_all()
    # They come back in the order of the list, as those of the ORM's own INSERT do.
    ids = env.execute_query(
        SQL(
            """
            INSERT INTO %(table)s (%(names)s)
            SELECT %(values)s FROM json_to_recordset(%(rows)s) AS row(%(types)s)
         RETURNING id
            """,
            table=SQL.identifier(records._table),
            names=names,
            values=SQL(", ").join(
                [SQL("row.*"), *(SQL("%s", v) for v in log.values())]
            ),
            rows=json.dumps(rows, default=str),
            types=types,
        )
    )
    return records.browse([new_id for [new_id] in ids])


def _type(records, name):
    """Return the type of a column."""
    return SQL.identifier(records._fields[name].column_type[0])


def _log(records):
    """Return the columns that say who wrote a row and when."""
    now, user_id = records.env.cr.now(), records.env.uid
    return {
        "create_uid": user_id,
        "create_date": now,
        "write_uid": user_id,
        "write_date": now,
    }


def link(records, name, others):
    """Link each record to its others in a many2many; ``others`` are lists of ids.

    For new records: what stands there already is not looked at. Side effect: the
    field is read anew.
    """
    field = records._fields[name]
    pairs = [
        (record_id, other_id)
        for record_id, own in zip(records.ids, others, strict=True)
        for other_id in own
    ]
    records.env.cr.execute(
        SQL(
            "INSERT INTO %s (%s, %s) SELECT * FROM unnest(%s::int[], %s::int[])",
            SQL.identifier(field.relation),
            SQL.identifier(field.column1),
            SQL.identifier(field.column2),
            [record_id for record_id, _other in pairs],
            [other_id for _record, other_id in pairs],
        )
    )
    records.invalidate_recordset([name])
