"""Python literals as JSON source, read by hand: nothing is run, numbers keep their text, anything else is none."""

from __future__ import annotations

import re

from curation.model.source import quote, write_list

MAX_CHARACTERS = 1_000_000
MAX_DEPTH = 100

_SPACE = re.compile(r"\s*")
_STRING = re.compile(
    r"[uU]?(?:'''((?:[^\\]|\\.)*?)'''|\"\"\"((?:[^\\]|\\.)*?)\"\"\"|'((?:[^'\\\n]|\\.)*+)'|\"((?:[^\"\\\n]|\\.)*+)\")",
    re.DOTALL,
)
_NUMBER = re.compile(r"(?=[+-]?\.?\d)([+-]?)((?:\d+(?:_\d+)*)?)(?:(\.)((?:\d+(?:_\d+)*)?))?([eE][+-]?\d+)?(?![\w.])")
_WORD = re.compile(r"(?:True|true|False|false|None|null)\b")
_WORDS = {"True": "true", "False": "false", "None": "null"}
_ESCAPE = re.compile(r"\\(?:([0-7]{1,3})|x([0-9a-fA-F]{2})|u([0-9a-fA-F]{4})|U([0-9a-fA-F]{8})|(\r\n|.))", re.DOTALL)
_LETTERS = {"n": "\n", "t": "\t", "r": "\r", "b": "\b", "f": "\f", "a": "\a", "v": "\v"}
_STANDING_FOR_THEMSELVES = "\\'\""
_CLOSING = {"[": "]", "(": ")", "{": "}"}


class NotALiteralError(Exception):
    """What stands here is no plain literal."""


def literal_to_json(text: str) -> str | None:
    """The JSON source of a Python literal (or of JSON); None for anything else.

    A tuple becomes a list. Sets, complex numbers, bytes and keys that are no text have no JSON, so they are none.
    """
    try:
        reader = LiteralReader(text)
        source = reader.read_value()
        reader.expect_end()
    except NotALiteralError:
        return None
    return source


class LiteralReader:
    """One pass over a text that holds literals; `position` is where the next one is looked for.

    Raises:
        NotALiteralError: from every `read_` and `expect_` method.
    """

    def __init__(self, text: str, position: int = 0) -> None:
        if len(text) > MAX_CHARACTERS:
            raise NotALiteralError
        self.text = text
        self.position = position
        self.depth = 0

    def skip(self) -> str:
        """Pass white space; the character that follows, empty at the end."""
        match = _SPACE.match(self.text, self.position)
        self.position = match.end() if match else self.position
        return self.text[self.position : self.position + 1]

    def take(self, character: str) -> bool:
        """Pass a character where it follows."""
        is_there = self.skip() == character
        self.position += is_there
        return is_there

    def expect(self, character: str) -> None:
        if not self.take(character):
            raise NotALiteralError

    def expect_end(self) -> None:
        if self.skip():
            raise NotALiteralError

    def read_value(self) -> str:
        """The JSON source of the literal that follows."""
        character = self.skip()
        if character not in _CLOSING or not character:
            return self.read_scalar()
        if self.depth >= MAX_DEPTH:
            raise NotALiteralError
        self.depth += 1
        self.position += 1
        source = self.read_object() if character == "{" else self.read_list(_CLOSING[character])
        self.depth -= 1
        return source

    def read_list(self, closing: str) -> str:
        """The elements up to the closing bracket; brackets around one value alone mean that value."""
        elements: list[str] = []
        has_comma = False
        while not self.take(closing):
            if elements and not has_comma:
                raise NotALiteralError
            elements.append(self.read_value())
            has_comma = self.take(",")
        if closing == ")" and len(elements) == 1 and not has_comma:
            return elements[0]
        return write_list(elements)

    def read_object(self) -> str:
        members: list[str] = []
        has_comma = True
        while not self.take("}"):
            if not has_comma:
                raise NotALiteralError
            self.skip()
            key = quote(self.read_string())
            self.expect(":")
            members.append(f"{key}:{self.read_value()}")
            has_comma = self.take(",")
        return "{" + ",".join(members) + "}"

    def read_scalar(self) -> str:
        if match := _WORD.match(self.text, self.position):
            self.position = match.end()
            return _WORDS.get(match.group(), match.group())
        if match := _NUMBER.match(self.text, self.position):
            self.position = match.end()
            return _json_number(match)
        return quote(self.read_string())

    def read_string(self) -> str:
        match = _STRING.match(self.text, self.position)
        if match is None:
            raise NotALiteralError
        self.position = match.end()
        inside = next(group for group in match.groups() if group is not None)
        return _join_surrogates(_ESCAPE.sub(_unescape, inside))


def _json_number(match: re.Match[str]) -> str:
    """The number as written, but for what only Python writes: `+1`, `1_000`, `.5`, `5.`."""
    sign, whole, point, fraction, exponent = (group or "" for group in match.groups())
    whole, fraction = whole.replace("_", ""), fraction.replace("_", "")
    if len(whole) > 1 and whole.startswith("0") and whole.strip("0") and not point and not exponent:
        raise NotALiteralError
    whole = whole.lstrip("0") or "0"
    return ("-" if sign == "-" else "") + whole + (f".{fraction or '0'}" if point else "") + exponent


def _unescape(match: re.Match[str]) -> str:
    octal, byte, short, long, character = match.groups()
    if octal:
        return chr(int(octal, 8))
    if code := byte or short or long:
        if int(code, 16) > 0x10FFFF:
            raise NotALiteralError
        return chr(int(code, 16))
    if character in ("\n", "\r\n"):
        return ""
    if character in "xuUN":
        raise NotALiteralError
    if character in _STANDING_FOR_THEMSELVES:
        return str(character)
    return _LETTERS.get(character, match.group())


def _join_surrogates(text: str) -> str:
    """Two halves of a character as the one they make, as JSON reads them; a half alone is no character."""
    if text.isascii() or not any("\ud800" <= character <= "\udfff" for character in text):
        return text
    try:
        return text.encode("utf-16", "surrogatepass").decode("utf-16")
    except UnicodeDecodeError as error:
        raise NotALiteralError from error
