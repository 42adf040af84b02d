"""What the text of a row's twin says about the template: lost, quoted twice, printed as None, not trained, moved."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import NamedTuple

import msgspec

from curation.errors import UnreadableError
from curation.model.values import Json
from curation.rendering.jinja import TRAINED_FROM, TRAINED_TO, UnusableTemplateError
from curation.rendering.loss import shared_length, span_of
from curation.rendering.marking import Twin
from curation.rendering.rows import ChatRow
from curation.rendering.template import Template

_WORD = re.compile(r"qx\d{6}zk|73\d{7}")
_CONTROL = re.compile(r"<[|｜][^<>]*[|｜]>|<eos>|</s>|<end_of_turn>|<turn\|>|\[/[A-Z_]+\]")
"""What the end of a turn looks like when no tokenizer says it."""
_LITERALS = ("None", "null", "True", "False", "undefined")
MOST_TURNS = 64
"""So many trained turns of a row are looked at one by one."""


class Evidence(NamedTuple):
    """What one shape shows; numbers are places in the twin's list of marks."""

    is_refused: bool = False
    """The template takes the row but not its twin: nothing is known beyond that."""
    lost: frozenset[int] = frozenset()
    doubled: frozenset[int] = frozenset()
    as_python: frozenset[int] = frozenset()
    printed: tuple[tuple[int, str], ...] = ()
    """Which odd values are printed as which literal."""
    untrained: frozenset[int] = frozenset()
    endless: tuple[int, ...] = ()
    """Trained turns whose end carries no loss."""
    moved: tuple[int, ...] = ()
    """Turns that are written another way once a turn follows."""


class _Remembering(Template):
    """A template that writes each beginning of a twin once, however many questions are about it."""

    def __init__(self, template: Template) -> None:
        self.__dict__.update(template.__dict__)
        self._texts: dict[tuple[int, int, bool, bool], str] = {}

    def render(self, row: ChatRow, upto: int | None = None, *, prompt: bool = False, with_marks: bool = False) -> str:
        key = (id(row), len(row.messages) if upto is None else upto, prompt, with_marks)
        if key not in self._texts:
            self._texts[key] = super().render(row, upto, prompt=prompt, with_marks=with_marks)
        return self._texts[key]


def gather(template: Template, twin: Twin, *, by_marks: bool) -> Evidence:
    """Write the twin, and say what became of each word."""
    template = _Remembering(template)
    try:
        text = template.render(twin.row)
    except UnusableTemplateError:
        raise
    except UnreadableError:
        return Evidence(is_refused=True)
    where = _positions(text)
    lost = frozenset(n for n, mark in enumerate(twin.marks) if mark.word not in where)
    doubled = frozenset(
        n for n, mark in enumerate(twin.marks) if mark.part in ("key", "arguments") and f'\\"{mark.word}\\"' in text
    )
    as_python = frozenset(n for n, mark in enumerate(twin.marks) if mark.part == "key" and f"'{mark.word}': " in text)
    trained = _Trained(template, twin, text, where, by_marks=by_marks and template.is_marked)
    return Evidence(
        lost=lost,
        doubled=doubled,
        as_python=as_python - doubled,
        printed=tuple(_find_printed(template, twin, text)),
        untrained=trained.untrained - lost,
        endless=trained.endless,
        moved=tuple(_find_moved(template, twin, text)),
    )


def _positions(text: str) -> dict[str, list[int]]:
    """Where each word stands; a call's name may stand again beside its result."""
    where: dict[str, list[int]] = {}
    for found in _WORD.finditer(text):
        where.setdefault(found.group(), []).append(found.start())
    return where


class _Trained:
    """Which words of the trained turns carry loss, and whether the turns' ends do."""

    def __init__(
        self, template: Template, twin: Twin, text: str, where: dict[str, list[int]], *, by_marks: bool
    ) -> None:
        self._template, self._twin, self._text, self._where = template, twin, text, where
        self._marked = _marked_stretches(template.render(twin.row, with_marks=True)) if by_marks else None
        untrained: set[int] = set()
        endless: list[int] = []
        for turn in twin.row.trained_turns()[:MOST_TURNS]:
            numbers = [n for n, mark in enumerate(twin.marks) if mark.turn == turn and mark.word in where]
            self._look(turn, numbers, untrained, endless)
        self.untrained = frozenset(untrained)
        self.endless = tuple(endless)

    def _look(self, turn: int, numbers: list[int], untrained: set[int], endless: list[int]) -> None:
        spans = self._spans(turn)
        if spans is None or not numbers:
            return
        inside = {n: at for n in numbers for at in self._where[self._twin.marks[n].word] if _is_inside(at, spans)}
        # A thought that is shown and not learnt is how reasoning models are made.
        untrained.update(n for n in numbers if n not in inside and self._twin.marks[n].part != "thought")
        last = max(inside.values(), default=None)
        if last is not None and not self._has_end(last, spans):
            endless.append(turn)

    def _spans(self, turn: int) -> list[tuple[int, int]] | None:
        """None: the template cannot be asked, as it does not write a conversation that ends here."""
        if self._marked is not None:
            return self._marked
        try:
            span = span_of(self._template, self._twin.row, turn, self._text)
        except UnusableTemplateError:
            raise
        except UnreadableError:
            return None
        return [(span.start, span.end)]

    def _has_end(self, last: int, spans: list[tuple[int, int]]) -> bool:
        end = next(end for start, end in spans if start <= last < end)
        tail = _WORD.sub("", self._text[last:end])
        if self._template.stop_tokens:
            return any(token in tail for token in self._template.stop_tokens)
        eos = self._template.special.get("eos_token")
        return _CONTROL.search(tail) is not None or (eos is not None and eos in tail)


def _is_inside(at: int, spans: list[tuple[int, int]]) -> bool:
    return any(start <= at < end for start, end in spans)


def _marked_stretches(text: str) -> list[tuple[int, int]]:
    """The stretches between the marks, counted in the text without them."""
    stretches, opened = [], None
    for removed, found in enumerate(re.finditer(f"[{TRAINED_FROM}{TRAINED_TO}]", text)):
        at = found.start() - removed
        if found.group() == TRAINED_FROM:
            opened = at
        elif opened is not None:
            stretches.append((opened, at))
            opened = None
    return stretches


def _find_moved(template: Template, twin: Twin, text: str) -> Iterator[int]:
    last = len(twin.row.messages) - 1
    for turn in twin.row.trained_turns()[:MOST_TURNS]:
        if turn == last:
            continue
        try:
            closed = template.render(twin.row, turn + 1)
        except UnusableTemplateError:
            raise
        except UnreadableError:
            continue
        words = [found.end() for found in _WORD.finditer(closed)]
        if words and shared_length(closed, text) < words[-1]:
            yield turn


def _find_printed(template: Template, twin: Twin, text: str) -> Iterator[tuple[int, str]]:
    """Write the twin again with another value in an odd place, and read what stood there before."""
    others: list[ChatRow] = []
    for number, odd in enumerate(twin.odd):
        try:
            changed = _with(twin.row, odd.path, "" if odd.is_content else "qx999999zk")
            others.append(changed)  # kept, so that no other row gets its identity
            other = template.render(changed)
        except UnusableTemplateError:
            raise
        except UnreadableError:
            continue
        if literal := _literal(text, other, is_content=odd.is_content):
            yield number, literal


def _literal(text: str, other: str, *, is_content: bool) -> str | None:
    """What stands in a text where the other has something else, when it is a value's name in a program."""
    start = shared_length(text, other)
    rest, rest_of_other = text[start:], other[start:]
    end = shared_length(rest[::-1], rest_of_other[::-1])
    stood = rest[: len(rest) - end].strip().strip('"')
    # JSON's own words are right inside arguments, and Python's are wrong everywhere.
    wrong = _LITERALS if is_content else ("None", "True", "False")
    return stood if stood in wrong else None


def _with(row: ChatRow, path: tuple[str | int, ...], value: Json) -> ChatRow:
    """The row with another value at a path."""
    messages = msgspec.json.decode(msgspec.json.encode(row.messages))
    place = messages
    for step in path[1:-1]:
        place = place[step]
    place[path[-1]] = value
    return ChatRow(tuple(messages), row.tools, row.style)
