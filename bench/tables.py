"""Tables of the cost of a step: beside the peers, dense, sparse, on two threads."""
import statistics

import workloads
from measuring import cores, print_header, print_row, roof_milliseconds, significant, verdict
from workloads import Workload

ROOF_NOTE = ("\nShare of the roof: the time that a step's 5 n m multiply-adds a sample and one random word a feature "
             "and sample would take at the machine's measured peak of both, on as many threads, over the time it took. "
             "Above 100 %: work that sparsity saved.")


def best(measured, name):
    """The faster number of threads of a peer: milliseconds, and the cell that says so."""
    medians = {threads: statistics.median(times) for (program, threads), times in measured.items() if program == name}
    if not medians:
        return None, "-"
    threads, time = min(medians.items(), key=lambda item: item[1])
    return time, f"{significant(time)} ({threads} thread{'' if threads == 1 else 's'})"


def flat(measured):
    """Keys for the JSON file."""
    return {" ".join(map(str, name)): values for name, values in measured.items()}


def steps(bench):
    print_header("A training step, batch 1024",
                 ["model", "p", "PyTorch, ms/step", "JAX, ms/step", "Superpose, ms/step", "times faster than PyTorch",
                  "promised / aim", "times faster than JAX", "share of the roof"])
    for workload in workloads.STEPS:
        counts = sorted({1, cores()})
        peers = ["torch"] + (["jax"] if bench.jax else [])
        programs = {("superpose", cores()): bench.ours(workload)}
        programs |= {(peer, threads): bench.peer(peer, workload, threads) for peer in peers for threads in counts}
        programs |= {("roof", cores()): bench.roof(cores())}
        measured = bench.take_turns(programs)
        roofs = measured["roof", cores()]
        ours = statistics.median(measured["superpose", cores()])
        torch, torch_cell = best(measured, "torch")
        jax, jax_cell = best(measured, "jax")
        share = roof_milliseconds(workload, roofs) / ours
        promised = f"{workload.at_least} / {workload.aim}" if workload.at_least else "-"
        print_row([workload.name, workload.p, torch_cell, jax_cell, significant(ours),
                   verdict(significant(torch / ours), torch / ours >= (workload.at_least or 0)), promised,
                   significant(jax / ours) if jax else "-", f"{share:.0%}"])
        bench.keep("steps", model=workload.name, p=workload.probability, **flat(measured))
    print(ROOF_NOTE)


def dense(bench):
    print_header("Everything active: p = 1",
                 ["model", "Superpose, ms/step", "at the roof, ms/step", "share of the roof", "promised"])
    for workload in workloads.DENSE:
        measured = bench.take_turns({("superpose", cores()): bench.ours(workload),
                                     ("roof", cores()): bench.roof(cores())})
        ours = statistics.median(measured["superpose", cores()])
        roof = roof_milliseconds(workload, measured["roof", cores()])
        kept = roof / ours >= workloads.DENSE_SHARE
        print_row([workload.name, significant(ours), significant(roof), verdict(f"{roof / ours:.0%}", kept),
                   f"{workloads.DENSE_SHARE:.0%}"])
        bench.keep("dense", model=workload.name, p=workload.probability, **flat(measured))


def steps_of(p):
    """Where everything is active every step costs the same: a few will do."""
    return workloads.SPARSE_STEPS if p != "1" else 1000


def sparse(bench):
    costs = workloads.SPARSE_COST
    promises = ", ".join(f"{limit:g} at p = {p}" for p, limit in costs.items() if limit)
    print_header(f"Cost of a step relative to p = 1, mean over a training of {workloads.SPARSE_STEPS:,} steps "
                 f"(promised: at most {promises})",
                 ["model", "p = 1, ms/step", *(f"p = {p}" for p in costs if p != "1")])
    for shape in workloads.SPARSE:
        workload = Workload(*shape, "1")
        measured = bench.take_turns({("superpose", p): bench.ours(workload, probability=p, steps=steps_of(p))
                                     for p in costs})
        medians = {p: statistics.median(times) for (_, p), times in measured.items()}
        relative = {p: median / medians["1"] for p, median in medians.items()}
        print_row([workload.name, significant(medians["1"]),
                   *(verdict(significant(relative[p]), limit is None or relative[p] <= limit)
                     for p, limit in costs.items() if p != "1")])
        bench.keep("sparse", model=workload.name, **flat(measured))


def threads(bench):
    print_header(f"Two threads against one (promised: {workloads.THREADS_GAIN} times as fast)",
                 ["model", "p", "one thread, ms/step", "two threads, ms/step", "times faster"])
    if cores() < 2:
        print("\nLeft out: one core.")
        return
    for kind, workload in workloads.THREADS:
        measured = bench.take_turns({("superpose", count): bench.ours(workload, threads=count) for count in (1, 2)})
        one, two = (statistics.median(measured["superpose", count]) for count in (1, 2))
        print_row([workload.name, f"{workload.p} ({kind})", significant(one), significant(two),
                   verdict(f"{one / two:.2f}", one / two >= workloads.THREADS_GAIN)])
        bench.keep("threads", model=workload.name, p=workload.probability, **flat(measured))
