"""Twilio's Content API, the least that a WhatsApp template needs."""

from .calls import Answer, Call
from .models import Json
from .store import Store, new_id
from .twilio_errors import TwilioError


class TwilioContent:
    """Contents and their approval, which is immediate."""

    def __init__(self, store: Store) -> None:
        self.store = store

    def handle(self, call: Call) -> Answer:
        """Answer a call under /v1/Content."""
        sid = call.ids[0] if call.ids else ""
        if not sid:
            return self._create(call) if call.method == "POST" else self._listed()
        content = self.store.contents.get(sid)
        if content is None:
            raise TwilioError(20404, call.path)
        if "/ApprovalRequests" in call.path:
            return self._approval(content, call)
        if call.method == "DELETE":
            self.store.contents.pop(sid)
            self.store.forget("contents", sid)
            return Answer(204, b"")
        return Answer(200, _shown(content))

    def _create(self, call: Call) -> Answer:
        body = call.json
        content = {
            "sid": new_id("HX"),
            "friendly_name": body.get("friendly_name", ""),
            "language": body["language"],
            "variables": body.get("variables", {}),
            "types": body["types"],
            "approval": None,
        }
        self.store.contents[content["sid"]] = content
        self.store.save(content, "contents", content["sid"])
        return Answer(201, _shown(content))

    def _listed(self) -> Answer:
        rows = [_shown(one) for one in self.store.contents.values()]
        meta = {"page": 0, "page_size": 50, "key": "contents", "next_page_url": None}
        return Answer(200, {"contents": rows, "meta": meta})

    def _approval(self, content: Json, call: Call) -> Answer:
        if call.method == "POST":
            content["approval"] = {
                "name": call.json["name"],
                "category": call.json["category"],
                "status": "approved",
                "rejection_reason": "",
            }
            self.store.save(content, "contents", content["sid"])
            return Answer(201, {**content["approval"], "status": "received"})
        approval = content["approval"] or {"status": "unsubmitted"}
        return Answer(200, {"sid": content["sid"], "whatsapp": approval})


def _shown(content: Json) -> Json:
    return {name: value for name, value in content.items() if name != "approval"}
