"""Checks of the row's outline: that there are turns, that their roles are known, that the assistant speaks."""

from __future__ import annotations

from curation.model.finding import Fix
from curation.model.values import UNSET
from curation.rules.hints import did_you_mean, name_kind
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
