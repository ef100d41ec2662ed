"""What watches a training and what it leaves."""

from __future__ import annotations

import dataclasses
import math
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any, Literal, overload

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


def unless_given(value: float | str) -> Any:
    """The default of an argument: like the value, but told apart from one that is given."""
    kind = type(value)
    return type(kind.__name__, (kind,), {"is_default": True})(value)


def is_given(value: object) -> bool:
    """Whether an argument is not at its default, which `unless_given` has made or which is None or False."""
    return not (value is None or value is False or getattr(value, "is_default", False))


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

    given: frozenset[str]  #: the arguments that were given; the others are defaults

    @classmethod
    def of(cls, **given: Any) -> Settings:
        """Checks the arguments.

        Raises:
            TypeError: an argument has the wrong type.
            ValueError: an argument is out of range.
        """
        schedule, lr_scale = given["schedule"], given["lr_scale"]
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
            schedule=str(text("schedule", schedule)),
            lr_scale=lr_scale,
            optimizer=str(text("optimizer", given["optimizer"])),
            betas=optional("betas", lambda name, value: tuple(numbers(name, value).tolist())),
            eps=optional("eps", number),
            momentum=optional("momentum", number),
            weight_decay=optional("weight_decay", number),
            restarts=whole("restarts", given["restarts"], 1),
            seed=optional("seed", lambda name, value: whole(name, value, 0, MOST)),
            record_every=whole("record_every", given["record_every"], 1, MOST),
            record_parameters=flag("record_parameters", given["record_parameters"]),
            record_all_restarts=flag("record_all_restarts", given["record_all_restarts"]),
            given=frozenset(name for name, value in given.items() if is_given(value)),
        )

    @property
    def n_steps(self) -> int:
        """The steps of the whole training."""
        return 10_000 if self.steps is None else self.steps

    def after(self, last: Settings | None, taken: int | None, *, is_whole: bool) -> Settings:
        """Those of a training that goes on with the last one. taken: the steps that it took. is_whole: whether it came
        to its end.

        Raises:
            ValueError: there is none, it has other settings, or it has no further step.
        """
        if last is None or taken is None:
            raise ValueError(
                "resume: expected a model that was trained in this process, got one that was not; superpose.run(..., "
                "resume=True) goes on with a directory"
            )
        for name in sorted(self.given - {"steps", "lr_scale", "schedule"}):
            own, of_last = getattr(self, name), getattr(last, name)
            if own != of_last:
                raise ValueError(
                    f"resume: expected {name}={of_last!r}, as of the training that is to go on, or nothing, got {own!r}"
                )
        settings = dataclasses.replace(last, steps=last.n_steps if self.steps is None else self.steps)
        if self.given & {"lr_scale", "schedule"}:
            settings = dataclasses.replace(settings, lr_scale=self.lr_scale, schedule=self.schedule)
        longer = settings.n_steps != last.n_steps
        if longer and last.schedule != "constant":
            raise ValueError(
                f"steps: expected {last.n_steps}, because the schedule {last.schedule!r} ends at its last step, "
                f"got {settings.n_steps}"
            )
        if (longer or self.given & {"lr_scale", "schedule"}) and not np.array_equal(
            settings._factors()[:taken], last._factors()[:taken]
        ):
            raise ValueError("lr_scale: expected the factors that the steps taken had, got others")
        if settings.n_steps < taken or (settings.n_steps == taken and is_whole):
            raise ValueError(f"steps: expected more than the {taken} that were taken, got {settings.n_steps}")
        return settings

    def _factors(self) -> npt.NDArray[np.float64]:
        """The factors on the learning rate, whatever the schedule: (steps)."""
        if self.lr_scale is not None:
            return self.lr_factors()
        if self.schedule == "constant":
            return np.ones(self.n_steps)
        return lr_factors(next(own for own, name in NAMES.items() if name == self.schedule), self.lr, self.n_steps)

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
