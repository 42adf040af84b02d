"""What reading mended in the imported row that an example came from, for who wonders why it is not as it was."""

from __future__ import annotations

import streamlit as st

from curation.services import import_reports
from ui.scene import Scene
from ui.session import workspace
from ui.text import count, named, plain


def draw_intake(scene: Scene) -> None:
    """Nothing where nothing was mended."""
    found = import_reports.read_notes(workspace(), scene.example_id) if scene.example_id else None
    if found is None:
        return
    where = f"line {found.line:,} of {plain(found.file, 40)}" if found.line else plain(found.file, 40)
    with st.expander(f"Mended on import: {count(len(found.notes), 'remark')}", type="compact"):
        st.caption(f"From {where}")
        for note in found.notes:
            st.markdown(f"- {named(note.message)}")
