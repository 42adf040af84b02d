"""What stands beside the rates of a look: time, differences to the first model, and the worst slices."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from rich.console import Console

from cli.figures import HEADLINE, MATCHES, MOST_ABREAST, open_table, print_table, tell_rate
from curation.metrics.intervals import Difference
from curation.metrics.report import Report
from curation.model.values import Json
from curation.services.evaluation_results import PERCENTILES
from curation.services.look_parts import Part, compare_part, weigh
from curation.services.rate_words import say_chance
from curation.services.worst_slices import WorstSlice, find_worst


def print_latency(summaries: Mapping[str, Mapping[str, Json]]) -> None:
    """How long an answer takes: half are faster than p50, one in a hundred is slower than p99."""
    measured = {label: one.get("latency_ms") or {} for label, one in summaries.items()}
    if not any(value is not None for one in measured.values() for value in one.values()):
        return
    table = open_table("an answer takes, ms", measured)
    for name in PERCENTILES:
        table.add_row(name, *(_tell_ms(one.get(name)) for one in measured.values()))
    print_table(table)


def print_differences(part: Part) -> None:
    """How far each later model is from the first on the same rows, in points, with the rows it won and lost."""
    later = compare_part(part)
    if not later:
        return
    first = part.labels[0]
    table = open_table("points to the first", later)
    for name in (*HEADLINE, *MATCHES):
        found = [one[name] for one in later.values()]
        if any(one.value is not None for one in found):
            table.add_row(name, *(_tell_difference(one, is_narrow=len(found) > MOST_ABREAST) for one in found))
    standings = [weigh(part, first, label) for label in later]
    table.add_row("rows fixed", *(f"{one.fixed:,}" for one in standings))
    table.add_row("rows broken", *(f"{one.broken:,}" for one in standings))
    table.add_row("chance of it", *(say_chance(one.p) for one in standings))
    print_table(table)
    Console(highlight=False, markup=False, soft_wrap=True).print(
        f"The first is {first}; 95 % intervals; * marks what is more than chance."
    )


def print_worst(reports: Mapping[str, Report]) -> None:
    """For each rate the slice in which each model does worst; nothing where no slice is worse than all rows."""
    table = open_table("worst slice", reports)
    for name in HEADLINE:
        found = [find_worst(report, name) for report in reports.values()]
        if any(found):
            table.add_row(name, *_tell_worst(found))
    if table.row_count:
        print_table(table)


def _tell_ms(value: Json) -> str:
    return "–" if value is None else f"{value:,.0f}"


def _tell_difference(one: Difference, *, is_narrow: bool) -> str:
    if one.value is None or one.low is None or one.high is None:
        return "–"
    points, mark = f"{100 * one.value:+.1f}", " *" * one.is_clear
    low, high = f"{100 * one.low:+.1f}", f"{100 * one.high:+.1f}"
    return f"{points}{mark}\n{low} to {high}" if is_narrow else f"{points} ({low} to {high}){mark}"


def _tell_worst(found: Sequence[WorstSlice | None]) -> list[str]:
    is_narrow = len(found) > MOST_ABREAST
    return [f"{tell_rate(one.rate, is_narrow=is_narrow)}\n{one.name}" if one else "–" for one in found]
