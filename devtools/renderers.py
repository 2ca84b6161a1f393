"""wkhtmltopdf and Chromium, for PDF and browser tests: the machine's or Debian's."""

import os
import re
import shutil
from dataclasses import dataclass
from pathlib import Path

from devtools import debian, stamps
from devtools.console import DevError, say
from devtools.paths import BIN, CACHE, DEV, RUN
from devtools.process import run

HOME = DEV / "root"
_SUITE = "bookworm"
_FONTS = ("fonts-dejavu-core", "fonts-liberation", "fonts-noto-color-emoji")
# Never loaded here: what only installs or administers a machine, hardware drivers,
# and the C library, which has to be the one that the machine's loader belongs to.
_LEFT_OUT = re.compile(
    r"(adduser|adwaita-icon-theme|dbus.*|debconf|dmsetup|dpkg|gcc-\d+-base|gtk-update.*"
    r"|init-system-helpers|iso-codes|libc6|libcap2-bin|libgcc-s1|libgl1-mesa-dri|libllvm.*"
    r"|libpam.*|libperl.*|libstdc\+\+6|libsystemd-shared|libz3-4|lsb-base|mount|passwd"
    r"|perl.*|procps|.*-perl|systemd.*|sysvinit-utils|tar|usrmerge|x11-.*|xdg-utils)"
)


@dataclass(frozen=True)
class Program:
    """A program with the packages it comes from and its place in them."""

    name: str
    names: tuple[str, ...]
    packages: tuple[str, ...]
    binary: str


WKHTMLTOPDF = Program(
    "wkhtmltopdf", ("wkhtmltopdf",), ("wkhtmltopdf",), "usr/bin/wkhtmltopdf"
)
CHROMIUM = Program(
    "chromium",
    ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable"),
    ("chromium",),
    "usr/lib/chromium/chromium",
)


def on_machine(program: Program) -> Path | None:
    """Return the machine's own program, None if it has none on its PATH."""
    others = [p for p in os.get_exec_path() if Path(p).resolve() != BIN]
    for name in program.names:
        if found := shutil.which(name, path=os.pathsep.join(others)):
            return Path(found)
    return None


def path_of(program: Program) -> Path | None:
    """Return the program to run, None if it still has to be fetched."""
    wrapper = BIN / program.name
    ready = stamps.is_fresh(program.name, _key(program)) and wrapper.exists()
    return on_machine(program) or (wrapper if ready else None)


def _key(program: Program) -> str:
    return stamps.digest(program, _FONTS, _LEFT_OUT.pattern, HOME, _WRAPPER)


_FONTCONFIG = """<?xml version="1.0"?>
<!DOCTYPE fontconfig SYSTEM "urn:fontconfig:fonts.dtd">
<fontconfig>
  <dir>{home}/usr/share/fonts</dir>
  <dir>/usr/share/fonts</dir>
  <cachedir>{cache}</cachedir>
  <include ignore_missing="yes">{home}/etc/fonts/conf.d</include>
</fontconfig>
"""

_WRAPPER = """#!/bin/sh
# Written by ./dev: runs Debian's {name} from {home} without installing it.
export LD_LIBRARY_PATH="{libraries}"
export FONTCONFIG_FILE="{home}/fonts.conf"
export QT_PLUGIN_PATH="{plugins}"
export QT_QPA_PLATFORM=offscreen
export XDG_DATA_DIRS="{home}/usr/share:/usr/share"
export XDG_RUNTIME_DIR="${{XDG_RUNTIME_DIR:-{runtime}}}"
exec "{binary}" "$@"
"""


def _write_wrapper(program: Program) -> None:
    base = [HOME / "usr/lib", HOME / "lib"]
    libraries = [path for lib in base for path in lib.glob("*-linux-gnu*")]
    # Some packages keep libraries in a folder of their own, with a fixed run path.
    libraries += sorted({so.parent for p in libraries for so in p.glob("*/lib*.so*")})
    plugins = [path / "qt5/plugins" for path in libraries]
    runtime = RUN / "xdg"
    runtime.mkdir(mode=0o700, exist_ok=True)
    text = _WRAPPER.format(
        name=program.name,
        home=HOME,
        binary=HOME / program.binary,
        runtime=runtime,
        libraries=":".join(map(str, libraries)),
        plugins=":".join(str(path) for path in plugins if path.is_dir()),
    )
    fonts = _FONTCONFIG.format(home=HOME, cache=CACHE / "fontconfig")
    (HOME / "fonts.conf").write_text(fonts)
    wrapper = BIN / program.name
    wrapper.write_text(text)
    wrapper.chmod(0o755)


def _install(program: Program) -> None:
    if reason := debian.missing_tool():
        raise DevError(
            f"{program.name} is missing and cannot be fetched because {reason}: "
            f"install {program.name}."
        )
    say(f"{program.name}: downloading")
    apt = debian.Apt(_SUITE, with_security=True)
    names = apt.closure([*program.packages, *_FONTS])
    debs = apt.download([name for name in names if not _LEFT_OUT.fullmatch(name)])
    say(f"{program.name}: unpacking")
    debian.unpack(debs, HOME)
    _write_wrapper(program)
    run(
        [BIN / program.name, "--version"],
        f"The downloaded {program.name} does not start: install {program.name}",
    )
    say(f"{program.name}: ready")


def prepare(program: Program) -> Path:
    """Return the program to run, fetched if the machine has none."""
    if found := path_of(program):
        return found
    with stamps.exclusive("renderers"):
        if found := path_of(program):
            return found
        _install(program)
        stamps.mark(program.name, _key(program))
    return BIN / program.name
