"""The phone page: HTML shells, what they show as JSON, live updates, and files.

Everything shown is untrusted; the pages put it into the document as text only.
"""

import asyncio
from pathlib import Path
from typing import Any
from urllib.parse import quote

from aiohttp import web

from . import phone_numbers, phone_view
from .app_key import EMULATOR
from .inbound import Reply, ReplyError, send_reply
from .models import Json, Phone
from .store import Store

STATIC = Path(__file__).resolve().parent / "static"
KEEP_ALIVE_SECONDS = 15
# Bursts (a run of thousands of messages) become at most four updates a second.
PAUSE_SECONDS = 0.25
SHOWN_IN_BROWSER = {"application/pdf", "image/jpeg", "image/png", "image/webp"}
SETTINGS = {"online", "on_whatsapp", "read_receipts"}
PAGE_HEADERS = {
    "Content-Security-Policy": "default-src 'self'; frame-ancestors 'none'",
    "Cache-Control": "no-store",
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
}


def _page(name: str) -> web.Response:
    text = (STATIC / name).read_text(encoding="utf-8")
    return web.Response(text=text, content_type="text/html", headers=PAGE_HEADERS)


def _phone(request: web.Request) -> Phone | None:
    """Return the phone of the path; looking at a page does not create one."""
    store: Store = request.app[EMULATOR].store
    return store.phones.get(phone_numbers.key(request.match_info["number"]))


async def list_page(_: web.Request) -> web.Response:
    """Show the list of phones."""
    return _page("list.html")


async def conversation_page(request: web.Request) -> web.Response:
    """Show a conversation; that reads what was delivered."""
    phone = _phone(request)
    if phone is not None:
        request.app[EMULATOR].lifecycle.read(phone)
    return _page("conversation.html")


async def list_data(request: web.Request) -> web.Response:
    """Answer the list of phones as JSON."""
    return web.json_response(phone_view.listed(request.app[EMULATOR].store))


async def conversation_data(request: web.Request) -> web.Response:
    """Answer a conversation as JSON."""
    emulator = request.app[EMULATOR]
    key = phone_numbers.key(request.match_info["number"])
    phone = emulator.store.phones.get(key) or Phone(key, key)
    return web.json_response(phone_view.conversation(emulator.store, phone))


async def read(request: web.Request) -> web.Response:
    """Mark what was delivered as read: the page is open and visible."""
    phone = _phone(request)
    count = request.app[EMULATOR].lifecycle.read(phone) if phone else 0
    return web.json_response({"read": count})


async def reply(request: web.Request) -> web.Response:
    """Send what the customer wrote or pressed."""
    emulator = request.app[EMULATOR]
    wanted = await _body(request)
    phone = emulator.store.phone(request.match_info["number"])
    try:
        message = send_reply(emulator.store, emulator.lifecycle, phone, Reply(**wanted))
    except (ReplyError, TypeError) as err:
        return web.json_response({"error": str(err)}, status=400)
    return web.json_response({"id": message.id})


async def settings(request: web.Request) -> web.Response:
    """Switch airplane mode, WhatsApp or read receipts of a phone."""
    emulator = request.app[EMULATOR]
    wanted = await _body(request)
    if set(wanted) - SETTINGS or not all(type(one) is bool for one in wanted.values()):
        return web.json_response({"error": f"only {sorted(SETTINGS)}"}, status=400)
    phone = emulator.store.phone(request.match_info["number"])
    for name, value in wanted.items():
        setattr(phone, name, value)
    emulator.store.save(phone)
    emulator.live.changed(phone.key)
    if phone.online:
        emulator.lifecycle.phone_online(phone)
    return web.json_response({})


async def _body(request: web.Request) -> Json:
    """Return a JSON body; only JSON, so that other sites' forms cannot post."""
    if request.content_type != "application/json":
        raise web.HTTPUnsupportedMediaType(text="application/json only")
    try:
        found: Any = await request.json()
    except ValueError as err:
        raise web.HTTPBadRequest(text="not JSON") from err
    if not isinstance(found, dict):
        raise web.HTTPBadRequest(text="a JSON object is needed")
    return found


async def media(request: web.Request) -> web.Response:
    """Answer the exact bytes of a file that a message carried."""
    store = request.app[EMULATOR].store
    found = store.media.get(request.match_info["id"])
    content = store.get_bytes(found.sha256) if found else None
    if found is None or content is None:
        raise web.HTTPNotFound(text="No existe este archivo.")
    shown = found.mime_type in SHOWN_IN_BROWSER
    disposition = "inline" if shown else "attachment"
    name = quote(request.match_info["filename"], safe="")
    return web.Response(
        body=content,
        content_type=found.mime_type if shown else "application/octet-stream",
        headers={
            "Content-Disposition": f"{disposition}; filename*=UTF-8''{name}",
            "X-Content-Type-Options": "nosniff",
            "Cache-Control": "private, max-age=3600",
        },
    )


async def events(request: web.Request) -> web.StreamResponse:
    """Stream one event each time the conversation (or the list) changes."""
    live = request.app[EMULATOR].live
    number = request.match_info.get("number", "")
    key = phone_numbers.key(number) if number else "*"
    response = web.StreamResponse(
        headers={"Content-Type": "text/event-stream", "Cache-Control": "no-store"}
    )
    await response.prepare(request)
    event = live.listen(key)
    try:
        await response.write(b"retry: 1000\ndata: ready\n\n")
        while not live.closing:
            try:
                await asyncio.wait_for(event.wait(), KEEP_ALIVE_SECONDS)
                line = b"data: changed\n\n"
            except asyncio.TimeoutError:
                line = b": still here\n\n"
            event.clear()
            await response.write(line)
            await asyncio.sleep(PAUSE_SECONDS)
    except ConnectionError:
        return response
    finally:
        live.forget(key, event)
    return response


def add_routes(app: web.Application) -> None:
    """Add the pages to the application."""
    number = r"/phone/{number:\+?\d+}"
    app.router.add_get("/phone", list_page)
    app.router.add_get("/phone/", list_page)
    app.router.add_get("/phone/list.json", list_data)
    app.router.add_get("/phone/events", events)
    app.router.add_get("/phone/media/{id}/{filename}", media)
    app.router.add_get(number, conversation_page)
    app.router.add_get(number + "/messages.json", conversation_data)
    app.router.add_get(number + "/events", events)
    app.router.add_post(number + "/read", read)
    app.router.add_post(number + "/reply", reply)
    app.router.add_post(number + "/settings", settings)
    app.router.add_static("/phone/static", STATIC)
