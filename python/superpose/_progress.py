"""Progress bars, in terminals and notebooks."""

from __future__ import annotations

import importlib.util
import signal
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, Protocol

from ._arrays import flag


class Bar(Protocol):
    """Shows how far something is."""

    def at(self, step: int, steps: int) -> None:
        """Step of steps are done; steps 0: not known yet."""


class _Nothing:
    def at(self, step: int, steps: int) -> None:
        pass


class _Tqdm:
    def __init__(self, bar: Any) -> None:
        self._bar = bar

    def at(self, step: int, steps: int) -> None:
        with _uninterrupted():
            if steps != self._bar.total and steps > 0:
                self._bar.reset(total=steps)
            self._bar.update(step - self._bar.n)


def _in_notebook() -> bool:
    """Whether a Jupyter kernel runs this."""
    get_ipython = getattr(sys.modules.get("IPython"), "get_ipython", None)
    shell = get_ipython() if get_ipython else None
    return shell is not None and hasattr(shell, "kernel")


def _somebody_looks() -> bool:
    stderr: Any = sys.stderr  # None in a window without a console
    return _in_notebook() or (stderr is not None and not stderr.closed and stderr.isatty())


@contextmanager
def bar(steps: int, wanted: bool | None, description: str | None = None) -> Iterator[Bar]:
    """A bar of so many steps; wanted None: where somebody looks at it, a terminal or a notebook."""
    if not (_somebody_looks() if wanted is None else flag("progress", wanted)):
        yield _Nothing()
        return
    if _in_notebook() and importlib.util.find_spec("ipywidgets"):  # without them tqdm warns, in a bar's place
        from tqdm.notebook import tqdm
    else:
        from tqdm import tqdm

    with _uninterrupted():
        shown = tqdm(total=steps or None, desc=description, unit="step", unit_scale=True)
    try:
        yield _Tqdm(shown)
    finally:
        with _uninterrupted():
            shown.close()


@contextmanager
def _uninterrupted() -> Iterator[None]:
    """Ctrl-C comes after this: tqdm has one lock for all bars, which it would leave held if interrupted there."""
    before = signal.getsignal(signal.SIGINT)
    if before is None or threading.current_thread() is not threading.main_thread():
        yield
        return
    pressed: list[int] = []
    signal.signal(signal.SIGINT, lambda number, _: pressed.append(number))
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, before)
        if pressed:
            signal.raise_signal(signal.SIGINT)
