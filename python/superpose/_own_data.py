"""What a model is fed and asked for where its user decides that."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable
from typing import Any

import numpy as np

from ._arrays import ArrayLike, FloatArray, expect_finite, finite, numbers

#: (step, batch_size, rng) -> samples (batch_size, n_instances, n_features), or the same ones for every instance:
#: (batch_size, n_features) or (batch_size, 1, n_features).
Distribution = Callable[[int, int, np.random.Generator], ArrayLike]
#: samples -> what the outputs are to be, of the same shape.
Target = Callable[[FloatArray], ArrayLike]


@dataclasses.dataclass(frozen=True)
class OwnData:
    """Callables of the user's own; None where the experiment decides.

    Raises:
        TypeError: one is no callable.
    """

    distribution: Distribution | None = None
    target: Target | None = None

    def __post_init__(self) -> None:
        for argument in ("distribution", "target"):
            function = getattr(self, argument)
            if function is not None and not callable(function):
                raise TypeError(f"{argument}: expected a callable, got {type(function).__name__}")

    def __bool__(self) -> bool:
        return self.distribution is not None or self.target is not None

    def samples(self, step: int, shape: tuple[int, int, int], key: list[int]) -> FloatArray:
        """Samples (batch_size, n_instances, n_features) of the distribution. key: decides their random numbers."""
        assert self.distribution is not None
        given = numbers("distribution", self.distribution(step, shape[0], np.random.default_rng(key)), np.float32)
        alike, flat = (shape[0], 1, shape[2]), (shape[0], shape[2])  # one data set for all instances
        if given.shape not in (shape, alike, flat):
            raise ValueError(f"distribution: expected an array of shape {shape}, {alike} or {flat}, got {given.shape}")
        expect_finite("distribution", given)
        return np.ascontiguousarray(np.broadcast_to(given.reshape(alike) if given.shape == flat else given, shape))

    def targets(self, x: FloatArray) -> FloatArray | None:
        """The targets of these samples; None where the kind decides them."""
        if self.target is None:
            return None
        return finite("target", self.target(x.copy()), x.shape)  # what it does with its samples changes no input

    def is_at_hand(self) -> bool:
        """Whether there is one, and none that a file could not hold."""
        return bool(self) and self.distribution is not _lost_distribution and self.target is not _lost_target

    def names(self) -> str:
        """Says which callables there are, for a file: "distribution", "target", "distribution,target" or ""."""
        return ",".join(name for name in ("distribution", "target") if getattr(self, name) is not None)


def lost(names: str) -> OwnData:
    """Stands for the callables of a model whose file could not hold them; calling one says that it is missing.
    names: as OwnData.names gives them.
    """
    placeholders: dict[str, Any] = {"distribution": _lost_distribution, "target": _lost_target}
    return OwnData(**{name: placeholders[name] for name in names.split(",") if name in placeholders})


def _lost_distribution(step: int, batch_size: int, rng: np.random.Generator) -> FloatArray:
    raise ValueError(_LOST.format("distribution"))


def _lost_target(x: FloatArray) -> FloatArray:
    raise ValueError(_LOST.format("target"))


_LOST = (
    "{0}: expected the one that this model was trained with, which its file cannot hold, got none: "
    "superpose.load(file, {0}=...) takes it"
)
