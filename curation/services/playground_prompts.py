"""What a model of the playground is asked: the turns so far in the form it was trained on, or with the schemas said.

`free` asks as training does. `schema` says the tools' whole schemas and the router's rule for an answer. `grammar` asks
as `free` and holds the answer to the router's form: token by token here, by a schema where a host does that.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

import msgspec

from curation.errors import StateError
from curation.formats.router import write_abstention, write_call
from curation.formats.router_results import write_result
from curation.formats.router_system import ANSWER_RULE, system_text
from curation.formats.router_writing import DEFAULT_REASON
from curation.llm.contract import Prompt, Turn
from curation.llm.grammar import write_grammar
from curation.llm.router_schema import write_router_schema
from curation.metrics.messages import encode_calls
from curation.model.definition import Definition
from curation.model.example import Call, Example, Label, Message
from curation.model.source import one_line
from curation.reading.strict import parse_strict
from curation.rendering import RowStyle
from curation.services.playground_states import Decoding, Said
from curation.services.result_edits import unanswered_calls
from curation.services.text_fields import arguments_text, field_text

SCHEMAS = "The JSON schemas of the tools, one a line; arguments must fit them:"
NOT_RUN = '{"error": "The call was not run."}'
"""Stands for the result of a call that was invalid or left: what a mock did for the latter is forgotten."""


class Asking(msgspec.Struct, frozen=True):
    """One way to ask for an answer, and how the answer is to be read."""

    prompt: Prompt
    is_router: bool


def make_asking(
    example: Example,
    said: Mapping[int, Said],
    style: RowStyle,
    decoding: Decoding,
    *,
    is_elsewhere: bool = False,
) -> Asking:
    """The prompt for the next turn of a conversation.

    Args:
        example: the conversation with the tools on offer; it ends where the model has the word.
        said: what is known of the model's turns.
        style: how the model was trained.
        decoding: how it is asked now.
        is_elsewhere: its host holds an answer to a schema, where a grammar does it here.
    """
    tools = example.tools if isinstance(example.tools, tuple) else ()
    is_router = style == "router" or decoding != "free"
    own = _system_of(example)
    if not is_router:
        turns = (*([Turn("system", own)] if own else []), *_native_turns(example, said, is_elsewhere=is_elsewhere))
        return Asking(Prompt(turns, tuple(_one_line(tool) for tool in tools)), is_router)
    words = _say_schemas(own, tools) if decoding == "schema" else system_text(own or None, tools)
    prompt = Prompt((Turn("system", words), *_router_turns(example, said)))
    if decoding != "grammar":
        return Asking(prompt, is_router)
    if is_elsewhere:
        return Asking(msgspec.structs.replace(prompt, schema=write_router_schema(tools).text), is_router)
    return Asking(msgspec.structs.replace(prompt, grammar=write_grammar(tools).text), is_router)


def _system_of(example: Example) -> str:
    first = example.messages[0] if example.messages else None
    return field_text(first.content) if first is not None and first.role == "system" else ""


def _say_schemas(own: str, tools: tuple[Definition, ...]) -> str:
    lines = [SCHEMAS, *(_one_line(tool) for tool in tools), ANSWER_RULE]
    return "\n\n".join(part for part in (own, "\n".join(lines)) if part)


def _one_line(tool: Definition) -> str:
    return one_line(tool.text)


def _router_turns(example: Example, said: Mapping[int, Said]) -> Iterator[Turn]:
    """Text turns only: answers as the router writes them, a result as the user's turn that it is in a router row."""
    names: dict[str, str] = {}
    for at, message in enumerate(example.messages):
        content = field_text(message.content)
        if message.role == "system":
            continue
        if message.role == "tool":
            yield Turn("user", write_result(names.get(field_text(message.tool_call_id), ""), content))
        elif message.role == "assistant":
            names |= {field_text(call.id): field_text(call.name) for call in message.calls or ()}
            yield Turn("assistant", _own_words(said.get(at), is_router=True) or _router_answer(at, message))
        else:
            yield Turn("user", content)


def _native_turns(example: Example, said: Mapping[int, Said], *, is_elsewhere: bool) -> Iterator[Turn]:
    names: dict[str, str] = {}
    for at, message in enumerate(example.messages):
        content = field_text(message.content)
        if message.role == "system":
            continue
        if message.role == "tool":
            answered = field_text(message.tool_call_id)
            yield Turn("tool", content, call_id=answered, name=names.get(answered))
        elif message.role == "assistant":
            names |= {field_text(call.id): field_text(call.name) for call in message.calls or ()}
            calls = _sent_calls(message) if is_elsewhere else _template_calls(message)
            words = content if calls else _own_words(said.get(at), is_router=False) or content
            yield Turn("assistant", words or (None if calls else ""), calls)
            yield from _tell_not_run(example, at)
        else:
            yield Turn("user", content)


def _tell_not_run(example: Example, at: int) -> Iterator[Turn]:
    """A result for each call that has none: strict hosts refuse a conversation in which a call stands without."""
    for call in unanswered_calls(example, at):
        if _is_object(call):
            yield Turn("tool", NOT_RUN, call_id=field_text(call.id), name=field_text(call.name))


def _own_words(said: Said | None, *, is_router: bool) -> str:
    """What the model itself wrote there, in the form that is asked for now."""
    return said.raw if said is not None and not said.by_person and said.is_router == is_router else ""


def _router_answer(at: int, message: Message) -> str:
    calls = message.calls or ()
    if len(calls) > 1:
        raise StateError(
            f"Turn {at + 1} makes {len(calls)} calls at once, and a router makes one a turn.",
            hint="Go on with the model that made them, or begin anew.",
        )
    if calls:
        return write_call(field_text(calls[0].name), arguments_text(calls[0]) or "{}")
    label = message.label or Label()
    return write_abstention(label.reason or DEFAULT_REASON, field_text(message.content))


def _sent_calls(message: Message) -> tuple[str, ...]:
    """The calls as a host's API has them: arguments are text, and a host refuses any that is no object."""
    kept = tuple(call for call in message.calls or () if _is_object(call))
    return encode_calls(msgspec.structs.replace(message, calls=kept)) if kept else ()


def _template_calls(message: Message) -> tuple[str, ...]:
    """The calls as templates take them, their arguments objects."""
    return tuple(_template_call(call) for call in message.calls or () if _is_object(call))


def _template_call(call: Call) -> str:
    function = {"name": field_text(call.name), "arguments": msgspec.Raw(arguments_text(call).encode() or b"{}")}
    return msgspec.json.encode({"id": field_text(call.id), "type": "function", "function": function}).decode()


def _is_object(call: Call) -> bool:
    return isinstance(parse_strict(arguments_text(call) or "{}").value, dict)
