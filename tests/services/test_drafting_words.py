"""A project's own prompts and values: versioned, checked, and never in the way of the shipped ones."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from curation.errors import NotFoundError, StaleRevisionError, StateError, UnreadableError
from curation.services.domain_values import read_values, save_values
from curation.services.drafting_prompts import list_prompts, own_texts, save_prompt
from curation.services.people import local_actor
from curation.services.projects import create_project
from curation.services.workspace import Workspace, open_workspace
from tests.ready_homes import make_ready


@pytest.fixture
def ws(tmp_path: Path) -> Iterator[Workspace]:
    opened = open_workspace(make_ready(tmp_path))
    yield opened
    opened.close()


@pytest.fixture
def project_id(ws: Workspace) -> str:
    return create_project(ws, local_actor(ws), "Desk", nonce="project").id


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
