"""Progress bars, in terminals and notebooks. A bar that cannot be drawn is not drawn; the work goes on."""

from __future__ import annotations

import contextlib
import importlib.util
import signal
import sys
import threading
from collections.abc import Callable, Iterator
from typing import Any, Protocol

from ._arrays import flag


class Bar(Protocol):
    """Shows how far something is."""

    def at(self, step: int, steps: int) -> None:
        """Shows that `step` of `steps` are done. steps: 0 where their number is not known yet."""


class _Nothing:
    def at(self, step: int, steps: int) -> None:
        pass


class _Tqdm:
    """A bar of tqdm. It stops drawing where that fails: a terminal that went away ends no training."""

    def __init__(self, make: Callable[[], Any]) -> None:
        self._bar: Any = None
        self._draw(lambda: setattr(self, "_bar", make()))

    def at(self, step: int, steps: int) -> None:
        if self._bar is not None:
            self._draw(lambda: self._move(step, steps))

    def _move(self, step: int, steps: int) -> None:
        if steps != self._bar.total and steps > 0:
            self._bar.reset(total=steps)
        self._bar.update(step - self._bar.n)

    def close(self) -> None:
        if self._bar is not None:
            self._draw(self._bar.close)

    def _draw(self, what: Callable[[], object]) -> None:
        with uninterrupted():
            try:
                what()
            except Exception:  # whatever the stream raises, or a tqdm that is not there
                self._abandon()

    def _abandon(self) -> None:
        """Has tqdm forget the bar, so that no other one of its bars, nor its end, draws it again."""
        bar, self._bar = self._bar, None
        if bar is not None:
            bar.disable = True
            with contextlib.suppress(Exception):
                bar._decr_instances(bar)


def _in_notebook() -> bool:
    """Whether a Jupyter kernel runs this."""
    get_ipython = getattr(sys.modules.get("IPython"), "get_ipython", None)
    shell = get_ipython() if get_ipython else None
    return shell is not None and hasattr(shell, "kernel")


def _somebody_looks() -> bool:
    stderr: Any = sys.stderr  # None in a window without a console
    try:
        return _in_notebook() or (stderr is not None and not stderr.closed and bool(stderr.isatty()))
    except Exception:  # whatever stands in the place of a stream
        return False


@contextlib.contextmanager
def bar(steps: int, wanted: bool | None, description: str | None = None) -> Iterator[Bar]:
    """A bar of so many steps. wanted: None shows it where somebody can see it, in a terminal or a notebook."""
    if not (_somebody_looks() if wanted is None else flag("progress", wanted)):
        yield _Nothing()
        return
    shown = _Tqdm(lambda: _tqdm()(total=steps or None, desc=description, unit="step", unit_scale=True))
    try:
        yield shown
    finally:
        shown.close()


def _tqdm() -> Any:
    """The class of bars that this place can show."""
    if _in_notebook() and importlib.util.find_spec("ipywidgets"):  # without them tqdm warns, in a bar's place
        from tqdm.notebook import tqdm
    else:
        from tqdm import tqdm
    return tqdm


@contextlib.contextmanager
def uninterrupted() -> Iterator[None]:
    """Holds Ctrl-C back until the end of the block: tqdm, interrupted, would leave the lock of all its bars held."""
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
