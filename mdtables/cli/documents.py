"""Targets on the command line -> outcomes. The session and the cache are opened, and imported, at the first marker."""

from __future__ import annotations

import os
import sys
from functools import partial

from mdtables.cli.options import Mode, OutputFormat
from mdtables.cli.output import progress_stream
from mdtables.cli.progress import Progress
from mdtables.commands.fix import fix
from mdtables.model.errors import MdtablesError
from mdtables.workspace.discover import Targets, find, find_changed
from mdtables.workspace.git import Tracked, root_of

TYPE_CHECKING = False  # importing typing would take 3 ms of every run
if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from mdtables.cli.options import FixOptions, OutputOptions, TargetOptions
    from mdtables.commands.session import Session
    from mdtables.model.diagnostics import Diagnostic
    from mdtables.pipelines.outcome import Outcome
    from mdtables.workspace.cache import ResultCache


class Found:
    """What came of the targets: outcomes, and how many documents were seen.

    `failure` are the diagnostics that ended the run before its first document. `document` are the bytes that come out
    for a document on standard input, None if the run was not about one. `unmarked` are documents with tables, and how
    many, if no document has a marker.
    """

    def __init__(self) -> None:
        self.outcomes: Sequence[Outcome] = ()
        self.failure: Sequence[Diagnostic] = ()
        self.seen = 0
        self.unmarked: Mapping[str, int] = {}
        self.document: bytes | None = None

    @property
    def is_clean(self) -> bool:
        """True if there is nothing to report, except that documents are unchanged."""
        has_news = any(outcome.stale or outcome.diagnostics for outcome in self.outcomes)
        return not (has_news or self.failure)


def wrong_stdin(targets: TargetOptions) -> str:
    """Return what is wrong with a use of `-`; "" if nothing is."""
    if targets.from_stdin and (len(targets.paths) > 1 or targets.staged):
        return "- (standard input) cannot be combined with other paths, nor with --staged"
    return ""


def fix_documents(options: FixOptions) -> Found:
    """Fix or check the targets, or the document on standard input."""
    targets = options.targets
    tracked = Tracked() if targets.tracked else None
    session = _Opening(targets, tracked, write=options.mode is Mode.WRITE, force=options.force)
    if targets.from_stdin:
        return _from_stdin(targets, session)
    return _fixed(
        targets,
        options.output,
        lambda: _found(targets, tracked),
        session,
        lambda: _open_cache(targets, options.output, tracked) if options.use_cache else None,
    )


def list_documents(targets: TargetOptions, output: OutputOptions, uses: str | None) -> Found:
    """Check the targets; or with `uses`, the documents that use this file, with only the regions that do."""
    tracked = Tracked() if targets.tracked else None
    session = _Opening(targets, tracked)
    if targets.from_stdin:
        return _from_stdin(targets, session)
    if uses is None:
        return _fixed(targets, output, lambda: _found(targets, tracked), session)
    found = _fixed(targets, output, lambda: Targets([uses]), session)
    if not found.failure:
        found.outcomes = session().with_regions_of(found.outcomes, uses)
    return found


class _Opening:
    """Opens the session of a run, once. Another process that gets it pickled opens its own."""

    def __init__(
        self, targets: TargetOptions, tracked: Tracked | None, *, write: bool = False, force: bool = False
    ) -> None:
        self._given = targets, tracked, write, force
        self._session: Session | None = None

    def __reduce__(self) -> tuple[object, ...]:
        targets, tracked, write, force = self._given
        return partial(_Opening, write=write, force=force), (targets, tracked)

    def __call__(self) -> Session:
        if self._session is None:
            from mdtables.commands.session import start  # half of the modules of mdtables: where there is a marker

            targets, tracked, write, force = self._given
            self._session = start(
                os.getcwd(),
                targets.config,
                targets.exclude,
                allowed_folders=targets.allowed_folders,
                tracked=tracked,
                write=write,
                force=force,
            )
        return self._session


def _open_cache(targets: TargetOptions, output: OutputOptions, tracked: Tracked | None) -> ResultCache | None:
    """Return the cache, if this run is in a repository, reports no clean documents and overrides no configuration."""
    shows_news_only = output.format in (OutputFormat.TEXT, OutputFormat.GITHUB)
    is_plain = shows_news_only and not (output.verbose or targets.config or targets.exclude)
    root = root_of(".")
    if not is_plain or root is None:
        return None
    from mdtables.workspace.cache import ResultCache  # where there is a marker

    return ResultCache(root, tracked)


def _fixed(
    targets: TargetOptions,
    output: OutputOptions,
    find_targets: Callable[[], Targets],
    session: Callable[[], Session],
    open_cache: Callable[[], ResultCache | None] = lambda: None,
) -> Found:
    progress = Progress(progress_stream(output))
    result = Found()
    try:
        fixed = fix(
            find_targets(),
            session,
            jobs=targets.jobs,
            eagerly=bool(targets.config),
            progress=progress.show,
            open_cache=open_cache,
        )
        result.outcomes, result.seen = fixed.all_outcomes() if fixed.problems else fixed.outcomes, fixed.seen
        result.unmarked = fixed.unmarked or {}
    except MdtablesError as error:
        result.failure = error.diagnostics
    finally:
        progress.clear()
    return result


def _found(targets: TargetOptions, tracked: Tracked | None) -> Targets:
    if targets.staged:
        refs = os.environ.get("PRE_COMMIT_FROM_REF"), os.environ.get("PRE_COMMIT_TO_REF")
        return find_changed(targets.paths, tracked, (refs[0], refs[1]) if refs[0] and refs[1] else None)
    return find(targets.paths or ["."], tracked)


def _from_stdin(targets: TargetOptions, session: Callable[[], Session]) -> Found:
    """Check the document on standard input. With an error it comes out unchanged, so no editor's buffer is emptied."""
    result = Found()
    result.document = data = sys.stdin.buffer.read()
    try:
        outcome = session().check(targets.stdin_filename or "<stdin>", data)
    except MdtablesError as error:
        result.failure = error.diagnostics
        return result
    result.outcomes, result.seen = [outcome], 1
    if outcome.stale and not outcome.failed:
        result.document = outcome.new.encode()
    return result
