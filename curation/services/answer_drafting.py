"""A row of an evaluation becomes a draft: the conversation up to the decision, the model's answer, and what is wrong.

The draft stays in the group of the row it was made from, and so in its split: what a model was measured by must not
come into what it learns from.
"""

from __future__ import annotations

from collections.abc import Mapping

import msgspec

from curation.errors import NotFoundError
from curation.formats.router_answer import RouterAbstention, RouterCall, parse_answer
from curation.llm.answers import drop_thoughts
from curation.metrics.scored import Scored
from curation.model.example import Call, Example, Label, Message
from curation.model.people import Actor
from curation.model.states import portion_of
from curation.model.values import UNSET, Arguments, Json
from curation.services.call_ids import free_call_ids
from curation.services.evaluation_plans import plan_everything, read_plan
from curation.services.evaluation_rows import AnsweredRow, GivenAnswer
from curation.services.evaluation_views import EvaluationView, get_evaluation
from curation.services.heads import need_example
from curation.services.questions import Question
from curation.services.remarks import COMMENT_LENGTH, add_comment
from curation.services.workspace import Workspace
from curation.services.writing import ExampleView, new_example
from db import evaluations
from db.evaluations import EvaluationRecord


def draft_answer(ws: Workspace, actor: Actor, evaluation_id: str, position: int, *, nonce: str) -> ExampleView:
    """Begin a draft with what one model answered to one row, and a comment that says what is wrong with it."""
    view = get_evaluation(ws, evaluation_id)
    at = next((i for i, one in enumerate(view.models) if one.evaluation_id == evaluation_id), None)
    row = next((one for one in view.rows if one.position == position), None)
    report = view.models[at].report if at is not None else None
    given = row.answers[at] if row and at is not None else None
    if row is None or report is None or given is None or at is None:
        raise NotFoundError("There is no such answer in this evaluation.", hint="Open the row again.")
    gold = _find_question(ws, evaluation_id, row).gold
    example = _keep_group(ws, answer_with(gold, report.scored[row.position], given.text), row.example_id)
    made = new_example(ws, actor, view.project_id, example, nonce=nonce)
    told = tell_answer(view, view.models[at].label, row, given)[:COMMENT_LENGTH]
    add_comment(ws, actor, made.id, made.rev, told, place=f"/messages/{row.turn}", nonce=f"{nonce}.why")
    return made


def answer_with(gold: Example, scored: Scored, text: str) -> Example:
    """The row with a model's answer in the place of the right one."""
    *before, _ = gold.messages
    asked = msgspec.structs.replace(gold, messages=tuple(before), acceptable=None, waivers=())
    return msgspec.structs.replace(asked, messages=(*before, _turn(asked, scored, text)))


def tell_answer(view: EvaluationView, label: str, row: AnsweredRow, given: GivenAnswer) -> str:
    """Where the draft is from, what was expected, and what is wrong, as a comment."""
    verdict = given.failure.replace("_", " ") if given.failure else "right"
    why = f" {given.why}" if given.why else ""
    return (
        f"Answer of {label} to row {row.position + 1} of look {view.look_no}, dataset v{view.dataset_n}: {verdict}."
        f"{why}\nExpected: {row.expected}\nThis draft stays in the group of that row, and so out of training."
    )


def _turn(asked: Example, scored: Scored, text: str) -> Message:
    """Calls as calls, an abstention as its text with the reason; what cannot be read stays as it was said."""
    said = drop_thoughts(text)
    parsed = parse_answer(said)
    if isinstance(parsed, RouterAbstention):
        return Message(role="assistant", content=parsed.message, label=Label(reason=parsed.reason))
    calls: list[tuple[str, str | Mapping[str, Json]]]
    if isinstance(parsed, RouterCall):
        calls = [(parsed.tool, parsed.arguments_text)]
    else:
        calls = [(one.name, one.arguments) for one in scored.given.calls]
    if not calls:
        return Message(role="assistant", content=said or text)
    ids = free_call_ids(asked, len(calls))
    return Message(role="assistant", content=UNSET, calls=tuple(map(_call, ids, calls)))


def _call(call_id: str, call: tuple[str, str | Mapping[str, Json]]) -> Call:
    name, arguments = call
    text = arguments if isinstance(arguments, str) else msgspec.json.encode(arguments).decode()
    return Call(name=name, arguments=Arguments(text), id=call_id, type="function")


def _keep_group(ws: Workspace, example: Example, example_id: str) -> Example:
    """A row without a group is one of its own: the draft joins it by name."""
    if example.group:
        return example
    with ws.reading() as connection:
        return msgspec.structs.replace(example, group=need_example(connection, example_id).group_key)


def _find_question(ws: Workspace, evaluation_id: str, row: AnsweredRow) -> Question:
    record = _need_record(ws, evaluation_id)
    questions = plan_everything(ws, record.dataset_id, portion_of(record.split), read_plan(record))
    found = next((one for one in questions if (one.example_id, one.turn) == (row.example_id, row.turn)), None)
    if found is None:
        raise NotFoundError("The row of this answer is not in the version any more.", hint="It may have been erased.")
    return found


def _need_record(ws: Workspace, evaluation_id: str) -> EvaluationRecord:
    with ws.reading() as connection:
        record = evaluations.find_evaluation(connection, evaluation_id)
    if record is None:
        raise NotFoundError("This evaluation is not here.")
    return record
