"""Ids for calls that have none, and which call a result without one answers."""

from __future__ import annotations

from collections.abc import Sequence

from curation.model.example import Message


class CallNumbers:
    """The ids of all calls and results of a conversation: their own, or new ones in order."""

    def __init__(self, messages: Sequence[Message]) -> None:
        self.taken = {call.id for message in messages for call in message.calls or () if isinstance(call.id, str)}
        self.calls: dict[tuple[int, int], tuple[str, bool]] = {}
        self.results: dict[int, tuple[str | None, bool]] = {}
        self.open: list[str] = []
        self.n = 0
        for i, message in enumerate(messages):
            if message.role == "tool":
                self._number_result(i, message)
            elif message.calls:
                self._number_calls(i, message)

    def of_call(self, i: int, j: int) -> tuple[str, bool]:
        """The id of a call, and whether it is a new one."""
        return self.calls[i, j]

    def of_result(self, i: int) -> tuple[str | None, bool]:
        """The id of the call that a result answers, and whether the result did not say so itself."""
        return self.results[i]

    def _number_calls(self, i: int, message: Message) -> None:
        self.open = []
        for j, call in enumerate(message.calls or ()):
            is_new = not isinstance(call.id, str)
            call_id = self._new_id() if is_new else str(call.id)
            self.calls[i, j] = call_id, is_new
            self.open.append(call_id)

    def _new_id(self) -> str:
        self.n += 1
        while f"call_{self.n}" in self.taken:
            self.n += 1
        return f"call_{self.n}"

    def _number_result(self, i: int, message: Message) -> None:
        if isinstance(message.tool_call_id, str):
            if message.tool_call_id in self.open:
                self.open.remove(message.tool_call_id)
            self.results[i] = message.tool_call_id, False
        else:
            self.results[i] = (self.open.pop(0) if self.open else None), True
