"""Values of Python as TOML, for `set={"steps": 200}`, which is the command's `--set steps=200`."""

from __future__ import annotations

import json
from collections.abc import Mapping

import numpy as np

from ._arrays import shown, text
from ._literals import Setting


def overrides(changes: Mapping[str, Setting] | None) -> list[str]:
    """Changes as the command takes them: "KEY=VALUE", the value as TOML."""
    if changes is None:
        return []
    if not isinstance(changes, Mapping):
        raise TypeError(f"set: expected a dict of keys and values, got {type(changes).__name__}")
    for key in changes:
        if not text("set", key) or "=" in key:
            raise ValueError(f"set: expected the name of a key, got {shown(key)}")
    return [f"{key}={_value(f'set: {key}', item)}" for key, item in changes.items()]


def _value(name: str, item: object) -> str:
    """One value, on one line. Errors name what it is the value of."""
    if isinstance(item, (bool, np.bool_)):
        return "true" if item else "false"
    if isinstance(item, (int, np.integer)):
        return _whole(name, int(item))
    if isinstance(item, (float, np.floating)):
        return repr(float(item))
    if isinstance(item, str):
        return _text(name, item)
    if isinstance(item, Mapping):
        return "{ " + ", ".join(f"{_text(name, str(key))} = {_value(name, item[key])}" for key in item) + " }"
    if isinstance(item, np.ndarray):
        return _value(name, item.tolist())
    if isinstance(item, (list, tuple, range)):
        return "[" + ", ".join(_value(name, each) for each in item) + "]"
    raise TypeError(f"{name}: expected a number, text, list or dict, got {type(item).__name__}")


def _whole(name: str, item: int) -> str:
    if not -(2**63) <= item < 2**63:  # TOML has no more
        raise ValueError(f"{name}: expected a whole number up to {2**63 - 1}, got {shown(item)}")
    return str(item)


def _text(name: str, item: str) -> str:
    if any(0xD800 <= ord(character) <= 0xDFFF for character in item):
        raise ValueError(f"{name}: expected text that UTF-8 can write, got {shown(item)}")
    return json.dumps(item, ensure_ascii=False).replace("\x7f", "\\u007f")
