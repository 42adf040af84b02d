"""Plain factories for orders under way: a strategy of a few drafts, and everything the loop needs."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

from curation.gates import GATES, Bench, Passage
from curation.gates.mending import mend_by
from curation.model.candidate import Candidate
from curation.model.example import Call, Example, Message
from curation.model.values import Arguments
from curation.producing.making import Course, Repair, make
from curation.producing.record import CANDIDATES, Record
from curation.producing.tally import TALLY, Tally, TallyFile
from tests.shop_rows import TRACK_ORDER, make_tool

WORDINGS = (
    "Where is order {} now, please?",
    "Has parcel {} left the warehouse yet?",
    "Tell me when {} will arrive here.",
)


def draft_one(order: str, wording: str = WORDINGS[0]) -> Candidate:
    """A request and the call it teaches."""
    call = Call(name="track_order", arguments=Arguments(f'{{"order_id":"{order}"}}'), id="call_1", type="function")
    messages = (Message(role="user", content=wording.format(order)), Message(role="assistant", calls=(call,)))
    return Candidate(Example(messages=messages, tools=(TRACK_ORDER,)), "positive", tool="track_order")


def draft_some(count: int) -> list[Candidate]:
    """Drafts of which every fourth is refused for good and every fifth can be mended."""
    return [_draft_number(number) for number in range(count)]


def _draft_number(number: int) -> Candidate:
    order, wording = f"A-{1000 + 37 * number}", WORDINGS[number % len(WORDINGS)]
    if number % 4 == 3:
        return draft_one("", wording)
    drafted = draft_one(order, wording)
    return with_text(drafted, f'{{"order_id":"{order}",}}') if number % 5 == 4 else drafted


def with_text(candidate: Candidate, arguments: str) -> Candidate:
    """The candidate with other source text in the place of its arguments."""
    call = Call(name="track_order", arguments=Arguments(arguments), id="call_1", type="function")
    messages = (candidate.example.messages[0], Message(role="assistant", calls=(call,)))
    return Candidate(Example(messages=messages, tools=(TRACK_ORDER,)), "positive", tool="track_order")


def run_order(
    folder: Path,
    drafts: Sequence[Candidate] | Iterator[Candidate],
    *,
    write: Callable[[int, bytes], int] = os.write,
    stop_after: int | None = None,
    should_stop: Callable[[], bool] = lambda: False,
    repairs: tuple[Repair, ...] = (),
    asked: int = 20,
) -> Tally:
    """One launch of an order in a folder."""
    bench = Bench(tools={"track_order": make_tool()})
    record = Record(folder / CANDIDATES, write)
    try:
        course = Course(
            Passage(GATES, bench),
            record,
            TallyFile(folder / TALLY),
            repairs=(mend_by(bench), *repairs),
            stop_after=stop_after,
            should_stop=should_stop,
        )
        return make(drafts, asked, course)
    finally:
        record.close()
