"""Making a model, looking at it, computing with it."""

from __future__ import annotations

import contextlib
import copy
import pickle

import numpy as np
import pytest

import superpose as sp

KINDS = ["linear", "relu_output", "gelu_output", "relu_hidden", "untied", "absolute_value"]


def test_shapes_are_the_notebooks(intro) -> None:
    assert intro.W.shape == (10, 5, 2)
    assert intro.b_final.shape == (10, 5)
    assert intro.feature_probability.shape == (10, 5)
    assert intro.importance.shape == (10, 5)
    assert (intro.n_instances, intro.n_features, intro.n_hidden) == (10, 5, 2)
    assert intro.W.dtype == np.float32
    assert (intro.b_final == 0).all()
    assert repr(intro) == "<superpose.Model relu_output: 10 instances of 5 features in 2 dimensions>"


@pytest.mark.parametrize("values", [0.25, [0.5, 0.25], [[0.5], [0.25]], [[0.5, 0.25, 1]], np.full((2, 3), 0.5)])
def test_feature_probability_broadcasts(values) -> None:
    model = sp.Model(3, 1, 2, feature_probability=values)
    expected = np.reshape(values, (2, 1)) if np.shape(values) == (2,) else values
    np.testing.assert_array_equal(model.feature_probability, np.broadcast_to(expected, (2, 3)))


@pytest.mark.parametrize("values", [2.0, [3, 2, 1], [[0.5], [0.25]], [[0.5, 0.25, 1]], np.full((2, 3), 0.5)])
def test_importance_broadcasts(values) -> None:
    model = sp.Model(3, 1, 2, importance=values)
    np.testing.assert_array_equal(model.importance, np.broadcast_to(values, (2, 3)).astype(np.float32))


def test_rules_of_experiment_files_are_values() -> None:
    model = sp.Model(3, 1, 2, feature_probability={"geometric": [1, 0.25]}, importance={"power": 0.5})
    np.testing.assert_array_equal(model.feature_probability[:, 0], [1, 0.25])
    np.testing.assert_array_equal(model.importance[0], [1, 0.5, 0.25])


@pytest.mark.parametrize(
    ("arguments", "error", "message"),
    [
        ({"n_features": 0}, ValueError, "n_features: expected a whole number >= 1, got 0"),
        ({"n_hidden": 1.5}, TypeError, "n_hidden: expected a whole number >= 1, got 1.5"),
        ({"n_hidden": True}, TypeError, "n_hidden: expected a whole number >= 1, got True"),
        ({"n_instances": "2"}, TypeError, "n_instances: expected a whole number >= 1, got '2'"),
        (
            {"n_features": 2**64},
            ValueError,
            "n_features: expected a whole number from 1 to 9223372036854775807, got 184",
        ),
        ({"feature_probability": 1.5}, ValueError, "^feature_probability: expected a number from 1e-06 to 1, got 1.5"),
        ({"feature_probability": float("nan")}, ValueError, "feature_probability: expected .* got nan"),
        ({"feature_probability": [0.1, 0.2, 0.3]}, ValueError, r"feature_probability: expected .*\(2,\).* got \(3,\)"),
        ({"feature_probability": [0.5, 2]}, ValueError, r"^feature_probability\[1\]: expected a number .*, got 2.0"),
        ({"feature_probability": [[0.5], [0]]}, ValueError, r"^feature_probability\[1\]\[0\]: expected .*, got 0.0"),
        ({"feature_probability": "often"}, TypeError, "feature_probability: expected numbers, got str"),
        ({"feature_probability": {"geometric": [1, 2]}}, ValueError, r"^feature_probability geometric\[1\]: expected"),
        ({"feature_probability": {"power": "x"}}, ValueError, '^feature_probability power: expected .* got "x"'),
        ({"feature_probability": {"power": object()}}, TypeError, "feature_probability power: expected a number"),
        ({"importance": -1}, ValueError, "^importance: expected a finite number of at least 0, got -1.0"),
        ({"importance": np.ones((2, 4))}, ValueError, r"importance: expected .* got \(2, 4\)"),
        ({"importance": np.full((2, 3), -1)}, ValueError, r"^importance\[0\]\[0\]: expected .* at least 0, got -1.0"),
        ({"importance": [1, object()]}, TypeError, "importance: expected numbers"),
        ({"importance": [[1], [1, 2]]}, ValueError, "importance: expected numbers, got list"),
        ({"importance": None}, TypeError, "importance: expected numbers"),
        ({"kind": "relu"}, ValueError, '^kind: expected one of linear, .* got "relu"'),
        ({"kind": "relu_ouput"}, ValueError, '^kind: .* got "relu_ouput"; did you mean "relu_output"'),
        ({"kind": 3}, TypeError, "kind: expected text, got 3"),
        ({"values": "normal"}, ValueError, "^values: expected one of uniform, signed"),
        ({"values": None}, TypeError, "values: expected text, got None"),
        ({"init": "kaiming"}, ValueError, "^init: expected"),
        ({"init": None}, TypeError, "init: expected a number, got None"),
        ({"init": -0.1}, ValueError, "^init.*: expected a finite number of at least 0, got -0.1"),
        ({"name": 3}, TypeError, "name: expected text"),
        ({"name": "\ud800"}, ValueError, "name: expected text that UTF-8 can write"),
        ({"seed": -1}, ValueError, "seed: expected a whole number from 0 to 4294967295, got -1"),
        ({"seed": 2**32}, ValueError, "seed: expected"),
        ({"seed": 1.0}, TypeError, "seed: expected"),
        ({"sets": [{"correlated": [0, 7]}]}, ValueError, "^sets.*: expected a whole number from 0 to 2, got 7"),
        (
            {"sets": [{"correlated": [0, 2**64]}]},
            ValueError,
            "sets.*: expected a whole number up to 9223372036854775807",
        ),
        ({"sets": [{"together": [0, 1]}]}, ValueError, "^sets"),
        ({"sets": {"correlated": [0, 1]}}, TypeError, "sets: expected a list of dicts"),
        ({"sets": [3]}, TypeError, "sets: expected a list of dicts"),
        ({"sets": [{"correlated": object()}]}, TypeError, "sets.*correlated: expected a number, text, list or dict"),
        ({"distribution": 3}, TypeError, "distribution: expected a callable, got int"),
        ({"target": "x"}, TypeError, "target: expected a callable, got str"),
        ({"n_instances": 10**9, "n_features": 10**6}, ValueError, "memory"),
        ({"sparsity": 0.9}, TypeError, "Model: expected feature_probability, which is 1 - sparsity, got sparsity"),
        ({"S": 0.9}, TypeError, "Model: expected feature_probability, which is 1 - S, got S"),
        ({"feature_probabilities": 0.9}, TypeError, "unknown argument .* did you mean 'feature_probability'"),
        ({"device": "cuda"}, TypeError, "Model: expected no device, got one: the engine runs on the processor"),
        ({"x": 1}, TypeError, "Model: unknown argument 'x'$"),
    ],
)
def test_wrong_arguments_are_named(arguments, error, message) -> None:
    with pytest.raises(error, match=message) as raised:
        sp.Model(**{"n_features": 3, "n_hidden": 1, "n_instances": 2, **arguments})
    assert "\n" not in str(raised.value)


def test_what_is_nested_without_end_is_refused() -> None:
    """It ends neither the interpreter nor the library's parser."""
    endless: list = []
    for _ in range(10_000):
        endless = [endless]
    with pytest.raises(ValueError, match="expected values nested at most 64 deep"):
        sp.Model(3, 1, sets=[{"correlated": endless}])


def test_weights_are_the_models_own_memory(intro) -> None:
    W = intro.W
    W[3, 1] = [7, 8]
    assert intro.W[3, 1].tolist() == [7, 8]
    intro.W = np.zeros((10, 5, 2))
    assert (W == 0).all()
    intro.b_final = np.ones((10, 5))
    assert (intro.b_final == 1).all()
    intro.optimize(steps=1, progress=False)
    assert (W == intro.W).all()


def test_weights_outlive_their_model() -> None:
    W = sp.Model(4, 2, seed=5).W
    assert np.isfinite(W).all()


def test_tables_are_read_only(intro) -> None:
    for table in (intro.importance, intro.feature_probability, intro.importance[0], intro.importance.T):
        with pytest.raises(ValueError, match=r"expected .* to stay, .* a copy\(\) can be changed"):
            table[0] = 3
        with pytest.raises(ValueError, match="to stay"):
            table *= 2
        with pytest.raises(ValueError, match="to stay"):
            table.fill(0)
    with pytest.raises((AttributeError, ValueError)):
        intro.importance = 1
    assert intro.importance[0, 1] == np.float32(0.9)


def test_what_comes_of_tables_is_an_array_like_any_other(intro) -> None:
    mine = intro.importance.copy()
    mine[0, 0] = 3
    assert mine[0, 0] == 3 and intro.importance[0, 0] == 1
    for array in (mine, intro.importance * 2, 1 / intro.importance, pickle.loads(pickle.dumps(intro.importance))):
        assert type(array) is np.ndarray
        array *= 2
    for array in (intro.importance.astype(float), np.sort(intro.importance), np.array(intro.importance)):
        array[0, 0] = 7
    assert repr(intro.importance) == repr(np.array(intro.importance))
    assert sp.Model(5, 2, 10, importance=intro.importance).importance.tolist() == intro.importance.tolist()


def test_every_array_is_taken_by_pytorch_without_a_warning(intro) -> None:
    torch = pytest.importorskip("torch")
    intro.optimize(20, restarts=2, record_parameters=True, progress=False)
    history = intro.history
    for array in (
        *(intro.W, intro.b_final, intro.importance, intro.feature_probability, intro.importance[0], intro.loss),
        *(intro.restart_loss, intro.kept_restart, history.step, history.lr, history.loss, history.W, history.b_final),
        *(intro.generate_batch(3), sp.metrics.norms(intro), *sp.metrics.measure(intro).values()),
    ):
        assert torch.from_numpy(array).shape == torch.as_tensor(array).shape == torch.tensor(array).shape == array.shape


def test_wrong_weights_are_refused(intro) -> None:
    with pytest.raises(ValueError, match=r"W: expected an array of shape \(10, 5, 2\), got \(5, 2\)"):
        intro.W = np.zeros((5, 2))
    with pytest.raises(TypeError, match="W: expected numbers"):
        intro.W = "zeros"


def test_kinds_have_their_own_matrices() -> None:
    untied = sp.Model(3, 2, kind="untied")
    assert set(untied.state_dict()) == {"W1", "W2", "b_final"}
    untied.W1, untied.W2 = np.ones((1, 3, 2)), np.zeros((1, 3, 2))
    assert (untied.W1 == 1).all() and (untied.W2 == 0).all()
    with pytest.raises(AttributeError, match="has W1 and W2, not W"):
        _ = untied.W
    with pytest.raises(AttributeError, match="has W, not W2"):
        _ = sp.Model(3, 2).W2


def test_state_dict_is_a_copy_and_goes_back(intro) -> None:
    state = intro.state_dict()
    state["W"][:] = 1
    assert not (intro.W == 1).any()
    intro.load_state_dict(state)
    assert (intro.W == 1).all()
    wrong_ones: list[tuple[dict[str, object], str]] = [
        ({}, "state: expected W, b_final, got nothing"),
        ({"W": state["W"]}, "state: expected W, b_final, got W$"),
        ({**state, "c": 1}, "state: expected W, b_final, got W, b_final, c"),
        ({**state, "b_final": state["W"]}, r"b_final: expected an array of shape \(10, 5\), got \(10, 5, 2\)"),
    ]
    for wrong, message in wrong_ones:
        with pytest.raises(ValueError, match=message):
            intro.load_state_dict(wrong)
    for wrong in (None, [state]):
        with pytest.raises(TypeError, match="state: expected a mapping of names"):
            intro.load_state_dict(wrong)
    with pytest.raises(ValueError, match="framework: expected one of numpy, torch, got 'jax'"):
        intro.state_dict("jax")


def test_the_seed_decides(intro) -> None:
    assert (sp.Model(5, 2, 10).W == intro.W).all(), "whatever the data"
    assert (sp.Model(5, 2, 3).W == intro.W[:3]).all(), "whatever the neighbours"
    assert not (sp.Model(5, 2, 10, seed=1).W == intro.W).any()


def test_copies_and_parts_are_models_of_their_own(intro) -> None:
    for other in (intro.copy(), copy.copy(intro), copy.deepcopy(intro), intro[:]):
        np.testing.assert_array_equal(other.W, intro.W)
        other.W[:] = 0
        assert intro.W.any()
    part = intro[[3, 1]]
    np.testing.assert_array_equal(part.W, intro.W[[3, 1]])
    np.testing.assert_array_equal(part.feature_probability, intro.feature_probability[[3, 1]])
    assert intro[-1].n_instances == 1
    assert intro[::4].n_instances == 3
    assert intro[np.arange(10) > 7].n_instances == 2
    for wrong in (10, [], slice(5, 5), [0, 99]):
        with pytest.raises(IndexError, match="which: expected"):
            intro[wrong]


def reference_output(model: sp.Model, x: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Hidden layer and output in float64, by the definition."""
    W1, W2 = (model.W1, model.W2) if model.kind in ("untied", "absolute_value") else (model.W, model.W)
    hidden = np.einsum("...if,ifh->...ih", x.astype(float), W1.astype(float))
    if model.kind in ("relu_hidden", "absolute_value"):
        hidden = np.maximum(hidden, 0)
    z = np.einsum("...ih,ifh->...if", hidden, W2.astype(float)) + model.b_final
    if model.kind == "gelu_output":
        from math import erf

        z = z * 0.5 * (1 + np.vectorize(erf)(z / np.sqrt(2)))
    elif model.kind != "linear":
        z = np.maximum(z, 0)
    return hidden, z


@pytest.mark.parametrize("kind", KINDS)
def test_computes_what_the_kind_says(kind) -> None:
    model = sp.Model(6, 3, 4, kind=kind, seed=2)
    model.b_final = np.linspace(-0.5, 0.5, 24).reshape(4, 6)
    x = model.generate_batch(50)
    hidden, output = reference_output(model, x)
    np.testing.assert_allclose(model.hidden(x), hidden, atol=1e-6)
    np.testing.assert_allclose(model(x), output, atol=1e-6)
    assert model(x[0]).shape == (4, 6)
    assert model(x.reshape(5, 10, 4, 6)).shape == (5, 10, 4, 6)


def test_one_input_serves_all_instances(intro) -> None:
    x = np.eye(5, dtype=np.float32)[:, None]
    np.testing.assert_array_equal(intro(x), intro(np.repeat(x, 10, axis=1)))


def test_one_instance_needs_no_axis() -> None:
    model = sp.Model(6, 3)
    x = np.random.default_rng(0).random((7, 6))
    assert model(x).shape == (7, 6)
    assert model.hidden(x).shape == (7, 3)
    np.testing.assert_array_equal(model(x), model(x[:, None])[:, 0])
    with pytest.raises(ValueError, match=r"x: expected an array of shape \(..., 1, 6\), got \(7, 5\)"):
        model(np.zeros((7, 5)))


def test_tensors_of_pytorch_give_tensors(intro) -> None:
    torch = pytest.importorskip("torch")
    x = torch.rand(8, 10, 5, requires_grad=True)
    out = intro(x)
    assert isinstance(out, torch.Tensor) and out.shape == x.shape
    np.testing.assert_array_equal(out.numpy(), intro(x.detach().numpy()))
    assert isinstance(intro.state_dict("torch")["W"], torch.Tensor)


def test_arrays_of_the_right_type_are_not_copied() -> None:
    from superpose._arrays import numbers

    x = np.ones((3, 2), np.float32)
    assert np.shares_memory(numbers("x", x, np.float32), x)

    class OnlyDLPack:
        def __dlpack__(self, **arguments):
            return x.__dlpack__(**arguments)

        def __dlpack_device__(self):
            return x.__dlpack_device__()

    assert np.shares_memory(numbers("x", OnlyDLPack(), np.float32), x)
    torch = pytest.importorskip("torch")
    tensor = torch.ones(3, 2)
    assert np.shares_memory(numbers("x", tensor, np.float32), tensor.numpy())


def test_garbage_never_ends_the_interpreter() -> None:
    """The extension's own functions, past the checks in Python."""
    from superpose import _core

    run = _core.Run("model = { n_features = 3, n_hidden = 2 }")
    scalar, flat, empty = np.float32(1).reshape(()), np.zeros(5, np.float32), np.zeros((0, 0), np.float32)
    calls = [
        lambda a: _core.norms(a),
        lambda a: _core.net_interference(np.zeros((1, 3, 2), np.float32), a),
        lambda a: _core.Geometry(a),
        lambda a: _core.components(a),
        lambda a: _core.expected_loss(a, a, a, a),
        lambda a: _core.vulnerability(a, a, a),
        lambda a: run.forward(a, False),
        lambda a: run.batch(0, "training", 0, -1),
        lambda a: run.batch(0, "somewhere", 0, 1),
        lambda a: run.choose([]),
        lambda a: run.choose([-1]),
        lambda a: run.train({"train": {"steps": 1}}, 1, None, 0, None, [1.0, 2.0]),
        lambda a: run.train({"train": a}, 1, None, 1, None, []),
        lambda a: run.train({"data": {"importance": a}}, 1, None, 1, None, []),
        lambda a: _core.Run({"model": {"n_features": 3, "n_hidden": 2}, "data": {"importance": a}}),
        lambda a: _core.Run({"model": a}),
        lambda a: _core.Run({a: {}}),
        lambda a: _core.check_figure("phase", [run]),
        lambda a: _core.draw("intro", [], {}),
        lambda a: _core.draw("intro", [None], {}),
        lambda a: _core.feature_tradeoff(None),
        lambda a: _core.run_file("x", "y", [], 0, False, None),
        lambda a: _core.Run(""),
        lambda a: _core.load_run("/dev/null"),
    ]
    for call in calls:
        for array in (scalar, flat, empty, None, "x"):
            with contextlib.suppress(ValueError, TypeError, RuntimeError, MemoryError, OverflowError):
                call(array)
    assert run.n_features == 3


def test_batches_are_what_the_data_says() -> None:
    probability = [1.0, 0.3, 0.05]
    model = sp.Model(4, 2, 3, feature_probability=probability)
    x = model.generate_batch(20_000)
    assert x.shape == (20_000, 3, 4) and x.dtype == np.float32
    assert x.min() == 0 and x.max() <= 1
    np.testing.assert_allclose((x > 0).mean((0, 2)), probability, atol=0.01)
    np.testing.assert_allclose(x[x > 0].mean(), 0.5, atol=0.01)
    assert (model.generate_batch(5) != model.generate_batch(5)).any(), "others at each call"
    again = sp.Model(4, 2, 3, feature_probability=probability)
    np.testing.assert_array_equal(again.generate_batch(20_000), x)
    signed = sp.Model(4, 2, values="signed").generate_batch(1000)
    assert signed.min() < -0.9
    pairs = sp.Model(4, 2, feature_probability=0.5, sets=[{"correlated": [0, 1]}]).generate_batch(1000)[:, 0] > 0
    assert (pairs[:, 0] == pairs[:, 1]).all() and (pairs[:, 0] != pairs[:, 2]).any()
    with pytest.raises(ValueError, match="n_batch: expected a whole number from 1 to 4294967295, got 0"):
        model.generate_batch(0)
