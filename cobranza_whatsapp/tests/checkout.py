"""What stands beside the addon in its checkout, for tests inside Odoo."""

import importlib.util
import sys
import unittest
from pathlib import Path


def _checkout():
    """Return the folder of the checkout; skips the test in an addon without one."""
    for folder in Path(__file__).resolve().parents:
        if (folder / "emulator" / "server.py").is_file():
            break
    else:
        raise unittest.SkipTest("the emulator is not beside this addon")
    if str(folder) not in sys.path:
        sys.path.append(str(folder))
    return folder


def emulator_module(name):
    """Return a module of the emulator; skips the test in an addon without one."""
    _checkout()
    return importlib.import_module(f"emulator.{name}")


def unit_module(path):
    """Return a helper of tests/unit, by its path there; skips as emulator_module."""
    file = _checkout() / "tests" / "unit" / path
    spec = importlib.util.spec_from_file_location(file.stem, file)
    if spec.name not in sys.modules:
        module = importlib.util.module_from_spec(spec)
        # Known by its name while it runs: its dataclasses look themselves up there.
        sys.modules[spec.name] = module
        spec.loader.exec_module(module)
    return sys.modules[spec.name]
