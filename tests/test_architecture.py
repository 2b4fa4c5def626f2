"""The architecture, executable: the floor of each room, who may import what, and where imports may be deferred."""

from __future__ import annotations

import ast
import re
from pathlib import Path
from typing import get_args

import pytest

import mdtables
from mdtables.model.diagnostics import CODES, Code

PACKAGE = Path(mdtables.__file__).parent  # the one that is imported
FLOORS = [
    {"records"},
    {"model", "text"},
    {"tables", "document"},
    {"cells", "sources", "engines"},
    {"pipelines"},
    {"workspace"},
    {"commands", "report"},
    {"server"},
    {"cli", "integrations"},
    {"__init__", "__main__"},
]
OWNERS = {  # package -> the room, or the modules, that may import it
    "mistune": ["cells"],
    "yaml": ["sources"],
    "tabulate": ["report"],
    "wcwidth": ["cells"],
    "mkdocs": ["integrations"],
    "markdown": ["integrations"],
    "watchdog": ["integrations"],
    "subprocess": ["workspace.git", "workspace.merge_file", "workspace.processes", "engines.duckdb"],
    "tempfile": ["workspace.merge_file", "integrations.mkdocs.watching", "engines.duckdb"],
    "sqlite3": ["tables", "engines"],
    "duckdb": ["engines"],
    "openpyxl": ["engines"],
    "pyspark": ["engines"],
    "logging": ["integrations"],
    "socket": [],
    "urllib.request": [],
    "http": [],
}
# Where an import inside a function may stand, and why; elsewhere only packages of EXPENSIVE are imported so.
GATES = {
    "__init__": "the public names: a run without regions needs none of them",
    "commands.session": "the search for an earlier source: few runs find that both sides were edited",
    "commands.fix": "outcomes: a run without markers and problems needs none",
    "commands.regenerated": "other processes: few runs have so many documents with markers",
    "model.option_values": "the grammar of templates: most regions use none",
    "model.options": "the grammars of conditions and captions: most regions use none of them",
    "tables.shape": "conditions, pivots, groups, orders: most regions use none of them",
    "pipelines.drift": "the way back: few tables were edited by hand",
    "pipelines.regenerate": "levels of headings: few documents have regions with headings",
    "tables.compute": "templates: most columns are those of the source",
    "cells.render": "templates and headings: most regions have none",
    "sources.csv_file": "the merge by rows: the merge driver alone needs it",
    "workspace.load": "several files as one source: most sources are one file",
    "workspace.config": "snapshots: few projects have any",
    "workspace.document_tables": "tables in documents: most sources are files with data",
    "server.server": "the texts of an editor: it does not wait for what reads them when it starts",
    "cli.__init__": "everything that runs: an interrupt or a crash while it is imported is reported",
    "cli.arguments": "the options of regions: only show has them as arguments",
    "cli.commands": "the table of commands: help on options reads their definition",
    "cli.parser": "the report: a run without a mistake in its words needs none",
    "cli.documents": "the session and the cache: a run without a marker needs neither",
    "cli.fix": "the report: a run with nothing to report needs none",
    "cli.output": "the report: a run with nothing to report needs none",
    "cli.reporting": "formats for programs: a run for a person needs none",
}
EXPENSIVE = {"mistune", "wcwidth", "tabulate", "datetime", "decimal", "difflib", "tomllib", "subprocess", "textwrap"}
EXPENSIVE |= {"duckdb", "openpyxl", "pyspark"}  # which are not installed with mdtables
EXPENSIVE |= {
    "fcntl",
    "html",
    "json",
    "resource",
    "shlex",
    "threading",
    "unicodedata",
}  # fcntl, resource: not on Windows
MODULES = sorted(
    path.relative_to(PACKAGE).with_suffix("").as_posix().replace("/", ".") for path in PACKAGE.rglob("*.py")
)


def tree(module: str) -> ast.Module:
    return ast.parse((PACKAGE / (module.replace(".", "/") + ".py")).read_text(encoding="utf-8"))


def room(module: str) -> str:
    return module.split(".", maxsplit=1)[0]


def floor(module: str) -> int:
    return next(number for number, rooms in enumerate(FLOORS) if room(module) in rooms)


def imports(module: str) -> set[str]:
    """Return every module that this one imports, also for type checking; our own without the name of the package."""
    return {name for node in ast.walk(tree(module)) for name in imported_by(node)}


def imported_by(node: ast.AST) -> set[str]:
    found: set[str] = set()
    if isinstance(node, ast.Import):
        found = {alias.name for alias in node.names}
    elif isinstance(node, ast.ImportFrom):
        assert node.level == 0, "relative import"
        base = node.module or ""
        inside = {f"{base}.{alias.name}" for alias in node.names} & {f"mdtables.{name}" for name in MODULES}
        found = inside or {base}
    return {name.removeprefix("mdtables.") if name != "mdtables" else "__init__" for name in found}


def own(module: str) -> set[str]:
    known = set(MODULES) | {name.removesuffix(".__init__") for name in MODULES}
    return {name for name in imports(module) if name in known}


@pytest.mark.parametrize("module", MODULES)
def test_module_imports_only_from_lower_floors(module: str) -> None:
    assert any(room(module) in rooms for rooms in FLOORS), f"{module} has no floor: give its room one"
    for imported in own(module) - {"__init__"}:
        same_room = room(imported) == room(module)
        assert same_room or floor(imported) < floor(module), f"{module} imports {imported}"


def test_imports_inside_a_room_are_acyclic() -> None:
    done: set[str] = set()

    def visit(module: str, path: tuple[str, ...]) -> None:
        assert module not in path, " -> ".join([*path, module])
        if module in done or module not in MODULES:
            return
        for imported in own(module):
            if room(imported) == room(module) and imported != module:
                visit(imported, (*path, module))
        done.add(module)

    for module in MODULES:
        visit(module, ())


OPENERS = {  # modules outside the workspace that open a file, and why
    "cli.__init__": "the null device, in place of a closed pipe",
    "integrations.mkdocs.pages": "a page as MkDocs itself reads it",
    "integrations.mkdocs.watching": "a file of its own, which a change to tells the server to build again",
}
FILE_VERBS = {"open", "unlink", "remove", "rename", "replace", "rmdir", "mkdir", "makedirs", "write_text", "read_text"}


@pytest.mark.parametrize("module", [m for m in MODULES if room(m) != "workspace"])
def test_only_the_workspace_opens_writes_or_deletes_files(module: str) -> None:
    for call in (node for node in ast.walk(tree(module)) if isinstance(node, ast.Call)):
        name = call.func
        if isinstance(name, ast.Name):
            assert name.id != "open" or module in OPENERS, f"{module} opens a file"
        elif isinstance(name, ast.Attribute) and isinstance(name.value, ast.Name) and name.value.id in {"os", "shutil"}:
            found = f"{module} calls {name.value.id}.{name.attr}"
            assert name.attr not in FILE_VERBS or module in OPENERS, found


@pytest.mark.parametrize(("package", "owners"), OWNERS.items())
def test_package_is_imported_only_by_its_owners(package: str, owners: list[str]) -> None:
    users = [m for m in MODULES if any(name == package or name.startswith(f"{package}.") for name in imports(m))]
    assert not [user for user in users if not any(user == owner or user.startswith(f"{owner}.") for owner in owners)]
    assert users or not owners or package in {"mkdocs", "markdown"}, f"no module imports {package}"


def test_only_refresh_reaches_an_engine() -> None:
    users = {m for m in MODULES if any(room(name) == "engines" for name in imports(m)) and room(m) != "engines"}
    assert users == {"commands.refresh"}
    assert {m for m in MODULES if "commands.refresh" in imports(m)} == {"cli.refresh"}
    assert not {m for m in MODULES if "cli.refresh" in imports(m)}  # the table of commands imports it by its name


def deferred_imports(module: str) -> set[str]:
    """Return what a module imports inside functions."""
    functions = (node for node in ast.walk(tree(module)) if isinstance(node, ast.FunctionDef))
    return {name for function in functions for node in ast.walk(function) for name in imported_by(node)}


@pytest.mark.parametrize("module", [m for m in MODULES if room(m) != "integrations"])
def test_imports_are_deferred_only_at_the_gates(module: str) -> None:
    deferred = {name for name in deferred_imports(module) if name.split(".")[0] not in EXPENSIVE}
    assert not deferred or module in GATES, f"{module} imports {deferred} inside a function"


def test_every_gate_is_used() -> None:
    assert [module for module in GATES if not deferred_imports(module)] == []


def test_pipelines_are_handed_their_data() -> None:
    assert not {name for m in MODULES if room(m) == "pipelines" for name in imports(m) if room(name) == "sources"}


@pytest.mark.parametrize("module", [m for m in MODULES if m != "document.marker"])
def test_only_the_marker_module_contains_marker_names(module: str) -> None:
    assert "TABLE_GENERATE" not in (PACKAGE / (module.replace(".", "/") + ".py")).read_text(encoding="utf-8")


@pytest.mark.parametrize("module", [m for m in MODULES if m != "tables.packed"])
def test_one_module_knows_how_rows_are_packed(module: str) -> None:
    text = (PACKAGE / (module.replace(".", "/") + ".py")).read_text(encoding="utf-8")
    assert "_chunks" not in text
    assert "packed import _" not in text


@pytest.mark.parametrize("module", [m for m in MODULES if room(m) != "cli"])
def test_only_the_command_line_prints(module: str) -> None:
    assert "print" not in {node.id for node in ast.walk(tree(module)) if isinstance(node, ast.Name)}


@pytest.mark.parametrize("module", MODULES)
def test_module_has_a_docstring(module: str) -> None:
    assert ast.get_docstring(tree(module))


@pytest.mark.parametrize("module", MODULES)
def test_no_function_is_longer_than_a_page(module: str) -> None:
    for node in ast.walk(tree(module)):
        if isinstance(node, ast.FunctionDef):
            assert (node.end_lineno or 0) - node.lineno < 50, f"{module}.{node.name}"


def test_only_arguments_become_options_and_no_other_function_takes_a_namespace() -> None:
    assert {room(m) for m in MODULES if "argparse" in imports(m)} == {"cli"}
    for module in MODULES:
        for function in (node for node in ast.walk(tree(module)) if isinstance(node, ast.FunctionDef)):
            if any("Namespace" in ast.unparse(each.annotation) for each in function.args.args if each.annotation):
                assert function.name == "run" or function.name.endswith("_options"), f"{module}.{function.name}"


NOT_PATTERNS = {"++", "!#()*+-.>[]\\}_|", "--- /dev/null\n+++ ", "+++ "}
A_SET = re.compile(r"(?<!\\)\[\^?\]?(?:\\.|[^\]\\])*\]")
POSSESSIVE_OR_ATOMIC = re.compile(r"(?<!\\)[*+?}]\+|\(\?>")


@pytest.mark.parametrize("module", MODULES)
def test_no_pattern_is_possessive_or_atomic(module: str) -> None:
    """Python 3.11.0 to 3.11.4, like that of Debian 12, match some of these wrongly."""
    constants = [node.value for node in ast.walk(tree(module)) if isinstance(node, ast.Constant)]
    texts = [value.decode("latin-1") if isinstance(value, bytes) else value for value in constants]
    found = [text for text in texts if isinstance(text, str) and POSSESSIVE_OR_ATOMIC.search(A_SET.sub("x", text))]
    assert set(found) <= NOT_PATTERNS


# --- diagnostics ------------------------------------------------------------------------------------------------------

MAKERS = {"Diagnostic", "_Kind", "failure", "unknown_word", "Problem", "failed_outcome", "unpaired", "_fail"}


def emitted_codes() -> set[str]:
    """Return every text that is given as the code of a diagnostic, wherever one is made."""
    calls = (node for module in MODULES for node in ast.walk(tree(module)) if isinstance(node, ast.Call))
    made = (call for call in calls if isinstance(call.func, ast.Name) and call.func.id in MAKERS and call.args)
    constants = (node for call in made for node in ast.walk(call.args[0]) if isinstance(node, ast.Constant))
    return {node.value for node in constants if isinstance(node.value, str)}


def test_every_code_is_declared_and_every_declared_code_is_emitted() -> None:
    assert emitted_codes() == set(CODES) == set(get_args(Code))


@pytest.mark.parametrize("module", MODULES)
def test_control_flow_never_looks_at_a_code_or_a_text(module: str) -> None:
    """Only the model, which knows the severity of a code, compares the text of a diagnostic."""
    compared = [node for node in ast.walk(tree(module)) if isinstance(node, ast.Compare)]
    sides = [side for node in compared for side in (node.left, *node.comparators)]
    called = [node.func for node in ast.walk(tree(module)) if isinstance(node, ast.Call)]
    sides += [call.value for call in called if isinstance(call, ast.Attribute)]
    read = [side for side in sides if isinstance(side, ast.Attribute) and side.attr in {"code", "message", "hint"}]
    assert not read or module in {"model.diagnostics"}, f"{module} looks at {ast.unparse(read[0])}"
