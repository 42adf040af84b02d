"""Checks that read the exact text of a call's arguments."""

from __future__ import annotations

import json

from curation.model.finding import Finding, Fix, Severity
from curation.model.values import UNSET
from curation.reading.strict import Fault
from curation.rules.mending import mend_literal, strip_fence, unwrap_text
from curation.rules.registry import Found, Hit, rule
from curation.rules.row import CallView, Row
from curation.targets import Target


def _faults(call: CallView, code: str) -> Found:
    """The parser's faults of one kind inside the arguments."""
    return [_fault_hit(call, fault) for fault in call.argument_faults if fault.code == code] or None


def _fault_hit(call: CallView, fault: Fault) -> Hit:
    message = f"In the arguments of `{call.name}`, line {fault.line}, column {fault.column}: {fault.message}"
    return Hit(call.arguments_at + fault.pointer, message, {"place": fault.pointer})


@rule("J06", scope="unclean")
def argument_duplicate_key(call: CallView, _row: Row) -> Found:
    """The arguments hold the same key twice.

    Parsers keep one value and drop the other, so the model learns to write a call whose meaning depends on the
    parser. Delete the wrong one.

    Bad: `{"city": "Paris", "city": "Rome"}`

    Good: `{"city": "Paris"}`
    """
    return _faults(call, "J05")


@rule("J07", scope="unclean")
def not_a_number(call: CallView, _row: Row) -> Found:
    """NaN or Infinity stands where a number should.

    Neither is JSON. Some parsers read it, most refuse the row, and a tool that receives such a call fails.

    Bad: `{"price": NaN}`

    Good: `{"price": null}`, or the argument left out
    """
    return _faults(call, "J07")


@rule("J08", scope="unclean")
def lone_surrogate(call: CallView, _row: Row) -> Found:
    r"""Half of a surrogate pair stands alone.

    It is no character: writing the row as UTF-8 fails or puts a replacement character into training. It
    usually comes from cutting a text in the middle of an emoji.

    Bad: `"\ud83d"`

    Good: `"\ud83d\ude00"`, or the emoji itself
    """
    return _faults(call, "J08")


@rule("J09", scope="unclean", severity=Severity.WARNING)
def control_character(call: CallView, _row: Row) -> Found:
    r"""A text holds a control character other than tab and line break.

    Nobody sees it, the tokenizer does, and the model learns to write it. Remove it.

    Bad: `"order\u0000 4711"`

    Good: `"order 4711"`
    """
    return _faults(call, "J09")


@rule("J10", scope="unclean", severity=Severity.WARNING, waivable=True)
def big_number(call: CallView, _row: Row) -> Found:
    """A number cannot be kept exactly.

    Integers beyond 2^53 and exponents beyond a double are rounded by most programs on the way: an order number
    changes its last digits. Write it as text.

    Bad: `{"order": 12345678901234567890}`

    Good: `{"order": "12345678901234567890"}`
    """
    return _faults(call, "J10")


def _broken_text(call: CallView) -> str | None:
    """The arguments' text when it is no JSON for a reason that no more special rule names."""
    if call.value is not UNSET or not call.text or not call.text.strip():
        return None
    if any(fault.code in ("J07", "J08", "J11") for fault in call.argument_faults):
        return None
    return call.text


@rule("J12", scope="unclean")
def arguments_not_json(call: CallView, _row: Row) -> Found:
    """The arguments are not JSON.

    The model learns to write calls that no program can parse. The usual causes are Python literals, a comma
    before the closing brace and comments; these can be repaired by one click.

    Bad: `{'city': 'Paris', 'metric': True}`

    Good: `{"city": "Paris", "metric": true}`
    """
    text = _broken_text(call)
    if text is None or strip_fence(text) is not None:
        return None
    fault = next((f for f in call.argument_faults if f.code in ("J03", "J04")), None)
    where = f" {fault.sentence}" if fault else ""
    mended = mend_literal(text)
    fix = _text_fix("Rewrite as JSON", call, mended) if mended is not None else None
    return Hit(call.arguments_at, f"The arguments are not JSON.{where}", {"text": text[:200]}, fix)


@rule("J13", scope="call")
def arguments_double_encoded(call: CallView, _row: Row) -> Found:
    r"""The arguments are JSON inside a JSON text.

    They were encoded twice, so the model learns to write backslashes instead of a call. Decode them once.

    Bad: `"\"{\\\"city\\\": \\\"Paris\\\"}\""`

    Good: `"{\"city\": \"Paris\"}"`
    """
    if type(call.value) is not str:
        return None
    inner = unwrap_text(call.value)
    if inner is None:
        return None
    fix = _text_fix("Decode once", call, inner)
    return Hit(call.arguments_at, "The arguments are encoded twice; decode them once.", {"text": inner[:200]}, fix)


@rule("J14", scope="call")
def arguments_not_object(call: CallView, _row: Row) -> Found:
    """The arguments are not an object.

    Arguments have names. A list, a single value, null or an empty text is refused by most services, and the
    model learns a call that no tool understands. No arguments at all are written `{}`.

    Bad: `"[\"Paris\"]"`, `""`

    Good: `"{\"city\": \"Paris\"}"`, `"{}"`
    """
    if call.arguments is not None or call.call.whole is not None or call.call.function is not None:
        return None
    if call.text is None:
        if not call.has_function:
            return None  # call-incomplete says that there is no function at all
        fix = _text_fix("Add empty arguments", call, "{}")
        return Hit(call.arguments_at, "The call has no arguments; write {} when there are none.", {}, fix)
    if not call.text.strip() or call.value is None:
        fix = _text_fix("Write {}", call, "{}")
        return Hit(call.arguments_at, "The arguments are empty; write {} when there are none.", {"text": ""}, fix)
    if call.value is UNSET or (type(call.value) is str and unwrap_text(call.value) is not None):
        return None
    kind = {list: "a list", str: "a text", bool: "true or false"}.get(type(call.value), "a number")
    message = f"The arguments are {kind}, not an object; give every argument its name."
    return Hit(call.arguments_at, message, {"text": call.text[:200]})


@rule("J15", scope="unclean")
def arguments_in_fence(call: CallView, _row: Row) -> Found:
    """The arguments stand in a code fence or have text around them.

    A parser sees the fence, not the call. The text around came from a model that was explaining itself; training
    on it teaches the explanation.

    Bad: three backticks, `json`, `{"city": "Paris"}`, three backticks

    Good: `{"city": "Paris"}`
    """
    text = _broken_text(call)
    inner = strip_fence(text) if text is not None else None
    if inner is None:
        return None
    fix = _text_fix("Keep only the object", call, inner)
    message = "The arguments have a code fence or other text around them; keep only the object."
    return Hit(call.arguments_at, message, {"text": inner[:200]}, fix)


def _form_grade(finding: Finding, target: Target | None) -> Severity | None:
    if target is None or target.arguments_form is None:
        return Severity.INFO
    wanted = target.arguments_form.value
    if wanted == "either" or wanted == finding.values.get("form"):
        return None
    return Severity.ERROR


@rule("J16", scope="call", severity=Severity.INFO, grade=_form_grade)
def arguments_form(call: CallView, _row: Row) -> Found:
    """The arguments are an object where the target wants a text.

    Hosted services want a JSON text, local trainers an object. The wrong form is refused by the one and written
    twice encoded into the prompt by the other. Exports write the right form by themselves; this matters for rows
    that go to a target as they are.

    Bad (for a hosted service): `"arguments": {"city": "Paris"}`

    Good: `"arguments": "{\"city\": \"Paris\"}"`
    """
    if call.text is None or call.form != "object" or call.arguments is None:
        return None
    fix = _text_fix("Write as text", call, call.text)
    return Hit(
        call.arguments_at, "The arguments are an object; hosted services want them as text.", {"form": "object"}, fix
    )


def _text_fix(title: str, call: CallView, text: str) -> Fix:
    return Fix(title, call.arguments_at, json.dumps(text, ensure_ascii=False))
