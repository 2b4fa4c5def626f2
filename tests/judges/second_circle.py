"""The second circle of judges: hosts and programs that many tables meet, but that decide nothing by themselves.

For each, what it changes in a page after it parsed the Markdown, so that no spelling in a cell can prevent it.
"""

from __future__ import annotations

import shutil
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from tests.judges import HERE, NODE_FOLDER, Judge, batch, has, has_node, node, one_by_one

FOLDER = HERE / "second"
MODULES = FOLDER / "node_modules"
PYTHON = FOLDER / ".environment" / "bin" / "python"
Verdict = Literal["right", "right with a setting", "not right"]

SHORT_NAME = r":[\w+-]+:"
QUOTES = r"[\"'`]"
DASHES = r"--|\.\.\.|[\"'`]"
SMART = "curls quotes, as it does in the prose around the table"


@dataclass(frozen=True)
class Host:
    """A judge, and what is known of it.

    `changes` is a pattern of what it changes in values, and `in_markdown` of the values that break a table of Markdown;
    empty if there are none. `file` is the name of the document that it reads. `install` installs the small ones, and
    `install all` the others.
    """

    judge: Judge
    verdict: Verdict
    why: str
    changes: str = ""
    in_markdown: str = ""
    file: str = "a.md"
    has_math: bool = False
    is_small: bool = False


def _pulldown_cmark_with_math() -> Callable[[str], str]:
    import pyromark

    options = pyromark.Options(0)
    for name in ("TABLES", "STRIKETHROUGH", "TASKLISTS", "FOOTNOTES", "MATH"):
        options |= getattr(pyromark.Options, f"ENABLE_{name}")
    return lambda document: str(pyromark.html(document, options=options))


def _python(name: str, what: str, program: str = "") -> Judge:
    needs = " and ".join(filter(None, [str(PYTHON.relative_to(HERE)), program]))
    is_there = lambda: PYTHON.exists() and (not program or bool(shutil.which(program)))  # noqa: E731
    return Judge(name, what, needs, is_there, batch([str(PYTHON), str(FOLDER / "render.py")], name))


def _node(name: str, what: str, *packages: str, modules: Path = MODULES) -> Judge:
    return Judge(name, what, f"npm: {', '.join(packages)}", has_node(*packages, modules=modules), node(name, modules))


def _small(name: str, what: str, *packages: str) -> Judge:
    return _node(name, what, *packages, modules=NODE_FOLDER)


HOSTS: Sequence[Host] = [
    Host(
        _small("mdx", "@mdx-js/mdx 3 with remark-gfm", "@mdx-js/mdx", "react-dom"),
        "right",
        "",
        file="a.mdx",
        is_small=True,
    ),
    Host(_node("docusaurus", "its own chain, .mdx", "@docusaurus/mdx-loader"), "right", "", file="a.mdx"),
    Host(
        _node("docusaurus-md", "its own chain, .md with format: detect", "@docusaurus/mdx-loader"),
        "not right",
        "an emoji's short name becomes one, and an address that cannot be parsed ends the build; .mdx is right",
        changes=rf"{SHORT_NAME}|https?:|www\.",
        in_markdown=r"https?:|www\.",
    ),
    Host(
        _small("remark-math", "remark with remark-gfm and remark-math", "remark-math", "unified"),
        "right",
        "",
        is_small=True,
        has_math=True,
    ),
    Host(
        _small("github-sanitized", "remark-gfm and GitHub's allow-list", "rehype-sanitize", "unified"),
        "right",
        "",
        is_small=True,
    ),
    Host(
        _small("vscode", "VS Code's preview, with its own KaTeX plugin", "@vscode/markdown-it-katex", "markdown-it-12"),
        "right",
        "links an address however it is spelled, and shows %41 in one as A",
        changes=r"(?i)(?:https?:|ftp:|www\.|mailto:).*%[0-9a-f]{2}",
        is_small=True,
        has_math=True,
    ),
    Host(
        Judge(
            "mdbook-math",
            "pulldown-cmark with mathematics, as mdBook sets it",
            "pyromark",
            has("pyromark"),
            one_by_one(_pulldown_cmark_with_math),
        ),
        "right",
        "",
        is_small=True,
        has_math=True,
    ),
    Host(
        _node("vitepress", "its own chain, then Vue's compiler", "vitepress", "vue"),
        "right",
        "emoticons become emojis; a tag without its end, or an attribute that Vue cannot compile, ends the build",
        changes=r"[:;=8]",
        in_markdown=r"[<{]",
    ),
    Host(
        _node("nuxt-mdc", "Nuxt Content: @nuxtjs/mdc", "@nuxtjs/mdc", "hast-util-to-html"),
        "not right",
        "an emoji's short name becomes one",
        changes=r":\w",
    ),
    Host(
        _node("astro", "@astrojs/markdown-remark", "@astrojs/markdown-remark"),
        "right with a setting",
        "smartypants: false; as it comes, it makes dashes, dots and quotes typographic after the parse",
        changes=DASHES,
    ),
    Host(
        _python("gitlab", "comrak with GitLab's options, then emojis"),
        "not right",
        "an emoji's short name becomes one",
        changes=SHORT_NAME,
        has_math=True,
    ),
    Host(
        _python("gitea", "goldmark 1.5 with Gitea's mathematics, sanitised, then emojis", "go"),
        "not right",
        "an emoji's short name becomes one",
        changes=SHORT_NAME,
        has_math=True,
    ),
    Host(_python("pypi", "readme_renderer, sanitised"), "right", ""),
    Host(
        _python("sphinx", "Sphinx with MyST, as it comes"),
        "right with a setting",
        "smartquotes = False; as it comes, backslashes are lost, and dashes, dots and quotes typographic",
        changes=rf"{DASHES}|\\",
    ),
    Host(_python("sphinx-plain", "Sphinx with MyST and smartquotes = False"), "right", ""),
    Host(_python("jupyter", "nbconvert's HTML"), "right", ""),
    Host(
        _node("jupyterlab", "JupyterLab's preview", "@jupyterlab/rendermime", "marked"),
        "not right",
        "two dollar signs of a table are a formula, whatever is between them; cells=text is right",
        in_markdown=r"\$",
    ),
    Host(_python("mdbook", "the real program"), "right", SMART, changes=QUOTES),
    Host(_python("rustdoc", "the real program", "rustdoc"), "right", SMART, changes=QUOTES),
    Host(
        _python("parsedown", "Parsedown 1.7", "php"),
        "not right",
        "reads underscores within words, also of an address, as emphasis",
        changes="https?:|_",
    ),
    Host(
        _python("lowdown", "lowdown with raw HTML", "lowdown"),
        "not right",
        "links every www., reads underscores within words, and makes dashes, dots and quotes typographic",
        changes=rf"{DASHES}|www\.|_",
    ),
    Host(
        _python("redcarpet", "Redcarpet with tables", "ruby"),
        "not right",
        "even an escaped pipe ends a cell",
        changes=r"\|",
        in_markdown=r"\|",
    ),
]
