"""The Python of docs/ runs as it stands there."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

import superpose as sp

DOCS = Path(__file__).parents[2] / "docs"  # out of sight where the wheel is tested
PAGES = [page for page in (DOCS / "python.md", DOCS / "from-the-notebook.md") if page.is_file()]


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.stem)
def test_a_page_runs(page, tmp_path, monkeypatch) -> None:
    monkeypatch.chdir(tmp_path)
    blocks = re.findall(r"^```python\n(.*?)^```$", page.read_text(), flags=re.DOTALL | re.MULTILINE)
    assert len(blocks) > 5
    names: dict[str, object] = {}
    for block in blocks:
        exec(compile(block, str(page), "exec"), names)


@pytest.mark.skipif(not PAGES, reason="docs/ is out of sight")
@pytest.mark.parametrize("kind", sp.plot.kinds())
def test_every_kind_of_figure_is_explained_and_shown(kind) -> None:
    page = (DOCS / "figures.md").read_text()
    assert re.search(rf"^## .*\b{re.escape(kind)}\b", page, flags=re.MULTILINE)
    assert f"(images/{kind}.svg)" in page
    assert (DOCS / "images" / f"{kind}.svg").is_file()
