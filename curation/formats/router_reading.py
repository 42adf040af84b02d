"""Router rows to examples: answers become calls or labelled text, result turns become tool turns.

A row teaches its last answer alone. Earlier answers are context, so they get weight 0: nothing is learned twice when
several rows of one conversation come back, and a mistake that was only shown stays one that is only shown.
"""

from __future__ import annotations

import re

import msgspec

from curation.formats.router_answer import Broken, RouterAbstention, RouterCall, parse_answer
from curation.formats.router_results import ToolResult, read_result
from curation.formats.router_system import strip_block
from curation.model.example import Call, Label, Message
from curation.model.finding import Finding
from curation.model.reading import Places, Reading, Reject
from curation.model.rule_names import RULE_SLUGS
from curation.model.values import UNSET, Arguments, Exact
from curation.reading.rows import read_row

NOT_LEARNT = Exact("0")
_MESSAGE = re.compile(r"/messages/(\d+)(.*)", re.DOTALL)


def read(raw: bytes) -> Reading | Reject:
    """Read one router row; one without the generated block is as welcome as one with it."""
    reading = read_row(raw)
    return reading if isinstance(reading, Reject) else _Reader(reading).read()


class _Reader:
    """One pass over a row's turns: `outer` counts them as given, `inner` as they come out."""

    def __init__(self, reading: Reading) -> None:
        self.given = reading
        self.messages: list[Message] = []
        self.moved: dict[str, str] = dict(reading.places.moved)
        self.opaque: set[str] = set(reading.places.opaque)
        self.findings: list[Finding] = []
        self.n_calls = 0
        self.pending: Call | None = None
        self.n_dropped = 0
        messages = self.given.example.messages
        self.target = max((i for i, message in enumerate(messages) if message.role == "assistant"), default=-1)

    def read(self) -> Reading:
        for outer, message in enumerate(self.given.example.messages):
            self.read_message(outer, message)
        return Reading(
            example=msgspec.structs.replace(self.given.example, messages=tuple(self.messages)),
            places=Places(moved=self.moved, opaque=frozenset(self.opaque)),
            findings=tuple(self.shift(finding) for finding in self.given.findings) + tuple(self.findings),
        )

    def read_message(self, outer: int, message: Message) -> None:
        content = message.content
        if outer == 0 and message.role in ("system", "developer") and isinstance(content, str):
            self.read_system(message, content)
        elif message.role == "assistant" and message.calls is None and isinstance(content, str):
            self.read_answer(outer, message, content)
        elif message.role == "user" and isinstance(content, str) and (result := self.find_result(content)):
            self.add_result(outer, message, result)
        else:
            self.pending = self.pending if message.role == "tool" else None
            self.add(outer, message)

    def add(self, outer: int, message: Message, parts: dict[str, str] | None = None) -> None:
        """Take a turn over; `parts` maps its inner places to the places inside the content as given."""
        inner = len(self.messages)
        if inner != outer:
            self.moved[f"/messages/{inner}"] = f"/messages/{outer}"
        if parts:
            self.opaque.add(f"/messages/{outer}/content")
            for place, inside in parts.items():
                self.moved[f"/messages/{inner}{place}"] = f"/messages/{outer}/content{inside}"
        is_context = message.role == "assistant" and outer < self.target and message.weight is UNSET
        self.messages.append(msgspec.structs.replace(message, weight=NOT_LEARNT) if is_context else message)

    def read_system(self, message: Message, content: str) -> None:
        tools = self.given.example.tools
        own = strip_block(content, tools if isinstance(tools, tuple) else ())
        if own == "":
            self.n_dropped = 1
        else:
            self.add(0, message if own is None else msgspec.structs.replace(message, content=own))

    def read_answer(self, outer: int, message: Message, content: str) -> None:
        self.pending = None
        answer = parse_answer(content)
        if isinstance(answer, RouterCall):
            self.add_call(outer, message, answer)
        elif isinstance(answer, RouterAbstention):
            label = msgspec.structs.replace(message.label or Label(), reason=answer.reason)
            turn = msgspec.structs.replace(message, content=answer.message, label=label)
            self.add(outer, turn, {"/content": "/message", "/label": "", "/label/reason": "/reason"})
        else:
            if outer == self.target:
                self.findings.append(_find_broken(answer, len(self.messages)))
            self.add(outer, message)

    def add_call(self, outer: int, message: Message, answer: RouterCall) -> None:
        self.n_calls += 1
        call = Call(
            name=answer.tool,
            arguments=Arguments(answer.arguments_text, "object"),
            id=f"call_{self.n_calls}",
            type="function",
        )
        self.pending = call
        parts = {
            "/tool_calls": "",
            "/tool_calls/0": "",
            "/tool_calls/0/function": "",
            "/tool_calls/0/function/name": "/tool",
            "/tool_calls/0/function/arguments": "/arguments",
        }
        self.add(outer, msgspec.structs.replace(message, content=None, calls=(call,)), parts)

    def find_result(self, content: str) -> ToolResult | None:
        if self.pending is None:
            return None
        result = read_result(content)
        return result if result and result.tool == self.pending.name else None

    def add_result(self, outer: int, message: Message, result: ToolResult) -> None:
        assert self.pending is not None  # noqa: S101
        turn = msgspec.structs.replace(message, role="tool", content=result.content, tool_call_id=self.pending.id)
        self.add(outer, turn, {"/content": f"/{result.key}"})

    def shift(self, finding: Finding) -> Finding:
        """A finding of the row as given, at its inner place."""
        match = _MESSAGE.match(finding.at)
        if not match or not self.n_dropped:
            return finding
        inner = int(match.group(1)) - self.n_dropped
        at = f"/messages/{inner}{match.group(2)}" if inner >= 0 else "/messages"
        return msgspec.structs.replace(finding, at=at)


def _find_broken(answer: Broken, inner: int) -> Finding:
    return Finding(
        rule=RULE_SLUGS[answer.code],
        code=answer.code,
        at=f"/messages/{inner}/content",
        message=f"The last assistant turn is no router answer. {answer.why}",
    )
