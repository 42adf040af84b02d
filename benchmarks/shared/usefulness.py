"""What was measured of how much drafted examples teach: kept as data, and written as a page of the manual."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from random import Random

import msgspec

from curation.metrics.intervals import wilson

SIZES = (100, 200, 400, 800)
N, PAIRED = 400, 100
SEEDS = (1, 2, 3)
FIGURES = ("valid_call_rate", "tool_name_accuracy", "argument_match", "false_call_rate", "recovery_rate")
TITLES = ("valid", "right tool", "right arguments", "false calls", "recovers")
MISTAKES = {
    "false_call": "Calls where none was wanted",
    "wrong_tool": "Wrong tools",
    "missed_call": "Calls missed",
    "unparseable": "Answers that cannot be read",
}
INTRODUCTION = """\
Measured by `python benchmarks/usefulness.py FOLDER`: the small base model is trained on examples drafted from the
schemas of the demo's five tools, every one through every gate, and answers 200 test rows in wordings that it never
saw. The intervals are those of one model on these rows; another draw of examples moves a figure as much again. A tool
was asked for in 64 wordings when this was measured; there are 112 by now.
"""
WRONG_TOOLS = ("wrong_tool", "unknown_tool")
DRAWS = 2_000
ROOT = Path(__file__).parents[2]
RECORDED = ROOT / "benchmarks/recorded/usefulness.json"
PAGE = ROOT / "docs/usefulness.md"


class Measured(msgspec.Struct, frozen=True):
    """One trained model on the test rows."""

    stamp: str
    """Names what it learnt from and how: an arm with the same stamp need not be trained again."""
    rows: int
    figures: dict[str, tuple[float | None, int]]
    verdicts: tuple[str, ...]
    """One a test row: `right`, or what went wrong."""
    needless: tuple[bool, ...]
    """One a test row: whether something was called, right or not, where nothing was to be called."""

    def count(self, mistake: str, row: int) -> bool:
        """Whether the row shows this mistake."""
        if mistake == "false_call":
            return self.needless[row]
        wanted = WRONG_TOOLS if mistake == "wrong_tool" else (mistake,)
        return self.verdicts[row] in wanted and not self.needless[row]


Recorded = dict[str, Measured]


def read_recorded() -> Recorded:
    """By arm; empty where nothing was measured yet."""
    return msgspec.json.decode(RECORDED.read_bytes(), type=Recorded) if RECORDED.exists() else {}


def record(measured: Recorded) -> None:
    """Keep what is known, and write the page anew."""
    RECORDED.parent.mkdir(parents=True, exist_ok=True)
    RECORDED.write_bytes(msgspec.json.format(msgspec.json.encode(measured), indent=1) + b"\n")
    PAGE.write_text(write_page(measured), encoding="utf-8")


def tell(one: Measured) -> str:
    """One arm in a line."""
    return "  ".join(f"{title} {_say(*one.figures[name])}" for name, title in zip(FIGURES, TITLES, strict=True))


def write_page(measured: Mapping[str, Measured]) -> str:
    """The page of the manual."""
    lines = [
        "# How much drafted examples teach",
        "",
        *INTRODUCTION.splitlines(),
        "",
        *_table("Examples", [(f"{n:,}", measured.get(f"schemas-{n}")) for n in SIZES]),
        "",
        "## What near-misses and contrast pairs add",
        "",
        f"The same number of examples, {N}: all from the schemas, or {PAIRED} of them near-misses and contrast pairs.",
        "Most near-misses leave out what must be given: they are ordered for the mistake that the curve shows.",
        "",
        *_table(
            "Examples",
            [*_arms(measured, "all from schemas", plain_arms()), *_arms(measured, "with pairs", paired_arms())],
        ),
        "",
        *_tell_pairs(measured),
    ]
    return "\n".join(lines) + "\n"


def plain_arms() -> tuple[str, ...]:
    return tuple(f"schemas-{N}" if seed == SEEDS[0] else f"plain-{seed}" for seed in SEEDS)


def paired_arms() -> tuple[str, ...]:
    return tuple(f"paired-{seed}" for seed in SEEDS)


def _arms(measured: Mapping[str, Measured], title: str, arms: tuple[str, ...]) -> list[tuple[str, Measured | None]]:
    return [(f"{title}, draw {at}", measured.get(arm)) for at, arm in enumerate(arms, 1)]


def _table(first: str, rows: list[tuple[str, Measured | None]]) -> list[str]:
    head = [f"| {first} | {' | '.join(TITLES)} |", f"|---{'|---' * len(TITLES)}|"]
    return head + [f"| {title} | {' | '.join(_cells(one))} |" for title, one in rows]


def _cells(one: Measured | None) -> list[str]:
    return ["not measured yet"] * len(TITLES) if one is None else [_say(*one.figures[name]) for name in FIGURES]


def _say(value: float | None, n: int) -> str:
    if value is None:
        return "–"
    low, high = wilson(value * n, n)
    return f"{value:.0%} [{low:.0%}–{high:.0%}]"


def _tell_pairs(measured: Mapping[str, Measured]) -> list[str]:
    plain, paired = ([measured.get(arm) for arm in arms] for arms in (plain_arms(), paired_arms()))
    if any(one is None for one in (*plain, *paired)):
        return ["The difference is told once all three draws of both are measured."]
    lines = []
    for mistake, title in MISTAKES.items():
        change, low, high = difference(mistake, [o for o in plain if o], [o for o in paired if o])
        lines.append(f"- {title}: pairs change them by {100 * change:+.1f} points of all answers")
        lines[-1] += f" [{100 * low:+.1f} to {100 * high:+.1f}]."
    return [*lines, "", "The interval draws the test rows anew; each row counts by its mean over the three draws."]


def difference(mistake: str, plain: list[Measured], paired: list[Measured]) -> tuple[float, float, float]:
    """By how much of all answers two sets of models differ in one mistake, row by row, with its 95 % interval."""
    gaps = [
        sum(one.count(mistake, row) for one in paired) / len(paired)
        - sum(one.count(mistake, row) for one in plain) / len(plain)
        for row in range(len(plain[0].verdicts))
    ]
    rng = Random(0)
    drawn = sorted(sum(rng.choices(gaps, k=len(gaps))) / len(gaps) for _ in range(DRAWS))
    return sum(gaps) / len(gaps), drawn[DRAWS // 40], drawn[DRAWS - DRAWS // 40 - 1]
