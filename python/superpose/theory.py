"""What mathematics says of a model, without sampling or beside it."""

from __future__ import annotations

import dataclasses

import numpy as np
import numpy.typing as npt

from . import _core
from ._arrays import ArrayLike, numbers
from ._weights import Weights, expect_model

Array = npt.NDArray[np.float64]

__all__ = ["Vulnerability", "expected_loss", "feature_tradeoff", "lowest_linear_loss", "vulnerability"]


@dataclasses.dataclass(frozen=True)
class Vulnerability:
    """How much attacks of a tenth of the samples' norm raise the loss, an entry for each instance.

    Attributes:
        attack_norm: L2 norm of the attacks.
        data_set: by the one attack on all samples that raises their mean loss most.
        per_sample: on average, by the attack that raises each sample's own loss most.
    """

    attack_norm: Array
    data_set: Array
    per_sample: Array


def expected_loss(model: Weights) -> Array:
    """The exact loss of instances of kind "relu_output" with at most 10 independent features, to 1e-6.

    Returns: (n_instances). Raises ValueError for other kinds and more features.
    """
    model = expect_model(model)
    if model.kind != "relu_output":
        raise ValueError(f"model: expected one of kind 'relu_output', got {model.kind!r}")
    return np.array(
        [
            _core.expected_loss(*instance)
            for instance in zip(model.W, model.b_final, model.feature_probability, model.importance)
        ]
    )


def lowest_linear_loss(n_hidden: int, feature_probability: float, importance: ArrayLike) -> float:
    """The lowest loss that a linear instance can have: its n_hidden most important features kept.

    Args:
        n_hidden: hidden dimensions.
        feature_probability: p, the same for all features.
        importance: (n_features).
    """
    return _core.lowest_linear_loss(n_hidden, feature_probability, numbers("importance", importance, np.float32))


def feature_tradeoff(model: Weights) -> tuple[Array, Array]:
    """The paper's decomposition of the loss, feature by feature: what representing it brings, and what it costs the
    others by interference. Of kinds "linear" and "relu_output".

    Returns: benefit and interference_loss, each (n_instances, n_features).
    """
    return _core.feature_tradeoff(expect_model(model)._run)


def vulnerability(model: Weights, samples: int = 2000) -> Vulnerability:
    """Adversarial vulnerability of a model of kind "relu_output", on samples of `model.generate_batch`."""
    model = expect_model(model)
    if model.kind != "relu_output":
        raise ValueError(f"model: expected one of kind 'relu_output', got {model.kind!r}")
    x = model.generate_batch(samples)
    found = [
        _core.vulnerability(W, b_final, np.ascontiguousarray(x[:, i]))
        for i, (W, b_final) in enumerate(zip(model.W, model.b_final))
    ]
    return Vulnerability(*(np.array(column) for column in zip(*found)))
