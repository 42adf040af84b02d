"""Who may do what: one table from act to roles; an act without a row is refused."""

from __future__ import annotations

from curation.errors import NotAllowedError
from curation.model.people import ROLES, Actor, Role

EVERYONE: frozenset[Role] = frozenset(ROLES)
WRITERS: frozenset[Role] = frozenset({"annotator", "expert", "lead"})
EXPERTS: frozenset[Role] = frozenset({"expert", "lead"})
LEADS: frozenset[Role] = frozenset({"lead"})

ALLOWED: dict[str, frozenset[Role]] = {
    "rename person": EVERYONE,
    "add person": frozenset({"lead", "admin"}),
    "change places": EVERYONE,
    "create project": frozenset({"lead", "admin"}),
    "set target": LEADS,
    "save tool": EXPERTS,
    "import tools": EXPERTS,
    "undo tool import": EXPERTS,
    "allow tool server": LEADS,
    "archive tool": EXPERTS,
    "publish catalogue": EXPERTS,
    "move examples": EXPERTS,
    "undo move of examples": EXPERTS,
    "write example": WRITERS,
    "save example": WRITERS,
    "submit example": WRITERS,
    "waive finding": WRITERS,
    "undo": WRITERS,
    "redo": WRITERS,
    "duplicate example": WRITERS,
    "split example": WRITERS,
    "archive example": WRITERS,
    "restore example": WRITERS,
    "accept example": EXPERTS,
    "request changes": EXPERTS,
    "reject example": EXPERTS,
    "comment": EVERYONE,
    "close comment": EVERYONE,
    "accept edited": EXPERTS,
    "decide blind": EXPERTS,
    "resolve difference": EXPERTS,
    "take over": LEADS,
    "set double review": LEADS,
    "merge example": WRITERS,
    "accept batch": LEADS,
    "add examples": WRITERS,
    "import file": WRITERS,
    "begin import": WRITERS,
    "cancel import": WRITERS,
    "undo batch": WRITERS,
    "keep view": EVERYONE,
    "change many": WRITERS,
    "mend reject": WRITERS,
    "freeze": LEADS,
    "move group": LEADS,
    "undo move of group": LEADS,
    "name version": LEADS,
    "make shifted test": LEADS,
    "draw sample": LEADS,
    "accept by sample": LEADS,
    "send batch back": LEADS,
    "export": WRITERS,
    "push to hub": LEADS,
    "save system prompt": EXPERTS,
    "name licence": WRITERS,
    "launch training": LEADS,
    "launch trial": LEADS,
    "note on job": EVERYONE,
    "plan tuning": LEADS,
    "launch evaluation": LEADS,
    "add model": LEADS,
    "ask in the playground": WRITERS,
    "set gate": LEADS,
    "promote model": LEADS,
    "roll back model": LEADS,
    "synthesise": WRITERS,
    "order candidates": WRITERS,
    "pause order": WRITERS,
    "resume order": WRITERS,
    "make the rest": WRITERS,
    "discard sample": WRITERS,
    "take in candidates": WRITERS,
    "save drafting prompt": EXPERTS,
    "save domain values": EXPERTS,
    "ask for writing": WRITERS,
    "end writing task": WRITERS,
    "choose base model": WRITERS,
    "cancel job": LEADS,
    "retry job": LEADS,
    "fill demo": WRITERS,
    "back up": frozenset({"lead", "admin"}),
}


def require(actor: Actor, act: str) -> None:
    """Refuse an act that none of the actor's roles allows."""
    allowed = ALLOWED.get(act, frozenset())
    if not actor.roles & allowed:
        needed = " or ".join(sorted(allowed)) or "nobody"
        raise NotAllowedError(
            f"{actor.name or actor.person_id} may not do this: {act}.", hint=f"It takes the role {needed}."
        )
