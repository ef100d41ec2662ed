"""The `superpose` command. It stands beside the package, whose import brings NumPy: without, the command starts in a
fifth of the time.
"""

from __future__ import annotations

import os
import sys
from importlib.machinery import PathFinder
from importlib.util import find_spec, module_from_spec
from types import ModuleType


def main() -> int:
    """Does what the command line says. Returns: the exit status."""
    core = sys.modules.get("superpose._core") or _extension()
    if sys.argv[1:2] in (["paper"], ["figure"]):
        _give_plotly_script(core)
    status: int = core.command([os.fsencode(argument) for argument in sys.argv])
    return status


def _extension() -> ModuleType:
    """superpose._core without the package around it."""
    package = find_spec("superpose")
    spec = package and PathFinder.find_spec("superpose._core", package.submodule_search_locations)
    assert spec and spec.loader, "superpose._core: expected it in the package"
    module = module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def _give_plotly_script(core: ModuleType) -> None:
    """As in plot.py, but without importing Plotly."""
    plotly = find_spec("plotly")
    if core.has_plotly_script() or not plotly or not plotly.origin:
        return
    with open(os.path.join(os.path.dirname(plotly.origin), "package_data", "plotly.min.js"), encoding="utf-8") as file:
        core.give_plotly_script(file.read())
