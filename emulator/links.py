"""Files that a message names by URL; only 127.0.0.1 and localhost are fetched."""

import asyncio
from urllib.parse import unquote, urlsplit

import aiohttp

from .media_files import keep_file
from .models import Media
from .store import Store

LOCAL = {"127.0.0.1", "localhost"}
TIMEOUT_SECONDS = 10
LARGEST_BYTES = 100 * 1024 * 1024


class LinkError(Exception):
    """A link that cannot be fetched, with the reason."""


class LinkFetcher:
    """Downloads linked files and keeps them as media."""

    def __init__(self, store: Store) -> None:
        self.store = store
        self._session: aiohttp.ClientSession | None = None

    async def start(self) -> None:
        """Open the client."""
        timeout = aiohttp.ClientTimeout(total=TIMEOUT_SECONDS)
        self._session = aiohttp.ClientSession(timeout=timeout)

    async def close(self) -> None:
        """Close the client."""
        if self._session:
            await self._session.close()

    async def fetch(self, url: str, owner: str, *, head: bool = False) -> Media:
        """Download ``url`` for an account; raise LinkError when that fails.

        ``head``: ask with HEAD first, as Twilio does, and want the same type.
        """
        if urlsplit(url).hostname not in LOCAL:
            raise LinkError(f"{url}: only links to 127.0.0.1 are fetched here")
        if self._session is None:
            raise LinkError("the emulator is stopping")
        try:
            announced = await _announced(self._session, url) if head else ""
            async with self._session.get(url, allow_redirects=False) as response:
                content = await response.content.read(LARGEST_BYTES)
                if response.status != 200:
                    raise LinkError(f"{url}: HTTP {response.status}")
                if head and response.content_type != announced:
                    raise LinkError(f"{url}: HEAD says {announced}")
                name = _filename(response, url)
                return keep_file(
                    self.store, owner, name, response.content_type, content
                )
        except (aiohttp.ClientError, asyncio.TimeoutError, OSError) as err:
            raise LinkError(f"{url}: {type(err).__name__}") from err


async def _announced(session: aiohttp.ClientSession, url: str) -> str:
    """Return the type that a HEAD request tells."""
    async with session.head(url, allow_redirects=False) as response:
        return response.content_type if response.status == 200 else ""


def _filename(response: aiohttp.ClientResponse, url: str) -> str:
    disposition = response.content_disposition
    if disposition and disposition.filename:
        return disposition.filename
    return unquote(urlsplit(url).path.rsplit("/", 1)[-1]) or "archivo"
