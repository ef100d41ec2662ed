"""The words that arguments take, as types: a type checker knows a misspelled one."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Literal, TypeAlias

import numpy as np
import numpy.typing as npt

#: What an instance computes.
Kind: TypeAlias = Literal["linear", "relu_output", "gelu_output", "relu_hidden", "untied", "absolute_value"]

#: How active features are distributed.
ValuesName: TypeAlias = Literal["uniform", "signed"]

#: How the learning rate changes over the steps.
ScheduleName: TypeAlias = Literal["constant", "linear", "cosine"]

#: What turns gradients into updates.
OptimizerName: TypeAlias = Literal["adamw", "adam", "sgd"]

#: How other code bases arrange weights.
Layout: TypeAlias = Literal["notebook", "arena", "spd"]

#: How a module of PyTorch, made of a model, arranges its weights.
ModuleLayout: TypeAlias = Literal["notebook", "arena"]

#: What a state dict holds: arrays or tensors.
Framework: TypeAlias = Literal["numpy", "torch"]

#: What `plot.figure` draws.
FigureKind: TypeAlias = Literal[
    "intro",
    "features",
    "dimensionality",
    "graph",
    "phase",
    "neurons",
    "inhibition",
    "sets",
    "dynamics",
    "animation",
    "pentagon",
    "vulnerability",
    "johnson-lindenstrauss",
    "packing",
    "compressed-sensing",
    "sweep",
]

#: What data frames are of.
FrameLibrary: TypeAlias = Literal["pandas", "polars"]

#: What chooses instances: anything that indexes a model.
Which: TypeAlias = int | np.integer[Any] | slice | Sequence[int] | npt.NDArray[np.integer[Any] | np.bool_]

#: A set of features, as in experiment files; its members may be sets themselves.
FeatureSet: TypeAlias = Mapping[str, "float | Sequence[int | FeatureSet]"]

#: A rule that makes numbers, as in experiment files: `{"geometric": [1, 0.05]}`.
Rule: TypeAlias = Mapping[str, "float | Sequence[float]"]

#: A value of an experiment file.
Setting: TypeAlias = (
    "bool | int | float | str | np.generic | npt.NDArray[Any] | Sequence[Setting] | Mapping[str, Setting]"
)
