"""Orders that every strategy can be given: with the examples or records it cannot do without."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from functools import lru_cache
from pathlib import Path

import msgspec

from curation.model.candidate import Candidate
from curation.model.definition import Tool
from curation.model.example import Example
from curation.model.finding import Severity
from curation.model.reading import Reading
from curation.model.values import Json
from curation.rules import check, judge
from curation.synthesizers import Order, Synthesizer, get_synthesizer
from curation.synthesizers.shop import demo_tools
from curation.toolkits import read_tools

SOURCES = Path(__file__).parent / "data" / "tool_sources"
REASONS = ("damaged", "wrong item", "late", "unwanted")


@lru_cache(maxsize=8)
def catalogue(name: str) -> tuple[Tool, ...]:
    """The demo's tools under `shop`, else the tools of a file."""
    if name == "shop":
        return demo_tools()
    return tuple(one.tool for one in read_tools((SOURCES / name).read_bytes()).tools)


@lru_cache(maxsize=8)
def seeds_of(tools: tuple[Tool, ...]) -> tuple[Example, ...]:
    """Examples as a project would have them."""
    drafted = get_synthesizer("schema_driven").draft(Order(tools, 80, seed=3))
    return tuple(candidate.example for candidate in drafted)


def records_of(tools: Sequence[Tool]) -> tuple[dict[str, Json], ...]:
    """What happened, as a ticket system of the demo's shop or a log of calls tells it."""
    if {tool.name for tool in tools} >= {"request_refund"}:
        return tuple(
            record
            for n in range(10)
            for record in (
                {"intent": "refund", "order_number": f"A{1000 + n}", "reason": REASONS[n % 4], "clerk": "Rosa"},
                {"event": "tracking", "order": f"B{2000 + n}", "result": {"status": "delivered", "place": "Leeds"}},
                {"tool": "cancel_order", "order_id": f"D{3000 + n}", "error": "This order was sent already."},
            )
        )
    drafted = get_synthesizer("schema_driven").draft(Order(tuple(tools), 60, seed=9, mix={"positive": 1.0}))
    calls = (candidate.example.messages[1].calls or () for candidate in drafted)
    return tuple(
        {"tool": call.name, **msgspec.json.decode(call.arguments.text)}  # type: ignore[union-attr]
        for made in calls
        for call in made
    )


def order_for(synthesizer: Synthesizer, tools: tuple[Tool, ...], count: int, seed: int = 1) -> Order:
    """An order with all that the strategy needs."""
    seeds = seeds_of(tools) if "examples" in synthesizer.needs else ()
    records = records_of(tools) if "records" in synthesizer.needs else ()
    return Order(tools, count, seed=seed, seeds=seeds, records=records)


def errors_in(candidates: Sequence[Candidate], tools: Sequence[Tool]) -> Counter[str]:
    """Error findings of candidates, by rule."""
    known = {tool.name: tool for tool in tools}
    judged = (one for candidate in candidates for one in judge(check(Reading(candidate.example), known)))
    return Counter(one.finding.rule for one in judged if one.severity is Severity.ERROR)


def openings_of(candidates: Sequence[Candidate]) -> list[str]:
    """The first thing the person says in each."""
    return [
        next(str(turn.content) for turn in candidate.example.messages if turn.role == "user")
        for candidate in candidates
    ]
