"""The house, executable: who stands on which floor, who may import whom, and who may know which library."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

PACKAGE = Path(__file__).parent.parent / "mdtables"
FLOORS = [
    {"model", "text"},
    {"tables", "document"},
    {"cells", "sources"},
    {"pipelines"},
    {"workspace"},
    {"commands", "report"},
    {"cli", "integrations"},
    {"__init__", "__main__"},
]
KNOWN_BY = {
    "mistune": ["cells"],
    "yaml": ["sources.yaml_file", "sources.yaml_edit"],
    "tabulate": ["report.text"],
    "wcwidth": ["cells.width"],
    "pathspec": ["workspace.exclude"],
    "mkdocs": ["integrations"],
    "markdown": ["integrations"],
    "watchdog": ["integrations.mkdocs.watching"],
    "subprocess": ["workspace.git", "workspace.merge_file"],
    "tempfile": ["workspace.merge_file", "integrations.mkdocs.watching"],
    "logging": ["integrations"],
}
MODULES = sorted(
    path.relative_to(PACKAGE).with_suffix("").as_posix().replace("/", ".") for path in PACKAGE.rglob("*.py")
)


def room(module: str) -> str:
    return module.split(".", maxsplit=1)[0]


def floor(module: str) -> int:
    return next(number for number, rooms in enumerate(FLOORS) if room(module) in rooms)


def imports(module: str) -> set[str]:
    """Every module that this one names in an import, our own without the package's name; type checking's too."""
    path = PACKAGE / (module.replace(".", "/") + ".py")
    found: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{module} imports relatively"
            base = node.module or ""
            inside = {f"{base}.{alias.name}" for alias in node.names} & {f"mdtables.{name}" for name in MODULES}
            found |= inside or {base}
    return {name.removeprefix("mdtables.") if name != "mdtables" else "__init__" for name in found}


def own(module: str) -> set[str]:
    known = set(MODULES) | {name.removesuffix(".__init__") for name in MODULES}
    return {name for name in imports(module) if name in known}


@pytest.mark.parametrize("module", MODULES)
def test_a_module_has_a_floor_and_imports_only_from_lower_ones(module: str) -> None:
    assert any(room(module) in rooms for rooms in FLOORS), f"{module} stands on no floor: give it one here"
    for imported in own(module) - {"__init__"}:
        same_room = room(imported) == room(module)
        assert same_room or floor(imported) < floor(module), f"{module} imports {imported}"


def test_inside_a_room_no_import_leads_back() -> None:
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


@pytest.mark.parametrize(("library", "rooms"), KNOWN_BY.items())
def test_a_library_is_known_in_one_room(library: str, rooms: list[str]) -> None:
    users = [module for module in MODULES if library in {name.split(".")[0] for name in imports(module)}]
    strangers = [user for user in users if not any(user == r or user.startswith(f"{r}.") for r in rooms)]
    assert not strangers
    assert users or library in {"mkdocs", "markdown", "tempfile", "logging"}, f"nobody uses {library}"


def test_the_core_is_handed_its_data() -> None:
    assert not {name for m in MODULES if room(m) == "pipelines" for name in imports(m) if room(name) == "sources"}


@pytest.mark.parametrize("module", [m for m in MODULES if m != "document.marker"])
def test_only_one_file_spells_the_markers(module: str) -> None:
    assert "TABLE_GENERATE" not in (PACKAGE / (module.replace(".", "/") + ".py")).read_text(encoding="utf-8")


@pytest.mark.parametrize("module", [m for m in MODULES if room(m) != "cli"])
def test_only_the_command_line_prints(module: str) -> None:
    tree = ast.parse((PACKAGE / (module.replace(".", "/") + ".py")).read_text(encoding="utf-8"))
    assert "print" not in {node.id for node in ast.walk(tree) if isinstance(node, ast.Name)}


@pytest.mark.parametrize("module", MODULES)
def test_a_module_says_what_it_knows(module: str) -> None:
    tree = ast.parse((PACKAGE / (module.replace(".", "/") + ".py")).read_text(encoding="utf-8"))
    assert ast.get_docstring(tree)


@pytest.mark.parametrize("module", MODULES)
def test_no_function_is_longer_than_a_page(module: str) -> None:
    tree = ast.parse((PACKAGE / (module.replace(".", "/") + ".py")).read_text(encoding="utf-8"))
    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionDef):
            assert (node.end_lineno or 0) - node.lineno < 50, f"{module}.{node.name}"
