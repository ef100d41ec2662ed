"""The paper's figures, as Plotly figures: what `superpose figure` draws, from the same code.

Every function takes one or several models, runs or studies, or paths of their directories, the main one last. `which`
chooses the instances to draw: anything that indexes a model; all unless given. A function raises ValueError where a
kind of figure cannot show them, before it measures anything, IndexError where there is no such instance, and TypeError
for what is no model. The interpreter's lock is released while it draws, and Ctrl-C ends it.
"""

from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from . import _core
from ._arrays import PathLike, choice, path
from ._literals import FigureKind, Which
from ._pictures import svg_for_page
from ._weights import Weights, expect_model

if TYPE_CHECKING:
    from plotly.graph_objects import Figure

    from ._runs import Paper, Study

__all__ = [
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
    "vulnerability",
]


def kinds() -> dict[str, str]:
    """Every kind of figure, with a line about it."""
    return {kind.name: kind.summary for kind in _core.figure_kinds()}


def figure(kind: FigureKind, *models: Weights | Study, which: Which | None = None) -> Figure:
    """A figure of the kind of that name, one of `kinds()`."""
    from ._figures import from_drawing

    return from_drawing(_draw(kind, models, which))


def save(kind: FigureKind, *models: Weights | Study, file: PathLike, which: Which | None = None) -> None:
    """Draws the figure of that kind into a file: svg, pdf, png or html, by its suffix."""
    choice("kind", kind, kinds())
    where = path("file", file)
    _core.check_figure_file(where)
    if where.suffix.lower() == ".html":
        _have_plotly_script()
    _draw(kind, models, which).save(where)


def _draw(kind: FigureKind, models: Sequence[Weights | Study], which: Which | None) -> _core.Drawing:
    choice("kind", kind, kinds())
    study = _study_directory(models)
    return _core.draw_study(kind, study) if study else _core.draw(kind, _runs(kind, models, which))


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


def intro(model: Weights, *, which: Which | None = None) -> Figure:
    """Each feature as an arrow in the plane, a panel an instance; of models with n_hidden = 2."""
    return figure("intro", model, which=which)


def features(*models: Weights, which: Which | None = None) -> Figure:
    """W^T W, b_final and the features' norms in the superposition colour, a row an instance."""
    return figure("features", *models, which=which)


def dimensionality(model: Weights, *, which: Which | None = None) -> Figure:
    """D* and the dimensionality of every feature over the density."""
    return figure("dimensionality", model, which=which)


def graph(model: Weights, *, which: Which | None = None) -> Figure:
    """The graph of features that share dimensions: its components, named and counted."""
    return figure("graph", model, which=which)


def phase(model: Weights) -> Figure:
    """What becomes of one feature too many, trained beside theory, over density and importance."""
    return figure("phase", model)


def neurons(model: Weights, *, which: Which | None = None) -> Figure:
    """Each neuron's weights as a stack of bars by feature; of kinds with a hidden activation."""
    return figure("neurons", model, which=which)


def inhibition(model: Weights, *, which: Which | None = None) -> Figure:
    """Neurons whose cross-talk others take back, as circuits; of kinds with two matrices."""
    return figure("inhibition", model, which=which)


def sets(*models: Weights, which: Which | None = None) -> Figure:
    """Each feature as an arrow in the plane, in the colour of its set, or W^T W set by set."""
    return figure("sets", *models, which=which)


def dynamics(*models: Weights, which: Which | None = None) -> Figure:
    """The loss and every feature's dimensionality over the steps, of the first instance unless `which` chooses another;
    of models trained with `record_parameters=True`.
    """
    return figure("dynamics", *models, which=which)


def animation(*models: Weights, which: Which | None = None) -> Figure:
    """What `dynamics` shows, with a moving picture of the features."""
    return figure("animation", *models, which=which)


def pentagon(model: Weights, *, which: Which | None = None) -> Figure:
    """Loss and geometry of every fit over the density of the last of five features; with n_hidden = 2."""
    return figure("pentagon", model, which=which)


def vulnerability(model: Weights, *, which: Which | None = None) -> Figure:
    """Vulnerability to adversarial attacks, and features per dimension, over the density."""
    return figure("vulnerability", model, which=which)


def johnson_lindenstrauss(study: Study | Paper | PathLike) -> Figure:
    """The bound on dimensions, and how far random projections are off; of a study."""
    return figure("johnson-lindenstrauss", study)


def packing(study: Study | Paper | PathLike) -> Figure:
    """How many almost orthogonal vectors fit, over dimensions; of a study."""
    return figure("packing", study)


def compressed_sensing(study: Study | Paper | PathLike) -> Figure:
    """Sparse recovery over m/n and k/m, and what toy models need; of a study."""
    return figure("compressed-sensing", study)


def _study_directory(models: Sequence[Weights | Study]) -> Path | None:
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


def _runs(kind: str, models: Sequence[Weights | Study], which: Which | None) -> list[_core.Run]:
    if not models:
        raise ValueError("models: expected at least one model, got none")
    wanted = _core.find_figure_kind(kind)
    runs = []
    for source in models:
        model = expect_model(source)  # type: ignore[arg-type]  # of a study it says what it is
        if model._own_data and wanted.uses_data:
            raise ValueError(f"{kind}: expected a model without a distribution or target of its own, got one with")
        instances = model.instances(which)
        if wanted.shows_history and which is not None and len(instances) > 1:
            raise ValueError(f"which: expected one instance for {kind}, got {len(instances)}")
        if wanted.shows_history and not model._run.recorded_parameters:
            raise ValueError(f"{kind}: expected a model trained with record_parameters=True, got one without")
        if wanted.shows_loss:
            _core.check_figure(kind, [model._run])
            model.loss  # noqa: B018 - estimated where that has not been done
        runs.append(model._run if which is None else model._run.choose(instances))
    return runs
