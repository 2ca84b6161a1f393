import hashlib

from markupsafe import Markup, escape

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError, ValidationError

from ..core import rendering, text_lint
from ..core.errors import TemplateError
from . import lint_reasons

_MARK = Markup('<mark class="{}" title="{}">{}</mark>')
_ITEM = Markup(
    '<li><i class="fa {}"></i> <b>{}</b> {} <span class="text-muted">{}</span></li>'
)


class CobranzaTemplate(models.Model):
    """What the law and WhatsApp say about the text."""

    _inherit = "cobranza.template"

    lint_marks = fields.Html(
        string="What the Law Says",
        compute="_compute_lint",
        sanitize=False,
        help="Words that may not stand in a reminder, why, and which law says so.",
    )
    has_warnings = fields.Boolean(compute="_compute_lint")
    is_warned = fields.Boolean(
        string="Waits for an Administrator",
        compute="_compute_is_warned",
        store=True,
        help="The text holds words that an administrator must allow with a reason.",
    )
    exception_ids = fields.One2many(
        "cobranza.template.exception", "template_id", string="Allowed Words"
    )

    def _cobranza_findings(self):
        """Return what the linter says about the text as it stands."""
        self.ensure_one()
        source = "\n".join(filter(None, (self.body, self.subject, self.button_label)))
        try:
            variables = rendering.variables_in(self.body or "", self.channel or "sms")
        except TemplateError:
            return ()  # its own check says what is wrong
        return text_lint.check_source(source, variables, footer=self.footer or "")

    def _cobranza_text_digest(self):
        """Return what names this very text: an allowance holds for no other."""
        self.ensure_one()
        parts = (self.body, self.subject, self.footer, self.button_label)
        text = "\0".join(part or "" for part in parts)
        return hashlib.sha256(text.encode()).hexdigest()

    @api.constrains("body", "subject", "footer", "button_label", "channel")
    def _check_lint(self):
        for template in self:
            errors = [f for f in template._cobranza_findings() if f.is_error]
            if errors:
                raise ValidationError(
                    "\n".join(
                        lint_reasons.lint_sentence(self.env, finding)
                        for finding in errors
                    )
                )

    @api.depends("body", "subject", "footer", "button_label", "channel")
    @api.depends_context("lang")
    def _compute_lint(self):
        for template in self:
            findings = template._cobranza_findings()
            template.has_warnings = any(not f.is_error for f in findings)
            template.lint_marks = template._cobranza_marks(findings)

    @api.depends(
        "body", "subject", "footer", "button_label", "channel", "exception_ids"
    )
    def _compute_is_warned(self):
        for template in self:
            allowed = template.exception_ids.mapped("text_digest")
            template.is_warned = (
                template._cobranza_text_digest() not in allowed
                and any(not f.is_error for f in template._cobranza_findings())
            )

    def _cobranza_marks(self, findings):
        """Return the text with its findings marked, and a line about each; or False."""
        if not findings:
            return False
        text, html, position = self.body or "", Markup(), 0
        for item in sorted(findings, key=lambda finding: finding.start):
            if not item.words or item.start < position or item.end > len(text):
                continue
            title = lint_reasons.lint_sentence(self.env, item)
            html += escape(text[position : item.start])
            html += _MARK.format(
                "text-bg-danger" if item.is_error else "text-bg-warning",
                title,
                text[item.start : item.end],
            )
            position = item.end
        html += escape(text[position:])
        lines = Markup().join(
            _ITEM.format(
                "fa-times-circle text-danger"
                if item.is_error
                else "fa-exclamation-triangle text-warning",
                item.words,
                lint_reasons.lint_reason(self.env, item.code),
                item.source,
            )
            for item in findings
        )
        return Markup('<p style="white-space: pre-wrap">{}</p><ul>{}</ul>').format(
            html, lines
        )

    def action_allow_text(self):
        """Ask the administrator for the reason why the text may stay."""
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "res_model": "cobranza.template.exception",
            "view_mode": "form",
            "target": "new",
            "name": self.env._("Allow the Words"),
            "context": {"default_template_id": self.id},
        }


class CobranzaTemplateException(models.Model):
    """An administrator's reason why a text with warnings may be sent. Never changes."""

    _name = "cobranza.template.exception"
    _description = "Allowed Words of a Template"
    _order = "id desc"
    _rec_name = "words"

    template_id = fields.Many2one(
        "cobranza.template", required=True, index=True, ondelete="cascade"
    )
    reason = fields.Text(required=True)
    words = fields.Char(readonly=True)
    text_digest = fields.Char(readonly=True, required=True)
    user_id = fields.Many2one("res.users", readonly=True, required=True)

    @api.model_create_multi
    def create(self, vals_list):
        """Extend base: the words, the text and the user are those of this moment."""
        if not (self.env.su or self.env.user.has_group("base.group_system")):
            raise AccessError(
                self.env._(
                    "Only an administrator can allow words that the law warns of."
                )
            )
        templates = self.env["cobranza.template"]
        for vals in vals_list:
            template = templates.browse(vals.get("template_id"))
            if not (vals.get("reason") or "").strip():
                raise UserError(self.env._("Write why the text may stay."))
            findings = template._cobranza_findings()
            vals.update(
                words=", ".join(f.words or f.code for f in findings),
                text_digest=template._cobranza_text_digest(),
                user_id=self.env.uid,
            )
        return super().create(vals_list)

    def write(self, vals):
        """Extend base: the reason is evidence."""
        if vals:
            raise UserError(self.env._("A reason that was given cannot be changed."))
        return super().write(vals)

    @api.ondelete(at_uninstall=False)
    def _unlink_never(self):
        if not self.template_id:
            return
        raise UserError(
            self.env._("A reason that was given is evidence and cannot be deleted.")
        )
