"""The log of the playground: every answer, newest first, and the draft example a bad one becomes."""

from __future__ import annotations

from collections.abc import Collection

import msgspec

from curation.errors import NotFoundError
from curation.model.example import Example
from curation.model.people import Actor
from curation.services.acts import Act, perform
from curation.services.manifests import PLAYGROUND
from curation.services.playground_answers import INVALID_VERDICTS
from curation.services.playground_chats import Chat
from curation.services.playground_steps import Spent, Step, find_ruling, read_last, read_steps, sum_repairs
from curation.services.remarks import COMMENT_LENGTH, put_comment
from curation.services.workspace import Workspace
from curation.services.writing import new_example
from db import interactions, people
from db.interactions import InteractionEntry

PAGE = 50
HELD = {
    "refused": "The guard refused the call",
    "waits": "The guard let the call wait",
    "repeated": "The guard gave an earlier result back",
}
"""What the guard did, by the kind of its step."""


class LogLine(msgspec.Struct, frozen=True):
    """One answer of the log."""

    entry: InteractionEntry
    by: str
    steps: tuple[Step, ...]
    repaired: Spent


class LogPage(msgspec.Struct, frozen=True):
    """One page, newest first; `next_before` leads to the older ones, "" where there are none."""

    lines: tuple[LogLine, ...]
    next_before: str
    n: int
    """How many there are under these filters."""


def read_log(
    ws: Workspace,
    project_id: str,
    *,
    verdict: str = "",
    model_id: str = "",
    before: str = "",
    is_invalid: bool = False,
    is_held: bool = False,
    limit: int = PAGE,
) -> LogPage:
    """A page of the log. `is_invalid`: only what the validator said no to; `is_held`: only what the guard held."""
    held = tuple(HELD) if is_held else ()
    verdicts = (verdict,) if verdict else tuple(INVALID_VERDICTS) if is_invalid else ()
    with ws.reading() as connection:
        found = interactions.list_interactions(
            connection, project_id, limit + 1, verdicts=verdicts, model_id=model_id, before=before, held=held
        )
        n = interactions.count_interactions(connection, project_id, verdicts=verdicts, model_id=model_id, held=held)
        names = people.name_people(connection)
    lines = tuple(_line(one, names) for one in found[:limit])
    return LogPage(lines, lines[-1].entry.id if len(found) > limit else "", n)


def count_invalid(ws: Workspace, project_id: str) -> tuple[int, int]:
    """Invalid outputs, and all answers."""
    with ws.reading() as connection:
        invalid = interactions.count_interactions(connection, project_id, verdicts=INVALID_VERDICTS)
        return invalid, interactions.count_interactions(connection, project_id)


def list_asked(ws: Workspace, project_id: str) -> dict[str, str]:
    """Id → name of every model that was asked."""
    with ws.reading() as connection:
        return dict(interactions.list_asked(connection, project_id))


def lines_of(ws: Workspace, ids: Collection[str]) -> dict[str, LogLine]:
    """Some answers by their ids."""
    with ws.reading() as connection:
        found = interactions.find_entries(connection, ids)
        names = people.name_people(connection)
    return {one.id: _line(one, names) for one in found}


def draft_answer(ws: Workspace, actor: Actor, interaction_id: str, *, nonce: str) -> str:
    """The id of a new draft: the conversation an answer was given to, and the answer as it was."""
    with ws.reading() as connection:
        record = interactions.find_interaction(connection, interaction_id)
    if record is None:
        raise NotFoundError("There is no such answer in the log.", hint="Look at the newest ones.")
    example, read, _ = read_last(record)
    answered = msgspec.structs.replace(example, messages=(*example.messages, read.turn))
    return _draft(ws, actor, record.project_id, interaction_id, answered, nonce)


def draft_turn(ws: Workspace, actor: Actor, chat: Chat, turn: int, *, nonce: str) -> str:
    """The id of a new draft: a conversation up to one of its turns, as it stands there."""
    said = chat.state.said.get(turn)
    if said is None or turn >= len(chat.example.messages):
        raise NotFoundError("That turn is gone.", hint="Look at the conversation again.")
    begun = msgspec.structs.replace(chat.example, messages=chat.example.messages[: turn + 1])
    return _draft(ws, actor, chat.project_id, said.interaction, begun, nonce)


def find_source(ws: Workspace, example_id: str) -> str:
    """The model whose answer an example was made from; "" for any other example."""
    with ws.reading() as connection:
        return interactions.find_model_of(connection, example_id)


def _draft(ws: Workspace, actor: Actor, project_id: str, interaction_id: str, example: Example, nonce: str) -> str:
    """A draft that says in a comment at its last turn whose answer that was, and what was wrong with it."""
    line = lines_of(ws, [interaction_id])[interaction_id]
    view = new_example(ws, actor, project_id, example, origin=PLAYGROUND, nonce=nonce)

    def work(act: Act) -> str:
        interactions.link_example(act.connection, interaction_id, view.id)
        place = f"/messages/{len(example.messages) - 1}"
        put_comment(act, view.id, view.head_rev, _tell_finding(line)[:COMMENT_LENGTH], place)
        return view.id

    return perform(ws, actor, "comment", f"{nonce}.note", str, work)


def _tell_finding(line: LogLine) -> str:
    entry = line.entry
    said = f"An answer of {entry.model_name} in the playground"
    ruling = find_ruling(line.steps)
    held = f" {HELD[ruling.kind]} ({ruling.check}): {ruling.why}" if ruling is not None else ""
    if entry.verdict not in INVALID_VERDICTS:
        return f"{said}.{held}"
    repaired = f" It was repaired in {line.repaired.rounds}." if line.repaired.rounds else ""
    return f"{said}, refused: {entry.why}{repaired}{held}"


def _line(entry: InteractionEntry, names: dict[str, str]) -> LogLine:
    steps = read_steps(entry.steps)
    return LogLine(entry, names.get(entry.by, entry.by), steps, sum_repairs(steps))
