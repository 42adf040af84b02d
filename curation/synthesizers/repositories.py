"""A repository said as people write it: its owner and its name as one."""

from __future__ import annotations

import re
from collections.abc import Sequence

from curation.synthesizers.details import Detail

_OWNERS = ("owner", "org", "organization", "organisation")
_NAMES = ("repo", "repository")
_WHOLE = "repository"
_SPOKEN_OF = re.compile(
    r"\b(?:an?|the) ((?:[\w-]+ )?repository)(?=$|,| (?:in|on|by|to|from|with|for)\b)", re.IGNORECASE
)


def join_repository(details: Sequence[Detail], left_open: tuple[str, ...] = ()) -> list[Detail]:
    """The arguments with owner and name made one: "willow-labs/garden-cli"; each alone where the other is open."""
    owner = next((one for one in details if one.name in _OWNERS and one.shape == "value"), None)
    name = next((one for one in details if one.name in _NAMES and one.shape == "value"), None)
    if owner is None or name is None or {owner.name, name.name} & set(left_open):
        return list(details)
    whole = Detail(name.name, _WHOLE, f"{owner.phrase}/{name.phrase}")
    return [whole if one is name else one for one in details if one is not owner]


def put_repository(action: str, details: Sequence[Detail]) -> tuple[str, list[Detail]]:
    """The repository said where the act speaks of one, or behind the act; and the other arguments."""
    whole = next((one for one in details if one.label == _WHOLE and "/" in one.phrase), None)
    if whole is None:
        return action, list(details)
    rest = [one for one in details if one is not whole]
    spoken = _SPOKEN_OF.search(action)
    if spoken:
        return f"{action[: spoken.start()]}the {spoken[1]} {whole.phrase}{action[spoken.end() :]}", rest
    return f"{action} in the repository {whole.phrase}", rest
