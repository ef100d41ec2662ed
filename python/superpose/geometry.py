"""How features lie: who is represented, who is antipodal to whom, which polytopes they form.

Every function takes what `superpose.metrics` takes, `layout` too, and returns a list with an entry for each instance.
It raises ValueError for weights that are not finite; of those only `outcomes` says what became of them.
"""

from __future__ import annotations

import dataclasses

from . import _core
from ._literals import Layout
from ._weights import Measurable, finite_weights, weights

__all__ = [
    "Component",
    "Neurons",
    "antipodal_pairs",
    "components",
    "in_superposition",
    "neurons",
    "outcomes",
    "represented",
]


@dataclasses.dataclass(frozen=True)
class Component:
    """Features that share dimensions with each other and with no other feature.

    Attributes:
        shape: "single", "digon", "triangle", "square", "pentagon", "6-gon", "tetrahedron", ..., "other".
        features: in order.
        confidence: from 0, as near to another shape, to 1, exactly that shape.
    """

    shape: str
    features: list[int]
    confidence: float


@dataclasses.dataclass(frozen=True)
class Neurons:
    """How many hidden units respond to one feature, to several, to none."""

    monosemantic: int
    polysemantic: int
    dead: int


def represented(W: Measurable, *, layout: Layout | None = None) -> list[list[int]]:
    """The features of a norm above 0.5."""
    return [_core.Geometry(instance).represented for instance in finite_weights(W, layout)]


def in_superposition(W: Measurable, *, layout: Layout | None = None) -> list[list[int]]:
    """The represented features that share their dimension with others."""
    return [_core.Geometry(instance).in_superposition for instance in finite_weights(W, layout)]


def antipodal_pairs(W: Measurable, *, layout: Layout | None = None) -> list[list[tuple[int, int]]]:
    """The pairs f < g of represented features whose cosine is below -0.9."""
    return [_core.Geometry(instance).antipodal_pairs for instance in finite_weights(W, layout)]


def components(W: Measurable, *, layout: Layout | None = None) -> list[list[Component]]:
    """The connected components of the graph of represented features, and what each looks like."""
    return [[Component(*found) for found in _core.components(instance)] for instance in finite_weights(W, layout)]


def outcomes(W: Measurable, *, layout: Layout | None = None) -> list[str]:
    """What each instance has settled in, in words: "pentagon" or "2 x digon, 1 not represented"; "not finite" for one
    that has diverged.
    """
    return [_core.outcome(instance) for instance in weights(W, layout)]


def neurons(W: Measurable, *, layout: Layout | None = None) -> list[Neurons]:
    """How many features the hidden units respond to, for models whose hidden layer has an activation."""
    return [Neurons(*_core.count_neurons(instance)) for instance in finite_weights(W, layout)]
