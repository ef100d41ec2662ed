"""The restarts of a training: their losses, parameters and outcomes."""

from __future__ import annotations

import numpy as np
import pytest

import superpose as sp


def test_restarts_keep_their_parameters() -> None:
    model = sp.Model(4, 2, 3, feature_probability=0.3)
    assert model.restarts is None
    model.optimize(80, 64, restarts=3, record_all_restarts=True, progress=False)
    restarts = model.restarts
    assert len(restarts) == 3 and restarts.W.shape == (3, 3, 4, 2) and restarts.b_final.shape == (3, 3, 4)
    assert restarts.W2 is None
    np.testing.assert_array_equal(restarts.loss, model.restart_loss)
    np.testing.assert_array_equal(restarts.kept, model.kept_restart)
    for i, kept in enumerate(restarts.kept):
        np.testing.assert_array_equal(restarts.W[kept, i], model.W[i])
        np.testing.assert_array_equal(restarts.b_final[kept, i], model.b_final[i])
    assert (restarts.W[0] != restarts.W[1]).any()
    assert restarts.outcomes.shape == (3, 3)
    assert restarts.outcomes[1].tolist() == sp.geometry.outcomes(restarts.W[1])
    for i, counts in enumerate(sp.metrics.restart_outcomes(model)):
        found, numbers = np.unique(restarts.outcomes[:, i], return_counts=True)
        assert {count.outcome: count.restarts for count in counts} == dict(zip(found, numbers))
    assert "parameters of 3 restarts of 3 instances" in repr(restarts)
    assert model[1:].restarts.W.shape == (3, 2, 4, 2)

    model.optimize(80, 64, restarts=3, progress=False)
    assert model.restarts.W is None and model.restarts.outcomes is None and model.restarts.loss.shape == (3, 3)
    model.optimize(5, 64, record_all_restarts=True, progress=False)
    assert model.restarts is None
    with pytest.raises(TypeError, match="record_all_restarts: expected True or False"):
        model.optimize(5, record_all_restarts=1)


def test_restarts_of_two_matrices() -> None:
    model = sp.Model(3, 2, kind="untied")
    model.optimize(5, 8, restarts=2, record_all_restarts=True, progress=False)
    assert model.restarts.W.shape == model.restarts.W2.shape == (2, 1, 3, 2)
    np.testing.assert_array_equal(model.restarts.W2[model.kept_restart[0], 0], model.W2[0])


def test_restarts_are_the_commands(tmp_path) -> None:
    (tmp_path / "a.toml").write_text(
        "[model]\nn_features = 4\nn_hidden = 1\n[train]\nsteps = 60\nbatch_size = 64\nrestarts = 2\n"
        "[record]\nall_restarts = true\n"
    )
    theirs = sp.run(tmp_path / "a.toml", tmp_path / "out", progress=False).model
    own = sp.Model(4, 1, seed=theirs.seed)
    own.optimize(60, 64, restarts=2, record_all_restarts=True, progress=False)
    np.testing.assert_array_equal(own.restarts.W, theirs.restarts.W)
    np.testing.assert_array_equal(own.restarts.b_final, theirs.restarts.b_final)
    assert (own.restarts.outcomes == theirs.restarts.outcomes).all()
