"""git's own merge of three texts, by `git merge-file`."""

from __future__ import annotations

import os
import subprocess
from tempfile import TemporaryDirectory

from mdtables.workspace import git

_FIRST_ERROR = 128  # exit statuses from here on are errors; lower ones count conflicts


def merge_file(base: bytes, ours: bytes, theirs: bytes) -> tuple[bytes, bool]:
    """Return the merged text, with git's conflict markers, and True if there are none. Raise OSError."""
    with TemporaryDirectory(prefix="mdtables-") as folder:
        for name, text in (("base", base), ("ours", ours), ("theirs", theirs)):
            with open(os.path.join(folder, name), "wb") as file:
                file.write(text)
        words = [git.PROGRAM, "merge-file", "-p", "-L", "ours", "-L", "base", "-L", "theirs", "ours", "base", "theirs"]
        ran = subprocess.run(words, cwd=folder, capture_output=True, check=False)
    if not 0 <= ran.returncode < _FIRST_ERROR:
        raise OSError(f"git merge-file: {ran.stderr.decode(errors='replace').strip()}")
    return ran.stdout, ran.returncode == 0
