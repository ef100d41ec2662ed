"""What watches a training and what it leaves."""

from __future__ import annotations

import dataclasses
import math
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any, ClassVar, Literal, overload

import numpy as np
import numpy.typing as npt

from ._arrays import FloatArray, flag, number, numbers, shown, text, whole
from ._schedules import NAMES, LrScale

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


@dataclasses.dataclass(frozen=True)
class Settings:
    """What decides what a training does: arguments of `Model.optimize`, checked. Those that only watch it, or say how
    many threads it takes, are not here.
    """

    steps: int | None
    batch_size: int
    lr: float
    schedule: str
    lr_scale: LrScale | None  #: a schedule of the user's own
    optimizer: str
    betas: tuple[float, ...] | None
    eps: float | None
    momentum: float | None
    weight_decay: float | None
    restarts: int
    seed: int | None
    record_every: int
    record_parameters: bool
    record_all_restarts: bool

    #: The arguments that may be left out of a training that goes on, with what they are then.
    _DEFAULTS: ClassVar[dict[str, object]] = {
        "batch_size": 1024,
        "lr": 1e-3,
        "schedule": "constant",
        "optimizer": "adamw",
        "restarts": 1,
        "record_every": 100,
        "record_parameters": False,
        "record_all_restarts": False,
    }

    @classmethod
    def of(cls, *, schedule: Any, lr_scale: LrScale | None, **given: Any) -> Settings:
        """Checks the arguments.

        Raises:
            TypeError: an argument has the wrong type.
            ValueError: an argument is out of range.
        """
        if lr_scale is not None:
            if schedule != "constant":
                raise ValueError("lr_scale: expected it or schedule, got both")
            if not callable(lr_scale):
                raise TypeError(f"lr_scale: expected a callable (step, steps), got {type(lr_scale).__name__}")
            if (known := next((name for own, name in NAMES.items() if own is lr_scale), None)) is not None:
                schedule, lr_scale = known, None
        if callable(schedule):
            raise TypeError("schedule: expected a schedule's name, got a callable: lr_scale takes those")

        def optional(name: str, check: Callable[[str, Any], Any]) -> Any:
            return None if given[name] is None else check(name, given[name])

        return cls(
            steps=optional("steps", lambda name, value: whole(name, value, 1, MOST)),
            batch_size=whole("batch_size", given["batch_size"], 1),
            lr=number("lr", given["lr"]),
            schedule=text("schedule", schedule),
            lr_scale=lr_scale,
            optimizer=text("optimizer", given["optimizer"]),
            betas=optional("betas", lambda name, value: tuple(numbers(name, value).tolist())),
            eps=optional("eps", number),
            momentum=optional("momentum", number),
            weight_decay=optional("weight_decay", number),
            restarts=whole("restarts", given["restarts"], 1),
            seed=optional("seed", lambda name, value: whole(name, value, 0, MOST)),
            record_every=whole("record_every", given["record_every"], 1, MOST),
            record_parameters=flag("record_parameters", given["record_parameters"]),
            record_all_restarts=flag("record_all_restarts", given["record_all_restarts"]),
        )

    @property
    def n_steps(self) -> int:
        """The steps of the whole training."""
        return 10_000 if self.steps is None else self.steps

    def after(self, last: Settings | None, taken: int | None) -> Settings:
        """Those of a training that goes on with the last one. taken: the steps that it took.

        Raises:
            ValueError: there is none, it has other settings, or it has no further step.
        """
        if last is None or taken is None:
            raise ValueError(
                "resume: expected a model that was trained in this process, got one that was not; superpose.run(..., "
                "resume=True) goes on with a directory"
            )
        for field in dataclasses.fields(self):
            own, of_last = getattr(self, field.name), getattr(last, field.name)
            asked = field.name not in ("steps", "lr_scale") and own != self._DEFAULTS.get(field.name)
            if asked and own != of_last:
                raise ValueError(
                    f"resume: expected {field.name}={of_last!r}, as of the training that is to go on, or nothing, "
                    f"got {own!r}"
                )
        settings = dataclasses.replace(last, steps=last.n_steps if self.steps is None else self.steps)
        if self.lr_scale is not None:
            settings = dataclasses.replace(settings, lr_scale=self.lr_scale, schedule="constant")
        if settings.n_steps != last.n_steps and settings.schedule != "constant":
            raise ValueError(
                f"steps: expected {last.n_steps}, because the schedule {settings.schedule!r} ends at its last step, "
                f"got {settings.n_steps}"
            )
        if not np.array_equal(settings.lr_factors()[:taken], last.lr_factors()[:taken]):
            raise ValueError("lr_scale: expected the factors that the steps taken had, got others")
        if settings.n_steps <= taken:
            raise ValueError(f"steps: expected more than the {taken} that were taken, got {settings.n_steps}")
        return settings

    def lr_factors(self) -> npt.NDArray[np.float64]:
        """The factors of a schedule of the user's own: (steps); empty where the schedule has a name."""
        return np.empty(0) if self.lr_scale is None else lr_factors(self.lr_scale, self.lr, self.n_steps)

    def sections(self) -> dict[str, object]:
        """[train] and [record] as an experiment file has them."""
        train = {
            "steps": self.n_steps,
            "batch_size": self.batch_size,
            "lr": self.lr,
            "schedule": self.schedule,
            "optimizer": self.optimizer,
            "restarts": self.restarts,
            "seed": self.seed,
            "betas": None if self.betas is None else list(self.betas),
            "eps": self.eps,
            "momentum": self.momentum,
            "weight_decay": self.weight_decay,
        }
        record: dict[str, object] = {
            "every": self.record_every,
            "parameters": self.record_parameters,
            "all_restarts": self.record_all_restarts,
        }
        return {"train": {name: value for name, value in train.items() if value is not None}, "record": record}


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
