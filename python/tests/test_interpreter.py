"""Models among threads, processes and the end of the interpreter."""

from __future__ import annotations

import gc
import subprocess
import sys
import threading
import weakref

import numpy as np
import pytest

import superpose as sp


def run(code: str) -> subprocess.CompletedProcess[str]:
    """In an interpreter of its own, which ends as it should."""
    result = subprocess.run([sys.executable, "-W", "error", "-c", code], capture_output=True, text=True, timeout=120)
    assert result.returncode == 0, result.stderr
    return result


def test_a_model_in_training_can_be_looked_at(intro) -> None:
    enough = threading.Event()

    def train() -> None:
        intro.optimize(20, batch_size=4, record_every=1, record_parameters=True, threads=1, progress=False)

    def go_on() -> None:
        while not enough.is_set():
            train()

    train()
    thread = threading.Thread(target=go_on, daemon=True)
    thread.start()
    for _ in range(20):
        assert len(intro.history) in (0, 20)
        assert intro[:3].history.loss.shape[1] == 3
        assert sp.metrics.norms(intro).shape == (10, 5)
        assert intro.generate_batch(2).shape == (2, 10, 5)
        sp.plot.figure("intro", intro)
        sp.plot.figure("dynamics", intro)
    enough.set()
    thread.join()


@pytest.mark.parametrize("arguments", ["", "hooks=[lambda data: None], hook_every=1,"])
@pytest.mark.parametrize("data", ["", "distribution=lambda step, n, rng: rng.random((n, 1, 5))"])
def test_the_interpreter_ends_while_others_train(arguments, data) -> None:
    result = run(f"""
import threading, time
import superpose as sp
model = sp.Model(5, 2, {data})
def train():
    model.optimize(10**9, batch_size=16, {arguments} progress=False)
threading.Thread(target=train, daemon=True).start()
while not model._run.is_in_training:
    time.sleep(0.01)
time.sleep(0.1)
print("end")
""")
    assert result.stdout == "end\n" and result.stderr == ""


def test_a_hook_may_fork() -> None:
    result = run("""
import os, sys
import superpose as sp
children = []
def fork(data):
    if data.step == 5:
        children.append(os.fork())
model = sp.Model(50, 20, 4)
try:
    model.optimize(10, threads=3, hooks=[fork], hook_every=1, progress=False)
except RuntimeError as error:
    assert children == [0] and "forked" in str(error), error
    sys.exit(0)
assert children != [0]
_, status = os.waitpid(children[0], 0)
print(status)
""")
    assert result.stdout == "0\n"


def test_what_others_keep_is_no_leak_of_ours() -> None:
    pytest.importorskip("torch")
    assert run("import torch, superpose as sp; kept = torch.from_dlpack(sp.Model(5, 2).W)").stderr == ""


def test_drawing_that_does_not_look_is_left_behind() -> None:
    """It goes on by itself, and the interpreter waits for it at its end."""
    result = run("""
import os, signal, threading
import superpose as sp
signal.signal(signal.SIGINT, signal.default_int_handler)
model = sp.Model(600, 20, 20)
threading.Timer(0.5, os.kill, (os.getpid(), signal.SIGINT)).start()
try:
    sp._core.draw("features", [model._run], {}).json()
    print("not interrupted")
except KeyboardInterrupt:
    print("interrupted")
sp.metrics.norms(model)
""")
    assert result.stdout == "interrupted\n" and result.stderr == ""


DEAD = """
import io, sys
class Dead(io.TextIOBase):
    left = 0
    def isatty(self):
        return True
    def write(self, text):
        Dead.left -= 1
        if Dead.left < 0:
            raise OSError(5, "Input/output error")
        return len(text)
    def flush(self):
        if Dead.left < 0:
            raise OSError(5, "Input/output error")
    def close(self):  # from Python 3.13 on, one that fails as the stream is collected is told on the real stderr
        pass
class Broken:
    def __getattr__(self, name):
        raise RuntimeError(name)
"""


@pytest.mark.parametrize("progress", [None, True])
@pytest.mark.parametrize(
    "stderr", ["None", "Dead()", "Broken()", "object()", "unwritable"], ids=lambda stderr: stderr.split("(")[0]
)
def test_a_terminal_that_is_gone_ends_no_training(stderr, progress, tmp_path) -> None:
    (tmp_path / "a.toml").write_text("[model]\nn_features = 5\nn_hidden = 2\n[train]\nsteps = 300\n")
    result = run(f"""{DEAD}
import os
import superpose as sp
kept, unwritable = sys.stderr, open(os.devnull)
for left in (0, 1, 2, 3, 10**9):
    Dead.left = left
    sys.stderr = {stderr}
    model = sp.Model(5, 2)
    model.optimize(300, record_every=1, hooks=[lambda data: None], progress={progress})
    done = sp.run({str(tmp_path / "a.toml")!r}, {str(tmp_path / "run")!r}, progress={progress})
    sys.stderr = kept
    assert (done.model.W == model.W).all()
unwritable.close()
print("trained")
""")
    assert result.stdout == "trained\n" and result.stderr == ""


def test_others_run_while_it_is_drawn_and_ctrl_c_ends_it() -> None:
    """A measurement of minutes, which `run` would not wait for: what the figure rests on, and the figure."""
    result = run("""
import os, signal, threading, time
import superpose as sp
signal.signal(signal.SIGINT, signal.default_int_handler)  # a shell that runs this in the background has it ignored
model = sp.Model(3000, 20, 2, feature_probability=[1, 0.5])
ticks = []
def beat():
    while True:
        ticks.append(time.monotonic())
        time.sleep(0.01)
threading.Thread(target=beat, daemon=True).start()
for what in (sp.theory.vulnerability, sp.plot.vulnerability):
    threading.Timer(1, os.kill, (os.getpid(), signal.SIGINT)).start()
    before = len(ticks)
    try:
        what(model)
        print("not interrupted")
    except KeyboardInterrupt:
        print("interrupted", len(ticks) - before > 10)
""")
    assert result.stdout == "interrupted True\n" * 2


def test_models_go_when_nobody_has_them() -> None:
    for arguments in ({}, {"distribution": lambda step, n, rng: np.zeros((n, 3, 5))}):
        model = sp.Model(5, 2, 3, **arguments)
        model.optimize(5, hooks=[lambda data: None], progress=False)
        gone = weakref.ref(model)
        del model
        gc.collect()
        assert gone() is None


def test_a_hundred_models_leave_no_memory_behind() -> None:
    code = """
import gc, resource
import superpose as sp
def one():
    model = sp.Model(100, 20, 50, feature_probability=1e-4)  # 1.6 MB with its moments
    model.optimize(1, batch_size=1, threads=1, hooks=[lambda data: data.model.W.sum()], progress=False)
    model[:10].generate_batch(10)
    sp.metrics.norms(model)
for _ in range(20):
    one()
gc.collect()
def resident():
    with open("/proc/self/statm") as file:
        return int(file.read().split()[1]) * resource.getpagesize()
before = resident()
for _ in range(100):
    one()
gc.collect()
print(resident() - before)
"""
    assert int(run(code).stdout) < 20e6, "a leak would be 160 MB"
