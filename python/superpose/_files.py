"""Files of tensors: safetensors, and what else a path may hold."""

from __future__ import annotations

import errno
import os
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from . import _core
from ._arrays import path as checked_path
from ._arrays import shown

#: Suffixes of other formats, and what reads those.
_OTHERS = {
    **dict.fromkeys((".pt", ".pth", ".ckpt"), "of PyTorch's own: superpose.from_torch(torch.load(file))"),
    **dict.fromkeys((".npy", ".npz"), "of NumPy's: numpy.load(file)"),
}

_DTYPES = {
    "F64": "<f8", "F32": "<f4", "F16": "<f2", "I64": "<i8", "I32": "<i4", "I16": "<i2", "I8": "i1", "U64": "<u8",
    "U32": "<u4", "U16": "<u2", "U8": "u1", "BOOL": "?",
}  # fmt: skip


def existing(name: str, value: object) -> Path:
    """The path of something that is there. Raises FileNotFoundError, with errno and filename, where nothing is."""
    where = checked_path(name, value)
    if not where.exists():
        raise FileNotFoundError(errno.ENOENT, os.strerror(errno.ENOENT), str(where))
    return where


def expect_own_suffix(name: str, file: Path) -> Path:
    """A path for a file to be written, which `read` will not refuse by its suffix."""
    if file.suffix.lower() in _OTHERS:
        got = shown(os.fspath(file))
        raise ValueError(f"{name}: expected a name that ends in .safetensors, the format that is written, got {got}")
    return file


class Contents(NamedTuple):
    """What a safetensors file holds.

    Attributes:
        tensors: as arrays, by name.
        metadata: text by name.
        unread: tensors that were passed over, by name: their types, which are not known.
    """

    tensors: dict[str, npt.NDArray[Any]]
    metadata: dict[str, str]
    unread: dict[str, str]


def read(file: Path) -> Contents:
    """What a safetensors file holds. Raises ValueError when it is no such file."""
    if file.suffix.lower() in _OTHERS:
        raise ValueError(f"{os.fspath(file)}: expected a safetensors file; {_OTHERS[file.suffix.lower()]}")
    raw, metadata, unread = _core.read_tensors(file)
    return Contents({name: _array(*tensor) for name, tensor in raw.items()}, metadata, unread)


def _array(dtype: str, shape: list[int], raw: bytes) -> npt.NDArray[Any]:
    """A tensor of a file. NumPy has no bfloat16: it is read as the upper half of a float32."""
    if dtype == "BF16":
        return (np.frombuffer(raw, "<u2").astype("<u4") << 16).view("<f4").reshape(shape)
    return np.frombuffer(bytearray(raw), _DTYPES[dtype]).reshape(shape)  # which may be written
