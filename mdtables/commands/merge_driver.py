"""git's merge driver for documents: merges generated tables row by row, and the rest as git does.

While a driver runs, the working tree still has our data, so no source is read.
"""

from __future__ import annotations

from mdtables.pipelines.merge import merged
from mdtables.workspace import files
from mdtables.workspace.config import Projects
from mdtables.workspace.load import context_of
from mdtables.workspace.merge_file import merge_file


def merge_driver(base: str, ours: str, theirs: str, path: str, projects: Projects) -> bool:
    """Write the merge of three files over `ours`; return False if it contains conflicts.

    `path` is where the document belongs. A document that is not UTF-8 is merged as git would. Raise OSError and
    MdtablesError.
    """
    before = [files.read(name) for name in (base, ours, theirs)]
    policy = context_of(path, projects).settings.policy()
    try:
        three = before[0].decode(), before[1].decode(), before[2].decode()
        texts = [text.encode() for text in merged(*three, policy)]
    except UnicodeDecodeError:
        texts = before
    result, clean = merge_file(*texts)
    files.write(ours, result, expected=before[1])
    return clean
