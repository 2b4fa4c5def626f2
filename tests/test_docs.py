"""The docs match the code: their tables are generated from it, their examples run, and they are complete.

`python -m tests.test_docs` regenerates the data of the tables.
"""

from __future__ import annotations

import argparse
import csv
import io
import json
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
import yaml

import mdtables
from mdtables import cli
from mdtables.cli.commands import COMMANDS, EXIT_STATUS, parser_of
from mdtables.cli.described import described
from mdtables.cli.manual import manual
from mdtables.cli.shells import SHELLS
from mdtables.integrations.mkdocs.options import MEANINGS, OF_REGIONS, PluginConfig
from mdtables.model.diagnostics import CODES
from mdtables.model.options import DEFAULTS, SPECS, Options
from mdtables.workspace.config import KEYS
from mdtables.workspace.schema import schema
from tests.judges import JUDGES
from tests.reference_pages import page_of_codes, page_of_names
from tests.terminal_picture import PICTURE, recorded, text_in, text_of
from tests.test_architecture import MODULES, floor, room
from tests.test_hook import SITUATIONS
from tests.test_judges import KNOWN_EXCEPTIONS, in_containers

ROOT = Path(__file__).parent.parent
DOCS = [
    ROOT / "README.md",
    ROOT / "CONTRIBUTING.md",
    *sorted(set((ROOT / "docs").rglob("*.md")) - {ROOT / "docs/first/courses.md"}),
]
TEXT = "\n".join(path.read_text(encoding="utf-8") for path in DOCS)
FENCE = re.compile(r"(?:^`(?P<file>[^`\n]+)`:\n\n)?^```(?P<kind>\w+)\n(?P<body>.*?)^```$", re.MULTILINE | re.DOTALL)


# --- tables that come from the code -----------------------------------------------------------------------------------


def rows_of_options() -> Iterator[list[str]]:
    yield ["option", "meaning", "default", "bare", "project"]
    for spec in SPECS.values():
        yield [
            f"`{spec.name}`",
            spec.summary,
            spec.default,
            *("yes" if so else "" for so in (spec.bare, spec.configurable)),
        ]


def rows_of_configuration() -> Iterator[list[str]]:
    yield ["key", "value", "meaning"]
    for name, key in KEYS.items():
        yield [f"`{name}`", key.kind, key.summary]
    for spec in SPECS.values():
        if spec.configurable:
            yield [f"`{spec.name}`", "number" if spec.is_number else "text", spec.summary]


def rows_of_diagnostics() -> Iterator[list[str]]:
    yield ["code", "severity", "meaning"]
    yield from ([f"`{code}`", severity, meaning] for code, (severity, meaning) in CODES.items())


def rows_of_command_line() -> Iterator[list[str]]:
    yield ["option", "commands", "meaning"]
    commands = subcommands()
    seen: dict[tuple[str, str], list[str]] = {}
    for name, command in commands.items():
        for action in command._actions:
            if action.option_strings and action.dest != "help" and not (name == "show" and action.dest in SPECS):
                value = f" {action.metavar or '|'.join(action.choices or [])}".rstrip()
                spelled = ", ".join(
                    f"`{option}{value if option.startswith('--') else ''}`" for option in action.option_strings
                )
                seen.setdefault((spelled, action.help or ""), []).append(name)
    for (spelled, meaning), names in seen.items():
        yield [spelled, "all" if len(names) == len(commands) else ", ".join(f"`{name}`" for name in names), meaning]


def subcommands() -> dict[str, argparse.ArgumentParser]:
    return {name: parser_of(name) for name in COMMANDS}


def rows_of_exceptions() -> Iterator[list[str]]:
    yield ["what", "why"]
    yield from ([what, why] for what, why in KNOWN_EXCEPTIONS.items())


def rows_of_situations() -> Iterator[list[str]]:
    yield ["what you do", "what happens"]
    yield from ([each.name, each.outcome] for each in SITUATIONS)


def rows_of_hooks() -> Iterator[list[str]]:
    yield ["hook", "what it runs", "what that does"]
    for hook in yaml.safe_load((ROOT / ".pre-commit-hooks.yaml").read_text(encoding="utf-8")):
        yield [f"`{hook['id']}`", f"`{hook['entry']}`", hook["description"]]


def rows_of_mkdocs() -> Iterator[list[str]]:
    yield ["option", "meaning", "default"]
    defaults = dict(PluginConfig._schema)
    for name, meaning in MEANINGS.items():
        default = defaults[name].default
        yield [f"`{name}`", meaning, f"`{str(default).lower() if isinstance(default, bool) else default}`"]
    for name in OF_REGIONS:
        quoted = f'`"{name}"`' if name == "null" else f"`{name}`"
        yield [quoted, SPECS[name].summary, SPECS[name].default]


TABLES = {
    "options": rows_of_options,
    "configuration": rows_of_configuration,
    "diagnostics": rows_of_diagnostics,
    "command-line": rows_of_command_line,
    "exceptions": rows_of_exceptions,
    "hook": rows_of_situations,
    "hooks": rows_of_hooks,
    "mkdocs": rows_of_mkdocs,
}


def test_every_code_has_a_reason_and_a_cure() -> None:
    why = yaml.safe_load((ROOT / "docs/data/why.yaml").read_text(encoding="utf-8"))
    assert list(why) == list(CODES)
    assert all(set(each) == {"why", "cure"} for each in why.values())


def generated() -> dict[str, str]:
    """Return the files that are made from the definitions of commands and configuration, by their paths."""
    commands = described()
    return {
        "docs/reference/codes.md": page_of_codes(),
        "docs/reference/names.md": page_of_names(),
        "docs/mdtables.schema.json": json.dumps(schema(), indent=2, ensure_ascii=False) + "\n",
        "shipped/share/man/man1/mdtables.1": manual(commands),
        "shipped/share/bash-completion/completions/mdtables": SHELLS["bash"](commands),
        "shipped/share/zsh/site-functions/_mdtables": SHELLS["zsh"](commands),
        "shipped/share/fish/vendor_completions.d/mdtables.fish": SHELLS["fish"](commands),
    }


@pytest.mark.parametrize("path", generated())
def test_generated_file_matches_the_code(path: str) -> None:
    assert (ROOT / path).read_text(encoding="utf-8") == generated()[path], "run: python -m tests.test_docs"


def as_csv(rows: Iterator[list[str]]) -> str:
    text = io.StringIO()
    csv.writer(text, lineterminator="\n").writerows(rows)
    return text.getvalue()


@pytest.mark.parametrize("name", TABLES)
def test_docs_data_matches_the_code(name: str) -> None:
    written = (ROOT / "docs" / "data" / f"{name}.csv").read_text(encoding="utf-8")
    assert written == as_csv(TABLES[name]()), "run: python -m tests.test_docs, then fix README.md and docs"


def test_docs_list_every_judge() -> None:
    """The figures come from a run of all judges, which takes minutes. This test only finds missing judges."""
    rows = list(csv.DictReader((ROOT / "docs/data/readers.csv").read_text(encoding="utf-8").splitlines()))
    assert [(row["judge"], row["what it is"]) for row in rows] == [
        (judge.name, judge.what) for judge in JUDGES.values()
    ]
    assert [row["containers"] for row in rows] == [in_containers(judge) for judge in JUDGES.values()]


def test_tables_in_docs_and_examples_are_current(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(ROOT)
    assert cli.main(["check", "README.md", "docs", "examples", "--exclude", "docs/first/"]) == 0


def test_first_example_is_stale_and_ragged_so_that_the_readme_shows_something(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(ROOT)
    assert cli.main(["check", "docs/first"]) == 1


# --- completeness -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("word", [*SPECS, *CODES, *KEYS, *subcommands()])
def test_options_codes_keys_and_commands_are_documented(word: str) -> None:
    assert re.search(rf"`(?:mdtables )?{re.escape(word)}\b", TEXT)


def test_option_specs_match_the_fields_of_options() -> None:
    assert tuple(spec.field for spec in SPECS.values()) == Options._fields


@pytest.mark.parametrize("name", [name for name, spec in SPECS.items() if re.fullmatch(r"`[\w-]+`", spec.default)])
def test_documented_default_is_the_default(name: str) -> None:
    assert SPECS[name].parse(SPECS[name].default.strip("`")) == getattr(DEFAULTS, SPECS[name].field)


@pytest.mark.parametrize("name", SPECS)
def test_every_option_has_its_own_section(name: str) -> None:
    assert re.search(
        rf"^## .*\b{name}\b", (ROOT / "docs/reference/options.md").read_text(encoding="utf-8"), re.MULTILINE
    )


def test_every_hook_is_documented_and_runs_a_command() -> None:
    for hook in yaml.safe_load((ROOT / ".pre-commit-hooks.yaml").read_text(encoding="utf-8")):
        assert f"`{hook['id']}`" in TEXT
        words = hook["entry"].split()
        assert words[0] == "mdtables"
        parser_of(words[1]).parse(words[2:])


@pytest.mark.slow
@pytest.mark.parametrize(
    ("check", "file"), [("validate-manifest", ".pre-commit-hooks.yaml"), ("validate-config", ".pre-commit-config.yaml")]
)
def test_pre_commit_accepts_its_configuration_files(check: str, file: str) -> None:
    subprocess.run([sys.executable, "-m", "pre_commit", check, str(ROOT / file)], check=True)


def test_help_and_docs_list_the_same_exit_statuses() -> None:
    statuses = list(csv.reader((ROOT / "docs/data/exit-status.csv").read_text(encoding="utf-8").splitlines()))
    for status, meaning in statuses[1:]:
        assert f"  {status}  {meaning.replace('`', '').partition(';')[0]}\n" in EXIT_STATUS


def test_architecture_drawing_shows_every_package() -> None:
    text = (ROOT / "docs/explanation/architecture.md").read_text(encoding="utf-8")
    drawn = {name: int(number) for name, number in re.findall(r"^[├└]── (\w+)(?:/|\.py) +(\d+) ", text, re.MULTILINE)}
    assert drawn == {room(module): floor(module) for module in MODULES if not module.startswith("__")}


@pytest.mark.parametrize("path", DOCS, ids=lambda path: str(path.relative_to(ROOT)))
def test_relative_links_resolve(path: Path) -> None:
    text = re.sub(r"(`+).*?\1", "", FENCE.sub("", path.read_text(encoding="utf-8")), flags=re.DOTALL)  # without code
    for target in re.findall(r"\]\(([^)#\s]+)[^)]*\)", text):
        own = target.partition("https://github.com/mdtables/mdtables/blob/main/")[2]  # also works on the package index
        there = (ROOT / own) if own else path.parent / target
        assert (target.startswith("https://") and not own) or there.exists(), target


def test_readme_has_no_link_that_breaks_on_the_package_index() -> None:
    assert not re.findall(r"\]\((?!https://)[^)]*\)", (ROOT / "README.md").read_text(encoding="utf-8"))


def test_readme_shows_the_two_install_commands() -> None:
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    assert len(re.findall(r"^python -m pip install .* && ", readme, re.MULTILINE)) == 2


PINNED = re.compile(r"(?:\brev: v|\brev = \"v|mdtables/mdtables@v|mdtables-cli==)(\d+\.\d+\.\d+)")
VERSIONED = [*DOCS, *(ROOT / name for name in ("CITATION.cff", "pyproject.toml", "editors/vscode/package.json"))]


def test_docs_name_a_version_to_install() -> None:
    assert len(PINNED.findall(TEXT)) > 5


@pytest.mark.parametrize("path", VERSIONED, ids=lambda path: str(path.relative_to(ROOT)))
def test_every_version_that_is_named_is_the_current_one(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    own = [] if path.suffix == ".md" else re.findall(r"(?m)^\W*version\W+(\d+\.\d+\.\d+)", text)
    assert path.suffix == ".md" or own
    assert {*own, *PINNED.findall(text)} <= {mdtables.__version__}


def test_changelog_begins_with_the_current_version() -> None:
    sections = re.findall(r"(?m)^## ([\w.]+)", (ROOT / "CHANGELOG.md").read_text(encoding="utf-8"))
    assert sections[0] == mdtables.__version__ or sections[:2] == ["Unreleased", mdtables.__version__]


# --- the examples run -------------------------------------------------------------------------------------------------


@pytest.mark.slow
def test_picture_of_a_terminal_shows_what_the_commands_print() -> None:
    assert text_in(PICTURE.read_text(encoding="utf-8")) == text_of(recorded()), "run: python -m tests.terminal_picture"


@pytest.mark.slow
def test_tutorial_commands_print_what_it_shows(tmp_path: Path) -> None:
    """Write the files shown, run the commands in order, and compare their output with the output shown."""
    commands = tmp_path / "bin"
    commands.mkdir()
    (commands / "mdtables").write_text(f'#!/bin/sh\nPYTHONPATH="{ROOT}" exec "{sys.executable}" -m mdtables "$@"\n')
    (commands / "mdtables").chmod(0o755)
    project = tmp_path / "project"
    project.mkdir()
    ran = 0
    for block in FENCE.finditer((ROOT / "docs/tutorial.md").read_text(encoding="utf-8")):
        if block["file"]:
            (project / block["file"]).parent.mkdir(exist_ok=True)
            (project / block["file"]).write_text(block["body"], encoding="utf-8")
        elif block["kind"] == "console":
            ran += 1
            assert terminal_session(block["body"], project, commands) == block["body"]
    assert ran == 8


def terminal_session(shown: str, folder: Path, commands: Path) -> str:
    """Run the commands after `$ ` and return what a terminal would show."""
    environment = os.environ | {"PATH": f"{commands}:{os.environ['PATH']}", "PYTHONUNBUFFERED": "1"}
    output = []
    for command in re.findall(r"^\$ (.*)$", shown, re.MULTILINE):
        run = subprocess.run(
            ["bash", "-c", f"{command} 2>&1"], cwd=folder, env=environment, stdout=subprocess.PIPE, check=False
        )
        output.append(f"$ {command}\n{run.stdout.decode()}")
    return "".join(output)


def test_first_readme_example_is_clean() -> None:
    from mdtables import Table, regenerate

    blocks = FENCE.finditer((ROOT / "README.md").read_text(encoding="utf-8"))
    example = next(block["body"] for block in blocks if block["kind"] == "markdown")
    data = Table(["course", "year"], [["Machine Learning", "2011"], ["DL for Coders", "2020"]])
    assert regenerate(example, "README.md", lambda options, place: (data, [])).new == example


LIBRARY = (ROOT / "docs/reference/library.md").read_text(encoding="utf-8")
EXAMPLES_OF_THE_LIBRARY = re.findall(r"(?ms)^```python\n(.*?)^```\n(?:\n```text\n(.*?)^```$)?", LIBRARY)
assert len(EXAMPLES_OF_THE_LIBRARY) == 2


@pytest.mark.parametrize(("code", "shown"), EXAMPLES_OF_THE_LIBRARY)
def test_library_example_prints_what_it_shows(
    code: str, shown: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    shutil.copytree(ROOT / "docs/first", tmp_path / "docs")
    monkeypatch.chdir(tmp_path / "docs")
    exec(compile(code, "library.md", "exec"), {})
    assert capsys.readouterr().out == shown


@pytest.mark.slow
def test_library_examples_pass_a_strict_type_checker(tmp_path: Path) -> None:
    for number, (code, _) in enumerate(EXAMPLES_OF_THE_LIBRARY):
        (tmp_path / f"example_{number}.py").write_text(code, encoding="utf-8")
    words = [sys.executable, "-m", "mypy", "--strict", "--cache-dir", str(tmp_path / "cache"), "."]
    environment = {**os.environ, "MYPYPATH": str(ROOT)}
    done = subprocess.run(words, check=False, cwd=tmp_path, env=environment, capture_output=True, text=True)
    assert f"no issues found in {len(EXAMPLES_OF_THE_LIBRARY)} source files" in done.stdout, done.stdout


def sections_of(page: str) -> list[str]:
    """Return the sections of a page; what is in a code block begins none."""
    lines: list[str] = []
    is_code = False
    for line in (ROOT / "docs" / page).read_text(encoding="utf-8").splitlines(keepends=True):
        is_code ^= line.startswith("```")
        lines.append("\0" + line if line.startswith("## ") and not is_code else line)
    return [section.removeprefix("## ") for section in "".join(lines).split("\0")[1:]]


WITH_EXAMPLES = ["how-to/well-known-files.md", "how-to/recipes.md", "reference/shaping.md", "reference/query.md"]
SECTIONS = [section for page in WITH_EXAMPLES for section in sections_of(page) if FENCE.search(section)]


@pytest.mark.parametrize("section", SECTIONS, ids=[section.partition("\n")[0] for section in SECTIONS])
def test_example_is_what_fix_makes(section: str, tmp_path: Path) -> None:
    """Write the files shown, empty the regions in those with one, and fix them."""
    (tmp_path / "mdtables.toml").write_text("")
    shown = {}
    for block in FENCE.finditer(section):
        body = re.sub(r"(START.*?-->\n).*?(<!-- TABLE_GENERATE_END)[^\n]*", r"\1\2 -->", block["body"], flags=re.DOTALL)
        (tmp_path / block["file"]).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / block["file"]).write_text(body, encoding="utf-8")
        if body != block["body"]:
            shown[block["file"]] = block["body"]
    assert shown
    assert cli.main(["fix", *(str(tmp_path / name) for name in shown)]) == 0
    assert {name: (tmp_path / name).read_text(encoding="utf-8") for name in shown} == shown


def test_recipes_are_the_files_in_their_folders() -> None:
    shown = [
        {block["file"]: block["body"] for block in FENCE.finditer(section)}
        for section in sections_of("how-to/recipes.md")
    ]
    files = [
        {path.relative_to(folder).as_posix(): path.read_text(encoding="utf-8") for path in folder.rglob("*.*")}
        for folder in (ROOT / "examples/recipes").iterdir()
    ]
    assert len(files) == len(shown) == 11
    assert all(each in files for each in shown)


@pytest.fixture(scope="module")
def printed(tmp_path_factory: pytest.TempPathFactory) -> str:
    """Return what runs print for the mistakes that the docs show."""
    region = '<!-- TABLE_GENERATE_START source="../data/{}" -->\n<!-- TABLE_GENERATE_END -->\n'
    folder = tmp_path_factory.mktemp("mistakes")
    files = {
        "mdtables.toml": "",
        "data/x.csv": "a,b,c\n" + "1,2,3\n" * 15 + "1,2,3,4\n",
        "posts/a.md": "\n" * 4 + region.format("x.csv") + "\n" * 7 + region.format('y.csv" colums="a'),
        "data/courses.csv": "Course,Year\nML,2011\nDL for Coders,2020\nCS50,2007\n",
        "posts/courses.md": "# Courses\n\nText.\n\n" + region.format("courses.csv"),
        "docs/data/x.csv": "a\n",
        "docs/sub/b.md": "\n" * 6 + region.format("y.csv"),
    }
    for name, text in files.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(text, encoding="utf-8")

    def run(*words: str) -> str:
        command = [sys.executable, "-m", "mdtables", *words]
        environment = os.environ | {"PYTHONPATH": str(ROOT)}
        return subprocess.run(command, cwd=folder, env=environment, stdout=subprocess.PIPE, check=False).stdout.decode()

    output = run("fix", "posts/courses.md") + run("check", "posts/a.md") + run("check", "docs")
    document = folder / "posts/courses.md"
    document.write_text(document.read_text(encoding="utf-8").replace("2007 |", "2008 |"), encoding="utf-8")
    output += run("check", "posts/courses.md")
    conflict = "Course,Year\n" + "ML,2011\n" * 5 + "<<<<<<< a\nA,1\n=======\nA,2\n>>>>>>> b\n"
    (folder / "data/courses.csv").write_text(conflict, encoding="utf-8")
    return output + run("check", "posts/courses.md")


@pytest.mark.parametrize(
    "path",
    [path for path in DOCS if path.name not in ("tutorial.md", "codes.md")],  # the examples of codes are those of cases
    ids=lambda path: path.stem,
)
def test_messages_in_the_docs_are_what_a_run_prints(path: Path, printed: str) -> None:
    text = path.read_text(encoding="utf-8")
    shown = re.findall(r"^(?:WARNING -  mdtables: )?(\S+: (?:error|warning)\[.*|  hint: .*)$", text, re.MULTILINE)
    shown += re.findall(r"`(\S+: (?:error|warning)\[[^`]*)`", text)
    for line in shown:
        assert f"{line}\n" in printed


@pytest.mark.parametrize(
    "block",
    re.findall(
        r"^```yaml\n(.*?)^```$",
        (ROOT / "docs/reference/sources.md").read_text(encoding="utf-8"),
        re.MULTILINE | re.DOTALL,
    ),
)
def test_every_documented_yaml_shape_is_a_table(block: str) -> None:
    from mdtables.model.options import Options
    from mdtables.sources.yaml_file import read

    assert read(block.encode(), "shown.yaml", Options()).rows


if __name__ == "__main__":
    for table, rows in TABLES.items():
        (ROOT / "docs" / "data" / f"{table}.csv").write_text(as_csv(rows()), encoding="utf-8")
    for name, content in generated().items():
        (ROOT / name).parent.mkdir(parents=True, exist_ok=True)
        (ROOT / name).write_text(content, encoding="utf-8")
