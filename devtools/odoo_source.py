"""Odoo 19 Community: the one of ODOO_HOME, else Debian's package in DEV."""

import os
import re
import shutil
from dataclasses import dataclass
from pathlib import Path

from devtools import debian, stamps
from devtools.console import DevError, say
from devtools.paths import DEV, RUN
from devtools.process import run

HOME = DEV / "odoo"
SERIES = "19.0"
NEEDED_GB = 5
# The web client's links point to files of these; sid renamed some fonts, hence two.
_FROM_SID = (
    "odoo-19",
    "libjs-jquery",
    "libjs-jquery-form",
    "libjs-underscore",
    "fonts-montserrat",
    "fonts-roboto-unhinted",
    "fonts-ocr-b",
)
_FROM_BOOKWORM = ("fonts-font-awesome", "fonts-inconsolata")


@dataclass(frozen=True)
class Odoo:
    """An Odoo to run: where its package lies and which addons it does not find itself.

    `path` holds nothing but a link to the package: what lies beside it (Debian's
    dist-packages, a checkout's setup/) must not shadow the virtual environment.
    """

    package: Path
    path: Path
    addons: tuple[Path, ...]

    @property
    def version(self) -> str:
        """Return the series and build, which name the cached databases."""
        text = (self.package / "release.py").read_text()
        found = re.search(r"version_info\s*=\s*\(\s*(\d+)\s*,\s*(\d+)", text)
        return f"{found[1]}.{found[2]}" if found else "unknown"


def _describe(package: Path, addons: tuple[Path, ...] = ()) -> Odoo:
    path = RUN / "odoo" / stamps.digest(package)
    path.mkdir(parents=True, exist_ok=True)
    link = path / "odoo"
    if not link.is_symlink():
        link.symlink_to(package)
    return Odoo(package, path, addons)


def from_home(home: Path) -> Odoo:
    """Describe the Odoo of ODOO_HOME: a checkout or an installed package."""
    if (home / "odoo-bin").is_file():
        odoo = _describe(home / "odoo", (home / "addons",))
    elif (home / "release.py").is_file():
        odoo = _describe(home)
    elif (home / "odoo" / "release.py").is_file():
        odoo = _describe(home / "odoo")
    else:
        raise DevError(
            f"ODOO_HOME={home} is neither a checkout of Odoo (with odoo-bin) nor its "
            "installed package: correct or unset it."
        )
    if odoo.version != SERIES:
        raise DevError(
            f"ODOO_HOME={home} is Odoo {odoo.version}: name an Odoo {SERIES}, or unset "
            "it."
        )
    return odoo


def _unpacked() -> Path:
    return HOME / "usr/lib/python3/dist-packages/odoo"


def is_ready() -> bool:
    """Tell whether there is an Odoo without downloading one."""
    if os.environ.get("ODOO_HOME"):
        return True
    return stamps.is_fresh("odoo", _key()) and _unpacked().is_dir()


def _key() -> str:
    return stamps.digest(_FROM_SID, _FROM_BOOKWORM, HOME)


def check_space() -> None:
    """Raise if what is still to be fetched does not fit."""
    if is_ready():
        return
    free = shutil.disk_usage(DEV).free / 1e9
    if free < NEEDED_GB:
        raise DevError(
            f"Only {free:.1f} GB are free for {DEV}: make {NEEDED_GB} GB free, or name "
            "a larger disk with COBRANZA_DEV_DIR."
        )


def _install() -> None:
    if reason := debian.missing_tool():
        raise DevError(
            f"Odoo 19 cannot be fetched because {reason}: set ODOO_HOME to an Odoo "
            f"{SERIES} that you have."
        )
    say("Odoo 19: downloading")
    debs = debian.Apt("sid").download(list(_FROM_SID))
    debs += debian.Apt("bookworm", with_security=True).download(list(_FROM_BOOKWORM))
    say("Odoo 19: unpacking")
    shutil.rmtree(HOME, ignore_errors=True)
    debian.unpack(debs, HOME)
    if broken := debian.dangling_links(HOME / "usr/lib"):
        raise DevError(
            f"Debian's Odoo now needs another package for {broken[0]}: add it to "
            "devtools/odoo_source.py."
        )
    say("Odoo 19: ready")


def prepare() -> Odoo:
    """Return an Odoo to run, fetched and unpacked if there is none."""
    if home := os.environ.get("ODOO_HOME"):
        return from_home(Path(home).expanduser().resolve())
    with stamps.exclusive("odoo"):
        if not is_ready():
            _install()
            stamps.mark("odoo", _key())
    return _describe(_unpacked())


def compile_bytecode(odoo: Odoo, python: Path) -> None:
    """Compile Odoo once: else each of the first parallel starts compiles it again."""
    run(
        [python, "-m", "compileall", "-q", "-j", "0", odoo.package],
        "Odoo's source could not be compiled",
    )
