"""Twilio's Content API: contents, their approval at WhatsApp, filling them in.

Source: reference/providers.md 2.3 and Twilio's OpenAPI file content_v1.
"""

import asyncio
import re

from .calls import Answer, Call
from .links import LinkError, LinkFetcher
from .models import Json, TwilioAccount
from .store import Store, new_id
from .twilio_errors import TwilioError

VARIABLE = re.compile(r"\{\{\s*(\w+)\s*\}\}")
REVIEW_SECONDS = 0.2
STATUSES = {
    "unsubmitted",
    "received",
    "pending",
    "approved",
    "rejected",
    "paused",
    "disabled",
}
# No approval was asked for yet.
UNSUBMITTED: Json = {
    "name": "",
    "category": "",
    "content_type": "",
    "status": "unsubmitted",
    "rejection_reason": "",
    "allow_category_change": True,
}


class TwilioContent:
    """Contents; WhatsApp's review of an approval request takes a moment."""

    def __init__(self, store: Store, links: LinkFetcher) -> None:
        self.store = store
        self.links = links

    async def handle(self, call: Call, account: TwilioAccount) -> Answer:
        """Answer a call under /v1/Content."""
        sid = call.ids[0] if call.ids else ""
        if not sid:
            return self._create(call) if call.method == "POST" else self._listed(call)
        content = self.store.contents.get(sid)
        if content is None:
            raise TwilioError(20404, call.path)
        if "/ApprovalRequests" in call.path:
            return await self._approval(content, call, account)
        if call.method == "DELETE":
            self.store.contents.pop(sid)
            self.store.forget("contents", sid)
            return Answer(204, b"")
        return Answer(200, _shown(content))

    def review(self, wanted: str, change: Json) -> list[Json]:
        """Change the approval of contents by SID or name; return them."""
        status = str(change.get("status", "")).lower()
        if status and status not in STATUSES:
            return []
        found = [
            one
            for one in self.store.contents.values()
            if wanted in (one["sid"], one["friendly_name"])
        ]
        for content in found:
            approval = dict(content["approval"])
            approval["status"] = status or approval["status"]
            approval["rejection_reason"] = change.get("reason", "")
            approval["category"] = change.get("category", approval["category"])
            self._keep(content, approval)
        return [{**_shown(one), "approval_requests": one["approval"]} for one in found]

    def _create(self, call: Call) -> Answer:
        body = call.json
        content = {
            "sid": new_id("HX"),
            "friendly_name": body.get("friendly_name", ""),
            "language": body["language"],
            "variables": body.get("variables", {}),
            "types": body["types"],
            "approval": dict(UNSUBMITTED),
        }
        self.store.contents[content["sid"]] = content
        self.store.save(content, "contents", content["sid"])
        return Answer(201, _shown(content))

    def _listed(self, call: Call) -> Answer:
        size = int(call.parameters.get("PageSize", 50))
        number = int(call.parameters.get("Page", 0))
        everything = list(self.store.contents.values())
        rows = [_shown(one) for one in everything[number * size : (number + 1) * size]]
        key = "contents"
        if "AndApprovals" in call.path:
            approvals = {one["sid"]: one["approval"] for one in everything}
            rows = [{**one, "approval_requests": approvals[one["sid"]]} for one in rows]
        following = None
        if len(everything) > (number + 1) * size:
            following = (
                f"https://content.twilio.com{call.path}?PageSize={size}"
                f"&Page={number + 1}"
            )
        meta = {"page": number, "page_size": size, "key": key}
        return Answer(200, {key: rows, "meta": {**meta, "next_page_url": following}})

    # Approval

    async def _approval(
        self, content: Json, call: Call, account: TwilioAccount
    ) -> Answer:
        if call.method == "GET":
            shown = {"sid": content["sid"], "whatsapp": content["approval"]}
            return Answer(200, shown)
        if content["approval"]["status"] not in ("unsubmitted", "rejected"):
            raise TwilioError(20001, "an approval was asked for already")
        approval = {
            **UNSUBMITTED,
            "name": call.json["name"],
            "category": call.json["category"],
            "content_type": next(iter(content["types"])),
            "status": "received",
        }
        problem = _problem(content)
        if problem:
            approval.update(status="rejected", rejection_reason=problem)
        self._keep(content, approval)
        await self._look_at_samples(content, account)
        if account.auto_approve and content["approval"]["status"] == "received":
            asyncio.get_running_loop().call_later(
                REVIEW_SECONDS, self._approve, content
            )
        return Answer(201, approval)

    async def _look_at_samples(self, content: Json, account: TwilioAccount) -> None:
        """Fetch the sample media, as the reviewers do; without it: rejected."""
        body = next(iter(content["types"].values()))
        for template in body.get("media", []):
            url = filled(template, content["variables"])
            try:
                await self.links.fetch(url, account.id)
            except LinkError as err:
                refused = {"status": "rejected", "rejection_reason": str(err)}
                self._keep(content, {**content["approval"], **refused})

    def _approve(self, content: Json) -> None:
        if content["approval"]["status"] == "received":
            self._keep(content, {**content["approval"], "status": "approved"})

    def _keep(self, content: Json, approval: Json) -> None:
        content["approval"] = approval
        self.store.save(content, "contents", content["sid"])


def filled(text: str, values: dict[str, str]) -> str:
    """Put the values of variables into a text."""
    return VARIABLE.sub(lambda match: values.get(match[1], match[0]), text)


def filled_content(content: Json, values: dict[str, str]) -> Json:
    """Fill a Content template; the types share body, media and actions."""
    body = next(iter(content["types"].values()))
    buttons: list[Json] = []
    for action in body.get("actions", []):
        buttons.append(_button(action, values))
    texts = {
        "text": body.get("body") or body.get("title") or "",
        "footer": body.get("footer") or body.get("subtitle") or "",
    }
    return {
        **{name: filled(text, values) for name, text in texts.items()},
        "buttons": buttons,
        "template": content["sid"],
        "language": content["language"],
        "category": "utility",
        "params": [values],
        "extra": {"media_urls": [filled(url, values) for url in body.get("media", [])]},
    }


def _button(action: Json, values: dict[str, str]) -> Json:
    title = filled(action.get("title", ""), values)
    if action.get("url"):
        return {"type": "url", "text": title, "url": filled(action["url"], values)}
    if action.get("phone"):
        return {"type": "phone_number", "text": title, "phone_number": action["phone"]}
    payload = filled(action.get("id", ""), values) or title
    return {"type": "quick_reply", "text": title, "payload": payload}


def _problem(content: Json) -> str:
    """Return why WhatsApp would refuse a content, nothing if it would not."""
    for body in content["types"].values():
        texts = [body.get("body", ""), *body.get("media", [])]
        texts += [action.get("url", "") for action in body.get("actions", [])]
        used = {name for text in texts for name in VARIABLE.findall(text)}
        missing = sorted(used - set(content["variables"]))
        if missing:
            return f"variables without a sample: {missing}"
        text = body.get("body", "").strip()
        if re.match(VARIABLE, text) or re.search(VARIABLE.pattern + "$", text):
            return "a body cannot begin or end with a variable"
    return ""


def _shown(content: Json) -> Json:
    return {name: value for name, value in content.items() if name != "approval"}
