import { Notification } from "@mail/core/common/notification_model";
import { _t } from "@web/core/l10n/translation";
import { patch } from "@web/core/utils/patch";

// Our states, not those of mail.notification, whose words mean other things.
const STATES = {
    sent: { icon: "fa fa-check text-muted", ticks: "✓ ", title: () => _t("Sent") },
    delivered: {
        icon: "o_cobranza_ticks text-muted",
        ticks: "✓✓ ",
        title: () => _t("Delivered"),
    },
    read: {
        icon: "o_cobranza_ticks text-primary",
        ticks: "✓✓ ",
        title: () => _t("Read"),
    },
    failed: { icon: "fa fa-times text-danger", title: () => _t("Failed") },
    uncertain: { icon: "fa fa-question text-warning", title: () => _t("Uncertain") },
    cancelled: { icon: "fa fa-trash-o", title: () => _t("Cancelled") },
};

const CHANNEL_ICONS = {
    whatsapp: "fa fa-whatsapp",
    sms: "fa fa-mobile",
    email: "fa fa-envelope-o",
};

/** @type {import("models").Notification} */
const notificationPatch = {
    get isCobranza() {
        return this.notification_type === "cobranza";
    },
    get icon() {
        if (this.isCobranza) {
            return CHANNEL_ICONS[this.cobranza_channel] || "fa fa-comment-o";
        }
        return super.icon;
    },
    get label() {
        if (this.isCobranza) {
            const state = STATES[this.cobranza_state];
            return state ? `${state.ticks || ""}${state.title()}` : "";
        }
        return super.label;
    },
    get statusIcon() {
        const state = this.isCobranza && STATES[this.cobranza_state];
        return state ? state.icon : super.statusIcon;
    },
    get statusTitle() {
        const state = this.isCobranza && STATES[this.cobranza_state];
        return state ? state.title() : super.statusTitle;
    },
    /**
     * Send again or settle what failed; the server asks the same rules as ever. Here and
     * not in the popover, because other addons put one of their own in its place.
     */
    async settleCobranza(method, close) {
        const { orm, action } = this.store.env.services;
        const next = await orm.call("cobranza.message", method, [
            [this.cobranza_message_id],
        ]);
        close?.();
        if (next) {
            await action.doAction(next);
        }
    },
    openCobranza(close) {
        close?.();
        return this.store.env.services.action.doAction({
            type: "ir.actions.act_window",
            res_model: "cobranza.message",
            res_id: this.cobranza_message_id,
            views: [[false, "form"]],
        });
    },
    get failureMessage() {
        return this.isCobranza ? this.cobranza_reason || "" : super.failureMessage;
    },
};
patch(Notification.prototype, notificationPatch);
