"""Compare and merge: what both people changed, with the text both began from, decided place by place on keys."""

from __future__ import annotations

import streamlit as st

from curation.model.finding import Severity
from curation.model.people import Actor
from curation.model.places import place_words
from curation.services import merging, reviewing
from curation.services.merging import MergeView
from curation.services.three_way import Choice, Clash
from curation.services.workspace import Workspace
from curation.services.writing import ExampleView
from ui import keys, state
from ui.desk_focus import hold_focus
from ui.findings import count_severities, severity_badges
from ui.keys import Key
from ui.layout import card_title
from ui.revision_changes import draw_change_table
from ui.state import Slot
from ui.text import count, plain, say
from ui.word_diff import mark_words

IS_OPEN: Slot[str] = Slot("merge.open", "")
"""The example whose merge is on the page."""
_CHOSEN: Slot[dict[str, Choice]] = Slot("merge.chosen", {})
PAGE = "write"
PANEL = "merge-panel"
"""It holds the focus between two choices, whose buttons are drawn anew."""
SIDES: tuple[Choice, ...] = ("theirs", "mine", "both")


def choices_of(example_id: str, head_rev: int) -> dict[str, Choice]:
    """What was decided so far against one revision; another save in between asks anew."""
    return dict(_CHOSEN.of(f"{example_id}.{head_rev}").get())


def saved_by(ws: Workspace, view: ExampleView) -> str:
    """Who wrote the newest revision; whoever moved the example on since has saved no text."""
    return reviewing.list_revisions(ws, view.id)[0].by


def draw_merge(ws: Workspace, actor: Actor, view: ExampleView) -> None:
    """The merge as it would be saved, clash by clash."""
    chosen = choices_of(view.id, view.head_rev)
    found = merging.propose_merge(ws, actor, view.id, chosen)
    if found is None:
        IS_OPEN.clear()
        return
    with st.container(border=True, gap="small", key=PANEL):
        open_ones = [one for one in found.clashes if one.name not in chosen]
        with card_title("Compare and merge", _facts(found, len(open_ones))):
            severity_badges(found.judged)
        who = saved_by(ws, view)
        for clash in found.clashes:
            _draw_clash(
                view, clash, who, is_next=bool(open_ones) and clash is open_ones[0], is_chosen=clash.name in chosen
            )
        with st.expander(f"All changes: {len(found.theirs):,} theirs, {len(found.mine):,} yours", type="compact"):
            st.caption(say("Saved by {by} since revision {rev}", by=who, rev=found.base_rev))
            draw_change_table(found.theirs)
            st.caption("Typed by you")
            draw_change_table(found.mine)
        _draw_acts(found, len(open_ones))
    hold_focus(PANEL, f"{view.id}@{view.head_rev} {sorted(chosen.items())}")


def _facts(found: MergeView, n_open: int) -> str:
    if not found.clashes:
        return "You changed different places: they go together by themselves"
    return f"{count(n_open, 'place')} left to decide" if n_open else "All places are decided"


def _draw_clash(view: ExampleView, clash: Clash, who: str, *, is_next: bool, is_chosen: bool) -> None:
    """Where, what it was, and the two texts; the next one answers the keys."""
    with st.container(gap="xxsmall", key=f"merge.clash.{clash.name}"):
        place = place_words(merging.pointer_of(clash).replace("/+", "/"))
        st.markdown(say("**{place}**", place=place) + _mark(clash, is_chosen=is_chosen))  # safe: made by say()
        base, theirs, mine = st.columns(3, gap="small")
        base.caption("You both began from")
        base.markdown(plain(clash.base, 600) if clash.base is not None else ":gray[nothing]")
        theirs.caption(say("Revision {rev}, {by}", rev=view.head_rev, by=who))
        theirs.markdown(mark_words(clash.base, clash.theirs)[1])  # safe: made by mark_words()
        mine.caption("Yours")
        mine.markdown(mark_words(clash.base, clash.mine)[1])  # safe: made by mark_words()
        with st.container(horizontal=True, gap="small"):
            for side, label, key in (("theirs", "Theirs", keys.TAKE_FIRST), ("mine", "Yours", keys.TAKE_SECOND)):
                _choose_button(view, clash, side, label, key if is_next else None)
            if clash.can_be_both:
                _choose_button(view, clash, "both", "Both, theirs first", None)


def _mark(clash: Clash, *, is_chosen: bool) -> str:
    words = {"theirs": "theirs", "mine": "yours", "both": "both"}
    return f" :green-badge[{words[clash.choice]}]" if is_chosen else " :orange-badge[to decide]"


def _choose_button(view: ExampleView, clash: Clash, side: str, label: str, key: Key | None) -> None:
    st.button(
        plain(label),
        key=f"merge.{side}.{view.head_rev}.{clash.name}",
        shortcut=key.shortcut if key else None,
        icon=":material/check:" if key else None,
        on_click=_choose,
        args=(view.id, view.head_rev, clash.name, side),
    )


def _choose(example_id: str, head_rev: int, name: str, side: Choice) -> None:
    slot = _CHOSEN.of(f"{example_id}.{head_rev}")
    slot.set({**slot.get(), name: side})


def _draw_acts(found: MergeView, n_open: int) -> None:
    errors = count_severities(found.judged)[Severity.ERROR]
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        _act("Save the merge", "merge", ":material/merge:", found, keys.NEXT_ACT, is_off=n_open > 0)
        _act("Keep mine as a copy", "copy_all", ":material/content_copy:", found)
        _act("Close", "close_merge", ":material/close:", found)
        if n_open:
            st.caption("Saving opens once every place is decided.", width="content")
        elif errors:
            st.caption(f"It would be saved with {count(errors, 'error')}.", width="content")


def _act(label: str, verb: str, icon: str, found: MergeView, key: Key | None = None, *, is_off: bool = False) -> None:
    st.button(
        plain(label),
        key=f"merge.{verb}",
        icon=icon,
        disabled=is_off,
        type="primary" if key and not is_off else "secondary",
        shortcut=key.shortcut if key else None,
        on_click=state.ask,
        args=(verb, "", found.seen),
        kwargs={"page": PAGE, "rev": found.head_rev},
    )
