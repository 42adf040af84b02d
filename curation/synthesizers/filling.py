"""Fills an order: what is wanted one by one, nothing asked twice, and a sentence for what cannot be drafted."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from itertools import chain, cycle, islice
from random import Random
from typing import NamedTuple

import msgspec

from curation.errors import CurationError
from curation.model.candidate import Candidate
from curation.model.definition import Tool
from curation.model.parameter import Parameter
from curation.synthesizers.contract import Cell, Order, Shortfall
from curation.synthesizers.domain import pack_names
from curation.synthesizers.handing_in import leave_files_out
from curation.synthesizers.scene import Scene
from curation.synthesizers.speech import AUTOMATIC, NONE
from curation.synthesizers.stage import Stage

NO_WHYS: Mapping[str, str] = {}
_TRIES = 40
"""Drafts in vain (doubles, or nothing fits) after which something wanted is given up."""

WORDINGS = Parameter(
    "pack",
    "Wordings",
    "choice",
    AUTOMATIC,
    why="A domain pack knows how people speak of its tools; generic wordings fit every tool.",
    choices=(AUTOMATIC, NONE, *pack_names()),
)
VARIED, ALL = "varied", "all"
OFFER = Parameter(
    "offer",
    "Tools offered",
    "choice",
    VARIED,
    why="Varied lists teach to read the list; one fixed list is what a single desk's prompt looks like, and is learned "
    "in fewer steps.",
    choices=(VARIED, ALL),
)
SYSTEM = Parameter("system", "System text", "text", "", why="Opens every conversation; empty: the pack's own, if any.")


class Wanted(NamedTuple):
    """One thing to draft."""

    category: str
    kind: str
    tool: str
    """Empty: whichever comes next."""


Kinds = Mapping[str, Sequence[str]]
"""Category → the kinds of it that a strategy drafts."""
DraftOne = Callable[[Wanted], Sequence[Candidate]]
"""Candidates that belong together, none when nothing fits this time."""


def offers_all(order: Order) -> bool:
    """Whether every conversation offers all tools, in one order."""
    return order.parameters.get("offer") == ALL


def open_stage(order: Order) -> Stage:
    """What drafters draw from, for the tools of an order that can be called; the words around calls are English."""
    order = leave_files_out(msgspec.structs.replace(order, tell_short=None))
    tools = tuple(tool for tool in order.tools if tool.name)
    if not tools:
        raise CurationError("There is no tool to draft for.", hint="Add a tool with a name to the catalogue first.")
    voice = msgspec.structs.replace(order.voice, languages=())
    return Stage(msgspec.structs.replace(order, voice=voice), tools, offers_all=offers_all(order))


def tools_for(scene: Scene, wanted: Wanted) -> tuple[Tool, ...]:
    """The tools a draft may be about."""
    return tuple(tool for tool in scene.tools if wanted.tool in ("", tool.name))


def fill(
    order: Order,
    strategy: str,
    kinds: Kinds,
    draft_one: DraftOne,
    *,
    stage: Stage,
    together: int = 1,
    whys: Mapping[str, str] = NO_WHYS,
) -> Iterator[Candidate]:
    """Candidates for all that an order wants, in mixed order.

    Args:
        stage: where they are drafted.
        together: how many candidates one draft gives; they come one after the other.
        whys: kind → what it takes, for those that not every catalogue can give.
    """

    order = leave_files_out(order)

    def begin_and_draft(wanted: Wanted) -> Sequence[Candidate]:
        stage.begin(None)
        return draft_one(wanted)

    return islice(_fill(order, strategy, kinds, begin_and_draft, together, whys), _most(order))


def _most(order: Order) -> int:
    return sum(cell.count for cell in order.cells) if order.cells else order.count


def _fill(
    order: Order, strategy: str, kinds: Kinds, draft_one: DraftOne, together: int, whys: Mapping[str, str]
) -> Iterator[Candidate]:
    seen: set[tuple[str, ...]] = set()
    short: Counter[Wanted] = Counter()
    dealt = _deal(order, kinds, together)
    for wanted in chain(dealt, _in_their_place(order, dealt, short)):
        drafted = _draft_new(wanted, draft_one, seen) if not short[wanted] else ()
        short[wanted] += not drafted
        for one in drafted:
            yield msgspec.structs.replace(one, strategy=strategy)
    for wanted in dict.fromkeys(dealt):
        if short[wanted]:
            missing = min(short[wanted], dealt.count(wanted))
            _tell(order, Cell(missing * together, *wanted), whys.get(wanted.kind) or _explain(wanted))


def _in_their_place(order: Order, dealt: Sequence[Wanted], short: Mapping[Wanted, int]) -> Iterator[Wanted]:
    """Where nobody said how many of which: the kinds that can be drafted, in the place of those that cannot."""
    kinds, missing = list(dict.fromkeys(dealt)), sum(short.values())
    while not order.cells and missing > 0 and (left := [kind for kind in kinds if not short[kind]]):
        for kind in left[:missing]:
            yield kind
            missing -= not short[kind]


def _deal(order: Order, kinds: Kinds, together: int) -> list[Wanted]:
    """What is wanted, one draft an element, shuffled."""
    if not order.cells:
        pairs = [(category, kind) for category, found in kinds.items() for kind in found]
        dealt = [Wanted(*pair, "") for pair in islice(cycle(pairs), -(-order.count // together))]
    else:
        dealt = [wanted for cell in order.cells for wanted in _deal_cell(order, cell, kinds, together)]
    Random(order.seed).shuffle(dealt)
    return dealt


def _deal_cell(order: Order, cell: Cell, kinds: Kinds, together: int) -> list[Wanted]:
    known = kinds.get(cell.category, ())
    chosen = [cell.kind] if cell.kind in known else [] if cell.kind else list(known)
    is_tool_known = not cell.tool or any(tool.name == cell.tool for tool in order.tools)
    if not chosen or not is_tool_known:
        why = "This strategy does not draft it; choose another strategy for it."
        _tell(order, cell, why if is_tool_known else f"There is no tool `{cell.tool}` among those ordered for; add it.")
        return []
    return [Wanted(cell.category, kind, cell.tool) for kind in islice(cycle(chosen), -(-cell.count // together))]


def _tell(order: Order, cell: Cell, why: str) -> None:
    if order.tell_short is not None:
        order.tell_short(Shortfall(cell, why))


def _explain(wanted: Wanted) -> str:
    about = f"`{wanted.tool}`" if wanted.tool else "these tools"
    return f"Nothing new can be drafted for {about}: the wordings are used up, or no tool fits. Order fewer of it."


def _draft_new(wanted: Wanted, draft_one: DraftOne, seen: set[tuple[str, ...]]) -> Sequence[Candidate]:
    """The next draft that says something nobody has asked in this order before."""
    for _ in range(_TRIES):
        drafted = draft_one(wanted)
        said = tuple(text for one in drafted for text in asked(one))
        if drafted and said not in seen:
            seen.add(said)
            return drafted
    return ()


def asked(candidate: Candidate) -> list[str]:
    """What the person says in a candidate, turn by turn."""
    return [str(turn.content) for turn in candidate.example.messages if turn.role == "user"]
