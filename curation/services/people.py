"""Who is at work. Until sign-in exists there is one local person with every role."""

from __future__ import annotations

from curation.errors import CurationError, NotFoundError
from curation.model.people import Actor
from curation.services.acts import Act, perform
from curation.services.workspace import Workspace
from db import people
from db.acts import Deed

NAME_LENGTH = 80


def local_actor(ws: Workspace) -> Actor:
    """The local person, named after the operating system's user until renamed."""
    return get_person(ws, people.LOCAL)


def get_person(ws: Workspace, person_id: str) -> Actor:
    with ws.reading() as connection:
        actor = people.find_person(connection, person_id)
    if actor is None:
        raise NotFoundError(f"There is no person `{person_id}` in this workspace.")
    return actor


def rename_person(ws: Workspace, actor: Actor, name: str, nonce: str) -> Actor:
    """Give the acting person another name; the audit keeps the old one."""
    wanted = tidy_name(name, "A person")

    def work(act: Act) -> str:
        people.rename_person(act.connection, actor.person_id, wanted)
        act.note(Deed(actor.person_id, before=actor.name, after=wanted))
        return actor.person_id

    return get_person(ws, perform(ws, actor, "rename person", nonce, str, work))


def tidy_name(name: str, whose: str) -> str:
    """A name without outer spaces and line ends; an empty or endless one is refused."""
    tidy = " ".join(name.split())
    if not tidy:
        raise CurationError(f"{whose} needs a name.", hint="Type at least one letter.")
    if len(tidy) > NAME_LENGTH:
        raise CurationError(f"{whose}'s name is longer than {NAME_LENGTH} characters.", hint="Shorten it.")
    return tidy
