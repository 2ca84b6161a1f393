from ..core.types import CheckItem, Failure, SendResult
from .odoo_sender import OdooSender

# What Odoo's service (IAP) and sms_twilio answer at once. Both hide timeouts behind
# "server_error" and several answers behind "unknown": the SMS may have left.
ACCEPTED = ("processing", "success", "sent", "delivered")
# What Odoo raises while it reads an answer of another shape than it knows.
UNREADABLE = (AttributeError, KeyError, TypeError, ValueError)


class OdooSms(OdooSender):
    """SMS through Odoo's own service, or whatever the company has set in its place.

    The sms.sms is made, sent and kept or not in one transaction, and marked for
    deletion at once: Odoo never finds a row of ours to send again. Delivery reports
    come by its tracker.
    """

    code = "odoo_sms"
    channels = ("sms",)
    # The words of mail.notification, which the tracker uses.
    STATUSES = {
        "pending": "sent",
        "sent": "delivered",
        "bounce": "failed",
        "exception": "failed",
    }
    ERROR_CODES = {
        "server_error": "uncertain",
        "unknown": "uncertain",
        "insufficient_credit": "hold",
        "unregistered": "hold",
        "twilio_acc_unverified": "hold",
        "twilio_authentication": "hold",
        "twilio_callback": "hold",
        "twilio_from_missing": "hold",
        "incompatible_content": "template",
        "wrong_number_format": "dead",
        "sms_number_missing": "dead",
        "country_not_supported": "dead",
        "registration_needed": "dead",
        "twilio_from_to": "dead",
        # Delivery reports
        "sms_invalid_destination": "dead",
        "sms_not_allowed": "dead",
        "sms_rejected": "dead",
    }

    def send_record(self, message, outgoing, before_writing):
        """Extend OdooSender: one sms.sms with its tracker, one request."""
        results = []
        # sudo: SMS are the system's. The context hands over what the service answered.
        env = self._env["sms.sms"].sudo().with_company(message.company_id).env
        sms = env["sms.sms"].create(
            {
                "number": outgoing.recipient,
                "body": outgoing.body,
                "partner_id": message.recipient_partner_id.id,
            }
        )
        env["sms.tracker"].create(
            {"sms_uuid": sms.uuid, "cobranza_message_id": message.id}
        )
        before_writing()
        try:
            with env.cr.savepoint():
                sms.with_context(cobranza_results=results).send(
                    unlink_failed=True, unlink_sent=True
                )
        except UNREADABLE as error:
            # Odoo's own queue must not find the row; its tracker waits for a report.
            sms.to_delete = True
            failure = Failure(
                "uncertain", code="unexpected_answer", detail=type(error).__name__
            )
            return self._result(failure)
        answer = next((r for r in results if r.get("uuid") == sms.uuid), {})
        return self._read(sms.uuid, answer)

    def _read(self, uid, answer):
        state = answer.get("state") or "server_error"
        if state in ACCEPTED:
            return SendResult("accepted", provider_message_uid=uid)
        failure = Failure(
            self.ERROR_CODES.get(state, "uncertain"),
            code=state,
            detail=str(answer.get("failure_reason") or "")[:200],
        )
        return self._result(failure)

    def test_connection(self):
        """Say whether the company's SMS service has an account; sends nothing."""
        company = self._account.company_id or self._env.company
        api = company._get_sms_api_class()(self._env(su=True))
        account = getattr(api, "account", None)
        if account is None:  # another service than Odoo's: its own settings tell
            return [CheckItem("sms_service", True, type(api).__name__)]
        return [CheckItem("sms_service", bool(account.sudo().account_token))]
