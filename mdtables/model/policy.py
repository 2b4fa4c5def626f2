"""What applies to every region of a document, as decided by a configuration, a command line or a host."""

from __future__ import annotations

from mdtables.model.options import DEFAULTS, Options
from mdtables.records import NamedTuple


class Policy(NamedTuple):
    """Defaults for the options of regions, whether checksums are used, and whether hand edits are overwritten.

    `ambiguous_width` is the display width, 1 or 2, of characters like … and °, which are wide in East Asian fonts only.
    `ignored` are the codes of warnings that are left out.
    """

    defaults: Options = DEFAULTS
    checksum: bool = True
    force: bool = False
    ambiguous_width: int = 1
    ignored: tuple[str, ...] = ()


DEFAULT_POLICY = Policy()
