"""Two texts for one field: somebody saved in between. Both are shown; the person decides."""

from __future__ import annotations

import streamlit as st

from curation.services.people import local_actor
from curation.services.settling import Conflict
from curation.services.writing import ExampleView
from ui import keys, state
from ui.keys import Key
from ui.merge_panel import IS_OPEN, draw_merge
from ui.places import place_words
from ui.session import workspace
from ui.text import clip, plain, say, source


def draw_conflicts(view: ExampleView, conflicts: tuple[Conflict, ...]) -> None:
    """A banner for each field with two texts: first what is safe, then what happened, then the ways out.

    Where somebody saved in between, both whole texts can be laid over each other instead.
    """
    if IS_OPEN.get() == view.id and conflicts:
        draw_merge(workspace(), local_actor(workspace()), view)
        return
    can_merge = any(one.base_rev < view.head_rev and one.stored is not None for one in conflicts)
    for conflict in conflicts:
        st.error(conflict_words(view, conflict), icon=":material/error:")  # safe: made by say()
        mine, stored = st.columns(2, gap="medium")
        with mine:
            st.caption("Yours")
            source(clip(conflict.mine)[0] or " ")
        with stored:
            st.caption(say("Revision {head}", head=view.head_rev))
            source(clip(conflict.stored or "")[0] or " ")
        with st.container(horizontal=True, gap="small"):
            if can_merge and conflict is conflicts[0]:
                _button("Compare and merge", "open_merge", conflict.name, keys.NEXT_ACT)
            if conflict.stored is not None:
                _button("Use mine", "use_mine", conflict.name)
            _button("Keep mine as a copy", "copy_mine", conflict.name)
            _button("Keep the stored text", "drop_mine", conflict.name)


def conflict_words(view: ExampleView, conflict: Conflict) -> str:
    """What happened to the text of one field."""
    if conflict.stored is None:
        return say(
            "**Your text is safe, but it is not in the example.** You typed {place} of revision {base}, and that turn "
            "is gone or stands elsewhere since {who} saved revision {head}.",
            place=place_words(conflict.field),
            base=conflict.base_rev,
            who=view.updated_by,
            head=view.head_rev,
        )
    if conflict.base_rev == view.head_rev:
        return say(
            "**Your text is safe, but it is not in the example.** You typed {place} and the example is {state} by now; "
            "using the text makes a new revision.",
            place=place_words(conflict.field),
            state=view.state.value,
        )
    return say(
        "**Your text is safe, but it is not in the example.** You began {place} from revision {base}; "
        "{who} saved revision {head} since.",
        place=place_words(conflict.field),
        base=conflict.base_rev,
        who=view.updated_by,
        head=view.head_rev,
    )


def _button(label: str, verb: str, name: str, key: Key | None = None) -> None:
    st.button(
        plain(label),
        key=f"write.{verb}.{name}",
        shortcut=key.shortcut if key else None,
        on_click=state.ask,
        args=(verb, name),
    )
