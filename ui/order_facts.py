"""What was ordered, in words: for whoever opens an order later."""

from __future__ import annotations

import streamlit as st

from curation.model.traits import parse_trait
from curation.services.order_choices import SHAPES, Cell, Sheet, list_strategies
from curation.services.trait_words import plain_name, say_trait
from ui.layout import card_title
from ui.text import count, plain

MOST_CELLS = 8
MOST_NAMES = 6
LONGEST = 18


def draw_sheet(sheet: Sheet) -> None:
    """The order as its form was filled in; empty parts are left out."""
    titles = {one.name: one.title for one in list_strategies()}
    facts = {
        "Strategy": titles.get(sheet.strategy, sheet.strategy),
        "Tools": _list(sheet.tools) or "all of them",
        "What": _word_wanted(sheet),
        "Shows": say_trait(parse_trait(sheet.shows)) if sheet.shows else "",
        "Seed": str(sheet.seed),
        "Voice": _word_voice(sheet),
        "Values": _list(tuple(f"{_cut(name)}: {len(lines):,}" for name, lines in sheet.values.items())),
        "Records": count(len(sheet.records), "record") if sheet.records else "",
        "Model": _word_model(sheet),
        "Limits": _word_limits(sheet),
    }
    with st.container(border=True, gap="small"):
        with card_title("Ordered"):
            pass
        told = {name: plain(fact, 300) for name, fact in facts.items() if fact}
        st.table(
            {"Part": list(told), "Says": list(told.values())}, border="horizontal", hide_index=True, hide_header=True
        )


def _word_wanted(sheet: Sheet) -> str:
    if sheet.cells:
        more = len(sheet.cells) - MOST_CELLS
        said = [_word_cell(cell) for cell in sheet.cells[:MOST_CELLS]] + ([f"and {more:,} more"] if more > 0 else [])
        return "; ".join(said)
    usual = list(SHAPES)
    mix = sorted(sheet.mix.items(), key=lambda one: usual.index(one[0]) if one[0] in usual else len(usual))
    shares = [f"{SHAPES.get(name, name)} {100 * share:.0f} %" for name, share in mix if share]
    return f"{count(sheet.count, 'candidate')}" + (f": {', '.join(shares)}" if shares else "")


def _word_cell(cell: Cell) -> str:
    kind = f", {plain_name(cell.kind)}" if cell.kind else ""
    tool = f" of {_cut(cell.tool)}" if cell.tool else ""
    return f"{cell.count:,} × {SHAPES.get(cell.category, cell.category)}{kind}{tool}"


def _word_voice(sheet: Sheet) -> str:
    voice = sheet.voice
    parts = [_list(part) for part in (voice.personas, voice.tones, voice.lengths, voice.languages)]
    slips = f"slips in {100 * voice.typo_share:.0f} % of requests" if voice.typo_share else ""
    return "; ".join(part for part in (*parts, slips) if part)


def _word_model(sheet: Sheet) -> str:
    one = sheet.endpoint
    if one is None:
        return ""
    named = f" {one.model}" if one.model else ""
    return f"{one.kind.replace('_', ' ')}{named}, {one.at_once:,} at once, {one.per_minute:,} a minute"


def _word_limits(sheet: Sheet) -> str:
    spending = sheet.spending
    said = [f"{spending.requests:,} requests"] if spending.requests else []
    said += [f"{spending.tokens:,} tokens"] if spending.tokens else []
    said += [f"{spending.money:,.2f} in money"] if spending.money else []
    return ", ".join(said)


def _list(names: tuple[str, ...]) -> str:
    more = f" and {len(names) - MOST_NAMES:,} more" if len(names) > MOST_NAMES else ""
    return ", ".join(map(_cut, names[:MOST_NAMES])) + more


def _cut(name: str) -> str:
    """Short enough for a narrow column, which breaks no word."""
    return name if len(name) <= LONGEST else f"{name[: LONGEST - 1]}…"
