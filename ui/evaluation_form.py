"""A new evaluation: which models answer which test split; every one is a look."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from typing import NamedTuple

import streamlit as st

from curation.model.states import Portion, Shifted, Split
from curation.services import evaluating, freezing, shifting
from curation.services.models import RECORDED, ModelView
from curation.services.models_in_use import find_alias
from curation.services.people import local_actor
from curation.services.portions import name_portion
from curation.services.projects import ProjectView
from curation.services.questions import count_decisions
from curation.services.recorded_answers import AnswerFile, take_answers
from curation.services.usual_models import choose_usual, sort_for_comparison
from ui import elsewhere_form
from ui.elsewhere_form import ADDED, Rows
from ui.errors import errors_shown
from ui.glossary import meaning_of
from ui.session import workspace
from ui.small_model import offer_small
from ui.state import NOTICE, Slot
from ui.text import count, plain

EVALUATION: Slot[str] = Slot("evaluation.shown", "")
"""Id of the look on screen."""
_NONCE: Slot[str] = Slot("evaluation.nonce", "")
_CHOSEN: Slot[tuple[str, ...]] = Slot("evaluate.put_in", ())
"""Ids of added models that were put among the chosen ones; who takes one out again is not contradicted."""
MOST_MODELS = 4
MOST_ROWS = 100
"""Of a larger split so many are asked unless somebody says otherwise."""


def ask_to_evaluate(project: ProjectView) -> None:
    """Open the form; one nonce for however often its button is pressed."""
    _NONCE.set(uuid.uuid4().hex)
    ADDED.clear()
    _CHOSEN.clear()
    _form(project)


@st.dialog("Evaluate models", icon=":material/balance:")
def _form(project: ProjectView) -> None:
    draw_form(project)


def draw_form(project: ProjectView) -> None:
    """Everything that is said before a look is opened."""
    ws = workspace()
    versions = freezing.list_datasets(ws, project.id)
    if not versions:
        st.markdown("There is no frozen version yet, so there is no test split to ask from.")
        st.page_link("../pages/health.py", label="Freeze a version on Health", icon=":material/ac_unit:")
        elsewhere_form.draw_endpoint(project, _NONCE.get())  # The playground talks to it without a version.
        return
    examples = {version.n: version.counts.get("test", 0) for version in versions}
    number = st.selectbox(
        "Dataset version",
        list(examples),
        key="evaluate.version",
        format_func=lambda n: f"v{n} · {count(examples[n], 'test example')}",
    )
    dataset_id = {version.n: version.id for version in versions}[number]
    split = _choose_split(dataset_id)
    looks = evaluating.count_looks(ws, project.id, split)
    asked_from = plain(name_portion(split))
    st.markdown(
        f"This will be look {looks + 1:,} at the {asked_from} split.", help=meaning_of("look")
    )  # safe: a number
    # Drawn above the form that adds one, and after it: what is added is there to be chosen at once.
    above = st.container()
    elsewhere_form.draw_endpoint(project, _NONCE.get())
    used = find_alias(ws, project.id)
    in_use = used.model.id if used else ""
    models = {model.id: model for model in sort_for_comparison(_answerable(project), in_use)}
    with above:
        if not models:
            st.caption("No model is known yet. A run makes one; the base model can be asked before any run.")
            offer_small(project)
        chosen = _choose_models(models, in_use)
    is_large = examples[number] > MOST_ROWS or count_decisions(ws, dataset_id, split) > MOST_ROWS
    asking = _choose_asking(is_large=is_large, has_local=any(models[one].remote_name is None for one in chosen))
    asked = Rows(number, asking.limit, split)
    file = elsewhere_form.draw_file(project, asked, chosen)
    elsewhere = elsewhere_form.draw_asking([models[one] for one in chosen])
    is_empty = not chosen and (file is None or not file.model)
    if st.button("Evaluate", key="evaluate.yes", type="primary", icon=":material/balance:", disabled=is_empty):
        _launch(project, asked, chosen, asking, elsewhere, file)


def _answerable(project: ProjectView) -> list[ModelView]:
    """Those that can be asked: here, or where they are."""
    known = evaluating.list_models(workspace(), project.id)
    return [one for one in known if one.kind != RECORDED and not one.is_gone]


def _choose_models(models: dict[str, ModelView], in_use: str) -> list[str]:
    if not models:
        return []
    usual = [one.id for one in choose_usual(list(models.values()), in_use)]
    added = [one for one in ADDED.get() if one in models]
    if added and (wanted := [one for one in added if one not in _CHOSEN.get()]):
        # A widget that is on screen takes no new default: what was added meanwhile is put among what it holds.
        _CHOSEN.set((*_CHOSEN.get(), *wanted))
        held = st.session_state.get("evaluate.models", usual)
        st.session_state["evaluate.models"] = [*held, *wanted][:MOST_MODELS]
    default = {} if "evaluate.models" in st.session_state else {"default": usual}
    chosen: list[str] = st.multiselect(
        "Models, the one to compare with first",
        list(models),
        max_selections=MOST_MODELS,
        key="evaluate.models",
        format_func=lambda one: f"{models[one].name} ({'in production' if one == in_use else models[one].kind})",
        **default,
    )
    return chosen


class Ways(NamedTuple):
    """How many rows are asked, and in which ways beside the plain one."""

    limit: int | None
    four_shot: bool
    grammar: bool
    repairs: int
    longest_answer: int = 0


def _launch(
    project: ProjectView,
    rows: Rows,
    chosen: Sequence[str],
    asking: Ways,
    elsewhere: evaluating.Asking,
    file: AnswerFile | None,
) -> None:
    ws, nonce = workspace(), _NONCE.get()
    actor = local_actor(ws)
    with errors_shown():
        recorded = [_take(project, rows, chosen, one) for one in (file,) if one is not None]
        if chosen:
            job = evaluating.launch_evaluation(
                ws,
                actor,
                project.id,
                rows.dataset_n,
                chosen,
                limit=rows.limit,
                four_shot=asking.four_shot,
                grammar=asking.grammar,
                repairs=asking.repairs,
                longest_answer=asking.longest_answer,
                split=rows.split,
                asking=elsewhere,
                recorded=recorded,
                nonce=nonce,
            )
            EVALUATION.set(job.id)
            NOTICE.set(f"{count(len(chosen), 'model')} will answer the {name_portion(rows.split)} split")
        else:
            view = evaluating.record_answers(
                ws, actor, project.id, rows.dataset_n, recorded, limit=rows.limit, split=rows.split, nonce=nonce
            )
            EVALUATION.set(view.id)
            NOTICE.set(f"The answers of {plain(view.models[0].label)} are scored")
        ADDED.clear()
        st.rerun()


def _take(project: ProjectView, rows: Rows, chosen: Sequence[str], file: AnswerFile) -> evaluating.Recorded:
    """The answers of a file, read against the rows that the chosen models are asked."""
    ws = workspace()
    return take_answers(
        ws,
        local_actor(ws),
        project.id,
        rows.dataset_n,
        file,
        chosen,
        limit=rows.limit,
        split=rows.split,
        nonce=f"{_NONCE.get()}.{file.model}",
    )


def _choose_asking(*, is_large: bool, has_local: bool) -> Ways:
    usual = MOST_ROWS if is_large else 0
    limit = st.number_input("Rows at most (0: all)", 0, None, usual, step=10, key="evaluate.limit")
    return Ways(
        int(limit) or None,
        st.toggle("Also the base with four worked examples", key="evaluate.shots"),
        st.toggle("Also every model under a grammar", key="evaluate.grammar"),
        int(st.number_input("Times a finding is said back", 0, 5, 0, key="evaluate.repairs")),
        _choose_length() if has_local else 0,
    )


def _choose_length() -> int:
    """Tokens an answer of a model here may have."""
    return int(
        st.number_input(
            "Longest answer here, in tokens (0: as the right ones need)",
            0,
            None,
            0,
            step=64,
            key="evaluate.longest_here",
            help="With 0 no right answer is cut: an answer may be as long as the longest right one, and 128 at least. "
            "Answers that run out of tokens are marked as cut.",
        )
    )


def _choose_split(dataset_id: str) -> Portion:
    """The test split; where the version has a shifted copy of it, one of the two."""
    if shifting.find_shifted(workspace(), dataset_id) is None:
        return Split.TEST
    offered: list[Portion] = [Split.TEST, Shifted.TEST]
    chosen: Portion = st.radio(
        "Asked from",
        offered,
        horizontal=True,
        key=f"evaluate.split.{dataset_id}",
        format_func=name_portion,
        help=meaning_of("shifted copy"),
    )
    return chosen
