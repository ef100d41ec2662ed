"""The public edge: where tracebacks end, what calls of other code bases are answered with, how short messages are."""

from __future__ import annotations

import dataclasses
import inspect
import pickle
import re
import sys
import traceback
import types
import typing

import numpy as np
import plotly.graph_objects as go
import pytest

import superpose as sp
from superpose import _arrays, _core

MODEL = sp.Model(5, 2, 3, feature_probability=0.5)


@dataclasses.dataclass
class Config:
    """As the notebook has it."""

    n_features: int
    n_hidden: int
    n_instances: int


@dataclasses.dataclass
class ToyModelConfig:
    """As ARENA has it."""

    n_inst: int
    n_features: int = 5
    d_hidden: int = 2


# Tracebacks. test_types.py has many more wrong arguments.


def frames_of(call) -> list[str]:
    """The functions in the traceback of what the call raises."""
    with pytest.raises(Exception) as raised:
        call()
    return [frame.name for frame in traceback.extract_tb(raised.tb)]


#: Calls whose arguments are wrong, each of another kind of function.
WRONG = {
    "a class": lambda: sp.Model(5, 2, kind="liner"),
    "a method": lambda: MODEL.optimize(lr=-1, progress=False),
    "a call": lambda: MODEL(np.zeros((2, 7))),
    "an item": lambda: MODEL[7],
    "a setter": lambda: setattr(MODEL, "W", [1, 2]),
    "a property": lambda: sp.from_torch(MODEL.state_dict()).loss,
    "a function": lambda: sp.from_torch({}),
    "in another thread": lambda: sp.paper("intro", "out", set={"stps": 3}, progress=False),
    "a file": lambda: sp.run(__file__, "out", progress=False),
    "a module's": lambda: sp.metrics.norms(np.zeros(3)),
    "a figure": lambda: sp.plot.intro(sp.Model(5, 3)),
    "not there": lambda: sp.load("nothing"),
    "missing": lambda: sp.Model(5),
    "too many": lambda: MODEL.generate_batch(5, 6),
    "an argument that a method does not have": lambda: MODEL.optimize(5, sparsity=3),
    "a model's instances": lambda: sp.Model(5, 2, 3, target=np.sqrt)[0],
    "unknown": lambda: sp.plot.intro(MODEL, widht=3),
}


@pytest.mark.parametrize("call", WRONG.values(), ids=WRONG)
def test_a_traceback_ends_with_the_callers_line(call) -> None:
    frames = frames_of(call)
    assert frames[:2] == ["frames_of", "<lambda>"]
    assert frames[2:] == ([] if sys.version_info >= (3, 11) else ["call"])
    with pytest.raises(Exception) as raised:
        call()
    assert raised.value.__suppress_context__ or raised.value.__context__ is None, "one traceback, not two"


def broken(*_: object) -> typing.NoReturn:
    """Something of the user's."""
    raise ValueError("expected something else, got this")


def hook_that_errs_here(data: sp.HookData) -> None:
    """A hook that uses the package in a wrong way."""
    sp.metrics.norms("nothing")


@pytest.mark.parametrize(
    ("function", "call"),
    [
        ("broken", lambda: MODEL.optimize(5, hooks=[broken], progress=False)),
        ("broken", lambda: MODEL.optimize(5, lr_scale=broken, progress=False)),
        ("broken", lambda: sp.Model(5, 2, distribution=broken).optimize(5, progress=False)),
        ("broken", lambda: sp.Model(5, 2, distribution=broken).generate_batch(5)),
        ("broken", lambda: sp.Model(5, 2, target=broken).loss),
        ("hook_that_errs_here", lambda: MODEL.optimize(5, hooks=[hook_that_errs_here], progress=False)),
    ],
)
def test_what_users_own_callables_raise_keeps_its_traceback(function, call) -> None:
    frames = frames_of(call)
    assert function in frames and frames.index(function) > frames.index("<lambda>")


def test_what_nobody_foresaw_keeps_its_traceback(monkeypatch) -> None:
    def norms(W):
        return W + "a mistake of the package"

    monkeypatch.setattr(_core, "norms", norms)
    assert frames_of(lambda: sp.metrics.norms(MODEL))[-2:] == ["_measure", "norms"]


def test_functions_are_what_they_were() -> None:
    for function in (sp.load, sp.metrics.norms, sp.plot.intro, sp.from_torch):
        assert isinstance(function, types.FunctionType) and pickle.loads(pickle.dumps(function)) is function
    assert list(inspect.signature(sp.Model).parameters)[:3] == ["n_features", "n_hidden", "n_instances"]
    assert str(inspect.signature(sp.metrics.norms)) == "(W: 'Measurable', *, layout: 'Layout | None' = None) -> 'Array'"
    assert inspect.getdoc(sp.Model.W) and isinstance(vars(sp.Model)["W"], property)
    assert sp.Model.optimize.__qualname__ == "Model.optimize" and sp.load.__module__ == "superpose._runs"


# Calls of other code bases.


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (
            lambda: sp.Model(Config(5, 2, 10), device="cuda", importance=1, feature_probability=1),
            "Model: expected numbers, got a Config: write superpose.Model(n_features=5, n_hidden=2, n_instances=10, "
            "importance=..., feature_probability=...), and no device: the engine runs on the processor",
        ),
        (
            lambda: sp.Model(config=Config(5, 2, 10)),
            "Model: expected numbers, got a Config: write superpose.Model(n_features=5, n_hidden=2, n_instances=10)",
        ),
        (
            lambda: sp.Model(cfg=ToyModelConfig(8), feature_probability=1),
            "Model: expected numbers, got a ToyModelConfig: write superpose.Model(n_features=5, n_hidden=2, "
            "n_instances=8, feature_probability=...)",
        ),
        (
            lambda: sp.Model(5, 2, config=3),
            "Model: expected n_features, n_hidden and n_instances, got config",
        ),
        (
            lambda: sp.Model(5, d_hidden=2, n_inst=3),
            "Model: expected n_hidden, got d_hidden; expected n_instances, got n_inst",
        ),
        (
            lambda: sp.Model(5, 2, n_correlated_pairs=2),
            'Model: expected sets, {"correlated": [0, 1]} for each pair, got n_correlated_pairs',
        ),
        (lambda: sp.Model(5, 2, steps=3), "Model: unknown argument 'steps': model.optimize takes steps"),
        (lambda: sp.Model(5, 2, n_batch=3), "Model: unknown argument 'n_batch': model.optimize takes batch_size"),
        (
            lambda: MODEL.optimize(n_batch=8, steps=10, print_freq=100, lr=1e-3, hooks=[]),
            "optimize: expected batch_size, got n_batch; expected record_every, got print_freq",
        ),
        (
            lambda: MODEL.optimize(batch_size=8, steps=10, log_freq=100, device="cuda"),
            "optimize: expected record_every, got log_freq; expected no device, got one: the engine runs on the "
            "processor",
        ),
        (
            lambda: MODEL.optimize(MODEL, n_batch=8),
            "optimize: expected model.optimize(steps=..., ...), got the model as an argument, too",
        ),
        (
            lambda: MODEL.optimize(MODEL),
            "optimize: expected model.optimize(steps=..., ...), got the model as an argument, too",
        ),
        (
            lambda: MODEL.optimize(10, importance=1),
            "optimize: unknown argument 'importance': superpose.Model takes importance",
        ),
        (lambda: MODEL.generate_batch(batch_size=3), "generate_batch: expected n_batch, got batch_size"),
        (
            lambda: sp.from_torch(MODEL.state_dict(), device="cuda", p=0.1),
            "from_torch: expected no device, got one: the engine runs on the processor; expected feature_probability, "
            "got p",
        ),
        (
            lambda: sp.run("a.toml", "out", steps=3, n_batch=4, device="cuda"),
            'run: expected set={"steps": ...}, got steps; expected set={"batch_size": ...}, got n_batch; expected no '
            "device, got one: the engine runs on the processor",
        ),
        (
            lambda: sp.run("a.toml", "out", print_freq=3, hooks=[print]),
            "run: expected set={\"record.every\": ...}, got print_freq; unknown argument 'hooks': model.optimize takes "
            "hooks",
        ),
        (
            lambda: MODEL.to_torch(device="cuda"),
            "to_torch: expected no device, got one: the module's own to(device) moves it",
        ),
        (
            lambda: sp.load("a.safetensors", device=3),
            "load: expected no device, got one: the engine runs on the processor",
        ),
        (
            lambda: sp.paper("intro", "out", overwite=True),
            "paper: unknown argument 'overwite'; did you mean 'overwrite'?",
        ),
    ],
)
def test_other_calls_are_answered_with_what_to_write(call, message) -> None:
    with pytest.raises(TypeError, match=f"^{re.escape(message)}$"):
        call()


@pytest.mark.parametrize(
    ("name", "message"),
    [
        ("optimize", r"has no attribute 'optimize': a method of models: model.optimize\(steps="),
        ("Config", "superpose.Model takes n_features, n_hidden and n_instances themselves"),
        ("render_features", r"superpose.plot.features\(model"),
        ("nothing", "module 'superpose' has no attribute 'nothing'$"),
    ],
)
def test_names_of_other_code_bases_are_answered(name, message) -> None:
    with pytest.raises(AttributeError, match=message) as raised:
        getattr(sp, name)
    assert raised.value.name == name


@pytest.mark.parametrize(
    ("name", "message"),
    [
        (
            "config",
            "^a superpose.Model has n_features, n_hidden and n_instances itself; model.to_torch.. has a config$",
        ),
        ("cfg", "has a cfg$"),
        ("parameters", "has no 'parameters', as it is no torch.nn.Module; model.to_torch.. makes one"),
        ("W1", "a model of kind 'relu_output' has W, not W1"),
        ("nothing", "^'Model' object has no attribute 'nothing'$"),
    ],
)
def test_attributes_of_other_code_bases_are_answered(name, message) -> None:
    with pytest.raises(AttributeError, match=message):
        getattr(MODEL, name)
    assert not hasattr(MODEL, name)


# What the library says, in Python's words.


def test_messages_speak_python(tmp_path) -> None:
    for name, n_hidden in (("a", 2), ("b", 3)):
        (tmp_path / f"{name}.toml").write_text(f"[model]\nn_features = 5\nn_hidden = {n_hidden}\n[train]\nsteps = 20\n")
    (tmp_path / "sweep.toml").write_text((tmp_path / "a.toml").read_text() + "[sweep.grid]\nn_hidden = [1, 2]\n")

    def run(file: str, **options: object) -> object:
        return sp.run(tmp_path / f"{file}.toml", tmp_path / "run", progress=False, **options)

    made = run("a")
    (tmp_path / "unfinished").mkdir()
    (tmp_path / "unfinished" / "experiment.toml").write_text((tmp_path / "run" / "experiment.toml").read_text())
    for call, words in (
        (lambda: run("b", resume=True), "overwrite=True in the place of resume=True starts over"),
        (lambda: run("a", resume=True, overwrite=True), "resume, overwrite: expected one of them"),
        (lambda: run("sweep"), "overwrite=True replaces what is there"),
        (lambda: sp.load(tmp_path / "unfinished"), "superpose.run(..., resume=True) goes on with it"),
        (lambda: run("a", set={"stps": 3}), "set: stps=3: unknown key `stps`; did you mean `steps`?"),
        (lambda: run("a", set={"": 3}), "set: expected the name of a key, got ''"),
        (lambda: run("a", set={"steps=3": 3}), "set: expected the name of a key, got 'steps=3'"),
        (lambda: run("a", set={3: 3}), "set: expected text, got 3"),
        (lambda: sp.plot.dynamics(made), 'superpose.run(..., set={"record.parameters": True}) records them'),
        (lambda: sp.plot.dynamics(sp.Model(5, 2)), "expected a model trained with record_parameters=True"),
        (lambda: sp.plot.intro(sp.Model(5, 3)), "superpose.plot.features draws any n_hidden"),
    ):
        with pytest.raises((ValueError, TypeError)) as raised:
            call()
        message = str(raised.value)
        assert words in message and not re.search(r"--\w|`superpose|= ?true|figure features", message), message
        hint = getattr(raised.value, "hint", "")
        assert message.endswith(hint)
    assert "record_parameters=True" in sp.plot.kinds()["dynamics"]


# What was got, in a message.


def test_messages_are_short_whatever_was_got() -> None:
    figure = sp.plot.intro(MODEL)
    for call in (
        lambda: sp.plot.figure(figure),
        lambda: sp.plot.figure(figure, MODEL),
        lambda: sp.plot.intro(figure),
        lambda: sp.watch(MODEL, figure),
        lambda: sp.watch(figure),
        lambda: sp.Model(figure, 2),
        lambda: sp.Model(5, 2, sets=[figure] * 1000),
        lambda: sp.Model(5, 2, init=figure),
        lambda: sp.Model(5, 2, name=["x" * 1000] * 1000),
        lambda: sp.Model(10**4000, 2),
        lambda: MODEL[list(range(1000))],
        lambda: MODEL[np.full((1000, 2), "x")],
        lambda: MODEL.optimize(np.zeros((1000, 10))),
        lambda: MODEL.optimize(5, lr_scale=lambda step, steps: figure),
        lambda: MODEL.state_dict("x" * 1000),
        lambda: MODEL.load_state_dict({f"layer.{i}": 1 for i in range(1000)}),
        lambda: sp.from_torch({f"layer.{i}": [1] for i in range(1000)}),
        lambda: sp.run("a" * 100, "out" * 1000, resume=figure),
        lambda: sp.run(__file__, figure),
        lambda: sp.run(__file__, "out", set=figure),
        lambda: sp.load(figure),
    ):
        with pytest.raises((TypeError, ValueError, IndexError, FileNotFoundError)) as raised:
            call()
        message = str(raised.value)
        assert len(message) < 400 and "\n" not in message, message
    assert isinstance(figure, go.Figure)


def test_what_is_shown() -> None:
    for value, expected in (
        (3, "3"),
        (np.float32(0.5), "0.5"),
        (None, "None"),
        ("a\nb", r"'a\nb'"),
        ("x" * 500, f"'{'x' * 99}..."),
        (np.zeros((3, 2)), "an array of shape (3, 2)"),
        ([1, np.zeros(3)], "[1, an array of shape (3,)]"),
        (list(range(50)), "[0, 1, 2, 3, 4, 5, ...]"),
        (MODEL, "Model"),
        (slice(5, 5), "slice(5, 5, None)"),
    ):
        assert _arrays.shown(value) == expected


def test_ctrl_c_ends_with_the_callers_line(press_ctrl_c) -> None:
    for progress in (False, True):
        press_ctrl_c(0.5)
        with pytest.raises(KeyboardInterrupt) as raised:
            sp.Model(5, 2).optimize(10**9, progress=progress)
        assert [frame.name for frame in traceback.extract_tb(raised.tb)][1:] in ([], ["call"])


def test_ctrl_c_in_a_hook_keeps_its_traceback() -> None:
    def hook(data: sp.HookData) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt) as raised:
        sp.Model(5, 2).optimize(20, hooks=[hook], progress=False)
    assert [frame.name for frame in traceback.extract_tb(raised.tb)][-1] == "hook"
