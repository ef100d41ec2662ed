"""Arguments from wherever they come: arrays of NumPy and PyTorch, lists, numbers, text, paths.

A value of the wrong type is a TypeError, a wrong value of the right type a ValueError. Either says which argument it
is, what was expected and what was got.
"""

from __future__ import annotations

import difflib
import os
import reprlib
import sys
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any, Protocol, TypeAlias, TypeVar

import numpy as np
import numpy.typing as npt

from ._literals import Rule

#: What can be made an array of: NumPy's own, tensors of PyTorch, whatever has __array__ or __dlpack__, nested lists.
ArrayLike: TypeAlias = npt.ArrayLike

FloatArray: TypeAlias = npt.NDArray[np.float32]

PathLike: TypeAlias = str | os.PathLike[str]


class Tensor(Protocol):
    """A tensor of PyTorch, for type checkers that may not have PyTorch."""

    def detach(self) -> Any:
        """Itself without gradients."""

    def is_floating_point(self) -> bool:
        """Whether its numbers are floats."""


#: A tensor in, a tensor of the same class out.
AnyTensor = TypeVar("AnyTensor", bound=Tensor)


def is_torch(array: object) -> bool:
    """Whether it is a tensor of PyTorch, without importing that."""
    torch = sys.modules.get("torch")
    return torch is not None and isinstance(array, torch.Tensor)


def shown(value: object, most: int = 100) -> str:
    """What was got, for a message: short and on one line, whatever it is. Only of what is written as a few characters
    is it the value, of all else the type.
    """
    value = value.item() if isinstance(value, np.generic) else value
    if value is None or isinstance(value, (bool, int, float, complex, str, bytes, os.PathLike, range, slice)):
        written = repr(value)
    elif type(value) in (list, tuple, dict, set):
        written = _BRIEFLY.repr(value)
    elif isinstance(value, np.ndarray) or is_torch(value):
        written = f"an array of shape {tuple(getattr(value, 'shape'))}"  # noqa: B009
    else:
        written = type(value).__name__
    return written if len(written) <= most else f"{written[:most]}..."


def listed(names: Iterable[object], most: int = 8) -> str:
    """Names that were got, for a message: the first ones."""
    written = [str(name) for name in names]
    if len(written) > most:
        written[most:] = [f"... ({len(written)} names)"]
    return ", ".join(name if len(name) <= 40 else f"{name[:40]}..." for name in written) or "nothing"


class _Briefly(reprlib.Repr):
    """Lists and the like with a few of their elements, each as `shown` writes it."""

    def repr_instance(self, x: object, level: int) -> str:
        return shown(x, 30)

    def repr_ndarray(self, x: object, level: int) -> str:
        return shown(x, 30)


_BRIEFLY = _Briefly()


def numbers(name: str, array: ArrayLike | Tensor, dtype: npt.DTypeLike = np.float64) -> npt.NDArray[Any]:
    """The values as an array in rows; no copy where the type is right. Refuses finite numbers that the type has not."""
    if isinstance(array, np.ma.MaskedArray) and np.any(array.mask):
        raise ValueError(f"{name}: expected numbers, got some that are masked")
    try:
        result = _as_array(array)
    except ValueError as error:  # lists whose lengths differ
        raise ValueError(f"{name}: expected numbers, got {type(array).__name__} ({error})") from None
    except Exception as error:  # whatever __array__ raises
        raise TypeError(f"{name}: expected numbers, got {type(array).__name__} ({error})") from None
    if result.dtype.kind not in "fiub":
        raise TypeError(f"{name}: expected numbers, got {type(array).__name__} of {result.dtype}")
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
    """The values as an array of that shape. Refuses NaN and infinity."""
    result = shaped(name, array, shape, dtype)
    expect_finite(name, result)
    return result


def shaped(name: str, array: ArrayLike, shape: Sequence[int], dtype: npt.DTypeLike = np.float32) -> npt.NDArray[Any]:
    """The values as an array of that shape; NaN and infinity stay."""
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
    if isinstance(value, (bool, np.bool_, str)) or value is None:
        raise TypeError(f"{name}: expected a number, got {shown(value)}")
    array = numbers(name, value)  # type: ignore[arg-type]
    if array.ndim != 0:
        raise TypeError(f"{name}: expected a number, got an array of shape {array.shape}")
    return float(array)


def whole(name: str, value: object, least: int, most: int = 2**63 - 1) -> int:
    """A whole number in a range."""
    wanted = (
        f"expected a whole number from {least} to {most}" if most < 2**63 - 1 else f"expected a whole number >= {least}"
    )
    if isinstance(value, bool) or not isinstance(value, (int, np.integer)):
        raise TypeError(f"{name}: {wanted}, got {shown(value)}")
    if value > most:
        wanted = f"expected a whole number from {least} to {most}"
    if not least <= value <= most:
        raise ValueError(f"{name}: {wanted}, got {shown(value)}")
    return int(value)


def text(name: str, value: object) -> str:
    """Text that UTF-8 can write."""
    if not isinstance(value, str):
        raise TypeError(f"{name}: expected text, got {shown(value)}")
    if any(0xD800 <= ord(character) <= 0xDFFF for character in value):
        raise ValueError(f"{name}: expected text that UTF-8 can write, got {shown(value)}")
    return value


def choice(name: str, value: object, known: Iterable[str]) -> str:
    """One of the known words."""
    word, words = text(name, value), list(known)
    if word not in words:
        raise ValueError(f"{name}: expected one of {', '.join(words)}, got {shown(word)}{did_you_mean(word, words)}")
    return word


def did_you_mean(word: str, known: Iterable[str]) -> str:
    """What was probably meant, to end a message with; empty where nothing is near."""
    near = difflib.get_close_matches(word, known, 1)
    return f"; did you mean {near[0]!r}?" if near else ""


def flag(name: str, value: object) -> bool:
    """True or False."""
    if not isinstance(value, (bool, np.bool_)):
        raise TypeError(f"{name}: expected True or False, got {shown(value)}")
    return bool(value)


def path(name: str, value: object) -> Path:
    """A path that a file system can have."""
    if not isinstance(value, (str, os.PathLike)) or not isinstance(os.fspath(value), str):
        raise TypeError(f"{name}: expected a path, got {shown(value)}")
    written = os.fspath(value)
    if not written or "\0" in written:
        raise ValueError(f"{name}: expected a path, got {shown(written)}")
    return Path(written)


def table(
    name: str,
    values: ArrayLike | Tensor | Rule,
    n_instances: int,
    n_features: int,
    *,
    along_features: bool,
) -> npt.NDArray[np.float64] | Rule:
    """`feature_probability` or `importance` as an experiment has it: an array that is a number, a list along the key's
    own axis, or a full table of (n_instances, n_features). A dict, a rule, stays what it is.
    """
    if isinstance(values, Mapping):
        return dict(values)
    array = numbers(name, values)
    own = n_features if along_features else n_instances
    shape = (n_instances, n_features)
    if array.ndim == 0 or array.shape == (own,):
        return array
    if array.ndim == 2 and all(length in (1, full) for length, full in zip(array.shape, shape)):
        return np.ascontiguousarray(np.broadcast_to(array, shape))
    raise ValueError(
        f"{name}: expected a number or an array of shape ({own},), ({n_instances}, 1), (1, {n_features}) or {shape}, "
        f"got {array.shape}"
    )
