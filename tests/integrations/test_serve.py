"""`mkdocs serve` as a process that the tests poll: every change of a source rebuilds its page, nothing stops it."""

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

pytestmark = pytest.mark.slow

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


def test_every_kind_of_source_change_rebuilds_its_page(site: Site, serve: Serve) -> None:
    address, log = serve(site.folder)
    data = site.folder / "data/x.csv"
    wait_for(address, cell("first"), log)

    site.write("data/x.csv", "a,b\nx,edited\n")
    wait_for(address, cell("edited"), log)

    site.write("data/new.csv", "a,b\nx,replaced\n")
    os.replace(site.folder / "data/new.csv", data)
    wait_for(address, cell("replaced"), log)

    data.unlink()
    wait_for_log(log, "there is no file data/x.csv")
    site.write("data/x.csv", "a,b\nx,again\n")
    wait_for(address, cell("again"), log)

    site.write("docs/in.csv", "a,b\nx,changed inside\n")
    wait_for(f"{address}inside/", cell("changed inside"), log)

    site.write("data/later.csv", "a,b\nx,appeared\n")
    wait_for(f"{address}later/", cell("appeared"), log)


def test_source_added_to_a_page_later_is_watched(site: Site, serve: Serve) -> None:
    site.write("other/y.csv", "a,b\nx,other\n")
    address, log = serve(site.folder)
    site.write("docs/index.md", "# A\n\n" + sourced('source="../other/y.csv"'))
    wait_for(address, cell("other"), log)
    site.write("other/y.csv", "a,b\nx,other again\n")
    wait_for(address, cell("other again"), log)


def test_deleted_and_recreated_folder_is_noticed(site: Site, serve: Serve) -> None:
    address, log = serve(site.folder)
    shutil.rmtree(site.folder / "data")
    wait_for_log(log, "there is no file data/x.csv")
    site.write("data/x.csv", "a,b\nx,back\n")
    wait_for(address, cell("back"), log)
    site.write("data/x.csv", "a,b\nx,back and changed\n")
    wait_for(address, cell("back and changed"), log)


def test_new_folder_is_noticed_and_watched(site: Site, serve: Serve) -> None:
    site.write("docs/index.md", "# A\n\n" + sourced('source="../data/deep/down/x.csv"'))
    address, log = serve(site.folder)
    site.write("data/deep/down/x.csv", "a,b\nx,deep\n")
    wait_for(address, cell("deep"), log)
    site.write("data/deep/down/x.csv", "a,b\nx,deeper\n")
    wait_for(address, cell("deeper"), log)


def test_files_of_a_pattern_may_come_change_and_go(site: Site, serve: Serve) -> None:
    site.write("docs/index.md", "# A\n\n" + sourced('source="../logs/**/*.csv"'))
    site.write("logs/x.csv", "a,b\nx,first\n")
    address, log = serve(site.folder)
    wait_for(address, cell("first"), log)
    site.write("logs/y.csv", "a,b\ny,new\n")
    wait_for(address, cell("new"), log)
    site.write("logs/y.csv", "a,b\ny,changed\n")
    wait_for(address, cell("changed"), log)
    site.write("logs/deep/z.csv", "a,b\nz,in a new folder\n")
    wait_for(address, cell("in a new folder"), log)
    (site.folder / "logs/y.csv").unlink()
    end = time.monotonic() + 20
    while cell("changed") in fetch(address):
        assert time.monotonic() < end, log()
        time.sleep(0.1)


def test_other_files_next_to_a_source_trigger_no_build(site: Site, serve: Serve) -> None:
    """The server writes its own log into the project root, as many users do."""
    site.write("x.csv", "a,b\nx,at the root\n")
    site.write("docs/index.md", "# A\n\n" + sourced('source="../x.csv"'))
    address, log = serve(site.folder)
    for number in range(8):
        site.write("other.txt", f"{number}")
        time.sleep(0.4)
    assert log().count("Building documentation") == 1
    site.write("x.csv", "a,b\nx,changed at the root\n")
    wait_for(address, cell("changed at the root"), log)


def test_folders_outside_the_project_are_not_watched(site: Site, serve: Serve) -> None:
    site.write("docs/index.md", "# A\n\n" + sourced('source="../../../../../etc/hosts.csv"'))
    _, log = serve(site.folder, "--verbose")
    assert "error[source-outside]" in log()
    assert "Watching '/etc'" not in log()


def test_disabling_the_plugin_while_serving_takes_effect(site: Site, serve: Serve) -> None:
    address, log = serve(site.folder)
    wait_for(address, cell("first"), log)
    site.configure("enabled: false")
    end = time.monotonic() + 20
    while cell("first") in fetch(address):
        assert time.monotonic() < end, log()
        time.sleep(0.1)


def test_dirty_serve_rebuilds_the_page_with_changed_data(site: Site, serve: Serve) -> None:
    address, log = serve(site.folder, "--dirty")
    wait_for(address, cell("first"), log)
    time.sleep(1.1)  # some file systems store whole seconds
    site.write("data/x.csv", "a,b\nx,dirty\n")
    wait_for(address, cell("dirty"), log)


def test_write_does_not_cause_a_rebuild_loop(site: Site, serve: Serve) -> None:
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
