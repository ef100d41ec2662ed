"""What mathematics says of a model, without sampling or beside it."""

from __future__ import annotations

import dataclasses

import numpy as np
import numpy.typing as npt

from . import _core
from ._arrays import ArrayLike, number, numbers, whole
from ._model import Model
from ._weights import Weights, expect_model

Array = npt.NDArray[np.float64]

__all__ = ["Vulnerability", "expected_loss", "feature_tradeoff", "lowest_linear_loss", "vulnerability"]


@dataclasses.dataclass(frozen=True)
class Vulnerability:
    """How much attacks whose norm is a tenth of the samples' raise the loss; an entry for each instance.

    Attributes:
        attack_norm: L2 norm of the attacks.
        data_set: by the one attack on all samples that raises their mean loss most.
        per_sample: on average, by the attack that raises each sample's own loss most.
    """

    attack_norm: Array
    data_set: Array
    per_sample: Array


def expected_loss(model: Weights) -> Array:
    """The exact loss of instances of kind "relu_output" with at most 10 features, independent and uniform on [0, 1]
    where active, to 1e-6.

    Returns: (n_instances). Raises ValueError for other kinds, other data and more features.
    """
    model = _expect(expect_model(model), "relu_output")
    _expect_plain_data(model)
    if model.n_features > _core.most_expected_features:
        raise ValueError(f"model: expected at most {_core.most_expected_features} features, got {model.n_features}")
    return np.array(
        [
            _core.expected_loss(*instance)
            for instance in zip(model.W, model.b_final, model.feature_probability, model.importance)
        ]
    )


def lowest_linear_loss(n_hidden: int, feature_probability: float, importance: ArrayLike) -> float:
    """The lowest loss that a linear instance can have: its n_hidden most important features kept.

    Args:
        n_hidden: hidden dimensions, above 0.
        feature_probability: p, above 0 and at most 1, the same for all features.
        importance: (n_features), each finite and at least 0.

    Raises:
        ValueError: one of them is something else.
    """
    weights = numbers("importance", importance, np.float32)
    if weights.ndim != 1:
        raise ValueError(f"importance: expected an array of shape (n_features,), got {weights.shape}")
    p = number("feature_probability", feature_probability)
    return _core.lowest_linear_loss(whole("n_hidden", n_hidden, 1), p, weights)


def feature_tradeoff(model: Weights) -> tuple[Array, Array]:
    """The paper's decomposition of the loss, feature by feature: what representing it brings, and what it costs the
    others by interference. Of kinds "linear" and "relu_output", features independent and uniform on [0, 1] where
    active.

    Returns: benefit and interference_loss, each (n_instances, n_features). Raises ValueError for other kinds and data.
    """
    model = _expect(expect_model(model), "linear", "relu_output")
    _expect_plain_data(model)
    return _core.feature_tradeoff(model._run)


def vulnerability(model: Weights, samples: int = 2000) -> Vulnerability:
    """Adversarial vulnerability of a model of kind "relu_output" whose target are its inputs. Attacks raise its squared
    error, in which all features weigh alike. Takes minutes for thousands of features; Ctrl-C ends it.

    Args:
        model: the model.
        samples: how many samples of its data are attacked; the same ones at every call.

    Raises:
        ValueError: the model is another.
    """
    model = _expect(expect_model(model), "relu_output")
    if model._own_data.target is not None:
        raise ValueError("model: expected one whose target are its inputs, got one with a target of its own")
    x = model._batch(_ATTACKED, whole("samples", samples, 1, 2**31))
    found = [
        _core.vulnerability(W, b_final, np.ascontiguousarray(x[:, i]))
        for i, (W, b_final) in enumerate(zip(model.W, model.b_final))
    ]
    return Vulnerability(*(np.array(column) for column in zip(*found)))


#: Attacks draw their samples as this call of generate_batch would. No call of a user has a number that large.
_ATTACKED = 2**32 - 1


def _expect(model: Model, *kinds: str) -> Model:
    if model.kind not in kinds:
        raise ValueError(f"model: expected one of kind {' or '.join(map(repr, kinds))}, got {model.kind!r}")
    return model


def _expect_plain_data(model: Model) -> None:
    if model._own_data or not model._run.has_plain_data:
        raise ValueError(
            "model: expected one whose features are independent and uniform on [0, 1] where active, got one with "
            + ("data of its own" if model._own_data else "other values or with sets")
        )
