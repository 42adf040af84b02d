"""Findings on screen: severity in icon and word, the rule, the place, one sentence, the fix as a verb."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

import streamlit as st

from curation.model.finding import Judged, Severity
from curation.model.places import belongs_to, place_words
from curation.services.waiving import can_be_kept, name_finding
from ui import keys, state
from ui.layout import SEVERITY_LOOK, card_title, severity_badge
from ui.text import count, named, plain, say

MAX_SHOWN = 12


def count_severities(judged: Sequence[Judged]) -> Counter[Severity]:
    return Counter(one.severity for one in judged)


def severity_badges(judged: Sequence[Judged], quiet: Sequence[Judged] = ()) -> None:
    """How many of each severity, errors first; a green word when there is nothing.

    What is quiet is about a place that was just added: it waits to be written and is no fault yet.
    """
    loud = [one for one in judged if one not in quiet]
    counted = count_severities(loud)
    if quiet:
        st.badge(plain("to write"), icon=":material/edit_note:", color="gray")
    for severity in (Severity.ERROR, Severity.WARNING):
        if counted[severity]:
            severity_badge(severity, counted[severity])
    if not counted[Severity.ERROR] and not counted[Severity.WARNING] and not quiet:
        st.badge("no errors, no warnings", icon=":material/check_circle:", color="green")


def finding_key(one: Judged) -> str:
    """What a button of this finding is called."""
    return name_finding(one.finding)


def show_findings(
    judged: Sequence[Judged],
    *,
    page: str,
    is_editable: bool,
    told: Sequence[str] = (),
    quiet: Sequence[Judged] = (),
) -> None:
    """The list of an example's findings with what can be done about each.

    What stands in a field of `told` is said at that field; the list names its rule and its place only. What is quiet
    is said in one line.
    """
    with card_title("Findings"):
        severity_badges(judged, quiet)
    if quiet:
        places = ", ".join(dict.fromkeys(place_words(one.finding.at) for one in quiet))
        st.caption(plain(f"Still to write: {places}", 160))
    judged = tuple({finding_key(one): one for one in judged if one not in quiet}.values())
    first_fix = next((one for one in judged if one.finding.fix), None)
    first_kept = next((one for one in judged if can_be_kept(one.finding) and one.severity is Severity.WARNING), None)
    for one in judged[:MAX_SHOWN]:
        with st.container(gap="xxsmall"):
            _show_finding(one, page, is_editable, has_fix_key=one is first_fix, has_keep_key=one is first_kept)
            if not any(belongs_to(one.finding.at, field) for field in told):
                st.markdown(named(one.finding.message))
    if len(judged) > MAX_SHOWN:
        st.caption(f"{count(len(judged) - MAX_SHOWN, 'more finding')} below these.")


def _show_finding(one: Judged, page: str, is_editable: bool, *, has_fix_key: bool, has_keep_key: bool) -> None:
    icon, colour = SEVERITY_LOOK[one.severity]
    finding = one.finding
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        st.badge(plain(one.severity.value), icon=icon, color=colour)
        st.markdown(say("**{rule}**", rule=finding.rule), width="content")
        st.space("stretch")
        if is_editable:
            _fix_button(one, page, has_fix_key)
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        st.caption(plain(place_words(finding.at), 60), width="content")
        st.space("stretch")
        if is_editable:
            _keep_button(one, page, has_keep_key)


def _fix_button(one: Judged, page: str, has_key: bool) -> None:
    if one.finding.fix is None:
        return
    st.button(
        plain(one.finding.fix.title, 28),
        key=f"{page}.fix.{finding_key(one)}",
        type="tertiary",
        icon=":material/build:",
        shortcut=keys.APPLY_FIX.shortcut if has_key else None,
        on_click=state.ask,
        args=("fix", finding_key(one)),
        kwargs={"page": page},
    )


def _keep_button(one: Judged, page: str, has_key: bool) -> None:
    if not can_be_kept(one.finding) or one.severity is Severity.INFO:
        return
    st.button(
        "Keep anyway",
        key=f"{page}.keep.{finding_key(one)}",
        type="tertiary",
        icon=":material/bookmark_added:",
        shortcut=keys.KEEP_ANYWAY.shortcut if has_key else None,
        on_click=state.ask,
        args=("ask_keep", finding_key(one)),
        kwargs={"page": page},
    )
