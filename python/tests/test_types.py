"""Wrong types are TypeErrors, wrong values ValueErrors, whoever is asked; files that are not there are told as such."""

from __future__ import annotations

import errno
import pickle
import re
from pathlib import Path
from typing import get_args

import numpy as np
import pytest

import superpose as sp
from superpose import _literals

MODEL = sp.Model(4, 2, 3, feature_probability=[1, 0.5, 0.1])
W = MODEL.W


def assert_ends_here(raised: pytest.ExceptionInfo[BaseException]) -> None:
    """The traceback's last line is the caller's: pytest shows no other, Python the wrapper's alone."""
    shown = raised.traceback.filter(raised)
    assert Path(shown[-1].path) == Path(__file__), raised.getrepr()
    assert len(raised.traceback) - len(shown) <= 1
    assert not any("_core" in entry.name for entry in raised.traceback)


def words_of(message: str) -> set[str]:
    """Those that a message lists."""
    found = re.search(r"one of (.*), got", message)
    assert found is not None, message
    return set(found[1].split(", "))


@pytest.mark.parametrize(
    ("literal", "refuse"),
    [
        (_literals.Kind, lambda: sp.Model(4, 2, kind="?")),
        (_literals.ValuesName, lambda: sp.Model(4, 2, values="?")),
        (_literals.ScheduleName, lambda: MODEL.optimize(schedule="?")),
        (_literals.OptimizerName, lambda: MODEL.optimize(optimizer="?")),
        (_literals.Layout, lambda: sp.from_torch({"W": W, "b_final": W[..., 0]}, layout="?")),
        (_literals.ModuleLayout, lambda: MODEL.state_dict(layout="?")),
        (_literals.Framework, lambda: MODEL.state_dict("?")),
        (_literals.FigureKind, lambda: sp.plot.figure("?", MODEL)),
    ],
    ids=["kind", "values", "schedule", "optimizer", "layout", "module layout", "framework", "figure"],
)
def test_literals_are_the_librarys_words(literal, refuse) -> None:
    with pytest.raises(ValueError, match="expected one of") as raised:
        refuse()
    assert words_of(str(raised.value)) == set(get_args(literal))


WRONG_TYPES = {
    "model[None]": lambda: MODEL[None],
    "model['a']": lambda: MODEL["a"],
    "model[0.5]": lambda: MODEL[0.5],
    "instances": lambda: MODEL.instances("all"),
    "call": lambda: MODEL("x"),
    "call of None": lambda: MODEL(None),
    "hidden": lambda: MODEL.hidden({}),
    "generate_batch": lambda: MODEL.generate_batch(2.5),
    "evaluate": lambda: MODEL.evaluate("all"),
    "state_dict": lambda: MODEL.state_dict(3),
    "load_state_dict": lambda: MODEL.load_state_dict(3),
    "save": lambda: MODEL.save(3),
    "save of bytes": lambda: MODEL.save(b"model.safetensors"),
    "from_torch": lambda: sp.from_torch(None),
    "load": lambda: sp.load(3),
    "load_run": lambda: sp.load_run(None),
    "load_sweep": lambda: sp.load_sweep(b"x"),
    "load_study": lambda: sp.load_study(3.5),
    "load_model": lambda: sp.load_model([]),
    "run": lambda: sp.run(3, "out"),
    "run out": lambda: sp.run(__file__, 3),
    "run set": lambda: sp.run(__file__, "out", set=3),
    "run set's value": lambda: sp.run(__file__, "out", set={"steps": {1}}),
    "run threads": lambda: sp.run(__file__, "out", threads="all"),
    "run resume": lambda: sp.run(__file__, "out", resume=1),
    "run overwrite": lambda: sp.run(__file__, "out", overwrite="yes"),
    "run progress": lambda: sp.run(__file__, "out", progress="bar"),
    "paper": lambda: sp.paper(3, "out"),
    "paper out": lambda: sp.paper("intro", None),
    "paper quick": lambda: sp.paper("intro", "out", quick="yes"),
    "paper overwrite": lambda: sp.paper("intro", "out", overwrite="yes"),
    "watch": lambda: sp.watch("model"),
    "figure's kind": lambda: sp.plot.figure(3, MODEL),
    "figure of an array": lambda: sp.plot.figure("intro", W),
    "figure of a number": lambda: sp.plot.figure("intro", 3),
    "figure's which": lambda: sp.plot.intro(MODEL, which="first"),
    "figure of a study": lambda: sp.plot.packing(3),
    "save's file": lambda: sp.plot.save("intro", MODEL, file=3),
    "metrics": lambda: sp.metrics.norms(None),
    "metrics of text": lambda: sp.metrics.norms(np.array([["a"]])),
    "metrics of complex": lambda: sp.metrics.gram(np.zeros((2, 2), complex)),
    "net_interference": lambda: sp.metrics.net_interference(W, "often"),
    "geometry": lambda: sp.geometry.outcomes(None),
    "expected_loss": lambda: sp.theory.expected_loss(W),
    "feature_tradeoff": lambda: sp.theory.feature_tradeoff(3),
    "vulnerability": lambda: sp.theory.vulnerability(MODEL, samples="many"),
    "lowest_linear_loss": lambda: sp.theory.lowest_linear_loss(1.5, 0.5, [1, 1]),
    "lowest_linear_loss's p": lambda: sp.theory.lowest_linear_loss(1, "half", [1, 1]),
    "lowest_linear_loss's importance": lambda: sp.theory.lowest_linear_loss(1, 0.5, "all"),
}


@pytest.mark.parametrize("call", WRONG_TYPES.values(), ids=WRONG_TYPES)
def test_a_wrong_type_is_a_type_error(call) -> None:
    with pytest.raises(TypeError, match=r"expected .*, got ") as raised:
        call()
    assert "\n" not in str(raised.value)
    assert_ends_here(raised)


WRONG_VALUES = {
    "load of nothing": lambda: sp.load(""),
    "load of a device": lambda: sp.load("/dev/null"),
    "load with a layout": lambda: sp.load(".", layout="arena"),
    "load with a kind": lambda: sp.load(".", kind="linear"),
    "run set": lambda: sp.run(__file__, "out", set={"steps": 2**64}),
    "run threads": lambda: sp.run(__file__, "out", threads=0),
    "paper": lambda: sp.paper("intor", "out"),
    "figure's kind": lambda: sp.plot.figure("introo", MODEL),
    "figure of nothing": lambda: sp.plot.figure("intro"),
    "save's file": lambda: sp.plot.save("intro", MODEL, file="figure.bmp"),
    "metrics of no axes": lambda: sp.metrics.norms(3),
    "metrics of names": lambda: sp.metrics.norms({"x": [1, 2]}),
    "metrics' layout": lambda: sp.metrics.norms(W, layout="jax"),
    "metrics' layout of a model": lambda: sp.metrics.norms(MODEL, layout="arena"),
    "to_torch": lambda: MODEL.to_torch(layout="spd"),
    "state_dict's layout": lambda: MODEL.state_dict(layout="spd"),
    "metrics of ragged rows": lambda: sp.metrics.norms([[1, 2], [3]]),
    "generate_batch": lambda: MODEL.generate_batch(0),
    "call": lambda: MODEL(np.zeros((7, 5))),
    "vulnerability": lambda: sp.theory.vulnerability(MODEL, samples=0),
    "lowest_linear_loss": lambda: sp.theory.lowest_linear_loss(1, 2.0, [1, 1]),
    "text in a dict": lambda: sp.Model(4, 2, feature_probability={"geometric": "x"}),
}


@pytest.mark.parametrize("call", WRONG_VALUES.values(), ids=WRONG_VALUES)
def test_a_wrong_value_is_a_value_error(call) -> None:
    with pytest.raises(ValueError, match=r"expected .*, got ") as raised:
        call()
    assert "\n" not in str(raised.value)
    assert_ends_here(raised)


def test_words_that_are_nearly_right_are_told() -> None:
    for call, word in (
        (WRONG_VALUES["paper"], "intro"),
        (WRONG_VALUES["figure's kind"], "intro"),
        (lambda: MODEL.state_dict("numpi"), "numpy"),
        (lambda: sp.Model(4, 2, kind="absolut_value"), "absolute_value"),
        (lambda: sp.Model(4, 2, values="unifrom"), "uniform"),
    ):
        with pytest.raises(ValueError, match=rf"did you mean ['\"]{word}['\"]\?"):
            call()


def test_wrong_requests_say_their_parts(tmp_path) -> None:
    with pytest.raises(sp.InvalidRequest) as raised:
        sp.Model(4, 2, kind="absolut_value")
    error = raised.value
    assert (error.place, error.key, error.got) == ("", "kind", '"absolut_value"')
    assert error.expected.startswith("one of linear, relu_output") and "absolute_value" in error.hint
    assert pickle.loads(pickle.dumps(error)).key == "kind"
    with pytest.raises(sp.InvalidRequest) as raised:
        MODEL.optimize(lr=-1)
    assert (raised.value.place, raised.value.key, raised.value.got) == ("", "lr", "-1.0")
    (tmp_path / "a.toml").write_text("[model]\nn_features = 0\nn_hidden = 2\n")
    with pytest.raises(sp.InvalidRequest) as raised:
        sp.run(tmp_path / "a.toml", tmp_path / "out")
    assert raised.value.place == f"{tmp_path / 'a.toml'}:2:14" and raised.value.key == "[model] n_features"
    with pytest.raises(sp.InvalidRequest, match=r"^set: steps=-1: \[train\] steps: expected .*, got -1$") as raised:
        sp.run(tmp_path / "a.toml", tmp_path / "out", set={"n_features": 3, "steps": -1})
    assert (raised.value.place, raised.value.expected) == ("set: steps=-1", "a whole number above 0")
    with pytest.raises(sp.InvalidRequest, match=r"^figure intro: expected ") as raised:
        sp.plot.intro(sp.Model(4, 3))
    assert (raised.value.place, raised.value.key) == ("", "figure intro")


@pytest.mark.parametrize(
    "call",
    [
        sp.load,
        sp.load_run,
        sp.load_model,
        sp.load_sweep,
        sp.load_study,
        lambda where: sp.run(where, "out"),
        sp.metrics.norms,
        sp.plot.intro,
        sp.geometry.outcomes,
        sp.theory.expected_loss,
    ],
)
def test_what_is_not_there_is_named(tmp_path, call) -> None:
    with pytest.raises(FileNotFoundError) as raised:
        call(tmp_path / "nothing")
    assert raised.value.errno == errno.ENOENT
    assert raised.value.filename == str(tmp_path / "nothing")
