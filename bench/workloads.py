"""What is timed, and what is promised of it."""
from dataclasses import dataclass

BATCH = 1024


@dataclass(frozen=True)
class Workload:
    """instances x (features -> hidden), probability P or FIRST,LAST: geometric across instances."""
    instances: int
    features: int
    hidden: int
    probability: str = "1,0.05"  # what the programs take when they are told nothing
    torch_steps: int = 0
    jax_steps: int = 0
    at_least: float | None = None  # times as fast as PyTorch
    aim: float | None = None

    @property
    def name(self):
        return f"{self.instances} x ({self.features} -> {self.hidden})"

    @property
    def p(self):
        return self.probability.replace(",", " .. ")

    @property
    def shape(self):
        return [self.instances, self.features, self.hidden]

    @property
    def multiply_adds(self):
        """Of a step: two for the forward pass and three for the backward pass, a weight and sample."""
        return 5 * self.instances * self.features * self.hidden * BATCH

    @property
    def words(self):
        """Of a step: a random one for every feature of every sample."""
        return self.instances * self.features * BATCH


STEPS = [
    Workload(10, 5, 2, torch_steps=400, jax_steps=10000, at_least=150, aim=250),
    Workload(7, 20, 5, "1,0.001", torch_steps=200, jax_steps=4000, at_least=150, aim=300),
    Workload(10, 80, 20, torch_steps=40, jax_steps=400, at_least=60, aim=150),
    Workload(20, 100, 20, torch_steps=20, jax_steps=200, at_least=60, aim=150),
    Workload(20, 200, 20, torch_steps=12, jax_steps=100, at_least=100, aim=300),
    Workload(50, 400, 30, "1,0.01", torch_steps=6, jax_steps=16),
]

DENSE = [Workload(20, features, 20, "1") for features in (80, 100, 200, 400)]
DENSE_SHARE = 0.5  # of the roof, at least

SPARSE = [(2, 100, 20), (2, 200, 20), (2, 400, 30)]
SPARSE_STEPS = 10000  # a training: what is active in a model changes while it learns
SPARSE_COST = {"1": None, "0.1": None, "0.01": 1 / 4, "0.001": 1 / 8}  # relative to p = 1, at most

THREADS = [("even", Workload(20, 100, 20, "1")), ("uneven", Workload(20, 100, 20, "1,0.01")),
           ("uneven", Workload(7, 20, 5, "1,0.001"))]
THREADS_GAIN = 1.9  # of two threads, at least

MANY = [1000, 10000, 100000, 1000000]  # instances of 2 -> 1
MANY_INSTANCE_STEPS = 4000000  # of a run
MEMORY_BYTES = 1e9  # of 100,000 x (5 -> 2), at most

JOB_SECONDS = {"intro": (0.3, None), "phase diagram": (60, None), "geometry": (480, 180)}  # promised, aim
