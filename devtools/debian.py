"""Packages from Debian, checked by apt against its archive keys, without root.

apt works on private lists, cache and package state, so the machine's own are never
touched and the result is the same whatever is installed there.
"""

import hashlib
import os
import re
import shutil
import time
from dataclasses import dataclass
from pathlib import Path

from devtools import stamps
from devtools.console import DevError
from devtools.paths import CACHE
from devtools.process import run

KEYRING = Path("/usr/share/keyrings/debian-archive-keyring.gpg")
_LISTS_SECONDS = 3600
_DOWNLOAD = re.compile(r"^'\S+' (\S+\.deb) \d+ SHA256:(\w+)", re.MULTILINE)
_INRELEASE = re.compile(r"'(\S+?)/?dists/(\S+?)/(?:In)?Release(?:\.gpg)?'")


def _drop_if_broken(deb: Path, checksum: str) -> None:
    """Remove a damaged file: apt goes by the size of what is there already."""
    if deb.is_file() and hashlib.sha256(deb.read_bytes()).hexdigest() != checksum:
        # Half a download is damaged too; fetching it again costs seconds.
        deb.unlink()


def missing_tool() -> str | None:
    """Say in one sentence why Debian packages cannot be had here, None if they can."""
    for tool in ("apt-get", "dpkg-deb"):
        if not shutil.which(tool):
            return f"{tool} is not on this machine"
    if not KEYRING.is_file():
        return f"{KEYRING} is missing (install the package debian-archive-keyring)"
    return None


def _configured_archives() -> list[tuple[str, str]]:
    """List (address, suite) of the machine's own apt sources, without any download."""
    listing = run(
        ["apt-get", "update", "--print-uris"], "apt-get cannot list its sources"
    )
    return _INRELEASE.findall(listing)


def mirror() -> str:
    """Return the Debian mirror: DEBIAN_MIRROR, else the one the machine uses."""
    if named := os.environ.get("DEBIAN_MIRROR"):
        return named.rstrip("/")
    for address, suite in _configured_archives():
        if "ubuntu" not in address and "/" not in suite and "debian" in address:
            return address.rstrip("/")
    raise DevError(
        "This machine's apt names no Debian mirror: set DEBIAN_MIRROR to the address "
        "of one."
    )


def _security_mirror(main: str) -> str:
    """Return where security updates are: as configured, else beside the mirror."""
    if not os.environ.get("DEBIAN_MIRROR"):
        for address, suite in _configured_archives():
            if suite.endswith("-security"):
                return address.rstrip("/")
    return f"{main}-security"


@dataclass(frozen=True)
class Apt:
    """One private apt, for one Debian suite."""

    suite: str
    with_security: bool = False

    @property
    def folder(self) -> Path:
        return CACHE / "apt" / self.suite

    @property
    def debs(self) -> Path:
        return CACHE / "debs"

    @property
    def _options(self) -> list[str]:
        here = self.folder
        settings = {
            "Dir::Etc::sourcelist": here / "sources.list",
            "Dir::Etc::sourceparts": "-",
            "Dir::Etc::preferences": "-",
            "Dir::Etc::preferencesparts": "-",
            "Dir::State::lists": here / "lists",
            "Dir::State::status": here / "status",
            "Dir::Cache": here / "cache",
            "APT::Sandbox::User": "root",  # the cache may be closed to the user _apt
            "APT::Default-Release": "",
            "Acquire::Retries": "3",
            "Acquire::ForceHash": "SHA256",
            "Acquire::Languages": "none",
        }
        return [part for k, v in settings.items() for part in ("-o", f"{k}={v}")]

    def _run(self, arguments: list[str], what: str, **options) -> str:
        return run(["apt-get", *self._options, *arguments], what, **options)

    def _write_sources(self, *, security: bool) -> None:
        main = mirror()
        lines = [f"deb [signed-by={KEYRING}] {main} {self.suite} main"]
        if security:
            lines.append(
                f"deb [signed-by={KEYRING}] {_security_mirror(main)}"
                f" {self.suite}-security main"
            )
        (self.folder / "sources.list").write_text("\n".join(lines) + "\n")

    def _update(self) -> None:
        """Read the archive's lists, at most once an hour."""
        with stamps.exclusive(f"apt-{self.suite}"):
            read = self.folder / "read"
            if read.exists() and time.time() - read.stat().st_mtime < _LISTS_SECONDS:
                return
            for name in ("lists/partial", "cache/archives/partial"):
                (self.folder / name).mkdir(parents=True, exist_ok=True)
            self.debs.mkdir(parents=True, exist_ok=True)
            (self.folder / "status").touch()
            self._read_lists()
            read.touch()

    def _read_lists(self) -> None:
        what = (
            f"No signed Debian {self.suite} from the mirror: check the network, or set "
            "DEBIAN_MIRROR to one that has it"
        )
        self._write_sources(security=self.with_security)
        try:
            self._run(["update", "--error-on=any"], what)
        except DevError:
            if not self.with_security:
                raise
            # A mirror without the security archive beside it still serves.
            self._write_sources(security=False)
            self._run(["update", "--error-on=any"], what)

    def closure(self, packages: list[str]) -> list[str]:
        """List the packages with all that they depend on, recommendations left out."""
        self._update()
        listing = self._run(
            ["install", "-y", "--no-install-recommends", "--print-uris", *packages],
            f"Debian {self.suite} cannot resolve {', '.join(packages)}",
        )
        names = re.findall(r"^'\S+' ([^_\s]+)_", listing, re.MULTILINE)
        return sorted(set(names))

    def download(self, packages: list[str]) -> list[Path]:
        """Fetch packages into the cache; those already there and whole are kept."""
        self._update()
        checksums = self._checksums(packages)
        for name, checksum in checksums.items():
            _drop_if_broken(self.debs / name, checksum)
        self._run(
            ["download", *packages],
            "A download from the Debian mirror failed: run the same command again, "
            "it goes on where it stopped",
            cwd=self.debs,
        )
        return [self.debs / name for name in checksums]

    def _checksums(self, packages: list[str]) -> dict[str, str]:
        """Return the signed SHA-256 of each package's file."""
        # apt leaves out what lies in its working folder already, so not in debs here.
        listing = self._run(
            ["download", "--print-uris", *packages],
            f"Debian {self.suite} lacks one of {', '.join(packages)}",
            cwd=self.folder,
        )
        return dict(_DOWNLOAD.findall(listing))


def unpack(debs: list[Path], target: Path) -> None:
    """Unpack packages into a folder and make its absolute links stay inside it."""
    target.mkdir(parents=True, exist_ok=True)
    for deb in debs:
        run(["dpkg-deb", "-x", deb, target], f"Not enough room to unpack {deb.name}")
    for link in target.rglob("*"):
        if link.is_symlink() and (goal := os.readlink(link)).startswith("/"):
            inside = os.path.relpath(target / goal[1:], link.parent)
            link.unlink()
            link.symlink_to(inside)


def dangling_links(folder: Path) -> list[Path]:
    """List links that point nowhere: each one breaks a bundle or a font."""
    return [p for p in folder.rglob("*") if p.is_symlink() and not p.exists()]
