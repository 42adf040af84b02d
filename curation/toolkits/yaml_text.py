"""YAML to JSON text without surprises: no aliases, no tags, plain words stay text, depth and size capped."""

from __future__ import annotations

import re
from typing import Any

from curation.errors import UnreadableError
from curation.model.source import quote
from curation.reading.faults import MAX_DEPTH

MOST_CHARACTERS = 2_000_000
"""Parsing holds up everybody else in the process, so it has to end within seconds."""
MOST_CHARACTERS_SLOWLY = 300_000
"""Where the parser is not a compiled one."""
_MOST_NODES = 200_000
_NUMBER = re.compile(r"-?(?:0|[1-9][0-9]*)(?:\.[0-9]+)?(?:[eE][+-]?[0-9]+)?")
_WORDS = {"true": "true", "false": "false", "null": "null", "~": "null", "": "null"}


def yaml_to_json(text: str) -> str:
    """The JSON source of one YAML document.

    Only JSON's own words and numbers are read as such (`on` and `017` stay text), since that is what tool schemas mean.
    """
    import yaml

    loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    most = MOST_CHARACTERS_SLOWLY if loader is yaml.SafeLoader else MOST_CHARACTERS
    if len(text) > most:
        raise UnreadableError(
            f"The YAML text is longer than {most:,} characters.", hint="Save it as JSON, which is read much faster."
        )
    try:
        return _Writer(yaml.parse(text, Loader=loader)).write()
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        place = f" at line {mark.line + 1}, column {mark.column + 1}" if mark else ""
        problem = getattr(error, "problem", None) or "it cannot be parsed"
        raise UnreadableError(f"The text is neither JSON nor YAML: {problem}{place}.") from error


class _Writer:
    """Turns parser events into JSON source, with its own stack and counters."""

    def __init__(self, events: Any) -> None:
        self.events = events
        self.n_nodes = 0
        self.depth = 0

    def write(self) -> str:
        import yaml

        for event in self.events:
            if isinstance(event, yaml.DocumentStartEvent):
                return self.write_node(next(self.events))
        raise UnreadableError("The file is empty.")

    def write_node(self, event: Any) -> str:
        import yaml

        self.n_nodes += 1
        line = event.start_mark.line + 1
        if isinstance(event, yaml.AliasEvent):
            raise UnreadableError(f"Line {line}: YAML aliases are not read; write the part out.")
        if self.n_nodes > _MOST_NODES or self.depth > MAX_DEPTH // 2:
            raise UnreadableError(f"Line {line}: the YAML text is too large or nested too deeply.")
        if isinstance(event, yaml.ScalarEvent):
            return _write_scalar(event)
        self.depth += 1
        is_list = isinstance(event, yaml.SequenceStartEvent)
        source = self.write_list() if is_list else self.write_mapping()
        self.depth -= 1
        return source

    def write_list(self) -> str:
        import yaml

        elements = []
        while not isinstance(event := next(self.events), yaml.SequenceEndEvent):
            elements.append(self.write_node(event))
        return "[" + ",".join(elements) + "]"

    def write_mapping(self) -> str:
        import yaml

        members: dict[str, str] = {}
        while not isinstance(event := next(self.events), yaml.MappingEndEvent):
            line = event.start_mark.line + 1
            if not isinstance(event, yaml.ScalarEvent):
                raise UnreadableError(f"Line {line}: a key must be plain text.")
            key = _quote_scalar(event)
            if key in members:
                raise UnreadableError(f"Line {line}: the key {key[:80]} occurs twice; only the last would count.")
            members[key] = self.write_node(next(self.events))
        return "{" + ",".join(f"{key}:{source}" for key, source in members.items()) + "}"


def _write_scalar(event: Any) -> str:
    value: str = event.value
    if not event.style and event.tag is None:
        if value in _WORDS:
            return _WORDS[value]
        if _NUMBER.fullmatch(value) and len(value) < 300:
            return value
    return _quote_scalar(event)


def _quote_scalar(event: Any) -> str:
    try:
        return quote(event.value)
    except UnicodeEncodeError as error:
        line = event.start_mark.line + 1
        raise UnreadableError(f"Line {line}: the text holds half of a character (a lone surrogate).") from error
