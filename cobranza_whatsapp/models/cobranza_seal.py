import json
import logging
import secrets
from datetime import datetime

from odoo import api, fields, models
from odoo.tools import SQL

from ..core import evidence
from .sealed_rows import SEALED

_logger = logging.getLogger(__name__)

# Rows of one run; also the size of one tree, which bounds the length of a proof.
ROWS_PER_BATCH = 5000
# Names our advisory lock: two runs would both continue the same chain.
LOCK_CLASS = 0x0C0C
SALT_BYTES = 12


class CobranzaSealBatch(models.Model):
    """One run of sealing: a tree over its rows, chained to the run before."""

    _name = "cobranza.seal.batch"
    _description = "Run of Sealing"
    _order = "number desc"
    _rec_name = "digest"
    _log_access = False

    number = fields.Integer(required=True, readonly=True)
    count = fields.Integer(string="Rows", required=True, readonly=True)
    root = fields.Char(required=True, readonly=True)
    previous = fields.Char(required=True, readonly=True)
    digest = fields.Char(required=True, readonly=True)
    sealed_at = fields.Char(
        required=True, readonly=True, help="UTC, as it stands in the digest."
    )
    sealed_on = fields.Datetime(compute="_compute_sealed_on")

    _unique_number = models.UniqueIndex("(number)")

    @api.depends("sealed_at")
    def _compute_sealed_on(self):
        for batch in self:
            moment = datetime.fromisoformat(batch.sealed_at.removesuffix("Z"))
            batch.sealed_on = moment.replace(microsecond=0)

    @api.model
    def _cron_seal(self):
        """Seal what is ready, in the order in which it came; anchor the head.

        Side effects: writes seals and commits after each run of rows; once a day a
        line in the file of anchors and, if wanted, an e-mail.
        """
        while True:
            count = self._cobranza_seal_some()
            # What is sealed stays sealed, whatever happens to the rest.
            self.env["ir.cron"]._commit_progress(count)
            if count < ROWS_PER_BATCH:
                break
        self._cobranza_anchor_daily()

    @api.model
    def _cobranza_seal_some(self):
        """Seal up to `ROWS_PER_BATCH` rows as one run; return how many there were."""
        self.env.cr.execute(
            "SELECT pg_advisory_xact_lock(%s, 0)", [LOCK_CLASS], log_exceptions=False
        )
        self.env.flush_all()
        self.env.cr.precommit.run()
        rows = []
        for sealed in SEALED:
            if len(rows) < ROWS_PER_BATCH:
                rows += self._cobranza_unsealed(sealed, ROWS_PER_BATCH - len(rows))
        if rows:
            self._cobranza_write_run(rows)
        return len(rows)

    @api.model
    def _cobranza_unsealed(self, sealed, limit):
        """Return [(kind, id, {column: JSON value})] of rows that have no seal yet."""
        return [
            (sealed.kind, row_id, values)
            for row_id, values in self.env.execute_query(
                SQL(
                    """
                    SELECT t.id, %(values)s
                      FROM %(table)s t
                     WHERE %(ready)s
                       AND NOT EXISTS (SELECT 1 FROM cobranza_seal seal
                                        WHERE seal.kind = %(kind)s
                                          AND seal.row_id = t.id)
                  ORDER BY t.id
                     LIMIT %(limit)s
                    """,
                    values=self._cobranza_values_sql(sealed),
                    table=SQL.identifier(sealed.table),
                    ready=SQL(sealed.ready),
                    kind=sealed.kind,
                    limit=limit,
                )
            )
        ]

    @api.model
    def _cobranza_values_sql(self, sealed):
        """Return SQL for the sealed columns of alias "t" as one JSON object."""
        pairs = SQL(", ").join(
            SQL("%s, %s", name, SQL.identifier("t", name)) for name in sealed.columns
        )
        return SQL("jsonb_build_object(%s)", pairs)

    @api.model
    def _cobranza_write_run(self, rows):
        """Write the seals of rows and the run that holds them."""
        seals = [self._cobranza_seal(*row) for row in rows]
        last = self.search([], limit=1)
        values = {
            "number": last.number + 1,
            "count": len(seals),
            "root": evidence.merkle_root([seal["leaf"] for seal in seals]),
            "previous": last.digest or evidence.GENESIS,
            "sealed_at": fields.Datetime.now().isoformat() + "Z",
        }
        values["digest"] = evidence.batch_digest(
            values["previous"],
            values["number"],
            values["count"],
            values["root"],
            values["sealed_at"],
        )
        batch = self.create(values)
        insert = SQL(", ").join(
            SQL(
                "(%s, %s, %s, %s, %s, %s::jsonb, %s::jsonb)",
                batch.id,
                place,
                seal["kind"],
                seal["row_id"],
                seal["leaf"],
                json.dumps(seal["digests"]),
                json.dumps(seal["salts"]),
            )
            for place, seal in enumerate(seals)
        )
        self.env.cr.execute(
            SQL(
                "INSERT INTO cobranza_seal "
                "(batch_id, place, kind, row_id, leaf, digests, salts) VALUES %s",
                insert,
            )
        )

    @api.model
    def _cobranza_seal(self, kind, row_id, values):
        salts = {name: secrets.token_hex(SALT_BYTES) for name in values}
        digests = {
            name: evidence.field_digest(salts[name], value)
            for name, value in values.items()
        }
        return {
            "kind": kind,
            "row_id": row_id,
            "digests": digests,
            "salts": salts,
            "leaf": evidence.leaf_digest(kind, row_id, digests),
        }


class CobranzaSeal(models.Model):
    """The seal of one row: a salted digest per field."""

    _name = "cobranza.seal"
    _description = "Seal"
    _order = "batch_id, place"
    _rec_name = "leaf"
    _log_access = False

    batch_id = fields.Many2one(
        "cobranza.seal.batch", required=True, readonly=True, ondelete="restrict"
    )
    place = fields.Integer(required=True, readonly=True)
    kind = fields.Char(required=True, readonly=True)
    row_id = fields.Integer(required=True, readonly=True)
    leaf = fields.Char(required=True, readonly=True)
    digests = fields.Json(required=True, readonly=True)
    salts = fields.Json(required=True, readonly=True)

    _unique_row = models.UniqueIndex("(kind, row_id)")
    _unique_place = models.UniqueIndex("(batch_id, place)")
