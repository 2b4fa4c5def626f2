"""`mkdocs serve` as a process that is polled: whatever happens to a source rebuilds its page, and nothing ends it."""

from __future__ import annotations

import os
import shutil
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.conftest import sourced
from tests.integrations.conftest import fetch, wait_for
from tests.integrations.test_mkdocs import Site

Serve = Callable[..., tuple[str, Callable[[], str]]]


def cell(value: str) -> str:
    return f">{value}</td>"


@pytest.fixture
def site(tmp_path: Path) -> Site:
    made = Site(tmp_path)
    made.write("data/x.csv", "a,b\nx,first\n")
    made.write("docs/in.csv", "a,b\nx,inside\n")
    made.write("docs/index.md", "# A\n\n" + sourced('source="../data/x.csv"'))
    made.write("docs/inside.md", "# B\n\n" + sourced('source="in.csv"'))
    made.write("docs/later.md", "# C\n\n" + sourced('source="../data/later.csv"'))
    made.configure()
    return made


def test_every_change_of_a_source_comes_to_its_page(site: Site, serve: Serve) -> None:
    address, log = serve(site.folder)
    data = site.folder / "data/x.csv"
    wait_for(address, cell("first"), log)

    site.write("data/x.csv", "a,b\nx,edited\n")
    wait_for(address, cell("edited"), log)

    site.write("data/new.csv", "a,b\nx,replaced\n")
    os.replace(site.folder / "data/new.csv", data)
    wait_for(address, cell("replaced"), log)

    data.unlink()
    wait_for(address, "<h1", log)
    end = time.monotonic() + 20
    while "error[source-missing]" not in log().rpartition("replaced")[2] and "there is no data/x.csv" not in log():
        assert time.monotonic() < end, log()
        time.sleep(0.1)
    site.write("data/x.csv", "a,b\nx,again\n")
    wait_for(address, cell("again"), log)

    site.write("docs/in.csv", "a,b\nx,changed inside\n")
    wait_for(f"{address}inside/", cell("changed inside"), log)

    site.write("data/later.csv", "a,b\nx,appeared\n")
    wait_for(f"{address}later/", cell("appeared"), log)
    assert "Traceback" not in log()


def test_a_source_that_a_page_takes_up_later_is_watched_too(site: Site, serve: Serve) -> None:
    site.write("other/y.csv", "a,b\nx,other\n")
    address, log = serve(site.folder)
    site.write("docs/index.md", "# A\n\n" + sourced('source="../other/y.csv"'))
    wait_for(address, cell("other"), log)
    site.write("other/y.csv", "a,b\nx,other again\n")
    wait_for(address, cell("other again"), log)


def test_a_folder_that_goes_away_and_comes_back_does_not_end_the_server(site: Site, serve: Serve) -> None:
    address, log = serve(site.folder)
    shutil.rmtree(site.folder / "data")
    time.sleep(1.5)
    site.write("data/x.csv", "a,b\nx,back\n")
    site.write("docs/index.md", "# A changed\n\n" + sourced('source="../data/x.csv"'))
    wait_for(address, cell("back"), log)
    assert "Traceback" not in log()


def test_dirty_rebuilds_the_page_whose_data_changed(site: Site, serve: Serve) -> None:
    address, log = serve(site.folder, "--dirty")
    wait_for(address, cell("first"), log)
    time.sleep(1.1)  # some file systems count in seconds
    site.write("data/x.csv", "a,b\nx,dirty\n")
    wait_for(address, cell("dirty"), log)


def test_writing_documents_back_ends_in_no_loop(site: Site, serve: Serve) -> None:
    site.configure("write: true")
    address, log = serve(site.folder)
    site.write("data/x.csv", "a,b\nx,written\n")
    wait_for(address, cell("written"), log)
    end = time.monotonic() + 10
    while "| written |" not in (site.folder / "docs/index.md").read_text():
        assert time.monotonic() < end
        time.sleep(0.1)
    time.sleep(2.5)
    builds = log().count("Building documentation")
    time.sleep(2.5)
    assert log().count("Building documentation") == builds <= 5
    assert cell("written") in fetch(address)
