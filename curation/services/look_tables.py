"""Tables of the page about a look that go beyond rates: repairs, differences to the first model, confused tools."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from html import escape

from curation.metrics.confusion import Confusion, count_confusion
from curation.metrics.contract import Rate
from curation.metrics.score import METRICS
from curation.metrics.scored import Scored
from curation.services.answer_costs import cost_of
from curation.services.evaluation_views import EvaluationView, ModelResult
from curation.services.html_pages import write_table
from curation.services.look_parts import ALL, compare_part, take_part

REPAIRS = ("model", "what", "first answers", "after repairs", "95 % interval", "n")
DIFFERENCES = ("model", "rate", "better", "points", "95 % interval", "says")
SPENT = ("model", "rounds at most", "answers sent back", "requests more", "tokens more", "ms more", "money more")
_TITLES = {metric.name: metric.title for metric in METRICS}


def write_repairs(view: EvaluationView, answered: Sequence[ModelResult]) -> str:
    """What saying the findings back adds, and what it costs; nothing where nothing was said back."""
    said = write_table(REPAIRS, _repaired(answered))
    return f"<h2>With repairs</h2>\n{said}{write_table(SPENT, _spent(view, answered))}" if said else ""


def _repaired(answered: Sequence[ModelResult]) -> Iterator[Sequence[object]]:
    for one in answered:
        for name, rate in one.repairs.metrics.items() if one.repairs else ():
            first = one.report.overall.metrics.get(name) if one.report else None
            shown = [_percent(first), _percent(rate), tell_interval(rate), rate.n]
            yield one.label, _TITLES.get(name, name), *shown


def _spent(view: EvaluationView, answered: Sequence[ModelResult]) -> Iterator[Sequence[object]]:
    for one in answered:
        if (found := one.repairs) is not None:
            cost = cost_of(view, one)
            currency = cost.currency if cost else ""
            money = "no price known" if found.cost is None else f"{currency} {found.cost:,.4g}".strip()
            yield one.label, found.most, found.rows, found.rounds, found.tokens, round(found.latency_ms), money


def write_differences(view: EvaluationView, answered: Sequence[ModelResult]) -> str:
    """How far each later model is from the first on the same rows; nothing where there is only one."""
    found = compare_part(take_part(view, [one.label for one in answered], ALL))
    if not found:
        return ""
    n_groups = max(one.n_groups for rates in found.values() for one in rates.values())
    said = (
        f'<p class="soft">In points against {escape(answered[0].label)}, on the same rows of {n_groups:,} groups; '
        "intervals by a paired bootstrap over groups.</p>\n"
    )
    rows = (
        (label, metric.title, "higher" if metric.higher_is_better else "lower", *told)
        for label, rates in found.items()
        for metric in METRICS
        if (told := _difference(rates[metric.name].value, rates[metric.name].low, rates[metric.name].high))
    )
    return f"<h2>Differences to the first</h2>\n{said}{write_table(DIFFERENCES, rows)}"


def _difference(value: float | None, low: float | None, high: float | None) -> tuple[str, ...]:
    if value is None or low is None or high is None:
        return ()
    says = "clear" if low > 0 or high < 0 else "could be chance"
    return f"{100 * value:+.1f}", f"{100 * low:+.1f} to {100 * high:+.1f}", says


def write_confusion(scored: Mapping[str, Sequence[Scored]]) -> str:
    """For each model every tool that was expected against all that was called instead."""
    said = "".join(
        f'<h3>{escape(label)}</h3>\n<div class="wide">{_matrix(count_confusion(rows))}</div>\n'
        for label, rows in scored.items()
    )
    return f'<h2>Tools taken for others</h2>\n<p class="soft">A line for what was expected.</p>\n{said}' if said else ""


def _matrix(table: Confusion) -> str:
    rows = ((name, *(table.count(name, given) or "" for given in table.given)) for name in table.expected)
    return write_table(("expected", *table.given), rows)


def _percent(rate: Rate | None) -> object:
    return "not counted" if rate is None or rate.value is None else round(100 * rate.value, 1)


def tell_interval(rate: Rate) -> str:
    """The 95 % interval in percent; empty where there is none."""
    return "" if rate.low is None or rate.high is None else f"{100 * rate.low:.1f} to {100 * rate.high:.1f}"
