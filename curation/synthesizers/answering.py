"""What is said of a result: what was found in a few facts, the things in a page of them, or what was done."""

from __future__ import annotations

import re
from collections.abc import Container

from curation.model.definition import Tool
from curation.model.values import Json
from curation.synthesizers.actions import infinitive, is_plural, past
from curation.synthesizers.arguments import SECRET, Drawn
from curation.synthesizers.choices import choices_in
from curation.synthesizers.composing import compose
from curation.synthesizers.consenting import action_said
from curation.synthesizers.details import join, label_words, say_choice, say_known, say_plainly
from curation.synthesizers.grammar import grammar
from curation.synthesizers.meant import mean_it
from curation.synthesizers.stage import Stage

_MOST_FACTS = 4
_MOST_BESIDE = 2
"""Facts told of each of several things, beside what it is called."""
_LONGEST_NAMED = 40
"""Characters up to which the entries of a list are read out."""
_CALLED = ("name", "title", "filename", "username", "summary")
"""Arguments that say what is made, in the order in which people would."""
_NAMES = ("name", "title", "filename", "username", "login", "label", "number", "id", "key")
_STATES = ("status", "state")
_SECOND_VERB = re.compile(r"^(and|or) (\w+) ")
_ADDRESS = re.compile(r"(?i)(?:^|_)(?:url|uri|href|link)s?$|[a-z](?:Url|Uri|URL|URI|Href)s?$")
_IDLE = re.compile(r"^object$|(?:^|_)(?:created|updated)(?:_at)?$|_at$|At$|_url$")
"""Members that say nothing to a person: what kind of record it is, and moments as a machine counts them."""


def unwrap(outcome: Json) -> Json:
    """The records in the envelope of a page of them; anything else as it is.

    An envelope is what has no name of its own and holds one list of records.
    """
    if not isinstance(outcome, dict) or not {*_NAMES}.isdisjoint(outcome):
        return outcome
    lists = [one for one in outcome.values() if isinstance(one, list) and all(isinstance(each, dict) for each in one)]
    return lists[0] if len(lists) == 1 else outcome


def name_of(record: dict[str, Json]) -> str:
    """What a thing is called, with the state it is in."""
    named = next((record[key] for key in _named_keys(record)), "")
    state = next((record[key] for key in _STATES if isinstance(record.get(key), str)), "")
    return f"{named} ({say_choice(state) or state})" if named and state else str(named)


def _named_keys(record: dict[str, Json]) -> list[str]:
    """The members that a thing may be called by, the plainest first."""
    plain = [key for key, value in record.items() if isinstance(value, str | int) and not isinstance(value, bool)]
    own = [key for name in _NAMES for key in plain if key == name]
    return own or [key for key in plain if label_words(key).lower().split()[-1] in ("id", "name", "key", "title")]


def tell_facts(outcome: Json, language: str, choices: Container[str] = ()) -> list[str]:
    """The facts of one thing, each in a few words; `choices` are the values that may be said in words of their own."""
    return list(_facts_of(outcome, language, choices).values())


def chief_facts(outcome: Json, language: str, choices: Container[str] = (), most: int = _MOST_FACTS) -> list[str]:
    """No more than so many of them, in their order: what it is called and its state go before addresses."""
    facts = _facts_of(outcome, language, choices)
    chosen = sorted(facts, key=_weigh)[:most]
    return [fact for name, fact in facts.items() if name in chosen]


def _weigh(name: str) -> int:
    """The place of a member among those that are told."""
    return 0 if name in (*_NAMES, *_STATES) else 2 if _ADDRESS.search(name) else 1


def _facts_of(outcome: Json, language: str, choices: Container[str]) -> dict[str, str]:
    shown = readable(outcome)
    if not isinstance(shown, dict):
        return {}
    if len(shown) == 1 and isinstance(inner := next(iter(shown.values())), dict):
        return _facts_of(inner, language, choices)
    told = {name: fact for name, value in shown.items() if (fact := _fact(label_words(name), value, language, choices))}
    return {name: fact for name, fact in told.items() if not _IDLE.search(name)} or told


def tell_things(found: list[Json], language: str, choices: Container[str] = ()) -> list[str]:
    """Each of a few things with what tells it from others; nothing where there are too many, or nothing to tell."""
    told = [_tell_thing(one, language, choices) for one in found] if len(found) <= _MOST_FACTS else []
    return told if all(told) else []


def _tell_thing(one: Json, language: str, choices: Container[str]) -> str:
    if not isinstance(one, dict):
        return say_plainly(one, language)
    keys, named = _named_keys(one)[:1], name_of(one)
    rest = {key: value for key, value in one.items() if key not in (*keys, *_STATES)}
    plain = {key: value for key, value in rest.items() if not isinstance(value, list)}
    facts = [fact for fact in tell_facts(plain, language, choices) if fact][:_MOST_BESIDE]
    if not named:
        return join(facts, language)
    if all(_IDLE.search(key) for key in plain):
        return named
    return f"{named[:-1]}, {', '.join(facts)})" if named.endswith(")") else f"{named} ({', '.join(facts)})"


def readable(result: Json) -> Json:
    """A result without what is never read out: passwords and the like."""
    if not isinstance(result, dict):
        return result
    return {name: value for name, value in result.items() if not SECRET.search(name)}


def _fact(label: str, value: Json, language: str, choices: Container[str]) -> str:
    """A part of a result in a few words: a value, the names of a few things, or how many of them there are."""
    if isinstance(value, list):
        return _tell_listed(label, value, language) if value else ""
    if isinstance(value, str | int | float) and not isinstance(value, bool):
        return f"{label} {say_known(value, choices, language)}"
    return ""


def _tell_listed(label: str, listed: list[Json], language: str) -> str:
    """ "tags garden and travel", "3 photo urls"."""
    names = [one.get("name") if isinstance(one, dict) else one for one in listed]
    texts = [one for one in names if isinstance(one, str) and one]
    if len(texts) == len(listed) <= _MOST_BESIDE and all(len(one) <= _LONGEST_NAMED for one in texts):
        return f"{label} {join([say_plainly(one, language) for one in texts], language)}"
    return f"{len(listed)} {label}" if is_plural(label.split()[-1]) and len(listed) > 1 else f"{label} ({len(listed)})"


def say_done(stage: Stage, tool: Tool, arguments: dict[str, Json]) -> str:
    """ "deleted the file src/a.txt": what has been done, in English and where nobody wrote words for it."""
    if stage.manner.language != "en" or tool.name not in stage.tongue.composed:
        return ""
    choices = choices_in(tool)
    phrases = {name: say_known(value, choices) for name, value in arguments.items()}
    details = stage.details(tool, Drawn(arguments, phrases, frozenset()))
    said = mean_it(tool, compose("@action", action_said(stage, tool, arguments), details), arguments)
    verb, _, rest = said.partition(" ")
    rest = _SECOND_VERB.sub(lambda found: f"{found.group(1)} {past(found.group(2))} ", rest)
    made = _name_made(arguments, said) if infinitive(verb.lower()) in grammar()["making"] else ""
    return f"{past(verb.lower())} {rest}{made}" if rest else ""


def _name_made(arguments: dict[str, Json], said: str) -> str:
    """ " (Rex)": what the new thing is called, where its deed does not say it yet."""
    named = next((one for key in _CALLED if isinstance(one := arguments.get(key), str) and one), "")
    return f" ({say_plainly(named)})" if named and named not in said else ""
