"""The data card of an export: what is in it, how it came about and what it lacks, in Markdown with plots."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import Path

from curation.formats import Format
from curation.rules.figures import NO_TOOL_BAND
from curation.services.bar_plots import draw_bars
from curation.services.card_facts import TOKEN_EDGES, TURN_EDGES, CardFacts

CARD = "card.md"
MOST_TOOLS = 40
MOST_BARS = 14
_MARKS = str.maketrans({one: f"\\{one}" for one in "\\`*_[]<>|#!~&"})


def make_card(facts: CardFacts, fmt: Format, place: Callable[[str], Path]) -> dict[Path, bytes]:
    """The card and its plots, by the places `place` gives to their names. Pure: no clock, no random names."""
    plots = {place(f"card-{name}.svg"): content for name, content in _draw(facts).items()}
    text = "\n\n".join(part for part in _write(facts, fmt, list(plots)) if part) + "\n"
    return {place(CARD): text.encode(), **plots}


def _draw(facts: CardFacts) -> dict[str, bytes]:
    drawn = {
        "categories": draw_bars(
            "Examples by category and split",
            {_word(name): list(found.values()) for name, found in facts.categories.items()},
            facts.splits,
        ),
        "tools": draw_bars("Calls by tool", _bars(facts.calls)),
        "no-tool": draw_bars(
            "Decisions without a tool, by reason", _bars({_word(k): n for k, n in facts.reasons.items()})
        ),
        "lengths": draw_bars("Examples by length in tokens, roughly", _binned(facts.tokens, TOKEN_EDGES)),
    }
    return {name: drawn[name] for name in sorted(drawn)}


def _bars(counted: Mapping[str, int]) -> dict[str, list[int]]:
    shown = dict(list(counted.items())[:MOST_BARS])
    rest = sum(counted.values()) - sum(shown.values())
    bars = {name: [n] for name, n in shown.items()}
    return bars | ({f"{len(counted) - len(shown)} more": [rest]} if rest else {})


def _binned(counts: Sequence[int], edges: Sequence[int]) -> dict[str, list[int]]:
    names = [f"up to {edge:,}" for edge in edges] + [f"over {edges[-1]:,}"]
    last = max((n for n, count in enumerate(counts) if count), default=0)
    return {name: [count] for name, count in zip(names[: last + 1], counts, strict=False)}


# -- the text ----------------------------------------------------------------------------------------------------------


def _write(facts: CardFacts, fmt: Format, plots: Sequence[Path]) -> Iterable[str]:
    shown = {path.name.rpartition("card-")[2].removesuffix(".svg"): path.name for path in plots}
    version, tally = facts.version, facts.tally
    yield f"# {_plain(facts.project)}, dataset version {version.n}"
    yield (
        f"{sum(facts.examples.values()):,} conversations that teach a model to call tools, written as "
        f"`{fmt.name}` ({_plain(fmt.title)}) in {sum(tally.rows[name] for name in facts.splits):,} rows. "
        f"Frozen with digest `{version.hash}`; the manifest beside the rows has the digest of every file."
    )
    yield _table(
        ("Split", "Examples", "Rows"), [(name, facts.examples[name], tally.rows[name]) for name in facts.splits]
    )
    yield _say_shifted(facts)
    yield "## What is in it"
    yield _picture("Examples by category and split", shown["categories"])
    rows: list[list[str | int]] = [
        [_word(name), *found.values(), sum(found.values())] for name, found in facts.categories.items()
    ]
    yield _table(("Category", *facts.splits, "All"), rows)
    yield "An example may be of several categories."
    yield _say_tags(facts)
    yield "## Tools"
    yield _picture("Calls by tool", shown["tools"])
    yield from _write_tools(facts)
    yield "## Decisions without a tool"
    yield _picture("Decisions without a tool, by reason", shown["no-tool"])
    yield _say_no_tool(facts)
    yield _table(("Reason", "Decisions"), [(_plain(_word(name)), n) for name, n in facts.reasons.items()])
    yield "## Recoveries"
    yield _table(
        ("After a failed call", "Turns"), [(_plain(_word(name)), n) for name, n in facts.recoveries.items()]
    ) or ("No turn is labelled as one that recovers from a failed call.")
    yield "## Lengths and languages"
    yield _picture("Examples by length in tokens, roughly", shown["lengths"])
    yield _say_lengths(facts)
    yield _table(("Turns", "Examples"), [(name, n[0]) for name, n in _binned(facts.turns, TURN_EDGES).items()])
    yield _table(("Language of the request, by its words", "Examples"), list(facts.languages.items()))
    yield "## Review and origin"
    yield _say_review(facts)
    yield from _write_origins(facts)
    yield "## What this format does not hold"
    yield from _write_losses(facts)


def _write_tools(facts: CardFacts) -> Iterable[str]:
    names = sorted(facts.offered | facts.calls, key=lambda name: (-facts.calls.get(name, 0), name))
    rows = [(_plain(name), facts.offered.get(name, 0), facts.calls.get(name, 0)) for name in names[:MOST_TOOLS]]
    yield _table(("Tool", "Offered in", "Calls"), rows) or "No example offers a tool."
    if len(names) > MOST_TOOLS:
        yield f"And {len(names) - MOST_TOOLS:,} more tools."
    never = [name for name in names if name not in facts.calls]
    if never:
        yield f"Never called: {', '.join(_plain(name) for name in never[:MOST_TOOLS])}."


def _say_shifted(facts: CardFacts) -> str:
    rows = sum(n for name, n in facts.tally.rows.items() if name not in facts.splits)
    return (
        f"Beside them stand {rows:,} rows of the shifted test copy, which is counted nowhere else here." if rows else ""
    )


def _say_tags(facts: CardFacts) -> str:
    hard = ", ".join(f"{_plain(_word(name))} {n:,}" for name, n in facts.tags.items())
    return f"Hard cases: {hard}." if hard else "No example is tagged as a hard case."


def _say_no_tool(facts: CardFacts) -> str:
    if not facts.decisions:
        return "There is no decision to count."
    share, rows = facts.no_tool / facts.decisions, sum(facts.examples.values())
    low, high = NO_TOOL_BAND
    return (
        f"{facts.no_tool:,} of {facts.decisions:,} decisions call nothing ({share:.1%}); {low:.0%} to {high:.0%} is "
        f"recommended. {facts.no_tool_rows:,} of {rows:,} examples call nothing at all."
    )


def _say_lengths(facts: CardFacts) -> str:
    return (
        f"The longest example has {facts.most_turns:,} turns; the largest is about {facts.most_tokens:,} tokens, "
        "definitions included. Tokens are estimated from the letters, not counted by any model."
    )


def _say_review(facts: CardFacts) -> str:
    version = facts.version
    catalogue = f"catalogue version {version.catalogue_n}" if version.catalogue_n else "no catalogue version"
    target = f"for the target {_plain(version.target)}" if version.target else "without a target"
    kept = sum(one.findings for one in facts.tally.kept)
    return (
        f"{facts.reviewed:,} examples were accepted in a review, {facts.unreviewed:,} were not reviewed. Checked by "
        f"checker {version.checker_version} {target}, with {catalogue}. "
        f"Findings kept anyway, with a reason: {kept:,}."
    )


def _write_origins(facts: CardFacts) -> Iterable[str]:
    yield _table(("Began as", "Examples"), [(_plain(name), n) for name, n in facts.origins.items()])
    rows = [
        (_plain(one.name), one.format, _plain(one.licence) or "not written down", one.examples, f"`{one.sha256[:12]}`")
        for one in facts.sources
    ]
    yield _table(("Imported file", "Format", "Licence", "Examples", "Digest"), rows)


def _write_losses(facts: CardFacts) -> Iterable[str]:
    tally = facts.tally
    if not tally.losses and not tally.refused and not tally.changes:
        yield "Nothing is lost: every example is written whole."
    yield _table(("Lost", "Examples", "Places"), [(_plain(one.what), one.examples, one.places) for one in tally.losses])
    yield _table(
        ("Changed on request", "Examples", "Places"),
        [(_plain(one.what), one.examples, one.places) for one in tally.changes],
    )
    if tally.refused:
        yield f"{len(tally.refused):,} examples cannot be held and were left out; the manifest names each and says why."


# -- Markdown ----------------------------------------------------------------------------------------------------------


def _table(head: Sequence[str], rows: Sequence[Sequence[str | int]]) -> str:
    """A table; nothing at all without a row. Names are safe already."""
    if not rows:
        return ""
    marks = ["---", *["---:" if isinstance(cell, int) else "---" for cell in rows[0][1:]]]
    lines = [head, marks, *([f"{cell:,}" if isinstance(cell, int) else cell for cell in row] for row in rows)]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)


def _picture(words: str, name: str) -> str:
    return f"![{words}]({name.replace(' ', '%20')})"


def _word(name: str) -> str:
    return name.replace("_", " ")


def _plain(text: str) -> str:
    """Somebody's words as words: no mark of Markdown or HTML in them does anything."""
    return " ".join("".join(one if one.isprintable() else " " for one in text).split()).translate(_MARKS)
