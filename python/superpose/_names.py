"""What `dir` and the Tab key list of the modules that users see: what each is for. What it imports for that, and names
that modules had, are there without being listed.
"""

from __future__ import annotations

import sys
from types import ModuleType

from . import geometry, metrics, plot, theory


def _list_what_is_public(module: ModuleType) -> None:
    def names() -> list[str]:
        return sorted({*module.__all__, *(name for name in vars(module) if name.startswith("_"))})

    module.__dir__ = names  # type: ignore[method-assign]


for _module in (sys.modules[__package__], geometry, metrics, plot, theory):
    _list_what_is_public(_module)
