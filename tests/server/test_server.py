"""The language server as an editor meets it: what is underlined, offered, shown and jumped to, and what it survives."""

from __future__ import annotations

import json
import random
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.server.client import Client, applied

SORTED = '<!-- TABLE_GENERATE_START source="data/tools.csv" sort="-stars" -->\n<!-- TABLE_GENERATE_END -->\n'
BARE = "<!-- TABLE_GENERATE_START -->\n\n| a | b |\n| - | - |\n| 1 | 2222 |\n\n<!-- TABLE_GENERATE_END -->\n"
CSV = "name,stars,kind\nRuff,31000,lint\nBlack,39000,format\nESLint,24000,lint\n"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    subprocess.run(["git", "init", "-q", str(tmp_path)], check=True)
    (tmp_path / "data").mkdir()
    (tmp_path / "data/tools.csv").write_text(CSV)
    (tmp_path / "a.md").write_text(f"# Tools\n\n{SORTED}")
    return tmp_path


@pytest.fixture
def client(folder: Path) -> Iterator[Client]:
    client = Client(folder)
    yield client
    if client.process.poll() is None:
        assert client.close() == 0


def regenerated(client: Client, uri: str, text: str) -> str:
    """Return the text that formatting makes, and put it into the editor."""
    new = applied(text, client.request("textDocument/formatting", {"textDocument": {"uri": uri}, "options": {}}))
    client.change(uri, {"text": new})
    return new


def find(text: str, word: str, after: str = "") -> tuple[int, int]:
    """Return line and character at which a word begins."""
    offset = text.index(word, text.index(after))
    return text.count("\n", 0, offset), offset - (text.rfind("\n", 0, offset) + 1)


def actions(client: Client, uri: str, line: int, **context: Any) -> dict[str, Any]:
    """Return what is offered at a line, by its title."""
    at = {"line": line, "character": 0}
    params = {
        "textDocument": {"uri": uri},
        "range": {"start": at, "end": at},
        "context": {"diagnostics": client.diagnostics.get(uri, []), **context},
    }
    return {each["title"]: each for each in client.request("textDocument/codeAction", params)}


def edits_of(client: Client, action: Any) -> dict[str, list[Any]]:
    """Return the edits of an action by the URI of the file, resolved as an editor does."""
    resolved = action if "edit" in action else client.request("codeAction/resolve", action)
    changes = resolved["edit"]["documentChanges"]
    return {each["textDocument"]["uri"]: each["edits"] for each in changes if "textDocument" in each}


# --- diagnostics ------------------------------------------------------------------------------------------------------


def test_stale_table_is_underlined_until_it_is_regenerated(client: Client, folder: Path) -> None:
    uri = client.open("a.md")
    assert client.codes(uri) == ["stale"]
    (found,) = client.diagnostics[uri]
    assert (found["severity"], found["range"]["start"]) == (2, {"line": 2, "character": 0})
    new = regenerated(client, uri, (folder / "a.md").read_text())
    assert "| Black  | 39000 | format |\n| Ruff   | 31000 | lint   |\n" in new
    assert client.codes(uri) == []


def test_misspelled_option_is_underlined_with_a_correction_and_its_page(client: Client, folder: Path) -> None:
    (folder / "a.md").write_text(
        '<!-- TABLE_GENERATE_START source="data/tools.csv" colums="name" -->\n<!-- TABLE_GENERATE_END -->\n'
    )
    uri = client.open("a.md")
    assert client.codes(uri) == ["unknown-option"]
    (found,) = client.diagnostics[uri]
    assert found["codeDescription"]["href"].endswith("codes.md#unknown-option")
    action = actions(client, uri, 0)['did you mean "columns"?']
    (edits,) = edits_of(client, action).values()
    assert 'columns="name"' in applied((folder / "a.md").read_text(), edits)


def test_problem_in_the_data_is_shown_in_both_files(client: Client, folder: Path) -> None:
    (folder / "data/tools.csv").write_text(CSV + "Biome,1\n")
    uri, data = client.open("a.md"), client.uri("data/tools.csv")
    assert client.codes(uri) == ["row-length"]
    (here,), (there,) = client.diagnostics[uri], client.diagnostics[data]
    assert there["range"]["start"]["line"] == 4
    assert here["message"].startswith("data/tools.csv:5")
    assert here["relatedInformation"][0]["location"]["uri"] == data
    assert there["relatedInformation"][0]["location"]["uri"] == uri


def test_unsaved_data_counts_as_it_is_in_the_editor(client: Client, folder: Path) -> None:
    uri = client.open("a.md")
    regenerated(client, uri, (folder / "a.md").read_text())
    assert client.codes(uri) == []
    data = client.open("data/tools.csv", "csv")
    span = {"start": {"line": 1, "character": 5}, "end": {"line": 1, "character": 10}}
    client.change(data, {"range": span, "text": "99999"})
    assert client.codes(uri) == ["stale"]
    assert "31000 -> 99999" in client.diagnostics[uri][0]["message"]
    client.notify("textDocument/didClose", {"textDocument": {"uri": data}})
    assert client.codes(uri) == []


def test_file_that_is_changed_outside_is_noticed_without_a_watcher(folder: Path) -> None:
    client = Client(folder, {})
    uri = client.open("a.md")
    regenerated(client, uri, (folder / "a.md").read_text())
    assert client.codes(uri) == []
    (folder / "data/tools.csv").write_text(CSV.replace("24000", "24001"))
    client.until(lambda: client.diagnostics[uri])
    (folder / "data/tools.csv").unlink()
    client.until(lambda: [each["code"] for each in client.diagnostics[uri]] == ["source-missing"])
    (folder / "data/tools.csv").write_text(CSV)
    client.until(lambda: not client.diagnostics[uri])
    (folder / "mdtables.toml").write_text('style = "compact"\n')
    client.until(lambda: client.diagnostics[uri])
    assert client.close() == 0


def test_files_that_the_editor_watches_are_looked_at_at_once(client: Client, folder: Path) -> None:
    uri = client.open("a.md")
    regenerated(client, uri, (folder / "a.md").read_text())
    client.settle()
    assert any(each["method"] == "client/registerCapability" for each in client.asked)
    (folder / "data/tools.csv").write_text(CSV.replace("24000", "24001"))
    changes = [{"uri": client.uri("data/tools.csv"), "type": 2}]
    client.notify("workspace/didChangeWatchedFiles", {"changes": changes})
    assert client.codes(uri) == ["stale"]


def test_document_of_a_second_folder_has_the_configuration_of_its_own(client: Client, tmp_path: Path) -> None:
    other = tmp_path / "other"
    other.mkdir()
    subprocess.run(["git", "init", "-q", str(other)], check=True)
    (other / "b.md").write_text(BARE)
    (other / "mdtables.toml").write_text('exclude = ["b.md"]\n')
    added = [{"uri": other.as_uri(), "name": "other"}]
    client.notify("workspace/didChangeWorkspaceFolders", {"event": {"added": added, "removed": []}})
    uri = client.open("other/b.md")
    assert client.codes(uri) == []


def test_closed_document_has_no_diagnostics(client: Client) -> None:
    uri = client.open("a.md")
    assert client.codes(uri) == ["stale"]
    client.notify("textDocument/didClose", {"textDocument": {"uri": uri}})
    assert client.codes(uri) == []


def test_document_that_is_excluded_is_left_alone(client: Client, folder: Path) -> None:
    (folder / "mdtables.toml").write_text('exclude = ["a.md"]\n')
    uri = client.open("a.md")
    assert client.codes(uri) == []
    assert not client.request("textDocument/formatting", {"textDocument": {"uri": uri}, "options": {}})


# --- edits ------------------------------------------------------------------------------------------------------------


def test_one_region_is_regenerated_and_no_other(client: Client, folder: Path) -> None:
    text = f"{SORTED}\n{SORTED}"
    (folder / "a.md").write_text(text)
    uri = client.open("a.md")
    assert client.codes(uri) == ["stale", "stale"]
    action = actions(client, uri, 3)["Regenerate this table"]
    assert action["isPreferred"]
    new = applied(text, edits_of(client, action)[uri])
    client.change(uri, {"text": new})
    assert new.startswith(SORTED)
    assert client.codes(uri) == ["stale"]


def test_fix_all_is_a_source_action(client: Client, folder: Path) -> None:
    text = f"{SORTED}\n{BARE}"
    (folder / "a.md").write_text(text)
    uri = client.open("a.md")
    client.settle()
    (action,) = actions(client, uri, 0, only=["source.fixAll"]).values()
    client.change(uri, {"text": applied(text, edits_of(client, action)[uri])})
    assert client.codes(uri) == []


def drifted(client: Client, folder: Path) -> tuple[str, str]:
    """Open a document, and edit its table by hand."""
    uri = client.open("a.md")
    text = regenerated(client, uri, (folder / "a.md").read_text()).replace("31000", "31001")
    client.change(uri, {"text": text})
    assert client.codes(uri) == ["hand-edit"]
    return uri, text


def test_hand_edit_is_taken_into_the_source(client: Client, folder: Path) -> None:
    uri, text = drifted(client, folder)
    found = actions(client, uri, 4)
    edits = edits_of(client, found["Take this edit into data/tools.csv"])
    assert applied(CSV, edits[client.uri("data/tools.csv")]) == CSV.replace("31000", "31001")
    (folder / "data/tools.csv").write_text(CSV.replace("31000", "31001"))
    client.notify("workspace/didChangeWatchedFiles", {"changes": []})
    client.change(uri, {"text": applied(text, edits.get(uri, []))})
    assert client.codes(uri) == []


def test_hand_edit_is_taken_into_data_that_is_open_and_not_saved(client: Client, folder: Path) -> None:
    data = client.open("data/tools.csv", "csv")
    client.change(
        data,
        {"range": {"start": {"line": 4, "character": 0}, "end": {"line": 4, "character": 0}}, "text": "Biome,1,lint\n"},
    )
    uri, _ = drifted(client, folder)
    edits = edits_of(client, actions(client, uri, 4)["Take this edit into data/tools.csv"])
    assert applied(CSV + "Biome,1,lint\n", edits[data]) == CSV.replace("31000", "31001") + "Biome,1,lint\n"


def test_hand_edit_is_discarded(client: Client, folder: Path) -> None:
    uri, text = drifted(client, folder)
    edits = edits_of(client, actions(client, uri, 4)["Discard this edit: let the source win"])
    assert list(edits) == [uri]
    client.change(uri, {"text": applied(text, edits[uri])})
    assert client.codes(uri) == []


def test_edit_that_cannot_be_taken_back_is_not_offered_to_be(client: Client, folder: Path) -> None:
    query = "SELECT kind, count(*) AS n FROM tools GROUP BY kind ORDER BY kind"
    (folder / "a.md").write_text(SORTED.replace('sort="-stars"', f'query="{query}"'))
    uri = client.open("a.md")
    text = regenerated(client, uri, (folder / "a.md").read_text())
    client.change(uri, {"text": text.replace("|   2 |", "|   3 |")})
    assert client.codes(uri) == ["hand-edit"]
    assert list(actions(client, uri, 2)) == ["Discard this edit: let the source win"]
    (lens,) = client.request("textDocument/codeLens", {"textDocument": {"uri": uri}})
    assert lens["command"]["command"] == ""


def test_hand_written_table_is_moved_into_a_data_file(client: Client, folder: Path) -> None:
    (folder / "a.md").write_text("# Numbers\n\n| a | b |\n| - | - |\n| 1 | 2 |\n")
    uri = client.open("a.md")
    client.settle()
    action = client.request("codeAction/resolve", actions(client, uri, 3)["Move this table into a data file"])
    created, filled, document = action["edit"]["documentChanges"]
    assert created["kind"] == "create"
    assert created["uri"] == client.uri("data/numbers.csv")
    assert filled["edits"][0]["newText"] == "a,b\n1,2\n"
    new = applied((folder / "a.md").read_text(), document["edits"])
    assert 'source="data/numbers.csv"' in new
    (folder / "data/numbers.csv").write_text("a,b\n1,2\n")
    client.change(uri, {"text": new})
    assert client.codes(uri) == []


def test_missing_blank_line_is_added(client: Client, folder: Path) -> None:
    text = "<!-- TABLE_GENERATE_START -->\n\nabove\n| a | b |\n| - | - |\n| 1 | 2 |\n\n<!-- TABLE_GENERATE_END -->\n"
    (folder / "a.md").write_text(text)
    uri = client.open("a.md")
    assert "text-above-table" in client.codes(uri)
    edits = edits_of(client, actions(client, uri, 3)["put a blank line between them"])
    client.change(uri, {"text": applied(text, edits[uri])})
    assert "text-above-table" not in client.codes(uri)


def test_editor_that_cannot_resolve_actions_gets_commands(folder: Path) -> None:
    client = Client(folder, {})
    uri = client.open("a.md")
    client.settle()
    command = actions(client, uri, 2)["Regenerate this table"]["command"]
    client.request("workspace/executeCommand", {"command": command["command"], "arguments": command["arguments"]})
    client.settle()
    (asked,) = [each for each in client.asked if each["method"] == "workspace/applyEdit"]
    assert "39000" in json.dumps(asked["params"]["edit"])
    assert client.close() == 0


def test_formatting_changes_nothing_while_there_is_an_error(client: Client, folder: Path) -> None:
    (folder / "a.md").write_text(f"{SORTED}\n<!-- TABLE_GENERATE_START -->\n")
    uri = client.open("a.md")
    assert client.request("textDocument/formatting", {"textDocument": {"uri": uri}, "options": {}}) == []


def test_formatting_returns_only_what_differs(client: Client, folder: Path) -> None:
    uri = client.open("a.md")
    text = regenerated(client, uri, (folder / "a.md").read_text())
    client.change(uri, {"text": text.replace("39000", " 39000")})
    edits = client.request("textDocument/formatting", {"textDocument": {"uri": uri}, "options": {}})
    assert [(each["range"]["start"]["line"], each["newText"]) for each in edits] == [(6, "")]


def test_table_that_is_typed_is_aligned_and_a_generated_one_is_not(client: Client, folder: Path) -> None:
    text = f"{BARE}\n{SORTED}"
    (folder / "a.md").write_text(text)
    uri = client.open("a.md")
    params = client.at(uri, 4, 12, ch="|", options={})
    edits = client.request("textDocument/onTypeFormatting", params)
    assert "| 1   | 2222 |" in applied(text, edits)
    assert "39000" not in applied(text, edits)
    line, _ = find(text, "<!-- TABLE_GENERATE_END", "source=")
    assert client.request("textDocument/onTypeFormatting", client.at(uri, line, 0, ch="\n", options={})) is None


def test_range_formatting_touches_the_regions_in_the_range(client: Client, folder: Path) -> None:
    text = f"{BARE}\n{SORTED}"
    (folder / "a.md").write_text(text)
    uri = client.open("a.md")
    span = {"start": {"line": 2, "character": 0}, "end": {"line": 3, "character": 0}}
    edits = client.request("textDocument/rangeFormatting", {"textDocument": {"uri": uri}, "range": span, "options": {}})
    assert "| 1   | 2222 |" in applied(text, edits)
    assert "39000" not in applied(text, edits)


def test_formatting_of_a_range_does_to_its_regions_what_formatting_does_and_nothing_else(
    client: Client, folder: Path
) -> None:
    text = f"{SORTED}\n<!-- TABLE_GENERATE_START -->\n\n| a | b |\n|-|-|\n| 1 | 222 |\n\n<!-- TABLE_GENERATE_END -->\n"
    (folder / "a.md").write_text(text)
    uri = client.open("a.md")
    at = {"line": 0, "character": 0}
    params = {"textDocument": {"uri": uri}, "range": {"start": at, "end": at}, "options": {}}
    new = applied(text, client.request("textDocument/rangeFormatting", params))
    assert "39000" in new
    assert new.endswith(text.partition("-->\n\n")[2])
    new = applied(text, client.request("textDocument/onTypeFormatting", client.at(uri, 7, 11, ch="|", options={})))
    assert new.startswith(SORTED)
    assert "| 1   | 222 |" in new


def test_text_that_is_opened_again_is_the_new_one(client: Client, folder: Path) -> None:
    uri = client.open("a.md")
    client.settle()
    client.notify("textDocument/didClose", {"textDocument": {"uri": uri}})
    (folder / "a.md").write_text(f"# New\n\nImportant.\n\n{SORTED}")
    client.open("a.md")
    new = applied(
        (folder / "a.md").read_text(), client.request("textDocument/formatting", {"textDocument": {"uri": uri}})
    )
    assert new.startswith("# New\n\nImportant.\n\n")


def test_data_that_is_opened_unsaved_counts(client: Client, folder: Path) -> None:
    uri = client.open("a.md")
    text = regenerated(client, uri, (folder / "a.md").read_text())
    unsaved = CSV.replace("name,stars,kind\n", "name,stars,kind\nNew,1,x\n")
    data = client.uri("data/tools.csv")
    document = {"uri": data, "languageId": "csv", "version": 7, "text": unsaved}
    client.notify("textDocument/didOpen", {"textDocument": document})
    assert client.codes(uri) == ["stale"]
    text = regenerated(client, uri, text)
    client.change(uri, {"text": text.replace("24000", "24001")})
    client.settle()
    edits = edits_of(client, actions(client, uri, 4)["Take this edit into data/tools.csv"])
    assert applied(unsaved, edits[data]) == unsaved.replace("24000", "24001")


def test_edit_of_a_document_that_is_open_by_two_names_goes_to_the_one_that_was_asked(
    client: Client, folder: Path
) -> None:
    (folder / "l.md").symlink_to("a.md")
    uri, link = client.open("a.md"), client.open("l.md")
    text = regenerated(client, link, (folder / "a.md").read_text())
    client.change(link, {"text": text.replace("24000", "24001")})
    client.settle()
    edits = edits_of(client, actions(client, link, 4)["Take this edit into data/tools.csv"])
    assert uri not in edits


def test_action_of_an_older_version_is_refused(client: Client, folder: Path) -> None:
    (folder / "a.md").write_text(f"{SORTED}\n{SORTED}")
    uri = client.open("a.md")
    text = regenerated(client, uri, (folder / "a.md").read_text())
    client.change(uri, {"text": text.replace("24000", "24001")})
    client.settle()
    action = actions(client, uri, 0)["Discard this edit: let the source win"]
    client.change(uri, {"text": text.partition("\n\n<!-- TABLE_GENERATE_START")[2]})
    assert client.answer(client.ask("codeAction/resolve", action))["error"]["code"] == -32801
    arguments = {"command": "mdtables.letSourceWin", "arguments": [uri, 0]}
    assert "error" in client.answer(client.ask("workspace/executeCommand", arguments))


@pytest.mark.parametrize(
    ("encoding", "word"), [("cp1250", "č"), ("iso-8859-2", "ł"), ("shift_jis", "漢"), ("cp1252", "é")]
)
def test_unsaved_data_has_its_characters_in_every_encoding(
    encoding: str, word: str, client: Client, folder: Path
) -> None:
    (folder / "data/x.csv").write_bytes(f"a\n{word}\n".encode(encoding))
    (folder / "a.md").write_text(SORTED.replace("tools.csv", "x.csv").replace('sort="-stars"', f"encoding={encoding}"))
    uri = client.open("a.md")
    document = {
        "uri": client.uri("data/x.csv"),
        "languageId": "csv",
        "version": 1,
        "text": f"a\n{word}\n{word}{word}\n",
    }
    client.notify("textDocument/didOpen", {"textDocument": document})
    assert word + word in regenerated(client, uri, (folder / "a.md").read_text())


def test_one_edit_is_taken_back_and_the_other_stays(client: Client, folder: Path) -> None:
    (folder / "data/u.csv").write_text("u,v\n1,2\n")
    (folder / "a.md").write_text(SORTED + "\n" + SORTED.replace("tools.csv", "u.csv").replace('sort="-stars"', ""))
    uri = client.open("a.md")
    text = regenerated(client, uri, (folder / "a.md").read_text())
    edited = text.replace("24000", "24001").replace("|   2 |", "|   3 |")
    client.change(uri, {"text": edited})
    assert client.codes(uri) == ["hand-edit", "hand-edit"]
    edits = edits_of(client, actions(client, uri, 4)["Take this edit into data/tools.csv"])
    assert client.uri("data/u.csv") not in edits
    new = applied(edited, edits[uri])
    assert "|   3 |" in new
    (folder / "data/tools.csv").write_text(CSV.replace("24000", "24001"))
    client.notify("workspace/didChangeWatchedFiles", {"changes": []})
    client.change(uri, {"text": new})
    assert client.codes(uri) == ["hand-edit"]


def test_formatting_uses_data_as_it_is_now_while_messages_keep_coming(folder: Path) -> None:
    client = Client(folder, {})
    uri = client.open("a.md")
    client.settle()
    (folder / "data/tools.csv").write_text(CSV.replace("24000", "99999"))
    for _ in range(4):
        client.request("textDocument/hover", client.at(uri, 0, 0))
        time.sleep(0.3)
    assert "99999" in regenerated(client, uri, (folder / "a.md").read_text())
    assert client.close() == 0


def test_document_that_is_excluded_by_the_name_of_a_link_is_left_alone(client: Client, folder: Path) -> None:
    (folder / "l.md").symlink_to("a.md")
    (folder / "mdtables.toml").write_text('exclude = ["l.md"]\n')
    uri = client.open("l.md")
    assert client.codes(uri) == []
    assert not client.request("textDocument/formatting", {"textDocument": {"uri": uri}, "options": {}})
    arguments = {"command": "mdtables.regenerate", "arguments": [uri, 0, 1]}
    assert "error" in client.answer(client.ask("workspace/executeCommand", arguments))


# --- where things are -------------------------------------------------------------------------------------------------

SOURCES = {
    "data/tools.csv": CSV,
    "data/tools.yaml": "- name: Ruff\n  stars: 31000\n- name: Black\n  stars: 39000\n",
    "data/tools.json": '[{"name": "Ruff", "stars": 31000},\n {"name": "Black", "stars": 39000}]\n',
    "data/tools.jsonl": '{"name": "Ruff", "stars": 31000}\n{"name": "Black", "stars": 39000}\n',
    "data/tools.toml#tool": '[[tool]]\nname = "Ruff"\nstars = 31000\n[[tool]]\nname = "Black"\nstars = 39000\n',
}


@pytest.mark.parametrize("source", SOURCES)
def test_definition_of_a_cell_is_its_value_in_the_data(source: str, client: Client, folder: Path) -> None:
    path, data = source.partition("#")[0], SOURCES[source]
    (folder / path).write_text(data)
    (folder / "a.md").write_text(SORTED.replace("data/tools.csv", source))
    uri = client.open("a.md")
    text = regenerated(client, uri, (folder / "a.md").read_text())
    for word in ("31000", "39000"):
        (found,) = client.request("textDocument/definition", client.at(uri, *find(text, word)))
        start, end = found["range"]["start"], found["range"]["end"]
        assert found["uri"] == client.uri(path)
        assert start["line"] == end["line"]
        assert data.splitlines()[start["line"]][start["character"] : end["character"]] == word


def test_definition_of_a_cell_that_is_made_of_two_values_is_both(client: Client, folder: Path) -> None:
    (folder / "a.md").write_text(SORTED.replace("sort=", 'columns="{name}: {stars} as x" sort='))
    uri = client.open("a.md")
    text = regenerated(client, uri, (folder / "a.md").read_text())
    found = client.request("textDocument/definition", client.at(uri, *find(text, "Ruff: 31000")))
    assert [(each["range"]["start"]["line"], each["range"]["start"]["character"]) for each in found] == [(1, 0), (1, 5)]


def test_definition_of_a_row_of_a_pattern_is_in_its_own_file(client: Client, folder: Path) -> None:
    for name in ("one", "two"):
        (folder / f"data/{name}.md").write_text(f"---\ntitle: {name}\n---\n")
    (folder / "a.md").write_text(
        '<!-- TABLE_GENERATE_START source="data/*.md" columns="title, @file" -->\n<!-- TABLE_GENERATE_END -->\n'
    )
    uri = client.open("a.md")
    text = regenerated(client, uri, (folder / "a.md").read_text())
    (found,) = client.request("textDocument/definition", client.at(uri, *find(text, "two")))
    assert found["uri"] == client.uri("data/two.md")
    assert found["range"]["start"] == {"line": 1, "character": 7}


def test_definition_on_a_marker_is_the_source(client: Client) -> None:
    uri = client.open("a.md")
    client.settle()
    (found,) = client.request("textDocument/definition", client.at(uri, 2, 40))
    assert found["uri"] == client.uri("data/tools.csv")


def test_references_of_data_are_the_regions_that_use_it(client: Client, folder: Path) -> None:
    (folder / "b.md").write_text(f"\n{SORTED}")
    data = client.open("data/tools.csv", "csv")
    uri = client.open("a.md")
    found = client.request("textDocument/references", client.at(data, 1, 0, context={}))
    assert {(each["uri"], each["range"]["start"]["line"]) for each in found} == {(uri, 2), (client.uri("b.md"), 1)}


def test_hover_tells_what_an_option_means_and_where_a_cell_comes_from(client: Client, folder: Path) -> None:
    uri = client.open("a.md")
    text = regenerated(client, uri, (folder / "a.md").read_text())
    option = client.request("textDocument/hover", client.at(uri, *find(text, "sort")))
    assert "columns to sort by" in option["contents"]["value"]
    cell = client.request("textDocument/hover", client.at(uri, *find(text, "31000")))
    assert "`data/tools.csv:2`, column `stars`" in cell["contents"]["value"]
    source = client.request("textDocument/hover", client.at(uri, *find(text, "tools.csv")))
    assert "3 rows from data/tools.csv" in source["contents"]["value"]
    assert client.request("textDocument/hover", client.at(uri, 0, 0)) is None


def test_outline_links_folds_and_lenses_show_the_regions(client: Client) -> None:
    uri = client.open("a.md")
    client.settle()
    document = {"textDocument": {"uri": uri}}
    (symbol,) = client.request("textDocument/documentSymbol", document)
    assert (symbol["name"], symbol["detail"]) == ("data/tools.csv", "3 rows from data/tools.csv · stale")
    (link,) = client.request("textDocument/documentLink", document)
    assert link["target"] == client.uri("data/tools.csv")
    (fold,) = client.request("textDocument/foldingRange", document)
    assert (fold["startLine"], fold["endLine"]) == (2, 3)
    (lens,) = client.request("textDocument/codeLens", document)
    assert lens["command"] == {
        "title": "3 rows from data/tools.csv · stale",
        "command": "mdtables.regenerate",
        "arguments": [uri, 0, 1],
    }


# --- completion -------------------------------------------------------------------------------------------------------


def labels(client: Client, folder: Path, line: str) -> dict[str, Any]:
    """Return what can be written at the `^` of a line, by label."""
    (folder / "a.md").write_text(line.replace("^", "") + "\n")
    uri = client.open("a.md")
    before = line.partition("^")[0]
    at = client.at(uri, before.count("\n"), len(before.rpartition("\n")[2]))
    return {each["label"]: each for each in client.request("textDocument/completion", at)["items"]}


START = '<!-- TABLE_GENERATE_START source="data/tools.csv" '


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        (START + "^ -->", {"sort", "columns", "query", "where"}),
        (START + "so^ -->", {"sort"}),
        ("<!-- TABLE_GENERATE_START ^ -->", {"source", "align", "style", "max-width"}),
        ('<!-- TABLE_GENERATE_START source="^" -->', {"data/"}),
        ('<!-- TABLE_GENERATE_START source="data/^" -->', {"tools.csv"}),
        ('<!-- TABLE_GENERATE_START source="/data/to^" -->', {"tools.csv"}),
        (START + 'columns="^" -->', {"name", "stars", "kind"}),
        (START + "sort=^ -->", {"name", "stars", "kind"}),
        (START + 'columns="name, ^', {"name", "stars", "kind"}),
        (START + 'cells="^" -->', {"markdown", "text"}),
        (START + 'where="^" -->', {"name", "is empty", "between"}),
        (START + 'query="SELECT ^" -->', {"name", "stars", "tools"}),
        (START + 'align="^" -->', {"left", "right", "name"}),
        ("<!-- ^", {"mdtables: a table from data", "mdtables: a table that is kept aligned"}),
    ],
)
def test_completion_knows_options_values_paths_and_columns(
    line: str, expected: set[str], client: Client, folder: Path
) -> None:
    assert labels(client, folder, line).keys() >= expected


def test_completion_shows_values_of_a_column_and_leaves_out_what_is_given(client: Client, folder: Path) -> None:
    assert labels(client, folder, START + 'sort="^" -->')["kind"]["detail"] == "lint, format"
    assert "source" not in labels(client, folder, START + "^ -->")


def test_completion_knows_the_parts_of_a_file(client: Client, folder: Path) -> None:
    (folder / "data/all.json").write_text('{"tools": [{"a": 1}], "deep": {"x": [], "y": []}}')
    assert labels(client, folder, '<!-- TABLE_GENERATE_START source="data/all.json#^" -->').keys() == {"tools", "deep"}
    assert labels(client, folder, '<!-- TABLE_GENERATE_START source="data/all.json#deep.^" -->').keys() == {"x", "y"}


def test_completion_replaces_what_is_written(client: Client, folder: Path) -> None:
    item = labels(client, folder, START + 'columns="name, st^" -->')["stars"]
    start = len(START + 'columns="name, ')
    assert item["textEdit"]["range"]["start"]["character"] == start
    assert item["textEdit"]["newText"] == "stars"


def test_completion_reads_nothing_outside_of_the_project(client: Client, folder: Path) -> None:
    assert labels(client, folder, '<!-- TABLE_GENERATE_START source="../^" -->') == {}
    assert labels(client, folder, '<!-- TABLE_GENERATE_START source="../../etc/^" -->') == {}


def test_completion_knows_the_names_of_connections_and_no_more(
    folder: Path, tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch
) -> None:
    own = tmp_path_factory.mktemp("own") / "connections.toml"
    own.write_text('[warehouse]\ndriver = "psycopg"\npassword = "hidden"\n[shop]\ndriver = "sqlite3"\n')
    monkeypatch.setenv("MDTABLES_CONNECTIONS", str(own))
    (folder / "mdtables.toml").write_text('[refresh."data/x.csv"]\nconnection = "wa"\n')
    client = Client(folder)
    uri = client.open("mdtables.toml", "toml")
    answer = client.request("textDocument/completion", client.at(uri, 1, 16))
    assert [each["label"] for each in answer["items"]] == ["warehouse", "shop"]
    assert "hidden" not in json.dumps(answer)
    assert client.request("textDocument/completion", client.at(uri, 0, 3))["items"] == []
    assert client.close() == 0


def test_completion_is_silent_outside_of_markers(client: Client, folder: Path) -> None:
    assert labels(client, folder, "Some text, ^ and more") == {}
    assert labels(client, folder, START + "-->\n<!-- TABLE_GENERATE_END ^ -->") == {}


# --- positions --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("encoding", "width"), [("utf-8", 4), ("utf-16", 2), ("utf-32", 1)])
def test_characters_are_counted_in_the_encoding_that_was_agreed_on(encoding: str, width: int, folder: Path) -> None:
    (folder / "a.md").write_text('<!-- TABLE_GENERATE_START null="😀" colums="x" -->\n<!-- TABLE_GENERATE_END -->\n')
    client = Client(folder, {"general": {"positionEncodings": [encoding]}})
    assert client.server["capabilities"]["positionEncoding"] == encoding
    uri = client.open("a.md")
    client.settle()
    found = next(each for each in client.diagnostics[uri] if each["code"] == "unknown-option")
    assert found["range"]["start"]["character"] == len('<!-- TABLE_GENERATE_START null="" ') + width
    at = len('<!-- TABLE_GENERATE_START null="" ') + width
    span = {"start": {"line": 0, "character": at}, "end": {"line": 0, "character": at + len('colums="x"')}}
    client.change(uri, {"range": span, "text": ""})
    assert "unknown-option" not in client.codes(uri)
    assert client.close() == 0


@pytest.mark.parametrize("seed", range(20))
def test_changes_of_ranges_give_the_text_that_the_editor_has(seed: int) -> None:
    from mdtables.server.open_texts import OpenText

    choose = random.Random(seed)
    letters = "ab😀é\n\r|日"
    ours = OpenText("file:///a.md", 1, "".join(choose.choices(letters, k=20)), "utf-16")
    for version in range(2, 40):
        theirs = ours.text
        first, last = sorted(choose.choices(range(len(theirs) + 1), k=2))
        positions = ours.positions
        if any(positions.offset(positions.position(each)) != each for each in (first, last)):
            continue  # between \r and \n there is no position
        new = "".join(choose.choices(letters, k=choose.randrange(4)))
        ours = ours.changed(version, [{"range": positions.range(first, last), "text": new}])
        assert ours.text == theirs[:first] + new + theirs[last:]


@pytest.mark.parametrize("seed", range(20))
def test_edits_between_two_texts_are_those_that_an_editor_applies(seed: int) -> None:
    from mdtables.server.positions import Positions, edits_between
    from mdtables.text.edits import splice

    choose = random.Random(seed)
    for _ in range(100):
        old, new = ("".join(choose.choices(["a", "😀", "\n", "\r\n", "\r", "|"], k=12)) for _ in range(2))
        positions = Positions(old, "utf-16")
        ranges = [(positions.range(start, end), text) for start, end, text in edits_between(old, new)]
        edits = [(positions.offset(span["start"]), positions.offset(span["end"]), text) for span, text in ranges]
        assert splice(old, edits) == new, (old, new)


# --- what it survives -------------------------------------------------------------------------------------------------


def test_request_before_initialize_is_an_error(folder: Path) -> None:
    client = Client(folder, initialize=False)
    assert client.answer(client.ask("textDocument/hover", {}))["error"]["code"] == -32002
    client.request("initialize", {"capabilities": {}})
    assert client.answer(client.ask("initialize", {}))["error"]["code"] == -32600
    assert client.close() == 0


def test_exit_without_shutdown_is_status_1_and_a_closed_pipe_ends_it(folder: Path) -> None:
    client = Client(folder)
    client.notify("exit", None)
    assert client.end() == 1
    client = Client(folder)
    assert client.end() == 1


@pytest.mark.parametrize(
    ("raw", "code"),
    [
        (b"Content-Length: 5\r\n\r\n{bad}", -32700),
        (b"Content-Length: 2\r\n\r\n[]", -32600),
        (b"Content-Length: x\r\n\r\n", -32700),
        (b"Content-Type: nothing\r\n\r\n", -32700),
        (b"Content-Length: 9\r\n\r\n\xff\xff\xff\xff\xff\xff\xff\xff\xff", -32700),
        (b"Content-Length: 4000\r\n\r\n" + b"[" * 4000, -32700),
    ],
)
def test_what_is_no_message_is_answered_with_an_error(raw: bytes, code: int, client: Client) -> None:
    client.send_raw(raw)
    assert client.answer(None)["error"]["code"] == code
    assert client.request("textDocument/documentSymbol", {"textDocument": {"uri": client.open("a.md")}})


@pytest.mark.parametrize(
    ("method", "params"),
    [
        ("textDocument/hover", None),
        ("textDocument/hover", {"textDocument": 1}),
        ("workspace/executeCommand", {"command": "rm"}),
        ("workspace/executeCommand", {"command": "mdtables.pull", "arguments": []}),
        ("codeAction/resolve", {"data": {"uri": "file:///nowhere.md", "command": "x", "number": 0}}),
    ],
)
def test_wrong_request_is_answered_with_an_error(method: str, params: Any, client: Client) -> None:
    client.open("a.md")
    assert "error" in client.answer(client.ask(method, params))
    client.settle()


def test_unknown_request_is_an_error_and_an_unknown_notification_nothing(client: Client) -> None:
    assert client.answer(client.ask("textDocument/moniker", {}))["error"]["code"] == -32601
    client.notify("telemetry/anything", {})
    client.settle()
    assert client.logged == []


def test_cancelled_request_is_answered_as_one(client: Client) -> None:
    uri = client.open("a.md")
    client.settle()
    client.notify("$/cancelRequest", {"id": 3})
    identity = client.ask("textDocument/documentSymbol", {"textDocument": {"uri": uri}})
    assert identity == 3
    assert client.answer(identity)["error"]["code"] == -32800


def test_text_that_is_no_file_is_left_alone(client: Client) -> None:
    document = {"uri": "untitled:Untitled-1", "languageId": "markdown", "version": 1, "text": SORTED}
    client.notify("textDocument/didOpen", {"textDocument": document})
    assert client.codes("untitled:Untitled-1") == []


def test_thousand_random_messages_end_nothing(client: Client) -> None:
    choose = random.Random(7)
    uri = client.open("a.md")
    methods = [
        *("textDocument/didChange", "textDocument/didOpen", "textDocument/didSave", "textDocument/hover"),
        *("textDocument/completion", "textDocument/definition", "textDocument/codeAction", "textDocument/formatting"),
        *("textDocument/onTypeFormatting", "textDocument/references", "workspace/executeCommand", "codeAction/resolve"),
        *("textDocument/documentSymbol", "textDocument/codeLens", "workspace/didChangeWorkspaceFolders", "x/y"),
    ]

    def value(depth: int) -> Any:
        kind = choose.randrange(8)
        if kind < 3 or depth > 4:
            return choose.choice([None, 0, -1, 10**20, 1.5, "", uri, "file:///x", True, "\ud800", "a.md"])
        if kind == 3:
            return [value(depth + 1) for _ in range(choose.randrange(3))]
        names = [
            "textDocument",
            "uri",
            "position",
            "line",
            "character",
            "range",
            "start",
            "end",
            "contentChanges",
            "text",
        ]
        names += ["context", "data", "command", "arguments", "version", "event", "added", "number", "languageId"]
        return {choose.choice(names): value(depth + 1) for _ in range(choose.randrange(5))}

    def place() -> Any:
        return {"line": choose.randrange(-1, 9), "character": choose.randrange(90)}

    for number in range(1000):
        params: Any = value(0)
        if number % 2:
            params = {"textDocument": {"uri": uri, "version": number}, "position": place()}
            params["range"] = {"start": place(), "end": place()}
            params["contentChanges"] = [
                {"range": params["range"], "text": choose.choice(["|", "\n", SORTED, BARE, "x"])}
            ]
            params["context"], params["ch"], params["options"] = {"diagnostics": []}, "|", {}
        message = {"jsonrpc": "2.0", "method": choose.choice(methods), "params": params}
        client.send(message if choose.random() < 0.3 else message | {"id": f"r{number}"})
    client.settle()
    assert not [line for line in client.logged if "Traceback" in line]


def test_every_command_that_is_offered_is_one() -> None:
    from mdtables.server.actions import _EDITS
    from mdtables.server.server import COMMANDS

    assert list(_EDITS) == COMMANDS


def test_server_starts_without_reading_what_knows_markdown() -> None:
    code = "import sys, mdtables.server.streams; print([m for m in sys.modules if 'document' in m or 'mistune' in m])"
    assert subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout == "[]\n"


def test_outcome_after_many_edits_is_that_of_a_new_session(folder: Path) -> None:
    from mdtables.commands.session import start
    from mdtables.server.workspace import Workspace

    choose = random.Random(3)
    (folder / "data/odd.csv").write_text("a,b\n$$x,<pre>\n1,2\n")
    pieces = [SORTED, BARE, SORTED.replace("-stars", "name"), SORTED.replace("tools", "odd").replace("-stars", "a")]
    pieces += [
        SORTED.replace("sort=", 'group="kind" sort='),
        SORTED.replace("sort=", 'max-width="20" sort='),
        "> ",
        "    ",
    ]
    pieces += ["# Head\n\n", "## Head\n\n", "text\n", "\n", "|", "- item\n\n  "]
    uri, text = (folder / "a.md").as_uri(), ""
    workspace = Workspace()
    workspace.open(uri, "markdown", 0, text)
    for version in range(1, 120):
        at = choose.randrange(len(text) + 1)
        text = "" if version % 25 == 0 else text[:at] + choose.choice(pieces) + text[at:]
        workspace.change(uri, version, [{"text": text}])
        warm = workspace.outcome(workspace.texts[uri])
        cold = start(str(folder)).check(str(folder / "a.md"), text.encode())
        assert (warm.new, list(warm.diagnostics)) == (cold.new, list(cold.diagnostics)), text
