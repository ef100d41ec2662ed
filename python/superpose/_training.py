"""What watches a training and what it leaves."""

from __future__ import annotations

import dataclasses
import math
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any, Literal, overload

import numpy as np
import numpy.typing as npt

from ._arrays import FloatArray, shown, whole
from ._schedules import LrScale

if TYPE_CHECKING:
    from ._model import Model

#: The most steps, the highest seed and the largest batch that there are.
MOST = 2**32 - 1


class HookData(Mapping[str, Any]):
    """What a hook sees, as attributes and, as in the notebook, as items: `data.step`, `data["step"]`.

    Attributes:
        model: the model, its weights those after this step's update. A hook may change them: training goes on from
            there (with `restarts` above 1 it sees the first restart, and changes are lost).
        step: the step just taken, from 0.
        loss: (n_instances) of this step's batch, before its update.
        lr: the learning rate of this step.
        steps: those of the whole training.
    """

    _KEYS = ("model", "step", "steps", "loss", "lr")

    def __init__(self, model: Model, step: int, steps: int, loss: FloatArray, lr: float) -> None:
        self.model, self.step, self.steps, self.loss, self.lr = model, step, steps, loss, lr

    @property
    def last(self) -> bool:
        """Whether this is the last step."""
        return self.step + 1 == self.steps

    @overload
    def __getitem__(self, key: Literal["model"]) -> Model: ...

    @overload
    def __getitem__(self, key: Literal["step", "steps"]) -> int: ...

    @overload
    def __getitem__(self, key: Literal["loss"]) -> FloatArray: ...

    @overload
    def __getitem__(self, key: Literal["lr"]) -> float: ...

    @overload
    def __getitem__(self, key: str) -> Any: ...

    def __getitem__(self, key: str) -> Any:
        """The attribute of that name."""
        if key not in self:
            raise KeyError(f"{key}: expected one of {', '.join(self._KEYS)}")
        return getattr(self, key)

    def __contains__(self, key: object) -> bool:
        return key in self._KEYS

    def __iter__(self) -> Iterator[str]:
        return iter(self._KEYS)

    def __len__(self) -> int:
        return len(self._KEYS)


#: Called during training.
Hook = Callable[[HookData], object]


class Hooks:
    """Hooks and the steps between their calls, as the one function that the engine calls.

    Raises:
        TypeError: they are no callables.
    """

    def __init__(self, model: Model, hooks: Sequence[Hook], every: int, staying: Sequence[tuple[Hook, int]]) -> None:
        if not isinstance(hooks, (list, tuple)):
            raise TypeError(f"hooks: expected a list of callables, got {type(hooks).__name__}")
        self._hooks = [(hook, every) for hook in hooks] + list(staying)
        for hook, _ in self._hooks:
            if not callable(hook):
                raise TypeError(f"hooks: expected callables, got {type(hook).__name__}")
        self._model = model

    def __bool__(self) -> bool:
        return bool(self._hooks)

    @property
    def every(self) -> int:
        """Steps between calls: every hook's turn is a multiple."""
        return math.gcd(*(every for _, every in self._hooks)) if self._hooks else 1

    def caller(self, steps: int) -> Callable[[int, float, FloatArray], None] | None:
        """The function that the engine calls in a training of so many steps; None where there are no hooks."""
        if not self:
            return None

        def call(step: int, lr: float, loss: FloatArray) -> None:
            data = HookData(self._model, step, steps, loss, lr)
            for hook, every in self._hooks:
                if step % every == 0 or data.last:
                    hook(data)

        return call


@dataclasses.dataclass(frozen=True, eq=False, repr=False)
class History:
    """What was recorded during a training, a row every `record_every` steps and one for the last step; of one that was
    interrupted the rows up to there.

    Attributes:
        step: (rows) counted from 0.
        lr: (rows) learning rate of that step.
        loss: (rows, n_instances) of that step's batch, before its update.
        W: (rows, n_instances, n_features, n_hidden) after the update; None unless parameters were recorded.
        W2: the same of the second matrix, where there is one.
        b_final: (rows, n_instances, n_features); None unless parameters were recorded.
    """

    step: npt.NDArray[np.int64]
    lr: FloatArray
    loss: FloatArray
    W: FloatArray | None = None
    W2: FloatArray | None = None
    b_final: FloatArray | None = None

    def __len__(self) -> int:
        return len(self.step)

    def __repr__(self) -> str:
        last = f", last loss {self.loss[-1].sum():.5g}" if len(self) else ""
        return f"<superpose.History: {len(self)} rows{last}>"


def lr_factors(lr_scale: LrScale, lr: float, steps: int) -> npt.NDArray[np.float64]:
    """The factors of a schedule of the user's own: (steps).

    Raises:
        ValueError: it is no callable, a factor is negative or too large, or there are too many steps to ask for each.
    """
    whole("steps", steps, 1, 10**8)
    factors = np.fromiter((_factor(lr_scale, step, steps) for step in range(steps)), np.float64, steps)
    with np.errstate(over="ignore"):
        too_large = ~np.isfinite(np.float32(lr) * factors.astype(np.float32))
    if too_large.any():
        raise ValueError(f"lr_scale: expected finite learning rates, got {factors[too_large][0]} times {lr}")
    return factors


def _factor(lr_scale: LrScale, step: int, steps: int) -> float:
    got = lr_scale(step, steps)
    try:
        factor = float(got)
    except (TypeError, ValueError):
        factor = math.nan
    # The notebook's cosine rounds to a hair below 0 at the last step.
    if not (math.isfinite(factor) and factor > -1e-9):
        raise ValueError(f"lr_scale: expected finite factors >= 0, got {shown(got)} at step {step}")
    return max(factor, 0.0)


def threads_of(threads: int | None) -> int:
    """The number of threads as the engine takes it: 0 stands for all of the machine's."""
    return 0 if threads is None else whole("threads", threads, 1, 4096)
