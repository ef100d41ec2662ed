"""Figures: those of the command, as Plotly's."""

from __future__ import annotations

import copy
import json
import pickle
import re
from xml.etree import ElementTree

import numpy as np
import plotly.graph_objects as go
import plotly.io
import pytest
from superpose._pictures import svg_for_page

import superpose as sp

OF_STUDIES = {"johnson-lindenstrauss", "packing", "compressed-sensing"}


def test_every_kind_has_a_function() -> None:
    named = {name for name in sp.plot.__all__ if name not in ("Look", "figure", "kinds", "save")}
    assert named == {kind.replace("-", "_") for kind in sp.plot.kinds()}


@pytest.mark.parametrize("kind", ["intro", "features", "dimensionality", "graph", "sets", "dynamics", "animation"])
def test_a_model_is_drawn(trained, kind) -> None:
    drawn = getattr(sp.plot, kind)(trained)
    assert isinstance(drawn, go.Figure) and len(drawn.data) > 0
    assert json.loads(drawn.to_json())["data"]


def in_the_notebook(figure: go.Figure) -> dict[str, object]:
    """What a page gets of a figure, by type."""
    return figure._repr_mimebundle_()


def test_a_figure_brings_its_picture(trained, tmp_path, monkeypatch) -> None:
    monkeypatch.setattr(plotly.io.renderers, "default", "plotly_mimetype")
    drawn = sp.plot.intro(trained)
    page = in_the_notebook(drawn)
    assert list(page) == ["application/vnd.plotly.v1+json", "image/svg+xml"]
    sp.plot.save("intro", trained, file=tmp_path / "intro.svg")
    assert page["image/svg+xml"] == svg_for_page((tmp_path / "intro.svg").read_text())
    plain = go.Figure(drawn)
    assert type(plain) is go.Figure and plain == drawn and repr(drawn).startswith("Figure({")
    for copied in (copy.copy(drawn), copy.deepcopy(drawn), pickle.loads(pickle.dumps(drawn))):
        assert type(copied) is go.Figure and copied == drawn
    monkeypatch.setattr(plotly.io.renderers, "default", "json")
    assert list(in_the_notebook(drawn)) == ["application/json"], "as somebody wants it"


def test_a_figure_that_was_changed_has_no_picture(trained, monkeypatch) -> None:
    monkeypatch.setattr(plotly.io.renderers, "default", "plotly_mimetype")
    drawn = sp.plot.intro(trained)
    drawn.update_layout(title="mine")
    assert list(in_the_notebook(drawn)) == ["application/vnd.plotly.v1+json"]


def test_the_picture_is_of_the_model_as_it_was(monkeypatch) -> None:
    monkeypatch.setattr(plotly.io.renderers, "default", "plotly_mimetype")
    model = sp.Model(5, 2, seed=1)
    before, drawn = in_the_notebook(sp.plot.intro(model)), sp.plot.intro(model)
    model.optimize(50, progress=False)
    assert in_the_notebook(drawn) == before != in_the_notebook(sp.plot.intro(model))


@pytest.mark.parametrize("kind", ["intro", "features", "dimensionality", "graph", "dynamics"])
def test_a_picture_for_a_page_is_small_and_has_ids_of_its_own(trained, kind) -> None:
    drawing = sp.plot._draw(kind, [trained], None)
    picture = svg_for_page(drawing.svg())
    ElementTree.fromstring(picture)
    assert len(picture) < 0.95 * len(drawing.svg())  # of Cairo 1.16 two thirds, 1.18 writes less itself
    other = svg_for_page(sp.plot._draw("intro", [sp.Model(5, 2)], None).svg())
    ids = re.findall(r'\bid="([^"]*)"', picture)
    assert ids and not set(ids) & set(re.findall(r'\bid="([^"]*)"', other))
    assert set(re.findall(r'(?:href="#|url\(#)([^")]*)', picture)) <= set(ids)


def test_a_picture_for_a_page_says_the_same_in_fewer_bytes() -> None:
    scaled = '<path style="stroke:none;" d="M 0.12345 1 " transform="matrix(0.123456,0,0,1,0,0)"/>'
    assert 'd="M 0.12345 1 " transform="matrix(0.123456,0,0,1,0,0)"' in svg_for_page(scaled)
    assert svg_for_page('<path d="M 0.12345 -0.99999 L 10.5 0 Z M 0.12345 -0.99999 "/>') == '<path d="M.12-1L10.5 0Z"/>'
    assert svg_for_page('<g style="fill:rgb(49.803922%,50.196078%,0%);"/>') == '<g style="fill:#7f8000;"/>'
    line, other = (
        '<path style="fill:none;stroke-width:1;" d="M 0 0 L 1 2 "/>',
        '<path style="fill:none;" d="M 0 0 L 1 2 "/>',
    )
    joined = '<path style="fill:none;stroke-width:1;" d="M0 0L1 2M0 0L1 2"/><path style="fill:none;" d="M0 0L1 2 "/>'
    assert svg_for_page(f"{line}\n{line}\n{other}") == joined
    clear = line.replace("fill:none;", "fill:none;stroke-opacity:0.5;")
    assert svg_for_page(f"{clear}{clear}").count("<path") == 2, "where they cross they are darker"


def test_discs_are_dots_of_a_line_in_a_picture_for_a_page() -> None:
    disc = '<path style=" fill:rgb(100%,0%,0%);" d="M {0} 5 C {0} {2} {1} {2} {1} 5 C {1} {3} {0} {3} {0} 5 "/>'
    dot = '<path style="fill:none;stroke-width:6;stroke:#ff0000;stroke-linecap:round;" d="{}"/>'
    assert svg_for_page(disc.format(7, 1, 9, 1)) == dot.format("M4 5h0")
    assert svg_for_page(disc.format(7, 1, 9, 1) + disc.format(8, 2, 9, 1)) == dot.format("M4 5h0M5 5h0")
    assert svg_for_page(disc.format(7, 1, 6, 4)).startswith('<path style=" fill:#ff0000;"'), "a lens stays"


def test_a_figure_says_whose_it_is() -> None:
    assert "mine: 5 features in 2 dimensions" in sp.plot.intro(sp.Model(5, 2, name="mine")).to_json()


def test_other_kinds_of_models_are_drawn() -> None:
    hidden = sp.Model(6, 3, 2, kind="relu_hidden", feature_probability=0.2)
    assert len(sp.plot.neurons(hidden).data) > 0
    assert len(sp.plot.vulnerability(sp.Model(6, 3, 4, feature_probability={"geometric": [1, 0.1]})).data) > 0


def test_some_instances_are_drawn(trained) -> None:
    everything, some = sp.plot.features(trained), sp.plot.features(trained, which=slice(None, None, 2))
    assert 0 < len(some.data) < len(everything.data)
    assert len(sp.plot.intro(trained, which=0).data) > 0
    with pytest.raises(IndexError, match="which: expected instances from 0 to 3"):
        sp.plot.intro(trained, which=[7])


def test_dynamics_are_of_the_instances_that_are_named(trained) -> None:
    assert sp.plot.dynamics(trained, which=2).to_json() != sp.plot.dynamics(trained).to_json()
    titles = [note.text for note in sp.plot.dynamics(trained, which=[0, 2]).layout.annotations]
    assert any("instance 0" in title for title in titles) and any("instance 2" in title for title in titles)
    many = sp.Model(5, 2, 7)
    many.optimize(20, record_every=5, record_parameters=True, progress=False)
    with pytest.raises(ValueError, match="dynamics: expected at most 6 instances side by side, got 7"):
        sp.plot.dynamics(many, which=slice(None))
    with pytest.raises(ValueError, match="animation: expected a model trained with record_parameters=True"):
        sp.plot.animation(sp.Model(5, 2))


def test_runs_and_their_paths_are_drawn(tmp_path) -> None:
    (tmp_path / "a.toml").write_text("[model]\nn_features = 3\nn_hidden = 2\n[train]\nsteps = 20\n")
    run = sp.run(tmp_path / "a.toml", tmp_path / "run", progress=False)
    by_run, by_path, by_model = sp.plot.intro(run), sp.plot.intro(tmp_path / "run"), sp.plot.intro(run.model)
    assert by_run.to_json() == by_path.to_json() == by_model.to_json()


def test_the_figure_is_the_commands(command, trained, tmp_path) -> None:
    (tmp_path / "a.toml").write_text("[model]\nn_features = 3\nn_hidden = 2\n[train]\nsteps = 20\n")
    command("run", tmp_path / "a.toml", "--out", tmp_path / "run")
    for suffix in ("svg", "png", "pdf", "html"):
        command("figure", "intro", tmp_path / "run", "--out", tmp_path / f"theirs.{suffix}")
        sp.plot.save("intro", sp.load(tmp_path / "run"), file=tmp_path / f"ours.{suffix}")
        ours, theirs = ((tmp_path / f"{whose}.{suffix}").read_bytes() for whose in ("ours", "theirs"))
        if suffix == "html":  # where the build has no plotly.js, only ours carries one
            ours, theirs = (
                re.sub(rb"<script.*?</script>", b"", page, count=1, flags=re.DOTALL) for page in (ours, theirs)
            )
        assert ours == theirs


def test_pages_need_no_network(trained, tmp_path) -> None:
    sp.plot.save("intro", trained, file=tmp_path / "intro.HTML")
    page = (tmp_path / "intro.HTML").read_text()
    assert "<script src=" not in page and len(page) > 1e6


def test_studies_are_drawn(tmp_path) -> None:
    (tmp_path / "a.toml").write_text(
        '[study]\nkind = "johnson_lindenstrauss"\nn_points = 12\nn_dimensions = [50]\ntrials = 2\n'
    )
    study = sp.run(tmp_path / "a.toml", tmp_path / "out", progress=False)
    assert len(sp.plot.johnson_lindenstrauss(study).data) > 0
    sp.plot.save("johnson-lindenstrauss", tmp_path / "out", file=tmp_path / "a.svg")
    with pytest.raises(ValueError, match="figure intro: expected a run's directory, got a study's"):
        sp.plot.intro(study)


@pytest.mark.parametrize(
    ("entry", "kind", "changes"),
    [
        ("phase-2-1", "phase", {"steps": 20}),
        ("perturbed-pentagon", "pentagon", {"steps": 20}),
        ("absolute-value", "inhibition", {"steps": 300}),
        ("almost-orthogonal", "packing", {"steps": 3, "most_spread": 20}),
        ("compressed-sensing", "compressed_sensing", {"steps": 20, "grid": 4, "trials": 1}),
    ],
)
def test_the_papers_own_kinds_are_drawn(tmp_path, entry, kind, changes) -> None:
    paper = sp.paper(entry, tmp_path / "out", quick=True, set=changes, progress=False)
    assert len(getattr(sp.plot, kind)(paper.result).data) > 0


def test_what_cannot_be_drawn_is_refused(trained, tmp_path) -> None:
    with pytest.raises(ValueError, match="intro, features"):
        sp.plot.figure("portrait", trained)
    with pytest.raises(ValueError, match="n_hidden"):
        sp.plot.intro(sp.Model(5, 3))
    with pytest.raises(ValueError, match="parameters"):
        sp.plot.dynamics(sp.Model(5, 2))
    with pytest.raises(TypeError, match=r"expected a superpose.Model"):
        sp.plot.intro(np.zeros((1, 5, 2)))
    with pytest.raises(ValueError, match="expected at least one model"):
        sp.plot.figure("intro")
    with pytest.raises(ValueError, match=r"a.bmp: expected a file name that ends in .svg, .pdf, .png, .html, got .bmp"):
        sp.plot.save("intro", trained, file=tmp_path / "a.bmp")
    with pytest.raises(ValueError, match="figure packing: expected a study's directory, got a run's"):
        sp.plot.packing(trained)


def test_watching_needs_ipython_and_follows(monkeypatch) -> None:
    ipython = pytest.importorskip("IPython.display")
    shown, updates = [], []

    class Handle:
        def update(self, page, raw) -> None:
            updates.append(page)

    def display(page, raw, display_id):
        shown.append(page)
        return Handle()

    monkeypatch.setattr(ipython, "display", display)
    model = sp.Model(4, 2, 2)
    with sp.watch(model, every=50, seconds=0) as watching:
        model.optimize(200, progress=False)
    assert len(shown) == 1 and len(updates) == 5
    assert updates[-1]["image/svg+xml"] == sp.plot._picture("intro", model, None), "the last one is the end"
    assert isinstance(watching.figure(), go.Figure)
    model.optimize(200, progress=False)
    assert len(updates) == 5, "it has ended"
    first, second = sp.watch(model), sp.watch(model)
    assert [hook for hook, _ in model._hooks] == [second] and first is not second, "of a cell that was run twice"
    second.stop()
    with pytest.raises(ValueError, match="n_hidden"):
        sp.watch(sp.Model(5, 3))
    monkeypatch.setitem(__import__("sys").modules, "IPython.display", None)
    with pytest.raises(RuntimeError, match="expected a Jupyter notebook"):
        sp.watch(model)


def test_a_figure_has_the_size_that_was_asked_for(trained, tmp_path) -> None:
    drawn = sp.plot.intro(trained, width=3.25, font_size=10, theme="dark", title="mine", font="Liberation Serif")
    assert drawn.layout.width == pytest.approx(3.25 * 96)
    assert "mine" in drawn.layout.title.text and "Liberation Serif" in drawn.layout.font.family
    assert drawn.layout.paper_bgcolor != "#ffffff"
    assert sp.plot.intro(trained, title="").layout.title.text is None
    assert sp.plot.intro(trained, width="8cm", height="90mm").layout.height == pytest.approx(90 / 25.4 * 96)
    sp.plot.save("intro", trained, file=tmp_path / "a.svg", width="8cm", outlines=True)
    assert "<text" not in (tmp_path / "a.svg").read_text()
    sp.plot.save("intro", trained, file=tmp_path / "b.svg", width="8cm")
    assert "<text" in (tmp_path / "b.svg").read_text()
    small, large = tmp_path / "c.png", tmp_path / "d.png"
    sp.plot.save("intro", trained, file=small, dpi=50)
    sp.plot.save("intro", trained, file=large, dpi=300)
    assert large.stat().st_size > small.stat().st_size


@pytest.mark.parametrize(
    ("look", "message"),
    [
        ({"width": "wide"}, "width: expected a length from 0.5 to 200 inches"),
        ({"width": -3}, "width: expected a length"),
        ({"width": 0.6, "height": 0.6}, "expected at least"),
        ({"font_size": 0}, "font size: expected 4 to 96 points"),
        ({"theme": "black"}, "theme: expected one of light"),
    ],
)
def test_a_look_that_cannot_be_is_refused(trained, look, message) -> None:
    with pytest.raises(ValueError, match=message):
        sp.plot.intro(trained, **look)


def test_an_unknown_word_of_the_look_is_refused(trained) -> None:
    with pytest.raises(TypeError, match=r"widht.*did you mean 'width'"):
        sp.plot.intro(trained, widht=3)
    with pytest.raises(ValueError, match="dpi: expected 10 to 2400"):
        sp.plot.save("intro", trained, file="a.png", dpi=1)


def test_what_is_named_is_drawn_or_refused() -> None:
    model = sp.Model(5, 2, 150)
    assert len([a for a in sp.plot.intro(model, which=[3, 149]).layout if str(a).startswith("xaxis")]) == 2
    with pytest.raises(ValueError, match="at most 100 instances in a figure of this size, got 150"):
        sp.plot.intro(model, which=slice(None))
