"""Meta's Graph API: which object a path names, who may use it, what it answers."""

import re

from .calls import Answer, Call
from .lifecycle import Lifecycle
from .links import LinkFetcher
from .meta_errors import MetaError, unknown_object
from .meta_info import phone_info, waba_info, waba_phone
from .meta_media import MetaMedia
from .meta_send import MetaSender
from .meta_templates import MetaTemplates, shown
from .models import Json, MetaAccount
from .store import Store
from .webhooks import WebhookSender

VERSION = re.compile(r"^/v\d+\.0/")
EDGES = {
    "messages": "messages",
    "media": "media",
    "message_templates": "templates",
    "phone_numbers": "phone_numbers",
    "subscribed_apps": "subscribed_apps",
    "uploads": "uploads",
    "unpause": "templates",
    "register": "phone",
    "deregister": "phone",
}
OPERATIONS = {
    "phone": "phone",
    "waba": "waba",
    "media": "media",
    "template": "templates",
    "upload": "uploads",
}


class MetaApi:
    """Answers calls under ``/graph``."""

    prefix = "/graph"
    provider = "meta"

    def __init__(
        self,
        store: Store,
        sender: WebhookSender,
        links: LinkFetcher,
        lifecycle: Lifecycle,
    ) -> None:
        self.store = store
        self.webhooks = sender
        self.lifecycle = lifecycle
        self.sender = MetaSender(store, links)
        self.media = MetaMedia(store)
        self.templates = MetaTemplates(store, sender)

    # What a call is about

    def recognise(self, call: Call) -> None:
        """Set the call's operation, ids and kind of object."""
        call.ids = VERSION.sub("", call.path).strip("/").split("/")
        if call.path.startswith("/lookaside/"):
            call.operation, call.ids = "media", call.ids[1:]
        elif len(call.ids) == 1:
            call.kind = self._kind(call.ids[0])
            call.operation = OPERATIONS.get(call.kind or "", "unknown")
        elif len(call.ids) == 2:
            call.operation = EDGES.get(call.ids[1], "unknown")

    def is_unchecked(self, call: Call) -> bool:
        """Tell if no API file describes this path (the CDN of the media)."""
        return call.path.startswith("/lookaside/")

    def _kind(self, identifier: str) -> str | None:
        if identifier.startswith("upload:"):
            return "upload"
        if identifier in self.store.meta:
            return "phone"
        if identifier in self.store.media:
            return "media"
        if identifier in self.store.templates:
            return "template"
        if self._of_waba(identifier):
            return "waba"
        return None

    def _of_waba(self, waba_id: str) -> list[MetaAccount]:
        return [one for one in self.store.meta.values() if one.waba_id == waba_id]

    def authorise(self, call: Call) -> list[MetaAccount]:
        """Return the accounts that the token may use; raise 104 or 190."""
        scheme, _, token = call.headers.get("authorization", "").partition(" ")
        if scheme not in {"Bearer", "OAuth"} or not token:
            raise MetaError(104)
        found = [
            one for one in self.store.meta.values() if one.access_token == token.strip()
        ]
        if not found:
            raise MetaError(
                190,
                message="Invalid OAuth access token - Cannot parse access token",
            )
        for account in found:
            if account.token_state == "expired":  # noqa: S105
                raise MetaError(
                    190,
                    message="Error validating access token: Session has expired",
                    subcode=463,
                )
            if account.token_state != "valid":  # noqa: S105
                raise MetaError(
                    190, message="The access token was revoked", subcode=467
                )
        return found

    def refuse(self, call: Call, errors: list[str]) -> Answer:
        """Answer a request that breaks the API's description."""
        if call.kind is None and len(call.ids) == 1:
            return self.error(unknown_object(call.ids[0], call.method))
        if any("unknown path" in error for error in errors):
            return self.error(MetaError(2500, errors[0]))
        return self.error(MetaError(100, "; ".join(errors)[:2000]))

    @staticmethod
    def error(err: MetaError) -> Answer:
        """Return the answer of a refusal."""
        return Answer(err.status, err.envelope())

    # Answers

    async def handle(self, call: Call, errors: list[str]) -> Answer:
        """Answer a call; ``errors`` is what its check against the file found."""
        try:
            accounts = self.authorise(call)
            if errors:
                return self.refuse(call, errors)
            return await self._dispatch(call, accounts)
        except MetaError as err:
            return self.error(err)

    async def _dispatch(self, call: Call, accounts: list[MetaAccount]) -> Answer:
        edge = call.ids[1] if len(call.ids) == 2 else ""
        if call.path.startswith("/lookaside/"):
            return self.media.download(self.media.find(call, accounts), call)
        if edge in {"messages", "media", "register", "deregister"}:
            return await self._on_phone(call, edge, accounts)
        if edge in {"message_templates", "phone_numbers", "subscribed_apps"}:
            return await self._on_waba(call, edge, accounts)
        if edge == "uploads":
            if call.ids[0] not in {account.app_id for account in accounts}:
                raise unknown_object(call.ids[0])
            return self.media.open_upload(call)
        if call.kind == "upload":
            return self.media.continue_upload(call)
        if call.kind == "phone" and call.method == "POST":
            return await self._configure_phone(call, accounts)
        return self._single(call, edge, accounts)

    async def _configure_phone(self, call: Call, accounts: list[MetaAccount]) -> Answer:
        """Take a webhook of this phone's own; other settings change nothing here."""
        account = self._own_phone(call, accounts)
        wanted = call.json.get("webhook_configuration")
        if wanted:
            await self._override(account, wanted)
            self.store.save(account)
        return Answer(200, {"success": True})

    def _own_phone(self, call: Call, accounts: list[MetaAccount]) -> MetaAccount:
        account = self.store.meta.get(call.ids[0])
        if account is None or account not in accounts:
            raise unknown_object(call.ids[0], call.method)
        return account

    async def _on_phone(
        self, call: Call, edge: str, accounts: list[MetaAccount]
    ) -> Answer:
        account = self._own_phone(call, accounts)
        if edge == "media":
            return self.media.upload(account, call)
        if edge != "messages":
            return Answer(200, {"success": True})
        if call.json.get("status") == "read":
            return self._mark_read(call)
        answer, message = await self.sender.send(account, call)
        call.message_id = message.id
        if account.options.before_response:
            await self.lifecycle.start_before_response(message)
        else:
            self.lifecycle.start(message)
        return answer

    def _mark_read(self, call: Call) -> Answer:
        message = self.store.messages.get(call.json["message_id"])
        if message is None or message.direction != "in":
            raise MetaError(131009, "message_id is not an incoming message")
        if message.status != "read":
            message.status = "read"
            self.store.save(message)
            self.lifecycle.live.changed(message.phone)
        return Answer(200, {"success": True})

    async def _on_waba(
        self, call: Call, edge: str, accounts: list[MetaAccount]
    ) -> Answer:
        mine = [one for one in accounts if one.waba_id == call.ids[0]]
        if not mine:
            raise unknown_object(call.ids[0], call.method)
        if edge == "phone_numbers":
            return Answer(200, {"data": [waba_phone(one) for one in mine]})
        if edge == "subscribed_apps":
            return await self._subscribed_apps(call, mine)
        if call.method == "POST":
            return self.templates.create(call.ids[0], mine, call)
        if call.method == "DELETE":
            return self.templates.delete(call.ids[0], call)
        return self.templates.listed(call.ids[0], call)

    async def _subscribed_apps(self, call: Call, mine: list[MetaAccount]) -> Answer:
        if call.method == "GET":
            apps = {one.app_id: one for one in mine if one.subscribed}
            rows = [{"id": app_id, "name": "Cobranza"} for app_id in apps]
            return Answer(200, {"data": rows})
        for account in mine:
            if call.json.get("override_callback_uri"):
                await self._override(account, call.json)
            account.subscribed = call.method == "POST"
            self.store.save(account)
        return Answer(200, {"success": True})

    async def _override(self, account: MetaAccount, wanted: Json) -> None:
        account.webhook_url = wanted["override_callback_uri"]
        account.verify_token = wanted.get("verify_token", "")
        account.webhook_verified = False
        if not await self.webhooks.verify(account, account.webhook_url):
            raise MetaError(
                2200, message="(#2200) Callback verification failed", status=400
            )

    def _single(self, call: Call, edge: str, accounts: list[MetaAccount]) -> Answer:
        identifier = call.ids[0]
        template = self.store.templates.get(identifier)
        if template and template.waba_id in {one.waba_id for one in accounts}:
            mine = [one for one in accounts if one.waba_id == template.waba_id]
            if edge == "unpause":
                return self.templates.unpause(template)
            if call.method == "POST":
                return self.templates.edit(template, mine, call)
            return Answer(200, shown(template, call.parameters.get("fields", "")))
        if call.kind == "media":
            media = self.media.find(call, accounts)
            if call.method == "DELETE":
                return self.media.delete(media)
            return self.media.describe(media, call)
        for account in accounts:
            if identifier == account.phone_number_id:
                return Answer(200, phone_info(account, call.parameters.get("fields")))
            if identifier == account.waba_id:
                return Answer(200, waba_info(account, call.parameters.get("fields")))
        raise unknown_object(identifier, call.method)
