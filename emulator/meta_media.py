"""Meta's media endpoints and resumable upload (reference/providers.md 1.3)."""

import base64
import hashlib
import hmac

from .calls import Answer, Call
from .media_files import LIMITS, keep_file, numeric_id
from .meta_errors import MetaError, unknown_object
from .models import Media, MetaAccount
from .store import Store, new_id

URL_SECONDS = 300


class MetaMedia:
    """Uploads, downloads and removals of files."""

    def __init__(self, store: Store) -> None:
        self.store = store
        self._key = new_id().encode()

    def upload(self, account: MetaAccount, call: Call) -> Answer:
        """Keep an uploaded file for this phone number."""
        part = call.parts["file"]
        wanted = call.parts["type"].content.decode("ascii", "replace")
        if part.content_type and part.content_type.partition(";")[0] != wanted:
            raise MetaError(
                100, f"Param file has type {part.content_type}, type says {wanted}"
            )
        limit = LIMITS.get(wanted)
        if limit is None:
            raise MetaError(131053, f"Unsupported media type {wanted}")
        if not part.content or len(part.content) > limit:
            raise MetaError(131053, f"File of {len(part.content)} bytes: 1 to {limit}")
        if wanted == "application/pdf" and not part.content.startswith(b"%PDF-"):
            raise MetaError(131053, "The file is not a PDF")
        media = keep_file(self.store, account.id, part.filename, wanted, part.content)
        return Answer(200, {"id": media.id})

    def find(self, call: Call, accounts: list[MetaAccount]) -> Media:
        """Return the medium that the call names, if its token may see it."""
        media = self.store.media.get(call.ids[0])
        owner = call.parameters.get("phone_number_id")
        if (
            media is None
            or media.deleted
            or media.owner not in {account.id for account in accounts}
            or owner not in {None, media.owner}
            or media.expires_at < self.store.now()
        ):
            raise unknown_object(call.ids[0], call.method)
        return media

    def describe(self, media: Media, call: Call) -> Answer:
        """Answer where the bytes can be had for five minutes."""
        expires = int(self.store.now()) + URL_SECONDS
        signature = self._signature(media.id, expires)
        url = (
            f"{call.base_url}/graph/lookaside/{media.id}?ext={expires}&hash={signature}"
        )
        return Answer(
            200,
            {
                "messaging_product": "whatsapp",
                "url": url,
                "mime_type": media.mime_type,
                "sha256": media.sha256,
                "file_size": str(media.size),
                "id": media.id,
            },
        )

    def download(self, media: Media, call: Call) -> Answer:
        """Answer the bytes, if the URL is ours and not older than five minutes."""
        expires = int(call.parameters.get("ext", "0"))
        given = call.parameters.get("hash", "")
        if not hmac.compare_digest(given, self._signature(media.id, expires)):
            raise MetaError(100, "URL signature mismatch")
        if expires < self.store.now():
            raise MetaError(100, "URL signature expired", status=404)
        content = self.store.get_bytes(media.sha256) or b""
        return Answer(200, content, {"Content-Type": media.mime_type})

    def delete(self, media: Media) -> Answer:
        """Forget a medium."""
        media.deleted = True
        self.store.save(media)
        return Answer(200, {"success": True})

    def _signature(self, media_id: str, expires: int) -> str:
        text = f"{media_id}.{expires}".encode()
        return hmac.new(self._key, text, hashlib.sha256).hexdigest()[:32]

    # Resumable upload of template samples

    def open_upload(self, call: Call) -> Answer:
        """Open an upload session."""
        parameters = call.parameters
        session = "upload:" + base64.urlsafe_b64encode(
            numeric_id().encode()
        ).decode().rstrip("=")
        self.store.uploads[session] = {
            "length": int(parameters["file_length"]),
            "type": parameters["file_type"],
            "name": parameters.get("file_name", ""),
            "received": 0,
        }
        return Answer(200, {"id": session})

    def continue_upload(self, call: Call) -> Answer:
        """Take the bytes of a session and give out a handle."""
        session = self.store.uploads.get(call.ids[0])
        if session is None:
            raise unknown_object(call.ids[0])
        if call.method == "GET":
            offset = session["received"]
            return Answer(200, {"id": call.ids[0], "file_offset": offset})
        offset = int(call.headers.get("file_offset", "0"))
        if offset != session["received"]:
            raise MetaError(100, f"file_offset must be {session['received']}")
        session["received"] += len(call.raw)
        if session["received"] != session["length"]:
            raise MetaError(
                100, f"{session['received']} of {session['length']} bytes received"
            )
        handle = f"4::{base64.b64encode(session['type'].encode()).decode()}:{new_id()}"
        self.store.handles[handle] = {"type": session["type"], "name": session["name"]}
        self.store.save(self.store.handles[handle], "handles", handle)
        return Answer(200, {"h": handle})
