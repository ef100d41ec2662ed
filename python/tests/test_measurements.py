"""Metrics, geometry and theory, of everything that has weights."""

from __future__ import annotations

import numpy as np
import pytest

import superpose as sp
from superpose import _core

PENTAGON = np.array([[np.cos(a), np.sin(a)] for a in 2 * np.pi * np.arange(5) / 5], dtype=np.float32)


def interference(W: np.ndarray) -> np.ndarray:
    """The notebook's, in float64."""
    W = W.astype(float)
    unit = W / (1e-5 + np.linalg.norm(W, axis=-1, keepdims=True))
    result = np.einsum("ifh,igh->ifg", unit, W)
    result[:, np.arange(W.shape[1]), np.arange(W.shape[1])] = 0
    return result


def test_metrics_are_the_notebooks(trained) -> None:
    W = trained.W.astype(float)
    between = interference(trained.W)
    norms = np.linalg.norm(W, axis=-1)
    unit = W / norms[..., None]
    expected = {
        sp.metrics.norms: norms,
        sp.metrics.interference: between,
        sp.metrics.polysemanticity: np.linalg.norm(between, axis=-1),
        sp.metrics.net_interference: np.einsum("ifg,ig->if", between**2, trained.feature_probability),
        sp.metrics.dimensionality: norms**2 / (np.einsum("ifh,igh->ifg", unit, W) ** 2).sum(-1),
        sp.metrics.capacity: (norms**2 / (np.einsum("ifh,igh->ifg", unit, W) ** 2).sum(-1)).sum(-1),
        sp.metrics.dimensions_per_feature: 2 / (W**2).sum((1, 2)),
        sp.metrics.gram: np.einsum("ifh,igh->ifg", W, W),
    }
    others = {"Outcome", "measure", "restart_outcomes"}
    assert {metric.__name__ for metric in expected} == set(sp.metrics.__all__) - others
    for metric, values in expected.items():
        got = metric(trained)
        assert got.dtype == np.float64
        np.testing.assert_allclose(got, values, rtol=1e-9, atol=1e-12, err_msg=metric.__name__)


def test_anything_with_weights_can_be_measured(trained, tmp_path) -> None:
    trained.save(tmp_path / "model.safetensors")
    expected = sp.metrics.dimensionality(trained)
    sources = [trained.W, trained.W.tolist(), trained.W.astype(np.float64), np.asfortranarray(trained.W)]
    sources += [tmp_path / "model.safetensors", str(tmp_path / "model.safetensors")]
    for source in sources:
        np.testing.assert_array_equal(sp.metrics.dimensionality(source), expected)
    np.testing.assert_array_equal(sp.metrics.dimensionality(trained.W[1]), expected[1])
    assert sp.metrics.capacity(trained.W[1]) == pytest.approx(sp.metrics.capacity(trained)[1])


def test_a_file_of_weights_alone_can_be_measured(trained, tmp_path) -> None:
    _core.write_tensors(tmp_path / "W.safetensors", {"W": trained.W}, {})
    np.testing.assert_array_equal(sp.metrics.norms(tmp_path / "W.safetensors"), sp.metrics.norms(trained))


def test_weights_that_are_not_finite_are_not_hidden(trained) -> None:
    model = trained.copy()
    model.W[1, 2, 0] = np.nan
    assert np.isnan(sp.metrics.norms(model)[1, 2]) and np.isfinite(sp.metrics.norms(model)[0]).all()
    assert sp.geometry.outcomes(model)[1] == "not finite"
    for function in (sp.geometry.represented, sp.geometry.components, sp.geometry.neurons):
        with pytest.raises(ValueError, match=r"W: expected finite numbers, got nan at \[1, 2, 0\]"):
            function(model)
    with pytest.raises(ValueError, match="W: expected numbers that float32 holds, got 1e"):
        sp.metrics.norms(np.full((3, 2), 1e300))
    masked = np.ma.masked_array(np.ones((3, 2)), mask=np.eye(3, 2))
    with pytest.raises(ValueError, match="W: expected numbers, got some that are masked"):
        sp.metrics.norms(masked)


def test_probabilities_are_as_models_take_them() -> None:
    p = np.array([1, 0.3, 0.1, 0.03, 0.01])
    model = sp.Model(5, 2, 5, feature_probability=p)
    own = sp.metrics.net_interference(model)
    np.testing.assert_array_equal(sp.metrics.net_interference(model.W, p), own)
    np.testing.assert_array_equal(sp.metrics.net_interference(model.W, p[:, None]), own)
    np.testing.assert_allclose(
        sp.metrics.net_interference(model.W, 0.1) * 10, sp.metrics.net_interference(model.W, 1.0)
    )
    of_features = sp.metrics.net_interference(model.W[0], p)
    np.testing.assert_array_equal(of_features, sp.metrics.net_interference(model.W[:1], p[None])[0])


def test_tensors_can_be_measured(trained) -> None:
    torch = pytest.importorskip("torch")
    for tensor in (torch.from_numpy(trained.W), torch.from_numpy(trained.W).requires_grad_()):
        np.testing.assert_array_equal(sp.metrics.norms(tensor), sp.metrics.norms(trained))


def test_arrays_of_arenas_layout_are_not_measured_in_silence(trained) -> None:
    W = trained.W.swapaxes(1, 2)
    for metric in (sp.metrics.norms, sp.metrics.gram, sp.metrics.capacity):
        np.testing.assert_array_equal(metric(W, layout="arena"), metric(trained))
        np.testing.assert_array_equal(metric(W[0], layout="arena"), metric(trained)[0])
        with pytest.warns(
            UserWarning, match=r'W: .* got shape \(4, 2, 5\), .* 2 features in 5 .* layout="arena"'
        ) as told:
            measured = metric(W)
        assert told[0].filename == __file__ and len(told) == 1
        np.testing.assert_array_equal(metric(W, layout="notebook"), measured)
    np.testing.assert_array_equal(
        sp.metrics.net_interference(W, trained.feature_probability, layout="arena"),
        sp.metrics.net_interference(trained),
    )
    assert sp.geometry.outcomes(W, layout="arena") == sp.geometry.outcomes(trained)
    with pytest.warns(UserWarning, match='layout="notebook" as this does, without a warning') as told:
        sp.geometry.represented(W)
    assert told[0].filename == __file__
    wide = sp.Model(3, 6)
    np.testing.assert_array_equal(sp.metrics.norms(wide), sp.metrics.norms(wide.W, layout="notebook"))


def test_what_are_no_weights_is_refused(tmp_path) -> None:
    for wrong in (np.zeros(3), np.zeros((0, 3, 2)), np.zeros((1, 2, 3, 4))):
        with pytest.raises(ValueError, match=r"W: expected an array of shape \(n_instances, n_features, n_hidden\)"):
            sp.metrics.norms(wrong)
    with pytest.raises(ValueError, match="feature_probability: expected it beside weights whose data are not known"):
        sp.metrics.net_interference(PENTAGON)
    with pytest.raises(ValueError, match=r"feature_probability: expected a number or an array of shape .*, got \(3,\)"):
        sp.metrics.net_interference(PENTAGON, [1, 2, 3])
    assert sp.metrics.net_interference(PENTAGON, 0.1).shape == (5,)
    assert np.isnan(sp.metrics.norms(np.full((2, 2), np.nan))).all()


def test_geometry_of_a_pentagon() -> None:
    assert sp.geometry.outcomes(PENTAGON) == ["pentagon"]
    (found,) = sp.geometry.components(PENTAGON)
    assert [(c.shape, c.features) for c in found] == [("pentagon", [0, 1, 2, 3, 4])]
    assert found[0].confidence == pytest.approx(1, abs=1e-6)
    assert sp.geometry.represented(PENTAGON) == [[0, 1, 2, 3, 4]]
    assert sp.geometry.in_superposition(PENTAGON) == [[0, 1, 2, 3, 4]]
    assert sp.geometry.antipodal_pairs(PENTAGON) == [[]]
    np.testing.assert_allclose(sp.metrics.dimensionality(PENTAGON), 0.4, atol=1e-6)


def test_geometry_of_pairs() -> None:
    W = np.array([[1, 0], [-1, 0], [0, 1], [0.1, 0]])
    assert sp.geometry.outcomes(W) == ["digon, single, 1 not represented"]
    assert sp.geometry.antipodal_pairs(W) == [[(0, 1)]]
    assert sp.geometry.represented(np.stack([W, 0 * W])) == [[0, 1, 2], []]


def test_neurons() -> None:
    W = np.array([[1, 1, 0], [0, 0.9, 0.01]])
    assert sp.geometry.neurons(W, layout="notebook") == [sp.geometry.Neurons(monosemantic=1, polysemantic=1, dead=1)]


def test_expected_loss_is_what_sampling_estimates(trained) -> None:
    np.testing.assert_allclose(sp.theory.expected_loss(trained), trained.loss, rtol=0.05)
    with pytest.raises(ValueError, match="model: expected one of kind 'relu_output', got 'linear'"):
        sp.theory.expected_loss(sp.Model(5, 2, kind="linear"))
    with pytest.raises(ValueError, match="10"):
        sp.theory.expected_loss(sp.Model(11, 2))
    with pytest.raises(TypeError, match=r"expected a superpose.Model, a run or its path, got ndarray"):
        sp.theory.expected_loss(PENTAGON)


def test_linear_theory() -> None:
    importance = 0.8 ** np.arange(6)
    model = sp.Model(6, 2, kind="linear", importance=importance, feature_probability=0.5)
    model.optimize(4000, lr=5e-3, weight_decay=0, progress=False)
    lowest = sp.theory.lowest_linear_loss(2, 0.5, importance)
    assert lowest == pytest.approx((0.5 / 3 - 0.25 / 4) * importance[2:].sum() / 6)
    assert model.loss[0] == pytest.approx(lowest, rel=0.02)


def test_feature_tradeoff_and_vulnerability(trained) -> None:
    benefit, interference_loss = sp.theory.feature_tradeoff(trained)
    assert benefit.shape == interference_loss.shape == (4, 5)
    assert (benefit[0, :2] > 0).all() and np.isfinite(interference_loss).all()
    attacked = sp.theory.vulnerability(trained.copy())
    assert (attacked.per_sample >= attacked.data_set).all() and (attacked.data_set >= 0).all()
    assert attacked.attack_norm.shape == (4,)
