"""A new example from a template for a hard case, drafted with tools of the published catalogue."""

from __future__ import annotations

from collections.abc import Sequence

import msgspec

from curation.errors import BlockedError, NotFoundError
from curation.model.people import Actor
from curation.services import cataloguing, writing
from curation.services.workspace import Workspace
from curation.services.writing import ExampleView
from curation.synthesizers.hard_case_texts import hard_cases
from curation.synthesizers.hard_cases import draft_hard_case

MOST_OTHERS = 8


class CaseChoice(msgspec.Struct, frozen=True):
    """One template as a person chooses it."""

    name: str
    title: str
    teaches: str
    tag: str
    n_tools: int


def list_hard_cases() -> tuple[CaseChoice, ...]:
    """Every template, by title."""
    return tuple(CaseChoice(name, one.title, one.teaches, one.tag, one.tools) for name, one in hard_cases().items())


def begin_hard_case(
    ws: Workspace, actor: Actor, project_id: str, name: str, tool_names: Sequence[str], *, seed: int = 0, nonce: str
) -> ExampleView:
    """A draft from a template; the other published tools stand beside where the case wants distractors."""
    catalogue = cataloguing.current_catalogue(ws, project_id)
    published = {tool.name: tool for tool in catalogue.tools} if catalogue else {}
    missing = [one for one in tool_names if one not in published]
    if missing:
        raise NotFoundError(f"The published catalogue has no tool `{missing[0]}`.", hint="Publish it in Catalogue.")
    if not tool_names:
        raise BlockedError("A template needs a tool.", hint="Choose the tool it is about.")
    chosen = [published[one] for one in tool_names]
    others = [tool for tool in published.values() if tool not in chosen][:MOST_OTHERS]
    example = draft_hard_case(name, chosen, others, seed=seed)
    return writing.new_example(ws, actor, project_id, example, nonce=nonce)
