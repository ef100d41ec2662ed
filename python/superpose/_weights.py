"""Weights from wherever they come."""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path
from typing import Protocol, TypeAlias

import numpy as np

from ._arrays import ArrayLike, FloatArray, PathLike, expect_finite, numbers, table
from ._arrays import path as checked_path
from ._interchange import load_weights
from ._model import Model


class HasModel(Protocol):
    """A run, or anything else that has a model."""

    @property
    def model(self) -> Model:
        """The model."""


#: A model or run, an array or tensor of weights, or the path of a safetensors file or run directory.
Weights: TypeAlias = Model | HasModel | ArrayLike | PathLike


def weights(W: Weights) -> tuple[FloatArray, bool]:
    """W (n_instances, n_features, n_hidden), and whether one instance was given without that axis."""
    array: FloatArray | None = None
    if isinstance(W, (str, os.PathLike)) and Path(W).is_file():
        array = load_weights(Path(W))
    if array is None:
        model = model_of(W)
        if model is not None:
            return model._run.W, False
        if hasattr(W, "state_dict") or isinstance(W, Mapping):
            raise TypeError(
                f"W: expected weights, got {type(W).__name__}: superpose.from_torch makes a model of modules and states"
            )
        array = numbers("W", W, np.float32)  # type: ignore[arg-type]
    if array.ndim not in (2, 3) or 0 in array.shape:
        raise ValueError(
            "W: expected an array of shape (n_instances, n_features, n_hidden) or (n_features, n_hidden), "
            f"got {array.shape}"
        )
    return (array, False) if array.ndim == 3 else (array[None], True)


def finite_weights(W: Weights) -> FloatArray:
    """Weights (n_instances, n_features, n_hidden). Refuses NaN and infinity."""
    array, _ = weights(W)
    expect_finite("W", array)
    return array


def model_of(source: Weights) -> Model | None:
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


def expect_model(source: Weights) -> Model:
    """The model that the source is, has or names. Raises TypeError for anything else."""
    model = model_of(source)
    if model is None:
        raise TypeError(
            f"expected a superpose.Model, a run or its path, got {type(source).__name__}; superpose.from_torch makes a "
            "model of weights"
        )
    return model


def per_instance(name: str, values: ArrayLike, shape: tuple[int, int], single: bool) -> FloatArray:
    """feature_probability as a full table of this shape. It has the forms that `Model` takes; beside weights of a
    single instance, which have no axis of instances, it may also be (n_features).
    """
    array = numbers(name, values)
    if single and array.shape == shape[1:]:
        array = array[None]
    full = np.asarray(table(name, array, *shape, along_features=False), np.float32)
    return np.ascontiguousarray(np.broadcast_to(full[:, None] if full.ndim == 1 else full, shape))
