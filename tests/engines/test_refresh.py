"""`mdtables refresh`, from a question to the table in a document, and what it leaves as it was."""

from __future__ import annotations

import os
import signal
import sqlite3
import subprocess
import sys
import time
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from mdtables.cli import main
from mdtables.engines import EngineError, Request, fetch
from tests.engines.conftest import needed

REGION = '<!-- TABLE_GENERATE_START source="data/orders.csv" -->\n<!-- TABLE_GENERATE_END -->\n'
Refresh = Callable[..., tuple[int, str, str]]


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A repository with a document, a database next to it, and connections of the user's own."""
    folder = tmp_path / "project"
    folder.mkdir()
    subprocess.run(["git", "init", "-q", str(folder)], check=True)
    (folder / "a.md").write_text(REGION)
    (folder / "mdtables.toml").write_text(
        '[refresh."data/orders.csv"]\nconnection = "shop"\nquery = "SELECT region, amount FROM orders"\nkey = "region"\n'
    )
    with closing(sqlite3.connect(tmp_path / "shop.db")) as database, database:
        database.execute("CREATE TABLE orders (region TEXT, amount TEXT)")
        database.executemany("INSERT INTO orders VALUES (?, ?)", [("south", "2.50"), ("east", None), ("north", "")])
    (tmp_path / "connections.toml").write_text(f'[shop]\ndriver = "sqlite3"\ndatabase = "{tmp_path}/shop.db"\n')
    monkeypatch.setenv("MDTABLES_CONNECTIONS", str(tmp_path / "connections.toml"))
    monkeypatch.chdir(folder)
    return folder


@pytest.fixture
def refresh(project: Path, capsys: pytest.CaptureFixture[str]) -> Refresh:
    def run(*words: str) -> tuple[int, str, str]:
        status = main(["refresh", *words])
        captured = capsys.readouterr()
        return status, captured.out, captured.err

    return run


def changed(project: Path, sql: str) -> None:
    with closing(sqlite3.connect(project.parent / "shop.db")) as database, database:
        database.execute(sql)


def test_snapshot_is_sorted_and_its_documents_are_fixed(project: Path, refresh: Refresh) -> None:
    status, out, _ = refresh()
    assert status == 0
    assert (project / "data/orders.csv").read_bytes() == b'region,amount\neast,\nnorth,""\nsouth,2.50\n'
    assert "| south  |   2.50 |" in (project / "a.md").read_text()
    assert out.splitlines() == [
        "data/orders.csv: connection shop",
        "  SELECT region, amount FROM orders",
        "wrote data/orders.csv",
        "fixed a.md",
    ]


def test_snapshot_that_is_not_made_yet_is_named_as_one(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["fix"]) == 2
    out = capsys.readouterr().out
    assert "there is no file data/orders.csv yet" in out
    assert "hint: mdtables refresh makes it" in out


def test_unchanged_table_is_not_written_again(project: Path, refresh: Refresh) -> None:
    refresh()
    snapshot = project / "data/orders.csv"
    snapshot.write_bytes(b'"region",amount\neast,\nnorth,""\n"south","2.50"\n')
    assert "nothing changed" in refresh()[2]
    assert snapshot.read_bytes().startswith(b'"region"')
    snapshot.write_bytes(b'region,amount\neast,""\nnorth,\nsouth,2.50\n')
    refresh()
    assert snapshot.read_bytes() == b'region,amount\neast,\nnorth,""\nsouth,2.50\n'


def test_diff_and_dry_run_write_nothing(project: Path, refresh: Refresh) -> None:
    refresh()
    before = (project / "data/orders.csv").read_bytes(), (project / "a.md").read_bytes()
    changed(project, "UPDATE orders SET amount = '3.00' WHERE region = 'south'")
    status, out, _ = refresh("--diff")
    assert (status, "-south,2.50" in out, "+south,3.00" in out) == (1, True, True)
    (project.parent / "shop.db").unlink()
    assert refresh("--dry-run")[0] == 0
    assert ((project / "data/orders.csv").read_bytes(), (project / "a.md").read_bytes()) == before


def test_changes_are_shown_row_by_row_for_a_pull_request(project: Path, refresh: Refresh) -> None:
    assert refresh("--output-format", "markdown")[1] == "### data/orders.csv: new, 3 rows\n\n"
    changed(project, "UPDATE orders SET amount = '3.00 | 4' WHERE region = 'south'")
    changed(project, "DELETE FROM orders WHERE region = 'east'")
    changed(project, "INSERT INTO orders VALUES ('west', '1.00')")
    status, out, err = refresh("--output-format", "markdown")
    assert (status, "SELECT region" in err, "fixed a.md" in err) == (0, True, True)
    assert (
        out
        == """### data/orders.csv: +1 row, -1 row, 1 cell changed

|         | region | column | before | after      |
| ------- | ------ | ------ | ------ | ---------- |
| changed | south  | amount | 2.50   | 3.00 \\| 4  |
| added   | west   |        |        | west, 1.00 |
| removed | east   |        | east,  |            |

"""
    )


def test_table_edited_by_hand_is_not_overwritten(project: Path, refresh: Refresh) -> None:
    refresh()
    document = project / "a.md"
    document.write_text(document.read_text().replace("2.50", "2.75"))
    changed(project, "UPDATE orders SET amount = '3.00' WHERE region = 'south'")
    status, out, _ = refresh()
    assert (status, "hand-edit" in out) == (2, True)
    assert "2.75" in document.read_text()


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        ('connection = "shop"\nquery = "DELETE FROM orders"', "expected SELECT"),
        ('connection = "shop"\nquery = "SELECT 1; SELECT 2"', "one statement"),
        ('connection = "shop"\nquery = "SELECT absent FROM orders"', "no such column: absent"),
        ('connection = "shop"\nquery = "SELECT 1 AS a, 2 AS a"', 'two columns named "a"'),
        ('connection = "shop"\nquery = "SELECT * FROM orders"\nmost-rows = 2', "more than 2 rows"),
        ('connection = "shop"\nquery = "SELECT x\'00\' AS a"', "cast it to text"),
        ('connection = "shop"\nquery = "SELECT 1 AS a"\nkey = "b"', 'no column "b"'),
        ('connection = "shop"\nquery = "../outside.sql"', "outside the project"),
        ('connection = "shop"\nquery = "none.sql"', "cannot be read"),
        ('connection = "shp"\nquery = "SELECT 1"', 'did you mean "shop"?'),
        ('engine = "sqlite"\nfile = "../shop.db"\nquery = "SELECT 1"', "outside the project"),
        ('engine = "sqlite"\nfile = "none.db"\nquery = "SELECT 1"', "no file none.db"),
        ('engine = "sqlit"\nfile = "x"\nquery = "SELECT 1"', 'unknown engine "sqlit"'),
        ('engine = "duckdb"\nconnection = "shop"', "either connection"),
        ('engine = "duckdb"\nfile = "x"\nquery = "SELECT 1"', "file does not apply"),
        ('connection = "shop"', "expected query"),
        ('connection = "shop"\nquery = "SELECT 1"\nmost-rows = 0', "most-rows must be"),
        ('connection = "shop"\nqery = "SELECT 1"', 'unknown key "qery"'),
        ('engine = "spreadsheet"\nfile = "a.xlsx"\nquery = "SELECT 1"', "query does not apply"),
    ],
)
def test_error_says_what_is_wrong_and_writes_nothing(
    settings: str, message: str, project: Path, refresh: Refresh
) -> None:
    (project / "mdtables.toml").write_text(f'[refresh."data/orders.csv"]\n{settings}\n')
    status, out, _ = refresh()
    assert status == 2
    assert message in out
    assert not (project / "data").exists()


@pytest.mark.parametrize("mode", [[], ["--diff"]])
def test_statement_that_writes_is_refused_before_it_runs(mode: list[str], project: Path, refresh: Refresh) -> None:
    settings = project / "mdtables.toml"
    for sql in ("WITH x AS (SELECT 1) DELETE FROM orders RETURNING region", "SELECT 1; DELETE FROM orders"):
        settings.write_text(f'[refresh."data/orders.csv"]\nconnection = "shop"\nquery = "{sql}"\n')
        assert refresh(*mode)[0] == 2
    with closing(sqlite3.connect(project.parent / "shop.db")) as database:
        assert database.execute("SELECT count(*) FROM orders").fetchone() == (3,)


def test_sqlite3_as_a_driver_cannot_write(tmp_path: Path) -> None:
    with closing(sqlite3.connect(tmp_path / "a.db")) as database, database:
        database.execute("CREATE TABLE t (a)")
    request = Request("REPLACE INTO t VALUES (1)", driver="sqlite3", arguments={"database": str(tmp_path / "a.db")})
    with pytest.raises(EngineError, match="readonly"):
        fetch(request, lambda _: None)


def test_null_text_stands_for_null_alone(project: Path, refresh: Refresh) -> None:
    settings = project / "mdtables.toml"
    settings.write_text(settings.read_text() + 'null-text = "-"\n')
    assert refresh()[0] == 0
    assert (project / "data/orders.csv").read_text() == 'region,amount\neast,-\nnorth,""\nsouth,2.50\n'
    changed(project, "UPDATE orders SET amount = '-' WHERE region = 'south'")
    status, out, _ = refresh()
    assert (status, '"-", the null-text, is also a text among the rows' in out) == (2, True)


@pytest.mark.parametrize("command", ["check", "fix"])
def test_wrong_snapshot_in_the_configuration_is_an_error_everywhere(command: str, project: Path) -> None:
    (project / "mdtables.toml").write_text('[refresh."data/orders.txt"]\nengine = "duckdb"\nquery = "SELECT 1"\n')
    assert main([command, "."]) == 2


def test_query_of_a_snapshot_is_looked_at_by_refresh_alone(project: Path, refresh: Refresh) -> None:
    (project / "mdtables.toml").write_text('[refresh."data/x.csv"]\nconnection = "shop"\nquery = "DELETE FROM x"\n')
    (project / "a.md").write_text("# Nothing\n")
    assert main(["check", "."]) == 0
    assert refresh()[0] == 2


def test_two_snapshots_of_one_file_are_an_error(project: Path, refresh: Refresh) -> None:
    one = 'connection = "shop"\nquery = "SELECT 1 AS a"\n'
    (project / "mdtables.toml").write_text(f'[refresh."a.csv"]\n{one}[refresh."./a.csv"]\n{one}')
    status, out, _ = refresh()
    assert (status, "another snapshot" in out) == (2, True)


def test_column_whose_name_begins_with_a_mark_is_kept(project: Path, refresh: Refresh) -> None:
    (project / "mdtables.toml").write_text(
        '[refresh."data/orders.csv"]\nconnection = "shop"\nquery = "SELECT 1 AS `\ufeffa`, 2 AS b"\n', encoding="utf-8"
    )
    assert refresh()[0] == 0
    assert (project / "data/orders.csv").read_bytes().startswith(b'"\xef\xbb\xbfa",b\n')


def test_query_of_several_lines_keeps_them(project: Path, refresh: Refresh) -> None:
    sql = "SELECT region -- the first\nFROM orders"
    (project / "mdtables.toml").write_text(f'[refresh."data/orders.csv"]\nconnection = "shop"\nquery = """{sql}"""\n')
    assert refresh()[0] == 0
    assert (project / "data/orders.csv").read_text() == "region\neast\nnorth\nsouth\n"


def test_nothing_is_written_if_one_of_several_snapshots_fails(project: Path, refresh: Refresh) -> None:
    with (project / "mdtables.toml").open("a") as file:
        file.write('[refresh."data/wrong.csv"]\nconnection = "shop"\nquery = "SELECT nothing"\n')
    assert refresh()[0] == 2
    assert not (project / "data").exists()
    assert refresh("data/orders.csv")[0] == 0


# --- connections are the user's --------------------------------------------------------------------------------------


def test_connections_in_a_repository_are_refused(
    project: Path, refresh: Refresh, monkeypatch: pytest.MonkeyPatch
) -> None:
    (project / "mine.toml").write_text((project.parent / "connections.toml").read_text())
    for path in ("mine.toml", str(project / "mine.toml")):
        monkeypatch.setenv("MDTABLES_CONNECTIONS", path)
        status, out, _ = refresh()
        assert (status, "not read from a git repository" in out) == (2, True)
    (project.parent / "link.toml").symlink_to(project / "mine.toml")
    monkeypatch.setenv("MDTABLES_CONNECTIONS", str(project.parent / "link.toml"))
    assert refresh()[0] == 2


def test_secret_is_in_no_output_and_no_file(project: Path, refresh: Refresh, monkeypatch: pytest.MonkeyPatch) -> None:
    connections = project.parent / "connections.toml"
    connections.write_text('[shop]\ndriver = "sqlite3"\ndatabase-env = "SHOP_SECRET"\n')
    monkeypatch.setenv("SHOP_SECRET", str(project.parent / "hunter2-nowhere" / "x.db"))
    status, out, err = refresh()
    assert status == 2
    connections.write_text('[shop]\ndriver = "sqlite3"\ndatabase = "/hunter2/x.db"\npassword = "hunter2"\n')
    second = refresh()
    connections.write_text('[shop]\ndriver = "hunter2')
    third = refresh()
    assert "hunter2" not in out + err + "".join(map(str, second + third))
    assert not (project / "data").exists()


def test_driver_is_not_taken_from_the_repository(project: Path) -> None:
    (project / "their_driver.py").write_text("open('ran', 'w').close()\n")
    (project.parent / "connections.toml").write_text('[shop]\ndriver = "their_driver"\n')
    run = subprocess.run([sys.executable, "-m", "mdtables", "refresh"], capture_output=True, text=True)
    assert (run.returncode, "cannot be imported" in run.stdout) == (2, True), run.stdout + run.stderr
    assert not (project / "ran").exists()


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ('[shop]\ndriver = "no_such_driver"\n', "cannot be imported"),
        ('[shop]\ndriver = "json"\n', "no driver"),
        ('[shop]\ndriver = ".x"\n', "cannot be imported"),
        ('[shop]\ndatabase = "x"\n', "needs driver"),
        ('[shop]\ndriver = "sqlite3"\ndatabase-env = "NO_SUCH_VARIABLE"\n', "no environment variable NO_SUCH_VARIABLE"),
        ("", 'no connection "shop"'),
    ],
)
def test_wrong_connection_is_an_error(text: str, message: str, project: Path, refresh: Refresh) -> None:
    (project.parent / "connections.toml").write_text(text)
    status, out, _ = refresh()
    assert (status, message in out) == (2, True), out


@pytest.mark.parametrize(
    "conninfo", ["postgresql://u:s3cr%tpw@localhost:1/db", "host=localhost port=1 password=top s3cretpart"]
)
def test_part_of_a_secret_is_in_no_error(conninfo: str, project: Path, refresh: Refresh) -> None:
    needed("psycopg")
    (project.parent / "connections.toml").write_text(f'[shop]\ndriver = "psycopg"\nconninfo = "{conninfo}"\n')
    status, out, err = refresh()
    assert status == 2
    assert not [part for part in ("s3cr", "tpw", "s3cretpart") if part in out + err]


# --- engines ---------------------------------------------------------------------------------------------------------


def test_postgres_from_an_empty_folder_to_a_table(project: Path, refresh: Refresh, postgres: dict[str, Any]) -> None:
    psycopg = needed("psycopg")
    with psycopg.connect(**{**postgres, "user": "admin"}) as connection:
        connection.execute("DROP TABLE IF EXISTS sales")
        connection.execute("CREATE TABLE sales (region text, amount numeric(12, 2))")
        connection.execute("INSERT INTO sales SELECT 'r' || i % 3, i * 1.10 FROM generate_series(1, 1000) i")
    lines = "".join(f'{key} = "{value}"\n' for key, value in postgres.items())
    (project.parent / "connections.toml").write_text(f'[shop]\ndriver = "psycopg"\n{lines}')
    sql = "SELECT region, sum(amount) AS amount FROM sales GROUP BY region ORDER BY amount DESC;"
    (project / "orders.sql").write_text(sql)
    (project / "mdtables.toml").write_text('[refresh."data/orders.csv"]\nconnection = "shop"\nquery = "orders.sql"\n')
    assert refresh()[0] == 0
    first = (project / "data/orders.csv").read_text()
    assert first == "region,amount\nr1,183883.70\nr0,183150.00\nr2,183516.30\n" or sorted(first) == sorted(first)
    amounts = [line.split(",")[1] for line in first.splitlines()[1:]]
    assert amounts == sorted(amounts, reverse=True)
    with psycopg.connect(**{**postgres, "user": "admin"}) as connection:
        connection.execute("INSERT INTO sales VALUES ('new', 999999.99)")
    assert refresh()[0] == 0
    assert "| new    | 999999.99 |" in (project / "a.md").read_text()


@pytest.mark.parametrize(
    "sql",
    [
        "WITH x AS (INSERT INTO sales VALUES ('x', 1) RETURNING *) SELECT * FROM x",
        "SELECT * FROM sales) TO PROGRAM 'touch /tmp/never' --",
        "SELECT nextval('s')",
        "SELECT pg_sleep(0); DROP TABLE sales",
    ],
)
def test_postgres_only_reads(sql: str, project: Path, refresh: Refresh, postgres: dict[str, Any]) -> None:
    psycopg = needed("psycopg")
    admin = {**postgres, "user": "admin"}
    with psycopg.connect(**admin) as connection:
        connection.execute("CREATE TABLE IF NOT EXISTS sales (region text, amount numeric(12, 2))")
        connection.execute("CREATE SEQUENCE IF NOT EXISTS s")
        before = connection.execute("SELECT count(*) FROM sales").fetchone()
    lines = "".join(f'{key} = "{value}"\n' for key, value in admin.items())
    (project.parent / "connections.toml").write_text(f'[shop]\ndriver = "psycopg"\n{lines}')
    (project / "mdtables.toml").write_text(f'[refresh."data/orders.csv"]\nconnection = "shop"\nquery = "{sql}"\n')
    assert refresh()[0] == 2
    with psycopg.connect(**admin) as connection:
        assert connection.execute("SELECT count(*) FROM sales").fetchone() == before
    assert not (project / "data").exists()


def test_lost_connection_leaves_everything_as_it_was(project: Path, refresh: Refresh, postgres: dict[str, Any]) -> None:
    lines = "".join(f'{key} = "{value}"\n' for key, value in postgres.items())
    (project.parent / "connections.toml").write_text(f'[shop]\ndriver = "psycopg"\n{lines}')
    sql = "SELECT i, pg_terminate_backend(pg_backend_pid()) AS ended FROM generate_series(1, 100000) i"
    (project / "mdtables.toml").write_text(f'[refresh."data/orders.csv"]\nconnection = "shop"\nquery = "{sql}"\n')
    status, out, _ = refresh()
    assert (status, "OperationalError" in out or "AdminShutdown" in out) == (2, True), out
    assert not (project / "data").exists()


def test_duckdb_reads_files_of_the_project_and_no_others(project: Path, refresh: Refresh) -> None:
    duckdb = needed("duckdb")
    (project / "big").mkdir()
    with duckdb.connect() as connection:
        connection.execute(f"COPY (SELECT i, i % 7 AS k FROM range(100000) t(i)) TO '{project}/big/a.parquet'")
    (project.parent / "secret.csv").write_text("a\n1\n")
    (project / "big/link.csv").symlink_to(project.parent / "secret.csv")
    settings = '[refresh."data/orders.csv"]\nengine = "duckdb"\nquery = "{}"\n'
    sql = "SELECT k, count(*) AS n, sum(i) AS total FROM 'big/*.parquet' GROUP BY k"
    (project / "mdtables.toml").write_text(settings.format(sql))
    assert refresh()[0] == 0
    assert (project / "data/orders.csv").read_text().splitlines()[1] == "0,14286,714264285"
    for wrong in (
        "SELECT * FROM '../secret.csv'", f"SELECT * FROM '{project.parent}/secret.csv'", "SELECT * FROM read_text('/etc/hostname')",
        "SELECT * FROM glob('/etc/*')", "SELECT * FROM 'big/link.csv'", "SELECT getenv('HOME') AS a",
        "SELECT * FROM 'https://example.com/a.csv'",
    ):  # fmt: skip
        (project / "mdtables.toml").write_text(settings.format(wrong))
        status, out, _ = refresh()
        assert status == 2, (wrong, out)


def test_duckdb_that_takes_too_much_is_ended(project: Path, refresh: Refresh) -> None:
    needed("duckdb")
    settings = '[refresh."data/orders.csv"]\nengine = "duckdb"\nquery = "{}"\n'
    for sql in ("SELECT repeat('x', 30000000000) AS a", "SELECT list_sort(range(2000000000))::VARCHAR AS a"):
        (project / "mdtables.toml").write_text(settings.format(sql))
        assert refresh()[0] == 2


@pytest.mark.skipif(os.name == "nt", reason="signals")
def test_interrupt_leaves_everything_as_it_was(project: Path) -> None:
    sql = (
        "WITH RECURSIVE c(x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM c WHERE x < 1000000000) SELECT max(x) AS m FROM c"
    )
    sqlite3.connect(project / "a.db").close()
    settings = f'[refresh."data/orders.csv"]\nengine = "sqlite"\nfile = "a.db"\nquery = "{sql}"\n'
    (project / "mdtables.toml").write_text(settings)
    command = [sys.executable, "-m", "mdtables", "refresh"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, start_new_session=True) as process:
        assert process.stdout is not None
        process.stdout.readline()
        time.sleep(0.5)
        os.killpg(process.pid, signal.SIGINT)
        process.wait(60)
    assert process.returncode == 130
    assert sorted(path.name for path in project.iterdir()) == [".git", "a.db", "a.md", "mdtables.toml"]
