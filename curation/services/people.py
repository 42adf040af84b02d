"""Who is at work: the local people of a workspace, and which of them sits at the desk.

There is no sign-in here: whoever is at the machine may say who they are, and the audit keeps when they said so. People
with a login of their own are never taken that way.
"""

from __future__ import annotations

from collections.abc import Iterable

from curation.errors import CurationError, NotFoundError
from curation.model.people import ROLES, Actor, Role
from curation.services.acts import Act, perform
from curation.services.workspace import Workspace
from db import people
from db.acts import Deed

NAME_LENGTH = 80


def local_actor(ws: Workspace) -> Actor:
    """The person at the desk; the first one is named after the operating system's user until renamed."""
    chosen = ws.who()
    if chosen != people.LOCAL and any(one.person_id == chosen for one in list_people(ws)):
        return get_person(ws, chosen)
    return get_person(ws, people.LOCAL)


def list_people(ws: Workspace) -> tuple[Actor, ...]:
    """Everybody who works here without a login of their own, the first one first."""
    with ws.reading() as connection:
        return tuple(people.list_local_people(connection))


def add_person(ws: Workspace, actor: Actor, name: str, roles: Iterable[Role] = ROLES, *, nonce: str) -> Actor:
    """Name somebody else who works at this machine; names are told apart."""
    wanted, allowed = tidy_name(name, "A person"), frozenset(roles)
    if not allowed or not allowed <= set(ROLES):
        raise CurationError(f"{wanted} needs a role.", hint=f"Roles are {', '.join(ROLES)}.")

    def work(act: Act) -> str:
        if any(one.name.casefold() == wanted.casefold() for one in people.list_local_people(act.connection)):
            raise CurationError(f"There is somebody called `{wanted}` already.", hint="Add a letter of the surname.")
        person_id = act.ws.new_id()
        people.add_person(act.connection, Actor(person_id, allowed, wanted))
        act.note(Deed(person_id, after=wanted))
        return person_id

    return get_person(ws, perform(ws, actor, "add person", nonce, str, work))


def change_places(ws: Workspace, actor: Actor, person_id: str, *, nonce: str) -> Actor:
    """Somebody else sits down at this desk: written into the audit under the name of who stood up."""

    def work(act: Act) -> str:
        if not any(one.person_id == person_id for one in people.list_local_people(act.connection)):
            raise NotFoundError("This person does not work at this machine.", hint="Choose one of the list.")
        act.note(Deed(person_id, before=actor.person_id, after=person_id))
        return person_id

    return get_person(ws, perform(ws, actor, "change places", nonce, str, work))


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
