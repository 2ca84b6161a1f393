"""The control API: accounts, faults, phones, and what was seen. Only for tests.

JSON in, JSON out; a request that makes no sense is answered 400 with a sentence.
"""

import functools
import json
from collections.abc import Awaitable, Callable
from dataclasses import asdict
from typing import Any

from aiohttp import web

from . import control_accounts as accounts
from . import ledger
from .app_key import EMULATOR
from .control_accounts import ControlError, only_fields
from .faults import Fault, FaultError
from .inbound import Reply, send_reply
from .models import Json, Phone

Handler = Callable[[Any, Json, web.Request], Awaitable[Any]]


def endpoint(handler: Handler) -> Callable[[web.Request], Awaitable[web.Response]]:
    """Wrap a handler: reads the JSON body, writes the JSON answer."""

    @functools.wraps(handler)
    async def run(request: web.Request) -> web.Response:
        emulator = request.app[EMULATOR]
        try:
            raw = await request.read()
            body = json.loads(raw) if raw else {}
            if not isinstance(body, dict):
                raise ControlError("the body must be a JSON object")
            answer = await handler(emulator, body, request)
        except (ValueError, TypeError) as err:
            return web.json_response({"error": str(err)}, status=400)
        except KeyError as err:
            return web.json_response({"error": f"{err} is missing"}, status=400)
        if answer is None:
            return web.json_response({"error": "not found"}, status=404)
        return web.json_response(answer)

    return run


# Phones


async def list_phones(emulator: Any, _: Json, __: web.Request) -> Json:
    """List the customers' phones."""
    return {"phones": [asdict(one) for one in emulator.store.phones.values()]}


async def put_phone(emulator: Any, body: Json, request: web.Request) -> Json:
    """Change a phone; one that comes back online gets what waited."""
    phone = emulator.store.phone(request.match_info["number"])
    only_fields(Phone, body)
    if set(body) & {"key", "number", "last_inbound"}:
        raise ControlError("key, number and last_inbound cannot be set")
    for name, value in body.items():
        setattr(phone, name, value)
    emulator.store.save(phone)
    emulator.live.changed(phone.key)
    if phone.online:
        emulator.lifecycle.phone_online(phone)
    return asdict(phone)


async def reply(emulator: Any, body: Json, request: web.Request) -> Json:
    """Send a message from a phone."""
    wanted = dict(body)
    wanted["context_id"] = wanted.pop("context_message_id", "")
    only_fields(Reply, wanted)
    phone = emulator.store.phone(request.match_info["number"])
    wanted.setdefault("channel", "whatsapp")
    message = send_reply(emulator.store, emulator.lifecycle, phone, Reply(**wanted))
    return ledger.row(message)


async def read(emulator: Any, _: Json, request: web.Request) -> Json:
    """Open the conversation on a phone: what was delivered is read."""
    phone = emulator.store.phone(request.match_info["number"])
    return {"read": emulator.lifecycle.read(phone)}


# What was seen


async def get_ledger(emulator: Any, _: Json, request: web.Request) -> Json:
    """List accepted messages, or count them."""
    return ledger.select(emulator.store, dict(request.query))


async def get_requests(emulator: Any, _: Json, request: web.Request) -> Json:
    """List the requests of clients after a sequence number."""
    since = int(request.query.get("since", 0))
    rows = [one for one in emulator.store.requests if one["seq"] > since]
    return {"requests": rows, "last": rows[-1]["seq"] if rows else since}


async def get_violations(emulator: Any, _: Json, __: web.Request) -> Json:
    """List the requests that broke an API's description."""
    return {"violations": emulator.store.violations}


async def clear_violations(emulator: Any, _: Json, __: web.Request) -> Json:
    """Forget the violations."""
    count = len(emulator.store.violations)
    emulator.store.violations.clear()
    return {"cleared": count}


async def get_webhooks(emulator: Any, _: Json, request: web.Request) -> Json:
    """List the deliveries of webhooks, and count what still waits."""
    since = int(request.query.get("since", 0))
    rows = [one for one in emulator.store.deliveries if one["seq"] > since]
    return {"deliveries": rows, "waiting": emulator.sender.waiting}


# Making things happen


async def force_status(emulator: Any, body: Json, request: web.Request) -> Json | None:
    """Give a message a status and send its webhook, whatever came before."""
    message = emulator.store.messages.get(request.match_info["id"])
    if message is None:
        return None
    error = (body.get("errors") or [None])[0]
    emulator.lifecycle.set_status(message, body["status"], error)
    return ledger.row(message)


async def list_templates(emulator: Any, _: Json, __: web.Request) -> Json:
    """List all templates."""
    contents = list(emulator.store.contents.values())
    templates = [asdict(one) for one in emulator.store.templates.values()]
    return {"templates": templates + contents}


async def change_template(
    emulator: Any, body: Json, request: web.Request
) -> Json | None:
    """Change status, quality or category of a template or Content, by id or name.

    ``coming_category`` only announces a category that Meta will give it.
    """
    wanted = request.match_info["name"]
    found = [
        one
        for one in emulator.store.templates.values()
        if wanted in {one.id, one.name}
        and body.get("language", one.language) == one.language
    ]
    contents = emulator.twilio.content.review(wanted, body)
    templates = emulator.meta.templates
    for one in found:
        if body.get("category"):
            templates.set_category(one, body["category"])
        if body.get("coming_category"):
            templates.announce_category(one, body["coming_category"])
        if body.get("quality") and not body.get("status"):
            templates.set_quality(one, body["quality"])
        if body.get("status"):
            reason = body.get("reason", "NONE")
            templates.set_status(one, body["status"], reason, body.get("quality", ""))
    changed = [asdict(one) for one in found] + contents
    return {"templates": changed} if changed else None


async def add_fault(emulator: Any, body: Json, _: web.Request) -> Json:
    """Set a fault."""
    try:
        fault: Fault = emulator.faults.add(body)
    except FaultError as err:
        raise ControlError(str(err)) from err
    return asdict(fault)


async def list_faults(emulator: Any, _: Json, __: web.Request) -> Json:
    """List the faults with their hits."""
    return {"faults": emulator.faults.listed(), "latency": emulator.faults.latency}


async def clear_faults(emulator: Any, _: Json, __: web.Request) -> Json:
    """Remove all faults and latency."""
    emulator.faults.reset()
    return {"faults": []}


async def set_latency(emulator: Any, body: Json, _: web.Request) -> Json:
    """Make a provider slow: milliseconds before each answer."""
    names = [body["provider"]] if "provider" in body else list(emulator.apis)
    for name in names:
        emulator.faults.latency[name] = float(body["ms"])
    return dict(emulator.faults.latency)


async def set_clock(emulator: Any, body: Json, _: web.Request) -> Json:
    """Move the emulator's clock: windows, limits and the age of files."""
    store = emulator.store
    store.clock_offset += float(body.get("advance_seconds", 0))
    return {"now": store.now(), "offset_seconds": store.clock_offset}


async def set_delivery(emulator: Any, body: Json, _: web.Request) -> Json:
    """Change the time from sent to delivered (milliseconds)."""
    emulator.lifecycle.delivery_delay_ms = float(body["ms"])
    return {"ms": emulator.lifecycle.delivery_delay_ms}


async def reset(emulator: Any, _: Json, __: web.Request) -> Json:
    """Forget everything."""
    emulator.reset()
    return {"reset": True}


ROUTES: list[tuple[str, str, Handler]] = [
    ("GET", "/accounts", accounts.list_accounts),
    ("POST", "/accounts", accounts.put_account),
    ("DELETE", "/accounts/{name}", accounts.delete_account),
    ("GET", "/phones", list_phones),
    ("POST", "/phones/{number}", put_phone),
    ("POST", "/phones/{number}/reply", reply),
    ("POST", "/phones/{number}/read", read),
    ("GET", "/ledger", get_ledger),
    ("GET", "/requests", get_requests),
    ("GET", "/violations", get_violations),
    ("DELETE", "/violations", clear_violations),
    ("GET", "/webhooks", get_webhooks),
    ("POST", "/webhooks/options", accounts.webhook_options),
    ("POST", "/webhooks/release", accounts.release),
    ("POST", "/raw_webhook", accounts.post_raw_webhook),
    ("POST", "/messages/{id:.+}/status", force_status),
    ("GET", "/templates", list_templates),
    ("POST", "/templates/{name}", change_template),
    ("GET", "/faults", list_faults),
    ("POST", "/faults", add_fault),
    ("DELETE", "/faults", clear_faults),
    ("POST", "/latency", set_latency),
    ("POST", "/clock", set_clock),
    ("POST", "/delivery_delay", set_delivery),
    ("POST", "/reset", reset),
]


def add_routes(app: web.Application) -> None:
    """Add the control API to the application."""
    for method, path, handler in ROUTES:
        app.router.add_route(method, "/control" + path, endpoint(handler))
