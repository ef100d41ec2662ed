"""Arguments from wherever they come: arrays of NumPy and PyTorch, lists, numbers. What is wrong with one is a
ValueError that says which, what was expected and what was got.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any, TypeAlias

import numpy as np
import numpy.typing as npt

#: What can be made an array of: NumPy's own, tensors of PyTorch, whatever has __array__ or __dlpack__, nested lists.
ArrayLike: TypeAlias = npt.ArrayLike

FloatArray: TypeAlias = npt.NDArray[np.float32]

PathLike: TypeAlias = str | os.PathLike[str]


def is_torch(array: object) -> bool:
    """Whether it is a tensor of PyTorch, without importing that."""
    torch = sys.modules.get("torch")
    return torch is not None and isinstance(array, torch.Tensor)


def numbers(name: str, array: ArrayLike, dtype: npt.DTypeLike = np.float64) -> npt.NDArray[Any]:
    """The values as an array in rows; no copy where the type is right. Refuses finite numbers that the type has not."""
    if isinstance(array, np.ma.MaskedArray) and np.any(array.mask):
        raise ValueError(f"{name}: expected numbers, got some that are masked")
    try:
        result = _as_array(array)
    except Exception as error:  # whatever __array__ raises
        raise ValueError(f"{name}: expected numbers, got {type(array).__name__} ({error})") from None
    if result.dtype.kind not in "fiub":
        raise ValueError(f"{name}: expected numbers, got {type(array).__name__} of {result.dtype}")
    with np.errstate(over="ignore"):
        converted = np.asarray(result, dtype=dtype, order="C")  # ascontiguousarray would give a number an axis
    if converted.dtype.itemsize < result.dtype.itemsize:
        too_large = np.isinf(converted) & np.isfinite(result)
        if too_large.any():
            raise ValueError(f"{name}: expected numbers that {converted.dtype} holds, got {result[too_large][0]}")
    return converted


def _as_array(array: Any) -> npt.NDArray[Any]:
    if is_torch(array):
        tensor = array.detach().cpu()
        return np.asarray(tensor.float() if str(tensor.dtype) == "torch.bfloat16" else tensor)  # NumPy has no bfloat16
    if hasattr(array, "__dlpack__") and not hasattr(array, "__array__"):
        return np.from_dlpack(array)
    return np.asarray(array)


def finite(name: str, array: ArrayLike, shape: Sequence[int], dtype: npt.DTypeLike = np.float32) -> npt.NDArray[Any]:
    """The same, of that shape and without NaN or infinity."""
    result = shaped(name, array, shape, dtype)
    expect_finite(name, result)
    return result


def shaped(name: str, array: ArrayLike, shape: Sequence[int], dtype: npt.DTypeLike = np.float32) -> npt.NDArray[Any]:
    """The same, of that shape; what is not finite stays."""
    result = numbers(name, array, dtype)
    if result.shape != tuple(shape):
        raise ValueError(f"{name}: expected an array of shape {tuple(shape)}, got {result.shape}")
    return result


def expect_finite(name: str, array: npt.NDArray[Any]) -> None:
    """Refuses NaN and infinity."""
    if not np.isfinite(array).all():
        where = tuple(int(i) for i in np.argwhere(~np.isfinite(array))[0])
        raise ValueError(f"{name}: expected finite numbers, got {array[where]} at {list(where)}")


def number(name: str, value: object) -> float:
    """One number: Python's, NumPy's, an array or tensor without axes."""
    if isinstance(value, (bool, np.bool_, str)):
        raise ValueError(f"{name}: expected a number, got {value!r}")
    array = numbers(name, value)  # type: ignore[arg-type]
    if array.ndim != 0:
        raise ValueError(f"{name}: expected a number, got an array of shape {array.shape}")
    return float(array)


def whole(name: str, value: object, least: int, most: int = 2**63 - 1) -> int:
    """A whole number in a range."""
    wanted = (
        f"expected a whole number from {least} to {most}" if most < 2**63 - 1 else f"expected a whole number >= {least}"
    )
    if isinstance(value, bool) or not isinstance(value, (int, np.integer)):
        raise ValueError(f"{name}: {wanted}, got {value!r}")
    if not least <= value <= most:
        raise ValueError(f"{name}: {wanted}, got {value}")
    return int(value)


def text(name: str, value: object) -> str:
    """Text."""
    if not isinstance(value, str):
        raise ValueError(f"{name}: expected text, got {value!r}")
    return value


def flag(name: str, value: object) -> bool:
    """True or False."""
    if not isinstance(value, (bool, np.bool_)):
        raise ValueError(f"{name}: expected True or False, got {value!r}")
    return bool(value)


def path(name: str, value: object) -> Path:
    """A path that a file system can have."""
    if not isinstance(value, (str, os.PathLike)) or not isinstance(os.fspath(value), str):
        raise ValueError(f"{name}: expected a path, got {value!r}")
    written = os.fspath(value)
    if not written or "\0" in written:
        raise ValueError(f"{name}: expected a path, got {written!r}")
    return Path(written)


def table(name: str, values: ArrayLike, n_instances: int, n_features: int, *, along_features: bool) -> Any:
    """`feature_probability` or `importance` as an experiment has it: a number, a list along the key's own axis, or
    a full table of (n_instances, n_features). A dict, a rule, stays what it is.
    """
    if isinstance(values, dict):
        return values
    array = numbers(name, values)
    own = n_features if along_features else n_instances
    shape = (n_instances, n_features)
    if array.ndim == 0:
        return float(array)
    if array.shape == (own,):
        return array.tolist()
    if array.ndim == 2 and all(length in (1, full) for length, full in zip(array.shape, shape)):
        return np.broadcast_to(array, shape).tolist()
    raise ValueError(
        f"{name}: expected a number or an array of shape ({own},), ({n_instances}, 1), (1, {n_features}) or {shape}, "
        f"got {array.shape}"
    )
