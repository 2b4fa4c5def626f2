"""Render documents with a renderer of the second circle that Python calls. Runs in an environment of its own.

Standard input: {"renderer": name, "documents": [...]}. Standard output: the pages, as a list, with {"error": message}
for a document that the renderer cannot build.
"""

from __future__ import annotations

import json
import os
import pwd
import subprocess
import sys
import tempfile
from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path

from emoji import with_emoji

HERE = Path(__file__).parent
BINARIES = Path(sys.executable).parent
Pages = list[str | dict[str, str]]
Render = Callable[[Sequence[str]], Pages]


def run(command: Sequence[str | Path], folder: str | Path | None = None, given: str = "", **environment: str) -> str:
    """Run a program and return its standard output. Raise RuntimeError with its standard error if it fails."""
    ran = subprocess.run(
        command, cwd=folder, input=given.encode(), env=os.environ | environment, capture_output=True, check=False
    )
    if ran.returncode:
        raise RuntimeError(f"{command[0]}: {ran.stderr.decode(errors='replace')[-2000:]}")
    return ran.stdout.decode()


def one_by_one(make: Callable[[], Callable[[str], str | None]]) -> Render:
    """Return a function that converts each document in this process."""

    def render(documents: Sequence[str]) -> Pages:
        convert = make()
        return [convert(document) or "" for document in documents]

    return render


def together(build: Callable[[Sequence[str]], Sequence[str]]) -> Render:
    """Return a function that builds all documents at once; if that fails, it finds those that fail by halves."""

    def render(documents: Sequence[str]) -> Pages:
        try:
            return list(build(documents))
        except (RuntimeError, OSError, ValueError) as error:
            middle = len(documents) // 2
            return [*render(documents[:middle]), *render(documents[middle:])] if middle else [{"error": str(error)}]

    return render


def between(page: str, start: str, end: str) -> str:
    """Return what is after the first `start` and before the last `end`."""
    return page[page.index(start) + len(start) : page.rindex(end)]


def gitlab() -> Callable[[str], str]:
    """GitLab's options, but for those that only its own fork has; references to users and issues stay text."""
    import comrak

    extension, parse, render = comrak.ExtensionOptions(), comrak.ParseOptions(), comrak.RenderOptions()
    for name in (
        *("alerts", "autolink", "cjk_friendly_emphasis", "description_lists", "footnotes", "math_code", "math_dollars"),
        *("multiline_block_quotes", "strikethrough", "table", "wikilinks_title_before_pipe"),
    ):
        setattr(extension, name, True)
    parse.relaxed_autolinks = parse.escaped_char_spans = True
    render.unsafe_ = render.full_info_string = render.github_pre_lang = render.escaped_char_spans = True
    not_after = r"(?<!:)(?<![^\W_])"
    return lambda document: with_emoji(comrak.render_markdown(document, extension, parse, render), not_after)


def pypi() -> Callable[[str], str | None]:
    from readme_renderer.markdown import render

    return render


def jupyter() -> Callable[[str], str]:
    from nbconvert.filters.markdown_mistune import markdown2html_mistune

    return lambda document: str(markdown2html_mistune(document))


def sphinx(*settings: str) -> Render:
    def build(documents: Sequence[str]) -> list[str]:
        with tempfile.TemporaryDirectory() as folder:
            lines = ["extensions = ['myst_parser']", "html_theme = 'basic'", *settings]
            Path(folder, "conf.py").write_text("\n".join(lines))
            Path(folder, "index.md").write_text("# Index\n")
            for number, document in enumerate(documents):
                Path(folder, f"p{number}.md").write_bytes(document.encode())
            run([sys.executable, "-m", "sphinx", "-Q", "-b", "json", ".", "made"], folder)  # the writer of `-b html`
            made = (Path(folder, f"made/p{number}.fjson").read_text() for number in range(len(documents)))
            return [str(json.loads(page)["body"]) for page in made]

    return together(build)


def mdbook(documents: Sequence[str]) -> list[str]:
    with tempfile.TemporaryDirectory() as folder:
        html = "[output.html.search]\nenable = false\n[output.html.print]\nenable = false\n"
        Path(folder, "book.toml").write_text('[book]\ntitle = "t"\n' + html)
        source = Path(folder, "src")
        source.mkdir()
        pages = range(len(documents))
        (source / "SUMMARY.md").write_text("[x](x.md)\n" + "".join(f"- [p](p{number}.md)\n" for number in pages))
        (source / "x.md").write_text("The first page is also the index\n")
        for number, document in enumerate(documents):
            (source / f"p{number}.md").write_bytes(document.encode())
        run([BINARIES / "mdbook", "build"], folder)
        made = (Path(folder, f"book/p{number}.html").read_text() for number in pages)
        return [between(page, "<main>", "</main>") for page in made]


def rustdoc(documents: Sequence[str]) -> list[str]:
    with tempfile.TemporaryDirectory() as folder:
        pages = range(len(documents))
        item = '#[doc = include_str!("p{0}.md")]\npub const P{0}: () = ();\n'
        Path(folder, "lib.rs").write_text("".join(item.format(number) for number in pages))
        for number, document in enumerate(documents):
            Path(folder, f"p{number}.md").write_bytes(document.encode())
        home = Path(pwd.getpwuid(os.getuid()).pw_dir)  # where rustup looks for its toolchains, whatever tests set
        command = ["rustdoc", "--edition", "2021", "--cap-lints", "allow", "--out-dir", "made", "lib.rs"]
        run(command, folder, RUSTUP_HOME=str(home / ".rustup"))
        made = (Path(folder, f"made/lib/constant.P{number}.html").read_text() for number in pages)
        block, end = '<div class="docblock">', "</div></details></section></div></main>"
        return [between(page, block, end) if block in page else "" for page in made]


def batch(command: Sequence[str | Path], renderer: str, documents: Sequence[str]) -> list[str]:
    """Call a program that reads the same request as this one."""
    pages: list[str] = json.loads(run(command, given=json.dumps({"renderer": renderer, "documents": list(documents)})))
    return pages


def gitea(documents: Sequence[str]) -> list[str]:
    binary, source = HERE / ".built" / "gitea", HERE / "gitea.go"
    if not binary.exists() or binary.stat().st_mtime < source.stat().st_mtime:
        settings = {"GO111MODULE": "off", "GOPATH": "/usr/share/gocode", "GOCACHE": str(HERE / ".built" / "cache")}
        run(["go", "build", "-o", binary, source], HERE, **settings)
    return [with_emoji(page) for page in batch([binary], "gitea", documents)]


def lowdown() -> Callable[[str], str]:
    return lambda document: run(["lowdown", "-Thtml", "--html-no-skiphtml", "--html-no-escapehtml"], given=document)


RENDERERS: dict[str, Render] = {
    "gitlab": one_by_one(gitlab),
    "pypi": one_by_one(pypi),
    "jupyter": one_by_one(jupyter),
    "sphinx": sphinx(),
    "sphinx-plain": sphinx("smartquotes = False"),
    "mdbook": together(mdbook),
    "rustdoc": together(rustdoc),
    "gitea": together(gitea),
    "parsedown": together(partial(batch, ["php", HERE / "render.php"], "parsedown")),
    "redcarpet": together(partial(batch, ["ruby", HERE / "render.rb"], "redcarpet")),
    "lowdown": one_by_one(lowdown),
}

if __name__ == "__main__":
    request = json.load(sys.stdin)
    print(json.dumps(RENDERERS[request["renderer"]](request["documents"])))
