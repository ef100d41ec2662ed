"""Whole jobs of the superpose command, and what many instances cost."""
import os
import re
import statistics
import subprocess
import sys
import tempfile
from pathlib import Path

import workloads
from measuring import output, print_header, print_row, significant, verdict
from workloads import Workload

INTRO_RUNS = 3

PHASE_DIAGRAM = """name = "phase diagram"

[model]
n_features  = 2
n_hidden    = 1
n_instances = {instances}

[data]
feature_probability = [{probability}]
importance          = [{importance}]

[train]
steps    = 2000
restarts = 10
"""

GEOMETRY = """name = "geometry"

[model]
n_features  = 400
n_hidden    = 30
n_instances = 50

[data]
feature_probability = { geometric = [1.0, 0.01] }

[train]
steps = 10000
"""

MEMORY = """name = "many"

[model]
n_features  = 5
n_hidden    = 2
n_instances = 100000

[data]
feature_probability = { geometric = [1.0, 0.05] }
importance          = { power = 0.9 }

[train]
steps = 50

[record]
every = 1
"""


def geometric(first, last, count):
    return [first * (last / first) ** (i / (count - 1)) for i in range(count)]


def phase_diagram(side=100):
    """Density on one axis, the relative importance of the second feature on the other."""
    cells = [(p, importance) for p in geometric(1, 0.01, side) for importance in geometric(0.1, 10, side)]
    return PHASE_DIAGRAM.format(instances=len(cells),
                                probability=", ".join(f"[{p:.9g}, {p:.9g}]" for p, _ in cells),
                                importance=", ".join(f"[1, {importance:.9g}]" for _, importance in cells))


def run_job(bench, toml, directory):
    """Runs an experiment. returns: the seconds that the command reports, the peak of its resident memory in bytes."""
    if not isinstance(toml, Path):
        path = Path(directory) / "job.toml"
        path.write_text(toml)
        toml = path
    command = [str(bench.build / "superpose"), "run", str(toml), "--out", str(Path(directory) / "run")]
    with tempfile.TemporaryFile("w+") as said:
        process = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=said)
        _, status, usage = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)  # it is gone: nothing is left to wait for
        if process.returncode != 0:
            sys.exit(f"bench: exit status {process.returncode} from {' '.join(command)}")
        said.seek(0)
        seconds = float(re.search(r" steps in ([\d.]+) s", said.read()).group(1))
    return seconds, 1024 * usage.ru_maxrss


def intro(bench, directory):
    """The median seconds of training the paper's introductory experiment, writing its run directory included."""
    output([bench.build / "superpose", "paper", "intro", "--out", Path(directory) / "intro", "--set", "quick=true",
            "--quiet"])
    toml = Path(directory) / "intro" / "experiment.toml"
    seconds = []
    for _ in range(max(INTRO_RUNS, bench.runs)):
        with tempfile.TemporaryDirectory(dir=directory) as fresh:
            seconds.append(run_job(bench, toml, fresh)[0])
    return statistics.median(seconds)


def jobs(bench):
    print_header("Whole jobs: `superpose run`, from the file to the written run",
                 ["job", "seconds", "promised", "aim"])
    todo = {
        "intro": ("`paper intro`, trained: 10 x (5 -> 2), 10,000 steps", intro),
        "phase diagram": ("phase diagram, 100 x 100 of (2 -> 1), 10 restarts, 2,000 steps",
                          lambda *where: run_job(where[0], phase_diagram(), where[1])[0]),
        "geometry": ("geometry, 50 x (400 -> 30), p = 1 .. 0.01, 10,000 steps",
                     lambda *where: run_job(where[0], GEOMETRY, where[1])[0]),
    }
    for name, (title, job) in todo.items():
        with tempfile.TemporaryDirectory(dir=bench.build) as directory:
            seconds = job(bench, directory)
        limit, aim = workloads.JOB_SECONDS[name]
        print_row([title, verdict(significant(seconds), seconds < limit), f"< {limit}", aim or "-"])
        bench.keep("jobs", job=name, seconds=seconds)
    print(f"\nEach was run once; the first one {max(INTRO_RUNS, bench.runs)} times, and this is the median.")


def memory(bench):
    many = [Workload(instances, 2, 1) for instances in workloads.MANY]
    calls = {workload.instances: bench.ours(workload,
                                            steps=max(4, workloads.MANY_INSTANCE_STEPS // workload.instances))
             for workload in many}
    print_header("Many small instances: (2 -> 1), p = 1 .. 0.05",
                 ["instances", "ns per instance and step", f"relative to {workloads.MANY[0]:,}"])
    measured = bench.take_turns(calls)
    costs = {instances: 1e6 * statistics.median(times) / instances for instances, times in measured.items()}
    for instances, cost in costs.items():
        print_row([f"{instances:,}", significant(cost), f"{cost / costs[workloads.MANY[0]]:.2f}"])
        bench.keep("many", instances=instances, milliseconds=measured[instances])

    with tempfile.TemporaryDirectory(dir=bench.build) as directory:
        seconds, peak = run_job(bench, MEMORY, directory)
    print(f"\nPeak resident memory of `superpose run` with 100,000 x (5 -> 2), 51 rows of history recorded: "
          f"{verdict(f'{peak / 1e6:.0f} MB', peak < workloads.MEMORY_BYTES)}; "
          f"promised: below {workloads.MEMORY_BYTES / 1e6:.0f} MB.")
    bench.keep("memory", peak_bytes=peak, seconds=seconds)
