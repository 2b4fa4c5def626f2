"""Generated pages in a real browser: the table, live reload, sorting by mouse and keyboard, and accessibility.

With `MDTABLES_SCREENSHOTS=docs/images` the tests also retake the screenshots for the docs.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.conftest import RAGGED, sourced
from tests.integrations.conftest import HOSTS, Host, host, missing
from tests.integrations.test_mkdocs import Site
from tests.integrations.test_serve import Serve
from tests.numbers import EXAMPLES, Example

pytestmark = pytest.mark.slow

AXE = HOSTS / "node_modules" / "axe-core" / "axe.min.js"
COURSES = """\
course,year,students,started,by
Machine Learning,2011,104000,10 Oct 2011,Stanford
Deep Learning for Coders,2022,9800,"July 21, 2022",fast.ai
CS50,2007,3.5e6,1 Sep 2007,Harvard
Linear Algebra,1999,–,Feb 1999,MIT
Item 10,2020,-3,2020-01-01,item 10
Item 9,2021,n/a,2021-01-01,item 9
"""
PALETTE = """\
theme:
  name: material
  font: false
  features: [navigation.instant]
  palette:
    - {media: "(prefers-color-scheme: light)", scheme: default}
    - {media: "(prefers-color-scheme: dark)", scheme: slate}
site_url: http://127.0.0.1/
"""


ON_DISK = "use_directory_urls: false\ntheme: {name: material, font: false}\n"


@pytest.fixture
def site(tmp_path: Path) -> Site:
    made = Site(tmp_path)
    made.write("data/courses.csv", COURSES)
    columns = ", ".join(f"{name.lower()} as {name}" for name in ("Course", "Year", "Students", "Started", "By"))
    table = sourced(f'source="../data/courses.csv" columns="{columns}"')
    made.write("docs/index.md", f"# Courses\n\n{table}\n## By hand\n\n{RAGGED}")
    made.write("docs/other.md", "# Other\n\n" + sourced('source="../data/courses.csv"'))
    made.configure("sortable: true", more=PALETTE)
    return made


@pytest.fixture
def material() -> Host:
    return host("material")


@pytest.fixture
def page(browser: Any) -> Iterator[Any]:
    """Open a page, and fail the test if its console shows a warning or an error."""
    opened = browser.new_page(viewport={"width": 1280, "height": 640})
    messages: list[str] = []
    opened.on(
        "console", lambda message: messages.append(message.text) if message.type in ("error", "warning") else None
    )
    opened.on("pageerror", lambda error: messages.append(str(error)))
    yield opened
    opened.close()
    assert messages == []


def column(page: Any, number: int) -> list[str]:
    cells = page.locator(f"table[data-mdtables-sortable] tbody tr td:nth-child({number})")
    return [text.strip() for text in cells.all_inner_texts()]


def header(page: Any, name: str) -> Any:
    return page.locator("table[data-mdtables-sortable] th").filter(has_text=name)


YEARS = ["2011", "2022", "2007", "1999", "2020", "2021"]


def test_open_page_reloads_when_data_changes(site: Site, serve: Serve, page: Any, material: Host) -> None:
    address, _ = serve(site.folder, program=material.command)
    page.goto(address)
    assert column(page, 2) == YEARS
    site.write("data/courses.csv", COURSES + "New,2026,1,2026-01-01,us\n")
    page.get_by_text("New", exact=True).wait_for(timeout=20_000)
    assert column(page, 2) == [*YEARS, "2026"]


def test_clicks_sort_ascending_descending_and_original(site: Site, serve: Serve, page: Any, material: Host) -> None:
    address, _ = serve(site.folder, program=material.command)
    page.goto(address)
    button = header(page, "Year").get_by_role("button")
    orders = [sorted(YEARS), sorted(YEARS, reverse=True), YEARS]
    for order, state in zip(orders, ["ascending", "descending", None], strict=True):
        button.click()
        assert column(page, 2) == order
        assert header(page, "Year").get_attribute("aria-sort") == state
        announced = f"sorted by Year, {state}" if state else "in the original order"
        assert page.get_by_role("status").filter(has_text=announced).count() == 1


def test_sorting_uses_column_type_and_puts_empty_last(site: Site, serve: Serve, page: Any, material: Host) -> None:
    address, _ = serve(site.folder, program=material.command)
    page.goto(address)
    for name, number, order in [
        ("Students", 3, ["-3", "9800", "104000", "3.5e6", "n/a", "–"]),
        ("Started", 4, ["Feb 1999", "1 Sep 2007", "10 Oct 2011", "2020-01-01", "2021-01-01", "July 21, 2022"]),
        ("By", 5, ["fast.ai", "Harvard", "item 9", "item 10", "MIT", "Stanford"]),
    ]:
        header(page, name).get_by_role("button").click()
        assert column(page, number) == order
    header(page, "Students").get_by_role("button").click()
    header(page, "Students").get_by_role("button").click()
    assert column(page, 3) == ["n/a", "3.5e6", "104000", "9800", "-3", "–"]


@pytest.mark.parametrize("example", EXAMPLES, ids=lambda example: example.values[0])
def test_common_value_formats_sort_by_value(example: Example, site: Site, page: Any, material: Host) -> None:
    ordered = example.values
    values = [*ordered[1::2], "–", *ordered[::2], ""]
    site.write("data/v.csv", "n,v\n" + "".join(f'{number},"{each}"\n' for number, each in enumerate(values)))
    site.write("docs/index.md", "# V\n\n" + sourced('source="../data/v.csv"'))
    site.configure("sortable: true", more=ON_DISK)
    assert material.run(site.folder, "build", "-q")[0] == 0
    page.goto(f"file://{site.folder}/site/index.html")
    header(page, "v").get_by_role("button").click()
    assert column(page, 2) == [*ordered, "–", ""]


def test_sort_buttons_have_accessible_names(site: Site, page: Any, material: Host) -> None:
    site.write("data/h.csv", "[link](https://example.org),![logo](l.png),,plain[^1]\n1,2,3,4\n5,6,7,8\n")
    shutil.copy(Path(__file__).parent.parent.parent / "docs/images/sorted-light.png", site.folder / "docs/l.png")
    site.write("docs/index.md", "# H\n\n" + sourced('source="../data/h.csv"') + "\n[^1]: A note.\n")
    site.configure("sortable: true", more=f"{ON_DISK}markdown_extensions: [footnotes]\n")
    assert material.run(site.folder, "build", "-q")[0] == 0
    page.goto(f"file://{site.folder}/site/index.html")
    buttons = page.locator("table button")
    assert buttons.evaluate_all("all => all.map((each) => each.ariaLabel)") == [
        *("Sort by link", None, "Sort by column 3", "Sort by plain")
    ]
    assert page.locator("table button img").get_attribute("alt") == "logo"
    assert page.locator("table button a").count() == 0


def test_keyboard_sorts_and_aria_sort_is_set(site: Site, serve: Serve, page: Any, material: Host) -> None:
    address, _ = serve(site.folder, program=material.command)
    page.goto(address)
    header(page, "Course").get_by_role("button").focus()
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    assert header(page, "Year").get_attribute("aria-sort") == "ascending"
    page.keyboard.press("Space")
    assert header(page, "Year").get_attribute("aria-sort") == "descending"
    assert page.evaluate("document.activeElement.textContent").strip() == "Year"
    names = page.locator("table[data-mdtables-sortable] th").get_by_role("button").all_inner_texts()
    assert [name.strip() for name in names] == ["Course", "Year", "Students", "Started", "By"]


def test_sorting_works_after_instant_navigation(site: Site, serve: Serve, page: Any, material: Host) -> None:
    address, _ = serve(site.folder, program=material.command)
    page.goto(address)
    page.get_by_role("link", name="Other").first.click()
    page.wait_for_url("**/other/")
    page.locator("table[data-mdtables-sortable] button").first.wait_for()
    header(page, "year").get_by_role("button").click()
    assert column(page, 2) == sorted(YEARS)
    page.go_back()
    page.wait_for_url(address)
    header(page, "Year").get_by_role("button").click()
    assert header(page, "Year").get_by_role("button").count() == 1


def test_only_generated_tables_get_buttons_and_only_with_js(
    site: Site, serve: Serve, browser: Any, page: Any, material: Host
) -> None:
    address, _ = serve(site.folder, program=material.command)
    page.goto(address)
    assert page.locator("table").count() == 2
    assert page.locator("table button").count() == 5
    plain = browser.new_context(java_script_enabled=False).new_page()
    plain.goto(address)
    assert plain.locator("table button").count() == 0
    assert column(plain, 2) == YEARS


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_no_accessibility_violations(
    scheme: str, site: Site, serve: Serve, page: Any, material: Host
) -> None:
    if not AXE.exists():
        missing("axe-core")
    page.emulate_media(color_scheme=scheme)
    address, _ = serve(site.folder, program=material.command)
    page.goto(address)
    header(page, "Year").get_by_role("button").click()
    page.add_script_tag(path=str(AXE))
    found = page.evaluate("axe.run('article')")
    problems = [(each["id"], [node["html"] for node in each["nodes"]]) for each in found["violations"]]
    assert problems == []
    assert any(each["id"] == "button-name" for each in found["passes"])
    if folder := os.environ.get("MDTABLES_SCREENSHOTS"):
        page.screenshot(path=f"{folder}/sorted-{scheme}.png")


def test_print_hides_the_sort_arrows(site: Site, serve: Serve, page: Any, material: Host) -> None:
    address, _ = serve(site.folder, program=material.command)
    page.goto(address)
    arrow = "getComputedStyle(document.querySelector('.mdtables-sort'), '::after').content"
    assert page.evaluate(arrow) != "none"
    page.emulate_media(media="print")
    assert page.evaluate(arrow) == "none"
