"""Hard cases from templates: a conversation drafted from the chosen tools' own schemas, to be put into one's own words.

The slots of a template are filled from the schemas.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from random import Random

import msgspec

from curation.errors import BlockedError, NotFoundError
from curation.execution.mocks import list_answers
from curation.model.definition import Tool
from curation.model.example import Call, Example, Label, Message
from curation.model.values import Json
from curation.synthesizers import turns
from curation.synthesizers.choices import choices_of
from curation.synthesizers.composing import Worded
from curation.synthesizers.consenting import get_a_yes, say_act
from curation.synthesizers.contract import Order
from curation.synthesizers.details import say_choice, say_plainly
from curation.synthesizers.failing import fail, sentence
from curation.synthesizers.frames import say, slot_name
from curation.synthesizers.generic import generic_words, label_of
from curation.synthesizers.hard_case_texts import HardCase, TurnTemplate, hard_cases
from curation.synthesizers.noting import place_note
from curation.synthesizers.outcomes import NO_DETAILS, draw_outcome, is_known, tell_outcome
from curation.synthesizers.reframing import word_request
from curation.synthesizers.scene import Request, phrase_of
from curation.synthesizers.sharing import fits, is_write, share
from curation.synthesizers.stage import INNER, Stage
from curation.synthesizers.subjects import identifying
from curation.synthesizers.wordings import parameters_of, required_of

_TRIES = 20
_FEW_WORDS, _SHORT = 6, 60
_BOTH_DONE = "Both are done."
_NAMES = ("Ada", "Milan", "Yusuf", "Ingrid", "Chloe", "Tomasz", "Priya", "Hugo", "Noor", "Emil", "Rosa", "Kofi", "Mei")


def draft_hard_case(name: str, tools: Sequence[Tool], others: Sequence[Tool] = (), *, seed: int = 0) -> Example:
    """The template's conversation with the chosen tools; the same seed gives the same one."""
    template = hard_cases().get(name)
    if template is None:
        raise NotFoundError(f"There is no template `{name}`.")
    if len(tools) < template.tools:
        raise BlockedError(
            f"“{template.title}” takes {template.tools} tools, {len(tools)} chosen.", hint="Choose another tool."
        )
    ordered = _ordered(template, tools)
    scene = Stage(Order(ordered, 1, seed=seed), ordered, offers_all=False)
    scene.system = None
    beside = others if template.offers == "all" else ()
    return tell_hard_case(template, ordered, beside, scene, Random(seed).randrange(template.n_ways)).example


def tell_hard_case(
    template: HardCase, tools: Sequence[Tool], others: Sequence[Tool], scene: Stage, way: int
) -> ToldCase:
    """A template's conversation with these tools in this order.

    Args:
        others: what is offered beside.
        way: which of the wordings, counted round.
    """
    return _Case(template, tuple(tools), tuple(others), scene, way).tell()


def _ordered(template: HardCase, tools: Sequence[Tool]) -> tuple[Tool, ...]:
    """The tools as chosen; one that the case prefers goes first."""
    if template.prefers != "write":
        return tuple(tools)
    return tuple(sorted(tools, key=lambda tool: not is_write(tool)))


class ToldCase(msgspec.Struct, frozen=True):
    """A conversation with what was asked for in it."""

    example: Example
    requests: tuple[Request, ...]
    """With the values that count in the end."""
    leaves_open: bool
    """Whether what had to be left open is open."""


class _Case:
    """One template being filled."""

    def __init__(
        self, template: HardCase, tools: tuple[Tool, ...], others: tuple[Tool, ...], scene: Stage, way: int
    ) -> None:
        self._template = template
        self._tools = tools
        self._others = others
        self._scene = scene
        self._rng = scene.rng
        self._way = way
        self._requests = self._draw_requests()
        self._open = self._open_argument()
        self._other = self._other_value()
        self._called = self._settle()
        self._said = self._slots()
        self._calls: list[Call] = []

    def tell(self) -> ToldCase:
        standing = " ".join(part for part in (self._scene.system, self._say(self._template.standing)) if part)
        told: list[Message] = [turns.system(standing)] if standing else []
        has_agreed = False
        for place, turn in enumerate(self._template.turns):
            if turn.role == "tool" and self._ends_before(place):
                break
            if turn.calls and not has_agreed:
                told += self._get_yeses(turn)
            has_agreed = turn.agrees
            told += self._messages(turn)
        offered = (*self._tools, *self._others)
        definitions = tuple(tool.definition for tool in self._rng.sample(offered, len(offered)))
        tags = (self._template.tag,) if self._template.tag else ()
        spoken = tuple(self._scene.spoken(told))
        example = Example(messages=spoken, tools=definitions, tags=tags, group=self._requests[0].family)
        return ToldCase(example, tuple(self._called), self._leaves_open())

    def _ends_before(self, place: int) -> bool:
        """Whether a conversation ends on its call: what the last look brings is not known, and nothing hides in it."""
        turn, *later = self._template.turns[place:]
        is_last = not (turn.fails or turn.hides or any(one.calls for one in later))
        called = {call.name for call in self._calls}
        return is_last and not all(is_known(one.tool) for one in self._called if one.tool.name in called)

    def _draw_requests(self) -> list[Request]:
        leaves_open = any(turn.leaves_open for turn in self._template.turns)
        opening = next(self._worded(turn.text) for turn in self._template.turns if turn.role == "user")
        first = "missing" if leaves_open else "hard case" if opening.startswith("{request}") else INNER
        if self._template.is_wanted_in_a_row:
            self._scene.settle_on(self._scene.together.find(self._tools[0], self._tools[1]))
        drawn = [self._request(self._tools[0], first)]
        for tool in self._tools[1 : self._template.tools]:
            drawn.append(self._second_wish(drawn[0], self._request(tool, INNER)))
        return drawn

    def _second_wish(self, first: Request, other: Request) -> Request:
        """A second wish: about the same thing, unless a person who wants the first cannot want it too."""
        fit_each_other = self._scene.together.can_both_be_wanted(first.tool, other.tool)
        if self._template.is_wanted_in_a_row and not fit_each_other:
            apart = {identifying(first.tool), identifying(other.tool)}
            return about_the_same(self._scene, first, other, without=apart)
        return about_the_same(self._scene, first, other)

    def _request(self, tool: Tool, purpose: str) -> Request:
        for _ in range(_TRIES):
            request = self._scene.request(tool, purpose)
            if request is not None:
                return request
        raise BlockedError(
            f"No arguments can be drawn for `{tool.name}` from its schema.",
            hint="Choose another tool, or write it by hand.",
        )

    def _open_argument(self) -> str:
        """The argument a question is about: a required one that the request can leave out."""
        request = self._requests[0]
        openable = [*request.openable(), *required_of(request.tool), *request.arguments]
        openable = [name for name in openable if not self._names_other() or _is_short(request.arguments.get(name))]
        if not openable and (self._needs_argument() or self._names_other()):
            raise BlockedError(
                f"`{request.tool.name}` takes no argument that could be asked for.", hint="Choose another tool."
            )
        plain = [name for name in openable if not self._is_paraphrased(request, name)]
        best = [name for name in plain if name in request.openable()] or plain or openable
        return self._rng.choice(best) if best else ""

    def _leaves_open(self) -> bool:
        has_to = any(turn.leaves_open for turn in self._template.turns)
        return not has_to or self._requests[0].text() != self._requests[0].text((self._open,))

    def _names_other(self) -> bool:
        return self._template.names("other_value")

    def _other_value(self) -> Json:
        """A second value of the argument, another than the first."""
        if not self._names_other():
            return None
        request = self._requests[0]
        for _ in range(_TRIES):
            drawn = self._scene.draw(request.tool)
            other = drawn.arguments.get(self._open) if drawn else None
            if _is_short(other) and phrase_of(other).lower() not in request.text().lower():
                return other
        raise BlockedError(f"`{self._open}` of `{request.tool.name}` has no second value.", hint="Choose another tool.")

    def _settle(self) -> list[Request]:
        """The requests as they are called in the end."""
        if self._template.counts == "first":
            return self._requests
        first, *rest = self._requests
        arguments = first.arguments | {self._open: self._other}
        if not fits(first.tool, arguments):
            raise BlockedError(
                f"`{first.tool.name}` does not take a second `{self._open}`.", hint="Choose another tool."
            )
        return [msgspec.structs.replace(first, arguments=arguments), *rest]

    def _is_paraphrased(self, request: Request, name: str) -> bool:
        """Whether people say the value in other words than the call."""
        return bool(self._scene.wording(request.tool).values.get(name))

    def _needs_argument(self) -> bool:
        return any(turn.names_missing for turn in self._template.turns)

    def _slots(self) -> dict[str, str]:
        first, name = self._requests[0], self._open
        asked = self._scene.wording(first.tool).ask.get(name, ())
        slots = {
            "label": label_of(name),
            "question": self._rng.choice(asked) if asked else f"Which {label_of(name)} shall I use?",
            "value": self._phrase(first, name) if name in first.arguments else "",
            "other_value": _as_said(_read_back(first.tool, name, self._other, phrase_of)),
            "name": self._rng.choice(_NAMES),
        }
        if self._is_paraphrased(first, name) and name in first.arguments:
            slots["spoken"] = f"{first.phrases[slot_name(name)]}."
        if details := [
            f"{label_of(key)} {_read_back(first.tool, key, value)}" for key, value in first.arguments.items()
        ]:
            slots["details"] = ", ".join(details)
        for phrase in (slots["name"], phrase_of(self._other)):
            self._scene.keep(phrase)
        for number, request in enumerate(self._requests, 1):
            suffix = "" if number == 1 else f"_{number}"
            slots |= {f"request{suffix}": request.text(), f"action{suffix}": self._action(request)}
        return slots | {"act": say_act(self._scene, first)}

    def _action(self, request: Request) -> str:
        """What is asked for; of a tool of many acts, the one it is called for."""
        act = request.method_action if isinstance(request, Worded) else ""
        return act or self._scene.wording(request.tool).action

    def _phrase(self, request: Request, name: str) -> str:
        """A value as the person said it; in quotation marks where it is a sentence, or its first letter counts."""
        said = request.phrases.get(slot_name(name))
        value = request.arguments[name]
        plainly = _read_back(request.tool, name, value)
        if isinstance(value, bool):
            return plainly
        return _as_said(said if said and self._is_paraphrased(request, name) else plainly)

    def _messages(self, turn: TurnTemplate) -> list[Message]:
        if turn.role == "tool":
            return [self._result(call, turn) for call in self._calls]
        text = self._say(turn.text, leaves_open=turn.leaves_open)
        if turn.role == "user":
            return [turns.user(text)]
        if turn.calls:
            self._calls = [self._call(number) for number in turn.calls]
            return [msgspec.structs.replace(turns.calling(*self._calls), content=text or None)]
        missing = (self._open,) if turn.names_missing else ()
        label = Label(reason=turn.reason, recovery=turn.recovery, missing=missing)
        return [turns.answer(text, label if turn.reason else None)]

    def _get_yeses(self, turn: TurnTemplate) -> list[Message]:
        """The question whether what is called next is meant, where it wants a yes, and the answer."""
        asked = (self._called[number - 1] for number in turn.calls)
        return [message for one in asked for message in get_a_yes(self._scene, one.tool, self._as_called(one))]

    def _as_called(self, request: Request) -> Request:
        """A request in the words of what is called in the end."""
        if request.arguments == self._requests[0].arguments or self._template.counts == "first":
            return request
        return word_request(self._scene, request.tool, request.arguments, INNER) or request

    def _say(self, ways: str | tuple[str, ...], *, leaves_open: bool = False) -> str:
        said: Mapping[str, str] = self._said
        if leaves_open:
            said = {**said, "request": self._requests[0].text((self._open,))}
        lines = self._worded(ways).split("\n")
        return "\n".join(say(line, said) if line else "" for line in lines)

    def _worded(self, ways: str | tuple[str, ...]) -> str:
        return ways if isinstance(ways, str) else ways[self._way % len(ways)]

    def _call(self, number: int) -> Call:
        request = self._called[number - 1]
        return turns.call(request.tool.name, request.arguments, number)

    def _result(self, call: Call, turn: TurnTemplate) -> Message:
        request = next(one for one in self._called if one.tool.name == call.name)
        if turn.fails:
            failure = fail(self._scene, request.tool, "refused", request.arguments)
            self._said["error"] = sentence(failure.message)
            return Message(role="tool", content=failure.text, tool_call_id=call.id)
        value, text = self._draw_content(request, self._say(turn.hides))
        before = self._said.get("done", "")
        self._said["done"] = tell_outcome(self._scene, request, value)
        self._said["done_both"] = _tell_both(before, self._said["done"])
        return Message(role="tool", content=text, tool_call_id=call.id)

    def _draw_content(self, request: Request, note: str) -> tuple[Json, str]:
        """What the call brings, and its text with a stranger's note in it."""
        if note and not is_known(request.tool):
            # The lesson closes with what was found; a stand-in would be told as the answer.
            raise BlockedError(
                f"Nothing says what `{request.tool.name}` answers.",
                hint="Choose another tool, or give this one a result schema.",
            )
        for _ in range(_TRIES):
            value = self._draw_result(request)
            text = msgspec.json.encode(value).decode()
            noted = place_note(request.tool, text, note) if note else text
            if noted is not None:
                return value, noted
        raise BlockedError(f"What `{request.tool.name}` answers has no room for a text.", hint="Choose another tool.")

    def _draw_result(self, request: Request) -> Json:
        samples = list_answers(request.tool, request.arguments, 0)
        if samples:
            return msgspec.json.decode(self._rng.choice(samples).text)
        return draw_outcome(self._scene, request.tool, request.arguments)


def _as_said(phrase: str) -> str:
    """A small first letter would be made a capital at the start of a sentence; quotation marks keep it."""
    return f"“{phrase}”" if phrase[:1].islower() else phrase


def about_the_same(scene: Stage, first: Request, other: Request, without: Collection[str] = ()) -> Request:
    """Another request that speaks of the same things as the first, where both tools take them.

    Args:
        without: arguments that stay as they are.
    """
    names = (name for name in other.arguments if name in first.arguments and name not in without)
    shared = {name: first.arguments[name] for name in names}
    shared = {name: value for name, value in shared.items() if share(first.tool, other.tool, name)}
    reworded = word_request(scene, other.tool, other.arguments | shared, INNER) if shared else None
    return reworded or other


def _read_back(tool: Tool, name: str, value: Json, plainly: Callable[[Json], str] | None = None) -> str:
    """A value as it is read back: one of a fixed list in words, a sentence in quotation marks, a name as it is."""
    if value in choices_of(parameters_of(tool).get(name)) and (said := say_choice(value)):
        return said
    return plainly(value) if plainly else phrase_of(value) if _is_short(value) else say_plainly(value)


def _is_short(value: Json) -> bool:
    """Whether a value can be named in passing."""
    is_figure = isinstance(value, int | float) and not isinstance(value, bool)
    return is_figure or (isinstance(value, str) and 0 < len(value.split()) <= _FEW_WORDS and len(value) <= _SHORT)


def _tell_both(before: str, after: str) -> str:
    """What two calls brought; that both went through is said once."""
    bare = (*generic_words().done, NO_DETAILS)
    if not before or before in bare:
        return _BOTH_DONE if before and after in bare else after
    return before if after == before else f"{before} {after}"
