from odoo import api, fields, models
from odoo.exceptions import ValidationError
from odoo.tools.translate import LazyTranslate

from ..core import rendering, sms_text
from ..core.errors import TemplateError
from . import message_values
from .channels import CHANNELS

_lt = LazyTranslate(__name__)

# Codes of core.errors.TemplateError as sentences that say what to do.
TEMPLATE_ERRORS = {
    "syntax": _lt("Line %(line)s: the braces do not match: %(value)s."),
    "unknown_variable": _lt(
        "Line %(line)s: there is no variable %(value)s. Choose one of the list."
    ),
    "not_allowed": _lt(
        "Line %(line)s: %(value)s is not allowed here. Use text and variables."
    ),
    "unknown_filter": _lt("Line %(line)s: there is no filter %(value)s. Remove it."),
    "bad_argument": _lt(
        "Line %(line)s: %(value)s does not take this value. Use a small number "
        "or a short text."
    ),
    "bad_comparison": _lt(
        "Line %(line)s: %(value)s cannot be compared like this. Compare texts "
        "with == and numbers with whole numbers."
    ),
    "missing_else": _lt("Line %(line)s: a condition on one line needs its else part."),
    "too_complex": _lt(
        "The text has too many braces or nested conditions: simplify it."
    ),
    "control_characters": _lt(
        "Line %(line)s holds an invisible character: type the line again."
    ),
    "only_variables": _lt(
        "Write some words too: WhatsApp does not accept variables alone."
    ),
    "missing_value": _lt("Line %(line)s: %(value)s has no value for this customer."),
    "bad_value": _lt("Line %(line)s: the value of %(value)s cannot be used here."),
    "too_long": _lt("The text is too long: shorten it."),
    "too_long_output": _lt("The finished text is too long: shorten it."),
    "body_starts_with_variable": _lt(
        "WhatsApp does not accept a text that begins with a variable: put a "
        "word before it."
    ),
    "body_ends_with_variable": _lt(
        "WhatsApp does not accept a text that ends with a variable: put a word "
        "or a period after it."
    ),
    "forbidden": _lt("%(value)s may not stand in a reminder: correct the template."),
    "no_opt_out": _lt(
        "The law of this customer wants a way out in each message: add “Responda BAJA "
        "para no recibir más avisos” to the template."
    ),
    "empty": _lt("Write a text."),
    "unusable": _lt("Line %(line)s: %(value)s cannot be used."),
}

SHAPES = [
    ("one", "One invoice"),
    ("several", "Several invoices"),
    ("guarantor", "Guarantors"),
]
LANGUAGES = [("es", "Spanish"), ("pt_BR", "Portuguese (Brazil)"), ("en", "English")]
FALLBACK_LANGUAGE = "es"


class CobranzaTemplate(models.Model):
    """The text of one stage, channel, language and shape."""

    _name = "cobranza.template"
    _description = "Collection Template"
    _order = "stage_id, channel, shape, language"

    name = fields.Char(required=True)
    active = fields.Boolean(default=True)
    stage_id = fields.Many2one(
        "cobranza.stage", required=True, index=True, ondelete="cascade"
    )
    channel = fields.Selection(CHANNELS, required=True, default="whatsapp")
    shape = fields.Selection(
        SHAPES,
        string="For",
        required=True,
        default="one",
        help="A text for guarantors names the debtor and goes without the PDF.",
    )
    language = fields.Selection(LANGUAGES, required=True, default=FALLBACK_LANGUAGE)
    subject = fields.Char(help="Of the e-mail; the variables of the text may be used.")
    body = fields.Text(required=True)
    footer = fields.Char(size=60, help="Small print below a WhatsApp message.")
    button_label = fields.Char(
        size=25, help="Text of the WhatsApp button that opens the payment page."
    )
    only_chosen = fields.Boolean(
        string="Only When Chosen",
        help="Never used by itself: a person chooses it for a customer.",
    )
    version_ids = fields.One2many(
        "cobranza.template.version", "template_id", string="At WhatsApp"
    )
    variable_help = fields.Html(compute="_compute_variable_help", sanitize=False)
    preview_move_id = fields.Many2one(
        "account.move",
        string="Preview With",
        store=False,
        domain="[('move_type', '=', 'out_invoice'), ('state', '=', 'posted')]",
    )
    preview = fields.Text(compute="_compute_preview")
    preview_size = fields.Char(compute="_compute_preview")

    _unique_use = models.UniqueIndex(
        "(stage_id, channel, shape, language) WHERE active AND only_chosen IS NOT TRUE",
        "The stage already has a template for this channel, shape and language.",
    )

    @api.constrains("body", "subject", "channel")
    def _check_body(self):
        for template in self:
            try:
                rendering.validate(template.body, template.channel)
                if template.channel == "email":
                    rendering.validate(template.subject or "", "email")
            except TemplateError as error:
                raise ValidationError(template._error_sentence(error)) from error

    def _error_sentence(self, error):
        """Return why a text is refused, with the line, as one sentence."""
        lazy = TEMPLATE_ERRORS.get(error.code, TEMPLATE_ERRORS["unusable"])
        values = {"line": error.line, "value": error.value or error.code}
        sentence = self.env._(lazy)
        return sentence % values

    @api.depends("channel")
    @api.depends_context("lang")
    def _compute_variable_help(self):
        for template in self:
            template.variable_help = message_values.variable_table(self.env)

    @api.depends(
        "body", "subject", "footer", "channel", "shape", "preview_move_id", "language"
    )
    def _compute_preview(self):
        for template in self:
            template.preview_size = False
            try:
                rendering.validate(template.body or "", template.channel or "sms")
                values = template._preview_values()
                text = rendering.render(template.body, values, template.channel)
                subject = template._cobranza_subject(values)
            except TemplateError as error:
                template.preview = template._error_sentence(error)
                continue
            if template.channel == "sms":
                text = sms_text.to_gsm7(text)
                template.preview_size = template._size_sentence(text)
            template.preview = "\n\n".join(filter(None, (subject, text)))

    def _size_sentence(self, text):
        encoding, units, parts = sms_text.sms_parts(text)
        return self.env._(
            "%(units)s characters (%(encoding)s), %(parts)s SMS",
            units=units,
            encoding="GSM-7" if encoding == "gsm7" else "UCS-2",
            parts=parts,
        )

    def _preview_values(self):
        """Return values of the chosen invoice, else the examples."""
        if self.preview_move_id:
            return message_values.for_preview(self.env, self.preview_move_id, self)
        return message_values.examples()

    def _cobranza_subject(self, values):
        """Return the subject of an e-mail in one line, "" for the other channels.

        Raises TemplateError. A value with a line break would add a header.
        """
        self.ensure_one()
        if self.channel != "email":
            return ""
        return rendering.parameter_text(
            rendering.render(self.subject or "", values, "email")
        )
