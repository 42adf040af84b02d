"""What may be asked of an export beyond its format: failed calls, the system prompt, the mark, the card."""

from __future__ import annotations

import streamlit as st

from curation.services import export_choices, importing, system_prompts
from curation.services.export_choices import FailedCalls, Options, Place
from curation.services.projects import ProjectView
from ui import licence_panel, prompt_panel
from ui.session import workspace

FAILED_WORDS: dict[FailedCalls, str] = {
    "learn": "learnt like any other",
    "weight_0": "shown with weight 0",
    "mask": "never learnt",
}
FAILED_HELP = (
    "A call that a recovery puts right. **Shown with weight 0**: marked so, and a row that cannot say it is refused. "
    "**Never learnt**: where a format cannot say it, the call and its error are left out."
)
PLACE_WORDS: dict[Place, str] = {"replace": "in place of the row's own", "add": "before the row's own"}


def choose(project: ProjectView, format_name: str) -> tuple[Options, bool]:
    """The options as chosen, and whether a card stands beside the rows."""
    traits = export_choices.describe_traits(format_name)
    with st.expander("Options", type="compact", key="export.options"):
        failed: FailedCalls = "learn"
        if traits.takes_failed_calls:
            failed = st.selectbox(
                "Failed calls",
                list(FAILED_WORDS),
                key="export.failed",
                format_func=FAILED_WORDS.__getitem__,
                help=FAILED_HELP,
            )
        prompt_n, place = _choose_prompt(project)
        mark = traits.takes_byte_order_mark and st.toggle(
            "Begin each file with a byte order mark", key="export.mark", help="Older pages of the service ask for it."
        )
        with_card = _choose_card(project)
    options = export_choices.make_options(
        workspace(), project.id, failed_calls=failed, prompt_n=prompt_n, place=place, byte_order_mark=mark
    )
    return options, with_card


def _choose_prompt(project: ProjectView) -> tuple[int | None, Place]:
    known = [one.n for one in system_prompts.list_prompts(workspace(), project.id)]
    with st.container(horizontal=True, vertical_alignment="bottom", gap="small"):
        number = st.selectbox(
            "System prompt",
            [0, *known],
            key="export.prompt",
            format_func=lambda n: f"prompt {n}" if n else "as the rows have it",
        )
        place: Place = "replace"
        if number:
            place = st.selectbox(
                "Where it stands", list(PLACE_WORDS), key="export.place", format_func=PLACE_WORDS.__getitem__
            )
        if st.button("Prompts", key="export.prompts", type="tertiary", icon=":material/edit_note:"):
            prompt_panel.open_dialog(project)
    return number or None, place


def _choose_card(project: ProjectView) -> bool:
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        wanted: bool = st.toggle("Data card with plots", value=True, key="export.card")
        if wanted and importing.list_sources(workspace(), project.id):
            licence_panel.draw_button(project)
    return wanted
