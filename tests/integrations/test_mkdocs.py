"""The plugin in real MkDocs builds: what pages show, what the log says, and which files are written."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import pytest

from mdtables.integrations.mkdocs.options import MEANINGS, OF_REGIONS, PluginConfig
from tests.conftest import RAGGED, sourced
from tests.integrations.conftest import QUIET
from tests.test_hook import CASES_USING_THE_ROOT

pytestmark = pytest.mark.slow

CASES = Path(__file__).parent.parent / "cases"
POST = "---\ntitle: A\n---\n\n# A\n\n" + sourced('source="../data/x.csv"')


@dataclass(frozen=True)
class Site:
    """A site in a folder, with helpers to configure and build it."""

    folder: Path

    def write(self, name: str, content: str | bytes) -> Path:
        path = self.folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
        return path

    def configure(self, options: str = "", plugins: str = "", more: str = "") -> None:
        """Write mkdocs.yml with these plugin options (unindented lines) and other plugins."""
        lines = "".join(f"      {line}\n" for line in options.splitlines())
        self.write("mkdocs.yml", f"site_name: A site\nplugins:\n{plugins}  - mdtables:\n{lines}{more}")

    def build(self, *words: str, folder: str = ".") -> tuple[int, str]:
        ran = subprocess.run(
            [sys.executable, "-m", "mkdocs", "build", *words],
            cwd=self.folder / folder,
            env=os.environ | QUIET,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            check=False,
        )
        assert "Traceback" not in ran.stdout, ran.stdout
        return ran.returncode, ran.stdout

    def cells(self, page: str = "index.html") -> list[str]:
        """Return the cells of all tables in a page as text."""
        html = (self.folder / "site" / page).read_text(encoding="utf-8").partition("mkdocs_keyboard_modal")[0]
        return [
            re.sub(r"<[^>]+>", "", cell).strip() for cell in re.findall(r"<t[hd][^>]*>.*?</t[hd]>", html, re.DOTALL)
        ]


def changed_by_mkdocs_itself(document: bytes) -> bool:
    """Return True for documents whose text MkDocs changes: it converts line endings and removes front matter."""
    return (
        b"\r" in document
        or document.removeprefix(b"\xef\xbb\xbf").startswith((b"---", b"+++"))
        or not document.isascii()
    )


@pytest.fixture
def site(tmp_path: Path) -> Site:
    made = Site(tmp_path)
    made.write("data/x.csv", "a,b\nx,1\n")
    made.write("docs/index.md", POST)
    made.configure()
    return made


# --- rendered pages ---------------------------------------------------------------------------------------------------


def test_build_renders_the_data_without_writing_the_file(site: Site) -> None:
    status, output = site.build("--strict")
    assert (status, site.cells()) == (0, ["a", "b", "x", "1"]), output
    assert (site.folder / "docs/index.md").read_text() == POST


def test_next_build_renders_changed_data(site: Site) -> None:
    site.build()
    site.write("data/x.csv", "a,b\nx,2\n")
    site.build()
    assert site.cells() == ["a", "b", "x", "2"]


def test_markers_in_code_are_rendered_verbatim(site: Site) -> None:
    example = "```markdown\n" + sourced('source="../data/x.csv"') + "```\n"
    site.write("docs/index.md", f"# A\n\n{example}")
    assert site.build("--strict")[0] == 0
    assert site.cells() == []
    assert "TABLE_GENERATE_START" in re.sub(r"<[^>]+>", "", (site.folder / "site/index.html").read_text())


def test_hand_edited_table_is_rendered_from_its_source(site: Site) -> None:
    edited = POST.replace(" -->\n<!--", " -->\n\n| a | b |\n|---|--:|\n| x | 5 |\n\n<!--").replace(
        "END -->", 'END checksum="123456789abc" -->'
    )
    page = site.write("docs/index.md", edited)
    site.configure("on_stale: warn")
    status, output = site.build("--strict")
    assert status == 1
    assert "docs/index.md:9: error[hand-edit]" in output
    assert "let the source overwrite the table: mdtables fix --force docs/index.md" in output
    site.build()
    assert site.cells() == ["a", "b", "x", "1"]
    assert page.read_text() == edited


def test_bare_region_is_rendered_as_a_table(site: Site) -> None:
    site.write("docs/index.md", RAGGED)
    assert site.build("--strict")[0] == 0
    assert site.cells() == ["a", "b", "1", "2"]


def test_plugin_options_rank_between_config_and_marker(site: Site) -> None:
    site.write("mdtables.toml", 'null = "file"\n')
    site.write("data/x.csv", "a,b\nx,\n")
    site.build()
    assert site.cells()[-1] == "file"
    site.configure('null: "plugin"')
    site.build()
    assert site.cells()[-1] == "plugin"
    site.write("docs/index.md", POST.replace('x.csv"', 'x.csv" null="marker"'))
    site.build()
    assert site.cells()[-1] == "marker"


def test_excluded_or_disabled_pages_are_not_processed(site: Site) -> None:
    site.configure("enabled: false")
    assert site.build("--strict")[0] == 0
    assert site.cells() == []
    site.configure()
    site.write("mdtables.toml", 'exclude = ["docs/"]\n')
    assert site.build("--strict")[0] == 0
    assert site.cells() == []


# --- log messages -----------------------------------------------------------------------------------------------------


def test_error_names_the_file_line_and_fails_strict_builds(site: Site) -> None:
    site.write("docs/sub/b.md", POST.replace("../data/x.csv", "../../data/y.csv"))
    status, output = site.build()
    assert status == 0
    assert (
        "WARNING -  mdtables: docs/sub/b.md:7:46: error[source-missing]: there is no file data/y.csv\n"
        '  hint: did you mean "x.csv"?\n' in output
    )
    assert site.cells() == ["a", "b", "x", "1"]
    assert site.build("--strict")[0] == 1


def test_on_error_fails_the_build_after_all_errors_are_shown(site: Site) -> None:
    site.configure("on_error: error")
    for name in ("b", "c"):
        site.write(f"docs/{name}.md", "<!-- TABLE_GENERATE_START -->\n")
    status, output = site.build()
    assert status == 1
    assert [f"docs/{name}.md:1:1: error[unclosed-region]" in output for name in ("b", "c")] == [True, True]
    assert "mdtables: 2 errors in tables, see above" in output


def test_source_problem_is_reported_once_for_all_pages(site: Site) -> None:
    site.write("docs/b.md", POST)
    site.write("data/x.csv", "a,b\nx,1,2\n")
    output = site.build()[1]
    assert output.count("data/x.csv:2: error[row-length]") == 1


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ("aling: left", "Plugin 'mdtables' option 'aling': Unrecognised configuration name: aling"),
        ("align: sideways", "Plugin 'mdtables' option 'align': invalid 'sideways'"),
        ("null: 5", "Plugin 'mdtables' option 'null': expected text, not 5: put it in quotes"),
        ("on_stale: maybe", "Plugin 'mdtables' option 'on_stale': Expected one of"),
    ],
)
def test_wrong_option_is_a_mkdocs_configuration_error(options: str, message: str, site: Site) -> None:
    site.configure(options)
    status, output = site.build("--strict")
    assert status == 1
    assert message in output


def test_on_stale_error_fails_the_build(site: Site) -> None:
    site.configure("on_stale: error")
    status, output = site.build()
    assert status == 1
    assert "ERROR   -  mdtables: docs/index.md:7:1: this table is stale" in output
    subprocess.run([sys.executable, "-m", "mdtables", "fix", "-q", "docs"], cwd=site.folder, check=True)
    assert site.build("--strict")[0] == 0


def test_bad_input_is_reported_and_the_build_continues(site: Site) -> None:
    site.write("docs/b.md", POST.replace("x.csv", "b.yaml"))
    site.write("data/b.yaml", "a: [\n")
    site.write("docs/c.md", POST.replace("x.csv", "../../outside.csv"))
    site.write("docs/d.md", POST.replace("source=", "sorce="))
    status, output = site.build()
    assert status == 0
    for message in (
        "data/b.yaml:2:1: error[source-syntax]",
        "docs/c.md:7:27: error[source-outside]",
        'docs/d.md:7:27: error[unknown-option]: unknown option "sorce"\n  hint: did you mean "source"?',
    ):
        assert message in output
    assert site.cells() == ["a", "b", "x", "1"]


def test_broken_configuration_is_reported_once(site: Site) -> None:
    site.write("mdtables.toml", "nonsense = 1\n")
    site.write("docs/b.md", POST)
    output = site.build()[1]
    assert output.count("mdtables.toml:1: error[config]") == 1


def test_docs_dir_outside_the_project_has_its_own_root(site: Site, tmp_path: Path) -> None:
    (tmp_path / "inner").mkdir()
    (tmp_path / "mkdocs.yml").unlink(missing_ok=True)  # it would make this folder the project
    site.write("inner/mkdocs.yml", "site_name: x\ndocs_dir: ../docs\nplugins:\n  - mdtables\n")
    status, output = site.build("--strict", folder="inner")
    assert status == 1
    assert "error[source-outside]: ../data/x.csv is outside the project (" in output
    site.write("mdtables.toml", "")
    assert site.build("--strict", folder="inner")[0] == 0


def test_page_changed_by_a_plugin_is_checked_by_its_file(site: Site) -> None:
    hook = "@event_priority(100)\ndef on_page_markdown(markdown, **_):\n    return markdown.replace('# A', '# B')\n"
    site.write("hook.py", f"from mkdocs.plugins import event_priority\n\n{hook}")
    site.configure("on_stale: warn", more="hooks: [hook.py]\n")
    status, output = site.build("--strict")
    assert status == 1
    assert "docs/index.md:7:1: this table is stale; run: mdtables fix docs/index.md" in output
    site.write("docs/index.md", POST.replace("x.csv", "y.csv"))
    output = site.build()[1]
    assert output.count("error[source-missing]") == 1
    assert "docs/index.md:7:43: error[source-missing]" in output


def test_markers_added_by_a_later_plugin_are_a_warning(site: Site) -> None:
    site.write("docs/index.md", "# A\n\nHERE\n")
    text = sourced('source="../data/x.csv"')
    site.write("hook.py", f"def on_page_markdown(markdown, **_):\n    return markdown.replace('HERE', {text!r})\n")
    site.configure(more="hooks: [hook.py]\n")
    status, output = site.build("--strict")
    assert status == 1
    assert (
        "docs/index.md: its markers come from a plugin that runs later, so their tables are not regenerated" in output
    )
    site.write("docs/index.md", "# A\n\n```\n" + text + "```\n\n" + text + "\nHERE\n")
    status, output = site.build("--strict")
    assert status == 1
    assert "docs/index.md: some of its markers come from a plugin that runs later" in output


def test_one_bad_page_among_many_is_located(site: Site) -> None:
    for number in range(100):
        site.write(f"docs/{number}.md", f"# {number}\n\n" + (sourced("sorce=x") if number == 3 else "text\n"))
    output = site.build()[1]
    assert output.count("WARNING") == 1
    assert "docs/3.md:3:27: error[unknown-option]" in output


def test_extension_resolves_sources_relative_to_the_page(site: Site) -> None:
    site.write("docs/sub/b.md", "# B\n\n" + sourced('source="../../data/x.csv"'))
    site.write("mkdocs.yml", "site_name: x\nplugins: []\nmarkdown_extensions: [tables, mdtables]\n")
    assert site.build("--strict")[0] == 0
    assert site.cells("sub/b/index.html") == ["a", "b", "x", "1"]
    site.write("docs/c.md", sourced('source="gone.csv"'))
    status, output = site.build("--strict")
    assert status == 1
    assert "docs/c.md: error[source-missing]" in output


def test_every_plugin_option_is_documented() -> None:
    assert [*MEANINGS, *OF_REGIONS] == [name for name, _ in PluginConfig._schema]


def test_mkdocs_renders_every_case_as_expected(tmp_path: Path) -> None:
    """MkDocs renders the Markdown of the fixed document. Cases with front matter or CRLF are skipped."""
    site, wanted = Site(tmp_path), {}
    for case in sorted(CASES.iterdir()):
        problems = (case / "problems.txt").read_text() if (case / "problems.txt").exists() else ""
        expected = case / "out.md" if (case / "out.md").exists() else case / "in.md"
        if (
            "hand-edit" in problems
            or case.name in CASES_USING_THE_ROOT
            or changed_by_mkdocs_itself(expected.read_bytes())
        ):
            continue
        shutil.copytree(case, tmp_path / "docs" / case.name, ignore=shutil.ignore_patterns("out.md", "problems.txt"))
        wanted[f"{case.name}/in.md"] = expected.read_bytes().decode()
    assert len(wanted) > 100
    site.write("docs/index.md", "# Cases\n")
    keep = "def on_page_markdown(markdown, page, **_):\n    PAGES[page.file.src_uri] = markdown\n"
    dump = "def on_post_build(**_):\n    json.dump(PAGES, open('pages.json', 'w'))\n"
    site.write("hook.py", f"import json\nPAGES = {{}}\n{keep}{dump}")
    site.configure(more="hooks: [hook.py]\n")
    subprocess.run(["git", "init", "-q"], cwd=tmp_path, check=True)
    status, output = site.build()
    assert status == 0, output
    rendered = json.loads((tmp_path / "pages.json").read_text())
    wrong = [name for name, text in wanted.items() if rendered[name] != text]
    assert wrong == []


# --- writing files ----------------------------------------------------------------------------------------------------


def test_write_updates_stale_documents_and_logs_them(site: Site) -> None:
    site.configure("write: true")
    status, output = site.build("--strict")
    assert status == 0
    assert "regenerated docs/index.md" in output
    assert "| x   |   1 |" in (site.folder / "docs/index.md").read_text()
    assert (site.folder / "docs/index.md").read_text().startswith("---\ntitle: A\n---\n")
    assert "regenerated" not in site.build("--strict")[1]


def test_write_keeps_a_hand_edit_and_reports_an_error(site: Site) -> None:
    site.configure("write: true")
    site.build()
    page = site.folder / "docs/index.md"
    edited = page.read_text().replace("|   1 |", "|   5 |")
    page.write_text(edited)
    status, output = site.build("--strict")
    assert status == 1
    assert output.count("docs/index.md:9: error[hand-edit]") == 1
    assert page.read_text() == edited


# --- dirty builds -----------------------------------------------------------------------------------------------------


def test_dirty_build_renders_only_pages_with_changed_data(site: Site) -> None:
    site.write("docs/b.md", "# B\n")
    site.build()
    for page in (site.folder / "site").rglob("*.html"):
        os.utime(page, (1, 1))
    os.utime(site.folder / "docs/index.md", (0, 0))
    os.utime(site.folder / "docs/b.md", (0, 0))
    os.utime(site.folder / "data/x.csv", (0, 0))
    site.write("data/x.csv", "a,b\nx,7\n")
    assert site.build("--dirty")[0] == 0
    assert site.cells() == ["a", "b", "x", "7"]
    assert (site.folder / "site/b/index.html").stat().st_mtime == 1


def test_dirty_build_goes_on_with_a_broken_configuration(site: Site) -> None:
    site.configure("on_error: warn")
    site.build()
    site.write("docs/mdtables.toml", "nonsense = 1\n")
    status, output = site.build("--dirty")
    assert status == 0
    assert "Traceback" not in output


def test_dirty_build_reports_a_deleted_source(site: Site) -> None:
    site.build()
    (site.folder / "data/x.csv").unlink()
    assert "error[source-missing]" in site.build("--dirty")[1]


# --- sortable ---------------------------------------------------------------------------------------------------------


def test_sortable_marks_only_sourced_tables(site: Site) -> None:
    site.write("docs/index.md", POST + "\n" + RAGGED + "\n| h |\n|---|\n| 1 |\n")
    site.configure("sortable: true")
    assert site.build("--strict")[0] == 0
    html = (site.folder / "site/index.html").read_text()
    assert html.count("<table data-mdtables-sortable>") == 1
    assert html.count("mdtables-sortable.js") == html.count("mdtables-sortable.css") == 1
    assert (site.folder / "site/assets/mdtables-sortable.js").stat().st_size < 6000
    site.configure()
    site.build("--strict")
    assert "mdtables-sortable" not in (site.folder / "site/index.html").read_text()


def test_writing_leaves_what_links_lead_to_outside(site: Site, tmp_path: Path) -> None:
    outside = tmp_path.parent / f"{tmp_path.name}-outside"
    outside.mkdir()
    (outside / "n.md").write_text(POST)
    site.write("mdtables.toml", "")
    (tmp_path / "docs/notes").symlink_to(outside)
    site.configure("write: true")
    assert site.build()[0] in (0, 1)
    assert (outside / "n.md").read_text() == POST
