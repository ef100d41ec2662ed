"""The paper's figures, as Plotly figures: what `superpose figure` draws, from the same code.

Every function takes one or several models, runs, studies or sweeps, or paths of their directories, the main one last.
`which` chooses the instances to draw: anything that indexes a model. What is chosen is drawn, or refused where it has
no room; unless given the kind draws all, or as many as its title says. `Look` has the size, the font and the theme.

A function raises ValueError where a kind of figure cannot show them, before it measures anything, IndexError where
there is no such instance, and TypeError for what is no model. The interpreter's lock is released while it draws, and
Ctrl-C ends it.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal, TypedDict

from . import _core
from ._arrays import PathLike, choice, flag, number, path, text
from ._errors import in_python
from ._literals import FigureKind, Which
from ._misuse import refuse_unknown
from ._pictures import svg_for_page
from ._weights import Weights, expect_model

if TYPE_CHECKING:
    from plotly.graph_objects import Figure
    from typing_extensions import Unpack

    from ._runs import Paper, Study, Sweep

__all__ = [
    "Look",
    "animation",
    "compressed_sensing",
    "dimensionality",
    "dynamics",
    "features",
    "figure",
    "graph",
    "inhibition",
    "intro",
    "johnson_lindenstrauss",
    "kinds",
    "neurons",
    "packing",
    "pentagon",
    "phase",
    "save",
    "sets",
    "sweep",
    "vulnerability",
]


class Look(TypedDict, total=False):
    """How a figure looks. Every kind lays itself out for it: text keeps its size, panels take what is left.

        sp.plot.save("features", model, file="features.pdf", width=3.25, font="Times New Roman")
        sp.plot.intro(model, width=13.33, height=7.5, font_size=24, theme="dark")

    Attributes:
        width: of the figure: a number of inches, or text with a unit: "3.25in", "8cm", "82mm", "234pt".
        height: likewise; where only the width is given, what the panels need.
        font: its name; DejaVu Sans unless given.
        font_size: of ticks and labels, in points; 8 unless given. Strokes and dots grow with it.
        title: in place of the kind's own; "" for none.
        theme: "light" or "dark".
    """

    width: float | str
    height: float | str
    font: str
    font_size: float
    title: str
    theme: Literal["light", "dark"]


def kinds() -> dict[str, str]:
    """Every kind of figure, with a line about it."""
    return {kind.name: in_python(kind.summary) for kind in _core.figure_kinds()}


def figure(
    kind: FigureKind,
    *models: Weights | Study | Sweep,
    which: Which | None = None,
    metric: str | None = None,
    x: str | None = None,
    y: str | None = None,
    **look: Unpack[Look],
) -> Figure:
    """A figure of the kind of that name, one of `kinds()`. metric, x, y: of `sweep`, as that takes them."""
    from ._figures import from_drawing

    return from_drawing(_draw(kind, models, which, look, (metric, x, y)))


def save(
    kind: FigureKind,
    *models: Weights | Study | Sweep,
    file: PathLike,
    which: Which | None = None,
    metric: str | None = None,
    x: str | None = None,
    y: str | None = None,
    dpi: float = 144,
    outlines: bool = False,
    **look: Unpack[Look],
) -> None:
    """Draws the figure of that kind into a file: svg, pdf, png or html, by its suffix.

    Args:
        kind: one of `kinds()`.
        models: what to draw.
        file: the path.
        which: the instances.
        metric: of `sweep`, as that takes it.
        x: likewise.
        y: likewise.
        dpi: pixels an inch, of a png.
        outlines: whether the letters of an svg are shapes, the same in every viewer; else they are text.
        look: see `Look`.
    """
    choice("kind", kind, kinds())
    where = path("file", file)
    _core.check_figure_file(where)
    if where.suffix.lower() == ".html":
        _have_plotly_script()
    _draw(kind, models, which, look, (metric, x, y)).save(where, _dpi(dpi), flag("outlines", outlines))


def _dpi(dpi: float) -> float:
    if not 10 <= number("dpi", dpi) <= 2400:
        raise ValueError(f"dpi: expected 10 to 2400, got {dpi}")
    return float(dpi)


def _draw(
    kind: FigureKind,
    models: Sequence[Weights | Study | Sweep],
    which: Which | None,
    look: Mapping[str, Any] | None = None,
    of_sweep: tuple[str | None, str | None, str | None] = (None, None, None),
) -> _core.Drawing:
    """of_sweep: metric, x and y."""
    choice("kind", kind, kinds())
    order, view = _order(look or {}), _view(kind, *of_sweep)
    if study := _study_directory(models):
        return _core.draw_study(kind, study, order)
    if swept := _sweep(kind, models, which):
        return _core.draw_sweep(kind, swept._table("instances"), view(swept), order)
    runs, chosen = _runs(kind, models, which)
    return _core.draw(kind, runs, {**order, "which": chosen})


def _order(look: Mapping[str, Any]) -> dict[str, object]:
    """The look as the library takes it."""
    refuse_unknown("plot", [name for name in look if name not in _LOOK], _LOOK)
    order: dict[str, object] = {}
    for name, value in look.items():
        if value is None:
            continue
        is_number = name == "font_size" or (name in ("width", "height") and not isinstance(value, str))
        order[name] = number(name, value) if is_number else text(name, value)
    return order


_LOOK = list(Look.__annotations__)


def _picture(kind: FigureKind, model: Weights, which: Which | None) -> str:
    """The figure as an SVG picture for a page."""
    return svg_for_page(_draw(kind, [model], which).svg())


def _have_plotly_script() -> None:
    """Has pages carry the plotly.js that comes with Plotly, where this build has none of its own: they need no network
    then.
    """
    if not _core.has_plotly_script():
        from plotly.offline import get_plotlyjs

        _core.give_plotly_script(get_plotlyjs())


def intro(model: Weights, *, which: Which | None = None, **look: Unpack[Look]) -> Figure:
    """Each feature as an arrow in the plane, a panel an instance; of models with n_hidden = 2."""
    return figure("intro", model, which=which, **look)


def features(*models: Weights, which: Which | None = None, **look: Unpack[Look]) -> Figure:
    """W^T W, b_final and the features' norms in the superposition colour, a row an instance."""
    return figure("features", *models, which=which, **look)


def dimensionality(model: Weights, *, which: Which | None = None, **look: Unpack[Look]) -> Figure:
    """D* and the dimensionality of every feature over the density."""
    return figure("dimensionality", model, which=which, **look)


def graph(model: Weights, *, which: Which | None = None, **look: Unpack[Look]) -> Figure:
    """The graph of features that share dimensions: its components, named and counted."""
    return figure("graph", model, which=which, **look)


def phase(model: Weights, **look: Unpack[Look]) -> Figure:
    """What becomes of one feature too many, trained beside theory, over density and importance."""
    return figure("phase", model, **look)


def neurons(model: Weights, *, which: Which | None = None, **look: Unpack[Look]) -> Figure:
    """Each neuron's weights as a stack of bars by feature; of kinds with a hidden activation."""
    return figure("neurons", model, which=which, **look)


def inhibition(model: Weights, *, which: Which | None = None, **look: Unpack[Look]) -> Figure:
    """Neurons whose cross-talk others take back, as circuits; of kinds with two matrices."""
    return figure("inhibition", model, which=which, **look)


def sets(*models: Weights, which: Which | None = None, **look: Unpack[Look]) -> Figure:
    """Each feature as an arrow in the plane, in the colour of its set, or W^T W set by set."""
    return figure("sets", *models, which=which, **look)


def dynamics(*models: Weights, which: Which | None = None, **look: Unpack[Look]) -> Figure:
    """The loss and every feature's dimensionality over the steps, of the first instance unless `which` chooses another;
    of models trained with `record_parameters=True`.
    """
    return figure("dynamics", *models, which=which, **look)


def animation(*models: Weights, which: Which | None = None, **look: Unpack[Look]) -> Figure:
    """What `dynamics` shows, with a moving picture of the features."""
    return figure("animation", *models, which=which, **look)


def pentagon(model: Weights, *, which: Which | None = None, **look: Unpack[Look]) -> Figure:
    """Loss and geometry of every fit over the density of the last of five features; with n_hidden = 2."""
    return figure("pentagon", model, which=which, **look)


def vulnerability(model: Weights, *, which: Which | None = None, **look: Unpack[Look]) -> Figure:
    """Vulnerability to adversarial attacks, and features per dimension, over the density."""
    return figure("vulnerability", model, which=which, **look)


def johnson_lindenstrauss(study: Study | Paper | PathLike, **look: Unpack[Look]) -> Figure:
    """The bound on dimensions, and how far random projections are off; of a study."""
    return figure("johnson-lindenstrauss", study, **look)


def packing(study: Study | Paper | PathLike, **look: Unpack[Look]) -> Figure:
    """How many almost orthogonal vectors fit, over dimensions; of a study."""
    return figure("packing", study, **look)


def compressed_sensing(study: Study | Paper | PathLike, **look: Unpack[Look]) -> Figure:
    """Sparse recovery over m/n and k/m, and what toy models need; of a study."""
    return figure("compressed-sensing", study, **look)


def sweep(
    sweep: Sweep | PathLike,
    metric: str = "loss",
    *,
    x: str | None = None,
    y: str | None = None,
    **look: Unpack[Look],
) -> Figure:
    """A metric over one or two swept keys. It is the median over everything else that varies, and the title says over
    what. Instances of a point that differ in feature_probability are lines of their own.

    Args:
        sweep: a sweep, or the path of its directory.
        metric: a column of `Sweep.to_frame` that has numbers: "loss", "dimensions_per_feature", "capacity",
            "represented", ...
        x: the swept key along x. Given alone, the figure has lines, one for each value of another key.
        y: the swept key along y of a heat map. Unless either is given, the last two keys of several values make a heat
            map, and a single one lines; "train.seed" is chosen last.
        look: see `Look`.
    """
    return figure("sweep", sweep, metric=metric, x=x, y=y, **look)


def _view(kind: str, metric: str | None, x: str | None, y: str | None) -> Callable[[Sweep], _core.SweepView]:
    """What a figure of a sweep is to show, once it is known which sweep. Refuses it for other kinds."""
    words = [text(name, word) if word is not None else "" for name, word in (("metric", metric), ("x", x), ("y", y))]
    _core.check_view(kind, _core.SweepView("", *words))
    return lambda sweep: _core.SweepView(sweep.runs[0].name, *words)


def _sweep(kind: str, models: Sequence[Weights | Study | Sweep], which: Which | None) -> Sweep | None:
    """The sweep that is to be drawn; None where the kind shows none, or none is given."""
    if len(models) != 1 or not _core.find_figure_kind(kind).shows_sweeps:
        return None
    if which is not None:
        raise ValueError(f"which: expected none for {kind}, which shows all instances, got {which!r}")
    from ._runs import Sweep, load

    source = models[0]
    found = load(source) if isinstance(source, (str, os.PathLike)) else source
    return found if isinstance(found, Sweep) else None


def _study_directory(models: Sequence[Weights | Study | Sweep]) -> Path | None:
    """The directory of the study that is to be drawn; None where no study is."""
    if len(models) != 1:
        return None
    source = models[0]
    if isinstance(source, (str, os.PathLike)):
        where = path("path", source)
        return where if where.is_dir() and _core.directory_kind(where) == "study" else None
    from ._runs import Paper, Study

    found = source.result if isinstance(source, Paper) else source
    return found.directory if isinstance(found, Study) else None


def _runs(
    kind: str, models: Sequence[Weights | Study | Sweep], which: Which | None
) -> tuple[list[_core.Run], list[int]]:
    """The models' runs, and the instances to draw of each; none where the kind chooses."""
    if not models:
        raise ValueError("models: expected at least one model, got none")
    wanted = _core.find_figure_kind(kind)
    runs, chosen = [], []
    for source in models:
        model = expect_model(source)  # type: ignore[arg-type]  # of a study it says what it is
        if model._own_data and wanted.uses_data:
            raise ValueError(f"{kind}: expected a model without a distribution or target of its own, got one with")
        instances = model.instances(which)
        if wanted.shows_history and not model._run.recorded_parameters:
            raise ValueError(
                f"{kind}: expected a model trained with record_parameters=True, got one without; of an experiment file "
                'superpose.run(..., set={"record.parameters": True}) records them'
            )
        if wanted.shows_loss:
            _core.check_figure(kind, [model._run])
            model.loss  # noqa: B018 - estimated where that has not been done
        runs.append(model._run)
        chosen.append(instances)
    if which is None:
        return runs, []
    if any(instances != chosen[0] for instances in chosen):
        raise ValueError(f"which: expected the same instances of every model, got {chosen}")
    return runs, chosen[0]
