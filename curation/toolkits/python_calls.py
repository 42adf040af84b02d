"""Tools as a Python file that parses answers: a typed model per tool, their union, and a strict parser.

A file of this form is run by those who take it, so it is only written; the form `pydantic` is the one that is read
again.
"""

from __future__ import annotations

from collections.abc import Sequence

from curation.model.definition import Tool
from curation.toolkits.contract import Loss, ToolsWritten
from curation.toolkits.python_writing import join_parts, list_model_losses, open_models, write_imports

NAME = "pydantic_models"
TITLE = "Pydantic models with a parser for answers"
EXTENSION = ".py"
WRITING_LOSES = (
    "what a definition asks for that no type says, such as a condition between parameters: any value is taken there",
    "side effect, idempotency, policy, result schema, errors, samples and how a call runs",
    "a second tool of the same name",
)
_TAKEN = frozenset({"Call", "ToolCall", "TypeAdapter", "json", "parse_answer", "parse_call"})
_IMPORTED = {"Annotated", "Any", "Literal", "BaseModel", "ConfigDict", "Field", "TypeAdapter"}
_TWICE = "left out: a second tool of this name"

_PARSER = '''
_CALLS: TypeAdapter[ToolCall] = TypeAdapter(ToolCall)


def parse_call(name: str, arguments: "str | dict[str, Any]") -> ToolCall:
    """One call, by the tool's name and its arguments as JSON text or as an object.

    Raises:
        ValueError: the text is no JSON, the tool is unknown, or the arguments do not fit it (a
            `pydantic.ValidationError`, which says where).
    """
    given = _load(arguments) if isinstance(arguments, str) else arguments
    return _CALLS.validate_json(json.dumps({"name": name, "arguments": given}, allow_nan=False), strict=True)


def parse_answer(answer: "str | dict[str, Any]") -> list[ToolCall]:
    """Every call of an answer, none for one that calls nothing.

    An answer is a chat message with `tool_calls`, or one object with `tool` and `arguments`; or either as text.

    Raises:
        ValueError: it is no such answer, or a call in it is not sound.
    """
    message = _load(answer) if isinstance(answer, str) else answer
    if not isinstance(message, dict):
        raise ValueError("The answer is no object.")
    if "tool" in message:
        return [] if message["tool"] == "no_tool" else [parse_call(message["tool"], message.get("arguments", {}))]
    calls = message.get("tool_calls") or []
    if not isinstance(calls, list):
        raise ValueError("`tool_calls` is no list.")
    return [_parse_element(call) for call in calls]


def _parse_element(call: Any) -> ToolCall:
    function = call.get("function", call) if isinstance(call, dict) else None
    if not isinstance(function, dict) or not {"name", "arguments"} <= function.keys():
        raise ValueError("A call is no object with `name` and `arguments`.")
    return parse_call(function["name"], function["arguments"])


def _load(text: str) -> Any:
    return json.loads(text, object_pairs_hook=_take_once, parse_constant=_refuse_number)


def _take_once(pairs: "list[tuple[str, Any]]") -> "dict[str, Any]":
    found = dict(pairs)
    if len(found) < len(pairs):
        raise ValueError("A key stands twice in one object.")
    return found


def _refuse_number(word: str) -> None:
    raise ValueError(f"{word} is no number in JSON.")
'''


def write_calls(tools: Sequence[Tool]) -> ToolsWritten:
    """The models, the union discriminated by the tool's name, and `parse_call` and `parse_answer`. Pure."""
    known = {tool.name: tool for tool in reversed(tools)}
    kept = [tool for tool in tools if known[tool.name] is tool]
    models = open_models(kept, _TAKEN)
    wrappers: dict[str, str] = {}
    for model, tool in zip(models.names, kept, strict=True):
        call = models.file.choose_name(tool.name, "Call")
        models.file.taken.add(call)
        wrappers[call] = _write_wrapper(call, model, tool.name)
    parts = [text for _, text in models.file.classes] + list(wrappers.values()) + [_write_union(list(wrappers))]
    losses = list_model_losses(kept) + [Loss(tool.name, _TWICE) for tool in tools if known[tool.name] is not tool]
    return ToolsWritten(join_parts(_write_head(models.file.imports), parts), tuple(losses))


def _write_head(imports: set[str]) -> str:
    head = write_imports(imports | _IMPORTED)
    return head.replace('"""Tools."""\n', '"""Tools: a model each, and what parses calls of them."""\n\nimport json', 1)


def _write_union(calls: Sequence[str]) -> str:
    union = "\n    | ".join(calls)
    if len(calls) == 1:
        return f"ToolCall = Annotated[{union}, Field()]\n{_PARSER}"
    return f'ToolCall = Annotated[\n    {union},\n    Field(discriminator="name"),\n]\n{_PARSER}'


def _write_wrapper(call: str, model: str, name: str) -> str:
    lines = (
        f"class {call}(BaseModel):",
        '    model_config = ConfigDict(extra="forbid")\n',
        f"    name: Literal[{name!r}]",
        f"    arguments: {model}",
    )
    return "\n".join(lines) + "\n"
