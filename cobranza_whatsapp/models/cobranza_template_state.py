from markupsafe import Markup

from odoo import api, fields, models
from odoo.exceptions import UserError

from ..core import text_lint
from ..core.errors import ProviderError
from . import message_values, reasons
from .cobranza_template import FALLBACK_LANGUAGE

# What a person sees first of all accounts together.
SENDING_STATES = [
    ("sendable", "Sendable"),
    ("waiting", "Waiting"),
    ("blocked", "Not Sent"),
]
WAITING_PROBLEMS = ("template_pending", "template_paused")
BADGES = {"sendable": "success", "waiting": "warning", "blocked": "danger"}


class CobranzaTemplate(models.Model):
    """Which template is sent, and how each stands at the accounts that send it."""

    _inherit = "cobranza.template"

    sending_state = fields.Selection(SENDING_STATES, compute="_compute_sending_state")
    account_states = fields.Html(compute="_compute_sending_state", sanitize=False)
    old_version_ids = fields.Many2many(
        "cobranza.template.version", compute="_compute_sending_state"
    )
    bubble = fields.Html(compute="_compute_bubble", sanitize=False)

    # --- choice -----------------------------------------------------------------------

    @api.model
    def _cobranza_catalogue(self, company):
        """Return {(stage id, channel, shape): {language: template}} in one search."""
        catalogue = {}
        for template in self.search([("only_chosen", "=", False)]):
            key = (template.stage_id.id, template.channel, template.shape)
            catalogue.setdefault(key, {})[template.language] = template
        return catalogue

    @api.model
    def _cobranza_choose(self, catalogue, stage_id, channel, shape, customer, account):
        """Return (template, problem code) in the customer's language.

        Falls back from es_MX to es, then to the company's language, then to Spanish.
        """
        by_language = catalogue.get((stage_id, channel, shape), {})
        wanted = [customer.lang or "", self.env.company.partner_id.lang or ""]
        for language in [*wanted, FALLBACK_LANGUAGE]:
            template = by_language.get(language) or by_language.get(language[:2])
            if template:
                break
        else:
            return self.browse(), "template_missing"
        return template, template._cobranza_refusal(account)

    def _cobranza_refusal(self, account):
        """Return the reason code why this text may not go by an account, or ""."""
        if self.is_warned:
            return "template_warned"
        if account and account._cobranza_needs_approval():
            return self._cobranza_problem(account)
        return ""

    def _cobranza_version(self, account):
        """Return the version that counts at an account, maybe none.

        The newest that was ever approved: until then the one before it is sent, from
        then on that one is not sent again, whatever becomes of the new one.
        """
        self.ensure_one()
        own = self.version_ids.filtered(lambda v: v.account_id.id == account.id)
        own = own.sorted("number")
        return own.filtered("approved_at")[-1:] or own[-1:]

    def _cobranza_has_opt_out(self, account):
        """Return whether text, footer or a button say how to get no more messages.

        Of what the account sends: the approved version, or the text as it stands.
        """
        if not self:
            return True  # that there is no template is said by another rule
        version = self._cobranza_version(account) if account else self.version_ids[:0]
        sent = version or self
        if any(map(text_lint.has_opt_out, filter(None, (sent.body, sent.footer)))):
            return True
        buttons = version.buttons or []
        return any(button.get("meaning") == "opt_out" for button in buttons)

    def _cobranza_problem(self, account):
        """Return the reason code why an account may not send this, "" if it may."""
        version = self._cobranza_version(account)
        return version._cobranza_problem() if version else "template_not_approved"

    # --- what people see --------------------------------------------------------------

    @api.depends(
        "channel",
        "version_ids.status",
        "version_ids.category",
        "version_ids.quality",
        "version_ids.coming_category",
        "version_ids.reason",
        "version_ids.approved_at",
    )
    @api.depends_context("lang", "uid", "allowed_company_ids")
    def _compute_sending_state(self):
        accounts = self._cobranza_approving_accounts()
        for template in self:
            template.old_version_ids = template.version_ids.filtered(
                lambda v: v.is_superseded and v.status != "deleted"
            )
            rows = []
            if template.channel == "whatsapp":
                rows = [template._cobranza_account_row(one) for one in accounts]
            states = {state for state, _account, _sentence in rows}
            order = [state for state, _label in reversed(SENDING_STATES)]
            template.sending_state = next((s for s in order if s in states), False)
            template.account_states = template._cobranza_rows_html(rows)

    @api.model
    def _cobranza_approving_accounts(self):
        """Return the accounts at which templates must be approved."""
        accounts = self.env["cobranza.account"].search([("channel", "=", "whatsapp")])
        return accounts.filtered(lambda account: account._cobranza_needs_approval())

    def _cobranza_account_row(self, account):
        """Return (sending state, account, sentence) of one account."""
        version = self._cobranza_version(account)
        if not version:
            sentence = reasons.sentence(self.env, "template_not_approved")
            return "blocked", account, sentence
        problem = version._cobranza_problem()
        state = "blocked" if problem else "sendable"
        if problem in WAITING_PROBLEMS:
            state = "waiting"
        newest = self.version_ids.filtered(
            lambda v: v.account_id == account and v.number > version.number
        ).sorted("number")[-1:]
        sentences = [version.status_sentence]
        if newest and newest.status != "deleted":
            sentences.append(f"v{newest.number}: {newest.status_sentence}")
        return state, account, " ".join(sentences)

    def _cobranza_rows_html(self, rows):
        labels = dict(self._fields["sending_state"]._description_selection(self.env))
        row = Markup(
            '<div class="d-flex align-items-baseline gap-2 mb-1">'
            '<span class="badge rounded-pill text-bg-{colour}">{label}</span>'
            "<span><b>{account}</b> {sentence}</span></div>"
        )
        return Markup("").join(
            row.format(
                colour=BADGES[state],
                label=labels[state],
                account=account.name,
                sentence=sentence,
            )
            for state, account, sentence in rows
        )

    @api.depends(
        "preview",
        "footer",
        "button_label",
        "channel",
        "shape",
        "language",
        "version_ids",
    )
    @api.depends_context("lang")
    def _compute_bubble(self):
        for template in self:
            template.bubble = self.env["ir.qweb"]._render(
                "cobranza_whatsapp.template_bubble", template._cobranza_bubble()
            )

    def _cobranza_bubble(self):
        """Return what the drawing of the message on a telephone shows."""
        text = message_values.html(self.preview or "")
        if self.channel != "whatsapp":
            return {"channel": self.channel, "text": text, "buttons": []}
        own = self.env["cobranza.template.version"]
        imported = self.version_ids.sorted("number")[-1:]
        if imported and not (imported.is_imported and imported.body == self.body):
            imported = own
        labels = [self.button_label] if self.button_label else []
        buttons = [{"kind": "url", "label": label} for label in labels] + [
            {"kind": "quick_reply", "label": label}
            for label in own._cobranza_quick_replies(self.language)
        ]
        number = (self.preview_move_id.name or "F-0001").replace("/", "-")
        several = self.shape == "several"
        document = self.env._("Invoices.pdf") if several else f"{number}.pdf"
        return {
            "channel": "whatsapp",
            "text": text,
            "header_text": imported.header_text,
            "document": self._cobranza_has_document(imported) and document,
            "footer": imported.footer if imported else self.footer,
            "buttons": (imported.buttons or []) if imported else buttons,
        }

    def _cobranza_has_document(self, version):
        """Return whether a PDF goes with it, as a version or as we would create it."""
        return version.has_document if version else self.shape != "guarantor"

    # --- at the provider --------------------------------------------------------------

    def action_create_at_provider(self):
        """Submit the present text to WhatsApp for approval, as a new version."""
        accounts = self._cobranza_approving_accounts()
        if not accounts:
            raise UserError(reasons.sentence(self.env, "account_missing"))
        Version = self.env["cobranza.template.version"]
        for template in self.filtered(lambda t: t.channel == "whatsapp"):
            for account in accounts:
                try:
                    Version._cobranza_submit(template, account)
                except ProviderError as error:
                    raise reasons.provider_error(self.env, error) from error
        return True

    def action_import_from_provider(self):
        """Open the list of templates that exist at WhatsApp."""
        return self.env["cobranza.template.import"].action_open()

    def action_refresh_status(self):
        """Read the state of all templates from WhatsApp."""
        accounts = self.version_ids.account_id or self._cobranza_approving_accounts()
        try:
            self.env["cobranza.template.version"]._cobranza_sync(accounts)
        except ProviderError as error:
            raise reasons.provider_error(self.env, error) from error
        return True

    def action_delete_old_versions(self):
        """Delete at WhatsApp the versions that newer ones replaced."""
        return self.old_version_ids.action_delete_at_provider()
