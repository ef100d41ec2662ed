"""A process whose locale has a decimal comma: nothing that is drawn, written or read follows it."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

COMMA = """comment_char %
escape_char /
LC_NUMERIC
decimal_point ","
thousands_sep "."
grouping 3;3
END LC_NUMERIC
"""

EVERYTHING = """
import hashlib, locale, sys
from pathlib import Path
import numpy as np
import superpose as sp

if sys.argv[1]:
    locale.setlocale(locale.LC_NUMERIC, sys.argv[1])
    assert locale.localeconv()["decimal_point"] == ","
out = Path(sys.argv[2])
out.mkdir()
(out / "a.toml").write_text(
    "[model]\\nn_features = 5\\nn_hidden = 2\\nn_instances = 4\\n"
    "[data]\\nfeature_probability = { geometric = [1.0, 0.05] }\\n"
    "[train]\\nsteps = 30\\nlr = 2.5e-3\\n[record]\\nevery = 10\\nparameters = true\\n"
)
run = sp.run(out / "a.toml", out / "run", set={"lr": 1.5e-3, "weight_decay": 0.25}, progress=False)
model = sp.Model(5, 2, 3, feature_probability=[1, 0.5, 0.125], importance=0.9 ** np.arange(5), init=0.25)
model.optimize(50, lr=1.5e-3, eps=1e-7, progress=False)
model.save(out / "model.safetensors")
sp.load(out / "model.safetensors").save(out / "again.safetensors")
for kind in ("intro", "features", "dimensionality", "graph", "sets", "dynamics", "animation", "vulnerability"):
    (out / f"{kind}.json").write_text(sp.plot.figure(kind, run).to_json())
    for suffix in ("svg", "pdf", "html"):
        sp.plot.save(kind, run, file=out / f"{kind}.{suffix}")
print(model.loss.tolist(), sp.theory.expected_loss(model).tolist(), sp.metrics.norms(model).tolist())
try:
    sp.Model(5, 2, feature_probability=1.5)
except ValueError as error:
    print(error)
for file in sorted(out.rglob("*")):
    if file.is_file():
        print(file.relative_to(out), hashlib.sha256(file.read_bytes()).hexdigest())
"""


@pytest.fixture
def comma(tmp_path: Path) -> str:
    """A locale with a decimal comma, in a folder of its own."""
    if shutil.which("localedef") is None:
        pytest.skip("localedef, which makes a locale with a decimal comma, is not installed")
    (tmp_path / "comma.source").write_text(COMMA)
    where = tmp_path / "locales"
    where.mkdir()
    made = ["localedef", "-c", "-i", str(tmp_path / "comma.source"), "-f", "UTF-8", str(where / "comma.UTF-8")]
    subprocess.run(made, capture_output=True, check=False)  # it complains of the categories that are left out
    if not (where / "comma.UTF-8" / "LC_NUMERIC").exists():
        pytest.skip("localedef makes no locale here: the charmaps of the package locales are not installed")
    return str(where)


def test_a_decimal_comma_changes_nothing(comma, tmp_path) -> None:
    said = []
    for name, locale in (("point", ""), ("comma", "comma.UTF-8")):
        done = subprocess.run(
            [sys.executable, "-c", EVERYTHING, locale, str(tmp_path / name)],
            env={**os.environ, "LOCPATH": comma},
            capture_output=True,
            text=True,
            timeout=300,
        )
        assert done.returncode == 0, done.stderr
        said.append(done.stdout.splitlines())
    assert len(said[0]) > 30
    assert said[0] == said[1]
