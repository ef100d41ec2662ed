"""Superpose: train, measure and draw toy models of superposition.

    import superpose as sp

    model = sp.Model(n_features=5, n_hidden=2, n_instances=10,
                     feature_probability=20 ** -np.linspace(0, 1, 10), importance=0.9 ** np.arange(5))
    model.optimize(steps=10_000)
    sp.plot.intro(model)

The engine, the measurements and the figures are the C++ library's, the same as the `superpose` command's; the same
experiment gives the same bits in both.
"""

import sys
from typing import TYPE_CHECKING

from . import (  # noqa: F401 - importing _names and _old_names is their use
    _edge,
    _frames,
    _misuse,
    _names,
    _old_names,
    geometry,
    metrics,
    plot,
    theory,
)
from ._core import version as __version__
from ._errors import InvalidRequest
from ._interchange import LAYOUTS, from_torch
from ._model import Model
from ._restarts import Restarts
from ._runs import (
    Claim,
    Paper,
    Run,
    Study,
    Sweep,
    SweepPoint,
    load,
    load_model,
    load_run,
    load_study,
    load_sweep,
    paper,
    papers,
    run,
)
from ._schedules import constant_lr, cosine_decay_lr, linear_lr
from ._training import History, HookData
from ._watching import Watch, watch

InvalidRequest.__module__ = __name__  # where its users find it

__all__ = [
    "LAYOUTS",
    "Claim",
    "History",
    "HookData",
    "InvalidRequest",
    "Model",
    "Paper",
    "Restarts",
    "Run",
    "Study",
    "Sweep",
    "SweepPoint",
    "Watch",
    "__version__",
    "constant_lr",
    "cosine_decay_lr",
    "from_torch",
    "geometry",
    "linear_lr",
    "load",
    "load_model",
    "load_run",
    "load_study",
    "load_sweep",
    "metrics",
    "paper",
    "papers",
    "plot",
    "run",
    "theory",
    "watch",
]

_edge.put_at(
    sys.modules[__name__],
    *(metrics, geometry, theory, plot),
    classes=(Model, _frames.Tabular),
    but=(constant_lr, linear_lr, cosine_decay_lr),  # which training knows by what they are
)

if not TYPE_CHECKING:  # to a type checker any name would be there

    def __getattr__(name: str) -> object:
        """Says what to write in place of a name that other code bases have."""
        raise AttributeError(_misuse.other_call(name), name=name, obj=sys.modules[__name__])
