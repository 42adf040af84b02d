"""Docstrings taken apart: what a thing does, what each parameter means, which errors it raises.

Google (`Args:`), NumPy (`Parameters` over a rule) and reST (`:param name:`) layouts; all other text is the description.
"""

from __future__ import annotations

import re

import msgspec

_GOOGLE = re.compile(r"^(Args|Arguments|Parameters|Params|Attributes|Raises|Returns?|Yields?|Examples?|Notes?):\s*$")
_GOOGLE_ITEM = re.compile(r"^(\*{0,2}[\w.]+)(?:\s*\(([^)]*)\))?\s*:\s*(.*)$")
_NUMPY_ITEM = re.compile(r"^(\*{0,2}\w+(?:\s*,\s*\w+)*)(?:\s*:\s*(.*))?$")
_REST = re.compile(r"^:(param|parameter|arg|type|raises?|returns?|rtype)(?:\s++([^:]*))?:\s*(.*)$")
_PARAMETERS = {"args", "arguments", "parameters", "params", "attributes", "other parameters"}
_NUMPY_HEADS = _PARAMETERS | {"raises", "returns", "yields", "examples", "example", "notes", "see also"}


class Docstring(msgspec.Struct):
    """A docstring's parts; types are as written."""

    description: str = ""
    parameters: dict[str, str] = {}
    types: dict[str, str] = {}
    raises: list[tuple[str, str]] = []


def read_docstring(text: str) -> Docstring:
    """Every part that is laid out as one of the three styles; the rest is the description.

    Args:
        text: cleaned of its indentation, as `ast.get_docstring` gives it.
    """
    reader = _Reader(text.split("\n"))
    reader.read()
    found = reader.found
    found.description = "\n".join(reader.words).strip()
    found.parameters = {name: _fold(words) for name, words in found.parameters.items()}
    found.raises = [(kind, _fold(words)) for kind, words in found.raises]
    return found


def _fold(text: str) -> str:
    return " ".join(text.split())


class _Reader:
    """Goes through the lines once, with the section they stand in."""

    def __init__(self, lines: list[str]) -> None:
        self.lines = lines
        self.words: list[str] = []
        self.found = Docstring()
        self.section = ""
        self.style = ""
        self.indent = 0
        self.name = ""

    def read(self) -> None:
        at = 0
        while at < len(self.lines):
            line = self.lines[at]
            if head := _GOOGLE.match(line):
                self.open(head[1].lower(), "google")
            elif self.is_numpy_head(at):
                self.open(line.strip().lower(), "numpy")
                at += 1
            elif field := _REST.match(line.strip()):
                self.take_rest(field)
            else:
                self.take(line)
            at += 1

    def is_numpy_head(self, at: int) -> bool:
        under = self.lines[at + 1].strip() if at + 1 < len(self.lines) else ""
        return self.lines[at].strip().lower() in _NUMPY_HEADS and len(under) > 2 and set(under) <= {"-"}

    def open(self, section: str, style: str) -> None:
        self.section, self.style, self.indent, self.name = section, style, 0, ""

    def take(self, line: str) -> None:
        if not self.section:
            self.words.append(line)
        elif self.style == "rest":
            self.take_below(line)
        elif self.style == "google" and line.strip() and not line.startswith((" ", "\t")):
            self.section = ""
            self.words.append(line)
        else:
            self.take_item(line)

    def take_below(self, line: str) -> None:
        """The lines under a reST field belong to it as long as they are set in."""
        if line.startswith((" ", "\t")):
            self.add(line.strip())
        else:
            self.section = ""
            self.words.append(line)

    def take_item(self, line: str) -> None:
        depth = len(line) - len(line.lstrip())
        self.indent = self.indent or depth
        is_item = depth == 0 if self.style == "numpy" else depth <= self.indent
        item = (_NUMPY_ITEM if self.style == "numpy" else _GOOGLE_ITEM).match(line.strip()) if is_item else None
        if item is None:
            self.add(line.strip())
        elif self.style == "numpy":
            self.begin(item[1].split(",")[0].strip(), item[2] or "", "")
        else:
            self.begin(item[1], item[2] or "", item[3])

    def take_rest(self, field: re.Match[str]) -> None:
        kind, named, words = field[1], (field[2] or "").split(), field[3]
        self.section, self.style = "raises" if kind.startswith("raise") else "parameters", "rest"
        name = named[-1] if named else ""
        if kind == "type":
            self.found.types[name] = words
            self.section = "returns"
        elif kind.startswith(("return", "rtype")):
            self.section = "returns"
        else:
            self.begin(name, " ".join(named[:-1]), words)

    def begin(self, name: str, kind: str, words: str) -> None:
        self.name = name.lstrip("*")
        if self.section == "raises":
            self.found.raises = [*self.found.raises, (self.name, words)]
        elif self.section in _PARAMETERS:
            self.found.parameters[self.name] = words
            if kind:
                self.found.types[self.name] = re.sub(r",?\s*(?:optional|default.*)$", "", kind[:200]).strip()

    def add(self, words: str) -> None:
        if self.section == "raises" and self.found.raises:
            kind, said = self.found.raises[-1]
            self.found.raises[-1] = (kind, f"{said} {words}")
        elif self.section in _PARAMETERS and self.name in self.found.parameters:
            self.found.parameters[self.name] += f" {words}"
