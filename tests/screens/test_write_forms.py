"""Write: the form of a call, results from a mock, recoveries, undo and redo, copies, and the exported line."""

from __future__ import annotations

import json
from collections.abc import Callable

import msgspec
import pytest
from streamlit.testing.v1 import AppTest

from curation.errors import NotFoundError
from curation.model.definition import Definition, Tool
from curation.model.example import Call, Example, Message
from curation.model.states import ExampleState
from curation.model.values import Arguments
from curation.services import cataloguing, hard_cases, row_preview
from tests.browser.filling import Filling, make_answer, make_example
from tests.screens.pressing import press
from tests.screens.stage import texts
from ui import state

NESTED = {
    "type": "object",
    "properties": {
        "to": {"type": "object", "properties": {"town": {"type": "string"}}, "required": ["town"]},
        "tags": {"type": "array", "items": {"type": "string"}},
        "note": {"type": ["string", "null"]},
        "size": {"type": "string", "enum": ["s", "l"], "description": "Size.\n- s: small\n- l: large"},
        "more": {"type": "object", "additionalProperties": {"type": "string"}},
    },
    "required": ["to"],
}


def publish(filling: Filling, schema: object, name: str = "send") -> Tool:
    function = {"name": name, "description": "Send it.", "parameters": schema}
    tool = Tool(Definition(json.dumps({"type": "function", "function": function})), side_effect="write")
    cataloguing.import_tools(filling.ws, filling.actor, filling.project.id, [tool], nonce=f"tool {name}")
    cataloguing.publish(filling.ws, filling.actor, filling.project.id, nonce=f"publish {name}")
    return tool


def write_call(filling: Filling, tool: Tool, arguments: str) -> str:
    call = Call(name=tool.name, arguments=Arguments(arguments), id="call_1", type="function")
    asked = (Message(role="user", content="Send it."), Message(role="assistant", content=None, calls=(call,)))
    return filling.write(Example(messages=asked, tools=(tool.definition,))).id


def arguments(filling: Filling, example_id: str) -> str:
    call = (filling.read(example_id).example.messages[1].calls or ())[0]
    return call.arguments.text  # type: ignore[union-attr]


def act(screen: AppTest, verb: str, at: str = "", value: str = "") -> AppTest:
    screen.session_state["act.write"] = state.Act(verb, at, value, f"{verb} {at} {value}")
    screen.run()
    assert not screen.exception, screen.exception
    return screen


def test_form_draws_groups_lists_choices_and_what_is_left_out(
    filling: Filling, open_page: Callable[..., AppTest]
) -> None:
    tool = publish(filling, NESTED)
    example_id = write_call(filling, tool, '{"to": {"town": "Graz"}, "tags": ["a"], "colour": "red"}')
    screen = open_page("write")
    drawn = screen.session_state[f"write.fields.{example_id}"].values()
    at = "/messages/1/tool_calls/0/function/arguments"
    assert {f"{at}/to/town", f"{at}/tags/0", f"{at}/note", f"{at}/colour"} <= set(drawn)
    size = next(one for one in screen.selectbox if one.label.startswith("size"))
    assert size.options == ["not set", "s · small", "l · large"]
    size.select("l · large").run()
    assert json.loads(arguments(filling, example_id))["size"] == "l"


@pytest.mark.parametrize(
    ("verb", "at", "value", "after"),
    [
        ("argument_null", "note", "", '{"to": {"town": "Graz"},"note":null}'),
        ("argument_empty", "note", "", '{"to": {"town": "Graz"},"note":""}'),
        ("argument_element", "tags", "", '{"to": {"town": "Graz"},"tags":[""]}'),
        ("argument_add", "more", "", '{"to": {"town": "Graz"},"more":{}}'),
        ("argument_key", "more", "k", '{"to": {"town": "Graz"},"more":{"k":""}}'),
        ("argument_out", "to", "", "{}"),
    ],
)
def test_argument_is_edited_beside_typing(
    filling: Filling, open_page: Callable[..., AppTest], verb: str, at: str, value: str, after: str
) -> None:
    example_id = write_call(filling, publish(filling, NESTED), '{"to": {"town": "Graz"}}')
    act(open_page("write"), verb, f"/messages/1/tool_calls/0/function/arguments/{at}", value)
    assert arguments(filling, example_id) == after


def test_form_of_eighty_arguments_shows_few_and_adds_by_name(
    filling: Filling, open_page: Callable[..., AppTest]
) -> None:
    leaf = {"type": "object", "properties": {"d": {"type": "string"}}}
    deep = {"type": "object", "properties": {"b": {"type": "object", "properties": {"c": leaf}}}}
    wide = {"type": "object", "properties": {f"p{n}": {"type": "string"} for n in range(79)} | {"a": deep}}
    example_id = write_call(filling, publish(filling, wide), "{}")
    screen = open_page("write")
    more = next(one for one in screen.selectbox if one.label.startswith("Add an argument"))
    assert len(more.options) == 80
    more.select("a").run()
    assert arguments(filling, example_id) == '{"a":{}}'
    assert not screen.exception


def test_result_comes_from_the_mock_or_fails(filling: Filling, open_page: Callable[..., AppTest]) -> None:
    example_id = write_call(filling, publish(filling, NESTED), '{"to": {"town": "Graz"}}')
    screen = act(open_page("write"), "result", "", "429")
    result = filling.read(example_id).example.messages[2]
    assert json.loads(str(result.content))["status"] == 429
    act(screen, "fail", "t2", "The van broke down.")
    assert json.loads(str(filling.read(example_id).example.messages[2].content)) == {"error": "The van broke down."}


def test_recovery_is_chosen_and_its_failed_call_comes_first(
    filling: Filling, open_page: Callable[..., AppTest]
) -> None:
    example = filling.write(make_example("Where is B4821?"))
    screen = act(open_page("write"), "ask_recovery")
    assert any("Bad argument" in one.label for one in screen.button)
    act(screen, "recovery", "t1/0", "bad_argument/corrected_argument")
    ids = [call.id for message in filling.read(example.id).example.messages for call in message.calls or ()]
    assert ids == ["call_1", "call_2"]
    assert screen.session_state["write.aim"].at == "/messages/1/tool_calls/0/function/arguments"


def test_failures_come_first_and_are_few(filling: Filling, open_page: Callable[..., AppTest]) -> None:
    filling.write(make_example("Where is B4821?"))
    screen = act(open_page("write"), "ask_recovery")
    offered = [one.label for one in screen.button if one.key.startswith("write.recovery.")]
    assert len(offered) == len(set(offered)) <= 12
    assert any("Bad argument, then correct the argument" in label for label in offered)
    assert not [label for label in offered if "wait and try again" in label]


@pytest.mark.parametrize("question", ["ask_result", "ask_recovery"])
def test_a_question_about_one_of_several_calls_names_it(
    filling: Filling, open_page: Callable[..., AppTest], question: str
) -> None:
    made = make_example("Where is B4821?")
    calls = made.messages[1].calls or ()
    several = (*calls, msgspec.structs.replace(calls[0], id="call_2"))
    filling.write(
        msgspec.structs.replace(
            made, messages=(made.messages[0], msgspec.structs.replace(made.messages[1], calls=several))
        )
    )
    said = texts(act(open_page("write"), question))
    assert "track_order, call_1 in turn 2" in said or "track_order, call_2 in turn 2" in said


def _ask_what_follows() -> None:
    from curation.services.recovering import Recovery
    from ui.dialogs import choose_recovery

    retry = Recovery(
        "timeout/retry_after_wait",
        "timeout",
        "Timeout",
        "wait",
        "Timed out.",
        "retry_after_wait",
        "It may have worked.",
    )
    escalate = Recovery("timeout/escalate", "timeout", "Timeout", "hand it over", "Timed out.", "escalate")
    ways = (escalate, retry)
    choose_recovery(ways, "track_order, call_1 in turn 2", "t1/0", "word")


def test_unsafe_retry_is_offered_with_its_reason() -> None:
    screen = AppTest.from_function(_ask_what_follows)
    screen.session_state["write.recovery.failure.word"] = "timeout"
    screen.run()
    assert not screen.exception
    assert any("may have worked" in one.value for one in screen.markdown)
    assert len(screen.button) == 3


def test_failed_result_is_the_failure_and_stays_as_it_is(filling: Filling, open_page: Callable[..., AppTest]) -> None:
    made = make_example("Where is B4821?")
    told = '{"error": "The request timed out.", "at": 7}'
    messages = (*made.messages[:2], msgspec.structs.replace(made.messages[2], content=told), made.messages[3])
    example = filling.write(msgspec.structs.replace(made, messages=messages))
    screen = act(open_page("write"), "ask_recovery")
    ways = [one.key for one in screen.button if one.key.startswith("write.recovery.as_it_stands.")]
    assert "write.recovery.as_it_stands.as_it_stands/retry_after_wait" in ways
    act(screen, "recovery", "t1/0", "as_it_stands/retry_after_wait")
    after = filling.read(example.id).example.messages
    assert after[2].content == told
    assert after[3].label is not None
    assert after[3].label.recovery == "retry_after_wait"


def test_new_turn_is_not_red_before_it_was_left(filling: Filling, open_page: Callable[..., AppTest]) -> None:
    filling.write(make_example("Where is B4821?"))
    screen = open_page("write")
    screen.button(key="write.add_user").click().run()
    screen.button(key="write.add_answer").click().run()
    said = " ".join(one.value for one in (*screen.markdown, *screen.caption))
    assert "to write" in said
    assert "Still to write: turn 6" in said.replace("\\", "")
    before = said.count("red-badge")
    screen.button(key="write.next_error").click().run()
    after = " ".join(one.value for one in (*screen.markdown, *screen.caption))
    assert after.count("red-badge") > before or "to write" not in after


def test_undo_goes_back_step_by_step_and_redo_forward(filling: Filling, open_page: Callable[..., AppTest]) -> None:
    example = filling.write(make_answer("Thanks"))
    screen = open_page("write")
    screen.button(key="write.add_user").click().run()
    screen.button(key="write.add_answer").click().run()
    for left in (3, 2):
        screen.button(key="write.undo").click().run()
        assert len(filling.read(example.id).example.messages) == left
    for back in (3, 4):
        screen.button(key="write.redo").click().run()
        assert len(filling.read(example.id).example.messages) == back
    assert not [one for one in screen.button if one.key == "write.redo"]


def test_copy_and_half_open_and_stay_in_the_group(filling: Filling, open_page: Callable[..., AppTest]) -> None:
    made = make_example("Where is B4821?")
    more = (*made.messages, *make_answer("Thanks").messages)
    example = filling.write(msgspec.structs.replace(made, messages=more))
    screen = act(open_page("write"), "duplicate")
    copy = screen.session_state["write.example"]
    assert filling.read(copy).group == example.id
    act(screen, "split", "t4")
    half = filling.read(screen.session_state["write.example"])
    assert [message.content for message in half.example.messages] == ["Thanks", "You are welcome."]
    assert half.group == example.id
    assert len(filling.read(copy).example.messages) == 4


def test_copy_is_put_away_by_the_key_of_undo(filling: Filling, open_page: Callable[..., AppTest]) -> None:
    example = filling.write(make_answer("Thanks"))
    screen = press(open_page("write"), f"write.duplicate.{example.id}")
    copy = screen.session_state["write.example"]
    assert copy != example.id
    press(screen, "write.undo")
    assert filling.read(copy).state is ExampleState.ARCHIVED
    assert filling.read(example.id).state is ExampleState.DRAFT
    assert screen.session_state["write.example"] == example.id


def test_exported_line_stands_beside_the_conversation(filling: Filling, open_page: Callable[..., AppTest]) -> None:
    example = filling.write(make_answer("Thanks"))
    screen = act(open_page("write"), "flip_row")
    for name in row_preview.list_formats():
        screen.selectbox(key="write.row.format").set_value(name).run()
        assert not screen.exception
        shown = row_preview.preview_row(filling.read(example.id).example, name)
        assert shown.refused or shown.lines[0] in [one.value for one in screen.code]
    act(screen, "flip_row")
    assert not [one for one in screen.selectbox if one.key == "write.row.format"]


def test_text_beside_a_call_gets_a_field(filling: Filling, open_page: Callable[..., AppTest]) -> None:
    example = filling.write(make_example("Where is B4821?"))
    screen = act(open_page("write"), "say_beside", "t1")
    assert "/messages/1/content" in screen.session_state[f"write.fields.{example.id}"].values()


def test_empty_queue_names_the_hard_cases_and_opens_their_templates(
    filling: Filling, open_page: Callable[..., AppTest]
) -> None:
    screen = open_page("write")
    assert "instructions hidden in a result" in texts(screen)
    screen.button(key="write.first_case").click().run()
    assert not screen.exception, screen.exception
    (case,) = [box for box in screen.selectbox if box.label == "Hard case"]
    assert len(case.options) == len(hard_cases.list_hard_cases())
    assert "only then it is made" in texts(screen)


def test_template_is_asked_for_and_makes_a_tagged_draft(filling: Filling, open_page: Callable[..., AppTest]) -> None:
    screen = open_page("write")
    screen.button(key="write.template").click().run()
    assert not screen.exception
    assert "Hard case" in {one.label for one in screen.selectbox}
    made = hard_cases.begin_hard_case(
        filling.ws, filling.actor, filling.project.id, "missing_value", ["track_order"], nonce="template"
    )
    assert made.example.tags == ("missing_value",)
    with pytest.raises(NotFoundError, match="no tool `teapot`"):
        hard_cases.begin_hard_case(filling.ws, filling.actor, filling.project.id, "x", ["teapot"], nonce="no")


def test_desk_bears_long_words_sixty_turns_and_a_megabyte(filling: Filling, open_page: Callable[..., AppTest]) -> None:
    calls = tuple(
        Call(name="track_order", arguments=Arguments('{"order_id": "B4821"}'), id=f"call_{n}", type="function")
        for n in range(1, 13)
    )
    results = tuple(Message(role="tool", content=f'{{"n": {n}}}', tool_call_id=f"call_{n}") for n in range(1, 13))
    big = msgspec.structs.replace(results[0], content=json.dumps({"text": "x" * 1_000_000}))
    talk = tuple(Message(role="assistant" if n % 2 else "user", content="שלום " + "W" * 200) for n in range(46))
    messages = (talk[0], Message(role="assistant", content=None, calls=calls), big, *results[1:], talk[1], *talk[2:])
    example = filling.write(Example(messages=messages, tools=make_answer("x").tools))
    screen = open_page("write")
    screen.session_state[f"write.fold.{example.id}.t2"] = True
    screen.run()
    assert not screen.exception
    assert max((len(one.value) for one in screen.code), default=0) < 10_000
