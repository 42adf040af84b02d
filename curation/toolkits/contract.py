"""What every form of tool lists is made of: bytes in, tools with notes out, and what a form cannot hold."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Literal

import msgspec

from curation.model.definition import Tool
from curation.model.values import Json

NoteKind = Literal["renamed", "changed", "lost"]
Schema = dict[str, Json]


class Note(msgspec.Struct, frozen=True):
    """One thing that is not the same in our tool as in its source; names stand in backticks."""

    kind: NoteKind
    words: str


class ReadTool(msgspec.Struct, frozen=True):
    """A tool with where its parts stand in the file it came from."""

    tool: Tool
    at: str
    """Pointer to the tool in the file, or its line (`line 12`) where the file is no JSON."""
    moved: dict[str, str] = {}
    """Pointer prefix in our definition → pointer in the file; everything else stands at `at` itself."""
    notes: tuple[Note, ...] = ()

    def outer(self, inner: str) -> str:
        """The place in the file of a pointer into our definition."""
        for prefix in sorted(self.moved, key=len, reverse=True):
            if inner == prefix or inner.startswith(prefix + "/"):
                return self.moved[prefix] + inner[len(prefix) :]
        return self.at


class ToolFault(msgspec.Struct, frozen=True):
    """One tool of a file that could not be read, while the others could."""

    at: str
    name: str
    words: str
    """What is wrong, in one sentence."""
    remedy: str = ""


class ToolsRead(msgspec.Struct, frozen=True):
    """Everything a file held."""

    tools: tuple[ReadTool, ...]
    faults: tuple[ToolFault, ...] = ()
    notes: tuple[Note, ...] = ()
    """What is to be said of the file as a whole."""
    form: str = ""
    """The form it was read in."""


class Loss(msgspec.Struct, frozen=True):
    """One thing a form cannot hold of one tool."""

    tool: str
    words: str


class ToolsWritten(msgspec.Struct, frozen=True):
    """Tools in a form, as the text of one file, with what was lost of each."""

    text: str
    losses: tuple[Loss, ...] = ()


class Source(msgspec.Struct, frozen=True):
    """A file looked at once: its text, and its value where it is JSON or YAML."""

    text: str
    json_text: str = ""
    """The text as JSON; empty where it is neither JSON nor YAML."""
    value: Json = None
    fault: str = ""
    """Why there is no value, in one sentence with its place."""


class ToolFormat(msgspec.Struct, frozen=True):
    """One form of tool lists: `FORMAT` in its module, and one line in `curation.toolkits.TOOL_FORMATS`."""

    name: str
    """What people type: `openapi`."""
    title: str
    extension: str
    recognises: Callable[[Source], bool]
    read: Callable[[Source], ToolsRead]
    """Raises UnreadableError with a place and a remedy where nothing at all can be read."""
    write: Callable[[Sequence[Tool]], ToolsWritten]
    """Pure and deterministic."""
    reading_loses: tuple[str, ...] = ()
    """What may stand in this form and has no place in a tool, for the manual."""
    writing_loses: tuple[str, ...] = ()
    """What a tool may say and this form cannot hold, for the manual."""
