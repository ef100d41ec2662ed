#!/usr/bin/env python3
"""What calling the engine from Python costs: the same training as the command, without and with hooks.

Usage: PYTHONPATH=build/release/python build/python-venv/bin/python bench/python_overhead.py build/release/superpose
       [--runs N]
Interleaves them and prints medians. The command is timed as a whole process, which starts, trains, estimates the losses
and writes the run directory; from Python it is the call alone, in a process that is there. What the steps themselves cost
is what each takes longer than for one step, which has the same start and end. Then what should be cheap: making big models
from numbers and from tables, a training of one step, and the start of the command: compiled, as the package has it, and by
`python -m superpose`.
"""

from __future__ import annotations

import argparse
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np
import superpose as sp

EXPERIMENT = """
[model]
n_features = 5
n_hidden = 2
n_instances = 10
[data]
feature_probability = { geometric = [1.0, 0.05] }
importance = { power = 0.9 }
"""


STEPS = 10_000


def command_seconds(command: str, directory: Path, steps: int) -> float:
    """The training by the command."""
    (directory / "intro.toml").write_text(EXPERIMENT)
    start = time.perf_counter()
    subprocess.run(
        [command, "run", directory / "intro.toml", "--out", directory / "run", "--set", f"steps={steps}"],
        check=True,
        capture_output=True,
    )
    return time.perf_counter() - start


def python_seconds(steps: int, **arguments: object) -> float:
    """The same training by `Model.optimize`."""
    model = sp.Model(5, 2, 10, feature_probability={"geometric": [1.0, 0.05]}, importance={"power": 0.9})
    start = time.perf_counter()
    model.optimize(steps, progress=False, **arguments)
    return time.perf_counter() - start


def median_seconds(what: Callable[[], object], runs: int) -> float:
    """Of so many calls."""
    seconds = []
    for _ in range(runs):
        start = time.perf_counter()
        what()
        seconds.append(time.perf_counter() - start)
    return statistics.median(seconds)


def print_what_should_be_cheap(runs: int, command: str) -> None:
    """Calls on models of 2000 instances, 50 features and 5 dimensions; `superpose --version`."""

    def start(*words: str) -> Callable[[], object]:
        return lambda: subprocess.run([*words, "--version"], check=True, capture_output=True)

    table = np.full((2000, 50), 0.1)
    model = sp.Model(50, 5, 2000, feature_probability=0.1)
    calls: dict[str, Callable[[], object]] = {
        "Model(50, 5, 2000), a number": lambda: sp.Model(50, 5, 2000, feature_probability=0.1),
        "the same, tables": lambda: sp.Model(50, 5, 2000, feature_probability=table, importance=table),
        "optimize(1, batch_size=1) of it": lambda: model.optimize(1, batch_size=1, progress=False),
        "superpose --version": start(command),
        "the same, the package's": start(sys.executable, "-c", "import _superpose_command as c; c.main()"),
        "the same, python -m superpose": start(sys.executable, "-m", "superpose"),
    }
    for name, call in calls.items():
        print(f"{name:34} {1e3 * median_seconds(call, runs):7.1f} ms")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("command", help="the superpose command")
    parser.add_argument("--runs", type=int, default=15)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as directory:
        ways: dict[str, Callable[[int], float]] = {
            "superpose run": lambda steps: command_seconds(options.command, Path(directory), steps),
            "optimize": python_seconds,
            "optimize, a hook every 100 steps": lambda steps: python_seconds(steps, hooks=[lambda data: data.loss]),
        }
        seconds: dict[tuple[str, int], list[float]] = {(way, steps): [] for way in ways for steps in (1, STEPS)}
        for _ in range(options.runs):
            for (way, steps), values in seconds.items():
                values.append(ways[way](steps))
    medians = {key: statistics.median(values) for key, values in seconds.items()}
    whole = {way: medians[way, STEPS] for way in ways}
    alone = {way: medians[way, STEPS] - medians[way, 1] for way in ways}
    print(f"{'':34}      whole   of the command's   steps alone   of the command's")
    for way in ways:
        print(
            f"{way:34} {1e3 * whole[way]:7.1f} ms {whole[way] / whole['superpose run']:18.3f} "
            f"{1e3 * alone[way]:10.1f} ms {alone[way] / alone['superpose run']:18.3f}"
        )
    print_what_should_be_cheap(options.runs, options.command)


if __name__ == "__main__":
    main()
