"""Helpers of these tests: a running emulator, a client for it, a webhook receiver."""

import asyncio
import base64
import contextlib
import http.client
import json
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit

from aiohttp import web

from emulator.server import Emulator
from emulator.validation import DEFAULT_SPECS

PHONE_ID, WABA_ID, TOKEN, SECRET = "1065", "2001", "EAAtoken", "s3cr3t"
APP_ID = "100000000000001"
BUSINESS = "525500000000"
CUSTOMER = "525512345678"
SID, AUTH = "AC" + "a" * 32, "12345"
SMS_FROM = "+15005550006"
PDF = b"%PDF-1.4\n1 0 obj<</Type/Page>>endobj\ntrailer<<>>\n%%EOF\n"
USER_AGENT = "CobranzaTests/1.0.0"


@dataclass
class Reply:
    """An HTTP answer."""

    status: int
    headers: dict[str, str]
    content: bytes

    @property
    def json(self) -> Any:
        return json.loads(self.content)


def multipart(fields: dict[str, Any]) -> tuple[bytes, str]:
    """Return a body and its Content-Type; a tuple is (filename, bytes, type)."""
    boundary, lines = "xxBOUNDARYxx", []
    for name, value in fields.items():
        lines.append(f"--{boundary}\r\nContent-Disposition: form-data; ".encode())
        if isinstance(value, tuple):
            head = f'name="{name}"; filename="{value[0]}"\r\nContent-Type: {value[2]}'
            lines += [head.encode(), b"\r\n\r\n", value[1], b"\r\n"]
        else:
            lines += [f'name="{name}"\r\n\r\n{value}\r\n'.encode()]
    lines.append(f"--{boundary}--\r\n".encode())
    return b"".join(lines), f"multipart/form-data; boundary={boundary}"


class Client:
    """Calls one emulator, as Meta's and Twilio's clients would."""

    def __init__(self, port: int, emulator: Emulator) -> None:
        self.port = port
        self.url = f"http://127.0.0.1:{port}"
        self.emulator = emulator

    def call(
        self,
        method: str,
        path: str,
        body: Any = None,
        headers: dict[str, str] | None = None,
        timeout: float = 10,
    ) -> Reply:
        """Send one request on a connection of its own."""
        sent = dict(headers or {})
        if isinstance(body, dict | list):
            body = json.dumps(body)
            sent.setdefault("Content-Type", "application/json")
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=timeout)
        with contextlib.closing(connection):
            connection.request(method, path, body, sent)
            response = connection.getresponse()
            return Reply(response.status, dict(response.headers), response.read())

    def graph(self, method: str, path: str, body: Any = None, **more: Any) -> Reply:
        """Call Meta with the account's token."""
        headers = {"Authorization": f"Bearer {TOKEN}", "User-Agent": USER_AGENT}
        headers.update(more.pop("headers", {}))
        return self.call(method, f"/graph/v23.0/{path}", body, headers, **more)

    def twilio(self, method: str, path: str, form: Any = None, **more: Any) -> Reply:
        """Call Twilio with the account's credentials."""
        basic = base64.b64encode(f"{SID}:{AUTH}".encode()).decode()
        headers = {"Authorization": f"Basic {basic}"}
        headers.update(more.pop("headers", {}))
        if form is not None:
            headers["Content-Type"] = "application/x-www-form-urlencoded"
            form = urlencode(form, doseq=True)
        return self.call(
            method, f"/twilio/2010-04-01/Accounts/{SID}{path}", form, headers, **more
        )

    def control(self, method: str, path: str, body: Any = None) -> Any:
        """Call the control API, which must accept."""
        reply = self.call(method, f"/control{path}", body)
        assert reply.status == 200, reply.content
        return reply.json

    # Short cuts

    def setup_meta(self, **changes: Any) -> None:
        self.control(
            "POST",
            "/accounts",
            {
                "provider": "meta",
                "phone_number_id": PHONE_ID,
                "waba_id": WABA_ID,
                "app_id": APP_ID,
                "app_secret": SECRET,
                "access_token": TOKEN,
                "display_phone_number": BUSINESS,
                **changes,
            },
        )

    def setup_twilio(self, **changes: Any) -> None:
        self.control(
            "POST",
            "/accounts",
            {
                "provider": "twilio",
                "account_sid": SID,
                "auth_token": AUTH,
                "numbers": [SMS_FROM],
                "whatsapp_numbers": [SMS_FROM],
                **changes,
            },
        )

    def upload(self, content: bytes = PDF, kind: str = "application/pdf") -> Reply:
        body, content_type = multipart(
            {
                "file": ("INV-1.pdf", content, kind),
                "messaging_product": "whatsapp",
                "type": kind,
            }
        )
        return self.graph(
            "POST", f"{PHONE_ID}/media", body, headers={"Content-Type": content_type}
        )

    def handle(self, content: bytes = PDF, kind: str = "application/pdf") -> str:
        """Upload a sample for a template and return its handle."""
        query = urlencode(
            {"file_length": len(content), "file_type": kind, "file_name": "a.pdf"}
        )
        session = self.graph("POST", f"{APP_ID}/uploads?{query}").json["id"]
        reply = self.graph("POST", session, content, headers={"file_offset": "0"})
        return reply.json["h"]

    def template(self, approve: bool = True, **changes: Any) -> Reply:
        """Create the reminder template."""
        reply = self.graph(
            "POST", f"{WABA_ID}/message_templates", template_body(self, **changes)
        )
        if approve and reply.status == 200:
            self.control(
                "POST", f"/templates/{reply.json['id']}", {"status": "APPROVED"}
            )
        return reply

    def send_text(self, text: str = "Hola", **changes: Any) -> Reply:
        return self.graph("POST", f"{PHONE_ID}/messages", text_body(text, **changes))

    def send_template(self, **changes: Any) -> Reply:
        media = changes.pop("media", None) or self.upload().json["id"]
        body = message_body(media)
        body.update(changes)
        return self.graph("POST", f"{PHONE_ID}/messages", body)

    def open_window(self, number: str = CUSTOMER) -> None:
        body = {"channel": "whatsapp", "text": "Hola", "account": PHONE_ID}
        self.control("POST", f"/phones/{number}/reply", body)

    def sms(self, **changes: Any) -> Reply:
        form = {"To": "+" + CUSTOMER, "From": SMS_FROM, "Body": "Hola", **changes}
        form = {name: value for name, value in form.items() if value is not None}
        return self.twilio("POST", "/Messages.json", form)


def text_body(text: str = "Hola", **changes: Any) -> dict[str, Any]:
    return {
        "messaging_product": "whatsapp",
        "recipient_type": "individual",
        "to": CUSTOMER,
        "type": "text",
        "text": {"body": text},
        **changes,
    }


def template_body(client: Client, **changes: Any) -> dict[str, Any]:
    return {
        "name": "payment_reminder_1",
        "language": "es_MX",
        "category": "UTILITY",
        "parameter_format": "NAMED",
        "components": template_components(client.handle()),
        **changes,
    }


def template_components(handle: str) -> list[dict[str, Any]]:
    examples = [
        {"param_name": "customer_name", "example": "María"},
        {"param_name": "amount", "example": "$1,234.00"},
    ]
    return [
        {
            "type": "HEADER",
            "format": "DOCUMENT",
            "example": {"header_handle": [handle]},
        },
        {
            "type": "BODY",
            "text": "Hola {{customer_name}}, su factura por {{amount}} venció ayer.",
            "example": {"body_text_named_params": examples},
        },
        {"type": "FOOTER", "text": "Responda BAJA para no recibir recordatorios"},
        {
            "type": "BUTTONS",
            "buttons": [
                {
                    "type": "URL",
                    "text": "Ver y pagar",
                    "url": "https://erp.example.com/c/{{1}}",
                    "example": ["https://erp.example.com/c/abc"],
                },
                {"type": "QUICK_REPLY", "text": "Ya pagué"},
            ],
        },
    ]


def message_body(media_id: str) -> dict[str, Any]:
    document = {"id": media_id, "filename": "INV-1.pdf"}
    return {
        "messaging_product": "whatsapp",
        "recipient_type": "individual",
        "to": CUSTOMER,
        "type": "template",
        "biz_opaque_callback_data": "uuid-1",
        "template": {
            "name": "payment_reminder_1",
            "language": {"code": "es_MX"},
            "components": [
                {
                    "type": "header",
                    "parameters": [{"type": "document", "document": document}],
                },
                {
                    "type": "body",
                    "parameters": [
                        {
                            "type": "text",
                            "parameter_name": "customer_name",
                            "text": "María",
                        },
                        {"type": "text", "parameter_name": "amount", "text": "$1.00"},
                    ],
                },
                {
                    "type": "button",
                    "sub_type": "url",
                    "index": "0",
                    "parameters": [{"type": "text", "text": "k3J9x"}],
                },
                {
                    "type": "button",
                    "sub_type": "quick_reply",
                    "index": "1",
                    "parameters": [{"type": "payload", "payload": "PAID:3f1c"}],
                },
            ],
        },
    }


@contextlib.contextmanager
def running_emulator(**options: Any) -> Iterator[Client]:
    """Run an emulator in a thread of its own, on a free port."""
    options.setdefault("specs", DEFAULT_SPECS)
    options.setdefault("delivery_delay_ms", 20)
    loop = asyncio.new_event_loop()
    emulator = Emulator(**options)
    runner = web.AppRunner(emulator.application(), shutdown_timeout=0.5)

    async def start() -> int:
        await runner.setup()
        await web.TCPSite(runner, "127.0.0.1", 0).start()
        return runner.addresses[0][1]

    port = loop.run_until_complete(start())
    emulator.store.base_url = f"http://127.0.0.1:{port}"
    thread = threading.Thread(target=loop.run_forever, daemon=True)
    thread.start()
    try:
        yield Client(port, emulator)
    finally:
        asyncio.run_coroutine_threadsafe(runner.cleanup(), loop).result(10)
        loop.call_soon_threadsafe(loop.stop)
        thread.join(5)
        loop.close()


class Receiver:
    """A webhook receiver; ``answers`` are the next statuses, then 200."""

    def __init__(self) -> None:
        self.posts: list[dict[str, Any]] = []
        self.gets: list[str] = []
        self.answers: list[int] = []
        self.delay_seconds = 0.0
        self.files: dict[str, tuple[str, bytes]] = {}
        receiver = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                receiver.gets.append(self.path)
                path, _, query = self.path.partition("?")
                kind, body = receiver.files.get(path, ("text/plain", b""))
                if "hub.challenge" in query:
                    values = parse_qs(query)
                    good = values["hub.verify_token"] == ["verify-me"]
                    body = values["hub.challenge"][0].encode() if good else b"no"
                self.answer(200 if body else 404, kind, body)

            def do_HEAD(self) -> None:
                path = self.path.partition("?")[0]
                kind, body = receiver.files.get(path, ("text/plain", b""))
                self.answer(200 if body else 404, kind, b"")

            def do_POST(self) -> None:
                length = int(self.headers.get("Content-Length", 0))
                raw = self.rfile.read(length)
                receiver.posts.append(
                    {
                        "path": self.path,
                        "headers": dict(self.headers),
                        "raw": raw,
                        "at": time.monotonic(),
                    }
                )
                time.sleep(receiver.delay_seconds)
                status = receiver.answers.pop(0) if receiver.answers else 200
                self.answer(status, "text/plain", b"ok")

            def answer(self, status: int, kind: str, body: bytes) -> None:
                self.send_response(status)
                self.send_header("Content-Type", kind)
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, *_: Any) -> None:
                """Stay silent."""

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self._server.server_port}"
        threading.Thread(
            target=self._server.serve_forever, args=(0.02,), daemon=True
        ).start()

    def close(self) -> None:
        self._server.shutdown()
        self._server.server_close()

    @property
    def changes(self) -> list[dict[str, Any]]:
        """Return the Meta changes received, in order."""
        return [
            change
            for post in self.posts
            for entry in json.loads(post["raw"])["entry"]
            for change in entry["changes"]
        ]

    @property
    def statuses(self) -> list[dict[str, Any]]:
        """Return the Meta statuses received, in order."""
        return [
            status
            for change in self.changes
            for status in change["value"].get("statuses", [])
        ]

    @property
    def forms(self) -> list[dict[str, str]]:
        """Return the Twilio forms received, in order."""
        return [
            {
                name: values[0]
                for name, values in parse_qs(
                    post["raw"].decode(), keep_blank_values=True
                ).items()
            }
            for post in self.posts
        ]


def wait_for(check: Callable[[], Any], seconds: float = 3) -> Any:
    """Return what ``check`` returns once it is true; fail after ``seconds``."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        found = check()
        if found:
            return found
        time.sleep(0.01)
    raise AssertionError(f"not within {seconds} s")


def port_of(url: str) -> int:
    return urlsplit(url).port or 80
