"""Data and targets of one's own."""

from __future__ import annotations

import copy
import pickle

import numpy as np
import pytest

import superpose as sp


def sparse(step: int, batch_size: int, rng: np.random.Generator) -> np.ndarray:
    """5 features in 3 instances, each active with probability 0.2."""
    return rng.random((batch_size, 3, 5)) * (rng.random((batch_size, 3, 5)) < 0.2)


def test_a_callable_is_a_distribution() -> None:
    steps = []

    def distribution(step, batch_size, rng):
        steps.append((step, batch_size))
        return sparse(step, batch_size, rng)

    model = sp.Model(5, 2, 3, distribution=distribution)
    model.optimize(1500, batch_size=128, lr=5e-3, progress=False)
    assert steps == [(step, 128) for step in range(1500)]
    assert (model.loss > 0).all()
    assert steps[1500:] == [(1500, 1024)] * 64, "fresh samples for the loss"
    engine = sp.Model(5, 2, 3, feature_probability=0.2)
    engine.optimize(1500, batch_size=128, lr=5e-3, progress=False)
    np.testing.assert_allclose(np.sort(model.loss), np.sort(engine.loss), rtol=0.35)
    assert model.generate_batch(9).shape == (9, 3, 5)


def test_own_data_is_the_same_bits_again() -> None:
    models = [sp.Model(5, 2, 3, distribution=sparse) for _ in range(3)]
    models[0].optimize(200, threads=1, progress=False)
    models[1].optimize(200, threads=2, hooks=[lambda data: data.model.generate_batch(3)], progress=False)
    models[2].optimize(200, seed=4, progress=False)
    np.testing.assert_array_equal(models[0].W, models[1].W)
    np.testing.assert_array_equal(models[0].loss, models[1].loss)
    assert (models[0].W != models[2].W).any()


def test_a_callable_is_a_target() -> None:
    seen = {}

    def swap(x):
        seen["x"] = x
        return x[..., ::-1]

    model = sp.Model(4, 4, 3, kind="untied", target=swap, feature_probability=0.3)
    model.optimize(4000, batch_size=256, lr=5e-3, progress=False)
    best = int(model.loss.argmin())
    assert model.loss[best] < 1e-4, "one that has not lost a feature on the way"
    x = np.eye(4, dtype=np.float32)[:, None].repeat(3, axis=1)
    np.testing.assert_allclose(model(x)[:, best], x[:, best, ::-1], atol=0.1)
    assert abs((seen["x"] > 0).mean() - 0.3) < 0.05
    own = sp.Model(5, 2, 3, distribution=sparse, target=lambda x: np.ones_like(x))
    own.optimize(2000, lr=5e-3, progress=False)
    assert (own.loss < 0.01).all()


@pytest.mark.parametrize(
    ("distribution", "error", "message"),
    [
        (
            lambda step, n, rng: np.zeros((n, 3)),
            ValueError,
            r"distribution: expected an array of shape \(8, 3, 5\), \(8, 1, 5\) or \(8, 5\), got \(8, 3\)",
        ),
        (
            lambda step, n, rng: np.full((n, 3, 5), np.nan),
            ValueError,
            r"distribution: expected finite numbers, got nan at \[0, 0, 0\]",
        ),
        (lambda step, n, rng: "x", TypeError, "distribution: expected numbers, got str"),
        (lambda step, n, rng: None, TypeError, "distribution: expected numbers"),
        (lambda step, n, rng: np.zeros((n, 3, 5), complex), TypeError, "distribution: expected numbers"),
    ],
)
def test_wrong_data_is_named(distribution, error, message) -> None:
    model = sp.Model(5, 2, 3, distribution=distribution)
    with pytest.raises(error, match=message):
        model.optimize(10, batch_size=8, progress=False)


@pytest.mark.parametrize("shape", [(5,), (1, 5)], ids=["flat", "one"])
def test_one_data_set_is_every_instances(shape) -> None:
    drawn, seen = [], []

    def one(step, n, rng):
        drawn.append(rng.random((n, *shape), dtype=np.float32))
        return drawn[-1]

    def target(x):
        seen.append(x.shape)
        return x

    def repeated(step, n, rng):
        return np.repeat(rng.random((n, *shape), dtype=np.float32).reshape(n, 1, 5), 3, axis=1)

    model, other = sp.Model(5, 2, 3, distribution=one, target=target), sp.Model(5, 2, 3, distribution=repeated)
    batch = model.generate_batch(7)
    assert batch.shape == (7, 3, 5) and len(drawn) == 1
    for i in range(3):
        np.testing.assert_array_equal(batch[:, i], drawn[0].reshape(7, 5))
    for each in (model, other):
        each.optimize(20, batch_size=8, progress=False)
    assert seen[0] == (8, 3, 5)
    np.testing.assert_array_equal(model.W, other.W)
    np.testing.assert_array_equal(model.loss, other.loss)
    single = sp.Model(5, 2, distribution=one)
    single.optimize(3, batch_size=8, progress=False)
    assert single.generate_batch(4).shape == (4, 1, 5)


def test_wrong_targets_are_named() -> None:
    model = sp.Model(5, 2, 3, target=lambda x: x[:1])
    with pytest.raises(ValueError, match="target: expected an array of shape"):
        model.optimize(10, batch_size=8, progress=False)


def test_a_distribution_that_raises_stops_the_training() -> None:
    def distribution(step, n, rng):
        if step == 5:
            raise OSError("no more data")
        return sparse(step, n, rng)

    model, other = sp.Model(5, 2, 3, distribution=distribution), sp.Model(5, 2, 3, distribution=sparse)
    with pytest.raises(OSError, match="no more data"):
        model.optimize(10, progress=False)
    other.optimize(5, progress=False)
    np.testing.assert_array_equal(model.W, other.W)


def test_tensors_are_data() -> None:
    torch = pytest.importorskip("torch")
    model = sp.Model(5, 2, 3, distribution=lambda step, n, rng: torch.rand(n, 3, 5))
    assert np.isfinite(model.optimize(20, progress=False).loss).all()


def test_models_with_own_data_are_not_taken_apart() -> None:
    model = sp.Model(5, 2, 3, distribution=sparse)
    with pytest.raises(ValueError, match="cannot be taken apart"):
        model[0]
    other = model.copy()
    other.optimize(5, progress=False)
    model.optimize(5, progress=False)
    np.testing.assert_array_equal(model.W, other.W)


def test_a_target_cannot_change_the_batch() -> None:
    def in_place(x):
        return np.multiply(x, 0, out=x)

    buffer = np.random.default_rng(0).random((1024, 3, 5), np.float32)
    before = buffer.copy()
    for data in ({"feature_probability": 0.3}, {"distribution": lambda step, n, rng: buffer[:n]}):
        models = [sp.Model(5, 2, 3, target=target, **data) for target in (in_place, np.zeros_like)]
        for model in models:
            model.optimize(5, progress=False)
        np.testing.assert_array_equal(models[0].W, models[1].W)
    np.testing.assert_array_equal(buffer, before)


def test_a_target_may_use_pytorch() -> None:
    torch = pytest.importorskip("torch")
    model = sp.Model(5, 2, 3, feature_probability=0.3, target=lambda x: torch.from_numpy(x).abs())
    model.optimize(5, progress=False)


def test_what_is_not_known_is_not_made_up() -> None:
    model = sp.Model(5, 2, 3, distribution=sparse)
    assert np.isnan(model.feature_probability).all()
    with pytest.raises(ValueError, match="feature_probability: expected it beside weights whose data are not known"):
        sp.metrics.net_interference(model)
    assert "S unknown" in sp.plot.intro(model).to_json()
    for kind in ("phase", "pentagon", "vulnerability"):
        with pytest.raises(ValueError, match=f"{kind}: expected a model without a distribution or target of its own"):
            sp.plot.figure(kind, model)
    with pytest.raises(ValueError, match="feature_probability: expected"):
        sp.plot.dimensionality(model)
    said = sp.Model(5, 2, 3, distribution=sparse, feature_probability=0.2)
    np.testing.assert_allclose(
        sp.metrics.net_interference(said), sp.metrics.net_interference(said.W, np.full((3, 5), 0.2)), rtol=1e-6
    )
    assert "S = 0.2" in sp.plot.intro(said).to_json()


def test_theory_of_other_data_is_refused() -> None:
    others = [
        sp.Model(5, 2, 3, distribution=sparse),
        sp.Model(5, 2, 3, target=lambda x: 1 - x),
        sp.Model(5, 2, 3, values="signed"),
        sp.Model(5, 2, 3, feature_probability=0.2, sets=[{"correlated": [0, 1]}]),
    ]
    for model in others:
        for function in (sp.theory.expected_loss, sp.theory.feature_tradeoff):
            with pytest.raises(ValueError, match=r"model: expected one whose features are independent and uniform"):
                function(model)
    with pytest.raises(ValueError, match="whose target are its inputs"):
        sp.theory.vulnerability(others[1])
    assert sp.theory.vulnerability(others[0], 50).data_set.shape == (3,)


def test_some_instances_can_be_drawn() -> None:
    model = sp.Model(5, 2, 3, distribution=sparse)
    some, all_of_them = sp.plot.features(model, which=[0, 2]), sp.plot.features(model)
    assert 0 < len(some.data) < len(all_of_them.data)


def test_losses_are_those_after_the_training() -> None:
    steps = []

    def distribution(step, n, rng):
        steps.append(step)
        return sparse(step, n, rng)

    model = sp.Model(5, 2, 3, distribution=distribution)
    model.evaluate()
    assert set(steps) == {0}
    model.optimize(10, progress=False)
    steps.clear()
    np.testing.assert_array_equal(model.copy().evaluate(), model.evaluate())
    assert set(steps) == {10}


def test_a_refused_training_changes_nothing() -> None:
    def meddle(data):
        with pytest.raises(RuntimeError, match="this model is in training"):
            data.model.optimize(7, seed=99, progress=False)
        assert data.last == (data.step == 9)

    models = [sp.Model(5, 2, 3, distribution=sparse) for _ in range(2)]
    with pytest.raises(ValueError, match="lr: expected"):
        models[0].optimize(7, seed=99, lr=-1, progress=False)
    models[0].optimize(10, hooks=[meddle], hook_every=1, progress=False)
    models[1].optimize(10, progress=False)
    np.testing.assert_array_equal(models[0].W, models[1].W)
    np.testing.assert_array_equal(models[0].loss, models[1].loss)


@pytest.mark.parametrize("arguments", [{"distribution": sparse}, {"target": np.sqrt}])
def test_files_say_what_they_cannot_hold(tmp_path, arguments) -> None:
    model = sp.Model(5, 2, 3, **arguments)
    model.optimize(20, progress=False)
    model.save(tmp_path / "model.safetensors")
    lost = sp.load(tmp_path / "model.safetensors")
    np.testing.assert_array_equal(lost.loss, model.loss)
    np.testing.assert_array_equal(lost.feature_probability, model.feature_probability)
    lost.W[:] = 0
    (name,) = arguments
    for use in (lambda: lost.optimize(5, progress=False), lost.evaluate, lambda: lost.loss):
        with pytest.raises(ValueError, match=f"{name}: expected the one that this model was trained with"):
            use()
    found = sp.load(tmp_path / "model.safetensors", **arguments)
    for each in (found, model):
        each.optimize(20, progress=False)
    np.testing.assert_array_equal(found.W, model.W)
    assert pickle.loads(pickle.dumps(lost)).n_features == 5


class Counter:
    """A distribution with a state."""

    def __init__(self) -> None:
        self.calls = 0

    def __call__(self, step, n, rng):
        self.calls += 1
        return sparse(step, n, rng)


def test_deep_copies_have_a_distribution_of_their_own() -> None:
    counter = Counter()
    model = sp.Model(5, 2, 3, distribution=counter)
    copy.deepcopy(model).generate_batch(1)
    assert counter.calls == 0
    model.copy().generate_batch(1)
    assert counter.calls == 1
