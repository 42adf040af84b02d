"""The loop in six figures, from the catalogue to the evaluation."""

from __future__ import annotations

from dataclasses import dataclass

import streamlit as st

from curation.model.filters import ExampleFilter
from curation.model.states import ExampleState
from curation.services.browsing import Glance
from ui.layout import Colour
from ui.list_links import open_list
from ui.text import count, plain, say

_ACCEPTED = ExampleFilter(states=(ExampleState.ACCEPTED,))


@dataclass(frozen=True)
class Station:
    """One card of the loop."""

    word: str
    icon: str
    figure: str
    note: str
    colour: Colour
    page: str
    counted: ExampleFilter | None = None
    """The list behind the figure, where it counts examples."""


def stations(glance: Glance) -> tuple[Station, ...]:
    """From the catalogue to the evaluation."""
    return (*_data_stations(glance), *_model_stations(glance))


def _data_stations(glance: Glance) -> tuple[Station, ...]:
    n_submitted = glance.states[ExampleState.SUBMITTED]
    catalogue = f"Catalogue v{glance.catalogue_n}" if glance.catalogue_n else "Catalogue"
    colour: Colour = "blue" if glance.n_unpublished else "green" if glance.n_tools else "gray"
    errors = f"{glance.n_with_errors:,} with errors" if glance.n_with_errors else "no errors"
    faulty: Colour = "red" if glance.n_with_errors else "green"
    accepted = f"{glance.states[ExampleState.ACCEPTED]:,}"
    waiting = f"{n_submitted:,} to review"
    busy: Colour = "orange" if n_submitted else "gray"

    return (
        Station(catalogue, "construction", count(glance.n_tools, "tool"), _catalogue_note(glance), colour, "catalogue"),
        Station("Examples", "forum", f"{glance.n_examples:,}", errors, faulty, "examples", ExampleFilter()),
        Station("Accepted", "check_circle", accepted, waiting, busy, "accepted", _ACCEPTED),
    )


def _model_stations(glance: Glance) -> tuple[Station, ...]:
    has_dataset = glance.dataset_n is not None
    dataset = f"v{glance.dataset_n}" if has_dataset else "none"
    rows = count(sum(glance.dataset_counts.values()), "row") if has_dataset else "not frozen yet"
    running = f"{glance.n_jobs_open:,} running" if glance.n_jobs_open else "nothing running"
    models, looks = count(glance.n_models, "model"), "on the test split" if glance.n_evaluations else "not yet"
    evaluated: Colour = "green" if glance.n_evaluations else "gray"
    return (
        Station("Dataset", "ac_unit", dataset, rows, "green" if has_dataset else "gray", "health"),
        Station("Training", "model_training", models, running, "blue" if glance.n_jobs_open else "gray", "training"),
        Station("Evaluation", "balance", f"{glance.n_evaluations:,}", looks, evaluated, "evaluation"),
    )


def _catalogue_note(glance: Glance) -> str:
    if glance.n_unpublished:
        return count(glance.n_unpublished, "draft")
    return "published" if glance.n_tools else "empty"


def draw_stations(glance: Glance) -> None:
    """Six bordered columns; the figure opens what it counts."""
    for column, station in zip(st.columns(6, gap="small"), stations(glance), strict=True):
        with column, st.container(border=True, gap="xxsmall", height="stretch"):
            st.caption(f":material/{station.icon}: {plain(station.word)}")  # safe: our own table
            if st.button(
                say("**{figure}**", figure=station.figure), key=f"home.station.{station.page}", type="tertiary"
            ):
                if station.counted is not None:
                    open_list(station.counted)
                st.switch_page(f"../pages/{station.page}.py")
            st.badge(plain(station.note), color=station.colour)
