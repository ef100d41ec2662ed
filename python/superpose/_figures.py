"""Plotly figures that bring a picture of themselves. Importing this imports Plotly."""

from __future__ import annotations

import json
from typing import Any

import plotly.graph_objects
from plotly.io import base_renderers, renderers

from . import _core
from ._pictures import svg_for_page

_PLOTLY, _SVG = "application/vnd.plotly.v1+json", "image/svg+xml"


class Figure(plotly.graph_objects.Figure):  # type: ignore[misc]  # Plotly has no types
    """A Plotly figure. On a notebook's page it has a picture of itself beside Plotly's data, for places where Plotly
    does not run: code hosts, nbconvert, a notebook that is not trusted. A figure that was changed since it was drawn
    has no picture. A copy or a pickle is Plotly's own.
    """

    _drawing: _core.Drawing | None = None
    _as_drawn = ""

    def _repr_mimebundle_(self, *args: Any, **keywords: Any) -> dict[str, Any]:
        bundle: dict[str, Any] = super()._repr_mimebundle_(*args, **keywords)
        if _PLOTLY in bundle and self._drawing is not None and self.to_json(validate=False) == self._as_drawn:
            bundle[_SVG] = svg_for_page(self._drawing.svg())
        return bundle

    def _ipython_display_(self) -> None:
        if not (renderers.render_on_display and self._displayed()):
            super()._ipython_display_()

    def show(self, *args: Any, **keywords: Any) -> None:
        """As Plotly's; where it is asked for nothing else than usual, with the picture."""
        if args or keywords or not self._displayed():
            super().show(*args, **keywords)

    def _displayed(self) -> bool:
        """Displays the figure with its picture; False where that is not how figures are shown here."""
        names = (renderers.default or "").split("+")
        if any(name not in renderers or isinstance(renderers[name], base_renderers.ExternalRenderer) for name in names):
            return False
        bundle = self._repr_mimebundle_()
        if _SVG not in bundle:
            return False
        from IPython.display import display

        show: Any = display
        show(bundle, raw=True)
        return True

    def __reduce__(self) -> Any:
        return plotly.graph_objects.Figure, super().__reduce__()[1]


def from_drawing(drawing: _core.Drawing) -> Figure:
    """The figure as Plotly's."""
    figure = Figure(json.loads(drawing.json()))
    figure._drawing, figure._as_drawn = drawing, figure.to_json(validate=False)
    return figure
