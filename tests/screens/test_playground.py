"""The playground without a browser: who may be asked, what stands beside an answer, the log, and hostile words."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import msgspec
import pytest
from streamlit.testing.v1 import AppTest
from streamlit.testing.v1.element_tree import Selectbox

from curation.model.definition import Policy
from curation.services import browsing, cataloguing, playground_asking, playground_chats, playground_models
from curation.services.playground_chats import save_chat
from curation.services.playground_states import Settings
from db.models import ModelRecord, save_model
from tests.browser.filling import Filling, make_tool
from tests.browser.playing import CALL, add_model, answered
from tests.known_models import put_in_use
from tests.services.playing import CutShort

HOSTILE = '{"tool":"track_order","arguments":{"order":"![x](http://evil.example/x.png)"}}'


@pytest.fixture
def model_id(filling: Filling) -> str:
    return add_model(filling)


def shown(screen: AppTest) -> str:
    parts = [*screen.markdown, *screen.caption, *screen.text, *screen.code, *screen.info, *screen.error]
    return "\n".join(str(one.value) for one in parts)


def test_without_a_model_the_page_says_where_one_comes_from(
    filling: Filling, open_page: Callable[[str], AppTest]
) -> None:
    screen = open_page("playground")
    assert "No model to talk to yet" in [one.value for one in screen.header]


def test_a_valid_call_waits_with_its_mocks_result(
    filling: Filling, model_id: str, open_page: Callable[[str], AppTest]
) -> None:
    answered(filling, "Where is order B4821?", CALL)
    screen = open_page("playground")
    labels = [one.label for one in screen.button]
    assert "Hand back" in labels
    assert next(one for one in screen.button if one.label == "Send").disabled
    assert "nothing real was called" in shown(screen)


def test_a_refused_call_says_why_and_nothing_of_it_is_markup(
    filling: Filling, model_id: str, open_page: Callable[[str], AppTest]
) -> None:
    answered(filling, "Where is ![x](http://evil.example/y.png)?", HOSTILE)
    screen = open_page("playground")
    assert "has no argument" in shown(screen)
    assert "Hand back" not in [one.label for one in screen.button]
    drawn = [str(one.value) for one in (*screen.markdown, *screen.caption)]
    assert not any("](http" in one for one in drawn)


def test_a_person_on_the_human_path_may_put_the_call_right(
    filling: Filling, model_id: str, open_page: Callable[[str], AppTest]
) -> None:
    answered(filling, "Where is order B4821?", HOSTILE, mode="human")
    screen = open_page("playground")
    next(one for one in screen.button if one.label == "Correct the call").click().run()
    assert not screen.exception
    assert "Put the call right" in [one.value for one in screen.header]
    assert "Run it" in [one.label for one in screen.button]
    next(one for one in screen.button if one.label == "Run it").click().run()
    assert any("Not run" in one.value for one in screen.error)


def test_side_by_side_shows_three_columns_and_goes_on_with_one(
    filling: Filling, model_id: str, open_page: Callable[[str], AppTest]
) -> None:
    answered(filling, "Where is order B4821?", HOSTILE, CALL, CALL, decodings=("free", "schema", "grammar"))
    screen = open_page("playground")
    assert {"Free", "Schema-guided", "Constrained"} <= {one.value for one in screen.header}
    pressed = [one for one in screen.button if one.label == "Go on with this"]
    assert len(pressed) == 3
    pressed[1].click().run()
    assert not screen.exception
    assert "Hand back" in [one.label for one in screen.button]


def test_repairs_stand_beside_the_answer_with_what_they_took(
    filling: Filling, model_id: str, open_page: Callable[[str], AppTest]
) -> None:
    answered(filling, "Where is order B4821?", HOSTILE, CALL, repairs=2)
    told = shown(open_page("playground"))
    assert "1 repair round: + 1 token" in told
    assert "Told: " in told


def test_the_log_lists_invalid_outputs_and_makes_a_draft(
    filling: Filling, model_id: str, open_page: Callable[[str], AppTest]
) -> None:
    answered(filling, "Where is order B4821?", HOSTILE)
    answered(filling, "Hello", '{"tool":"no_tool","reason":"small_talk","message":"Hi."}')
    screen = open_page("playground")
    next(one for one in screen.button if one.label == "Log").click().run()
    assert not screen.exception
    assert list(screen.dataframe[0].value["verdict"]) == ["breaks the schema"]
    screen.selectbox(key="playground.log.verdict").select("all").run()
    assert list(screen.dataframe[0].value["verdict"]) == ["no call", "breaks the schema"]
    before = browsing.count_states(filling.ws, filling.project.id)
    next(one for one in screen.button if one.label == "Make a draft").click().run()
    assert not screen.exception
    after = browsing.count_states(filling.ws, filling.project.id)
    assert after.get("draft", 0) == before.get("draft", 0) + 1


def test_what_keeps_a_model_from_answering_is_said_with_two_ways_out(
    filling: Filling, model_id: str, open_page: Callable[[str], AppTest]
) -> None:
    ws, actor = filling.ws, filling.actor
    chat = playground_chats.begin_chat(ws, actor, filling.project.id, Settings(model_id="gone"), nonce="begin")
    chat = playground_chats.say(ws, actor, chat, "Hello", nonce="say")
    playground_asking.answer_chat(ws, actor, chat.id, reach=playground_models.reach)
    screen = open_page("playground")
    assert any("There is no model" in one.value for one in screen.error)
    assert {"Ask again", "Take the message back"} <= {one.label for one in screen.button}


def test_a_press_in_a_tab_that_shows_an_older_conversation_does_nothing(
    filling: Filling, model_id: str, open_page: Callable[[str], AppTest]
) -> None:
    answered(filling, "Where is order B4821?", CALL)
    screen = open_page("playground")
    other = answered(filling, "Where is order C1?", CALL)  # Begun in another tab.
    next(one for one in screen.button if one.label == "Hand back").click().run()
    assert not screen.exception
    now = playground_chats.open_chat(filling.ws, filling.actor, filling.project.id)
    assert (now.id, now.rev, now.waits_for_result) == (other.id, other.rev, True)
    assert any("Another conversation was begun" in one.value for one in screen.error)
    assert "C1" in shown(screen)
    next(one for one in screen.button if one.label == "Leave the call").click().run()
    assert not playground_chats.get_chat(filling.ws, filling.actor, other.id).waits_for_result


def test_a_press_on_what_went_on_meanwhile_does_nothing(
    filling: Filling, model_id: str, open_page: Callable[[str], AppTest]
) -> None:
    chat = answered(filling, "Where is order B4821?", CALL)
    screen = open_page("playground")
    left = playground_chats.leave_call(filling.ws, filling.actor, chat, nonce="other tab")
    next(one for one in screen.button if one.label == "New conversation").click().run()
    now = playground_chats.open_chat(filling.ws, filling.actor, filling.project.id)
    assert (now.id, now.rev) == (left.id, left.rev)
    assert any("went on after it was shown here" in one.value for one in screen.error)


def test_a_setting_that_was_refused_is_not_shown_as_if_it_held(
    filling: Filling, model_id: str, open_page: Callable[[str], AppTest]
) -> None:
    chat = answered(filling, "Where is order B4821?", CALL)
    screen = open_page("playground")
    playground_chats.leave_call(filling.ws, filling.actor, chat, nonce="other tab")
    _choice(screen, "Repairs").set_value("2").run()
    assert any("went on after it was shown here" in one.value for one in screen.error)
    assert _choice(screen, "Repairs").value == "0"
    _choice(screen, "Repairs").set_value("2").run()
    assert not screen.error
    assert playground_chats.open_chat(filling.ws, filling.actor, filling.project.id).settings.repairs == 2


def _choice(screen: AppTest, label: str) -> Selectbox[str]:
    return next(one for one in screen.selectbox if one.label == label)


def test_an_answer_is_kept_as_a_draft_whatever_became_of_its_conversation(
    filling: Filling, model_id: str, open_page: Callable[[str], AppTest]
) -> None:
    answered(filling, "Where is order B4821?", CALL, HOSTILE, CALL, decodings=("free", "schema", "grammar"))
    screen = open_page("playground")
    answered(filling, "Where is order C1?", CALL)
    before = browsing.count_states(filling.ws, filling.project.id)
    screen.button(key="playground.keep.column.schema").click().run()
    assert not screen.error
    after = browsing.count_states(filling.ws, filling.project.id)
    assert after.get("draft", 0) == before.get("draft", 0) + 1


def test_the_model_in_production_is_asked_first_and_can_be_chosen_again(
    filling: Filling, model_id: str, open_page: Callable[[str], AppTest]
) -> None:
    newer = add_model(filling, "m2", "support-4")
    put_in_use(filling.ws, filling.project.id, model_id)
    screen = open_page("playground")
    box = next(one for one in screen.selectbox if one.label == "Model")
    assert (box.options[0], box.value) == ("In production · support-3", "")
    box.set_value(newer).run()
    put_in_use(filling.ws, filling.project.id, newer)
    box = next(one for one in screen.selectbox if one.label == "Model")
    assert box.value == newer
    box.set_value("").run()
    assert not screen.exception
    chat = playground_chats.open_chat(filling.ws, filling.actor, filling.project.id)
    assert chat.settings.model_id == ""
    assert next(one for one in screen.selectbox if one.label == "Model").options[0] == "In production · support-4"


def limit(filling: Filling, policy: Policy) -> None:
    """The shop's tool with a policy."""
    tool = msgspec.structs.replace(make_tool(), policy=policy)
    cataloguing.import_tools(filling.ws, filling.actor, filling.project.id, [tool], nonce=filling.ws.new_id())


def press(screen: AppTest, label: str) -> None:
    next(one for one in screen.button if one.label.replace("\\", "") == label).click().run()
    assert not screen.exception


def test_a_call_waits_for_a_yes_and_runs_after_it(
    filling: Filling, model_id: str, open_page: Callable[[str], AppTest]
) -> None:
    limit(filling, Policy("Only if **asked**.", approval="always ![x](http://evil.example/a.png)", approver="a lead"))
    answered(filling, "Where is order B4821?", CALL)
    screen = open_page("playground")
    said = shown(screen)
    assert "a lead must confirm: always" in said.replace("\\", "")
    assert "When it may be called" in said
    assert "](http" not in said
    labels = [one.label for one in screen.button]
    assert "Hand back" not in labels
    assert next(one for one in screen.button if one.label == "Send").disabled
    press(screen, "Yes, run track_order")
    assert "Hand back" in [one.label for one in screen.button]
    assert "Run on a mock" in [one.value for one in screen.header]


def test_a_no_is_shown_as_a_refusal_that_a_person_may_put_right(
    filling: Filling, model_id: str, open_page: Callable[[str], AppTest]
) -> None:
    limit(filling, Policy(approval="always"))
    answered(filling, "Where is order B4821?", CALL)
    screen = open_page("playground")
    press(screen, "No")
    headings = [one.value for one in screen.header]
    assert {"Refused by the guard", "Human path"} <= set(headings)
    assert "Correct the call" in [one.label for one in screen.button]
    press(screen, "Log")
    screen.selectbox(key="playground.log.verdict").select("guard").run()
    said = shown(screen)
    assert "A person said no" in said
    assert "Catalogue, **track_order**, Policy, Approval" in said.replace("\\", "")


def test_whom_the_user_is_can_be_chosen_where_a_tool_is_closed_to_somebody(
    filling: Filling, model_id: str, open_page: Callable[[str], AppTest]
) -> None:
    assert "The user is" not in [one.label for one in open_page("playground").selectbox]
    limit(filling, Policy(forbidden_roles=("guest", "trainee")))
    screen = open_page("playground")
    _choice(screen, "The user is").set_value("guest").run()
    assert not screen.exception
    assert playground_chats.open_chat(filling.ws, filling.actor, filling.project.id).settings.role == "guest"
    answered(filling, "Where is order B4821?", CALL, role="guest")
    assert "Refused by the guard" in [one.value for one in open_page("playground").header]


def test_a_second_model_answers_beside_the_first_each_in_a_column_of_its_own(
    filling: Filling, model_id: str, open_page: Callable[[str], AppTest]
) -> None:
    newer = add_model(filling, "m2", "support-4")
    put_in_use(filling.ws, filling.project.id, model_id)
    screen = open_page("playground")
    box = _choice(screen, "Beside it")
    assert [one.split(" · ")[0] for one in box.options] == ["none", "support-4"]
    box.set_value(newer).run()
    assert not screen.exception
    chat = playground_chats.open_chat(filling.ws, filling.actor, filling.project.id)
    assert (chat.settings.model_id, chat.settings.second_id) == ("", newer)
    answered(filling, "Where is order B4821?", HOSTILE, CALL, model_id=model_id, second_id=newer)
    screen = open_page("playground")
    assert [one.value for one in screen.header if one.value.startswith("support")] == ["support-3", "support-4"]
    assert "Run on a mock" in shown(screen)
    screen.button(key="playground.choose.free.1").click().run()
    assert not screen.exception
    assert "Hand back" in [one.label for one in screen.button]
    _choice(screen, "Beside it").set_value("-").run()
    assert playground_chats.open_chat(filling.ws, filling.actor, filling.project.id).settings.second_id is None


def test_two_models_in_three_decodings_stand_in_a_row_each(
    filling: Filling, model_id: str, open_page: Callable[[str], AppTest]
) -> None:
    add_model(filling, "m2", "support-4")
    decodings = ("free", "schema", "grammar")
    answered(filling, "Where is it?", *[CALL] * 6, model_id=model_id, second_id="m2", decodings=decodings)
    screen = open_page("playground")
    assert len([one for one in screen.button if one.label == "Go on with this"]) == 6
    assert {"support-3", "support-4", "Free"} <= {one.value for one in screen.header}


CUT = "It ran out of tokens after 1: it was cut and has no end."


def test_an_answer_that_ran_out_of_tokens_is_marked_in_the_conversation_and_in_the_log(
    filling: Filling, model_id: str, open_page: Callable[[str], AppTest]
) -> None:
    answered(filling, "Where is order B4821?", CALL[:20], client_type=CutShort, mode="human")
    screen = open_page("playground")
    assert "It ran out of tokens: it was cut and has no end." in shown(screen)
    next(one for one in screen.button if one.label == "Log").click().run()
    assert list(screen.dataframe[0].value["verdict"]) == ["cannot be read, cut"]
    assert CUT in shown(screen)


def test_an_answer_that_ran_out_of_tokens_is_marked_in_its_column(
    filling: Filling, model_id: str, open_page: Callable[[str], AppTest]
) -> None:
    answered(filling, "Where is it?", *[CALL[:20]] * 3, client_type=CutShort, decodings=("free", "schema", "grammar"))
    assert shown(open_page("playground")).count(CUT) == 3


def test_an_answer_without_a_word_is_told(filling: Filling, model_id: str, open_page: Callable[[str], AppTest]) -> None:
    answered(filling, "Where is order B4821?", CALL, "", "  ", decodings=("free", "schema", "grammar"))
    told = [one.value for one in open_page("playground").caption]
    assert ("nothing" in told, "nothing but blanks" in told) == (True, True)


def test_a_column_without_an_answer_is_drawn_though_its_model_is_gone(
    filling: Filling, model_id: str, open_page: Callable[[str], AppTest], tmp_path: Path
) -> None:
    base = ModelRecord(
        id="m2",
        project_id=filling.project.id,
        name="base-1",
        base="",
        kind="base",
        location=str(tmp_path / "gone"),
        created_at=filling.ws.now(),
    )
    with filling.ws.unit() as unit:
        save_model(unit.connection, base)
        unit.commit()
    chat = answered(filling, "Where is it?", CALL, CALL, decodings=("free", "schema"), model_id=model_id)
    every = msgspec.structs.replace(chat, settings=Settings(decodings=("free", "grammar")))
    silent = msgspec.structs.replace(chat.state, silent={"m2": ""})
    with filling.ws.unit() as unit:
        save_chat(unit.connection, chat, msgspec.structs.replace(every, state=silent), filling.ws.now())
        unit.commit()
    assert "No answer in this decoding" in shown(open_page("playground"))


def test_a_call_of_thousands_of_arguments_is_put_right_as_json(
    filling: Filling, model_id: str, open_page: Callable[[str], AppTest]
) -> None:
    many = {f"k{n}": n for n in range(3_000)}
    answered(filling, "Where is it?", json.dumps({"tool": "track_order", "arguments": many}), mode="human")
    screen = open_page("playground")
    press(screen, "Correct the call")
    assert "Put the call right" in [one.value for one in screen.header]
