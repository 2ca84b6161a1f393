"""Odoo's own SMS service (IAP): JSON-RPC under ``/iap``.

What Odoo 19 asks (sms/tools/sms_api.py) and how it reads the answer
(sms/models/sms_sms.py): a list of {uuid, state, credit}, one for each number. Reports
go to the address that the request names. The account is a gateway's, of dialect iap.
"""

from . import phone_numbers
from .calls import Answer, Call
from .lifecycle import Lifecycle
from .models import GatewayAccount, Json, Message
from .sms_parts import sms_parts
from .store import Store

DIALECT = "iap"
CREDIT_PER_SMS = 1


class IapApi:
    """Answers calls under ``/iap``."""

    provider = "iap"

    def __init__(self, store: Store, lifecycle: Lifecycle) -> None:
        self.store = store
        self.lifecycle = lifecycle

    def recognise(self, call: Call) -> None:
        """Set the call's operation."""
        if call.path == "/api/sms/3/send":
            call.operation = "messages"
            call.number_in = _first_number

    def is_unchecked(self, call: Call) -> bool:
        """Tell if no description knows this path."""
        return False

    async def handle(self, call: Call, errors: list[str]) -> Answer:
        """Answer a call; ``errors`` is what its check found."""
        if call.operation == "unknown":
            return Answer(404, {"error": "unknown path"})
        if errors:
            return _error(call, "; ".join(errors)[:500])
        params = call.json["params"]
        account = self._account(params["account_token"])
        results = []
        for message in params["messages"]:
            for number in message["numbers"]:
                state = self._refusal(account, number["number"])
                if account and not state:
                    state = "success"
                    self._accept(account, number, message["content"], params)
                    call.message_id = number["uuid"]
                results.append(
                    {"uuid": number["uuid"], "state": state, "credit": CREDIT_PER_SMS}
                )
        return Answer(200, {"jsonrpc": "2.0", "id": call.json["id"], "result": results})

    def _account(self, token: str) -> GatewayAccount | None:
        own = (one for one in self.store.gateway.values() if one.dialect == DIALECT)
        return next((one for one in own if one.token == token), None)

    def _refusal(self, account: GatewayAccount | None, number: str) -> str:
        """Return the state of a refusal, "" if the SMS is taken."""
        if account is None:
            return "unregistered"
        if account.credit < CREDIT_PER_SMS:
            return "insufficient_credit"
        digits = number.removeprefix("+")
        if not digits.isdigit() or not 8 <= len(digits) <= 15:
            return "wrong_number_format"
        error = self.store.phone(number).sms_error
        return str(error) if error else ""

    def _accept(
        self, account: GatewayAccount, number: Json, text: str, params: Json
    ) -> None:
        account.credit -= CREDIT_PER_SMS
        self.store.save(account)
        message = Message(
            id=number["uuid"],
            seq=self.store.next_number(),
            provider="iap",
            channel="sms",
            direction="out",
            account=account.id,
            sender=account.number,
            to=number["number"],
            phone=self.store.phone(number["number"]).key,
            kind="text",
            accepted_at=self.store.now(),
            text=text,
            uuid=number["uuid"],
            status="accepted",
            status_callback=params.get("webhook_url") or "",
            payload=number,
        )
        message.statuses.append(["accepted", message.accepted_at])
        message.extra["segments"] = sms_parts(text)[2]
        self.store.add_message(message)
        self.lifecycle.start(message)


def _first_number(call: Call) -> str:
    return phone_numbers.digits(
        call.json["params"]["messages"][0]["numbers"][0]["number"]
    )


def _error(call: Call, words: str) -> Answer:
    """Answer as JSON-RPC does; Odoo turns it into an error of the server."""
    data = {"name": "odoo.exceptions.ValidationError", "message": words}
    error = {"code": 200, "message": "Odoo Server Error", "data": data}
    return Answer(200, {"jsonrpc": "2.0", "id": None, "error": error})
