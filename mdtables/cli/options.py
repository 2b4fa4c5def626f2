"""The arguments of a run as typed options that do not change. A command's module makes them from its arguments."""

from __future__ import annotations

from enum import Enum

TYPE_CHECKING = False  # importing typing would take 3 ms of every run, and named tuples and dataclasses need it
if TYPE_CHECKING:
    import argparse
    from collections.abc import Sequence
    from typing import Final


class Mode(Enum):
    """What to do with stale documents."""

    WRITE = "write"
    CHECK = "check"
    DIFF = "diff"


class OutputFormat(Enum):
    """The format of a report."""

    TEXT = "text"
    JSON = "json"
    GITHUB = "github"
    SARIF = "sarif"


class OutputOptions:
    """How to show results."""

    def __init__(
        self,
        color: str = "auto",
        format_: OutputFormat = OutputFormat.TEXT,
        *,
        quiet: bool = False,
        verbose: bool = False,
    ) -> None:
        self.color: Final = color
        self.format: Final = format_
        self.quiet: Final = quiet
        self.verbose: Final = verbose


class TargetOptions:
    """Which documents to look at, and by which configuration."""

    def __init__(
        self,
        paths: Sequence[str],
        config: str | None,
        exclude: Sequence[str],
        *,
        allowed_folders: Sequence[str] = (),
        tracked: bool = False,
        staged: bool = False,
        stdin_filename: str | None = None,
        jobs: int = 1,
    ) -> None:
        self.paths: Final = paths
        self.config: Final = config
        self.exclude: Final = exclude
        self.allowed_folders: Final = allowed_folders
        self.tracked: Final = tracked
        self.staged: Final = staged
        self.stdin_filename: Final = stdin_filename
        self.jobs: Final = jobs

    @property
    def from_stdin(self) -> bool:
        return "-" in self.paths


class FixOptions:
    """The options of fix and check."""

    def __init__(
        self,
        targets: TargetOptions,
        output: OutputOptions,
        mode: Mode,
        *,
        force: bool = False,
        stale_fails: bool = True,
        use_cache: bool = True,
    ) -> None:
        self.targets: Final = targets
        self.output: Final = output
        self.mode: Final = mode
        self.force: Final = force
        self.stale_fails: Final = stale_fails
        self.use_cache: Final = use_cache


def target_options(arguments: argparse.Namespace) -> TargetOptions:
    return TargetOptions(
        arguments.paths,
        arguments.config,
        arguments.exclude,
        allowed_folders=arguments.allow_folder,
        tracked=arguments.tracked,
        staged=arguments.staged,
        stdin_filename=arguments.stdin_filename,
        jobs=arguments.jobs,
    )


def output_options(arguments: argparse.Namespace) -> OutputOptions:
    format_ = OutputFormat(arguments.output_format)
    return OutputOptions(arguments.color, format_, quiet=arguments.quiet, verbose=arguments.verbose)
