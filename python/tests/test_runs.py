"""Experiment files, run directories, the paper."""

from __future__ import annotations

import json
import threading
import time
from pathlib import Path

import numpy as np
import pytest

import superpose as sp

EXPERIMENT = """
name = "small"
[model]
n_features = 4
n_hidden = 2
n_instances = 3
[data]
feature_probability = [1.0, 0.5, 0.1]
[train]
steps = 150
"""
SWEEP = EXPERIMENT.replace("feature_probability = [1.0, 0.5, 0.1]", "") + (
    '[sweep.grid]\n"model.n_hidden" = [1, 2]\n"data.feature_probability" = [1.0, 0.1]\n'
)
STUDY = '[study]\nkind = "johnson_lindenstrauss"\nn_points = 12\nn_dimensions = [50]\ntrials = 2\n'


@pytest.fixture
def file(tmp_path):
    path = tmp_path / "small.toml"
    path.write_text(EXPERIMENT)
    return path


def test_a_file_is_run_and_loaded(file, tmp_path) -> None:
    run = sp.run(file, tmp_path / "run", progress=False)
    assert isinstance(run, sp.Run) and run.name == "small"
    assert run.model.W.shape == (3, 4, 2)
    assert run.loss.shape == (3,) and len(run.history) == 3
    assert "steps = 150" in run.toml
    again = sp.load(str(tmp_path / "run"))
    np.testing.assert_array_equal(again.model.W, run.model.W)
    np.testing.assert_array_equal(again.loss, run.loss)
    np.testing.assert_array_equal(again.model.feature_probability[:, 0], np.float32([1, 0.5, 0.1]))
    assert "small" in repr(run)


def test_keys_can_be_set_and_a_run_is_done_once(file, tmp_path) -> None:
    run = sp.run(file, tmp_path / "run", set={"steps": 20, "data.importance": [1, 2, 3, 4], "name": "x"}, threads=1)
    assert run.name == "x" and run.history.step[-1] == 19
    np.testing.assert_array_equal(run.model.importance[0], [1, 2, 3, 4])
    again = sp.run(file, tmp_path / "run", set={"steps": 20, "data.importance": [1, 2, 3, 4], "name": "x"}, resume=True)
    np.testing.assert_array_equal(again.model.W, run.model.W)


def test_a_loaded_model_trains_on(file, tmp_path) -> None:
    model = sp.run(file, tmp_path / "run", progress=False).model
    before = model.W.copy()
    model.optimize(50, progress=False)
    assert (model.W != before).any()
    fresh = sp.load(tmp_path / "run").model
    np.testing.assert_array_equal(fresh.W, before)


def test_a_sweep_has_points(tmp_path) -> None:
    (tmp_path / "sweep.toml").write_text(SWEEP)
    sweep = sp.run(tmp_path / "sweep.toml", tmp_path / "out", progress=False)
    assert isinstance(sweep, sp.Sweep)
    assert len(sweep.points) == 4 and len(sweep.runs) == 2
    assert {point.model.n_hidden for point in sweep.points} == {1, 2}
    for point in sweep.points:
        assert set(point.values) == {"model.n_hidden", "data.feature_probability"}
        assert point.model.n_instances == 3
        assert float(point.values["data.feature_probability"]) == pytest.approx(point.model.feature_probability[0, 0])
    assert "4 points" in repr(sp.load(tmp_path / "out"))


def test_a_study_has_measurements(tmp_path) -> None:
    (tmp_path / "study.toml").write_text(STUDY)
    study = sp.run(tmp_path / "study.toml", tmp_path / "out", progress=False)
    assert isinstance(study, sp.Study) and study.kind == "johnson_lindenstrauss"
    assert study.measurements["share_beyond"].shape == (1, 2, 7)
    assert sp.load(tmp_path / "out").measurements.keys() == study.measurements.keys()
    assert "share_beyond" in repr(study)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (EXPERIMENT.replace("n_hidden = 2", "n_hidden = 0"), r"small.toml:5:12: \[model\] n_hidden: expected"),
        ("[model", r"small.toml:1:"),
        (EXPERIMENT + "[sweep]\n", "sweep"),
    ],
)
def test_wrong_files_are_refused_and_nothing_is_written(tmp_path, text, message) -> None:
    (tmp_path / "small.toml").write_text(text)
    with pytest.raises(ValueError, match=message):
        sp.run(tmp_path / "small.toml", tmp_path / "run")
    assert not (tmp_path / "run").exists()


def test_wrong_requests_are_refused(file, tmp_path) -> None:
    with pytest.raises(FileNotFoundError, match=r"No such file or directory: '.*none.toml'"):
        sp.run(tmp_path / "none.toml", tmp_path / "run")
    with pytest.raises(ValueError, match=r"^set: steps=-1: \[train\] steps: expected a whole number above 0, got -1$"):
        sp.run(file, tmp_path / "run", set={"steps": -1})
    with pytest.raises(TypeError, match="set: steps: expected a number, text, list or dict, got set"):
        sp.run(file, tmp_path / "run", set={"steps": {1}})
    with pytest.raises(ValueError, match="threads: expected"):
        sp.run(file, tmp_path / "run", threads=0)
    with pytest.raises(FileNotFoundError, match=r"No such file or directory: '.*nothing'"):
        sp.load(tmp_path / "nothing")
    with pytest.raises(ValueError, match=r"model.safetensors|experiment.toml"):
        sp.load(tmp_path)
    (tmp_path / "garbage.safetensors").write_bytes(b"\xff" * 100)
    with pytest.raises(ValueError, match=r"garbage.safetensors"):
        sp.load(tmp_path / "garbage.safetensors")


def test_ctrl_c_leaves_a_checkpoint(press_ctrl_c, file, tmp_path) -> None:
    press_ctrl_c(0.5)
    start = time.monotonic()
    with pytest.raises(KeyboardInterrupt):
        sp.run(file, tmp_path / "run", set={"steps": 400_000}, progress=False)
    assert time.monotonic() - start < 10
    assert (tmp_path / "run" / "checkpoint.safetensors").exists()
    with pytest.raises(ValueError, match=r"run: the run is not finished.*resume=True"):
        sp.load(tmp_path / "run")


def test_metrics_are_those_that_the_command_prints(command, file, tmp_path) -> None:
    settings = {"steps": 20, "restarts": 3, "record.all_restarts": True}
    run = sp.run(file, tmp_path / "run", set=settings, progress=False)
    printed = json.loads(command("metrics", tmp_path / "run", "--json").stdout)
    outcomes = printed.pop("outcomes")
    measured = sp.metrics.measure(run)
    assert {"norms", "loss", "median_loss", "kept_restart"} < set(measured)
    assert {name: values.tolist() for name, values in measured.items()} == printed
    assert measured["kept_restart"].dtype == np.int64
    np.testing.assert_array_equal(measured["loss"], run.loss)
    counted = [[(of["outcome"], of["restarts"], of["lowest_loss"]) for of in instance] for instance in outcomes]
    assert sp.metrics.restart_outcomes(tmp_path / "run") == counted
    assert isinstance(sp.metrics.restart_outcomes(run)[0][0], sp.metrics.Outcome)


def test_metrics_of_a_model_that_was_trained_here(trained) -> None:
    measured = sp.metrics.measure(trained)
    np.testing.assert_array_equal(measured["loss"], trained.loss)
    np.testing.assert_array_equal(measured["norms"], sp.metrics.norms(trained))
    assert "lowest_loss" not in measured and sp.metrics.restart_outcomes(trained) == []
    with pytest.raises(TypeError, match=r"superpose\.Model, a run or its path"):
        sp.metrics.measure(trained.W)


def test_a_directory_that_is_moved_meanwhile_keeps_its_results(file, tmp_path) -> None:
    def move() -> None:
        while not (tmp_path / "run" / "experiment.toml").exists():
            time.sleep(0.01)
        (tmp_path / "run").rename(tmp_path / "moved")
        (tmp_path / "run").mkdir()  # somebody else's, by now

    mover = threading.Thread(target=move)
    mover.start()
    with pytest.raises(RuntimeError, match="run: was moved meanwhile: the results are in it"):
        sp.run(file, tmp_path / "run", set={"steps": 100_000}, threads=1, progress=False)
    mover.join()
    assert sp.load_run(tmp_path / "moved").model.n_features == 4
    assert not list((tmp_path / "run").iterdir())


def test_what_a_run_goes_on_without_is_a_warning(file, tmp_path) -> None:
    sp.run(file, tmp_path / "run", set={"steps": 10}, progress=False)
    (tmp_path / "elsewhere").write_text("")
    (tmp_path / "run" / "model.safetensors").unlink()
    (tmp_path / "run" / "model.safetensors").symlink_to(tmp_path / "elsewhere")
    with pytest.warns(RuntimeWarning, match=r"model\.safetensors.*link") as caught:
        sp.run(file, tmp_path / "run", set={"steps": 20}, overwrite=True, progress=False)
    assert [Path(warning.filename).name for warning in caught] == ["test_runs.py"]
    assert (tmp_path / "elsewhere").read_text() == ""


def test_overwrite_replaces_results_of_another_kind(file, tmp_path) -> None:
    sweep = tmp_path / "sweep.toml"
    sweep.write_text(file.read_text() + "\n[sweep]\ngrid = { lr = [1e-3, 1e-2] }\n")
    sp.run(file, tmp_path / "out", set={"steps": 5})
    with pytest.raises(ValueError, match="got a run's; overwrite=True replaces what is there"):
        sp.run(sweep, tmp_path / "out", set={"steps": 5})
    assert isinstance(sp.run(sweep, tmp_path / "out", set={"steps": 5}, overwrite=True), sp.Sweep)
    with pytest.raises(sp.InvalidRequest, match="resume, overwrite: expected one of them, got both") as raised:
        sp.run(sweep, tmp_path / "out", resume=True, overwrite=True)
    assert (raised.value.place, raised.value.key) == ("", "resume, overwrite")


def test_the_papers_experiments(tmp_path) -> None:
    assert "intro" in sp.papers() and all(sp.papers().values())
    paper = sp.paper("intro", tmp_path / "intro", quick=True, progress=False)
    assert paper.claims and all(isinstance(claim.holds, bool) for claim in paper.claims)
    assert paper.claims[0].expected and paper.claims[0].seeds > 0 and paper.claims[0].spread is None
    assert paper.model.n_features == 5
    for files in paper.figures.values():
        assert all(file.stat().st_size > 0 for file in files.values())
    assert "claims hold" in repr(paper)
    study = sp.paper("johnson-lindenstrauss", tmp_path / "jl", quick=True, progress=False)
    assert isinstance(study.result, sp.Study)
    assert study.notes and all(isinstance(note, str) for note in study.notes)
    with pytest.raises(AttributeError, match="is a study"):
        _ = study.model
    with pytest.raises(ValueError, match=r"name: expected one of intro, .*got 'no such'"):
        sp.paper("no such", tmp_path / "no")
    with pytest.raises(ValueError, match=r"set: steps=0: \[train\] steps: expected a whole number above 0, got 0"):
        sp.paper("intro", tmp_path / "no", set={"steps": 0})
    assert not (tmp_path / "no").exists()


def test_a_paper_replaces_results_of_another_kind_if_asked(file, tmp_path) -> None:
    sweep, out = tmp_path / "sweep.toml", tmp_path / "out"
    sweep.write_text(file.read_text() + "\n[sweep]\ngrid = { lr = [1e-3, 1e-2] }\n")
    sp.run(sweep, out, set={"steps": 5})
    with pytest.raises(ValueError, match="got a sweep's; overwrite=True replaces what is there"):
        sp.paper("intro", out, quick=True, progress=False)
    assert isinstance(sp.load(out), sp.Sweep)
    assert isinstance(sp.paper("intro", out, quick=True, overwrite=True, progress=False).result, sp.Run)
    assert isinstance(sp.load(out), sp.Run)


def test_the_paper_gives_the_commands_claims(command, tmp_path) -> None:
    command("paper", "intro", "--set", "quick=true", "--out", tmp_path / "theirs")
    sp.paper("intro", tmp_path / "ours", quick=True, progress=False)
    for name in ("claims.json", "experiment.toml", "model.safetensors", "history.safetensors", "figures/intro.svg"):
        assert (tmp_path / "ours" / name).read_bytes() == (tmp_path / "theirs" / name).read_bytes(), name


def test_nothing_is_thrown_away_unasked(file, tmp_path) -> None:
    run = sp.run(file, tmp_path / "run", set={"steps": 10}, progress=False)
    before = (tmp_path / "run" / "model.safetensors").stat().st_mtime_ns
    again = sp.run(file, tmp_path / "run", set={"steps": 10}, progress=False)
    np.testing.assert_array_equal(run.model.W, again.model.W)
    assert (tmp_path / "run" / "model.safetensors").stat().st_mtime_ns == before
    with pytest.raises(ValueError, match="the same with fewer steps; resume=True goes on with it"):
        sp.run(file, tmp_path / "run", set={"steps": 20}, progress=False)
    with pytest.raises(ValueError, match="got one with `steps = 10`; overwrite=True replaces what is there"):
        sp.run(file, tmp_path / "run", set={"steps": 5}, progress=False)
    (tmp_path / "run" / "model.safetensors").unlink()
    with pytest.raises(ValueError, match="is not finished; resume=True goes on with it, overwrite=True starts over"):
        sp.run(file, tmp_path / "run", set={"steps": 10}, progress=False)


def test_a_finished_run_is_made_longer(file, tmp_path) -> None:
    sp.run(file, tmp_path / "longer", set={"steps": 10}, progress=False)
    longer = sp.run(file, tmp_path / "longer", set={"steps": 25}, resume=True, progress=False)
    whole = sp.run(file, tmp_path / "whole", set={"steps": 25}, progress=False)
    np.testing.assert_array_equal(longer.model.W, whole.model.W)
    np.testing.assert_array_equal(longer.history.loss, whole.history.loss)


def test_a_paper_experiment_that_is_there_is_told_again(tmp_path) -> None:
    settings = {"quick": True, "set": {"steps": 30}, "progress": False}
    first = sp.paper("features", tmp_path / "out", **settings)
    claims = (tmp_path / "out" / "claims.json").stat().st_mtime_ns
    again = sp.paper("features", tmp_path / "out", resume=True, **settings)
    assert again.claims == first.claims
    assert (tmp_path / "out" / "claims.json").stat().st_mtime_ns == claims
