"""What the figures of a look are of: rows, version, way of asking, and how often the test was opened."""

from __future__ import annotations

from functools import partial

import streamlit as st

from curation.model.states import Split
from curation.services import evaluating
from curation.services.evaluating import EvaluationView
from curation.services.evaluation_views import ModelResult
from curation.services.look_report import write_report
from curation.services.models import RECORDED
from curation.services.portions import name_portion
from ui.glossary import meaning_of
from ui.session import workspace
from ui.text import count, named


def draw_facts(view: EvaluationView) -> None:
    """One line of counts."""
    rows = max((one.report.overall.n.rows for one in view.models if one.report), default=0)
    shifted = "" if view.split is Split.TEST else f", {name_portion(view.split)}"
    asked_for = f"{count(rows, 'row')} · dataset v{view.dataset_n}{shifted}" if rows else "Not answered yet"
    how = _say_how(view)
    opened = evaluating.count_looks(workspace(), view.project_id)
    left_out = f" · {view.unasked.fact}" * bool(view.unasked.fact)
    facts = f"{asked_for} · {how} · test opened {count(opened, 'time')}{left_out}"
    told = "\n\n".join((meaning_of("look"), *map(named, view.unasked.notes)))
    st.caption(facts, help=told, width="content")  # safe: counts only


def _say_how(view: EvaluationView) -> str:
    """How its models were asked; of answers from a file nobody knows."""
    ways = {
        "greedy, raw output": any(not _is_from_file(one) for one in view.models),
        "with examples": any(one.shots for one in view.models),
        "under a grammar": any(one.grammar for one in view.models),
        "answers from a file": any(map(_is_from_file, view.models)),
    }
    return ", ".join(way for way, is_one in ways.items() if is_one)


def _is_from_file(one: ModelResult) -> bool:
    """Of one model nothing but such answers is known; those of any other may be brought in a file too."""
    return one.is_from_file or one.model.kind == RECORDED


def report_button(view: EvaluationView) -> None:
    """All of the look in one file, written when it is asked for."""
    st.download_button(
        "Report",
        partial(_write, view),
        file_name=f"evaluation-look-{view.look_no}-v{view.dataset_n}.html",
        mime="text/html",
        key="evaluation.report",
        icon=":material/download:",
        on_click="ignore",
        disabled=not any(one.report for one in view.models),
    )


def _write(view: EvaluationView) -> bytes:
    return write_report(workspace(), view).encode()
