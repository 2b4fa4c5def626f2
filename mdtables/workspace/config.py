"""What a project says: the nearest `mdtables.toml` or `[tool.mdtables]`, and where the project's root is.

Knows no documents. Nothing is merged: the nearest file holds, and paths in it are relative to it.
"""

from __future__ import annotations

import os
import re
from collections.abc import Mapping
from typing import Any, NamedTuple

from mdtables.model.diagnostics import Diagnostic, Location, MdtablesError
from mdtables.model.options import DEFAULTS, SPECS, Options, did_you_mean
from mdtables.model.policy import Policy
from mdtables.workspace import files
from mdtables.workspace.discover import CONFIGURATION_NAMES
from mdtables.workspace.git import root_of

OWN_NAME, SHARED_NAME = CONFIGURATION_NAMES


_HEADER = re.compile(r"""\s*\[\s*["']?tool["']?\s*\.\s*["']?mdtables["']?\s*\]""")


class Settings(NamedTuple):
    """A configuration file's content; without a file, the defaults. Paths are absolute."""

    path: str = ""
    defaults: Options = DEFAULTS
    exclude: tuple[str, ...] = ()
    allowed_folders: tuple[str, ...] = ()
    checksum: bool = True
    ambiguous_width: int = 1

    def policy(self, *, force: bool = False) -> Policy:
        """What holds for every region of a document under this configuration."""
        return Policy(self.defaults, self.checksum, force, self.ambiguous_width)


NO_SETTINGS = Settings()


class Key(NamedTuple):
    """A key of the configuration that is no option of a region: what it holds and what it means."""

    kind: str
    summary: str


KEYS: Mapping[str, Key] = {
    "exclude": Key(
        "a list of text",
        "documents to leave out, as patterns of `.gitignore` of at most six `*`; holds for named paths too",
    ),
    "allowed-folders": Key("a list of text", "folders outside the project that sources may come from"),
    "checksum": Key("true or false", "write and check the checksum that notices hand edits; `true`"),
    "ambiguous-width": Key("1 or 2", "columns of characters that are wide in East Asian fonts only, like … and °; `1`"),
}


class Projects:
    """The settings and the root that hold in each folder, every file read once."""

    def __init__(self, working_folder: str, config: str | None = None, over: Mapping[str, Any] | None = None) -> None:
        """`config` is a file that holds everywhere; `over` are a host's defaults of options, which win over any file's.

        Raises MdtablesError if the file cannot be read.
        """
        self._working_folder = os.path.realpath(working_folder)
        self._over = over or {}
        self._given = read_settings(config, required=True) if config else None
        self._found: dict[str, Settings] = {}
        self._in: dict[str, Settings | None] = {}
        self._roots: dict[str, str] = {}

    def settings(self, folder: str) -> Settings:
        """Of the nearest configuration file, at most up to the git root. Raises MdtablesError if it is not right."""
        if folder not in self._found:
            found = self._given or self._nearest(folder)
            self._found[folder] = found._replace(defaults=found.defaults._replace(**self._over))
        return self._found[folder]

    def _nearest(self, folder: str) -> Settings:
        while (found := self._settings_in(folder)) is None:
            parent = os.path.dirname(folder)
            if parent == folder or os.path.lexists(os.path.join(folder, ".git")):
                return NO_SETTINGS
            folder = parent
        return found

    def root(self, folder: str) -> str:
        """The folder that sources must not leave.

        The git root; else where the topmost configuration file is; else the working folder, or this one if it lies
        outside that.
        """
        if folder not in self._roots:
            within = folder == self._working_folder or folder.startswith(os.path.join(self._working_folder, ""))
            fallback = self._working_folder if within else folder
            self._roots[folder] = root_of(folder) or self._topmost(folder) or fallback
        return self._roots[folder]

    def _topmost(self, folder: str) -> str | None:
        topmost = None
        while True:
            if self._settings_in(folder):
                topmost = folder
            parent = os.path.dirname(folder)
            if parent == folder:
                return topmost
            folder = parent

    def _settings_in(self, folder: str) -> Settings | None:
        """Of the configuration file in this very folder; None if there is none."""
        if folder not in self._in:
            paths = (os.path.join(folder, name) for name in (OWN_NAME, SHARED_NAME))
            here = os.path.join(self._working_folder, "")
            self._in[folder] = next(filter(None, (read_settings(p, shown=p.removeprefix(here)) for p in paths)), None)
        return self._in[folder]


def read_settings(path: str, *, shown: str = "", required: bool = False) -> Settings | None:
    """The settings in a file; None where there is no such file, or a pyproject.toml without [tool.mdtables].

    Raises MdtablesError with every problem in it, in which the file is called `shown`; for a missing file only if it
    is `required`.
    """
    shown = shown or path
    try:
        data = files.read(path)
    except FileNotFoundError:
        if not required and not os.path.islink(path):
            return None
        hint = f"it is a link to {os.readlink(path)}" if os.path.islink(path) else "is its name right?"
        raise MdtablesError(Diagnostic("config", "no such configuration file", Location(shown), hint)) from None
    except OSError as error:
        raise MdtablesError(Diagnostic("config", f"cannot be read: {error.strerror}", Location(shown))) from None
    shared = os.path.basename(path) == SHARED_NAME
    if shared and b"mdtables" not in data and not required:
        return None
    content = _toml(data, shown)
    table: object = content
    if shared:
        tools = content.get("tool")
        table = tools.get("mdtables") if isinstance(tools, dict) else None
    if table is None and required:
        hint = "write one, or name another file"
        raise MdtablesError(Diagnostic("config", "there is no [tool.mdtables] in it", Location(shown), hint))
    if table is None:
        return None
    return _Reading(path, shown, data.decode("utf-8-sig")).settings(table)


# tomllib takes time quadratic in the parts of a dotted key: minutes for one of 1 MB. A key begins a line or a table.
_MOST_PARTS = 200
_ENDLESS_KEY = re.compile(
    rb"""(?:^(?:\xef\xbb\xbf)?|[\[{,])[ \t]*+((?:(?:[\w-]++|"[^"\n]*+"|'[^'\n]*+')[ \t]*+\.[ \t]*+){%d})"""
    % _MOST_PARTS,
    re.MULTILINE,
)
_LARGEST = 1_000_000


def _toml(data: bytes, path: str) -> dict[str, Any]:
    if len(data) > _LARGEST:
        message = f"more than {_LARGEST} bytes"
        raise MdtablesError(Diagnostic("config", message, Location(path), "name another file with --config"))
    if endless := _ENDLESS_KEY.search(data):
        place = Location(path, data.count(b"\n", 0, endless.start(1)) + 1)
        raise MdtablesError(Diagnostic("config", f"a key of more than {_MOST_PARTS} parts", place, "shorten it"))
    import tomllib  # where there is a configuration

    try:
        return tomllib.loads(data.decode("utf-8-sig"))
    except (ValueError, RecursionError) as error:
        found = re.search(r" \(at line (\d+), column (\d+)\)$", str(error))
        place = Location(path, int(found[1]), int(found[2])) if found else Location(path)
        message = str(error)[: found.start()] if found else str(error)
        raise MdtablesError(Diagnostic("config", f"not TOML: {message}", place)) from None


class _Reading:
    """One file's table -> Settings, with every problem in it."""

    def __init__(self, path: str, shown: str, text: str) -> None:
        self.path, self.shown, self.text = path, shown, text
        self.folder = os.path.dirname(os.path.realpath(path))
        self.problems: list[Diagnostic] = []

    def settings(self, table: object) -> Settings:
        values: dict[str, Any] = {}
        own: dict[str, Any] = {}
        if not isinstance(table, dict):
            self._problem("mdtables", "[tool.mdtables] is not a table")
            table = {}
        for key, value in table.items():
            if key in KEYS:
                own[key] = self._own(key, value)
            elif key in SPECS:
                self._default(key, value, values)
            else:
                known = [*KEYS, *(name for name, spec in SPECS.items() if spec.configurable)]
                self._problem(key, f'unknown key "{key}"{did_you_mean(key, known)}')
        if self.problems:
            raise MdtablesError(*self.problems)
        folders = (os.path.realpath(os.path.join(self.folder, name)) for name in own.get("allowed-folders", ()))
        return Settings(
            os.path.realpath(self.path),
            DEFAULTS._replace(**values),
            tuple(own.get("exclude", ())),
            tuple(folders),
            own.get("checksum", True),
            own.get("ambiguous-width", 1),
        )

    def _own(self, key: str, value: object) -> object:
        right = {
            "a list of text": isinstance(value, list) and all(isinstance(item, str) for item in value),
            "true or false": isinstance(value, bool),
            "1 or 2": value in (1, 2) and not isinstance(value, bool),
        }
        if not right[KEYS[key].kind]:
            self._problem(key, f"{key} takes {KEYS[key].kind}, not {value!r}")
        if isinstance(value, list) and any("\0" in str(item) for item in value):
            self._problem(key, f"{key}: a NUL character")
            return []
        return value

    def _default(self, name: str, value: object, values: dict[str, Any]) -> None:
        if not SPECS[name].configurable:
            self._problem(name, f'"{name}" speaks of one table: write it on its start marker')
        elif not isinstance(value, str):
            self._problem(name, f"{name} takes text in quotes, not {value!r}")
        else:
            try:
                values[name] = SPECS[name].parse(value)
            except ValueError as reason:
                self._problem(name, f'cannot read {name} = "{value}": {reason}')

    def _problem(self, key: str, message: str, hint: str = "") -> None:
        lines = self.text.split("\n")
        header = next((n for n, line in enumerate(lines) if _HEADER.match(line)), 0)
        is_key = re.compile(rf"""\s*["']?{re.escape(key)}["']?\s*=""")
        line = next((n for n, line in enumerate(lines[header:], header + 1) if is_key.match(line)), 0)
        self.problems.append(Diagnostic("config", message, Location(self.shown, line), hint))
