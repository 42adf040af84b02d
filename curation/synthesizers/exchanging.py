"""Exchanges values in a whole conversation: in what is said, in the calls and in the results, all at once."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping

import msgspec

from curation.model.example import Call, Example, Message
from curation.model.values import Arguments, Json


class Exchange:
    """Old values and the new ones that take their places."""

    def __init__(self, values: Mapping[str, str]) -> None:
        self._new = dict(values) | {old.lower(): new.lower() for old, new in values.items()} | dict(values)
        longest_first = sorted(self._new, key=len, reverse=True)
        self._old = re.compile(rf"(?<!\w)(?:{'|'.join(map(re.escape, longest_first))})(?!\w)") if values else None

    def text(self, text: str) -> str:
        """The text with the new values."""
        return self._old.sub(lambda found: self._new[found.group()], text) if self._old else text

    def value(self, value: Json) -> Json:
        """A JSON value with the new values in its texts and numbers."""
        if isinstance(value, str):
            return self.text(value)
        if isinstance(value, list):
            return [self.value(one) for one in value]
        if isinstance(value, dict):
            return {key: self.value(one) for key, one in value.items()}
        if isinstance(value, int | float) and not isinstance(value, bool) and str(value) in self._new:
            return json.loads(self._new[str(value)])
        return value

    def example(self, example: Example) -> Example:
        """The whole conversation with the new values."""
        messages = tuple(self._message(message) for message in example.messages)
        return msgspec.structs.replace(example, messages=messages)

    def _message(self, message: Message) -> Message:
        calls = tuple(map(self._call, message.calls)) if message.calls else message.calls
        content = message.content
        if isinstance(content, str) and message.role != "system":
            content = self._json_or_text(content) if message.role == "tool" else self.text(content)
        return msgspec.structs.replace(message, content=content, calls=calls)

    def _call(self, call: Call) -> Call:
        if not isinstance(call.arguments, Arguments):
            return call
        text = self._json_or_text(call.arguments.text)
        return msgspec.structs.replace(call, arguments=msgspec.structs.replace(call.arguments, text=text))

    def _json_or_text(self, text: str) -> str:
        try:
            value = json.loads(text)
        except (ValueError, RecursionError):
            return self.text(text)
        exchanged = self.value(value)
        if exchanged == value:
            return text
        return json.dumps(exchanged, ensure_ascii=False, separators=None if '": ' in text else (",", ":"))
