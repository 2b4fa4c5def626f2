"""Fixtures for site generators and a browser. `tests/hosts/install` installs all of them."""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import NoReturn

import pytest

HOSTS = Path(os.environ.get("MDTABLES_HOSTS_HOME", Path(__file__).parent.parent / "hosts"))
REQUIRE_ALL = os.environ.get("MDTABLES_HOSTS") == "all"
MKDOCS = (sys.executable, "-m", "mkdocs")
QUIET = {"NO_MKDOCS_2_WARNING": "1", "DISABLE_MKDOCS_2_WARNING": "true", "NO_COLOR": "1"}


def missing(what: str) -> NoReturn:
    """Skip the test because a program is not installed. With MDTABLES_HOSTS=all, fail instead."""
    message = f"{what} is not installed; run: bash tests/hosts/install"
    if REQUIRE_ALL:
        pytest.fail(message)
    pytest.skip(message)


@dataclass(frozen=True)
class Host:
    """A program that builds a site from a folder."""

    name: str
    command: tuple[str, ...]

    def run(self, folder: Path, *words: str) -> tuple[int, str]:
        ran = subprocess.run(
            [*self.command, *words],
            cwd=folder,
            env=os.environ | QUIET,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            check=False,
        )
        return ran.returncode, ran.stdout


COMMANDS = {"properdocs": "properdocs", "zensical": "zensical", "pelican": "pelican"}


def host(name: str) -> Host:
    """Return the host installed in the environment of this name."""
    program = HOSTS / ".environments" / name / "bin" / COMMANDS.get(name, "mkdocs")
    if not program.exists():
        missing(name)
    return Host(name, (str(program),))


@pytest.fixture
def serve() -> Iterator[Callable[..., tuple[str, Callable[[], str]]]]:
    """Return a function that starts a server and returns its URL and a function that reads its log.

    All servers are stopped at the end of the test, which fails if a log contains a traceback.
    """
    started: list[subprocess.Popen[bytes]] = []
    logs: list[Path] = []

    def start(folder: Path, *words: str, program: Sequence[str] = MKDOCS) -> tuple[str, Callable[[], str]]:
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            place = f"127.0.0.1:{probe.getsockname()[1]}"
        log = folder / "serve.log"
        environment = os.environ | QUIET | {"PYTHONUNBUFFERED": "1"}
        with open(log, "wb") as output:
            command = (*program, "serve", "--dev-addr", place, *words)
            server = subprocess.Popen(command, cwd=folder, env=environment, stdout=output, stderr=subprocess.STDOUT)
        started.append(server)
        logs.append(log)
        wait_for(f"http://{place}/", "</html>", log.read_text)
        return f"http://{place}/", log.read_text

    yield start
    for process in started:
        process.terminate()
        process.wait(timeout=20)
    assert [log.read_text() for log in logs if "Traceback" in log.read_text()] == []


def fetch(address: str) -> str:
    try:
        with urllib.request.urlopen(address, timeout=5) as page:
            return str(page.read().decode())
    except (urllib.error.URLError, OSError):
        return ""


def wait_for(address: str, text: str, log: Callable[[], str], seconds: float = 30) -> str:
    """Poll a URL until the page contains the text, and return the page."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        page = fetch(address)
        if text in page:
            return page
        time.sleep(0.1)
    pytest.fail(f"{text!r} did not appear at {address}; server log:\n{log()}")


@pytest.fixture(scope="session")
def browser() -> Iterator[object]:
    """Start a headless Chromium with Playwright."""
    try:
        from playwright.sync_api import sync_playwright
    except ImportError:
        missing("playwright")
    program = shutil.which("chromium")
    if program is None:
        missing("chromium")
    with sync_playwright() as playwright:
        launched = playwright.chromium.launch(executable_path=program, args=["--no-sandbox", "--disable-gpu"])
        yield launched
        launched.close()
