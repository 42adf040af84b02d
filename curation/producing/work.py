"""The job of a worker that makes what was ordered."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

import msgspec

from curation.finetune.journal import Journal
from curation.finetune.run_folder import Exit, RunFolder
from curation.finetune.work import Work
from curation.gates import GATES, Gate, Passage, get_gate
from curation.gates.mending import mend_by
from curation.model.candidate import Candidate
from curation.model.traits import parse_trait
from curation.producing.drafters import Opened, open_drafter
from curation.producing.making import Course, make, sum_reasons
from curation.producing.record import CANDIDATES, Record
from curation.producing.spec import SynthesiseSpec, bench_of, order_of, read_material
from curation.producing.tally import TALLY, Tally, TallyFile
from curation.rules.traits import traits_of
from curation.synthesizers import get_synthesizer


def synthesise(folder: RunFolder, spec: SynthesiseSpec, journal: Journal) -> Exit:
    """Make what the spec orders; what an earlier launch has made stays."""
    journal.enter("reading the order")
    strategy = get_synthesizer(spec.strategy)
    material = read_material(folder)
    opened = open_drafter(spec, folder)
    short = Counter[str]()
    order = msgspec.structs.replace(
        order_of(spec, material, opened.drafter if opened else None),
        tell_short=lambda told: short.update({told.why: told.cell.count}),
    )
    bench, asked = bench_of(spec, material), _asked(spec)
    record = Record(folder.path / CANDIDATES)
    course = Course(
        passage=Passage(_gates_of(spec, opened), bench),
        record=record,
        file=TallyFile(folder.path / TALLY),
        repairs=(mend_by(bench), *([opened.repair] if opened and opened.repair else ())),
        stop_after=spec.stop_after,
        short={} if spec.shows else short,
        should_stop=lambda: journal.should_stop,
        reached=lambda tally: journal.reach(tally.passed if spec.shows else tally.drafted, asked),
    )
    journal.enter("drafting", steps=asked)
    drafts = _showing(spec.shows, _named(strategy.name, strategy.draft(order)))
    try:
        tally = make(drafts, asked, course)
    finally:
        record.close()
        if opened and opened.close:
            opened.close()
    _tell_missing(spec, tally, short)
    spent = opened.tell() if opened and opened.tell else ""
    tally.note = " ".join(said for said in (tally.note, spent) if said)
    course.file.write(tally, course.passage.figures())
    return _ended(spec, journal, tally)


def _asked(spec: SynthesiseSpec) -> int:
    """How many are wanted; what shows one thing is looked for among many more drafts."""
    return spec.stop_after if spec.shows and spec.stop_after else spec.count


def _showing(shows: str, drafts: Iterator[Candidate]) -> Iterator[Candidate]:
    """Drafts of what was ordered; the others are no candidates of this order, and no gate is bothered with them."""
    if not shows:
        return drafts
    wanted = parse_trait(shows)
    return (one for one in drafts if wanted in traits_of(one.example))


def _tell_missing(spec: SynthesiseSpec, tally: Tally, short: Counter[str]) -> None:
    """Of drafts that are looked through for one thing only those missing in the end are told, not all in vain."""
    if not spec.shows:
        return
    missing = _asked(spec) - tally.passed
    if missing > 0 and tally.ended == "done":
        tally.short = {next(iter(short), "No other draft shows exactly this."): missing}
    elif missing <= 0:
        tally.ended = "done"


def _gates_of(spec: SynthesiseSpec, opened: Opened | None) -> tuple[Gate, ...]:
    chosen = GATES if spec.gates is None else tuple(get_gate(name) for name in spec.gates)
    return (*chosen, *(opened.gates if opened else ()))


def _named(strategy: str, drafts: Iterator[Candidate]) -> Iterator[Candidate]:
    """Every candidate says which strategy drafted it."""
    for one in drafts:
        yield one if one.strategy else msgspec.structs.replace(one, strategy=strategy)


def _ended(spec: SynthesiseSpec, journal: Journal, tally: Tally) -> Exit:
    dropped = sum_reasons(tally.dropped)
    journal.say(f"{tally.passed} of {tally.drafted} drafts passed, {dropped} were dropped. {tally.note}".strip())
    if tally.ended == "stopped":
        return Exit(spec.launch_id, "cancelled", summary=_summary(tally))
    return Exit(spec.launch_id, "succeeded", summary=_summary(tally))


def _summary(tally: Tally) -> dict[str, object]:
    return msgspec.to_builtins(tally)  # type: ignore[no-any-return]


WORK = Work("synthesise", SynthesiseSpec, synthesise)
