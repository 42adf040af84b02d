"""One conversation being told turn by turn, with calls numbered as they come."""

from __future__ import annotations

import json

import msgspec

from curation.model.candidate import Deed
from curation.model.definition import Tool
from curation.model.example import Call, Label, Message
from curation.model.values import Json
from curation.synthesizers import turns


class Story:
    """The turns so far."""

    def __init__(self, *opening: Message) -> None:
        self.turns: list[Message] = list(opening)
        self._number = 0

    def ask(self, text: str) -> Story:
        """The person speaks."""
        self.turns.append(turns.user(text))
        return self

    def answer(self, text: str, label: Label | None = None) -> Story:
        """The assistant speaks."""
        self.turns.append(turns.answer(text, label))
        return self

    def call(
        self,
        tool: Tool,
        arguments: dict[str, Json],
        *,
        text: str = "",
        label: Label | None = None,
        trained: bool = True,
    ) -> Call:
        """The assistant calls, saying something beside it or not."""
        self._number += 1
        call = turns.call(tool.name, arguments, self._number)
        turn = turns.calling(call, label=label, trained=trained)
        self.turns.append(msgspec.structs.replace(turn, content=text or None))
        return call

    def fail(self, call: Call, text: str) -> Story:
        """The tool's error, as JSON text."""
        self.turns.append(Message(role="tool", content=text, tool_call_id=call.id))
        return self

    def succeed(self, call: Call, value: Json) -> Story:
        """The tool's result."""
        text = json.dumps(value, ensure_ascii=False)
        self.turns.append(Message(role="tool", content=text, tool_call_id=call.id))
        return self


def deed(tool: Tool, arguments: dict[str, Json]) -> Deed:
    """What must have been done in the end."""
    return Deed(tool.name, arguments)
