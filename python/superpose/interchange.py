"""Models of other code bases: the notebook's, ARENA's, SPD's; from modules, checkpoints and safetensors files."""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np

from . import _core
from ._arrays import ArrayLike, FloatArray, PathLike, numbers
from ._own_data import OwnData, lost
from ._training import MOST
from .model import Model, restore

__all__ = ["LAYOUTS", "from_torch"]

#: "notebook": W (n_instances, n_features, n_hidden). "arena": W (n_instances, n_hidden, n_features).
#: "spd": linear1.weight (n_hidden, n_features), linear2.weight (n_features, n_hidden) and linear2.bias, one instance.
LAYOUTS = ("notebook", "arena", "spd")

_OTHER_FILES = {
    **dict.fromkeys((".pt", ".pth"), "of PyTorch's own: superpose.from_torch(torch.load(file))"),
    **dict.fromkeys((".npy", ".npz"), "of NumPy's: numpy.load(file)"),
}

_DTYPES = {
    "F64": "<f8", "F32": "<f4", "F16": "<f2", "I64": "<i8", "I32": "<i4", "I16": "<i2", "I8": "i1", "U64": "<u8",
    "U32": "<u4", "U16": "<u2", "U8": "u1", "BOOL": "?",
}  # fmt: skip


def from_torch(source: Any, layout: str | None = None, **data: Any) -> Model:
    """A model with the parameters of a `torch.nn.Module` or state dict.

    Args:
        source: the module, or a mapping from names to tensors or arrays.
        layout: one of `LAYOUTS`; told from names and shapes unless given. It has to be given where n_features =
            n_hidden: nothing tells W of ARENA's shape from the notebook's then.
        data: further arguments of `Model`: feature_probability, importance, kind, seed, ... A module that keeps
            `feature_probability` or `importance` itself gives those. Without feature_probability or distribution
            the model can be measured and drawn, but not trained: nobody knows on what.

    Raises:
        ValueError: names or shapes are of none of the layouts, or not finite.
    """
    is_module = hasattr(source, "state_dict") and not isinstance(source, type)
    state = source.state_dict() if is_module else source
    if not isinstance(state, Mapping) or not all(isinstance(name, str) for name in state):
        raise ValueError(f"source: expected a torch.nn.Module or a mapping of names, got {type(source).__name__}")
    for name in ("feature_probability", "importance"):
        own = state.get(name, getattr(source, name, None))
        if own is not None and name not in data:
            data[name] = numbers(name, own)
    return _from_state({name: value for name, value in state.items() if name not in data}, layout, data)


def read(file: PathLike) -> tuple[dict[str, Any], dict[str, str]]:
    """Every tensor of a safetensors file, as arrays, and its metadata. Raises ValueError when it is none."""
    if Path(file).suffix in _OTHER_FILES:
        raise ValueError(f"{os.fspath(file)}: expected a safetensors file; {_OTHER_FILES[Path(file).suffix]}")
    raw, metadata = _core.read_tensors(Path(file))
    return {name: _array(*tensor) for name, tensor in raw.items()}, metadata


def load_model(file: PathLike, layout: str | None = None, own_data: OwnData | None = None) -> Model:
    """The model of a safetensors file, of this package or of any of `LAYOUTS`. own_data: of its user's own."""
    tensors, metadata = read(file)
    try:
        if "experiment" in metadata:
            return _of_experiment(tensors, metadata, own_data or OwnData())
        known = {name: tensors.pop(name) for name in ("feature_probability", "importance", "loss") if name in tensors}
        data: dict[str, Any] = {name: values for name, values in known.items() if name != "loss"}
        if own_data:
            data.update(distribution=own_data.distribution, target=own_data.target)
        if "kind" in metadata:  # of a run directory
            data["kind"] = metadata["kind"]
            layout = layout or "notebook"
        if "seed" in metadata:
            data["seed"] = _whole(metadata, "seed")
        return _from_state(tensors, layout, data)
    except ValueError as error:
        raise ValueError(f"{os.fspath(file)}: {error}") from None


def load_weights(file: PathLike) -> FloatArray | None:
    """W of a safetensors file that has no more than that, in the notebook's layout; None of any other."""
    tensors, _ = read(file)
    return numbers("W", tensors["W"], np.float32) if set(tensors) == {"W"} else None


def _of_experiment(tensors: dict[str, Any], metadata: dict[str, str], own_data: OwnData) -> Model:
    """A model that this package wrote."""
    expected = lost(metadata.get("own_data", ""))
    own_data = OwnData(own_data.distribution or expected.distribution, own_data.target or expected.target)
    known = {name: tensors.pop(name, None) for name in ("feature_probability", "importance", "loss")}
    numbers_used = (
        _whole(metadata, "seed"),
        _whole(metadata, "trainings", "1"),
        _whole(metadata, "batches", "0"),
    )
    return restore(metadata["experiment"], tensors, known, numbers_used, own_data)


def _whole(metadata: Mapping[str, str], name: str, default: str | None = None) -> int:
    """A number of the metadata."""
    written = metadata.get(name, default)
    if written is None or not (written.isascii() and written.isdecimal() and int(written) <= MOST):
        raise ValueError(f"{name}: expected a whole number from 0 to {MOST} in the metadata, got {written!r}")
    return int(written)


def _array(dtype: str, shape: list[int], raw: bytes) -> Any:
    """A tensor of a file. Of bfloat16 the upper half of a float32."""
    if dtype == "BF16":
        return (np.frombuffer(raw, "<u2").astype("<u4") << 16).view("<f4").reshape(shape)
    return np.frombuffer(raw, _DTYPES[dtype]).reshape(shape)


def _from_state(state: Mapping[str, ArrayLike], layout: str | None, data: dict[str, Any]) -> Model:
    compiled = "_orig_mod."  # how torch.compile calls what is its module's
    arrays: dict[str, FloatArray] = {
        name.removeprefix(compiled): numbers(name, value, np.float32) for name, value in state.items()
    }
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
    if "feature_probability" not in data:
        model._run.set_feature_probability(np.full((n_instances, n_features), np.nan, np.float32))
    return model


def _guess(arrays: Mapping[str, FloatArray]) -> str:
    """The layout that names and shapes are of."""
    if "linear1.weight" in arrays:
        return "spd"
    W, b_final = arrays.get("W", arrays.get("W1")), arrays.get("b_final")
    if W is None or b_final is None or W.ndim < 2 or b_final.ndim < 1:
        return "notebook"  # which says what is missing
    if W.shape[-2] == W.shape[-1]:
        raise ValueError(
            f"layout: expected 'notebook' or 'arena', which a W of shape {W.shape} does not tell, got None"
        )
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
