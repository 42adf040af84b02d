"""A request composed of a template, what the tool does and the arguments that are said."""

from __future__ import annotations

import re
from collections.abc import Sequence

from curation.synthesizers.actions import method_of
from curation.synthesizers.details import Detail, in_a_list, in_one_breath, in_sentences
from curation.synthesizers.repositories import join_repository, put_repository
from curation.synthesizers.scene import Request

_BY = re.compile(r"^(?P<rest>.* )?by (?P<what>[\w ]+)$")
_SENTENCE_ACTION = re.compile(r"(?:^|(?<=[.!?] ))@action")
_ID_OF = re.compile(r" ?\b(?:id|name|number|slug)$")
_STEM = 3
"""Letters by which "fine-tune" and "fine tuning" are the same."""
_BARE_ID = re.compile(r" by id$", re.IGNORECASE)
"""Said of what is asked for without its id."""
_CALLED = {"pull number": "pull request number", "username": "user name"}
"""Names of parameters → what people call them."""
_LAST_NOUN = re.compile(r"\b(?:an?|the) ([\w-]+)$")
_ARTICLE = re.compile(r" the (?=(?:[\w-]+ ){0,2}[\w-]+$)")
_MADE = re.compile(
    r"^(?:add|append|book|build|buy|create|draft|generate|insert|make|open|order|place|post|publish|register|reserve|send|upload|write)\b"
)
"""What is only now made has no id yet: its name is named behind it."""
_CHANGES = re.compile(r"^(?:change|edit|modify|set|update)\b")
"""What is changed becomes the value: "update the issue type to Bug"."""
_SAYS_WITH = re.compile(r"\b(?:with|given|using)\b")


class Worded(Request, frozen=True):
    """A request in a template's words (`frame`), or in a pack's frame with what the frame has no place for behind."""

    details: tuple[Detail, ...] = ()
    """The arguments that are named outside the frame."""
    action: str = ""
    """What stands for `@action`; empty for a pack's frame."""
    method: str = ""
    """The argument that says which of its acts a tool of many is called for; empty for a tool of one."""
    method_action: str = ""
    """What that act is: "get workflow run"."""
    behind: str = ""
    """The argument of a pack's frame whose place stays empty, as it is named in a sentence of its own."""
    behind_said: str = ""
    """That sentence: "The order id is B4821."."""

    def text(self, left_open: tuple[str, ...] = ()) -> str:
        kept = [one for one in self.details if one.name not in left_open]
        if not self.action:
            return self._in_frame(left_open) + in_sentences(kept)
        if self.method and self.method not in left_open:
            said = [one for one in self.details if one.name != self.method]
            return compose(self.frame, self.method_action, said, left_open)
        return compose(self.frame, self.action, self.details, left_open)

    def openable(self) -> tuple[str, ...]:
        """As of any request; which of many acts is wanted is never left open, as then nothing would be asked for."""
        method = method_of(self.tool) if self.action else ""
        return tuple(name for name in Request.openable(self) if name != method)

    def _in_frame(self, left_open: tuple[str, ...]) -> str:
        if not self.behind or self.behind in left_open:
            return Request.text(self, left_open)
        return f"{Request.text(self, (*left_open, self.behind))} {self.behind_said}"


def compose(template: str, action: str, details: Sequence[Detail], left_open: tuple[str, ...] = ()) -> str:
    """One sentence or a few, with every detail said once that is not left open.

    Which detail stands inside the action is settled among all of them: what is left open leaves its place empty, and
    no other value slips into it.
    """
    is_inside = _takes_inside(template)
    whole = join_repository(details, left_open) if is_inside else list(details)
    said, rest = _put_inside(action, whole, left_open) if is_inside else (action, whole)
    if is_inside:
        said, rest = put_repository(said, rest)
    rest = [one for one in rest if one.name not in left_open]
    words = _SENTENCE_ACTION.sub(lambda _: said[:1].upper() + said[1:], template).replace("@action", said)
    words = words.replace("@comma", in_one_breath(rest, after_with=bool(_SAYS_WITH.search(said))))
    words = words.replace("@colon", in_a_list(rest)).replace("@sentence", in_sentences(rest)).strip()
    return words[:1].upper() + words[1:]


def _takes_inside(template: str) -> bool:
    """Whether the action stands in the sentence itself; quoted, it stays as it is."""
    return "„@" not in template and "«" not in template


def _put_inside(action: str, details: Sequence[Detail], left_open: tuple[str, ...]) -> tuple[str, list[Detail]]:
    """One argument said where the action speaks of it, and the others.

    "find pets by status" and the status sold → "find pets by status sold"; "get the weather of a city" and Leeds →
    "get the weather of Leeds"; "delete a file" and the file id F1 → "delete the file F1".
    """
    inside = [(one, said) for one in details if one.shape == "value" and (said := _inside(action, one))]
    if not inside:
        return action, list(details)
    # Of a "sub issue id" and the "issue number" of its parent, the sub issue is told by its own.
    one, said = max(inside, key=lambda found: len(_ID_OF.sub("", found[0].label.lower()).split()))
    rest = [other for other in details if other is not one]
    return _BARE_ID.sub("", action) if one.name in left_open else said, rest


def _inside(action: str, one: Detail) -> str:
    label = _CALLED.get(one.label.lower(), one.label.lower())
    by = _BY.match(action)
    if by and by["what"].lower() == "id" and (shown := by["rest"].strip()) and label.endswith("id"):
        return _named(shown, one.phrase)
    if by and one.label.lower().rstrip("s").endswith(by["what"].lower().split()[-1].rstrip("s")):
        return f"{action} {one.phrase}"
    shown = _LAST_NOUN.search(action)
    if label == "id" and shown and not _MADE.match(action):
        return _named(f"{action[: shown.start()]}the {shown[1]}", one.phrase)
    noun = _ID_OF.sub("", label)
    place = re.search(
        rf"\b(?:of|in|for|to|from) (an?|the) {re.escape(label)}(?=$|,| (?:in|on|by|to|from|and)\b)",
        action,
        re.IGNORECASE,
    )
    if place and noun == label:
        return f"{action[: place.start(1)]}{one.phrase}{action[place.end() :]}"
    at_end = (
        re.search(rf"\b(an?|the) ((?:[\w-]+ )?{re.escape(noun.split()[-1])})$", action, re.IGNORECASE) if noun else None
    )
    if at_end and noun == label and _CHANGES.match(action) and _names_same(at_end.group(2), noun):
        return f"{action} to {one.phrase}"
    if at_end and not _MADE.match(action) and _names_same(at_end.group(2), noun):
        return _named(f"{action[: at_end.start()]}the {at_end.group(2)}", one.phrase)
    return ""


def _named(act: str, phrase: str) -> str:
    """ "delete the file F1", "delete pet 2212"."""
    if phrase.isdigit():
        act = _ARTICLE.sub(" ", act)
    return f"{act} {phrase}"


def _names_same(said: str, noun: str) -> bool:
    """Whether what the action names is what a label names: "the review comment" is no "sub comment"."""
    one, other = said.lower().replace("-", " ").split(), noun.split()
    mine, theirs = {word[:_STEM] for word in one[:-1]}, {word[:_STEM] for word in other[:-1]}
    return one[-1] == other[-1] and (mine <= theirs or theirs <= mine)
