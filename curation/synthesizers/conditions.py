"""What descriptions say of arguments together: needed unless another is given, for one method alone, one or the other.

A schema seldom says it in keywords, but people who write tools say it in a few phrases that come back everywhere.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from functools import lru_cache
from typing import Literal, NamedTuple

from curation.model.definition import Definition, Tool
from curation.model.values import Json
from curation.synthesizers.choices import choices_of, options_in
from curation.synthesizers.wordings import parameters_of, required_of

_SENTENCE = re.compile(r"(?<=[.!?;])\s+|\n|\s[—–]\s")
_NEEDED = re.compile(r"(?i)\brequired\b")
_EXCEPT = re.compile(r"(?i)\b(?:except|other than|but)\b")
_EITHER = r"\b(?:provide|give|use|specify) either\b.*\bor\b|\beither\b.*\bor\b.*\b(?:should|must|has to|needs to)\b"
_UNLESS = re.compile(rf"(?i)\brequired unless\b|\bat least one of\b|{_EITHER}")
_ALONE = re.compile(
    r"(?i)\bonly (?:used|valid|for|with|when|in|applies)\b|\b(?:used|use|valid) (?:only )?(?:with|when|for)\b"
    r"|\bused only\b|\b(?:optional|allowed) (?:for|with|in)\b|\balso accepted by\b|^for \S+, provide\b"
)
_APART = re.compile(
    r"(?i)\bcannot be (?:combined|used|set|given) (?:together )?with\b|\bmutually exclusive\b|\bnot both\b"
    rf"|{_EITHER}|\bignored (?:when|if) \S+ (?:is|=) ?`?true\b"
)
_TOGETHER = re.compile(r"(?i)\bif (?:provided|given|set|used) with\b|\bmust be (?:used|provided|given|combined) with\b")
_IS_TRUE = re.compile(r"(?i)\b(?:is|=) ?`?true\b")
_ONE_OF = re.compile(r"(?i)\bexactly one\b(.*?)(?:\.(?:\s|$)|$)", re.DOTALL)
_QUOTED = re.compile(r"['\"`](\w+)['\"`]")

NARROWED = "narrowed"
"""Marks a schema of which only some values go with what is given."""

Kind = Literal["needed", "needed_without", "alone", "apart"]


class Condition(NamedTuple):
    """What one argument has to do with another."""

    name: str
    kind: Kind
    """`needed`: to be given where the other has one of these values; `needed_without`: where the other is not given;
    `alone`: to be given only there; `apart`: never to be given there."""
    other: str
    values: frozenset[str] | None = None
    """Values of the other, as text; any value where there are none."""

    def is_met(self, arguments: Mapping[str, Json]) -> bool:
        """Whether the other is as this speaks of."""
        if self.other not in arguments:
            return False
        return self.values is None or _as_text(arguments[self.other]) in self.values


def conditions_of(tool: Tool) -> tuple[Condition, ...]:
    """All that a tool's descriptions say of its arguments together."""
    return _conditions_of(tool.definition)


@lru_cache(maxsize=4096)
def _conditions_of(definition: Definition) -> tuple[Condition, ...]:
    tool = Tool(definition)
    choices = _choices(tool)
    found = dict.fromkeys(
        one
        for name, schema in parameters_of(tool).items()
        if name not in required_of(tool)
        for sentence in _SENTENCE.split(_described(schema))
        for one in _read(name, sentence, tool, choices)
    )
    return tuple(dict.fromkeys((*found, *_by_options(tool, choices))))


def is_barred(tool: Tool, name: str, arguments: Mapping[str, Json]) -> bool:
    """Whether an optional argument may not stand beside the others; what is given first stays."""
    if name in required_of(tool):
        return False
    own = [one for one in conditions_of(tool) if one.name == name]
    alone = [one for one in own if one.kind == "alone"]
    for other in {one.other for one in alone}:
        if not any(one.is_met(arguments) for one in alone if one.other == other):
            return True
    met = (one for one in own if one.kind == "apart" and one.is_met(arguments))
    spoken_of = (one for one in conditions_of(tool) if one.kind == "apart" and one.other == name and one.values is None)
    return any(met) or any(one.name in arguments for one in spoken_of)


def is_needed(tool: Tool, name: str, arguments: Mapping[str, Json]) -> bool:
    """Whether an argument must be given beside the others."""
    own = [one for one in conditions_of(tool) if one.name == name]
    if any(one.kind == "needed" and one.is_met(arguments) for one in own):
        return True
    without = [one for one in own if one.kind == "needed_without"]
    return bool(without) and not any(one.other in arguments for one in without)


class Plan(NamedTuple):
    """Optional arguments to give, and the values that those which decide about them may have."""

    chosen: tuple[str, ...]
    """The ones that matter most first."""
    values: Mapping[str, frozenset[str]]

    def narrow(self, name: str, schema: Json) -> Json:
        """An argument's schema with only the values that go with what is given."""
        if name not in self.values or not isinstance(schema, dict):
            return schema
        fitting = [one for one in choices_of(schema) if one in self.values[name]]
        return {**schema, "enum": fitting, NARROWED: True}


def plan_choices(tool: Tool, chosen: Sequence[str]) -> Plan:
    """The chosen arguments that go together, with what else they take."""
    values: dict[str, frozenset[str]] = {}
    taken: dict[str, None] = {}
    for name in chosen:
        wanted = _wanted_by(tool, name)
        joint = {other: fitting & values.get(other, fitting) for other, fitting in wanted.items()}
        if all(joint.values()):
            values |= joint
            taken |= dict.fromkeys((name, *(other for other in wanted if other not in required_of(tool))))
    return Plan(tuple(taken), values)


def _wanted_by(tool: Tool, name: str) -> dict[str, frozenset[str]]:
    """The arguments that decide whether another may be given, each with the values that it may be given with."""
    wanted: dict[str, frozenset[str]] = {}
    for one in conditions_of(tool):
        if one.name == name and one.kind == "alone" and one.values is not None:
            wanted[one.other] = wanted.get(one.other, frozenset()) | one.values
    deeper = [_wanted_by(tool, other) for other in wanted if other not in required_of(tool)]
    return {key: fitting for known in (*deeper, wanted) for key, fitting in known.items()}


def plan_needed(tool: Tool, arguments: Mapping[str, Json]) -> Iterator[str]:
    """The arguments that have to be given beside these, one by one; each is looked for among those given by then."""
    for _ in range(2):
        for name in parameters_of(tool):
            if name not in arguments and is_needed(tool, name, arguments) and not is_barred(tool, name, arguments):
                yield name


def are_kept(tool: Tool, arguments: Mapping[str, Json]) -> bool:
    """Whether arguments go with each other as the descriptions say."""
    rest = {name: {key: value for key, value in arguments.items() if key != name} for name in arguments}
    if any(is_barred(tool, name, rest[name]) for name in arguments):
        return False
    missing = [name for name in parameters_of(tool) if name not in arguments]
    return not any(is_needed(tool, name, arguments) and not is_barred(tool, name, arguments) for name in missing)


def one_of_these(described: str) -> tuple[str, ...]:
    """The members of a record of which exactly one is given, as a description says."""
    found = _ONE_OF.search(described)
    return tuple(dict.fromkeys(_QUOTED.findall(found.group(1)))) if found else ()


def named_in(described: str) -> tuple[str, ...]:
    """The members that a description speaks of by name."""
    return tuple(dict.fromkeys(_QUOTED.findall(described)))


def _choices(tool: Tool) -> dict[str, tuple[str, ...]]:
    """Parameter → its fixed values."""
    listed = {name: choices_of(schema) for name, schema in parameters_of(tool).items()}
    return {name: tuple(one for one in found if isinstance(one, str)) for name, found in listed.items() if found}


def _described(schema: Json) -> str:
    told = schema.get("description") if isinstance(schema, dict) else None
    return told if isinstance(told, str) else ""


def _read(name: str, sentence: str, tool: Tool, choices: Mapping[str, tuple[str, ...]]) -> Iterator[Condition]:
    """The conditions that one sentence about an argument says."""
    others = [other for other in parameters_of(tool) if other != name and _speaks_of(sentence, other)]
    yield from _of_values(name, sentence, others, choices)
    for other in others:
        if _UNLESS.search(sentence):
            yield Condition(name, "needed_without", other)
        if _TOGETHER.search(sentence):
            yield Condition(name, "needed", other)
        if _APART.search(sentence):
            is_switch = _IS_TRUE.search(sentence) is not None
            yield Condition(name, "apart", other, frozenset({"true"}) if is_switch else None)


def _of_values(
    name: str, sentence: str, others: list[str], choices: Mapping[str, tuple[str, ...]]
) -> Iterator[Condition]:
    """ "Required for 'run_workflow' method": needed with that value, and out of place with any other."""
    is_needed_here, is_alone = _NEEDED.search(sentence) is not None, _ALONE.search(sentence) is not None
    if not is_needed_here and not is_alone:
        return
    for other, known in choices.items():
        if other == name:
            continue
        named = frozenset(one for one in known if _speaks_of(sentence, one))
        is_meant = other in others or "_" in "".join(named) or _is_quoted(sentence, named)
        if not named or not is_meant:
            continue
        fitting = frozenset(known) - named if _EXCEPT.search(sentence) else named
        yield from (Condition(name, "alone", other, frozenset({one})) for one in sorted(fitting))
        # "Required when is_suggestion is true and state_reason is 'duplicate'" takes both.
        if is_needed_here and len(others) <= 1:
            yield Condition(name, "needed", other, _needed_values(sentence, fitting))


def _needed_values(sentence: str, fitting: frozenset[str]) -> frozenset[str]:
    """ "Required for 'create', optional for 'update'": needed with the first alone."""
    before = re.split(r"(?i)\boptional\b", sentence)[0]
    return frozenset(one for one in fitting if _speaks_of(before, one)) or fitting


def _by_options(tool: Tool, choices: Mapping[str, tuple[str, ...]]) -> Iterator[Condition]:
    """Arguments that a list of methods names beside one of them, as in "- 'reprioritize' - use 'after_id'"."""
    told = {name: _described(schema) for name, schema in parameters_of(tool).items()}
    whole = tool.definition.view.description or ""
    for other, known in choices.items():
        options = {one: said for one, said in options_in(f"{told[other]}\n{whole}").items() if one in known}
        for name in parameters_of(tool):
            naming = [one for one, said in options.items() if name != other and _is_quoted(said, (name,))]
            for one in naming:
                yield Condition(name, "alone", other, frozenset({one}))
                if re.search(rf"(?i)\brequires? (?:only )?[`'\"]{re.escape(name)}[`'\"]", options[one]):
                    yield Condition(name, "needed", other, frozenset({one}))


def _speaks_of(sentence: str, word: str) -> bool:
    return re.search(rf"(?<![\w-]){re.escape(word)}(?![\w-])", sentence) is not None


def _is_quoted(sentence: str, words: frozenset[str] | tuple[str, ...]) -> bool:
    return any(re.search(rf"['\"`]{re.escape(word)}['\"`]", sentence) for word in words)


def _as_text(value: Json) -> str:
    return "true" if value is True else "false" if value is False else str(value)
