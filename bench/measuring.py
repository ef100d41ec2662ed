"""Runs the programs in turns and reads what they say."""
import argparse
import os
import platform
import re
import statistics
import subprocess
import sys
from pathlib import Path

from workloads import BATCH

PEERS = Path(__file__).resolve().parent / "peers"
OUR_SECONDS = 0.5  # that a timing of ours takes, about


def cores():
    return len(os.sched_getaffinity(0))


def processor():
    for line in Path("/proc/cpuinfo").read_text().splitlines():
        if line.startswith("model name"):
            return line.split(":")[1].strip()
    return platform.machine()


def output(command, **environment):
    """What a program prints; ends all when it fails."""
    words = [str(word) for word in command]
    done = subprocess.run(words, env={**os.environ, **environment}, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                          text=True)
    if done.returncode != 0:
        sys.exit(f"bench: exit status {done.returncode} from {' '.join(words)}")
    return done.stdout


def timing(text):
    """Milliseconds a step, and the version of what took them."""
    milliseconds, version = re.search(r": ([\d.]+) ms/step, (.*), \d+ threads", text).groups()
    return float(milliseconds), version


class Bench:
    """One run of the benchmarks: where the programs are, how often they take turns, what they said."""

    def __init__(self, build, runs, jax=None):
        self.build, self.runs, self.jax = build, runs, jax
        self.versions = {}
        self.raw = {}  # section -> rows

    def ours(self, workload, threads=None, probability=None, steps=None):
        """A call that times a step of ours, for as many steps as take a moment."""
        command = [self.build / "bench" / "step_bench", *workload.shape]
        options = ["--time-only", "--batch", BATCH, "--probability", probability or workload.probability,
                   "--threads", threads or cores()]
        if steps is None:
            once = timing(output([*command, 20, *options]))[0]
            steps = max(20, round(1000 * OUR_SECONDS / max(once, 1e-4)))
        return lambda: self._time("superpose", [*command, steps, *options])

    def peer(self, name, workload, threads):
        """A call that times a step of a peer's."""
        python = {"torch": sys.executable, "jax": self.jax}[name]
        steps = {"torch": workload.torch_steps, "jax": workload.jax_steps}[name]
        command = [python, PEERS / f"tms_{name}.py", *workload.shape, steps, 0, workload.probability,
                   "--time-only"]
        return lambda: self._time(name, command, OMP_NUM_THREADS=str(threads))

    def roof(self, threads):
        """A call that measures what this machine can do at most on so many threads, as operations a second."""
        def measure():
            said = dict(item.split("=") for item in output([self.build / "bench" / "roof_bench", threads]).split())
            return {"multiply_adds": float(said["multiply_adds_per_s"]), "words": float(said["words_per_s"])}
        return measure

    def take_turns(self, programs):
        """Lists of what the programs (name -> call) return, `runs` of each; they take turns."""
        measured = {name: [] for name in programs}
        for _ in range(self.runs):
            for name, program in programs.items():
                measured[name].append(program())
        return measured

    def keep(self, section, **row):
        self.raw.setdefault(section, []).append(row)

    def _time(self, name, command, **environment):
        milliseconds, self.versions[name] = timing(output(command, **environment))
        return milliseconds


def roof_milliseconds(workload, roofs):
    """A step at the machine's most: medians of what was measured."""
    seconds = (workload.multiply_adds / statistics.median(roof["multiply_adds"] for roof in roofs)
               + workload.words / statistics.median(roof["words"] for roof in roofs))
    return 1000 * seconds


def positive(text):
    """A number of runs on a command line."""
    number = int(text)
    if number < 1:
        raise argparse.ArgumentTypeError(f"expected a whole number above 0, got {text}")
    return number


def significant(number):
    """Three digits, without an exponent."""
    return f"{number:.0f}" if abs(number) >= 100 else f"{number:.3g}"


def verdict(text, kept):
    """A number, and a mark where it is not what was promised."""
    return text if kept else f"{text} (missed)"


def print_header(title, columns):
    print(f"\n### {title}\n")
    print_row(columns)
    print("|" + "---|" * len(columns), flush=True)


def print_row(cells):
    print("| " + " | ".join(str(cell) for cell in cells) + " |", flush=True)
