#!/usr/bin/env python3
"""What calling the engine from Python costs: the same training as the command, without and with hooks.

Usage: PYTHONPATH=build/release/python build/python-venv/bin/python bench/python_overhead.py build/release/superpose
       [--runs N]
Interleaves them and prints medians. The command is timed as a whole process, which starts, trains and writes the run
directory; from Python it is the call alone, in a process that is there.
"""

from __future__ import annotations

import argparse
import statistics
import subprocess
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

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


def command_seconds(command: str, directory: Path) -> float:
    """10,000 steps by the command."""
    (directory / "intro.toml").write_text(EXPERIMENT)
    start = time.perf_counter()
    subprocess.run(
        [command, "run", directory / "intro.toml", "--out", directory / "run"], check=True, capture_output=True
    )
    return time.perf_counter() - start


def python_seconds(**arguments: object) -> float:
    """The same training by `Model.optimize`."""
    model = sp.Model(5, 2, 10, feature_probability={"geometric": [1.0, 0.05]}, importance={"power": 0.9})
    start = time.perf_counter()
    model.optimize(10_000, progress=False, **arguments)
    return time.perf_counter() - start


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("command", help="the superpose command")
    parser.add_argument("--runs", type=int, default=15)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as directory:
        ways: dict[str, Callable[[], float]] = {
            "superpose run": lambda: command_seconds(options.command, Path(directory)),
            "optimize": python_seconds,
            "optimize, a hook every 100 steps": lambda: python_seconds(hooks=[lambda data: data.loss]),
        }
        seconds: dict[str, list[float]] = {way: [] for way in ways}
        for _ in range(options.runs):
            for way, measure in ways.items():
                seconds[way].append(measure())
    base = statistics.median(seconds["superpose run"])
    for way, values in seconds.items():
        median = statistics.median(values)
        print(f"{way:34} {1e3 * median:7.1f} ms  {median / base:5.3f} of the command")


if __name__ == "__main__":
    main()
