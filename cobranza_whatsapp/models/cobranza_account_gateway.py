from dataclasses import fields as dataclass_fields

from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError
from odoo.tools.translate import LazyTranslate

from ..core.errors import ProviderError
from ..core.providers.http_sms_presets import PRESET_NAMES, PRESETS
from ..core.providers.http_sms_settings import HttpSmsSettings
from ..core.providers.whatsapp_gateway import DEFAULT_AUTH_HEADER
from . import odoo_senders, reasons

_lt = LazyTranslate(__name__)

ADMINISTRATORS = "base.group_system"
# Codes of core.providers.http_sms_settings.problems as sentences.
GATEWAY_PROBLEMS = {
    "unknown_placeholder": _lt(
        "There is no placeholder %(value)s here. Choose one of the list on the form."
    ),
    "host": _lt("The server's name takes no placeholders: write it out."),
    "not_json": _lt(
        "The content is no JSON object: look for a missing quote or comma."
    ),
    "header": _lt("%(value)s is no header: write lines like Name: value."),
    "text_in_path": _lt(
        "The text of the message can stand behind the question mark only, not in "
        "%(value)s."
    ),
    "unsafe_pattern": _lt(
        "The pattern %(value)s cannot be used: at most three repeats, and none of a "
        "group."
    ),
    "missing_path": _lt("Say where in the answer the word of success stands."),
    "unknown_class": _lt("%(value)s: this is no kind of error."),
    "unknown_state": _lt(
        "%(value)s: a report can say sent, delivered, failed or uncertain."
    ),
    "missing_proof_name": _lt(
        "Say which header or parameter proves that a report comes from the gateway."
    ),
}


class CobranzaAccount(models.Model):
    """Gateways: what an administrator writes about an interface that we do not know.

    Each `gateway_…` field is the option of that name of core's HttpSmsSettings.
    """

    _inherit = "cobranza.account"

    auth_header = fields.Char(
        string="Header of the Key",
        default=DEFAULT_AUTH_HEADER,
        groups=ADMINISTRATORS,
        help="The header that carries the access token, for example D360-API-KEY or "
        "Authorization.",
    )
    auth_prefix = fields.Char(
        string="Word Before the Key",
        groups=ADMINISTRATORS,
        help="For example Bearer; empty: the key alone.",
    )
    webhook_header = fields.Char(
        string="Header of Webhooks",
        groups=ADMINISTRATORS,
        help="The header in which the gateway repeats the webhook secret. Empty: it "
        "signs webhooks as WhatsApp does.",
    )

    gateway_preset = fields.Selection(
        list(PRESET_NAMES.items()),
        string="Fill In For",
        store=False,
        groups=ADMINISTRATORS,
        help="Fills in what is known about this gateway.",
    )
    gateway_method = fields.Selection(
        [("POST", "POST"), ("GET", "GET"), ("PUT", "PUT")],
        string="Method",
        default="POST",
        groups=ADMINISTRATORS,
    )
    gateway_headers = fields.Text(
        string="Headers", groups=ADMINISTRATORS, help="One a line: Name: value"
    )
    gateway_body_kind = fields.Selection(
        [("json", "JSON"), ("form", "Form"), ("none", "Nothing, all in the address")],
        string="Content",
        default="json",
        groups=ADMINISTRATORS,
    )
    gateway_body = fields.Text(
        string="Content to Send",
        groups=ADMINISTRATORS,
        help="JSON, or a line name=value for each field of a form.",
    )
    gateway_success = fields.Selection(
        [
            ("equals", "A value of the answer is"),
            ("contains", "A value of the answer contains"),
            ("pattern", "The answer looks like (regular expression)"),
            ("status", "It answers without an error"),
        ],
        string="Accepted When",
        default="equals",
        groups=ADMINISTRATORS,
    )
    gateway_success_path = fields.Char(
        string="Where",
        groups=ADMINISTRATORS,
        help="Names joined by dots, lists by their place: messages.0.status",
    )
    gateway_success_value = fields.Char(string="What", groups=ADMINISTRATORS)
    gateway_uid_path = fields.Char(
        string="Where the Message ID Stands", groups=ADMINISTRATORS
    )
    gateway_failure_pattern = fields.Char(
        string="Refused When It Looks Like",
        groups=ADMINISTRATORS,
        help="For answers that are no JSON: a regular expression.",
    )
    gateway_error_path = fields.Char(
        string="Where the Error Code Stands", groups=ADMINISTRATORS
    )
    gateway_detail_path = fields.Char(
        string="Where the Error Text Stands", groups=ADMINISTRATORS
    )
    gateway_error_classes = fields.Text(
        string="Error Codes",
        groups=ADMINISTRATORS,
        help="One a line: code = kind. Kinds: retry (busy), hold (stop the account), "
        "dead (number without SMS), optout (refused by the customer), fix (our "
        "mistake).",
    )
    gateway_check_address = fields.Char(
        string="Address of a Test",
        groups=ADMINISTRATORS,
        help="An address that proves the key without sending, for example one that "
        "tells the balance.",
    )
    gateway_ask_address = fields.Char(
        string="Address to Ask About a Message",
        groups=ADMINISTRATORS,
        help="Asked when it is uncertain whether a message left.",
    )
    gateway_ask_path = fields.Char(
        string="Where Its Status Stands", groups=ADMINISTRATORS
    )
    gateway_proof = fields.Selection(
        [
            ("secret", "Our secret in a header or parameter"),
            ("address", "The address that we give with each message"),
            ("hmac", "A signature of the content (HMAC-SHA256)"),
        ],
        string="Reports Are Proved By",
        default="secret",
        groups=ADMINISTRATORS,
    )
    gateway_proof_name = fields.Char(
        string="Header or Parameter", groups=ADMINISTRATORS
    )
    gateway_list_path = fields.Char(
        string="Where the List of Reports Stands", groups=ADMINISTRATORS
    )
    gateway_report_uid_path = fields.Char(
        string="Message ID of a Report", groups=ADMINISTRATORS
    )
    gateway_report_status_path = fields.Char(
        string="Status of a Report", groups=ADMINISTRATORS
    )
    gateway_report_error_path = fields.Char(
        string="Error of a Report", groups=ADMINISTRATORS
    )
    gateway_statuses = fields.Text(
        string="Status Words",
        groups=ADMINISTRATORS,
        help="One a line: word = sent, delivered, failed or uncertain",
    )
    gateway_reply_sender_path = fields.Char(
        string="Number of a Reply", groups=ADMINISTRATORS
    )
    gateway_reply_text_path = fields.Char(
        string="Text of a Reply", groups=ADMINISTRATORS
    )

    @api.onchange("provider")
    def _onchange_provider(self):
        """Propose a channel that the provider has."""
        channels = self._cobranza_channels()
        if channels and self.channel not in channels:
            self.channel = channels[0]

    @api.onchange("gateway_preset")
    def _onchange_gateway_preset(self):
        """Fill in what is known about the gateway; everything else is emptied."""
        preset = PRESETS.get(self.gateway_preset)
        if preset is None:
            return
        self.base_url = preset["base_url"]
        for option in dataclass_fields(HttpSmsSettings):
            value = preset.get(option.name, option.default)
            self[f"gateway_{option.name}"] = value or False

    @api.constrains(
        "provider",
        "base_url",
        *[f"gateway_{option.name}" for option in dataclass_fields(HttpSmsSettings)],
    )
    def _check_gateway(self):
        for account in self.sudo():
            provider = odoo_senders.provider_class(account.provider)
            options = account._cobranza_options()
            for code, value in provider.option_problems(
                account.base_url or "", options
            ):
                sentence = self.env._(GATEWAY_PROBLEMS[code])
                raise ValidationError(sentence % {"value": value})

    def _cobranza_options(self):
        """Return the words that only this account's provider knows, as plain text."""
        self.ensure_one()
        provider = odoo_senders.provider_class(self.provider)
        options = {}
        for name in provider.option_names if provider else ():
            own = f"gateway_{name}"
            options[name] = self[own if own in self._fields else name] or ""
        return options

    def action_register_webhook(self):
        """Tell the gateway where its events go."""
        self.ensure_one()
        self._cobranza_demand_administrator()
        try:
            self._cobranza_provider().register_webhook(self._cobranza_webhook_url())
        except ProviderError as error:
            code = reasons.of_failure(error.failure)
            detail = error.failure.detail or error.failure.code
            raise UserError(reasons.sentence(self.env, code, detail=detail)) from error
        return {
            "type": "ir.actions.client",
            "tag": "display_notification",
            "params": {
                "type": "success",
                "message": self.env._("The gateway sends its events here from now on."),
            },
        }
