"""Two people changed one example: what only one of them touched is taken over, the rest is a clash to decide.

Pure. With `b` the text both began from: merge(b, a, b) is a, merge(b, b, a) is a, merge(b, a, a) is a, and none of
the three has a clash. A turn is compared field by field, and arguments key by key, in their exact text.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any, Literal, TypeVar

import msgspec

from curation.model.example import Call, Example, Label, Message
from curation.model.finding import Fix
from curation.model.values import Arguments
from curation.reading.edits import change_of, edit_source
from curation.services.aligning import align
from curation.services.merge_values import (
    has_odd_label,
    is_equal,
    is_odd,
    is_same_call,
    is_same_tool,
    is_same_turn,
    list_added,
    read_members,
    take_undisputed,
    text_of,
    unite,
)

Choice = Literal["mine", "theirs", "both"]
Item = TypeVar("Item")
THREE = 3


class Clash(msgspec.Struct, frozen=True):
    """One place both changed differently. `name` points into the text both began from; a `+` means a gap before it."""

    name: str
    base: str | None
    mine: str | None
    theirs: str | None
    choice: Choice = "theirs"
    can_be_both: bool = False
    """Turns both people added: one may follow the other."""


class Merge(msgspec.Struct, frozen=True):
    """The example with everything undisputed in it, and the clashes as they were decided."""

    example: Example
    clashes: tuple[Clash, ...] = ()


def merge(base: Example, mine: Example, theirs: Example, choices: Mapping[str, Choice] | None = None) -> Merge:
    """Lay two changes of one example together; undecided clashes are decided for what is stored already (theirs)."""
    merging = _Merging(choices or {})
    return Merge(merging.example(base, mine, theirs), tuple(merging.clashes))


class _Merging:
    """One merge under way."""

    def __init__(self, choices: Mapping[str, Choice]) -> None:
        self.clashes: list[Clash] = []
        self._choices = choices

    def example(self, base: Example, mine: Example, theirs: Example) -> Example:
        found = self._whole(base, mine, theirs)
        if found is not None:
            return found
        return Example(
            messages=self._list(
                base.messages, mine.messages, theirs.messages, "/messages", is_same_turn, self._message
            ),
            tools=self._tools(base, mine, theirs),
            tags=unite(base.tags, mine.tags, theirs.tags),
            group=self._value(base.group, mine.group, theirs.group, "/group"),
            waivers=unite(base.waivers, mine.waivers, theirs.waivers),
            acceptable=self._value(base.acceptable, mine.acceptable, theirs.acceptable, "/acceptable"),
            extra=self._members(base.extra, mine.extra, theirs.extra, ""),
        )

    def _whole(self, base: Example, mine: Example, theirs: Example) -> Example | None:
        if any(map(is_odd, (base, mine, theirs))):
            return self._value(base, mine, theirs, "")
        return take_undisputed(base, mine, theirs)

    def _tools(self, base: Example, mine: Example, theirs: Example) -> Any:
        lists = (base.tools, mine.tools, theirs.tools)
        if all(isinstance(one, tuple) for one in lists):
            return self._list(*lists, "/tools", is_same_tool, self._value)  # type: ignore[arg-type]
        return self._value(*lists, "/tools")

    def _message(self, base: Message, mine: Message, theirs: Message, at: str) -> Message:
        if (same := take_undisputed(base, mine, theirs)) is not None:
            return same
        if any(map(is_odd, (base, mine, theirs))):
            return self._value(base, mine, theirs, at)
        names = ("role", "content", "tool_call_id", "name", "weight")
        fields = {name: self._value(*_parts(name, base, mine, theirs), f"{at}/{name}") for name in names}
        extra = self._members(base.extra, mine.extra, theirs.extra, at)
        return Message(
            **fields, calls=self._calls(base, mine, theirs, at), label=self._label(base, mine, theirs, at), extra=extra
        )

    def _calls(self, base: Message, mine: Message, theirs: Message, at: str) -> tuple[Call, ...] | None:
        at = f"{at}/tool_calls"
        if base.calls is None or mine.calls is None or theirs.calls is None:
            return self._value(base.calls, mine.calls, theirs.calls, at)
        return self._list(base.calls, mine.calls, theirs.calls, at, is_same_call, self._call)

    def _label(self, base: Message, mine: Message, theirs: Message, at: str) -> Label | None:
        at = f"{at}/label"
        if base.label is None or mine.label is None or theirs.label is None or has_odd_label(base, mine, theirs):
            return self._value(base.label, mine.label, theirs.label, at)
        names = ("reason", "missing", "recovery", "order", "comparators")
        fields = {
            name: self._value(*_parts(name, base.label, mine.label, theirs.label), f"{at}/{name}") for name in names
        }
        return Label(**fields, extra=self._members(base.label.extra, mine.label.extra, theirs.label.extra, at))

    def _call(self, base: Call, mine: Call, theirs: Call, at: str) -> Call:
        if (same := take_undisputed(base, mine, theirs)) is not None:
            return same
        if any(map(is_odd, (base, mine, theirs))):
            return self._value(base, mine, theirs, at)
        fields = {
            name: self._value(*_parts(name, base, mine, theirs), f"{at}/{where}")
            for name, where in (("id", "id"), ("type", "type"), ("name", "function/name"))
        }
        return Call(
            **fields,
            arguments=self._arguments(base, mine, theirs, f"{at}/function/arguments"),
            extra=self._members(base.extra, mine.extra, theirs.extra, at),
            function_extra=self._members(
                base.function_extra, mine.function_extra, theirs.function_extra, f"{at}/function"
            ),
        )

    def _arguments(self, base: Call, mine: Call, theirs: Call, at: str) -> Any:
        three = (base.arguments, mine.arguments, theirs.arguments)
        if (same := take_undisputed(*three)) is not None:
            return same
        texts = [one.text for one in three if isinstance(one, Arguments)]
        forms = {one.form for one in three if isinstance(one, Arguments)}
        if len(texts) < len(three) or len(forms) > 1 or any(read_members(text) is None for text in texts):
            return self._value(*three, at)
        return Arguments(self._object(texts[0], texts[1], texts[2], at), forms.pop())

    def _object(self, base: str, mine: str, theirs: str, at: str) -> str:
        """Objects by key: my text with their changes put into it."""
        old, own, other = (read_members(text) or {} for text in (base, mine, theirs))
        text = mine
        for key in dict.fromkeys([*other, *old]):
            before, here, there = (members.get(key) for members in (old, own, other))
            merged = self._member(before, here, there, f"{at}/{_escape(key)}")
            if merged != here:
                step = f"/{_escape(key)}"
                text = edit_source(text, step, change_of(Fix("", step, merged)))
        return text

    def _member(self, base: str | None, mine: str | None, theirs: str | None, at: str) -> str | None:
        """A member of an object; one that all three hold as an object is opened."""
        texts = [one for one in (base, mine, theirs) if one is not None and read_members(one) is not None]
        if len(set(texts)) == THREE:
            return self._object(texts[0], texts[1], texts[2], at)
        return self._value(base, mine, theirs, at)

    def _members(
        self, base: Mapping[str, str], mine: Mapping[str, str], theirs: Mapping[str, str], at: str
    ) -> dict[str, str]:
        found = {
            key: self._value(base.get(key), mine.get(key), theirs.get(key), f"{at}/{_escape(key)}")
            for key in dict.fromkeys([*theirs, *mine])
        }
        return {key: text for key, text in found.items() if text is not None}

    def _value(self, base: Item, mine: Item, theirs: Item, at: str) -> Item:
        """One value that is taken as a whole."""
        if is_equal(mine, theirs) or is_equal(mine, base):
            return theirs
        if is_equal(theirs, base):
            return mine
        return mine if self._decide(at, text_of(base), text_of(mine), text_of(theirs)) == "mine" else theirs

    def _decide(
        self, name: str, base: str | None, mine: str | None, theirs: str | None, *, can_be_both: bool = False
    ) -> Choice:
        chosen = self._choices.get(name, "theirs")
        chosen = "theirs" if chosen == "both" and not can_be_both else chosen
        self.clashes.append(Clash(name, base, mine, theirs, chosen, can_be_both))
        return chosen

    def _list(
        self,
        base: Sequence[Item],
        mine: Sequence[Item],
        theirs: Sequence[Item],
        at: str,
        is_same: Callable[[Item, Item], bool],
        merge_item: Callable[[Item, Item, Item, str], Item],
    ) -> tuple[Item, ...]:
        """Element by element along the common beginning of both."""
        own, other = align(base, mine, is_same), align(base, theirs, is_same)
        added, put = list_added(mine, own), list_added(theirs, other)
        out: list[Item] = []
        for i in range(len(base) + 1):
            out += self._gap(added.get(i, []), put.get(i, []), f"{at}/+{i}")
            if i < len(base):
                left = mine[own[i]] if i in own else None
                right = theirs[other[i]] if i in other else None
                out += self._element(base[i], left, right, f"{at}/{i}", merge_item)
        return tuple(out)

    def _element(
        self,
        base: Item,
        mine: Item | None,
        theirs: Item | None,
        at: str,
        merge_item: Callable[[Item, Item, Item, str], Item],
    ) -> list[Item]:
        if mine is not None and theirs is not None:
            return [merge_item(base, mine, theirs, at)]
        kept = self._value(base, mine, theirs, at)
        return [] if kept is None else [kept]

    def _gap(self, mine: list[Item], theirs: list[Item], at: str) -> list[Item]:
        """What was added between two elements."""
        if not mine or not theirs or is_equal(mine, theirs):
            return theirs or mine
        texts = ["\n".join(text_of(one) or "" for one in side) for side in (mine, theirs)]
        match self._decide(at, None, *texts, can_be_both=True):
            case "mine":
                return mine
            case "both":
                return [*theirs, *mine]
        return theirs


def _parts(name: str, *structs: msgspec.Struct) -> tuple[Any, Any, Any]:
    base, mine, theirs = (getattr(one, name) for one in structs)
    return base, mine, theirs


def _escape(key: str) -> str:
    return key.replace("~", "~0").replace("/", "~1")
