"""Models from and for other code bases."""

from __future__ import annotations

import json
import pickle
import struct

import numpy as np
import pytest

import superpose as sp
from superpose import _core, interchange

RNG = np.random.default_rng(0)
W = RNG.normal(size=(3, 5, 2)).astype(np.float32)
B = RNG.normal(size=(3, 5)).astype(np.float32)


def write_safetensors(path, tensors, metadata=None) -> None:
    """The format by its definition, so that the test rests on no library."""
    header, data = {}, b""
    if metadata:
        header["__metadata__"] = metadata
    for name, (dtype, array) in tensors.items():
        raw = array.tobytes()
        header[name] = {"dtype": dtype, "shape": array.shape, "data_offsets": [len(data), len(data) + len(raw)]}
        data += raw
    text = json.dumps(header).encode()
    path.write_bytes(struct.pack("<Q", len(text)) + text + data)


def test_saving_and_loading_is_the_same_model(trained, tmp_path) -> None:
    trained.save(tmp_path / "model.safetensors")
    model = sp.load(tmp_path / "model.safetensors")
    assert (model.kind, model.seed) == ("relu_output", 3)
    for name in ("W", "b_final", "feature_probability", "importance"):
        np.testing.assert_array_equal(getattr(model, name), getattr(trained, name))
    np.testing.assert_allclose(model.loss, trained.loss, rtol=0.05)


def test_what_it_was_trained_on_is_kept(tmp_path) -> None:
    model = sp.Model(
        4, 2, feature_probability=0.5, sets=[{"correlated": [0, 1]}], values="signed", seed=9, name="pairs"
    )
    model.optimize(20, progress=False)
    model.save(tmp_path / "model.safetensors")
    again = sp.load(tmp_path / "model.safetensors")
    assert (again.name, again.seed) == ("pairs", 9)
    np.testing.assert_array_equal(again.W, model.W)
    on = again.generate_batch(500)[:, 0] != 0
    assert (on[:, 0] == on[:, 1]).all() and (on[:, 0] != on[:, 2]).any()
    model.optimize(20, progress=False)
    again.optimize(20, progress=False)
    np.testing.assert_array_equal(again.W, model.W)


def chain(step, batch_size, rng):
    """A distribution that can be pickled."""
    return rng.random((batch_size, 1, 4))


@pytest.mark.parametrize("distribution", [None, chain])
def test_models_are_pickled(distribution) -> None:
    model = sp.Model(4, 2, distribution=distribution, seed=3)
    model.optimize(20, progress=False)
    model.generate_batch(1)
    again = pickle.loads(pickle.dumps(model))
    np.testing.assert_array_equal(again.W, model.W)
    np.testing.assert_array_equal(again.generate_batch(5), model.generate_batch(5))
    model.optimize(20, progress=False)
    again.optimize(20, progress=False)
    np.testing.assert_array_equal(again.W, model.W)


def test_random_numbers_go_on_where_they_were(tmp_path) -> None:
    for trainings in range(3):
        model = sp.Model(4, 2, seed=3)
        for _ in range(trainings):
            model.optimize(20, progress=False)
        model.generate_batch(1)
        model.save(tmp_path / "model.safetensors")
        again = sp.load(tmp_path / "model.safetensors")
        np.testing.assert_array_equal(again.generate_batch(5), model.generate_batch(5))
        for each in (model, again):
            each.optimize(20, progress=False)
        np.testing.assert_array_equal(again.W, model.W)


@pytest.mark.parametrize(("name", "value"), [("seed", "-5"), ("seed", "99999999999"), ("trainings", "x")])
def test_forged_metadata_is_refused(tmp_path, name, value) -> None:
    sp.Model(4, 2).save(tmp_path / "model.safetensors")
    _, metadata = interchange.read(tmp_path / "model.safetensors")
    tensors = {**sp.Model(4, 2).state_dict()}
    _core.write_tensors(tmp_path / "forged.safetensors", tensors, {**metadata, name: value})
    with pytest.raises(ValueError, match=rf"forged.safetensors: {name}: expected a whole number from 0"):
        sp.load(tmp_path / "forged.safetensors")


def test_a_file_that_says_one_thing_and_holds_another_is_refused(tmp_path) -> None:
    sp.Model(4, 2).save(tmp_path / "model.safetensors")
    raw = (tmp_path / "model.safetensors").read_bytes()
    (tmp_path / "other.safetensors").write_bytes(raw.replace(b"n_features = 4", b"n_features = 7"))
    with pytest.raises(
        ValueError, match=r"other.safetensors: W: expected an array of shape \(1, 7, 2\), got \(1, 4, 2\)"
    ):
        sp.load(tmp_path / "other.safetensors")


@pytest.mark.parametrize("kind", ["untied", "absolute_value", "linear", "gelu_output", "relu_hidden"])
def test_every_kind_is_saved(kind, tmp_path) -> None:
    model = sp.Model(3, 2, 2, kind=kind, seed=5)
    model.save(tmp_path / "model.safetensors")
    again = sp.load(tmp_path / "model.safetensors")
    assert again.kind == kind
    for name, array in model.state_dict().items():
        np.testing.assert_array_equal(getattr(again, name), array)


def test_other_readers_read_it(trained, tmp_path) -> None:
    numpy = pytest.importorskip("safetensors.numpy")
    trained.save(tmp_path / "model.safetensors")
    tensors = numpy.load_file(tmp_path / "model.safetensors")
    np.testing.assert_array_equal(tensors["W"], trained.W)
    numpy.save_file({"W": W, "b_final": B}, tmp_path / "theirs.safetensors")
    np.testing.assert_array_equal(sp.load(tmp_path / "theirs.safetensors").W, W)


def test_weights_do_not_say_what_they_were_trained_on(trained, tmp_path) -> None:
    write_safetensors(tmp_path / "weights.safetensors", {"W": ("F32", W), "b_final": ("F32", B)})
    for model in (sp.from_torch(trained.state_dict()), sp.load(tmp_path / "weights.safetensors")):
        assert np.isfinite(sp.metrics.norms(model)).all() and "S unknown" in sp.plot.intro(model).to_json()
        with pytest.raises(ValueError, match="feature_probability: expected"):
            sp.metrics.net_interference(model)
        for use in (lambda: model.optimize(5), lambda: model.loss, lambda: model.generate_batch(5)):  # noqa: B023
            with pytest.raises(ValueError, match="feature_probability: expected what the model is trained on"):
                use()
    said = sp.from_torch(trained.state_dict(), feature_probability=trained.feature_probability, seed=3)
    np.testing.assert_array_equal(sp.metrics.net_interference(said), sp.metrics.net_interference(trained))
    said.optimize(5, progress=False)


def test_other_files_are_named(tmp_path) -> None:
    (tmp_path / "model.pt").write_bytes(b"PK")
    with pytest.raises(ValueError, match=r"model.pt: expected a safetensors file; .* superpose.from_torch\(torch.load"):
        sp.load(tmp_path / "model.pt")


def test_the_notebooks_layout() -> None:
    model = sp.from_torch({"W": W, "b_final": B}, feature_probability=0.1)
    np.testing.assert_array_equal(model.W, W)
    np.testing.assert_array_equal(model.b_final, B)
    assert (model.feature_probability == np.float32(0.1)).all()
    one = sp.from_torch({"W": W[0], "b_final": B[0]})
    np.testing.assert_array_equal(one.W, W[:1])


def test_arenas_layout(tmp_path) -> None:
    state = {"W": W.swapaxes(1, 2).copy(), "b_final": B}
    np.testing.assert_array_equal(sp.from_torch(state).W, W)
    np.testing.assert_array_equal(sp.from_torch(state, layout="arena").W, W)
    square = RNG.normal(size=(3, 4, 4)).astype(np.float32)
    bias = np.zeros((3, 4))
    for layout, expected in (("notebook", square), ("arena", square.swapaxes(1, 2))):
        np.testing.assert_array_equal(sp.from_torch({"W": square, "b_final": bias}, layout=layout).W, expected)
    path = tmp_path / "square.safetensors"
    write_safetensors(path, {"W": ("F32", square), "b_final": ("F32", bias.astype(np.float32))})
    np.testing.assert_array_equal(sp.load(path, layout="arena").W, square.swapaxes(1, 2))
    with pytest.raises(ValueError, match=r"layout: expected 'notebook' or 'arena', which .*\(3, 4, 4\) does not tell"):
        sp.from_torch({"W": square, "b_final": bias})


def test_spds_layout(tmp_path) -> None:
    tied = {"linear1.weight": W[0].T.copy(), "linear2.weight": W[0], "linear2.bias": B[0]}
    model = sp.from_torch(tied)
    assert model.kind == "relu_output"
    np.testing.assert_array_equal(model.W[0], W[0])
    untied = sp.from_torch({**tied, "linear2.weight": W[1]})
    assert untied.kind == "untied"
    np.testing.assert_array_equal(untied.W2[0], W[1])
    write_safetensors(tmp_path / "tms.safetensors", {name: ("F32", array) for name, array in tied.items()})
    np.testing.assert_array_equal(sp.load(tmp_path / "tms.safetensors").W[0], W[0])


def test_modules_of_pytorch() -> None:
    torch = pytest.importorskip("torch")

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
    np.testing.assert_array_equal(model.feature_probability[:, 0], np.float32([1, 0.5, 0.1]))
    x = torch.from_numpy(model.generate_batch(20))
    np.testing.assert_allclose(model(x).numpy(), module(x).detach().numpy(), atol=1e-5)
    model.optimize(50, progress=False)
    module.load_state_dict(model.state_dict("torch"))
    np.testing.assert_allclose(model(x).numpy(), module(x).detach().numpy(), atol=1e-5)


@pytest.mark.parametrize(("dtype", "numpy"), [("F64", "<f8"), ("F16", "<f2"), ("F32", "<f4")])
def test_other_precisions(tmp_path, dtype, numpy) -> None:
    write_safetensors(tmp_path / "m.safetensors", {"W": (dtype, W.astype(numpy)), "b_final": (dtype, B.astype(numpy))})
    np.testing.assert_array_equal(sp.load(tmp_path / "m.safetensors").W, W.astype(numpy).astype(np.float32))


def test_bfloat16(tmp_path) -> None:
    upper = (W.view("<u4") >> 16).astype("<u2")
    bias = (B.view("<u4") >> 16).astype("<u2")
    write_safetensors(tmp_path / "m.safetensors", {"W": ("BF16", upper), "b_final": ("BF16", bias)})
    np.testing.assert_allclose(sp.load(tmp_path / "m.safetensors").W, W, rtol=1e-2)


@pytest.mark.parametrize(
    ("state", "layout", "message"),
    [
        ({}, None, "source: expected W .* and b_final, got nothing"),
        ({"W": W}, None, "source: expected W .* and b_final, got W"),
        ({"W": W, "b_final": B, "c": B}, None, "source: expected W .* got W, b_final, c"),
        ({"W": W, "b_final": B[:, :4]}, None, r"b_final: expected an array of shape \(3, 5\), got \(3, 4\)"),
        ({"W": W[0, 0], "b_final": B}, None, r"W: expected \(n_instances, n_features, n_hidden\)"),
        ({"W": "x", "b_final": B}, None, "W: expected numbers, got str"),
        ({"W": W, "b_final": B}, "jax", "layout: expected one of notebook, arena, spd, got 'jax'"),
        ({"linear1.weight": W[0]}, None, "source: expected linear1.weight, linear2.bias, linear2.weight"),
        (
            {"linear1.weight": W[0], "linear2.weight": W[0], "linear2.bias": B[0]},
            None,
            "linear2.weight: expected the transpose",
        ),
        (3, None, "source: expected a torch.nn.Module or a mapping of names, got int"),
    ],
)
def test_what_is_no_model_is_refused(state, layout, message) -> None:
    with pytest.raises(ValueError, match=message):
        sp.from_torch(state, layout)


def test_files_that_are_no_model_are_named(tmp_path) -> None:
    write_safetensors(tmp_path / "other.safetensors", {"x": ("F32", W)})
    with pytest.raises(ValueError, match=r"other.safetensors: source: expected W .* got x"):
        sp.load(tmp_path / "other.safetensors")
