"""How the model in production is put behind an address: the commands, ready to be copied, folded away."""

from __future__ import annotations

import streamlit as st

from curation.services.serve_commands import ServeCommand
from curation.services.serving import prepare_serving
from ui.errors import errors_shown
from ui.session import workspace
from ui.text import exact, named, plain


def draw_serving(project_id: str, name: str) -> None:
    """Opened, the fold saves what a server needs beside the model, as `callwright models serve` does."""
    opened = st.expander(f"Serve {plain(name, 40)}", type="compact", key="evaluation.serve", on_change="rerun")
    if not opened.open:
        return
    with opened, errors_shown():
        found = prepare_serving(workspace(), project_id)
        for sentence in (found.answers_at, *found.notes):
            if sentence:
                st.caption(named(sentence))
        for command in found.commands:
            _draw_command(command)


def _draw_command(command: ServeCommand) -> None:
    st.caption(f"**{plain(command.engine)}**")
    if command.argv:
        exact(command.line)
        st.caption(f"Requests name the model {plain(command.model, 200)}")
    for note in command.notes:
        st.caption(named(note))
