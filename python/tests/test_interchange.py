"""Models from and for other code bases."""

from __future__ import annotations

import json
import pickle
import struct

import numpy as np
import pytest

import superpose as sp
from superpose import _core, _files

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
        np.testing.assert_array_equal(again.loss, model.loss)


@pytest.mark.parametrize(("name", "value"), [("seed", "-5"), ("seed", "99999999999"), ("trainings", "x")])
def test_forged_metadata_is_refused(tmp_path, name, value) -> None:
    sp.Model(4, 2).save(tmp_path / "model.safetensors")
    metadata = _files.read(tmp_path / "model.safetensors").metadata
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


def test_the_fault_of_a_file_has_fields(tmp_path) -> None:
    own = tmp_path / "model.safetensors"
    sp.Model(4, 2).save(own)
    own.write_bytes(own.read_bytes().replace(b"n_features = 4", b"n_features = 0"))
    with pytest.raises(sp.InvalidRequest) as raised:
        sp.load(own)
    error = raised.value
    assert (error.place, error.key, error.got) == (str(own), "[model] n_features", "0")
    assert str(error).startswith(f"{own}: ") and str(error).endswith(f"expected {error.expected}, got 0")


@pytest.mark.parametrize("kind", ["untied", "absolute_value", "linear", "gelu_output", "relu_hidden"])
def test_every_kind_is_saved(kind, tmp_path) -> None:
    model = sp.Model(3, 2, 2, kind=kind, seed=5)
    model.save(tmp_path / "model.safetensors")
    again = sp.load(tmp_path / "model.safetensors")
    assert again.kind == kind
    for name, array in model.state_dict().items():
        np.testing.assert_array_equal(getattr(again, name), array)


def test_what_contradicts_a_file_of_ours_is_refused(tmp_path) -> None:
    sp.Model(3, 3, kind="linear").save(tmp_path / "model.safetensors")
    assert sp.load(tmp_path / "model.safetensors", kind="linear", layout="notebook").kind == "linear"
    with pytest.raises(ValueError, match="kind: expected 'linear', which superpose wrote there, got 'relu_output'"):
        sp.load(tmp_path / "model.safetensors", kind="relu_output")
    with pytest.raises(ValueError, match="layout: expected 'notebook', which superpose wrote there, got 'arena'"):
        sp.load(tmp_path / "model.safetensors", layout="arena")


def test_other_readers_read_it(trained, tmp_path) -> None:
    numpy = pytest.importorskip("safetensors.numpy")
    trained.save(tmp_path / "model.safetensors")
    tensors = numpy.load_file(tmp_path / "model.safetensors")
    np.testing.assert_array_equal(tensors["W"], trained.W)
    numpy.save_file({"W": W, "b_final": B}, tmp_path / "theirs.safetensors")
    np.testing.assert_array_equal(sp.load(tmp_path / "theirs.safetensors", kind="relu_output").W, W)


@pytest.mark.parametrize(
    ("name", "content", "message"),
    [
        ("model.pt", b"PK", r"model.pt: expected a safetensors file; .* superpose.from_torch\(torch.load"),
        ("model.CKPT", b"PK", r"model.CKPT: expected a safetensors file; .* superpose.from_torch\(torch.load"),
        ("W.npy", b"", r"W.npy: expected a safetensors file; of NumPy's"),
        ("a.safetensors", b"version https://git-lfs.github.com/spec/v1\noid sha256:1", "a.safetensors: .* Git LFS"),
        ("a.safetensors", b"<!DOCTYPE html>\n<html></html>", "a.safetensors: .* got a web page"),
        ("a.safetensors", b"PK\x03\x04\x00\x00\x08\x08" + bytes(30), "a.safetensors: .* got one of PyTorch's"),
        ("a.safetensors", b"", "a.safetensors: expected a safetensors file of at least 8 bytes, got 0"),
    ],
)
def test_other_files_are_named(tmp_path, name, content, message) -> None:
    (tmp_path / name).write_bytes(content)
    with pytest.raises(ValueError, match=message):
        sp.load(tmp_path / name)


@pytest.mark.parametrize("suffix", [".pt", ".pth", ".PT", ".ckpt", ".npy", ".npz"])
def test_what_nothing_would_read_back_is_not_written(tmp_path, suffix) -> None:
    with pytest.raises(ValueError, match=r"file: expected a name that ends in .safetensors, .* got '.*model\.\w+'"):
        sp.Model(3, 2).save(tmp_path / f"model{suffix}")
    assert not list(tmp_path.iterdir())


def test_tensors_of_unknown_types_are_passed_over(tmp_path) -> None:
    half = np.zeros(3, np.uint8)
    tensors = {"W": ("F32", W), "b_final": ("F32", B), "extra": ("F8_E4M3", half)}
    write_safetensors(tmp_path / "m.safetensors", tensors)
    np.testing.assert_array_equal(sp.load(tmp_path / "m.safetensors", kind="linear").W, W)
    write_safetensors(tmp_path / "n.safetensors", {**tensors, "W": ("F8_E4M3", half)})
    with pytest.raises(
        ValueError, match="of types that are not known were passed over: W of F8_E4M3, extra of F8_E4M3"
    ):
        sp.load(tmp_path / "n.safetensors")


@pytest.mark.parametrize(("dtype", "numpy"), [("F64", "<f8"), ("F16", "<f2"), ("F32", "<f4")])
def test_other_precisions(tmp_path, dtype, numpy) -> None:
    write_safetensors(tmp_path / "m.safetensors", {"W": (dtype, W.astype(numpy)), "b_final": (dtype, B.astype(numpy))})
    model = sp.load(tmp_path / "m.safetensors", kind="linear")
    np.testing.assert_array_equal(model.W, W.astype(numpy).astype(np.float32))


def test_bfloat16(tmp_path) -> None:
    upper = (W.view("<u4") >> 16).astype("<u2")
    bias = (B.view("<u4") >> 16).astype("<u2")
    write_safetensors(tmp_path / "m.safetensors", {"W": ("BF16", upper), "b_final": ("BF16", bias)})
    np.testing.assert_allclose(sp.load(tmp_path / "m.safetensors", kind="linear").W, W, rtol=1e-2)


def test_files_that_are_no_model_are_named(tmp_path) -> None:
    write_safetensors(tmp_path / "other.safetensors", {"x": ("F32", W)})
    with pytest.raises(ValueError, match=r"other.safetensors: source: expected W .* got x$"):
        sp.load(tmp_path / "other.safetensors")
