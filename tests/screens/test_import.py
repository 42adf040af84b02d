"""The import page: a look first, one act in, rejects mended in place, one undo."""

from __future__ import annotations

import csv
import io
import json
from pathlib import Path

from streamlit.testing.v1 import AppTest

from curation.services import browsing, importing, projects
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
