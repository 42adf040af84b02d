"""Tools that a model may take for each other, the contrast examples they have, and drafting those they lack."""

from __future__ import annotations

import msgspec
from sqlalchemy import Connection

from curation.errors import NotFoundError, StateError
from curation.model.definition import Tool
from curation.model.people import Actor
from curation.rules.confusable import Confusable, find_confusable
from curation.services.jobs import JobView
from curation.services.synthesis_jobs import list_orders, order_candidates, read_sheet
from curation.services.synthesis_sheets import Sheet, seed_of
from curation.services.synthesizing import choose_tools
from curation.services.turn_edits import blank_example
from curation.services.workspace import Workspace
from curation.services.writing import ExampleView, new_example
from curation.synthesizers import Order, contrast_pairs
from curation.synthesizers.contract import Shortfall
from db import catalogue, contrasts

WANTED = 4
"""So many examples each way teach the difference at the least."""
MOST_COUNTED = 99


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

    @property
    def to_order(self) -> int:
        """How many candidates fill it: they come in pairs, one each way, as only both together teach."""
        return 2 * max(0, WANTED - self.n_a, WANTED - self.n_b)


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


def order_contrasts(ws: Workspace, actor: Actor, project_id: str, a: str, b: str, *, nonce: str) -> JobView:
    """Order what two look-alikes lack as pairs of requests, alike but for what decides, each offered both tools."""
    pair = next((one for one in list_look_alikes(ws, project_id, a) if b in (one.a, one.b)), None)
    if pair is None:
        raise NotFoundError(f"`{a}` and `{b}` are no look-alikes.", hint="The catalogue lists the pairs.")
    if not pair.lacking:
        raise StateError(f"`{a}` and `{b}` have {WANTED} contrast examples each way.", hint="Write one by hand.")
    _require_drafted(choose_tools(ws, project_id, (a, b)))
    sheet = Sheet(strategy=contrast_pairs.NAME, count=pair.to_order, seed=seed_of(nonce), tools=(pair.a, pair.b))
    return order_candidates(ws, actor, project_id, sheet, name=f"{pair.a} and {pair.b} told apart", nonce=nonce)


def list_under_way(ws: Workspace, project_id: str) -> frozenset[frozenset[str]]:
    """The pairs that orders which have not ended are about."""
    orders = (read_sheet(one) for one in list_orders(ws, project_id) if not one.state.is_final)
    return frozenset(frozenset(sheet.tools) for sheet in orders if sheet.strategy == contrast_pairs.NAME)


def _require_drafted(tools: tuple[Tool, ...]) -> None:
    """Whether a machine can tell them apart at all, found out before anybody waits for it."""
    short: list[Shortfall] = []
    probe = Order(tools=tools, count=2, tell_short=short.append)
    if next(contrast_pairs.SYNTHESIZER.draft(probe), None) is None:
        one, other = (tool.name for tool in tools)
        why = short[0].why if short else "Their descriptions do not say when to use which."
        raise StateError(f"No machine tells `{one}` and `{other}` apart. {why}", hint="Write one by hand.")
