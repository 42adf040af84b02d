"""Write: typed text becomes a revision, buttons do what they say, a submission that cannot be says why."""

from __future__ import annotations

import json
from collections.abc import Callable

import msgspec
import pytest
from streamlit.testing.v1 import AppTest

from curation.errors import StateError
from curation.model.definition import Definition, Tool
from curation.model.example import Call, Example, Message
from curation.model.finding import Severity
from curation.model.states import ExampleState
from curation.model.values import Arguments
from curation.services import browsing, cataloguing, deciding, drafting, people, writing
from curation.services.turn_edits import blank_example
from tests.browser.filling import Filling, make_answer, make_example, make_tool
from tests.screens.rows import pick_row, rows_of
from ui import state
from ui.cursor import nearest
from ui.scene import Scene
from ui.tokens import Claim
from ui.turn_menu import turn_acts


def _hand_over(screen: AppTest, key: str, text: str, base_rev: int = 1, nonce: str = "n1") -> None:
    screen.session_state[key] = {"doc": {"text": text, "nonce": nonce, "base_rev": base_rev}}


def _press(screen: AppTest, key: str) -> AppTest:
    screen.button(key=key).click().run()
    assert not screen.exception, screen.exception
    return screen


def test_first_example_is_begun_with_the_published_tools(filling: Filling, open_page: Callable[..., AppTest]) -> None:
    _press(open_page("write"), "write.first")
    (row,) = browsing.list_examples(filling.ws, filling.project.id).rows
    example = filling.read(row.id).example
    assert [message.role for message in example.messages] == ["user"]
    assert isinstance(example.tools, tuple)
    assert [one.view.name for one in example.tools] == ["track_order"]


def test_text_handed_over_is_saved_once_as_a_revision(filling: Filling, open_page: Callable[..., AppTest]) -> None:
    example = filling.write(make_answer("Thanks"))
    screen = open_page("write")
    _hand_over(screen, f"write.text.{example.id}.t1", "My pleasure.")
    screen.run()
    screen.run()
    saved = filling.read(example.id)
    assert saved.head_rev == 2
    assert saved.example.messages[1].content == "My pleasure."


def test_text_stays_unhandled_until_it_is_saved(
    filling: Filling, open_page: Callable[..., AppTest], monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_: object, **__: object) -> None:
        raise StateError("The database is busy.", hint="Try again in a moment.")

    example = filling.write(make_answer("Thanks"))
    screen = open_page("write")
    _hand_over(screen, f"write.text.{example.id}.t1", "My pleasure.")
    monkeypatch.setattr(writing, "save_example", refuse)
    screen.run()
    assert "The database is busy" in screen.error[0].value
    monkeypatch.undo()
    monkeypatch.setenv("CALLWRIGHT_HOME", str(filling.ws.home))
    _hand_over(screen, f"write.text.{example.id}.t1", "My pleasure.")
    screen.run()
    assert filling.read(example.id).example.messages[1].content == "My pleasure."


def test_undo_is_refused_when_somebody_else_saved_in_between(
    filling: Filling, open_page: Callable[..., AppTest]
) -> None:
    example = filling.write(make_answer("Thanks"))
    screen = open_page("write")
    other = make_answer("Thanks", "Somebody else's words.")
    writing.save_example(filling.ws, filling.actor, example.id, 1, other, nonce="other")
    _press(screen, "write.undo")
    assert "saved by somebody in between" in screen.error[0].value
    assert filling.read(example.id).example == other


def test_draft_left_by_a_closed_tab_is_taken_in(filling: Filling, open_page: Callable[..., AppTest]) -> None:
    example = filling.write(make_answer("Thanks"))
    person = filling.actor.person_id
    drafting.save_draft(filling.ws, person, "example", example.id, "/messages/1/content", 1, "Half a sent")
    open_page("write")
    assert filling.read(example.id).example.messages[1].content == "Half a sent"
    assert drafting.read_drafts(filling.ws, person, "example", example.id) == {}


def test_submit_with_an_error_says_so_and_goes_to_the_first(
    filling: Filling, open_page: Callable[..., AppTest]
) -> None:
    """Submit is never closed in the browser: a key pressed right after the cure would be swallowed."""
    example = filling.write(make_example("Where is order 12?", order_id="12"))
    screen = _press(open_page("write"), "write.submit")
    assert screen.toast[0].value == "Not submitted: 1 error first"
    assert filling.read(example.id).state is ExampleState.DRAFT
    assert screen.session_state["write.aim"].at.endswith("/arguments/order_id")


def test_submit_at_zero_errors(filling: Filling, open_page: Callable[..., AppTest]) -> None:
    example = filling.write(make_example("Where is B4821?"))
    _press(open_page("write"), "write.submit")
    assert filling.read(example.id).state is ExampleState.SUBMITTED


def test_turns_are_added_and_removed_and_undone(filling: Filling, open_page: Callable[..., AppTest]) -> None:
    example = filling.write(make_answer("Thanks"))
    screen = _press(open_page("write"), "write.add_user")
    assert len(filling.read(example.id).example.messages) == 3
    _press(screen, "write.undo")
    assert len(filling.read(example.id).example.messages) == 2


def test_choice_in_the_form_writes_its_value(filling: Filling, open_page: Callable[..., AppTest]) -> None:
    example = filling.write(make_example("Where is B4821?"))
    screen = open_page("write")
    box = next(one for one in screen.selectbox if one.label.startswith("priority"))
    box.select("high").run()
    assert not screen.exception
    call = (filling.read(example.id).example.messages[1].calls or ())[0]
    assert json.loads(call.arguments.text) == {"order_id": "B4821", "priority": "high"}  # type: ignore[union-attr]


def test_label_is_set_on_the_decision(filling: Filling, open_page: Callable[..., AppTest]) -> None:
    example = filling.write(make_answer("Thanks"))
    screen = open_page("write")
    next(one for one in screen.selectbox if one.label == "Why no tool is called").select("refuse").run()
    label = filling.read(example.id).example.messages[1].label
    assert label is not None
    assert label.reason == "refuse"


def test_names_of_turns_survive_an_edit(filling: Filling, open_page: Callable[..., AppTest]) -> None:
    """A field keeps its key when a turn is added before it, so that its text stays on screen."""
    example = filling.write(make_answer("Thanks"))
    screen = _press(open_page("write"), f"write.add_system.{example.id}")
    _hand_over(screen, f"write.text.{example.id}.t1", "Still the answer.", base_rev=2)
    screen.run()
    assert filling.read(example.id).example.messages[2].content == "Still the answer."


def test_next_error_opens_the_call_it_stands_in(filling: Filling, open_page: Callable[..., AppTest]) -> None:
    example = filling.write(make_example("Where is order 12?", order_id="12"))
    screen = _press(open_page("write"), "write.next_error")
    assert screen.session_state[f"write.selected.{example.id}"] == "t1/0"


def test_example_put_away_leaves_the_queue(filling: Filling, open_page: Callable[..., AppTest]) -> None:
    first = filling.write(make_answer("Thanks"))
    second = filling.write(make_answer("Thanks again"))
    screen = _press(open_page("write"), f"write.archive.{second.id}")
    assert filling.read(second.id).state is ExampleState.ARCHIVED
    assert screen.session_state["write.example"] == first.id
    _press(screen, "write.undo")
    assert filling.read(second.id).state is ExampleState.DRAFT


def test_two_findings_that_differ_in_their_sentence_only_are_both_drawn(
    filling: Filling, open_page: Callable[..., AppTest]
) -> None:
    parameters = '{"type":"object","properties":{}}'
    text = f'{{"type":"function","function":{{"name":"look","description":"Look.","parameters":{parameters}}}}}'
    result_schema = '{"type":"object","properties":{"a":{},"b":{}},"required":["a","b"]}'
    tool = Tool(Definition(text), side_effect="read", result_schema=result_schema)
    cataloguing.import_tools(filling.ws, filling.actor, filling.project.id, [tool], nonce="tool")
    cataloguing.publish(filling.ws, filling.actor, filling.project.id, nonce="publish")
    call = Call(name="look", arguments=Arguments("{}"), id="call_1", type="function")
    example = filling.write(
        Example(
            messages=(
                Message(role="user", content="Look there"),
                Message(role="assistant", content=None, calls=(call,)),
                Message(role="tool", content="{}", tool_call_id="call_1"),
                Message(role="assistant", content="Nothing there."),
            ),
            tools=(tool.definition,),
        )
    )
    assert len([one for one in filling.read(example.id).judged if one.finding.rule == "result-schema"]) == 2
    screen = open_page("write")
    assert len([button for button in screen.button if button.label == "Keep anyway"]) == 2


def test_rows_with_one_title_are_still_two_rows(filling: Filling, open_page: Callable[..., AppTest]) -> None:
    older = filling.write(make_answer("Thanks"))
    newer = filling.write(make_answer("Thanks"))
    screen = open_page("write")
    assert screen.session_state["write.example"] == newer.id
    pick_row(screen, "write.rows", older.id)
    assert not screen.exception
    assert screen.session_state["write.example"] == older.id


def test_row_that_has_left_the_list_is_not_chosen(filling: Filling, open_page: Callable[..., AppTest]) -> None:
    """A browser may still show a row of the list as it was before."""
    kept = filling.write(make_answer("Thanks"))
    screen = open_page("write")
    pick_row(screen, "write.rows", "gone")
    assert not screen.exception
    assert screen.session_state["write.example"] == kept.id


def test_rows_say_what_people_wrote_as_it_is(filling: Filling, open_page: Callable[..., AppTest]) -> None:
    words = "![x](http://evil.example/x.png)  **and** " + "W" * 300
    made = filling.write(make_answer(words))
    row = rows_of(open_page("write"), "write.rows").rows[0]
    assert row["id"] == made.id
    assert row["title"].startswith("![x](http://evil.example/x.png) **and** W")


def test_faults_are_counted_once_something_was_typed(filling: Filling, open_page: Callable[..., AppTest]) -> None:
    broken = filling.write(make_example("Where is it?", order_id="12"))
    blank = filling.write(blank_example((make_tool().definition,)))
    rows = rows_of(open_page("write"), "write.rows")
    assert rows.words(broken.id) == "Where is it? 1 #1 · single"
    assert blank.judged
    assert rows.words(blank.id) == "(no user turn) #2 · no turns yet"


def test_next_error_in_a_result_unfolds_it_and_goes_there(filling: Filling, open_page: Callable[..., AppTest]) -> None:
    made = make_example("Where is B4821?")
    result = msgspec.structs.replace(made.messages[2], content="", tool_call_id="call_9")
    messages = (*made.messages[:2], result, made.messages[3])
    example = filling.write(msgspec.structs.replace(made, messages=messages))
    places = {one.finding.at for one in example.judged if one.severity is Severity.ERROR}
    assert any(at.startswith("/messages/2") for at in places)
    screen = open_page("write")
    for _ in places:
        _press(screen, "write.next_error")
        if screen.session_state["write.aim"].at.startswith("/messages/2"):
            break
    assert screen.session_state[f"write.fold.{example.id}.t2"] is True


def test_next_error_leads_to_every_place_in_turn(filling: Filling, open_page: Callable[..., AppTest]) -> None:
    made = make_example("Where is order 12?", order_id="12")
    call = (made.messages[1].calls or ())[0]
    second = msgspec.structs.replace(call, id="call_2", arguments=Arguments('{"order_id": "13", "colour": "red"}'))
    asked = msgspec.structs.replace(made.messages[1], calls=(call, second))
    example = filling.write(msgspec.structs.replace(made, messages=(made.messages[0], asked, *made.messages[2:])))
    places = list(dict.fromkeys(one.finding.at for one in example.judged if one.severity is Severity.ERROR))
    screen = open_page("write")
    seen = []
    for _ in range(len(places) + 1):
        _press(screen, "write.next_error")
        seen.append(screen.session_state["write.aim"].at)
    assert seen == [*places, places[0]]


def test_arguments_that_are_no_object_are_shown_as_json(filling: Filling, open_page: Callable[..., AppTest]) -> None:
    made = make_example("Where is B4821?")
    call = (made.messages[1].calls or ())[0]
    wrong = msgspec.structs.replace(call, arguments=Arguments('["B4821"]'))
    asked = msgspec.structs.replace(made.messages[1], calls=(wrong,))
    example = filling.write(msgspec.structs.replace(made, messages=(made.messages[0], asked, *made.messages[2:])))
    screen = _press(open_page("write"), "write.next_error")
    assert f"write.args.{example.id}.t1.call_1.json" in screen.session_state[f"write.fields.{example.id}"]


def test_finding_kept_anyway_is_shown_with_its_reason_and_taken_back_in_one_act(
    filling: Filling, open_page: Callable[..., AppTest]
) -> None:
    made = make_example("Where is order 12?", order_id="12")
    example = filling.write(made)
    (found,) = [one.finding for one in example.judged if one.severity is Severity.ERROR]
    writing.waive(filling.ws, filling.actor, example.id, 1, found, "It is a <b>test</b>", nonce="keep")
    screen = open_page("write")
    assert any(text.value == "It is a <b>test</b>" for text in screen.text)
    (button,) = [one for one in screen.button if one.label == "Take back"]
    button.click().run()
    after = filling.read(example.id)
    assert after.example.waivers == ()
    assert [one.finding.rule for one in after.judged if one.severity is Severity.ERROR] == [found.rule]
    assert not [one for one in screen.button if one.label == "Take back"]


def test_undo_after_other_edits_leaves_an_earlier_submission_alone(
    filling: Filling, open_page: Callable[..., AppTest]
) -> None:
    waiting = filling.write(make_answer("Bye"))
    submitted = filling.write(make_answer("Thanks"))
    screen = _press(open_page("write"), "write.submit")
    _hand_over(screen, f"write.text.{waiting.id}.t1", "My pleasure.")
    screen.run()
    assert filling.read(waiting.id).example.messages[1].content == "My pleasure."
    _press(screen, "write.undo")
    assert filling.read(submitted.id).state is ExampleState.SUBMITTED
    assert filling.read(waiting.id).example == waiting.example


def test_call_shown_by_default_is_marked_open(filling: Filling, open_page: Callable[..., AppTest]) -> None:
    example = filling.write(make_example("Where is B4821?"))
    screen = open_page("write")
    assert f"write.open.{example.id}.t1/0" not in {one.key for one in screen.button}
    assert any("open" in mark.value and "arrow_forward" in mark.value for mark in screen.markdown)


def test_broken_arguments_are_said_at_their_field_only(filling: Filling, open_page: Callable[..., AppTest]) -> None:
    made = make_example("Where is B4821?")
    call = msgspec.structs.replace((made.messages[1].calls or ())[0], arguments=Arguments('{"order_id": "B48'))
    asked = msgspec.structs.replace(made.messages[1], calls=(call,))
    example = filling.write(msgspec.structs.replace(made, messages=(made.messages[0], asked, *made.messages[2:])))
    screen = open_page("write")
    said = [mark.value for mark in (*screen.markdown, *screen.caption) if "not JSON" in mark.value]
    assert said == []
    assert f"write.args.{example.id}.t1.call_1.json" in screen.session_state[f"write.fields.{example.id}"]


def test_turn_offers_only_what_can_be_done_with_it() -> None:
    made = make_example("Where is B4821?")
    failed = msgspec.structs.replace(made.messages[2], content='{"error": "No"}')
    messages = (*made.messages[:2], failed, made.messages[2], made.messages[3])
    ids = tuple(f"t{turn}" for turn in range(5))
    example = msgspec.structs.replace(made, messages=messages)
    scene = Scene("e", example, ids, (), {}, Claim("", "", "", "e", "", 1), is_editable=True, page="write")
    offered = [turn_acts(scene, turn, message) for turn, message in enumerate(messages)]
    assert offered[0] == ["Move down", "Duplicate", "Remove"]
    assert offered[1][:3] == ["Label", "Text beside the calls", "Add a call here"]
    assert offered[2] == ["Choose the result", "Move up", "Move down", "Duplicate", "Remove"]
    assert offered[4] == ["Label", "Add a call here", "Move up", "Duplicate", "Remove"]


def test_conversation_is_split_only_where_another_begins() -> None:
    made = make_example("Where is B4821?")
    messages = (Message(role="system", content="Be brief."), *made.messages, Message(role="user", content="Thanks"))
    example = msgspec.structs.replace(made, messages=messages)
    ids = tuple(f"t{turn}" for turn in range(len(messages)))
    scene = Scene("e", example, ids, (), {}, Claim("", "", "", "e", "", 1), is_editable=True, page="write")
    offered = ["Split here" in turn_acts(scene, turn, message) for turn, message in enumerate(messages)]
    assert offered == [False, False, False, False, False, True]


def test_near_miss_warns_while_the_request_says_the_open_value(
    filling: Filling, open_page: Callable[..., AppTest]
) -> None:
    filling.write(make_example("Where is B4821? It is B4821."))
    screen = open_page("write")
    screen.session_state["act.write"] = state.Act("near_miss", "", "value_missing/order_id", "n1")
    screen.run()
    copy = screen.session_state["write.example"]
    assert "still says **B4821**" in screen.warning[0].value
    assert screen.session_state["write.aim"].at == "/messages/1/content"
    _hand_over(screen, f"write.text.{copy}.t0", "Where is my order?")
    screen.run()
    assert not screen.warning


@pytest.mark.parametrize(
    ("at", "key"),
    [
        ("/messages/1/tool_calls/0/function/arguments/a", "a"),
        ("/messages/1/tool_calls/0/function/arguments/a/0/b", "a"),
        ("/messages/1/tool_calls/0/function/arguments", "a"),
        ("/messages/1/tool_calls/0/function/arguments/gone", "a"),
        ("/messages/0", "user"),
        ("/messages/10/content", "user"),
        ("/tools/0/function", "offered"),
        ("", "user"),
    ],
)
def test_cursor_goes_to_the_nearest_field(at: str, key: str) -> None:
    arguments = "/messages/1/tool_calls/0/function/arguments"
    spots = {"/messages/0/content": "user", f"{arguments}/a": "a", f"{arguments}/b": "b", "/tools": "offered"}
    assert nearest(spots, at) == key


def test_cursor_has_nowhere_to_go_on_a_page_without_fields() -> None:
    assert nearest({}, "/messages/0/content") == ""


def _conflict(filling: Filling) -> str:
    """An example with text this person typed on revision 1 while Mara saved revision 2 and somebody submitted it."""
    example = filling.write(make_answer("Thanks"))
    mara = people.add_person(filling.ws, filling.actor, "Mara", ["annotator"], nonce="mara")
    person = filling.actor.person_id
    drafting.save_draft(filling.ws, person, "example", example.id, "/messages/1/content", 1, "My own words.")
    writing.save_example(filling.ws, mara, example.id, 1, make_answer("Thanks", "Mara's words."), nonce="mara saved")
    return example.id


def _at(screen: AppTest, example_id: str) -> AppTest:
    """The page at one example, wherever its list stands."""
    screen.session_state[state.EXAMPLE.name] = example_id
    screen.run()
    assert not screen.exception, screen.exception
    return screen


def test_nothing_is_submitted_while_two_texts_wait_to_be_settled(
    filling: Filling, open_page: Callable[..., AppTest]
) -> None:
    example_id = _conflict(filling)
    screen = _press(open_page("write"), "write.submit")
    assert any("Not handed on" in one.value for one in screen.error)
    assert filling.read(example_id).state is ExampleState.DRAFT
    primary = [one.key for one in screen.button if one.proto.type == "primary"]
    assert [key.rpartition(".")[0] for key in primary if key] == ["write.open_merge"]
    name = next(one.key for one in screen.button if one.key and one.key.startswith("write.drop_mine."))
    deciding.drop_mine(filling.ws, filling.actor, example_id, name.removeprefix("write.drop_mine."))
    _press(screen, "write.submit")
    assert filling.read(example_id).state is ExampleState.SUBMITTED


def test_conflict_names_who_saved_the_text_and_not_who_moved_the_example_on(
    filling: Filling, open_page: Callable[..., AppTest]
) -> None:
    example_id = _conflict(filling)
    olga = people.add_person(filling.ws, filling.actor, "Olga", ["annotator"], nonce="olga")
    writing.submit(filling.ws, olga, example_id, 2, nonce="olga submits")
    sentence = _at(open_page("write"), example_id).error[0].value
    assert "Mara saved revision 2" in sentence
    assert "Olga" not in sentence


def test_submit_is_no_next_act_of_what_is_submitted(filling: Filling, open_page: Callable[..., AppTest]) -> None:
    example = filling.write(make_example("Where is B4821?"))
    writing.submit(filling.ws, filling.actor, example.id, 1, nonce="submitted")
    screen = _at(open_page("write"), example.id)
    assert screen.button(key="write.submit").proto.type == "secondary"


def test_other_view_of_broken_arguments_answers_why_there_is_none(
    filling: Filling, open_page: Callable[..., AppTest]
) -> None:
    example = make_example("Where is B4821?")
    call = msgspec.structs.replace((example.messages[1].calls or ())[0], arguments=Arguments('{"order_id": '))
    turn = msgspec.structs.replace(example.messages[1], calls=(call,))
    messages = (example.messages[0], turn, *example.messages[2:])
    filling.write(msgspec.structs.replace(example, messages=messages))
    screen = open_page("write")
    assert screen.button(key="write.flip").label == "As a form"
    _press(screen, "write.flip")
    assert "not a JSON object" in screen.toast[0].value
