"""Whether a chat template can write tool calls at all, found out by rendering one with words that cannot be missed."""

from __future__ import annotations

from curation.errors import UnreadableError
from curation.model.values import Json
from curation.rendering.jinja import UnusableTemplateError
from curation.rendering.loss import loss_mask
from curation.rendering.rows import ChatRow
from curation.rendering.template import Template

TOOL, KEY, VALUE = "probe_tool_quokka", "probe_key_lemur", "probe_value_heron"
RESULT, REQUEST, REPLY, ABOUT = (
    "probe_result_otter",
    "probe_request_civet",
    "probe_reply_gecko",
    "probe_description_ibis",
)


def needs_router(template: Template) -> bool:
    """True when definition, call, arguments or result get lost, or the call would not be trained on."""
    row = probe_row()
    try:
        mask = loss_mask(template, row)
    except UnusableTemplateError:
        raise
    except UnreadableError:
        return True
    if any(word not in mask.text for word in (TOOL, KEY, VALUE, RESULT, REQUEST, REPLY, ABOUT)):
        return True
    # A quoted quote: arguments written as a string inside a string.
    if f'\\"{KEY}\\"' in mask.text:
        return True
    trained = mask.trained_text
    return any(word not in trained for word in (TOOL, KEY, VALUE, REPLY))


def probe_row() -> ChatRow:
    """A short conversation with one of everything."""
    parameters = {"type": "object", "properties": {KEY: {"type": "string"}}, "required": [KEY]}
    definition = {"type": "function", "function": {"name": TOOL, "description": ABOUT, "parameters": parameters}}
    call: dict[str, Json] = {
        "id": "call00001",
        "type": "function",
        "function": {"name": TOOL, "arguments": {KEY: VALUE}},
    }
    return ChatRow(
        messages=(
            {"role": "user", "content": REQUEST},
            {"role": "assistant", "content": "", "tool_calls": [call]},
            {"role": "tool", "tool_call_id": "call00001", "name": TOOL, "content": RESULT},
            {"role": "assistant", "content": REPLY},
        ),
        tools=(definition,),
        style="conversation",
    )
