"""Which rows a model on this machine can be asked: those that its own chat template writes."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import partial
from itertools import islice

from curation.errors import StateError
from curation.finetune.rows import can_ask
from curation.model.states import Split
from curation.rendering import ChatRow, RowStyle, Template, open_template, read_chat_row
from curation.services.models import ModelView
from curation.services.questions import Question
from curation.services.row_files import ExportedRow, walk_rows
from curation.services.workspace import Workspace

MOST_TRIED = 512
"""Training rows that are tried as worked examples, so that a large version keeps nobody waiting."""


def open_own_template(model: ModelView) -> Template:
    """The template a model here answers with; one saved beside its adapter wins, as it was trained with that."""
    adapter = model.adapter
    if adapter is not None and (adapter / "tokenizer_config.json").is_file():
        return open_template(adapter)
    return open_template(model.base if adapter else model.location)


def is_choosy(model: ModelView, style: RowStyle) -> bool:
    """Whether the model's template may refuse rows: router rows are plain text, and hosts are handed no text."""
    return style == "conversation" and model.remote_name is None


def keep_askable(
    questions: Sequence[Question], model: ModelView, style: RowStyle, shown: Sequence[ChatRow] = ()
) -> tuple[Question, ...]:
    """The questions that the model's template writes; one it refuses would end the whole evaluation.

    Raises:
        StateError: it writes none of them.
    """
    if not is_choosy(model, style):
        return tuple(questions)
    takes = partial(can_ask, open_own_template(model), shown=shown)
    kept = tuple(one for one in questions if takes(read_chat_row(one.row, style)))
    if not kept:
        raise StateError(
            f"The chat template of `{model.name}` writes none of these rows, so it cannot be asked.",
            hint="The preflight of a training names what it refuses: change those rows, or choose another base model.",
        )
    return kept


def walk_examples(ws: Workspace, dataset_id: str, model: ModelView, style: RowStyle) -> Iterator[ExportedRow]:
    """The training rows that may be shown as worked examples."""
    rows = walk_rows(ws, dataset_id, Split.TRAIN, style)
    return walk_takeable(rows, open_own_template(model)) if is_choosy(model, style) else rows


def walk_takeable(rows: Iterator[ExportedRow], template: Template) -> Iterator[ExportedRow]:
    """Of the first rows those that a template writes from end to end."""
    for row in islice(rows, MOST_TRIED):
        if row.refused is None and template.takes(read_chat_row(row.raw, "conversation")):
            yield row
