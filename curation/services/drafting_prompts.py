"""A project's own words for the prompts that draft: every save is a version, and the shipped text is never gone."""

from __future__ import annotations

from collections.abc import Collection

import msgspec
from sqlalchemy import Connection

from curation.errors import StaleRevisionError, StateError, UnreadableError
from curation.model.people import Actor
from curation.services.acts import Act, perform
from curation.services.projects import need_project
from curation.services.workspace import Workspace
from curation.synthesizers.prompts import Prompts, PromptText, find_fault, put_own, shipped_prompts, show_prompt
from db import people
from db.acts import Deed
from db.project_settings import read_setting, write_setting

SETTING = "drafting_prompts"


class OwnText(msgspec.Struct, frozen=True):
    """One version of a project's own text; an empty one goes back to what is shipped."""

    n: int
    text: str
    by: str
    at: str


Kept = dict[str, tuple[OwnText, ...]]
"""Prompt → its versions, oldest first."""


class PromptView(msgspec.Struct, frozen=True):
    """One prompt as the project uses it."""

    prompt: PromptText
    shipped: str
    versions: tuple[OwnText, ...]
    """Newest first."""
    finding: str = ""
    """Why the project's own words fit this release no more, in a sentence."""

    @property
    def base_n(self) -> int:
        """The newest version there is; 0 before the first."""
        return self.versions[0].n if self.versions else 0

    def edition_of(self, version: OwnText) -> str:
        """What candidates are marked with that were asked for in the words of a version."""
        text = version.text or self.shipped
        return msgspec.structs.replace(self.prompt, text=text, is_own=bool(version.text)).edition


def list_prompts(ws: Workspace, project_id: str) -> tuple[PromptView, ...]:
    """Every prompt, in the order of their names; words that a newer release cannot use come with a finding."""
    with ws.reading() as connection:
        kept = _read(connection, need_project(connection, project_id).id)
        names = people.name_people(connection)
    own = _current(kept)
    return tuple(
        PromptView(
            put_own(prompt, own[name]) if name in own else prompt,
            prompt.text,
            tuple(msgspec.structs.replace(one, by=names.get(one.by, one.by)) for one in reversed(kept.get(name, ()))),
            find_fault(name, own[name], was_sound=True) if name in own else "",
        )
        for name, prompt in shipped_prompts().items()
    )


def own_texts(ws: Workspace, project_id: str) -> dict[str, str]:
    """The prompts a project has words of its own for that can be put to a model: name → text."""
    return {name: text for name, text in _own(ws, project_id).items() if not find_fault(name, text)}


def require_usable(ws: Workspace, project_id: str, names: Collection[str]) -> None:
    """Refuse to ask in words that a newer release has no use for.

    Args:
        names: the prompts that would be put.

    Raises:
        UnreadableError: the project's own words for one of them cannot be used.
    """
    own = _own(ws, project_id)
    faults = (find_fault(name, own[name], was_sound=True) for name in names if name in own)
    if fault := next(filter(None, faults), ""):
        raise UnreadableError(fault, hint="Mend it under Prompts, or go back to the shipped text there.")


def check_text(name: str, text: str) -> str:
    """Why this text cannot stand for a prompt, in a sentence that names the place; empty when it can."""
    return find_fault(name, text)


def preview_text(name: str, text: str) -> str:
    """What a model would get with this text, its places filled with their samples.

    Raises:
        UnreadableError: the text cannot stand for the prompt.
    """
    return show_prompt(Prompts({name: text}).fill_with_samples(name))


def save_prompt(ws: Workspace, actor: Actor, project_id: str, name: str, text: str, *, base_n: int, nonce: str) -> int:
    """Save the next version of a prompt; an empty text goes back to the shipped one."""
    if text.strip() and (fault := find_fault(name, text)):
        raise UnreadableError(fault)
    wanted = "" if text.strip() == Prompts().get(name).text else text.strip()

    def work(act: Act) -> int:
        project = need_project(act.connection, project_id)
        kept = _read(act.connection, project.id)
        known = kept.get(name, ())
        if base_n != len(known):
            raise StaleRevisionError(f"This prompt is at version {len(known)}, and this edit began from {base_n}.")
        if wanted == (known[-1].text if known else ""):
            raise StateError("Nothing has changed in this prompt.", hint="Edit its words first.")
        new = OwnText(len(known) + 1, wanted, actor.person_id, act.at)
        write_setting(act.connection, project.id, SETTING, {**kept, name: (*known, new)})
        act.note(Deed(project.id, f"{name} {len(known)}" if known else None, f"{name} {new.n}", project.id))
        return new.n

    return perform(ws, actor, "save drafting prompt", nonce, int, work)


def _own(ws: Workspace, project_id: str) -> dict[str, str]:
    with ws.reading() as connection:
        return _current(_read(connection, project_id))


def _current(kept: Kept) -> dict[str, str]:
    """The newest words of each prompt that is still shipped."""
    current = {name: versions[-1].text for name, versions in kept.items() if versions and versions[-1].text}
    return {name: text for name, text in current.items() if name in shipped_prompts()}


def _read(connection: Connection, project_id: str) -> Kept:
    stored = read_setting(connection, project_id, SETTING)
    return msgspec.json.decode(stored, type=Kept) if stored else {}
