"""Which turn of a row the length limit cuts, and whether anything is left to learn."""

from __future__ import annotations

from collections.abc import Iterator

from curation.errors import UnreadableError
from curation.model.finding import Finding
from curation.model.rule_names import RULE_SLUGS
from curation.model.values import Json
from curation.rendering.jinja import UnusableTemplateError
from curation.rendering.loss import loss_mask, shared_length
from curation.rendering.rows import ChatRow
from curation.rendering.template import Template

_CHARACTERS_PER_TOKEN = 3.5
"""Of plain English and JSON; other scripts take about a token for each character."""


def find_cut(template: Template, row: ChatRow, text: str, max_length: int) -> Iterator[Finding]:
    """X07: the row is longer than the trainer takes; trainers keep its start."""
    if len(text.encode("utf-8", "replace")) <= max_length:  # a token is a byte or more
        return
    if template.tokenizer is None:
        yield from _find_roughly(row, text, max_length)
        return
    offsets = template.tokenize(text).offsets
    if len(offsets) <= max_length:
        return
    turn = _turn_at(template, row, text, offsets[max_length - 1][1])
    left = _count_trained(template, row, max_length)
    values: dict[str, Json] = {"tokens": len(offsets), "limit": max_length, "turn": turn, "trained_left": left}
    if left == 0:
        rest = "nothing the model would learn is left, so shorten the row or raise the limit"
    else:
        learnt = "" if left is None else f" and {left:,} trained tokens are left"
        rest = f"this turn is cut{learnt}, so shorten the row or raise the limit"
    yield _finding(turn, f"The row has {len(offsets):,} tokens and the limit is {max_length:,}; {rest}.", values)


def _find_roughly(row: ChatRow, text: str, max_length: int) -> Iterator[Finding]:
    tokens = count_roughly(text)
    if tokens > max_length:
        message = (
            f"The row has about {tokens:,} tokens, counted roughly without a tokenizer, and the limit is "
            f"{max_length:,}; name the model's folder to know which turn is cut."
        )
        values: dict[str, Json] = {"tokens": tokens, "limit": max_length, "is_rough": True}
        yield _finding(len(row.messages) - 1, message, values)


def count_roughly(text: str) -> int:
    """A guess at the number of tokens."""
    n_plain = sum(map(str.isascii, text))
    return round(n_plain / _CHARACTERS_PER_TOKEN + len(text) - n_plain)


def _finding(turn: int, message: str, values: dict[str, Json]) -> Finding:
    return Finding(RULE_SLUGS["X07"], "X07", f"/messages/{max(turn, 0)}", message, values)


def _turn_at(template: Template, row: ChatRow, text: str, cut: int) -> int:
    """The first turn that does not end before the cut."""
    for turn in range(len(row.messages) - 1):
        try:
            closed = template.render(row, turn + 1)
        except UnusableTemplateError:
            raise
        except UnreadableError:
            continue
        if shared_length(closed, text) > cut:
            return turn
    return len(row.messages) - 1


def _count_trained(template: Template, row: ChatRow, max_length: int) -> int | None:
    """How many trained tokens the limit leaves; None when the template cannot say."""
    try:
        return sum(loss_mask(template, row).trained[:max_length])
    except UnusableTemplateError:
        raise
    except UnreadableError:
        return None
