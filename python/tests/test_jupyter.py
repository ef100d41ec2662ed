"""What a notebook's page shows."""

from __future__ import annotations

import re
from typing import Any

import pytest

nbclient = pytest.importorskip("nbclient")

PLOTLY, PICTURE = "application/vnd.plotly.v1+json", "image/svg+xml"
MODEL = "import numpy as np\nimport superpose as sp\nmodel = sp.Model(5, 2, 10, feature_probability=0.2)"

pytestmark = pytest.mark.filterwarnings("ignore::DeprecationWarning")


def run(*cells: str) -> list[list[Any]]:
    """What is under each of the cells in the end, run in a fresh kernel after one that makes a model."""
    from nbformat import v4

    notebook = v4.new_notebook(cells=[v4.new_code_cell(cell) for cell in (MODEL, *cells)])
    nbclient.NotebookClient(notebook, timeout=120, allow_errors=True).execute()
    return [cell.outputs for cell in notebook.cells[1:]]


def test_a_watched_model_is_one_picture_that_changes() -> None:
    (watched,), trained, (end,), (start,) = run(
        "watching = sp.watch(model, every=50, seconds=0)",
        "model.optimize(200, progress=False); watching.stop()",
        "sp.plot.intro(model)",
        "sp.plot.intro(sp.Model(5, 2, 10, feature_probability=0.2))",
    )
    assert trained == []
    assert watched.data[PICTURE] == end.data[PICTURE] != start.data[PICTURE]
    assert watched.data["text/plain"].startswith("<superpose.Watch: intro of")


def test_figures_bring_a_picture_unless_they_were_changed() -> None:
    shown = run(
        "figure = sp.plot.intro(model)\nfigure",
        "figure.show()",
        "display(figure)",
        "figure.show('json')",
        "figure.update_layout(title='mine')",
        "figure.show()",
        "import plotly.io\nplotly.io.renderers.render_on_display = False\nsp.plot.intro(model)",
    )
    for (output,) in shown[:3]:
        assert output.data.keys() == {PLOTLY, PICTURE}
    ((json,), (changed,), (again,), (text,)) = shown[3:]
    assert json.data.keys() == {"application/json"}
    assert changed.data.keys() == again.data.keys() == {PLOTLY}
    assert text.text.startswith("Figure({")


def test_the_stop_button_stops() -> None:
    pressed, after = run(
        # It sends this signal.
        "import os, signal, threading\n"
        "threading.Timer(1, os.kill, (os.getpid(), signal.SIGINT)).start()\n"
        "model.optimize(10**9, progress=False)",
        "print(np.isfinite(model.W).all(), len(model.optimize(200, progress=False)))",
    )
    assert [output.get("ename") for output in pressed] == ["KeyboardInterrupt"]
    assert after[0].text == "True 3\n"


def test_a_traceback_ends_with_the_cells_line() -> None:
    (told,), (of_a_hook,) = run(
        "options = {'kind': 'liner'}\nsp.Model(5, 2, **options)",
        "def hook(data):\n    data.model.b_final = 'x'\nmodel.optimize(10, hooks=[hook], progress=False)",
    )
    text = re.sub(r"\x1b\[[0-9;]*m", "", "\n".join(told.traceback))
    assert "sp.Model(5, 2, **options)" in text and "superpose/_" not in text and "did you mean" in text
    text = re.sub(r"\x1b\[[0-9;]*m", "", "\n".join(of_a_hook.traceback))
    assert "data.model.b_final = 'x'" in text and "superpose/_edge.py" not in text


def test_a_bar_is_shown_without_complaints() -> None:
    (outputs,) = run("model.optimize(1000);")
    shown = "".join(output.get("text", "") or str(output.get("data", "")) for output in outputs)
    assert "100%" in shown or "HBox" in shown, "as text, or as ipywidgets has it"
    assert "Warning" not in shown
