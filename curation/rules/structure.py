"""Checks of the row's outline: which turns there are, in which order, with which roles and keys."""

from __future__ import annotations

import msgspec

from curation.model.envelope import encode
from curation.model.example import Call, Example, Message
from curation.model.finding import Fix, Severity
from curation.model.values import UNSET, Arguments, Exact
from curation.reading.strict import parse_strict
from curation.rules.hints import did_you_mean, name_kind, nearest, quote
from curation.rules.label_shape import LABEL_KINDS, find_misshapen
from curation.rules.registry import OTHER_ROLES, Found, Hit, rule
from curation.rules.row import Row, Turn, is_known_role

ROLE_NAMES = {
    "human": "user",
    "customer": "user",
    "gpt": "assistant",
    "bot": "assistant",
    "ai": "assistant",
    "model": "assistant",
    "agent": "assistant",
    "function_call": "assistant",
    "observation": "tool",
    "ipython": "tool",
    "tool_response": "tool",
    "environment": "tool",
}
ROLES = ("system", "developer", "user", "assistant", "tool")
_LAST_ROLES = frozenset({"user", "tool", "system", "developer"})


@rule("M01", scope="row")
def messages_missing(row: Row) -> Found:
    """The row has no list of messages.

    Without turns there is nothing to learn from, and a service refuses the whole file. The key is `messages` and
    holds a list of objects.

    Bad: `{"message": []}`

    Good: `{"messages": [{"role": "user", "content": "Hello"}, {"role": "assistant", "content": "Hi"}]}`
    """
    if row.example.whole is not None:
        return Hit("", f'The row is {name_kind(row.example.whole.json)}, not an object; write `{{"messages": […]}}`.')
    if row.turns:
        broken = [turn for turn in row.turns if turn.message.whole is not None]
        return [Hit(turn.at, "This element of messages is not an object.") for turn in broken] if broken else None
    if "messages" in row.example.extra:
        return Hit("/messages", "The messages are not a list of objects.")
    near = next(
        (key for key in ("message", "conversations", "conversation", "turns") if key in row.example.extra), None
    )
    hint = f"; the key `{near}` must be called `messages`" if near else ""
    return Hit("/messages", f"The row has no messages{hint}.")


@rule("M02", scope="message", roles=(OTHER_ROLES,))
def unknown_role(turn: Turn, _row: Row) -> Found:
    """A turn has an unknown role.

    Templates raise on it, and one trainer turns the whole row into an empty one without a word. Other formats'
    names are repaired by one click.

    Bad: `{"role": "human", "content": "Hello"}`

    Good: `{"role": "user", "content": "Hello"}`
    """
    role = turn.role
    if turn.message.whole is not None:
        return None
    at = turn.at + "/role"
    if not role:
        state = "no role" if turn.message.role is UNSET else "a role that is no text"
        return Hit(at, f"The turn has {state}; it must be one of {', '.join(ROLES)}.")
    if role == "function":
        return None
    meant = ROLE_NAMES.get(role.lower().strip()) or (
        role.lower().strip() if is_known_role(role.lower().strip()) else None
    )
    fix = Fix(f"Change to {meant}", at, f'"{meant}"') if meant else None
    hint = f"; did you mean `{meant}`?" if meant else did_you_mean(role, ROLES)
    remedy = hint or f"; write one of {', '.join(ROLES)}."
    return Hit(at, f"`{role[:40]}` is no role{remedy}", {"role": role[:40]}, fix)


@rule("M03", scope="row")
def no_assistant_turn(row: Row) -> Found:
    """No turn is the assistant's.

    Only assistant turns are learned, so the row teaches nothing.

    Bad: a system turn and a user turn, nothing else

    Good: the same two, then the assistant's answer or call
    """
    if not row.turns or row.assistant_turns:
        return None
    if any(turn.role.lower() in ROLE_NAMES and ROLE_NAMES[turn.role.lower()] == "assistant" for turn in row.turns):
        return None
    return Hit("/messages", "The row has no assistant turn, so there is nothing to learn.")


@rule("M04", scope="row")
def last_turn_not_assistant(row: Row) -> Found:
    """The last turn is not the assistant's.

    What follows the last assistant turn carries no loss and is often cut or refused. Add the answer or remove the
    turn.

    Bad: … the tool's result, and then the end

    Good: … the tool's result, then the assistant's answer
    """
    if not row.turns or row.turns[-1].role not in _LAST_ROLES or not row.assistant_turns:
        return None
    last = row.turns[-1]
    return Hit(last.at, f"The row ends on a {last.role} turn; end it with the assistant.", {"role": last.role})


@rule("M05", scope="row", severity=Severity.WARNING)
def system_turn_misplaced(row: Row) -> Found:
    """A system turn stands after the first turn, or there are several.

    Many templates print only the first system turn or refuse a later one, so the instruction is lost where it
    matters.

    Bad: user, assistant, system, user, assistant

    Good: system, user, assistant, user, assistant
    """
    later = [turn for turn in row.turns[1:] if turn.role in ("system", "developer")]
    if not later:
        return None
    return [Hit(turn.at, f"This {turn.role} turn is not the first turn; many templates lose it.") for turn in later]


@rule("M10", scope="row", severity=Severity.WARNING)
def repeated_user_turn(row: Row) -> Found:
    """Two user turns follow each other.

    Formats with strict alternation drop the row, and others never saw such input. Join the two turns.

    Bad: user, user, assistant

    Good: user, assistant
    """
    return _repeated(row, "user", "This user turn follows another one; join the two.")


@rule("M11", scope="row", severity=Severity.WARNING)
def repeated_assistant_turn(row: Row) -> Found:
    """An assistant turn follows another one.

    The usual cause is a forgotten tool turn, which some services answer with an error that names no place. Put
    the tool's result between the two, or join them.

    Bad: assistant calls a tool, assistant answers

    Good: assistant calls a tool, the tool answers, assistant answers
    """
    return _repeated(row, "assistant", "This assistant turn follows another one without a tool result between them.")


def _repeated(row: Row, role: str, message: str) -> list[Hit] | None:
    hits = None
    before = ""
    for turn in row.turns:
        if turn.role == role and before == role:
            hits = hits or []
            hits.append(Hit(turn.at, message, {"text": (turn.text or "")[:80]}))
        before = turn.role
    return hits


@rule("M12", scope="row", severity=Severity.INFO)
def unknown_key(row: Row) -> Found:
    """A key is not known at this place.

    Strict services refuse the row because of it; others drop it, and what it said is lost. Remove it, or correct
    its name. A label, and each key of a label, also needs a value of the right kind; otherwise nothing reads it.

    Bad: `{"id": 7, "messages": [...]}`

    Good: `{"messages": [...]}`
    """
    hits: list[Hit] = []
    if row.example.extra:
        hits += _unknown(row.example.extra, "", "the row", _KNOWN_TOP)
    for turn in row.turns:
        if turn.message.extra:
            hits += _unknown(turn.message.extra, turn.at, "a message", _KNOWN_MESSAGE)
        label = turn.message.label
        if label is not None and label.extra:
            hits += _unknown(label.extra, turn.at + "/label", "a label", set(LABEL_KINDS))
        if "label" in turn.message.extra or (label is not None and label.extra):
            hits += find_misshapen(turn)
        for call in turn.calls:
            if call.call.extra or call.call.function_extra:
                hits += _unknown(call.call.extra, call.at, "a tool call", {"id", "type", "function"})
                hits += _unknown(call.call.function_extra, call.at + "/function", "a function", {"name", "arguments"})
    return hits or None


_KNOWN_TOP = {"messages", "tools", "parallel_tool_calls", "functions", "function_call"}
_KNOWN_MESSAGE = {
    "role", "content", "tool_calls", "tool_call_id", "name", "weight", "refusal", "audio", "function_call", "label",
}  # fmt: skip


def _unknown(extra: dict[str, str], at: str, owner: str, known: set[str]) -> list[Hit]:
    hits = []
    for key in extra:
        if key not in known:
            place = f"{at}/{key.replace('~', '~0').replace('/', '~1')}"
            near = nearest(key, sorted(known)) if len(key) > 3 else None
            hint = f"; did you mean `{near}`?" if near else "; remove it or keep it as a tag."
            fix = Fix(f"Remove {key[:30]}", place)
            hits.append(Hit(place, f"`{key[:60]}` is no key of {owner}{hint}", {"key": key[:60]}, fix))
    return hits


@rule("M16", scope="row", severity=Severity.INFO)
def first_turn_role(row: Row) -> Found:
    """The conversation starts with the assistant or a tool.

    Most templates want the user to speak first and raise, or move the turn. Start with the request.

    Bad: tool, assistant

    Good: user, assistant, tool, assistant
    """
    first = next((turn for turn in row.turns if turn.role not in ("system", "developer")), None)
    if first is None or first.role not in ("assistant", "tool"):
        return None
    return Hit(first.at, f"The first turn is of the role {first.role}; most templates want the user to speak first.")


@rule("M17", scope="row", severity=Severity.INFO)
def deprecated_function_call(row: Row) -> Found:
    """The row uses the old function_call form.

    Files of 2023 hold `functions`, `function_call` and the role `function`. Templates of today ignore all three
    silently. Write `tools`, `tool_calls` and the role `tool`.

    Bad: `{"role": "assistant", "function_call": {"name": "search", "arguments": "{}"}}`

    Good: `{"role": "assistant", "tool_calls": [{"id": "call_1", "type": "function", "function": {…}}]}`
    """
    hits = [
        Hit(
            f"/{key}",
            f"`{key}` is the old form; write the tools under `tools`.",
            {"key": key},
            _legacy_tools_fix(row, key),
        )
        for key in ("functions", "function_call")
        if key in row.example.extra
    ]
    for turn in row.turns:
        if "function_call" in turn.message.extra:
            at = turn.at + "/function_call"
            hits.append(Hit(at, "`function_call` is the old form; write `tool_calls`.", {}, _legacy_call_fix(turn)))
        if turn.role == "function":
            fix = Fix("Change to tool", turn.at + "/role", '"tool"')
            hits.append(Hit(turn.at + "/role", "The role `function` is the old form; write `tool`.", {}, fix))
    return hits or None


def _legacy_call_fix(turn: Turn) -> Fix | None:
    """Rewrites the turn with the call in its new place."""
    message = turn.message
    extra = {key: text for key, text in message.extra.items() if key != "function_call"}
    old = parse_strict(message.extra["function_call"]).value
    if message.calls or not isinstance(old, dict):
        return Fix("Remove the old key", turn.at + "/function_call")
    arguments = old.get("arguments")
    text = arguments if isinstance(arguments, str) else quote(arguments if arguments is not None else {})
    name = old.get("name")
    call = Call(name if isinstance(name, str) else UNSET, Arguments(text), f"call_{turn.index}_0", "function")
    new = msgspec.structs.replace(message, calls=(call,), extra=extra)
    return Fix("Write as a tool call", turn.at, _source(new))


def _source(message: Message) -> str:
    """A turn as JSON source."""
    row = msgspec.json.decode(encode(Example(messages=(message,))), type=dict[str, list[msgspec.Raw]])
    return bytes(row["messages"][0]).decode()


def _legacy_tools_fix(row: Row, key: str) -> Fix | None:
    if row.example.tools or key == "function_call":
        return Fix("Remove the old key", f"/{key}")
    return Fix("Rename to tools", "/functions", None, "tools") if row.example.tools is UNSET else None


def trained_weight(message: Message) -> str | None:
    """The exact text of a turn's weight; None when it has none."""
    weight = message.weight
    if weight is UNSET or weight is None:
        return None
    return weight.json if isinstance(weight, Exact) else f'"{weight}"'
