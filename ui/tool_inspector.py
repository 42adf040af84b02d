"""The right side of the catalogue: schema as JSON, policy and effect, what a model sees, and what lint says."""

from __future__ import annotations

from collections import Counter
from typing import get_args

import streamlit as st

from curation.errors import CurationError
from curation.model.definition import SideEffect
from curation.model.finding import Judged, Severity
from curation.model.outline import lay_out
from curation.services import tool_desk
from curation.services.parameter_forms import Line, open_form
from curation.services.tool_desk import Desk
from ui import impact_card, strict_preview
from ui.glossary import meaning_of
from ui.layout import severity_badge
from ui.schema_builder import line_at
from ui.tabs import tab_label
from ui.text import named, plain, source
from ui.tool_edits import write_choice
from ui.tool_place import Place, place_of, show_parameter
from ui.tool_texts import draw_live, draw_number
from ui.tool_unread import hold

EFFECTS = {"": "not said"} | {word: word for word in get_args(SideEffect)}
ANSWERS = {"": "not said", "yes": "yes", "no": "no"}
RETRIES = {
    "": "not said",
    "never": "never",
    "after_reading": "after reading what happened",
    "after_waiting": "after waiting",
    "at_once": "at once",
}
RETRY_HELP = "A write whose outcome is unknown must be read first, or be idempotent."
IDEMPOTENCY_HELP = "The parameter that marks a repeat of the same call, such as a request id."
_NUMBERS = (
    (("timeout_s", "Time-out (seconds)", "none"), ("most_retries", "Retries at most", "none said")),
    (("rate_calls", "At most so many calls …", "no limit"), ("rate_period_s", "… in so many seconds", "60")),
)
"""What is typed under Running, two fields beside each other: field, label, and what stands in an empty one."""
MAX_LINT = 12


def draw_inspector(desk: Desk, judged: tuple[Judged, ...], schema_field: str) -> None:
    """The card at the right; its JSON is that of the schema whose form is open at the left."""
    with st.container(border=True, key=f"tool.inspector.{desk.object_id}"):
        schema, policy, running, seen = st.tabs(  # safe: literals
            [
                tab_label(":material/data_object: Schema"),
                tab_label(":material/policy: Policy"),
                tab_label(":material/timer: Running"),
                tab_label(":material/code: As seen"),
            ],
            key=f"tool.tabs.{desk.object_id}",
        )
        with schema:
            draw_live(desk, schema_field, placeholder='{"type": "object"}')
            if schema_field == "parameters":
                strict_preview.draw_button(desk)
        with policy:
            _draw_policy(desk)
        with running:
            _draw_running(desk)
        with seen:
            _draw_definition(desk)
        _draw_lint(desk, judged)
        impact_card.draw_around(desk)


def _draw_policy(desk: Desk) -> None:
    place = place_of(desk)
    left, right = st.columns(2, gap="small")
    with left:
        _select(place, desk, "side_effect", "Side effect", EFFECTS, meaning_of("side effect"))
        draw_live(desk, "approval", placeholder="never")
    with right:
        _select(place, desk, "idempotent", "Idempotent", ANSWERS, meaning_of("idempotent"))
        draw_live(desk, "approver", placeholder="a lead")
    _select(place, desk, "idempotency_parameter", "Idempotency by", _parameter_names(desk), IDEMPOTENCY_HELP)
    draw_live(desk, "policy", placeholder="Only after the parcel was shown late or lost")
    draw_live(desk, "forbidden_roles", placeholder="guest, trainee")


def _draw_running(desk: Desk) -> None:
    """How a call runs: what simulated failures, retries and the guard go by."""
    place = place_of(desk)
    for pair in _NUMBERS:
        for column, (field, label, empty) in zip(st.columns(2, gap="small"), pair, strict=True):
            with column:
                draw_number(desk, field, label, empty)
    _select(place, desk, "retry", "After an error, a retry is safe", RETRIES, RETRY_HELP)
    if bool(desk.fields["rate_calls"].strip()) is not bool(desk.fields["rate_period_s"].strip()):
        st.markdown(
            ":orange[:material/warning:] A rate limit is a number of calls and a period; one of them is missing."
        )


def _select(place: Place, desk: Desk, field: str, label: str, options: dict[str, str], hint: str) -> None:
    key = f"tool.{field}.{desk.object_id}"
    value = desk.fields[field]
    options = options if value in options else options | {value: value}
    hold(key, value)
    st.selectbox(
        label,  # safe: ours
        list(options),
        key=key,
        format_func=options.__getitem__,
        help=hint,
        on_change=write_choice,
        args=(place, key, field),
    )


def _parameter_names(desk: Desk) -> dict[str, str]:
    try:
        names = open_form(desk.fields["parameters"]).properties or {}
    except CurationError:
        names = {}
    return {"": "none"} | {name: name for name in names}


def _draw_definition(desk: Desk) -> None:
    tool, _ = tool_desk.preview(desk)
    if tool is None:
        st.caption("Shown once the tool can be read.")
        return
    source(lay_out(tool.definition.text))


def _draw_lint(desk: Desk, judged: tuple[Judged, ...]) -> None:
    counts = Counter(one.severity for one in judged)
    with st.container(horizontal=True, vertical_alignment="center", gap="xsmall"):
        st.header("Lint", anchor=False, width="content")
        for severity in Severity:
            if counts[severity]:
                severity_badge(severity, counts[severity])
    tool, _ = tool_desk.preview(desk)
    if tool is None:
        # Why is said once, at the bottom or under the JSON.
        st.caption(
            "Lint goes on once the JSON is whole."
            if not is_form_open(desk)
            else "Lint begins once the tool can be saved."
        )
    elif not judged:
        st.caption("Nothing a model would misread was found.")
    for at, one in enumerate(judged[:MAX_LINT]):
        _draw_finding(desk, one, at)
    if len(judged) > MAX_LINT:
        st.caption(f"{len(judged) - MAX_LINT} more once these are mended.")


def is_form_open(desk: Desk) -> bool:
    """Whether the parameters can be read; if not, the form beside says where."""
    try:
        open_form(desk.fields["parameters"])
    except CurationError:
        return False
    return True


def _draw_finding(desk: Desk, judged: Judged, at: int) -> None:
    finding, line = judged.finding, find_line(desk, judged)
    with st.container(gap="xsmall"):
        with st.container(horizontal=True, vertical_alignment="center", gap="xsmall"):
            severity_badge(judged.severity)
            st.markdown(f"**{plain(finding.rule)}**", width="content")
            st.caption(plain(line.label if line else "the tool"), width="content")
            if line is not None:
                st.space("stretch")
                st.button(
                    "Show",
                    key=f"tool.show.{desk.object_id}.{finding.rule}.{finding.at}.{at}",
                    type="tertiary",
                    icon=":material/arrow_back:",
                    on_click=show_parameter,
                    args=(place_of(desk), line.pointer),
                )
        st.markdown(named(finding.message))


def find_line(desk: Desk, judged: Judged) -> Line | None:
    """The parameter a finding stands in, None for one of the tool itself."""
    try:
        return line_at(open_form(desk.fields["parameters"]), judged.finding.at)
    except CurationError:
        return None
