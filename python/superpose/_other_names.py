"""How other code bases name and arrange the weights of a toy model."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable, Iterator, Mapping
from typing import Any, TypeVar

import numpy as np

from ._arrays import ArrayLike, FloatArray, listed, numbers

_T = TypeVar("_T")

#: Names of the matrix that leads to the hidden layer, of the one that leads from it, and of the output's bias. Modules
#: such as torch.nn.Linear and torch.nn.Embedding add ".weight" and ".bias".
_ENCODERS = ("W", "W1", "encoder", "enc", "embedding", "embed", "linear1", "fc1", "weight")
_DECODERS = ("W2", "decoder", "dec", "unembedding", "unembed", "linear2", "fc2")
_BIASES = ("b_final", "b", "bias", *(f"{name}.bias" for name in _DECODERS))
_HIDDEN_BIASES = tuple(f"{name}.bias" for name in _ENCODERS)

#: Where the state dict is in a checkpoint: Lightning's, and what training loops save.
_STATES = ("state_dict", "model_state_dict", "model")

#: Modules of these names are torch.nn.Linear: (out, in).
_LINEAR = ("encoder.weight", "enc.weight", "linear1.weight", "fc1.weight")


@dataclasses.dataclass(frozen=True)
class Weights:
    """A state's weights by what they do, arranged as they were.

    Attributes:
        encoder: the matrix to the hidden layer.
        decoder: the matrix from it; None where it is the encoder.
        bias: the output's; None where there is none.
        encoder_name: what the state calls the encoder.
        decoder_name: what it calls the decoder.
    """

    encoder: FloatArray
    decoder: FloatArray | None
    bias: FloatArray | None
    encoder_name: str
    decoder_name: str


def find_weights(state: Mapping[str, ArrayLike]) -> Weights:
    """The weights of a state dict. Raises ValueError where a name is missing, unknown or there twice."""
    arrays = {name: numbers(name, value, np.float32) for name, value in state.items()}
    encoder = _one_of(arrays, _with_weight(_ENCODERS))
    decoder = _one_of(arrays, _with_weight(_DECODERS))
    bias = _one_of(arrays, _BIASES)
    hidden_bias = _one_of(arrays, _HIDDEN_BIASES)
    if encoder is None or len([name for name in (encoder, decoder, bias, hidden_bias) if name]) != len(arrays):
        wanted = "W (or W1 and W2) and b_final, or names that mean the same"
        raise ValueError(f"source: expected {wanted}, got {listed(state)}")
    if hidden_bias is not None and arrays[hidden_bias].any():
        raise ValueError(f"{hidden_bias}: expected zeros, as no kind of model has a hidden bias, got others")
    return Weights(
        arrays[encoder],
        None if decoder is None else arrays[decoder],
        None if bias is None else arrays[bias],
        encoder,
        decoder or "W2",
    )


def without_prefix(state: Mapping[str, _T]) -> dict[str, _T]:
    """The state without what wrappers put before every name: "module.", "_orig_mod.", "model."."""
    names = {name: name for name in state}
    while (first := _shared_first(names.values())) is not None:
        names = {name: short.removeprefix(f"{first}.") for name, short in names.items()}
    return {short: state[name] for name, short in names.items()}


def _shared_first(names: Iterable[str]) -> str | None:
    """What all names begin with, up to a dot; None where that says what the weights do."""
    firsts = {name.partition(".")[0] if "." in name else None for name in names}
    first = firsts.pop() if len(firsts) == 1 else None
    return None if first in (*_ENCODERS, *_DECODERS) else first


def unwrapped(source: Mapping[str, Any]) -> Mapping[str, Any]:
    """The state dict in a checkpoint; a state dict itself stays."""
    for name in _STATES:
        inner = source.get(name)
        if isinstance(inner, Mapping):
            return inner
    return source


def is_linear(name: str) -> bool:
    """Whether the encoder of that name is (n_hidden, n_features), as torch.nn.Linear has it."""
    return name in _LINEAR


def _with_weight(names: tuple[str, ...]) -> tuple[str, ...]:
    return (*names, *(f"{name}.weight" for name in names))


def _one_of(arrays: Mapping[str, FloatArray], names: tuple[str, ...]) -> str | None:
    there = [name for name in names if name in arrays]
    if len(there) > 1:
        raise ValueError(f"source: expected one of {', '.join(there)}, got them all")
    return there[0] if there else None


def orientations(matrix: FloatArray, n_features: int) -> Iterator[FloatArray]:
    """The matrix as (..., n_features, n_hidden), in each way that its shape allows: as it is first."""
    if matrix.ndim < 2:
        return
    if matrix.shape[-2] == n_features:
        yield matrix
    if matrix.shape[-1] == n_features:
        yield matrix.swapaxes(-1, -2)
