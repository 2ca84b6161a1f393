"""The HTTP server: takes a provider's call through log, faults, check and answer."""

import asyncio
import socket
import struct
import time
from pathlib import Path

from aiohttp import web

from . import control, phone
from .app_key import EMULATOR
from .calls import Answer, Call, loggable_body
from .d360 import D360Api
from .faults import AFTER_ACCEPT, BEFORE_ACCEPT, BEFORE_READ, Fault, Faults, answer_of
from .gateway import GatewayApi
from .iap import IapApi
from .lifecycle import Lifecycle
from .links import LinkFetcher
from .live import LiveUpdates
from .meta import MetaApi
from .models import Json
from .store import Store
from .twilio import TwilioApi
from .validation import DEFAULT_SPECS, book, split_path
from .webhooks import WebhookSender

LARGEST_REQUEST = 110 * 1024 * 1024
SECRET_HEADERS = {"authorization", "cookie", "d360-api-key", "apikey", "x-api-key"}
PATH_PREFIXES = {"gateway": "/sms-gateway", "d360": "/d360", "iap": "/iap"}
PREFIXES = ("/graph", "/twilio-content", "/twilio", "/sms-gateway", "/d360", "/iap")


class Emulator:
    """All parts of one emulator. ``delivery_delay_ms``: from sent to delivered."""

    def __init__(
        self,
        specs: Path | str = DEFAULT_SPECS,
        state: Path | None = None,
        delivery_delay_ms: float = 300,
    ) -> None:
        self.book = book(str(specs))
        self.store = Store(state)
        self.faults = Faults()
        self.live = LiveUpdates()
        self.sender = WebhookSender(self.store)
        self.links = LinkFetcher(self.store)
        self.lifecycle = Lifecycle(
            self.store, self.sender, self.live, delivery_delay_ms
        )
        self.meta = MetaApi(self.store, self.sender, self.links, self.lifecycle)
        self.twilio = TwilioApi(self.store, self.links, self.lifecycle)
        self.apis = {
            "meta": self.meta,
            "twilio": self.twilio,
            "gateway": GatewayApi(self.store, self.lifecycle),
            "d360": D360Api(self.store, self.meta, self.links),
            "iap": IapApi(self.store, self.lifecycle),
        }

    def application(self) -> web.Application:
        """Return the web application."""
        app = web.Application(client_max_size=LARGEST_REQUEST)
        app[EMULATOR] = self
        app.router.add_get("/health", _health)
        control.add_routes(app)
        phone.add_routes(app)
        for prefix in PREFIXES:
            app.router.add_route("*", prefix + "/{tail:.*}", self._provider)
        app.router.add_route("*", "/{tail:.*}", self._unknown)
        app.on_startup.append(self._start)
        app.on_shutdown.append(self._shutdown)
        app.on_cleanup.append(self._cleanup)
        return app

    async def _start(self, _: web.Application) -> None:
        await self.sender.start()
        await self.links.start()
        self.lifecycle.resume()
        self.meta.templates.resume()

    async def _shutdown(self, _: web.Application) -> None:
        self.live.close()

    async def _cleanup(self, _: web.Application) -> None:
        self.lifecycle.reset()
        await self.sender.close()
        await self.links.close()
        self.store.close()

    def reset(self) -> None:
        """Forget all state, faults and options."""
        self.lifecycle.reset()
        self.sender.reset()
        self.faults.reset()
        self.store.clear()

    # A call of a client

    async def _provider(self, request: web.Request) -> web.StreamResponse:
        call = self._call(request)
        api = self.apis[call.provider]
        api.recognise(call)
        fault = self.faults.take(call, BEFORE_READ)
        if fault:
            entry = self._log(call, request)
            return await self._play(fault, call, request, entry)
        call.raw = await request.read()
        entry = self._log(call, request)
        errors = [] if api.is_unchecked(call) else self._check(call, entry)
        latency = self.faults.latency.get(call.provider, 0)
        if latency:
            await asyncio.sleep(latency / 1000)
        fault = self.faults.take(call, BEFORE_ACCEPT)
        if fault:
            return await self._play(fault, call, request, entry)
        answer = await api.handle(call, errors)
        entry["message_id"] = call.message_id
        fault = self.faults.take(call, AFTER_ACCEPT) if answer.status < 400 else None
        if fault:
            return await self._play(fault, call, request, entry)
        return _response(answer, entry)

    def _call(self, request: web.Request) -> Call:
        provider, path, query = split_path(request.path_qs)
        return Call(
            provider=provider,
            method=request.method,
            path=path,
            query=query,
            headers={name.lower(): value for name, value in request.headers.items()},
            base_url=self.store.base_url or f"http://{request.host}",
        )

    def _check(self, call: Call, entry: Json) -> list[str]:
        """Check a call against its API's file, and record what is wrong."""
        path = PATH_PREFIXES.get(call.provider, "") + call.path
        if call.asked_path and call.asked_path != call.path:
            path = call.path  # a Graph call by now
        if call.query:
            path += "?" + entry["query"]
        if call.provider == "meta" and not call.path.startswith("/v"):
            errors = [f"{call.path}: no API version in the path"]
        else:
            errors = self.book.check_request(
                call.method, path, call.headers, call.raw, call.kind
            )
        if errors:
            self._violation(call, entry, errors)
        return errors

    def _violation(self, call: Call, entry: Json, errors: list[str]) -> None:
        self.store.violations.append(
            {
                "seq": entry["seq"],
                "at": entry["at"],
                "provider": call.provider,
                "method": call.method,
                "path": entry["path"],
                "errors": errors,
                "body": entry["body"],
            }
        )

    def _log(self, call: Call, request: web.Request) -> Json:
        entry = {
            "seq": self.store.next_number(),
            "at": time.time(),
            "provider": call.provider,
            "operation": call.operation,
            "method": call.method,
            "path": request.path,
            "query": request.query_string,
            "headers": {
                name: "***" if name in SECRET_HEADERS else value
                for name, value in call.headers.items()
            },
            "body": loggable_body(call),
            "status": None,
            "fault": None,
        }
        self.store.requests.append(entry)
        return entry

    async def _play(
        self, fault: Fault, call: Call, request: web.Request, entry: Json
    ) -> web.StreamResponse:
        entry["fault"] = fault.kind
        if fault.kind.startswith("timeout"):
            await self._hold(request, fault.seconds)
            return _cut(request)
        if fault.kind.startswith("reset"):
            return _cut(request)
        return _response(answer_of(fault, call), entry)

    async def _hold(self, request: web.Request, seconds: float) -> None:
        """Keep silent until the time is over, the client leaves, or we stop."""
        end = time.monotonic() + seconds
        while time.monotonic() < end and not self.live.closing:
            if request.transport is None or request.transport.is_closing():
                return
            await asyncio.sleep(min(0.05, max(0.0, end - time.monotonic())))

    async def _unknown(self, request: web.Request) -> web.StreamResponse:
        if request.path in {"/", "/favicon.ico"}:
            raise web.HTTPFound(
                "/phone" if request.path == "/" else "/phone/static/icon.svg"
            )
        call = Call("unknown", request.method, request.path, [], {}, "")
        entry = self._log(call, request)
        self._violation(call, entry, [f"{request.path}: unknown path"])
        return web.json_response({"error": "unknown path"}, status=404)


def _response(answer: Answer, entry: Json) -> web.Response:
    entry["status"] = answer.status
    headers = {"Content-Type": "application/json; charset=utf-8", **answer.headers}
    return web.Response(status=answer.status, body=answer.data(), headers=headers)


def _cut(request: web.Request) -> web.StreamResponse:
    """End the connection with a TCP reset, without an answer."""
    transport = request.transport
    if transport is not None:
        # With a linger time of 0 s the kernel sends RST instead of FIN.
        transport.get_extra_info("socket").setsockopt(
            socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0)
        )
        transport.abort()
    return web.Response()


async def _health(_: web.Request) -> web.Response:
    return web.json_response({"status": "ok"})
