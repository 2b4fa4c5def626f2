"""What pyproject.toml promises of other packages is what is tried."""

from __future__ import annotations

import tomllib
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name
from packaging.version import Version

ROOT = Path(__file__).parent.parent
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
