"""What shells, `man` and checkers make of what is generated for them: the real programs, where they are installed."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from mdtables.cli import main
from mdtables.workspace.config import read_settings
from mdtables.workspace.schema import schema

ROOT = Path(__file__).parent.parent
SHIPPED = ROOT / "shipped/share"
BASH = SHIPPED / "bash-completion/completions/mdtables"
ZSH = SHIPPED / "zsh/site-functions/_mdtables"
FISH = SHIPPED / "fish/vendor_completions.d/mdtables.fish"


def program(name: str) -> str:
    found = shutil.which(name)
    if found is None:
        pytest.skip(f"{name} is not installed")
    return found


def output(*words: str, folder: Path | None = None, **more: str) -> str:
    environment = os.environ | more
    ran = subprocess.run(words, capture_output=True, text=True, check=False, timeout=60, env=environment, cwd=folder)
    assert ran.returncode == 0, ran.stderr
    return ran.stdout


def completed_by_bash(line: str) -> list[str]:
    words = line.split(" ")
    array = " ".join(f"'{word}'" for word in words)
    typed = f"COMP_WORDS=({array}); COMP_CWORD={len(words) - 1}"
    script = f"source {BASH}; {typed}; compopt() {{ :; }}; _mdtables; printf '%s\\n' ${{COMPREPLY[@]}}"
    return output(program("bash"), "--norc", "-c", script).split()


def completed_by_fish(line: str, folder: Path) -> list[str]:
    script = f"source {FISH}; complete -C '{line}'"
    found = output(program("fish"), "--no-config", "-c", script, HOME=str(folder))
    return [each.partition("\t")[0] for each in found.splitlines()]


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("mdtables ex", ["extract"]),
        ("mdtables fix --exit", ["--exit-non-zero-on-fix"]),
        ("mdtables check --output-format ", ["text", "json", "github", "sarif"]),
        ("mdtables completion --co", ["--config", "--color"]),
        ("mdtables help pu", ["pull"]),
    ],
)
def test_bash_completes(line: str, expected: list[str]) -> None:
    assert completed_by_bash(line) == expected


def test_fish_completes(tmp_path: Path) -> None:
    assert completed_by_fish("mdtables ex", tmp_path) == ["extract"]
    assert completed_by_fish("mdtables fix --exit", tmp_path) == ["--exit-non-zero-on-fix"]
    found = completed_by_fish("mdtables check --output-format ", tmp_path)
    assert sorted(found) == ["github", "json", "sarif", "text"]


def test_zsh_completes(tmp_path: Path) -> None:
    """A terminal of its own, in which a key is pressed: zsh has no other way to ask."""
    zsh = program("zsh")
    (tmp_path / ".zshrc").write_text(f"autoload -U compinit; compinit -u -D; source {ZSH}\nPS1='> '\n")
    script = f"""
zmodload zsh/zpty
zpty -b z 'ZDOTDIR={tmp_path} {zsh} -i'
zpty -w -n z $'mdtables fix --exit\\t'
sleep 3
zpty -r z found '*--exit-non-zero-on-fix*' && print -r -- "$found"
"""
    assert "mdtables fix --exit-non-zero-on-fix" in output(zsh, "-f", "-c", script, folder=tmp_path)


def test_scripts_are_well_formed(tmp_path: Path) -> None:
    output(program("bash"), "-n", str(BASH))
    output(program("zsh"), "-n", str(ZSH))
    output(program("fish"), "--no-execute", str(FISH), HOME=str(tmp_path))


def test_command_prints_what_is_shipped(capsys: pytest.CaptureFixture[str]) -> None:
    for shell, path in (("bash", BASH), ("zsh", ZSH), ("fish", FISH)):
        assert main(["completion", shell]) == 0
        assert capsys.readouterr().out == path.read_text(encoding="utf-8")
    assert main(["completion", "powershell"]) == 2


def test_manual_page_is_right_for_troff() -> None:
    page = SHIPPED / "man/man1/mdtables.1"
    ran = subprocess.run(
        [program("groff"), "-K", "utf8", "-man", "-ww", "-Tutf8", str(page)], capture_output=True, text=True, check=True
    )
    assert ran.stderr == ""
    shown = ran.stdout
    shown = re.sub(r"\x1b\[[0-9;]*m|.\x08", "", shown)
    for word in ("mdtables merge", "--exit-non-zero-on-fix", "sort=", "EXIT STATUS", "mdtables.toml"):
        assert word in shown.replace("‐", "-").replace("−", "-")


# --- the schema of the configuration ----------------------------------------------------------------------------------

RIGHT = """
exclude = ["a.md"]
checksum = true
ambiguous-width = 2
ignore = ["block-html"]
style = "compact"
max-width = 100
null = "–"
map = "yes=✅"

[refresh."data/x.csv"]
engine = "duckdb"
query = "SELECT 1 AS a"
key = ["a"]
most-rows = 10
"""
WRONG = [
    'exclud = ["a.md"]', "checksum = 1", "ambiguous-width = 3", 'ignore = ["marker"]', 'style = "wide"',
    'max-width = "100"', 'sort = "a"', 'refresh."x.json" = {engine = "duckdb", query = "SELECT 1"}',
    'refresh."x.csv" = {query = "SELECT 1"}', 'refresh."x.csv" = {engine = "excel", query = "SELECT 1"}',
    'refresh."x.csv" = {engine = "duckdb", connection = "a", query = "SELECT 1"}',
]  # fmt: skip


def is_right(text: str, folder: Path) -> bool:
    """Return what check-jsonschema says of a configuration."""
    (folder / "schema.json").write_text(json.dumps(schema()), encoding="utf-8")
    (folder / "mdtables.toml").write_text(text, encoding="utf-8")
    words = [sys.executable, "-m", "check_jsonschema", "--schemafile", "schema.json", "mdtables.toml"]
    return subprocess.run(words, cwd=folder, capture_output=True, check=False).returncode == 0


def test_schema_accepts_what_mdtables_accepts(tmp_path: Path) -> None:
    assert is_right(RIGHT, tmp_path)
    assert read_settings(str(tmp_path / "mdtables.toml"))


@pytest.mark.parametrize("text", WRONG)
def test_schema_refuses_what_mdtables_refuses(text: str, tmp_path: Path) -> None:
    from mdtables.model.errors import MdtablesError

    assert not is_right(text, tmp_path)
    with pytest.raises(MdtablesError):
        read_settings(str(tmp_path / "mdtables.toml"))


def test_validate_pyproject_finds_the_schema(tmp_path: Path) -> None:
    api = pytest.importorskip("validate_pyproject.api")
    errors = pytest.importorskip("validate_pyproject.error_reporting")
    plugins = pytest.importorskip("validate_pyproject.plugins")
    found = [each for each in plugins.list_from_entry_points() if each.tool == "mdtables"]
    assert found, "install the package again: its entry points changed"
    validator = api.Validator(plugins=found)
    validator({"tool": {"mdtables": {"style": "compact"}}})
    with pytest.raises(errors.ValidationError):
        validator({"tool": {"mdtables": {"style": "wide"}}})


def test_taplo_checks_a_configuration_by_its_first_line(tmp_path: Path) -> None:
    taplo = program("taplo")
    (tmp_path / "schema.json").write_text(json.dumps(schema()), encoding="utf-8")
    for text, status in ((RIGHT, 0), ('style = "wide"\n', 1)):
        path = tmp_path / "mdtables.toml"
        path.write_text(f"#:schema ./schema.json\n{text}", encoding="utf-8")
        ran = subprocess.run([taplo, "lint", str(path)], capture_output=True, check=False, cwd=tmp_path)
        assert ran.returncode == status


# --- init -------------------------------------------------------------------------------------------------------------


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    subprocess.run(["git", "init", "-q", str(tmp_path)], check=True)
    (tmp_path / "README.md").write_text("# A\n\n| a | b |\n| - | - |\n| 1 | 2 |\n")
    monkeypatch.chdir(tmp_path)
    return tmp_path


def test_init_shows_and_writes_nothing_until_it_is_told_to(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["init"]) == 0
    shown = capsys.readouterr()
    assert "new file mdtables.toml" in shown.out
    assert "id: mdtables" in shown.out
    assert "README.md: 1 table" in shown.out
    assert "nothing was written" in shown.err
    assert sorted(each.name for each in project.iterdir()) == [".git", "README.md"]
    assert main(["init", "--write"]) == 0
    assert read_settings(str(project / "mdtables.toml"))
    assert "mdtables" in (project / ".pre-commit-config.yaml").read_text()
    capsys.readouterr()
    assert main(["init", "--write"]) == 0
    assert "this project has a configuration and the hook" in capsys.readouterr().err


def test_init_never_changes_a_file_that_exists(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (project / ".pre-commit-config.yaml").write_text("repos: []\n")
    (project / "pyproject.toml").write_text('[tool.mdtables]\nstyle = "compact"\n')
    assert main(["init", "--write"]) == 0
    assert "add to .pre-commit-config.yaml" in capsys.readouterr().out
    assert (project / ".pre-commit-config.yaml").read_text() == "repos: []\n"
    assert not (project / "mdtables.toml").exists()
