"""What a module of PyTorch computes, on a few samples: the surest sign of which kind of model it is."""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np

from ._arrays import FloatArray, numbers

if TYPE_CHECKING:
    import torch

#: Samples that a module is run on.
_SAMPLES = 16


@dataclasses.dataclass(frozen=True)
class Outputs:
    """What a module made of samples x (n_samples, ..., n_features), the same for every instance.

    Attributes:
        of: what may be outputs, by n_features: (n_samples, n_instances, n_features) each.
        tolerance: difference that rounding explains, relative to the largest output.
    """

    of: dict[int, list[FloatArray]]
    tolerance: float


def samples(n_features: int) -> FloatArray:
    """(n_samples, 1, n_features): negative numbers too, which tell activations apart."""
    return np.random.default_rng(0).uniform(-2, 2, (_SAMPLES, 1, n_features)).astype(np.float32)


def run_module(module: object, encoder: FloatArray, numbers_of_features: Sequence[int]) -> Outputs | str:
    """What the module makes of the samples, or why nobody can tell.

    Args:
        module: anything; only a torch.nn.Module can be run.
        encoder: its weights that lead to the hidden layer, which tell whether there is an axis of instances.
        numbers_of_features: those that inputs may have.
    """
    try:
        import torch
    except ImportError:
        return "PyTorch is not installed"
    if not isinstance(module, torch.nn.Module):
        return "it is no torch.nn.Module"
    inner: torch.nn.Module = getattr(module, "_orig_mod", module)  # what torch.compile wraps
    n_instances = encoder.shape[0] if encoder.ndim == 3 else 1
    outputs, reason = {}, ""
    for n_features in numbers_of_features:
        x = np.repeat(samples(n_features), n_instances, axis=1)
        for shape in (x.shape, (_SAMPLES, n_features)) if encoder.ndim == 2 else (x.shape,):
            try:
                made = _forward(inner, x.reshape(shape))
            except Exception as error:  # whatever a forward pass of the user's raises
                reason = f"its forward raised {type(error).__name__}"
                continue
            if made:
                outputs[n_features] = [array.reshape(x.shape) for array in made]
                break
            reason = "its forward gives no finite array of its input's shape"
    first = next(iter(inner.parameters()), None)
    is_half = first is not None and first.dtype in (torch.float16, torch.bfloat16)
    return Outputs(outputs, 3e-2 if is_half else 1e-3) if outputs else reason


def _forward(module: torch.nn.Module, x: FloatArray) -> list[FloatArray]:
    """What of module(x) has the shape of x, as it is when it does not train: some modules return the hidden layer, too.
    Nothing about the module or PyTorch's random numbers changes.
    """
    import torch

    like = next(iter(module.parameters()), torch.empty(0))
    training = [each for each in module.modules() if each.training]
    module.eval()
    try:
        with torch.no_grad(), torch.random.fork_rng(devices=[]):
            made = module(torch.from_numpy(x).to(like.device, like.dtype))
    finally:
        for each in training:
            each.training = True
    tensors = [
        each for each in (made if isinstance(made, (tuple, list)) else (made,)) if isinstance(each, torch.Tensor)
    ]
    arrays = [numbers("output", each, np.float32) for each in tensors if each.numel() == x.size]
    return [array.reshape(x.shape) for array in arrays if np.isfinite(array).all()]
