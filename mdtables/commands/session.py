"""One run's work on single documents: where their options and data come from, what fixing says, and writing it."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from typing import NamedTuple

from mdtables.commands.errors import CannotStartError
from mdtables.document import marker
from mdtables.model.diagnostics import Diagnostic, Location, MdtablesError
from mdtables.model.options import Options
from mdtables.model.table import Table
from mdtables.pipelines.outcome import Outcome, RegionOutcome
from mdtables.pipelines.regenerate import regenerate
from mdtables.text.edits import line_at
from mdtables.workspace import discover, files
from mdtables.workspace.config import Projects
from mdtables.workspace.dependents import DataFiles, paths_of, sources_of
from mdtables.workspace.git import GitError, Tracked
from mdtables.workspace.load import Home, Loader, home_of, named_path, resolve


class Run(NamedTuple):
    """What one run shares between its documents."""

    projects: Projects
    loader: Loader
    working_folder: str
    swept: set[str]
    tracked: Tracked | None = None
    exclude: Sequence[str] = ()
    write: bool = False
    force: bool = False

    def fix(self, path: str, data: bytes, *, named: bool) -> Outcome | None:
        """Fix one document, and write it if the run writes. None if it is left out and nobody named it."""
        outcome = self.fix_or_leave_out(path, data)
        if not named and any(found.code == "excluded" for found in outcome.diagnostics):
            return None
        if self.write and outcome.stale:
            self._sweep(os.path.dirname(os.path.realpath(path)))
            try:
                files.write(path, outcome.new.encode(), expected=data)
            except files.ChangedMeanwhileError:
                return _unwritten(outcome, "it was changed while mdtables was at work", "run mdtables again")
            except OSError as error:
                return _unwritten(outcome, f"cannot be written: {error.strerror or error}", "")
        return outcome

    def _sweep(self, folder: str) -> None:
        """What a killed run left behind goes, once a run and folder: a document that it left stale is written again."""
        if folder not in self.swept:
            self.swept.add(folder)
            files.sweep(folder)

    def fix_or_leave_out(self, path: str, data: bytes) -> Outcome:
        """What fixing says about these bytes as the document at `path`, unless `exclude` leaves it out.

        The document need not exist.
        """
        try:
            if self.tracked and not self.tracked.holds(os.path.realpath(path)):
                message = "a link to what git does not track, so it is left alone"
                return Outcome(path, "", "", [Diagnostic("untracked", message, Location(path))])
            if self.exclude and _is_excluded(path, self.exclude, os.path.realpath(self.working_folder), "--exclude"):
                return _left_out(path, "--exclude")
            home = home_of(path, self.projects)
            settings, file = home.settings, self.loader.shown(home.settings.path)
            if _is_excluded(path, settings.exclude, os.path.dirname(settings.path), file):
                return _left_out(path, file)
        except MdtablesError as error:
            return Outcome(path, "", "", error.diagnostics)
        except GitError as error:
            return Outcome(path, "", "", [Diagnostic("unreadable", str(error), Location(path))])
        return self._outcome(path, data, home)

    def _outcome(self, path: str, data: bytes, home: Home) -> Outcome:
        try:
            text = data.decode()
        except UnicodeDecodeError as error:
            place = Location(path, line_at(data[: error.start].decode()))
            message = f"not UTF-8 text: {error.reason} at byte {error.start}"
            return Outcome(path, "", "", [Diagnostic("not-utf8", message, place, "save it as UTF-8")])

        def load(options: Options, place: Location) -> tuple[Table, Sequence[Diagnostic]]:
            return self.loader.load(options, place, home)

        return regenerate(text, path, load, home.settings.policy(force=self.force))

    def with_sources(self, instead: Mapping[str, bytes]) -> Run:
        """A run in which these files hold other bytes, and what they make overwrites what stands; it writes nothing."""
        loader = Loader(self.working_folder, instead, self.tracked)
        return self._replace(loader=loader, write=False, force=True)

    def sources_read_by(self, outcome: Outcome) -> list[tuple[str, str, bytes]]:
        """Each source of a document without a problem: the path by which it is named, the real one, and its bytes."""
        home = home_of(outcome.path, self.projects)
        sources = {region.options.source.path for region in outcome.regions if region.options.source}
        named = {named_path(source, home): resolve(source, home) for source in sources}
        return [(path, real, self.loader.bytes_of(real)) for path, real in named.items()]

    def users_of(self, data_files: Sequence[str]) -> tuple[list[str], list[str]]:
        """The documents that use one of these files, in the files' own projects and in this one; and the files unused.

        Raises CannotStartError.
        """
        try:
            return self._users_of(data_files)
        except MdtablesError as error:
            raise CannotStartError(data_files[0], error.diagnostics) from None
        except discover.PathError as error:
            problem = Diagnostic(error.code, error.reason, Location(error.path))
            raise CannotStartError(error.path, [problem]) from None

    def _users_of(self, data_files: Sequence[str]) -> tuple[list[str], list[str]]:
        wanted = DataFiles(data_files, self.working_folder)
        reals = map(os.path.realpath, data_files)
        roots = {self.projects.root(real if os.path.isdir(real) else os.path.dirname(real)) for real in reals}
        users, used = [], set()
        for root in sorted({*roots, self.projects.root(os.path.realpath(self.working_folder))}):
            for path in map(self.loader.shown, discover.documents_in(root, self.tracked)[0]):
                try:
                    data = files.read(path)
                except OSError:
                    continue  # it cannot be fixed either; a run over the documents says why
                if marker.may_be_in(data) and (uses := wanted.among(sources_of(path, data, self.projects))):
                    users.append(path)
                    used |= uses
        return users, [path for path in data_files if path not in used]

    def with_regions_of(self, outcomes: Sequence[Outcome], data_file: str) -> list[Outcome]:
        """The outcomes with those regions only that use a file."""
        wanted = DataFiles([data_file], self.working_folder)

        def uses(region: RegionOutcome) -> bool:
            home = home_of(region.location.path, self.projects)
            return bool(wanted.among(paths_of(region.options, home)))

        return [outcome._replace(regions=list(filter(uses, outcome.regions))) for outcome in outcomes]


def start(
    working_folder: str,
    config: str | None,
    exclude: Sequence[str],
    *,
    tracked: Tracked | None = None,
    write: bool = False,
    force: bool = False,
) -> Run:
    """A run. Raises CannotStartError if the configuration file that is named cannot be read."""
    try:
        projects = Projects(working_folder, config)
    except MdtablesError as error:
        raise CannotStartError(config or "", error.diagnostics) from None
    loader = Loader(working_folder, tracked=tracked)
    return Run(projects, loader, working_folder, set(), tracked, exclude, write, force)


def _is_excluded(path: str, patterns: Sequence[str], folder: str, origin: str) -> bool:
    if not patterns:
        return False
    from mdtables.workspace.exclude import is_excluded  # pathspec, where there is something to match

    return is_excluded(path, patterns, folder, origin)


def _left_out(path: str, by: str) -> Outcome:
    warning = Diagnostic(
        "excluded", f"left out by exclude in {by}", Location(path), "exclude holds for named paths too"
    )
    return Outcome(path, "", "", [warning])


def _unwritten(outcome: Outcome, message: str, hint: str) -> Outcome:
    problem = Diagnostic("unwritable", message, Location(outcome.path), hint)
    return outcome._replace(new=outcome.old, diagnostics=[*outcome.diagnostics, problem])
