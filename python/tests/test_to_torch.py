"""Models as modules of PyTorch: what code written for the notebook or for ARENA does with them, and the way back."""

from __future__ import annotations

import copy
import pickle
import subprocess
import sys

import numpy as np
import pytest

import superpose as sp

torch = pytest.importorskip("torch")

KINDS = ["linear", "relu_output", "gelu_output", "relu_hidden", "untied", "absolute_value"]
LAYOUTS = ["notebook", "arena"]


def model_of(kind: str = "relu_output", n_hidden: int = 2, **data) -> sp.Model:
    """A model whose bias is not 0."""
    model = sp.Model(5, n_hidden, 3, kind=kind, **{"feature_probability": [0.9, 0.3, 0.1], "seed": 4, **data})
    model.b_final = np.random.default_rng(0).normal(0, 0.3, (3, 5))
    return model


def assert_same(model: sp.Model, other: sp.Model) -> None:
    """Same parameters, same description, and the same bits after more training."""
    assert other.kind == model.kind and other.name == model.name and other.seed == model.seed
    for name, array in model.state_dict().items():
        np.testing.assert_array_equal(getattr(other, name), array)
    np.testing.assert_array_equal(other.importance, model.importance)
    np.testing.assert_array_equal(other.feature_probability, model.feature_probability)
    for each in (trained := (model.copy(), other.copy())):
        each.optimize(5, progress=False)
    np.testing.assert_array_equal(trained[0].b_final, trained[1].b_final)
    np.testing.assert_array_equal(trained[0].generate_batch(3), trained[1].generate_batch(3))


@pytest.mark.parametrize("layout", LAYOUTS)
@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("n_hidden", [2, 5])
def test_a_module_computes_what_the_model_does(kind, layout, n_hidden) -> None:
    model = model_of(kind, n_hidden)
    module = model.to_torch(layout=layout)
    x = torch.rand(64, 3, 5) - 0.3
    out = module(x)
    np.testing.assert_allclose(out.detach().numpy(), model(x.numpy()), rtol=1e-5, atol=1e-6)
    np.testing.assert_allclose(
        module(x[:, :1]).detach().numpy(), model(x[:, :1].numpy()), rtol=1e-5, atol=1e-6, err_msg="for every instance"
    )
    (module.importance * (x - out) ** 2).mean((0, 2)).sum().backward()
    for name, parameter in module.named_parameters():
        assert parameter.grad.abs().sum() > 0, name
    expected = {"W", "b_final"} if kind not in ("untied", "absolute_value") else {"W1", "W2", "b_final"}
    assert dict(module.named_parameters()).keys() == module.state_dict().keys() == expected


@pytest.mark.parametrize("layout", LAYOUTS)
@pytest.mark.parametrize("kind", KINDS)
def test_there_and_back(kind, layout) -> None:
    for n_hidden in (2, 5):  # square matrices do not say how they lie
        model = model_of(kind, n_hidden, importance=0.9 ** np.arange(5), name="mine")
        model.generate_batch(3)
        module = model.to_torch(layout=layout)
        assert_same(model, sp.from_torch(module))
        assert_same(model, sp.from_torch(torch.nn.DataParallel(module)))
        assert_same(model, sp.from_torch(copy.deepcopy(module)))
        assert_same(model, sp.from_torch(pickle.loads(pickle.dumps(module))))
        for state in (module.state_dict(), model.state_dict(layout=layout), model.state_dict("torch", layout=layout)):
            found = sp.from_torch(state)
            assert found.kind == kind and not found.kind_is_assumed
            for name, array in model.state_dict().items():
                np.testing.assert_array_equal(getattr(found, name), array)


def test_states_have_the_shapes_of_their_layout() -> None:
    tied, untied = model_of(), model_of("untied")
    for framework in ("numpy", "torch"):
        assert tuple(tied.state_dict(framework, layout="arena")["W"].shape) == (3, 2, 5)
        assert tuple(tied.state_dict(framework)["W"].shape) == (3, 5, 2)
        shapes = {name: tuple(value.shape) for name, value in untied.state_dict(framework, layout="arena").items()}
        assert shapes == {"W1": (3, 2, 5), "W2": (3, 5, 2), "b_final": (3, 5)}
    np.testing.assert_array_equal(tied.state_dict(layout="arena")["W"], tied.W.swapaxes(1, 2))
    for layout in LAYOUTS:
        module = model_of(seed=9).to_torch(layout=layout)
        module.load_state_dict(tied.state_dict("torch", layout=layout))
        np.testing.assert_array_equal(sp.from_torch(module).W, tied.W)


def test_training_in_pytorch_comes_back() -> None:
    for layout in LAYOUTS:
        model = model_of()
        module = model.to_torch(layout=layout)
        optimizer = torch.optim.AdamW(module.parameters(), lr=1e-2)
        for _ in range(20):
            batch = module.generate_batch(128)
            optimizer.zero_grad()
            (module.importance * (batch - module(batch)) ** 2).mean((0, 2)).sum().backward()
            optimizer.step()
        after = sp.from_torch(module)
        assert after.loss.sum() < model.loss.sum()
        np.testing.assert_allclose(after(batch.numpy()), module(batch).detach().numpy(), rtol=1e-5, atol=1e-6)
        assert (module.to(torch.float64).generate_batch(2).dtype, module.importance.dtype) == (torch.float64,) * 2


def test_samples_are_the_models() -> None:
    for data in (
        {"values": "signed", "sets": [{"correlated": [0, 1]}]},
        {"distribution": lambda step, n, rng: rng.random((n, 5))},
    ):
        model = model_of(**data)
        module, other = model.to_torch(), model.to_torch(layout="arena")
        expected = [model.generate_batch(7) for _ in range(2)]
        for array in expected:
            np.testing.assert_array_equal(module.generate_batch(n_batch=7).numpy(), array)
            np.testing.assert_array_equal(other.generate_batch(batch_size=7).numpy(), array)


def test_what_a_module_is_trained_on_may_change() -> None:
    target = np.sqrt
    module = model_of(name="mine", target=target).to_torch(layout="arena")
    module.importance[:] = torch.arange(5)
    model = sp.from_torch(module, seed=8)
    assert (model.importance == np.arange(5)).all() and model.seed == 8 and model.name == "mine"
    np.testing.assert_array_equal(model.feature_probability, model_of().feature_probability)
    assert model._own_data.target is target
    np.testing.assert_array_equal(model.W, model_of().W)
    with_sets = model_of(sets=[{"correlated": [0, 1]}]).to_torch()
    with pytest.raises(ValueError, match="feature_probability: expected what the module was made with, beside sets"):
        sp.from_torch(with_sets, feature_probability=0.2)
    assert sp.from_torch(with_sets, feature_probability=0.2, sets=[]).feature_probability[0, 0] == np.float32(0.2)
    for wrong in ({"kind": "linear"}, {"layout": "arena"}):
        with pytest.raises(ValueError, match="which superpose wrote there"):
            sp.from_torch(with_sets, **wrong)
    with pytest.raises(TypeError, match="from_torch: expected no device, got one"):
        sp.from_torch(with_sets, device="cpu")


def test_what_is_not_known_stays_unknown() -> None:
    plain = sp.from_torch(model_of().state_dict())
    module = plain.to_torch()
    assert torch.isnan(module.feature_probability).all()
    assert np.isnan(sp.from_torch(module).feature_probability).all()
    with pytest.raises(ValueError, match="feature_probability: expected what the model is trained on"):
        module.generate_batch(3)
    assert (sp.from_torch(module, feature_probability=0.1).feature_probability == np.float32(0.1)).all()


def test_a_module_that_was_changed_is_run() -> None:
    module = model_of().to_torch()

    class Linear(type(module)):
        def forward(self, features):
            return torch.einsum("bif,ifh,igh->big", features, self.W, self.W) + self.b_final

    module.__class__ = Linear
    assert sp.from_torch(module).kind == "linear"
    unknown = sp.from_torch(model_of().state_dict()).to_torch()
    unknown.__class__ = Linear
    assert np.isnan(sp.from_torch(unknown).feature_probability).all()

    class Twice(torch.nn.Module):
        def __init__(self, module):
            super().__init__()
            self.module = module

        def forward(self, features):
            return 2 * self.module(features)

    with pytest.raises(ValueError, match="source: expected a module that computes what one of the kinds"):
        sp.from_torch(Twice(model_of().to_torch()))


def test_what_does_not_belong_to_a_model_is_passed_over() -> None:
    module = model_of().to_torch()
    module.extra = torch.nn.Parameter(torch.ones(3))
    assert_same(model_of(), sp.from_torch(module))
    assert sp.from_torch(module.to(torch.bfloat16)).feature_probability[1, 0] == np.float32(0.3), "not a rounded one"
    module.W = torch.nn.Parameter(torch.ones(3))
    with pytest.raises(ValueError, match=r"W: expected an array of shape \(3, 5, 2\), got \(3,\)"):
        sp.from_torch(module)


# Code of the notebook's kind and of ARENA's, as their users write it.


def intro_arrows(model) -> list[np.ndarray]:
    """The notebook's first figure: for each instance the segments from the origin to the features."""
    W = model.W.cpu().detach().numpy()
    segments = []
    for i in range(model.config.n_instances):
        ends = W[i]
        assert ends.shape == (model.config.n_features, model.config.n_hidden)
        colors = model.importance[i].cpu().numpy()
        assert colors.shape == (model.config.n_features,)
        segments.append(np.stack((np.zeros_like(ends), ends), axis=1))
    return segments


def feature_bars(model, which=np.s_[:]) -> dict[str, torch.Tensor]:
    """The notebook's second one: what its bars and heat maps show."""
    with torch.no_grad():
        W = model.W.detach()
        norms = torch.linalg.norm(W, 2, dim=-1)
        unit = W / (1e-5 + torch.linalg.norm(W, 2, dim=-1, keepdim=True))
        between = torch.einsum("ifh,igh->ifg", unit, W)
        diagonal = torch.arange(model.config.n_features)
        between[:, diagonal, diagonal] = 0
        return {
            "norms": norms[which],
            "polysemanticity": torch.linalg.norm(between, dim=-1)[which],
            "net_interference": (between**2 * model.feature_probability[:, None, :]).sum(-1)[which],
            "gram": torch.einsum("ifh,igh->ifg", model.W, model.W)[which],
            "b_final": model.b_final.detach()[which],
        }


def test_plotting_code_of_the_notebook_runs_unchanged(trained) -> None:
    module = trained.to_torch()
    segments = intro_arrows(module)
    assert len(segments) == 4 and segments[0].shape == (5, 2, 2)
    np.testing.assert_array_equal(segments[2][:, 1], trained.W[2])
    bars = feature_bars(module, np.s_[::2])
    for name in ("norms", "polysemanticity", "net_interference", "gram"):
        ours = getattr(sp.metrics, name)(trained)[::2]
        np.testing.assert_allclose(bars[name].detach().numpy(), ours, rtol=1e-4, atol=1e-6)
    sizes = torch.linalg.matrix_norm(module.W.detach(), "fro")
    y = module.config.n_hidden / sizes**2
    x = 1 / module.feature_probability[:, 0]
    assert x.shape == y.shape == (4,)
    np.testing.assert_allclose(y.numpy(), sp.metrics.dimensions_per_feature(trained), rtol=1e-5)


def test_plotting_code_of_arenas_kind_runs_unchanged(trained) -> None:
    module = trained.to_torch(layout="arena")
    inst, hidden, feats = module.cfg.n_inst, module.cfg.d_hidden, module.cfg.n_features
    assert module.W.shape == (inst, hidden, feats) == (module.cfg.n_instances, module.cfg.n_hidden, 5)
    x, y = module.W.detach().cpu().numpy()[3]  # a row of coordinates a dimension
    np.testing.assert_array_equal(np.stack((x, y), axis=1), trained.W[3])
    with torch.inference_mode():
        batch = module.generate_batch(100)
        hidden_acts = torch.einsum("bif,ihf->bih", batch, module.W)
        assert hidden_acts.shape == (100, inst, hidden)
    np.testing.assert_allclose(hidden_acts.numpy(), trained.hidden(batch.numpy()), rtol=1e-5, atol=1e-6)
    np.testing.assert_array_equal(module.importance.numpy(), trained.importance)
    assert "n_instances=4, n_features=5, n_hidden=2" in repr(module)


def test_without_pytorch_it_says_so(monkeypatch) -> None:
    monkeypatch.setitem(sys.modules, "torch", None)
    monkeypatch.delitem(sys.modules, "superpose._torch_modules")
    with pytest.raises(ImportError, match="to_torch: expected PyTorch to be installed"):
        model_of().to_torch()


def test_the_package_does_not_import_pytorch() -> None:
    code = "import sys, superpose as sp; sp.Model(3, 2).state_dict(); sys.exit('torch' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


# Measurements of modules and of arrays of other layouts.


@pytest.mark.parametrize("layout", LAYOUTS)
def test_modules_are_measured(trained, layout) -> None:
    module = trained.to_torch(layout=layout)
    plain = torch.nn.Module()
    plain.W, plain.b_final = (torch.nn.Parameter(getattr(module, name).detach().clone()) for name in ("W", "b_final"))
    for name in ("norms", "interference", "polysemanticity", "dimensionality", "capacity", "gram"):
        metric = getattr(sp.metrics, name)
        for source in (module, plain, module.state_dict(), dict(plain.state_dict())):
            np.testing.assert_array_equal(metric(source), metric(trained), err_msg=name)
        np.testing.assert_array_equal(metric(plain, layout=layout), metric(trained))
    measured, ours = sp.metrics.measure(module), sp.metrics.measure(trained)
    assert measured.keys() == ours.keys()
    for name, array in ours.items():
        np.testing.assert_array_equal(measured[name], array, err_msg=name)
    with pytest.raises(ValueError, match="feature_probability: expected what the model is trained on"):
        sp.metrics.measure(module.state_dict())
    np.testing.assert_array_equal(sp.metrics.net_interference(module), sp.metrics.net_interference(trained))
    np.testing.assert_array_equal(
        sp.metrics.net_interference(plain, module.feature_probability), sp.metrics.net_interference(trained)
    )
    with pytest.raises(ValueError, match="feature_probability: expected it beside weights whose data are not known"):
        sp.metrics.net_interference(plain)
    for name in ("represented", "in_superposition", "antipodal_pairs", "components", "outcomes", "neurons"):
        function = getattr(sp.geometry, name)
        assert function(module) == function(plain) == function(trained) == function(module.W, layout=layout), name
