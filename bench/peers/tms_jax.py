"""The toy model of superposition in JAX on a CPU, written to be as fast there as JAX goes.

Same mathematics, initialisation and optimiser as tms_torch.py, same command line and output.
Usage: python tms_jax.py INSTANCES FEATURES HIDDEN STEPS [SEED] [P | FIRST,LAST] [--time-only]
P: the features' probability; FIRST,LAST: geometric across instances. 1,0.05 unless given. Threads: OMP_NUM_THREADS.

What made it fast, on two AVX-512 cores with JAX 0.10:
- The generator. A word takes 17 ns from `rbg` and `unsafe_rbg`, 3.1 ns from `threefry2x32`, 1.5 ns from that with
  jax_threefry_partitionable off, and 0.5 ns written out in this file, with the fewest rounds that pass BigCrush.
- Samples in the last axis: 2.5 times as fast as features there, at 5 -> 2.
- A device for each thread, with instances of its own: 1.8 times as fast on two threads. Threads inside of the
  operations gain a tenth at 80 -> 20 and lose at smaller sizes.
- Instances together under vmap while their inputs fit into a few MiB, such groups one after the other: a fifth at
  10 x (5 -> 2) against one after the other, as much at 200 -> 20 against all together.
"""
import os
import sys
import time
from functools import partial

THREADS = int(os.environ.get("OMP_NUM_THREADS", len(os.sched_getaffinity(0))))
os.environ["NPROC"] = str(THREADS)  # the size of JAX's own pool of threads, read when it is imported
os.environ.setdefault("XLA_FLAGS", "--xla_cpu_multi_thread_eigen=false --xla_cpu_prefer_vector_width=512")

import jax  # noqa: E402
import jax.numpy as jnp  # noqa: E402
from jax import lax  # noqa: E402

BATCH = 1024
LR, BETA1, BETA2, EPS, WEIGHT_DECAY = 1e-3, 0.9, 0.999, 1e-8, 0.01
GROUP_INPUTS = 2**19  # of a group of instances: 2 MiB


def threefry(key, step, count):
    """Threefry-2x32 with 13 rounds (Salmon et al., 2011): the words (count) of a step, an even number of them."""
    keys = (key[0], key[1], key[0] ^ key[1] ^ jnp.uint32(0x1BD11BDA))
    word0 = lax.iota(jnp.uint32, count // 2) + keys[0]
    word1 = jnp.full_like(word0, step) + keys[1]
    for number in range(13):
        rotation = (13, 15, 26, 6, 17, 29, 16, 24)[number % 8]
        word0 = word0 + word1
        word1 = ((word1 << rotation) | (word1 >> (32 - rotation))) ^ word0
        if number % 4 == 3:
            injection = number // 4 + 1
            word0 = word0 + keys[injection % 3]
            word1 = word1 + keys[(injection + 1) % 3] + jnp.uint32(injection)
    return jnp.concatenate([word0, word1])


def batch(instance, features, step):
    """(features, BATCH). One word decides whether a feature is active, and where it is, its value."""
    words = threefry(instance["key"], step, features * BATCH).reshape(features, BATCH)
    uniform = (words >> 8).astype(jnp.int32).astype(jnp.float32)  # from signed: AVX2 has an instruction for that
    threshold = instance["probability"] * 2.0**24
    return jnp.where(uniform < threshold, uniform / threshold, 0)


def loss(parameters, x, importance):
    W, b_final = parameters  # (features, hidden), (features)
    output = jax.nn.relu(W @ (W.T @ x) + b_final[:, None])
    return (importance[:, None] * (x - output) ** 2).mean()


def adamw(parameter, gradient, moments, steps):
    """The parameter and its moments after one more step, the steps-th."""
    m = BETA1 * moments[0] + (1 - BETA1) * gradient
    v = BETA2 * moments[1] + (1 - BETA2) * gradient**2
    root = jnp.sqrt(v) / jnp.sqrt(1 - BETA2**steps) + EPS
    return parameter * (1 - LR * WEIGHT_DECAY) - LR / (1 - BETA1**steps) * m / root, (m, v)


def train_instance(instance, importance, first, steps):
    def step(state, number):
        parameters, moments = state
        x = batch(instance, importance.size, number)
        gradient = jax.grad(loss)(parameters, x, importance)
        updated = [adamw(*each, number.astype(jnp.float32) + 1) for each in zip(parameters, gradient, moments)]
        return tuple(zip(*updated)), None

    state = instance["parameters"], instance["moments"]
    (parameters, moments), _ = lax.scan(step, state, first + jnp.arange(steps, dtype=jnp.uint32))
    return {**instance, "parameters": parameters, "moments": moments}


@partial(jax.jit, static_argnames="steps", donate_argnames="instances")
def train(instances, importance, first, *, steps):
    """The steps first, first + 1, ... of all instances of a device."""
    group = max(1, GROUP_INPUTS // (BATCH * importance.size))
    one = partial(train_instance, importance=importance, first=first, steps=steps)
    if group >= instances["probability"].size:
        return jax.vmap(one)(instances)
    return lax.map(one, instances, batch_size=group if group > 1 else None)


@jax.jit
def evaluate(instances, importance, first):
    """Mean loss of each instance over 65536 samples."""
    def one(instance):
        def batch_loss(number):
            return loss(instance["parameters"], batch(instance, importance.size, number), importance)
        return lax.map(batch_loss, first + jnp.arange(65536 // BATCH, dtype=jnp.uint32)).mean()
    return lax.map(one, instances)


def initialise(instances, features, hidden, seed, probability):
    std = (2 / (features * hidden + instances * hidden)) ** 0.5  # PyTorch's Xavier rule on the 3-D tensor
    parameters = (std * jax.random.normal(jax.random.key(seed), (instances, features, hidden)),
                  jnp.zeros((instances, features)))
    numbers = jnp.arange(instances, dtype=jnp.uint32)
    return {"key": jnp.stack([jnp.full_like(numbers, seed), numbers], axis=1),
            "probability": probability,
            "parameters": parameters,
            "moments": jax.tree.map(lambda array: (jnp.zeros_like(array), jnp.zeros_like(array)), parameters)}


def main():
    arguments = [word for word in sys.argv[1:] if word != "--time-only"]
    instances, features, hidden, steps = map(int, arguments[:4])
    seed = int(arguments[4]) if len(arguments) > 4 else 0
    first_p, _, last_p = (arguments[5] if len(arguments) > 5 else "1,0.05").partition(",")
    jax.config.update("jax_num_cpu_devices", min(THREADS, instances))
    probability = float(first_p) * (float(last_p or first_p) / float(first_p)) ** jnp.linspace(0, 1, instances)
    importance = 0.9 ** jnp.arange(features) if features <= 5 else 100 ** -jnp.linspace(0, 1, features)

    everything = initialise(instances, features, hidden, seed, probability)
    devices = jax.devices()
    parts, importances = [], []
    for number, device in enumerate(devices):
        begin, end = (instances * part // len(devices) for part in (number, number + 1))
        parts.append(jax.device_put(jax.tree.map(lambda array: array[begin:end], everything), device))
        importances.append(jax.device_put(importance, device))

    def compiled(length):
        """The program for so many steps, on all devices at once."""
        start = jnp.uint32(0)
        programs = [train.lower(part, weight, jax.device_put(start, device), steps=length).compile()
                    for part, weight, device in zip(parts, importances, devices)]

        def run(parts, first):
            firsts = [jax.device_put(jnp.uint32(first), device) for device in devices]
            return [program(*each) for program, *each in zip(programs, parts, importances, firsts)]
        return run

    warm_up = min(20, steps // 4)
    warm, timed = compiled(warm_up), compiled(steps - warm_up)
    parts = jax.block_until_ready(warm(parts, 0))
    start = time.perf_counter()
    parts = jax.block_until_ready(timed(parts, warm_up))
    seconds = (time.perf_counter() - start) / max(1, steps - warm_up)
    print(f"{instances}x({features}->{hidden}): {1e3 * seconds:.4f} ms/step, jax {jax.__version__}, {THREADS} threads")
    if "--time-only" not in sys.argv:
        final = [value for each in zip(parts, importances) for value in evaluate(*each, steps).tolist()]
        print("loss", " ".join(f"{value:.5f}" for value in final))


if __name__ == "__main__":
    main()
