"""Views: names that a person gives to filters, kept per project; one of them may open by itself."""

from __future__ import annotations

import msgspec

from curation.errors import CurationError, NotFoundError
from curation.model.filters import ExampleFilter
from curation.model.people import Actor
from curation.services.acts import Act, perform
from curation.services.filtering import read_address, write_address
from curation.services.projects import need_project
from curation.services.workspace import Workspace
from db import views
from db.acts import Deed
from db.views import ViewRecord

LONGEST_NAME = 60


class SavedView(msgspec.Struct, frozen=True):
    """One view; `is_first` opens by itself."""

    name: str
    filter: ExampleFilter
    is_first: bool


def list_views(ws: Workspace, person_id: str, project_id: str) -> tuple[SavedView, ...]:
    """By name."""
    with ws.reading() as connection:
        return tuple(map(_view, views.list_views(connection, person_id, project_id)))


def save_view(
    ws: Workspace, actor: Actor, project_id: str, name: str, wanted: ExampleFilter, *, nonce: str
) -> SavedView:
    """Keep a filter under a name; the same name again gets the new filter."""

    def work(act: Act) -> SavedView:
        project = need_project(act.connection, project_id)
        known = {one.name: one for one in views.list_views(act.connection, actor.person_id, project.id)}
        named = _need_name(name)
        filters = msgspec.json.encode(write_address(wanted)).decode()
        is_first = known[named].is_first if named in known else 0
        record = ViewRecord(actor.person_id, project.id, named, filters, act.at, is_first)
        views.put_view(act.connection, record)
        act.note(Deed(f"view {named}", after=filters, project_id=project.id))
        return _view(record)

    return perform(ws, actor, "keep view", nonce, SavedView, work)


def rename_view(ws: Workspace, actor: Actor, project_id: str, name: str, new_name: str, *, nonce: str) -> SavedView:
    """Give a view another name."""

    def work(act: Act) -> SavedView:
        named = _need_name(new_name)
        record = _need_view(act, project_id, name)
        others = {one.name for one in views.list_views(act.connection, actor.person_id, project_id)} - {name}
        if named in others:
            raise CurationError(f"You have a view `{named}` already.", hint="Choose another name.")
        views.rename_view(act.connection, record, named)
        act.note(Deed(f"view {name}", name, named, project_id))
        return _view(msgspec.structs.replace(record, name=named))

    return perform(ws, actor, "keep view", nonce, SavedView, work)


def delete_view(ws: Workspace, actor: Actor, project_id: str, name: str, *, nonce: str) -> SavedView:
    """Forget a view; no example is touched. Saving what this returns brings it back."""

    def work(act: Act) -> SavedView:
        record = _need_view(act, project_id, name)
        views.delete_view(act.connection, record)
        act.note(Deed(f"view {name}", before=record.filters, project_id=project_id))
        return _view(record)

    return perform(ws, actor, "keep view", nonce, SavedView, work)


def open_first(ws: Workspace, actor: Actor, project_id: str, name: str, *, nonce: str) -> str:
    """Let one view open by itself; an empty name: none does."""

    def work(act: Act) -> str:
        if name:
            _need_view(act, project_id, name)
        views.put_first(act.connection, actor.person_id, project_id, name)
        act.note(Deed("first view", after=name, project_id=project_id))
        return name

    return perform(ws, actor, "keep view", nonce, str, work)


def _view(record: ViewRecord) -> SavedView:
    # What an older program kept and this one no longer knows is left out.
    kept = read_address(msgspec.json.decode(record.filters, type=dict[str, str])).filter
    return SavedView(record.name, kept, bool(record.is_first))


def _need_name(name: str) -> str:
    named = " ".join(name.split())
    if not named:
        raise CurationError("A view needs a name.", hint="Say in a word or two what it shows.")
    if len(named) > LONGEST_NAME:
        raise CurationError(f"A view's name has at most {LONGEST_NAME} characters.")
    return named


def _need_view(act: Act, project_id: str, name: str) -> ViewRecord:
    for one in views.list_views(act.connection, act.actor.person_id, project_id):
        if one.name == name:
            return one
    raise NotFoundError(f"You have no view `{name}` here.", hint="It was renamed or deleted in another tab.")
