"""The notebooks of examples/, each in a fresh kernel, and the outputs stored in them."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest

EXAMPLES = Path(__file__).parents[2] / "examples"
NOTEBOOKS = sorted(EXAMPLES.glob("*.ipynb"))
if EXAMPLES.is_dir():  # out of sight where the wheel is tested
    assert NOTEBOOKS
nbclient = pytest.importorskip("nbclient")

PLOTLY, PICTURES = "application/vnd.plotly.v1+json", {"image/svg+xml", "image/png"}
WIDGET = "application/vnd.jupyter.widget-view+json"

pytestmark = [
    pytest.mark.filterwarnings("ignore::DeprecationWarning"),
    pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem),
]


def read(path: Path) -> Any:
    import nbformat

    return nbformat.read(path, as_version=4)


def outputs(notebook: Any) -> list[Any]:
    return [output for cell in notebook.cells for output in cell.get("outputs", [])]


def is_bar(output: Any) -> bool:
    return output.get("name") == "stderr" or WIDGET in output.get("data", {})


def is_figure(output: Any) -> bool:
    return not output.get("data", {}).keys().isdisjoint({PLOTLY, *PICTURES})


def shown(notebook: Any) -> list[str]:
    """What a reader sees, but for progress bars: texts, and a word for each figure."""
    seen = [output for output in outputs(notebook) if not is_bar(output)]
    return ["figure" if is_figure(each) else each.get("text") or each.data["text/plain"] for each in seen]


def test_a_notebook_shows_what_is_stored(path, tmp_path) -> None:
    notebook = read(path)
    stored = shown(notebook)
    nbclient.NotebookClient(notebook, timeout=300, resources={"metadata": {"path": tmp_path}}).execute()
    if "pytorch" in path.stem:  # whose numbers differ from machine to machine
        assert len(shown(notebook)) == len(stored)
    else:
        assert shown(notebook) == stored, "`make notebooks` stores the outputs anew"


def test_stored_outputs_are_small_and_of_no_machine(path) -> None:
    notebook = read(path)
    assert outputs(notebook)
    assert path.stat().st_size < 300_000
    for output in outputs(notebook):
        assert output.output_type != "error"
        assert not is_bar(output)
        assert output.get("data", {}).keys() <= {*PICTURES, "text/plain"}
    for text in shown(notebook):
        assert not re.search(r"(^|[\s'\"])/\w|0x[0-9a-f]{6}", text), "a path or an address"
    assert notebook.metadata.language_info == {"name": "python"}
    assert not any(cell.metadata for cell in notebook.cells), "times, for example"


def test_a_page_of_nbconvert_has_every_figure(path) -> None:
    nbconvert = pytest.importorskip("nbconvert")
    notebook = read(path)
    page, _ = nbconvert.HTMLExporter().from_notebook_node(notebook)
    assert page.count("<img ") == sum(map(is_figure, outputs(notebook)))
