import io

from reportlab.lib.pagesizes import A5
from reportlab.pdfgen import canvas

from odoo import api, fields, models

from ..core import rendering
from ..core.types import TemplateDefinition

STATUSES = [
    ("pending", "Waiting for approval"),
    ("approved", "Approved"),
    ("rejected", "Rejected"),
    ("paused", "Paused"),
    ("disabled", "Disabled"),
]
# The buttons below a reminder, in the language of the customer.
QUICK_REPLIES = {
    "es": ("Ya pagué", "Hablar con alguien"),
    "pt_BR": ("Já paguei", "Falar com alguém"),
    "en": ("I have paid", "Talk to somebody"),
}
# Meta's words for a template's status (API page "Message templates").
REMOTE_STATUSES = {
    "APPROVED": "approved",
    "PENDING": "pending",
    "IN_APPEAL": "pending",
    "REJECTED": "rejected",
    "PAUSED": "paused",
    "FLAGGED": "paused",
    "LIMIT_EXCEEDED": "disabled",
    "DISABLED": "disabled",
    "PENDING_DELETION": "disabled",
    "DELETED": "disabled",
    "ARCHIVED": "disabled",
    "LOCKED": "disabled",
}


class CobranzaTemplateVersion(models.Model):
    """A template as one WhatsApp account knows it; its text never changes."""

    _name = "cobranza.template.version"
    _description = "Template at WhatsApp"
    _order = "template_id, account_id, number desc"
    _rec_name = "remote_name"

    template_id = fields.Many2one(
        "cobranza.template", required=True, index=True, ondelete="cascade"
    )
    account_id = fields.Many2one(
        "cobranza.account", required=True, index=True, ondelete="cascade"
    )
    number = fields.Integer(string="Version", required=True)
    remote_name = fields.Char(required=True, index=True)
    remote_uid = fields.Char(index="btree_not_null")
    language = fields.Char(required=True)
    body = fields.Text(required=True)
    has_button = fields.Boolean()
    status = fields.Selection(STATUSES, required=True, default="pending")
    category = fields.Char()
    reason = fields.Char()

    _unique_number = models.UniqueIndex("(template_id, account_id, number)")

    @api.model
    def _cobranza_submit(self, template, account):
        """Create the template at the provider and keep it as a new version.

        Side effects: one upload of a sample PDF and one creation at the provider.
        Raises ProviderError when the provider refuses; nothing is kept then.
        """
        last = self.search(
            [("template_id", "=", template.id), ("account_id", "=", account.id)],
            order="number desc",
            limit=1,
        )
        if last.status == "approved" and last.body == template.body:
            return last
        number = last.number + 1
        name = f"recordatorio_{template.id}_{template.shape}_v{number}"
        definition = self._cobranza_definition(template, account, name)
        status = account._cobranza_provider().create_template(definition)
        return self.create(
            {
                "template_id": template.id,
                "account_id": account.id,
                "number": number,
                "remote_name": name,
                "remote_uid": status.uid,
                "language": template.language,
                "body": template.body,
                "has_button": bool(definition.url),
                "status": REMOTE_STATUSES.get(status.status, "pending"),
                "category": status.category,
            }
        )

    @api.model
    def _cobranza_definition(self, template, account, name):
        url = f"{account._cobranza_public_url()}/c/"
        return TemplateDefinition(
            name=name,
            language=template.language,
            body=template.body,
            examples={
                variable: rendering.VARIABLES[variable].example
                for variable in rendering.variables_in(template.body, "whatsapp")
            },
            footer=template.footer or "",
            sample_pdf=self._cobranza_sample_pdf(),
            url_label=template.button_label or "",
            url=url if template.button_label else "",
            url_example=f"{url}Ab3dE6gH9jK2",
            quick_replies=QUICK_REPLIES.get(template.language, QUICK_REPLIES["es"]),
        )

    @api.model
    def _cobranza_sample_pdf(self):
        """Return a one-page PDF that shows the reviewer what will be attached."""
        buffer = io.BytesIO()
        page = canvas.Canvas(buffer, pagesize=A5)
        page.setFont("Helvetica", 18)
        page.drawString(60, 480, "Factura F-0001 (ejemplo)")
        page.setFont("Helvetica", 12)
        page.drawString(60, 450, "Total: $1,234.00 MXN")
        page.save()
        return buffer.getvalue()

    @api.model
    def _cobranza_sync(self, accounts):
        """Bring the states of all versions up to date with the provider."""
        for account in accounts.filtered(lambda a: a._cobranza_needs_approval()):
            for remote in account._cobranza_provider().list_templates():
                self.search(
                    [
                        ("account_id", "=", account.id),
                        ("remote_name", "=", remote.name),
                        ("language", "=", remote.language),
                    ]
                )._cobranza_set_remote(
                    remote.status, remote.category, remote.rejected_reason
                )

    def _cobranza_set_remote(self, status, category="", reason=""):
        """Take over what the provider says; a category other than UTILITY disables.

        Only utility templates may carry reminders: others cost more and are capped
        (Meta, template categorisation).
        """
        for version in self:
            values = {"reason": reason or False}
            if status in REMOTE_STATUSES:
                values["status"] = REMOTE_STATUSES[status]
            if category:
                values["category"] = category
                if category.upper() != "UTILITY":
                    values["status"] = "disabled"
            version.write(values)
