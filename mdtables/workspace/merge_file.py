"""git's own merge of three texts. Starts `git merge-file`, and nothing else."""

from __future__ import annotations

import os
import subprocess
from tempfile import TemporaryDirectory

_TOO_MANY = 128  # exit statuses from here on are errors; below, they count conflicts


def merge_file(base: bytes, ours: bytes, theirs: bytes) -> tuple[bytes, bool]:
    """The merged text, with git's lines where there are conflicts, and whether there are none. Raises OSError."""
    with TemporaryDirectory(prefix="mdtables-") as folder:
        for name, text in (("base", base), ("ours", ours), ("theirs", theirs)):
            with open(os.path.join(folder, name), "wb") as file:
                file.write(text)
        words = ["git", "merge-file", "-p", "-L", "ours", "-L", "base", "-L", "theirs", "ours", "base", "theirs"]
        ran = subprocess.run(words, cwd=folder, capture_output=True, check=False)
    if not 0 <= ran.returncode < _TOO_MANY:
        raise OSError(f"git merge-file: {ran.stderr.decode(errors='replace').strip()}")
    return ran.stdout, ran.returncode == 0
