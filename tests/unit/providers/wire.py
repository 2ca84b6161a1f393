"""A real server on 127.0.0.1 that behaves, or misbehaves, as a test tells it.

It works on sockets because HTTP libraries cannot be talked into half an answer.
"""

import json
import socket
import ssl
import struct
import threading
import time
from contextlib import contextmanager
from dataclasses import dataclass
from urllib.parse import parse_qsl, urlsplit


@dataclass(frozen=True)
class Received:
    """A request as it arrived. Header names are lower case."""

    method: str
    target: str
    headers: dict
    body: bytes

    @property
    def path(self):
        return urlsplit(self.target).path

    @property
    def query(self):
        return dict(parse_qsl(urlsplit(self.target).query))

    @property
    def form(self):
        return dict(parse_qsl(self.body.decode(), keep_blank_values=True))

    @property
    def json(self):
        return json.loads(self.body)


class WireServer:
    """Answers each request by the next of ``answers``; the last one repeats.

    ``readers`` take requests from the connection, in the same way. An answer is a
    callable (socket, Received) → True to keep the connection.
    """

    def __init__(self, tls=None):
        self.answers = [answer(200, {})]
        self.readers = [read_request]
        self.requests = []
        self.connections = 0
        self._tls = tls
        self._lock = threading.Lock()
        self._stopped = threading.Event()
        self._listener = socket.create_server(("127.0.0.1", 0), backlog=64)

    @property
    def port(self):
        return self._listener.getsockname()[1]

    @property
    def url(self):
        return f"{'https' if self._tls else 'http'}://127.0.0.1:{self.port}"

    def __enter__(self):
        threading.Thread(target=self._accept, daemon=True).start()
        return self

    def __exit__(self, *exc):
        self._stopped.set()
        self._listener.close()

    def reply(self, *answers):
        self.answers = list(answers)

    def _accept(self):
        while not self._stopped.is_set():
            try:
                peer, _address = self._listener.accept()
            except OSError:
                return
            self.connections += 1
            threading.Thread(target=self._serve, args=(peer,), daemon=True).start()

    def _serve(self, peer):
        try:
            peer.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            if self._tls:
                peer = self._tls.wrap_socket(peer, server_side=True)
            elif peer.recv(1, socket.MSG_PEEK) == b"\x16":  # TLS, which we do not speak
                peer.recv(65536)  # closing with unread bytes would be a reset
                peer.sendall(b"HTTP/1.1 400 Bad Request\r\n\r\n")
                return
            with peer, peer.makefile("rb") as stream:
                while received := self._take(self.readers)(stream):
                    if not self._next(received)(peer, received):
                        return
        except OSError:
            return  # the client gave up: what the test is about

    def _next(self, received):
        with self._lock:
            self.requests.append(received)
            return self._take(self.answers)

    def _take(self, ones):
        return ones.pop(0) if len(ones) > 1 else ones[0]


def read_request(stream):
    line = stream.readline().decode("latin-1").split()
    if len(line) < 2:
        return None
    headers = {}
    while (header := stream.readline().decode("latin-1").strip()) != "":
        name, _, value = header.partition(":")
        headers[name.lower()] = value.strip()
    body = stream.read(int(headers.get("content-length", 0)))
    return Received(line[0], line[1], headers, body)


# --- answers ----------------------------------------------------------------------


def head(status, headers, length):
    lines = [f"HTTP/1.1 {status} Whatever"]
    lines += [f"{name}: {value}" for name, value in headers.items()]
    if length is not None:
        lines.append(f"Content-Length: {length}")
    return ("\r\n".join(lines) + "\r\n\r\n").encode()


def answer(status, body, headers=None, length=None):
    """Answer completely; ``length`` lies about the size of the body."""
    content = body if isinstance(body, bytes) else json.dumps(body).encode()

    def respond(peer, received):
        size = len(content) if length is None else length
        peer.sendall(head(status, headers or {}, size) + content)
        return length is None

    return respond


def hang(peer, received):
    time.sleep(3)
    return False


def close(peer, received):
    return False


def reset(peer, received):
    """Close with RST, as a crashed process or a firewall does."""
    peer.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    peer.close()
    return False


def drip(what, seconds=0.05):
    """Send an answer byte by byte: first its head or only its body."""
    content = json.dumps({"messages": [{"id": "wamid.slow"}], "sid": "SMslow"}).encode()

    def respond(peer, received):
        start = head(200, {}, len(content))
        fast, slow = (b"", start) if what == "head" else (start, content)
        peer.sendall(fast)
        for byte in slow:
            time.sleep(seconds)
            peer.sendall(bytes([byte]))
        return False

    return respond


def endless(peer, received):
    peer.sendall(head(200, {}, 10**9))
    while True:
        peer.sendall(b"x" * 65536)


# --- addresses where nobody answers -----------------------------------------------


def refused_url():
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]
    return f"http://127.0.0.1:{port}"


@contextmanager
def unanswered_url(accepts=False):
    """Yield an address where connecting never ends, or where nobody says a word.

    A queue of connections that is full makes the kernel ignore the next one.
    """
    with socket.create_server(("127.0.0.1", 0), backlog=8 * accepts) as listener:
        waiting = []
        for _ in range(0 if accepts else 4):
            filler = socket.socket()
            filler.setblocking(False)
            filler.connect_ex(listener.getsockname())
            waiting.append(filler)
        yield f"http://127.0.0.1:{listener.getsockname()[1]}"
        for filler in waiting:
            filler.close()


@contextmanager
def closing_url(scheme):
    """Yield an address that hangs up on every connection at once."""
    with socket.create_server(("127.0.0.1", 0), backlog=16) as listener:
        threading.Thread(target=_hang_up, args=(listener,), daemon=True).start()
        yield f"{scheme}://127.0.0.1:{listener.getsockname()[1]}"


def _hang_up(listener):
    while True:
        try:
            peer, _address = listener.accept()
        except OSError:
            return
        peer.close()


# --- TLS --------------------------------------------------------------------------


def make_certificate(folder):
    """Write a certificate for 127.0.0.1 and return (its file, server context)."""
    import datetime
    import ipaddress

    from cryptography import x509
    from cryptography.hazmat.primitives import hashes, serialization
    from cryptography.hazmat.primitives.asymmetric import ec

    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "127.0.0.1")])
    now = datetime.datetime.now(datetime.timezone.utc)
    address = x509.IPAddress(ipaddress.ip_address("127.0.0.1"))
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - datetime.timedelta(days=1))
        .not_valid_after(now + datetime.timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([address]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .sign(key, hashes.SHA256())
    )
    pem = certificate.public_bytes(serialization.Encoding.PEM)
    private = key.private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.PKCS8,
        serialization.NoEncryption(),
    )
    (folder / "server.pem").write_bytes(pem + private)
    (folder / "ca.pem").write_bytes(pem)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(folder / "server.pem")
    return folder / "ca.pem", context
