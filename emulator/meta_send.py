"""POST /{phone}/messages: what Meta refuses, and what an accepted message is."""

import base64
import secrets
from collections import OrderedDict

from . import phone_numbers
from .calls import Answer, Call
from .links import LinkError, LinkFetcher
from .meta_errors import MetaError, unknown_object
from .models import Json, Media, Message, MetaAccount, Phone
from .store import Store
from .template_render import check_sendable, rendered

WINDOW_SECONDS = 24 * 3600
PAIR_SECONDS = 6
PAIR_BURST = 45
TIERS = {
    "TIER_50": 50,
    "TIER_250": 250,
    "TIER_1K": 1_000,
    "TIER_2K": 2_000,
    "TIER_10K": 10_000,
    "TIER_100K": 100_000,
}
MEDIA_KINDS = {"document", "image", "video", "audio", "sticker"}


class MetaSender:
    """Accepts or refuses messages of WhatsApp numbers."""

    def __init__(self, store: Store, links: LinkFetcher) -> None:
        self.store = store
        self.links = links

    async def send(self, account: MetaAccount, call: Call) -> tuple[Answer, Message]:
        """Return the answer and the accepted message; raise MetaError if refused."""
        body = call.json
        phone = self._recipient(account, body["to"])
        content = self._content(account, phone, body)
        self._check_limits(account, phone, content)
        message = Message(
            id=_message_id(),
            seq=self.store.next_number(),
            provider="meta",
            channel="whatsapp",
            direction="out",
            account=account.id,
            sender=account.display_phone_number,
            to="+" + phone_numbers.digits(body["to"]),
            phone=phone.key,
            kind=body["type"],
            accepted_at=self.store.now(),
            uuid=body.get("biz_opaque_callback_data", ""),
            context_id=(body.get("context") or {}).get("message_id", ""),
            payload=body,
            **content,
        )
        await self._attach_link(message)
        self.store.add_message(message)
        return Answer(200, self._accepted(body, phone, message)), message

    @staticmethod
    def _accepted(body: Json, phone: Phone, message: Message) -> Json:
        item = {"id": message.id}
        if message.template:
            item["message_status"] = "accepted"
        wa_id = phone_numbers.wa_id(phone.number)
        return {
            "messaging_product": "whatsapp",
            "contacts": [{"input": body["to"], "wa_id": wa_id}],
            "messages": [item],
        }

    def _recipient(self, account: MetaAccount, to: str) -> Phone:
        digits = phone_numbers.digits(to)
        if not 8 <= len(digits) <= 15:
            raise MetaError(131009, f"'to' is not a phone number: {to}")
        if phone_numbers.key(digits) == phone_numbers.key(account.display_phone_number):
            raise MetaError(131021, "Sender and recipient are the same number")
        phone = self.store.phone(digits)
        if phone.wa_error:
            raise MetaError(phone.wa_error, "asked for by the control API")
        return phone

    # Content

    def _content(self, account: MetaAccount, phone: Phone, body: Json) -> Json:
        if body["type"] == "template":
            return self._template(account, body["template"])
        opened = phone.last_inbound.get(account.id, 0)
        direct = body.get("category") == "utility"
        if direct and not account.direct_send:
            raise MetaError(100, "Direct Send isn't enabled for this account")
        if not direct and self.store.now() - opened > WINDOW_SECONDS:
            raise MetaError(
                131047,
                "Message failed to send because more than 24 hours have passed"
                " since the customer last replied to this number",
            )
        category = "utility" if direct else "service"
        return {"category": category, **self._free_form(account, body)}

    def _template(self, account: MetaAccount, wanted: Json) -> Json:
        name, language = wanted["name"], wanted["language"]["code"]
        found = self.store.template_names.get((account.waba_id, name, language))
        template = check_sendable(found, name, language)
        components = wanted.get("components", [])
        filled = rendered(template, components)
        content = {
            "text": filled["text"],
            "footer": filled["footer"],
            "buttons": filled["buttons"],
            "template": name,
            "language": language,
            "category": template.category,
            "params": components,
        }
        return {**content, **self._header(account, filled)}

    def _header(self, account: MetaAccount, filled: Json) -> Json:
        if filled["header_media"]:
            return self._media(account, filled["header_media"], in_template=True)
        if filled["header_text"]:
            return {"header": {"kind": "text", "text": filled["header_text"]}}
        return {}

    def _free_form(self, account: MetaAccount, body: Json) -> Json:
        kind = body["type"]
        if kind == "text":
            return {"text": body["text"]["body"]}
        if kind in MEDIA_KINDS:
            media = {"kind": kind, **body[kind]}
            found = self._media(account, media, in_template=False)
            return {**found, "text": body[kind].get("caption", "")}
        if kind == "interactive":
            return self._interactive(account, body["interactive"])
        if kind in {"reaction", "location", "contacts"}:
            return {"text": f"[{kind}]"}
        raise MetaError(131051, f"type {kind} is not supported")

    def _interactive(self, account: MetaAccount, wanted: Json) -> Json:
        header = wanted.get("header") or {}
        kind = header.get("type", "")
        found: Json = {}
        if header and not header.get(kind):
            raise MetaError(131008, f"interactive.header.{kind} is missing")
        if kind == "text":
            found = {"header": {"kind": "text", "text": header["text"]}}
        elif header:
            media = {"kind": kind, **header[kind]}
            found = self._media(account, media, in_template=False)
        return {
            "text": (wanted.get("body") or {}).get("text", ""),
            "footer": (wanted.get("footer") or {}).get("text", ""),
            "buttons": _interactive_buttons(wanted),
            **found,
        }

    def _media(self, account: MetaAccount, wanted: Json, *, in_template: bool) -> Json:
        kind = wanted["kind"]
        header = {"kind": kind, "filename": wanted.get("filename", "")}
        if wanted.get("link"):
            return {"header": {**header, "link": wanted["link"]}}
        media = self.store.media.get(wanted["id"])
        if (
            media is None
            or media.deleted
            or media.owner != account.id
            or media.expires_at < self.store.now()
        ):
            raise unknown_object(wanted["id"])
        if in_template and kind == "document" and media.mime_type != "application/pdf":
            raise MetaError(
                131053, f"document header: {media.mime_type} is not application/pdf"
            )
        return {"header": header, "media": [media_entry(media, header["filename"])]}

    async def _attach_link(self, message: Message) -> None:
        """Fetch a header by link; when that fails the message fails later (131053)."""
        link = (message.header or {}).get("link")
        if not link:
            return
        name = message.header["filename"] if message.header else ""
        try:
            media = await self.links.fetch(link, message.account)
        except LinkError as err:
            message.extra.update(fail_code=131053, fail_details=str(err))
            return
        message.media = [media_entry(media, name or media.filename)]

    # Limits

    def _check_limits(self, account: MetaAccount, phone: Phone, content: Json) -> None:
        now = self.store.now()
        self._check_throughput(account, now)
        if account.pair_limit:
            self._check_pair(account, phone, now)
        opened = phone.last_inbound.get(account.id, 0)
        if now - opened > WINDOW_SECONDS:
            self._check_tier(account, phone, now)

    def _check_throughput(self, account: MetaAccount, now: float) -> None:
        """Allow ``throughput_mps`` a second, and one second's worth at once."""
        interval = 1 / account.throughput_mps
        due = max(self.store.send_times.get(account.id, 0.0), now)
        if due - now > 1 - interval / 2:
            raise MetaError(130429, "Cloud API message throughput has been reached")
        self.store.send_times[account.id] = due + interval

    def _check_pair(self, account: MetaAccount, phone: Phone, now: float) -> None:
        """Allow one message in 6 s to one user; a burst of 45 borrows ahead."""
        pair = (account.id, phone.key)
        due = max(self.store.pair_times.get(pair, 0.0), now)
        if due - now > PAIR_SECONDS * (PAIR_BURST - 0.5):
            raise MetaError(
                131056, "Too many messages sent from this number to the same user"
            )
        self.store.pair_times[pair] = due + PAIR_SECONDS

    def _check_tier(self, account: MetaAccount, phone: Phone, now: float) -> None:
        """Allow so many different users in 24 h outside the service window.

        Which code Meta answers is not documented; 131048 is of the right family.
        """
        limit = TIERS.get(account.messaging_tier)
        seen = self.store.recipients.setdefault(account.waba_id, OrderedDict())
        while seen and now - next(iter(seen.values())) > WINDOW_SECONDS:
            seen.popitem(last=False)
        if phone.key in seen:
            return
        if limit is not None and len(seen) >= limit:
            raise MetaError(
                131048, f"Messaging limit {account.messaging_tier} reached in 24 hours"
            )
        seen[phone.key] = now


def _interactive_buttons(wanted: Json) -> list[Json]:
    """Return the buttons of an interactive message, of the kind it says it has."""
    action = wanted["action"]
    if wanted["type"] == "button" and "buttons" in action:
        replies = [one["reply"] for one in action["buttons"]]
        return [
            {"type": "reply", "text": one["title"], "payload": one["id"]}
            for one in replies
        ]
    if wanted["type"] == "cta_url" and action.get("name") == "cta_url":
        given = action["parameters"]
        text, url = given["display_text"], given["url"]
        return [{"type": "url", "text": text, "url": url}]
    if wanted["type"] in {"button", "cta_url"}:
        raise MetaError(131009, f"interactive.action is not that of {wanted['type']}")
    return []


def media_entry(media: Media, filename: str) -> Json:
    """Return what a message keeps of a file."""
    return {
        "id": media.id,
        "filename": filename or media.filename,
        "mime_type": media.mime_type,
        "sha256": media.sha256,
        "size": media.size,
    }


def _message_id() -> str:
    """Return a wamid: opaque, base64, sometimes ending in ``=``."""
    raw = b"\x1d\x18\x1452\x15\x02\x00\x11\x18" + secrets.token_bytes(18)
    return "wamid." + base64.b64encode(raw).decode()
