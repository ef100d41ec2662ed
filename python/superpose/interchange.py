"""Models of other code bases: the notebook's, ARENA's, SPD's; from modules, checkpoints and safetensors files."""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np

from . import _core
from ._arrays import ArrayLike, FloatArray, numbers
from .model import Model

__all__ = ["LAYOUTS", "from_torch"]

#: "notebook": W (n_instances, n_features, n_hidden). "arena": W (n_instances, n_hidden, n_features).
#: "spd": linear1.weight (n_hidden, n_features), linear2.weight (n_features, n_hidden) and linear2.bias, one instance.
LAYOUTS = ("notebook", "arena", "spd")

_DTYPES = {
    "F64": "<f8", "F32": "<f4", "F16": "<f2", "I64": "<i8", "I32": "<i4", "I16": "<i2", "I8": "i1", "U64": "<u8",
    "U32": "<u4", "U16": "<u2", "U8": "u1", "BOOL": "?",
}  # fmt: skip


def from_torch(source: Any, layout: str | None = None, **data: Any) -> Model:
    """A model with the parameters of a `torch.nn.Module` or state dict.

    Args:
        source: the module, or a mapping from names to tensors or arrays.
        layout: one of `LAYOUTS`; told from names and shapes unless given. W of ARENA's shape can only be told from
            the notebook's where b_final says which axis the features are on: not where n_features = n_hidden.
        data: further arguments of `Model`: feature_probability, importance, kind, seed, ... A module that keeps
            `feature_probability` or `importance` itself gives those.

    Raises:
        ValueError: names or shapes are of none of the layouts, or not finite.
    """
    state = source.state_dict() if hasattr(source, "state_dict") else source
    if not isinstance(state, Mapping):
        raise ValueError(f"source: expected a torch.nn.Module or a mapping of names, got {type(source).__name__}")
    for name in ("feature_probability", "importance"):
        own = state.get(name, getattr(source, name, None))
        if own is not None and name not in data:
            data[name] = numbers(name, own)
    return _from_state({name: value for name, value in state.items() if name not in data}, layout, data)


def read(path: str | os.PathLike[str]) -> tuple[dict[str, Any], dict[str, str]]:
    """Every tensor of a safetensors file, as arrays, and its metadata. Raises ValueError when it is none."""
    raw, metadata = _core.read_tensors(Path(path))
    return {name: _array(*tensor) for name, tensor in raw.items()}, metadata


def load_model(path: str | os.PathLike[str]) -> Model:
    """The model of a safetensors file, of this package or of any of `LAYOUTS`."""
    tensors, metadata = read(path)
    if "experiment" in metadata:
        return _of_experiment(tensors, metadata, path)
    data: dict[str, Any] = {
        name: tensors.pop(name) for name in ("feature_probability", "importance") if name in tensors
    }
    tensors.pop("loss", None)
    if "kind" in metadata:
        data["kind"] = metadata["kind"]
    if metadata.get("seed", "").isdecimal():
        data["seed"] = int(metadata["seed"])
    try:
        return _from_state(tensors, "notebook" if "kind" in metadata else None, data)
    except ValueError as error:
        raise ValueError(f"{os.fspath(path)}: {error}") from None


def _of_experiment(tensors: dict[str, Any], metadata: dict[str, str], path: str | os.PathLike[str]) -> Model:
    """A model that this package wrote."""
    try:
        model = Model._of_run(_core.Run(metadata["experiment"]))
        model._seed = int(metadata["seed"])
        model.load_state_dict({name: tensors[name] for name in model.state_dict()})
    except (ValueError, KeyError) as error:
        raise ValueError(f"{os.fspath(path)}: expected a model as superpose writes it, got another ({error})") from None
    return model


def _array(dtype: str, shape: list[int], raw: bytes) -> Any:
    """A tensor of a file. Of bfloat16 the upper half of a float32."""
    if dtype == "BF16":
        return (np.frombuffer(raw, "<u2").astype("<u4") << 16).view("<f4").reshape(shape)
    return np.frombuffer(raw, _DTYPES[dtype]).reshape(shape)


def _from_state(state: Mapping[str, ArrayLike], layout: str | None, data: dict[str, Any]) -> Model:
    arrays: dict[str, FloatArray] = {name: numbers(name, value, np.float32) for name, value in state.items()}
    layout = layout or _guess(arrays)
    if layout == "spd":
        arrays, kind = _of_spd(arrays)
        data.setdefault("kind", kind)
    elif layout == "arena":
        arrays = {name: array.swapaxes(-1, -2) if name in ("W", "W1", "W2") and array.ndim > 1 else array
                  for name, array in arrays.items()}  # fmt: skip
    elif layout != "notebook":
        raise ValueError(f"layout: expected one of {', '.join(LAYOUTS)}, got {layout!r}")
    matrices = [name for name in ("W", "W1", "W2") if name in arrays]
    if matrices not in (["W"], ["W1", "W2"]) or set(arrays) != {*matrices, "b_final"}:
        raise ValueError(f"source: expected W (or W1 and W2) and b_final, got {', '.join(state) or 'nothing'}")
    # A model of one instance may come without that axis.
    arrays = {name: array if array.ndim == 3 - (name == "b_final") else array[None] for name, array in arrays.items()}
    W = arrays[matrices[0]]
    if W.ndim != 3 or 0 in W.shape:
        raise ValueError(f"{matrices[0]}: expected (n_instances, n_features, n_hidden), got {W.shape}")
    if len(matrices) == 2:
        data.setdefault("kind", "untied")
    n_instances, n_features, n_hidden = W.shape
    model = Model(n_features, n_hidden, n_instances, **data)
    model.load_state_dict(arrays)
    return model


def _guess(arrays: Mapping[str, FloatArray]) -> str:
    """The layout that names and shapes are of."""
    if "linear1.weight" in arrays:
        return "spd"
    W, b_final = arrays.get("W"), arrays.get("b_final")
    if W is None or b_final is None or W.ndim < 2 or W.shape[-2] == W.shape[-1] or b_final.ndim < 1:
        return "notebook"
    return "arena" if b_final.shape[-1] == W.shape[-1] else "notebook"


def _of_spd(arrays: Mapping[str, FloatArray]) -> tuple[dict[str, FloatArray], str]:
    """Parameters and kind of SPD's linear1 and linear2, tied where one is the other's transpose."""
    names = {"linear1.weight", "linear2.weight", "linear2.bias"}
    if set(arrays) != names:
        raise ValueError(f"source: expected {', '.join(sorted(names))} and nothing else, got {', '.join(arrays)}")
    W1, W2, bias = arrays["linear1.weight"].T, arrays["linear2.weight"], arrays["linear2.bias"]
    if W1.shape != W2.shape:
        raise ValueError(
            f"linear2.weight: expected the transpose of linear1.weight's shape, {W1.shape}, got {W2.shape}"
        )
    if np.array_equal(W1, W2):
        return {"W": W1, "b_final": bias}, "relu_output"
    return {"W1": W1, "W2": W2, "b_final": bias}, "untied"
