"""The fuzzer's corpus as regression tests, and documents that Hypothesis builds from the fuzzer's dictionary."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.fuzz.targets import SEPARATOR, TARGETS

FUZZ = Path(__file__).parent / "fuzz"
CORPUS = sorted(path for path in (FUZZ / "corpus").glob("*/*"))
WORDS = [
    line.strip()[1:-1].encode().decode("unicode_escape").encode("latin-1")
    for line in (FUZZ / "words.txt").read_text(encoding="utf-8").splitlines()
    if line.startswith('"')
]
assert {path.parent.name for path in CORPUS} == set(TARGETS), "a target without a corpus, or a corpus without a target"


@pytest.mark.parametrize("path", CORPUS, ids=lambda path: f"{path.parent.name}-{path.name[:8]}")
def test_corpus_keeps_the_promises(path: Path) -> None:
    TARGETS[path.parent.name](path.read_bytes())


def test_corpus_is_small() -> None:
    assert len(CORPUS) < 500
    assert sum(path.stat().st_size for path in CORPUS) < 200_000


FRAGMENTS = st.sampled_from(
    [*WORDS, *[b"\n"] * 8, b"| a | b |\n", b"| 1 | 2 |\n", b"a,b\n", b'1,"2"\n', b"- a: x\n", b"text "]
)


CSV_CELLS = st.text(st.sampled_from("ab1 |*\\,"), min_size=1, max_size=4).map(lambda cell: f'"{cell}"') | st.text(
    st.sampled_from("ab1"), min_size=1, max_size=4
)
ROWS = st.lists(st.lists(CSV_CELLS, min_size=2, max_size=2).map(",".join), min_size=1, max_size=5)


@given(ROWS, st.integers(30, 120), st.text(st.sampled_from('xy *_,"'), min_size=1, max_size=3))
def test_typed_edit_is_pulled_exactly_or_refused(rows: list[str], at: int, typed: str) -> None:
    source = "\n".join(["k,v", *rows, ""])
    TARGETS["edit"](source.encode() + SEPARATOR + f"{at},{typed}".encode())


@pytest.mark.parametrize("target", sorted(TARGETS))
@given(st.lists(FRAGMENTS | st.binary(max_size=4), max_size=40), st.integers(0, 40))
def test_random_fragments_keep_the_promises(target: str, fragments: list[bytes], cut: int) -> None:
    TARGETS[target](b"".join([*fragments[:cut], SEPARATOR, *fragments[cut:]]))
