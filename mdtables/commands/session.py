"""What all commands share: where options and data come from, the outcome for a document, and writing it."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from typing import Any

from mdtables.document import marker
from mdtables.document.parse import parse
from mdtables.document.region_options import locate_on, read_options
from mdtables.model.diagnostics import Diagnostic, Fix, Locate, Location, located_at
from mdtables.model.errors import MdtablesError
from mdtables.model.failures import failure
from mdtables.model.options import Options
from mdtables.model.table import Table
from mdtables.pipelines.outcome import Outcome, RegionOutcome, failed_outcome
from mdtables.pipelines.regenerate import Merge, regenerate, regenerate_some
from mdtables.records import NamedTuple
from mdtables.text.edits import line_at
from mdtables.workspace import discover, files, writing
from mdtables.workspace.config import Projects
from mdtables.workspace.context import DocumentContext, context_of
from mdtables.workspace.dependents import DataFiles, may_read, paths_of, sources_of
from mdtables.workspace.exclude import is_excluded
from mdtables.workspace.git import GitError, Tracked, is_unmerged, root_of, unmerged
from mdtables.workspace.glob import Pattern
from mdtables.workspace.load import Loader


class Session(NamedTuple):
    """What one run shares between its documents. `swept` are the folders already cleaned of temporary files.

    `made` remembers tables, in a session that looks at the same documents again and again; None in others.
    """

    projects: Projects
    loader: Loader
    working_folder: str
    swept: set[str]
    tracked: Tracked | None = None
    exclude: Sequence[str] = ()
    write: bool = False
    force: bool = False
    made: dict[object, Any] | None = None

    def fix(self, path: str, data: bytes, *, found_in: str | None) -> Outcome | None:
        """Fix one document, and write it if the session writes. For a document without outcome, see `regenerate`."""
        outcome = self.regenerate(path, data, found_in=found_in)
        if outcome is None or not (self.write and outcome.stale):
            return outcome
        return self.write_outcomes([(outcome, data)])[0]

    def regenerate(self, path: str, data: bytes, *, found_in: str | None) -> Outcome | None:
        """Return the outcome for one document; write nothing.

        One that was found in a folder, instead of named, is skipped if links lead from there out of the project; if it
        is excluded, the result is None.
        """
        outcome, skipped = self._checked(path, data, found_in)
        return None if skipped and found_in is not None else outcome

    def check(self, path: str, data: bytes) -> Outcome:
        """Return the outcome for these bytes as the document at `path`, which need not exist; write nothing."""
        self.loader.put(os.path.realpath(path), data)  # its own tables may be sources
        return self._checked(path, data)[0]

    def check_regions(self, path: str, data: bytes, indexes: Sequence[int], *, force: bool = False) -> Outcome:
        """Return the outcome for these bytes with only these regions regenerated, whatever is wrong with the others.

        With `force`, tables in them that were edited by hand are overwritten. Nothing is written. Raise MdtablesError.
        """
        self.loader.put(os.path.realpath(path), data)
        document, context = parse(text_of(path, data), path), context_of(path, self.projects)
        policy, tables = context.settings.policy(force=force), dict[int, Table]()
        for index in indexes:
            region = document.regions[index]
            options, _ = read_options(region.start, policy.defaults)
            locate = locate_on(region.start)
            tables[index] = self.loader.load(options, locate, context)[0] if options.source else Table((), ())
        return regenerate_some(document, tables, policy)

    def _leads_outside(self, path: str, folder: str) -> bool:
        """Return True for a path from a folder out of its project, through links that the project's author chose."""
        root = self.projects.root(self.projects.paths.of_folder(folder))
        return not self.projects.paths.of(path).startswith(os.path.join(root, ""))

    def _checked(self, path: str, data: bytes, found_in: str | None = None) -> tuple[Outcome, bool]:
        """Return the outcome, and True if the document is excluded, which the outcome warns of."""
        try:
            if by := self._excluded_by(path):
                return _excluded(path, by), True
            if problem := self._not_to_be_followed(path, found_in):
                return failed_outcome(path, problem), False
            context = context_of(path, self.projects)
        except MdtablesError as error:
            return failed_outcome(path, *error.diagnostics), False
        except GitError as error:
            return failed_outcome(path, Diagnostic("unreadable", str(error), at=Location(path))), False
        return self._outcome(path, data, context), False

    def _excluded_by(self, path: str) -> str:
        """Return what excludes a document: the option, or the configuration of its own folder or of its target's."""
        if self.exclude and is_excluded(path, self.exclude, os.path.realpath(self.working_folder), "--exclude"):
            return "--exclude"
        paths = self.projects.paths
        for folder in dict.fromkeys((paths.of_folder(os.path.dirname(path)), os.path.dirname(paths.of(path)))):
            settings = self.projects.settings(folder)
            if settings.exclude:
                file = self.loader.shown(settings.path)
                if is_excluded(path, settings.exclude, os.path.dirname(settings.path), file):
                    return file
        return ""

    def _not_to_be_followed(self, path: str, found_in: str | None) -> Diagnostic | None:
        """Return the diagnostic for a link out of the project, or to a file that git does not track; None for others.

        Raise MdtablesError or GitError.
        """
        if found_in is not None and self._leads_outside(path, found_in):
            message = f"skipped: a link to {os.path.realpath(path)}, which is outside the project"
            hint = "exclude it, or name it if it is yours"
            fix = Fix("to fix the file that it leads to, name it", command=("fix", path))
            return Diagnostic("document-outside", message, at=Location(path), hint=hint, fixes=(fix,))
        if self.tracked and not self.tracked.has(os.path.realpath(path)):
            message = "skipped: a link to a file that git does not track"
            return Diagnostic("untracked", message, at=Location(path))
        return None

    def _outcome(self, path: str, data: bytes, context: DocumentContext) -> Outcome:
        try:
            text = text_of(path, data)
        except MdtablesError as error:
            return failed_outcome(path, *error.diagnostics)

        def load(options: Options, locate: Locate) -> tuple[Table, Sequence[Diagnostic]]:
            if "<<<<<<<" in text:
                _check_merged(options, locate, context)
            return self.loader.load(options, locate, context)

        policy = context.settings.policy(force=self.force)
        outcome = regenerate(text, path, load, policy, lambda: _merge_of(path), made=self.made)
        if not any(region.base == "earlier" for region in outcome.regions):
            return outcome
        from mdtables.pipelines.earlier import with_earlier  # for a table edited by hand, whose source changed too

        def current(options: Options) -> Table:
            return self.loader.load_all(options, located_at(Location(path)), context).table

        return with_earlier(outcome, lambda options: self.loader.versions(options, context), current)

    def write_outcomes(self, outcomes: Sequence[tuple[Outcome, bytes]]) -> list[Outcome]:
        """Write documents, each with the bytes that it had; return the outcomes, with a diagnostic if that failed."""
        for outcome, _ in outcomes:
            self._sweep(os.path.dirname(self.projects.paths.of(outcome.path)))
        writes = [writing.Write(outcome.path, outcome.new.encode(), before) for outcome, before in outcomes]
        errors = writing.write_all(writes)
        return [_written(outcome, error) for (outcome, _), error in zip(outcomes, errors, strict=True)]

    def _sweep(self, folder: str) -> None:
        """Remove what killed runs left in a folder, once per session: a stale document of theirs is written again."""
        if folder not in self.swept:
            self.swept.add(folder)
            writing.sweep(folder)

    def with_sources(self, instead: Mapping[str, bytes | str]) -> Session:
        """Return a session in which these files have other bytes; it writes nothing."""
        return self._replace(loader=self.loader.with_sources(instead), write=False)

    def sources_read_by(self, outcome: Outcome) -> list[tuple[str, str, str]]:
        """Return what was read for a document without problems: see `Loader.reads`."""
        context = context_of(outcome.path, self.projects)
        regions = (region for region in outcome.regions if region.options.source)
        return [read for region in regions for read in self.loader.reads(region.options, context)]

    def users_of(self, data_files: Sequence[str]) -> tuple[list[str], list[str]]:
        """Return the documents that use one of these files, in the files' projects and in this one; and unused files.

        Raise MdtablesError.
        """
        roots = {self.projects.root(_folder_of(path)) for path in data_files}
        sources: dict[str, list[str | Pattern]] = {}  # of each document with markers
        for root in sorted({*roots, self.projects.root(os.path.realpath(self.working_folder))}):
            for path in self._documents_in(root):
                try:
                    data = files.read(path)
                except OSError:
                    continue  # it cannot be fixed either, which a run over the documents reports
                if marker.may_be_in(data):
                    sources[path] = list(sources_of(path, data, self.projects))
        users: dict[str, None] = {}
        used: set[str] = set()
        changed = data_files
        while changed:  # the table in a document may be the source of another one
            wanted = DataFiles(changed, self.working_folder)
            found = {path: wanted.among(sources[path]) for path in sources if path not in users}
            changed = [path for path, uses in found.items() if uses]
            used = used or set().union(*found.values())
            users |= dict.fromkeys(changed)
        return [path for path in sources if path in users], [path for path in data_files if path not in used]

    def documents_with(self, data_files: Sequence[str]) -> list[str]:
        """Return the documents in the projects of some data files that name one of them. Raise MdtablesError."""
        real = {os.path.realpath(path) for path in data_files}
        found = []
        for root in sorted({self.projects.root(_folder_of(path)) for path in data_files}):
            for path in self._documents_in(root):
                try:
                    data = files.read(path)
                    if marker.may_be_in(data) and may_read(path, data, real, self.projects):
                        found.append(path)
                except (OSError, MdtablesError):
                    continue  # what is wrong there, a run over it reports
        return found

    def _documents_in(self, root: str) -> Sequence[str]:
        if self.tracked and root_of(root) is None:
            return ()
        try:
            return list(map(self.loader.shown, discover.documents_in(root, self.tracked)[0]))
        except GitError as error:
            raise failure("unreadable", str(error), at=Location(root)) from None

    def with_regions_of(self, outcomes: Sequence[Outcome], data_file: str) -> list[Outcome]:
        """Return the outcomes with only those regions that use a file."""
        wanted = DataFiles([data_file], self.working_folder)

        def uses(region: RegionOutcome) -> bool:
            context = context_of(region.at.path, self.projects)
            return bool(wanted.among(paths_of(region.options, context)))

        return [outcome._replace(regions=list(filter(uses, outcome.regions))) for outcome in outcomes]


def _merge_of(path: str) -> Merge | None:
    """Return what git merged a document of; None if git does not know of a conflict in it."""
    from mdtables.workspace.merge_file import merge_file  # a few documents are in conflict

    try:
        versions = unmerged(path)
        if versions is None:
            return None
        result, _ = merge_file(*versions)
        base, ours, theirs = (each.decode() for each in versions)
        return Merge(base, ours, theirs, result.decode())
    except (GitError, OSError, UnicodeDecodeError):
        return None


def _was_edited(path: str) -> bool:
    """Return True if a file that git could not merge is not our version any more. Raise GitError or OSError."""
    versions = unmerged(path)
    return versions is not None and not os.path.islink(path) and files.read(path) != versions[1]


def _check_merged(options: Options, locate: Locate, context: DocumentContext) -> None:
    """Raise MdtablesError if git could not merge the source of a region: it may be our version, without any markers."""
    for path in paths_of(options, context):
        if isinstance(path, Pattern):
            continue
        try:
            is_left = is_unmerged(path) and not _was_edited(path)
        except (GitError, OSError):
            continue
        if is_left:
            message = f"git could not merge {os.path.basename(path)}, the source of this region"
            hint = "merge it, git add it, then run mdtables again"
            raise failure("conflict", message, at=locate("source"), hint=hint)


def _folder_of(path: str) -> str:
    """Return the real folder that a data file or a link is in; for a folder, that itself."""
    if os.path.isdir(path) and not os.path.islink(path):
        return os.path.realpath(path)
    return os.path.realpath(os.path.dirname(path))


def text_of(path: str, data: bytes) -> str:
    """Return the text of a document. Raise MdtablesError if it is not UTF-8."""
    try:
        return data.decode()
    except UnicodeDecodeError as error:
        at = Location(path, line_at(data[: error.start].decode()))
        message = f"not UTF-8 text: {error.reason} at byte {error.start}"
        raise failure("not-utf8", message, at=at, hint="save it as UTF-8") from None


def start(
    working_folder: str,
    config: str | None = None,
    exclude: Sequence[str] = (),
    *,
    allowed_folders: Sequence[str] = (),
    over: Mapping[str, Any] | None = None,
    tracked: Tracked | None = None,
    write: bool = False,
    force: bool = False,
) -> Session:
    """Return a new session. `over` are values of region options that take precedence over configured ones.

    Sources may also come from `allowed_folders`. Raise MdtablesError if the configuration file that is named cannot be
    read.
    """
    projects = Projects(working_folder, config, over, allowed_folders)
    loader = Loader(working_folder, tracked=tracked, projects=projects)
    return Session(projects, loader, working_folder, set(), tracked, exclude, write, force)


def _excluded(path: str, by: str) -> Outcome:
    hint = "exclude applies to named paths too"
    found = Diagnostic("excluded", f"skipped: excluded by {by}", at=Location(path), hint=hint)
    return failed_outcome(path, found)


def _written(outcome: Outcome, error: OSError | None) -> Outcome:
    if error is None:
        return outcome
    message, hint = f"cannot be written: {error.strerror or error}", ""
    if isinstance(error, writing.ChangedMeanwhileError):
        message, hint = "it was changed by another program during this run", "run mdtables again"
    problem = Diagnostic("unwritable", message, at=Location(outcome.path), hint=hint)
    return outcome._replace(new=outcome.old, diagnostics=[*outcome.diagnostics, problem])
