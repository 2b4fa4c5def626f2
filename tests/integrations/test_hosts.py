"""mdtables with other site generators, themes and plugins, each the real program in its own environment."""

from __future__ import annotations

import re
import time
from html import unescape
from pathlib import Path

import pytest

from tests.conftest import sourced
from tests.integrations.conftest import host, wait_for
from tests.integrations.test_mkdocs import Site
from tests.integrations.test_serve import Serve

pytestmark = pytest.mark.slow

MATERIAL = "theme:\n  name: material\n  font: false\n"
EXTENSIONS = "markdown_extensions: [admonition, pymdownx.details, pymdownx.superfences, md_in_html]\n"


def page(folder: Path, name: str) -> str:
    return (folder / "site" / name).read_text(encoding="utf-8")


def rows(html: str) -> list[list[str]]:
    """Return the rows of all tables as text."""
    return [
        [
            unescape(re.sub(r"<[^>]+>", "", cell)).strip()
            for cell in re.findall(r"<t[hd][^>]*>(.*?)</t[hd]>", row, re.DOTALL)
        ]
        for row in re.findall(r"<tr>(.*?)</tr>", html, re.DOTALL)
    ]


@pytest.fixture
def site(tmp_path: Path) -> Site:
    made = Site(tmp_path)
    made.write("data/x.csv", "a,b\nx,1\n")
    made.write("docs/index.md", "# A\n\n" + sourced('source="../data/x.csv"'))
    made.configure()
    return made


@pytest.mark.parametrize("name", ["mkdocs-1.5", "properdocs", "mkdocs-ng"])
def test_plugin_works_in_mkdocs_forks(name: str, site: Site) -> None:
    site.configure(more="theme: mkdocs\n")
    status, output = host(name).run(site.folder, "build", "--strict")
    assert status == 0, output
    assert rows(page(site.folder, "index.html"))[:2] == [["a", "b"], ["x", "1"]]
    site.write("docs/b.md", "---\ntitle: B\n---\n# B\n\n" + sourced('source="y.csv"'))
    status, output = host(name).run(site.folder, "build", "--strict")
    assert status == 1
    assert "docs/b.md:6:35: error[source-missing]" in output


@pytest.mark.parametrize("first", [False, True])
def test_regions_in_pages_from_other_plugins_are_regenerated(first: bool, site: Site) -> None:
    """Combine macros, include-markdown, gen-files and blog, with mdtables as the last or the first plugin."""
    site.write("parts/part.md", sourced('source="../data/x.csv"'))
    site.write("docs/included.md", '# I\n\n{% include-markdown "../parts/part.md" %}\n')
    site.write("docs/macro.md", "# M {{ 6 * 7 }}\n\n" + sourced('source="../data/m.csv"'))
    site.write("data/m.csv", "a\n{{ 6 * 7 }}\n")
    generate = "import mkdocs_gen_files\nwith mkdocs_gen_files.open('made.md', 'w') as page:\n"
    text = "# G\n\n" + sourced('source="../data/x.csv"')
    site.write("generate.py", f"{generate}    page.write({text!r})\n")
    site.write("docs/blog/index.md", "# Blog\n")
    blog = (
        "---\ndate: 2024-01-01\n---\n\n# Post\n\n"
        + sourced('source="../../../data/x.csv"')
        + "\n<!-- more -->\n\nMore.\n"
    )
    site.write("docs/blog/posts/post.md", blog)
    admonition = (
        '!!! note\n\n    <!-- TABLE_GENERATE_START source="../data/x.csv" -->\n    <!-- TABLE_GENERATE_END -->\n'
    )
    site.write("docs/note.md", f"# N\n\n{admonition}")
    plugins = "  - search\n  - macros\n  - include-markdown\n  - gen-files:\n      scripts: [generate.py]\n  - blog\n"
    site.configure(plugins="" if first else plugins, more=(plugins if first else "") + MATERIAL + EXTENSIONS)
    status, output = host("material").run(site.folder, "build", "--strict")
    assert status == 0, output
    table = [["a", "b"], ["x", "1"]]
    for name in ("index", "included/index", "made/index", "note/index", "blog/index", "blog/2024/01/01/post/index"):
        assert rows(page(site.folder, f"{name}.html")) == table, name
    assert rows(page(site.folder, "macro/index.html")) == [["a"], ["{{ 6 * 7 }}"]]
    assert "M 42" in page(site.folder, "macro/index.html")


def test_error_in_a_virtual_page_names_that_page(site: Site) -> None:
    generate = "import mkdocs_gen_files\nwith mkdocs_gen_files.open('made.md', 'w') as page:\n"
    site.write("generate.py", f"{generate}    page.write('<!-- TABLE_GENERATE_START -->\\n')\n")
    site.write("parts/part.md", "<!-- TABLE_GENERATE_START -->\n")
    site.write("docs/included.md", '# I\n\n{% include-markdown "../parts/part.md" %}\n')
    plugins = "  - include-markdown\n  - gen-files:\n      scripts: [generate.py]\n"
    site.configure(plugins=plugins, more=MATERIAL)
    status, output = host("material").run(site.folder, "build", "--strict")
    assert status == 1
    assert "docs/made.md: error[unclosed-region]" in output
    assert "docs/included.md: error[unclosed-region]" in output


def test_a_problem_is_reported_once_for_all_languages(site: Site) -> None:
    site.write("docs/index.md", "# A\n\n" + sourced('source="../data/y.csv"'))
    site.write("docs/b.md", "# B\n\n" + sourced('source="../data/x.csv"'))
    site.write("docs/b.de.md", "# B auf Deutsch\n\n" + sourced('source="../data/x.csv" columns="b as B"'))
    languages = "{locale: en, name: English, default: true}, {locale: de, name: Deutsch}, {locale: fr, name: Français}"
    plugins = f"  - i18n:\n      docs_structure: suffix\n      languages: [{languages}]\n"
    site.configure(plugins=plugins, more=MATERIAL)
    status, output = host("material").run(site.folder, "build", "--strict")
    assert status == 1
    assert output.count("error[source-missing]") == 1
    assert "docs/index.md:3:43" in output
    assert (
        rows(page(site.folder, "b/index.html"))
        == rows(page(site.folder, "fr/b/index.html"))
        == [["a", "b"], ["x", "1"]]
    )
    assert rows(page(site.folder, "de/b/index.html")) == [["B"], ["1"]]


# --- Python-Markdown --------------------------------------------------------------------------------------------------


def test_zensical_renders_the_table_but_not_code(site: Site) -> None:
    code = "```markdown\n" + sourced('source="../../data/x.csv"') + "```\n"
    site.write("docs/sub/a.md", "---\ntitle: T\n---\n\n# A\n\n" + sourced('source="../../data/x.csv"') + "\n" + code)
    site.write("docs/b.md", sourced('source="../data/y.csv"'))
    extensions = "markdown_extensions:\n  - tables\n  - pymdownx.superfences\n  - mdtables{}\n"
    site.write("mkdocs.yml", "site_name: x\n" + extensions.format(""))
    status, output = host("zensical").run(site.folder, "build")
    assert status == 0, output
    assert rows(page(site.folder, "sub/a/index.html")) == [["a", "b"], ["x", "1"]]
    assert "docs/b.md: error[source-missing]" in output
    site.write("mkdocs.yml", "site_name: x\n" + extensions.format(":\n      on_error: raise"))
    assert host("zensical").run(site.folder, "build", "--clean")[0] == 1


def test_zensical_rebuilds_when_a_watched_source_changes(site: Site, serve: Serve) -> None:
    site.write("mkdocs.yml", "site_name: x\nmarkdown_extensions: [tables, mdtables]\nwatch: [data]\n")
    address, log = serve(site.folder, program=host("zensical").command)
    wait_for(address, ">1</td>", log)
    time.sleep(1.1)  # Zensical compares modification times in whole seconds
    site.write("data/x.csv", "a,b\nx,2\n")
    wait_for(address, ">2</td>", log)


def test_pelican_resolves_sources_from_the_content_root(site: Site) -> None:
    site.write("content/post.md", "Title: A post\nDate: 2024-01-01\n\nText.\n\n" + sourced('source="../data/x.csv"'))
    site.write(
        "pelicanconf.py",
        "SITENAME = 'x'\nPATH = 'content'\nOUTPUT_PATH = 'site'\nTIMEZONE = 'UTC'\nDEFAULT_LANG = 'en'\n"
        "MARKDOWN = {'extensions': ['markdown.extensions.tables', 'markdown.extensions.meta', 'mdtables'],\n"
        "            'extension_configs': {'mdtables': {'root': 'content', 'on_error': 'raise'}},\n"
        "            'output_format': 'html5'}\n",
    )
    status, output = host("pelican").run(site.folder, "-s", "pelicanconf.py", "content")
    assert status == 0, output
    assert rows(page(site.folder, "a-post.html")) == [["a", "b"], ["x", "1"]]
