from datetime import timedelta

from odoo import api, fields, models

# Uploaded files live 30 days at Meta; renewed early so that none expires in a queue.
MEDIA_DAYS = 25


class CobranzaMedia(models.Model):
    """A file that a provider keeps for one account, so that it is uploaded once."""

    _name = "cobranza.media"
    _description = "Uploaded File"

    account_id = fields.Many2one(
        "cobranza.account", required=True, ondelete="cascade", index=True
    )
    checksum = fields.Char(required=True, help="SHA-256 of the file.")
    media_uid = fields.Char(required=True)
    expires_at = fields.Datetime(required=True)

    _unique_file = models.UniqueIndex("(account_id, checksum)")

    @api.model
    def _cobranza_known(self, account, checksums):
        """Return {checksum: media id} of files that can still be used."""
        known = self.search(
            [
                ("account_id", "=", account.id),
                ("checksum", "in", list(checksums)),
                ("expires_at", ">", fields.Datetime.now()),
            ]
        )
        return {media.checksum: media.media_uid for media in known}

    @api.model
    def _cobranza_remember(self, account, checksum, media_uid):
        """Keep the id of an uploaded file in place of an older one."""
        values = {
            "media_uid": media_uid,
            "expires_at": fields.Datetime.now() + timedelta(days=MEDIA_DAYS),
        }
        known = self.search(
            [("account_id", "=", account.id), ("checksum", "=", checksum)]
        )
        if known:
            known.write(values)
        else:
            self.create({"account_id": account.id, "checksum": checksum, **values})

    @api.autovacuum
    def _gc_expired(self):
        self.search([("expires_at", "<", fields.Datetime.now())], limit=1000).unlink()
