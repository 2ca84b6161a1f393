import dataclasses

from odoo import api, fields, models
from odoo.exceptions import UserError

from ..core import template_import
from ..core.errors import ProviderError
from ..core.types import TemplateButton, TemplateStatus
from ..models import message_values, reasons
from ..models.cobranza_template import LANGUAGES, SHAPES

MEANINGS = [
    ("paid", "Says it is paid"),
    ("talk", "Wants to talk to somebody"),
    ("opt_out", "Wants no more messages"),
]


class CobranzaTemplateImport(models.TransientModel):
    """Take over a template that exists at WhatsApp: choose it, say what its gaps mean.

    First the list of what the account has, each with the reason if it cannot be sent;
    then the variables of the chosen one, with the message as the customer gets it.
    """

    _name = "cobranza.template.import"
    _description = "Import a Template from WhatsApp"

    account_id = fields.Many2one(
        "cobranza.account",
        required=True,
        domain="[('channel', '=', 'whatsapp'), ('provider', '!=', 'demo')]",
        default=lambda self: self._default_account(),
    )
    candidate_ids = fields.One2many(
        "cobranza.template.import.candidate", "import_id", string="At WhatsApp"
    )
    candidate_id = fields.Many2one(
        "cobranza.template.import.candidate", string="Chosen Template"
    )
    stage_id = fields.Many2one("cobranza.stage", domain="[('action', '=', 'message')]")
    shape = fields.Selection(SHAPES, string="For", default="one")
    language = fields.Selection(LANGUAGES, compute="_compute_language")
    parameter_ids = fields.One2many("cobranza.template.import.parameter", "import_id")
    button_ids = fields.One2many("cobranza.template.import.button", "import_id")
    preview_move_id = fields.Many2one(
        "account.move",
        string="Preview With",
        domain="[('move_type', '=', 'out_invoice'), ('state', '=', 'posted')]",
    )
    bubble = fields.Html(compute="_compute_bubble", sanitize=False)
    replaces = fields.Char(compute="_compute_replaces")

    @api.model
    def _default_account(self):
        return self.env["cobranza.template"]._cobranza_approving_accounts()[:1]

    @api.depends("candidate_id")
    def _compute_language(self):
        for wizard in self:
            language = wizard.candidate_id.language or ""
            wizard.language = template_import.our_language(language) or False

    @api.depends_context("lang")
    def _compute_display_name(self):
        self.display_name = self.env._("Import from WhatsApp")

    @api.depends("stage_id", "shape", "language")
    @api.depends_context("lang")
    def _compute_replaces(self):
        for wizard in self:
            wizard.replaces = False
            if template := wizard._template():
                wizard.replaces = self.env._(
                    "It takes the place of: %(name)s", name=template.name
                )

    @api.depends("candidate_id", "parameter_ids.variable", "preview_move_id")
    def _compute_bubble(self):
        for wizard in self:
            wizard.bubble = False
            if wizard.candidate_id:
                wizard.bubble = self.env["ir.qweb"]._render(
                    "cobranza_whatsapp.template_bubble", wizard._drawing()
                )

    def _drawing(self):
        """Return what the drawing of the message on a telephone shows."""
        remote = self.candidate_id._remote()
        values = message_values.examples()
        if self.preview_move_id:
            template = self.env["cobranza.template"].new(
                {"stage_id": self.stage_id.id, "language": self.language}
            )
            values = message_values.for_preview(
                self.env, self.preview_move_id, template
            )
        texts = {p.name: values.get(p.variable) for p in self.parameter_ids}
        number = (self.preview_move_id.name or "F-0001").replace("/", "-")
        return {
            "channel": "whatsapp",
            "header_text": remote.header_text,
            "document": f"{number}.pdf" if remote.header == "document" else False,
            "text": message_values.html(template_import.filled(remote.body, texts)),
            "footer": remote.footer,
            "buttons": [dataclasses.asdict(button) for button in remote.buttons],
        }

    # --- buttons ----------------------------------------------------------------------

    @api.model
    def action_open(self):
        """Open the list of what the first account has at WhatsApp."""
        if not self._default_account():
            raise UserError(reasons.sentence(self.env, "account_missing"))
        wizard = self.create({})
        return wizard.action_read()

    def action_read(self):
        """Ask the account for its templates and show them."""
        self.ensure_one()
        try:
            found = self.account_id._cobranza_provider().list_templates()
        except ProviderError as error:
            raise reasons.provider_error(self.env, error) from error
        self.candidate_ids.unlink()
        self.candidate_ids = [
            (
                0,
                0,
                {
                    "name": remote.name,
                    "language": remote.language,
                    "body": remote.body,
                    "remote": dataclasses.asdict(remote),
                },
            )
            for remote in sorted(found, key=lambda one: (one.name, one.language))
        ]
        return self._show()

    def action_back(self):
        """Show the list again."""
        self.candidate_id = False
        return self._show()

    def action_import(self):
        """Create the version, and its template where the stage has none yet."""
        self.ensure_one()
        remote = self.candidate_id._remote()
        self._demand_importable(remote)
        mapping = {line.name: line.variable for line in self.parameter_ids}
        values = {
            "body": template_import.mapped_body(remote.body, mapping),
            "footer": remote.footer or False,
            "button_label": self._link_label(remote),
        }
        template = self._template()
        if template:
            template.write(values)
        else:
            template = template.create(
                {
                    **values,
                    "name": remote.name,
                    "stage_id": self.stage_id.id,
                    "channel": "whatsapp",
                    "shape": self.shape,
                    "language": self.language,
                }
            )
        self._create_versions(template, remote)
        return {
            "type": "ir.actions.act_window",
            "res_model": "cobranza.template",
            "res_id": template.id,
            "view_mode": "form",
        }

    # --- parts ------------------------------------------------------------------------

    def _demand_importable(self, remote):
        """Raise UserError unless this template can be sent with what was filled in."""
        obstacle = template_import.obstacle(
            remote, self.account_id._cobranza_page_url()
        )
        if obstacle.code:
            raise UserError(reasons.import_sentence(self.env, obstacle))
        if not self.stage_id or not self.shape:
            raise UserError(self.env._("Choose the stage that sends this template."))
        if self.shape == "guarantor" and remote.header == "document":
            raise UserError(
                self.env._(
                    "Guarantors get no PDF: choose a template without one on top."
                )
            )
        empty = self.parameter_ids.filtered(lambda line: not line.variable)[:1]
        if empty:
            raise UserError(
                self.env._(
                    "Say what stands in the place of %(name)s.", name=empty.label
                )
            )
        known = self._template().version_ids.filtered(
            lambda v: v.account_id == self.account_id and v.remote_uid == remote.uid
        )
        if known:
            raise UserError(
                self.env._(
                    "%(name)s is already the text of this stage.", name=remote.name
                )
            )

    def _template(self):
        """Return the template of the chosen use, maybe none."""
        return self.env["cobranza.template"].search(
            [
                ("stage_id", "=", self.stage_id.id),
                ("channel", "=", "whatsapp"),
                ("shape", "=", self.shape),
                ("language", "=", self.language),
            ],
            limit=1,
        )

    def _link_label(self, remote):
        prefix = self.account_id._cobranza_page_url()
        return next(
            (
                button.label
                for button in remote.buttons
                if template_import.is_own_link(button.url, prefix)
            ),
            False,
        )

    def _create_versions(self, template, remote):
        """Keep the template as a new version of each number of its business account."""
        accounts = self.account_id._cobranza_same_business()
        number = max(template.version_ids.mapped("number"), default=0) + 1
        meanings = {line.place: line.meaning for line in self.button_ids}
        parameters = self.parameter_ids.sorted(lambda line: line.order)
        versions = self.env["cobranza.template.version"].create(
            [
                {
                    "template_id": template.id,
                    "account_id": account.id,
                    "number": number,
                    "remote_name": remote.name,
                    "remote_uid": remote.uid,
                    "is_imported": True,
                    "language": remote.language,
                    "body": template.body,
                    "footer": remote.footer or False,
                    "header_text": remote.header_text or False,
                    "has_document": remote.header == "document",
                    "parameter_map": [
                        [line.name, line.variable] for line in parameters
                    ],
                    "buttons": [
                        {
                            "place": place,
                            "kind": button.kind,
                            "label": button.label,
                            "url": button.url,
                            "meaning": meanings.get(place) or "",
                        }
                        for place, button in enumerate(remote.buttons)
                    ],
                }
                for account in accounts
            ]
        )
        versions._cobranza_take(remote.status, remote.category, quality=remote.quality)
        # A paused one was approved before: it takes its place now.
        paused = versions.filtered(lambda version: version.status == "paused")
        paused.approved_at = fields.Datetime.now()

    def _show(self):
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Import from WhatsApp"),
            "res_model": self._name,
            "res_id": self.id,
            "view_mode": "form",
            "target": "current",
        }


class CobranzaTemplateImportCandidate(models.TransientModel):
    """One template that the account has at WhatsApp."""

    _name = "cobranza.template.import.candidate"
    _description = "Template at WhatsApp to Import"
    _order = "name, language"

    import_id = fields.Many2one(
        "cobranza.template.import", required=True, ondelete="cascade"
    )
    name = fields.Char(readonly=True)
    language = fields.Char(readonly=True)
    body = fields.Text(readonly=True)
    remote = fields.Json(readonly=True)
    problem = fields.Char(string="Why Not", compute="_compute_problem")

    @api.depends("remote", "import_id.account_id")
    @api.depends_context("lang")
    def _compute_problem(self):
        for candidate in self:
            prefix = candidate.import_id.account_id._cobranza_page_url()
            obstacle = template_import.obstacle(candidate._remote(), prefix)
            candidate.problem = reasons.import_sentence(self.env, obstacle)

    def _remote(self):
        """Return the core TemplateStatus as it was read."""
        values = dict(self.remote)
        buttons = tuple(TemplateButton(**one) for one in values.pop("buttons"))
        names = tuple(values.pop("parameter_names"))
        return TemplateStatus(**values, buttons=buttons, parameter_names=names)

    def action_choose(self):
        """Go on with this one: prepare what its variables and buttons may mean."""
        self.ensure_one()
        if self.problem:
            raise UserError(self.problem)
        remote = self._remote()
        self.import_id.write(
            {
                "candidate_id": self.id,
                "parameter_ids": [(5, 0, 0)]
                + [
                    (
                        0,
                        0,
                        {
                            "name": name,
                            "order": int(name) if name.isdecimal() else place,
                            "variable": template_import.guess(remote.body, name),
                        },
                    )
                    for place, name in enumerate(remote.parameter_names)
                ],
                "button_ids": [(5, 0, 0)]
                + [
                    (
                        0,
                        0,
                        {
                            "place": place,
                            "label": button.label,
                            "meaning": template_import.meaning(button.label),
                        },
                    )
                    for place, button in enumerate(remote.buttons)
                    if button.kind == "quick_reply"
                ],
            }
        )
        return self.import_id._show()


class CobranzaTemplateImportParameter(models.TransientModel):
    """A variable of their template and the one of ours that fills it."""

    _name = "cobranza.template.import.parameter"
    _description = "Variable of a Template to Import"
    _order = "order, id"

    import_id = fields.Many2one(
        "cobranza.template.import", required=True, ondelete="cascade"
    )
    name = fields.Char(readonly=True, required=True)
    order = fields.Integer(readonly=True)
    label = fields.Char(string="At WhatsApp", compute="_compute_label")
    variable = fields.Selection("_variables", string="Is Filled With")

    @api.model
    def _variables(self):
        return message_values.variable_choices(self.env)

    @api.depends("name")
    def _compute_label(self):
        for parameter in self:
            parameter.label = "{{" + (parameter.name or "") + "}}"


class CobranzaTemplateImportButton(models.TransientModel):
    """A quick reply of their template and what it means when it is pressed."""

    _name = "cobranza.template.import.button"
    _description = "Button of a Template to Import"
    _order = "place"

    import_id = fields.Many2one(
        "cobranza.template.import", required=True, ondelete="cascade"
    )
    place = fields.Integer(readonly=True)
    label = fields.Char(string="Button", readonly=True)
    meaning = fields.Selection(MEANINGS, string="Whoever Presses It")
