import { Failure } from "@mail/core/common/failure_model";
import { MessagingMenu } from "@mail/core/public_web/messaging_menu";
import { Component, onWillStart, useState } from "@odoo/owl";
import { _t } from "@web/core/l10n/translation";
import { registry } from "@web/core/registry";
import { useBus, useService } from "@web/core/utils/hooks";
import { patch } from "@web/core/utils/patch";

const FAILURES_ACTION = "cobranza_whatsapp.cobranza_message_failure_action";

patch(Failure.prototype, {
    get body() {
        if (this.type !== "cobranza") {
            return super.body;
        }
        return _t("A payment reminder did not reach its customer");
    },
});

patch(MessagingMenu.prototype, {
    openFailureView(failure) {
        if (failure.type !== "cobranza") {
            return super.openFailureView(failure);
        }
        this.env.services.action.doAction(FAILURES_ACTION);
    },
    getFailureNotificationName(failure) {
        if (failure.type === "cobranza") {
            return _t("Reminder Failure: %(modelName)s", { modelName: failure.modelName });
        }
        return super.getFailureNotificationName(...arguments);
    },
});

/** How many messages wait for a person, beside the messaging menu. */
export class FailureMenu extends Component {
    static template = "cobranza_whatsapp.FailureMenu";
    static props = {};

    setup() {
        this.orm = useService("orm");
        this.action = useService("action");
        this.state = useState({ count: 0 });
        onWillStart(() => {
            // Not awaited: the bar does not wait for a number.
            this.load();
        });
        useBus(this.env.bus, "ACTION_MANAGER:UI-UPDATED", () => this.load());
    }
    async load() {
        this.state.count = await this.orm.silent.call(
            "cobranza.message",
            "cobranza_failure_count",
            []
        );
    }
    open() {
        this.action.doAction(FAILURES_ACTION, { clearBreadcrumbs: true });
    }
}

registry
    .category("systray")
    .add("cobranza_whatsapp.FailureMenu", { Component: FailureMenu }, { sequence: 26 });
