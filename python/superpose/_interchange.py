"""Models of other code bases: the notebook's, ARENA's, SPD's; from modules, checkpoints and safetensors files."""

from __future__ import annotations

import dataclasses
import os
import sys
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal, TypedDict, get_args

import numpy as np
import numpy.typing as npt

from . import _files
from ._arrays import ArrayLike, FloatArray, Tensor, choice, numbers, shown
from ._edge import warn
from ._errors import in_file
from ._literals import FeatureSet, Kind, Layout, Rule, ValuesName
from ._misuse import refuse_unknown
from ._model import STATE_METADATA, Model, restore
from ._module_outputs import Outputs, run_module, samples
from ._other_names import Weights, find_weights, is_linear, orientations, unwrapped, without_prefix
from ._own_data import Distribution, OwnData, Target, lost
from ._training import MOST

if TYPE_CHECKING:
    from typing_extensions import Unpack

    from ._torch_modules import ToyModel

__all__ = ["LAYOUTS", "from_torch"]

#: "notebook": W (n_instances, n_features, n_hidden), and W2 likewise. "arena": W or W1 (n_instances, n_hidden,
#: n_features), W2 (n_instances, n_features, n_hidden). "spd": linear1.weight (n_hidden, n_features), linear2.weight
#: (n_features, n_hidden) and linear2.bias, one instance.
LAYOUTS: tuple[Layout, ...] = get_args(Layout)

_ONE_MATRIX: tuple[Kind, ...] = ("relu_output", "linear", "gelu_output", "relu_hidden")
_TWO_MATRICES: tuple[Kind, ...] = ("untied", "absolute_value")


class ModelData(TypedDict, total=False):
    """Arguments of `Model` beside its shape."""

    kind: Kind
    feature_probability: ArrayLike | Tensor | Rule | None
    importance: ArrayLike | Tensor | Rule
    values: ValuesName
    sets: Sequence[FeatureSet] | None
    distribution: Distribution | None
    target: Target | None
    init: Literal["xavier_normal"] | float
    seed: int
    name: str


_ARGUMENTS = ("source", "layout", *ModelData.__annotations__)


def from_torch(source: object, layout: Layout | None = None, **data: Unpack[ModelData]) -> Model:
    """A model with the parameters of a `torch.nn.Module`, a state dict or a checkpoint that holds one.

    A module is run on a few samples: what it computes decides the kind, and how square matrices lie. A state dict of
    `Model.state_dict` says its kind itself. A module of `Model.to_torch` gives that model back, with the parameters
    that the module has now. Of any other state dict the kind is assumed unless it is given: a warning and
    `kind_is_assumed` say so.

    Args:
        source: the module, or a mapping from names to tensors or arrays. Known are W or W1, W2 and b_final, and what
            others call them: encoder and decoder, embedding.weight, linear1.weight, b and the like, behind prefixes
            such as "module.".
        layout: one of `LAYOUTS`; told from names and shapes unless given. A state dict with n_features = n_hidden needs
            it: nothing else tells W of ARENA's shape from the notebook's then.
        data: further arguments of `Model`: feature_probability, importance, kind, seed, ... A module that keeps
            `feature_probability` or `importance` itself gives those. Without feature_probability or distribution
            the model can be measured and drawn, but not trained: nobody knows on what.

    Raises:
        TypeError: it is no module and no mapping of names, or there is no such argument.
        ValueError: names or shapes are of none of the layouts, or the module computes what no kind does.
    """
    refuse_unknown("from_torch", (name for name in data if name not in _ARGUMENTS), _ARGUMENTS)
    return model_of_weights(source, layout, data)


def model_of_weights(source: object, layout: Layout | None, data: ModelData, *, warns: bool = True) -> Model:
    """What from_torch does. warns: whether an assumed kind is told."""
    ours = _module_of_ours(source)
    if ours is not None:
        return _of_our_module(ours, layout, data)
    is_module = hasattr(source, "state_dict") and not isinstance(source, (type, Mapping))
    state: object = getattr(source, "state_dict")() if is_module else source  # noqa: B009
    if not isinstance(state, Mapping) or not all(isinstance(name, str) for name in state):
        raise TypeError(f"source: expected a torch.nn.Module or a mapping of names, got {type(source).__name__}")
    state = unwrapped(state)
    said = _said_in(state)
    state = without_prefix(state)
    for name in ("feature_probability", "importance"):
        own = state.get(name, getattr(source, name, None))
        if own is not None and name not in data and not np.isnan(table := numbers(name, own)).any():
            data[name] = table
    if said is not None:
        _expect_own(*said, layout, data.get("kind"))
        data["kind"], layout = said
        is_module = False
    weights = find_weights({name: value for name, value in state.items() if name not in _DATA})
    return _of_weights(weights, layout, data, source if is_module else None, warns=warns)


#: What a module may keep beside its weights.
_DATA = ("feature_probability", "importance")


def _said_in(state: Mapping[str, object]) -> tuple[Kind, Layout] | None:
    """Kind and layout, where a state dict is our own and says them."""
    said: dict[str, Any] = getattr(state, "_metadata", {}).get(STATE_METADATA, {})
    return (said["kind"], said.get("layout", "notebook")) if "kind" in said else None


def _module_of_ours(source: object) -> ToyModel | None:
    """The module that `Model.to_torch` made; None for anything else."""
    torch_modules = sys.modules.get(f"{__package__}._torch_modules")  # imported by to_torch alone
    ours: ToyModel | None = torch_modules.own_module(source) if torch_modules is not None else None
    return ours


def _of_our_module(module: ToyModel, layout: Layout | None, data: ModelData) -> Model:
    """The model that a module was made of, with the module's parameters."""
    _expect_own(module.kind, module.layout, layout, data.get("kind"))
    same = module._as_model()
    changes: dict[str, Any] = {**module._new_data(), **{name: value for name, value in data.items() if name != "kind"}}
    if not changes:
        return same
    own = same._own_data
    if not same._run.has_plain_data and not changes.keys() & {"sets", "values", "distribution"}:
        raise ValueError(
            f"{next(iter(changes))}: expected what the module was made with, beside sets or values of its own, got "
            "another; sets=... or values=... says them again"
        )
    kept: dict[str, Any] = {"seed": same.seed, "name": same.name}
    kept.update({name: getattr(own, name) for name in ("distribution", "target") if getattr(own, name) is not None})
    kept.update({name: getattr(same, name) for name in _DATA if not np.isnan(getattr(same, name)).any()})
    state: dict[str, FloatArray] = dict(same.state_dict())
    return _Candidate(state, same.kind).model({**kept, **changes})  # type: ignore[typeddict-item]


def read_model(
    file: Path,
    layout: Layout | None = None,
    own_data: OwnData | None = None,
    kind: Kind | None = None,
    *,
    warns: bool = True,
) -> Model:
    """The model of a safetensors file, of this package or of any of `LAYOUTS`. own_data: of its user's own. warns:
    whether an assumed kind is told.
    """
    tensors, metadata, unread = _files.read(file)
    own_data = own_data or OwnData()
    try:
        if "kind" in metadata:
            _expect_own(metadata["kind"], "notebook", layout, kind)
        if "experiment" in metadata:
            return _of_experiment(tensors, metadata, own_data)
        known = {name: tensors.pop(name) for name in (*_DATA, "loss") if name in tensors}
        arguments: dict[str, Any] = {name: values for name, values in known.items() if name != "loss"}
        if own_data:
            arguments.update(distribution=own_data.distribution, target=own_data.target)
        if kind is not None:
            arguments["kind"] = kind
        if "kind" in metadata:  # of a run directory
            arguments["kind"] = metadata["kind"]
            layout = layout or "notebook"
        if "seed" in metadata:
            arguments["seed"] = _whole(metadata, "seed")
        data: ModelData = arguments  # type: ignore[assignment]  # these are among its keys
        return _of_weights(find_weights(without_prefix(tensors)), layout, data, None, warns=warns)
    except ValueError as error:
        not_read = ", ".join(f"{name} of {dtype}" for name, dtype in unread.items())
        passed_over = f"tensors of types that are not known were passed over: {not_read}" if unread else ""
        raise in_file(error, os.fspath(file), hint=passed_over) from None


def _expect_own(own_kind: str, own_layout: str, layout: Layout | None, kind: Kind | None) -> None:
    """Refuses what contradicts a file, state dict or module of ours, which says its kind and its layout."""
    if kind not in (None, own_kind):
        raise ValueError(f"kind: expected {own_kind!r}, which superpose wrote there, got {shown(kind)}")
    if layout not in (None, own_layout):
        raise ValueError(f"layout: expected {own_layout!r}, which superpose wrote there, got {shown(layout)}")


def load_weights(file: Path) -> FloatArray | None:
    """W of a safetensors file that holds nothing else, in the notebook's layout; None for any other file."""
    tensors = _files.read(file).tensors
    return numbers("W", tensors["W"], np.float32) if set(tensors) == {"W"} else None


def _of_experiment(tensors: dict[str, npt.NDArray[Any]], metadata: dict[str, str], own_data: OwnData) -> Model:
    """A model that this package wrote."""
    expected = lost(metadata.get("own_data", ""))
    own_data = OwnData(own_data.distribution or expected.distribution, own_data.target or expected.target)
    known = {name: tensors.pop(name, None) for name in (*_DATA, "loss")}
    numbers_used = (
        _whole(metadata, "seed"),
        _whole(metadata, "trainings", "1"),
        _whole(metadata, "batches", "0"),
    )
    is_assumed = metadata.get("kind_is_assumed") == "true"
    return restore(metadata["experiment"], tensors, known, numbers_used, own_data, is_assumed)


def _whole(metadata: Mapping[str, str], name: str, default: str | None = None) -> int:
    """A whole number that the metadata holds."""
    written = metadata.get(name, default)
    if written is None or not (written.isascii() and written.isdecimal() and int(written) <= MOST):
        raise ValueError(f"{name}: expected a whole number from 0 to {MOST} in the metadata, got {shown(written)}")
    return int(written)


# From weights to a model: every way to read them is a candidate, and what a module computes decides among them.


@dataclasses.dataclass(frozen=True)
class _Candidate:
    """A way to read weights: the parameters under our names, (n_instances, ...) each, and the kind."""

    state: dict[str, FloatArray]
    kind: Kind

    def model(self, data: ModelData) -> Model:
        W = self.state["W"] if "W" in self.state else self.state["W1"]
        if W.ndim != 3 or 0 in W.shape:
            name = "W" if "W" in self.state else "W1"
            raise ValueError(f"{name}: expected (n_instances, n_features, n_hidden), got {W.shape}")
        n_instances, n_features, n_hidden = W.shape
        arguments: dict[str, Any] = {**data, "kind": self.kind}
        model = Model(n_features, n_hidden, n_instances, **arguments)
        model.load_state_dict(self.state)
        if "feature_probability" not in data:
            model._run.set_feature_probability(np.full((n_instances, n_features), np.nan, np.float32))
        return model


def _of_weights(
    weights: Weights, layout: Layout | None, data: ModelData, module: object | None, *, warns: bool
) -> Model:
    """The model of weights. module: where they come from, which decides what the weights leave open; None: nothing.
    warns: whether an assumed kind is told.
    """
    if layout is not None:
        choice("layout", layout, LAYOUTS)
    theirs = None if module is None else run_module(module, weights.encoder, _numbers_of_features(weights))
    if isinstance(theirs, Outputs):
        chosen = _matching(list(_candidates(weights, layout, data, every_kind=True)), theirs, data)
        if chosen is not None:
            return chosen.model(data)
    if weights.bias is None:
        raise ValueError(f"source: expected W (or W1 and W2) and b_final, got {weights.encoder_name} alone")
    candidates = list(_candidates(weights, layout, data, every_kind=False))
    model = candidates[0].model(data)
    if len(candidates) > 1:
        raise ValueError(
            f"layout: expected 'notebook' or 'arena', which a {weights.encoder_name} of shape {weights.encoder.shape} "
            "does not tell, got None"
        )
    if "kind" not in data:
        model._kind_is_assumed = True
        reason = f": {theirs}" if isinstance(theirs, str) else ""
        if warns:
            warn(f"kind: assumed {model.kind!r}, which weights alone do not say{reason}; kind={model.kind!r} says it")
    return model


def _candidates(weights: Weights, layout: Layout | None, data: ModelData, *, every_kind: bool) -> Iterator[_Candidate]:
    """Ways to read the weights that layout and kind allow, the likeliest first. every_kind: not the likeliest alone."""
    for n_features in _numbers_of_features(weights):
        for state in _states(weights, layout, n_features, exact=not every_kind):
            kinds = _ONE_MATRIX if "W" in state else _TWO_MATRICES
            if data.get("kind") in _TWO_MATRICES and "W" in state and weights.decoder is not None:
                state = {"W1": state["W"], "W2": state["W"], "b_final": state["b_final"]}
                kinds = _TWO_MATRICES
            if "kind" in data:
                yield _Candidate(state, data["kind"])
            else:
                yield from (_Candidate(state, kind) for kind in (kinds if every_kind else kinds[:1]))


def _numbers_of_features(weights: Weights) -> list[int]:
    """n_features, which the bias tells; without one either axis of a matrix may be that of features."""
    if weights.bias is not None:
        return [weights.bias.shape[-1] if weights.bias.ndim > 0 else 1]
    return list(dict.fromkeys(weights.encoder.shape[-2:]))


def _states(
    weights: Weights, layout: Layout | None, n_features: int, *, exact: bool
) -> Iterator[dict[str, FloatArray]]:
    """Parameters by our names, for each way in which the matrices may lie. exact: a decoder lies as names say."""
    for encoder in _encoders(weights, layout, n_features):
        bias = weights.bias if weights.bias is not None else np.zeros((*encoder.shape[:-2], n_features), np.float32)
        if weights.decoder is None:
            yield _with_instances({"W": encoder, "b_final": bias})
            continue
        decoders = list(orientations(weights.decoder, n_features)) or [weights.decoder]
        for decoder in decoders[:1] if exact or layout is not None else decoders:
            if encoder.shape != decoder.shape:
                raise ValueError(
                    f"{weights.decoder_name}: expected the transpose of {weights.encoder_name}'s shape, or that shape, "
                    f"{weights.encoder.shape}, got {weights.decoder.shape}"
                )
            tied = np.array_equal(encoder, decoder)
            matrices = {"W": encoder} if tied else {"W1": encoder, "W2": decoder}
            yield _with_instances({**matrices, "b_final": bias})


def _encoders(weights: Weights, layout: Layout | None, n_features: int) -> list[FloatArray]:
    encoder = weights.encoder
    if layout == "notebook" or encoder.ndim < 2:
        return [encoder]
    if layout is not None:
        return [encoder.swapaxes(-1, -2)]
    ways = list(orientations(encoder, n_features)) or [encoder]
    return ways[-1:] if is_linear(weights.encoder_name) else ways


def _with_instances(state: dict[str, FloatArray]) -> dict[str, FloatArray]:
    """A model of one instance may come without that axis."""
    return {name: array if array.ndim == 3 - (name == "b_final") else array[None] for name, array in state.items()}


def _matching(candidates: list[_Candidate], theirs: Outputs, data: ModelData) -> _Candidate | None:
    """The candidate that computes the same; None where several do and differ in kind, so that nothing is decided.

    Raises:
        ValueError: none does.
    """
    differences = {i: _difference(candidate, theirs) for i, candidate in enumerate(candidates)}
    same = [candidates[i] for i, difference in differences.items() if difference <= theirs.tolerance]
    if same:
        return same[0] if "kind" in data or len({candidate.kind for candidate in same}) == 1 else None
    if not candidates:
        return None
    if "kind" in data:
        raise ValueError(
            f"kind: expected what the module computes, got {shown(data['kind'])}, whose outputs differ by "
            f"{min(differences.values()):.2g} of the largest"
        )
    kinds = ", ".join(dict.fromkeys(candidate.kind for candidate in candidates))
    raise ValueError(
        f"source: expected a module that computes what one of the kinds {kinds} does, got one whose outputs differ by "
        f"{min(differences.values()):.2g} of the largest; state_dict() with kind=... takes its weights as they are"
    )


def _difference(candidate: _Candidate, theirs: Outputs) -> float:
    """The largest difference of outputs, relative to the largest output."""
    model = candidate.model({})
    ours = model(samples(model.n_features))
    differences = [_relative_difference(ours, outputs) for outputs in theirs.of.get(model.n_features, [])]
    return min(differences, default=np.inf)


def _relative_difference(a: FloatArray, b: FloatArray) -> float:
    largest = max(float(np.abs(a).max()), float(np.abs(b).max()))
    return float(np.abs(a - b).max()) / largest if largest > 0 else 0.0
