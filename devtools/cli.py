"""The commands of ./dev."""

import os
import signal
import sys
import traceback
from collections.abc import Callable

from devtools import databases, odoo, paths, postgres_binaries, process
from devtools.console import DevError, fail
from devtools.environment import Environment, prepare

USAGE = """\
usage: ./dev COMMAND …

  demo [--reset]           Odoo with demo data and a simulated phone, in the browser
  test [unit|odoo|e2e|chaos] …   run the tests; what follows goes to pytest
  lint                     run every static check
  learn                    learn again what texts are judged by, from the labelled ones
  i18n                     export the strings, update i18n/*.po, say what is missing

  odoo …                   run Odoo with this environment
  shell [-d DB] [< FILE]   Odoo shell, on the demo's database by default
  psql [DB]                PostgreSQL's client
  bench [NAME …]           run a benchmark of bench/

  doctor                   check each piece and say what to do
  clean [--yes]            stop the database server and remove everything in .dev

variables:
  COBRANZA_DEV_DIR         a folder instead of .dev, to share it between checkouts
  DEBIAN_MIRROR            where Debian's packages come from, if apt names no mirror
  ODOO_HOME                an Odoo 19 that you have: a checkout or the installed package
  PGHOST, PGPORT, PGUSER, PGPASSWORD       a PostgreSQL server that you have
  COBRANZA_ODOO_PORT, COBRANZA_PHONE_PORT  where the demo listens
"""


def _demo(arguments: list[str]) -> int:
    from devtools import demo

    return demo.main(arguments)


def _test(arguments: list[str]) -> int:
    from devtools import testing

    return testing.main(arguments)


def _lint(arguments: list[str]) -> int:
    from devtools import lint

    return lint.main(arguments)


def _learn(_arguments: list[str]) -> int:
    from devtools import learn

    return learn.main()


def _i18n(arguments: list[str]) -> int:
    from devtools import i18n

    return i18n.main(arguments)


def _odoo(arguments: list[str]) -> int:
    odoo.execute(prepare(), arguments)
    return 1


def _demand_database(environment: Environment, name: str) -> None:
    if not databases.exists(environment.server, name):
        raise DevError(f"There is no database {name}: make the demo's with ./dev demo.")


def _shell(arguments: list[str]) -> int:
    environment = prepare()
    _demand_database(environment, odoo.shell_database(arguments) or odoo.DEMO_DATABASE)
    odoo.shell(environment, arguments)
    return 1


def _psql(arguments: list[str]) -> int:
    environment = prepare()
    if not arguments:
        _demand_database(environment, odoo.DEMO_DATABASE)
        arguments = [odoo.DEMO_DATABASE]
    psql = str(postgres_binaries.find("psql"))
    os.execve(psql, [psql, *arguments], environment.variables())
    return 1


def _bench(arguments: list[str]) -> int:
    from devtools import bench

    return bench.main(arguments)


def _doctor(arguments: list[str]) -> int:
    from devtools import doctor

    return doctor.main(arguments)


def _clean(arguments: list[str]) -> int:
    from devtools import clean

    return clean.main(arguments)


COMMANDS: dict[str, Callable[[list[str]], int]] = {
    "demo": _demo,
    "test": _test,
    "lint": _lint,
    "i18n": _i18n,
    "learn": _learn,
    "odoo": _odoo,
    "shell": _shell,
    "psql": _psql,
    "bench": _bench,
    "doctor": _doctor,
    "clean": _clean,
}


def _unexpected(err: Exception) -> int:
    """Keep the traceback in a file: a person gets a sentence."""
    reason = getattr(err, "strerror", None) or str(err) or type(err).__name__
    log = paths.LOGS / "dev.log"
    try:
        log.parent.mkdir(parents=True, exist_ok=True)
        with log.open("a") as handle:
            traceback.print_exception(err, file=handle)
    except OSError:
        return fail(f"{reason} (an unexpected error).")
    return fail(f"{reason} (an unexpected error; details at the end of {log}).")


def main(arguments: list[str]) -> int:
    """Run one command; every failure ends as one sentence and exit code 1."""
    name = arguments[0] if arguments else "help"
    if name not in COMMANDS:
        asked = name in ("help", "-h", "--help")
        print(USAGE, end="", file=sys.stdout if asked else sys.stderr)
        return 0 if asked else 2
    # A caller that ignores Ctrl-C would pass that on to Odoo and pytest.
    signal.signal(signal.SIGINT, signal.default_int_handler)
    try:
        with process.interrupts_as_exception():
            return COMMANDS[name](arguments[1:])
    except DevError as err:
        return fail(str(err))
    except KeyboardInterrupt:
        return 130
    except BrokenPipeError:
        return 1
    except Exception as err:
        return _unexpected(err)
    finally:
        process.stop_all()
