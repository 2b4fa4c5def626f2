"""What holds for every region of a document, as a configuration, a command line or a host says it. Knows no region."""

from __future__ import annotations

from typing import NamedTuple

from mdtables.model.options import DEFAULTS, Options


class Policy(NamedTuple):
    """What holds for every region of a document: defaults of the options, the checksum, overwriting hand edits.

    `ambiguous_width` is 2 for those who edit in an East Asian font, where … and ° are two columns wide.
    """

    defaults: Options = DEFAULTS
    checksum: bool = True
    force: bool = False
    ambiguous_width: int = 1


DEFAULT_POLICY = Policy()
