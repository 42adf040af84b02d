"""The slow, exact way through a JSON text: every fault with its line, column and pointer.

It only runs when the fast way could not prove a text clean. It keeps its own stack, so no text can exhaust Python's.
"""

from __future__ import annotations

import re
from json.decoder import scanstring  # type: ignore[attr-defined]

from curation.model.values import UNSET, Json
from curation.reading.faults import FATAL, MAX_DEPTH, MAX_FAULTS, Fault, Parsed, make_fault

_SPACE = re.compile(r"[ \t\n\r]*")
_PLAIN_STRING = re.compile(r'"([^"\\\x00-\x1f]*)"')
_STRING_HEAD = re.compile(r'"(?:[^"\\\x00-\x1f]++|\\(?:["\\/bfnrt]|u[0-9a-fA-F]{4}))*+')
_NUMBER = re.compile(r"-?(?:0|[1-9][0-9]*)(\.[0-9]+)?([eE][+-]?[0-9]+)?")
_LITERAL = re.compile(r"true|false|null")
_NOT_FINITE = re.compile(r"-?(?:NaN|Infinity)")
_WORD = re.compile(r"\w+")
_SURROGATE = re.compile("[\ud800-\udfff]")
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f]")
_LITERALS: dict[str, Json] = {"true": True, "false": False, "null": None}
_PYTHON_WORDS = {"True": "true", "False": "false", "None": "null"}
_LARGEST = 1.7976931348623157e308
_EXACT_INTEGER = 2**53
_MOST_DIGITS = 4000


class _StoppedError(Exception):
    """Raised inside this module when nothing after a fault can be read."""


class _Frame:
    """One open list or object."""

    __slots__ = ("container", "key", "seen")

    def __init__(self, container: Json) -> None:
        self.container = container
        self.key: str | int | None = 0 if isinstance(container, list) else None
        self.seen: dict[str, int] = {}

    def attach(self, value: Json) -> None:
        if isinstance(self.container, list):
            self.container.append(value)
        else:
            self.container[self.key] = value


class _Scanner:
    """One pass over one text."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.position = 0
        self.faults: list[Fault] = []
        self.stack: list[_Frame] = []
        self.is_fatal = False

    # -- faults ---------------------------------------------------------------------------------------------------

    def note(self, code: str, message: str, position: int, pointer: str | None = None) -> None:
        is_first_fatal = code in FATAL and not self.is_fatal
        self.is_fatal = self.is_fatal or code in FATAL
        if len(self.faults) < MAX_FAULTS or is_first_fatal:
            where = self.pointer() if pointer is None else pointer
            self.faults.append(make_fault(code, message, self.text, position, where))

    def stop(self, message: str, position: int | None = None, code: str = "J03") -> _StoppedError:
        self.is_fatal = True
        fault = make_fault(code, message, self.text, self.position if position is None else position, self.pointer())
        self.faults.append(fault)
        return _StoppedError()

    def pointer(self) -> str:
        return "".join("/" + escape_step(frame.key) for frame in self.stack if frame.key is not None)

    # -- walking --------------------------------------------------------------------------------------------------

    def skip(self) -> str:
        """Pass white space; the character that follows, empty at the end."""
        match = _SPACE.match(self.text, self.position)
        self.position = match.end() if match else self.position
        return self.text[self.position : self.position + 1]

    def scan(self) -> Json:
        """The one value of the text."""
        if not self.skip():
            raise self.stop("The text is empty; one JSON value is expected.", code="J04")
        value = self.read_value()
        if self.skip():
            raise self.stop_at_second_value()
        return value

    def read_value(self) -> Json:
        while True:
            is_open, value = self.read_start()
            if is_open:
                continue
            while self.stack:
                self.stack[-1].attach(value)
                if self.read_separator():
                    break
                value = self.stack.pop().container
            else:
                return value

    def read_start(self) -> tuple[bool, Json]:
        """Read a scalar, an empty container, or the head of one (then True: a value must follow)."""
        character = self.skip()
        if character not in ("{", "["):
            return False, self.read_scalar(character)
        if len(self.stack) >= MAX_DEPTH:
            raise self.stop(f"The nesting is deeper than {MAX_DEPTH} levels.", code="J11")
        container: Json = {} if character == "{" else []
        self.position += 1
        following = self.skip()
        if following == ("}" if character == "{" else "]"):
            self.position += 1
            return False, container
        self.stack.append(_Frame(container))
        if character == "{":
            self.read_key()
        return True, None

    def read_separator(self) -> bool:
        """After a value: True when another one follows, False when its container ended."""
        frame = self.stack[-1]
        is_list = isinstance(frame.container, list)
        character = self.skip()
        if character == ("]" if is_list else "}"):
            self.position += 1
            return False
        if character != ",":
            raise self.stop_instead_of("a comma or the end of the " + ("list" if is_list else "object"), character)
        comma = self.position
        self.position += 1
        if self.skip() in ("]", "}"):
            raise self.stop("A comma stands before the closing bracket; JSON allows none there.", comma)
        if is_list:
            frame.key = len(frame.container)
        else:
            self.read_key()
        return True

    def read_key(self) -> None:
        frame = self.stack[-1]
        start = self.position
        character = self.skip()
        if character != '"':
            raise self.stop_instead_of("a key in double quotes", character)
        frame.key = None
        frame.key = key = self.read_string()
        if key in frame.seen:
            self.note("J05", f"The key `{_shorten(key)}` occurs twice in one object; only the last would count.", start)
        frame.seen[key] = start
        if self.skip() != ":":
            raise self.stop_instead_of(f"a colon after the key `{_shorten(key)}`", self.skip())
        self.position += 1

    # -- scalars --------------------------------------------------------------------------------------------------

    def read_scalar(self, character: str) -> Json:
        if character == '"':
            return self.read_string()
        if match := _LITERAL.match(self.text, self.position):
            return self.take_literal(match)
        if match := _NOT_FINITE.match(self.text, self.position):
            self.note("J07", f"`{match.group()}` is no JSON number; write null or leave the key out.", self.position)
            self.position = match.end()
            return None
        if match := _NUMBER.match(self.text, self.position):
            return self.take_number(match)
        raise self.stop_instead_of("a value", character)

    def take_literal(self, match: re.Match[str]) -> Json:
        word = _WORD.match(self.text, self.position)
        if word and word.end() > match.end():
            raise self.stop_instead_of("a value", match.group()[0])
        self.position = match.end()
        return _LITERALS[match.group()]

    def take_number(self, match: re.Match[str]) -> Json:
        start, end = match.span()
        following = self.text[end : end + 1]
        if following and (following.isalnum() or following in "._+-"):
            raise self.stop(_explain_number(match.group(), following), end)
        self.position = end
        if match.group(1) is None and match.group(2) is None:
            return self.check_integer(match.group(), start)
        value = float(match.group())
        if value in (float("inf"), float("-inf")):
            self.note("J10", f"The number {_shorten(match.group())} is too large for any reader.", start)
            return _LARGEST if value > 0 else -_LARGEST
        return value

    def check_integer(self, digits: str, start: int) -> Json:
        if len(digits) > _MOST_DIGITS:
            self.note("J10", f"The number {_shorten(digits)} has {len(digits)} digits.", start)
            return -_LARGEST if digits[0] == "-" else _LARGEST
        value = int(digits)
        if abs(value) > _EXACT_INTEGER:
            self.note("J10", f"The number {_shorten(digits)} loses digits in most readers; write it as text.", start)
        return value

    def read_string(self) -> str:
        start = self.position
        if match := _PLAIN_STRING.match(self.text, start):
            self.position, value = match.end(), match.group(1)
        else:
            head = _STRING_HEAD.match(self.text, start)
            end = head.end() if head else start
            if self.text[end : end + 1] != '"':
                raise self.stop_in_string(end)
            value, self.position = scanstring(self.text, start + 1, True)
        if not value.isascii() and _SURROGATE.search(value):
            self.note("J08", "A lone surrogate (half of a character pair) stands in the text.", start)
        if not value.isprintable() and (control := _CONTROL.search(value)):
            self.note("J09", f"The control character U+{ord(control.group()):04X} stands in the text.", start)
        return str(value)

    # -- what went wrong ------------------------------------------------------------------------------------------

    def stop_in_string(self, end: int) -> _StoppedError:
        character = self.text[end : end + 1]
        if not character:
            return self.stop("The text ends inside a string.", end)
        if character == "\\":
            return self.stop(f"`{self.text[end : end + 2]}` is no JSON escape.", end)
        name = {"\n": "line break", "\t": "tab"}.get(character, f"control character U+{ord(character):04X}")
        return self.stop(f"A raw {name} stands inside a string; write it as an escape.", end)

    def stop_instead_of(self, expected: str, character: str) -> _StoppedError:
        if not character:
            if self.text.strip() == "[":
                return self.stop(
                    "The line holds only `[`: this looks like one list printed over many lines, not JSON Lines.",
                    code="J04",
                )
            return self.stop(f"The text ends where {expected} should stand.")
        word = _WORD.match(self.text, self.position)
        found = word.group() if word else character
        if found in _PYTHON_WORDS:
            return self.stop(f"`{found}` is Python; JSON writes `{_PYTHON_WORDS[found]}`.")
        if character == "'":
            return self.stop("A single quote stands where JSON wants a double quote.")
        if self.text.startswith(("//", "/*"), self.position) or character == "#":
            return self.stop("A comment stands here; JSON has none.")
        return self.stop(f"`{_shorten(found)}` stands where {expected} should stand.")

    def stop_at_second_value(self) -> _StoppedError:
        character = self.text[self.position]
        if character in '{["' or character.isdigit():
            return self.stop("A second JSON value starts here; one row is one value.", code="J04")
        return self.stop(f"`{_shorten(self.text[self.position :])}` stands after the end of the value.")


def scan_exactly(text: str) -> Parsed:
    """Parse a text the slow way; never raises."""
    scanner = _Scanner(text)
    if text.startswith("\ufeff"):
        scanner.note("J02", "The text starts with a byte order mark.", 0, "")
        scanner.position = 1
    try:
        value = scanner.scan()
    except _StoppedError:
        value = UNSET
    return Parsed(UNSET if scanner.is_fatal else value, tuple(scanner.faults))


def escape_step(step: str | int) -> str:
    """One step of a JSON pointer."""
    return step.replace("~", "~0").replace("/", "~1") if isinstance(step, str) else str(step)


def _shorten(text: str, limit: int = 40) -> str:
    visible = "".join(c if c.isprintable() else "\ufffd" for c in text[:limit])
    return visible + ("…" if len(text) > limit else "")


def _explain_number(number: str, following: str) -> str:
    if number.lstrip("-") == "0" and following.isdigit():
        return "A number starts with a zero too many."
    return f"`{_shorten(number + following)}` is no JSON number."
