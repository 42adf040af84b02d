"""What a tool does, as a person would ask for it: a verb phrase from its description, or from its name."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping, Sequence
from itertools import permutations, takewhile

from curation.model.definition import Tool
from curation.rules.effects import verbs as effect_verbs
from curation.synthesizers.choices import choices_of
from curation.synthesizers.frames import plain_words
from curation.synthesizers.grammar import grammar

LONGEST = 12
"""Words of a description's first sentence beyond which the name says it better."""
_METHODS = ("method", "action", "operation", "command")
_ALIKE = 0.7
"""Share of words by which "get weather information for a place" is taken for "get weather data for a place"."""
_STEM = 4
"""Letters by which "monitoring" and "monitor" are the same word."""
_PREAMBLE = re.compile(
    r"(?i)^(?:an?|the|this)?\s*(?:get|post|put|patch|delete|rest)?\s*(?:api|tool|function|method|endpoint|operation)\s*"
    r"(?:(?:is|can be) used to|(?:that )?(?:allows?|lets|enables?|helps?)(?: you| users?| the user)?(?: to)?|to)?\s+"
    r"|^(?:allows?|lets|enables?)(?: you| users?| the user)?(?: to)?\s+"
    r"|^(?:used )?to\s+"
)
_LABELLED = re.compile(r"(?is)^.*\btool description:\s*")
_SENTENCE_END = re.compile(
    r"\. |\.$|[;:(\n]|,? which | - | – | in order to |, including | after the | if | that can be "
)
_TECHNICAL = re.compile(
    r" (?:based on|using|by|with) (?:an? |the |its )?(?:given|supplied|provided|specified|form|input|ID supp).*$"
)
_ASIDE = re.compile(
    r"(?: to your [\w -]+|, (?:ordered|sorted|including|such as) .*| by [\w-]+, .*| by \w+ing .*| by its [\w ]+"
    r"| using [\w-]+'s .*| and \w+ (?:it|them) .*"
    r"| (?:for|in|of) an? [\w-]+ or (?:an? |its )?(?:\w+ )?\w+)$"
)
"""What a first sentence says beyond the act: how it is found, in what order it comes, of which things it can be."""
_ONE_OF_MANY = re.compile(r"\b(?:an?|the) (?:specific|single|specified|given|particular|existing)\b")
_BASED_ON = re.compile(r" based on (?:an? |the )?(?=[\w-]+$)")
_RESOURCE = re.compile(r" (?:resource|record|entity|object)$")
"""What a manual calls anything: "a pet resource" is a pet."""
_YOUR = re.compile(r"\byour\b")
"""Whoever asks and whoever is asked would mean different ones by it."""
_COLLECTION = re.compile(r"^(\w+) (list|set|batch|group|copy) of ")
_UNSAYABLE = re.compile(
    r"and/or|\b(?:map|dictionary|array|object) of\b|\bthis\b|\bthe (?:current )?user\b|\bresponse\b"
)
_WORD = re.compile(r"[A-Z]{2,}s?(?![a-z])|[A-Z]?[a-z]+|[A-Z]+(?![a-z])|\d+")
_SAID_OTHERWISE = {"return": "get", "retrieve": "get", "fetch": "get", "read": "read", "login": "log in"} | {
    "logout": "log out",
    "lookup": "look up",
}
_PAST = dict(pair.replace("_", " ").split(":") for pair in grammar()["odd_past"])
_ONE_SHORT_BEAT = re.compile(r"[^aeiou]*(?:qu)?[aeiou][bcdfghjklmnpqrstvz]")
"""A verb that doubles its last letter before -ed: "plan", "quiz", "chat", but neither "open" nor "fix"."""
_PREFIXES = ("re", "un")
_IMMEDIATELY = re.compile(r"^(?:immediately|simply|easily|quickly|securely)\s+", re.IGNORECASE)
_MAKING = grammar()["making"]
_NO_ARTICLE = grammar()["no_article"]

_VOWEL = re.compile(r"[aeio]|u(?:n(?!i)|p|r)", re.IGNORECASE)
_NOUNS_TOO = grammar()["nouns_too"]
"""Verbs that name a thing as often as an act."""
_NO_NOUNS = grammar()["determiners"] | grammar()["adjectives"] | grammar()["odd_labels"]
"""What may stand before the only noun of an act."""


def actions_of(tools: Sequence[Tool]) -> dict[str, str]:
    """Tool → what it does; two tools that would be asked for in the same words are told apart by their names."""
    told = {tool.name: action_of(tool) for tool in tools}
    short = {name: _without_resource(action) for name, action in told.items()}
    told |= {name: short[name] for name in short.keys() - _mistakable(short)}
    mistakable = _mistakable(told)
    named = {name: (name_action(name) or action) if name in mistakable else action for name, action in told.items()}
    still = Counter(_gist(action) for action in named.values())
    return {
        name: action if still[_gist(action)] == 1 else f"{action} ({plain_words(name)})"
        for name, action in named.items()
    }


def _without_resource(action: str) -> str:
    """ "get a pet resource" → "get a pet"; where it is the only noun, as in "create a new record", it stays."""
    shorter = _RESOURCE.sub("", action)
    behind_verb = shorter.lower().split()[1:]
    return shorter if behind_verb and _is_noun(behind_verb[-1]) else action


def _is_noun(word: str) -> bool:
    """Whether a word at the end of an act can name a thing: no article, adjective, preposition or plain verb."""
    is_act = infinitive(word) in grammar()["verbs"] - _NOUNS_TOO
    return not is_act and word not in _NO_NOUNS


def _mistakable(told: Mapping[str, str]) -> set[str]:
    """The tools whose words say no more than those of another one, or differ from it in words of no weight."""
    gists = {name: _gist(action) for name, action in told.items()}
    return {
        name
        for one, other in permutations(gists, 2)
        if len(gists[one]) > 1 and (gists[one] <= gists[other] or _differ_idly(one, other, told, gists))
        for name in (one, other)
    }


def _differ_idly(one: str, other: str, told: Mapping[str, str], gists: Mapping[str, frozenset[str]]) -> bool:
    """Whether only words that its name knows nothing of tell one apart: weather *information*, weather *data*."""
    mine, theirs = gists[one], gists[other]
    if told[one].split()[0] != told[other].split()[0] or len(mine & theirs) < _ALIKE * len(mine | theirs):
        return False
    return not any(word[:3] in one.lower() for word in mine - theirs)


def action_of(tool: Tool) -> str:
    """The description's first sentence when it is a short verb phrase, else the name's words."""
    named = name_action(tool.name)
    told = _told_action(tool.definition.view.description or "")
    if told and not _contradicts(told, tool.name):
        return told
    return named or f"use {plain_words(tool.name) or 'it'}"


def _contradicts(told: str, name: str) -> bool:
    """Whether a description speaks of nothing that a plain name (`find_pet_by_id`) is about: copied from elsewhere."""
    verb, *rest = _WORD.findall(name.lower() if "_" in name or "-" in name else name) or [""]
    if infinitive(verb.lower()) not in grammar()["verbs"] or infinitive(verb.lower()) in _NOUNS_TOO:
        return False
    nouns = list(takewhile(lambda word: word not in ("by", "for", "from", "with"), (word.lower() for word in rest)))
    heard = told.lower()
    telling = [noun for noun in nouns if len(noun) > 1 and noun not in _NO_ARTICLE]
    return bool(telling) and not any(noun.rstrip("s")[:_STEM] in heard for noun in telling)


def _told_action(description: str) -> str:
    """The first sentence without what only a manual says; empty when it is no short verb phrase."""
    first = _SENTENCE_END.split(plain_words(_LABELLED.sub("", description.strip())), maxsplit=1)[0]
    phrase = _ONE_OF_MANY.sub("the", _TECHNICAL.sub("", _IMMEDIATELY.sub("", _PREAMBLE.sub("", first))))
    phrase = _YOUR.sub("the", _BASED_ON.sub(" by ", _COLLECTION.sub(r"\1 a \2 of ", _cut_aside(phrase))))
    words = phrase.rstrip(" .,").split()
    if not 2 <= len(words) <= LONGEST or _UNSAYABLE.search(phrase):
        return ""
    verb = infinitive(words[0].lower())
    # "Set or remove", "an issue or a pull request": the name says which, or at least says it shortly.
    if verb not in grammar()["verbs"] or "or" in words:
        return ""
    return " ".join([_SAID_OTHERWISE.get(verb, verb), *words[1:]])


def _cut_aside(phrase: str) -> str:
    """The act alone, where something is left of it."""
    shorter = _ASIDE.sub("", phrase.rstrip(" .,"))
    return shorter if len(shorter.split()) > 1 else phrase


def name_action(name: str) -> str:
    """A tool's name as a verb phrase: `getPetById` → "get the pet by id", `issue_read` → "read the issue"."""
    words = _words_in(name)
    at = _place_of_verb([infinitive(word) for word in words])
    if at is None:
        return f"use {' '.join(words)}" if words else ""
    verb, rest = infinitive(words[at]), [*words[:at], *words[at + 1 :]]
    phrase = [_SAID_OTHERWISE.get(verb, verb)]
    if rest and rest[0] in ("and", "or") and len(rest) > 1 and infinitive(rest[1]) in grammar()["verbs"]:
        phrase += rest[:2]
        rest = rest[2:]
    return " ".join([*phrase, *_with_article(verb, rest)])


def verb_in(name: str) -> str:
    """The verb of a tool's name, wherever it stands: `getPetById` → "get", `order_cancel` → "cancel"; "" without."""
    words = [infinitive(word.lower()) for word in _words_in(name)]
    at = _place_of_verb(words)
    return "" if at is None else _SAID_OTHERWISE.get(words[at], words[at]).split()[0]


def _words_in(name: str) -> list[str]:
    """The words of a name, with the verb that those leave out which only tell something: `order_status` is got."""
    words = [word if word.isupper() and len(word) > 1 else word.lower() for word in _WORD.findall(name)]
    at = _place_of_verb([infinitive(word) for word in words])
    may_be_thing = at is None or infinitive(words[at]) in _NOUNS_TOO - grammar()["reading"] - effect_verbs().changes
    is_told = len(words) > 1 and words[-1] in grammar()["telling"]
    return ["get", *words] if is_told and may_be_thing else words


def _place_of_verb(words: list[str]) -> int | None:
    """Where the verb stands: first, or last as in `issue_read`; "file", "post" or "order" only where no other is."""
    ends = [place for place in (0, len(words) - 1, *range(1, len(words) - 1)) if 0 <= place < len(words)]
    verbs = [place for place in ends if words[place] in grammar()["verbs"]]
    return next((place for place in verbs if words[place] not in _NOUNS_TOO), verbs[0] if verbs else None)


def _with_article(verb: str, rest: list[str]) -> list[str]:
    if not rest or rest[0] in _NO_ARTICLE or rest[0].isdigit():
        return rest
    noun = _head_noun(rest)
    if is_plural(noun) or noun in _NO_ARTICLE:
        return rest
    if verb in _MAKING:
        return ["an" if _VOWEL.match(rest[0]) else "a", *rest]
    return ["the", *rest]


def _head_noun(words: list[str]) -> str:
    """The noun that counts: the last word before a preposition."""
    small = ("by", "for", "from", "in", "into", "of", "on", "to", "with")
    end = next((place for place, word in enumerate(words) if word in small), len(words))
    return words[max(end - 1, 0)]


def is_plural(noun: str) -> bool:
    """Whether a noun stands for several, as far as its ending tells."""
    return noun.endswith("s") and not noun.endswith(("ss", "us", "is", "news", "canvas", "series"))


def infinitive(verb: str) -> str:
    """ "Returns", "Gets" → "return", "get": many descriptions start in the third person."""
    if verb.endswith(("sses", "shes", "ches", "xes")):
        return verb[:-2]
    if verb.endswith("ies") and len(verb) > 4:
        return f"{verb[:-3]}y"
    return verb[:-1] if verb.endswith("s") and not verb.endswith("ss") and len(verb) > 3 else verb


def past(verb: str) -> str:
    """ "delete" → "deleted", "send" → "sent", "stop" → "stopped": as in "I have deleted it"."""
    if verb in _PAST:
        return _PAST[verb]
    for prefix in _PREFIXES:
        stem = verb.removeprefix(prefix)
        if stem != verb and stem in grammar()["verbs"]:
            return f"{prefix}{past(stem)}"
    if verb.endswith("e"):
        return f"{verb}d"
    if verb.endswith("y") and verb[-2:-1] not in "aeiou":
        return f"{verb[:-1]}ied"
    is_doubled = _ONE_SHORT_BEAT.fullmatch(verb) or verb in grammar()["doubling"]
    return f"{verb}{verb[-1]}ed" if is_doubled else f"{verb}ed"


def method_of(tool: Tool) -> str:
    """The required argument by which a tool of many acts is told which one; empty for a tool of one act."""
    schema = tool.definition.view.parameters
    properties = schema.get("properties") if isinstance(schema, dict) else None
    if not isinstance(properties, dict) or not isinstance(schema, dict):
        return ""
    required = schema["required"] if isinstance(schema.get("required"), list) else []
    for name, stated in properties.items():
        if name.lower() in _METHODS and choices_of(stated) and name in required:
            return str(name)
    return ""


def method_action(tool: Tool, method: str) -> str:
    """One act of a tool of many: `get_workflow_run` → "get workflow run", `create` of `label_write` → "create a label".

    Empty when the method's name begins with no verb.
    """
    words = method.replace("-", "_").split("_")
    if words[0] not in grammar()["verbs"]:
        return ""
    known = [word.lower() for word in _WORD.findall(tool.name)]
    if (
        len(words) > 1
        and words[0] in _NOUNS_TOO
        and is_plural(words[-1])
        and any(word in grammar()["verbs"] - _NOUNS_TOO for word in known)
    ):
        # `issue_types` of `ui_get` is what is got.
        return ""
    nouns = [word for word in known if infinitive(word) not in grammar()["verbs"] or word in grammar()["nouns_too"]]
    if nouns and len(words) > 1 and grammar()["adjectives"].issuperset(words[1:]):
        return " ".join([words[0], "the", *words[1:], *nouns])
    if len(words) > 1:
        told = " ".join([words[0], *_with_article(words[0], words[1:])])
        # "get the parent" alone says nothing of whose.
        if not nouns or {word.rstrip("s") for word in words} & {noun.rstrip("s") for noun in nouns}:
            return told
        return f"{told} of {' '.join(nouns if is_plural(nouns[-1]) else ['the', *nouns])}"
    return " ".join([words[0], *_with_article(words[0], nouns)]) if nouns else ""


def _gist(action: str) -> frozenset[str]:
    """What is left of an action to tell it from another by."""
    words = re.findall(r"[a-z0-9]+", action.lower())
    return frozenset(word for word in words if word not in ("a", "an", "the", "specific", "single", "given"))
