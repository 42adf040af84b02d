"""A file of tools looked at once: text, JSON or YAML, with one sentence for what cannot be read."""

from __future__ import annotations

import re

from curation.errors import UnreadableError
from curation.model.values import UNSET
from curation.reading.strict import parse_strict
from curation.toolkits.contract import Source
from curation.toolkits.yaml_text import yaml_to_json

_PYTHON = re.compile(r"^(?:import |from \S+ import |(?:async )?def \w+\s*\(|class \w+\s*[(:]|@\w)", re.MULTILINE)
_REPEATED_KEY = "J05"


def open_source(data: bytes) -> Source:
    """The bytes as text, and as a value where they are JSON or YAML.

    Raises:
        UnreadableError: the bytes are no UTF-8.
    """
    text = _decode(data)
    if not text.lstrip().startswith(("{", "[")):
        if looks_like_python(text):
            return Source(text)
        try:
            json_text = yaml_to_json(text)
        except UnreadableError as error:
            return Source(text, fault=str(error))
        return _parse(text, json_text)
    return _parse(text, text)


def looks_like_python(text: str) -> bool:
    """Whether a line begins as only Python's do."""
    return _PYTHON.search(text) is not None


def need_value(source: Source) -> Source:
    """The source itself where it is JSON or YAML.

    Raises:
        UnreadableError: it is neither.
    """
    if source.fault or not source.json_text:
        raise UnreadableError(source.fault or "The text is neither JSON nor YAML.")
    return source


def _decode(data: bytes) -> str:
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        raise UnreadableError(
            f"The tools cannot be read: byte {error.start + 1}, on line {line}, is not UTF-8.",
            hint="Save the file as UTF-8.",
        ) from error


def _parse(text: str, json_text: str) -> Source:
    parsed = parse_strict(json_text)
    for fault in parsed.faults:
        if fault.is_fatal or fault.code == _REPEATED_KEY:
            place = fault.sentence if json_text is text else fault.message
            return Source(text, fault=f"The tools cannot be read. {place}")
    return Source(text, json_text, None if parsed.value is UNSET else parsed.value)
