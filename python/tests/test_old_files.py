"""What users have stays readable: files and pickles as the package wrote them before its rooms moved.

They were made by fixtures/make.py with the package of commit 4ca46e1.
"""

from __future__ import annotations

import pickle
import shutil
from pathlib import Path

import numpy as np
import pytest

import superpose as sp

OLD = Path(__file__).parent / "fixtures" / "before_rooms"


def expect_as_it_was(model: sp.Model, name: str) -> None:
    """The model that was kept, and what it did next."""
    kept = np.load(OLD / f"{name}.npz")
    for parameter, array in model.state_dict().items():
        np.testing.assert_array_equal(array, kept[parameter])
    np.testing.assert_array_equal(model.loss, kept["loss"])
    np.testing.assert_array_equal(model.copy().generate_batch(2), kept["batch"])
    again = model.copy()
    again.optimize(20, batch_size=8, progress=False)
    for parameter, array in again.state_dict().items():
        np.testing.assert_array_equal(array, kept[f"trained_{parameter}"])


@pytest.mark.parametrize("name", ["model", "two_matrices", "own_target"])
def test_models(name) -> None:
    target = np.square if name == "own_target" else None
    file = sp.load_model(OLD / f"{name}.safetensors", target=target)
    for model in (file, pickle.loads((OLD / f"{name}.pickle").read_bytes())):
        assert (model.name, model.seed, model.kind_is_assumed) == ("old", 7, False)
        assert model.kind == ("absolute_value" if name == "two_matrices" else "relu_output")
        expect_as_it_was(model, name)


def test_a_file_of_a_model_with_a_target_says_so() -> None:
    with pytest.raises(ValueError, match="target: expected the one that this model was trained with"):
        sp.load_model(OLD / "own_target.safetensors").optimize(5)


def test_runs() -> None:
    run = sp.load_run(OLD / "run")
    assert run.name == "old" and run.model.restart_loss.shape == (2, 2)
    assert run.history.step.tolist() == [0, 20, 39]
    np.testing.assert_array_equal(run.history.W[-1], run.model.W)
    np.testing.assert_array_equal(run.loss, run.model.restart_loss.min(0))
    np.testing.assert_array_equal(run.model.evaluate(), run.loss)
    assert len(sp.plot.dynamics(run).data) > 0
    history = pickle.loads((OLD / "history.pickle").read_bytes())
    np.testing.assert_array_equal(history.loss, run.history.loss)
    np.testing.assert_array_equal(sp.load_model(OLD / "run" / "model.safetensors").W, run.model.W)


def test_a_run_of_old_gives_the_same_bits_today(tmp_path) -> None:
    run = sp.load_run(OLD / "run")
    (tmp_path / "again.toml").write_text(run.toml)
    again = sp.run(tmp_path / "again.toml", tmp_path / "again", progress=False)
    for name, array in run.model.state_dict().items():
        np.testing.assert_array_equal(getattr(again.model, name), array)
    np.testing.assert_array_equal(again.loss, run.loss)


def test_an_interrupted_run_is_resumed(tmp_path) -> None:
    shutil.copytree(OLD / "interrupted", tmp_path / "run")
    (tmp_path / "a.toml").write_text((tmp_path / "run" / "experiment.toml").read_text())
    run = sp.run(tmp_path / "a.toml", tmp_path / "run", resume=True, progress=False)
    kept = np.load(OLD / "interrupted.npz")
    for name, array in run.model.state_dict().items():
        np.testing.assert_array_equal(array, kept[name])
    np.testing.assert_array_equal(run.loss, kept["loss"])


def test_sweeps_and_studies() -> None:
    sweep = sp.load_sweep(OLD / "sweep")
    assert [point.values for point in sweep.points] == [{"model.n_hidden": 1}, {"model.n_hidden": 2}]
    assert [point.model.n_hidden for point in sweep.points] == [1, 2]
    study = sp.load_study(OLD / "study")
    assert study.kind == "johnson_lindenstrauss" and study.measurements["share_beyond"].shape[:2] == (1, 2)
