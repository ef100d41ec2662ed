"""Experiments from arguments: the library checks them as it checks a file's, and its messages name the argument."""

from __future__ import annotations

import contextlib
import re
from collections.abc import Iterator

from . import _core
from ._core import InvalidRequest


def begin(sections: dict[str, object]) -> _core.Run:
    """The run of an experiment, before its training. sections: as in a file; tables may be float64 arrays."""
    with about_arguments():
        return _core.Run(sections)


@contextlib.contextmanager
def about_arguments() -> Iterator[None]:
    """Errors about arguments name the argument in place of a line that nobody wrote. Other errors pass."""
    try:
        yield
    except InvalidRequest as error:
        raise InvalidRequest(re.sub(r"^:\d+:\d+: (\[\w+\] )?", "", str(error))) from None
