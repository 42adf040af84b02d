"""Words near a request that call for nothing: a question about it, a wish that no tool fulfils, a tool that is gone.

A pack's own words come first; for other tools the words are put together from what their definitions say.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from functools import lru_cache
from importlib.resources import files

import msgspec

from curation.model.definition import Tool
from curation.model.values import Json
from curation.rules.units import name_words
from curation.synthesizers.actions import method_of
from curation.synthesizers.asides import say_aside
from curation.synthesizers.composing import Worded, compose
from curation.synthesizers.consenting import needs_yes
from curation.synthesizers.details import Detail, join, label_beside, say_plainly
from curation.synthesizers.domain import load_pack, pack_names
from curation.synthesizers.frames import plain_words, say, slot_name, slots_of
from curation.synthesizers.grammar import grammar
from curation.synthesizers.lesson_words import NearTool, near_tools
from curation.synthesizers.meant import mean_it
from curation.synthesizers.scene import phrase_of
from curation.synthesizers.stage import Stage
from curation.synthesizers.subjects import reads
from curation.synthesizers.wordings import Remark, parameters_of, required_of

_OPTIONAL = re.compile(r"\[[^\[\]]*\]")
_MOST_CHOICES = 8
_SHORTEST, _LONGEST = 4, 16
"""Words of a description that make an answer."""


_STEM = 4
"""Letters by which "repo" and "repository", "sort" and "sorted" are the same word."""
_IDLE = frozenset(
    {
        "a",
        "an",
        "be",
        "by",
        "filter",
        "for",
        "from",
        "get",
        "id",
        "identifier",
        "in",
        "is",
        "list",
        "name",
        "number",
        "of",
    }
    | {"on", "only", "return", "returned", "retrieve", "the", "this", "to", "use", "used", "with"}
)
"""Words of a description that tell nobody what something is."""


class Outside(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Something wanted of a tool's matter that no tool like it does."""

    say: str
    reply: str
    unless: tuple[str, ...]
    """Beginnings of words of a catalogue in which some tool may do it."""
    of_deeds: bool = False
    """Whether it is asked of what changes something, and of the act alone: nobody counts who looked at one thing."""


class Words(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """`near_misses.toml`."""

    only_a_question: tuple[Remark, ...]
    outside: tuple[Outside, ...]
    replies: dict[str, tuple[str, ...]]


class Near(msgspec.Struct, frozen=True):
    """A request that others are to be near to."""

    tool: Tool
    text: str
    arguments: dict[str, Json]
    offered: tuple[Tool, ...] = ()
    """Tools that stand beside it."""
    worded: Worded | None = None
    """How it was put together; None where somebody else wrote it."""

    @property
    def method_action(self) -> str:
        return self.worded.method_action if self.worded else ""


@lru_cache(maxsize=1)
def read_words() -> Words:
    return msgspec.toml.decode((files("curation.synthesizers") / "near_misses.toml").read_bytes(), type=Words)


def word_question(scene: Stage, near: Near) -> tuple[str, str]:
    """A question about a tool or about a request for it, and its answer."""
    phrases = _phrases_of(scene, near)
    known = _near_tool(scene, near.tool)
    own = [*known.questions, *(known.house if _is_house(scene) else ())]
    usable = [one for one in (*own, *read_words().only_a_question) if _needed(one) <= phrases.keys()]
    remark = scene.deck.deal(f"question/{near.tool.name}/{len(usable)}", usable)
    return say(remark.say, phrases), say(remark.reply, phrases)


def word_outside(scene: Stage, near: Near) -> tuple[str, str]:
    """A request of the same matter that nothing here can carry out, and the reply."""
    phrases = _phrases_of(scene, near)
    own = [one for one in _near_tool(scene, near.tool).outside if _needed(one) <= phrases.keys()]
    if own:
        remark = scene.deck.deal(f"outside/{near.tool.name}/{len(own)}", own)
        return say(remark.say, phrases), say(remark.reply, phrases)
    words = scene.once("words of the catalogue", lambda: _words_of([*scene.tools, *scene.others]))
    usable = [one for one in read_words().outside if not any(word.startswith(one.unless) for word in words)]
    fitting = [one for one in usable if not one.of_deeds or not reads(near.tool)] or usable or read_words().outside
    wish = scene.deck.deal(f"outside/{len(fitting)}", fitting)
    said = compose(say(wish.say, phrases), phrases["action"], [] if wish.of_deeds else _details_of(near))
    return said, say(wish.reply, phrases)


def _details_of(near: Near) -> list[Detail]:
    """The values of the request, but for the one that says which act is meant."""
    worded = near.worded
    return [one for one in worded.details if one.name != worded.method] if worded and worded.action else []


def word_gone(scene: Stage, near: Near, instead: Tool | None = None) -> str:
    """The reply to a request whose tool is not offered; `instead` is like it and is."""
    cannot = _near_tool(scene, near.tool).cannot
    if cannot:
        return scene.rng.choice(cannot)
    said = {"action": mean_it(near.tool, near.method_action or scene.wording(near.tool).action, near.arguments)}
    if instead is not None:
        said["other_action"] = scene.wording(instead).action
    return say(scene.rng.choice(read_words().replies["look_alike_missing" if instead else "tool_removed"]), said)


def _near_tool(scene: Stage, tool: Tool) -> NearTool:
    return near_tools(scene.speech.remark_family).get(tool.name, NearTool())


def _is_house(scene: Stage) -> bool:
    """Whether the system text that the pack's questions are answered from opens the conversations."""
    pack = scene.speech.remark_family
    return bool(scene.system) and pack in pack_names() and load_pack(pack).system == scene.system


def _needed(remark: Remark) -> set[str]:
    """The slots that have to be filled."""
    return {slot for text in (remark.say, remark.reply) for slot in slots_of(_OPTIONAL.sub("", text))}


def _phrases_of(scene: Stage, near: Near) -> dict[str, str]:
    """Everything that words near a request may name."""
    known = {slot_name(name): phrase_of(value) for name, value in near.arguments.items()}
    # A person is called {name}; an argument of that name may be a label's.
    known |= {slot: scene.rng.choice(words) for slot, words in scene.tongue.slots.items()}
    known |= {"request": near.text, "action": near.method_action or scene.wording(near.tool).action}
    known |= {"tool": near.tool.name}
    if needed := required_of(near.tool):
        known["needs"] = join([f"the {_label(near.tool, name)}" for name in needed])
    is_asked_first = needs_yes(scene, near.tool, near.arguments)
    known["at_once"] = "I ask whether you are sure, and do it after your yes" if is_asked_first else "I do it at once"
    if purpose := _saying_more(near.tool.name, near.tool.definition.view.description):
        known["purpose"] = purpose
    if others := [tool for tool in near.offered if tool is not near.tool]:
        known["other_action"] = scene.wording(scene.rng.choice(others)).action
    return known | _parameter_phrases(scene, near)


def _parameter_phrases(scene: Stage, near: Near) -> dict[str, str]:
    """One parameter of each kind that something can be asked about."""
    known: dict[str, str] = {}
    required = required_of(near.tool)
    schemas = {name: schema for name, schema in parameters_of(near.tool).items() if _is_spoken_of(near.tool, name)}
    described = {name: schema.get("description") for name, schema in schemas.items() if isinstance(schema, Mapping)}
    told = [(name, text) for name, said in described.items() if (text := _saying_more(name, said, near.tool.name))]
    if told:
        name, known["meaning"] = scene.rng.choice(told)
        known["label"] = _label(near.tool, name)
    if chosen := [(name, found) for name, schema in schemas.items() if (found := _choices_of(schema))]:
        name, choices = scene.rng.choice(chosen)
        known |= {"choice": _label(near.tool, name), "choices": join(choices)}
    if optional := [name for name in schemas if name not in required]:
        known["optional"] = _label(near.tool, scene.rng.choice(optional))
    acts = set(name_words(scene.wording(near.tool).action))
    # Nobody asks whether a model can be deleted without the model.
    apart = [name for name in required if name in schemas and not acts.issuperset(name_words(name))]
    stated = {name: phrase for name in apart if (phrase := _said_in(near, name))}
    if stated:
        name = scene.rng.choice(list(stated))
        known |= {"named": _label(near.tool, name), "value": stated[name]}
    return known


def _is_spoken_of(tool: Tool, name: str) -> bool:
    """Whether people call a parameter by its name: neither a setting nor a switch, nor what says which act is meant."""
    schema = parameters_of(tool)[name]
    is_switch = isinstance(schema, Mapping) and schema.get("type") == "boolean"
    words = _label(tool, name).lower().split()
    is_noun = bool(words) and not {words[0], words[-1]} & grammar()["odd_labels"] and len(words[-1]) > 1
    setting = next(iter(_choices_of(schema)), "1")  # An order is a thing in a shop, and asc or desc elsewhere.
    return is_noun and not is_switch and name != method_of(tool) and not say_aside(_label(tool, name), setting)


def _label(tool: Tool, name: str) -> str:
    return label_beside(name, parameters_of(tool))


def _said_in(near: Near, name: str) -> str:
    """A plain value that stands in the request as it is given."""
    value = near.arguments.get(name)
    phrase = say_plainly(value) if isinstance(value, str | int | float) and not isinstance(value, bool) else ""
    return phrase if phrase and near.text.count(phrase) == 1 else ""


def _choices_of(schema: Json) -> list[str]:
    found = schema.get("enum") if isinstance(schema, Mapping) else None
    choices = (
        [say_plainly(one).replace("_", " ") for one in found if one is not None] if isinstance(found, list) else []
    )
    return choices if 1 < len(choices) <= _MOST_CHOICES else []


def _saying_more(name: str, description: object, known: str = "") -> str:
    """A description's first sentence, where it says more than the name does, and than what is `known` besides."""
    told = _sentence(description)
    said = {word[:_STEM] for word in (*name_words(name), *name_words(known))}
    news = {word for word in name_words(told) if word not in _IDLE and word[:_STEM] not in said}
    return told if news and len(told.split()) >= _SHORTEST else ""


def _sentence(text: object) -> str:
    """The first sentence of a description, where it is one that can be said."""
    plain = plain_words(text) if isinstance(text, str) else ""
    first = re.split(r"(?<=[.!?])\s", plain)[0].rstrip(" .:;")
    if not 2 <= len(first.split()) <= _LONGEST or "`" in first or "(" in first:
        return ""
    return f"{first[:1].upper()}{first[1:]}."


def _words_of(tools: Sequence[Tool]) -> frozenset[str]:
    """The words of all names and descriptions."""
    texts = [f"{tool.name} {tool.definition.view.description or ''}" for tool in tools]
    return frozenset(word for text in texts for word in name_words(text))
