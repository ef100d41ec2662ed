"""What sweeps and runs gave: typed values, data frames, the figure of a sweep."""

from __future__ import annotations

import csv
import importlib.util
import io
import json

import numpy as np
import pytest

import superpose as sp

SWEEP = """
name = "two keys"
[model]
n_features = 4
n_hidden = 2
[train]
steps = 60
batch_size = 64
restarts = 2
[record]
all_restarts = true
[sweep.grid]
"train.schedule" = ["linear", "constant"]
"model.n_hidden" = [1, 2, 3]
"""
LIBRARIES = ["pandas", "polars"]


@pytest.fixture(scope="module")
def directory(tmp_path_factory):
    path = tmp_path_factory.mktemp("tables")
    (path / "sweep.toml").write_text(SWEEP)
    sp.run(path / "sweep.toml", path / "out", progress=False)
    return path / "out"


@pytest.fixture
def sweep(directory) -> sp.Sweep:
    return sp.load_sweep(directory)


def columns(frame) -> dict[str, list]:
    """The columns of a frame of either library, as lists."""
    return {name: frame[name].to_list() if hasattr(frame[name], "to_list") else frame[name] for name in frame.columns}


def test_swept_values_are_typed_and_in_the_files_order(tmp_path) -> None:
    (tmp_path / "sweep.toml").write_text(
        "[model]\nn_features = 2\nn_hidden = 1\n[train]\nsteps = 2\n[sweep]\nlist = ["
        '{ "train.steps" = 3, lr = 1.0, schedule = "linear", importance = [1, 0.5], '
        'sets = [{ "correlated" = [0, 1] }] }, { init = { normal = 0.5 } }]\n'
    )
    first, second = sp.run(tmp_path / "sweep.toml", tmp_path / "out", progress=False).points
    assert list(first.values.items()) == [
        ("train.steps", 3),
        ("train.lr", 1.0),
        ("train.schedule", "linear"),
        ("data.importance", [1, 0.5]),
        ("data.sets", [{"correlated": [0, 1]}]),
    ]
    assert [type(value) for value in first.values.values()] == [int, float, str, list, list]
    assert second.values == {"model.init": {"normal": 0.5}}


def test_points_are_found_by_their_values(sweep) -> None:
    found = [point for point in sweep.points if point.values["model.n_hidden"] == 2]
    assert [point.model.n_hidden for point in found] == [2, 2]
    assert [list(point.values) for point in found] == [["train.schedule", "model.n_hidden"]] * 2


@pytest.mark.parametrize("library", LIBRARIES)
def test_a_sweep_is_a_frame(sweep, library) -> None:
    pytest.importorskip(library)
    frame = sweep.to_frame(library)
    assert type(frame).__module__.startswith(library)
    got = columns(frame)
    assert list(got)[:6] == ["point", "train.schedule", "model.n_hidden", "run", "instance", "feature_probability"]
    assert got["point"] == list(range(6)) and got["model.n_hidden"] == [1, 2, 3] * 2
    assert got["train.schedule"] == ["linear"] * 3 + ["constant"] * 3
    for row, point in enumerate(sweep.points):
        model = point.model
        assert got["loss"][row] == model.loss[0]
        assert got["dimensions_per_feature"][row] == sp.metrics.dimensions_per_feature(model)[0]
        assert got["capacity"][row] == sp.metrics.capacity(model)[0]
        assert got["represented"][row] == len(sp.geometry.represented(model)[0])
        assert got["outcome"][row] == sp.geometry.outcomes(model)[0]
        assert got["highest_loss"][row] == model.restart_loss.max()
    assert not [name for name in ("loss", "capacity") if None in got[name]]


@pytest.mark.parametrize("library", LIBRARIES)
def test_probabilities_are_the_numbers_of_the_file(tmp_path, library) -> None:
    pytest.importorskip(library)
    (tmp_path / "sweep.toml").write_text(
        "[model]\nn_features = 3\nn_hidden = 1\n[train]\nsteps = 2\n[sweep]\n"
        "grid = { feature_probability = { geometric = [1.0, 1e-6], count = 200 } }\n"
    )
    got = columns(sp.run(tmp_path / "sweep.toml", tmp_path / "out", progress=False).to_frame(library))
    assert got["feature_probability"] == got["data.feature_probability"]
    assert got["feature_probability"][-1] == 1e-6


@pytest.mark.parametrize("library", LIBRARIES)
def test_a_frame_has_a_row_a_restart_or_a_feature(sweep, library) -> None:
    pytest.importorskip(library)
    run = sweep.runs[1]
    restarts = columns(run.to_frame(library, restarts=True))
    assert restarts["restart"] == [0, 1] and sum(restarts["kept"]) == 1
    np.testing.assert_array_equal(restarts["loss"], run.model.restart_loss[:, 0])
    assert restarts["outcome"] == run.model.restarts.outcomes[:, 0].tolist()
    features = columns(run.to_frame(library, features=True))
    assert features["feature"] == [0, 1, 2, 3]
    for name, values in sp.metrics.measure(run).items():
        if name in features:
            np.testing.assert_array_equal(features[name], np.broadcast_to(values[0], 4), name)
    with pytest.raises(ValueError, match="to_frame: expected restarts or features, got both"):
        run.to_frame(restarts=True, features=True)


@pytest.mark.parametrize("library", LIBRARIES)
def test_what_is_missing_is_missing(library) -> None:
    pytest.importorskip(library)
    model = sp.Model(3, 2, 2, feature_probability=[0.05, 0.1])
    model.W[1] = np.nan
    frame = model.to_frame(library)
    assert columns(frame)["feature_probability"] == [0.05, 0.1]  # the numbers that were given
    assert columns(frame)["outcome"][1] == "not finite"
    if library == "pandas":
        assert frame["represented"].isna().tolist() == [False, True]
        assert str(frame["represented"].dtype) == "Int64" and str(frame["instance"].dtype) == "int64"
    else:
        assert frame["represented"].is_null().to_list() == [False, True]


def test_the_frame_is_what_the_command_prints(sweep, directory, command) -> None:
    pytest.importorskip("pandas")
    for flags, arguments in (((), {}), (("--restarts",), {"restarts": True}), (("--features",), {"features": True})):
        printed = list(csv.DictReader(io.StringIO(command("metrics", directory, "--csv", *flags).stdout)))
        frame = sweep.to_frame("pandas", **arguments)
        assert list(printed[0]) == list(frame.columns)
        assert len(printed) == len(frame)
        for name in frame.columns:
            for text, value in zip((row[name] for row in printed), frame[name]):
                if isinstance(value, float):
                    assert float(text) == value
                else:
                    assert text == (str(value).lower() if isinstance(value, (bool, np.bool_)) else str(value))


def test_the_command_prints_values_as_python_has_them(sweep, directory, command) -> None:
    points = json.loads(command("metrics", directory, "--json").stdout)["points"]
    assert [list(point["values"].items()) for point in points] == [list(point.values.items()) for point in sweep.points]


def test_a_library_that_is_not_there_is_named(sweep, monkeypatch) -> None:
    monkeypatch.setattr(importlib.util, "find_spec", lambda name: None)
    with pytest.raises(ImportError, match="expected pandas or polars to be installed, got none; `pip install pandas`"):
        sweep.to_frame()
    with pytest.raises(ImportError, match="expected polars to be installed, got none; `pip install polars`"):
        sweep.runs[0].to_frame("polars")
    with pytest.raises(ValueError, match="library: expected one of pandas, polars, got 'panda'; did you mean 'pandas'"):
        sweep.to_frame("panda")


def test_a_sweep_is_drawn(sweep, directory, command, tmp_path) -> None:
    heat_map = sp.plot.sweep(sweep)
    assert "two keys: loss" in heat_map.to_json()
    assert sp.plot.sweep(directory).to_json() == heat_map.to_json() == sp.plot.figure("sweep", sweep).to_json()
    lines = sp.plot.sweep(sweep, "represented", x="n_hidden")
    assert "train.schedule" in lines.to_json() and lines.to_json() != heat_map.to_json()
    sp.plot.save("sweep", sweep, file=tmp_path / "ours.svg", metric="capacity", x="schedule", y="n_hidden")
    command("figure", "sweep", directory, "--metric", "capacity", "--x", "train.schedule", "--y", "model.n_hidden",
            "--out", tmp_path / "theirs.svg")  # fmt: skip
    assert (tmp_path / "ours.svg").read_bytes() == (tmp_path / "theirs.svg").read_bytes()


def test_other_sweeps_and_views_are_refused(sweep, trained) -> None:
    with pytest.raises(ValueError, match=r"metric: expected one of .*loss.*, got \"los\"; did you mean `loss`"):
        sp.plot.sweep(sweep, "los")
    with pytest.raises(ValueError, match=r"x: expected one of the swept keys train.schedule, model.n_hidden, got"):
        sp.plot.sweep(sweep, x="lr")
    with pytest.raises(ValueError, match="figure sweep: expected a sweep's directory, got a run's"):
        sp.plot.sweep(sweep.runs[0])
    with pytest.raises(ValueError, match="figure intro: expected metric, x and y for the kind sweep only"):
        sp.plot.figure("intro", trained, metric="loss")
    with pytest.raises(ValueError, match="which: expected none for sweep, which shows all instances, got 0"):
        sp.plot.figure("sweep", sweep, which=0)
    with pytest.raises(TypeError, match="x: expected text, got 3"):
        sp.plot.sweep(sweep, x=3)
