"""Checks of requests (and of what the emulator emits) against the providers' files.

The official files are Meta's OpenAPI v23.0 with its defects corrected and Twilio's
OpenAPI; what they lack is in ``schemas/*_extra.json``, with sources.
"""

import functools
import gzip
import json
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, unquote, urlsplit

import yaml

from .operations import Operation, compile_operations

HERE = Path(__file__).resolve().parent
DEFAULT_SPECS = HERE / "specs"
META_FILE = "whatsapp_cloud_api_v23.yaml"
TWILIO_FILE = "twilio_api_v2010.json"
CONTENT_FILE = "twilio_content_v1.json"
OLDEST_VERSION, NEWEST_VERSION = 17, 26

PREFIX = re.compile(
    r"^(?:https?://[^/]+)?(/graph|/twilio-content|/twilio|/sms-gateway|/d360|/iap)?(?=/|$)"
)
# Providers that no official file describes: all that is known stands in ours.
OWN_FILES = {"/sms-gateway": "gateway", "/d360": "d360", "/iap": "iap"}
NOTHING: dict[str, Any] = {"paths": {}, "components": {}}
VERSION = re.compile(r"^/v(\d+)\.0/")
# The official file has some twenty paths of the form /{Version}/{something}; these
# are the objects that the emulator keeps.
SINGLE_OBJECTS = {
    "phone": "/{Version}/{Phone-Number-ID}",
    "media": "/{Version}/{Media-ID}",
    "template": "/{Version}/{TEMPLATE_ID}",
    "waba": "/{Version}/{WABA-ID}",
    "upload": "/{Version}/{Upload-ID}",
}


def _load(path: Path) -> dict[str, Any]:
    """Read a JSON or YAML file, or the packed copy of it beside."""
    packed = path.with_name(path.name + ".gz")
    raw = gzip.decompress(packed.read_bytes()) if packed.exists() else path.read_bytes()
    if path.suffix == ".json":
        found: dict[str, Any] = json.loads(raw)
    else:
        loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
        found = yaml.load(raw, Loader=loader)  # noqa: S506 (a safe loader)
    return found


class SpecBook:
    """The operations of both providers, each compiled at its first use."""

    def __init__(self, specs: Path | str = DEFAULT_SPECS) -> None:
        specs = Path(specs)
        self.documents = {
            "meta": _load(specs / META_FILE),
            "twilio": _load(specs / TWILIO_FILE),
            "meta_extra": _load(HERE / "schemas" / "meta_extra.json"),
            "twilio_extra": _load(HERE / "schemas" / "twilio_extra.json"),
            "content": _load(specs / CONTENT_FILE),
            "content_extra": _load(HERE / "schemas" / "twilio_content_extra.json"),
            "gateway": _load(HERE / "schemas" / "gateway.json"),
            "d360": _load(HERE / "schemas" / "d360.json"),
            "iap": _load(HERE / "schemas" / "iap.json"),
        }
        self.operations = {
            "meta": compile_operations(
                self.documents["meta"], self.documents["meta_extra"]
            ),
            "twilio": compile_operations(
                self.documents["twilio"], self.documents["twilio_extra"]
            ),
            "content": compile_operations(
                self.documents["content"], self.documents["content_extra"]
            ),
            "gateway": compile_operations(self.documents["gateway"], NOTHING),
            "d360": compile_operations(self.documents["d360"], NOTHING),
            "iap": compile_operations(self.documents["iap"], NOTHING),
        }

    def check_request(
        self,
        method: str,
        path: str,
        headers: Mapping[str, str],
        body: Any = b"",
        kind: str | None = None,
    ) -> list[str]:
        """Return what is wrong with a request, nothing when it is right.

        :param path: path with query, absolute URL, or an emulator path.
        :param body: bytes or text as sent; a dict or list is taken as JSON.
        :param kind: which object a single id names (a key of SINGLE_OBJECTS);
            None: any of them may match.
        """
        provider, bare, query = split_path(path)
        found = self._candidates(provider, method.upper(), bare, kind)
        if isinstance(found, str):
            return [found]
        lowered = {name.lower(): value for name, value in headers.items()}
        raw = _as_bytes(body)
        results = [operation.check(bare, query, lowered, raw) for operation in found]
        return min(results, key=len)

    def _candidates(
        self, provider: str, method: str, path: str, kind: str | None
    ) -> list[Operation] | str:
        if provider == "meta":
            version = VERSION.match(path)
            if not version:
                return f"{path}: no API version in the path"
            if not OLDEST_VERSION <= int(version[1]) <= NEWEST_VERSION:
                return f"{path}: API version v{version[1]}.0 does not exist"
        is_content = provider == "twilio" and path.startswith("/v1/")
        book_name = "content" if is_content else provider
        known, slashes = self.operations[book_name], path.count("/")
        by_path = [
            operation
            for segment in (path.rsplit("/", 1)[1], "")
            for operation in known.get((slashes, segment), ())
            if operation.matches(path)
        ]
        if provider == "meta" and path.count("/") == 2:
            wanted = [SINGLE_OBJECTS[kind]] if kind else SINGLE_OBJECTS.values()
            by_path = [one for one in by_path if one.template in wanted]
        if not by_path:
            return f"{path}: unknown path"
        found = [operation for operation in by_path if operation.method == method]
        return found or f"{method} is not allowed on {path}"


def split_path(path: str) -> tuple[str, str, list[tuple[str, str]]]:
    """Return provider, path without the emulator's prefix, and query pairs."""
    prefix = PREFIX.match(path)
    rest = path[prefix.end() :] if prefix else path
    parts = urlsplit(rest)
    query = parse_qsl(parts.query, keep_blank_values=True)
    bare = unquote(parts.path)
    name = prefix and prefix[1] or ""
    if name in OWN_FILES:
        return OWN_FILES[name], bare, query
    is_twilio = name.startswith("/twilio")
    if is_twilio or bare.startswith(("/2010-04-01/", "/v1/")):
        return "twilio", bare, query
    return "meta", bare, query


def _as_bytes(body: Any) -> bytes:
    if isinstance(body, bytes):
        return body
    if isinstance(body, str):
        return body.encode()
    return b"" if body is None else json.dumps(body).encode()


@functools.lru_cache(maxsize=4)
def book(specs: str = str(DEFAULT_SPECS)) -> SpecBook:
    """Return the book of a specs folder, loaded once in a process (0.5 s)."""
    return SpecBook(specs)


def check_request(
    method: str, path: str, headers: Mapping[str, str], body: Any = b""
) -> list[str]:
    """Return what is wrong with a request to Meta or Twilio, nothing if right.

    For tests of a client: ``path`` may be the full URL it called.
    """
    return book().check_request(method, path, headers, body)
