import { MessageNotificationPopover } from "@mail/core/common/message_notification_popover";
import { useService } from "@web/core/utils/hooks";
import { patch } from "@web/core/utils/patch";

patch(MessageNotificationPopover.prototype, {
    setup() {
        super.setup();
        this.orm = useService("orm");
        this.action = useService("action");
    },
    /** Send again or settle what failed; the server asks the same rules as ever. */
    async onClickCobranza(notification, method) {
        const action = await this.orm.call("cobranza.message", method, [
            [notification.cobranza_message_id],
        ]);
        this.props.close?.();
        if (action) {
            await this.action.doAction(action);
        }
    },
    openCobranzaMessage(notification) {
        this.props.close?.();
        this.action.doAction({
            type: "ir.actions.act_window",
            res_model: "cobranza.message",
            res_id: notification.cobranza_message_id,
            views: [[false, "form"]],
        });
    },
});
