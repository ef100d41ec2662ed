"""The paper's figures, as Plotly figures: what `superpose figure` draws, from the same code.

Every function takes one or several models, runs or studies, or paths of their directories, the main one last, and
draws those instances that `which` chooses: anything that indexes a model; all unless given. It raises ValueError where
a kind of figure cannot show them.
"""

from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from . import _core
from ._weights import Weights, expect_model

if TYPE_CHECKING:
    from plotly.graph_objects import Figure

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
    return dict(_core.figure_kinds())


def figure(kind: str, *models: Weights, which: Any = None) -> Figure:
    """A figure of the kind of that name, one of `kinds()`."""
    from plotly.io import from_json

    study = _study_directory(models)
    text = _core.study_figure_json(kind, study) if study else _core.figure_json(kind, _runs(models, which))
    drawn: Figure = from_json(text, skip_invalid=False)
    return drawn


def save(kind: str, *models: Weights, file: str | os.PathLike[str], which: Any = None) -> None:
    """Draws the figure of that kind into a file: svg, pdf, png or html, by its suffix."""
    study = _study_directory(models)
    if study:
        _core.study_figure_file(kind, study, Path(file))
    else:
        _core.figure_file(kind, _runs(models, which), Path(file))


def intro(model: Weights, *, which: Any = None) -> Figure:
    """Each feature as an arrow in the plane, a panel an instance; of models with n_hidden = 2."""
    return figure("intro", model, which=which)


def features(*models: Weights, which: Any = None) -> Figure:
    """W^T W, b_final and the features' norms in the superposition colour, a row an instance."""
    return figure("features", *models, which=which)


def dimensionality(model: Weights, *, which: Any = None) -> Figure:
    """D* and the dimensionality of every feature over the density."""
    return figure("dimensionality", model, which=which)


def graph(model: Weights, *, which: Any = None) -> Figure:
    """The graph of features that share dimensions: its components, named and counted."""
    return figure("graph", model, which=which)


def phase(model: Weights) -> Figure:
    """What becomes of one feature too many, trained beside theory, over density and importance."""
    return figure("phase", model)


def neurons(model: Weights, *, which: Any = None) -> Figure:
    """Each neuron's weights as a stack of bars by feature; of kinds with a hidden activation."""
    return figure("neurons", model, which=which)


def inhibition(model: Weights, *, which: Any = None) -> Figure:
    """Neurons whose cross-talk others take back, as circuits; of kinds with two matrices."""
    return figure("inhibition", model, which=which)


def sets(*models: Weights, which: Any = None) -> Figure:
    """Each feature as an arrow in the plane, in the colour of its set, or W^T W set by set."""
    return figure("sets", *models, which=which)


def dynamics(*models: Weights, which: Any = None) -> Figure:
    """The loss and every feature's dimensionality over the steps; trained with `record_parameters=True`."""
    return figure("dynamics", *models, which=which)


def animation(*models: Weights, which: Any = None) -> Figure:
    """The same with a moving picture of the features."""
    return figure("animation", *models, which=which)


def pentagon(model: Weights, *, which: Any = None) -> Figure:
    """Loss and geometry of every fit over the density of the last of five features; with n_hidden = 2."""
    return figure("pentagon", model, which=which)


def vulnerability(model: Weights, *, which: Any = None) -> Figure:
    """Vulnerability to adversarial attacks, and features per dimension, over the density."""
    return figure("vulnerability", model, which=which)


def johnson_lindenstrauss(study: Weights) -> Figure:
    """The bound on dimensions, and how far random projections are off; of a study."""
    return figure("johnson-lindenstrauss", study)


def packing(study: Weights) -> Figure:
    """How many almost orthogonal vectors fit, over dimensions; of a study."""
    return figure("packing", study)


def compressed_sensing(study: Weights) -> Figure:
    """Sparse recovery over m/n and k/m, and what toy models need; of a study."""
    return figure("compressed-sensing", study)


def _study_directory(models: Sequence[Weights]) -> Path | None:
    """Where the study is that is to be drawn, if it is one."""
    if len(models) != 1:
        return None
    if isinstance(models[0], (str, os.PathLike)):
        path = Path(models[0])
        return path if path.is_dir() and _core.directory_kind(path) == "study" else None
    from .runs import Study

    return models[0].directory if isinstance(models[0], Study) else None


def _runs(models: Sequence[Weights], which: Any) -> list[_core.Run]:
    if not models:
        raise ValueError("models: expected at least one model, got none")
    chosen = [expect_model(model) for model in models]
    return [(model if which is None else model[which])._run for model in chosen]
