"""Run Odoo: its configuration, its command, its shell."""

import os
from pathlib import Path

from devtools import paths
from devtools.console import DevError
from devtools.environment import Environment
from devtools.process import call

DEMO_DATABASE = "cobranza_demo"


def _configuration(environment: Environment) -> Path:
    """Write Odoo's configuration; one per checkout, as they may share DEV."""
    server = environment.server
    addons = [*environment.odoo.addons]
    if (paths.ADDON / "__manifest__.py").is_file():
        addons.append(paths.ROOT)
    options = {
        "addons_path": ",".join(map(str, addons)),
        "data_dir": paths.DATA,
        "bin_path": paths.BIN,
        "db_host": server.host,
        "db_port": server.port,
        "db_user": server.user,
        "db_password": server.password or "False",
        "http_interface": "127.0.0.1",
        "max_cron_threads": 0,
    }
    path = paths.RUN / f"odoo-{paths.CHECKOUT}.conf"
    path.touch(mode=0o600)
    lines = [f"{name} = {value}" for name, value in options.items() if value != ""]
    path.write_text("\n".join(["[options]", *lines, ""]))
    return path


def _write_command(environment: Environment) -> None:
    """Write DEV/bin/odoo, so that tests can start a server like any program."""
    command = paths.BIN / "odoo"
    text = (
        "#!/bin/sh\n"
        "# Written by ./dev.\n"
        f'export PYTHONPATH="{environment.odoo.path}"\n'
        f'export PATH="{paths.BIN}:$PATH"\n'
        f'exec "{environment.python}" -m odoo "$@"\n'
    )
    if not command.exists() or command.read_text() != text:
        fresh = command.with_suffix(f".{os.getpid()}")
        fresh.write_text(text)
        fresh.chmod(0o755)
        fresh.replace(command)


def configure(environment: Environment) -> dict[str, str]:
    """Return the variables with which Odoo's command works, and write that command."""
    _write_command(environment)
    return environment.variables(ODOO_RC=_configuration(environment))


def command(*arguments: object) -> list[str]:
    """Return an Odoo command line."""
    return [str(paths.BIN / "odoo"), *map(str, arguments)]


def execute(environment: Environment, arguments: list[str]) -> None:
    """Become Odoo, so that it owns the terminal and gets every signal itself."""
    os.execve(command()[0], command(*arguments), configure(environment))


SHELL_OPTIONS = ("--no-http", "--log-level=warn", "--shell-interface=python")


def run_script(
    environment: Environment, script: Path, database: str, **variables: object
) -> None:
    """Run a script in the Odoo shell; raise when it fails, its output says why."""
    odoo_variables = {**configure(environment), **_as_text(variables)}
    with script.open("rb") as handle:
        code = call(
            command("shell", "-d", database, *SHELL_OPTIONS),
            env=odoo_variables,
            stdin=handle,
        )
    if code:
        raise DevError(f"{script.relative_to(paths.ROOT)} failed: see above.")


def _as_text(variables: dict[str, object]) -> dict[str, str]:
    return {key: str(value) for key, value in variables.items()}


def shell_database(arguments: list[str]) -> str | None:
    """Return the database that the shell's arguments name, None if none."""
    for index, argument in enumerate(arguments):
        if argument in ("-d", "--database"):
            return "".join(arguments[index + 1 : index + 2])
        for start in ("--database=", "-d"):
            if argument.startswith(start):
                return argument.removeprefix(start)
    return None


def shell(environment: Environment, arguments: list[str]) -> None:
    """Become an Odoo shell on -d DATABASE, the demo's by default."""
    chosen = [] if shell_database(arguments) else ["-d", DEMO_DATABASE]
    execute(environment, ["shell", *chosen, *SHELL_OPTIONS, *arguments])
