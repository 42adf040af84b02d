"""A conversation in the playground: who is asked, how, what was said so far, and what waits for a person.

It is stored with every step, so that a reload, a second tab and a restart of the app find it as it was.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

import msgspec
from sqlalchemy import Connection

from curation.errors import BlockedError, CurationError, NotFoundError, StaleRevisionError
from curation.model.definition import Tool
from curation.model.envelope import encode
from curation.model.example import Example, Message
from curation.model.people import Actor
from curation.model.texts import is_too_long
from curation.services.acts import Act, perform
from curation.services.cataloguing import list_catalogues, list_tools
from curation.services.judging import read_body
from curation.services.playground_states import Settings, State
from curation.services.workspace import Workspace
from db import chats
from db.acts import Deed
from db.chats import ChatRecord

ACT = "ask in the playground"
KIND = "playground"
"""The kind under which text that is typed here is kept."""
MOST_REPAIRS = 2
MOST_CHARACTERS = 20_000
"""Of one thing a person says: more is a mistake of the clipboard, and no model here reads it."""


class Chat(msgspec.Struct, frozen=True):
    """One conversation as it stands."""

    id: str
    project_id: str
    person_id: str
    rev: int
    settings: Settings
    example: Example
    state: State
    at: str

    @property
    def last(self) -> Message | None:
        return self.example.messages[-1] if self.example.messages else None

    @property
    def waits_for_answer(self) -> bool:
        """Whether the model has the word."""
        return self.last is not None and self.last.role in ("user", "tool") and not self.state.choices

    @property
    def waits_for_result(self) -> bool:
        """Whether a call has its mock's result, and nobody has handed it back."""
        return bool(self.state.results) and not self.waits_for_approval

    @property
    def waits_for_approval(self) -> bool:
        """Whether a person must say yes or no before a call runs."""
        return any(one.outcome == "waits" for one in self.state.rulings.values())

    @property
    def is_refused(self) -> bool:
        """Whether the guard refused a call of the last turn."""
        return any(one.outcome == "refused" for one in self.state.rulings.values())

    @property
    def n_said(self) -> int:
        """How often the person said something."""
        return sum(one.role == "user" for one in self.example.messages)

    @property
    def correction(self) -> Example | None:
        return read_body(self.state.correction.encode()).example if self.state.correction else None


def open_chat(ws: Workspace, actor: Actor, project_id: str) -> Chat:
    """The conversation a person had last; an empty one that is not stored yet before the first."""
    with ws.reading() as connection:
        record = chats.newest_chat(connection, project_id, actor.person_id)
    return _view(record) if record else _blank(ws, actor, project_id, "", Settings())


def get_chat(ws: Workspace, actor: Actor, chat_id: str) -> Chat:
    """One's own conversation."""
    with ws.reading() as connection:
        return need_chat(connection, actor.person_id, chat_id)


def need_chat(connection: Connection, person_id: str, chat_id: str) -> Chat:
    record = chats.find_chat(connection, chat_id)
    if record is None or record.person_id != person_id:
        raise NotFoundError("There is no such conversation.", hint="Begin a new one.")
    return _view(record)


def read_correction(ws: Workspace, person_id: str, chat_id: str) -> Example:
    """The conversation with the call that is being put right."""
    with ws.reading() as connection:
        chat = need_chat(connection, person_id, chat_id)
    return chat.correction or chat.example


def begin_chat(ws: Workspace, actor: Actor, project_id: str, settings: Settings, *, nonce: str) -> Chat:
    """A new conversation; the one before stays, and its answers stay in the log."""

    def work(act: Act) -> str:
        chat = _blank(ws, actor, project_id, ws.new_id(), settings)
        chats.add_chat(act.connection, _record(chat, act.at))
        act.note(Deed(chat.id, after="begun", project_id=project_id))
        return chat.id

    return get_chat(ws, actor, perform(ws, actor, ACT, nonce, str, work))


def change_chat(
    ws: Workspace,
    actor: Actor,
    chat: Chat,
    what: str,
    change: Callable[[Chat, Act], Chat],
    *,
    nonce: str,
) -> Chat:
    """One step of a conversation; somebody else's step in between (another tab) is told, and nothing is lost."""

    def work(act: Act) -> str:
        before = need_chat(act.connection, actor.person_id, chat.id)
        if before.rev != chat.rev:
            raise StaleRevisionError("The conversation went on in another tab.", hint="Look at it, then try again.")
        save_chat(act.connection, before, change(before, act), act.at)
        act.note(Deed(chat.id, before=str(before.rev), after=what, project_id=chat.project_id))
        return chat.id

    return get_chat(ws, actor, perform(ws, actor, ACT, nonce, str, work))


def save_chat(connection: Connection, before: Chat, after: Chat, at: str) -> bool:
    """Write the next state; whether nobody had written in between."""
    after = msgspec.structs.replace(after, rev=before.rev + 1)
    return chats.save_chat(connection, _record(after, at), before.rev)


def set_up(ws: Workspace, actor: Actor, chat: Chat, settings: Settings, *, nonce: str) -> Chat:
    """Other settings; they hold from the next answer on."""
    if len(settings.system) > MOST_CHARACTERS:
        raise CurationError(f"A system prompt has at most {MOST_CHARACTERS:,} characters.", hint="Shorten it.")
    if not chat.rev:
        return begin_chat(ws, actor, chat.project_id, settings, nonce=nonce)

    def change(before: Chat, _act: Act) -> Chat:
        return msgspec.structs.replace(before, settings=settings)

    return change_chat(ws, actor, chat, "settings", change, nonce=nonce)


def say(ws: Workspace, actor: Actor, chat: Chat, text: str, *, nonce: str) -> Chat:
    """The person's next message; the model has the word afterwards."""
    words = text.encode("utf-8", "replace").decode().strip()
    if not words:
        raise CurationError("There is nothing to send.", hint="Write a message first.")
    if is_too_long(words) or len(words) > MOST_CHARACTERS:
        raise CurationError(f"A message has at most {MOST_CHARACTERS:,} characters.", hint="Shorten it.")
    if chat.waits_for_answer:
        raise BlockedError("The last message has no answer yet.", hint="Ask again for it, or begin anew.")
    if chat.waits_for_approval:
        raise BlockedError("A call waits for a yes or no.", hint="Say yes or no first, or leave the call.")
    if chat.waits_for_result:
        raise BlockedError("A call waits for its result.", hint="Hand the result back first, or leave the call.")
    if chat.state.choices:
        raise BlockedError("Several answers stand side by side.", hint="Go on with one of them first.")
    begun = chat if chat.rev else begin_chat(ws, actor, chat.project_id, chat.settings, nonce=f"{nonce}.begin")

    def change(before: Chat, _act: Act) -> Chat:
        known = before.example.messages or _system_turns(before.settings)
        turns = (*known, Message(role="user", content=words))
        state = msgspec.structs.replace(before.state, trouble="", hint="", correction="")
        return with_turns(before, turns, state)

    return change_chat(ws, actor, begun, "message", change, nonce=nonce)


def with_turns(chat: Chat, turns: tuple[Message, ...], state: State) -> Chat:
    """The conversation with these turns; what is known of turns that are gone goes too."""
    known = {turn: one for turn, one in state.said.items() if turn < len(turns)}
    calls = {call.id for turn in turns for call in turn.calls or ()}
    runs = {call: one for call, one in state.runs.items() if call in calls}
    example = msgspec.structs.replace(chat.example, messages=turns)
    return msgspec.structs.replace(chat, example=example, state=msgspec.structs.replace(state, said=known, runs=runs))


def leave_call(ws: Workspace, actor: Actor, chat: Chat, *, nonce: str) -> Chat:
    """The call that waits is left as it is: the person goes on."""

    def change(before: Chat, _act: Act) -> Chat:
        state = msgspec.structs.replace(before.state, results={}, rulings={}, correction="")
        return msgspec.structs.replace(before, state=state)

    return change_chat(ws, actor, chat, "call left", change, nonce=nonce)


def take_back(ws: Workspace, actor: Actor, chat: Chat, *, nonce: str) -> tuple[Chat, str]:
    """The conversation before the person's last message, and that message, to be worded anew."""
    turns = chat.example.messages
    at = max((turn for turn, one in enumerate(turns) if one.role == "user"), default=None)
    if at is None:
        raise BlockedError("Nothing was said yet.", hint="Write a message first.")
    words = str(turns[at].content)

    def change(before: Chat, _act: Act) -> Chat:
        # What is left may be the system prompt alone: then the next message begins anew, with the prompt as it is then.
        left = turns[:at] if any(one.role == "user" for one in turns[:at]) else ()
        return with_turns(before, left, State(said=before.state.said, runs=before.state.runs))

    return change_chat(ws, actor, chat, "message taken back", change, nonce=nonce), words


def tools_of(ws: Workspace, project_id: str, settings: Settings) -> dict[str, Tool]:
    """Name → tool: what is offered, from a published catalogue or as the tools are now."""
    if settings.catalogue_n is None:
        return {view.name: view.tool for view in list_tools(ws, project_id)}
    found = next((one for one in list_catalogues(ws, project_id) if one.n == settings.catalogue_n), None)
    if found is None:
        raise NotFoundError(f"There is no catalogue v{settings.catalogue_n}.", hint="Choose another one.")
    return {tool.name: tool for tool in found.tools}


def offered(example: Example, tools: Mapping[str, Tool]) -> Example:
    """The conversation with these tools on offer."""
    return msgspec.structs.replace(example, tools=tuple(tool.definition for tool in tools.values()))


def _system_turns(settings: Settings) -> tuple[Message, ...]:
    words = settings.system.strip()
    return (Message(role="system", content=words),) if words else ()


def _blank(ws: Workspace, actor: Actor, project_id: str, chat_id: str, settings: Settings) -> Chat:
    return Chat(chat_id, project_id, actor.person_id, 0 if not chat_id else 1, settings, Example(), State(), ws.now())


def _record(chat: Chat, at: str) -> ChatRecord:
    return ChatRecord(
        id=chat.id,
        project_id=chat.project_id,
        person_id=chat.person_id,
        rev=chat.rev,
        settings=msgspec.json.encode(chat.settings).decode(),
        body=encode(chat.example),
        state=msgspec.json.encode(chat.state).decode(),
        at=at,
    )


def _view(record: ChatRecord) -> Chat:
    return Chat(
        record.id,
        record.project_id,
        record.person_id,
        record.rev,
        msgspec.json.decode(record.settings, type=Settings),
        read_body(record.body).example,
        msgspec.json.decode(record.state, type=State),
        record.at,
    )
