"""Relative links in data count from the folder of the data, with links="rebase"."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from mdtables.cells.links import rebased
from tests.conftest import Ran, sourced

Run = Callable[..., Ran]
Write = Callable[[str, str | bytes], Path]


@pytest.mark.parametrize(
    ("value", "there"),
    [
        ("[a](guide.md)", "[a](../data/guide.md)"),
        ("[a](../docs/guide.md#x 'title')", "[a](guide.md#x 'title')"),
        ("![a](img/x_(1).png)", "![a](../data/img/x_(1).png)"),
        ("[a](<b c.md>)", "[a](<../data/b c.md>)"),
        (
            '<a href="x.md">t</a> <img alt="q" src=\'y.png\'>',
            '<a href="../data/x.md">t</a> <img alt="q" src=\'../data/y.png\'>',
        ),
        ("[a](folder/)", "[a](../data/folder/)"),
        ("[a](..)", "[a](..)"),
        ("[a](x.md?y=1#z)", "[a](../data/x.md?y=1#z)"),
        *[
            (same, same)
            for same in ("[a](https://x/y)", "[a](#top)", "[a](/x)", "[a]()", "`[a](b.md)`", "[a]({{ x }})")
        ],
        ("[mail](mailto:a@b.c) a = b", "[mail](mailto:a@b.c) a = b"),
    ],
)
def test_relative_links_are_rebased(value: str, there: str) -> None:
    assert rebased(value, "/data", "/docs") == there
    assert rebased(value, "/docs", "/docs") == value


def test_one_source_serves_pages_in_two_folders_and_takes_edits_back(run: Run, write: Write, tmp_path: Path) -> None:
    write("mdtables.toml", "")
    data = "name,where\nA,[see](./guide.md) first\nB,[x](../img/x.png)\n"
    write("data/d.csv", data)
    top = write("a.md", sourced('source="data/d.csv" links="rebase"'))
    deep = write("docs/en/a.md", sourced('source="/data/d.csv" links="rebase"'))
    assert run("fix", ".").status == 0
    assert "[see](data/guide.md) first" in top.read_text()
    assert "[see](../../data/guide.md) first" in deep.read_text()
    assert "[x](img/x.png)" in top.read_text()
    deep.write_text(deep.read_text().replace("first", "last").replace("../../img/x.png", "../../img/y.png"))
    assert run("pull", ".").status == 0
    assert (tmp_path / "data/d.csv").read_text() == data.replace("first", "last").replace("x.png", "y.png")
    assert run("check", ".").status == 0


def test_short_link_of_a_page_is_written_back(run: Run, write: Write, tmp_path: Path) -> None:
    write("mdtables.toml", "")
    write("data/d.csv", "a\nx\n")
    page = write("p/q/e.md", sourced('source="/data/d.csv" links="rebase"'))
    run("fix", ".")
    page.write_text(page.read_text().replace("| x   |", "| [n](../d.md) |"))
    assert run("pull", ".").status == 0
    assert (tmp_path / "data/d.csv").read_text() == "a\n[n](../p/d.md)\n"
    assert "[n](../d.md)" in page.read_text()


def test_links_in_text_stay(run: Run, write: Write) -> None:
    write("mdtables.toml", "")
    write("data/d.csv", "a\n[g](x.md)\n")
    page = write("e.md", sourced('source="data/d.csv" links="rebase" cells=text'))
    run("fix", ".")
    assert "](x.md)" in page.read_text()
