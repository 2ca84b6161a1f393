import io

from reportlab.lib.pagesizes import A5
from reportlab.pdfgen import canvas

from odoo import api, fields, models

from ..core import rendering, template_import
from ..core.types import TemplateCall, TemplateDefinition
from .cobranza_link import SAMPLE

STATUSES = [
    ("pending", "Waiting for approval"),
    ("approved", "Approved"),
    ("rejected", "Rejected"),
    ("paused", "Paused"),
    ("disabled", "Disabled"),
    ("deleted", "Deleted"),
]
# A version in one of these states can still carry messages, now or later.
LIVE_STATUSES = ("pending", "approved", "paused")
QUALITIES = [("GREEN", "High"), ("YELLOW", "Medium"), ("RED", "Low")]
SENDABLE_CATEGORY = "UTILITY"
# The buttons below a reminder, in the language of the customer: paid, talk.
QUICK_REPLIES = {
    "es": ("Ya pagué", "Hablar con alguien"),
    "pt_BR": ("Já paguei", "Falar com alguém"),
    "en": ("I have paid", "Talk to somebody"),
}
QUICK_REPLY_MEANINGS = ("paid", "talk")


class CobranzaTemplateVersion(models.Model):
    """A template as one WhatsApp account knows it; its text never changes.

    ``buttons`` is a list of {place, kind, label, url, meaning}: the place among all
    buttons of the template from 0, the kind in lower case, and for a quick reply what
    it means (paid, talk, opt_out or nothing). ``parameter_map`` is a list of [name at
    the provider, our variable], empty when they are the same.
    """

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
    remote_name = fields.Char(string="Name at WhatsApp", required=True, index=True)
    remote_uid = fields.Char(index="btree_not_null")
    is_imported = fields.Boolean(string="Imported")
    language = fields.Char(required=True)
    body = fields.Text(required=True)
    footer = fields.Char()
    header_text = fields.Char()
    has_document = fields.Boolean(string="With PDF", default=True)
    buttons = fields.Json()
    parameter_map = fields.Json()
    status = fields.Selection(STATUSES, required=True, default="pending")
    category = fields.Char()
    coming_category = fields.Char()
    quality = fields.Selection(QUALITIES)
    reason = fields.Char(help="Why WhatsApp refused or paused it, in its words.")
    approved_at = fields.Datetime(
        help="When it was first seen as approved: from then on it takes the place of "
        "the versions before it."
    )

    _unique_number = models.UniqueIndex("(template_id, account_id, number)")

    # --- creation at the provider -----------------------------------------------------

    @api.model
    def _cobranza_submit(self, template, account):
        """Create the template at the provider and keep it as a new version.

        Accounts of the same business account share their templates: what one of them
        has is not created again.

        Side effects: one upload of a sample PDF and one creation at the provider.
        Raises ProviderError when the provider refuses; nothing is kept then.
        """
        accounts = account._cobranza_same_business()
        known = self.search(
            [("template_id", "=", template.id), ("account_id", "in", accounts.ids)]
        ).sorted("number")
        own = known.filtered(lambda v: v.account_id == account)[-1:]
        if own and own._cobranza_is_current(template):
            return own
        shared = known.filtered(lambda v: v._cobranza_is_current(template))[-1:]
        if shared and shared._cobranza_link() in ("", account._cobranza_page_url()):
            return shared.copy({"account_id": account.id})
        number = max(known.mapped("number"), default=0) + 1
        name = account._cobranza_template_name(template, number)
        definition = self._cobranza_definition(template, account, name)
        status = account._cobranza_provider().create_template(definition)
        version = self.create(
            {
                "template_id": template.id,
                "account_id": account.id,
                "number": number,
                "remote_name": name,
                "remote_uid": status.uid,
                "language": template.language,
                "body": template.body,
                "footer": template.footer,
                "has_document": bool(definition.sample_pdf),
                "buttons": self._cobranza_own_buttons(definition),
            }
        )
        version._cobranza_take(status.status, status.category)
        return version

    def _cobranza_is_current(self, template):
        """Return whether this version says what the template says now."""
        self.ensure_one()
        if self.status not in LIVE_STATUSES or self.body != template.body:
            return False
        if self.is_imported:
            return True
        labels = [b["label"] for b in self.buttons or [] if b["kind"] == "url"]
        own_label = [template.button_label] if template.button_label else []
        link = self._cobranza_link()
        return (
            (self.footer or "") == (template.footer or "")
            and labels == own_label
            and link in ("", self.account_id._cobranza_page_url())
        )

    def _cobranza_link(self):
        """Return the fixed part of the address of the URL button, "" without one."""
        urls = [b.get("url") or "" for b in self.buttons or [] if b["kind"] == "url"]
        return urls[0].partition("{{")[0] if urls else ""

    @api.model
    def _cobranza_definition(self, template, account, name):
        url = account._cobranza_page_url()
        with_pdf = template._cobranza_has_document(self.browse())
        return TemplateDefinition(
            name=name,
            language=template.language,
            body=template.body,
            examples={
                variable: rendering.VARIABLES[variable].example
                for variable in rendering.variables_in(template.body, "whatsapp")
            },
            footer=template.footer or "",
            sample_pdf=self._cobranza_sample_pdf() if with_pdf else b"",
            document_url=account._cobranza_pdf_url() if with_pdf else "",
            document_example=f"{SAMPLE}/ejemplo.pdf",
            url_label=template.button_label or "",
            url=url if template.button_label else "",
            url_example=f"{url}Ab3dE6gH9jK2",
            quick_replies=self._cobranza_quick_replies(template.language),
        )

    @api.model
    def _cobranza_quick_replies(self, language):
        return QUICK_REPLIES.get(language, QUICK_REPLIES["es"])

    @api.model
    def _cobranza_own_buttons(self, definition):
        """Return the buttons of a template of ours: the link, then the replies."""
        buttons = []
        if definition.url:
            url = definition.url + "{{1}}"
            buttons.append({"kind": "url", "label": definition.url_label, "url": url})
        replies = zip(definition.quick_replies, QUICK_REPLY_MEANINGS, strict=True)
        for label, meant in replies:
            buttons.append({"kind": "quick_reply", "label": label, "meaning": meant})
        return [{"place": place, **one} for place, one in enumerate(buttons)]

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

    # --- sending ----------------------------------------------------------------------

    def _cobranza_problem(self):
        """Return the reason code why this version may not be sent, "" if it may."""
        self.ensure_one()
        if self.status == "approved" and self._cobranza_is_other_category():
            return "template_category"
        return "" if self.status == "approved" else f"template_{self.status}"

    def _cobranza_is_other_category(self):
        """Return whether the provider counts it as something else than utility.

        Only utility templates may carry reminders: others cost more and are capped
        (Meta, template categorisation).
        """
        return (self.category or SENDABLE_CATEGORY).upper() != SENDABLE_CATEGORY

    def _cobranza_call(self, values, uuid, token, document):
        """Return the core call of this version with a customer's values.

        ``values`` are those of core.rendering, ``token`` names the payment page,
        ``document`` is the core Document or None. Raises TemplateError.
        """
        self.ensure_one()
        replies, reply_places, link_places = [], [], []
        for button in self.buttons or []:
            payload = template_import.PAYLOADS.get(button.get("meaning"))
            if button["kind"] == "url" and "{{" in (button.get("url") or ""):
                link_places.append(button["place"])
            elif button["kind"] == "quick_reply" and payload:
                replies.append(f"{payload}:{uuid}")
                reply_places.append(button["place"])
        return TemplateCall(
            name=self.remote_name,
            language=self.language,
            parameters=self._cobranza_parameters(values),
            document=document if self.has_document else None,
            button_token=token if link_places else None,
            quick_replies=tuple(replies),
            button_places=tuple(link_places + reply_places),
            uid=self.remote_uid or "",
        )

    def _cobranza_parameters(self, values):
        """Return (name at the provider, text) of each variable, in its order."""
        parameters = rendering.parameters(self.body, values)
        if not self.parameter_map:
            return parameters
        texts = dict(parameters)
        return tuple((name, texts[variable]) for name, variable in self.parameter_map)
