"""What was asked for, as a reply speaks of it: of the very thing that was named, and not of how it is looked up."""

from __future__ import annotations

import re
from collections.abc import Container

from curation.model.definition import Tool
from curation.synthesizers.actions import infinitive
from curation.synthesizers.grammar import grammar
from curation.synthesizers.subjects import identifying

_LOOKED_UP_BY = re.compile(r"(?i)(?<=\w) by (?:[\w-]+ )*(?:id|identifier|name|username|login|number|slug|key|email)$")
_ANY = re.compile(r"^(?P<verb>[\w-]+) an? ")


def mean_it(tool: Tool, action: str, named: Container[str]) -> str:
    """ "cancel a job" → "cancel the job" where its id is among what was named; "get user detail by username" is cut."""
    short = _LOOKED_UP_BY.sub("", action)
    said = short if " " in short else action
    known = identifying(tool)
    any_ = _ANY.match(said)
    if not any_ or not known or known not in named or infinitive(any_["verb"].lower()) in grammar()["making"]:
        return said
    return f"{any_['verb']} the {said[any_.end() :]}"
