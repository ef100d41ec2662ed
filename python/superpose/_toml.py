"""Values of Python as TOML, the language of experiment files: one place checks experiments, whoever asks."""

from __future__ import annotations

import contextlib
import json
import re
from collections.abc import Iterator, Mapping
from typing import Any

import numpy as np


def value(item: Any) -> str:
    """One value, on one line. Raises TypeError for what TOML has no word for."""
    if isinstance(item, (bool, np.bool_)):
        return "true" if item else "false"
    if isinstance(item, (int, np.integer)):
        return str(int(item))
    if isinstance(item, (float, np.floating)):
        return repr(float(item))
    if isinstance(item, str):
        return json.dumps(item)
    if isinstance(item, Mapping):
        return "{ " + ", ".join(f"{json.dumps(str(key))} = {value(item[key])}" for key in item) + " }"
    if isinstance(item, np.ndarray):
        return value(item.tolist())
    if isinstance(item, (list, tuple, range)):
        return "[" + ", ".join(map(value, item)) + "]"
    raise TypeError(f"expected a number, text, list or dict, got {type(item).__name__}")


def document(sections: Mapping[str, Mapping[str, Any]]) -> str:
    """Sections of keys, those that are None left out. The section "" is the keys before all sections."""
    lines = []
    for section, keys in sections.items():
        if section:
            lines.append(f"[{section}]")
        for key, item in keys.items():
            if item is None:
                continue
            try:
                lines.append(f"{key} = {value(item)}")
            except TypeError as error:
                raise TypeError(f"{key}: {error}") from None
    return "\n".join(lines) + "\n"


def overrides(changes: Mapping[str, Any] | None) -> list[str]:
    """Changes as of the command's --set."""
    return [f"{key}={value(item)}" for key, item in (changes or {}).items()]


@contextlib.contextmanager
def about_arguments() -> Iterator[None]:
    """Errors about a document made here name the argument instead of a line that nobody wrote; others pass."""
    try:
        yield
    except ValueError as error:
        message = str(error)
        about = re.sub(r"^:\d+:\d+: (\[\w+\] )?", "", message)
        if about == message:
            raise
        raise ValueError(about) from None
