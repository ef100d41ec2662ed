"""Names that modules had. What users wrote and what pickles hold goes on working: `superpose.model.Model`."""

from __future__ import annotations

import sys

from . import _interchange, _model, _runs, _schedules, _watching

for _module in (_interchange, _model, _runs, _schedules, _watching):
    _name = _module.__name__.rpartition(".")[2].removeprefix("_")
    sys.modules[f"{__package__}.{_name}"] = _module
    setattr(sys.modules[__package__], _name, _module)
