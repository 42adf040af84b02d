"""A mocked world with state: what a call makes is found by a later one, what it removes is gone.

It does two things with the same rules. `run` answers a call as a tool would. `take` is given the answer a conversation
holds and says what in it cannot be: ids that are not echoed, things that come back or are lost, a deed done twice, two
results that disagree. Of tools nobody has described only that is judged which any tool must keep to.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping
from random import Random
from typing import NamedTuple

import msgspec

from curation.execution.failures import explain_arguments, failures_of
from curation.execution.mocks import list_answers, mock_value
from curation.execution.things import (
    Field,
    Name,
    Thing,
    are_same,
    is_passing,
    names_in,
    noun_of,
    records_in,
    scalars_of,
    subject_of,
    tells_removal,
)
from curation.model.definition import SideEffect, Tool
from curation.model.values import Json
from curation.rules.effects import WRITES, guess_effect, listed, verbs, words_of
from curation.rules.outcome import Outcome, has_failed, outcome_of
from curation.schemas import compile_schema

_DRAWS = 8
_REFUSED = "Invalid arguments"
_NOT_THERE = re.compile(
    r"not found|no such|does(?: not|n['’]t) exist|nothing was found|\bno \w+ (?:has|with|under|exists)\b"
    r"|nicht gefunden|找不到",
    re.IGNORECASE,
)
_BRINGS_BACK = frozenset({"restore", "undo", "reopen", "reactivate", "recreate", "create", "add", "undelete", "renew"})
_REMOVES = listed(
    "delete remove cancel drop destroy erase wipe purge terminate revoke uninstall deactivate close archive void"
)
_MAKES = listed("open request register file raise report start make new generate log leave write upload apply claim")
"""Verbs that begin a new thing, beside those that may not be done twice for that reason."""
_HOW_CLOSELY = frozenset({"verbose", "detail", "details", "detailed", "pretty"})
"""Words in the names of arguments that say how much is shown of a thing, and not what."""
_NAMESPACED = 3
"""A verb stands among so many first words of a name."""


Draw = Callable[[Tool, dict[str, Json], int], Json]
"""What a tool may answer a call with, each attempt something else; the world makes it fit what is known."""


class Clash(NamedTuple):
    """What in a result cannot be: a short code, and a sentence."""

    reason: str
    told: str


class _Done(NamedTuple):
    """One deed that was done."""

    tool: str
    arguments: dict[str, Json]
    subject: Name | None


class World:
    """The state behind the tools of one conversation."""

    def __init__(self, tools: Mapping[str, Tool], seed: int = 0, draw: Draw | None = None) -> None:
        self._tools = tools
        self._seed = seed
        self._draw_one = draw or self._mock
        self._things: dict[Name, Thing] = {}
        self._shown: dict[Name | None, dict[str, Json]] = {}
        """Thing → the whole record that was shown of it last, with lists and records in it."""
        self._seen: dict[str, tuple[str, int]] = {}
        """Call → its last answer, and the number of deeds done before it."""
        self._deeds: list[_Done] = []

    def effect_of(self, name: str) -> SideEffect | None:
        """What a tool does, as its team says or as its name tells."""
        tool = self._tools.get(name)
        return (tool.side_effect if tool else None) or guess_effect(name)

    @property
    def state(self) -> dict[str, Json]:
        """What was changed, as plain values: every deed with how often it was done, and what that made of things.

        Looking changes nothing, so two worlds that were only looked at in different ways are in the same state.
        """
        changed = {f"{name.kind} {name.id}": self._changed(thing) for name, thing in sorted(self._things.items())}
        return {
            "deeds": sorted(_call(done.tool, done.arguments) for done in self._deeds),
            "things": {name: fields for name, fields in changed.items() if fields},
        }

    def _changed(self, thing: Thing) -> dict[str, Json]:
        told = {key: one.value for key, one in sorted(thing.fields.items()) if self._changes(one.tool)}
        return ({"removed": True} if thing.is_removed else {}) | {k: v for k, v in told.items() if not is_passing(k)}

    # Answering

    def run(self, name: str, arguments: dict[str, Json]) -> str:
        """What the tool answers, as JSON text; the world is changed by it."""
        text = self._answer(self._tools[name], arguments)
        self.take(name, arguments, text)
        return text

    def _answer(self, tool: Tool, arguments: dict[str, Json]) -> str:
        refused = explain_arguments(tool, arguments)
        if refused is not None:
            return _write({"error": refused})
        again = self._seen.get(_call(tool.name, arguments))
        if again is not None and again[1] == len(self._deeds) and not has_failed(again[0]):
            return again[0]
        thing = self._thing_of(tool.name, arguments)
        if thing is not None and thing.is_removed and not _brings_back(tool.name):
            return _write({"error": failures_of(tool, "permanent")[0].message})
        sample = next((one.text for one in list_answers(tool, arguments, 0) if one.is_match), None)
        return sample if sample is not None else _write(self._draw(tool, arguments, thing))

    def _draw(self, tool: Tool, arguments: dict[str, Json], thing: Thing | None) -> Json:
        """A result that fits its schema and everything that is known already; a deed's own values are the newest."""
        compiled = compile_schema(tool.result_schema or "{}")
        before = self._known_of(tool, arguments, thing)
        known = before | arguments if self._changes(tool.name) else arguments | before
        drawn: Json = None
        for attempt in range(_DRAWS):
            drawn = self._draw_one(tool, arguments, attempt)
            if isinstance(drawn, dict):
                fitted = {key: known.get(key, value) for key, value in drawn.items()}
                drawn = drawn if compiled.errors(fitted) else fitted
            if self._clash_of(tool.name, arguments, drawn) is None and not has_failed(_write(drawn)):
                break
        return drawn

    def _known_of(self, tool: Tool, arguments: dict[str, Json], thing: Thing | None) -> dict[str, Json]:
        """What was shown of a thing before; a deed may lead to another state than the one it was in."""
        if thing is None:
            return {}
        whole = self._shown.get(self._subject(tool.name, arguments), {})
        before = whole | {key: field.value for key, field in thing.fields.items()}
        return {key: value for key, value in before.items() if not (self._changes(tool.name) and is_passing(key))}

    def _mock(self, tool: Tool, arguments: dict[str, Json], attempt: int) -> Json:
        # Who looks more closely at the same thing sees the same thing; another month or page is another look.
        looked_at = {name: value for name, value in arguments.items() if not _HOW_CLOSELY & set(words_of(name))}
        seen = _call(tool.name, arguments if self._changes(tool.name) else looked_at)
        return mock_value(tool, Random(f"{self._seed}/{attempt}/{seen}"))

    # Taking in

    def take(self, name: str, arguments: dict[str, Json], answer: str) -> Clash | None:
        """Take in a call with its answer; what cannot be is told, and taken in all the same."""
        outcome = outcome_of(answer)
        if outcome.failed:
            clash = self._clash_of_failure(name, arguments, answer)
            self._seen[_call(name, arguments)] = (answer, len(self._deeds))
            return clash
        clash = self._clash_of_success(name, arguments, answer, outcome)
        self._learn(name, arguments, outcome.value)
        self._seen[_call(name, arguments)] = (answer, len(self._deeds))
        return clash

    def _clash_of_failure(self, name: str, arguments: dict[str, Json], answer: str) -> Clash | None:
        tool = self._tools.get(name)
        if _REFUSED in answer and tool is not None and explain_arguments(tool, arguments) is None:
            return Clash("refused_valid", f"`{name}` calls its arguments invalid, yet they fit its schema.")
        thing = self._thing_of(name, arguments)
        is_missing = _NOT_THERE.search(answer) is not None
        if is_missing and thing is not None and thing.is_known and not thing.is_removed:
            told = f"`{name}` does not find a thing that an earlier result shows; let it find it, or choose another id."
            return Clash("lost", told)
        return None

    def _clash_of_success(self, name: str, arguments: dict[str, Json], answer: str, outcome: Outcome) -> Clash | None:
        tool = self._tools.get(name)
        if tool is not None and (why := explain_arguments(tool, arguments)) is not None:
            return Clash("ran_invalid", f"`{name}` succeeds although it would have answered: {why}")
        if tool is not None and tool.result_schema and outcome.is_json:
            errors = compile_schema(tool.result_schema).errors(outcome.value)
            if errors:
                told = f"The result of `{name}` does not fit its schema: {errors[0].pointer} {errors[0].message}."
                return Clash("result_schema", told)
        return self._clash_of_repeat(name, arguments, answer, outcome) or self._clash_of(name, arguments, outcome.value)

    def _clash_of_repeat(self, name: str, arguments: dict[str, Json], answer: str, outcome: Outcome) -> Clash | None:
        """The same call once more: a deed is done twice, a look shows the same."""
        effect, tool = self.effect_of(name), self._tools.get(name)
        if effect in WRITES:
            if self._is_done(name, arguments) and not (tool is not None and tool.idempotent):
                return Clash("done_twice", f"`{name}` is done twice with the same arguments; once was asked for.")
            return None
        before = self._seen.get(_call(name, arguments))
        if effect != "read" or before is None or before[1] != len(self._deeds) or before[0] == answer:
            return None
        earlier = outcome_of(before[0])
        if earlier.failed or not _differ(earlier.value, outcome.value):
            return None
        told = f"`{name}` is asked the same twice and answers differently, though nothing was changed in between."
        return Clash("changed_unasked", told)

    def _is_done(self, name: str, arguments: dict[str, Json]) -> bool:
        """Whether a deed stands as it was done: `set to Y, to Z, to Y` has a cause for its second Y."""
        deed = _Done(name, arguments, self._subject(name, arguments))
        for done in reversed(self._deeds):
            if (done.tool, _call(*done[:2])) == (name, _call(name, arguments)):
                return True
            if _undoes(done, deed):
                return False
        return False

    def _clash_of(self, name: str, arguments: dict[str, Json], value: Json) -> Clash | None:
        if isinstance(value, dict):
            echo = _clash_of_echo(name, arguments, value)
            if echo is not None:
                return echo
        thing = self._thing_of(name, arguments)
        if thing is not None and thing.is_removed and not _brings_back(name):
            if self._changes(name):
                return Clash("acts_on_removed", f"`{name}` succeeds on a thing that was removed before.")
            if not tells_removal(value):
                return Clash("still_there", f"`{name}` shows a thing as it was, although it was removed before.")
        return self._clash_of_fields(name, arguments, value)

    def _clash_of_fields(self, name: str, arguments: dict[str, Json], value: Json) -> Clash | None:
        """What a look says of a thing against what was said of it before; a deed may make anything of its thing."""
        if self._changes(name):
            return None
        said = list(records_in(value, name))
        subject = self._subject(name, arguments)
        if subject is not None and isinstance(value, dict):
            said.append((subject, scalars_of(value)))
        for named, fields in said:
            thing = self._things.get(named)
            for key, one in fields.items() if thing is not None else ():
                before = thing.fields.get(key) if thing is not None else None
                if before is None or is_passing(key) or are_same(one, before.value):
                    continue
                if self._is_same_look(key, name, arguments, before) and self._mean_the_same(key, name, before.tool):
                    told = (
                        f"The result of `{name}` says {key} {_write(one)} of {named.kind} {named.id}, "
                        f"but before it was {_write(before.value)}; let both say the same."
                    )
                    return Clash("contradicts", told)
        return None

    def _is_same_look(self, key: str, name: str, arguments: Mapping[str, Json], before: Field) -> bool:
        """Whether a field would be the same as before: of another day or page, and where it echoes one, it need not."""
        if key in arguments:
            return False
        if self._changes(before.tool):
            return True
        return key not in before.arguments and _ask_the_same(
            arguments, before.arguments, is_same_tool=name == before.tool
        )

    def _mean_the_same(self, key: str, name: str, other: str) -> bool:
        """Whether a field of two tools is the same fact: not where both describe it and describe it differently."""
        mine, theirs = self._property(name, key), self._property(other, key)
        return name == other or mine is None or theirs is None or mine == theirs

    def _property(self, name: str, key: str) -> Json:
        """How a tool describes a field of its result; None where it does not."""
        tool = self._tools.get(name)
        try:
            schema = msgspec.json.decode(tool.result_schema) if tool is not None and tool.result_schema else None
        except msgspec.DecodeError:
            return None
        properties = schema.get("properties") if isinstance(schema, dict) else None
        return properties.get(key) if isinstance(properties, dict) else None

    def _learn(self, name: str, arguments: dict[str, Json], value: Json) -> None:
        effect = self.effect_of(name)
        subject = self._subject(name, arguments)
        if self._changes(name):
            self._deeds.append(_Done(name, arguments, subject))
        if subject is None and effect == "write" and isinstance(value, dict):
            # What was made has its id from the result, and what it was made with from the call.
            subject = subject_of(value, name)
        if subject is not None:
            removes = self._removes(name, subject, value)
            given = arguments if self._changes(name) and not removes else {}
            self._tell(subject, _fields(given, name, arguments), overrides=True)
            if isinstance(value, dict):
                self._shown[subject] = self._shown.get(subject, {}) | value
                self._tell(subject, _fields(scalars_of(value), name, arguments), overrides=effect != "read")
            self._things[subject].is_removed = removes
        for named, told in records_in(value, name):
            self._tell(named, _fields(told, name, arguments), overrides=self._changes(name))

    def _tell(self, named: Name, fields: dict[str, Field], *, overrides: bool) -> None:
        thing = self._things.setdefault(named, Thing())
        thing.is_known = True
        thing.fields = thing.fields | fields if overrides else fields | thing.fields

    def _thing_of(self, name: str, arguments: dict[str, Json]) -> Thing | None:
        subject = self._subject(name, arguments)
        return self._things.get(subject) if subject is not None else None

    def _subject(self, name: str, arguments: Mapping[str, Json]) -> Name | None:
        """What a call is about; a call that makes something is about nothing yet."""
        subject = subject_of(arguments, name)
        # `create_refund(order_id)` makes a refund: the order stays what it is. `update_order_address` makes nothing.
        is_other = subject is not None and noun_of(name) not in ("", subject.kind)
        return None if is_other and self._changes(name) and _makes(name) else subject

    def _changes(self, name: str) -> bool:
        return self.effect_of(name) in WRITES

    def _removes(self, name: str, subject: Name, value: Json) -> bool:
        """Whether a deed took its subject out of the world: not whatever cannot be undone does."""
        if self.effect_of(name) != "destructive" or _brings_back(name) or noun_of(name) not in ("", subject.kind):
            return False
        return _begins_with(name, _REMOVES) or (bool(value) and tells_removal(value))


def _fields(told: Mapping[str, Json], tool: str, arguments: Mapping[str, Json]) -> dict[str, Field]:
    """What a call says of a thing, with the call that says it."""
    return {key: Field(value, tool, arguments) for key, value in told.items()}


def _ask_the_same(one: Mapping[str, Json], other: Mapping[str, Json], *, is_same_tool: bool) -> bool:
    """Whether two looks ask for the same; two tools are called differently, and may only not disagree."""
    shared = one.keys() & other.keys()
    alone = {key for key in one.keys() ^ other.keys() if not _HOW_CLOSELY & set(words_of(key))} if is_same_tool else ()
    asked = (key for key in shared if not _HOW_CLOSELY & set(words_of(key)))
    return not alone and all(are_same(one[key], other[key]) for key in asked)


def _clash_of_echo(name: str, arguments: Mapping[str, Json], value: Mapping[str, Json]) -> Clash | None:
    """An id that was asked about must be the one that is answered about."""
    answered = names_in(value, name)
    for key, asked in names_in(arguments, name).items():
        if key in answered and answered[key].id != asked.id:
            told = f"`{name}` was called with {key} {_write(arguments[key])} and answers {key} {_write(value[key])}."
            return Clash("echo", told)
    return None


def _undoes(done: _Done, deed: _Done) -> bool:
    """Whether a deed may have taken another one back: the same thing got another value, or another tool changed it."""
    if done.subject != deed.subject or (done.tool == deed.tool and _makes(deed.tool)):
        return False
    if done.tool != deed.tool:
        is_same_noun = noun_of(done.tool) == noun_of(deed.tool) != ""
        return deed.subject is not None or (is_same_noun and done.arguments == deed.arguments)
    shared = done.arguments.keys() & deed.arguments.keys()
    n_other = sum(not are_same(done.arguments[key], deed.arguments[key]) for key in shared)
    # Where no id names the thing, what else is the same has to: `set(name=a, to=2)` says nothing of `b`.
    return bool(n_other) and (deed.subject is not None or n_other < len(shared) or len(shared) == 1)


def _differ(one: Json, other: Json) -> bool:
    """Whether two answers disagree in more than what passes by itself."""
    if isinstance(one, dict) and isinstance(other, dict):
        shared = [key for key in one.keys() & other.keys() if not is_passing(key)]
        return any(_differ(one[key], other[key]) for key in shared)
    if isinstance(one, list) and isinstance(other, list):
        return len(one) != len(other) or any(_differ(a, b) for a, b in zip(one, other, strict=True))
    return not are_same(one, other)


def _brings_back(name: str) -> bool:
    return _begins_with(name, _BRINGS_BACK)


def _makes(name: str) -> bool:
    return _begins_with(name, _MAKES | verbs().repeats_harm)


def _begins_with(name: str, known: frozenset[str]) -> bool:
    """Whether the verb of a name is one of these; a namespace may stand before it."""
    return next((word in known for word in words_of(name)[:_NAMESPACED] if word in known | verbs().all), False)


def _call(name: str, arguments: Json) -> str:
    return f"{name} {json.dumps(arguments, sort_keys=True, ensure_ascii=False)}"


def _write(value: Json) -> str:
    return msgspec.json.encode(value).decode()
