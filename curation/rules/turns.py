"""Checks of one turn: its content, its weight, and whether it may hold calls."""

from __future__ import annotations

from curation.model.example import Message
from curation.model.finding import Finding, Fix, Severity
from curation.model.values import UNSET, Exact, Json
from curation.rules.hints import quote
from curation.rules.registry import OTHER_ROLES, Found, Hit, rule
from curation.rules.row import Row, Turn
from curation.targets import Target

_NEEDS_CONTENT = ("system", "developer", "user", "tool")
_WEIGHTS = frozenset({"0", "1"})
_TEXT_PARTS = frozenset({"text", "refusal", "input_text", "output_text"})


@rule("M06", scope="message", roles=("assistant",))
def empty_assistant_turn(turn: Turn, _row: Row) -> Found:
    """An assistant turn says nothing and calls nothing.

    The model learns to stop without an answer. Write the answer, add the call, or remove the turn.

    Bad: `{"role": "assistant", "content": ""}`

    Good: `{"role": "assistant", "content": "It arrives on Monday."}`
    """
    if turn.calls or (turn.text and not turn.text.isspace()):
        return None
    message = turn.message
    if isinstance(message.content, Exact) and message.content.json not in ("[]", '""'):
        return None
    if message.extra and any(key in message.extra for key in ("function_call", "tool_calls", "refusal", "audio")):
        return None
    return Hit(turn.at, "This assistant turn has neither text nor calls; write the answer or remove the turn.")


@rule("M07", scope="message", roles=_NEEDS_CONTENT)
def content_missing(turn: Turn, _row: Row) -> Found:
    """A turn that needs content has none.

    A user, system or tool turn without text is refused by services; templates print the word None or crash.

    Bad: `{"role": "user", "content": null}`

    Good: `{"role": "user", "content": "Where is my parcel?"}`
    """
    content = turn.message.content
    if type(content) is str:
        return None
    at = turn.at + "/content"
    if content is UNSET or content is None:
        state = "is missing" if content is UNSET else "is null"
        return Hit(at, f"The content of this {turn.role} turn {state}; write its text.")
    parts = turn.parts
    if parts or (parts is None and turn.role == "tool"):
        return None
    return Hit(at, f"The content of this {turn.role} turn is neither a text nor a list of parts.")


@rule("M08", scope="message", roles=("assistant",), severity=Severity.WARNING, waivable=True)
def text_beside_calls(turn: Turn, _row: Row) -> Found:
    """A turn holds both text and calls.

    Several templates and trainers drop the text, and one service refuses the row. Check what the target does, or
    move the text to the turn after the result.

    Bad (where the text is lost): `{"content": "Let me look.", "tool_calls": […]}`

    Good: `{"content": null, "tool_calls": […]}`
    """
    if not turn.calls or not turn.text or turn.text.isspace():
        return None
    return Hit(turn.at + "/content", "This turn has text beside its calls, which some templates drop.")


@rule("M09", scope="message", roles=("system", "developer", "user", "tool", OTHER_ROLES))
def calls_on_other_role(turn: Turn, _row: Row) -> Found:
    """A turn that is not the assistant's holds calls.

    Only the assistant calls tools. The calls are dropped, or the row is refused. Change the role or remove them.

    Bad: `{"role": "user", "content": "Track it", "tool_calls": […]}`

    Good: `{"role": "assistant", "tool_calls": […]}`
    """
    if not turn.calls or not turn.role:
        return None
    fix = Fix("Remove the calls", turn.at + "/tool_calls") if turn.text else None
    message = f"A {turn.role} turn cannot call tools; only the assistant does."
    return Hit(turn.at + "/tool_calls", message, {"role": turn.role}, fix)


@rule("M13", scope="message", roles=("tool",), severity=Severity.INFO)
def content_parts_in_result(turn: Turn, _row: Row) -> Found:
    """A tool result is a list of parts.

    The fine-tuning check of hosted services wants a plain text here, and templates print the list itself. Join
    the parts.

    Bad: `{"role": "tool", "content": [{"type": "text", "text": "42"}]}`

    Good: `{"role": "tool", "content": "42"}`
    """
    parts = turn.parts
    if parts is None:
        return None
    return Hit(turn.at + "/content", "The result is a list of parts; write it as one text.", {}, _joined(turn, parts))


def _joined(turn: Turn, parts: list[object]) -> Fix | None:
    texts = [part.get("text") for part in parts if isinstance(part, dict) and part.get("type") == "text"]
    if len(texts) != len(parts) or not all(isinstance(text, str) for text in texts):
        return None
    return Fix("Join the parts", turn.at + "/content", quote("\n".join(str(text) for text in texts)))


def _weight_grade(finding: Finding, target: Target | None) -> Severity | None:
    """Some services take weights on any turn, as long as they are 0 or 1."""
    is_free = target is not None and target.weights_on_any_turn is not None
    return None if is_free and finding.values.get("misplaced") else Severity.ERROR


@rule("M14", scope="message", grade=_weight_grade)
def weight_invalid(turn: Turn, _row: Row) -> Found:
    """A weight is not 0 or 1, or stands where it has no meaning.

    A weight says whether an assistant turn is learned. Other numbers are refused, and on other turns it is
    refused or ignored.

    Bad: `{"role": "assistant", "content": "Hi", "weight": 0.5}`

    Good: `{"role": "assistant", "content": "Hi", "weight": 0}`
    """
    if turn.message.weight is UNSET:
        return None
    weight = _weight_source(turn.message)
    at = turn.at + "/weight"
    if weight is None:
        return Hit(at, "The weight is null; leave it out or write 0 or 1.", {}, Fix("Remove the weight", at))
    if turn.role != "assistant":
        message = f"A weight has no meaning on a {turn.role or 'broken'} turn; only assistant turns are learned."
        values: dict[str, Json] = {"weight": weight[:40], "misplaced": weight in _WEIGHTS}
        return Hit(at, message, values, Fix("Remove the weight", at))
    if weight in _WEIGHTS:
        return None
    fix = {"0.0": "0", "1.0": "1", "true": "1", "false": "0", '"1"': "1", '"0"': "0"}.get(weight)
    message = f"The weight must be 0 or 1, not {weight[:40]}."
    return Hit(at, message, {"weight": weight[:40]}, Fix(f"Write {fix}", at, fix) if fix else None)


def _weight_source(message: Message) -> str | None:
    """The exact text of a turn's weight; None when it has none."""
    weight = message.weight
    if weight is UNSET or weight is None:
        return None
    return weight.json if isinstance(weight, Exact) else f'"{weight}"'


@rule("M15", scope="row")
def nothing_trained(row: Row) -> Found:
    """Every assistant turn has weight 0.

    Nothing of the row is learned, yet it costs tokens and counts as a row. Give the turn that matters weight 1.

    Bad: the only assistant turn has `"weight": 0`

    Good: the wrong call has weight 0, the corrected one weight 1
    """
    turns = row.assistant_turns
    if not turns or not turns[-1].is_weightless or not all(turn.is_weightless for turn in turns):
        return None
    last = turns[-1]
    fix = Fix("Learn the last turn", last.at + "/weight", "1")
    return Hit(last.at + "/weight", "Every assistant turn has weight 0, so nothing is learned.", {}, fix)


@rule("M18", scope="message", severity=Severity.WARNING)
def media_content(turn: Turn, _row: Row) -> Found:
    """A turn holds an image, a sound or a file.

    Targets that train on text drop the part or refuse the row, and the answer then refers to something the model
    never saw.

    Bad: `[{"type": "image_url", "image_url": {"url": "…"}}]`

    Good: `[{"type": "text", "text": "What is the total of this invoice? …"}]`
    """
    if turn.text is not None or not isinstance(turn.message.content, Exact):
        return None
    hits = []
    for index, part in enumerate(turn.parts or []):
        kind = part.get("type") if isinstance(part, dict) else None
        if isinstance(kind, str) and kind not in _TEXT_PARTS:
            at = f"{turn.at}/content/{index}"
            hits.append(
                Hit(
                    at, f"A part of type `{kind[:40]}` is no text; most targets drop or refuse it.", {"type": kind[:40]}
                )
            )
    return hits or None
