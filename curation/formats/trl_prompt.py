"""Prompt and completion rows for TRL: what is learnt stands in `completion`, all that leads up to it in `prompt`.

One row a decision: the loss covers the whole completion, so a result in it would be learnt as if the model had said it.
`tools` is text and arguments are objects, as in the format `trl`.
"""

from __future__ import annotations

import msgspec

from curation.formats.composing import Composition, read_composed
from curation.formats.context import (
    compose_turns,
    drop_weight,
    explain_no_rows,
    is_learnt,
    list_taken_keys,
    mark_context,
)
from curation.formats.contract import NO_OBJECT, Format, Loss, Written
from curation.formats.losses import take_off_labels
from curation.formats.recognising import decoded
from curation.formats.slices import Members, cut_list
from curation.formats.trl import open_tools, tools_member, with_object_arguments
from curation.formats.turn_sources import write_turn
from curation.model.example import Example, Message
from curation.model.reading import Reading, Reject
from curation.model.source import write_list, write_object

_TAKEN = ("prompt", "completion")
PROMPT_ENDS = ("user", "tool", "assistant")
"""The roles TRL takes for the last turn of a prompt."""


class _Row(msgspec.Struct):
    prompt: list[dict[str, msgspec.Raw]]
    completion: list[dict[str, msgspec.Raw]]


_decode = msgspec.json.Decoder(_Row).decode


def recognises(raw: bytes) -> bool:
    """A row with turns under `prompt` and under `completion`."""
    return decoded(_decode, raw) is not None


def read(raw: bytes) -> Reading | Reject:
    reading = read_composed(raw, _compose)
    if isinstance(reading, Reject):
        return reading
    n_context = sum(outer.startswith("/prompt/") for outer in reading.places.moved.values())
    return open_tools(mark_context(reading, n_context))


def _compose(row: Members) -> Composition | None:
    prompt, completion = cut_list(row.get("prompt")), cut_list(row.get("completion"))
    if prompt is None or completion is None or "messages" in row:
        return None
    composition = compose_turns([("/prompt", prompt), ("/completion", completion)])
    composition.rest = {key: source for key, source in row.items() if key not in _TAKEN}
    return composition


def write(example: Example) -> Written:
    if example.whole is not None:
        return Written(refused=NO_OBJECT)
    bare, label_losses = take_off_labels(example)
    turns, losses = with_object_arguments(bare.messages)
    tools, tools_losses = tools_member(bare)
    losses += (*label_losses, *tools_losses, *list_taken_keys(bare, _TAKEN))
    rest = [*tools, *((key, bare.extra[key]) for key in sorted(bare.extra) if key not in (*_TAKEN, "tools"))]
    rows: list[bytes] = []
    sources: list[str] = []
    written = 0
    for i, message in enumerate(turns):
        if is_learnt(message) and _can_follow(turns[:i]):
            members = [("prompt", write_list(sources)), ("completion", write_list([write_turn(message)])), *rest]
            rows.append(write_object(members).encode())
            written = i + 1
        elif is_learnt(message):
            losses += (Loss(f"/messages/{i}/weight", "answer without a prompt; it stands in later prompts only"),)
        sources.append(write_turn(drop_weight(message)))
    return _finish(turns, rows, written, losses)


def _can_follow(prompt: tuple[Message, ...]) -> bool:
    return bool(prompt) and prompt[-1].role in PROMPT_ENDS


def _finish(turns: tuple[Message, ...], rows: list[bytes], written: int, losses: tuple[Loss, ...]) -> Written:
    if not rows:
        otherwise = "No turn of a user or a tool stands before an answer, so there is no prompt."
        return Written(refused=explain_no_rows(turns, otherwise))
    if written < len(turns):
        losses += (Loss(f"/messages/{written}", "turns after the last answer that is learnt"),)
    return Written(rows=tuple(rows), losses=losses)


FORMAT = Format(
    name="trl_prompt",
    title="TRL: prompt and completion, one row a decision",
    read=read,
    write=write,
    lossless=False,
    recognises=recognises,
    holds_labels=False,
)
