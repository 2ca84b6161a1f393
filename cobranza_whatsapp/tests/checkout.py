"""What stands beside the addon in its checkout, for tests inside Odoo."""

import importlib
import sys
import unittest
from pathlib import Path


def emulator_module(name):
    """Return a module of the emulator; skips the test in an addon without one."""
    for folder in Path(__file__).resolve().parents:
        if (folder / "emulator" / f"{name}.py").is_file():
            break
    else:
        raise unittest.SkipTest("the emulator is not beside this addon")
    if str(folder) not in sys.path:
        sys.path.append(str(folder))
    return importlib.import_module(f"emulator.{name}")
