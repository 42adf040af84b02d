"""A new evaluation: which models answer which test split; every one is a look."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from typing import NamedTuple

import streamlit as st

from curation.errors import CurationError
from curation.model.states import Portion, Shifted, Split
from curation.services import choices, evaluating, freezing, shifting
from curation.services.models import ModelView
from curation.services.people import local_actor
from curation.services.portions import name_portion
from curation.services.projects import ProjectView
from ui.errors import errors_shown
from ui.glossary import meaning_of
from ui.session import workspace
from ui.state import NOTICE, Slot
from ui.text import count, named, plain

EVALUATION: Slot[str] = Slot("evaluation.shown", "")
"""Id of the look on screen."""
_NONCE: Slot[str] = Slot("evaluation.nonce", "")


def ask_to_evaluate(project: ProjectView) -> None:
    """Open the form; one nonce for however often its button is pressed."""
    _NONCE.set(uuid.uuid4().hex)
    _form(project)


@st.dialog("Evaluate models", icon=":material/balance:")
def _form(project: ProjectView) -> None:
    ws = workspace()
    versions = freezing.list_datasets(ws, project.id)
    if not versions:
        st.markdown("There is no frozen version yet, so there is no test split to ask from.")
        st.page_link("../pages/health.py", label="Freeze a version on Health", icon=":material/ac_unit:")
        return
    rows = {version.n: version.counts.get("test", 0) for version in versions}
    number = st.selectbox(
        "Dataset version",
        list(rows),
        key="evaluate.version",
        format_func=lambda n: f"v{n} · {count(rows[n], 'test row')}",
    )
    split = _choose_split({version.n: version.id for version in versions}[number])
    looks = evaluating.count_looks(ws, project.id, split)
    asked_from = plain(name_portion(split))
    st.markdown(
        f"This will be look {looks + 1:,} at the {asked_from} split.", help=meaning_of("look")
    )  # safe: a number
    here = [one for one in evaluating.list_models(ws, project.id) if one.remote_name is None and not one.is_gone]
    models = {model.id: model for model in _bases_first(here)}
    if not models:
        _offer_small(project)
        return
    chosen = st.multiselect(
        "Models, the one to compare with first",
        list(models),
        default=_usual_pair(tuple(models.values())),
        max_selections=4,
        key="evaluate.models",
        format_func=lambda one: _name(models[one]),
    )
    asking = _choose_asking(rows[number])
    if st.button("Evaluate", key="evaluate.yes", type="primary", icon=":material/balance:", disabled=not chosen):
        _launch(project, number, chosen, asking, split)


class Asking(NamedTuple):
    """How many rows are asked, and in which ways beside the plain one."""

    limit: int | None
    four_shot: bool
    grammar: bool
    repairs: int


def _launch(project: ProjectView, number: int, chosen: Sequence[str], asking: Asking, split: Portion) -> None:
    with errors_shown():
        job = evaluating.launch_evaluation(
            workspace(),
            local_actor(workspace()),
            project.id,
            number,
            chosen,
            limit=asking.limit,
            four_shot=asking.four_shot,
            grammar=asking.grammar,
            repairs=asking.repairs,
            split=split,
            nonce=_NONCE.get(),
        )
        EVALUATION.set(job.id)
        NOTICE.set(f"{count(len(chosen), 'model')} will answer the {name_portion(split)} split")
        st.rerun()


def _choose_asking(n_rows: int) -> Asking:
    limit = st.number_input("Rows at most (0: all)", 0, None, min(100, n_rows), step=10, key="evaluate.limit")
    return Asking(
        int(limit) or None,
        st.toggle("Also the base with four worked examples", key="evaluate.shots"),
        st.toggle("Also every model under a grammar", key="evaluate.grammar"),
        int(st.number_input("Times a finding is said back", 0, 5, 0, key="evaluate.repairs")),
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


def _bases_first(models: Sequence[ModelView]) -> list[ModelView]:
    """The first one is what the others are compared with."""
    return sorted(models, key=lambda model: model.adapter is not None)


def _usual_pair(models: Sequence[ModelView]) -> list[str]:
    """The newest tuned model beside its base."""
    tuned = next((model for model in models if model.adapter), None)
    bases = [model for model in models if not model.adapter and (tuned is None or model.base == tuned.base)]
    return [model.id for model in (*bases[:1], tuned) if model]


def _name(model: ModelView) -> str:
    return f"{model.name} ({model.kind})"


def _offer_small(project: ProjectView) -> None:
    st.caption("No model is known yet. A run makes one; the base model can be asked before any run.")
    if not st.button("Add the small model that comes with Callwright", key="evaluate.small", icon=":material/add:"):
        return
    ws = workspace()
    with st.spinner("Converting the small model; this happens once and takes about half a minute"):
        try:
            folder = choices.prepare_base(ws, choices.small_base(ws).folder)
        except CurationError as error:
            st.error(named(str(error)), icon=":material/error:")
            return
    with errors_shown():
        evaluating.register_base(ws, local_actor(ws), project.id, folder, nonce=_NONCE.get() + ".base")
        st.rerun(scope="fragment")
