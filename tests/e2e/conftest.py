"""One Odoo, one emulator and one browser for all stories; each ends by process id."""

import os
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import database
import people
import pytest
from database import Database
from playwright.sync_api import Browser, BrowserContext, Page, expect, sync_playwright
from servers import Emulator, OdooServer, Program, Renders, Settings
from steps import WAIT_MS, OdooPage, PhonePage

CHROMIUM_OPTIONS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
COLLECT_SECONDS = 240
# Shown when a test fails.
programs: list[Program] = []

expect.set_options(timeout=WAIT_MS)


# --- programs -------------------------------------------------------------------------


@pytest.fixture(scope="session")
def settings() -> Settings:
    """Return what `./dev test e2e` told us."""
    found = Settings.from_environment()
    found.screenshots.mkdir(parents=True, exist_ok=True)
    for old in found.screenshots.glob("failed-*.png"):
        old.unlink()
    return found


@pytest.fixture(scope="session")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a folder for logs, attachments and what the renderer printed."""
    return tmp_path_factory.mktemp("e2e")


def _run(program: Program) -> Iterator[Program]:
    try:
        program.start()
        yield program
    finally:
        program.stop()


@pytest.fixture(scope="session")
def emulator(settings: Settings, folder: Path) -> Iterator[Emulator]:
    """Run the stand-in for Meta and Twilio."""
    program = Emulator(settings, folder)
    programs.append(program)
    yield from _run(program)


@pytest.fixture(scope="session")
def renders(settings: Settings, folder: Path) -> Renders:
    """Return the renderer that remembers what it printed."""
    return Renders(settings, folder)


@pytest.fixture(scope="session")
def db(settings: Settings, folder: Path) -> Iterator[Database]:
    """Create the database; tests may only read it."""
    with database.temporary(settings, folder / "data") as created:
        yield created
        created.close()


@pytest.fixture(scope="session")
def odoo(
    settings: Settings, folder: Path, db: Database, emulator: Emulator, renders: Renders
) -> Iterator[OdooServer]:
    """Install, fill and run Odoo with its cron threads."""
    server = OdooServer(settings, folder, database.NAME, emulator.url, renders)
    programs.append(server)
    server.install()
    yield from _run(server)


# --- browser --------------------------------------------------------------------------


@pytest.fixture(scope="session")
def browser(settings: Settings) -> Iterator[Browser]:
    """Run Chromium."""
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(
            executable_path=settings.chromium, args=CHROMIUM_OPTIONS
        )
        yield chromium
        chromium.close()


def _context(browser: Browser, width: int, height: int) -> BrowserContext:
    context = browser.new_context(
        viewport={"width": width, "height": height},
        locale="es-MX",
        timezone_id="America/Mexico_City",
    )
    context.set_default_timeout(WAIT_MS)
    return context


def _logged_in(
    browser: Browser, odoo: OdooServer, settings: Settings, user: people.User
) -> Iterator[BrowserContext]:
    context = _context(browser, 1600, 1000)
    page = context.new_page()
    OdooPage(page, odoo.url, settings.screenshots).log_in(user)
    page.close()
    yield context
    context.close()


@pytest.fixture(scope="session")
def accountant_session(browser, odoo, settings) -> Iterator[BrowserContext]:
    """Log the accountant in, once."""
    yield from _logged_in(browser, odoo, settings, people.ACCOUNTANT)


@pytest.fixture(scope="session")
def manager_session(browser, odoo, settings) -> Iterator[BrowserContext]:
    """Log the manager in, once."""
    yield from _logged_in(browser, odoo, settings, people.MANAGER)


@pytest.fixture(scope="session")
def customer_session(browser: Browser) -> Iterator[BrowserContext]:
    """Open the browser of somebody without an account."""
    context = _context(browser, 1300, 950)
    yield context
    context.close()


def _tab(
    request: pytest.FixtureRequest, session: BrowserContext, settings: Settings
) -> Iterator[Page]:
    """Open a tab for one test; what it shows is kept if the test fails."""
    page = session.new_page()
    yield page
    if getattr(request.node, "has_failed", False):
        name = f"failed-{request.node.name}-{request.fixturename}.png"
        page.screenshot(path=settings.screenshots / name)
        for dialog in page.locator("[role=dialog]").all_inner_texts():
            print(f"{request.fixturename} has a dialog open: {dialog}")
    page.close()


@pytest.fixture
def accountant(request, accountant_session, odoo, settings) -> Iterator[OdooPage]:
    """Return a tab of the accountant."""
    for page in _tab(request, accountant_session, settings):
        yield OdooPage(page, odoo.url, settings.screenshots)


@pytest.fixture
def manager(request, manager_session, odoo, settings) -> Iterator[OdooPage]:
    """Return a tab of the collections manager."""
    for page in _tab(request, manager_session, settings):
        yield OdooPage(page, odoo.url, settings.screenshots)


@pytest.fixture
def phone(request, customer_session, emulator, settings) -> Iterator[PhonePage]:
    """Return the customers' telephone."""
    for page in _tab(request, customer_session, settings):
        yield PhonePage(page, emulator.url, settings.screenshots)


# --- the first collection -------------------------------------------------------------


@dataclass(frozen=True)
class Seen:
    """What the accountant saw on an overdue invoice before anything went out."""

    stage: str
    days_overdue: str
    next_action: str


@pytest.fixture(scope="session")
def standard_policy(db: Database, odoo: OdooServer) -> int:
    """Return the id of the policy that the addon brings."""
    return db.value(
        """
        SELECT res_id FROM ir_model_data
         WHERE module = 'cobranza_whatsapp' AND name = 'cobranza_policy_default'
        """
    )


@pytest.fixture(scope="session")
def seen_before(accountant_session, odoo, db, settings) -> Seen:
    """Let the accountant look at an invoice before the collection runs."""
    page = OdooPage(accountant_session.new_page(), odoo.url, settings.screenshots)
    page.find_invoice(db.invoice(people.REMINDED.name)[1])
    page.show_collection()
    page.field("cobranza_stage_id").wait_for()
    page.screenshot("invoice-before")
    seen = Seen(
        page.text_of("cobranza_stage_id"),
        page.text_of("cobranza_days_overdue"),
        page.text_of("cobranza_next_action"),
    )
    page.page.close()
    return seen


@pytest.fixture(scope="session")
def collected(
    seen_before, manager_session, odoo, db, settings, standard_policy
) -> None:
    """Let the manager start the run, once, and the cron workers do the rest."""
    page = OdooPage(manager_session.new_page(), odoo.url, settings.screenshots)
    page.run_now(standard_policy)
    page.page.close()
    db.until(
        """
        SELECT COUNT(*) > 0
               AND bool_and(state NOT IN ('queued', 'sending', 'sent'))
          FROM cobranza_message
        """,
        what=lambda: f"the first collection is over, but {waiting_messages(db)}",
        seconds=COLLECT_SECONDS,
    )


def waiting_messages(db: Database) -> list[tuple]:
    """Return (how many, channel, state, reason, prepared) of the messages."""
    return db.rows(
        """
        SELECT COUNT(*), channel, state, reason, is_prepared FROM cobranza_message
         GROUP BY channel, state, reason, is_prepared
        """
    )


# --- after every test -----------------------------------------------------------------


@pytest.fixture(autouse=True)
def no_hidden_failure(request: pytest.FixtureRequest) -> Iterator[None]:
    """Fail a test that broke the providers' rules or made Odoo log an error."""
    yield
    if "odoo" in request.fixturenames:
        assert request.getfixturevalue("emulator").new_violations() == []
        assert request.getfixturevalue("odoo").new_errors() == []


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item, call):
    """Remember failures for the screenshots, and show the ends of the logs."""
    report = yield
    if report.failed:
        item.has_failed = True
        for program in programs:
            report.sections.append((f"end of {program.log.name}", program.tail()))
    return report


def pytest_configure() -> None:
    """Let PostgreSQL's client find the server that `./dev` started."""
    for name in ("PGHOST", "PGPORT", "PGUSER", "PGPASSWORD"):
        if value := os.environ.get(f"COBRANZA_{name}"):
            os.environ.setdefault(name, value)
