"""The model: many toy autoencoders side by side, and their training."""

from __future__ import annotations

import collections
import copy
import dataclasses
import weakref
from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Any, Literal, NoReturn, TypeAlias, TypeVar, get_args, overload

import numpy as np
import numpy.typing as npt

from . import _core, _frames, _progress
from ._arrays import (
    AnyTensor,
    ArrayLike,
    FloatArray,
    PathLike,
    Tensor,
    choice,
    flag,
    is_torch,
    listed,
    number,
    numbers,
    path,
    shaped,
    shown,
    table,
    text,
    whole,
)
from ._copied import copied
from ._files import expect_own_suffix
from ._literals import (
    FeatureSet,
    Framework,
    Kind,
    ModuleLayout,
    OptimizerName,
    Rule,
    ScheduleName,
    ValuesName,
    Which,
)
from ._misuse import arguments_of, other_attribute, refuse_unknown
from ._own_data import Distribution, OwnData, Target
from ._restarts import Restarts, restarts_of
from ._schedules import LrScale
from ._training import MOST, History, Hook, Hooks, Settings, threads_of, unless_given

if TYPE_CHECKING:
    import torch

    from ._torch_modules import ArenaModel, NotebookModel

#: Parameters by name.
State: TypeAlias = collections.OrderedDict[str, FloatArray]
AnyState = TypeVar("AnyState", bound="collections.OrderedDict[str, Any]")

#: Where a state dict of ours says more than its tensors do. PyTorch keeps `_metadata` of a state dict, through files
#: too, and asks it for the prefixes of modules only.
STATE_METADATA = "superpose"


class Model(_frames.Tabular):
    """Many tiny autoencoders x' = ReLU(W W^T x + b_final), an instance each, that train side by side.

    All instances have the same shape and differ in what they are fed; they never influence each other.

    Args:
        n_features: inputs and outputs of an instance, the paper's n.
        n_hidden: hidden dimensions of an instance, the paper's m.
        n_instances: how many autoencoders there are.
        kind: "relu_output", "linear", "gelu_output", "relu_hidden", "untied" or "absolute_value".
        feature_probability: probability that a feature is active, from 1e-6 to 1: a number, or an array of shape
            (n_instances,), (n_instances, 1), (1, n_features) or (n_instances, n_features). 1 unless given.
        importance: weight of a feature in the loss, >= 0: a number, or an array of shape (n_features,),
            (n_instances, 1), (1, n_features) or (n_instances, n_features).
        values: "uniform": an active feature is uniform on [0, 1]; "signed": on [-1, 1].
        sets: features that depend on each other, as in experiment files:
            `[{"correlated": [0, 1]}, {"anticorrelated": [2, 3]}, {"exactly": 2, "of": [4, 5, 6]}]`.
        distribution: your own data, in place of all that: a callable `(step, batch_size, rng)` that returns
            samples (batch_size, n_instances, n_features), or those of one data set that every instance sees,
            (batch_size, n_features) or (batch_size, 1, n_features). Each call gets a NumPy generator `rng` of its own:
            draw all random numbers from it. Batches can have any size: the loss is estimated on 64 batches of 1024
            samples, with `step` set to the training's number of steps. A feature_probability beside it is not checked;
            figures and `metrics.net_interference` use it as it is.
        target: what the outputs are to be: a callable that takes the samples (batch_size, n_instances, n_features),
            must not change them, and returns an array of that shape. The samples themselves unless given (their
            absolute values for kind "absolute_value").
        init: "xavier_normal", or the standard deviation of the first weights.
        seed: of every random number, 0 to 2^32 - 1.
        name: what figures call it.

    Raises:
        TypeError: an argument has the wrong type, or there is no such argument.
        ValueError: an argument is out of range or has the wrong shape. The message says which, what was expected and
            what was got.
    """

    def __init__(
        self,
        n_features: int,
        n_hidden: int,
        n_instances: int = 1,
        *,
        kind: Kind = "relu_output",
        feature_probability: ArrayLike | Tensor | Rule | None = None,
        importance: ArrayLike | Tensor | Rule = 1.0,
        values: ValuesName = "uniform",
        sets: Sequence[FeatureSet] | None = None,
        distribution: Distribution | None = None,
        target: Target | None = None,
        init: Literal["xavier_normal"] | float = "xavier_normal",
        seed: int = 0,
        name: str = "model",
        **_unknown: NoReturn,
    ) -> None:
        refuse_unknown("Model", _unknown, _ARGUMENTS)
        shape = (whole("n_instances", n_instances, 1), whole("n_features", n_features, 1))
        own_data = OwnData(distribution, target)
        probability = 1.0 if feature_probability is None else feature_probability
        if sets is not None and not (
            isinstance(sets, (list, tuple)) and all(isinstance(each, Mapping) for each in sets)
        ):
            raise TypeError(f"sets: expected a list of dicts, got {shown(sets)}")
        run = _core.Run(
            {
                "name": text("name", name),
                "model": {
                    "kind": text("kind", kind),
                    "n_features": shape[1],
                    "n_hidden": whole("n_hidden", n_hidden, 1),
                    "n_instances": shape[0],
                    "init": init if isinstance(init, str) else {"normal": number("init", init)},
                },
                "data": {
                    "feature_probability": table("feature_probability", probability, *shape, along_features=False),
                    "importance": table("importance", importance, *shape, along_features=True),
                    "values": text("values", values),
                    "sets": [] if sets is None else list(sets),
                },
                "train": {"seed": whole("seed", seed, 0, MOST)},
            }
        )
        self._set_up(run, own_data)
        if distribution is not None and feature_probability is None:
            run.set_feature_probability(np.full(shape, np.nan, np.float32))

    def _set_up(self, run: _core.Run, own_data: OwnData) -> None:
        self._run = run
        self._seed = run.seed
        self._own_data = own_data
        self._batches = 0  # drawn by generate_batch
        self._kind_is_assumed = False
        self._hooks: list[tuple[Hook, int]] = []  # that stay, of watch()
        self._last_settings: Settings | None = None  # of the last training
        if own_data:
            itself = weakref.ref(self)  # the engine must not keep the model alive that keeps it

            def fill(
                step: int, batch_size: int, evaluation: bool, seed: int, steps: int
            ) -> tuple[FloatArray, FloatArray | None]:
                model = itself()
                assert model is not None
                return model._fill(step, batch_size, evaluation, seed, steps)

            run.set_source(fill, gives_targets=own_data.target is not None)

    @classmethod
    def _of_run(cls, run: _core.Run, own_data: OwnData | None = None) -> Model:
        """The model of a run that exists."""
        model = cls.__new__(cls)
        model._set_up(run, own_data or OwnData())
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
    def kind(self) -> Kind:
        """What an instance computes: "relu_output", "linear" and so on."""
        kind: Kind = self._run.kind  # type: ignore[assignment]  # one of those, as a test checks
        return kind

    @property
    def kind_is_assumed(self) -> bool:
        """Whether nothing but the names of its weights decided its kind: `from_torch` and `load` read weights that do
        not say what was computed with them.
        """
        return self._kind_is_assumed

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
        """(n_instances, n_features): the probability that a feature is active, NaN for a distribution of your own
        unless you said what it is. A copy at each call. It is decided when a model is made: writing into the copy
        raises ValueError, `feature_probability.copy()` can be changed for another model.
        """
        return copied(self._run.feature_probability)

    @property
    def importance(self) -> FloatArray:
        """(n_instances, n_features): weight of a feature in the loss. A copy at each call, which cannot be changed, as
        that of feature_probability.
        """
        return copied(self._run.importance)

    def __repr__(self) -> str:
        many = "instance" if self.n_instances == 1 else "instances"
        kind = f"{self.kind} (assumed)" if self._kind_is_assumed else self.kind
        return (
            f"<superpose.Model {kind}: {self.n_instances} {many} of {self.n_features} features in "
            f"{self.n_hidden} dimensions>"
        )

    if not TYPE_CHECKING:  # to a type checker any name would be there

        def __getattr__(self, name: str) -> Any:
            """Says what stands in place of an attribute that other code bases have."""
            if (message := other_attribute(name)) is not None:
                raise AttributeError(message, name=name, obj=self)
            return object.__getattribute__(self, name)  # raises what it raised

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
        self._run.W[:] = shaped("W", values, self._run.W.shape)

    @property
    def W1(self) -> FloatArray:
        """(n_instances, n_features, n_hidden): the encoder's, of kinds with two matrices."""
        self._expect_matrices(2, "W1")
        return self._run.W

    @W1.setter
    def W1(self, values: ArrayLike) -> None:
        self._expect_matrices(2, "W1")
        self._run.W[:] = shaped("W1", values, self._run.W.shape)

    @property
    def W2(self) -> FloatArray:
        """(n_instances, n_features, n_hidden): the decoder's; row f makes output f."""
        self._expect_matrices(2, "W2")
        assert self._run.W2 is not None
        return self._run.W2

    @W2.setter
    def W2(self, values: ArrayLike) -> None:
        self.W2[:] = shaped("W2", values, self.W2.shape)

    @property
    def b_final(self) -> FloatArray:
        """(n_instances, n_features): output bias."""
        return self._run.b_final

    @b_final.setter
    def b_final(self, values: ArrayLike) -> None:
        self._run.b_final[:] = shaped("b_final", values, self._run.b_final.shape)

    def _expect_matrices(self, count: int, name: str) -> None:
        has = 1 if self._run.W2 is None else 2
        if has != count:
            there = "W" if has == 1 else "W1 and W2"
            raise AttributeError(f"a model of kind {self.kind!r} has {there}, not {name}")

    @overload
    def state_dict(self, framework: Literal["numpy"] = "numpy", *, layout: ModuleLayout = "notebook") -> State: ...

    @overload
    def state_dict(
        self, framework: Literal["torch"], *, layout: ModuleLayout = "notebook"
    ) -> collections.OrderedDict[str, torch.Tensor]: ...

    def state_dict(
        self, framework: Framework = "numpy", *, layout: ModuleLayout = "notebook"
    ) -> State | collections.OrderedDict[str, torch.Tensor]:
        """Copies of the parameters by name: `W` (or `W1`, `W2`) and `b_final`. The mapping also says kind and layout:
        `from_torch` reads that, and `torch.nn.Module.load_state_dict` does not mind.

        Args:
            framework: "numpy", or "torch" for tensors, as `torch.nn.Module.load_state_dict` wants them.
            layout: "notebook": matrices are (n_instances, n_features, n_hidden), which `load_state_dict` takes;
                "arena": `W` or `W1` is (n_instances, n_hidden, n_features), `W2` as before.
        """
        names = ["W", "b_final"] if self._run.W2 is None else ["W1", "W2", "b_final"]
        state: State = collections.OrderedDict((name, getattr(self, name).copy()) for name in names)
        if choice("layout", layout, get_args(ModuleLayout)) == "arena":
            state[names[0]] = np.ascontiguousarray(state[names[0]].swapaxes(1, 2))
        if choice("framework", framework, get_args(Framework)) == "numpy":
            return self._saying_its_kind(state, layout)
        import torch

        return self._saying_its_kind(
            collections.OrderedDict((name, torch.from_numpy(array)) for name, array in state.items()), layout
        )

    def _saying_its_kind(self, state: AnyState, layout: ModuleLayout) -> AnyState:
        if not self._kind_is_assumed:
            metadata = {"": {"version": 1}, STATE_METADATA: {"kind": self.kind, "layout": layout}}
            state._metadata = collections.OrderedDict(metadata)  # type: ignore[attr-defined]
        return state

    @overload
    def to_torch(self, *, layout: Literal["notebook"] = "notebook") -> NotebookModel: ...

    @overload
    def to_torch(self, *, layout: Literal["arena"]) -> ArenaModel: ...

    def to_torch(self, *, layout: ModuleLayout = "notebook") -> NotebookModel | ArenaModel:
        """A `torch.nn.Module` that computes what the model does, with copies of its parameters; gradients flow. It has
        the interface that code written for the notebook or for ARENA expects: `config` (also `cfg`), `W` (or `W1` and
        `W2`) and `b_final` as parameters, `importance` and `feature_probability` as tensors (n_instances, n_features),
        `forward(features)` and `generate_batch(n)`, whose samples are those of `Model.generate_batch`. `from_torch`
        makes it a model again, with the parameters that it has by then and all else as it was.

        Args:
            layout: "notebook": `W` is (n_instances, n_features, n_hidden); "arena": it is (n_instances, n_hidden,
                n_features), and of kinds with two matrices `W1` alone lies so.

        Raises:
            ImportError: PyTorch is not installed.
            ValueError: there is no such layout.
        """
        choice("layout", layout, get_args(ModuleLayout))
        try:
            from ._torch_modules import module_of
        except ImportError as error:
            raise ImportError(f"to_torch: expected PyTorch to be installed, got {error}") from None
        return module_of(self, layout)

    def load_state_dict(self, state: Mapping[str, ArrayLike]) -> None:
        """Takes over parameters with the names and shapes of `state_dict`, of NumPy or PyTorch.

        Raises:
            TypeError: it is no mapping, or a value of it no array.
            ValueError: one is missing, unknown or has the wrong shape; nothing is changed then.
        """
        own = self.state_dict()
        if not isinstance(state, Mapping):
            raise TypeError(f"state: expected a mapping of names, got {type(state).__name__}")
        if set(state) != set(own):
            raise ValueError(f"state: expected {', '.join(own)}, got {listed(state)}")
        checked = {name: shaped(name, state[name], array.shape) for name, array in own.items()}
        for name, array in checked.items():
            getattr(self, name)[:] = array

    def save(self, file: PathLike) -> None:
        """Writes the model into a safetensors file: parameters, feature_probability, importance and, where it has been
        estimated, loss; in the metadata what it was trained on and how far its random numbers are used.
        `superpose.load` reads it all; it is to be given a distribution or target of your own again. The file appears
        whole or not at all.

        Raises:
            ValueError: the file's name ends like one of another format, "model.pt" for instance.
        """
        where = expect_own_suffix("file", path("file", file))
        tensors: dict[str, FloatArray] = dict(self.state_dict())
        tensors.update(feature_probability=self._run.feature_probability, importance=self._run.importance)
        if (loss := self._loss_to_keep()) is not None:
            tensors["loss"] = loss
        metadata = {
            "format": "pt",
            "kind": self.kind,
            "seed": str(self.seed),
            "trainings": str(self._run.trainings),
            "batches": str(self._batches),
            "own_data": self._own_data.names(),
            "superpose_version": _core.version,
            "experiment": self._run.toml,
        }
        if self._kind_is_assumed:
            metadata["kind_is_assumed"] = "true"
        _core.write_tensors(where, tensors, metadata)

    def _loss_to_keep(self) -> FloatArray | None:
        """The loss for a file: None where it is not known and the file's reader can estimate it."""
        of_own_data = self._run.trainings > 0 and self._own_data.is_at_hand()  # the reader may not have the callables
        return self.loss if of_own_data or self._run.has_loss_elsewhere else self._run.loss

    def __reduce__(self) -> tuple[Callable[..., Model], tuple[Any, ...]]:
        """Pickled by what it is trained on, its parameters and where its random numbers are; without its history."""
        loss = self.loss if self._run.has_loss_elsewhere else self._run.loss
        known = {"feature_probability": np.array(self._run.feature_probability), "loss": loss}
        numbers_used = (self._seed, self._run.trainings, self._batches)
        state = dict(self.state_dict())
        return restore, (self._run.toml, state, known, numbers_used, self._own_data, self._kind_is_assumed)

    def copy(self) -> Model:
        """A model of its own with the same parameters, data and seed."""
        return self._part(list(range(self.n_instances)), self._own_data)

    def __copy__(self) -> Model:
        return self.copy()

    def __deepcopy__(self, memo: dict[int, Any]) -> Model:
        return self._part(list(range(self.n_instances)), copy.deepcopy(self._own_data, memo))

    def __getitem__(self, which: Which) -> Model:
        """A model of these instances, with copies of their parameters: `model[3]`, `model[::2]`, `model[[0, 4]]`.

        Raises:
            IndexError: there are no such instances.
            TypeError: it is nothing that chooses instances.
            ValueError: the model has a distribution or target of its own, and these are not all its instances.
        """
        if which is None:
            raise TypeError("which: expected an instance, a slice or a list of instances, got None")
        chosen = self.instances(which)
        if self._own_data and chosen != list(range(self.n_instances)):
            raise ValueError(
                "which: expected all instances, as a model with a distribution or target of its own cannot be taken "
                f"apart, got {shown(which)}"
            )
        return self._part(chosen, self._own_data)

    def instances(self, which: Which | None) -> list[int]:
        """The numbers of the instances that an index chooses, as `model[which]` does; None: of all."""
        if which is None:
            return list(range(self.n_instances))
        index = np.asarray(which) if not isinstance(which, slice) else which
        if isinstance(index, np.ndarray):
            of_each = index.dtype.kind == "b" and index.shape == (self.n_instances,)
            if not of_each and (index.dtype.kind not in "iu" or index.ndim > 1) and index.size > 0:
                raise TypeError(f"which: expected an instance, a slice or a list of instances, got {shown(which)}")
            index = index if index.size > 0 else index.astype(np.int64)
        try:
            chosen = [int(number) for number in np.atleast_1d(np.arange(self.n_instances)[index])]
        except IndexError:
            raise IndexError(
                f"which: expected instances from 0 to {self.n_instances - 1}, got {shown(which)}"
            ) from None
        if not chosen:
            raise IndexError(f"which: expected at least one instance, got {shown(which)}")
        return chosen

    def _part(self, instances: list[int], own_data: OwnData) -> Model:
        part = Model._of_run(self._run.choose(instances), own_data)
        part._seed, part._batches = self._seed, self._batches
        part._kind_is_assumed = self._kind_is_assumed
        return part

    # What it computes.

    @overload
    def __call__(self, x: AnyTensor) -> AnyTensor: ...

    @overload
    def __call__(self, x: ArrayLike) -> FloatArray: ...

    def __call__(self, x: ArrayLike | Tensor) -> FloatArray | Tensor:
        """The output x' for inputs x, (..., n_instances, n_features): of a tensor of PyTorch a tensor of its type and
        on its device, else a float32 array; computed in float32. (..., 1, n_features) are inputs for every instance; a
        model of one instance also takes (..., n_features). No gradient is recorded.
        """
        return self._forward(x, to_hidden=False)

    @overload
    def hidden(self, x: AnyTensor) -> AnyTensor: ...

    @overload
    def hidden(self, x: ArrayLike) -> FloatArray: ...

    def hidden(self, x: ArrayLike | Tensor) -> FloatArray | Tensor:
        """The hidden layer for inputs x, after its activation: (..., n_instances, n_hidden)."""
        return self._forward(x, to_hidden=True)

    def _forward(self, x: ArrayLike | Tensor, *, to_hidden: bool) -> FloatArray | Tensor:
        array = numbers("x", x, np.float32)
        shape = (self.n_instances, self.n_features)
        if array.ndim >= 2 and array.shape[-2:] == (1, self.n_features):  # the same for all instances
            array = np.ascontiguousarray(np.broadcast_to(array, (*array.shape[:-2], *shape)))
        single = self.n_instances == 1 and array.shape[-2:] != shape and array.shape[-1:] == shape[1:]
        if not single and array.shape[-2:] != shape:
            raise ValueError(f"x: expected an array of shape (..., {shape[0]}, {shape[1]}), got {array.shape}")
        leading = array.shape[:-1] if single else array.shape[:-2]
        out = self._run.forward(array.reshape(-1, *shape), to_hidden)
        out = out.reshape(*leading, *(out.shape[2:] if single else out.shape[1:]))
        if not is_torch(x):
            return out
        import torch

        like: torch.Tensor = x  # type: ignore[assignment]
        dtype = like.dtype if like.is_floating_point() else torch.float32
        made: Tensor = torch.from_numpy(out).to(like.device, dtype)
        return made

    # What it is fed.

    def _expect_data(self) -> None:
        """Refuses a model of which nobody has said what it is trained on."""
        if self._own_data.distribution is None and np.isnan(self._run.feature_probability).any():
            raise ValueError(
                "feature_probability: expected what the model is trained on, which weights alone do not say, got "
                "none: superpose.from_torch(..., feature_probability=...) takes it"
            )

    def generate_batch(self, n_batch: int) -> FloatArray:
        """Draws samples (n_batch, n_instances, n_features) of what the model is trained on; new ones at each call."""
        self._expect_data()
        n_batch = whole("n_batch", n_batch, 1, MOST)
        self._batches += 1
        return self._batch(self._batches - 1, n_batch)

    def _batch(self, call: int, n_batch: int) -> FloatArray:
        """The batch that generate_batch draws when it is called for the `call`th time, from 0."""
        if self._own_data.distribution is None:
            return self._run.batch(self._seed, "caller", call, n_batch)
        shape = (n_batch, self.n_instances, self.n_features)
        return self._own_data.samples(call, shape, [self._seed, 2, call])

    def _fill(
        self, step: int, batch_size: int, evaluation: bool, seed: int, steps: int
    ) -> tuple[FloatArray, FloatArray | None]:
        """A batch for the engine. evaluation: it is for the loss, on the data after `steps` steps, and `step` is the
        batch's number then.
        """
        if self._own_data.distribution is None:
            x = self._run.batch(seed, "evaluation" if evaluation else "training", step, batch_size)
        else:
            shape = (batch_size, self.n_instances, self.n_features)
            x = self._own_data.samples(steps if evaluation else step, shape, [seed, int(evaluation), step])
        return x, self._own_data.targets(x)

    # Its training.

    @property
    def loss(self) -> FloatArray:
        """(n_instances): mean over batch and features of importance * (target - x')^2, on 65,536 fresh samples an
        instance. Of the parameters as they are: estimated when it is asked for, which takes about as long as 64 steps
        of 1024 samples, and kept until they change.

        Raises:
            RuntimeError: the model is in training, and parameters change.
        """
        if self._run.is_in_training:
            raise RuntimeError(
                "loss: expected a model that is not in training: a hook has its batch's in data.loss, and "
                "model.copy().loss is that of the parameters as they are"
            )
        known = self._run.loss
        if known is not None:
            return known
        self._expect_data()
        return self._run.known_loss(threads_of(None))

    def evaluate(self, threads: int | None = None) -> FloatArray:
        """Estimates the loss of the parameters as they are, on fresh data, whether it is known or not.

        Returns: (n_instances).
        """
        self._expect_data()
        return self._run.evaluate(threads_of(threads))

    @property
    def restart_loss(self) -> FloatArray | None:
        """(restarts, n_instances): loss of every restart of the last training; None where it had one."""
        return self._run.restart_loss

    @property
    def kept_restart(self) -> npt.NDArray[np.int64] | None:
        """(n_instances): which restart was kept; None where the last training had one."""
        return self._run.kept_restart

    @property
    def restarts(self) -> Restarts | None:
        """The restarts of the last training: their losses and, with `record_all_restarts=True`, their parameters and
        outcomes; None where it had one.
        """
        return restarts_of(self._run)

    def _table(self, rows: str) -> _core.Table:
        return _core.table_of_run(self._run, self.loss, rows)

    @property
    def history(self) -> History:
        """What the last training recorded."""
        parameters = self._run.history_parameters
        names = ("W", "b_final") if self._run.W2 is None else ("W", "W2", "b_final")
        recorded = dict(zip(names, parameters)) if parameters else {}
        return History(step=self._run.history_step, lr=self._run.history_lr, loss=self._run.history_loss, **recorded)

    def optimize(
        self,
        steps: int | None = None,
        batch_size: int = unless_given(1024),
        lr: float = unless_given(1e-3),
        *,
        resume: bool = False,
        schedule: ScheduleName = unless_given("constant"),
        lr_scale: LrScale | None = None,
        optimizer: OptimizerName = unless_given("adamw"),
        betas: tuple[float, float] | None = None,
        eps: float | None = None,
        momentum: float | None = None,
        weight_decay: float | None = None,
        restarts: int = unless_given(1),
        seed: int | None = None,
        threads: int | None = None,
        record_every: int = unless_given(100),
        record_parameters: bool = False,
        record_all_restarts: bool = False,
        hooks: Sequence[Hook] = (),
        hook_every: int | None = None,
        progress: bool | None = None,
        **_unknown: NoReturn,
    ) -> History:
        """Trains the model from its present parameters on, in place; an optimiser's moments start at 0.

            model.optimize(20_000)              # Ctrl-C
            model.optimize(resume=True)         # goes on, to the same bits as without it
            model.optimize(50_000, resume=True) # makes it longer

        The result depends on the model, its seed and the arguments; not on `threads`, hooks that only look, or what
        else the machine does. Ctrl-C stops within a fraction of a second, or at the end of a step that takes longer,
        and leaves the parameters as they are after the last step taken; so does a hook that raises.

        Args:
            steps: updates; each sees a fresh batch. 10,000 unless given; with `resume` those of the training that is
                gone on with.
            batch_size: samples in a batch, for each instance.
            lr: learning rate before the schedule.
            resume: go on where the last training of this model ended: by Ctrl-C, by a hook that raised, or after its
                last step, where `steps` are more. It has that training's arguments; what is given here is the same.
                It begins with the present parameters, and several restarts with their own.
            schedule: "constant", "linear" (1 - step/steps) or "cosine" (cos(pi/2 * step/(steps - 1))).
            lr_scale: any other schedule, as in the notebook: a callable (step, steps) -> factor on lr.
            optimizer: "adamw", "adam" or "sgd", as PyTorch's of that name.
            betas: decay of the moments, of adamw and adam; (0.9, 0.999) unless given.
            eps: added to the denominator, of adamw and adam; 1e-8 unless given.
            momentum: of sgd; 0.9 unless given.
            weight_decay: on all parameters; 0.01 for adamw, else 0, unless given.
            restarts: how often each instance is trained; the one with the lowest loss is kept. Above 1, each begins
                with random weights of its own and the present ones play no part. Only then are losses estimated at
                the end; otherwise `loss` does that when it is asked for.
            seed: of this training's random numbers. Unless given: the model's for its first training, so that it
                equals `superpose run`, and one derived from it for each further one.
            threads: all of the machine's unless given.
            record_every: steps between the rows of the history.
            record_parameters: whether the history holds the parameters, too: for `plot.dynamics`.
            record_all_restarts: whether `model.restarts` holds the parameters of every restart, not only their losses.
            hooks: called every `hook_every` steps and after the last one with a `HookData`.
            hook_every: `record_every` unless given.
            progress: whether to show a bar; unless given, in a terminal or notebook.

        Returns:
            What was recorded; also `model.history`.

        Raises:
            TypeError: an argument has the wrong type, or there is no such argument.
            ValueError: an argument is out of range, or a distribution or target gave something else than asked.
            RuntimeError: the model is in training already, in another thread or by its own hook.
        """
        if isinstance(steps, Model):
            raise TypeError("optimize: expected model.optimize(steps=..., ...), got the model as an argument, too")
        refuse_unknown("optimize", _unknown, _OPTIONS)
        self._expect_data()
        settings = Settings.of(
            steps=steps,
            batch_size=batch_size,
            lr=lr,
            schedule=schedule,
            lr_scale=lr_scale,
            optimizer=optimizer,
            betas=betas,
            eps=eps,
            momentum=momentum,
            weight_decay=weight_decay,
            restarts=restarts,
            seed=seed,
            record_every=record_every,
            record_parameters=record_parameters,
            record_all_restarts=record_all_restarts,
        )
        going_on = flag("resume", resume)
        if going_on:
            settings = settings.after(self._last_settings, self._run.steps_taken, is_whole=self._run.is_whole)
        elif settings.seed is None:  # the odd constant, 2^32 / golden ratio, leads far away from neighbouring seeds
            settings = dataclasses.replace(settings, seed=(self._seed + self._run.trainings * 0x9E3779B9) % 2**32)
        n_steps = settings.n_steps
        hook_every = settings.record_every if hook_every is None else whole("hook_every", hook_every, 1, MOST)
        own_hooks = Hooks(self, hooks, hook_every, self._hooks)
        factors = settings.lr_factors()
        begun = self._run.begun
        with _progress.bar(n_steps, progress) as bar:
            try:
                self._run.train(
                    settings.sections(),
                    threads=threads_of(threads),
                    hook=own_hooks.caller(n_steps),
                    hook_every=own_hooks.every,
                    poll=lambda step: bar.at(step, n_steps),
                    lr_factors=factors,
                    resume=going_on,
                )
            finally:
                if self._run.begun > begun:
                    self._last_settings = settings
            bar.at(n_steps, n_steps)
        return self.history

    def _add_hook(self, hook: Hook, every: int) -> None:
        """Adds a hook that every further training calls."""
        self._hooks.append((hook, every))

    def _remove_hook(self, hook: Hook) -> None:
        self._hooks = [(other, every) for other, every in self._hooks if other is not hook]


def restore(
    toml: str,
    state: Mapping[str, ArrayLike],
    known: Mapping[str, ArrayLike | None],
    numbers_used: tuple[int, int, int],
    own_data: OwnData,
    kind_is_assumed: bool = False,
) -> Model:
    """A model from its parts: what it is trained on; its parameters; its loss and feature_probability, where they are
    known; its seed, and how many trainings and batches took their random numbers. Pickles call it by this name.

    Raises:
        ValueError: a part is missing or has the wrong shape.
    """
    model = Model._of_run(_core.Run(toml), own_data)
    model.load_state_dict(state)
    model._seed, model._run.trainings, model._batches = numbers_used
    model._kind_is_assumed = kind_is_assumed
    if (probability := known.get("feature_probability")) is not None:
        shape = (model.n_instances, model.n_features)
        model._run.set_feature_probability(shaped("feature_probability", probability, shape))
    if (loss := known.get("loss")) is not None:
        model._run.set_loss(shaped("loss", loss, (model.n_instances,)))
    return model


#: What a message may suggest in place of an argument that is not there.
_ARGUMENTS = arguments_of(Model.__init__)
_OPTIONS = arguments_of(Model.optimize)
