"""Checks of what tool results hold."""

from __future__ import annotations

from curation.model.finding import Fix, Severity
from curation.rules.almost_json import almost_json
from curation.rules.hints import quote
from curation.rules.outcome import outcome_of
from curation.rules.registry import Found, Hit, rule
from curation.rules.row import ResultView, Row
from curation.schemas import compile_schema

LONG_RESULT_CHARACTERS = 50_000


@rule("C16", scope="result", severity=Severity.WARNING, waivable=True)
def result_schema(result: ResultView, row: Row) -> Found:
    """A result does not fit the result schema of its tool.

    The model learns to read results that the tool never gives. Failures are exempt: they have their own form.

    Bad: the schema wants `{"status": …}`; result: `all fine`

    Good: `{"status": "shipped"}`
    """
    if not row.known or result.call is None or result.call.name is None:
        return None
    known = row.known.get(result.call.name)
    if known is None or known.result_schema is None or result.turn.text is None:
        return None
    outcome = outcome_of(result.turn.text)
    if outcome.failed:
        return None
    at = result.at + "/content"
    if not outcome.is_json:
        if almost_json(result.turn.text):
            return None  # C18 says where it stops being JSON.
        return Hit(at, f"`{known.name}` returns JSON by its result schema, but this result is plain text.", {})
    errors = compile_schema(known.result_schema).errors(outcome.value)
    return [
        Hit(
            at + error.pointer,
            f"The result of `{known.name}`: {error.pointer or 'the whole'} {error.message}.",
            {"value": error.value},
        )
        for error in errors
    ] or None


@rule("C17", scope="result", severity=Severity.WARNING, waivable=True)
def result_size(result: ResultView, _row: Row) -> Found:
    """A result is empty or very long.

    An empty result teaches the model to answer from nothing; a page of 50,000 characters pushes the rest of the
    row out of the context. Shorten it to what the answer needs.

    Bad: `""`, or a whole web page

    Good: `{"status": "shipped"}`
    """
    text = result.turn.text
    if text is None:
        return None
    at = result.at + "/content"
    if len(text) > LONG_RESULT_CHARACTERS:
        return Hit(
            at, f"The result has {len(text)} characters; shorten it to what the answer needs.", {"size": len(text)}
        )
    return None if text and not text.isspace() else Hit(at, "The result is empty; write what the tool returns.")


@rule("C18", scope="result", severity=Severity.WARNING, waivable=True)
def result_almost_json(result: ResultView, _row: Row) -> Found:
    """A result is almost JSON: a slip breaks it, or two values stand in a row.

    A tool returns one whole value. The model learns to read around a broken one, and a converter that wants an object
    refuses the row. Plain text, JSON in lines, text behind a value and a result that was cut off are left alone.

    Bad: `{}{"status": "shipped"}`, `{"status": "shipped",}`

    Good: `{"status": "shipped"}`
    """
    text = result.turn.text
    almost = almost_json(text) if text else None
    if almost is None:
        return None
    at = result.at + "/content"
    fix = Fix("Make it JSON", at, quote(almost.meant)) if almost.meant else None
    return Hit(at, f"The result {almost.why}", {}, fix)
