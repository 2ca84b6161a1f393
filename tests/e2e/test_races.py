"""Two transactions want the same thing at the same moment: one gets it, none is lost.

Real cursors in threads, on a database of their own.
"""

import pytest
from lifecycle import Lifecycle, alone
from servers import CHECKOUT, Settings

NAME = f"cobranza_races_{CHECKOUT}"


@pytest.fixture(scope="module")
def database(tmp_path_factory):
    """Install the addon in a database that only this file uses."""
    life = Lifecycle(
        Settings.from_environment(), tmp_path_factory.mktemp("races"), NAME
    )
    with alone(NAME):
        try:
            life.create_from_base()
            life.install()
            life.script("set_up", module="race_scripts")
            yield life
        finally:
            life.drop(NAME)


@pytest.mark.parametrize(
    "race",
    [
        "lanes_share_the_limit_of_a_day",
        "lanes_share_the_cap_of_a_customer",
        "webhooks_race_with_results",
        "merges_and_resets_race_with_sending",
    ],
)
def test_race(database, race):
    database.script(race, module="race_scripts")
