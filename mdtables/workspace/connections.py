"""The connections in the user's own file: where databases are, and by which driver they are reached.

The file is the user's, and in no repository: a document's author must not choose what is connected to.
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from typing import Any

from mdtables.model.diagnostics import Location
from mdtables.model.errors import MdtablesError
from mdtables.model.failures import failure
from mdtables.model.suggestions import did_you_mean
from mdtables.records import NamedTuple
from mdtables.workspace import files
from mdtables.workspace.git import root_of

VARIABLE = "MDTABLES_CONNECTIONS"
_OF_ENVIRONMENT = "-env"


class Connection(NamedTuple):
    """A driver, and the arguments of its `connect`, which may be secret."""

    driver: str
    arguments: Mapping[str, Any]


def connections_file() -> str:
    """Return the path of the user's file, which need not exist."""
    if named := os.environ.get(VARIABLE):
        return os.path.abspath(named)
    folder = os.environ.get("XDG_CONFIG_HOME") or os.path.join(os.path.expanduser("~"), ".config")
    if os.name == "nt":
        folder = os.environ.get("APPDATA", folder)
    return os.path.join(folder, "mdtables", "connections.toml")


def connection(name: str) -> Connection:
    """Return the connection of a name. Raise MdtablesError."""
    path = connections_file()
    at = Location(path)
    if root := _repository_of(path):
        message = f"connections are not read from a git repository ({root})"
        hint = f"they are yours alone: move the file out of it, or name another one in {VARIABLE}"
        raise failure("refresh", message, at=at, hint=hint)
    found = _read(path, name)
    if name not in found:
        hint = did_you_mean(name, list(found), what="connections") if found else f"add [{name}] with driver = …"
        raise failure("refresh", f'there is no connection "{name}"', at=at, hint=hint)
    values = found[name]
    driver = values.get("driver") if isinstance(values, dict) else None
    if not isinstance(driver, str) or not driver:
        hint = "the name of a Python package that follows PEP 249, like psycopg"
        raise failure("refresh", f'[{name}] needs driver = "…"', at=at, hint=hint)
    return Connection(driver, dict(_argument(key, value, at) for key, value in values.items() if key != "driver"))


def names() -> list[str]:
    """Return the names of all connections, and nothing else of them; none if the file cannot be read."""
    path = connections_file()
    try:
        return [] if _repository_of(path) else list(_read(path, ""))
    except MdtablesError:
        return []


def _repository_of(path: str) -> str | None:
    """Return the root of the repository that a file is in, or what it links to."""
    folders = (os.path.realpath(os.path.dirname(path)), os.path.dirname(os.path.realpath(path)))
    return next(filter(None, map(root_of, folders)), None)


def _argument(key: str, value: object, at: Location) -> tuple[str, object]:
    if not key.endswith(_OF_ENVIRONMENT):
        return key, value
    if not isinstance(value, str) or value not in os.environ:
        hint = "set it in the shell that runs mdtables"
        raise failure("refresh", f"{key}: there is no environment variable {value}", at=at, hint=hint)
    return key.removesuffix(_OF_ENVIRONMENT), os.environ[value]


def _read(path: str, name: str) -> dict[str, Any]:
    import tomllib

    try:
        return tomllib.loads(files.read(path).decode("utf-8-sig"))
    except FileNotFoundError:
        hint = f'create it, with [{name}] and driver = "psycopg", or name another one in {VARIABLE}'
        raise failure("refresh", "there is no file with connections", at=Location(path), hint=hint) from None
    except OSError as error:
        raise failure("refresh", f"cannot be read: {error.strerror}", at=Location(path)) from None
    except ValueError:
        raise failure("refresh", "invalid TOML", at=Location(path)) from None  # its text may be a secret
