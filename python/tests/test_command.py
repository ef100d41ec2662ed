"""The `superpose` command that comes with the package. tests/cli has the suite of the command itself."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import numpy as np
import pytest

import superpose as sp

EXPERIMENT = "[model]\nn_features = 5\nn_hidden = 2\nn_instances = 2\n"


def run(*arguments: str | Path, **options) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "superpose", *map(str, arguments)]
    return subprocess.run(command, text=True, timeout=120, **{"capture_output": True} | options)


@pytest.fixture
def experiment(tmp_path: Path) -> Path:
    file = tmp_path / "mine.toml"
    file.write_text(EXPERIMENT)
    return file


def test_version() -> None:
    result = run("--version")
    assert (result.returncode, result.stdout, result.stderr) == (0, f"superpose {sp.__version__}\n", "")


def test_a_run_has_the_bits_of_the_package(experiment, tmp_path) -> None:
    result = run("run", experiment, "--out", tmp_path / "a", "--set", "steps=50")
    assert result.returncode == 0, result.stderr
    assert "2 instances of 5 features" in result.stdout
    other = sp.run(experiment, out=tmp_path / "b", set={"steps": 50}, progress=False)
    np.testing.assert_array_equal(sp.load_run(tmp_path / "a").model.W, other.model.W)


def test_a_wrong_request_is_status_2(tmp_path) -> None:
    result = run("run", b"nowhere\xff.toml".decode(errors="surrogateescape"), "--out", tmp_path / "a")
    assert (result.returncode, result.stdout) == (2, "")
    assert result.stderr.startswith("superpose: nowhere?.toml: ")


def test_pages_work_without_a_network(experiment, tmp_path) -> None:
    assert run("run", experiment, "--out", tmp_path / "a", "--set", "steps=1").returncode == 0
    assert run("figure", "intro", tmp_path / "a", "--out", tmp_path / "a.html").returncode == 0
    assert len((tmp_path / "a.html").read_bytes()) > 1_000_000


def test_ctrl_c_leaves_a_run_that_goes_on(experiment, tmp_path) -> None:
    arguments = ["run", str(experiment), "--out", str(tmp_path / "a"), "--set", "steps=1000000000"]
    process = subprocess.Popen([sys.executable, "-m", "superpose", *arguments], stderr=subprocess.PIPE, text=True,
                               preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL))  # fmt: skip
    while not (tmp_path / "a/experiment.toml").exists():
        time.sleep(0.01)
    time.sleep(0.2)
    process.send_signal(signal.SIGINT)
    _, messages = process.communicate(timeout=60)
    assert process.returncode == 1
    assert messages.startswith("superpose: stopped; go on from there with"), messages
    assert (tmp_path / "a/checkpoint.safetensors").exists()


@pytest.mark.parametrize("ignored", [False, True])
def test_ctrl_c_ends_what_leaves_nothing_half_done_unless_it_is_ignored(ignored) -> None:
    before = signal.SIG_IGN if ignored else signal.SIG_DFL
    code = """
import os, signal, sys
import _superpose_command
sys.argv = ["superpose", "--version"]
_superpose_command.main()
os.kill(os.getpid(), signal.SIGINT)
"""
    result = subprocess.run([sys.executable, "-c", code], preexec_fn=lambda: signal.signal(signal.SIGINT, before))
    assert result.returncode == (0 if ignored else -signal.SIGINT)


def test_a_reader_that_went_away_ends_a_list(tmp_path) -> None:
    reader, writer = os.pipe()
    os.close(reader)
    result = run("paper", "--list", capture_output=False, stdout=writer, stderr=subprocess.PIPE)
    os.close(writer)
    assert (result.returncode, result.stderr) == (-signal.SIGPIPE, "")


def test_the_command_starts_without_numpy() -> None:
    code = """
import sys
import _superpose_command
sys.argv = ["superpose", "paper", "--list"]
assert _superpose_command.main() == 0
print({"superpose", "numpy", "plotly"} & set(sys.modules))
"""
    result = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert result.stdout.endswith("set()\n")
