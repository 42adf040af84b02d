"""What a host takes of the chat API: tried from the fullest on, and remembered where it says no.

Servers that call themselves compatible differ in how an answer is held to a schema, in what the limit on an answer is
called, and in whether a temperature may be set. A refusal that names the parameter is taken at its word.
"""

from __future__ import annotations

from typing import Literal

import msgspec

from curation.llm.contract import Prompt, Turn, write_turn
from curation.model.values import Json
from curation.schemas.strict_subset import find_strict_faults

Form = Literal["json_schema", "json_object", "text"]
LIMIT_NAMES = ("max_tokens", "max_completion_tokens")
_WEAKER: dict[Form, Form] = {"json_schema": "json_object", "json_object": "text"}
_FORM_NAMES = ("response_format", "json_schema", "json_object", "structured output")
_NOT_TAKEN = ("unsupported", "not support", "does not support", "unknown", "unrecognized", "unrecognised", "unexpected")
_NOT_TAKEN_EITHER = ("not permitted", "not allowed", "extra inputs", "extra fields", "instead", "deprecated")
ASKED_IN_WORDS = (
    "Answer with one JSON value that fits the JSON schema below, and with nothing else: no fence, no words around it.\n"
)


def is_about_form(words: str) -> bool:
    """Whether a host says no to holding an answer to a schema."""
    return any(name in words.lower() for name in _FORM_NAMES)


class Dialect(msgspec.Struct, frozen=True):
    """How one host is asked."""

    form: Form = "json_schema"
    """How it is told what an answer must look like."""
    says_schema: bool = False
    """Whether the schema stands in the prompt too: a host may take the parameter and pay no heed to it."""
    limit: str = LIMIT_NAMES[0]
    takes_temperature: bool = True
    is_bound: bool = False
    """Whether only a host that holds answers to the schema will do: it is never said in words instead."""

    def after_refusal(self, words: str, *, has_schema: bool) -> Dialect | None:
        """The dialect to try when a request was refused with these words; None: they are about something else."""
        said = words.lower()
        if has_schema and self.form in _WEAKER and is_about_form(said):
            if self.is_bound:
                return None
            return msgspec.structs.replace(self, form=_WEAKER[self.form], says_schema=True)
        if not any(sign in said for sign in (*_NOT_TAKEN, *_NOT_TAKEN_EITHER)):
            return None
        # The name that is told to be taken instead holds the other one's word, so the sent one is looked for whole.
        if self.limit == LIMIT_NAMES[0] and LIMIT_NAMES[0] in said:
            return msgspec.structs.replace(self, limit=LIMIT_NAMES[1])
        if self.takes_temperature and "temperature" in said:
            return msgspec.structs.replace(self, takes_temperature=False)
        return None

    def after_misfit(self) -> Dialect | None:
        """The dialect to try when an answer came that has nothing to do with the schema; None: it was said already."""
        return None if self.says_schema or self.is_bound else msgspec.structs.replace(self, says_schema=True)


def write_body(dialect: Dialect, model: str, prompt: Prompt, longest_answer: int) -> dict[str, Json]:
    """What is sent."""
    turns = say_schema(prompt) if prompt.schema and dialect.says_schema else prompt.turns
    body: dict[str, Json] = {"model": model, "messages": [write_turn(turn) for turn in turns]}
    body[dialect.limit] = longest_answer
    if dialect.takes_temperature:
        body["temperature"] = prompt.temperature
    if prompt.tools:
        body["tools"] = [msgspec.json.decode(tool) for tool in prompt.tools]
    if prompt.schema and dialect.form != "text":
        body["response_format"] = _write_form(dialect.form, prompt.schema)
    return body


def _write_form(form: Form, schema_text: str) -> dict[str, Json]:
    if form == "json_object":
        return {"type": "json_object"}
    schema: Json = msgspec.json.decode(schema_text)
    is_strict = not find_strict_faults(schema)
    return {"type": "json_schema", "json_schema": {"name": "answer", "schema": schema, "strict": is_strict}}


def say_schema(prompt: Prompt) -> tuple[Turn, ...]:
    """The schema stands among the instructions, where nobody's content is."""
    words = f"{ASKED_IN_WORDS}{prompt.schema}"
    first, *rest = prompt.turns
    if first.role == "system":
        return (msgspec.structs.replace(first, content=f"{first.content or ''}\n\n{words}"), *rest)
    return (Turn("system", words), *prompt.turns)
