"""Tools that a model may take for each other, the contrast examples they have, and drafting those they lack."""

from __future__ import annotations

from collections.abc import Iterator

import msgspec
from sqlalchemy import Connection

from curation.errors import NotFoundError, StateError
from curation.model.definition import Tool
from curation.model.example import Example
from curation.model.finding import Severity
from curation.model.people import Actor
from curation.model.reading import Reading
from curation.model.states import ExampleState
from curation.rules import check, judge
from curation.rules.confusable import Confusable, find_confusable
from curation.services.batching import BatchReport, add_examples
from curation.services.projects import find_project
from curation.services.synthesizing import ORIGIN, choose_tools
from curation.services.turn_edits import blank_example
from curation.services.workspace import Workspace
from curation.services.writing import ExampleView, new_example
from curation.synthesizers import SYNTHESIZERS, Order
from db import catalogue, contrasts

WANTED = 4
"""So many examples each way teach the difference at the least."""
MOST_COUNTED = 99
_DRAFTED_FOR_ONE = 4
"""Drafts made for each one wanted, as some break a rule or are here already."""


class LookAlike(msgspec.Struct, frozen=True):
    """Two tools that are easily taken for each other, and how many examples call one with the other beside it."""

    a: str
    b: str
    reasons: tuple[str, ...]
    n_a: int
    """Examples that call `a` while `b` is offered and not called."""
    n_b: int

    @property
    def lacking(self) -> int:
        """How many examples are missing, both ways together."""
        return max(0, WANTED - self.n_a) + max(0, WANTED - self.n_b)


def list_look_alikes(ws: Workspace, project_id: str, tool: str | None = None) -> tuple[LookAlike, ...]:
    """The pairs of a project, the most alike first; of one tool, or of all."""
    with ws.reading() as connection:
        records = catalogue.list_tools(connection, project_id)
        pairs = find_confusable([record.tool.definition for record in records], tool)
        return tuple(_count(connection, project_id, pair) for pair in pairs)


def _count(connection: Connection, project_id: str, pair: Confusable) -> LookAlike:
    n_a = contrasts.count_contrasts(connection, project_id, pair.a, pair.b, MOST_COUNTED)
    n_b = contrasts.count_contrasts(connection, project_id, pair.b, pair.a, MOST_COUNTED)
    return LookAlike(pair.a, pair.b, pair.reasons, n_a, n_b)


def begin_contrast(ws: Workspace, actor: Actor, project_id: str, a: str, b: str, *, nonce: str) -> ExampleView:
    """An empty draft that offers both tools, to be written by a person."""
    definitions = tuple(one.definition for one in choose_tools(ws, project_id, (a, b)))
    return new_example(ws, actor, project_id, blank_example(definitions), nonce=nonce)


def order_contrasts(ws: Workspace, actor: Actor, project_id: str, a: str, b: str, *, nonce: str) -> BatchReport:
    """Draft as candidates what two look-alikes lack: calls of each with the other offered beside it."""
    pair = next((one for one in list_look_alikes(ws, project_id, a) if b in (one.a, one.b)), None)
    if pair is None:
        raise NotFoundError(f"`{a}` and `{b}` are no look-alikes.", hint="The catalogue lists the pairs.")
    if not pair.lacking:
        raise StateError(f"`{a}` and `{b}` have {WANTED} contrast examples each way.", hint="Write one by hand.")
    project = find_project(ws, project_id)
    tools = {one.name: one for one in choose_tools(ws, project.id, (a, b))}
    wanted = ((pair.a, pair.b, WANTED - pair.n_a), (pair.b, pair.a, WANTED - pair.n_b))
    drafts = (
        example
        for called, beside, n in wanted
        for example in _draft(tools[called], tools[beside], n, project.working_target)
    )
    name = f"contrast of {pair.a} and {pair.b}"
    return add_examples(
        ws, actor, project.id, drafts, origin=ORIGIN, name=name, state=ExampleState.CANDIDATE, nonce=nonce
    )


def _draft(called: Tool, beside: Tool, n: int, target: str | None) -> Iterator[Example]:
    """Up to `n` clean examples that call one tool with the other beside it."""
    if n <= 0:
        return
    order = Order(tools=(called,), count=_DRAFTED_FOR_ONE * n, mix={"positive": 1.0}, others=(beside,))
    known = {one.name: one for one in (called, beside)}
    left = n
    for candidate in SYNTHESIZERS[0].draft(order):
        example = msgspec.structs.replace(candidate.example, tools=(called.definition, beside.definition))
        judged = judge(check(Reading(example), known), target)
        if not left:
            return
        if not any(one.severity is Severity.ERROR for one in judged):
            left -= 1
            yield example
