"""Calls that other code bases would understand, answered with what to write here."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Iterable, Mapping
from typing import Any

from ._arrays import did_you_mean

#: What others call an argument, what it may be called here, and how the two differ.
_OTHER_WORDS = {
    "sparsity": ("feature_probability", ", which is 1 - sparsity"),
    "S": ("feature_probability", ", which is 1 - S"),
    "p": ("feature_probability", ""),
    "feature_prob": ("feature_probability", ""),
    "activation": ("kind", ""),
    "n_inst": ("n_instances", ""),
    "d_hidden": ("n_hidden", ""),
    "n_correlated_pairs": ("sets", ', {"correlated": [0, 1]} for each pair'),
    "n_anticorrelated_pairs": ("sets", ', {"anticorrelated": [0, 1]} for each pair'),
    "feat_mag_distribution": ("values", ""),
    "n_batch": ("batch_size", ""),
    "batch_size": ("n_batch", ""),
    "print_freq": ("record_every", ""),
    "log_freq": ("record_every", ""),
    "learning_rate": ("lr", ""),
    "n_steps": ("steps", ""),
    "num_steps": ("steps", ""),
}

#: What `device` is answered with, by the function that was given one.
_NO_DEVICE = {
    "": "expected no device, got one: the engine runs on the processor",
    "to_torch": "expected no device, got one: the module's own to(device) moves it",
}

#: Arguments of models and trainings that a file does not hold, and those that are other keys there.
_NOT_IN_FILES = ("distribution", "target", "lr_scale", "hooks", "hook_every", "progress")
_KEYS = {"record_every": "record.every", "record_parameters": "record.parameters"}

#: A configuration object's names of the numbers that `Model` takes.
_SHAPE = {"n_features": ("n_features",), "n_hidden": ("n_hidden", "d_hidden"), "n_instances": ("n_instances", "n_inst")}

#: What other code bases have at the top, and what does it here.
_OTHER_CALLS = {
    "Config": "superpose.Model takes n_features, n_hidden and n_instances themselves",
    "ToyModel": "superpose.Model(n_features=..., n_hidden=..., n_instances=...)",
    "ToyModelConfig": "superpose.Model takes n_features, n_hidden and n_instances themselves",
    "optimize": "a method of models: model.optimize(steps=..., batch_size=..., lr=...)",
    "generate_batch": "a method of models: model.generate_batch(n_batch)",
    "plot_intro_diagram": "superpose.plot.intro(model)",
    "render_features": "superpose.plot.features(model, which=...)",
    "compute_dimensionality": "superpose.metrics.dimensionality(model)",
}


def refuse_unknown(function: str, arguments: Iterable[str], known: Iterable[str]) -> None:
    """Refuses arguments that a function does not have, all of them at once. Says what was probably meant."""
    if told := _about_unknown(function, arguments, list(known)):
        raise TypeError(told)


def _about_unknown(function: str, arguments: Iterable[str], known: list[str]) -> str:
    wrong = [
        _NO_DEVICE.get(function, _NO_DEVICE[""]) if name == "device" else _about(name, known) for name in arguments
    ]
    return f"{function}: {'; '.join(wrong)}" if wrong else ""


def _about(name: str, known: list[str]) -> str:
    meant, difference = _OTHER_WORDS.get(name, (name, ""))
    if meant in known:
        return f"expected {meant}{difference}, got {name}"
    if name in ("config", "cfg") and "n_features" in known:
        return f"expected n_features, n_hidden and n_instances, got {name}"
    for function, words in _main_arguments().items():
        taken = next((word for word in (name, meant) if word in words), None)
        if taken is not None:
            if "set" in known and taken not in _NOT_IN_FILES:
                return f'expected set={{"{_KEYS.get(taken, taken)}": ...}}, got {name}'
            return f"unknown argument {name!r}: {function} takes {taken}"
    return f"unknown argument {name!r}{did_you_mean(name, known)}"


def _main_arguments() -> dict[str, list[str]]:
    """What models and trainings are told, by the call that takes it."""
    from ._model import Model

    return {"superpose.Model": arguments_of(Model.__init__), "model.optimize": arguments_of(Model.optimize)}


def arguments_of(function: Callable[..., object]) -> list[str]:
    """The names of its arguments."""
    return [name for name in inspect.signature(function).parameters if name not in ("self", "_unknown", "data")]


def explained(message: str, function: Callable[..., Any], args: tuple[Any, ...], kwargs: dict[str, Any]) -> str:
    """The message about arguments that do not fit the signature: Python's, or what to write in others' words' place."""
    name = function.__qualname__.removesuffix(".__init__").rpartition(".")[2]
    config = next((each for each in (*args[1:], *kwargs.values()) if _is_config(each)), None)
    if name == "Model" and config is not None:
        return f"Model: expected numbers, got a {type(config).__name__}: {_without(config, kwargs)}"
    known = arguments_of(function)
    return _about_unknown(name, (word for word in kwargs if word not in known), known) or message


def _is_config(value: object) -> bool:
    return all(any(hasattr(value, other) for other in names) for names in _SHAPE.values()) and not callable(value)


def _without(config: object, arguments: Mapping[str, object]) -> str:
    """The call that does without this configuration object."""
    numbers = {
        name: next(getattr(config, other) for other in others if hasattr(config, other))
        for name, others in _SHAPE.items()
    }
    written = [f"{name}={number}" for name, number in numbers.items()]
    written += [f"{name}=..." for name in arguments if name not in ("config", "cfg", "device", *_SHAPE)]
    no_device = ", and no device: the engine runs on the processor" if "device" in arguments else ""
    return f"write superpose.Model({', '.join(written)}){no_device}"


#: What modules of PyTorch have and a `Model` has not.
_OF_MODULES = ("forward", "parameters", "named_parameters", "zero_grad", "to", "cuda", "cpu", "train", "eval")


def other_attribute(name: str) -> str | None:
    """The message of an attribute that models of other code bases have; None of any other."""
    if name in ("config", "cfg"):
        return f"a superpose.Model has n_features, n_hidden and n_instances itself; model.to_torch() has a {name}"
    if name in _OF_MODULES:
        return f"a superpose.Model has no {name!r}, as it is no torch.nn.Module; model.to_torch() makes one"
    return None


def other_call(name: str) -> str:
    """The message of a name that the package does not have."""
    hint = f": {_OTHER_CALLS[name]}" if name in _OTHER_CALLS else ""
    return f"module {__package__!r} has no attribute {name!r}{hint}"
