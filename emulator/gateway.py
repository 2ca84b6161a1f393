"""SMS gateways: a generic one and those of our presets, on one state."""

import hmac

from . import gateway_dialects as dialects
from .calls import Answer, Call
from .gateway_dialects import Dialect, GatewayError, Wanted
from .lifecycle import Lifecycle
from .models import GatewayAccount, Message
from .sms_parts import sms_parts
from .store import Store, new_id

BODY_LIMIT = 1600


class GatewayApi:
    """Answers calls under ``/sms-gateway/<dialect>``."""

    provider = "gateway"

    def __init__(self, store: Store, lifecycle: Lifecycle) -> None:
        self.store = store
        self.lifecycle = lifecycle

    def recognise(self, call: Call) -> None:
        """Set the call's operation and dialect."""
        name, _, rest = call.path.strip("/").partition("/")
        dialect = dialects.DIALECTS.get(name)
        call.ids = [name, rest]
        if dialect:
            call.operation = dialect.operations.get(rest, "unknown")
        if call.operation == "messages" and dialect:
            call.number_in = lambda one: dialect.read(one).number

    def is_unchecked(self, call: Call) -> bool:
        """Tell if no description knows this path."""
        return False

    async def handle(self, call: Call, errors: list[str]) -> Answer:
        """Answer a call; ``errors`` is what its check found."""
        dialect = dialects.DIALECTS.get(call.ids[0])
        if dialect is None or call.operation == "unknown":
            return Answer(404, {"error": "unknown path"})
        try:
            account = self._authorise(call, dialect)
            if errors:
                raise GatewayError("malformed", "; ".join(errors)[:500])
            if call.operation == "balance":
                return dialect.balance()
            if call.operation == "status":
                return self._status(call)
            message = self._accept(account, dialect.read(call))
        except GatewayError as err:
            return dialect.refused(err, call)
        call.message_id = message.id
        if account.options.before_response:
            await self.lifecycle.start_before_response(message)
        else:
            self.lifecycle.start(message)
        return dialect.accepted(message, call)

    def _authorise(self, call: Call, dialect: Dialect) -> GatewayAccount:
        for account in self.store.gateway.values():
            if account.dialect != dialect.name:
                continue
            known = {account.token, f"{account.user}:{account.token}"}
            if any(hmac.compare_digest(one, dialect.key(call)) for one in known):
                return account
        raise GatewayError("key", "the key is not known")

    def _accept(self, account: GatewayAccount, wanted: Wanted) -> Message:
        if not wanted.text:
            raise GatewayError("no_text", "the text is missing")
        if len(wanted.text) > BODY_LIMIT:
            raise GatewayError("malformed", f"{len(wanted.text)} characters")
        if not wanted.number.isdigit() or not 8 <= len(wanted.number) <= 15:
            raise GatewayError("number", "the number is not valid")
        if account.credit <= 0:
            raise GatewayError("credit", "no credit")
        phone = self.store.phone(wanted.number)
        if phone.sms_error:
            raise GatewayError(str(phone.sms_error), "refused for this phone")
        account.credit -= 1
        self.store.save(account)
        message = Message(
            id=wanted.uid or new_id("G"),
            seq=self.store.next_number(),
            provider="gateway",
            channel="sms",
            direction="out",
            account=account.id,
            sender=account.number,
            to=f"+{wanted.number}",
            phone=phone.key,
            kind="text",
            accepted_at=self.store.now(),
            text=wanted.text,
            uuid=wanted.uuid,
            status="accepted",
            status_callback=wanted.callback,
            payload=wanted.payload,
        )
        message.statuses.append(["accepted", message.accepted_at])
        message.extra["segments"] = sms_parts(message.text)[2]
        self.store.add_message(message)
        return message

    def _status(self, call: Call) -> Answer:
        wanted = call.parameters.get("id", "")
        found = [m for m in self.store.messages.values() if wanted in (m.id, m.uuid)]
        if not wanted or not found:
            return Answer(404, {"code": "40", "message": "no such message"})
        return Answer(200, dialects.report(found[-1]))
