"""The test database: created from the template, read only by tests, dropped."""

import shutil
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

import psycopg2
from psycopg2 import sql
from servers import CHECKOUT, Settings, until

NAME = f"cobranza_e2e_{CHECKOUT}"


def _execute(statement: sql.Composable | str) -> None:
    with closing(psycopg2.connect(dbname="postgres")) as connection:
        connection.autocommit = True
        with connection.cursor() as cursor:
            cursor.execute(statement)


def _drop() -> None:
    _execute(
        sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(NAME))
    )


@contextmanager
def temporary(settings: Settings, data_dir: Path) -> Iterator["Database"]:
    """Create the database with its attachments; drop it at the end, whatever happens.

    Its name is fixed, so that a run that was cut off leaves nothing that the next one
    does not remove. A second run at the same time waits for the first.
    """
    with closing(psycopg2.connect(dbname="postgres")) as guard:
        with guard.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_lock(hashtext(%s))", [NAME])
        guard.commit()
        _drop()
        try:
            create = sql.SQL("CREATE DATABASE {} TEMPLATE {}")
            names = (sql.Identifier(NAME), sql.Identifier(settings.base_database))
            _execute(create.format(*names))
            attachments = settings.data_dir / "filestore" / settings.base_database
            shutil.copytree(attachments, data_dir / "filestore" / NAME)
            yield Database(data_dir)
        finally:
            _drop()
            shutil.rmtree(data_dir, ignore_errors=True)


class Database:
    """What tests may see of the database. PostgreSQL refuses them every write."""

    def __init__(self, data_dir: Path) -> None:
        self._files = data_dir / "filestore" / NAME
        self._connection: Any = None

    def close(self) -> None:
        """Close the connection, if there is one."""
        if self._connection is not None:
            self._connection.close()

    def rows(self, query: str, *values: Any) -> list[tuple[Any, ...]]:
        """Return all rows of a query."""
        if self._connection is None:
            self._connection = psycopg2.connect(dbname=NAME)
            self._connection.set_session(readonly=True, autocommit=True)
        with self._connection.cursor() as cursor:
            cursor.execute(query, values)
            return cursor.fetchall()

    def value(self, query: str, *values: Any) -> Any:
        """Return the first column of the first row, None without rows."""
        rows = self.rows(query, *values)
        return rows[0][0] if rows else None

    def until(self, query: str, *values: Any, what: Any, seconds: float = 40) -> Any:
        """Return the first column once it is true."""
        return until(lambda: self.value(query, *values), what, seconds)

    # --- what stories ask for ---------------------------------------------------------

    def partner_id(self, name: str) -> int:
        """Return the id of a customer."""
        return self.value("SELECT id FROM res_partner WHERE name = %s", name)

    def invoice(self, customer: str) -> tuple[int, str]:
        """Return (id, number) of a customer's only invoice."""
        [found] = self.rows(
            """
            SELECT move.id, move.name
              FROM account_move move
              JOIN res_partner partner ON partner.id = move.partner_id
             WHERE partner.name = %s AND move.move_type = 'out_invoice'
            """,
            customer,
        )
        return found

    def messages(self, customer: str, direction: str = "out") -> list[dict[str, Any]]:
        """Return a customer's messages, oldest first."""
        names = ("id", "uuid", "kind", "channel", "state", "body", "document_id")
        rows = self.rows(
            """
            SELECT message.id, message.uuid, message.kind, message.channel,
                   message.state, message.body, message.document_id
              FROM cobranza_message message
              JOIN res_partner partner ON partner.id = message.partner_id
             WHERE partner.name = %s AND message.direction = %s
          ORDER BY message.id
            """,
            customer,
            direction,
        )
        return [dict(zip(names, row, strict=True)) for row in rows]

    def until_states(
        self, customer: str, states: list[str], seconds: float = 40
    ) -> list[dict[str, Any]]:
        """Return a customer's outgoing messages once they are in these states."""

        def reached() -> list[dict[str, Any]]:
            found = self.messages(customer)
            return found if [one["state"] for one in found] == states else []

        def instead() -> str:
            found = [(one["kind"], one["state"]) for one in self.messages(customer)]
            return f"messages to {customer} are {states}, but they are {found}"

        return until(reached, instead, seconds)

    def until_received(self, customer: str, count: int) -> list[dict[str, Any]]:
        """Return a customer's messages to us once there are so many."""

        def arrived() -> list[dict[str, Any]]:
            found = self.messages(customer, "in")
            return found if len(found) == count else []

        return until(arrived, f"{count} messages of {customer} have arrived")

    def states_of(self, customers: list[str]) -> list[str]:
        """Return the states of all messages to some customers."""
        rows = self.rows(
            """
            SELECT message.state
              FROM cobranza_message message
              JOIN res_partner partner ON partner.id = message.partner_id
             WHERE partner.name = ANY(%s) AND message.direction = 'out'
            """,
            customers,
        )
        return [state for [state] in rows]

    def until_may_write_again(self, customer: str) -> None:
        """Wait until WhatsApp's pause between messages to one number is over."""
        self.until(
            """
            SELECT max(claimed_at) < now() AT TIME ZONE 'UTC' - interval '7 seconds'
              FROM cobranza_message message
              JOIN res_partner partner ON partner.id = message.partner_id
             WHERE partner.name = %s
            """,
            customer,
            what=f"the pause between messages to {customer} is over",
        )

    def policy_id(self, name: str) -> int:
        """Return the id of a policy of the seed."""
        query = "SELECT id FROM cobranza_policy WHERE name ->> 'en_US' = %s"
        return self.value(query, name)

    def template(self, policy: str) -> tuple[int, str]:
        """Return (id, newest name at WhatsApp) of a policy's only Spanish template."""
        [found] = self.rows(
            """
            SELECT template.id,
                   (SELECT remote_name FROM cobranza_template_version version
                     WHERE version.template_id = template.id
                  ORDER BY version.number DESC LIMIT 1)
              FROM cobranza_template template
              JOIN cobranza_stage stage ON stage.id = template.stage_id
             WHERE stage.policy_id = %s AND template.channel = 'whatsapp'
               AND template.language = 'es'
            """,
            self.policy_id(policy),
        )
        return found

    def attachment(self, attachment_id: int) -> bytes:
        """Return the bytes of an attachment."""
        query = "SELECT store_fname FROM ir_attachment WHERE id = %s"
        return (self._files / self.value(query, attachment_id)).read_bytes()

    def official_pdf(self, move_id: int) -> bytes:
        """Return the bytes behind an invoice's `invoice_pdf_report_id`."""
        [[attachment_id]] = self.rows(
            """
            SELECT id
              FROM ir_attachment
             WHERE res_model = 'account.move' AND res_id = %s
               AND res_field = 'invoice_pdf_report_file'
            """,
            move_id,
        )
        return self.attachment(attachment_id)
