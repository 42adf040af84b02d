"""Render truth: what a chat template makes of a row. `curation.rendering` finds these, with one template at hand."""

from __future__ import annotations

from curation.model.finding import Finding, Severity
from curation.rules.registry import rule
from curation.targets import Target


@rule("X01", scope="render")
def template_refuses() -> None:
    """The chat template refuses the row.

    A trainer stops at such a row, or leaves it out with one line in its log. Templates refuse roles they do not know,
    a second call in one turn, a null where they expect text, and arguments in the other form, as text or as an
    object. The row is written again with one of these changed at a time; the place and the remedy named are those
    with which the template takes it.

    Bad (with the template of Llama 3.1): two calls in one turn

    Good: one call a turn, each followed by its result
    """


def _lost_grade(finding: Finding, _target: Target | None) -> Severity | None:
    return Severity.WARNING if finding.values.get("part") == "thought" else Severity.ERROR


@rule("X02", scope="render", grade=_lost_grade, may_be_error=True)
def template_loses_text() -> None:
    """The chat template leaves a call, an argument, a result or a text out.

    Nothing complains: the model is trained on a conversation with a hole in it. Each name, key, value, result and
    text of the row is given a word of its own, and the words that do not come out are named. A thought that is never
    shown is a warning.

    Bad (with the template of gpt-oss): a second call in one turn, which is not written

    Good: the second call in a turn of its own
    """


@rule("X03", scope="render")
def template_double_encodes() -> None:
    """The chat template writes the arguments as a text inside JSON, or as Python would.

    Most templates turn arguments into JSON themselves. Given a text they quote it once more, and the model learns to
    answer with backslashes that no caller can read. Templates that print an object as it is write single quotes,
    `True` and `None`, which are no JSON either.

    Bad: `{"name": "search", "arguments": "{\\"city\\": \\"Paris\\"}"}` in the rendered text

    Good: `{"name": "search", "arguments": {"city": "Paris"}}` in the rendered text
    """


@rule("X04", scope="render", severity=Severity.WARNING, waivable=True)
def template_prints_null() -> None:
    """The chat template prints a missing value as `None`, `null` or `True`.

    The word then stands in the text as if somebody had written it, and the model learns to write it. An empty text
    instead of null mends the content of a turn; a yes-or-no argument in Python's spelling is the template's fault.

    Bad (with the template of GLM 4.5): `"content": null` beside a call, printed as `None`

    Good: `"content": ""`
    """


def _cut_grade(finding: Finding, _target: Target | None) -> Severity | None:
    return Severity.ERROR if finding.values.get("trained_left") == 0 else Severity.WARNING


@rule("X07", scope="render", severity=Severity.WARNING, waivable=True, grade=_cut_grade, may_be_error=True)
def over_token_limit() -> None:
    """The row has more tokens than the trainer takes.

    Trainers keep the start of a row, so it is the answer that is cut. The turn named is the first that is not whole;
    when no trained token is left the row teaches nothing, and some trainers leave it out without a word. Without a
    tokenizer the count is a rough one and says so.

    Bad: 4,200 tokens with a limit of 2,048

    Good: a shorter result, fewer definitions, or a higher limit
    """


@rule("X08", scope="render", severity=Severity.WARNING, waivable=True)
def no_trained_token() -> None:
    """What the model should learn, or the token that ends it, carries no loss.

    A trainer learns the stretches that the template marks as the model's own, or those between the opened turn and
    its end. A turn outside is read and not learnt. Without the token that ends a turn, the model never learns to
    stop.

    Bad: a template whose `{% generation %}` marks leave the calls out

    Good: the marks around text, calls and the token that ends the turn
    """


@rule("X09", scope="render", severity=Severity.WARNING, waivable=True)
def prefix_changes() -> None:
    """A turn is written another way once another turn follows.

    In use the model writes each turn as the newest one. When the template writes older turns differently, by leaving
    out their thoughts or moving their text, training shows it something it will never write. Split the row after the
    turn, or choose the family's training template.

    Bad (with the template of Qwen 3): an empty thought before the newest call, none before older ones

    Good: a template that writes every turn the same way wherever it stands
    """


def _hidden_grade(finding: Finding, _target: Target | None) -> Severity | None:
    return Severity.ERROR if finding.values.get("part") in ("tool", "parameter") else Severity.WARNING


@rule("X13", scope="render", grade=_hidden_grade, may_be_error=True)
def template_loses_tools() -> None:
    """The chat template does not show the model a definition.

    The model is trained to call tools it cannot see: it learns their names by heart and invents the rest. A tool or
    one of its parameters that is not shown is an error, a description or an inner property a warning. The router
    form writes the definitions into the system turn and works with every template.

    Bad (with the template of DeepSeek V3): any row with tools

    Good: a template that writes the definitions, or rows in router form
    """
