"""./dev demo: Odoo with demo data and the simulated phone, until Ctrl-C."""

import fcntl
import json
import os
import shutil
import time

from devtools import databases, odoo, paths, postgres, process, stamps
from devtools.console import DevError, say
from devtools.environment import Environment, prepare

DATABASE = odoo.DEMO_DATABASE
FOLDER = paths.ROOT / "demo"
EMULATOR_STATE = paths.DEV / "emulator" / "demo"
PORTS = paths.RUN / "demo-ports.json"
# Where each server listens if nothing else does, and how to choose otherwise.
_PREFERRED = {"COBRANZA_ODOO_PORT": 8069, "COBRANZA_PHONE_PORT": 8090}
_ANSWER_SECONDS = 120
_WAKE_SECONDS = 15
# An Odoo process waits for this channel in the database postgres, after a COMMIT.
_LISTENING = (
    "SELECT 1 FROM pg_stat_activity WHERE datname = 'postgres' AND query = 'COMMIT' "
    "AND state = 'idle' AND application_name = 'odoo-{}' LIMIT 1"
)
_WELCOME = "Odoo: {odoo_url}\nPhone: {phone_url}\n"


def _ports() -> dict[str, int]:
    """Return the demo's ports, kept from the first start: its data hold addresses."""
    known = json.loads(PORTS.read_text()) if PORTS.is_file() else {}
    ports = {}
    for name, preferred in _PREFERRED.items():
        if asked := os.environ.get(name):
            ports[name] = int(asked)
        else:
            ports[name] = known.get(name) or process.free_port(preferred)
        if not process.is_port_free(ports[name]):
            raise DevError(
                f"Port {ports[name]} is taken: stop what listens there, or set {name} "
                "to a free one."
            )
    PORTS.write_text(json.dumps(ports))
    return ports


def _lock():
    """Refuse a second demo: both would write the same database."""
    handle = (paths.RUN / "demo.lock").open("w")
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError as err:
        handle.close()
        raise DevError("The demo runs already: stop it there with Ctrl-C.") from err
    return handle


def is_running() -> bool:
    """Tell whether a demo of this DEV is up."""
    try:
        _lock().close()
    except DevError:
        return True
    return False


class Demo:
    """The running parts of the demo and their addresses."""

    def __init__(self, environment: Environment):
        self.environment = environment
        ports = _ports()
        self.odoo_port = ports["COBRANZA_ODOO_PORT"]
        self.phone_port = ports["COBRANZA_PHONE_PORT"]
        self.odoo_url = f"http://127.0.0.1:{self.odoo_port}"
        self.phone_url = f"http://127.0.0.1:{self.phone_port}"
        self.children = {}

    @property
    def addresses(self) -> dict[str, str]:
        """Return what the demo's scripts learn about the servers."""
        return {
            "COBRANZA_ODOO_URL": self.odoo_url,
            "COBRANZA_EMULATOR_URL": self.phone_url,
        }

    def _start(self, name: str, command: list, ready: str | None = None) -> None:
        log = paths.LOGS / f"demo-{name}.log"
        log.write_text("")
        env = {**odoo.configure(self.environment), **self.addresses}
        child = process.start(command, env=env, log=log)
        self.children[name] = (child, log)
        if ready:
            process.wait_until_answers(ready, child, log, _ANSWER_SECONDS)

    def start_emulator(self) -> None:
        """Start the stand-in for the providers, which is also the phone."""
        if not (paths.ROOT / "emulator" / "__main__.py").is_file():
            raise DevError("emulator/ is missing: the checkout is not whole.")
        EMULATOR_STATE.mkdir(parents=True, exist_ok=True)
        command = [self.environment.python, "-m", "emulator"]
        command += ["--port", self.phone_port, "--state", EMULATOR_STATE]
        self._start("phone", command, f"{self.phone_url}/health")

    def start_odoo(self) -> None:
        """Start Odoo's web server, on the demo's database only."""
        options = ["-d", DATABASE, f"--db-filter=^{DATABASE}$"]
        options += ["--http-port", self.odoo_port]
        # The login page too: the first visitor shall not wait for the style sheets.
        self._start("odoo", odoo.command(*options), f"{self.odoo_url}/web/login")

    def start_scheduler(self) -> None:
        """Start Odoo's scheduled actions, in a process of their own.

        They come after the first collection, which calls the same jobs: Odoo refuses
        to run one that runs already.
        """
        options = ["-d", DATABASE, "--no-http", "--max-cron-threads", 2]
        self._start("scheduler", odoo.command(*options))
        self._wake_scheduler()

    def _wake_scheduler(self) -> None:
        """Spare the first wait of a minute: the providers report at once."""
        server = self.environment.server
        listening = _LISTENING.format(self.children["scheduler"][0].pid)
        limit = time.monotonic() + _WAKE_SECONDS
        while not postgres.query(server, listening) and time.monotonic() < limit:
            time.sleep(0.2)
        postgres.query(server, f"SELECT pg_notify('cron_trigger', '{DATABASE}')")

    def build_database(self) -> None:
        """Make the database, or bring it up to the addon's present code."""
        server = self.environment.server
        code = stamps.tree_digest(paths.ADDON)
        if not databases.exists(server, DATABASE):
            self._create_database()
        elif not stamps.is_fresh("demo-addon", code):
            say("Demo: the addon has changed, updating the database")
            update = f"--update={databases.ADDON}"
            databases.run_odoo(self.environment, DATABASE, update)
        stamps.mark("demo-addon", code)

    def _create_database(self) -> None:
        server = self.environment.server
        base = databases.base(self.environment)
        unfinished = f"{DATABASE}_unfinished"
        say("Demo: installing the addon")
        databases.copy(server, base, unfinished)
        databases.run_odoo(self.environment, unfinished, f"--init={databases.ADDON}")
        say("Demo: creating customers and invoices")
        self.run_script("load_demo.py", unfinished)
        databases.rename(server, unfinished, DATABASE)

    def run_script(self, name: str, database: str = DATABASE) -> None:
        """Run one of the demo's scripts in the Odoo shell."""
        script = FOLDER / name
        if not script.is_file():
            say(f"Demo: {script.relative_to(paths.ROOT)} is missing, left out")
            return
        odoo.run_script(self.environment, script, database, **self.addresses)

    def welcome(self) -> str:
        """Return what to open and to try."""
        template = FOLDER / "welcome.txt"
        text = template.read_text() if template.is_file() else _WELCOME
        return text.replace("{odoo_url}", self.odoo_url).replace(
            "{phone_url}", self.phone_url
        )

    def watch(self) -> None:
        """Wait until a part ends, which none should before Ctrl-C."""
        while True:
            for name, (child, log) in self.children.items():
                if child.poll() is not None:
                    raise DevError(f"The demo's {name} has stopped: read {log}.")
            time.sleep(0.5)


def _clear(environment: Environment, *, reset: bool) -> None:
    """Forget the demo if asked; without its database the phone's state is of no use."""
    if reset:
        say("Demo: starting over")
        databases.drop(environment.server, DATABASE)
        PORTS.unlink(missing_ok=True)
    if not databases.exists(environment.server, DATABASE):
        shutil.rmtree(EMULATOR_STATE, ignore_errors=True)


def _run(environment: Environment, *, reset: bool) -> None:
    _clear(environment, reset=reset)
    demo = Demo(environment)
    demo.start_emulator()
    demo.build_database()
    demo.start_odoo()
    say("Demo: running the collection once")
    demo.run_script("run_collection.py")
    demo.start_scheduler()
    say("Demo: ready. Ctrl-C stops it.")
    print(f"\n{demo.welcome()}", flush=True)
    demo.watch()


def main(arguments: list[str]) -> int:
    """Run the demo until Ctrl-C, then stop whatever it started."""
    if set(arguments) - {"--reset"}:
        raise DevError("./dev demo knows only --reset.")
    paths.make_folders()
    with _lock():
        environment = prepare(until_end=True)
        try:
            _run(environment, reset="--reset" in arguments)
        except KeyboardInterrupt:
            say("Demo: stopping")
        finally:
            process.stop_all()
            environment.lease.release()
    return 0
