"""Examples to LLaMA-Factory's v1 rows."""

from __future__ import annotations

from curation.formats.call_values import fits_into_row, write_call_value
from curation.formats.contract import NO_OBJECT, Loss, Written
from curation.formats.joined_results import split_results
from curation.formats.llamafactory_v1_reading import THOUGHT
from curation.formats.losses import take_off_labels
from curation.formats.slices import text_of
from curation.formats.tools_text import quote_definitions
from curation.formats.turns import (
    UnwritableError,
    check_turn,
    is_absent,
    list_call_losses,
    list_key_losses,
    list_unknown,
    refuse,
)
from curation.model.example import Call, Example, Message
from curation.model.source import one_line, quote, write_list, write_object
from curation.model.values import UNSET, Exact, UnsetType
from curation.reading.strict import parse_strict

_WEIGHTS = {"0": "0.0", "1": "1.0"}


def write(example: Example) -> Written:
    if example.whole is not None:
        return Written(refused=NO_OBJECT)
    bare, taken = take_off_labels(example)
    try:
        return _Writer(bare, [*taken, *list_unknown("", bare.extra)]).write()
    except UnwritableError as error:
        return Written(refused=str(error))


class _Writer:
    """One pass over the turns of one example."""

    def __init__(self, example: Example, losses: list[Loss]) -> None:
        self.example = example
        self.losses = losses
        self.n_calls = 0
        self.waiting: list[tuple[str, object]] = []
        """Of each call of the last turn that has no result yet: the id it gets, and its own."""

    def write(self) -> Written:
        tools = self.example.tools
        if "tools" in self.example.extra or "messages" in self.example.extra:
            raise UnwritableError("The turns or the tools are no list, so nothing can be trained on them.")
        row = [("messages", write_list([self.write_turn(i, one) for i, one in enumerate(self.example.messages)]))]
        if not isinstance(tools, UnsetType):
            row.append(("tools", "null" if tools is None else quote_definitions(tools)))
        return Written(rows=(write_object(row).encode(),), losses=tuple(self.losses))

    def write_turn(self, i: int, message: Message) -> str:
        check_turn(i, message, holds_weight=True)
        at = f"/messages/{i}"
        kept = (THOUGHT,) if text_of(message.extra.get(THOUGHT)) is not None else ()
        self.losses += [one for one in list_key_losses(at, message, kept) if one.at != f"{at}/weight"]
        role = "system" if message.role == "developer" else str(message.role)
        if role != message.role:
            self.losses.append(Loss(f"{at}/role", "role developer; it reads back as system"))
        if role == "tool":
            self.match_result(i, message)
        else:
            self.waiting = []
        parts = [_part("reasoning", message.extra[THOUGHT])] if kept else []
        if isinstance(message.content, UnsetType) and not message.calls:
            self.losses.append(Loss(f"{at}/content", "content that is not there; it reads back as null"))
        if not is_absent(message.content):
            parts.append(_part("text", quote(_text(i, message))))
        parts += [_part("tool_call", quote(self.write_call(i, j, call))) for j, call in enumerate(message.calls or ())]
        members = [("role", quote(role)), ("content", write_list(parts)), *self.write_weight(at, message)]
        return write_object(members)

    def write_weight(self, at: str, message: Message) -> list[tuple[str, str]]:
        weight = message.weight
        if isinstance(weight, UnsetType):
            return []
        if message.role == "assistant" and isinstance(weight, Exact) and weight.json not in ("0.0", "1.0"):
            return [("loss_weight", _WEIGHTS.get(weight.json, weight.json))]
        self.losses.append(Loss(f"{at}/weight", "weight"))
        return []

    def write_call(self, i: int, j: int, call: Call) -> str:
        at = f"/messages/{i}/tool_calls/{j}"
        if call.whole is not None or call.function is not None or not isinstance(call.name, str):
            refuse(i, "makes a call without a name")
        self.losses += list_call_losses(at, call)
        self.n_calls += 1
        if call.id != f"call_{self.n_calls}":
            self.losses.append(Loss(f"{at}/id", "id of the call"))
        self.waiting.append((f"call_{self.n_calls}", call.id))
        value = write_call_value(call.name, _arguments(call))
        if not fits_into_row(value):
            refuse(i, f"calls `{call.name}` with arguments that are nested too deeply")
        return value

    def match_result(self, i: int, message: Message) -> None:
        """Results are read in the order of their calls; another order cannot be written."""
        if split_results(_text(i, message), len(self.waiting)) is not None:
            refuse(i, "is one result that would be read as those of all calls")
        new, own = self.waiting.pop(0) if self.waiting else (UNSET, UNSET)
        answered = message.tool_call_id
        if isinstance(answered, str) and answered != own:
            refuse(i, "is a result that answers no open call, or not the next one")
        if answered != new:
            self.losses.append(Loss(f"/messages/{i}/tool_call_id", "id of the call"))


def _part(kind: str, value: str) -> str:
    return write_object([("type", quote(kind)), ("value", value)])


def _arguments(call: Call) -> str | None:
    """The source of the arguments: what is no JSON, and what would read as a text, is written as one."""
    if isinstance(call.arguments, UnsetType):
        return None
    text = call.arguments.text
    value = parse_strict(text).value
    is_source = value is not UNSET and not isinstance(value, str)
    return one_line(text).strip() if is_source else quote(text)


def _text(i: int, message: Message) -> str:
    if isinstance(message.content, str):
        return message.content
    return refuse(i, "has no content" if is_absent(message.content) else "has content that is not plain text")
