"""What a type checker knows of the package: the words that arguments take, and what calls return."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

import superpose as sp

USE = """
import numpy as np
import numpy.typing as npt
from typing_extensions import assert_type

import superpose as sp

model = sp.Model(5, 2, kind="linear", feature_probability={"geometric": [1, 0.1]}, importance=0.9 ** np.arange(5))
model = sp.Model(5, 2, 3, feature_probability=[[0.5]], sets=[{"exactly": 1, "of": [0, {"correlated": [1, 2]}]}])
sp.Model(5, 2, kind="liner")  # type: ignore[arg-type]
sp.Model(5, 2, values="singed")  # type: ignore[arg-type]
sp.Model(5, 2, init="xavier")  # type: ignore[arg-type]
sp.Model(5, 2, sparsity=0.9)  # type: ignore[arg-type]
model.optimize(10, schedule="cosin")  # type: ignore[arg-type]
model.optimize(10, optimizer="lion")  # type: ignore[arg-type]
model.optimize(10, n_batch=10)  # type: ignore[arg-type]
sp.from_torch({}, layout="arean")  # type: ignore[arg-type]
sp.from_torch({}, kind="liner")  # type: ignore[arg-type]
model.state_dict("jax")  # type: ignore[call-overload]
model.state_dict(layout="spd")  # type: ignore[call-overload]
model.to_torch(layout="spd")  # type: ignore[call-overload]
sp.metrics.norms(model.W, layout="arean")  # type: ignore[arg-type]
sp.optimize(model)  # type: ignore[attr-defined]
sp.plot.figure("introo", model)  # type: ignore[arg-type]
sp.plot.intro(model, which="all")  # type: ignore[arg-type]

assert_type(sp.load_run("runs/a"), sp.Run)
assert_type(sp.load_sweep("runs/a"), sp.Sweep)
assert_type(sp.load_study("runs/a"), sp.Study)
assert_type(sp.load_model("a.safetensors", kind="untied"), sp.Model)
assert_type(model(np.zeros((7, 3, 5))), npt.NDArray[np.float32])
assert_type(model.optimize(10), sp.History)
assert_type(model.loss, npt.NDArray[np.float32])
assert_type(model.state_dict()["W"], npt.NDArray[np.float32])
assert_type(model.state_dict("numpy", layout="arena")["W"], npt.NDArray[np.float32])
assert_type(model.importance, npt.NDArray[np.float32])
assert_type(sp.metrics.norms(model), npt.NDArray[np.float64])
assert_type(sp.metrics.norms(model.state_dict(), layout="notebook"), npt.NDArray[np.float64])
assert_type(sp.geometry.outcomes(model.to_torch(layout="arena")), list[str])
assert_type(sp.from_torch(model.to_torch()), sp.Model)
assert_type(model.to_torch(layout="arena").cfg.d_hidden, int)
assert_type(model[::2], sp.Model)
sp.run("a.toml", "out", set={"steps": 20, "data.importance": [1, 2.5], "model.init": {"normal": 0.1}})


def hook(data: sp.HookData) -> None:
    assert_type(data["step"], int)
    assert_type(data["loss"], npt.NDArray[np.float32])


model.optimize(10, hooks=[hook], lr_scale=sp.linear_lr)
sp.Model("five", 2)
"""


def test_a_type_checker_knows_what_is_wrong(tmp_path) -> None:
    pytest.importorskip("mypy")
    (tmp_path / "use.py").write_text(USE)
    checked = subprocess.run(
        [sys.executable, "-m", "mypy", "--strict", "--cache-dir", str(tmp_path / "cache"), str(tmp_path / "use.py")],
        env={**os.environ, "MYPYPATH": str(Path(sp.__file__).parents[1])},
        cwd=tmp_path,
        capture_output=True,
        text=True,
    )
    told = [line for line in checked.stdout.splitlines() if line.startswith("use.py")]
    assert len(told) == 1 and 'has incompatible type "str"; expected "int"' in told[0], checked.stdout + checked.stderr
