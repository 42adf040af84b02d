"""The values of an enum with their meanings, as a grid a person types into."""

from __future__ import annotations

from typing import Any

import pandas as pd
import streamlit as st

from curation.model.outline import Outline
from curation.services import enum_choices
from curation.services.parameter_forms import Line, change
from ui.tool_fields import Place, edit_schema


def draw_choices(place: Place, line: Line) -> None:
    """Value and meaning, one row each; the empty row at the end adds one."""
    choices = enum_choices.read_choices(line.outline)
    # The grid must start from the stored rows whenever they change, and Streamlit resets it only under another key.
    key = f"tool.choices.{place.object_id}.{line.pointer}.{hash(choices)}"

    def edit(outline: Outline, value: Any) -> Outline:
        changed = enum_choices.edit_choices(choices, dict(value))
        return change(outline, line.pointer, lambda node: enum_choices.write_choices(node, changed))

    st.data_editor(
        pd.DataFrame(
            {
                "value": [enum_choices.show_choice(choice) for choice in choices],
                "means": [choice.meaning for choice in choices],
            },
            dtype="string",
        ),
        key=key,
        num_rows="dynamic",
        hide_index=True,
        height=min(len(choices) + 1, 7) * 35 + 38,
        column_config={
            "value": st.column_config.TextColumn("value", width="small", required=True),
            "means": st.column_config.TextColumn("means", width="large"),
        },
        on_change=edit_schema,
        args=(place, key, edit),
        alt="Values of the enum with what they mean",
    )
