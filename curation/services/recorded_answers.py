"""Answers that a model gave elsewhere: the questions go out as a file, and come back as one."""

from __future__ import annotations

from collections.abc import Sequence

import msgspec

from curation.llm.budget import Price
from curation.model.people import Actor
from curation.model.states import Portion, Split
from curation.model.values import Json
from curation.services.answer_files import read_answer_file, write_questions
from curation.services.evaluating import Recorded, plan_recorded_look
from curation.services.models import ModelView, find_model
from curation.services.questions import Question, write_native
from curation.services.served_models import add_recorded, picture_recorded
from curation.services.workspace import Workspace


class AnswerFile(msgspec.Struct, frozen=True):
    """A file of answers, and whose they are."""

    model: str
    """Name of the model that gave them; a new one becomes known by them."""
    content: bytes
    name: str
    is_native: bool = True
    """Whether the model was handed tools and called them by itself; otherwise the router's prompt told of them."""
    price: Price | None = None


def take_answers(
    ws: Workspace,
    actor: Actor,
    project_id: str,
    dataset_n: int,
    file: AnswerFile,
    beside: Sequence[str] = (),
    *,
    limit: int | None = None,
    split: Portion | str = Split.TEST,
    nonce: str,
) -> Recorded:
    """The answers of a file, ready to be recorded; one that is broken makes no model known.

    Args:
        ws: the workspace.
        actor: who brings it.
        project_id: the project.
        dataset_n: number of the version.
        file: the file.
        beside: models that answer in the same look; they say which rows are asked.
        limit: as many rows as are asked.
        split: the part they are asked from.
        nonce: of the act that makes a new model known.
    """
    model = picture_recorded(ws, project_id, file.model, is_native=file.is_native)
    questions = _questions_of(ws, project_id, dataset_n, model, beside, limit, split)
    answers = read_answer_file(file.content, file.name, questions, is_native=model.is_native)
    known = add_recorded(ws, actor, project_id, file.model, is_native=file.is_native, nonce=nonce)
    return Recorded(known.id, answers, price=file.price, is_from_file=True)


def hand_out_questions(
    ws: Workspace,
    project_id: str,
    dataset_n: int,
    beside: Sequence[str] = (),
    *,
    is_native: bool,
    limit: int | None = None,
    split: Portion | str = Split.TEST,
) -> bytes:
    """The rows that a model elsewhere is to answer, one a line, without what is right."""
    model = picture_recorded(ws, project_id, "new", is_native=is_native)
    questions = _questions_of(ws, project_id, dataset_n, model, beside, limit, split)
    rows = [write_native(one) if is_native else _without_answer(one) for one in questions]
    return b"".join(write_questions(questions, rows))


def _questions_of(
    ws: Workspace,
    project_id: str,
    dataset_n: int,
    model: ModelView,
    beside: Sequence[str],
    limit: int | None,
    split: Portion | str,
) -> tuple[Question, ...]:
    models = [*(find_model(ws, project_id, one) for one in beside), model]
    return plan_recorded_look(ws, project_id, dataset_n, models, limit=limit, split=split)


def _without_answer(question: Question) -> bytes:
    """The router's row up to its answer."""
    row: dict[str, Json] = msgspec.json.decode(question.row)
    return msgspec.json.encode({"messages": row["messages"][:-1]})
