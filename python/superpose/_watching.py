"""Figures that are redrawn while a model trains."""

from __future__ import annotations

import time
from types import TracebackType
from typing import TYPE_CHECKING, Any

from . import plot
from ._arrays import number, whole
from ._literals import FigureKind, Which
from ._model import Model
from ._progress import uninterrupted
from ._training import HookData

if TYPE_CHECKING:
    from plotly.graph_objects import Figure

__all__ = ["Watch", "watch"]


class Watch:
    """A picture on a notebook's page that follows a model; made by `watch`. Ends with `stop()`, or as a context."""

    def __init__(self, model: Model, kind: FigureKind, which: Which | None, seconds: float) -> None:
        from IPython import display

        self._model, self._kind, self._which, self._seconds = model, kind, which, seconds
        self._drawn = time.monotonic()
        show: Any = display.display
        self._display = show(self._page(), raw=True, display_id=True)

    def __repr__(self) -> str:
        return f"<superpose.Watch: {self._kind} of {self._model!r}>"

    def figure(self) -> Figure:
        """The figure of the model as it is now."""
        return plot.figure(self._kind, self._model, which=self._which)

    def _page(self) -> dict[str, Any]:
        """A picture of the model, by type. JupyterLab draws a Plotly figure once and takes no notice of updates; a
        picture moves on every page and stays in the file.
        """
        return {"image/svg+xml": plot._picture(self._kind, self._model, self._which), "text/plain": repr(self)}

    def __call__(self, data: HookData) -> None:
        """The hook: redraws at the end of a training, and before that as often as was asked for."""
        now = time.monotonic()
        if now - self._drawn >= self._seconds or data.last:
            self.redraw()

    def redraw(self) -> None:
        """Draws the model as it is."""
        if self._display is not None:
            page = self._page()
            with uninterrupted():  # half a message would confuse the page
                self._display.update(page, raw=True)
        self._drawn = time.monotonic()

    def stop(self) -> None:
        """The figure stays as it is from now on."""
        self._model._remove_hook(self)

    def __enter__(self) -> Watch:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()


def watch(
    model: Model, kind: FigureKind = "intro", *, which: Which | None = None, every: int = 100, seconds: float = 0.1
) -> Watch:
    """Shows a picture of the model in Jupyter and keeps it up to date while the model trains. An earlier picture of the
    same kind is no longer updated. The last one stays in the notebook's file.

        sp.watch(model)
        model.optimize(steps=100_000)

    `figure()` of what this returns is the Plotly figure, to zoom into.

    Args:
        model: what to look at.
        kind: one of `plot.kinds()`.
        which: the instances to draw; all unless given.
        every: steps between looks.
        seconds: least time between two drawings.

    Raises:
        RuntimeError: IPython is not installed, so that there is no page to draw on.
        TypeError: an argument has the wrong type.
        ValueError: the kind cannot show this model.
    """
    if not isinstance(model, Model):
        raise TypeError(f"model: expected a superpose.Model, got {type(model).__name__}")
    whole("every", every, 1)
    seconds = number("seconds", seconds)
    plot.figure(kind, model, which=which)  # what it cannot show is refused before anything is displayed
    try:
        import IPython.display  # noqa: F401 - asked for here, used by Watch
    except ImportError:
        raise RuntimeError("watch: expected a Jupyter notebook, got a Python without IPython") from None
    for hook, _ in model._hooks:
        if isinstance(hook, Watch) and hook._kind == kind:  # a cell that is run again
            hook.stop()
    watching = Watch(model, kind, which, seconds)
    model._add_hook(watching, every)
    return watching
