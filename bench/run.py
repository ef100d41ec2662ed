"""Times the same training in Superpose and in PyTorch on this machine, and prints the table of the README.

Usage: /usr/bin/python3 bench/run.py BUILD_DIRECTORY [--runs N]
Whole processes take turns, so that both meet the same machine; each row shows the median of the runs. PyTorch gets
the better of one thread and as many as there are cores: at these sizes threads can cost it more than they bring.
"""
import argparse
import os
import platform
import re
import statistics
import subprocess
import sys
from pathlib import Path

CASES = [  # instances, features, hidden, steps of ours, steps of PyTorch
    (10, 5, 2, 20000, 400),
    (7, 20, 5, 5000, 200),
    (20, 100, 20, 200, 40),
]
PEER = Path(__file__).resolve().parent / "peers" / "tms_torch.py"


def milliseconds(command, **environment):
    """What the process says a step took, and with what."""
    done = subprocess.run([str(word) for word in command], env={**os.environ, **environment}, check=True,
                          stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, text=True)
    time, version = re.search(r": ([\d.]+) ms/step, (.*), \d+ threads", done.stdout).groups()
    return float(time), version


def cores():
    return len(os.sched_getaffinity(0))


def processor():
    for line in Path("/proc/cpuinfo").read_text().splitlines():
        if line.startswith("model name"):
            return line.split(":")[1].strip()
    return platform.machine()


def measure(case, build, runs):
    """Medians of ours and of PyTorch's by number of threads, and the versions of both."""
    instances, features, hidden, our_steps, peer_steps = case
    ours, peer, versions = [], {threads: [] for threads in sorted({1, cores()})}, {}
    for _ in range(runs):
        time, versions["ours"] = milliseconds([build / "bench" / "step_bench", instances, features, hidden, our_steps])
        ours.append(time)
        for threads, times in peer.items():
            time, versions["peer"] = milliseconds([sys.executable, PEER, instances, features, hidden, peer_steps],
                                                  OMP_NUM_THREADS=str(threads))
            times.append(time)
    medians = {threads: statistics.median(times) for threads, times in peer.items()}
    return statistics.median(ours), medians, versions


def main():
    parser = argparse.ArgumentParser(description="Times the same training in Superpose and in PyTorch.")
    parser.add_argument("build", type=Path, help="build directory with SUPERPOSE_BUILD_BENCH=ON")
    parser.add_argument("--runs", type=int, default=3, help="processes of each kind a row (default 3)")
    arguments = parser.parse_args()

    print("| model, batch 1024 | PyTorch, ms/step | Superpose, ms/step | times faster |")
    print("|---|---|---|---|")
    for case in CASES:
        ours, peer, versions = measure(case, arguments.build, arguments.runs)
        threads, best = min(peer.items(), key=lambda item: item[1])
        name = "{} x ({} -> {})".format(*case)
        on = "1 thread" if threads == 1 else f"{threads} threads"
        print(f"| {name} | {best:.3f} ({on}) | {ours:.4f} | {best / ours:.0f} |", flush=True)
    print(f"\n{processor()}, {cores()} cores; {versions['ours']}; {versions['peer']}; "
          f"medians of {arguments.runs} interleaved runs")


if __name__ == "__main__":
    main()
