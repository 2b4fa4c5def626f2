"""Helpers shared by the tests: files in a temporary folder, and the command line run in that folder."""

from __future__ import annotations

import itertools
import os
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings

from mdtables.cli import main
from mdtables.document.parse import parse
from mdtables.document.resolution import resolve

settings.register_profile(
    "mdtables",
    max_examples=int(os.environ.get("MDTABLES_EXAMPLES", "100")),  # raise it after a change in the core
    derandomize=os.environ.get("CI") == "true",  # CI must be reproducible
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.function_scoped_fixture],
)
settings.load_profile("mdtables")


@pytest.fixture(scope="session", autouse=True)
def isolated_session_cache(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """Keep session and module fixtures out of the developer's cache, and fail if the suite left a file there.

    Only names are compared: the developer may run mdtables in their own projects meanwhile.
    """
    root = os.environ.get("XDG_CACHE_HOME") or os.environ.get("LOCALAPPDATA") or os.path.join("~", ".cache")
    real_cache = Path(root).expanduser() / "mdtables"
    before = set(real_cache.glob("*"))
    isolated = tmp_path_factory.mktemp("cache")
    with pytest.MonkeyPatch.context() as environment:
        environment.setenv("XDG_CACHE_HOME", str(isolated))
        # pre-commit and prek look for Rust, and a rustup on the PATH then writes its settings into the home folder
        environment.setenv("RUSTUP_HOME", str(isolated / "rustup"))
        yield isolated
    assert set(real_cache.glob("*")) - before == set(), "the tests wrote into the developer's cache"


_numbers = itertools.count()


@pytest.fixture(autouse=True)
def isolated_cache(isolated_session_cache: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Give each test a cache of its own. Its folder is made by the first run that writes to it."""
    monkeypatch.setenv("XDG_CACHE_HOME", str(isolated_session_cache / f"test-{next(_numbers)}"))


ISOLATED_GIT_ENV = {  # an author, and none of the developer's git settings
    "GIT_CONFIG_GLOBAL": os.devnull,
    "GIT_CONFIG_NOSYSTEM": "1",
    "GIT_AUTHOR_NAME": "A",
    "GIT_AUTHOR_EMAIL": "a@example.org",
    "GIT_COMMITTER_NAME": "A",
    "GIT_COMMITTER_EMAIL": "a@example.org",
}
BARE = "<!-- TABLE_GENERATE_START -->\n{}<!-- TABLE_GENERATE_END -->\n"
RAGGED = BARE.format("|a|b|\n|-|-|\n|1|2|\n")
ALIGNED = BARE.format("\n| a   | b   |\n| --- | --- |\n| 1   | 2   |\n\n")


def sourced(options: str, body: str = "") -> str:
    return f"<!-- TABLE_GENERATE_START {options} -->\n{body}<!-- TABLE_GENERATE_END -->\n"


@dataclass(frozen=True)
class Ran:
    status: int
    out: str
    err: str


@pytest.fixture
def run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Callable[..., Ran]:
    """Return a function that runs the command line in the temporary folder."""
    for name in ("NO_COLOR", "FORCE_COLOR", "CI", "PRE_COMMIT"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.chdir(tmp_path)

    def run_there(*words: str) -> Ran:
        capsys.readouterr()
        status = main(list(words))
        output = capsys.readouterr()
        return Ran(status, output.out, output.err)

    return run_there


@pytest.fixture
def write(tmp_path: Path) -> Callable[[str, str | bytes], Path]:
    """Return a function that writes a file in the temporary folder and creates its parent folders."""

    def write_there(name: str, content: str | bytes) -> Path:
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
        return path

    return write_there


def text_outside_regions(text: str) -> list[str]:
    """Return the text outside region bodies and end markers. Merge conflicts are resolved to our side first."""
    parts, at = [], 0
    document = parse(text, "")
    resolution = resolve(document) if document.conflicts else None
    document = resolution.ours if resolution else document
    text = document.text
    for region in document.regions:
        parts.append(text[at : region.body_at])
        at = region.end.end
    return [*parts, text[at:]]
