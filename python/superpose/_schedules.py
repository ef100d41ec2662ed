"""Learning-rate schedules under the notebook's names: `lr_scale=cosine_decay_lr`."""

from __future__ import annotations

import math
from collections.abc import Callable

from ._literals import ScheduleName

#: (step, steps) -> factor on the learning rate.
LrScale = Callable[[int, int], float]


def constant_lr(step: int, steps: int) -> float:
    """1."""
    return 1.0


def linear_lr(step: int, steps: int) -> float:
    """1 - step / steps."""
    return 1 - step / steps


def cosine_decay_lr(step: int, steps: int) -> float:
    """cos(pi/2 * step / (steps - 1)); 1 where there is one step."""
    return math.cos(0.5 * math.pi * (step / (steps - 1))) if steps > 1 else 1.0


#: Those that the engine has itself, by its name for them.
NAMES: dict[LrScale, ScheduleName] = {constant_lr: "constant", linear_lr: "linear", cosine_decay_lr: "cosine"}
