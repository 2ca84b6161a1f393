"""A mail server that keeps what it gets, and fails where a test says so.

It speaks as much of SMTP (RFC 5321) as smtplib needs. Started in a thread: no Odoo, no
event loop. ``fail`` plans an answer for the next time that a step is reached.
"""

import email
import email.policy
import socket
import socketserver
import struct
import threading
from dataclasses import dataclass
from email.message import EmailMessage

# Steps that can fail: the connection, the login, the sender, a recipient, the command
# DATA, the message once it was handed over.
STEPS = ("connect", "auth", "mail", "rcpt", "data", "content")
# Instead of an answer: cut the connection, as a crash does, or say nothing.
CLOSE, RESET, HANG = "close", "reset", "hang"
HANG_SECONDS_MAX = 10


@dataclass(frozen=True)
class Received:
    """One e-mail with its envelope."""

    sender: str
    recipients: tuple[str, ...]
    message: EmailMessage

    @property
    def pdfs(self) -> list[bytes]:
        """Return the PDF files in it."""
        return [
            part.get_content()
            for part in self.message.iter_attachments()
            if part.get_content_type() == "application/pdf"
        ]

    def text(self, subtype: str = "plain") -> str:
        """Return the body as text or HTML."""
        body = self.message.get_body((subtype,))
        return body.get_content() if body else ""


class SmtpSink:
    """A mail server on 127.0.0.1; ``received`` holds the e-mails that it accepted.

    ``handed_over`` counts all that reached it in full, whatever it answered.
    """

    def __init__(self, port: int = 0) -> None:
        self.received: list[Received] = []
        self.connections = 0
        self.handed_over = 0
        self._closed = threading.Event()
        self._faults: dict[str, list[str]] = {step: [] for step in STEPS}
        sink = self

        class Handler(_Session):
            owner = sink

        self._server = socketserver.ThreadingTCPServer(("127.0.0.1", port), Handler)
        self._server.daemon_threads = True
        self.port = self._server.server_address[1]
        self._thread = threading.Thread(target=self._server.serve_forever, daemon=True)
        self._thread.start()

    def close(self) -> None:
        """Stop listening."""
        self._closed.set()
        self._server.shutdown()
        self._server.server_close()

    def fail(self, step: str, answer: str, times: int = 1) -> None:
        """Answer a step so, ``times`` times; or do CLOSE, RESET, HANG."""
        self._faults[step] += [answer] * times

    def reset(self) -> None:
        """Forget e-mails and planned failures."""
        self.received.clear()
        self.handed_over = 0
        for planned in self._faults.values():
            planned.clear()

    def to(self, address: str) -> list[Received]:
        """Return the e-mails to one address, oldest first."""
        return [one for one in self.received if address in one.recipients]

    def planned(self, step: str) -> str:
        """Take the planned failure of a step, "" if there is none."""
        return self._faults[step].pop(0) if self._faults[step] else ""

    def wait(self) -> None:
        """Say nothing until somebody stops this server, or for long."""
        self._closed.wait(HANG_SECONDS_MAX)


class _Session(socketserver.StreamRequestHandler):
    owner: SmtpSink

    def handle(self) -> None:
        self.owner.connections += 1
        self._sender, self._recipients = "", []
        if not self._step("connect", "220 sink ESMTP"):
            return
        while line := self.rfile.readline():
            verb, _space, rest = line.decode("ascii", "replace").strip().partition(" ")
            if not self._answer(verb.upper(), rest):
                return

    def _answer(self, verb: str, rest: str) -> bool:
        """Answer one command; return whether the session goes on."""
        if verb == "EHLO":
            self._say("250-sink")
            self._say("250 AUTH PLAIN")
            return True
        if verb == "AUTH":
            return self._step("auth", "235 OK")
        if verb == "MAIL":
            self._sender, self._recipients = _address(rest), []
            return self._step("mail", "250 OK")
        if verb == "RCPT":
            return self._step("rcpt", "250 OK", lambda: self._accept(_address(rest)))
        if verb == "DATA":
            return self._data()
        if verb == "QUIT":
            self._say("221 Bye")
            return False
        self._say("250 OK" if verb in ("HELO", "NOOP", "RSET") else "502 No")
        return True

    def _data(self) -> bool:
        planned = self.owner.planned("data")
        if self._breaks(planned):
            return False
        self._say(planned or "354 Go on")
        if planned:
            return True
        lines = []
        while (line := self.rfile.readline()) not in (b".\r\n", b""):
            lines.append(line.removeprefix(b".") if line.startswith(b"..") else line)
        self.owner.handed_over += 1
        return self._step("content", "250 OK", lambda: self._keep(b"".join(lines)))

    def _keep(self, content: bytes) -> None:
        message = email.message_from_bytes(content, policy=email.policy.default)
        self.owner.received.append(
            Received(self._sender, tuple(self._recipients), message)
        )

    def _accept(self, address: str) -> None:
        self._recipients.append(address)

    def _step(self, step: str, answer: str, accepted=lambda: None) -> bool:
        planned = self.owner.planned(step)
        if self._breaks(planned):
            return False
        if not planned:
            accepted()
        self._say(planned or answer)
        return True

    def _breaks(self, planned: str) -> bool:
        """Do what is planned instead of an answer; return whether something was."""
        if planned == HANG:
            self.owner.wait()
        elif planned == RESET:
            # Closing at once, without the farewell of TCP.
            linger = struct.pack("ii", 1, 0)
            self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, linger)
        return planned in (CLOSE, RESET, HANG)

    def _say(self, line: str) -> None:
        self.wfile.write(f"{line}\r\n".encode())


def _address(rest: str) -> str:
    return rest.partition("<")[2].partition(">")[0]
