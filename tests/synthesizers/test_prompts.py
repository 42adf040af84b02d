from __future__ import annotations

import pytest

from curation.errors import NotFoundError, UnreadableError
from curation.synthesizers.fencing import make_mark, open_fences
from curation.synthesizers.prompts import LONGEST_TEXT, Prompts, find_fault, shipped_prompts, show_prompt, task_of

prompts = pytest.mark.parametrize("name", sorted(shipped_prompts()))


@prompts
def test_every_shipped_prompt_is_one_that_a_project_could_have_written(name: str) -> None:
    prompt = shipped_prompts()[name]
    assert find_fault(name, prompt.text) == ""
    assert prompt.title
    assert prompt.purpose
    assert all(place.about and place.sample for place in prompt.places.values())


@prompts
def test_data_stands_in_its_fence_and_never_in_the_instructions(name: str) -> None:
    data = {place: f"stranger's words about {place}" for place in shipped_prompts()[name].places}
    filled = Prompts().fill(name, data, seed=4)
    instructions, told = (turn.content or "" for turn in filled.turns)
    assert "stranger's words" not in instructions
    assert open_fences(told, make_mark(4)) == data
    assert all(f"[{place}]" in instructions for place in data)
    assert task_of(filled) == name


def test_a_filled_prompt_can_be_read_as_a_whole() -> None:
    shown = show_prompt(Prompts().fill_with_samples("judge"))
    assert "--- system ---" in shown
    assert "You review one conversation" in shown
    assert "B4821" in shown


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("  ", "is empty"),
        ("Look at {verdict}, {conversation}, {tools} and {key}.", "has no place {key}"),
        ("Look at {verdict} and {tools}.", "no longer names {conversation}"),
        ("{verdict} {conversation} {tools}" + "x" * LONGEST_TEXT, "characters; keep it under"),
    ],
    ids=["empty", "unknown place", "missing place", "too long"],
)
def test_a_text_that_cannot_be_used_is_told_in_a_sentence(text: str, said: str) -> None:
    assert said in find_fault("repair", text)
    with pytest.raises(UnreadableError, match="The prompt “The repair”"):
        Prompts({"repair": text})


def test_a_projects_own_text_is_used_and_has_an_edition_of_its_own() -> None:
    own = Prompts({"repair": "Mend {conversation} as {verdict} says, with {tools}."})
    assert "Mend [conversation] as [verdict] says" in (own.fill_with_samples("repair").turns[0].content or "")
    assert own.get("repair").edition.startswith("own+")
    assert own.get("repair").edition != Prompts().get("repair").edition
    assert own.get("judge") == Prompts().get("judge")


def test_an_edition_changes_with_the_text() -> None:
    first, second = (Prompts({"repair": f"{word} {{conversation}} {{verdict}} {{tools}}"}) for word in ("Mend", "Fix"))
    assert first.get("repair").edition != second.get("repair").edition


def test_an_unknown_prompt_is_told_with_the_known_ones() -> None:
    with pytest.raises(NotFoundError, match="user_turn"):
        Prompts({"wish": "…"})


def test_the_same_order_asks_with_the_same_words_and_another_with_another_fence() -> None:
    one, again, other = (Prompts().fill_with_samples("judge", seed=seed) for seed in (1, 1, 2))
    assert one == again
    assert make_mark(1) not in str(other)
