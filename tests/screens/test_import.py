"""The import page: a look first, one act in, rejects mended in place, one undo."""

from __future__ import annotations

import csv
import gzip
import io
import json
from pathlib import Path

from streamlit.testing.v1 import AppTest

from curation.services import bringing_in, browsing, cataloguing, import_orders, importing, projects
from curation.services.workspace import open_workspace
from curation.services.writing import open_example
from tests.screens.stage import HOSTILE, ROOT, Stage, texts

GOOD = b'{"messages":[{"role":"user","content":"Hi"},{"role":"assistant","content":"Hello"}]}\n'
ROWS = GOOD + b'{"messages": [}\n' + GOOD.replace(b"Hi", HOSTILE.encode()) + b"not json\n"


def upload(stage: Stage, content: bytes = ROWS) -> AppTest:
    shown = stage.show("import")
    return shown.file_uploader(key="import.file").set_value([("rows.jsonl", content, "application/jsonl")]).run()


def test_empty_page_says_that_an_import_is_one_act(stage: Stage) -> None:
    shown = stage.show("import")
    assert not shown.exception
    assert "Every import is one act" in texts(shown)


def test_empty_workspace_gets_its_project_with_the_file(home: Path) -> None:
    screen = AppTest.from_file(str(ROOT / "ui" / "main.py"), default_timeout=30)
    shown = screen.switch_page("../pages/import.py").run()
    assert not shown.exception
    assert "No project yet" not in texts(shown)
    for broken in (b"not json\n", b"not json\n" * 300):
        shown.file_uploader(key="import.file").set_value([("broken.jsonl", broken, "application/jsonl")]).run()
        if not shown.button(key="import.start").disabled:  # more rows than were looked at
            shown.button(key="import.start").click().run()
        assert not shown.exception
    assert "No row of broken.jsonl can be read" in texts(shown)
    shown.file_uploader(key="import.file").set_value([("support_desk.jsonl", ROWS, "application/jsonl")]).run()
    (name,) = [field for field in shown.text_input if str(field.key).startswith("import.project.")]
    assert name.value == "support desk"
    shown.button(key="import.start").click().run()
    assert not shown.exception
    ws = open_workspace(home)
    (project,) = projects.list_projects(ws)
    assert project.name == "support desk"
    assert len(browsing.list_examples(ws, project.id).rows) == 2
    ws.close()


def test_an_imported_file_is_done_and_may_come_again_after_its_undo(stage: Stage) -> None:
    shown = upload(stage)
    shown.button(key="import.start").click().run()
    assert "import.start" not in [button.key for button in shown.button]
    (source,) = importing.list_sources(stage.ws, stage.project.id)
    importing.undo_import(stage.ws, stage.actor, source.batch_id, nonce="back")
    shown.run()
    shown.button(key="import.start").click().run()
    assert not shown.exception
    assert len(browsing.list_examples(stage.ws, stage.project.id).rows) == 2


def test_preview_shows_format_rows_and_rejects_before_anything_is_stored(stage: Stage) -> None:
    shown = upload(stage)
    assert not shown.exception
    assert "Read as **openai**. All 4 rows: 2 can be read." in texts(shown)
    rejects = next(frame.value for frame in shown.dataframe if "reason" in frame.value.columns)
    assert list(rejects["line"]) == [2, 4]
    assert list(rejects["column"]) == [15, 1]
    assert not importing.list_sources(stage.ws, stage.project.id)


def test_columns_of_a_table_are_shown_and_may_be_named(stage: Stage) -> None:
    turns = json.loads(GOOD)["messages"]
    out = io.StringIO()
    csv.writer(out).writerows([["a", "b", "note"], [json.dumps(turns), json.dumps(turns), "x"]])
    shown = stage.show("import")
    shown.file_uploader(key="import.file").set_value([("rows.csv", out.getvalue().encode(), "text/csv")]).run()
    assert not shown.exception
    assert "All 1 row: 1 can be read." in texts(shown)
    assert columns_of(shown) == ["messages", "b", "note"]
    (choice,) = [one for one in shown.selectbox if str(one.key).startswith("import.column.messages.")]
    choice.select("b").run()
    assert not shown.exception
    assert columns_of(shown) == ["a", "messages", "note"]
    shown.button(key="import.start").click().run()
    assert not shown.exception
    (row,) = browsing.list_examples(stage.ws, stage.project.id).rows
    assert set(open_example(stage.ws, row.id).example.extra) == {"a", "note"}


def columns_of(shown: AppTest) -> list[str]:
    return list(next(frame.value for frame in shown.dataframe if "becomes" in frame.value.columns)["becomes"])


def test_import_brings_in_drafts_and_keeps_rejects_to_be_mended(stage: Stage) -> None:
    shown = upload(stage)
    shown.button(key="import.start").click().run()
    assert not shown.exception
    (source,) = importing.list_sources(stage.ws, stage.project.id)
    assert (source.n_imported, source.n_rejected) == (2, 2)
    first = importing.list_rejects(stage.ws, source.id)[0]
    shown.text_area(key=f"import.mend.{first.id}").set_value(GOOD.decode().replace("Hi", "Mended")).run()
    shown.button(key=f"import.again.{first.id}").click().run()
    assert not shown.exception
    assert importing.list_rejects(stage.ws, source.id)[0].example_id
    titles = [row.title for row in browsing.list_examples(stage.ws, stage.project.id).rows]
    assert "Mended" in titles


def test_mending_that_still_cannot_be_read_says_where(stage: Stage) -> None:
    shown = upload(stage)
    shown.button(key="import.start").click().run()
    (source,) = importing.list_sources(stage.ws, stage.project.id)
    first = importing.list_rejects(stage.ws, source.id)[0]
    shown.text_area(key=f"import.mend.{first.id}").set_value('{"messages": [1,]}').run()
    shown.button(key=f"import.again.{first.id}").click().run()
    assert "Line 1, column" in texts(shown)


def test_file_without_one_readable_row_cannot_be_started(stage: Stage) -> None:
    shown = upload(stage, b"\xff\xfa not text\nnot json\n")
    assert not shown.exception
    assert shown.button(key="import.start").disabled


def test_hostile_rows_stay_words(stage: Stage) -> None:
    shown = upload(stage)
    shown.button(key="import.start").click().run()
    for kind in ("title", "header", "markdown", "caption", "error", "warning"):
        assert all("![x](" not in str(element.value) for element in shown.get(kind))


def test_rows_no_format_recognises_wait_for_a_choice(stage: Stage) -> None:
    shown = upload(stage, b'{"a": 1}\n{"b": 2}\n')
    assert not shown.exception
    assert "No format recognises these rows" in texts(shown)
    assert shown.button(key="import.start").disabled
    shown.selectbox(key="import.format").select("openai").run()
    assert not shown.exception
    assert "2 of 2 rows look like no known format" in texts(shown)
    assert not shown.button(key="import.start").disabled


def test_votes_findings_repairs_and_tools_are_shown_first(stage: Stage) -> None:
    tools = [{"name": "track", "description": "Say where.", "parameters": {"order": {"type": "str"}}}]
    row = {"query": "Where?", "tools": tools, "answers": [{"name": "track", "arguments": {"order": "A-7"}}]}
    drifted = {**row, "tools": [{**tools[0], "description": "Where is it?"}]}
    shown = upload(stage, b"".join(json.dumps(one).encode() + b"\n" for one in (row, row, drifted)) + GOOD)
    assert not shown.exception
    assert "3 of 4 rows look like xlam; 1 like openai." in texts(shown)
    assert "The rows bring 1 tool. Not all rows define them alike: track in 2 ways." in texts(shown)
    labels = [one.label for one in shown.expander]
    assert any(label.startswith("Checks find ") for label in labels)
    assert "Reading mends or remarks on 3 rows" in labels


def many(n: int = 450, more: str = "") -> bytes:
    return b"".join(GOOD.replace(b"Hi", f"Hi {i}{more}".encode()) for i in range(n))


def test_long_file_is_ordered_and_comes_in_without_the_page(stage: Stage) -> None:
    shown = upload(stage, many() + b"not json\n")
    shown.button(key="import.start").click().run()
    assert not shown.exception
    assert "On its way" in texts(shown)
    assert "waiting for its turn" in shown.get("progress")[0].proto.text
    assert "import.start" not in [button.key for button in shown.button]
    assert bringing_in.bring_in_next(stage.ws)
    shown.run()
    assert not shown.exception
    assert "On its way" not in texts(shown)
    (source,) = importing.list_sources(stage.ws, stage.project.id)
    assert (source.n_imported, source.n_rejected) == (450, 1)
    assert "450 of 451 rows in" in texts(shown)


def test_long_file_is_stopped_from_the_page_and_may_be_ordered_again(stage: Stage) -> None:
    shown = upload(stage, many())
    shown.button(key="import.start").click().run()
    (ordered,) = import_orders.list_imports(stage.ws, stage.project.id)
    shown.button(key=f"import.stop.{ordered.id}").click().run()
    assert not shown.exception
    assert import_orders.list_imports(stage.ws, stage.project.id) == ()
    shown.button(key="import.start").click().run()
    assert not shown.exception
    assert len(import_orders.list_imports(stage.ws, stage.project.id)) == 1


def test_long_file_makes_its_project_in_an_empty_workspace(home: Path) -> None:
    screen = AppTest.from_file(str(ROOT / "ui" / "main.py"), default_timeout=30)
    shown = screen.switch_page("../pages/import.py").run()
    shown.file_uploader(key="import.file").set_value([("desk.jsonl", many(), "application/jsonl")]).run()
    shown.button(key="import.start").click().run()
    assert not shown.exception
    ws = open_workspace(home)
    (project,) = projects.list_projects(ws)
    assert bringing_in.bring_in_next(ws)
    assert importing.list_sources(ws, project.id)[0].n_imported == 450
    ws.close()


def test_reason_why_nothing_came_in_is_told(stage: Stage) -> None:
    shown = upload(stage, gzip.compress(many(more=" and so on" * 500))[:-300])
    assert not shown.exception
    shown.button(key="import.start").click().run()
    bringing_in.bring_in_next(stage.ws)
    shown.run()
    assert "cut off in the middle" in texts(shown)
    (failed,) = import_orders.list_imports(stage.ws, stage.project.id)
    shown.button(key=f"import.dismiss.{failed.id}").click().run()
    assert not shown.exception
    assert "cut off in the middle" not in texts(shown)


def test_answers_of_a_second_file_are_asked_for_and_kept(stage: Stage) -> None:
    question = {"id": "s", "question": [[{"role": "user", "content": "Hi"}]], "function": []}
    shown = stage.show("import")
    shown.file_uploader(key="import.file").set_value([("q.json", json.dumps(question).encode(), "")]).run()
    assert "Read as **bfcl**" in texts(shown)
    answer = {"id": "s", "ground_truth": [{"track": {"order": ["A-7", "7"]}}]}
    shown.file_uploader(key="import.answers").set_value([("a.json", json.dumps(answer).encode(), "")]).run()
    shown.button(key="import.start").click().run()
    assert not shown.exception
    (row,) = browsing.list_examples(stage.ws, stage.project.id).rows
    assert open_example(stage.ws, row.id).example.acceptable


XLAM = {
    "query": "Where is A-7?",
    "tools": [{"name": "track", "description": "Say where.", "parameters": {"order": {"type": "str"}}}],
    "answers": [{"name": "track", "arguments": {"order": "A-7"}}],
}


def test_mended_rows_can_be_fetched_and_say_so_beside_the_example(stage: Stage) -> None:
    shown = upload(stage, json.dumps(XLAM).encode() + b"\n")
    shown.button(key="import.start").click().run()
    assert not shown.exception
    (source,) = importing.list_sources(stage.ws, stage.project.id)
    labels = {one.proto.label for one in shown.get("download_button")}
    assert f"{source.n_mended:,} mended" in labels
    (row,) = browsing.list_examples(stage.ws, stage.project.id).rows
    written = stage.show("write")
    assert not written.exception
    assert any(one.label.startswith("Mended on import") for one in written.expander), row.id


def test_tools_of_a_file_are_taken_over_as_one_act(stage: Stage) -> None:
    other = {**XLAM, "query": "And A-8?", "tools": [{**XLAM["tools"][0], "description": "Where?"}]}
    rows = [XLAM, {**XLAM, "query": "Again?"}, other]
    shown = upload(stage, b"".join(json.dumps(one).encode() + b"\n" for one in rows))
    shown.button(key="import.start").click().run()
    (source,) = importing.list_sources(stage.ws, stage.project.id)
    shown.button(key=f"import.tools.{source.id}").click().run()
    assert not shown.exception
    assert "1 tool is not defined alike in all rows" in texts(shown)
    (choice,) = [one for one in shown.selectbox if str(one.key).startswith("importtools.variant.")]
    assert [option.split(" (")[0] for option in choice.options] == ["that of 2 rows", "that of 1 row"]
    # Here every run is one of the whole page, which would close the dialog.
    shown.session_state["importtools.wanted"] = source.id
    shown.button(key=f"importtools.yes.{source.id}").click().run()
    assert not shown.exception
    (view,) = cataloguing.list_tools(stage.ws, stage.project.id)
    assert "Say where." in view.tool.definition.text


def test_a_file_of_something_else_is_said_to_be_that(stage: Stage) -> None:
    tool = {"type": "function", "function": {"name": "f", "description": "Does it.", "parameters": {"type": "object"}}}
    shown = upload(stage, json.dumps([tool]).encode())
    assert "These are 1 definition of tools, not rows" in texts(shown)
    shown = upload(stage, b'{"id": "live_1", "ground_truth": [{"f": {"a": [1]}}]}\n')
    assert "accepted answers of BFCL" in texts(shown)
    assert shown.button(key="import.start").disabled
    shown = upload(stage, b'{"a": 1}\n')
    assert "No format recognises these rows" in texts(shown)
    shown = upload(stage, b"")
    assert "There is no row in this file" in texts(shown)
    assert "Read as" not in texts(shown)
    assert shown.button(key="import.start").disabled
    shown = upload(stage, b"\x89PNG\r\n\x1a\n" + bytes(range(256)))
    assert "it is a PNG picture, not JSON" in texts(shown)


def test_an_imported_file_shows_its_examples_and_its_rejects_once(stage: Stage) -> None:
    shown = upload(stage)
    shown.button(key="import.start").click().run()
    assert not [frame for frame in shown.dataframe if "reason" in frame.value.columns], "they stand below, to be mended"
    assert "Rejected rows" in texts(shown)
    shown.button(key="import.examples").click().run()
    assert not shown.exception
    assert "came with rows.jsonl" in texts(shown)
