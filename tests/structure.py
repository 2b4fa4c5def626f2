"""Prints how large the package is and how it is connected, to compare two states of it.

    python -m tests.structure [FOLDER]

FOLDER is a package, by default this one. An arrow is a pair of rooms, the first of which imports the second.
"""

from __future__ import annotations

import ast
import statistics
import sys
from collections.abc import Iterator
from pathlib import Path

import mdtables

PACKAGE = Path(mdtables.__file__).parent


def room(parts: tuple[str, ...]) -> str:
    return parts[0].removesuffix(".py")


def imported_rooms(tree: ast.AST) -> Iterator[str]:
    for node in ast.walk(tree):
        if isinstance(node, ast.ImportFrom) and node.module and node.module.startswith("mdtables"):
            names = [node.module] if node.module != "mdtables" else [f"mdtables.{alias.name}" for alias in node.names]
            yield from (name.split(".")[1] for name in names if "." in name)


def functions(tree: ast.AST) -> Iterator[ast.FunctionDef]:
    return (node for node in ast.walk(tree) if isinstance(node, ast.FunctionDef))


def deferred_imports(tree: ast.AST) -> int:
    """Count the import statements inside functions."""
    found = (node for function in functions(tree) for node in ast.walk(function))
    return len({(node.lineno, node.col_offset) for node in found if isinstance(node, ast.Import | ast.ImportFrom)})


def main(package: Path) -> None:
    """Print one line for each figure."""
    trees = {path.relative_to(package).parts: ast.parse(path.read_bytes()) for path in sorted(package.rglob("*.py"))}
    rooms = {room(parts) for parts in trees}
    arrows = {(room(parts), other) for parts, tree in trees.items() for other in imported_rooms(tree)}
    found = [
        (function.end_lineno or 0) - function.lineno + 1 for tree in trees.values() for function in functions(tree)
    ]
    lines = [len(path.read_bytes().splitlines()) for path in package.rglob("*.py")]
    deciles = statistics.quantiles(found, n=10)
    print(f"rooms      {len(rooms)}")
    print(f"arrows     {len([arrow for arrow in arrows if arrow[0] != arrow[1] and arrow[1] in rooms])}")
    print(
        f"modules    {len(trees)}, median {statistics.median(lines):.0f} lines, longest {max(lines)}, all {sum(lines)}"
    )
    print(f"functions  {len(found)}, median {statistics.median(found):.0f} lines, 9 of 10 up to {deciles[8]:.0f}")
    print(f"longest    {max(found)} lines; {sum(size > 40 for size in found)} functions have more than 40")
    print(f"deferred   {sum(map(deferred_imports, trees.values()))} imports inside functions")


if __name__ == "__main__":
    main(Path(sys.argv[1]) if len(sys.argv) > 1 else PACKAGE)
