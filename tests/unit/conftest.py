"""Lets pure tests import core by its Odoo name, with or without Odoo installed."""

import sys
import types
from pathlib import Path

_ADDON = Path(__file__).resolve().parents[2] / "cobranza_whatsapp"
_PATHS = {"odoo": [], "odoo.addons": [str(_ADDON.parent)]}

for _name, _path in {**_PATHS, "odoo.addons.cobranza_whatsapp": [str(_ADDON)]}.items():
    _module = sys.modules.setdefault(_name, types.ModuleType(_name))
    _module.__path__ = _path
