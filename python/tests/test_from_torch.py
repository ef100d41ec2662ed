"""Models of other code bases: what their weights and modules say, and what they leave open."""

from __future__ import annotations

import contextlib
import pickle
import sys
import warnings

import numpy as np
import pytest

import superpose as sp

RNG = np.random.default_rng(0)
W = RNG.normal(size=(3, 5, 2)).astype(np.float32)
B = RNG.normal(size=(3, 5)).astype(np.float32)
SQUARE = RNG.normal(size=(3, 4, 4)).astype(np.float32)


def from_torch(source, layout=None, **data) -> sp.Model:
    """A model of weights that do not say their kind, which the warning is expected to tell."""
    with pytest.warns(
        UserWarning, match="kind: assumed '.*', which weights alone do not say.*; kind='.*' says it"
    ) as found:
        model = sp.from_torch(source, layout, **data)
    assert found[0].filename == __file__
    assert model.kind_is_assumed and "(assumed)" in repr(model)
    return model


def test_weights_do_not_say_what_they_were_trained_on(trained) -> None:
    model = sp.from_torch(trained.state_dict())
    assert np.isfinite(sp.metrics.norms(model)).all() and "S unknown" in sp.plot.intro(model).to_json()
    with pytest.raises(ValueError, match="feature_probability: expected"):
        sp.metrics.net_interference(model)
    for use in (lambda: model.optimize(5), lambda: model.loss, lambda: model.generate_batch(5)):
        with pytest.raises(ValueError, match="feature_probability: expected what the model is trained on"):
            use()
    said = sp.from_torch(trained.state_dict(), feature_probability=trained.feature_probability, seed=3)
    np.testing.assert_array_equal(sp.metrics.net_interference(said), sp.metrics.net_interference(trained))
    said.optimize(5, progress=False)


def test_the_notebooks_layout() -> None:
    model = from_torch({"W": W, "b_final": B}, feature_probability=0.1)
    assert model.kind == "relu_output"
    np.testing.assert_array_equal(model.W, W)
    np.testing.assert_array_equal(model.b_final, B)
    assert (model.feature_probability == np.float32(0.1)).all()
    one = sp.from_torch({"W": W[0], "b_final": B[0]}, kind="linear")
    np.testing.assert_array_equal(one.W, W[:1])
    assert one.kind == "linear" and not one.kind_is_assumed


def test_arenas_layout(tmp_path) -> None:
    state = {"W": W.swapaxes(1, 2).copy(), "b_final": B}
    np.testing.assert_array_equal(from_torch(state).W, W)
    np.testing.assert_array_equal(from_torch(state, layout="arena").W, W)
    bias = np.zeros((3, 4), np.float32)
    for layout, expected in (("notebook", SQUARE), ("arena", SQUARE.swapaxes(1, 2))):
        np.testing.assert_array_equal(from_torch({"W": SQUARE, "b_final": bias}, layout=layout).W, expected)
    with pytest.raises(ValueError, match=r"layout: expected 'notebook' or 'arena', which a W of shape \(3, 4, 4\)"):
        sp.from_torch({"W": SQUARE, "b_final": bias})


def test_arenas_second_matrix_lies_the_other_way() -> None:
    W2 = RNG.normal(size=(3, 5, 2)).astype(np.float32)
    model = from_torch({"W1": W.swapaxes(1, 2), "W2": W2, "b_final": B})
    np.testing.assert_array_equal(model.W1, W)
    np.testing.assert_array_equal(model.W2, W2)
    square = {"W1": SQUARE, "W2": 2 * SQUARE, "b_final": B[:, :4]}
    model = sp.from_torch(square, layout="arena", kind="absolute_value")
    np.testing.assert_array_equal(model.W1, SQUARE.swapaxes(1, 2))
    np.testing.assert_array_equal(model.W2, 2 * SQUARE)
    with pytest.raises(ValueError, match="layout: expected 'notebook' or 'arena'"):
        sp.from_torch(square)


def test_spds_layout() -> None:
    tied = {"linear1.weight": W[0].T.copy(), "linear2.weight": W[0], "linear2.bias": B[0]}
    model = from_torch(tied)
    assert model.kind == "relu_output"
    np.testing.assert_array_equal(model.W[0], W[0])
    untied = from_torch({**tied, "linear2.weight": W[1]})
    assert untied.kind == "untied"
    np.testing.assert_array_equal(untied.W2[0], W[1])
    square = {"linear1.weight": SQUARE[0], "linear2.weight": SQUARE[1], "linear2.bias": B[0, :4]}
    model = from_torch(square)
    np.testing.assert_array_equal(model.W1[0], SQUARE[0].T)  # torch.nn.Linear has (out, in)
    np.testing.assert_array_equal(model.W2[0], SQUARE[1])


@pytest.mark.parametrize(
    "names",
    [
        ("W", None, "b"),
        ("embedding.weight", None, "b"),
        ("embedding.weight", "unembedding.weight", "unembedding.bias"),
        ("encoder.weight", "decoder.weight", "decoder.bias"),
        ("encoder", "decoder", "b_final"),
        ("module.W", None, "module.b_final"),
        ("_orig_mod.module.fc1.weight", "_orig_mod.module.fc2.weight", "_orig_mod.module.fc2.bias"),
    ],
)
def test_names_that_people_use(names) -> None:
    encoder, decoder, bias = names
    state = {encoder: W[0].T, bias: B[0]}
    if decoder is not None:
        state[decoder] = W[1]
    model = sp.from_torch(state, kind="linear" if decoder is None else "untied")
    np.testing.assert_array_equal(model.W[0] if decoder is None else model.W1[0], W[0])
    np.testing.assert_array_equal(model.b_final[0], B[0])
    if decoder is not None:
        np.testing.assert_array_equal(model.W2[0], W[1])


def test_checkpoints_hold_a_state_dict() -> None:
    state = {"model.W": W, "model.b_final": B}
    for name in ("state_dict", "model_state_dict"):
        checkpoint = {"epoch": 3, "pytorch-lightning_version": "2.4.0", name: state, "optimizer_states": []}
        np.testing.assert_array_equal(sp.from_torch(checkpoint, kind="linear").W, W)


def test_a_hidden_bias_has_to_be_nothing() -> None:
    state = {"linear1.weight": W[0].T, "linear1.bias": np.zeros(2), "linear2.weight": W[1], "linear2.bias": B[0]}
    np.testing.assert_array_equal(sp.from_torch(state, kind="untied").W2[0], W[1])
    with pytest.raises(ValueError, match=r"linear1.bias: expected zeros, as no kind of model has a hidden bias"):
        sp.from_torch({**state, "linear1.bias": np.ones(2)})


@pytest.mark.parametrize(
    ("state", "layout", "error", "message"),
    [
        ({}, None, ValueError, "source: expected W .* and b_final, .* got nothing"),
        ({"W": W}, None, ValueError, "source: expected W .* and b_final, got W alone"),
        ({"W": W, "b_final": B, "c": B}, None, ValueError, "source: expected W .* got W, b_final, c"),
        ({"W": W, "b_final": B, "b": B}, None, ValueError, "source: expected one of b_final, b, got them all"),
        (
            {"W": W, "b_final": B[:, :4]},
            None,
            ValueError,
            r"b_final: expected an array of shape \(3, 5\), got \(3, 4\)",
        ),
        ({"W": W[0, 0], "b_final": B}, None, ValueError, r"W: expected \(n_instances, n_features, n_hidden\)"),
        ({"W": np.float32(1), "b_final": np.float32(1)}, None, ValueError, "W: expected"),
        ({"W": "x", "b_final": B}, None, TypeError, "W: expected numbers, got str"),
        ({"W": W, "b_final": B}, "jax", ValueError, "layout: expected one of notebook, arena, spd, got 'jax'"),
        ({"W": W, "b_final": B}, "arean", ValueError, "got 'arean'; did you mean 'arena'"),
        ({"W": W, "b_final": B}, 3, TypeError, "layout: expected text, got 3"),
        ({"linear1.weight": W[0]}, None, ValueError, "source: expected W .* got linear1.weight alone"),
        (
            {"linear1.weight": W[0], "linear2.weight": W[0, :3], "linear2.bias": B[0]},
            None,
            ValueError,
            r"linear2.weight: expected the transpose of linear1.weight's shape, or that shape, \(5, 2\), got \(3, 2\)",
        ),
        (3, None, TypeError, "source: expected a torch.nn.Module or a mapping of names, got int"),
        ({3: W}, None, TypeError, "source: expected a torch.nn.Module or a mapping of names, got dict"),
    ],
)
def test_what_is_no_model_is_refused(state, layout, error, message) -> None:
    with pytest.raises(error, match=message):
        sp.from_torch(state, layout)


KINDS = ["relu_output", "linear", "gelu_output", "relu_hidden", "untied", "absolute_value"]


@pytest.mark.parametrize("kind", KINDS)
def test_our_own_state_dicts_keep_the_kind(kind, tmp_path) -> None:
    torch = pytest.importorskip("torch")
    model = sp.Model(4, 4, 2, kind=kind, seed=5)
    torch.save(model.state_dict("torch"), tmp_path / "model.pt")
    states = [
        model.state_dict(),
        model.state_dict("torch"),
        torch.load(tmp_path / "model.pt"),
        pickle.loads(pickle.dumps(model.state_dict())),
    ]
    for state in states:
        again = sp.from_torch(state)
        assert again.kind == kind and not again.kind_is_assumed
        for name, array in model.state_dict().items():
            np.testing.assert_array_equal(getattr(again, name), array)
    assert sp.from_torch(model).kind == kind, "a model is a source itself"
    other = {"untied": "absolute_value", "absolute_value": "untied", "linear": "relu_output"}.get(kind, "linear")
    with pytest.raises(ValueError, match="which superpose wrote there"):
        sp.from_torch(model.state_dict(), kind=other)
    plain = sp.from_torch(dict(model.state_dict()), layout="notebook", kind=other)
    assert plain.kind == other, "a plain mapping says nothing"


def test_what_was_assumed_is_not_forgotten(tmp_path) -> None:
    model = from_torch({"W": W, "b_final": B}, feature_probability=0.1)
    model.save(tmp_path / "model.safetensors")
    for other in (model.copy(), model[1:], pickle.loads(pickle.dumps(model)), sp.load(tmp_path / "model.safetensors")):
        assert other.kind_is_assumed
    from_torch(model.state_dict())


# Modules: what they compute decides.


@pytest.fixture
def torch():
    """PyTorch, its random numbers as they always are here."""
    torch = pytest.importorskip("torch")
    torch.manual_seed(0)
    return torch


def module_of(torch, forward, **parameters):
    """A module with these parameters, which computes forward(module, x)."""

    class Module(torch.nn.Module):
        def __init__(self) -> None:
            super().__init__()
            for name, values in parameters.items():
                setattr(self, name, torch.nn.Parameter(torch.as_tensor(values).clone()))

        def forward(self, x):
            return forward(self, x)

    return Module()


def arena_neuron(torch, inst=2, feats=6, hidden=3):
    """The ARENA course's neuron model: W (inst, hidden, feats), a ReLU on the hidden layer."""

    def forward(self, x):
        h = torch.relu(torch.einsum("...if,ihf->...ih", x, self.W))
        return torch.relu(torch.einsum("...ih,ihf->...if", h, self.W) + self.b_final)

    return module_of(torch, forward, W=torch.randn(inst, hidden, feats), b_final=torch.randn(inst, feats) * 0.1)


def arena_computation(torch, inst=2, feats=6, hidden=3):
    """Its model that computes: W1 (inst, hidden, feats), W2 (inst, feats, hidden)."""

    def forward(self, x):
        h = torch.relu(torch.einsum("...if,ihf->...ih", x, self.W1))
        return torch.relu(torch.einsum("...ih,ifh->...if", h, self.W2) + self.b_final)

    W1, W2 = torch.randn(inst, hidden, feats), torch.randn(inst, feats, hidden)
    return module_of(torch, forward, W1=W1, W2=W2, b_final=torch.randn(inst, feats) * 0.1)


@pytest.mark.parametrize("hidden", [3, 6])
def test_arenas_models_come_in_right(torch, hidden) -> None:
    x = torch.rand(7, 2, 6) - 0.5
    for module, kind in (
        (arena_neuron(torch, hidden=hidden), "relu_hidden"),
        (arena_computation(torch, hidden=hidden), "absolute_value"),
    ):
        for arguments in ({}, {"kind": kind}, {"layout": "arena"}):
            model = sp.from_torch(module, **arguments)
            assert model.kind == kind and not model.kind_is_assumed
            np.testing.assert_allclose(model(x).numpy(), module(x).detach().numpy(), atol=1e-5)


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("transposed", [False, True])
def test_a_modules_forward_decides_kind_and_orientation(torch, kind, transposed) -> None:
    model = sp.Model(4, 4, 3, kind=kind, seed=1)
    model.b_final = 0.1 * B[:, :4]
    state = model.state_dict()
    first, second = ("W1", "W2") if "W1" in state else ("W", "W")

    def forward(self, x):
        turn = (lambda w: w.swapaxes(-1, -2)) if transposed else (lambda w: w)
        h = torch.einsum("bif,ifh->bih", x, turn(getattr(self, first)))
        h = torch.relu(h) if kind in ("relu_hidden", "absolute_value") else h
        z = torch.einsum("bih,ifh->bif", h, turn(getattr(self, second))) + self.b_final
        return z if kind == "linear" else torch.nn.functional.gelu(z) if kind == "gelu_output" else torch.relu(z)

    weights = {
        name: (array.swapaxes(1, 2) if transposed and name != "b_final" else array) for name, array in state.items()
    }
    module = module_of(torch, forward, **{name: torch.from_numpy(array.copy()) for name, array in weights.items()})
    found = sp.from_torch(module)
    assert found.kind == kind and not found.kind_is_assumed
    for name, array in state.items():
        np.testing.assert_array_equal(getattr(found, name), array)
    wrong = {"relu_output": "linear", "untied": "absolute_value", "absolute_value": "untied"}.get(kind, "relu_output")
    with pytest.raises(
        ValueError, match=f"kind: expected what the module computes, got '{wrong}', whose outputs differ"
    ):
        sp.from_torch(module, kind=wrong)


def test_modules_of_linear_layers(torch) -> None:
    class Tied(torch.nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.embedding = torch.nn.Linear(5, 2, bias=False)
            self.unembedding = torch.nn.Linear(2, 5, bias=False)
            self.unembedding.weight = torch.nn.Parameter(self.embedding.weight.T)

        def forward(self, x):
            assert x.ndim == 2, "one instance, without an axis"
            return torch.relu(self.unembedding(self.embedding(x)))

    module = Tied()
    model = sp.from_torch(module)
    x = torch.rand(7, 5) - 0.5
    assert model.kind == "relu_output" and (model.b_final == 0).all()
    np.testing.assert_allclose(model(x).numpy(), module(x).detach().numpy(), atol=1e-6)
    both = torch.nn.ModuleDict({"module": module})
    with pytest.raises(ValueError, match=r"source: expected W .* got embedding.weight alone"):
        sp.from_torch(both)  # which has no forward, and no bias


def test_a_module_is_left_as_it_was(torch) -> None:
    module = arena_neuron(torch)
    module.dropout = torch.nn.Dropout(0.5)
    drawn = torch.rand(3)
    torch.manual_seed(0)
    torch.rand(0)
    before = torch.random.get_rng_state()
    plain = type(module).forward
    type(module).forward = lambda self, x: self.dropout(plain(self, x))
    assert module.training
    assert sp.from_torch(module).kind == "relu_hidden", "as it is without dropout"
    assert module.training and module.dropout.training and module.W.grad is None
    assert torch.equal(torch.random.get_rng_state(), before) and drawn.shape == (3,)


def test_modules_that_do_not_run_are_assumed(torch) -> None:
    def forward(self, x):
        raise KeyError("it takes something else")

    module = module_of(torch, forward, W=W, b_final=B)
    with pytest.warns(UserWarning, match="kind: assumed 'relu_output', .*: its forward raised KeyError; kind="):
        model = sp.from_torch(module)
    np.testing.assert_array_equal(model.W, W)
    silent = module_of(torch, lambda self, x: None, W=W, b_final=B)
    with pytest.warns(UserWarning, match="its forward gives no finite array of its input's shape"):
        sp.from_torch(silent)
    zero = module_of(torch, lambda self, x: torch.relu(x * 0 + self.b_final), W=0 * W, b_final=0 * B)
    with pytest.warns(UserWarning, match="kind: assumed 'relu_output'"):
        assert sp.from_torch(zero).kind_is_assumed, "several kinds compute that"


def test_modules_that_compute_something_else_are_refused(torch) -> None:
    def forward(self, x):
        h = torch.einsum("bif,ifh->bih", x, self.W)
        return torch.sigmoid(torch.einsum("bih,ifh->bif", h, self.W) + self.b_final)

    module = module_of(torch, forward, W=W, b_final=B)
    with pytest.raises(
        ValueError, match=r"source: expected a module that computes what one of the kinds .* outputs differ"
    ):
        sp.from_torch(module)
    assert sp.from_torch(module.state_dict(), kind="relu_output").kind == "relu_output"


def test_modules_may_return_more_than_outputs(torch) -> None:
    def forward(self, x):
        h = torch.relu(torch.einsum("bif,ifh->bih", x, self.W))
        return h, torch.relu(torch.einsum("bih,ifh->bif", h, self.W) + self.b_final)

    for weights in (W, SQUARE):
        module = module_of(torch, forward, W=weights, b_final=B[:, : weights.shape[1]])
        model = sp.from_torch(module)
        assert model.kind == "relu_hidden"
        np.testing.assert_array_equal(model.W, weights)


def test_modules_in_half_precision(torch) -> None:
    module = arena_neuron(torch).to(torch.bfloat16)
    with contextlib.suppress(RuntimeError):  # of a PyTorch that cannot compute with it
        module(torch.rand(1, 2, 6, dtype=torch.bfloat16))
        assert sp.from_torch(module).kind == "relu_hidden"


def test_modules_of_the_notebook(torch) -> None:
    class Notebook(torch.nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.W = torch.nn.Parameter(torch.from_numpy(W.copy()))
            self.b_final = torch.nn.Parameter(torch.from_numpy(B.copy()))
            self.feature_probability = torch.tensor([1.0, 0.5, 0.1])[:, None]
            self.importance = (0.9 ** torch.arange(5))[None, :]

        def forward(self, x):
            hidden = torch.einsum("bif,ifh->bih", x, self.W)
            return torch.relu(torch.einsum("bih,ifh->bif", hidden, self.W) + self.b_final)

    module = Notebook()
    model = sp.from_torch(module)
    assert model.kind == "relu_output" and not model.kind_is_assumed
    np.testing.assert_array_equal(model.feature_probability[:, 0], np.float32([1, 0.5, 0.1]))
    x = torch.from_numpy(model.generate_batch(20))
    np.testing.assert_allclose(model(x).numpy(), module(x).detach().numpy(), atol=1e-5)
    model.optimize(50, progress=False)
    module.load_state_dict(model.state_dict("torch"))
    np.testing.assert_allclose(model(x).numpy(), module(x).detach().numpy(), atol=1e-5)


def test_without_pytorch_weights_are_assumed(monkeypatch) -> None:
    monkeypatch.setitem(sys.modules, "torch", None)

    class Holder:
        def state_dict(self):
            return {"W": W, "b_final": B}

    with pytest.warns(UserWarning, match="kind: assumed 'relu_output', .*: PyTorch is not installed"):
        sp.from_torch(Holder())
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        assert sp.from_torch(Holder(), kind="linear").kind == "linear"
