"""Fixing, or only checking, one document after the other. Knows where options and data come from; prints nothing."""

from __future__ import annotations

import os
from collections.abc import Sequence
from dataclasses import dataclass, replace

from mdtables.generate import regenerate
from mdtables.model import Diagnostic, Location, MdtablesError, Outcome, Table
from mdtables.options import Options
from mdtables.region.job import Policy
from mdtables.workspace import files
from mdtables.workspace.config import Projects
from mdtables.workspace.load import Home, Loader


@dataclass(frozen=True, slots=True)
class Run:
    """What one run of fix or check shares between its documents."""

    projects: Projects
    loader: Loader
    working_folder: str
    exclude: Sequence[str] = ()
    write: bool = False
    force: bool = False

    def left_out_by(self, path: str) -> str:
        """Whose `exclude` leaves a document out: the command line, a configuration file, or nobody. May raise."""
        settings = self.projects.settings(_folder(path))
        if self.exclude or settings.exclude:
            from mdtables.workspace.exclude import is_excluded  # pathspec, where there is something to match

            if is_excluded(path, self.exclude, os.path.realpath(self.working_folder)):
                return "--exclude"
            if is_excluded(path, settings.exclude, os.path.dirname(settings.path)):
                return self.loader.shown(settings.path)
        return ""


def fix(path: str, data: bytes, run: Run, *, named: bool) -> Outcome | None:
    """Fix one document, and write it if the run writes. None if it is left out and nobody named it."""
    try:
        left_out_by = run.left_out_by(path)
    except MdtablesError as error:
        return Outcome(path, "", "", error.diagnostics)
    if left_out_by:
        warning = Diagnostic("excluded", f"left out by exclude in {left_out_by}", Location(path))
        return Outcome(path, "", "", [warning]) if named else None
    outcome = fix_text(path, data, run)
    if run.write and outcome.stale:
        try:
            files.write(path, outcome.new.encode(), expected=data)
        except files.ChangedMeanwhileError:
            return _unwritten(outcome, "it was changed while mdtables was at work", "run mdtables again")
        except OSError as error:
            return _unwritten(outcome, f"cannot be written: {error.strerror or error}", "")
    return outcome


def fix_text(path: str, data: bytes, run: Run) -> Outcome:
    """What fixing says about these bytes as the document at `path`, which need not exist."""
    try:
        text = data.decode()
    except UnicodeDecodeError as error:
        place = Location(path, data.count(b"\n", 0, error.start) + 1)
        message = f"not UTF-8 text: {error.reason} at byte {error.start}"
        return Outcome(path, "", "", [Diagnostic("not-utf8", message, place, "save it as UTF-8")])
    folder = _folder(path)
    try:
        settings, root = run.projects.settings(folder), run.projects.root(folder)
    except MdtablesError as error:
        return Outcome(path, text, text, error.diagnostics)
    home = Home(folder, root, settings.allowed_folders, settings.defaults)

    def load(options: Options, place: Location) -> tuple[Table, Sequence[Diagnostic]]:
        return run.loader.load(options, place, home)

    return regenerate(text, path, load, Policy(settings.defaults, settings.checksum, run.force))


def _folder(path: str) -> str:
    """Where a document really lies: its sources are relative to that, however it was reached."""
    return os.path.dirname(os.path.realpath(path))


def _unwritten(outcome: Outcome, message: str, hint: str) -> Outcome:
    problem = Diagnostic("unwritable", message, Location(outcome.path), hint)
    return replace(outcome, new=outcome.old, diagnostics=[*outcome.diagnostics, problem])
