"""Voices, slips, languages and an expert's own values."""

from __future__ import annotations

import re
from collections import Counter
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from curation.errors import CurationError
from curation.rules.languages import language_of
from curation.synthesizers import Order, get_synthesizer
from curation.synthesizers.actions import action_of, actions_of, name_action
from curation.synthesizers.composing import compose
from curation.synthesizers.contract import Cell, Voice
from curation.synthesizers.details import Detail
from curation.synthesizers.pack_values import kind_of, kinds
from curation.synthesizers.shop import demo_tools
from curation.synthesizers.slips import slip
from curation.synthesizers.voice import LANGUAGES, Manner, speak, speakers
from tests.synthesizers.drafting import calls_of, catalogue, errors_of, make_tool, order_full, said_by


@settings(max_examples=40, deadline=None)
@given(st.text(max_size=40), st.lists(st.text(alphabet="ABCD0123 ", min_size=1, max_size=8), max_size=3), st.integers())
def test_a_slip_never_touches_what_is_called_with(words: str, kept: list[str], seed: int) -> None:
    text = f"{words} please send it over {' and '.join(kept)} quickly"
    slipped = slip(text, Random(seed), kept)
    assert all(slipped.count(phrase) >= 1 for phrase in kept)


def test_a_slip_changes_a_word_or_two() -> None:
    slipped = slip("Please cancel order B4821 today", Random(1), ["B4821"])
    assert slipped != "Please cancel order B4821 today"
    assert "B4821" in slipped


def test_with_slips_in_every_request_the_values_stay_as_they_are() -> None:
    candidates, _ = order_full(demo_tools(), cells=(Cell(60, "positive", "direct"),), voice=Voice(typo_share=1.0))
    for one in candidates:
        text = said_by(one.example)[0]
        for _, arguments in calls_of(one.example):
            assert all(str(value) in text for name, value in arguments.items() if name not in ("reason", "team"))


def test_somebody_who_texts_writes_small_but_not_the_values() -> None:
    said = speak("Please cancel B4821.", Manner(tone="texting", length="long"), Random(2), ["B4821"])
    assert "please cancel B4821" in said
    assert not said.endswith(".")


def test_the_short_spoken_say_less_than_the_talkative() -> None:
    lengths = {
        length: sum(
            len(said_by(one.example)[0])
            for one in order_full(demo_tools(), cells=(Cell(60),), voice=Voice(lengths=(length,)))[0]
        )
        for length in ("short", "long")
    }
    assert lengths["long"] > 1.5 * lengths["short"]


@pytest.mark.parametrize("language", sorted(set(LANGUAGES) - {"en"}))
def test_the_shop_is_spoken_of_in_other_languages(language: str) -> None:
    candidates, short = order_full(demo_tools(), 50, seed=1, voice=Voice(languages=(language,)))
    assert short == []
    assert [message for one in candidates for message in errors_of(one.example, demo_tools())] == []
    heard = [language_of(said_by(one.example)[0]) for one in candidates]
    assert heard.count("English") <= len(heard) * 0.2
    assert heard.count(LANGUAGES[language]) >= len(heard) * 0.6


@pytest.mark.parametrize("language", sorted(LANGUAGES))
def test_any_tool_is_spoken_of_in_every_language(language: str) -> None:
    tools = catalogue("petstore_expanded")
    candidates, _ = order_full(tools, 40, seed=1, voice=Voice(languages=(language,)))
    assert len(candidates) == 40
    assert [message for one in candidates for message in errors_of(one.example, tools)] == []
    assert not any("@" in text and "@action" in text for one in candidates for text in said_by(one.example))


@pytest.mark.parametrize(
    "voice",
    [Voice(personas=("pirate",)), Voice(tones=("sung",)), Voice(lengths=("endless",)), Voice(languages=("fi",))],
    ids=["persona", "tone", "length", "language"],
)
def test_a_voice_without_words_is_refused_with_those_that_have(voice: Voice) -> None:
    with pytest.raises(CurationError, match="know no") as caught:
        order_full(demo_tools(), 5, voice=voice)
    assert "asks a model" in caught.value.hint


def test_an_experts_values_are_used_by_parameter_and_by_kind() -> None:
    tool = make_tool(
        "book_table",
        "Book a table",
        {"city": {"type": "string"}, "guests": {"type": "integer", "maximum": 8}, "guest_name": {"type": "string"}},
        ["city", "guests", "guest_name"],
    )
    values = {"place": ("Visby", "Lucca"), "guests": ("3", "7", "40", "many"), "guest_name": ("Mr Fox",)}
    candidates, _ = order_full((tool,), cells=(Cell(12, "positive", "direct"),), values=values)
    given = [arguments for one in candidates for _, arguments in calls_of(one.example)]
    assert {one["city"] for one in given} == {"Visby", "Lucca"}
    assert {one["guests"] for one in given} == {3, 7}
    assert {one["guest_name"] for one in given} == {"Mr Fox"}


@pytest.mark.parametrize(
    ("tool", "name", "schema", "kind"),
    [
        ("create_pet", "name", {"type": "string"}, "pet"),
        ("create_user", "name", {"type": "string"}, "person"),
        ("search", "deliver_to_city", {"type": "string"}, "place"),
        ("remind", "x", {"type": "string", "format": "email"}, "email"),
        ("list_commits", "sha", {"type": "string"}, "commit"),
        ("odd", "zork", {"type": "string"}, ""),
    ],
)
def test_a_parameters_kind_is_found_by_name_format_and_what_it_is_about(
    tool: str, name: str, schema: dict[str, object], kind: str
) -> None:
    made = make_tool(tool, "", {name: schema}, [])
    assert kind_of(made, name, schema) == kind


@pytest.mark.parametrize("kind", sorted(kinds()))
def test_every_kind_of_value_can_be_drawn(kind: str) -> None:
    assert kinds()[kind].title
    assert len({kinds()[kind].draw(Random(seed)) for seed in range(40)}) >= 5


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("getPetById", "get the pet by id"),
        ("issue_read", "read the issue"),
        ("create_user", "create a user"),
        ("findPetsByStatus", "find pets by status"),
        ("list-data-sets", "list data sets"),
        ("percentage", "use percentage"),
    ],
)
def test_a_name_is_said_as_what_is_done(name: str, said: str) -> None:
    assert name_action(name) == said


def test_a_description_copied_from_another_tool_is_not_believed() -> None:
    assert action_of(make_tool("find_pet_by_id", "Returns a user based on a single ID", {}, [])) == "find the pet by id"


def test_tools_that_would_be_asked_for_alike_are_told_apart() -> None:
    tools = [
        make_tool("add_sub_issue", "Add a sub-issue to a parent issue.", {}, []),
        make_tool("sub_issue_write", "Add a sub-issue to a parent issue in a GitHub repository.", {}, []),
    ]
    said = actions_of(tools)
    assert len(set(said.values())) == 2
    for name in ("github", "swagger_petstore", "openai"):
        actions = actions_of(catalogue(name))
        assert len({action.lower() for action in actions.values()}) == len(actions)


@pytest.mark.parametrize(
    ("template", "action", "details", "said"),
    [
        ("Please @action@comma.", "find pets by status", [("status", "sold")], "Please find pets by status sold."),
        ("@action, would you?@sentence", "list pets", [("limit", "5")], "List pets, would you? The limit is 5."),
        ("Please @action@comma.", "get the weather of a city", [("city", "Leeds")], "Please get the weather of Leeds."),
        ("Please @action@comma.", "delete a file", [("file id", "F1"), ("day", "Monday")],
         "Please delete the file F1 with day Monday."),
        ("Do @action.@sentence", "create a pet", [("tags", "a and b")], "Do create a pet. The tags are a and b."),
        ("Please @action.@sentence", "list jobs", [("after", "J1")], 'Please list jobs. Set "after" to J1.'),
    ],
)  # fmt: skip
def test_arguments_are_put_into_the_sentence(
    template: str, action: str, details: list[tuple[str, str]], said: str
) -> None:
    assert compose(template, action, [Detail(label, label, phrase) for label, phrase in details]) == said


def test_descriptions_that_differ_in_idle_words_only_do_not_tell_tools_apart() -> None:
    said = actions_of(catalogue("protocol_examples"))
    assert (said["get_weather"], said["get_weather_data"]) == ("get weather", "get weather data")


LONG = {"length": "long"}


@pytest.mark.parametrize(
    ("manner", "text", "never"),
    [
        (
            Manner(tone="friendly", **LONG),
            "I have heard nothing since. Please cancel it.",
            "star|best|lovely|make my day",
        ),
        (
            Manner(tone="curt", **LONG),
            "What does an order number look like? I want to note it down for later.",
            "Now|At once",
        ),
        (Manner(tone="annoyed", **LONG), "Your colleague went on to look it up.", "Nobody has answered"),
        (Manner(tone="texting", **LONG), "Please cancel B4821.", "pls"),
    ],
    ids=["praise in a grievance", "hurry about an idle question", "unheard and answered", "please twice"],
)
def test_nothing_is_said_around_a_request_that_clashes_with_it(manner: Manner, text: str, never: str) -> None:
    said = [speak(text, manner, Random(seed)) for seed in range(60)]
    assert not [one for one in said if re.search(never, one.replace(text, ""))]
    assert any(len(one) > len(text) for one in said)


def test_a_greeting_stands_in_front_or_nowhere() -> None:
    manner = Manner(persona="traveller", length="long")
    said = speak("Good evening, I have no use for it.", manner, Random(1))
    assert said.startswith("Good evening. ")
    assert said.endswith(" I have no use for it.")
    late = speak("Leave it to a person. Hello, cancel B4821 for me.", Manner(), Random(1), ["B4821"])
    assert late == "Leave it to a person. Cancel B4821 for me."


@pytest.mark.parametrize("strategy", ["contrast_pairs", "near_misses", "hard_cases"])
def test_an_opening_comes_back_only_when_the_others_of_its_tone_were_said(strategy: str) -> None:
    drafted = get_synthesizer(strategy).draft(Order(catalogue("github"), 400, seed=3))
    firsts = [said_by(one.example)[0] for one in drafted]
    for tone in ("polite", "annoyed", "worried"):
        lines = speakers()["en"].tones[tone].before
        told = Counter({line: sum(text.startswith(line) for text in firsts) for line in lines})
        assert max(told.values()) <= min(told.values()) + 4, told


def test_orders_of_one_seed_for_other_tools_open_in_other_words() -> None:
    def open_first(name: str, seed: int) -> str:
        drafted = get_synthesizer("contrast_pairs").draft(Order(catalogue(name), 2, seed=seed))
        return said_by(next(drafted).example)[0]

    lines = [line for tone in speakers()["en"].tones.values() for line in tone.before]
    opened = [[open_first(name, seed) for name in ("openai", "swagger_petstore")] for seed in range(20)]
    same = [line for both in opened for line in lines if all(text.startswith(line) for text in both)]
    assert len(same) < 4, same
