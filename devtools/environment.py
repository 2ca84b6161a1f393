"""Put the pieces together: prepare them in parallel, describe them to children."""

import os
from collections.abc import Mapping
from concurrent.futures import FIRST_EXCEPTION, ThreadPoolExecutor, wait
from dataclasses import dataclass, field
from pathlib import Path

from devtools import (
    odoo_source,
    paths,
    postgres,
    postgres_binaries,
    process,
    renderers,
    venv,
)


@dataclass
class Environment:
    """What is ready to be used; which parts are there depends on who asked."""

    lease: postgres.Lease
    parts: dict[str, object] = field(default_factory=dict)

    @property
    def odoo(self) -> odoo_source.Odoo:
        return self.parts["odoo"]

    @property
    def python(self) -> Path:
        return self.parts["python"]

    @property
    def server(self) -> postgres.Server:
        return self.parts["postgres"]

    def variables(self, **more: object) -> dict[str, str]:
        """Return the environment of a child: what it needs to find every piece."""
        own = {
            "PATH": f"{paths.BIN}{os.pathsep}{venv.PYTHON.parent}{os.pathsep}"
            + os.environ["PATH"],
            "PYTHONPATH": str(self.odoo.path),
            "PYTHONUNBUFFERED": "1",
            **self.server.variables,
            **{f"COBRANZA_{k}": v for k, v in self.server.variables.items()},
            "COBRANZA_PYTHON": self.python,
            "COBRANZA_ODOO_BIN": paths.BIN / "odoo",
            "COBRANZA_PSQL": postgres_binaries.find("psql"),
            "COBRANZA_DATA_DIR": paths.DATA,
            "COBRANZA_WKHTMLTOPDF": self.parts.get("wkhtmltopdf"),
            "COBRANZA_CHROMIUM": self.parts.get("chromium"),
            "COBRANZA_SCREENSHOTS": paths.SCREENSHOTS,
            "COBRANZA_CHECKOUT": paths.CHECKOUT,
            **more,
        }
        added = {key: str(value) for key, value in own.items() if value is not None}
        return {**_inherited(os.environ), **added}


def _inherited(variables: Mapping[str, str]) -> dict[str, str]:
    """Drop what is meant for ./dev itself; Odoo starts faster from its bytecode."""
    return {k: v for k, v in variables.items() if k != "PYTHONDONTWRITEBYTECODE"}


def prepare(
    *, until_end: bool = False, development: bool = False, browser: bool = False
) -> Environment:
    """Set up what is missing, everything at once; the first failure is raised."""
    paths.make_folders()
    odoo_source.check_space()
    environment = Environment(postgres.Lease(until_end=until_end))
    steps = {
        "odoo": odoo_source.prepare,
        "python": lambda: venv.prepare(development=development),
        "postgres": environment.lease.acquire,
        "wkhtmltopdf": lambda: renderers.prepare(renderers.WKHTMLTOPDF),
    }
    if browser:
        steps["chromium"] = lambda: renderers.prepare(renderers.CHROMIUM)
    pool = ThreadPoolExecutor(len(steps))
    futures = {name: pool.submit(step) for name, step in steps.items()}
    try:
        done, _ = wait(futures.values(), return_when=FIRST_EXCEPTION)
        for future in done:
            future.result()  # raises what the first failing step raised
        environment.parts = {name: f.result() for name, f in futures.items()}
    except BaseException:
        _abandon(environment, pool)
        raise
    return environment


def _abandon(environment: Environment, pool: ThreadPoolExecutor) -> None:
    """End the steps that still run: a failure shall show at once and leave nothing."""
    with process.cancelled():
        pool.shutdown(cancel_futures=True)
    environment.lease.release(failed=True)
