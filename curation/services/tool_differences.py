"""What differs between two revisions of a tool, in sentences; names stand in backticks."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

import msgspec

from curation.migrations import match_renamed
from curation.model.definition import Tool
from curation.model.values import Json

MOST_CHARACTERS = 60
_MEANINGS = {
    "side_effect": "the side effect has changed",
    "idempotent": "whether it is idempotent has changed",
    "idempotency_parameter": "the parameter that marks a repeat has changed",
    "policy": "the policy has changed",
    "result_schema": "the schema of the result has changed",
    "errors": "the errors it can return have changed",
    "execution": "how a call runs has changed",
    "samples": "the sample calls have changed",
}
_DESCRIBED = ("properties", "required", "items")
"""Keywords with sentences of their own."""


class ToolChange(msgspec.Struct, frozen=True):
    """What became of one tool between two versions of a catalogue."""

    name: str
    kind: str
    """added, removed or changed"""
    sentences: tuple[str, ...] = ()


def compare_catalogues(before: Sequence[Tool], after: Sequence[Tool]) -> tuple[ToolChange, ...]:
    """Tool by tool, by name; tools that say the same are left out."""
    old, new = ({tool.name: tool for tool in tools} for tools in (before, after))
    renamed = _renamed_tools(old, new)
    found = []
    for name in dict.fromkeys([*new, *old]):
        if name in renamed:
            found.append(ToolChange(name, "changed", compare_tools(old[renamed[name]], new[name])))
        elif name in renamed.values():
            continue
        elif name not in old:
            found.append(ToolChange(name, "added"))
        elif name not in new:
            found.append(ToolChange(name, "removed"))
        elif old[name] != new[name]:
            found.append(ToolChange(name, "changed", compare_tools(old[name], new[name])))
    return tuple(found)


def _renamed_tools(old: Mapping[str, Tool], new: Mapping[str, Tool]) -> dict[str, str]:
    """New name → old name of tools that take and say the same under another name."""
    gone = {_but_name(tool): name for name, tool in old.items() if name not in new and _takes_anything(tool)}
    found = {name: gone.pop(_but_name(tool), "") for name, tool in new.items() if name not in old}
    return {name: was for name, was in found.items() if was}


def _takes_anything(tool: Tool) -> bool:
    return bool(_object(tool.definition.view.parameters).get("properties"))


def _but_name(tool: Tool) -> str:
    view = tool.definition.view
    return msgspec.json.encode([view.description, view.parameters], order="sorted").decode()


def compare_tools(before: Tool, after: Tool) -> tuple[str, ...]:
    """Parameters first, then the words, then what a model does not see."""
    old, new = before.definition.view, after.definition.view
    found = list(_compare_schemas(_object(old.parameters), _object(new.parameters), ""))
    if old.description != new.description:
        found.append("the description has changed")
    found += [words for name, words in _MEANINGS.items() if getattr(before, name) != getattr(after, name)]
    if before.name != after.name:
        found.append(f"it was called `{before.name}`")
    return tuple(found) or ("the definition is written differently",)


def _compare_schemas(old: Mapping[str, Json], new: Mapping[str, Json], label: str) -> Iterator[str]:
    """One schema and everything inside it."""
    yield from _compare_keywords(old, new, label or "the parameters")
    yield from _compare_properties(old, new, label)
    if "items" in old or "items" in new:
        yield from _compare_schemas(_object(old.get("items")), _object(new.get("items")), f"{label}[]")


def _compare_properties(old: Mapping[str, Json], new: Mapping[str, Json], label: str) -> Iterator[str]:
    before, after = _object(old.get("properties")), _object(new.get("properties"))
    was, now = _names(old.get("required")), _names(new.get("required"))
    renamed = {new_name: old_name for old_name, new_name in match_renamed(before, after).items()}
    for key in dict.fromkeys([*after, *before]):
        name = f"{label}.{key}" if label else key
        if key in renamed.values():
            continue
        if key in renamed:
            yield (
                f"`{label}.{renamed[key]}` is called `{name}` now"
                if label
                else f"`{renamed[key]}` is called `{name}` now"
            )
            yield from _compare_schemas(_object(before[renamed[key]]), _object(after[key]), name)
        elif key not in before:
            yield f"`{name}` is new and {'required' if key in now else 'optional'}"
        elif key not in after:
            yield f"`{name}` is gone"
        else:
            if (key in was) is not (key in now):
                yield f"`{name}` is now {'required' if key in now else 'optional'}"
            yield from _compare_schemas(_object(before[key]), _object(after[key]), name)


def _compare_keywords(old: Mapping[str, Json], new: Mapping[str, Json], label: str) -> Iterator[str]:
    place = label if label == "the parameters" else f"`{label}`"
    for keyword in dict.fromkeys([*new, *old]):
        if keyword in _DESCRIBED or (keyword in old and keyword in new and old[keyword] == new[keyword]):
            continue
        if keyword == "description":
            yield f"the description of {place} has changed"
        elif keyword == "enum":
            yield from _compare_choices(old.get("enum"), new.get("enum"), place)
        elif keyword not in new:
            yield f"{place}: `{keyword}` is gone"
        elif keyword not in old:
            yield f"{place}: `{keyword}` is {_short(new[keyword])}"
        else:
            yield f"{place}: `{keyword}` was {_short(old[keyword])}, is {_short(new[keyword])}"


def _compare_choices(old: Json, new: Json, place: str) -> Iterator[str]:
    before, after = (list(values) if isinstance(values, list) else [] for values in (old, new))
    added = [one for one in after if one not in before]
    gone = [one for one in before if one not in after]
    if added:
        yield f"{place} also takes {', '.join(map(_short, added))}"
    if gone:
        yield f"{place} no longer takes {', '.join(map(_short, gone))}"
    if not added and not gone:
        yield f"the values of {place} stand in another order"


def _short(value: Json) -> str:
    text = msgspec.json.encode(value).decode()
    return text if len(text) <= MOST_CHARACTERS else text[: MOST_CHARACTERS - 1] + "…"


def _object(value: Json) -> dict[str, Json]:
    return value if isinstance(value, dict) else {}


def _names(value: Json) -> set[str]:
    return {one for one in value if isinstance(one, str)} if isinstance(value, list) else set()
