"""Arrays from wherever they come: NumPy, PyTorch, lists."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

#: What can be made an array of: NumPy's own, tensors of PyTorch on the processor, nested lists.
ArrayLike = Any

FloatArray = npt.NDArray[np.float32]


def is_torch(array: object) -> bool:
    """Whether it is a tensor of PyTorch, without importing that."""
    return type(array).__module__.split(".")[0] == "torch"


def numbers(name: str, array: ArrayLike, dtype: npt.DTypeLike = np.float64) -> npt.NDArray[Any]:
    """The values as an array in rows; no copy where the type is right. Raises ValueError that names the argument."""
    if is_torch(array):
        array = array.detach().cpu()
    try:
        by_dlpack = hasattr(array, "__dlpack__") and not hasattr(array, "__array__")
        result = np.from_dlpack(array) if by_dlpack else np.asarray(array)
    except Exception as error:  # whatever __array__ raises
        raise ValueError(f"{name}: expected numbers, got {type(array).__name__} ({error})") from None
    if result.dtype.kind not in "fiub":
        raise ValueError(f"{name}: expected numbers, got {type(array).__name__} of {result.dtype}")
    return np.asarray(result, dtype=dtype, order="C")  # ascontiguousarray would give a number an axis


def finite(name: str, array: ArrayLike, shape: Sequence[int], dtype: npt.DTypeLike = np.float32) -> npt.NDArray[Any]:
    """The same, of that shape and without NaN or infinity."""
    result = numbers(name, array, dtype)
    if result.shape != tuple(shape):
        raise ValueError(f"{name}: expected an array of shape {tuple(shape)}, got {result.shape}")
    if not np.isfinite(result).all():
        where = tuple(int(i) for i in np.argwhere(~np.isfinite(result))[0])
        raise ValueError(f"{name}: expected finite numbers, got {result[where]} at {list(where)}")
    return result


def whole(name: str, number: object, least: int, most: int = 2**63 - 1) -> int:
    """A whole number in a range."""
    wanted = (
        f"expected a whole number from {least} to {most}" if most < 2**63 - 1 else f"expected a whole number >= {least}"
    )
    if isinstance(number, bool) or not isinstance(number, (int, np.integer)):
        raise ValueError(f"{name}: {wanted}, got {number!r}")
    if not least <= number <= most:
        raise ValueError(f"{name}: {wanted}, got {number}")
    return int(number)


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
