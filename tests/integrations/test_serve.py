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


def wait_for_log(log: Callable[[], str], text: str) -> None:
    end = time.monotonic() + 20
    while text not in log():
        assert time.monotonic() < end, log()
        time.sleep(0.1)


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
    wait_for_log(log, "there is no data/x.csv")
    site.write("data/x.csv", "a,b\nx,again\n")
    wait_for(address, cell("again"), log)

    site.write("docs/in.csv", "a,b\nx,changed inside\n")
    wait_for(f"{address}inside/", cell("changed inside"), log)

    site.write("data/later.csv", "a,b\nx,appeared\n")
    wait_for(f"{address}later/", cell("appeared"), log)


def test_a_source_that_a_page_takes_up_later_is_watched_too(site: Site, serve: Serve) -> None:
    site.write("other/y.csv", "a,b\nx,other\n")
    address, log = serve(site.folder)
    site.write("docs/index.md", "# A\n\n" + sourced('source="../other/y.csv"'))
    wait_for(address, cell("other"), log)
    site.write("other/y.csv", "a,b\nx,other again\n")
    wait_for(address, cell("other again"), log)


def test_a_folder_that_goes_away_and_comes_back_is_noticed_both_times(site: Site, serve: Serve) -> None:
    address, log = serve(site.folder)
    shutil.rmtree(site.folder / "data")
    wait_for_log(log, "there is no data/x.csv")
    site.write("data/x.csv", "a,b\nx,back\n")
    wait_for(address, cell("back"), log)
    site.write("data/x.csv", "a,b\nx,back and changed\n")
    wait_for(address, cell("back and changed"), log)


def test_a_folder_that_appears_is_noticed_and_watched(site: Site, serve: Serve) -> None:
    site.write("docs/index.md", "# A\n\n" + sourced('source="../data/deep/down/x.csv"'))
    address, log = serve(site.folder)
    site.write("data/deep/down/x.csv", "a,b\nx,deep\n")
    wait_for(address, cell("deep"), log)
    site.write("data/deep/down/x.csv", "a,b\nx,deeper\n")
    wait_for(address, cell("deeper"), log)


def test_what_else_is_written_beside_a_source_builds_nothing(site: Site, serve: Serve) -> None:
    """The server's own log lies at the root, as that of many a person does."""
    site.write("x.csv", "a,b\nx,at the root\n")
    site.write("docs/index.md", "# A\n\n" + sourced('source="../x.csv"'))
    address, log = serve(site.folder)
    for number in range(8):
        site.write("other.txt", f"{number}")
        time.sleep(0.4)
    assert log().count("Building documentation") == 1
    site.write("x.csv", "a,b\nx,changed at the root\n")
    wait_for(address, cell("changed at the root"), log)


def test_no_folder_outside_of_the_project_is_watched(site: Site, serve: Serve) -> None:
    site.write("docs/index.md", "# A\n\n" + sourced('source="../../../../../etc/hosts.csv"'))
    _, log = serve(site.folder, "--verbose")
    assert "error[source-outside]" in log()
    assert "Watching '/etc'" not in log()


def test_switched_off_while_it_serves_nothing_old_is_shown(site: Site, serve: Serve) -> None:
    address, log = serve(site.folder)
    wait_for(address, cell("first"), log)
    site.configure("enabled: false")
    end = time.monotonic() + 20
    while cell("first") in fetch(address):
        assert time.monotonic() < end, log()
        time.sleep(0.1)


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
