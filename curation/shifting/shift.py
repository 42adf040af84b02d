"""A plan made once for a whole split, and one row shifted by it."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from random import Random
from typing import Literal

import msgspec

from curation.migrations import Move, Step, move_example
from curation.model.definition import Definition
from curation.model.example import Example, Message
from curation.model.values import Arguments, Exact
from curation.reading.strict import parse_strict
from curation.shifting.definitions import arguments_of, rename_definition
from curation.shifting.distractors import add_distractors
from curation.shifting.names import rename_arguments, rename_tools
from curation.shifting.outside import OUTSIDE
from curation.shifting.texts import Say, edit_strings, find_names, make_say, say_in_result, texts_in
from curation.shifting.typos import mistype

Kind = Literal["names", "typos", "distractors", "shuffle"]
KINDS: tuple[Kind, ...] = ("names", "typos", "distractors", "shuffle")
"""What can be changed, what disturbs most first."""


class Plan(msgspec.Struct, frozen=True):
    """What is done to every row of a split, so that one thing has one new name in all of them."""

    seed: int
    pool: dict[str, Definition]
    """Tool → a definition that may be offered as well."""
    tools: dict[str, str]
    """Old name → new name."""
    arguments: dict[str, str]

    say: Say
    """Puts the new names into a text."""
    moves: dict[str, Move]
    """A definition's text → what becomes of it and of its calls."""


def make_plan(definitions: Iterable[Definition], seed: int) -> Plan:
    """Draw the new names of everything that is offered anywhere; nothing but the seed and the names decides."""
    named = (one for one in definitions if one.view.name)
    known = sorted(named, key=lambda one: (one.view.name or "", one.text))
    own = {one.view.name or "": one for one in reversed(known)}
    arguments = {name for one in known for name in arguments_of(one)}
    every = {name for one in (*known, *OUTSIDE) for name in (*_properties(one), one.view.name or "")}
    tools = rename_tools(own, every, str(seed))
    renamed = rename_arguments(arguments - set(own), every | set(tools.values()), str(seed))
    say = make_say(renamed | tools)
    outside = {one.view.name or "": one for one in OUTSIDE if one.view.name not in own}
    pool = dict(sorted((own | outside).items()))
    moves = {one.text: _move(one, tools, renamed, say) for one in (*known, *outside.values())}
    return Plan(seed, pool, tools, renamed, say, moves)


def _properties(definition: Definition) -> Iterable[str]:
    """All arguments, those included that keep their names."""
    schema = definition.view.parameters
    found = schema.get("properties") if isinstance(schema, dict) else None
    return found if isinstance(found, dict) else ()


def shift_example(example: Example, plan: Plan, kinds: Collection[Kind], key: str) -> Example:
    """The example changed in these ways; `key` names it, so that each row draws for itself."""
    if "distractors" in kinds:
        example = add_distractors(example, plan.pool, f"{plan.seed} {key} distractors")
    if "names" in kinds:
        example = _rename(example, plan)
    if "shuffle" in kinds:
        example = _shuffle(example, f"{plan.seed} {key} shuffle")
    if "typos" in kinds:
        example = mistype(example, f"{plan.seed} {key} typos")
    return example


def _shuffle(example: Example, seed: str) -> Example:
    """The tools in another order than before, where there are two or more."""
    offered = example.tools if isinstance(example.tools, tuple) else ()
    mixed = Random(seed).sample(offered, len(offered))
    if len(mixed) > 1 and tuple(mixed) == offered:
        mixed = [*mixed[1:], mixed[0]]
    return msgspec.structs.replace(example, tools=tuple(mixed)) if mixed else example


def _rename(example: Example, plan: Plan) -> Example:
    moved = move_example(example, plan.moves).example
    say = _say_for(example, plan)
    return msgspec.structs.replace(moved, messages=tuple(_say_turn(one, say) for one in moved.messages))


def _say_for(example: Example, plan: Plan) -> Say:
    """Puts the new names into what is said in a row, but for those that are values there: `columns: ["order_id"]`.

    Values keep their words, so a model that repeats what the user asks for must read the old ones.
    """
    renamed = plan.arguments | plan.tools
    meant = find_names(renamed, _texts_of_values(example))
    return make_say({old: new for old, new in renamed.items() if old not in meant}) if meant else plan.say


def _texts_of_values(example: Example) -> Iterator[str]:
    """All that the calls of a row are given, and all that may be given instead."""
    for call in (call for message in example.messages for call in message.calls or ()):
        given = parse_strict(call.arguments.text).value if isinstance(call.arguments, Arguments) else None
        yield from texts_in(list(given.values()) if isinstance(given, dict) else given)
    for one in example.acceptable or ():
        yield from texts_in([values for arguments in one.values() for values in arguments.values()])


def _move(definition: Definition, tools: Mapping[str, str], arguments: Mapping[str, str], say: Say) -> Move:
    name = definition.view.name or ""
    steps = [Step("rename", name, (one,), to=arguments[one]) for one in arguments_of(definition) if one in arguments]
    if name in tools:
        steps.append(Step("rename tool", name, to=tools[name]))
    return Move(definition, rename_definition(definition, tools.get(name), arguments, say), tuple(steps))


def _say_turn(message: Message, say: Say) -> Message:
    content = message.content
    if isinstance(content, Exact):
        said = Exact(edit_strings(content.json, say))
        return msgspec.structs.replace(message, content=said)
    if not isinstance(content, str):
        return message
    new = say_in_result(content, say) if message.role == "tool" else say(content)
    return msgspec.structs.replace(message, content=new)
