"""Axolotl's `chat_template` rows: each turn says whether it is trained; tools and arguments are text.

Axolotl takes every null out of a row before it reads it; inside a text they stay.
"""

from __future__ import annotations

from collections.abc import Mapping

import msgspec

from curation.formats import sharegpt_reading
from curation.formats.axolotl_config import write_config
from curation.formats.composing import Composition, read_composed
from curation.formats.contract import NO_OBJECT, Format, Loss, Written
from curation.formats.losses import take_off_labels
from curation.formats.recognising import decoded
from curation.formats.slices import Members, cut_list, cut_object
from curation.formats.tools_text import compose_tools, quote_definitions
from curation.formats.training_marks import TRAIN_KEYS, take_train
from curation.formats.turns import UnwritableError, is_absent, list_unknown, need_call, refuse
from curation.model.envelope import encode
from curation.model.example import Call, Example, Message
from curation.model.reading import Reading, Reject
from curation.model.values import UNSET, Arguments, Exact

CONFIG = "axolotl.yaml"
_THOUGHT = "reasoning_content"
_MARKS = (*TRAIN_KEYS, "train_detail")


class _Row(msgspec.Struct):
    conversations: list[dict[str, msgspec.Raw]] = []
    messages: list[dict[str, msgspec.Raw]] = []


_decode = msgspec.json.Decoder(_Row).decode


def recognises(raw: bytes) -> bool:
    """A conversation with a turn that says whether it is trained."""
    if b'"train' not in raw:
        return False
    row = decoded(_decode, raw)
    return row is not None and any(mark in turn for turn in row.messages or row.conversations for mark in _MARKS)


def read(raw: bytes) -> Reading | Reject:
    return read_composed(raw, _compose)


def _compose(row: Members) -> Composition | None:
    """Turns of `from` and `value` are those of ShareGPT; turns of roles are our own but for their marks."""
    if (composition := sharegpt_reading.compose(row)) is not None:
        return composition
    turns = cut_list(row.get("messages"))
    if turns is None:
        return None
    composition = Composition()
    for n, source in enumerate(turns):
        turn = cut_object(source)
        at = f"/messages/{n}"
        if turn is None:
            composition.add_as_given(source, at)
        else:
            composition.add_turn(take_train(turn), at)
    compose_tools(composition, row)
    composition.rest |= {key: source for key, source in row.items() if key not in ("messages", "tools")}
    return composition


def write(example: Example) -> Written:
    if example.whole is not None:
        return Written(refused=NO_OBJECT)
    bare, taken = take_off_labels(example)
    losses = [*taken, *list_unknown("", bare.extra, ("tools",))]
    try:
        messages = tuple(_write_turn(i, message, losses) for i, message in enumerate(bare.messages))
        if not messages:
            raise UnwritableError("The row has no turns; Axolotl would stop at it.")
        if "tools" in bare.extra:
            raise UnwritableError("The tools are no list, so Axolotl would stop at them.")
    except UnwritableError as error:
        return Written(refused=str(error))
    extra = {}
    if isinstance(bare.tools, tuple):
        extra["tools"] = quote_definitions(bare.tools)
    elif bare.tools is None:
        losses.append(Loss("/tools", "null as the tools"))
    row = msgspec.structs.replace(bare, messages=messages, tools=UNSET, extra=extra)
    return Written(rows=(encode(row),), losses=tuple(losses))


def _write_turn(i: int, message: Message, losses: list[Loss]) -> Message:
    if message.whole is not None:
        refuse(i, "is no object")
    if "tool_calls" in message.extra:
        refuse(i, "has calls that are no list")
    if not isinstance(message.role, str):
        refuse(i, "has no role")
    if is_absent(message.content) and not message.calls:
        refuse(i, "has no content")
    at = f"/messages/{i}"
    is_answer = message.role == "assistant"
    is_learnt = is_answer and message.weight != Exact("0")
    if message.weight is not UNSET and (is_learnt or not is_answer):
        losses.append(Loss(f"{at}/weight", "weight"))
    losses += list_unknown(at, message.extra, (_THOUGHT,))
    extra = {key: source for key, source in message.extra.items() if key == _THOUGHT}
    return msgspec.structs.replace(
        message,
        content="" if is_absent(message.content) else message.content,
        calls=None if message.calls is None else tuple(_write_call(i, call) for call in message.calls),
        weight=UNSET,
        extra={**extra, "train": "true" if is_learnt else "false"},
    )


def _write_call(i: int, call: Call) -> Call:
    """The call with its arguments as text, to the letter."""
    need_call(i, call)
    text = call.arguments.text if isinstance(call.arguments, Arguments) else ""
    return msgspec.structs.replace(call, arguments=Arguments(text))


def companions(files: Mapping[str, str]) -> dict[str, bytes]:
    """A training configuration that reads the rows; the model stays to be filled in."""
    return {CONFIG: write_config(files)}


FORMAT = Format(
    name="axolotl",
    title="Axolotl: chat_template rows, with a configuration",
    read=read,
    write=write,
    lossless=False,
    recognises=recognises,
    holds_labels=False,
    companions=companions,
)
