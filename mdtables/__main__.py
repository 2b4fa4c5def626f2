"""`python -m mdtables`."""

from __future__ import annotations

import sys

from mdtables.cli import main

sys.exit(main())
