"""Two workers at the same time cannot exceed any cap: PostgreSQL decides."""

from lifecycle import Lifecycle, alone
from servers import CHECKOUT

NAME = f"cobranza_caps_{CHECKOUT}"


def test_two_workers_cannot_exceed_a_cap(settings, tmp_path):
    life = Lifecycle(settings, tmp_path, NAME)
    with alone(NAME):
        try:
            life.create_from_base()
            life.script("before", module="caps_scripts")
            life.install()
            life.script("race", module="caps_scripts")
        finally:
            life.drop(NAME)
