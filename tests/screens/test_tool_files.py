"""Importing and exporting tools from the Catalogue: preview first, one act, one way back."""

from __future__ import annotations

import json

from streamlit.testing.v1 import AppTest
from streamlit.testing.v1.element_tree import Button

from curation.services import cataloguing, tool_servers
from tests.screens.stage import HOSTILE, Stage, make_tool, texts

SCHEMA = '{"type":"object","properties":{"reason":{"type":"string"}}}'


def run(shown: AppTest, wanted: str = "Import tools") -> AppTest:
    """A run with the dialog open: here every run is one of the whole page, which would close it."""
    shown.session_state["tools.files.wanted"] = wanted
    shown.run()
    assert not shown.exception
    return shown


def import_button(shown: AppTest) -> Button:
    return next(one for one in shown.button if (one.key or "").startswith("toolimport.yes."))


def pasted(stage: Stage, text: str) -> AppTest:
    """The import dialog with a text in it."""
    shown = run(stage.show("catalogue"))
    shown.radio(key="toolimport.from").set_value("Pasted text")
    run(shown).text_area(key="toolimport.text").set_value(text)
    return run(shown)


def listed(*names: str, **more: object) -> str:
    schema = {"type": "object", "properties": {"reason": {"type": "string", "description": "Why."}}}
    return json.dumps(
        {"tools": [{"name": one, "description": "Does.", "inputSchema": schema, **more} for one in names]}
    )


def save(stage: Stage, name: str) -> None:
    tool = make_tool(name, SCHEMA)
    cataloguing.save_tool(stage.ws, stage.actor, stage.project.id, tool, nonce=f"save {name}")


def names(stage: Stage) -> set[str]:
    return {view.name for view in cataloguing.list_tools(stage.ws, stage.project.id)}


def test_every_change_is_shown_before_anything_comes_in(stage: Stage) -> None:
    save(stage, "request_refund")
    shown = pasted(stage, listed("request_refund", "a.b", icons=[]))
    said = texts(shown)
    assert "Read as **MCP tools/list**: 2 tools" in said
    assert "- the description has changed" in said
    assert "renamed: **a.b** is called **a_b**" in said
    assert "lost: **icons** is left out" in said
    assert names(stage) == {"request_refund"}


def test_chosen_tools_come_in_as_one_act_and_go_as_one(stage: Stage) -> None:
    shown = pasted(stage, listed("first", "second", "third"))
    digest = shown.checkbox[0].key.split(".")[2]
    shown.checkbox(key=f"toolimport.take.{digest}.second").uncheck()
    run(shown)
    button = import_button(shown)
    assert button.label == "Import 2 tools"
    button.click()
    run(shown)
    assert not shown.exception
    assert names(stage) == {"first", "third"}
    shown = stage.show("catalogue")
    shown.session_state["tools.files.undo"] = "undo"
    run(shown, "Undo the import of 2 tools")
    assert names(stage) == set()


def test_a_taken_name_asks_what_to_do(stage: Stage) -> None:
    save(stage, "a_b")
    shown = pasted(stage, listed("a.b"))
    assert import_button(shown).disabled
    choice = next(one for one in shown.selectbox if one.key.startswith("toolimport.take."))
    choice.set_value("beside")
    import_button(run(shown)).click()
    run(shown)
    assert names(stage) == {"a_b", "a_b_2"}


def test_what_cannot_be_read_is_one_sentence_with_its_line(stage: Stage) -> None:
    assert "Line 2" in texts(pasted(stage, '{"tools":\n [}'))
    assert "Line 1: this is no Python" in texts(pasted(stage, "def f(:\n    pass"))


def test_another_form_can_be_chosen(stage: Stage) -> None:
    code = "from pydantic import BaseModel\n\nclass Refund(BaseModel):\n    id: str\n\ndef helper(): pass\n"
    shown = pasted(stage, code)
    assert "Read as **Python functions**" in texts(shown)
    form = next(one for one in shown.selectbox if one.key.startswith("toolimport.form."))
    form.set_value("pydantic")
    run(shown)
    assert "Read as **Pydantic models**: 1 tool" in texts(shown)


def test_hostile_words_stay_words(stage: Stage) -> None:
    shown = pasted(stage, listed(HOSTILE, **{HOSTILE: 1}))
    for kind in ("title", "header", "markdown", "caption", "error", "warning"):
        assert all("![x](" not in str(element.value) for element in shown.get(kind))
    assert all("![x](" not in box.label for box in shown.checkbox)


def test_a_lead_allows_a_server_before_anybody_asks_one(stage: Stage) -> None:
    shown = run(stage.show("catalogue"))
    shown.radio(key="toolimport.from").set_value("An MCP server")
    run(shown)
    assert "No server is allowed yet" in texts(shown)
    shown.text_input(key="toolserver.new.name").set_value("orders")
    shown.text_input(key="toolserver.new.target").set_value("http://127.0.0.1:9/mcp")
    next(one for one in shown.button if one.label == "Allow").click()
    run(shown)
    assert [one.name for one in tool_servers.list_servers(stage.ws, stage.project.id)] == ["orders"]


def test_export_names_what_a_form_cannot_hold(stage: Stage) -> None:
    save(stage, "request_refund")
    shown = run(stage.show("catalogue"), "Export tools")
    assert "left out: the policy (1 tool)" in texts(shown)
    shown.selectbox(key="toolexport.form").set_value("openapi")
    run(shown, "Export tools")
    assert "This form holds everything" in texts(shown)


def test_a_save_in_between_is_shown_before_it_is_written_over(stage: Stage) -> None:
    save(stage, "first")
    shown = pasted(stage, listed("first"))
    button = import_button(shown)
    view = cataloguing.list_tools(stage.ws, stage.project.id)[0]
    newer = make_tool("first", '{"type":"object","properties":{"other":{"type":"string"}}}')
    cataloguing.save_tool(
        stage.ws, stage.actor, stage.project.id, newer, tool_id=view.id, base_revision=view.revision, nonce="theirs"
    )
    button.click()
    assert "**other** is gone" in texts(run(shown))
    assert cataloguing.get_tool(stage.ws, view.id).tool == newer


def test_all_or_none_are_taken_at_once_and_what_all_lost_is_said_once(stage: Stage) -> None:
    shown = pasted(stage, listed("first", "second", "third", annotations={"title": "T"}))
    assert texts(shown).count("is left out") == 1
    assert "(3 tools)" in texts(shown)
    assert import_button(shown).label == "Import 3 tools"
    shown.button(key="toolimport.none").click()
    assert import_button(run(shown)).label == "Import 0 tools"
    shown.button(key="toolimport.all").click()
    assert import_button(run(shown)).label == "Import 3 tools"
