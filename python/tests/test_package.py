"""The package as a whole: its names, its documentation, its stub."""

from __future__ import annotations

import ast
import importlib.metadata
import inspect
import subprocess
import sys
from pathlib import Path

import pytest

import superpose as sp
from superpose import _core

MODULES = [sp, sp.metrics, sp.geometry, sp.theory, sp.plot]


@pytest.mark.parametrize("module", MODULES, ids=lambda module: module.__name__)
def test_everything_public_is_there_and_documented(module) -> None:
    assert module.__doc__
    for name in module.__all__:
        member = getattr(module, name)
        if callable(member):
            assert inspect.getdoc(member), name


@pytest.mark.parametrize("module", MODULES, ids=lambda module: module.__name__)
def test_the_tab_key_lists_what_is_public(module) -> None:
    shown = [name for name in dir(module) if not name.startswith("_")]
    assert shown == sorted(name for name in module.__all__ if not name.startswith("_"))
    assert {"__doc__", "__name__", "__file__"} < set(dir(module))


@pytest.mark.parametrize("use_jedi", [False, True])
def test_ipython_completes_what_is_public(use_jedi) -> None:
    completer = pytest.importorskip("IPython.core.completer")
    from IPython.core.interactiveshell import InteractiveShell

    shell = InteractiveShell(user_ns={"sp": sp})
    shell.Completer.use_jedi = use_jedi
    for module in MODULES:
        text = module.__name__.replace("superpose", "sp", 1) + "."
        with completer.provisionalcompleter():
            shown = {completion.text.lstrip(".") for completion in shell.Completer.completions(text, len(text))}
        assert shown == {name for name in module.__all__ if not name.startswith("_")}


def test_public_methods_are_documented() -> None:
    for name, member in vars(sp.Model).items():
        if not name.startswith("_"):
            assert inspect.getdoc(member), name


def names(body) -> set[str]:
    """Of the functions and classes that stand there, but for special ones."""
    defined = [node.name for node in body if isinstance(node, (ast.FunctionDef, ast.ClassDef))]
    return {name for name in defined if not name.startswith("__")}


def test_the_stub_names_what_the_extension_has() -> None:
    tree = ast.parse(Path(_core.__file__).with_name("_core.pyi").read_text())
    stubbed = names(tree.body) | {node.target.id for node in tree.body if isinstance(node, ast.AnnAssign)}
    assert stubbed == {name for name in dir(_core) if not name.startswith("__")}
    for of_class in [node for node in tree.body if isinstance(node, ast.ClassDef)]:
        members = vars(getattr(_core, of_class.name))
        assert names(of_class.body) == {name for name in members if not name.startswith("__")}
    assert "std::" not in ast.unparse(tree), "a type that Python does not know"


def test_modules_that_are_not_for_users_are_underscored() -> None:
    found = {path.stem for path in Path(sp.__file__).parent.glob("*.py")}
    public = {module.__name__.rpartition(".")[2] for module in MODULES if module is not sp}
    assert {name for name in found if not name.startswith("_")} == public


def test_what_modules_were_called_goes_on_working() -> None:
    code = """
import superpose.model
from superpose.interchange import from_torch
from superpose.runs import load, Run
from superpose.schedules import linear_lr
import superpose.watching as watching
import superpose as sp
assert superpose.model.Model is sp.Model and sp.runs.load is load is sp.load
assert from_torch is sp.from_torch and linear_lr is sp.linear_lr and watching.watch is sp.watch
"""
    subprocess.run([sys.executable, "-W", "error", "-c", code], check=True)


def test_importing_is_quick_and_quiet() -> None:
    heavy = ("torch", "plotly", "IPython", "tqdm")
    code = f"import sys, superpose; print([m for m in {heavy!r} if m in sys.modules])"
    result = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert result.stdout.strip() == "[]"
    assert result.stderr == ""


def test_the_extension_is_what_the_wheel_says() -> None:
    try:
        wheel = importlib.metadata.distribution("superpose").read_text("WHEEL")
    except importlib.metadata.PackageNotFoundError:
        pytest.skip("the package is not installed")
    assert wheel is not None
    for_every_later_python = "-abi3-" in wheel
    assert Path(_core.__file__).name.endswith(".abi3.so") == for_every_later_python
