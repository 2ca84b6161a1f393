"""Where everything lives: nothing is written outside DEV (but see postgres.py)."""

import hashlib
import os
from pathlib import Path

from devtools.console import DevError

ROOT = Path(__file__).resolve().parent.parent
DEV = Path(os.environ.get("COBRANZA_DEV_DIR") or ROOT / ".dev").expanduser().resolve()

ADDON = ROOT / "cobranza_whatsapp"
BIN = DEV / "bin"
CACHE = DEV / "cache"
DATA = DEV / "data"
LOGS = DEV / "logs"
REPORTS = DEV / "reports"
RUN = DEV / "run"
SCREENSHOTS = DEV / "screenshots"
STAMPS = DEV / "stamps"
VENV = DEV / "venv"

# Several checkouts may share one DEV; what belongs to one of them carries this.
CHECKOUT = hashlib.sha256(str(ROOT).encode()).hexdigest()[:8]


def nearest() -> Path:
    """Return DEV, or what exists of the way to it."""
    return next(p for p in (DEV, *DEV.parents) if os.path.exists(p))


def check() -> None:
    """Raise unless DEV can be written to."""
    if not os.access(nearest(), os.W_OK | os.X_OK):
        raise DevError(
            f"{nearest()} is not yours to write to: name a folder of yours with "
            "COBRANZA_DEV_DIR."
        )


def make_folders() -> None:
    """Create the folders that every command may write to."""
    check()
    for folder in (BIN, CACHE, DATA, LOGS, REPORTS, RUN, SCREENSHOTS, STAMPS):
        folder.mkdir(parents=True, exist_ok=True)
