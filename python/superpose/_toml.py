"""Values of Python as TOML, the language of experiment files: one place checks experiments, whoever asks."""

from __future__ import annotations

import contextlib
import json
import re
from collections.abc import Iterator, Mapping
from typing import Any

import numpy as np

from ._core import InvalidRequest


def value(item: Any) -> str:
    """One value, on one line. Raises ValueError for what TOML has no word for."""
    if isinstance(item, (bool, np.bool_)):
        return "true" if item else "false"
    if isinstance(item, (int, np.integer)):
        return str(int(item))
    if isinstance(item, (float, np.floating)):
        return repr(float(item))
    if isinstance(item, str):
        return _text(item)
    if isinstance(item, Mapping):
        return "{ " + ", ".join(f"{_text(str(key))} = {value(item[key])}" for key in item) + " }"
    if isinstance(item, np.ndarray):
        return value(item.tolist())
    if isinstance(item, (list, tuple, range)):
        return "[" + ", ".join(map(value, item)) + "]"
    raise ValueError(f"expected a number, text, list or dict, got {type(item).__name__}")


def _text(item: str) -> str:
    if any(0xD800 <= ord(character) <= 0xDFFF for character in item):
        raise ValueError(f"expected text that UTF-8 can write, got {item!r}")
    return json.dumps(item, ensure_ascii=False).replace("\x7f", "\\u007f")


def document(sections: Mapping[str, Mapping[str, Any]]) -> str:
    """Sections of keys. The section "" is the keys before all sections."""
    lines = []
    for section, keys in sections.items():
        if section:
            lines.append(f"[{section}]")
        for key, item in keys.items():
            lines.append(f"{key} = {_named(key, item)}")
    return "\n".join(lines) + "\n"


def _named(key: str, item: Any) -> str:
    try:
        return value(item)
    except ValueError as error:
        raise ValueError(f"{key}: {error}") from None


def overrides(changes: Mapping[str, Any] | None) -> list[str]:
    """Changes as of the command's --set."""
    if changes is None:
        return []
    if not isinstance(changes, Mapping):
        raise ValueError(f"set: expected a dict of keys and values, got {type(changes).__name__}")
    return [f"{key}={_named(f'set: {key}', item)}" for key, item in changes.items()]


@contextlib.contextmanager
def about_arguments() -> Iterator[None]:
    """Errors about a document made here name the argument instead of a line that nobody wrote; others pass."""
    try:
        yield
    except InvalidRequest as error:
        raise InvalidRequest(re.sub(r"^:\d+:\d+: (\[\w+\] )?", "", str(error))) from None
