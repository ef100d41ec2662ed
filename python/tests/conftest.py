"""What the tests share."""

from __future__ import annotations

import os
import signal
import subprocess
import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import pytest

import superpose as sp


@pytest.fixture
def intro() -> sp.Model:
    """The paper's introductory model, not trained."""
    return sp.Model(
        n_features=5,
        n_hidden=2,
        n_instances=10,
        feature_probability=20 ** -np.linspace(0, 1, 10),
        importance=0.9 ** np.arange(5),
    )


@pytest.fixture(scope="session")
def trained() -> sp.Model:
    """The same, trained for a while. Not to be changed."""
    model = sp.Model(
        n_features=5,
        n_hidden=2,
        n_instances=4,
        feature_probability=[1.0, 0.3, 0.1, 0.05],
        importance=0.9 ** np.arange(5),
        seed=3,
    )
    model.optimize(steps=3000, batch_size=512, lr=3e-3, record_parameters=True, progress=False)
    return model


@pytest.fixture
def press_ctrl_c() -> Iterator[Callable[[float], None]]:
    """Presses Ctrl-C in so many seconds. A shell that runs this in the background has it ignored: not here."""
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    yield lambda seconds: threading.Timer(seconds, os.kill, (os.getpid(), signal.SIGINT)).start()
    signal.signal(signal.SIGINT, before)


@pytest.fixture
def command() -> Callable[..., subprocess.CompletedProcess[str]]:
    """The `superpose` command of this build."""
    path = os.environ.get("SUPERPOSE_COMMAND")
    if not path:
        pytest.skip("the superpose command is not at hand")

    def run(*arguments: str | Path) -> subprocess.CompletedProcess[str]:
        return subprocess.run([path, *map(str, arguments)], check=True, capture_output=True, text=True)

    return run
