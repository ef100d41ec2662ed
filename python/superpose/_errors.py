"""What the library says of a request that is wrong."""

from __future__ import annotations

import re

#: What the library says in the words of experiment files and of the command, and what Python has for it.
_HERE = (
    (re.compile(r"\bfigure ([a-z]+) draws\b"), r"superpose.plot.\1 draws"),
    (re.compile(r"\brecord\.parameters ?= ?true\b"), "record_parameters=True"),
)


class InvalidRequest(ValueError):
    """A request that is wrong. The message says where, what was expected and what was got; so do the attributes, which
    are empty where there is nothing to say.

    Attributes:
        place: where it stands: "intro.toml:4:14", or "set: steps=-1" for a key of `set`; empty for arguments.
        key: what is wrong: "n_hidden", or "[model] n_hidden" in a file.
        expected: "a whole number above 0".
        got: "0".
        hint: what may help: "did you mean `steps`?".
    """

    place: str = ""
    key: str = ""
    expected: str = ""
    got: str = ""
    hint: str = ""


def in_python(text: str) -> str:
    """What the library says, in Python's words."""
    for there, here in _HERE:
        text = there.sub(here, text)
    return text


def invalid_request(message: str, place: str, key: str, expected: str, got: str, hint: str) -> InvalidRequest:
    """The error, with its parts. The extension calls it by this name."""
    if hint:
        message = message.removesuffix(hint) + in_python(hint)
    error = InvalidRequest(message)
    error.place, error.key, error.expected, error.got, error.hint = place, key, expected, got, in_python(hint)
    return error


def in_file(error: ValueError, file: str, hint: str = "") -> InvalidRequest:
    """The error of a file's content, which names the file and keeps what is known of the fault."""
    message = f"{file}: {error}" + (f"; {hint}" if hint else "")
    if not isinstance(error, InvalidRequest):
        return invalid_request(message, file, "", "", "", hint)
    return invalid_request(message, file, error.key, error.expected, error.got, hint or error.hint)
