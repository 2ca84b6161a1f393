from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError
from odoo.tools import format_date


class CobranzaVeto(models.TransientModel):
    """Take customers out of the run of a date, with a reason: it becomes a hold."""

    _name = "cobranza.veto"
    _description = "Take Customers Out of a Run"

    line_ids = fields.Many2many("cobranza.preview.line", readonly=True)
    customer_count = fields.Integer(
        string="Customers", compute="_compute_customer_count"
    )
    date_from = fields.Date(string="From", readonly=True)
    date_to = fields.Date(
        string="Until",
        required=True,
        help="Last day without reminders. After it they go on, at the stage that the "
        "debt is in then.",
    )
    note = fields.Char(string="Reason", required=True)

    @api.depends("line_ids")
    def _compute_customer_count(self):
        for veto in self:
            veto.customer_count = len(veto.line_ids.partner_id)

    @api.constrains("date_from", "date_to")
    def _check_dates(self):
        for veto in self:
            if veto.date_to < veto.date_from:
                raise UserError(
                    self.env._(
                        "The veto cannot end before the run: choose a later day."
                    )
                )

    def action_confirm(self):
        """Hold these customers from the run's date on; nothing else is changed."""
        self.ensure_one()
        preview = self.line_ids.preview_id
        self._cobranza_demand(preview)
        company = preview.company_id
        self.env["cobranza.hold"].create(
            [
                {
                    "company_id": company.id,
                    "partner_id": customer.id,
                    "reason": "veto",
                    "note": self.note,
                    "date_from": self.date_from,
                    "date_to": self.date_to,
                }
                for customer in self.line_ids.partner_id
            ]
        )
        lines = preview.line_ids.filtered(
            lambda line: (
                line.outcome != "refused"
                and line.partner_id in self.line_ids.partner_id
            )
        )
        lines.write(
            {
                "outcome": "refused",
                "vetoed": True,
                "code": "hold",
                "sentence": self.env._(
                    "Taken out by %(user)s until %(date)s: %(reason)s",
                    user=self.env.user.name,
                    date=format_date(self.env, self.date_to),
                    reason=self.note,
                ),
            }
        )
        preview._cobranza_count_totals()
        return {"type": "ir.actions.act_window_close"}

    def _cobranza_demand(self, preview):
        """Raise what stands in the way; who stops a whole run must be a manager."""
        preview._cobranza_demand_sender()
        if len(preview) != 1 or preview.kind != "run" or not self.line_ids:
            raise UserError(self.env._("Tick customers of one dry run."))
        going = preview.line_ids.filtered(lambda line: line.outcome != "refused")
        everybody = not going.partner_id - self.line_ids.partner_id
        manager = self.env.user.has_group("cobranza_whatsapp.group_manager")
        # A clerk may hold any single customer anyway.
        if everybody and len(going.partner_id) > 1 and not manager:
            raise AccessError(
                self.env._(
                    "Only a collections manager can take everybody out of a run."
                )
            )


class CobranzaPreviewLine(models.TransientModel):
    """Veto customers of a dry run, and take the veto back."""

    _inherit = "cobranza.preview.line"

    def action_veto(self):
        """Ask for the reason and the last day of a veto of the ticked customers."""
        going = self.filtered(lambda line: line.outcome != "refused")
        if not going:
            raise UserError(self.env._("Tick customers who would get a reminder."))
        date = going.preview_id[:1].date
        veto = self.env["cobranza.veto"].create(
            {
                "line_ids": [(6, 0, going.ids)],
                "date_from": date,
                "date_to": date,
                "note": self.env._("Taken out of the run"),
            }
        )
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Take Out of the Run"),
            "res_model": "cobranza.veto",
            "res_id": veto.id,
            "view_mode": "form",
            "target": "new",
        }

    def action_take_back(self):
        """End the vetoes of the ticked customers and ask the run about them again."""
        vetoed = self.filtered("vetoed")
        preview = vetoed.preview_id
        if len(preview) != 1:
            raise UserError(self.env._("Tick customers who were taken out."))
        preview._cobranza_demand_sender()
        self.env["cobranza.hold"].search(
            [
                ("company_id", "=", preview.company_id.id),
                ("partner_id", "in", vetoed.partner_id.ids),
                ("reason", "=", "veto"),
                ("date_from", "=", preview.date),
            ]
        ).action_release()
        partner_ids = vetoed.partner_id.ids
        preview.line_ids.filtered(
            lambda line: line.partner_id.id in partner_ids
        ).unlink()
        preview._cobranza_add(
            preview.company_id, partner_ids, preview._cobranza_simulation()
        )
        preview._cobranza_count_totals()
        return preview.action_open_all()
