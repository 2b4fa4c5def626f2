"""What pyproject.toml promises of other packages is what is tried."""

from __future__ import annotations

import re
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name
from packaging.version import Version

ROOT = Path(__file__).parent.parent
CHECK = [sys.executable, "-m", "check_jsonschema"]
NEEDED = [
    Requirement(line)
    for line in tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]["dependencies"]
]


def pinned(file: str) -> dict[str, Version]:
    """The one version of each package that a file of constraints allows."""
    lines = (ROOT / file).read_text(encoding="utf-8").splitlines()
    pins = [Requirement(line) for line in lines if line and not line.startswith("#")]
    return {canonicalize_name(pin.name): Version(str(pin.specifier).removeprefix("==")) for pin in pins}


@pytest.mark.parametrize("needed", NEEDED, ids=lambda needed: needed.name)
def test_a_lower_bound_is_the_oldest_version_that_is_tried(needed: Requirement) -> None:
    bounds = [Version(each.version) for each in needed.specifier if each.operator == ">="]
    assert bounds == [pinned("tests/oldest.txt")[canonicalize_name(needed.name)]]


def test_nothing_else_is_held_back() -> None:
    assert set(pinned("tests/oldest.txt")) == {canonicalize_name(needed.name) for needed in NEEDED}


@pytest.mark.parametrize("needed", NEEDED, ids=lambda needed: needed.name)
def test_what_the_action_installs_is_allowed(needed: Requirement) -> None:
    assert pinned("constraints.txt")[canonicalize_name(needed.name)] in needed.specifier


@pytest.mark.parametrize(
    ("schema", "files"),
    [
        ("vendor.github-workflows", sorted((ROOT / ".github/workflows").glob("*.yml"))),
        ("vendor.dependabot", [ROOT / ".github/dependabot.yml"]),
        ("vendor.citation-file-format", [ROOT / "CITATION.cff"]),
    ],
)
def test_what_github_reads_is_as_its_schema_says(schema: str, files: list[Path]) -> None:
    if schema not in subprocess.run([*CHECK, "--help"], capture_output=True, text=True, check=True).stdout:
        pytest.skip(f"this check-jsonschema does not have {schema}")
    ran = subprocess.run(
        [*CHECK, "--builtin-schema", schema, *map(str, files)], capture_output=True, text=True, check=False
    )
    assert ran.returncode == 0, ran.stdout


def test_actions_are_pinned_to_commits_and_jobs_have_no_more_rights_than_they_need() -> None:
    for path in (ROOT / ".github/workflows").glob("*.yml"):
        text = path.read_text(encoding="utf-8")
        uses = re.findall(r"uses: (\S+)", text)
        assert uses
        assert all(re.fullmatch(r"[\w-]+/[\w-]+@[0-9a-f]{40}", each) for each in uses)
        assert re.search(r"(?m)^permissions:(?: \{\}|\n  contents: read)$", text)


def test_citation_names_the_version() -> None:
    from mdtables import __version__

    assert f"version: {__version__}\n" in (ROOT / "CITATION.cff").read_text(encoding="utf-8")
