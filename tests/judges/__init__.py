"""The judges: real Markdown renderers, each configured as its users configure it.

This module calls them with many documents at once and finds out which are installed; the expectations are in
`tests/test_judges.py`. `tests/judges/install` installs all of them. `second_circle.py` has more.
"""

from __future__ import annotations

import importlib.util
import json
import os
import shutil
import subprocess
import sysconfig
import tempfile
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from html import escape
from pathlib import Path

HERE = Path(__file__).parent
NODE_FOLDER = Path(os.environ.get("MDTABLES_JUDGES_NODE", HERE / "node_modules"))
Render = Callable[[Sequence[str]], list[str]]


@dataclass(frozen=True)
class Judge:
    """One renderer: what it is, what it needs, whether it is installed, and a function from Markdown to HTML."""

    name: str
    what: str
    needs: str
    is_there: Callable[[], bool]
    render: Render


# --- in this process --------------------------------------------------------------------------------------------------


def one_by_one(make: Callable[[], Callable[[str], str]]) -> Render:
    def render(documents: Sequence[str]) -> list[str]:
        convert = make()
        return [convert(document) for document in documents]

    return render


def _cmark_gfm() -> Callable[[str], str]:
    import cmarkgfm

    unsafe = cmarkgfm.cmark.Options.CMARK_OPT_UNSAFE
    return lambda document: str(cmarkgfm.github_flavored_markdown_to_html(document, options=unsafe))


MKDOCS = ["toc", "tables", "fenced_code"]  # MkDocs' defaults
MATERIAL = [  # Material for MkDocs, "recommended configuration"
    *("toc", "tables", "abbr", "admonition", "attr_list", "def_list", "footnotes", "md_in_html"),
    *(f"pymdownx.{name}" for name in ("arithmatex", "betterem", "caret", "details", "emoji", "highlight")),
    *(f"pymdownx.{name}" for name in ("inlinehilite", "keys", "mark", "smartsymbols", "superfences", "tabbed")),
    *("pymdownx.tasklist", "pymdownx.tilde"),
]
MATERIAL_OPTIONS: dict[str, dict[str, object]] = {
    "pymdownx.arithmatex": {"generic": True},
    "pymdownx.betterem": {"smart_enable": "all"},
}


def _python_markdown(extensions: list[str]) -> Callable[[], Callable[[str], str]]:
    def make() -> Callable[[str], str]:
        import markdown

        options = {name: value for name, value in MATERIAL_OPTIONS.items() if name in extensions}
        converter = markdown.Markdown(extensions=extensions, extension_configs=options)
        return lambda document: str(converter.reset().convert(document))

    return make


def _markdown_it_py() -> Callable[[str], str]:
    from markdown_it import MarkdownIt

    converter = MarkdownIt("gfm-like", {"html": True})
    return lambda document: str(converter.render(document))


def _mistune() -> Callable[[str], str]:
    import mistune

    plugins = ["table", "strikethrough", "footnotes", "url", "task_lists"]
    converter = mistune.create_markdown(escape=False, plugins=plugins)
    return lambda document: str(converter(document))


def _comrak() -> Callable[[str], str]:
    import comrak

    extensions = comrak.ExtensionOptions(table=True, strikethrough=True, autolink=True, tasklist=True, footnotes=True)
    raw = comrak.RenderOptions(unsafe_=True)
    return lambda document: comrak.markdown_to_html(document, extension_options=extensions, render_options=raw)


def _pulldown_cmark() -> Callable[[str], str]:
    import pyromark

    names = ("TABLES", "STRIKETHROUGH", "TASKLISTS", "FOOTNOTES")
    options = pyromark.Options(0)
    for name in names:
        options |= getattr(pyromark.Options, f"ENABLE_{name}")
    return lambda document: str(pyromark.html(document, options=options))


def _md4c() -> Callable[[str], str]:
    import md4c

    renderer = md4c.HTMLRenderer(md4c.MD_DIALECT_GITHUB)
    return lambda document: str(renderer.parse(document))


def has(*modules: str) -> Callable[[], bool]:
    return lambda: all(importlib.util.find_spec(module) is not None for module in modules)


# --- other programs ---------------------------------------------------------------------------------------------------


def batch(command: Sequence[str], name: str, modules: Path = NODE_FOLDER) -> Render:
    """Return a function that calls a program with `{"renderer": …, "documents": […]}` and reads a list of pages.

    A document that it cannot build has a page with the message.
    """

    def render(documents: Sequence[str]) -> list[str]:
        request = json.dumps({"renderer": name, "documents": list(documents), "modules": str(modules)})
        ran = subprocess.run(command, input=request.encode(), capture_output=True, check=False)
        if ran.returncode:
            raise RuntimeError(f"{name}: {ran.stderr.decode()[-2000:]}")
        pages: list[str | dict[str, str]] = json.loads(ran.stdout)
        return [p if isinstance(p, str) else f"<p>Not built: {escape(p['error'])}</p>" for p in pages]

    return render


def node(name: str, modules: Path = NODE_FOLDER) -> Render:
    return batch(["node", str(HERE / "render.mjs")], name, modules)


def has_node(*packages: str, modules: Path = NODE_FOLDER) -> Callable[[], bool]:
    return lambda: bool(shutil.which("node")) and all((modules / package).is_dir() for package in packages)


def _has_kramdown() -> bool:
    if not shutil.which("ruby"):
        return False
    command = ["ruby", "-e", "require 'kramdown-parser-gfm'; require 'liquid'"]
    return subprocess.run(command, capture_output=True, check=False).returncode == 0


def _pandoc(reader: str) -> Render:
    def render(documents: Sequence[str]) -> list[str]:
        import pypandoc

        with tempfile.TemporaryDirectory() as folder:
            given, made = Path(folder, "given"), Path(folder, "made")
            given.write_text("".join(f"x{document.encode().hex()}\n" for document in documents))
            environment = os.environ | {"GIVEN": str(given), "MADE": str(made), "READER": reader}
            command = [pypandoc.get_pandoc_path(), "lua", str(HERE / "pandoc.lua")]
            subprocess.run(command, env=environment, check=True, capture_output=True, input=b"")
            return [bytes.fromhex(line[1:]).decode() for line in made.read_text().splitlines()]

    return render


HUGO_COMMON = """baseURL = "https://example.org/"
disableKinds = ["taxonomy", "term", "section", "RSS", "sitemap", "404", "robotsTXT"]
[outputs]
home = ["JSON"]
"""
HUGO_RAW = """[markup.goldmark.renderer]
unsafe = true
[markup.goldmark.extensions.typographer]
disable = true
"""


def _hugo(configuration: str) -> Render:
    def render(documents: Sequence[str]) -> list[str]:
        binary = os.path.join(sysconfig.get_paths()["purelib"], "hugo", "binaries", "hugo")
        with tempfile.TemporaryDirectory() as folder:
            site = Path(folder)
            (site / "layouts/_default").mkdir(parents=True)
            (site / "content").mkdir()
            (site / "hugo.toml").write_text(HUGO_COMMON + configuration)
            (site / "layouts/_default/single.html").write_text("x")
            page = '{{ dict "name" .File.ContentBaseName "page" (printf "%s" .Content) | jsonify }}'
            (site / "layouts/index.json").write_text("{{ range .Site.RegularPages }}" + page + "\n{{ end }}")
            for number, document in enumerate(documents):
                (site / f"content/p{number:06}.md").write_bytes(b'+++\ntitle = "t"\n+++\n' + document.encode())
            environment = os.environ | {"HUGO_CACHEDIR": str(site / "cache")}
            subprocess.run([binary, "--quiet", "--source", folder], env=environment, check=True, capture_output=True)
            lines = (site / "public/index.json").read_text(encoding="utf-8").split("\n")
            made = {entry["name"]: entry["page"] for entry in (json.loads(line) for line in lines if line.strip())}
            return [str(made[f"p{number:06}"]) for number in range(len(documents))]

    return render


JUDGES = {
    judge.name: judge
    for judge in [
        Judge("cmark-gfm", "GitHub's parser", "cmarkgfm", has("cmarkgfm"), one_by_one(_cmark_gfm)),
        Judge(
            "jekyll",
            "Liquid, then kramdown with GFM input and Jekyll's defaults",
            "ruby with kramdown-parser-gfm and liquid",
            _has_kramdown,
            batch(["ruby", str(HERE / "render.rb")], "jekyll"),
        ),
        Judge(
            "mkdocs",
            "Python-Markdown as MkDocs sets it",
            "Markdown",
            has("markdown"),
            one_by_one(_python_markdown(MKDOCS)),
        ),
        Judge(
            "material",
            "Python-Markdown as Material for MkDocs recommends it",
            "Markdown, pymdown-extensions",
            has("markdown", "pymdownx"),
            one_by_one(_python_markdown(MATERIAL)),
        ),
        Judge("hugo", "Hugo as it comes", "hugo", has("hugo"), _hugo("")),
        Judge("hugo-raw", "Hugo with raw HTML on, typographer off", "hugo", has("hugo"), _hugo(HUGO_RAW)),
        Judge("pandoc", "Pandoc, -f markdown", "pypandoc_binary", has("pypandoc"), _pandoc("markdown")),
        Judge("pandoc-gfm", "Pandoc, -f gfm", "pypandoc_binary", has("pypandoc"), _pandoc("gfm")),
        Judge("markdown-it", "html and linkify on", "npm: markdown-it", has_node("markdown-it"), node("markdown-it")),
        Judge(
            "markdown-it-py",
            "gfm-like, html on",
            "markdown-it-py, linkify-it-py",
            has("markdown_it", "linkify_it"),
            one_by_one(_markdown_it_py),
        ),
        Judge("marked", "as it comes", "npm: marked", has_node("marked"), node("marked")),
        Judge(
            "micromark",
            "with gfm: the parser of remark-gfm",
            "npm: micromark, micromark-extension-gfm",
            has_node("micromark", "micromark-extension-gfm"),
            node("micromark"),
        ),
        Judge("mistune", "escape off, with the plugins for GFM", "mistune", has("mistune"), one_by_one(_mistune)),
        Judge("comrak", "with GFM's extensions, raw HTML on", "comrak-ext", has("comrak"), one_by_one(_comrak)),
        Judge("pulldown-cmark", "with GFM's extensions", "pyromark", has("pyromark"), one_by_one(_pulldown_cmark)),
        Judge("md4c", "the GitHub dialect", "pymd4c", has("md4c"), one_by_one(_md4c)),
    ]
}
