"""Experiment files, run directories and the paper's experiments: what the `superpose` command does, in Python."""

from __future__ import annotations

import concurrent.futures
import contextlib
import dataclasses
import json
import os
import threading
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any, TypeVar

import numpy.typing as npt

from . import _core, _files, _frames, _interchange, _progress, _toml, plot
from ._arrays import FloatArray, PathLike, choice, flag, path
from ._edge import warn
from ._literals import Kind, Layout, Setting
from ._model import Model
from ._own_data import Distribution, OwnData, Target
from ._training import History, threads_of

__all__ = [
    "Claim",
    "Paper",
    "Run",
    "Study",
    "Sweep",
    "SweepPoint",
    "load",
    "load_model",
    "load_run",
    "load_study",
    "load_sweep",
    "paper",
    "papers",
    "run",
]

_Result = TypeVar("_Result")


@dataclasses.dataclass(frozen=True, repr=False)
class Run(_frames.Tabular):
    """A finished run directory.

    Attributes:
        name: the experiment's.
        model: what was trained.
        toml: the experiment, every key written out: running it again gives the same bits.
        directory: where it is.
    """

    name: str
    model: Model
    toml: str
    directory: Path

    @property
    def loss(self) -> FloatArray:
        """(n_instances): on fresh data."""
        return self.model.loss

    @property
    def history(self) -> History:
        """What was recorded."""
        return self.model.history

    def _table(self, rows: str) -> _core.Table:
        return self.model._table(rows)

    def __repr__(self) -> str:
        return f"<superpose.Run {self.name!r} in {str(self.directory)!r}: {self.model!r}>"


@dataclasses.dataclass(frozen=True)
class SweepPoint:
    """One experiment of a sweep.

    Attributes:
        values: the swept keys and their values, of the types and in the order that they have in the file:
            `{"model.n_hidden": 2}`.
        model: its instances alone.
    """

    values: dict[str, Any]
    model: Model


@dataclasses.dataclass(frozen=True, repr=False)
class Sweep(_frames.Tabular):
    """A finished sweep: its points, and the runs in which they were trained, several points side by side in one."""

    points: list[SweepPoint]
    runs: list[Run]
    directory: Path
    _points: Sequence[_core.SweepPoint] = dataclasses.field(default=(), compare=False)

    def _table(self, rows: str) -> _core.Table:
        models = [run.model for run in self.runs]
        return _core.table_of_sweep(self._points, [model._run for model in models], [m.loss for m in models], rows)

    def __repr__(self) -> str:
        return f"<superpose.Sweep in {str(self.directory)!r}: {len(self.points)} points>"


@dataclasses.dataclass(frozen=True, repr=False)
class Study:
    """A finished study, something measured rather than trained.

    Attributes:
        name: the study's.
        kind: "johnson_lindenstrauss", "almost_orthogonal" or "compressed_sensing".
        measurements: arrays by name, as in measurements.safetensors.
        toml: the study, every key written out.
        directory: where it is.
    """

    name: str
    kind: str
    measurements: dict[str, npt.NDArray[Any]]
    toml: str
    directory: Path

    def __repr__(self) -> str:
        return f"<superpose.Study {self.name!r} in {str(self.directory)!r}: {', '.join(self.measurements)}>"


@dataclasses.dataclass(frozen=True)
class Claim:
    """A claim of the paper, measured.

    Attributes:
        claim: what the paper says.
        expected: the criterion, as text.
        measured: what was found, in the unit that `expected` names.
        holds: whether the measurement meets the criterion.
        seeds: how many trained models the measurement rests on.
        spread: the lowest and highest of the numbers that `measured` is the median of; None where it is not a median.
    """

    claim: str
    expected: str
    measured: float
    holds: bool
    seeds: int
    spread: tuple[float, float] | None = None


@dataclasses.dataclass(frozen=True, repr=False)
class Paper:
    """An experiment of the paper: what it gave, and what became of the paper's claims.

    Attributes:
        name: the entry's.
        result: the run or the study.
        claims: measured over many seeds.
        figures: the files of its figures, by kind and format: `figures["intro"]["svg"]`.
        seconds: how long it took.
        notes: what else is to be known about the claims and figures, a sentence or two each.
    """

    name: str
    result: Run | Study
    claims: list[Claim]
    figures: dict[str, dict[str, Path]]
    seconds: float
    notes: list[str] = dataclasses.field(default_factory=list)

    @property
    def model(self) -> Model:
        """What was trained. Raises AttributeError for a study."""
        if isinstance(self.result, Study):
            raise AttributeError(f"{self.name} is a study: it measures, and trains no model of its own")
        return self.result.model

    def __repr__(self) -> str:
        hold = sum(claim.holds for claim in self.claims)
        return f"<superpose.Paper {self.name!r}: {hold} of {len(self.claims)} claims hold, {self.seconds:.1f} s>"


def run(
    experiment: PathLike,
    out: PathLike,
    *,
    set: Mapping[str, Setting] | None = None,
    threads: int | None = None,
    resume: bool = False,
    overwrite: bool = False,
    progress: bool | None = None,
) -> Run | Sweep | Study:
    """Trains an experiment file into a run directory, as `superpose run` does: an experiment, a sweep or a study.

    Ctrl-C stops it soon and leaves a checkpoint, which `resume=True` goes on from. So does it from the end of a run of
    fewer steps, where the learning rate is constant.

    Args:
        experiment: the file's path.
        out: the directory to write, made if need be. Whole results of this experiment there are not made again.
        set: keys to change, `{"steps": 200, "model.n_hidden": 3}`.
        threads: all of the machine's unless given.
        resume: go on with what was interrupted, or with fewer steps of the same: `set={"steps": 50_000}`.
        overwrite: replace whatever superpose wrote to `out`: a run, a sweep or a study.
        progress: whether to show a bar; unless given, in a terminal or notebook.

    Raises:
        FileNotFoundError: there is no such file.
        TypeError: an argument has the wrong type.
        ValueError: file, value or directory is wrong: `FILE:LINE:COLUMN: ... expected ..., got ...`; nothing was
            written. So it is where `out` has other results, or unfinished ones, and neither `resume` nor `overwrite`
            says what is to become of them.
        RuntimeError: something failed while running, a full disk for instance, or the directory was moved meanwhile.
    """
    file, directory = _files.existing("experiment", experiment), path("out", out)
    overrides, n_threads = _toml.overrides(set), threads_of(threads)
    going_on, anything = flag("resume", resume), flag("overwrite", overwrite)
    _, is_moved = _in_background(
        lambda background: _core.run_file(file, directory, overrides, n_threads, going_on, anything, background),
        progress,
        file.stem,
    )
    if is_moved:
        raise RuntimeError(f"{directory}: was moved meanwhile: the results are in it; superpose.load reads them there")
    return _load_directory(directory)


def load(
    source: PathLike,
    *,
    layout: Layout | None = None,
    kind: Kind | None = None,
    distribution: Distribution | None = None,
    target: Target | None = None,
) -> Run | Sweep | Study | Model:
    """What a path holds: of a directory a run, sweep or study; of a safetensors file a model, written by this package
    or in any of `superpose.LAYOUTS`. `load_run`, `load_sweep`, `load_study` and `load_model` say which it is to be.

    Args:
        source: the path.
        layout: of a file of other code: one of `superpose.LAYOUTS`, told from names and shapes unless given.
        kind: of a file of other code: what its weights were trained as. Where neither says it, it is assumed: a warning
            and `kind_is_assumed` say so.
        distribution: of a file: that of its model, as `Model` takes it; files cannot hold callables.
        target: likewise.

    Raises:
        FileNotFoundError: there is nothing there.
        TypeError: an argument has the wrong type.
        ValueError: it is none of these, or not whole; the message says what is wrong and where.
    """
    where, own_data = _files.existing("source", source), OwnData(distribution, target)
    if where.is_file():
        return _interchange.read_model(where, layout, own_data, kind)
    if not where.is_dir():
        raise ValueError(f"{where}: expected a file or directory, got neither")
    if layout is not None or kind is not None or own_data:
        raise ValueError(f"{where}: expected a file beside layout, kind, distribution or target, got a directory")
    return _load_directory(where)


def load_run(directory: PathLike) -> Run:
    """The run of a directory. Raises ValueError where it is a sweep's or study's; otherwise as `load`."""
    return _expect(directory, Run, load(directory))


def load_sweep(directory: PathLike) -> Sweep:
    """The sweep of a directory. Raises ValueError where it is a run's or study's; otherwise as `load`."""
    return _expect(directory, Sweep, load(directory))


def load_study(directory: PathLike) -> Study:
    """The study of a directory. Raises ValueError where it is a run's or sweep's; otherwise as `load`."""
    return _expect(directory, Study, load(directory))


def load_model(
    source: PathLike,
    *,
    layout: Layout | None = None,
    kind: Kind | None = None,
    distribution: Distribution | None = None,
    target: Target | None = None,
) -> Model:
    """The model of a safetensors file or of a run's directory. Arguments and errors are those of `load`; it raises
    ValueError where there is a sweep or study.
    """
    found = load(source, layout=layout, kind=kind, distribution=distribution, target=target)
    return found.model if isinstance(found, Run) else _expect(source, Model, found)


def _expect(source: PathLike, wanted: type[_Result], found: Run | Sweep | Study | Model) -> _Result:
    if isinstance(found, wanted):
        return found
    names = {
        Run: "a run's directory",
        Sweep: "a sweep's directory",
        Study: "a study's directory",
        Model: "a model's file",
    }
    raise ValueError(
        f"{os.fspath(source)}: expected {names[wanted]}, got {names[type(found)]}: "
        f"superpose.load_{type(found).__name__.lower()} reads it"
    )


def papers() -> dict[str, str]:
    """The paper's experiments that `paper` can reproduce, with a line about each, in the paper's order."""
    return dict(_core.papers())


def paper(
    name: str,
    out: PathLike,
    *,
    quick: bool = False,
    set: Mapping[str, Setting] | None = None,
    threads: int | None = None,
    resume: bool = False,
    overwrite: bool = False,
    progress: bool | None = None,
) -> Paper:
    """Reproduces an experiment of the paper, as `superpose paper` does: trains it, draws its figures, measures its
    claims over many seeds, all of it written into a directory.

    Args:
        name: one of `papers()`.
        out: the directory to write, made if need be. What is whole there already is not trained and measured again.
        quick: a smaller version, of a second to half a minute; its claims rest on fewer and smaller models.
        set: keys to change.
        threads: all of the machine's unless given.
        resume: go on with what was interrupted.
        overwrite: replace whatever superpose wrote to `out`: a run, a sweep or a study.
        progress: whether to show a bar; unless given, in a terminal or notebook.

    Raises:
        ValueError: there is no such experiment, a value is wrong, `out` has other results or unfinished ones, or both
            `resume` and `overwrite` are given. Nothing was written.
        RuntimeError: something failed while running.
    """
    choice("name", name, papers())
    directory = path("out", out)
    overrides = (["quick=true"] if flag("quick", quick) else []) + _toml.overrides(set)
    n_threads, going_on, anything = threads_of(threads), flag("resume", resume), flag("overwrite", overwrite)
    plot._have_plotly_script()
    measured = _in_background(
        lambda background: _core.run_paper(name, directory, overrides, n_threads, going_on, anything, background),
        progress,
        name,
    )
    if measured is None:
        raise RuntimeError(f"{directory}: stopped before everything was written")
    claims, notes, kinds, seconds = measured
    figures = {
        kind: {suffix: directory / "figures" / f"{kind}.{suffix}" for suffix in ("svg", "pdf", "png", "html")}
        for kind in kinds
    }
    result = _load_directory(directory)
    assert not isinstance(result, Sweep)
    return Paper(name, result, [Claim(*claim) for claim in claims], figures, seconds, notes)


def _load_directory(directory: Path) -> Run | Sweep | Study:
    kind = _core.directory_kind(directory)
    if kind == "study":
        name, study_kind, toml = _core.study_summary(directory)
        measurements = _files.read(directory / "measurements.safetensors").tensors
        return Study(name, study_kind, measurements, toml, directory)
    if kind == "run":
        return _run_of(_core.load_run(directory), directory)
    points, found = _core.load_sweep(directory)
    runs = [_run_of(run, directory / _core.sweep_run_path(i)) for i, run in enumerate(found)]
    return Sweep([_point_of(point, runs) for point in points], runs, directory, points)


def _point_of(point: _core.SweepPoint, runs: list[Run]) -> SweepPoint:
    first = point.first_instance
    return SweepPoint(json.loads(point.values), runs[point.run].model[first : first + point.n_instances])


def _run_of(run: _core.Run, directory: Path) -> Run:
    return Run(run.name, Model._of_run(run), run.toml, directory)


def _in_background(work: Callable[[_core.Background], _Result], progress: bool | None, description: str) -> _Result:
    """Does the work in another thread, so that this one can show how far it is and sees Ctrl-C."""
    background = _core.Background()
    with _progress.bar(0, progress, description) as bar, concurrent.futures.ThreadPoolExecutor(1) as pool:
        future = pool.submit(work, background)
        try:
            while not concurrent.futures.wait([future], timeout=0.05).done:
                bar.at(background.step, background.steps)
                _warn(background)
                if not threading.main_thread().is_alive():  # the program ends, and waits for the work
                    background.stop()
        except BaseException:
            background.stop()
            raise  # once the work has stopped: leaving the pool waits for it
        bar.at(background.steps, background.steps)
        _warn(background)
        return future.result()


def _warn(background: _core.Background) -> None:
    """Warns of what the work could not do and goes on without."""
    for line in background.take_warnings():
        with contextlib.suppress(ValueError):  # stderr is closed, and nobody can be told
            warn(line, RuntimeWarning)
