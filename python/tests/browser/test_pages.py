"""Notebooks' pages in a browser: what is drawn on them, and what their buttons do (`make notebook-test`)."""

from __future__ import annotations

import os
import re
import secrets
import socket
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

pytest.importorskip("jupyterlab")
pytest.importorskip("nbclassic")
pytest.importorskip("selenium")

from selenium import webdriver
from selenium.common.exceptions import WebDriverException
from selenium.webdriver.common.by import By
from selenium.webdriver.common.keys import Keys
from selenium.webdriver.support.ui import WebDriverWait

PATIENCE = 120  # seconds, on a machine with much else to do

CELLS = [
    "import superpose as sp\nmodel = sp.Model(5, 2, 10, feature_probability=0.2)",
    "watching = sp.watch(model, seconds=0.5)",
    "model.optimize(10**9, progress=False)",
    "model.optimize(200, progress=False)",
    "watching.stop()\nsp.watch(model).stop()",
    "model.optimize(20_000);",
    "model.optimize(\n    10**9,\n)",
    "print('steps:', len(model.optimize(200, progress=False)))",
]
START, WATCH, MOVE, END, WATCH_AGAIN, FINISH, GO_ON, AFTER = range(len(CELLS))


@dataclass(frozen=True)
class FrontEnd:
    """Where a page's parts are, as CSS selectors."""

    path: str
    cell: str
    editor: str
    prompt: str
    outputs: str
    output: str
    ready: str
    stop: str


JUPYTERLAB = FrontEnd(
    path="lab/tree",
    cell=".jp-Notebook .jp-CodeCell",
    editor=".cm-content",
    prompt=".jp-InputPrompt",
    outputs=".jp-OutputArea",
    output=".jp-OutputArea-output",
    ready=".jp-Notebook-ExecutionIndicator[data-status=idle]",
    stop=".jp-NotebookPanel-toolbar [data-jp-item-name=interrupt]",
)
FRONT_ENDS = {
    "jupyterlab": JUPYTERLAB,
    "notebook": FrontEnd(**{**vars(JUPYTERLAB), "path": "notebooks"}),
    "nbclassic": FrontEnd(
        path="nbclassic/notebooks",
        cell=".code_cell",
        editor=".CodeMirror-code",
        prompt=".input_prompt",
        outputs=".output",
        output=".output_subarea",
        ready=".kernel_idle_icon",
        stop="[data-jupyter-action='jupyter-notebook:interrupt-kernel']",
    ),
}


class Page:
    """A notebook in the browser."""

    def __init__(self, browser: Any, front_end: FrontEnd, pictures: Path) -> None:
        self._browser, self._front_end, self._pictures = browser, front_end, pictures

    def wait_for(self, what: str, condition: Callable[[], Any], seconds: float = PATIENCE) -> Any:
        """Waits until the condition gives something, which is returned."""
        ignored = (WebDriverException, IndexError)  # what is drawn anew meanwhile is not there
        waiting = WebDriverWait(self._browser, seconds, poll_frequency=0.1, ignored_exceptions=ignored)
        return waiting.until(lambda _: condition(), f"no {what}")

    def in_cell(self, cell: int, selector: str) -> list[Any]:
        """The elements of a cell."""
        return self._cell(cell).find_elements(By.CSS_SELECTOR, selector)

    def _cell(self, cell: int) -> Any:
        return self._browser.find_elements(By.CSS_SELECTOR, self._front_end.cell)[cell]

    def start(self, cell: int) -> None:
        """Runs a cell as a user does: who presses keys again where a page that is still loading took no notice."""

        def press_keys() -> bool:
            editor = self.in_cell(cell, self._front_end.editor)[0]
            self._browser.execute_script("arguments[0].scrollIntoView({block: 'center'})", editor)
            editor.click()
            keys = webdriver.ActionChains(self._browser)
            keys.key_down(Keys.CONTROL).send_keys(Keys.ENTER).key_up(Keys.CONTROL).perform()
            self.wait_for("start", lambda: re.search(r"\[(\*|\d+)\]", self._prompt(cell)), seconds=5)
            return True

        self.wait_for(f"start of cell {cell}", press_keys)

    def finish(self, cell: int) -> None:
        """Waits for the end of a cell."""
        self.wait_for(f"end of cell {cell}", lambda: re.search(r"\[\d+\]", self._prompt(cell)))

    def run(self, cell: int) -> None:
        self.start(cell)
        self.finish(cell)

    def running(self, cell: int) -> bool:
        return "[*]" in self._prompt(cell)

    def _prompt(self, cell: int) -> str:
        return str(self.in_cell(cell, self._front_end.prompt)[0].text)

    def text(self, cell: int) -> str:
        """The text of a cell's outputs."""
        return "\n".join(output.text for output in self.in_cell(cell, self._front_end.output))

    def press_stop(self) -> None:
        button = self._front_end.stop
        self.wait_for("stop button", lambda: self._browser.find_element(By.CSS_SELECTOR, button).click() or True)

    def drawing(self, cell: int) -> str:
        """What the picture below a cell is made of: the address of an img, or the svg itself; empty without one. Asked
        for in one go, as a moving picture is another element soon.
        """
        found = self._browser.execute_script(
            "const found = document.querySelectorAll(arguments[0])[arguments[1]].querySelector(arguments[2]);"
            "const loaded = found && found.complete !== false && found.naturalWidth !== 0;"
            "return loaded && found.getBoundingClientRect().width > 100 ? found.src || found.outerHTML : '';",
            self._front_end.cell,
            cell,
            f"{self._front_end.output} img, {self._front_end.output} svg",
        )
        return str(found)

    def photo(self, cell: int, name: str) -> bytes:
        """What the browser shows below a cell that has a picture there, once the page is at rest."""

        def take() -> bytes:
            photo: bytes = self.in_cell(cell, self._front_end.outputs)[0].screenshot_as_png
            (self._pictures / f"{name}.png").write_bytes(photo)
            return photo

        self.wait_for("picture", lambda: self.drawing(cell))
        self.wait_for("rest", lambda: take() == take())
        return take()


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[str, str, Path]]:
    """A Jupyter server with all front ends: its address, its token, and the folder of its notebooks."""
    folder = tmp_path_factory.mktemp("server")
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    (folder / "pages").mkdir()
    settings = folder / "home/.jupyter/lab/user-settings/@jupyterlab/apputils-extension"
    settings.mkdir(parents=True)
    (settings / "notification.jupyterlab-settings").write_text('{"fetchNews": "false"}')  # it would ask first
    options = {
        "ServerApp.root_dir": folder / "pages",
        "ServerApp.port": port,
        "ServerApp.port_retries": 0,
        "ServerApp.open_browser": False,
        "ServerApp.allow_root": True,
    }
    flags = [f"--{name}={value}" for name, value in options.items()]
    token = secrets.token_hex()
    environment = {
        **os.environ,
        "HOME": str(folder / "home"),
        "JUPYTER_PREFER_ENV_PATH": "1",  # the kernel of this Python
        "JUPYTER_TOKEN": token,
    }
    with open(folder / "log", "w") as log:
        running = subprocess.Popen(
            [sys.executable, "-m", "jupyterlab", *flags], cwd=folder, env=environment, stdout=log, stderr=log
        )
    try:
        yield f"http://127.0.0.1:{port}", token, folder / "pages"
    finally:
        running.terminate()
        running.wait(PATIENCE)


@pytest.fixture(scope="module")
def browser() -> Iterator[Any]:
    options = webdriver.ChromeOptions()
    options.binary_location = "/usr/bin/chromium"
    for option in ("headless=new", "window-size=1400,4000", "disable-dev-shm-usage"):
        options.add_argument(f"--{option}")
    if os.geteuid() == 0:
        options.add_argument("--no-sandbox")
    started = webdriver.Chrome(options=options, service=webdriver.ChromeService("/usr/bin/chromedriver"))
    yield started
    started.quit()


@pytest.fixture(scope="module", params=FRONT_ENDS)
def page(request: pytest.FixtureRequest, server: tuple[str, str, Path], browser: Any) -> Iterator[Page]:
    """A notebook with the cells, the first of them run."""
    from nbformat import v4, write

    address, token, folder = server
    name, pictures = request.param, folder.parent / request.param
    pictures.mkdir()
    kernel = {"display_name": "Python 3", "language": "python", "name": "python3"}
    notebook = v4.new_notebook(cells=[v4.new_code_cell(cell) for cell in CELLS], metadata={"kernelspec": kernel})
    write(notebook, folder / f"{name}.ipynb")
    front_end = FRONT_ENDS[name]
    opened = Page(browser, front_end, pictures)
    try:
        url = f"{address}/{front_end.path}/{name}.ipynb?token={token}"
        opened.wait_for("server", lambda: browser.get(url) or True)
        opened.wait_for("kernel", lambda: browser.find_elements(By.CSS_SELECTOR, front_end.ready))
        opened.run(START)
        yield opened
    finally:
        browser.save_screenshot(str(pictures / "page.png"))


def test_a_watched_model_moves(page: Page) -> None:
    page.run(WATCH)
    before, drawing = page.photo(WATCH, "before"), page.drawing(WATCH)
    page.start(MOVE)
    page.wait_for("movement", lambda: page.drawing(WATCH) not in ("", drawing) and page.running(MOVE))
    page.press_stop()
    page.finish(MOVE)
    page.run(END)
    page.run(WATCH_AGAIN)  # a picture of the model as it is
    page.wait_for("last picture", lambda: page.drawing(WATCH) == page.drawing(WATCH_AGAIN) != "")
    assert page.photo(WATCH, "after") != before


def test_a_bar_moves_to_its_end(page: Page) -> None:
    page.run(FINISH)
    page.wait_for(
        "end of the bar", lambda: "width: 100%" in page.in_cell(FINISH, ".progress-bar")[0].get_attribute("style")
    )
    page.wait_for("numbers of the end", lambda: re.search(r"100%.*20\.0k/20\.0k", page.text(FINISH), re.S))


def test_the_stop_button_stops(page: Page) -> None:
    page.start(GO_ON)
    shown = page.wait_for("bar", lambda: re.search(r"/1\.00G", page.text(GO_ON)) and page.text(GO_ON))
    page.wait_for("movement of the bar", lambda: page.text(GO_ON) != shown)
    page.press_stop()
    page.finish(GO_ON)
    page.wait_for("exception", lambda: re.search(r"-> 1 model\.optimize\(.*KeyboardInterrupt:", page.text(GO_ON), re.S))
    page.run(AFTER)
    page.wait_for("next cell", lambda: "steps: 3" in page.text(AFTER))
