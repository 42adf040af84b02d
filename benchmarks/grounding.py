"""How calm the rules on grounding are on correct calls, and what they find when a value is made up.

Run with `python benchmarks/grounding.py`. The rows are gold data of public sources (tests/data/grounding). Counted is
the share of string arguments that G01, G03, G04 or G06 flag at warning. Then every id, address, link and long number
that an earlier turn holds is replaced in the call, one at a time, by another of the same form and by itself without
its last character; both must be found.
"""

from __future__ import annotations

import gzip
import json
import random
import sys
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path

from curation.model.finding import Severity
from curation.model.reading import Reading
from curation.model.values import Json
from curation.reading.rows import read_row
from curation.rules import check_all, judge
from curation.rules.context import strings_in
from curation.rules.value_kinds import kind_of

DATA = Path(__file__).parents[1] / "tests" / "data" / "grounding"
GATES = {"single_turn": 2.0, "multi_turn": 0.3}
"""The most string arguments of correct calls that may be flagged at warning, in per cent."""
RECALL_GATE = 97.0
CODES = frozenset({"G01", "G03", "G04", "G06"})
SEED = 7


def read_rows(name: str) -> list[dict[str, Json]]:
    with gzip.open(DATA / f"{name}.jsonl.gz", "rt", encoding="utf-8") as lines:
        return [json.loads(line) for line in lines]


def warnings_of(row: dict[str, Json]) -> list[tuple[str, str]]:
    """Code and place of each warning on grounding."""
    reading = read_row(json.dumps(row, ensure_ascii=False).encode())
    assert isinstance(reading, Reading), reading
    judged = judge(check_all(reading))
    return [
        (one.finding.code, one.finding.at)
        for one in judged
        if one.finding.code in CODES and one.severity is Severity.WARNING
    ]


def calls_of(row: dict[str, Json]) -> Iterator[tuple[int, int, dict[str, Json]]]:
    for index, message in enumerate(row["messages"]):
        for place, call in enumerate(message.get("tool_calls") or ()):
            yield index, place, call["function"]


def measure_calm(name: str) -> bool:
    rows = read_rows(name)
    n_strings = sum(
        len(list(strings_in(json.loads(function["arguments"])))) for row in rows for _, _, function in calls_of(row)
    )
    flagged = Counter(code for row in rows for code, _ in warnings_of(row))
    share, gate = 100 * flagged.total() / n_strings, GATES[name]
    named = ", ".join(f"{code} {n}" for code, n in sorted(flagged.items())) or "none"
    verdict = "holds" if share <= gate else "BROKEN"
    print(
        f"{name:12} {len(rows)} rows, {n_strings} strings: {flagged.total()} flagged ({named}), "
        f"{share:.2f} % of at most {gate} %  {verdict}"
    )
    return share <= gate


def wrong_twins(row: dict[str, Json], other: Callable[[str], str]) -> Iterator[tuple[dict[str, Json], str]]:
    """The row once for each value that can only be copied, with another value in its place, and that place."""
    for index, place, function in calls_of(row):
        arguments = json.loads(function["arguments"])
        told = json.dumps(row["messages"][:index], ensure_ascii=False)
        for key, value in arguments.items() if isinstance(arguments, dict) else ():
            if isinstance(value, str) and kind_of(key, value) is not None and value in told:
                twin = json.loads(json.dumps(row))
                changed = {**arguments, key: other(value)}
                twin["messages"][index]["tool_calls"][place]["function"]["arguments"] = json.dumps(changed)
                yield twin, f"/messages/{index}/tool_calls/{place}/function/arguments/{key}"


def cut(value: str) -> str:
    """The value without its end."""
    return value[:-1]


def change(value: str, draw: random.Random) -> str:
    """Another value of the same form: every letter and digit drawn anew, but for what makes it a link or an address."""
    fixed = len("https://") if "://" in value else 0
    return value[:fixed] + "".join(_other(character, draw) for character in value[fixed:])


def _other(character: str, draw: random.Random) -> str:
    pools: list[tuple[Callable[[str], bool], str]] = [
        (str.isdigit, "0123456789"),
        (str.islower, "abcdefghijklmnopqrstuvwxyz"),
        (str.isupper, "ABCDEFGHIJKLMNOPQRSTUVWXYZ"),
    ]
    return next((draw.choice(pool) for fits, pool in pools if fits(character)), character)


def measure_recall(name: str, other: Callable[[str], str]) -> bool:
    twins = [twin for source in GATES for row in read_rows(source) for twin in wrong_twins(row, other)]
    n_found = sum(any(at == place for _, at in warnings_of(row)) for row, place in twins)
    share = 100 * n_found / len(twins)
    verdict = "holds" if share >= RECALL_GATE else "BROKEN"
    print(f"{name:12} {len(twins)} values: {n_found} found, {share:.1f} % of at least {RECALL_GATE} %  {verdict}")
    return share >= RECALL_GATE


def main() -> int:
    draw = random.Random(SEED)
    holds = [*(measure_calm(name) for name in GATES)]
    holds += [measure_recall("made up", lambda value: change(value, draw)), measure_recall("cut off", cut)]
    return 0 if all(holds) else 1


if __name__ == "__main__":
    sys.exit(main())
