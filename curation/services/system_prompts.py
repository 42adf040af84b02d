"""System prompts of a project: every save is a version, with a section made from what the tools' policies say."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import msgspec
from sqlalchemy import Connection

from curation.errors import CurationError, NotFoundError, StaleRevisionError, StateError
from curation.formats.options import Place, SystemTurn
from curation.model.definition import Policy, Tool
from curation.model.people import Actor
from curation.services.acts import Act, perform
from curation.services.cataloguing import list_tools
from curation.services.projects import need_project
from curation.services.workspace import Workspace
from db import catalogues, people
from db.acts import Deed
from db.project_settings import read_setting, write_setting

SETTING = "system_prompts"
MOST_CHARACTERS = 20_000
HEADING = "Rules for the tools:"


class PolicySection(msgspec.Struct, frozen=True):
    """What the policies of a catalogue say, as part of a prompt."""

    text: str
    """Empty where no tool has a policy."""
    catalogue_n: int | None
    """The published catalogue the policies are taken from; None: from the tools as they were, unpublished."""


class SystemPrompt(msgspec.Struct, frozen=True):
    """One version of a project's system prompt; nothing in it changes afterwards."""

    n: int
    text: str
    """What a person wrote."""
    section: PolicySection | None
    by: str
    at: str

    @property
    def whole(self) -> str:
        """The words a model gets."""
        parts = (self.text, self.section.text if self.section else "")
        return "\n\n".join(part for part in parts if part)


def list_prompts(ws: Workspace, project_id: str) -> tuple[SystemPrompt, ...]:
    """Newest first, with the names of those who saved them."""
    with ws.reading() as connection:
        names = people.name_people(connection)
        found = _read(connection, project_id)
    return tuple(msgspec.structs.replace(one, by=names.get(one.by, one.by)) for one in reversed(found))


def get_prompt(ws: Workspace, project_id: str, n: int) -> SystemPrompt:
    found = {one.n: one for one in list_prompts(ws, project_id)}
    if n not in found:
        raise NotFoundError(f"There is no system prompt {n}.", hint=f"Versions here: {len(found)}.")
    return found[n]


def save_prompt(
    ws: Workspace, actor: Actor, project_id: str, text: str, *, with_policies: bool, base_n: int, nonce: str
) -> SystemPrompt:
    """Save the next version; `base_n` is the newest one its writer has seen, 0 before the first."""
    wanted = text.strip()
    if len(wanted) > MOST_CHARACTERS:
        raise CurationError(f"A system prompt has at most {MOST_CHARACTERS:,} characters.", hint="Shorten it.")
    section = make_section(ws, project_id) if with_policies else None
    if not wanted and not (section and section.text):
        raise CurationError("A system prompt needs words.", hint="Write some, or add the policies of the tools.")

    def work(act: Act) -> int:
        project = need_project(act.connection, project_id)
        known = _read(act.connection, project.id)
        newest = known[-1] if known else None
        if base_n != len(known):
            raise StaleRevisionError(
                f"The system prompt is at version {len(known)}, and this edit began from {base_n}."
            )
        new = SystemPrompt(len(known) + 1, wanted, section, actor.person_id, act.at)
        if newest is not None and newest.whole == new.whole:
            raise StateError(f"Nothing has changed since prompt {newest.n}.", hint="Edit its words first.")
        write_setting(act.connection, project.id, SETTING, [*known, new])
        act.note(Deed(project.id, f"prompt {len(known)}" if known else None, f"prompt {new.n}", project.id))
        return new.n

    return get_prompt(ws, project_id, perform(ws, actor, "save system prompt", nonce, int, work))


def as_turn(prompt: SystemPrompt, place: Place) -> SystemTurn:
    """The prompt as an export puts it into its rows."""
    return SystemTurn(prompt.n, prompt.whole, place)


def make_section(ws: Workspace, project_id: str) -> PolicySection:
    """The policies of the newest published catalogue; before the first one, of the tools as they are."""
    with ws.reading() as connection:
        published = catalogues.newest_catalogue(connection, project_id)
        tools = [item.tool for item in catalogues.list_items(connection, published.id)] if published else []
    if published is None:
        return PolicySection(write_policies([view.tool for view in list_tools(ws, project_id)]), None)
    return PolicySection(write_policies(tools), published.n)


def write_policies(tools: Sequence[Tool]) -> str:
    """One line a tool that has a policy, in the order of the tools."""
    lines = [f"- {tool.name}: {' '.join(said)}" for tool in tools if (said := list(_say(tool.policy)))]
    return "\n".join([HEADING, *lines]) if lines else ""


def _say(policy: Policy) -> Iterator[str]:
    if text := " ".join(policy.text.split()):
        yield _ended(text)
    if approval := " ".join(policy.approval.split()):
        who = " ".join(policy.approver.split()) or "a person"
        yield f"Before the call {who} must confirm: {_ended(approval)}"
    if policy.forbidden_roles:
        yield f"Never on behalf of: {', '.join(policy.forbidden_roles)}."


def _ended(text: str) -> str:
    return text if text.endswith((".", "!", "?", "。")) else f"{text}."


def _read(connection: Connection, project_id: str) -> list[SystemPrompt]:
    """Oldest first."""
    stored = read_setting(connection, project_id, SETTING)
    return msgspec.json.decode(stored, type=list[SystemPrompt]) if stored else []
