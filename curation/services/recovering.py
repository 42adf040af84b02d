"""A failure put into a conversation, with each continuation that is right after it.

The failed call stands where the call stood and the continuation behind it, so the calls count up as a person reads.
"""

from __future__ import annotations

from collections.abc import Mapping

import msgspec

from curation.errors import BlockedError, NotFoundError
from curation.execution.failures import kind_of
from curation.execution.mocks import list_answers
from curation.execution.simulating import BAD_ARGUMENT, Simulated, list_failures
from curation.model.definition import Tool
from curation.model.example import Call, Example, Label, Message, RecoveryKind
from curation.model.values import Arguments
from curation.services.breaking import break_call
from curation.services.call_edits import offer_tool
from curation.services.call_ids import free_call_ids, number_calls
from curation.services.handing_over import find_escalation, handing_over
from curation.services.mocking import Place, read_arguments, set_result
from curation.services.result_edits import error_in
from curation.services.retry_safety import find_reader, is_safe_twice, shared_arguments, why_unsafe
from curation.services.text_fields import call_at, field_text, with_messages
from curation.services.varying import insert_recovery

TITLES: dict[RecoveryKind, str] = {
    "corrected_argument": "correct the argument",
    "retry_after_wait": "wait and try again",
    "read_before_retry": "read before trying again",
    "alternative_tool": "take another tool",
    "escalate": "hand it to a person",
    "give_up": "give up honestly",
}
_AFTER: dict[str, tuple[RecoveryKind, ...]] = {
    "transient": ("retry_after_wait", "give_up"),
    "unknown_outcome": ("read_before_retry", "retry_after_wait", "escalate"),
    "needs_person": ("escalate", "give_up"),
    "permanent": ("alternative_tool", "give_up", "escalate"),
}
_CONFLICT = "409"
_ENDING = ("escalate", "give_up")
"""What may also take the place of a retry that follows the failure already."""
AS_IT_STANDS = "as_it_stands"
"""The failure that the call's own result tells already."""


class Recovery(msgspec.Struct, frozen=True):
    """One failure with one continuation."""

    name: str
    """`429/retry_after_wait`."""
    failure_name: str
    failure: str
    continuation: str
    message: str
    """What the failed call says."""
    kind: RecoveryKind
    warning: str = ""
    """Why this continuation is not safe here; "" where it is."""


def list_recoveries(example: Example, turn: int, index: int, tools: Mapping[str, Tool]) -> tuple[Recovery, ...]:
    """What may go wrong with a call and how to go on; the unsafe ones come last and say why."""
    call = call_at(example, turn, index)
    found = [_corrected(example, call)] if break_call(example, call) else []
    for failure in _failures(example, turn, index, tools):
        if failure.name != BAD_ARGUMENT:
            kinds = _continuations(call, failure, tools)
            if failure.name == AS_IT_STANDS and _is_retried(example, turn, call):
                kinds = tuple(kind for kind in kinds if kind in _ENDING)
            found += [_recovery(call, failure, kind, tools) for kind in kinds]
    return tuple(sorted(found, key=lambda one: bool(one.warning)))


def _failures(example: Example, turn: int, index: int, tools: Mapping[str, Tool]) -> tuple[Simulated, ...]:
    """How the call may fail, first the way its result says that it did."""
    call, place = call_at(example, turn, index), _place(example, turn, index)
    told = error_in(field_text(example.messages[place.result].content)) if place.result is not None else None
    stands = (Simulated(AS_IT_STANDS, "The failure its result tells", kind_of(told), told),) if told else ()
    return (*stands, *list_failures(tools.get(field_text(call.name)), read_arguments(call)))


def _is_retried(example: Example, turn: int, call: Call) -> bool:
    """Whether the conversation makes the call again before the user speaks."""
    for message in example.messages[turn + 1 :]:
        if message.role == "user":
            return False
        for other in message.calls or ():
            is_recovery = message.label is not None and message.label.recovery is not None
            if field_text(other.name) == field_text(call.name) and (
                is_recovery or read_arguments(other) == read_arguments(call)
            ):
                return True
    return False


def _corrected(example: Example, call: Call) -> Recovery:
    broken = break_call(example, call)
    said = broken.sentence if broken else ""
    kind: RecoveryKind = "corrected_argument"
    return Recovery(f"{BAD_ARGUMENT}/{kind}", BAD_ARGUMENT, "Bad argument", TITLES[kind], said, kind)


def _continuations(call: Call, failure: Simulated, tools: Mapping[str, Tool]) -> tuple[RecoveryKind, ...]:
    kinds = _AFTER[failure.kind]
    if failure.name == _CONFLICT:
        kinds = ("read_before_retry", *kinds)
    reader = find_reader(call, tools)
    needs_other = ("read_before_retry", "alternative_tool")
    return tuple(kind for kind in kinds if reader is not None or kind not in needs_other)


def _recovery(call: Call, failure: Simulated, kind: RecoveryKind, tools: Mapping[str, Tool]) -> Recovery:
    title = TITLES[kind]
    reader = find_reader(call, tools)
    if kind in ("read_before_retry", "alternative_tool") and reader:
        title += f" ({reader.name})"
    tool = tools.get(field_text(call.name))
    is_blind = kind == "retry_after_wait" and failure.kind == "unknown_outcome" and not is_safe_twice(tool, call)
    warning = why_unsafe(tool, call) if is_blind else ""
    return Recovery(f"{failure.name}/{kind}", failure.name, failure.title, title, failure.message, kind, warning)


def insert_failure(example: Example, turn: int, index: int, name: str, tools: Mapping[str, Tool]) -> Example:
    """The conversation with the failure and the continuation of a name, its calls numbered in reading order."""
    wanted, _, kind = name.rpartition("/")
    if wanted == BAD_ARGUMENT:
        return number_calls(insert_recovery(example, turn))
    failure = next((one for one in _failures(example, turn, index, tools) if one.name == wanted), None)
    draft = _DRAFTS.get(kind)
    is_offered = name in {one.name for one in list_recoveries(example, turn, index, tools)}
    if failure is None or draft is None or not is_offered:
        raise NotFoundError("That failure is not on offer any more.", hint="Choose another; the tool has changed.")
    return number_calls(draft(_Scene(example, turn, index, tools, failure)))


class _Scene:
    """A call that fails: the conversation up to its error, and what came after."""

    def __init__(self, example: Example, turn: int, index: int, tools: Mapping[str, Tool], failure: Simulated) -> None:
        self.call = call_at(example, turn, index)
        self.failure = failure
        self.tools = tools
        place = _place(example, turn, index)
        stands = failure.name == AS_IT_STANDS
        # What the second call brings back is what the first brought, unless that is the failure itself.
        self.result = example.messages[place.result] if place.result is not None and not stands else None
        failed = example if stands else set_result(example, place, failure.text)
        end = turn + 1
        while end < len(failed.messages) and failed.messages[end].role == "tool":
            end += 1
        self.example = failed
        self._before, self._after = failed.messages[:end], failed.messages[end:]
        self._free = iter(free_call_ids(failed, 2))

    def spliced(self, *between: Message, is_over: bool = False, tool: Tool | None = None) -> Example:
        """The conversation with turns behind the error; `is_over` drops what the call was to lead to."""
        after = self._after_next_user() if is_over else self._after
        made = with_messages(self.example, [*self._before, *between, *after])
        return offer_tool(made, tool.definition) if tool else made

    def _after_next_user(self) -> tuple[Message, ...]:
        users = [at for at, message in enumerate(self._after) if message.role == "user"]
        return self._after[users[0] :] if users else ()

    def again(self, *, label: Label | None = None) -> tuple[Message, ...]:
        """The same call once more, with the result it had."""
        call = msgspec.structs.replace(self.call, id=next(self._free))
        turn = Message(role="assistant", content=None, calls=(call,), label=label)
        if self.result is None:
            return (turn,)
        return (turn, msgspec.structs.replace(self.result, tool_call_id=call.id))

    def other(self, tool: Tool, label: Label, *, reason: str = "") -> tuple[Message, ...]:
        """A call of another tool with the arguments it shares, and what a mock answers."""
        arguments = shared_arguments(self.call, tool)
        if reason:
            arguments = handing_over(tool, arguments, reason)
        text = msgspec.json.encode(arguments).decode()
        call = Call(name=tool.name, arguments=Arguments(text), id=next(self._free), type="function")
        answers = list_answers(tool, arguments)
        answer = Message(role="tool", content=answers[0].text if answers else "{}", tool_call_id=call.id)
        return (Message(role="assistant", content=None, calls=(call,), label=label), answer)


def _place(example: Example, turn: int, index: int) -> Place:
    wanted = field_text(call_at(example, turn, index).id)
    answers = (
        at
        for at, message in enumerate(example.messages)
        if at > turn and message.role == "tool" and wanted and field_text(message.tool_call_id) == wanted
    )
    return Place(turn, index, next(answers, None))


def _retry(scene: _Scene) -> Example:
    # The label says that it waits: words beside a call are lost on most targets, and the row would be warned of them.
    return scene.spliced(*scene.again(label=Label(recovery="retry_after_wait")))


def _read(scene: _Scene) -> Example:
    reader = _need_reader(scene)
    label = Label(recovery="read_before_retry")
    return scene.spliced(*scene.other(reader, label), *scene.again(), tool=reader)


def _alternative(scene: _Scene) -> Example:
    reader = _need_reader(scene)
    return scene.spliced(*scene.other(reader, Label(recovery="alternative_tool")), tool=reader)


def _escalate(scene: _Scene) -> Example:
    """Call the tool that hands over where the example offers one; else say it in words."""
    tool = find_escalation(scene.call, scene.example, scene.tools)
    if tool is not None:
        label = Label(recovery="escalate")
        handed = Message(role="assistant", content="I have handed this to a colleague who can look into it.")
        return scene.spliced(*scene.other(tool, label, reason=_sentence(scene)), handed, is_over=True)
    said = f"{_sentence(scene)} I am handing this to a colleague who can look into it."
    return scene.spliced(
        Message(role="assistant", content=said, label=Label(reason="escalate", recovery="escalate")), is_over=True
    )


def _give_up(scene: _Scene) -> Example:
    said = f"I could not do this: {_sentence(scene)}"
    label = Label(reason="cannot_be_done", recovery="give_up")
    return scene.spliced(Message(role="assistant", content=said, label=label), is_over=True)


def _sentence(scene: _Scene) -> str:
    said = scene.failure.message.strip()
    return said if said.endswith((".", "!", "?")) else f"{said}."


def _need_reader(scene: _Scene) -> Tool:
    reader = find_reader(scene.call, scene.tools)
    if reader is None:
        raise BlockedError(
            "No other tool reads with the arguments of this call.", hint="Publish a tool that reads the state first."
        )
    return reader


_DRAFTS = {
    "retry_after_wait": _retry,
    "read_before_retry": _read,
    "alternative_tool": _alternative,
    "escalate": _escalate,
    "give_up": _give_up,
}
