"""Fill the outbox: messages planned by the addon itself, prepared without rendering.

Runs inside an Odoo shell: ``env`` is the first argument of each function.
"""

import hashlib

from odoo.tools import split_every

from .sample_pdf import sample_pdf

ROWS = 500
MEDIA_DAYS = 20


def fill(env, media_uid):
    """Let the addon plan, then prepare what it queued; returns how many messages.

    Each gets a PDF of its own that counts as uploaded. Leaves what the preparing
    action would: the invoice's official PDF, the message's copy of it, and the id
    under which the provider keeps it.
    """
    env["cobranza.policy"]._cron_plan()
    env.cr.execute("DELETE FROM ir_cron_trigger")
    messages = env["cobranza.message"].search([("is_prepared", "=", False)])
    for ids in split_every(ROWS, messages.ids, list):
        _prepare(env, env["cobranza.message"].browse(ids), media_uid)
        env.cr.commit()
    return len(messages)


def _prepare(env, messages, media_uid):
    contents = [sample_pdf(message.id) for message in messages]
    Attachment = env["ir.attachment"]
    official = Attachment.create(
        [
            {
                "name": f"{message.move_ids[:1].name}.pdf".replace("/", "_"),
                "raw": content,
                "mimetype": "application/pdf",
                "res_model": "account.move",
                "res_id": message.move_ids[:1].id,
                "res_field": "invoice_pdf_report_file",
            }
            for message, content in zip(messages, contents, strict=True)
        ]
    )
    copies = Attachment.create(
        [
            {
                "name": original.name,
                "raw": content,
                "mimetype": "application/pdf",
                "res_model": "cobranza.message",
                "res_id": message.id,
            }
            for message, original, content in zip(
                messages, official, contents, strict=True
            )
        ]
    )
    for message, original, copy, content in zip(
        messages, official, copies, contents, strict=True
    ):
        message.write(
            {
                "document_key": str(original.id),
                "document_id": copy.id,
                "document_checksum": hashlib.sha256(content).hexdigest(),
                "is_prepared": True,
            }
        )
    for account, group in messages.grouped("account_id").items():
        for message in group:
            env["cobranza.media"]._cobranza_remember(
                account, message.document_checksum, media_uid
            )
