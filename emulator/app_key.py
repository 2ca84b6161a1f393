"""Where the emulator hangs in the web application."""

from typing import Any

from aiohttp import web

EMULATOR: web.AppKey[Any] = web.AppKey("emulator", object)
