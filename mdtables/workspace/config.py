"""The configuration of a project, `mdtables.toml` or `[tool.mdtables]`, and the project's root. Knows no documents.

Files are not merged: the nearest one applies, and paths in it are relative to it.
"""

from __future__ import annotations

import os
import re
from collections.abc import Mapping, Sequence
from functools import cached_property
from typing import TYPE_CHECKING, Any

from mdtables.model.diagnostics import CODES, Diagnostic, Location
from mdtables.model.failures import Collector, failure
from mdtables.model.options import DEFAULTS, SPECS, Options, as_default, option_meant, with_values
from mdtables.model.policy import Policy
from mdtables.model.suggestions import did_you_mean
from mdtables.records import NamedTuple
from mdtables.text.toml_text import MOST_PARTS, endless_key, error_of
from mdtables.workspace import files
from mdtables.workspace.discover import CONFIGURATION_NAMES
from mdtables.workspace.git import root_of
from mdtables.workspace.real_paths import RealPaths

if TYPE_CHECKING:
    from mdtables.model.snapshots import Snapshot

OWN_NAME, SHARED_NAME = CONFIGURATION_NAMES
ALLOWED_FOLDERS = "MDTABLES_ALLOWED_FOLDERS"
"""The environment variable with folders outside the project, separated as in PATH, that sources may come from."""


_PROJECT_FILES = (
    *("pyproject.toml", "Cargo.toml", "go.mod"),
    *("mkdocs.yml", "mkdocs.yaml", "_config.yml", "hugo.toml", "hugo.yaml", "_quarto.yml", "book.toml"),
)
_HEADER = r"""\s*\[\s*["']?tool["']?\s*\.\s*["']?mdtables["']?\s*\]"""


class Settings(NamedTuple):
    """The content of a configuration file, or the defaults. Paths are absolute.

    `allowed_folders` come from the user who runs mdtables, not from a file: that may have come with the documents.
    """

    path: str = ""
    defaults: Options = DEFAULTS
    exclude: tuple[str, ...] = ()
    allowed_folders: tuple[str, ...] = ()
    checksum: bool = True
    ambiguous_width: int = 1
    ignored: tuple[str, ...] = ()
    snapshots: tuple[Snapshot, ...] = ()

    def policy(self, *, force: bool = False) -> Policy:
        """Return the policy for documents to which this configuration applies."""
        return Policy(self.defaults, self.checksum, force, self.ambiguous_width, self.ignored)


NO_SETTINGS = Settings()


_NOT_IGNORED = ("document-outside", "excluded", "unused", "untracked")  # about paths, before a configuration is read


class Key(NamedTuple):
    """A configuration key other than the options of regions: the kind of its value, and what it means."""

    kind: str
    summary: str


KEYS: Mapping[str, Key] = {
    "exclude": Key(
        "a list of text",
        "documents to skip, also when they are named: patterns as in `.gitignore`",
    ),
    "checksum": Key("true or false", "write and check the checksum that protects hand edits; `true`"),
    "ambiguous-width": Key("1 or 2", "width of characters that are wide in East Asian fonts only, like … and °; `1`"),
    "ignore": Key("a list of text", "codes of warnings to leave out, like `block-html`"),
    "refresh": Key("tables", 'the files that `mdtables refresh` makes, and of what: `[refresh."data/orders.csv"]`'),
}


class Projects:
    """The settings and the project root for each folder, and real `paths`. Every file is read once."""

    def __init__(
        self,
        working_folder: str,
        config: str | None = None,
        over: Mapping[str, Any] | None = None,
        allowed_folders: Sequence[str] = (),
    ) -> None:
        """Read `config`, a file that applies to all folders. `over` are defaults that a host sets; they win over files.

        Sources may come from `allowed_folders` outside the project, and from those in the environment. Raise
        MdtablesError if the file cannot be read.
        """
        self.working_folder = os.path.realpath(working_folder)
        self.paths = RealPaths()
        folders = filter(None, [*allowed_folders, *os.environ.get(ALLOWED_FOLDERS, "").split(os.pathsep)])
        self._allowed = tuple(os.path.realpath(os.path.join(working_folder, folder)) for folder in folders)
        self._over = over or {}
        self._given = read_settings(config, required=True) if config else None
        self._found: dict[str, Settings] = {}
        self._in: dict[str, Settings | None] = {}
        self._looked_in: set[str] = set()  # also those with a file that is wrong
        self._roots: dict[str, str] = {}

    def settings(self, folder: str) -> Settings:
        """Return those of the nearest configuration file up to the git root. Raise MdtablesError if it is invalid."""
        if folder not in self._found:
            found = self._given or self._nearest(folder)
            defaults = with_values(
                found.defaults, {name: as_default(name, value) for name, value in self._over.items()}
            )
            self._found[folder] = found._replace(defaults=defaults, allowed_folders=self._allowed)
        return self._found[folder]

    def _nearest(self, folder: str) -> Settings:
        while (found := self._settings_in(folder)) is None:
            parent = os.path.dirname(folder)
            if parent == folder or os.path.lexists(os.path.join(folder, ".git")):
                return NO_SETTINGS
            folder = parent
        return found

    def looked_for(self) -> list[str]:
        """Return the paths of all configuration files that were looked for, whether or not there are any."""
        return [os.path.join(folder, name) for folder in self._looked_in for name in CONFIGURATION_NAMES]

    def is_snapshot(self, path: str) -> bool:
        """Return True if `refresh` makes this file. Raise MdtablesError if the configuration for it is invalid."""
        settings = self.settings(os.path.dirname(path))
        folder = os.path.dirname(settings.path)
        return any(os.path.realpath(os.path.join(folder, each.path)) == path for each in settings.snapshots)

    def root(self, folder: str) -> str:
        """Return the folder that sources must be inside of.

        This is the git root; else the folder of the topmost configuration file; else the nearest folder with a file
        that projects have at their root; else `folder` itself. It does not depend on where mdtables runs.
        """
        if folder not in self._roots:
            self._roots[folder] = root_of(folder) or self._topmost(folder) or _with_project_file(folder) or folder
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
        """Return those of the configuration file in this folder itself; None if there is none."""
        if folder not in self._in:
            self._looked_in.add(folder)
            paths = (os.path.join(folder, name) for name in (OWN_NAME, SHARED_NAME))
            here = os.path.join(self.working_folder, "")
            self._in[folder] = next(filter(None, (read_settings(p, shown=p.removeprefix(here)) for p in paths)), None)
        return self._in[folder]


def _with_project_file(folder: str) -> str | None:
    """Return the nearest folder, from this one upwards, with a file that projects have at their root.

    The home folder and what is above it is no project, whatever files are there.
    """
    home = os.path.realpath(os.path.expanduser("~"))
    while folder not in (home, os.path.dirname(folder)) and not home.startswith(os.path.join(folder, "")):
        if any(os.path.isfile(os.path.join(folder, name)) for name in _PROJECT_FILES):
            return folder
        folder = os.path.dirname(folder)
    return None


def read_settings(path: str, *, shown: str = "", required: bool = False) -> Settings | None:
    """Return the settings in a file; None if there is no such file, or no [tool.mdtables] in a pyproject.toml.

    Raise MdtablesError with every problem in it, where `shown` is the name of the file; for a missing file only if it
    is `required`.
    """
    shown = shown or path
    try:
        data = files.read(path)
    except FileNotFoundError:
        if not required and not os.path.islink(path):
            return None
        hint = f"it is a link to {os.readlink(path)}" if os.path.islink(path) else "check the path after --config"
        raise failure("config", "there is no such configuration file", at=Location(shown), hint=hint) from None
    except OSError as error:
        raise failure("config", f"cannot be read: {error.strerror}", at=Location(shown)) from None
    shared = os.path.basename(path) == SHARED_NAME
    if shared and b"mdtables" not in data and not required:
        return None
    content = _toml(data, shown)
    table: object = content
    if shared:
        tools = content.get("tool")
        table = tools.get("mdtables") if isinstance(tools, dict) else None
    if table is None and required:
        message = "this file has no [tool.mdtables]"
        raise failure("config", message, at=Location(shown), hint="add one, or name another file with --config")
    if table is None:
        return None
    return _Reading(path, shown, data.decode("utf-8-sig")).settings(table)


_LARGEST = 1_000_000


def _toml(data: bytes, path: str) -> dict[str, Any]:
    if len(data) > _LARGEST:
        message = f"the file has more than {_LARGEST} bytes"
        raise failure("config", message, at=Location(path), hint="name another file with --config")
    import tomllib  # 5 ms, and only where there is a configuration

    try:
        text = data.decode("utf-8-sig")
        endless = endless_key(text)
        if endless is not None:
            at = Location(path, text.count("\n", 0, endless) + 1)
            raise failure("config", f"a key with more than {MOST_PARTS} parts", at=at, hint="shorten it")
        return tomllib.loads(text)
    except (ValueError, RecursionError) as error:
        message, line, column = error_of(str(error))
        raise failure("config", f"invalid TOML: {message}", at=Location(path, line, column)) from None


class _Reading:
    """Turn the table of one configuration file into settings, and collect every problem in it."""

    def __init__(self, path: str, shown: str, text: str) -> None:
        self.path, self.shown, self.text = path, shown, text
        self.folder = os.path.dirname(os.path.realpath(path))
        self.problems = Collector()

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
                hint = "" if self.problems.is_full else did_you_mean(option_meant(key), known, what="keys")
                self._problem(key, f'unknown key "{key}"', hint)
        self.problems.raise_any()
        return Settings(
            os.path.realpath(self.path),
            with_values(DEFAULTS, values),
            tuple(own.get("exclude", ())),
            (),
            own.get("checksum", True),
            own.get("ambiguous-width", 1),
            tuple(own.get("ignore", ())),
            own.get("refresh", ()),
        )

    def _own(self, key: str, value: object) -> object:
        if key == "refresh":
            return self._snapshots(value)
        right = {
            "a list of text": isinstance(value, list) and all(isinstance(item, str) for item in value),
            "true or false": isinstance(value, bool),
            "1 or 2": value in (1, 2) and not isinstance(value, bool),
        }
        if not right[KEYS[key].kind]:
            self._problem(key, f"{key} must be {KEYS[key].kind}, not {value!r}")
        if isinstance(value, list) and any("\0" in str(item) for item in value):
            self._problem(key, f"{key} contains a NUL character")
            return []
        for code in value if key == "ignore" and isinstance(value, list) else ():
            self._check_ignored(code)
        return value

    def _snapshots(self, value: object) -> tuple[Snapshot, ...]:
        from mdtables.model.snapshots import snapshot_of  # few projects have any

        if not isinstance(value, dict):
            self._problem("refresh", 'refresh must be tables: [refresh."data/orders.csv"]')
            return ()
        found = []
        for path, values in value.items():
            try:
                found.append(snapshot_of(path, values))
            except ValueError as reason:
                message, _, hint = str(reason).partition(": did you mean")
                self._problem("refresh", f'refresh."{path}": {message}', f"did you mean{hint}" if hint else "")
        return tuple(found)

    def _check_ignored(self, code: str) -> None:
        warnings = [name for name, (severity, _) in CODES.items() if severity == "warning"]
        if code in CODES and code not in warnings:
            self._problem("ignore", f'ignore: "{code}" is an error, and only warnings can be left out')
        elif code in _NOT_IGNORED:
            self._problem("ignore", f'ignore: "{code}" is about the paths of a run, which no configuration is for')
        elif code not in warnings:
            self._problem("ignore", f'ignore: unknown code "{code}"', did_you_mean(code, warnings, what="warnings"))

    def _default(self, name: str, value: object, values: dict[str, Any]) -> None:
        if not SPECS[name].configurable:
            self._problem(name, f'"{name}" applies to a single table', "set it on that table's start marker")
        elif isinstance(value, bool) or not isinstance(value, int if SPECS[name].is_number else str):
            kind = "a number" if SPECS[name].is_number else "text in quotes"
            self._problem(name, f"{name} must be {kind}, not {value!r}")
        else:
            try:
                values[name] = as_default(name, SPECS[name].parse(str(value)))
            except ValueError as reason:
                self._problem(name, f'invalid {name} = "{value}": {reason}')

    def _problem(self, key: str, message: str, hint: str = "") -> None:
        line = self._lines.get(key, 0)
        self.problems.add(Diagnostic("config", message, at=Location(self.shown, line), hint=hint))

    @cached_property
    def _lines(self) -> dict[str, int]:
        """The number of the first line with each key, from the header of the table on."""
        lines = self.text.split("\n")
        header = next((n for n, line in enumerate(lines) if re.match(_HEADER, line)), 0)
        keys = [(line.partition("=")[0].strip(" \t\"'"), n) for n, line in enumerate(lines[header:], header + 1)]
        return dict(reversed(keys))
