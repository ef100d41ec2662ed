"""Models as modules of PyTorch, with the interface of the notebook or of ARENA. Imports PyTorch: not to be imported
before somebody asks for a module.
"""

from __future__ import annotations

import collections
import dataclasses
from typing import Any, ClassVar

import numpy as np
import numpy.typing as npt
import torch
from torch import nn

from ._arrays import numbers
from ._literals import ModuleLayout
from ._model import STATE_METADATA, Model

__all__ = ["ArenaModel", "Config", "NotebookModel", "ToyModel", "module_of", "own_module"]


@dataclasses.dataclass(frozen=True)
class Config:
    """The shape of a module, under the notebook's names and under ARENA's."""

    n_features: int
    n_hidden: int
    n_instances: int

    @property
    def d_hidden(self) -> int:
        """ARENA's name for n_hidden."""
        return self.n_hidden

    @property
    def n_inst(self) -> int:
        """ARENA's name for n_instances."""
        return self.n_instances


class ToyModel(nn.Module):
    """What modules of both layouts share: parameters are the model's, its data are buffers that no state dict has.

    Attributes:
        config: n_features, n_hidden and n_instances; also d_hidden and n_inst. `cfg` is the same.
        kind: what it computes, as `Model.kind`.
        W: or W1 and W2 of kinds with two matrices.
        b_final: (n_instances, n_features).
        importance: (n_instances, n_features).
        feature_probability: (n_instances, n_features); NaN where it is not known.
    """

    layout: ClassVar[ModuleLayout]
    W: torch.Tensor
    W1: torch.Tensor
    W2: torch.Tensor
    b_final: torch.Tensor
    importance: torch.Tensor
    feature_probability: torch.Tensor

    def __init__(self, model: Model) -> None:
        super().__init__()
        self._model = model.copy()  # its data, whose samples generate_batch draws
        self.config = self.cfg = Config(model.n_features, model.n_hidden, model.n_instances)
        self.kind = model.kind
        for name, tensor in model.state_dict("torch", layout=self.layout).items():
            setattr(self, name, nn.Parameter(tensor))
        for name in ("importance", "feature_probability"):
            self.register_buffer(name, torch.from_numpy(np.array(getattr(model, name))), persistent=False)

    def forward(self, features: torch.Tensor) -> torch.Tensor:
        """The output x' for features (..., n_instances, n_features)."""
        encoder, decoder = self._matrices()
        hidden = torch.einsum("...if,ifh->...ih", features, encoder)
        if self.kind in ("relu_hidden", "absolute_value"):
            hidden = torch.relu(hidden)
        out = torch.einsum("...ih,ifh->...if", hidden, decoder) + self.b_final
        if self.kind == "gelu_output":
            out = nn.functional.gelu(out)
        elif self.kind != "linear":
            out = torch.relu(out)
        return out

    def _matrices(self) -> tuple[torch.Tensor, torch.Tensor]:
        """The encoder and the decoder, (n_instances, n_features, n_hidden) each."""
        raise NotImplementedError

    def _batch(self, n_samples: int) -> torch.Tensor:
        return torch.from_numpy(self._model.generate_batch(n_samples)).to(self.b_final.device, self.b_final.dtype)

    def extra_repr(self) -> str:
        """What PyTorch prints of it."""
        shape = self.config
        return f"{self.kind}, n_instances={shape.n_instances}, n_features={shape.n_features}, n_hidden={shape.n_hidden}"

    def _save_to_state_dict(self, destination: collections.OrderedDict[str, Any], prefix: str, keep_vars: bool) -> None:
        """Has state dicts say kind and layout, as those of `Model` do."""
        super()._save_to_state_dict(destination, prefix, keep_vars)
        metadata = getattr(destination, "_metadata", None)
        if metadata is not None and prefix == "" and type(self) in (NotebookModel, ArenaModel):
            metadata[STATE_METADATA] = {"kind": self.kind, "layout": self.layout}

    def _as_model(self) -> Model:
        """The model with the parameters that the module has now; what it is trained on is what it was."""
        model = self._model.copy()
        for name in model.state_dict():
            array = numbers(name, getattr(self, name), np.float32)
            is_transposed = self.layout == "arena" and name in ("W", "W1")
            setattr(model, name, array.swapaxes(-1, -2) if is_transposed else array)
        return model

    def _new_data(self) -> dict[str, npt.NDArray[Any]]:
        """Importance and feature_probability, where somebody has changed them."""
        new = {}
        for name in ("feature_probability", "importance"):
            now: torch.Tensor = getattr(self, name)
            as_made = torch.from_numpy(getattr(self._model, name)).to(now.dtype)  # in half precision they are rounded
            if not np.array_equal(numbers(name, now), numbers(name, as_made), equal_nan=True):
                new[name] = numbers(name, now)
        return new


class NotebookModel(ToyModel):
    """A module as the notebook has it: W (n_instances, n_features, n_hidden), and W1 and W2 likewise."""

    layout = "notebook"

    def generate_batch(self, n_batch: int) -> torch.Tensor:
        """Draws samples (n_batch, n_instances, n_features) of what the model is trained on, as `Model.generate_batch`
        does: they follow from the model's seed, not from PyTorch's.
        """
        return self._batch(n_batch)

    def _matrices(self) -> tuple[torch.Tensor, torch.Tensor]:
        return (self.W1, self.W2) if hasattr(self, "W1") else (self.W, self.W)


class ArenaModel(ToyModel):
    """A module as ARENA has it: W or W1 (n_instances, n_hidden, n_features), W2 (n_instances, n_features, n_hidden)."""

    layout = "arena"

    def generate_batch(self, batch_size: int) -> torch.Tensor:
        """Draws samples (batch_size, n_instances, n_features) of what the model is trained on, as
        `Model.generate_batch` does: they follow from the model's seed, not from PyTorch's.
        """
        return self._batch(batch_size)

    def _matrices(self) -> tuple[torch.Tensor, torch.Tensor]:
        if hasattr(self, "W1"):
            return self.W1.transpose(-1, -2), self.W2
        return (turned := self.W.transpose(-1, -2)), turned


def module_of(model: Model, layout: ModuleLayout) -> NotebookModel | ArenaModel:
    """The model as a module of that layout."""
    return ArenaModel(model) if layout == "arena" else NotebookModel(model)


def own_module(source: object) -> ToyModel | None:
    """The module of `module_of`, also a compiled or parallel one; None for anything else, another forward included."""
    inner: Any = getattr(source, "_orig_mod", source)  # of torch.compile
    if isinstance(inner, (nn.DataParallel, nn.parallel.DistributedDataParallel)):
        inner = inner.module
    return inner if type(inner) in (NotebookModel, ArenaModel) else None
