"""The loop: a strategy drafts, gates judge, what fails is repaired once, and each candidate's fate is written down.

Everything is made again from the beginning when a run goes on: drafts are the same for the same order and the same
answers, so those that the record holds are passed over. A candidate is in the record once or not at all, whenever the
worker is killed. What a model is asked about a draft, to repair or to judge it, is not asked again for those passed
over; two drafts of the same words would get the same answer to that then, where they got one each before.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import NamedTuple

from curation.errors import BudgetSpentError, JobError
from curation.gates import Passage
from curation.gates.contract import Verdict
from curation.llm.desk import AskingStoppedError
from curation.model.candidate import Candidate
from curation.producing.record import Made, Record, Refusal, key_of, note_candidate, read_made
from curation.producing.tally import Ended, Tally, TallyFile

Repair = Callable[[Candidate, Verdict], Candidate | None]
"""The candidate put right by what a gate told of it; None where this repair knows no way."""


class Course(NamedTuple):
    """What the loop is given beside the drafts."""

    passage: Passage
    record: Record
    file: TallyFile
    repairs: Sequence[Repair] = ()
    """Tried in turn until one knows a way."""
    stop_after: int | None = None
    should_stop: Callable[[], bool] = lambda: False
    reached: Callable[[Tally], None] = lambda _tally: None
    """Told after every draft."""
    short: Mapping[str, int] = {}
    """What the strategy could not draft so far."""


def make(drafts: Iterable[Candidate], asked: int, course: Course) -> Tally:
    """Draft, judge, repair and keep until there is an end to it."""
    tally = Tally(asked)
    done = _take_up(course, tally)
    course.file.write(tally, course.passage.figures())
    try:
        tally.ended = _go_on(iter(drafts), done, course, tally)
    except BudgetSpentError as spent:
        tally.ended, tally.note = "budget", str(spent)
    except AskingStoppedError:
        tally.ended = "stopped"
    except JobError:
        # A host answers nobody any more: what was made until then is shown, and gone on from.
        _settle(course, tally)
        raise
    _settle(course, tally)
    return tally


def _settle(course: Course, tally: Tally) -> None:
    course.record.settle()
    _write(course, tally)


def _write(course: Course, tally: Tally) -> None:
    tally.short = dict(course.short)
    course.file.write(tally, course.passage.figures())


def _take_up(course: Course, tally: Tally) -> Counter[str]:
    """What an earlier run of this order has done with, counted by key: a strategy may draft the same twice."""
    done = Counter[str]()
    for made in read_made(course.record.path):
        done[made.key] += 1
        tally.count(made)
        if made.refused is None:
            course.passage.keep(made.candidate)
    return done


def _go_on(drafts: Iterable[Candidate], done: Counter[str], course: Course, tally: Tally) -> Ended:
    if _is_full(course, tally):
        return "sample"
    for drafted in drafts:
        if course.should_stop():
            return "stopped"
        key = key_of(drafted)
        if done[key]:
            done[key] -= 1
            continue
        made = _bring_through(key, drafted, course)
        course.record.append(made)
        tally.count(made)
        course.reached(tally)
        if course.file.is_due():
            course.record.settle()
            _write(course, tally)
        if _is_full(course, tally):
            return "sample"
    return "done"


def _is_full(course: Course, tally: Tally) -> bool:
    return course.stop_after is not None and tally.passed >= course.stop_after


def _bring_through(key: str, drafted: Candidate, course: Course) -> Made:
    refused, opinions = course.passage.weigh(drafted)
    if refused is None:
        course.passage.keep(drafted)
        return note_candidate(key, drafted, opinions=opinions)
    repaired = next((mended for repair in course.repairs if (mended := repair(drafted, refused.verdict))), None)
    if repaired is None:
        return note_candidate(key, drafted, refused=Refusal.of(*refused), opinions=opinions)
    again, opinions = course.passage.weigh(repaired)
    if again is None:
        course.passage.keep(repaired)
    return note_candidate(
        key,
        repaired,
        refused=Refusal.of(*again) if again else None,
        repaired=Refusal.of(*refused),
        opinions=opinions,
    )


def sum_reasons(dropped: Mapping[str, Mapping[str, int]]) -> int:
    """How many were dropped in all."""
    return sum(sum(reasons.values()) for reasons in dropped.values())
