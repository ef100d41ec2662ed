"""Tables as data frames of pandas or polars."""

from __future__ import annotations

import importlib.util
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, Literal, overload

from . import _core
from ._arrays import choice, flag

if TYPE_CHECKING:
    import pandas
    import polars

    from ._literals import FrameLibrary

_LIBRARIES = ("pandas", "polars")


def rows_of(restarts: bool, features: bool) -> str:
    """What the rows of a table are to be, as the library calls it."""
    if flag("restarts", restarts) and flag("features", features):
        raise ValueError("to_frame: expected restarts or features, got both")
    return "restarts" if restarts else "features" if features else "instances"


def frame(table: _core.Table, library: FrameLibrary | None) -> Any:
    """The table as a data frame. Errors are those of `Tabular.to_frame`."""
    if library_of(library) == "polars":
        return _polars(table.columns)
    return _pandas(table.columns)


def library_of(library: FrameLibrary | None) -> str:
    """The library that is asked for, or the first one that is installed."""
    wanted = _LIBRARIES if library is None else (choice("library", library, _LIBRARIES),)
    for name in wanted:
        if importlib.util.find_spec(name) is not None:
            return name
    missing = " or ".join(wanted)
    raise ImportError(
        f"to_frame: expected {missing} to be installed, got none; `pip install {wanted[0]}` installs it, and "
        "`superpose metrics DIR --csv` prints the same table without it"
    )


def _pandas(columns: Sequence[tuple[str, str, Sequence[Any]]]) -> Any:
    """Missing numbers are NaN; whole numbers and flags of which some are missing are pandas' nullable types."""
    import pandas

    types = {"bool": ("bool", "boolean"), "int": ("int64", "Int64"), "float": ("float64", "float64")}

    def series(kind: str, values: Sequence[Any]) -> Any:
        whole, with_gaps = types.get(kind, (None, None))
        return pandas.Series(values, dtype=with_gaps if None in values else whole)

    return pandas.DataFrame({name: series(kind, values) for name, kind, values in columns})


def _polars(columns: Sequence[tuple[str, str, Sequence[Any]]]) -> Any:
    """What is missing is null."""
    import polars

    types = {"bool": polars.Boolean, "int": polars.Int64, "float": polars.Float64, "str": polars.String}
    return polars.DataFrame([polars.Series(name, values, dtype=types[kind]) for name, kind, values in columns])


class Tabular:
    """What has a table of its instances."""

    def _table(self, rows: str) -> _core.Table:
        raise NotImplementedError

    @overload
    def to_frame(
        self, library: Literal["pandas"], *, restarts: bool = False, features: bool = False
    ) -> pandas.DataFrame: ...

    @overload
    def to_frame(
        self, library: Literal["polars"], *, restarts: bool = False, features: bool = False
    ) -> polars.DataFrame: ...

    @overload
    def to_frame(self, library: None = None, *, restarts: bool = False, features: bool = False) -> Any: ...

    def to_frame(self, library: FrameLibrary | None = None, *, restarts: bool = False, features: bool = False) -> Any:
        """What came out, as a data frame: a row an instance, with its feature_probability, loss, D*, capacity, number
        of represented features and outcome in words; of a sweep also its point and the swept values. It is the table
        that `superpose metrics DIR --csv` prints.

            sweep.to_frame().groupby("model.n_hidden")["loss"].median()

        Args:
            library: "pandas" or "polars"; pandas unless given, or polars where there is no pandas.
            restarts: a row a restart instead. What they ended in is known where they were recorded
                (`record_all_restarts=True`, `all_restarts = true` in [record]).
            features: a row a feature instead, with all of `metrics.measure`.

        Raises:
            ImportError: the library is not installed; the message says what to install.
            ValueError: both `restarts` and `features` are given.
        """
        return frame(self._table(rows_of(restarts, features)), library)
