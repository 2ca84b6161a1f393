"""The virtual environment with the pinned Python packages."""

import os
import shutil
import sys
from pathlib import Path

from devtools import stamps
from devtools.console import say
from devtools.paths import CACHE, ROOT, VENV
from devtools.process import run

PYTHON = VENV / "bin" / "python"
RUNTIME = ROOT / "requirements.txt"
DEVELOPMENT = ROOT / "requirements-dev.txt"
_NETWORK = (
    "The Python packages could not be installed: check the network and run the same "
    "command again"
)


def pip_environment() -> dict[str, str]:
    """Keep pip's downloads in DEV, so that they survive a rebuilt environment."""
    return {
        **os.environ,
        "PIP_CACHE_DIR": str(CACHE / "pip"),
        "PIP_DISABLE_PIP_VERSION_CHECK": "1",
        "PIP_NO_INPUT": "1",
    }


def _base_python() -> str:
    return os.environ.get("COBRANZA_BASE_PYTHON") or sys._base_executable


def _create(key: str) -> None:
    if PYTHON.exists() and stamps.is_fresh("venv", key):
        return
    shutil.rmtree(VENV, ignore_errors=True)
    what = "This Python cannot make a virtual environment: install python3-venv"
    run([_base_python(), "-m", "venv", VENV], what)
    stamps.mark("venv", key)


def _base_key() -> str:
    return stamps.digest(_base_python(), sys.version, VENV)


def _step(*, development: bool) -> tuple[str, str, list[Path]]:
    """Return the step's stamp, the inputs it depends on and the files to install."""
    files = [RUNTIME, DEVELOPMENT] if development else [RUNTIME]
    name = "packages-dev" if development else "packages"
    return name, stamps.digest(_base_key(), *files), files


def is_ready(*, development: bool) -> bool:
    """Tell whether the pinned packages are installed."""
    name, key, _ = _step(development=development)
    return PYTHON.exists() and stamps.is_fresh(name, key)


def prepare(*, development: bool) -> Path:
    """Install the pinned packages and return the environment's Python."""
    name, key, files = _step(development=development)
    with stamps.exclusive("venv"):
        if is_ready(development=development):
            return PYTHON
        say("Python packages: installing")
        _create(_base_key())
        # Wheels only: building one needs compilers that a user may not have.
        pip = [PYTHON, "-m", "pip", "install", "-q", "--only-binary", ":all:"]
        for file in files:
            pip += ["-r", file]
        run(pip, _NETWORK, env=pip_environment())
        stamps.mark(name, key)
        say("Python packages: ready")
    return PYTHON
