"""Times the same training in Superpose, PyTorch and JAX on this machine, beside what the machine could do at most.

Whole processes take turns, so that all meet the same machine; tables show the medians of their runs. A peer gets the
better of one thread and as many as there are cores: at small sizes threads can cost it more than they bring.
"""
import argparse
import json
import platform
from pathlib import Path

import jobs
import tables
from measuring import Bench, cores, positive, processor

SECTIONS = {"steps": tables.steps, "dense": tables.dense, "sparse": tables.sparse, "threads": tables.threads,
            "jobs": jobs.jobs, "memory": jobs.memory}


def sections(text):
    names = text.split(",")
    for name in names:
        if name not in SECTIONS:
            raise argparse.ArgumentTypeError(f"expected some of {','.join(SECTIONS)}, got {name!r}")
    return names


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("build", type=lambda text: Path(text).resolve(),
                        help="build directory with SUPERPOSE_BUILD_BENCH=ON")
    parser.add_argument("--runs", type=positive, default=3, help="runs of each program in a row (default 3)")
    parser.add_argument("--only", type=sections, default=list(SECTIONS), metavar="SECTION,...",
                        help=f"some of {','.join(SECTIONS)} (default: all)")
    parser.add_argument("--jax", metavar="PYTHON", help="a Python that has JAX; the tables do without unless given")
    parser.add_argument("--json", type=Path, metavar="FILE", help="where to keep all that was measured")
    arguments = parser.parse_args()

    bench = Bench(arguments.build, arguments.runs, arguments.jax)
    for name in arguments.only:
        SECTIONS[name](bench)
    without = "" if bench.jax or "steps" not in arguments.only else " Without JAX: it could not be installed."
    machine = "; ".join([f"{processor()}, {cores()} core{'' if cores() == 1 else 's'}",
                         *bench.versions.values(), f"Python {platform.python_version()}",
                         f"medians of {arguments.runs} interleaved runs"])
    print(f"\n{machine}.{without}")
    if arguments.json:
        kept = {"machine": processor(), "cores": cores(), "versions": bench.versions, "runs": arguments.runs,
                **bench.raw}
        arguments.json.write_text(json.dumps(kept, indent=1) + "\n")


if __name__ == "__main__":
    main()
