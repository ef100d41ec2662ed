"""What a training of several restarts leaves of each."""

from __future__ import annotations

import dataclasses

import numpy as np
import numpy.typing as npt

from . import _core
from ._arrays import FloatArray


@dataclasses.dataclass(frozen=True, eq=False, repr=False)
class Restarts:
    """The restarts of every instance: their losses and, where they were recorded, their parameters.

    Attributes:
        loss: (restarts, n_instances), all on the same fresh data.
        kept: (n_instances): the restart whose parameters the model has.
        W: (restarts, n_instances, n_features, n_hidden): W, or W1; None unless recorded, which
            `optimize(record_all_restarts=True)` and `all_restarts = true` in [record] ask for.
        W2: the same of the second matrix, where there is one.
        b_final: (restarts, n_instances, n_features); None unless recorded.
    """

    loss: FloatArray
    kept: npt.NDArray[np.int64]
    W: FloatArray | None = None
    W2: FloatArray | None = None
    b_final: FloatArray | None = None

    @property
    def outcomes(self) -> npt.NDArray[np.str_] | None:
        """(restarts, n_instances): what each restart settled in, in words, as `geometry.outcomes` has them; None where
        the parameters were not recorded. `metrics.restart_outcomes` counts them.
        """
        if self.W is None:
            return None
        return np.array([[_core.outcome(instance) for instance in restart] for restart in self.W])

    def __len__(self) -> int:
        return len(self.loss)

    def __repr__(self) -> str:
        recorded = "losses" if self.W is None else "losses and parameters"
        return f"<superpose.Restarts: {recorded} of {len(self)} restarts of {len(self.kept)} instances>"


def restarts_of(run: _core.Run) -> Restarts | None:
    """The restarts of a run's last training; None where it had one."""
    if run.restart_loss is None or run.kept_restart is None:
        return None
    names = ("W", "b_final") if run.W2 is None else ("W", "W2", "b_final")
    parameters = run.restart_parameters
    return Restarts(run.restart_loss, run.kept_restart, **dict(zip(names, parameters)) if parameters else {})
