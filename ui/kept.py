"""What a person chose to keep against a finding: the rule, the reason, who, and the way back."""

from __future__ import annotations

import streamlit as st

from curation.model.example import Waiver
from curation.services.waiving import name_waiver
from ui import state
from ui.layout import card_title
from ui.scene import Scene
from ui.text import count, plain, say, words


def draw_kept(scene: Scene) -> None:
    """Every "keep anyway" of the example; nothing is drawn where there is none."""
    waivers = {name_waiver(one): one for one in scene.example.waivers}
    if not waivers:
        return
    with card_title("Kept anyway", count(len(waivers), "finding")):
        pass
    for name, waiver in waivers.items():
        _draw_waiver(scene, name, waiver)


def _draw_waiver(scene: Scene, name: str, waiver: Waiver) -> None:
    with st.container(gap="xxsmall"):
        with st.container(horizontal=True, vertical_alignment="center", gap="small"):
            st.badge("kept", icon=":material/bookmark_added:", color="gray")
            st.markdown(say("**{rule}**", rule=waiver.rule), width="content")
            st.space("stretch")
            if scene.is_editable:
                st.button(
                    "Take back",
                    key=f"{scene.page}.unkeep.{scene.example_id}.{name}",
                    type="tertiary",
                    icon=":material/bookmark_remove:",
                    help="The finding counts again",
                    on_click=state.ask,
                    args=("unkeep", name),
                    kwargs={"page": scene.page},
                )
        words(waiver.reason)
        st.caption(plain(f"by {waiver.by}" if waiver.by else "by nobody named", 60))
