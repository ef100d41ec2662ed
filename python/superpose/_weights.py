"""Weights from wherever they come."""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any, NamedTuple, Protocol, TypeAlias

import numpy as np

from ._arrays import ArrayLike, FloatArray, PathLike, Tensor, choice, expect_finite, numbers, table
from ._arrays import path as checked_path
from ._edge import warn
from ._interchange import LAYOUTS, load_weights, model_of_weights, read_model
from ._literals import Layout
from ._model import Model


class HasModel(Protocol):
    """A run, or anything else that has a model."""

    @property
    def model(self) -> Model:
        """The model."""


class HasStateDict(Protocol):
    """A torch.nn.Module, for type checkers that may not have PyTorch."""

    def state_dict(self) -> Mapping[str, Any]:
        """Its parameters by name."""


#: A model or run, an array or tensor of weights, or the path of a safetensors file or run directory.
Weights: TypeAlias = Model | HasModel | ArrayLike | PathLike

#: What can be measured without being trained or drawn: those, modules of PyTorch, and state dicts.
Measurable: TypeAlias = Weights | HasStateDict | Mapping[str, Any]


class Found(NamedTuple):
    """The weights of a source.

    Attributes:
        W: (n_instances, n_features, n_hidden).
        single: whether the source is one instance without that axis.
        model: the model that the source is, has or names; None where it is weights alone.
    """

    W: FloatArray
    single: bool
    model: Model | None


def find(source: Measurable, layout: Layout | None = None) -> Found:
    """The weights of whatever has some. layout: of arrays, and of modules, state dicts and files of other code.

    Raises:
        TypeError: it is no weights.
        ValueError: their shape is another, or there is no such layout.
    """
    if layout is not None:
        choice("layout", layout, LAYOUTS)
    array: FloatArray | None = None
    model: Model | None = None
    if isinstance(source, (str, os.PathLike)) and Path(source).is_file():
        array = load_weights(Path(source))
        model = read_model(Path(source), layout, warns=False) if array is None else None
    elif (model := model_of(source)) is not None:
        if layout not in (None, "notebook"):
            raise ValueError(f"layout: expected 'notebook', which a superpose.Model has, got {layout!r}")
    elif _is_of_torch(source):
        model = model_of_weights(source, layout, {}, warns=False)
    if model is not None:
        return Found(model._run.W, False, model)
    array = numbers("W", source, np.float32) if array is None else array  # type: ignore[arg-type]
    if array.ndim not in (2, 3) or 0 in array.shape:
        raise ValueError(
            "W: expected an array of shape (n_instances, n_features, n_hidden) or (n_features, n_hidden), "
            f"got {array.shape}"
        )
    array = _in_our_layout(array, layout)
    return Found(array, False, None) if array.ndim == 3 else Found(array[None], True, None)


def _is_of_torch(source: object) -> bool:
    """Whether it is a module or a state dict, which `from_torch` takes."""
    return isinstance(source, Mapping) or (hasattr(source, "state_dict") and not isinstance(source, type))


def _in_our_layout(array: FloatArray, layout: Layout | None) -> FloatArray:
    """Weights (..., n_features, n_hidden). Warns of those that look like another layout's where nobody says which."""
    if layout is None and array.shape[-1] > array.shape[-2]:
        n_features, n_hidden = array.shape[-2:]
        warn(
            f"W: expected n_features >= n_hidden, got shape {array.shape}, which is taken as {n_features} features in "
            f'{n_hidden} dimensions; layout="arena" takes it as {n_hidden} features in {n_features}, layout="notebook" '
            "as this does, without a warning"
        )
    return np.ascontiguousarray(array.swapaxes(-1, -2)) if layout in ("arena", "spd") else array


def weights(W: Measurable, layout: Layout | None = None) -> FloatArray:
    """W (n_instances, n_features, n_hidden)."""
    return find(W, layout).W


def finite_weights(W: Measurable, layout: Layout | None = None) -> FloatArray:
    """Weights (n_instances, n_features, n_hidden). Refuses NaN and infinity."""
    array = weights(W, layout)
    expect_finite("W", array)
    return array


def model_of(source: Measurable) -> Model | None:
    """The model that the source is, has or names; None for an array."""
    if isinstance(source, (str, os.PathLike)):
        from ._runs import load

        found = load(checked_path("path", source))
        if not isinstance(found, Model) and not hasattr(found, "model"):
            raise ValueError(f"{source}: expected a run's directory or a safetensors file, got {found!r}")
        source = found
    if isinstance(source, Model):
        return source
    model = getattr(source, "model", None)
    return model if isinstance(model, Model) else None


def model_to_measure(source: Measurable) -> Model:
    """The model that the source is, has or names, or that `from_torch` makes of it. Raises TypeError for all else."""
    if model_of(source) is None and _is_of_torch(source):
        return model_of_weights(source, None, {})
    return expect_model(source)


def expect_model(source: Measurable) -> Model:
    """The model that the source is, has or names. Raises TypeError for anything else."""
    model = model_of(source)
    if model is None:
        raise TypeError(
            f"expected a superpose.Model, a run or its path, got {type(source).__name__}; superpose.from_torch makes a "
            "model of weights"
        )
    return model


def per_instance(name: str, values: ArrayLike | Tensor, shape: tuple[int, int], single: bool) -> FloatArray:
    """feature_probability as a full table of this shape. It has the forms that `Model` takes; beside weights of a
    single instance, which have no axis of instances, it may also be (n_features).
    """
    array = numbers(name, values)
    if single and array.shape == shape[1:]:
        array = array[None]
    full = np.asarray(table(name, array, *shape, along_features=False), np.float32)
    return np.ascontiguousarray(np.broadcast_to(full[:, None] if full.ndim == 1 else full, shape))
