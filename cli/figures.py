"""Figures of models as tables for people."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from rich.console import Console
from rich.table import Table

from curation.metrics.contract import Rate
from curation.metrics.held import Held, Noted, gather_notes
from curation.metrics.repairs import Repairs
from curation.metrics.report import Figures, Report
from curation.metrics.score import METRICS
from curation.metrics.scored import FAILURES
from curation.model.values import Json

HEADLINE = (
    "valid_call_rate",
    "tool_name_accuracy",
    "argument_match",
    "false_call_rate",
    "missed_call_rate",
    "silent_wrong_rate",
    "invalid_on_no_tool",
    "recovery_rate",
)
"""The rates everybody compares first."""
MATCHES = ("exact_match", "fuzzy_match", "functional_match")
"""Three ways in which calls can be the same, beside every argument being right."""
MOST_ABREAST = 2
"""Models whose rates, intervals and counts stand in one line each."""
COMPARISON_ONLY = "comparison only"


def print_report(report: Report) -> None:
    """All rates of one model with their intervals, its failures and the warnings."""
    console = Console(highlight=False, markup=False, soft_wrap=True)
    console.print(_describe(report.overall))
    table = Table(box=None, pad_edge=False)
    for heading in ("metric", "value", "95 % interval", "n"):
        table.add_column(heading, justify="left" if heading == "metric" else "right", no_wrap=True)
    for metric in METRICS:
        rate = report.overall.metrics[metric.name]
        name = f"{metric.name} ({COMPARISON_ONLY})" if metric.comparison_only else metric.name
        table.add_row(name, _share(rate.value) + _mark(report.overall, metric.name), _interval(rate), str(rate.n))
    console.print(table)
    _explain_mark(console, [report.overall])
    failures = {name: n for name, n in report.overall.failures.items() if n}
    if failures:
        console.print("failures: " + ", ".join(f"{name} {n}" for name, n in failures.items()))
    for warning in report.warnings:
        console.print(f"note: {warning}")


def print_comparison(reports: Mapping[str, Figures], names: tuple[str, ...] = (*HEADLINE, *MATCHES)) -> None:
    """The same rates of several models side by side, each with n and interval; then every way to fail apart."""
    table = open_table("metric", reports)
    for name in names:
        marks = [_mark(figures, name) for figures in reports.values()]
        table.add_row(name, *tell_rates([figures.metrics[name] for figures in reports.values()], marks))
    print_table(table)
    _explain_mark(Console(highlight=False), reports.values(), names)
    print_failures(reports)


def print_failures(reports: Mapping[str, Figures]) -> None:
    """How many answers of each model were right, and how many failed in which way; what never happened is left out."""
    if not reports:
        return
    table = open_table("answers", reports)
    right = [figures.n.rows - sum(figures.failures.values()) for figures in reports.values()]
    table.add_row("right", *(f"{n:,}" for n in right))
    for name in FAILURES:
        counts = [figures.failures.get(name, 0) for figures in reports.values()]
        if any(counts):
            table.add_row(name, *(f"{n:,}" for n in counts))
    print_table(table)


def open_table(heading: str, models: Iterable[str]) -> Table:
    """A table with one column a model."""
    table = Table(box=None, pad_edge=False)
    table.add_column(heading, no_wrap=True)
    for model in models:
        table.add_column(model, justify="right", overflow="fold")
    return table


def print_table(table: Table) -> None:
    """A table with a line of air before it; brackets in a model's name are letters, not markup."""
    console = Console(highlight=False, markup=False)
    console.print()
    console.print(table)


def print_costs(latency_ms: Mapping[str, float]) -> None:
    """Time of an answer by each model."""
    told = ", ".join(f"{model} {ms:,.0f} ms" for model, ms in latency_ms.items())
    Console(highlight=False).print(f"an answer takes (median): {told}")


def print_repairs(repairs: Mapping[str, Repairs]) -> None:
    """What saying the validator's findings back adds, and what it costs."""
    if not repairs:
        return
    most = max(one.most for one in repairs.values())
    rates = next(iter(repairs.values())).metrics
    table = open_table(f"with up to {most} repairs", repairs)
    for name in rates:
        table.add_row(name, *tell_rates([one.metrics[name] for one in repairs.values()]))
    table.add_row("answers sent back", *(f"{one.rows:,}" for one in repairs.values()))
    table.add_row("requests more", *(f"{one.rounds:,}" for one in repairs.values()))
    table.add_row("tokens more", *(f"{one.tokens:,}" for one in repairs.values()))
    table.add_row("ms more", *(f"{one.latency_ms:,.0f}" for one in repairs.values()))
    if any(one.cost is not None for one in repairs.values()):
        table.add_row("money more", *("–" if one.cost is None else f"{one.cost:.4g}" for one in repairs.values()))
    print_table(table)


def print_prices(summaries: Mapping[str, Mapping[str, Json]]) -> None:
    """What a thousand answers of each model cost, and where the price was read; nothing where nobody asks for money."""
    console = Console(highlight=False, soft_wrap=True)
    for label, summary in summaries.items():
        price, cost = summary.get("price"), summary.get("cost_per_1000")
        if cost is None:
            continue
        currency = price["currency"] if price else ""
        read = ", ".join(part for part in (price["source"], price["date"]) if part) if price else "as recorded"
        money = f"{cost:.4g} {currency}".strip()
        console.print(f"{label}: 1,000 answers cost {money} ({read or 'as given'})", markup=False)


def print_held(held: Mapping[str, Held]) -> None:
    """How far a grammar held the answers of each model."""
    print_notes(held)


def print_notes(known: Mapping[str, Noted]) -> None:
    """What is to be known of answers beside their figures: a note each, with the models it is about."""
    console = Console(highlight=False, soft_wrap=True)
    for note, models in gather_notes(known).items():
        console.print(f"note: {'; '.join(models)}: {note}", markup=False)


def _describe(figures: Figures) -> str:
    n = figures.n
    return f"{n.rows} rows: {n.call} expect a call, {n.no_tool} expect none, {n.recovery} recover from a failure"


def _mark(figures: Figures, metric: str) -> str:
    """Beside a rate that says little."""
    return "*" if metric in figures.vacuous else ""


def _explain_mark(console: Console, figures: Iterable[Figures], names: Iterable[str] = ()) -> None:
    shown = set(names)
    if any(not shown or shown & one.vacuous.keys() for one in figures if one.vacuous):
        console.print("* says little: most of the answers that it counts cannot be read or used", soft_wrap=True)


def tell_rates(rates: Sequence[Rate], marks: Sequence[str] = ()) -> list[str]:
    """A figure a model; of many models in lines below each other, since a terminal is 80 letters wide."""
    marked = zip(rates, marks or [""] * len(rates), strict=True)
    return [tell_rate(rate, mark, is_narrow=len(rates) > MOST_ABREAST) for rate, mark in marked]


def tell_rate(rate: Rate, mark: str = "", *, is_narrow: bool = False) -> str:
    """A share with its interval and the rows it counts over."""
    if not rate.n:
        return "–, n=0"
    parts = (_share(rate.value) + mark, _interval(rate), f"n={rate.n}")
    return "\n".join(parts) if is_narrow else "{} ({}), {}".format(*parts)


def _share(value: float | None) -> str:
    return "–" if value is None else f"{value * 100:.1f} %"


def _interval(rate: Rate) -> str:
    return "" if rate.low is None or rate.high is None else f"{rate.low * 100:.1f}–{rate.high * 100:.1f}"
