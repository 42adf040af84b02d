"""Examples to ShareGPT rows that LLaMA-Factory keeps: turns alternate, calls and results hold one turn each.

The trainer drops a row whose turns do not alternate or whose number is odd, and says so in one line of a log. So a turn
that would break the order ends the row after the last answer before it, and the loss at that turn says why.
"""

from __future__ import annotations

import re

import msgspec

from curation.formats.call_values import write_call_value, write_call_values
from curation.formats.context import NOT_LEARNT
from curation.formats.contract import NO_OBJECT, Loss, Written
from curation.formats.joined_results import join_results, split_results
from curation.formats.losses import take_off_labels
from curation.formats.sharegpt_tools import write_tools
from curation.formats.tools_text import can_count
from curation.formats.turns import (
    UnwritableError,
    check_turn,
    is_absent,
    list_call_losses,
    list_key_losses,
    list_unknown,
    need_call,
    refuse,
)
from curation.model.example import Call, Example, Message

_THOUGHT = re.compile(r"<(?=think>)")
_OPENING = ("human", "observation")
_NAMES = {"human": "a user's turn", "observation": "a result", "gpt": "an answer", "function_call": "a call"}


class _Turn(msgspec.Struct):
    who: str = msgspec.field(name="from")
    value: str


class _Row(msgspec.Struct):
    conversations: list[_Turn]
    system: str
    tools: msgspec.Raw


_encode = msgspec.json.Encoder().encode


def write(example: Example) -> Written:
    """One row with all turns; the trainer learns every answer of it."""
    return _write(example, is_split=False)


def write_split(example: Example) -> Written:
    """One row for each answer that is to be learnt, with all turns before it; the trainer learns the last one alone."""
    return _write(example, is_split=True)


def _write(example: Example, *, is_split: bool) -> Written:
    if example.whole is not None:
        return Written(refused=NO_OBJECT)
    bare, losses = take_off_labels(example)
    try:
        if "tools" in bare.extra:
            raise UnwritableError("The tools are no list, so no model would see them.")
        tools, changes = write_tools(bare.tools)
    except UnwritableError as error:
        return Written(refused=str(error))
    return _Writer(bare, [*losses, *list_unknown("", bare.extra), *changes], tools, is_split=is_split).write()


class _Writer:
    """One pass over the turns of one example."""

    def __init__(self, example: Example, losses: list[Loss], tools: str, *, is_split: bool) -> None:
        self.messages = example.messages
        self.losses = losses
        self.tools = tools
        self.is_split = is_split
        self.system = ""
        self.turns: list[_Turn] = []
        self.n_calls = 0
        self.waiting: tuple[Call, ...] = ()
        """The calls of the last turn of calls."""
        self.results: list[tuple[int, Message]] = []
        self.ends: list[int] = []
        """How many turns stand up to each answer that is learnt."""
        self.n_read = 0
        """How many turns of the example that takes up to the last one."""

    def write(self) -> Written:
        stopped_by = ""
        try:
            for i, message in enumerate(self.messages):
                self.write_turn(i, message)
        except UnwritableError as error:
            stopped_by = str(error)
        if not self.ends:
            return Written(refused=stopped_by or "The conversation has no answer to learn after a user's turn.")
        losses = [loss for loss in self.losses if is_before(loss.at, self.n_read)]
        if self.n_read < len(self.messages):
            why = stopped_by and f"{stopped_by} Nothing after turn {self.n_read} is written."
            losses.append(Loss(f"/messages/{self.n_read}", why or "turns after the last answer"))
        ends = self.ends if self.is_split else self.ends[-1:]
        return Written(rows=tuple(map(self.write_row, ends)), losses=tuple(losses))

    def write_row(self, end: int) -> bytes:
        return _encode(_Row(self.turns[:end], self.system, msgspec.Raw(self.tools.encode())))

    def lose(self, at: str, what: str) -> None:
        self.losses.append(Loss(at, what))

    # -- turns ----------------------------------------------------------------------------------------------------

    def write_turn(self, i: int, message: Message) -> None:
        if message.role == "assistant" and message.weight == NOT_LEARNT and not self.is_split:
            refuse(i, "has weight 0 and would be learnt; `sharegpt_last` shows it and teaches the others")
        check_turn(i, message, holds_weight=self.is_split)
        self.losses += [one for one in list_key_losses(f"/messages/{i}", message) if not _is_shown(message, one)]
        if message.role == "tool":
            self.results.append((i, message))
            return
        self.write_results()
        if message.role == "assistant":
            self.write_answer(i, message)
        elif message.role == "user":
            self.add(i, "human", _text(i, message))
            self.waiting = ()
        else:
            self.write_system(i, message)

    def write_system(self, i: int, message: Message) -> None:
        if i:
            refuse(i, "is a system turn in the middle; a ShareGPT row has one place for it, at its head")
        self.system = _text(i, message)
        if not self.system:
            self.lose("/messages/0", "empty system turn")
        elif message.role != "system":
            self.lose("/messages/0/role", "role developer; it reads back as system")

    def write_answer(self, i: int, message: Message) -> None:
        if message.calls:
            calls = [self.write_call(i, j, call) for j, call in enumerate(message.calls)]
            if message.content:
                self.lose(f"/messages/{i}/content", "text beside the calls")
            self.add(i, "function_call", write_call_values(calls))
        else:
            self.add(i, "gpt", _text(i, message))
        self.waiting = message.calls or ()
        self.n_calls += len(self.waiting)
        if message.weight != NOT_LEARNT:
            self.ends.append(len(self.turns))
            self.n_read = i + 1

    def write_call(self, i: int, j: int, call: Call) -> str:
        name, arguments = need_call(i, call)
        at = f"/messages/{i}/tool_calls/{j}"
        if not can_count(arguments):
            refuse(i, f"calls `{name}` with a number of more than 4,300 digits")
        self.losses += list_call_losses(at, call)
        if call.id != f"call_{self.n_calls + j + 1}":
            self.lose(f"{at}/id", "id of the call")
        value = write_call_value(name, arguments)
        if _THOUGHT.search(value):
            # The trainer cuts what stands between such marks out of the text of a call before it reads it as JSON.
            self.lose(f"{at}/function/arguments", "spelling of `<think>`, which is written as an escape")
            value = _THOUGHT.sub(r"\\u003c", value)
        return value

    def add(self, i: int, who: str, value: str) -> None:
        is_opening = len(self.turns) % 2 == 0
        if is_opening != (who in _OPENING):
            wanted = "a user's turn or a result" if is_opening else "an answer or a call"
            refuse(i, f"is {_NAMES[who]} where LLaMA-Factory wants {wanted}; it would drop the row")
        self.turns.append(_Turn(who, value))

    # -- results --------------------------------------------------------------------------------------------------

    def write_results(self) -> None:
        """One turn for all results that came since the last turn of calls."""
        if not self.results:
            return
        first = self.results[0][0]
        placed = sorted(self.place_results(), key=lambda result: result[0])
        texts = [text for _, text in placed]
        n_calls = len(self.waiting)
        if [place for place, _ in placed] != list(range(len(placed))) or 1 < len(placed) < n_calls:
            refuse(first, "starts results that leave a call out; one turn cannot say which")
        if len(texts) == 1 and split_results(texts[0], n_calls) is not None:
            refuse(first, "is one result that would be read as those of all calls")
        self.add(first, "observation", texts[0] if len(texts) == 1 else join_results(texts))
        self.results, self.waiting = [], ()

    def place_results(self) -> list[tuple[int, str]]:
        """For each result which of the calls it answers, and its text."""
        ids = [call.id for call in self.waiting]
        placed: list[tuple[int, str]] = []
        for n, (i, message) in enumerate(self.results):
            answered = message.tool_call_id
            place = n if not isinstance(answered, str) else ids.index(answered) if answered in ids else len(ids)
            if place >= len(ids) or place in [taken for taken, _ in placed]:
                refuse(i, "is a result that answers no open call right before it")
            first_id = self.n_calls - len(ids) + 1
            if answered != f"call_{first_id + place}" or place != n:
                self.lose(f"/messages/{i}/tool_call_id", "id of the call" if place == n else "order of the results")
            if place != n:
                self.lose(f"/messages/{i}/content", "order of the results")
            placed.append((place, _text(i, message)))
        return placed


def _is_shown(message: Message, loss: Loss) -> bool:
    """Whether a loss is the weight of an answer that is only shown, which reading its row gives it again."""
    return loss.at.endswith("/weight") and message.role == "assistant" and message.weight == NOT_LEARNT


def is_before(at: str, n_read: int) -> bool:
    """Whether a place lies in one of the first turns (or in no turn)."""
    return not at.startswith("/messages/") or int(at.split("/")[2]) < n_read


def _text(i: int, message: Message) -> str:
    content = message.content
    if isinstance(content, str):
        return content
    return refuse(i, "has no content" if is_absent(content) else "has content that is not plain text")
