"""A project's own prompts and values: versioned, checked, and never in the way of the shipped ones."""

from __future__ import annotations

import pytest

from curation.errors import NotFoundError, StaleRevisionError, StateError, UnreadableError
from curation.services.domain_values import read_values, save_values
from curation.services.drafting_prompts import SETTING, list_prompts, own_texts, require_usable, save_prompt
from curation.services.people import local_actor
from curation.services.workspace import Workspace
from db.project_settings import write_setting


def test_own_words_are_a_version_and_an_empty_text_goes_back(ws: Workspace, project_id: str) -> None:
    first = list_prompts(ws, project_id)[0]
    name, own = first.prompt.name, f"{first.shipped} Be brief."
    assert (first.versions, first.prompt.is_own) == ((), False)

    assert save_prompt(ws, local_actor(ws), project_id, name, own, base_n=0, nonce="own") == 1
    changed = list_prompts(ws, project_id)[0]
    assert (changed.prompt.text, changed.prompt.is_own, changed.shipped) == (own, True, first.shipped)
    assert changed.prompt.edition != first.prompt.edition
    assert own_texts(ws, project_id) == {name: own}

    save_prompt(ws, local_actor(ws), project_id, name, first.shipped, base_n=1, nonce="back")
    back = list_prompts(ws, project_id)[0]
    assert (back.prompt.text, back.prompt.edition) == (first.shipped, first.prompt.edition)
    assert [one.n for one in back.versions] == [2, 1]
    assert own_texts(ws, project_id) == {}


def test_a_prompt_that_lost_a_place_is_refused_by_name(ws: Workspace, project_id: str) -> None:
    first = list_prompts(ws, project_id)[0]
    with pytest.raises(UnreadableError, match=first.prompt.title):
        save_prompt(ws, local_actor(ws), project_id, first.prompt.name, "Write something.", base_n=0, nonce="bad")
    assert own_texts(ws, project_id) == {}


def keep_words(ws: Workspace, project_id: str, texts: dict[str, str]) -> None:
    """Words that were saved while another release was installed, whose prompts had other places."""
    kept = {name: [{"n": 1, "text": text, "by": "ana", "at": ws.now()}] for name, text in texts.items()}
    with ws.unit() as unit:
        write_setting(unit.connection, project_id, SETTING, kept)
        unit.commit()


def test_words_that_a_newer_release_has_no_place_for_are_listed_with_a_finding(ws: Workspace, project_id: str) -> None:
    first, second, *_ = list_prompts(ws, project_id)
    old, new = f"{first.shipped} With {{mood}}.", second.shipped.replace("{", "").replace("}", "")
    keep_words(ws, project_id, {first.prompt.name: old, second.prompt.name: new, "a prompt that went": "Say it."})
    changed, fewer, *rest = list_prompts(ws, project_id)
    assert (changed.prompt.text, changed.shipped, changed.prompt.is_own) == (old, first.shipped, True)
    assert "this text uses {mood}, which no longer exists" in changed.finding
    assert f"this text does not use {{{next(iter(second.prompt.places))}}}" in fewer.finding
    assert {one.finding for one in rest} == {""}
    assert own_texts(ws, project_id) == {}
    with pytest.raises(UnreadableError, match="which no longer exists"):
        require_usable(ws, project_id, [first.prompt.name])
    require_usable(ws, project_id, [rest[0].prompt.name])


@pytest.mark.parametrize("mended", ["{shipped} Be brief.", ""], ids=["mended", "reset"])
def test_words_of_an_older_release_can_be_mended_or_reset(ws: Workspace, project_id: str, mended: str) -> None:
    first = list_prompts(ws, project_id)[0]
    keep_words(ws, project_id, {first.prompt.name: f"{first.shipped} With {{mood}}."})
    text = mended.replace("{shipped}", first.shipped)
    assert save_prompt(ws, local_actor(ws), project_id, first.prompt.name, text, base_n=1, nonce="new") == 2
    assert list_prompts(ws, project_id)[0].finding == ""
    assert own_texts(ws, project_id) == ({first.prompt.name: text} if text else {})


def test_two_people_do_not_overwrite_each_other(ws: Workspace, project_id: str) -> None:
    first = list_prompts(ws, project_id)[0]
    save_prompt(ws, local_actor(ws), project_id, first.prompt.name, f"{first.shipped} A.", base_n=0, nonce="a")
    with pytest.raises(StaleRevisionError, match="at version 1"):
        save_prompt(ws, local_actor(ws), project_id, first.prompt.name, f"{first.shipped} B.", base_n=0, nonce="b")
    with pytest.raises(StateError, match="Nothing has changed"):
        save_prompt(ws, local_actor(ws), project_id, first.prompt.name, f"{first.shipped} A.", base_n=1, nonce="c")


def test_an_unknown_prompt_is_refused(ws: Workspace, project_id: str) -> None:
    with pytest.raises(NotFoundError):
        save_prompt(ws, local_actor(ws), project_id, "nobody", "words", base_n=0, nonce="x")


def test_values_are_kept_in_order_and_once(ws: Workspace, project_id: str) -> None:
    actor = local_actor(ws)
    given = {"city": [" Graz ", "Linz", "Graz", ""], "nothing": ["", " "]}
    assert save_values(ws, actor, project_id, given, nonce="v") == {"city": ("Graz", "Linz")}
    assert read_values(ws, project_id) == {"city": ("Graz", "Linz")}
    save_values(ws, actor, project_id, {}, nonce="none")
    assert read_values(ws, project_id) == {}
