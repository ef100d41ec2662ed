"""The public edge: what is wrong with an argument is told at the caller's line, not in the middle of this package."""

from __future__ import annotations

import functools
import inspect
import sys
import warnings
from collections.abc import Callable
from types import FrameType, FunctionType, ModuleType, TracebackType
from typing import Any

from ._errors import InvalidRequest
from ._misuse import explained

#: Of the package, and of what it calls its own functions through.
_OWN = (__package__, "concurrent", "contextlib")

#: What the package calls beside itself where Ctrl-C may find it.
_CALLED = ("IPython", "ipykernel", "ipywidgets", "json", "numpy", "plotly", "threading", "tqdm", "traitlets", "zmq")

#: Methods of classes that users call by other means than their names.
_SPECIAL = ("__init__", "__call__", "__getitem__")


def public(function: Callable[..., Any]) -> Callable[..., Any]:
    """The function, whose errors about arguments, and whose end by Ctrl-C, have a traceback that ends with the caller's
    line.

    What a callable of the user's raises keeps its whole traceback, and so does what nobody foresaw.
    """

    @functools.wraps(function)
    def call(*args: Any, **kwargs: Any) -> Any:
        __tracebackhide__ = True  # where the traceback is whole: known to pytest and IPython
        try:
            return function(*args, **kwargs)
        except (TypeError, ValueError, IndexError, FileNotFoundError) as error:
            if _is_about_the_call(error, function, args, kwargs):
                error.__traceback__ = None
                if sys.version_info < (3, 11):  # which keeps the traceback elsewhere, too
                    raise error
            raise  # adds no line of its own to the traceback
        except KeyboardInterrupt as pressed:
            if all(_is_of(frame, _OWN + _CALLED) for frame in _frames(pressed.__traceback__)):
                pressed.__traceback__ = None
                if sys.version_info < (3, 11):
                    raise pressed
            raise

    return call


def _is_about_the_call(error: Exception, function: Callable[..., Any], args: Any, kwargs: Any) -> bool:
    """Whether the caller's line is all that matters of the traceback. Arguments that do not fit the signature are told
    in this package's words from here on.
    """
    inside = error.__traceback__.tb_next if error.__traceback__ is not None else None
    if inside is None and type(error) is TypeError:
        error.args = (explained(str(error), function, args, kwargs),)
        return True
    is_foreseen = isinstance(error, (InvalidRequest, FileNotFoundError)) or any(
        words in str(error) for words in ("expected", "unknown argument")
    )
    return is_foreseen and all(map(_is_own, _frames(inside)))


def _frames(trace: TracebackType | None) -> list[FrameType]:
    frames = []
    while trace is not None:
        frames.append(trace.tb_frame)
        trace = trace.tb_next
    return frames


def _is_own(frame: FrameType) -> bool:
    return _is_of(frame, _OWN)


def _is_of(frame: FrameType, packages: tuple[str | None, ...]) -> bool:
    return str(frame.f_globals.get("__name__", "")).partition(".")[0] in packages


def warn(message: str, category: type[Warning] = UserWarning) -> None:
    """Warns at the line that called the package, however deep in it this is."""
    frame, level = inspect.currentframe(), 1
    while frame is not None and _is_own(frame):
        frame, level = frame.f_back, level + 1
    warnings.warn(message, category, stacklevel=level)


def put_at(package: ModuleType, *modules: ModuleType, classes: tuple[type, ...], but: tuple[object, ...]) -> None:
    """Makes what is public the edge: functions that the package and its modules name in `__all__`, and methods and
    properties of these classes. but: functions that stay as they are.
    """
    for module in (package, *modules):
        for name in module.__all__:
            function = getattr(module, name)
            if isinstance(function, FunctionType) and function not in but:
                wrapped = public(function)
                for place in (module, sys.modules[function.__module__]):  # pickles look it up where it is from
                    setattr(place, name, wrapped)
    for of in classes:
        for name, member in list(vars(of).items()):
            if name.startswith("_") and name not in _SPECIAL:
                continue
            if isinstance(member, property):
                getter, setter = (public(each) if each else None for each in (member.fget, member.fset))
                setattr(of, name, property(getter, setter, doc=member.__doc__))
            elif isinstance(member, FunctionType):
                setattr(of, name, public(member))
