"""The tools a conversation offers to the model, folded into one line of the Review card until a key opens it."""

from __future__ import annotations

import streamlit as st

from curation.services.offered_tools import OfferedTool, Parameter, list_offered
from curation.services.writing import ExampleView
from ui import keys
from ui.layout import card_title
from ui.state import Slot
from ui.text import clip, count, plain, say, source, words

KEY = "review.tools"
SHOWN: Slot[bool] = Slot("review.tools.shown", default=False)
"""Whether they are open; they stay so from one example to the next."""
MOST_TOOLS = 12
MEANING_CHARACTERS = 160


def draw_offered(view: ExampleView) -> None:
    """How many are offered and called; open, each with its description and parameters, the called ones first."""
    tools = list_offered(view.example)
    is_shown = SHOWN.get()
    n_called = sum(1 for one in tools if one.n_calls)
    with card_title("Tools offered", f"{len(tools):,}, {n_called:,} called" if tools else "none"):
        st.button(
            "Hide" if is_shown else "Show",
            key=KEY,
            type="tertiary",
            icon=":material/unfold_less:" if is_shown else ":material/unfold_more:",
            shortcut=keys.TOOLS_OFFERED.shortcut,
            disabled=not tools,
            on_click=SHOWN.set,
            args=(not is_shown,),
        )
    if not is_shown:
        return
    for one in tools[:MOST_TOOLS]:
        _draw_tool(one)
    if len(tools) > MOST_TOOLS:
        st.caption(f"{count(len(tools) - MOST_TOOLS, 'more tool')} not drawn.")


def _draw_tool(tool: OfferedTool) -> None:
    with st.container(border=True, gap="small"):
        with st.container(horizontal=True, vertical_alignment="center", gap="small"):
            st.markdown(say("**{name}**", name=tool.name), width="content")
            if tool.n_calls:
                st.badge("called" if tool.n_calls == 1 else f"called {tool.n_calls:,} times", color="blue")
        words(clip(tool.description)[0] or "No description.")
        if tool.parameters:
            st.table(_table(tool.parameters), border="horizontal", hide_index=True)
        elif not tool.left_out:
            st.caption("It takes no parameters.")
        if tool.left_out:
            _draw_left_out(tool)


def _draw_left_out(tool: OfferedTool) -> None:
    drawn, rest = clip(tool.left_out)
    if tool.parameters:
        st.caption("The schema also says")
    source(drawn)
    if rest:
        st.caption(rest)  # safe: made by clip()


def _table(parameters: tuple[Parameter, ...]) -> dict[str, list[str]]:
    return {
        "Parameter": [plain(one.name, 40) + (" :red[required]" if one.is_required else "") for one in parameters],
        "Takes": [plain(one.takes, MEANING_CHARACTERS) for one in parameters],
        "Meaning": [plain(one.meaning, MEANING_CHARACTERS) for one in parameters],
    }
