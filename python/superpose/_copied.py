"""Arrays that show what is decided: copies that torch.from_numpy takes, and that refuse to be written into."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt


class Copied(np.ndarray[Any, np.dtype[np.float32]]):
    """A copy of a table that decides what a model is trained on. NumPy may write into it, so that PyTorch takes it
    without a warning. Writing an element through it or a view of it is refused all the same: the model would not
    change. Whatever is computed from it, `copy()` too, is an array like any other.
    """

    def __setitem__(self, key: Any, value: Any) -> None:
        if self.base is not None:
            _refuse()
        super().__setitem__(key, value)

    def __array_ufunc__(self, ufunc: np.ufunc, method: str, *inputs: Any, **kwargs: Any) -> Any:
        for out in kwargs.get("out", ()):
            if isinstance(out, Copied) and out.base is not None:
                _refuse()
        kwargs.update({"out": tuple(map(_plain, kwargs["out"]))} if "out" in kwargs else {})
        return getattr(ufunc, method)(*map(_plain, inputs), **kwargs)

    def copy(self, order: Any = "C") -> Any:
        """An array like any other."""
        return np.array(self, order=order)

    def fill(self, value: Any) -> None:
        """Refused as any writing is."""
        self[...] = value

    def __repr__(self) -> str:
        return repr(_plain(self))

    def __reduce__(self) -> Any:
        return _plain(self).__reduce__()


def _plain(array: Any) -> Any:
    """The same memory as an array like any other."""
    return array.view(np.ndarray) if isinstance(array, Copied) else array


def _refuse() -> None:
    raise ValueError(
        "expected a model's feature_probability and importance to stay, which it was made with, got a change of them: "
        "a copy() can be changed, and another superpose.Model takes it"
    )


def copied(array: npt.NDArray[np.float32]) -> npt.NDArray[np.float32]:
    """A copy of the array that refuses to be written into."""
    return np.array(array).view(Copied)
