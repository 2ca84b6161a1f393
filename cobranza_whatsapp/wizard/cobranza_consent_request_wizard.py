from datetime import timedelta

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import format_date

from ..core.types import CHANNELS
from ..models import channels, consent_reasons

LABELS = dict(channels.CHANNELS)
LINES_SHOWN = 200
# Nobody is asked again while he may still answer, or so soon after.
ASK_AGAIN_DAYS = 14


class CobranzaConsentRequestWizard(models.TransientModel):
    """Ask customers by e-mail for their consent, each with a link of his own."""

    _name = "cobranza.consent.request.wizard"
    _inherit = "cobranza.consent.dialog"
    _description = "Ask for Consent by E-mail"

    company_id = fields.Many2one(
        "res.company", required=True, default=lambda self: self.env.company
    )
    partner_ids = fields.Many2many(
        "res.partner", "cobranza_consent_request_partner_rel", string="Customers"
    )
    use_whatsapp = fields.Boolean(LABELS["whatsapp"], default=True)
    use_sms = fields.Boolean(LABELS["sms"], default=True)
    use_email = fields.Boolean(LABELS["email"])
    purpose = fields.Selection(
        [("collection", "Payment reminders"), ("marketing", "Promotions")],
        required=True,
        default="collection",
    )
    days = fields.Integer(string="Link Valid For (Days)", default=30, required=True)
    line_ids = fields.One2many(
        "cobranza.consent.wizard.line", compute="_compute_lines", string="Preview"
    )
    good_count = fields.Integer(compute="_compute_lines")
    bad_count = fields.Integer(compute="_compute_lines")

    @api.depends(
        "partner_ids", "company_id", "purpose", *(f"use_{name}" for name in CHANNELS)
    )
    def _compute_lines(self):
        for wizard in self:
            asked = wizard._asked()
            bad = [one for one in asked if one[3]]
            wizard.good_count = len(asked) - len(bad)
            wizard.bad_count = len(bad)
            wizard.line_ids = [
                fields.Command.create(
                    {
                        "customer": customer.display_name,
                        "number": email,
                        "is_good": not code,
                        "sentence": consent_reasons.consent_sentence(self.env, code)
                        if code
                        else self.env._("Will be asked."),
                    }
                )
                for customer, email, _offered, code in sorted(
                    asked, key=lambda one: not one[3]
                )[:LINES_SHOWN]
            ]

    def _asked(self):
        """Return [(customer, e-mail, {channel: number}, problem code)]."""
        customers = self.partner_ids._origin.commercial_partner_id
        Consent = self.env["cobranza.consent"]
        recipients = customers._cobranza_all_recipients()
        current = Consent._cobranza_current_of(
            self.company_id._cobranza_root(), recipients, self.purpose
        )
        wanted = [name for name in CHANNELS if self[f"use_{name}"]]
        waiting = self._waiting(customers)
        asked = []
        for customer in customers:
            email = recipients["email"][customer.id]["number"]
            offered = {
                name: number
                for name, number in Consent._cobranza_offered(
                    customer, recipients
                ).items()
                if name in wanted
            }
            states = {
                current[customer.id, name].state
                for name in offered
                if (customer.id, name) in current
            }
            code = ""
            if not email:
                code = recipients["email"][customer.id]["problem"] or "email_missing"
            elif not offered:
                code = recipients["number"][customer.id]["problem"] or "ask_no_channel"
            elif "withdrawn" in states:
                code = "opted_out"
            elif customer in waiting:
                code = "ask_waiting"
            asked.append((customer, email, offered, code))
        return asked

    def _waiting(self, customers):
        """Return who was asked lately and has not answered."""
        since = fields.Datetime.now() - timedelta(days=ASK_AGAIN_DAYS)
        # sudo: requests are the system's, and the question is only whether.
        return (
            self.env["cobranza.consent.request"]
            .sudo()
            .search(
                [
                    ("partner_id", "in", customers.ids),
                    ("company_id", "=", self.company_id.id),
                    ("purpose", "=", self.purpose),
                    ("create_date", ">", since),
                ]
            )
            .partner_id
        )

    def action_send(self):
        """Queue one e-mail for each customer who may be asked; Odoo sends them."""
        self._check_rights()
        if not 1 <= self.days <= 90:
            raise UserError(self.env._("A link is valid for 1 to 90 days."))
        asked = [one for one in self._asked() if not one[3]]
        if not asked:
            raise UserError(
                self.env._("Nobody can be asked: the list says why for each.")
            )
        self._ask(asked)
        return {
            "type": "ir.actions.client",
            "tag": "display_notification",
            "params": {
                "type": "success",
                "message": self.env._(
                    "%(count)s customers are asked.", count=len(asked)
                ),
                "next": {"type": "ir.actions.act_window_close"},
            },
        }

    def _ask(self, asked):
        """Create requests and e-mails, in two inserts; only the mail has the token."""
        # sudo: requests and outgoing mail are the system's.
        Request = self.env["cobranza.consent.request"].sudo()
        expires_at = fields.Datetime.now() + timedelta(days=self.days)
        requests, mails = [], []
        for customer, email, offered, _code in asked:
            token = Request._cobranza_token()
            requests.append(
                {
                    "partner_id": customer.id,
                    "company_id": self.company_id.id,
                    "purpose": self.purpose,
                    "email": email,
                    "token_digest": Request._cobranza_digest(token),
                    "expires_at": expires_at,
                    "offer_ids": [
                        (0, 0, {"channel": channel, "number": number})
                        for channel, number in offered.items()
                    ],
                }
            )
            mails.append(self._mail(customer, email, token, expires_at))
        Request.create(requests)
        self.env["mail.mail"].sudo().create(mails)
        self.env.ref("mail.ir_cron_mail_scheduler_action").sudo()._trigger()

    def _mail(self, customer, email, token, expires_at):
        lang = customer.lang or self.company_id.partner_id.lang
        env = self.with_context(lang=lang).env
        company = self.company_id.with_env(env)
        body = env["ir.qweb"]._render(
            "cobranza_whatsapp.consent_request_mail",
            {
                "partner": customer,
                "company": company,
                "purpose": self.purpose,
                "url": self.env["cobranza.consent.request"]._cobranza_url(
                    self.company_id, token
                ),
                "expires_on": format_date(env, expires_at.date(), lang_code=lang),
            },
        )
        return {
            "subject": env._("%(company)s: may we write to you?", company=company.name),
            "body_html": body,
            "email_to": email,
            "email_from": self.company_id.email_formatted
            or self.env.user.email_formatted,
            # The link is the customer's alone: nobody reads it afterwards.
            "auto_delete": True,
        }
