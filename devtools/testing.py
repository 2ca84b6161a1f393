"""./dev test: the suites, on databases, clusters and ports of their own."""

import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

from devtools import databases, junit, odoo, paths, process, stamps
from devtools.console import DevError, say
from devtools.environment import Environment, prepare

# Checkouts that share DEV may test at the same time.
DATABASE = f"cobranza_test_{paths.CHECKOUT}"


def _folders(arguments: list[str], *default: str) -> list[str]:
    """Return the suite's folders, unless the arguments name what to run themselves."""
    before = ["", *arguments]
    named = (
        argument.partition("::")[0]
        for option, argument in zip(before, arguments, strict=False)
        if not argument.startswith("-") and option not in ("--deselect", "--ignore")
    )
    return [] if any((paths.ROOT / a).exists() for a in named) else [*default]


def _pytest(
    environment: Environment, suite: str, arguments: list[str], **variables: object
) -> junit.Outcome:
    report = paths.REPORTS / f"{suite}-{paths.CHECKOUT}.xml"
    report.unlink(missing_ok=True)
    # xunit1 reports hold the file of each test, which its id begins with.
    command = [environment.python, "-m", "pytest", f"--junitxml={report}"]
    command += ["-o", "junit_family=xunit1", *arguments]
    own = {key: str(value) for key, value in variables.items()}
    started = time.monotonic()
    code = process.call(command, env={**odoo.configure(environment), **own})
    outcome = junit.read(suite, report)
    outcome.seconds = time.monotonic() - started
    if code == 5:
        outcome.problems.append("no test was found")
    elif code > 1 or (code and not outcome.failed):
        outcome.problems.append(f"pytest ended with code {code}")
    junit.forbid_new_skips(outcome)
    return outcome


def _unit(environment: Environment, arguments: list[str]) -> junit.Outcome:
    where = _folders(arguments, "tests/unit", "tests/devtools")
    return _pytest(environment, "unit", ["-p", "no:odoo", *where, *arguments])


def _odoo(environment: Environment, arguments: list[str]) -> junit.Outcome:
    server = environment.server
    started = time.monotonic()
    databases.copy(server, databases.base(environment), DATABASE)
    say(f"{DATABASE}: installing the addon")
    databases.run_odoo(environment, DATABASE, f"--init={databases.ADDON}")
    installed = time.monotonic() - started
    outcome = _pytest(
        environment,
        "odoo",
        [f"--odoo-database={DATABASE}", "--odoo-http"]
        + [*_folders(arguments, databases.ADDON), *arguments],
    )
    outcome.seconds += installed
    databases.drop(server, DATABASE)
    return outcome


def _e2e(environment: Environment, arguments: list[str]) -> junit.Outcome:
    return _pytest(
        environment,
        "e2e",
        ["-p", "no:odoo", *_folders(arguments, "tests/e2e"), *arguments],
        COBRANZA_BASE_DB=databases.base(environment),
    )


def _chaos(environment: Environment, arguments: list[str]) -> junit.Outcome:
    """Kill the sender while it sends; one test whose figures are printed."""
    started = time.monotonic()
    command = [environment.python, paths.ROOT / "bench" / "chaos.py", "--short"]
    variables = {
        **odoo.configure(environment),
        "COBRANZA_BASE_DB": databases.base(environment),
    }
    code = process.call([*command, *arguments], env=variables)
    outcome = junit.Outcome("chaos", passed=int(not code), failed=int(bool(code)))
    outcome.seconds = time.monotonic() - started
    return outcome


SUITES: dict[str, Callable[[Environment, list[str]], junit.Outcome]] = {
    "unit": _unit,
    "odoo": _odoo,
    "e2e": _e2e,
    "chaos": _chaos,
}


def _run(environment: Environment, suite: str, arguments: list[str]) -> junit.Outcome:
    say(f"suite {suite}")
    try:
        return SUITES[suite](environment, arguments)
    except DevError as err:
        return junit.Outcome(suite, problems=[str(err)])


def _run_all(environment: Environment, arguments: list[str]) -> list[junit.Outcome]:
    """Run every suite; the unit tests need one core only, so the base is built too."""
    pool = ThreadPoolExecutor(1)
    pool.submit(databases.base, environment)  # who needs it waits for it, and raises
    try:
        outcomes = [
            # What follows `./dev test` is for pytest.
            _run(environment, suite, [] if suite == "chaos" else arguments)
            for suite in SUITES
        ]
    except BaseException:
        with process.cancelled():
            pool.shutdown()
        raise
    pool.shutdown()
    return outcomes


def main(arguments: list[str]) -> int:
    """Run one suite or all; 0 only if every test passed and every skip is allowed."""
    suite = arguments.pop(0) if arguments and arguments[0] in SUITES else None
    environment = prepare(until_end=True, development=True, browser=True)
    try:
        # Their databases have fixed names: a checkout's second run waits for the first.
        with stamps.exclusive(f"test-{paths.CHECKOUT}"):
            if suite:
                outcomes = [_run(environment, suite, arguments)]
            else:
                outcomes = _run_all(environment, arguments)
    finally:
        environment.lease.release()
    print(junit.table(outcomes), flush=True)
    return 0 if all(outcome.is_good for outcome in outcomes) else 1
