"""A look as a page for people: every figure with n and interval, slices, the gate, settings and digests."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from html import escape

from curation.services.answer_costs import ON_THIS_MACHINE, cost_of
from curation.services.evaluation_plans import read_plan
from curation.services.evaluation_views import EvaluationView, ModelResult, count_looks
from curation.services.freezing import get_dataset
from curation.services.html_pages import END, open_page, write_table
from curation.services.look_parts import ALL, list_slices, take_part, weigh
from curation.services.look_tables import tell_interval, write_confusion, write_differences, write_repairs
from curation.services.portions import name_portion
from curation.services.promoting import GateView, find_obstacle, read_gate
from curation.services.rate_tables import list_rates
from curation.services.rate_words import say_slice
from curation.services.workspace import Workspace
from db import evaluations


def write_report(ws: Workspace, view: EvaluationView) -> str:
    """The whole look, whatever part of it is on screen."""
    dataset = get_dataset(ws, view.project_id, view.dataset_n)
    answered = [one for one in view.models if one.report]
    rows = max((one.report.overall.n.rows for one in answered if one.report), default=0)
    title = f"Look {view.look_no} at {name_portion(view.split)}, dataset v{view.dataset_n}"
    facts = {
        "Rows asked": f"{rows:,}",
        "Dataset version": f"v{view.dataset_n}, digest {dataset.hash}",
        "Split": name_portion(view.split),
        "Opened so far": f"{count_looks(ws, view.project_id, view.split):,} times",
        "Decoding": view.decoding,
        "Asked by": f"{view.by}, {view.created_at}",
        "Intervals": "95 %, Wilson; the rows of one group are near-duplicates",
    }
    parts = [
        open_page(title),
        f"<h1>{escape(title)}</h1>\n",
        write_table(("", ""), facts.items()),
        "".join(
            f'<p class="warning">{escape("; ".join(labels) + ": " if labels else "")}{escape(one)}</p>\n'
            for one, labels in view.warnings.items()
        ),
        "".join(f'<p class="warning">{escape(one)}</p>\n' for one in view.unasked.notes),
        _section("Models", ("model", "name", "kind", "settings", "digest of its figures"), _models(ws, answered)),
        _section("Figures", _FIGURES, _rates(answered)),
        _section("What went wrong", ("model", "failure", "rows"), _failures(answered)),
        _section("Against the first", ("model", "fixed", "broken", "p of chance"), _changes(view, answered)),
        write_differences(view, answered),
        write_confusion({one.label: one.report.scored for one in answered if one.report}),
        _section("Time, tokens and cost", _COSTS, _costs(view, answered)),
        write_repairs(view, answered),
        _section("Length of answers", _LENGTHS, _lengths(answered)),
        *(
            _gate(read_gate(ws, view.project_id, view, one.label))
            for one in answered
            if not find_obstacle(view, one.label)
        ),
        "<h2>Slices</h2>\n",
        *(_slice(one.name, one.n, answered) for one in list_slices(view)),
        END,
    ]
    return "".join(parts)


_FIGURES = ("rate", "better", "model", "%", "95 % interval", "n", "says little")
_COSTS = ("model", "mean ms", "p50 ms", "p90 ms", "p99 ms", "tokens an answer", "cost per 1,000", "price")


def _section(heading: str, head: Sequence[str], rows: Iterator[Sequence[object]]) -> str:
    table = write_table(head, rows)
    return f"<h2>{escape(heading)}</h2>\n{table}" if table else ""


def _models(ws: Workspace, answered: Sequence[ModelResult]) -> Iterator[Sequence[object]]:
    for one in answered:
        with ws.reading() as connection:
            record = evaluations.find_evaluation(connection, one.evaluation_id)
        plan = read_plan(record) if record else None
        set_so = [f"{plan.style} rows", f"{plan.shots} worked examples", f"{plan.repairs} repairs"] if plan else []
        if plan and plan.grammar:
            set_so.append("grammar")
        if plan and plan.limit:
            set_so.append(f"{plan.limit:,} rows at most")
        yield one.label, one.model.name, one.model.kind, ", ".join(set_so), one.summary.get("digest", "")


def _rates(answered: Sequence[ModelResult], slice_name: str = ALL) -> Iterator[Sequence[object]]:
    for line in list_rates(answered, slice_name):
        rate = line.rate
        if line.is_counted and rate.value is not None:
            share = round(100 * rate.value, 1)
            yield line.metric.title, line.better, line.label, share, tell_interval(rate), rate.n, line.doubt


def _failures(answered: Sequence[ModelResult]) -> Iterator[Sequence[object]]:
    for one in answered:
        for name, n in one.report.overall.failures.items() if one.report else ():
            yield one.label, name.replace("_", " "), n


def _changes(view: EvaluationView, answered: Sequence[ModelResult]) -> Iterator[Sequence[object]]:
    whole = take_part(view, [one.label for one in answered], ALL)
    for one in answered[1:]:
        standing = weigh(whole, answered[0].label, one.label)
        yield one.label, standing.fixed, standing.broken, f"{standing.p:.3f}"


def _costs(view: EvaluationView, answered: Sequence[ModelResult]) -> Iterator[Sequence[object]]:
    for one in answered:
        cost = cost_of(view, one)
        if cost is not None:
            figures = (cost.mean, cost.p50, cost.p90, cost.p99, cost.tokens, cost.per_thousand)
            shown = ("not measured" if figure is None else round(figure, 2) for figure in figures)
            priced = " ".join(part for part in (cost.currency, cost.price) if part)
            yield one.label, *shown, priced or (ON_THIS_MACHINE if cost.is_here else "")


_LENGTHS = ("model", "tokens an answer may have", "tokens of the longest right answer", "cut", "in words")


def _lengths(answered: Sequence[ModelResult]) -> Iterator[Sequence[object]]:
    for one in answered:
        told = one.lengths
        if told.limit or told.cut:
            about = "about " * told.is_estimated
            right = f"{about}{told.longest_right:,}" if told.longest_right else "not counted"
            yield one.label, f"{told.limit:,}" if told.limit else "not said", right, told.cut, " ".join(told.notes)


def _gate(gate: GateView) -> str:
    checks = (
        (one.state.value.replace("_", " "), one.title, one.figure, f"{one.sentence} {one.remedy}".strip(), one.check.n)
        for one in gate.checks
    )
    head = ("state", "check", "figure", "in words", "n")
    state = gate.state.value.replace("_", " ")
    said = f"<h2>Gate: {escape(gate.label)}, {state}</h2>\n<p>{escape(gate.summary)}</p>\n"
    return said + write_table(head, checks)


def _slice(name: str, n: int, answered: Sequence[ModelResult]) -> str:
    said = say_slice(name)
    table = write_table(_FIGURES, _rates(answered, name))
    return f"<h3>{escape(said[:1].upper() + said[1:])} <code>{escape(name)}</code>, {n:,} rows</h3>\n{table}"
