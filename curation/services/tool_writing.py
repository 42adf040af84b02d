"""The forms tools can have, and tools written in one of them, with a sentence for everything it cannot hold."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

import msgspec

from curation.model.definition import Tool
from curation.toolkits import TOOL_FORMATS, get_tool_format, python_calls
from curation.toolkits.python_calls import write_calls


class ToolForm(msgspec.Struct, frozen=True):
    """One form as screens see it."""

    name: str
    title: str
    extension: str
    reading_loses: tuple[str, ...]
    writing_loses: tuple[str, ...]


def list_forms() -> tuple[ToolForm, ...]:
    """Every form tools can have, by title."""
    known = [ToolForm(one.name, one.title, one.extension, one.reading_loses, one.writing_loses) for one in TOOL_FORMATS]
    return tuple(sorted(known, key=lambda form: form.title.casefold()))


def list_written_forms() -> tuple[ToolForm, ...]:
    """Every form tools can leave in, by title: those they also have, and the file that only parses answers."""
    only_written = ToolForm(
        python_calls.NAME, python_calls.TITLE, python_calls.EXTENSION, (), python_calls.WRITING_LOSES
    )
    return tuple(sorted((*list_forms(), only_written), key=lambda form: form.title.casefold()))


def write_tools(tools: Sequence[Tool], form: str) -> tuple[str, tuple[str, ...]]:
    """The text of a file, and what was lost: each thing once, with the tools it is true of."""
    written = write_calls(tools) if form == python_calls.NAME else get_tool_format(form).write(tools)
    counted = Counter(loss.words for loss in written.losses)
    return written.text, tuple(f"{words} ({_of(n)})" for words, n in counted.items())


def _of(n: int) -> str:
    return "1 tool" if n == 1 else f"{n} tools"
