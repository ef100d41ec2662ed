"""The model: many toy autoencoders side by side, and their training."""

from __future__ import annotations

import dataclasses
import math
import os
import weakref
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from . import _core, _progress, _toml
from ._arrays import ArrayLike, FloatArray, finite, is_torch, numbers, table, whole
from .schedules import NAMES, LrScale

#: (step, batch_size, rng) -> samples (batch_size, n_instances, n_features).
Distribution = Callable[[int, int, np.random.Generator], ArrayLike]
#: samples -> what the outputs are to be, of the same shape.
Target = Callable[[FloatArray], ArrayLike]

_MOST = 2**32 - 1


class HookData(Mapping[str, Any]):
    """What a hook sees, as attributes and, as in the notebook, as items: `data.step`, `data["step"]`.

    Attributes:
        model: the model, its weights those after this step's update. A hook may change them: training goes on from
            there (with `restarts` above 1 it sees the first restart, and changes are lost).
        step: the step just taken, from 0.
        loss: (n_instances) of this step's batch, before its update.
        lr: the learning rate of this step.
        steps: those of the whole training.
    """

    _KEYS = ("model", "step", "steps", "loss", "lr")

    def __init__(self, model: Model, step: int, steps: int, loss: FloatArray, lr: float) -> None:
        self.model, self.step, self.steps, self.loss, self.lr = model, step, steps, loss, lr

    @property
    def last(self) -> bool:
        """Whether this is the last step."""
        return self.step + 1 == self.steps

    def __getitem__(self, key: str) -> Any:
        if key not in self:
            raise KeyError(key)
        return getattr(self, key)

    def __contains__(self, key: object) -> bool:
        return key in self._KEYS

    def __iter__(self) -> Iterator[str]:
        return iter(self._KEYS)

    def __len__(self) -> int:
        return len(self._KEYS)


#: Called during training.
Hook = Callable[[HookData], object]


@dataclasses.dataclass(frozen=True)
class History:
    """What was recorded during a training, a row every `record_every` steps and one for the last step.

    Attributes:
        step: (rows) counted from 0.
        lr: (rows) learning rate of that step.
        loss: (rows, n_instances) of that step's batch, before its update.
        W: (rows, n_instances, n_features, n_hidden) after the update; None unless parameters were recorded.
        W2: the same of the second matrix, where there is one.
        b_final: (rows, n_instances, n_features); None unless parameters were recorded.
    """

    step: npt.NDArray[np.int64]
    lr: FloatArray
    loss: FloatArray
    W: FloatArray | None = None
    W2: FloatArray | None = None
    b_final: FloatArray | None = None

    def __len__(self) -> int:
        return len(self.step)

    def __repr__(self) -> str:
        last = f", last loss {self.loss[-1].sum():.5g}" if len(self) else ""
        return f"<superpose.History: {len(self)} rows{last}>"


class Model:
    """Many tiny autoencoders x' = ReLU(W W^T x + b_final), an instance each, that train side by side.

    All instances have the same shape and differ in what they are fed; they never influence each other.

    Args:
        n_features: inputs and outputs of an instance, the paper's n.
        n_hidden: hidden dimensions of an instance, the paper's m.
        n_instances: how many autoencoders there are.
        kind: "relu_output", "linear", "gelu_output", "relu_hidden", "untied" or "absolute_value".
        feature_probability: probability that a feature is active, from 1e-6 to 1: a number, or an array of shape
            (n_instances,), (n_instances, 1), (1, n_features) or (n_instances, n_features).
        importance: weight of a feature in the loss, >= 0: a number, or an array of shape (n_features,),
            (n_instances, 1), (1, n_features) or (n_instances, n_features).
        values: "uniform": an active feature is uniform on [0, 1]; "signed": on [-1, 1].
        sets: features that depend on each other, as in experiment files:
            `[{"correlated": [0, 1]}, {"anticorrelated": [2, 3]}, {"exactly": 2, "of": [4, 5, 6]}]`.
        distribution: your own data, in place of all that: a callable `(step, batch_size, rng)` that returns
            samples (batch_size, n_instances, n_features); rng is a NumPy generator of its own for each step.
        target: what the outputs are to be: a callable of the samples that returns an array of their shape. The
            samples themselves unless given (their absolute values for kind "absolute_value").
        init: "xavier_normal", or the standard deviation of the first weights.
        seed: of every random number, 0 to 2^32 - 1.
        name: what figures call it.

    Raises:
        ValueError: an argument is out of range or has the wrong shape; the message says which, what was expected
            and what was got.
    """

    def __init__(
        self,
        n_features: int,
        n_hidden: int,
        n_instances: int = 1,
        *,
        kind: str = "relu_output",
        feature_probability: ArrayLike = 1.0,
        importance: ArrayLike = 1.0,
        values: str = "uniform",
        sets: Sequence[Mapping[str, Any]] | None = None,
        distribution: Distribution | None = None,
        target: Target | None = None,
        init: str | float = "xavier_normal",
        seed: int = 0,
        name: str = "model",
    ) -> None:
        shape = (whole("n_instances", n_instances, 1), whole("n_features", n_features, 1))
        for argument, function in (("distribution", distribution), ("target", target)):
            if function is not None and not callable(function):
                raise ValueError(f"{argument}: expected a callable, got {type(function).__name__}")
        if not isinstance(name, str):
            raise ValueError(f"name: expected text, got {name!r}")
        experiment: dict[str, dict[str, Any]] = {
            "": {"name": name},
            "model": {
                "kind": kind,
                "n_features": shape[1],
                "n_hidden": whole("n_hidden", n_hidden, 1),
                "n_instances": shape[0],
                "init": init if isinstance(init, str) else {"normal": init},
            },
            "data": {
                "feature_probability": table("feature_probability", feature_probability, *shape, along_features=False),
                "importance": table("importance", importance, *shape, along_features=True),
                "values": values,
                "sets": list(sets) if sets else None,
            },
            "train": {"seed": whole("seed", seed, 0, _MOST)},
        }
        with _toml.about_arguments():
            run = _core.Run(_toml.document(experiment))
        self._set_up(run, distribution, target)

    def _set_up(self, run: _core.Run, distribution: Distribution | None, target: Target | None) -> None:
        self._run = run
        self._seed = run.seed
        self._distribution, self._target = distribution, target
        self._trainings = 0  # how often it was trained: each time on other random numbers
        self._batches = 0  # drawn by generate_batch
        self._steps, self._training_seed = 0, run.seed  # of the last training
        self._hooks: list[tuple[Hook, int]] = []  # that stay, of watch()
        if distribution is not None or target is not None:
            itself = weakref.ref(self)  # the engine must not keep the model alive that keeps it

            def fill(step: int, batch_size: int, evaluation: bool) -> tuple[FloatArray, FloatArray | None]:
                model = itself()
                assert model is not None
                return model._fill(step, batch_size, evaluation)

            run.set_source(fill, gives_targets=target is not None)

    @classmethod
    def _of_run(cls, run: _core.Run, trainings: int = 1) -> Model:
        """The model of a run that exists."""
        model = cls.__new__(cls)
        model._set_up(run, None, None)
        model._trainings = trainings
        return model

    # What it is.

    @property
    def n_instances(self) -> int:
        """How many autoencoders there are."""
        return self._run.n_instances

    @property
    def n_features(self) -> int:
        """Inputs and outputs of an instance, the paper's n."""
        return self._run.n_features

    @property
    def n_hidden(self) -> int:
        """Hidden dimensions of an instance, the paper's m."""
        return self._run.n_hidden

    @property
    def kind(self) -> str:
        """What an instance computes: "relu_output", "linear" and so on."""
        return self._run.kind

    @property
    def name(self) -> str:
        """What figures call it."""
        return self._run.name

    @property
    def seed(self) -> int:
        """The seed it was made with."""
        return self._seed

    @property
    def feature_probability(self) -> FloatArray:
        """(n_instances, n_features): that a feature is active. Read-only."""
        return _read_only(self._run.feature_probability)

    @property
    def importance(self) -> FloatArray:
        """(n_instances, n_features): weight of a feature in the loss. Read-only."""
        return _read_only(self._run.importance)

    def __repr__(self) -> str:
        many = "instance" if self.n_instances == 1 else "instances"
        return (
            f"<superpose.Model {self.kind}: {self.n_instances} {many} of {self.n_features} features in "
            f"{self.n_hidden} dimensions>"
        )

    # Its parameters: arrays that show the engine's own memory; writing into them changes the model.

    @property
    def W(self) -> FloatArray:
        """(n_instances, n_features, n_hidden): row f of an instance is where feature f lands. Of kinds with two
        matrices, `W1` and `W2` stand in its place.
        """
        self._expect_matrices(1, "W")
        return self._run.W

    @W.setter
    def W(self, values: ArrayLike) -> None:
        self._expect_matrices(1, "W")
        self._run.W[:] = numbers_of_shape("W", values, self._run.W.shape)

    @property
    def W1(self) -> FloatArray:
        """(n_instances, n_features, n_hidden): the encoder's, of kinds with two matrices."""
        self._expect_matrices(2, "W1")
        return self._run.W

    @W1.setter
    def W1(self, values: ArrayLike) -> None:
        self._expect_matrices(2, "W1")
        self._run.W[:] = numbers_of_shape("W1", values, self._run.W.shape)

    @property
    def W2(self) -> FloatArray:
        """(n_instances, n_features, n_hidden): the decoder's; row f makes output f."""
        self._expect_matrices(2, "W2")
        assert self._run.W2 is not None
        return self._run.W2

    @W2.setter
    def W2(self, values: ArrayLike) -> None:
        self.W2[:] = numbers_of_shape("W2", values, self.W2.shape)

    @property
    def b_final(self) -> FloatArray:
        """(n_instances, n_features): output bias."""
        return self._run.b_final

    @b_final.setter
    def b_final(self, values: ArrayLike) -> None:
        self._run.b_final[:] = numbers_of_shape("b_final", values, self._run.b_final.shape)

    def _expect_matrices(self, count: int, name: str) -> None:
        has = 1 if self._run.W2 is None else 2
        if has != count:
            there = "W" if has == 1 else "W1 and W2"
            raise AttributeError(f"a model of kind {self.kind!r} has {there}, not {name}")

    def state_dict(self, framework: str = "numpy") -> dict[str, Any]:
        """Copies of the parameters by name: `W` (or `W1`, `W2`) and `b_final`.

        Args:
            framework: "numpy", or "torch" for tensors, as `torch.nn.Module.load_state_dict` wants them.
        """
        names = ["W", "b_final"] if self._run.W2 is None else ["W1", "W2", "b_final"]
        arrays = {name: getattr(self, name).copy() for name in names}
        if framework == "numpy":
            return arrays
        if framework != "torch":
            raise ValueError(f"framework: expected 'numpy' or 'torch', got {framework!r}")
        import torch

        return {name: torch.from_numpy(array) for name, array in arrays.items()}

    def load_state_dict(self, state: Mapping[str, ArrayLike]) -> None:
        """Takes over parameters with the names and shapes of `state_dict`, of NumPy or PyTorch.

        Raises:
            ValueError: one is missing, unknown or has the wrong shape; nothing is changed then.
        """
        own = self.state_dict()
        if set(state) != set(own):
            raise ValueError(f"state: expected {', '.join(own)}, got {', '.join(map(str, state)) or 'nothing'}")
        checked = {name: numbers_of_shape(name, state[name], array.shape) for name, array in own.items()}
        for name, array in checked.items():
            getattr(self, name)[:] = array

    def save(self, path: str | os.PathLike[str]) -> None:
        """Writes the model into a safetensors file: parameters, feature_probability, importance and, where it is
        known, loss; in the metadata what it was trained on. `superpose.load` reads it all but for a distribution or
        target of your own. Whole or not at all.
        """
        tensors: dict[str, FloatArray] = self.state_dict()
        tensors.update(feature_probability=self._run.feature_probability, importance=self._run.importance)
        if not np.isnan(self._run.loss).all():
            tensors["loss"] = self._run.loss
        metadata = {
            "format": "pt",
            "kind": self.kind,
            "seed": str(self.seed),
            "superpose_version": _core.version,
            "experiment": self._run.toml,
        }
        _core.write_tensors(Path(path), tensors, metadata)

    def __reduce__(self) -> tuple[Callable[..., Model], tuple[Any, ...]]:
        """Pickled by what it is trained on, its parameters and where its random numbers are; without its history."""
        numbers_used = (self._seed, self._trainings, self._batches)
        return _restore, (self._run.toml, self.state_dict(), numbers_used, self._distribution, self._target)

    def copy(self) -> Model:
        """A model of its own with the same parameters, data and seed."""
        return self[:]

    def __copy__(self) -> Model:
        return self.copy()

    def __deepcopy__(self, memo: dict[int, Any]) -> Model:
        return self.copy()

    def __getitem__(self, which: int | slice | Sequence[int] | npt.NDArray[Any]) -> Model:
        """A model of these instances, with copies of their parameters: `model[3]`, `model[::2]`, `model[[0, 4]]`."""
        indices = np.arange(self.n_instances)
        try:
            chosen = np.atleast_1d(indices[np.asarray(which) if isinstance(which, (list, tuple)) else which])
        except IndexError:
            raise IndexError(f"which: expected instances from 0 to {self.n_instances - 1}, got {which!r}") from None
        if len(chosen) == 0:
            raise IndexError(f"which: expected at least one instance, got {which!r}")
        of_its_own = self._distribution is not None or self._target is not None
        if of_its_own and chosen.tolist() != indices.tolist():
            raise ValueError("which: a model with a distribution or target of its own cannot be taken apart")
        part = Model.__new__(Model)
        part._set_up(self._run.choose(chosen.tolist()), self._distribution, self._target)
        part._seed, part._trainings, part._batches = self._seed, self._trainings, self._batches
        return part

    # What it computes.

    def __call__(self, x: ArrayLike) -> Any:
        """The output x' for inputs x, (..., n_instances, n_features): of a tensor of PyTorch a tensor, else an array.
        A model of one instance also takes (..., n_features). No gradient is recorded.
        """
        return self._forward(x, to_hidden=False)

    def hidden(self, x: ArrayLike) -> Any:
        """The hidden layer for inputs x, after its activation: (..., n_instances, n_hidden)."""
        return self._forward(x, to_hidden=True)

    def _forward(self, x: ArrayLike, *, to_hidden: bool) -> Any:
        array = numbers("x", x, np.float32)
        shape = (self.n_instances, self.n_features)
        single = self.n_instances == 1 and array.shape[-2:] != shape and array.shape[-1:] == shape[1:]
        if not single and array.shape[-2:] != shape:
            raise ValueError(f"x: expected an array of shape (..., {shape[0]}, {shape[1]}), got {array.shape}")
        leading = array.shape[:-1] if single else array.shape[:-2]
        out = self._run.forward(array.reshape(-1, *shape), to_hidden)
        out = out.reshape(*leading, *(out.shape[2:] if single else out.shape[1:]))
        if not is_torch(x):
            return out
        import torch

        return torch.from_numpy(out)

    # What it is fed.

    def generate_batch(self, n_batch: int) -> FloatArray:
        """Samples (n_batch, n_instances, n_features) of what the model is trained on, others at each call."""
        n_batch = whole("n_batch", n_batch, 1)
        call = self._batches
        self._batches += 1
        if self._distribution is None:
            return self._run.batch(self._seed, "caller", call, n_batch)
        return self._samples(call, n_batch, [self._seed, 2, call])

    def _samples(self, step: int, n_samples: int, key: list[int]) -> FloatArray:
        """Of the distribution of the user's own. key: what its random numbers depend on."""
        assert self._distribution is not None
        samples = self._distribution(step, n_samples, np.random.default_rng(key))
        return finite("distribution", samples, (n_samples, self.n_instances, self.n_features))

    def _fill(self, step: int, batch_size: int, evaluation: bool) -> tuple[FloatArray, FloatArray | None]:
        """A batch for the engine. step: of an evaluation the number of the batch."""
        seed = self._training_seed
        if self._distribution is None:
            x = self._run.batch(seed, "evaluation" if evaluation else "training", step, batch_size)
        else:
            x = self._samples(self._steps if evaluation else step, batch_size, [seed, int(evaluation), step])
        if self._target is None:
            return x, None
        return x, finite("target", self._target(x), x.shape)

    # Its training.

    @property
    def loss(self) -> FloatArray:
        """(n_instances): mean over batch and features of importance * (target - x')^2, on 65,536 fresh samples an
        instance, as of the last training or `evaluate()`.
        """
        if np.isnan(self._run.loss).all():
            self.evaluate()
        return self._run.loss

    def evaluate(self, threads: int | None = None) -> FloatArray:
        """Estimates the loss of the parameters as they are on fresh data. returns: (n_instances)."""
        self._run.evaluate(threads_of(threads))
        return self._run.loss

    @property
    def restart_loss(self) -> FloatArray | None:
        """(restarts, n_instances): loss of every restart of the last training; None where it had one."""
        return self._run.restart_loss

    @property
    def kept_restart(self) -> npt.NDArray[np.int64] | None:
        """(n_instances): which restart was kept; None where the last training had one."""
        return self._run.kept_restart

    @property
    def history(self) -> History:
        """What the last training recorded."""
        parameters = self._run.history_parameters
        names = ("W", "b_final") if self._run.W2 is None else ("W", "W2", "b_final")
        recorded = dict(zip(names, parameters)) if parameters else {}
        return History(step=self._run.history_step, lr=self._run.history_lr, loss=self._run.history_loss, **recorded)

    def optimize(
        self,
        steps: int = 10_000,
        batch_size: int = 1024,
        lr: float = 1e-3,
        *,
        schedule: str = "constant",
        lr_scale: LrScale | None = None,
        optimizer: str = "adamw",
        betas: tuple[float, float] | None = None,
        eps: float | None = None,
        momentum: float | None = None,
        weight_decay: float | None = None,
        restarts: int = 1,
        seed: int | None = None,
        threads: int | None = None,
        record_every: int = 100,
        record_parameters: bool = False,
        hooks: Sequence[Hook] = (),
        hook_every: int | None = None,
        progress: bool | None = None,
    ) -> History:
        """Trains the model from its present parameters on, in place; an optimiser's moments start at 0.

        The result depends on the model, its seed and the arguments; not on `threads`, hooks that only look, or what
        else the machine does. Ctrl-C stops within a fraction of a second and leaves the parameters as they are after
        the last step taken; so does a hook that raises.

        Args:
            steps: updates; each sees a fresh batch.
            batch_size: samples in a batch, for each instance.
            lr: learning rate before the schedule.
            schedule: "constant", "linear" (1 - step/steps) or "cosine" (cos(pi/2 * step/(steps - 1))).
            lr_scale: any other schedule, as in the notebook: a callable (step, steps) -> factor on lr.
            optimizer: "adamw", "adam" or "sgd", as PyTorch's of that name.
            betas: decay of the moments, of adamw and adam; (0.9, 0.999) unless given.
            eps: added to the denominator, of adamw and adam; 1e-8 unless given.
            momentum: of sgd; 0.9 unless given.
            weight_decay: on all parameters; 0.01 for adamw, else 0, unless given.
            restarts: how often each instance is trained; the one with the lowest loss is kept. Above 1, each begins
                with random weights of its own and the present ones play no part.
            seed: of this training's random numbers. Unless given: the model's for its first training, so that it
                equals `superpose run`, and one derived from it for each further one.
            threads: all of the machine's unless given.
            record_every: steps between the rows of the history.
            record_parameters: whether the history holds the parameters, too: for `plot.dynamics`.
            hooks: called every `hook_every` steps and after the last one with a `HookData`.
            hook_every: `record_every` unless given.
            progress: whether to show a bar; unless given, in a terminal or notebook.

        Returns:
            What was recorded; also `model.history`.

        Raises:
            ValueError: an argument is out of range, or a distribution or target gave something else than asked.
            RuntimeError: the model is in training already.
        """
        steps = whole("steps", steps, 1, _MOST)
        every = whole("record_every", record_every, 1, _MOST)
        hook_every = every if hook_every is None else whole("hook_every", hook_every, 1, _MOST)
        if seed is None:  # the odd constant, 2^32 / golden ratio, leads far away from seeds that are neighbours
            seed = (self._seed + self._trainings * 0x9E3779B9) % 2**32
        factors: list[float] = []
        if lr_scale is not None:
            if schedule != "constant":
                raise ValueError("lr_scale: expected it or schedule, got both")
            if lr_scale in NAMES:
                schedule = NAMES[lr_scale]
            else:
                factors = _factors(lr_scale, steps)
        training: dict[str, dict[str, Any]] = {
            "train": {
                "steps": steps,
                "batch_size": whole("batch_size", batch_size, 1),
                "lr": lr,
                "schedule": schedule,
                "optimizer": optimizer,
                "betas": list(betas) if betas is not None else None,
                "eps": eps,
                "momentum": momentum,
                "weight_decay": weight_decay,
                "restarts": whole("restarts", restarts, 1),
                "seed": whole("seed", seed, 0, _MOST),
            },
            "record": {"every": every, "parameters": bool(record_parameters)},
        }
        self._steps, self._training_seed = steps, seed
        called, period = self._hook_caller(hooks, hook_every)
        with _toml.about_arguments(), _progress.bar(steps, progress) as bar:
            self._run.train(
                _toml.document(training),
                threads=threads_of(threads),
                hook=called,
                hook_every=period,
                poll=lambda step: bar.at(step, steps),
                lr_factors=factors,
            )
            bar.at(steps, steps)
        self._trainings += 1
        return self.history

    def _add_hook(self, hook: Hook, every: int) -> None:
        """One that every further training calls."""
        self._hooks.append((hook, every))

    def _remove_hook(self, hook: Hook) -> None:
        self._hooks = [(other, every) for other, every in self._hooks if other is not hook]

    def _hook_caller(
        self, hooks: Sequence[Hook], every: int
    ) -> tuple[Callable[[int, float, FloatArray], None] | None, int]:
        """One function that calls all hooks, those that stay among them, and how often it is to be called."""
        all_hooks = [(hook, every) for hook in hooks] + self._hooks
        for hook, _ in all_hooks:
            if not callable(hook):
                raise ValueError(f"hooks: expected callables, got {type(hook).__name__}")
        if not all_hooks:
            return None, every
        period = math.gcd(*(each for _, each in all_hooks))

        def call(step: int, lr: float, loss: FloatArray) -> None:
            data = HookData(self, step, self._steps, loss, lr)
            for hook, each in all_hooks:
                if step % each == 0 or data.last:
                    hook(data)

        return call, period


def _restore(
    toml: str,
    state: Mapping[str, FloatArray],
    numbers_used: tuple[int, int, int],
    distribution: Distribution | None,
    target: Target | None,
) -> Model:
    """A model from its parts."""
    model = Model.__new__(Model)
    model._set_up(_core.Run(toml), distribution, target)
    model.load_state_dict(state)
    model._seed, model._trainings, model._batches = numbers_used
    return model


def _factors(lr_scale: LrScale, steps: int) -> list[float]:
    """The schedule of the user's own, step by step."""
    if not callable(lr_scale):
        raise ValueError(f"lr_scale: expected a callable (step, steps), got {type(lr_scale).__name__}")
    factors = [float(lr_scale(step, steps)) for step in range(steps)]
    for step, factor in enumerate(factors):
        # The notebook's cosine rounds to a hair below 0 at the last step.
        if not (math.isfinite(factor) and factor > -1e-9):
            raise ValueError(f"lr_scale: expected finite factors >= 0, got {factor} at step {step}")
    return [max(factor, 0.0) for factor in factors]


def threads_of(threads: int | None) -> int:
    """As the engine has it: 0 for all of the machine's."""
    return 0 if threads is None else whole("threads", threads, 1, 4096)


def _read_only(array: FloatArray) -> FloatArray:
    array.flags.writeable = False
    return array


def numbers_of_shape(name: str, values: ArrayLike, shape: tuple[int, ...]) -> FloatArray:
    """float32 values of exactly that shape; parameters may be NaN. Raises ValueError that names the argument."""
    array: FloatArray = numbers(name, values, np.float32)
    if array.shape != shape:
        raise ValueError(f"{name}: expected an array of shape {shape}, got {array.shape}")
    return array
