"""Preference rows for LLaMA-Factory: ShareGPT turns up to a request, then one `chosen` and one `rejected` turn."""

from __future__ import annotations

import re
from collections.abc import Mapping

import msgspec

from curation.formats import sharegpt
from curation.formats.context import mark_context
from curation.formats.contract import Format, Loss, Written
from curation.formats.own_keys import PAIR_KEYS, REJECTED
from curation.formats.pairs import Pair, find_pairs
from curation.formats.recognising import decoded
from curation.formats.sharegpt_reading import read as read_turns
from curation.formats.sharegpt_writing import write as write_turns
from curation.formats.slices import Members, cut_list, cut_object, paste, write_list
from curation.formats.turn_sources import write_turns as write_sources
from curation.formats.turns import UnwritableError
from curation.model.example import Example, Message
from curation.model.reading import Places, Reading, Reject
from curation.reading.strict import parse_strict

_ANSWERS = ("chosen", "rejected")
_CUT = re.compile(r"/messages/[1-9]\d*")


class _Row(msgspec.Struct):
    conversations: list[dict[str, msgspec.Raw]]
    chosen: dict[str, msgspec.Raw]
    rejected: dict[str, msgspec.Raw]


_decode = msgspec.json.Decoder(_Row).decode


def recognises(raw: bytes) -> bool:
    """A list of turns with a chosen and a rejected one beside it."""
    return decoded(_decode, raw) is not None


# -- reading -----------------------------------------------------------------------------------------------------------


def read(raw: bytes) -> Reading | Reject:
    """Read both answers as ShareGPT turns; a row of another shape is read as it is."""
    is_whole = isinstance(parse_strict(raw).value, dict)
    row = cut_object(raw.removeprefix(b"\xef\xbb\xbf").decode()) if is_whole else None
    turns = None if row is None else cut_list(row.get("conversations"))
    if row is None or turns is None or any(cut_object(row.get(key)) is None for key in _ANSWERS):
        return read_turns(raw)
    if not row.keys().isdisjoint(PAIR_KEYS):
        return read_turns(raw)
    chosen, rejected = (_read_with(row, turns, key) for key in _ANSWERS)
    if isinstance(chosen, Reject) or isinstance(rejected, Reject):
        return read_turns(raw)
    return _join(chosen, rejected, f"/conversations/{len(turns)}")


def _read_with(row: Members, turns: list[str], key: str) -> Reading | Reject:
    """The row with one of its answers as the last turn."""
    rest = {name: source for name, source in row.items() if name not in _ANSWERS}
    return read_turns(paste(rest | {"conversations": write_list([*turns, row[key]])}).encode())


def _join(chosen: Reading, rejected: Reading, last: str) -> Reading:
    """The conversation with the chosen answer, and the rejected one beside it."""
    n_context = len(chosen.example.messages) - 1
    extra = chosen.example.extra | {REJECTED: write_sources(rejected.example.messages[n_context:])}
    moved = {inner: _rename(outer, last) for inner, outer in chosen.places.moved.items()}
    opaque = frozenset(_rename(outer, last) for outer in chosen.places.opaque)
    reading = Reading(
        example=msgspec.structs.replace(chosen.example, extra=extra),
        places=Places(moved=moved | {f"/{REJECTED}": "/rejected"}, opaque=opaque),
        findings=chosen.findings,
    )
    return mark_context(reading, n_context)


def _rename(outer: str, last: str) -> str:
    return "/chosen" + outer.removeprefix(last) if outer == last or outer.startswith(last + "/") else outer


# -- writing -----------------------------------------------------------------------------------------------------------


def write(example: Example) -> Written:
    found = find_pairs(example)
    if found.refused is not None:
        return Written(refused=found.refused)
    losses = list(found.losses)
    rows: list[bytes] = []
    try:
        for pair in found.pairs:
            row, pair_losses = _write_pair(found.example, pair)
            rows.append(paste(row).encode())
            losses += pair_losses
    except UnwritableError as error:
        return Written(refused=str(error))
    return Written(rows=tuple(rows), losses=tuple(dict.fromkeys(losses)))


def _write_pair(example: Example, pair: Pair) -> tuple[Members, list[Loss]]:
    chosen, losses = _write_with(example, pair, pair.preferred, "preferred")
    rejected, changes = _write_with(example, pair, pair.rejected, "rejected")
    *turns, answer = cut_list(chosen["conversations"]) or [""]
    *same, other = cut_list(rejected["conversations"]) or [""]
    if turns != same:
        raise UnwritableError("The two answers cannot be told from the turns before them.")
    row = {"conversations": write_list(turns), "chosen": answer, "rejected": other}
    row |= {key: source for key, source in chosen.items() if key != "conversations"}
    start = len(pair.prompt)
    losses += [Loss(f"/{REJECTED}", f"{loss.what} (rejected answer)") for loss in changes if _is_from(loss, start)]
    return row, losses


def _write_with(example: Example, pair: Pair, answer: tuple[Message, ...], name: str) -> tuple[Members, list[Loss]]:
    """The ShareGPT row that ends with an answer."""
    if len(answer) != 1:
        raise UnwritableError(f"The {name} answer has {len(answer)} turns; LLaMA-Factory takes one.")
    written = write_turns(msgspec.structs.replace(example, messages=(*pair.prompt, *answer)))
    cut = next((loss.what for loss in written.losses if _CUT.fullmatch(loss.at)), None)
    if written.refused or cut:
        raise UnwritableError(written.refused or str(cut))
    return cut_object(written.rows[0].decode()) or {}, list(written.losses)


def _is_from(loss: Loss, start: int) -> bool:
    """Whether a loss lies in the answer."""
    return loss.at.startswith(f"/messages/{start}/")


def companions(files: Mapping[str, str]) -> dict[str, bytes]:
    """`dataset_info.json`, with the columns of the two answers."""
    entries = msgspec.json.decode(sharegpt.companions(files)[sharegpt.DATASET_INFO])
    for entry in entries.values():
        entry["ranking"] = True
        entry["columns"] |= {key: key for key in _ANSWERS}
    return {sharegpt.DATASET_INFO: msgspec.json.format(msgspec.json.encode(entries)) + b"\n"}


FORMAT = Format(
    name="sharegpt_ranking",
    title="ShareGPT: chosen and rejected, for LLaMA-Factory",
    read=read,
    write=write,
    lossless=False,
    recognises=recognises,
    holds_labels=False,
    holds_any_order=False,
    needs_pair=True,
    companions=companions,
)
