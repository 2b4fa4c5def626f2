"""Coverage-guided fuzzing: `python -m tests.fuzz document -max_total_time=600`, with atheris installed.

Findings are written to the working folder as `crash-…`, `timeout-…` or `oom-…`. Inputs that reached new code are
written to the first folder named, if any. All arguments after the target's name are passed to libFuzzer.
"""

from __future__ import annotations

import importlib
import pkgutil
import sys
from pathlib import Path

import atheris

import mdtables

with atheris.instrument_imports(include=["mdtables", "mistune", "tomllib"], enable_loader_override=False):
    from tests.fuzz.targets import TARGETS

    for module in pkgutil.walk_packages(mdtables.__path__, "mdtables."):
        if not module.name.endswith("__main__"):
            importlib.import_module(module.name)  # most are imported lazily, and would not be instrumented

HERE = Path(__file__).parent


def main() -> None:
    if len(sys.argv) < 2 or sys.argv[1] not in TARGETS:
        sys.exit(f"usage: python -m tests.fuzz {{{','.join(TARGETS)}}} [folder …] [-option=value …]")
    _, name, *rest = sys.argv
    words = [
        "fuzz",
        "-timeout=10",
        "-rss_limit_mb=2048",
        f"-dict={HERE / 'words.txt'}",
        *rest,
        str(HERE / "corpus" / name),
    ]
    atheris.Setup(words, TARGETS[name])
    atheris.Fuzz()


main()
