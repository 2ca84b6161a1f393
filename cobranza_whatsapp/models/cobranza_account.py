import secrets

from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError

from ..core.providers import registry
from ..core.providers.transport import HttpClient
from ..core.types import Credentials
from . import check_reasons, odoo_senders, reasons
from .channels import CHANNELS

PROVIDERS = [
    ("whatsapp_cloud", "WhatsApp Cloud API (Meta)"),
    ("whatsapp_gateway", "WhatsApp gateway (360dialog)"),
    ("twilio", "Twilio"),
    ("http_sms", "SMS gateway"),
    ("odoo_email", "E-mail of Odoo"),
    ("odoo_sms", "SMS of Odoo"),
    ("demo", "Demonstration (sends nothing)"),
]
SECRET_FIELDS = ("api_token", "signing_secret")
# A run claims for 45 seconds and must end within 60 (design, decision 13).
TIMEOUT_SECONDS = 12
MASK = "••••••••"


class CobranzaAccount(models.Model):
    """Credentials and limits of one sender at one provider."""

    _name = "cobranza.account"
    _inherit = ["mail.thread", "mail.activity.mixin"]
    _description = "Messaging Account"
    _order = "sequence, id"

    name = fields.Char(required=True)
    sequence = fields.Integer(default=10)
    active = fields.Boolean(default=True)
    company_id = fields.Many2one(
        "res.company", help="Empty: shared by every company of this database."
    )
    provider = fields.Selection(PROVIDERS, required=True, default="whatsapp_cloud")
    channel = fields.Selection(CHANNELS, required=True, default="whatsapp")
    sender = fields.Char(
        help="Your number in international format, or the Messaging Service SID."
    )
    phone_number_uid = fields.Char(string="Phone Number ID")
    business_account_uid = fields.Char(string="WhatsApp Business Account ID")
    app_uid = fields.Char(string="App ID")
    account_uid = fields.Char(string="Account SID")
    api_version = fields.Char(default="v23.0")
    base_url = fields.Char(
        string="Address of the Provider",
        groups="base.group_system",
        help="Empty: the provider's own address. Set it for a gateway.",
    )
    public_url = fields.Char(
        string="Public Address",
        help="The https address under which this Odoo is reached from the internet. "
        "Links in messages and webhooks use it.",
    )
    messages_per_second = fields.Float(
        default=80,
        help="The limit that the provider grants the number; 0: no limit of ours.",
    )
    recipients_per_day = fields.Integer(
        string="Customers per Day",
        help="How many different customers WhatsApp allows in 24 hours: 250 for a new "
        "number, then 2,000, 10,000, 100,000. The largest debts go first, the rest "
        "the next day. 0: no limit.",
    )
    hold_since = fields.Datetime(readonly=True, copy=False)
    probe_at = fields.Datetime(
        readonly=True, copy=False, help="When the account is tested by itself again."
    )
    probes = fields.Integer(readonly=True, copy=False)

    api_token = fields.Char(groups="base.group_system", copy=False)
    signing_secret = fields.Char(groups="base.group_system", copy=False)
    api_token_input = fields.Char(
        string="Access Token",
        compute="_compute_secret_inputs",
        inverse="_inverse_secret_inputs",
        groups="base.group_system",
    )
    signing_secret_input = fields.Char(
        string="App Secret",
        compute="_compute_secret_inputs",
        inverse="_inverse_secret_inputs",
        groups="base.group_system",
    )
    verify_token = fields.Char(
        groups="base.group_system",
        copy=False,
        default=lambda self: self._default_token(),
    )
    webhook_token = fields.Char(
        groups="base.group_system",
        copy=False,
        default=lambda self: self._default_token(),
    )
    webhook_url = fields.Char(
        compute="_compute_webhook_url", groups="base.group_system"
    )

    hold_code = fields.Char(string="On Hold", readonly=True, copy=False)
    hold_detail = fields.Char(readonly=True, copy=False)
    hold_sentence = fields.Char(
        string="Reason of the Hold", compute="_compute_hold_sentence"
    )
    # The database that the account was set up in; in a copy it must be confirmed.
    database_uuid = fields.Char(
        readonly=True,
        copy=False,
        default=lambda self: self._cobranza_database_uuid(),
    )
    check_result = fields.Text(readonly=True, copy=False)

    _webhook_token_unique = models.UniqueIndex(
        "(webhook_token)", "Two accounts cannot share a webhook address."
    )

    @api.model
    def _default_token(self):
        return secrets.token_urlsafe(24)

    @api.depends("api_token", "signing_secret")
    def _compute_secret_inputs(self):
        for account in self:
            account.api_token_input = MASK if account.api_token else False
            account.signing_secret_input = MASK if account.signing_secret else False

    def _inverse_secret_inputs(self):
        """Store a newly typed secret; the mask means "keep what there is"."""
        for account in self:
            for name in SECRET_FIELDS:
                typed = account[f"{name}_input"]
                if typed != MASK:
                    account[name] = (typed or "").strip() or False

    @api.depends("webhook_token", "public_url")
    def _compute_webhook_url(self):
        for account in self:
            account.webhook_url = account._cobranza_webhook_url()

    @api.depends("hold_code", "hold_detail")
    @api.depends_context("lang")
    def _compute_hold_sentence(self):
        for account in self:
            code = account._cobranza_problem()
            account.hold_sentence = code and reasons.sentence(
                self.env, code, detail=account.hold_detail or ""
            )

    @api.constrains("public_url", "base_url")
    def _check_urls(self):
        for account in self.sudo():
            for url in (account.public_url, account.base_url):
                local = (url or "").startswith(("http://127.0.0.1", "http://localhost"))
                if url and not local and not url.startswith("https://"):
                    raise ValidationError(
                        self.env._("The address must begin with https://.")
                    )

    @api.constrains("provider", "channel")
    def _check_channel(self):
        for account in self:
            if account.channel not in account._cobranza_channels():
                raise ValidationError(
                    self.env._(
                        "%(provider)s cannot send this channel. Choose another one.",
                        provider=dict(PROVIDERS)[account.provider],
                    )
                )

    def _cobranza_documents(self):
        """Return how a PDF travels: media, link or none."""
        self.ensure_one()
        return odoo_senders.provider_class(self.provider).documents

    def _cobranza_channels(self):
        """Return the channels of the chosen provider."""
        self.ensure_one()
        provider = odoo_senders.provider_class(self.provider)
        return provider.channels if provider else ()

    # --- use --------------------------------------------------------------------------

    @api.model
    def _cobranza_database_uuid(self):
        # sudo: system parameters are readable by administrators only.
        return self.env["ir.config_parameter"].sudo().get_param("database.uuid")

    @api.model
    def _cobranza_is_neutralized(self):
        # sudo: system parameters are readable by administrators only.
        return bool(
            self.env["ir.config_parameter"].sudo().get_param("database.is_neutralized")
        )

    def _cobranza_problem(self):
        """Return the reason code why the account may not send now, "" if it may."""
        self.ensure_one()
        if self._cobranza_is_copied():
            return "account_copied_database"
        if not self.hold_code:
            return ""
        known = self.hold_code in reasons.SENTENCES
        return self.hold_code if known else "account_on_hold"

    @api.model
    def _cobranza_by_channel(self, company):
        """Return {channel: (account, problem code)} that a company sends with."""
        accounts = self.search(
            [("company_id", "in", (False, company.id, company._cobranza_root().id))]
        )
        result = {}
        for channel, _label in CHANNELS:
            own_first = accounts.filtered(lambda a, c=channel: a.channel == c).sorted(
                lambda account: (not account.company_id, account.sequence, account.id)
            )
            account = own_first[:1]
            problem = account._cobranza_problem() if account else "account_missing"
            result[channel] = (account, problem)
        return result

    def _cobranza_provider(self, connections=4):
        """Return the core provider of this account, ready to send.

        ``connections`` is how many calls at once keep their connection open.

        The only place that reads the credentials.
        """
        # sudo: senders and webhooks run for users who may not see the secrets.
        account = self.sudo()
        account.ensure_one()
        if account.provider in odoo_senders.SENDERS:
            return odoo_senders.SENDERS[account.provider](account)
        return registry.build(
            account.provider,
            Credentials(
                base_url=account.base_url or "",
                api_version=account.api_version or "",
                phone_number_uid=account.phone_number_uid or "",
                business_account_uid=account.business_account_uid or "",
                app_uid=account.app_uid or "",
                account_uid=account.account_uid or "",
                sender=account.sender or "",
                api_token=account.api_token or "",
                signing_secret=account.signing_secret or "",
                verify_token=account.verify_token or "",
                options=account._cobranza_options(),
                timeout_seconds=float(
                    self.env["ir.config_parameter"]
                    .sudo()
                    .get_param("cobranza_whatsapp.timeout_seconds", TIMEOUT_SECONDS)
                ),
            ),
            HttpClient(pool_maxsize=connections),
        )

    def _cobranza_public_url(self):
        self.ensure_one()
        return (self.public_url or self.get_base_url()).rstrip("/")

    def _cobranza_pdf_url(self):
        """Return the fixed beginning of the addresses of PDFs."""
        return f"{self._cobranza_public_url()}/cobranza/pdf/"

    def _cobranza_webhook_url(self, uuid=""):
        """Return where the provider reports to; ``uuid`` names one message."""
        token = self.sudo().webhook_token  # sudo: part of every request we send
        url = f"{self._cobranza_public_url()}/cobranza/webhook/{token}"
        return f"{url}?uuid={uuid}" if uuid else url

    # --- buttons ----------------------------------------------------------------------

    def action_test_connection(self):
        """Ask the provider whether everything is in place; show what is not."""
        self.ensure_one()
        self._cobranza_demand_administrator()
        items = self._cobranza_provider().test_connection()
        items += self._cobranza_own_checks()
        lines = {item: check_reasons.check_sentence(self.env, item) for item in items}
        self.check_result = "\n".join(lines.values())
        wrong = [line for item, line in lines.items() if not item.passed]
        return {
            "type": "ir.actions.client",
            "tag": "display_notification",
            "params": {
                "type": "danger" if wrong else "success",
                "sticky": bool(wrong),
                "title": self.env._("Connection does not work yet")
                if wrong
                else self.env._("Connection works"),
                "message": "\n".join(wrong)
                or self.env._("Everything is in place; the list is on the form."),
                "next": {"type": "ir.actions.client", "tag": "soft_reload"},
            },
        }

    def _cobranza_demand_administrator(self):
        if not self.env.user.has_group("base.group_system"):
            raise UserError(
                self.env._("Ask an administrator: only they can manage accounts.")
            )
