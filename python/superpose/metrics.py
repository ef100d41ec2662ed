"""What weights alone say: norms, interference, dimensionality; and all that `superpose metrics` prints, with `measure`.

Every function of weights takes a `Model`, a run, an array or tensor `W` of shape (n_instances, n_features, n_hidden)
or, for one instance, (n_features, n_hidden), the path of a run directory or safetensors file, or what
`superpose.from_torch` takes, a `torch.nn.Module` for instance. Of models with two matrices it is W1 that is measured.
Results are float64, with the axis of instances only where the argument has it; weights that are not finite give results
that are not. Raises TypeError for what is no weights, ValueError for other shapes.

`layout` says how an array lies: "notebook", as above, or "arena": (n_instances, n_hidden, n_features); likewise of
modules, state dicts and files, where names and shapes leave it open. Unless it is given, an array is taken as the
notebook's, with a UserWarning where n_hidden would be larger than n_features.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from . import _core
from ._arrays import ArrayLike, FloatArray, Tensor
from ._literals import Layout
from ._weights import Measurable, Weights, expect_model, find, model_to_measure, per_instance

Array = npt.NDArray[np.float64]

__all__ = [
    "Outcome",
    "capacity",
    "dimensionality",
    "dimensions_per_feature",
    "gram",
    "interference",
    "measure",
    "net_interference",
    "norms",
    "polysemanticity",
    "restart_outcomes",
]


class Outcome(NamedTuple):
    """What some restarts of an instance settled in.

    Attributes:
        outcome: its name, "pentagon" for instance.
        restarts: how many restarts settled in it.
        lowest_loss: the lowest of their losses.
    """

    outcome: str
    restarts: int
    lowest_loss: float


def _measure(metric: Callable[[FloatArray], Array], W: Measurable, layout: Layout | None) -> Array:
    found = find(W, layout)
    result: Array = metric(found.W)
    return result[0] if found.single else result


def norms(W: Measurable, *, layout: Layout | None = None) -> Array:
    """|W_f|, the L2 norm of each feature's row: about 1 where it is represented, 0 where not.

    Returns: (n_instances, n_features).
    """
    return _measure(_core.norms, W, layout)


def interference(W: Measurable, *, layout: Layout | None = None) -> Array:
    """dot(W_f / (norm(W_f) + 1e-5), W_g), diagonal 0: how far feature g lies along feature f. Not symmetric.

    Returns: (n_instances, n_features, n_features), [i, f, g].
    """
    return _measure(_core.interference, W, layout)


def polysemanticity(W: Measurable, *, layout: Layout | None = None) -> Array:
    """L2 norm over g of interference[f, g]; 0 for a feature with a dimension of its own.

    Returns: (n_instances, n_features).
    """
    return _measure(_core.polysemanticity, W, layout)


def net_interference(
    W: Measurable, feature_probability: ArrayLike | Tensor | None = None, *, layout: Layout | None = None
) -> Array:
    """Sum over g of interference[f, g]^2 * p_g.

    Args:
        W: weights.
        feature_probability: p, a number or an array as `Model` takes it; for W of one instance also (n_features,); a
            model's or module's own unless given.
        layout: of W, as above.

    Returns: (n_instances, n_features).
    """
    array, single, model = find(W, layout)
    shape = array.shape[0], array.shape[1]
    if feature_probability is None:
        if model is None or np.isnan(model.feature_probability).any():
            raise ValueError("feature_probability: expected it beside weights whose data are not known, got None")
        feature_probability = model.feature_probability
    probability = per_instance("feature_probability", feature_probability, shape, single)
    result: Array = _core.net_interference(array, probability)
    return result[0] if single else result


def dimensionality(W: Measurable, *, layout: Layout | None = None) -> Array:
    """D_f = norm(W_f)^2 / sum_g (unit(W_f) . W_g)^2, the share of a hidden dimension that feature f has.

    Returns: (n_instances, n_features).
    """
    return _measure(_core.dimensionality, W, layout)


def capacity(W: Measurable, *, layout: Layout | None = None) -> Array:
    """Sum over f of D_f: the hidden dimensions in use, at most n_hidden.

    Returns: (n_instances), or a number for one instance.
    """
    return _measure(_core.capacity, W, layout)


def dimensions_per_feature(W: Measurable, *, layout: Layout | None = None) -> Array:
    """D* = n_hidden / norm(W)_F^2.

    Returns: (n_instances), or a number for one instance.
    """
    return _measure(_core.dimensions_per_feature, W, layout)


def gram(W: Measurable, *, layout: Layout | None = None) -> Array:
    """dot(W_f, W_g): the paper's W^T W, its heat maps.

    Returns: (n_instances, n_features, n_features).
    """
    return _measure(_core.gram, W, layout)


def measure(source: Measurable) -> dict[str, npt.NDArray[np.float64 | np.int64]]:
    """All metrics of a model or run by name, the arrays that `superpose metrics DIR --json` prints: norms, loss and so
    on, (n_instances, n_features) or (n_instances). Of several restarts also how their losses are spread. A loss that is
    not known is estimated.

        pandas.DataFrame({name: values.ravel() for name, values in sp.metrics.measure(run).items() if values.ndim == 2})

    Args:
        source: a `Model`, a run, the path of a run directory or of a model's file, or a module that keeps its
            feature_probability, one of `Model.to_torch` for instance.

    Raises:
        TypeError: the source is an array of weights, which has no loss.
        ValueError: nobody knows what it is trained on, so that there is no loss.
    """
    model = model_to_measure(source)
    return model._run.measure(model.loss)[0]


def restart_outcomes(source: Weights) -> list[list[Outcome]]:
    """What the restarts of each instance settled in, the most frequent first.

    Args:
        source: a run, its model, or the path of its directory.

    Returns: a list for each instance; an empty list where the restarts' models were not recorded, which
        `superpose.run(..., set={"record.all_restarts": True})` does.

    Raises:
        TypeError: the source is weights alone.
    """
    model = expect_model(source)
    return [[Outcome(*fields) for fields in instance] for instance in model._run.measure(model.loss)[1]]
