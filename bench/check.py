"""Times this tree against an older commit, built beside it in build/bench-base, on the workloads of `make bench`.

Both take turns. Exit status 1 if a row's median is more than 10 % slower than the base's; rows more than 5 % slower are
marked. Rows that the base's step_bench does not understand have no ratio.
"""
import argparse
import statistics
import subprocess
import sys
from pathlib import Path

import workloads
from measuring import OUR_SECONDS, cores, positive, print_header, print_row, processor, significant, timing

ROOT = Path(__file__).resolve().parent.parent
BASE = ROOT / "build" / "bench-base"
MARKED, REFUSED = 1.05, 1.10


def git(*words, directory=ROOT):
    """What git prints, or nothing where it fails."""
    done = subprocess.run(["git", "-C", str(directory), *words], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL,
                          text=True)
    return done.stdout.strip() if done.returncode == 0 else ""


def commit_of(base):
    """The commit that is compared with."""
    for name in [base] if base else ["origin/main", "main"]:
        if commit := git("rev-parse", "--verify", "--quiet", f"{name}^{{commit}}"):
            return commit
    sys.exit(f"bench-check: there is no commit {base or 'origin/main, nor main'}")


def quietly(log, *command):
    """Runs a command, its output into a file, and shows that only if it fails."""
    with open(log, "a") as file:
        if subprocess.run([str(word) for word in command], stdout=file, stderr=subprocess.STDOUT).returncode == 0:
            return
    sys.exit(f"bench-check: {command[0]} failed:\n{Path(log).read_text()}")


def build_base(commit):
    """The base's step_bench: built, unless it is there already."""
    program = BASE / "build" / "release" / "bench" / "step_bench"
    built = BASE / "build" / "commit"  # written when the program is there
    if built.is_file() and built.read_text() == commit and program.is_file():
        return program
    print(f"bench-check: building {commit[:12]} in {BASE.relative_to(ROOT)}", file=sys.stderr)
    built.unlink(missing_ok=True)
    log = BASE.with_suffix(".log")
    log.parent.mkdir(exist_ok=True)
    log.unlink(missing_ok=True)
    git("worktree", "prune")  # where an older one was removed with the build directory
    if (BASE / ".git").exists():
        quietly(log, "git", "-C", BASE, "checkout", "--force", "--detach", commit)
    else:
        quietly(log, "git", "-C", ROOT, "worktree", "add", "--force", "--detach", BASE, commit)
    release = BASE / "build" / "release"
    quietly(log, "cmake", "-S", BASE, "--preset", "release", "-DSUPERPOSE_BUILD_BENCH=ON",
            "-DSUPERPOSE_BUILD_TESTS=OFF")
    quietly(log, "cmake", "--build", release, "--target", "step_bench")
    built.write_text(commit)
    return program


def milliseconds(program, workload, steps):
    """Of a step; nothing where the program does not understand the request."""
    command = [program, *workload.shape, steps]
    if workload.probability != workloads.Workload.probability:  # the oldest ones know no other
        command += ["--probability", workload.probability]
    done = subprocess.run([str(word) for word in command], stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                          stderr=subprocess.PIPE, text=True)
    if done.returncode == 2:
        return None
    if done.returncode != 0:
        sys.exit(f"bench-check: exit status {done.returncode} from {program}: {done.stderr.strip()}")
    return timing(done.stdout)[0]


def compare(programs, workload, runs):
    """Medians of the programs, which take turns; nothing for one that does not understand."""
    once = milliseconds(programs["new"], workload, 20)
    steps = max(20, round(1000 * OUR_SECONDS / max(once, 1e-4)))
    able = {name: program for name, program in programs.items() if milliseconds(program, workload, 1) is not None}
    times = {name: [] for name in able}
    for _ in range(runs):
        for name, program in able.items():
            times[name].append(milliseconds(program, workload, steps))
    return {name: statistics.median(each) for name, each in times.items()}


def mark(ratio):
    if ratio > REFUSED:
        return f"slower by more than {REFUSED - 1:.0%}"
    return f"slower by more than {MARKED - 1:.0%}" if ratio > MARKED else ""


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("build", type=lambda text: Path(text).resolve(), help="build directory of this tree")
    parser.add_argument("--base", metavar="COMMIT", help="what to compare with: origin/main unless given, else main")
    parser.add_argument("--runs", type=positive, default=5, help="runs of each in a row (default 5)")
    arguments = parser.parse_args()

    commit = commit_of(arguments.base)
    programs = {"base": build_base(commit), "new": arguments.build / "bench" / "step_bench"}
    print_header(f"This tree against {commit[:12]}",
                 ["model, batch 1024", "p", "base, ms/step", "new, ms/step", "new/base", ""])
    worst = 0
    for workload in workloads.STEPS:
        medians = compare(programs, workload, arguments.runs)
        if "base" in medians:
            ratio = medians["new"] / medians["base"]
            worst = max(worst, ratio)
            cells = [significant(medians["base"]), significant(medians["new"]), f"{ratio:.2f}", mark(ratio)]
        else:
            cells = ["-", significant(medians["new"]), "-", ""]
        print_row([workload.name, workload.p, *cells])
    print(f"\n{processor()}, {cores()} cores; medians of {arguments.runs} interleaved runs.")
    return 1 if worst > REFUSED else 0


if __name__ == "__main__":
    sys.exit(main())
