"""What an order will make, before anything is made: cell by cell, against the band, with its time and its price."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from contextlib import contextmanager

import msgspec

from curation.errors import CurationError
from curation.llm.budget import Price
from curation.rules.figures import NO_TOOL_BAND
from curation.services.drafting_prompts import require_usable
from curation.services.health_sums import read_sums
from curation.services.health_told import LIVING
from curation.services.projects import need_project
from curation.services.seed_examples import require_seeds
from curation.services.synthesis_costs import Cost, estimate_cost, list_asked
from curation.services.synthesis_sheets import Sheet, require_sound, starts_from_examples
from curation.services.trait_tallying import tally_waiting
from curation.services.workspace import Workspace
from curation.synthesizers import SYNTHESIZERS
from curation.synthesizers.contract import Cell, Need
from curation.synthesizers.schema_driven import DEFAULT_MIX, share_out

FEW_WAITING = 400
"""So many examples are counted while somebody waits for the plan."""
OFFLINE_S = 0.05
"""Seconds a candidate takes that no model is asked for, gates included."""


class PlannedCell(msgspec.Struct, frozen=True):
    """So many candidates of one kind."""

    category: str
    kind: str
    tool: str
    count: int


class Band(msgspec.Struct, frozen=True):
    """A share of decisions that call no tool, against the band it should lie in."""

    share: float
    low: float
    high: float

    @property
    def is_inside(self) -> bool:
        return self.low <= self.share <= self.high


class SynthesisPlan(msgspec.Struct, frozen=True):
    """What would be made."""

    title: str
    n: int
    cells: tuple[PlannedCell, ...]
    ordered: Band
    """The order by itself."""
    after: Band
    """The project with all of it accepted."""
    n_requests: int
    n_tokens: int
    money: float | None
    """None: nobody has said what the model costs."""
    price: Price | None
    seconds: float
    problems: tuple[str, ...] = ()
    """Why it cannot be started."""
    lacks_examples: bool = False
    """Whether it can draft nothing because no example is accepted that it could start from."""
    is_free: bool = False
    """Whether the model runs on this machine, where nobody asks for money."""
    is_shape_known: bool = True
    """False: which shapes it makes is the strategy's own affair, so the shares are not foretold."""


def plan_synthesis(ws: Workspace, project_id: str, sheet: Sheet, *, unread: Collection[Need] = ()) -> SynthesisPlan:
    """Everything a person must see before an order is started; nothing is made.

    Args:
        ws: the workspace.
        project_id: the project.
        sheet: the order.
        unread: what of the order was said and could not be read, which its form tells itself.
    """
    problems: list[str] = []
    title, asks, cost = sheet.strategy, None, Cost()
    with _told_in(problems):
        strategy = require_sound(sheet, unread=unread)
        title, asks = strategy.title, strategy.asks
    with _told_in(problems):
        cost = estimate_cost(sheet, asks)
    lacks_examples = _lacks_examples(ws, project_id, sheet, unread, problems)
    with _told_in(problems):
        require_usable(ws, project_id, list_asked(sheet))
    cells = plan_cells(sheet)
    n, n_without = sum(cell.count for cell in cells), sum(cell.count for cell in cells if cell.category == "no_tool")
    tally_waiting(ws, FEW_WAITING)
    with ws.reading() as connection:
        sums = read_sums(connection, need_project(connection, project_id).id, LIVING)
    return SynthesisPlan(
        title=title,
        n=n,
        cells=cells,
        ordered=_band(n_without, n),
        after=_band(n_without + sums.n_no_tool_decisions, n + sums.n_decisions),
        n_requests=round(n * cost.requests_each),
        n_tokens=round(n * (cost.tokens_in_each + cost.tokens_out_each)),
        money=cost.money_of(n),
        price=cost.price,
        is_free=cost.is_free,
        seconds=_estimate_seconds(sheet, cost, n),
        problems=tuple(dict.fromkeys(problems)),
        lacks_examples=lacks_examples,
        is_shape_known=all(cell.category for cell in cells),
    )


@contextmanager
def _told_in(problems: list[str]) -> Iterator[None]:
    try:
        yield
    except CurationError as error:
        problems.append(str(error))


def _lacks_examples(
    ws: Workspace, project_id: str, sheet: Sheet, unread: Collection[Need], problems: list[str]
) -> bool:
    n_before = len(problems)
    with _told_in(problems):
        if "examples" not in unread and starts_from_examples(sheet):
            require_seeds(ws, project_id, sheet.seed_examples)
    return len(problems) > n_before and not sheet.seed_examples


def plan_cells(sheet: Sheet) -> tuple[PlannedCell, ...]:
    """The cells of an order; a mix is shared out as the strategy will do it."""
    if sheet.cells:
        return tuple(_planned(cell) for cell in sheet.cells if cell.count)
    strategy = next((one for one in SYNTHESIZERS if one.name == sheet.strategy), None)
    if strategy is None or not strategy.mixes:
        shapes = strategy.shapes if strategy else ()
        return (PlannedCell(shapes[0] if len(shapes) == 1 else "", "", "", sheet.count),)
    counts = share_out(sheet.count, sheet.mix or DEFAULT_MIX)
    return tuple(PlannedCell(*_split(name), "", count) for name, count in counts.items() if count)


def _planned(cell: Cell) -> PlannedCell:
    return PlannedCell(cell.category, cell.kind, cell.tool, cell.count)


def _split(name: str) -> tuple[str, str]:
    category, _, kind = name.partition(".")
    return category, kind


def _band(n_without: int, n: int) -> Band:
    return Band(n_without / n if n else 0.0, *NO_TOOL_BAND)


def _estimate_seconds(sheet: Sheet, cost: Cost, n: int) -> float:
    """Drafting and judging take what they take; questions wait for each other by the pace that was set."""
    offline = n * OFFLINE_S
    if sheet.endpoint is None:
        return offline
    n_requests = n * cost.requests_each
    by_pace = n_requests / max(sheet.endpoint.per_minute, 1) * 60
    by_answer = n_requests * cost.request_s / max(sheet.endpoint.at_once, 1)
    return offline + max(by_pace, by_answer)
