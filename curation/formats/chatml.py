"""ChatML text rows: the whole conversation as one text, as chat templates of the Hermes and Qwen kind write it.

A row is ready for a trainer that tokenises text. Nothing in it says which turns are learnt, so it teaches them all.
"""

from __future__ import annotations

import re

import msgspec

from curation.formats.composing import Composition, read_composed
from curation.formats.context import list_taken_keys
from curation.formats.contract import NO_OBJECT, Format, Loss, Written
from curation.formats.hermes_reading import GivenTurn, HermesReader
from curation.formats.hermes_writing import HermesWriter, TextTurn
from curation.formats.losses import take_off_labels
from curation.formats.slices import Members, text_of
from curation.formats.turns import UnwritableError, list_unknown
from curation.model.example import Example, Message
from curation.model.reading import Reading, Reject
from curation.model.source import quote, write_object
from curation.model.values import UnsetType

_START, _END = "<|im_start|>", "<|im_end|>"
_TURN = re.compile(r"<\|im_start\|>([^\n<]*)\n(.*?)(?:<\|im_end\|>|\Z)\s*", re.DOTALL)
_TAKEN = ("text", "tools")


class _Row(msgspec.Struct):
    text: str


_decode = msgspec.json.Decoder(_Row).decode


def recognises(raw: bytes) -> bool:
    """A row whose `text` begins with the start of a turn."""
    if _START.encode() not in raw:
        return False
    try:
        return _decode(raw).text.lstrip().startswith(_START)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        return False


def read(raw: bytes) -> Reading | Reject:
    return read_composed(raw, _compose)


def _compose(row: Members) -> Composition | None:
    turns = _cut_turns(text_of(row.get("text")) or "")
    if not turns or "messages" in row:
        return None
    reader = HermesReader()
    for n, turn in enumerate(turns):
        reader.add(n, turn)
    composition = reader.composition
    composition.moved["/messages"] = "/text"
    composition.hidden = {"/text"}
    clash = "tools" if composition.tools is not None else ""
    composition.rest |= {key: source for key, source in row.items() if key not in ("text", clash)}
    return composition


def _cut_turns(text: str) -> list[GivenTurn]:
    """The turns of a text that is nothing but turns; none for any other."""
    turns: list[GivenTurn] = []
    at = len(text) - len(text.lstrip())
    while at < len(text):
        match = _TURN.match(text, at)
        if match is None or _START in match.group(2):
            return []
        n = len(turns)
        turns.append(GivenTurn(match.group(1), match.group(2), f"/text/{n}", f"/text/{n}/content"))
        at = match.end()
    return turns


def write(example: Example) -> Written:
    if example.whole is not None:
        return Written(refused=NO_OBJECT)
    bare, losses = take_off_labels(example)
    writer = HermesWriter(bare, (*losses, *list_taken_keys(bare, _TAKEN)), names_results=False)
    try:
        text = "".join(map(_write_turn, writer.write()))
    except UnwritableError as error:
        return Written(refused=str(error))
    rest = [(key, bare.extra[key]) for key in sorted(bare.extra) if key not in _TAKEN]
    kept = [loss for i, message in enumerate(bare.messages) for loss in _list_turn_losses(i, message)]
    return Written(rows=(write_object([("text", quote(text)), *rest]).encode(),), losses=(*writer.losses, *kept))


def _write_turn(turn: TextTurn) -> str:
    if _START in turn.text or _END in turn.text:
        raise UnwritableError(f"A turn of the role {turn.role} holds {_START} or {_END}, which would end it.")
    role = "user" if turn.role == "tool" else turn.role
    return f"{_START}{role}\n{turn.text}{_END}\n"


def _list_turn_losses(i: int, message: Message) -> list[Loss]:
    if message.role == "tool":
        return []
    losses = list_unknown(f"/messages/{i}", message.extra)
    if not isinstance(message.weight, UnsetType):
        losses.append(Loss(f"/messages/{i}/weight", "weight; the text teaches every answer"))
    return losses


FORMAT = Format(
    name="chatml",
    title="ChatML: the conversation as one text, with Hermes tags",
    read=read,
    write=write,
    lossless=False,
    recognises=recognises,
    holds_labels=False,
)
