"""./dev bench: measurements, each a program of its own in bench/."""

from devtools import databases, odoo, paths
from devtools.console import DevError
from devtools.environment import prepare
from devtools.process import call

FOLDER = paths.ROOT / "bench"


def _names() -> list[str]:
    return sorted(p.stem for p in FOLDER.glob("*.py") if not p.stem.startswith("_"))


def main(arguments: list[str]) -> int:
    """Run bench/NAME.py with the rest of the arguments; without NAME list them."""
    if not arguments:
        print("\n".join(_names()) or "bench/ holds no benchmark yet.")
        return 0
    name, *rest = arguments
    if name not in _names():
        raise DevError(f"bench/{name}.py is missing; there are: {', '.join(_names())}.")
    environment = prepare(until_end=True, development=True)
    try:
        variables = {
            **odoo.configure(environment),
            "COBRANZA_BASE_DB": databases.base(environment),
        }
        command = [environment.python, FOLDER / f"{name}.py", *rest]
        return call(command, env=variables)
    finally:
        environment.lease.release()
