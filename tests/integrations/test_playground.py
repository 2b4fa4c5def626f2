"""The playground of the docs in a browser: mdtables on CPython 3.14, all of it from the site."""

from __future__ import annotations

import re
import subprocess
import threading
from collections.abc import Iterator
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any, NamedTuple

import pytest

from tests.integrations.conftest import missing
from tests.test_cases import CASES

ROOT = Path(__file__).parent.parent.parent
MKDOCS = ROOT / "tests/hosts/.environments/material/bin/mkdocs"
RUNTIME = ROOT / "docs/playground/runtime"
PAGES = [  # of each kind of content one; all of them take minutes
    *("", "playground/", "how-to/editors/", "how-to/recipes/"),
    *("reference/options/", "reference/codes/", "reference/library/", "reference/shaping/"),
]


class Handler(SimpleHTTPRequestHandler):
    """Serves files with the types that a browser wants for modules and programs, and says nothing."""

    extensions_map = {  # noqa: RUF012  # as the class above has it
        **SimpleHTTPRequestHandler.extensions_map,
        ".mjs": "text/javascript",
        ".wasm": "application/wasm",
    }

    def log_message(self, *_: object) -> None:
        pass


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of the project's own site."""
    if not MKDOCS.exists() or not (RUNTIME / "packages.zip").exists():
        missing("the site or the program of the playground")
    folder = tmp_path_factory.mktemp("site")
    subprocess.run([MKDOCS, "build", "--quiet", "--strict", "--site-dir", folder], cwd=ROOT, check=True)
    server = ThreadingHTTPServer(("127.0.0.1", 0), partial(Handler, directory=str(folder)))
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    server.server_close()


@pytest.mark.parametrize(("scheme", "width"), [("light", 420), ("dark", 1280)])
@pytest.mark.parametrize("path", PAGES)
def test_axe_finds_nothing_in_the_pages(path: str, scheme: str, width: int, site: str, browser: Any) -> None:
    axe = ROOT / "tests/hosts/node_modules/axe-core/axe.min.js"
    if not axe.exists():
        missing("axe-core")
    page = browser.new_page(viewport={"width": width, "height": 900}, color_scheme=scheme)
    page.goto(f"{site}/{path}")
    page.wait_for_timeout(200)
    page.evaluate(axe.read_text(encoding="utf-8"))
    found = page.evaluate("axe.run('article')")["violations"]
    # the theme's own: a block of code has no name, and a wide table scrolls by the pointer alone
    assert {each["id"] for each in found} <= {"landmark-unique", "scrollable-region-focusable"}
    assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")
    page.close()


@pytest.mark.parametrize("path", ["", "how-to/recipes/", "reference/options/"])
def test_page_is_light_described_and_loads_nothing_from_elsewhere(path: str, site: str, browser: Any) -> None:
    page = browser.new_page(viewport={"width": 420, "height": 900})
    messages: list[str] = []
    loaded: dict[str, int] = {}
    page.on("console", lambda message: messages.append(message.text) if message.type == "error" else None)
    page.on("pageerror", lambda error: messages.append(str(error)))
    page.on("response", lambda response: loaded.update({response.url: len(response.body()) if response.ok else 0}))
    page.goto(f"{site}/{path}")
    page.wait_for_timeout(300)
    assert page.title()
    assert page.get_attribute("html", "lang") == "en"
    assert page.get_attribute("meta[name=description]", "content")
    assert "width=device-width" in page.get_attribute("meta[name=viewport]", "content")
    assert page.locator("h1").count() == 1
    assert all(page.eval_on_selector_all("article img", "all => all.map((each) => each.alt.length > 10)"))
    assert sum(loaded.values()) < 1_500_000
    assert {url.split("/")[2] for url in loaded if not url.startswith(site)} <= {"api.github.com"}
    assert [text for text in messages if "ERR_" not in text and "Failed to load resource" not in text] == []
    page.close()


@pytest.mark.parametrize(
    ("words", "page_with_it"),
    [
        ("filter", "reference/shaping/"),
        ("JSON", "reference/sources/"),
        ("Excel", "how-to/data-in-a-database/"),
        ("VS Code", "how-to/editors/"),
        ("Neovim", "how-to/editors/"),
        ("SQL", "reference/query/"),
        ("blog", "how-to/recipes/"),
        ("hand-edit", "how-to/someone-edited-the-table/"),
    ],
)
def test_search_finds_the_page(words: str, page_with_it: str, site: str, browser: Any) -> None:
    page = browser.new_page(viewport={"width": 1280, "height": 900})
    page.goto(f"{site}/?q={words}")
    page.wait_for_selector(".md-search-result__item", state="attached", timeout=30_000)
    links = page.eval_on_selector_all(".md-search-result__item > a", "all => all.map((each) => each.pathname)")
    assert f"/{page_with_it}" in links[:5]
    page.close()


class Case(NamedTuple):
    """A case of the core: its files, its document, and what is expected of them."""

    name: str
    files: dict[str, str]
    document: str
    fixed: str
    problems: str


def cases() -> Iterator[Case]:
    """Yield the cases whose files are all texts, as the playground takes them.

    Left out are those about the syntax of YAML, which a reader without compiled parts reports in other words, and those
    that name their document or their folder.
    """
    for folder in CASES:
        try:
            texts = {
                path.relative_to(folder).as_posix(): path.read_bytes().decode()
                for path in folder.rglob("*")
                if path.is_file()
            }
        except UnicodeDecodeError:
            continue
        document, problems = texts.pop("in.md"), texts.pop("problems.txt", "")
        fixed = texts.pop("out.md", document)
        has_yaml = any(name.endswith((".yaml", ".yml")) for name in texts)
        names_itself = re.search(r"ROOT|data files in this folder", problems) or "in.md" in "".join(texts.values())
        if not (names_itself or "mdtables.toml" in texts or (has_yaml and "source-syntax" in problems)):
            yield Case(folder.name, texts, document, fixed, problems)


def test_cases_come_out_of_the_browser_as_they_come_out_of_the_command(site: str, browser: Any) -> None:
    page = browser.new_page()
    page.goto(f"{site}/playground/")
    given = list(cases())
    results = page.evaluate(
        """async (cases) => {
            const worker = new Worker("worker.js", { type: "module" });
            const answers = [];
            for (const [document, files] of cases) {
                answers.push(await new Promise((done) => {
                    worker.onmessage = (event) => done(event.data.result);
                    worker.postMessage({ kind: "run", number: 0, given: { document, files } });
                }));
            }
            worker.terminate();
            return answers;
        }""",
        [[case.document, case.files] for case in given],
    )
    page.close()
    wrong = [
        (case.name, result)
        for case, result in zip(given, results, strict=True)
        if not isinstance(result, dict)
        or result["document"] != case.fixed
        or result["problems"].replace("README.md", "in.md") != case.problems.rstrip("\n")
    ]
    assert len(given) > 250
    assert wrong == []


@pytest.mark.parametrize("width", [1280, 420])
def test_table_is_regenerated_while_one_writes(width: int, site: str, browser: Any) -> None:
    page = browser.new_page(viewport={"width": width, "height": 900})
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.goto(f"{site}/playground/")
    page.wait_for_selector("#playground-start")
    assert not any("/runtime/" in url for url in asked)  # nothing is loaded before somebody wants it
    page.click("#playground-start")
    page.wait_for_selector("#playground-html td:has-text('Prettier')", timeout=90_000)
    for example, shown in (
        ("in groups", "format"),
        ("a query", "48000"),
        ("from JSON", "tsc -p ."),
        ("only aligned", "one"),
    ):
        page.select_option("#playground-example", label=example)
        page.wait_for_selector(f"#playground-html :text('{shown}')", timeout=30_000)
        assert page.inner_text("#playground-problems") == ""
    page.fill("#playground-document", '<!-- TABLE_GENERATE_START source="x.csv" -->\n<!-- TABLE_GENERATE_END -->\n')
    page.wait_for_selector("#playground-problems:has-text('source-missing')", timeout=30_000)
    page.fill("#playground-name", "x.csv")
    page.fill("#playground-data", "a\n<img src=x onerror=alert(1)>\n")
    page.wait_for_selector("#playground-html td", timeout=30_000)
    assert page.query_selector("#playground-html img") is None
    assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")
    own = {url for url in asked if url.startswith(site)}
    assert {url.split("/")[2] for url in set(asked) - own} <= {"api.github.com"}  # the theme asks for the stars
    page.close()
