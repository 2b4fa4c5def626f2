"""What fix, check and list show to programs: JSON, GitHub annotations, SARIF."""

from __future__ import annotations

import os

from mdtables.cli.options import OutputFormat, OutputOptions
from mdtables.report.github import as_github
from mdtables.report.json_report import as_json
from mdtables.report.report import Report
from mdtables.report.sarif import as_sarif
from mdtables.workspace import git
from mdtables.workspace.paths import relative

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import TextIO


def show_for_programs(
    report: Report, output: OutputOptions, stream: TextIO, *, with_stale: bool = False, with_diff: bool = False
) -> None:
    """Print the report as JSON, GitHub annotations or SARIF."""
    root = git.root_of(".")
    folder = relative(os.path.realpath("."), root).replace(os.sep, "/") if root else ""
    if output.format is OutputFormat.JSON:
        print(as_json(report, with_diff=with_diff), file=stream)
    elif output.format is OutputFormat.GITHUB:
        print(as_github(report, folder=folder, with_stale=with_stale, with_diff=with_diff), end="", file=stream)
    else:
        print(as_sarif(report, folder=folder, with_stale=with_stale), file=stream)
