"""Findings on the Write page: where each is said, where the next one is, and how one is kept."""

from __future__ import annotations

from collections.abc import Callable

import msgspec
from streamlit.testing.v1 import AppTest

from curation.model.definition import Definition, Tool
from curation.model.example import Call, Example, Message
from curation.model.finding import Severity
from curation.model.values import Arguments
from curation.services import cataloguing, reviewing, writing
from curation.services.turn_edits import blank_example
from tests.browser.filling import Filling, make_answer, make_example, make_tool
from tests.screens.pressing import hand_over, press
from tests.screens.rows import rows_of
from ui import state


def test_next_error_opens_the_call_it_stands_in(filling: Filling, open_page: Callable[..., AppTest]) -> None:
    example = filling.write(make_example("Where is order 12?", order_id="12"))
    screen = press(open_page("write"), "write.next_error")
    assert screen.session_state[f"write.selected.{example.id}"] == "t1/0"


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
        press(screen, "write.next_error")
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
        press(screen, "write.next_error")
        seen.append(screen.session_state["write.aim"].at)
    assert seen == [*places, places[0]]


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


def test_broken_arguments_are_said_at_their_field_only(filling: Filling, open_page: Callable[..., AppTest]) -> None:
    made = make_example("Where is B4821?")
    call = msgspec.structs.replace((made.messages[1].calls or ())[0], arguments=Arguments('{"order_id": "B48'))
    asked = msgspec.structs.replace(made.messages[1], calls=(call,))
    example = filling.write(msgspec.structs.replace(made, messages=(made.messages[0], asked, *made.messages[2:])))
    screen = open_page("write")
    said = [mark.value for mark in (*screen.markdown, *screen.caption) if "not JSON" in mark.value]
    assert said == []
    assert f"write.args.{example.id}.t1.call_1.json" in screen.session_state[f"write.fields.{example.id}"]


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
    hand_over(screen, f"write.text.{copy}.t0", "Where is my order?")
    screen.run()
    assert not screen.warning


def test_nothing_is_offered_as_the_next_where_nothing_was_found(
    filling: Filling, open_page: Callable[..., AppTest]
) -> None:
    filling.write(make_answer("Thanks"))
    button = open_page("write").button(key="write.next_error")
    assert button.disabled
    assert button.label == "No finding left"


def test_finding_of_a_turn_is_said_at_its_field_only(filling: Filling, open_page: Callable[..., AppTest]) -> None:
    filling.write(make_answer("Thanks", answer="<tool_call>{}</tool_call>"))
    screen = open_page("write")
    assert not [one.value for one in screen.markdown if "call markup" in one.value]
    assert any("call-markup" in one.value.replace("\\\\", "").replace("\\", "") for one in screen.markdown)


def test_refused_act_is_said_behind_the_desk_and_moves_nothing(
    filling: Filling, open_page: Callable[..., AppTest]
) -> None:
    filling.write(make_answer("Thanks"))
    screen = open_page("write")
    before = [one.label for one in screen.main.button]
    press(screen, "write.ask_recovery")
    assert "There is no call that could fail" in screen.error[0].value
    assert [one.label for one in screen.main.button] == before
    assert next(one.type for one in screen.main) != "error"


def test_open_comments_are_folded_to_a_line(filling: Filling, open_page: Callable[..., AppTest]) -> None:
    made = filling.write(make_answer("Thanks"))
    for text in ("Shorter, please.", "And kinder."):
        reviewing.add_comment(filling.ws, filling.actor, made.id, 1, text, nonce=text)
    labels = [one.label.replace("\\", "") for one in open_page("write").expander]
    assert any(label.startswith("2 open comments") for label in labels), labels
