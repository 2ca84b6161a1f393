"""A copy by PostgreSQL's own tools sends nothing until an administrator confirms it.

`createdb -T` keeps `database.uuid`: only the name tells the copy from the original.
"""

from collections import Counter

import pytest
import upgrade_scripts as story
from lifecycle import Lifecycle, alone
from servers import CHECKOUT, Emulator

NAME = f"cobranza_original_{CHECKOUT}"
COPY = f"{NAME}_copy"


@pytest.fixture(scope="module")
def own_emulator(settings, tmp_path_factory):
    """Run a provider that nobody else writes to."""
    program = Emulator(settings, tmp_path_factory.mktemp("copied-emulator"))
    try:
        program.start()
        yield program
    finally:
        program.stop()


@pytest.fixture(scope="module")
def original(settings, own_emulator, tmp_path_factory):
    """Return a database with messages in the queue, and its copy."""
    life = Lifecycle(settings, tmp_path_factory.mktemp("copied"), NAME)
    life.environment = {"COBRANZA_EMULATOR_URL": own_emulator.url}
    with alone(NAME):
        try:
            life.create_from_base()
            life.install()
            life.script("fill", module="upgrade_scripts")
            life.create(COPY, NAME, life.data_dir)
            yield life
        finally:
            for name in (COPY, NAME):
                life.drop(name)


def received(emulator):
    """Return how many messages each customer got."""
    numbers = {
        f"+52551334{position:04}": name for position, name in enumerate(story.CUSTOMERS)
    }
    return Counter(numbers[story.own_number(one["to"])] for one in emulator.sent())


def test_copy_sends_nothing_and_says_why(original, own_emulator):
    before = received(own_emulator)
    assert before == {story.REMINDED: 1}

    original.script("check_copy", COPY, module="upgrade_scripts")

    assert received(own_emulator) == before


def test_original_sends_as_if_nothing_had_happened(original, own_emulator):
    original.script("send", module="upgrade_scripts")

    assert received(own_emulator) == {
        name: 1
        for name in (story.REMINDED, story.PREPARED, story.UNPREPARED, story.BY_SMS)
    }


def test_confirmed_copy_sends(original, own_emulator):
    before = received(own_emulator)

    original.script("confirm_copy", COPY, module="upgrade_scripts")

    assert received(own_emulator) - before == {
        name: 1 for name in (story.PREPARED, story.UNPREPARED, story.BY_SMS)
    }
