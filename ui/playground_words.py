"""How the playground says what became of an answer: its verdict, what it took, what repairing it took."""

from __future__ import annotations

import streamlit as st

from curation.services.playground_answers import CALL, INVALID_VERDICTS, NO_CALL, VERDICT_WORDS
from curation.services.playground_log import LogLine
from curation.services.playground_steps import Spent
from ui.failure_words import say_end
from ui.layout import Colour
from ui.text import count, plain

MODE_WORDS = {"strict": "Strict path", "human": "Human path"}
MODE_NOTES = {
    "strict": "Only a valid call that the guard lets through is run; what it refuses, a person may put right.",
    "human": "A person may put a call right, or answer in words, and the model goes on from there.",
}
DECODING_WORDS = {"free": "Free", "schema": "Schema-guided", "grammar": "Constrained"}
DECODING_NOTES = {
    "free": "Asked as it was trained.",
    "schema": "The prompt says the tools' schemas, and the form of an answer.",
    "grammar": "Held to the tools on offer while it writes.",
}
_LOOK: dict[str, tuple[str, Colour]] = {
    CALL: (":material/check:", "green"),
    NO_CALL: (":material/chat_bubble:", "gray"),
    "": (":material/edit:", "violet"),
}


def verdict_badge(verdict: str, *, by_person: bool = False) -> None:
    """Icon and word; refused ones are red."""
    word = VERDICT_WORDS.get(verdict, verdict)
    if by_person:
        st.badge(f"{plain(word)}, put right by a person", icon=":material/edit:", color="violet")
        return
    icon, colour = _LOOK.get(verdict, (":material/block:", "red"))
    st.badge(plain(word), icon=icon, color="red" if verdict in INVALID_VERDICTS else colour)


def draw_end(*, is_closed: bool, is_cut: bool, tokens: int | None = None) -> None:
    """That an answer ran out of tokens; nothing of one that came to its end."""
    said = say_end(is_closed=is_closed, is_cut=is_cut, tokens=tokens)
    if said:
        st.caption(f":material/content_cut: {said}")  # safe: numbers and our words


def say_cost(line: LogLine) -> str:
    """`210 ms · 31 tokens · 0.00012 USD`; made of numbers and our own words."""
    entry = line.entry
    said = [_ms(entry.latency_ms or 0.0), count(entry.tokens or 0, "token")]
    if entry.cost is not None:
        said.append(_money(entry.cost, entry.currency))
    return " · ".join(said)


def say_repairs(spent: Spent, currency: str | None) -> str:
    """What the repairs took beyond the first answer, "" where there were none."""
    if not spent.rounds:
        return ""
    money = "" if spent.cost is None else f", + {_money(spent.cost, currency)}"
    return f"{count(spent.rounds, 'repair round')}: + {count(spent.tokens, 'token')}, + {_ms(spent.latency_ms)}{money}"


def _ms(milliseconds: float) -> str:
    return f"{milliseconds:,.0f} ms"


def _money(amount: float, currency: str | None) -> str:
    return f"{amount:.5f} {plain(currency or 'USD')}"
