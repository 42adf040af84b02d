"""Notes people keep on a run: why it was started, what was seen in it; written once, never changed."""

from __future__ import annotations

import msgspec

from curation.model.people import Actor
from curation.services.acts import Act, perform
from curation.services.jobs import need_job
from curation.services.remarks import need_text
from curation.services.workspace import Workspace
from db import job_notes, people
from db.acts import Deed
from db.job_notes import JobNoteRecord


class NoteView(msgspec.Struct, frozen=True):
    """One note with its author's name."""

    id: str
    text: str
    by: str
    at: str


def add_note(ws: Workspace, actor: Actor, job_id: str, text: str, *, nonce: str) -> NoteView:
    """Write something down about a run; the same nonce twice writes it once."""
    said = need_text(text, "A note", hint="Say why this run, or what was seen in it.")

    def work(act: Act) -> NoteView:
        record = need_job(act.connection, job_id)
        note = JobNoteRecord(act.ws.new_id(), job_id, said, act.actor.person_id, act.at)
        job_notes.add_note(act.connection, note)
        act.note(Deed(job_id, after=said, project_id=record.project_id))
        return NoteView(note.id, said, act.actor.name, act.at)

    return perform(ws, actor, "note on job", nonce, NoteView, work)


def list_notes(ws: Workspace, job_id: str) -> tuple[NoteView, ...]:
    """Oldest first."""
    with ws.reading() as connection:
        names = people.name_people(connection)
        found = job_notes.list_notes(connection, job_id)
    return tuple(NoteView(one.id, one.text, names.get(one.by, one.by), one.at) for one in found)
