"""The GitHub action, its steps run as GitHub runs them, and the CI configurations in the docs."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest
import yaml

from tests.conftest import ALIGNED, RAGGED

pytestmark = pytest.mark.slow

ROOT = Path(__file__).parent.parent
ACTION = yaml.safe_load((ROOT / "action.yml").read_text(encoding="utf-8"))
HOW_TO = ROOT / "docs" / "how-to"


def check_schema(schema: str, path: Path) -> None:
    words = [sys.executable, "-m", "check_jsonschema", "--builtin-schema", f"vendor.{schema}", str(path)]
    checked = subprocess.run(words, capture_output=True, text=True, check=False)
    assert checked.returncode == 0, checked.stdout


def test_action_matches_its_schema() -> None:
    check_schema("github-actions", ROOT / "action.yml")


def test_action_pins_what_it_installs() -> None:
    """The pins cover every dependency, including build requirements, and nothing else."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    wanted = [*project["project"]["dependencies"], *project["build-system"]["requires"]]
    pinned = re.findall(r"^([\w-]+)==[\d.]+$", (ROOT / "constraints.txt").read_text(encoding="utf-8"), re.MULTILINE)
    assert sorted(pinned, key=str.lower) == sorted((re.split(r"[<>=]", name)[0] for name in wanted), key=str.lower)


def run_step(
    number: int, inputs: dict[str, str], environment: dict[str, str], folder: Path, action: Path
) -> tuple[int, str]:
    """Run a step of the action in a folder, as GitHub's runner does, and return its status and output."""

    def expand(text: str) -> str:
        text = text.replace("${{ github.action_path }}", str(action))
        text = text.replace("${{ runner.temp }}", environment["RUNNER_TEMP"])
        text = re.sub(r"\$\{\{ steps\.install\.outputs\.(\w+) \}\}", lambda found: environment[found[1]], text)
        return re.sub(r"\$\{\{ inputs\.(\w+) \}\}", lambda found: inputs[found[1]], text)

    step = ACTION["runs"]["steps"][number]
    assert step["shell"] == "bash"
    ran = subprocess.run(
        ["bash", "--noprofile", "--norc", "-eo", "pipefail", "-c", step["run"]],
        cwd=folder,
        env=environment | {name: expand(text) for name, text in step["env"].items()},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
    )
    return ran.returncode, ran.stdout


def test_action_annotates_stale_tables_and_passes_clean_ones(tmp_path: Path) -> None:
    inputs = {name: given.get("default", "") for name, given in ACTION["inputs"].items()} | {"python": sys.executable}
    output_file = tmp_path / "output"
    environment = {name: text for name, text in os.environ.items() if name != "PYTHONPATH"}
    environment |= {"RUNNER_TEMP": str(tmp_path / "temp"), "GITHUB_OUTPUT": str(output_file)}
    project = tmp_path / "project"
    (project / "my docs").mkdir(parents=True)
    (project / "my docs/a.md").write_text(RAGGED)
    action = tmp_path / "the action"  # a runner of one's own may be below a folder with a blank in its name
    shutil.copytree(ROOT / "mdtables", action / "mdtables", ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copytree(ROOT / "shipped", action / "shipped")
    for name in ("pyproject.toml", "README.md", "LICENSE", "constraints.txt"):
        shutil.copy(ROOT / name, action)
    (project / "a.md").write_text(RAGGED)
    (project / "two.md").write_text(ALIGNED)
    status, output = run_step(0, inputs, environment, project, action)
    if status and os.environ.get("CI") != "true":
        pytest.skip(f"mdtables cannot be installed from here: {output[-300:]}")
    assert status == 0, output
    environment |= dict(line.split("=", 1) for line in output_file.read_text().splitlines())
    assert re.fullmatch(r"\d+\.\d+\.\d+-3-\d+-\d+", environment["version"])

    def check(**given: str) -> tuple[int, str]:
        return run_step(2, inputs | given, environment, project, action)

    status, output = check()
    assert status == 1
    assert (
        "::error file=a.md,line=1,col=1,endLine=1,endColumn=30,title=mdtables stale"
        "::this table is stale; run: mdtables fix a.md\n"
    ) in output
    assert "+| a   | b   |\n" in output
    assert check(paths="two.md")[0] == 0
    assert check(paths="two.md\na.md\n")[0] == 1
    assert check(paths="two.md\nmy docs\n")[0] == 1
    assert check(paths="two.md\ntwo.md\n", options="--exclude\na.md\n")[0] == 0
    assert check(options="--exclude\na.md\n")[0] == 0
    assert check(paths="$(touch oops)")[0] == 2
    assert not (project / "oops").exists()
    subprocess.run(["git", "init", "-q"], cwd=project, check=True)
    assert check(paths="two.md")[0] == 0
    cached = tmp_path / "temp/mdtables-cache"
    assert list(cached.rglob("*.txt"))
    assert ACTION["runs"]["steps"][1]["with"]["path"] == "${{ runner.temp }}/mdtables-cache"


# --- configurations in the docs ---------------------------------------------------------------------------------------


def yaml_blocks(page: str) -> list[str]:
    return re.findall(r"^```yaml\n(.*?)^```$", (HOW_TO / page).read_text(encoding="utf-8"), re.MULTILINE | re.DOTALL)


@pytest.mark.parametrize(("page", "schema"), [("github-actions.md", "github-workflows"), ("gitlab-ci.md", "gitlab-ci")])
def test_documented_ci_configurations_are_valid(page: str, schema: str, tmp_path: Path) -> None:
    assert yaml_blocks(page)
    for block in yaml_blocks(page):
        (tmp_path / "shown.yml").write_text(block)
        check_schema(schema, tmp_path / "shown.yml")


@pytest.mark.parametrize("page", ["pre-commit.md", "prek.md", "pre-commit-ci.md"])
def test_documented_hook_configurations_are_valid(page: str, tmp_path: Path) -> None:
    hooks = {hook["id"] for hook in yaml.safe_load((ROOT / ".pre-commit-hooks.yaml").read_text(encoding="utf-8"))}
    assert yaml_blocks(page)
    for block in yaml_blocks(page):
        (tmp_path / "shown.yaml").write_text(block)
        for program in (["-m", "pre_commit"], ["-m", "prek"]):
            words = [sys.executable, *program, "validate-config", str(tmp_path / "shown.yaml")]
            subprocess.run(words, check=True, capture_output=True)
        for repository in yaml.safe_load(block)["repos"]:
            assert {hook["id"] for hook in repository["hooks"]} <= hooks


def test_project_uses_its_own_hook() -> None:
    """The hook is configured as users configure it, except that it runs the package in this folder."""
    own = yaml.safe_load((ROOT / ".pre-commit-config.yaml").read_text(encoding="utf-8"))
    given = yaml.safe_load((ROOT / ".pre-commit-hooks.yaml").read_text(encoding="utf-8"))
    used = next(hook for repository in own["repos"] for hook in repository["hooks"] if hook["id"] == "mdtables")
    hook = next(hook for hook in given if hook["id"] == "mdtables")
    assert used["entry"] == f"python -m {hook['entry']}"
    assert all(used[key] == hook[key] for key in ("language", "always_run", "pass_filenames", "require_serial"))
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    assert used["additional_dependencies"] == project["project"]["dependencies"]
