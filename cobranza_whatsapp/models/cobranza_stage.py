from odoo import api, fields, models
from odoo.exceptions import ValidationError

from ..core.types import Stage
from .channels import CHANNELS


class CobranzaStage(models.Model):
    """A half-open range of days from the due date, with what is done in it."""

    _name = "cobranza.stage"
    _description = "Collection Stage"
    _order = "policy_id, day_from"

    name = fields.Char(required=True, translate=True)
    policy_id = fields.Many2one("cobranza.policy", required=True, ondelete="cascade")
    active = fields.Boolean(related="policy_id.active", store=True)
    day_from = fields.Integer(
        string="From Day",
        required=True,
        help="Days after the due date on which the stage begins; negative before it.",
    )
    day_to = fields.Integer(
        string="Until Day",
        compute="_compute_day_to",
        store=True,
        help="First day of the next stage.",
    )
    is_last = fields.Boolean(compute="_compute_day_to", store=True)
    kind = fields.Selection(
        [
            ("preventive", "Preventive"),
            ("due", "Due"),
            ("early", "Early arrears"),
            ("late", "Late arrears"),
            ("escalation", "Escalation"),
        ],
        required=True,
        default="early",
    )
    action = fields.Selection(
        [("message", "Send a reminder"), ("activity", "Activity for a person")],
        required=True,
        default="message",
    )
    first_channel = fields.Selection(
        CHANNELS,
        required=True,
        default="whatsapp",
        help="How the reminder of this stage is sent.",
    )
    second_channel = fields.Selection(
        CHANNELS,
        string="Else",
        default="sms",
        help="Used when the first channel is not possible or not delivered.",
    )
    third_channel = fields.Selection(
        CHANNELS,
        string="Or Else",
        default="email",
        help="Used when neither of the other two is possible or delivered.",
    )
    template_ids = fields.One2many("cobranza.template", "stage_id")

    _unique_day = models.Constraint(
        "UNIQUE(policy_id, day_from)",
        "Two stages of a policy cannot begin on the same day. Choose another day.",
    )

    @api.depends("day_from", "policy_id.stage_ids.day_from")
    def _compute_day_to(self):
        for policy in self.policy_id:
            stages = policy.stage_ids.sorted("day_from")
            for stage, following in zip(stages, [*stages[1:], None], strict=True):
                stage.is_last = following is None
                stage.day_to = following.day_from if following else 0
        for stage in self - self.policy_id.stage_ids:
            stage.is_last = True
            stage.day_to = 0

    @api.constrains("first_channel", "second_channel", "third_channel")
    def _check_channels(self):
        for stage in self:
            channels = stage._cobranza_channels()
            if len(set(channels)) < len(channels):
                raise ValidationError(
                    self.env._(
                        "%(stage)s names a channel twice. Choose another channel or "
                        "leave the field empty.",
                        stage=stage.name,
                    )
                )

    def _cobranza_channels(self):
        """Return the channels of the stage in the order in which they are tried."""
        self.ensure_one()
        channels = (self.first_channel, self.second_channel, self.third_channel)
        return [channel for channel in channels if channel]

    def _cobranza_stages(self):
        """Return the records as core Stages, by day."""
        return [
            Stage(
                id=stage.id,
                day_from=stage.day_from,
                day_to=None if stage.is_last else stage.day_to,
                action=stage.action,
            )
            for stage in self.sorted("day_from")
        ]
