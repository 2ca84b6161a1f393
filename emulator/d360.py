"""A WhatsApp gateway like 360dialog: Meta's answers under another address and key.

Calls are turned into those of the Graph API, which checks and answers them
(reference/providers.md 4.5).
"""

import hmac

from .calls import Answer, Call
from .links import LinkError, LinkFetcher
from .meta import MetaApi
from .meta_templates import shown
from .models import MetaAccount
from .store import Store

TEMPLATES = "/v1/configs/templates"
WEBHOOK = "/v1/configs/webhook"
PAGE_SIZE = 25


class D360Api:
    """Answers calls under ``/d360`` with the accounts that have a ``gateway_key``."""

    provider = "d360"

    def __init__(self, store: Store, meta: MetaApi, links: LinkFetcher) -> None:
        self.store = store
        self.meta = meta
        self.links = links

    def recognise(self, call: Call) -> None:
        """Find the account by the key and say which Graph call this is."""
        call.asked_path = call.path
        account = self._account(call)
        if call.path == WEBHOOK:
            call.operation = "webhook"
            return
        if call.path == TEMPLATES and call.method == "GET":
            call.operation = "templates"
            return
        if account is None:
            return
        version = "/v23.0"
        if call.path == TEMPLATES:
            call.path = f"{version}/{account.waba_id}/message_templates"
        elif call.path in ("/messages", "/media"):
            call.path = f"{version}/{account.phone_number_id}{call.path}"
        else:
            return
        token = {"authorization": f"Bearer {account.access_token}"}
        call.headers = {**call.headers, **token}
        self.meta.recognise(call)

    def is_unchecked(self, call: Call) -> bool:
        """Tell if the key is wrong: then nothing of the call is looked at."""
        return self._account(call) is None

    async def handle(self, call: Call, errors: list[str]) -> Answer:
        """Answer a call; ``errors`` is what its check found."""
        account = self._account(call)
        if account is None:
            return _refused(401, "Invalid api_key")
        if call.operation == "webhook":
            return self._webhook(account, call, errors)
        if call.operation == "unknown":
            return _refused(404, f"no such path: {call.path}")
        if call.operation == "templates" and call.method == "GET":
            if errors:
                return _refused(400, "; ".join(errors))
            return self._page(account, int(call.parameters.get("offset", 0)))
        if call.operation == "templates":
            await self._take_samples(account, call)
        answer = await self.meta.handle(call, errors)
        if call.operation == "messages" and answer.status == 200:
            answer.status = 201
        return answer

    def _page(self, account: MetaAccount, offset: int) -> Answer:
        """Return a page of the account's templates and how many there are."""
        own = [
            shown(one)
            for one in self.store.templates.values()
            if one.waba_id == account.waba_id
        ]
        rows = own[offset : offset + PAGE_SIZE]
        total = len(own)
        return Answer(200, {"waba_templates": rows, "total": total, "offset": offset})

    def _account(self, call: Call) -> MetaAccount | None:
        for account in self.store.meta.values():
            name = account.gateway_header.lower()
            given = call.headers.get(name, "")
            wanted = f"{account.gateway_prefix} {account.gateway_key}".strip()
            if account.gateway_key and hmac.compare_digest(
                given.encode(), wanted.encode()
            ):
                return account
        return None

    def _webhook(self, account: MetaAccount, call: Call, errors: list[str]) -> Answer:
        if errors:
            return _refused(400, "; ".join(errors))
        if call.method == "POST":
            account.webhook_url = call.json["url"]
            account.webhook_headers = dict(call.json.get("headers") or {})
            account.verify_token = ""
            account.webhook_verified = True
            self.store.save(account)
        shown = {"url": account.webhook_url, "headers": account.webhook_headers}
        return Answer(200, shown)

    async def _take_samples(self, account: MetaAccount, call: Call) -> None:
        """Fetch samples that a template names by link, as Meta's handles."""
        for component in call.json.get("components", []):
            for link in component.get("example", {}).get("header_handle", []):
                if not str(link).startswith("http"):
                    continue
                try:
                    media = await self.links.fetch(link, account.id)
                except LinkError:
                    continue
                kept = {"type": media.mime_type, "name": media.filename}
                self.store.handles[link] = kept
                self.store.save(kept, "handles", link)


def _refused(status: int, words: str) -> Answer:
    meta = {"success": False, "http_code": status, "developer_message": words}
    return Answer(status, {"meta": meta})
