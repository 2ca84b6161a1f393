import json
import logging
from datetime import timedelta
from pathlib import Path

from odoo import api, fields, models
from odoo.exceptions import AccessError
from odoo.tools import SQL, config

from ..core import evidence
from .sealed_rows import SEALED

_logger = logging.getLogger(__name__)

PROBLEMS_SHOWN = 20
ANCHOR_HOURS = 24


class CobranzaSealBatch(models.Model):
    """Check: do chain, seals and rows still say the same, and is nothing missing?"""

    _inherit = "cobranza.seal.batch"

    @api.model
    def _cobranza_verify(self):
        """Return what does not hold, as sentences; an empty list: all is proved.

        Reads everything that is sealed, in one pass per table; changes nothing.
        """
        self.env.flush_all()
        batches = self.env.execute_query(
            SQL(
                "SELECT id, number, count, root, previous, digest, sealed_at "
                "FROM cobranza_seal_batch ORDER BY number"
            )
        )
        problems = self._cobranza_check_chain(batches)
        problems += self._cobranza_check_anchors(batches)
        for sealed in SEALED:
            problems += self._cobranza_check_rows(sealed)
        return problems + self._cobranza_check_states()

    @api.model
    def _cobranza_check_chain(self, batches):
        """Return what is wrong with the runs: order, digests, trees, missing seals."""
        problems, previous = [], evidence.GENESIS
        for place, row in enumerate(batches, start=1):
            batch_id, number, count, root, before, digest, sealed_at = row
            if number != place or before != previous:
                problems.append(
                    self.env._(
                        "Run %(number)s is missing or out of order.", number=place
                    )
                )
            elif digest != evidence.batch_digest(
                before, number, count, root, sealed_at
            ):
                problems.append(
                    self.env._("Run %(number)s was changed.", number=number)
                )
            problems += self._cobranza_check_tree(batch_id, number, count, root)
            previous = digest
        return problems

    @api.model
    def _cobranza_check_tree(self, batch_id, number, count, root):
        seals = self.env.execute_query(
            SQL(
                "SELECT kind, row_id, leaf, digests FROM cobranza_seal "
                "WHERE batch_id = %s ORDER BY place",
                batch_id,
            )
        )
        if len(seals) != count:
            return [
                self.env._(
                    "Run %(number)s held %(count)s rows, now %(found)s.",
                    number=number,
                    count=count,
                    found=len(seals),
                )
            ]
        problems = [
            self.env._("The seal of %(kind)s %(id)s was changed.", kind=kind, id=row_id)
            for kind, row_id, leaf, digests in seals
            if evidence.leaf_digest(kind, row_id, digests) != leaf
        ]
        if not problems and evidence.merkle_root([s[2] for s in seals]) != root:
            problems.append(self.env._("Run %(number)s was changed.", number=number))
        return problems

    @api.model
    def _cobranza_check_rows(self, sealed):
        """Return which sealed rows of a table are gone or were changed."""
        problems = []
        rows = self.env.execute_query(
            SQL(
                """
                SELECT seal.row_id, t.id, seal.digests, seal.salts, %s
                  FROM cobranza_seal seal
             LEFT JOIN %s t ON t.id = seal.row_id
                 WHERE seal.kind = %s
              ORDER BY seal.row_id
                """,
                self._cobranza_values_sql(sealed),
                SQL.identifier(sealed.table),
                sealed.kind,
            )
        )
        for row_id, found, digests, salts, values in rows:
            if found is None:
                problems.append(
                    self.env._(
                        "%(kind)s %(id)s was deleted.", kind=sealed.kind, id=row_id
                    )
                )
                continue
            wrong = evidence.check_fields(values, digests, salts)
            if wrong:
                problems.append(
                    self.env._(
                        "%(kind)s %(id)s was changed: %(fields)s.",
                        kind=sealed.kind,
                        id=row_id,
                        fields=", ".join(wrong),
                    )
                )
        return problems

    @api.model
    def _cobranza_check_states(self):
        """Return the messages whose state or times no receipt tells of."""
        rows = self.env.execute_query(
            SQL(
                """
                SELECT message.id
                  FROM cobranza_message message
                  JOIN cobranza_seal seal ON seal.kind = 'message'
                                         AND seal.row_id = message.id
                 WHERE message.direction = 'out'
                   AND NOT EXISTS (SELECT 1 FROM cobranza_receipt receipt
                                    WHERE receipt.message_id = message.id
                                      AND receipt.state = message.state)
                   AND EXISTS (SELECT 1 FROM cobranza_receipt receipt
                                WHERE receipt.message_id = message.id)
              ORDER BY message.id
                """
            )
        )
        return [
            self.env._("message %(id)s was changed: %(fields)s.", id=i, fields="state")
            for [i] in rows
        ]

    # --- anchors ----------------------------------------------------------------------

    @api.model
    def _cobranza_anchor_file(self):
        """Return the file outside the database that remembers the heads."""
        folder = Path(config["data_dir"]) / "cobranza_whatsapp" / "anchors"
        return folder / f"{self.env.cr.dbname}.jsonl"

    @api.model
    def _cobranza_anchors(self):
        """Return [(number, digest)] of this database's anchors, oldest first."""
        uuid = self.env["cobranza.account"]._cobranza_database_uuid()
        try:
            lines = self._cobranza_anchor_file().read_text().splitlines()
        except OSError:
            return []
        anchors = []
        for line in lines:
            try:
                entry = json.loads(line)
                if entry["database"] == uuid:
                    anchors.append((int(entry["number"]), str(entry["digest"])))
            except (ValueError, KeyError, TypeError):
                _logger.warning("The file of anchors holds a line that is none")
        return anchors

    @api.model
    def _cobranza_check_anchors(self, batches):
        """Return what an anchor knows and the chain does not: a tail that was cut."""
        known = {row[1]: row[5] for row in batches}
        return [
            self.env._(
                "The anchor of run %(number)s does not fit: rows at the end were cut "
                "or the chain was made anew.",
                number=number,
            )
            for number, digest in self._cobranza_anchors()
            if known.get(number) != digest
        ]

    @api.model
    def _cobranza_anchor_daily(self):
        """Keep the head outside the database, once a day."""
        head = self.search([], limit=1)
        path = self._cobranza_anchor_file()
        anchors = self._cobranza_anchors()
        if not head or (anchors and anchors[-1][0] >= head.number):
            return
        if anchors and path.exists():
            written = fields.Datetime.from_string("1970-01-01") + timedelta(
                seconds=path.stat().st_mtime
            )
            if fields.Datetime.now() - written < timedelta(hours=ANCHOR_HOURS):
                return
        head._cobranza_anchor()

    def _cobranza_anchor(self):
        """Write this run's digest to the file of anchors and mail it, if wanted."""
        self.ensure_one()
        path = self._cobranza_anchor_file()
        path.parent.mkdir(parents=True, exist_ok=True)
        entry = {
            "database": self.env["cobranza.account"]._cobranza_database_uuid(),
            "number": self.number,
            "digest": self.digest,
            "at": self.sealed_at,
        }
        with path.open("a") as handle:
            handle.write(json.dumps(entry) + "\n")
        self._cobranza_mail_anchor()

    def _cobranza_mail_anchor(self):
        # sudo: system parameters are readable by administrators only.
        address = (
            self.env["ir.config_parameter"]
            .sudo()
            .get_param("cobranza_whatsapp.anchor_email")
        )
        if not address:
            return
        self.env["mail.mail"].sudo().create(
            {
                "email_to": address,
                "subject": self.env._("Seal of the collection messages"),
                "body_html": self.env._(
                    "Run %(number)s of %(date)s: %(digest)s. Keep this message: it "
                    "proves later that nothing was changed.",
                    number=self.number,
                    date=self.sealed_at,
                    digest=self.digest,
                ),
            }
        )

    # --- people -----------------------------------------------------------------------

    @api.model
    def _cron_verify(self):
        """Check everything; tell an administrator once if something does not hold."""
        problems = self._cobranza_verify()
        if not problems:
            return
        _logger.error("Evidence: %d problems, first: %s", len(problems), problems[0])
        administrator = self.env["cobranza.account"]._cobranza_administrator()
        kind = self.env.ref("cobranza_whatsapp.mail_activity_type_alarm")
        partner = administrator.partner_id.sudo()
        if administrator and not partner.activity_search(
            [kind.get_external_id()[kind.id]]
        ):
            partner.activity_schedule(
                "cobranza_whatsapp.mail_activity_type_alarm",
                summary=self.env._(
                    "The evidence of messages was changed: open Evidence and verify"
                ),
                user_id=administrator.id,
            )

    def action_verify(self):
        """Check everything now and show the result."""
        if not self.env.user.has_group("cobranza_whatsapp.group_manager"):
            raise AccessError(
                self.env._("Only a collections manager can verify the evidence.")
            )
        # sudo: the whole chain is checked, over all companies; only ids are shown.
        problems = self.sudo()._cobranza_verify()
        shown = problems[:PROBLEMS_SHOWN]
        if len(problems) > len(shown):
            shown.append(
                self.env._("%(count)s more.", count=len(problems) - len(shown))
            )
        count = self.env["cobranza.seal"].sudo().search_count([])
        return {
            "type": "ir.actions.client",
            "tag": "display_notification",
            "params": {
                "type": "danger" if problems else "success",
                "sticky": bool(problems),
                "title": self.env._("The evidence does not hold")
                if problems
                else self.env._("Everything holds"),
                "message": "\n".join(shown)
                or self.env._("%(count)s sealed rows are unchanged.", count=count),
            },
        }
