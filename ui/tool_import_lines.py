"""What importing each tool would do, line by line, with what a person chose for it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Container, Sequence

import streamlit as st

from curation.model.finding import Severity
from curation.services.tool_importing import ImportLine
from ui.layout import Colour, severity_badge
from ui.state import Slot
from ui.text import count, named, plain

ON_A_PAGE = 20
BOX_PX = 340
MOST_SENTENCES = 6
LEAVE, REPLACE, BESIDE = "leave out", "replace", "beside"
LOOK: dict[str, tuple[str, str, Colour]] = {
    "new": ("new", ":material/add:", "green"),
    "changed": ("changed", ":material/edit:", "blue"),
    "same": ("the same", ":material/check:", "gray"),
    "clash": ("name taken", ":material/warning:", "orange"),
}
NOTE_WORDS = {"renamed": "renamed", "changed": "changed on the way", "lost": "lost"}
Choices = dict[str, str]
_CHOICES: Slot[Choices] = Slot("toolimport.choices", {})
"""Tool name → what a person chose against what was proposed; kept here, as a page of lines forgets its own."""


def chosen_names(digest: str, lines: Sequence[ImportLine]) -> set[str]:
    """The tools that come in under their own name."""
    return {line.name for line in lines if _choice(digest, line) == REPLACE}


def beside_names(digest: str, lines: Sequence[ImportLine]) -> set[str]:
    """The tools that come in beside the stored one of the same name."""
    return {line.name for line in lines if _choice(digest, line) == BESIDE}


def _choice(digest: str, line: ImportLine) -> str:
    if line.change == "same":
        return LEAVE
    return _CHOICES.of(digest).get().get(line.name, LEAVE if line.change == "clash" else REPLACE)


def _choose(digest: str, name: str, key: str) -> None:
    given = st.session_state[key]
    choice = given if isinstance(given, str) else REPLACE if given else LEAVE
    _CHOICES.of(digest).set(_CHOICES.of(digest).get() | {name: choice})


def _choose_all(digest: str, names: Sequence[str], choice: str) -> None:
    _CHOICES.of(digest).set(_CHOICES.of(digest).get() | dict.fromkeys(names, choice))


def _draw_all(digest: str, lines: Sequence[ImportLine]) -> None:
    """Ticks all or none of the tools whose name is free or their own; a name that is taken is decided one by one."""
    names = [line.name for line in lines if line.change in ("new", "changed")]
    if len(names) < 2:
        return
    with st.container(horizontal=True, gap="small"):
        for label, choice in (("Take all", REPLACE), ("Take none", LEAVE)):
            st.button(
                label,  # safe: our words
                key=f"toolimport.{label.rpartition(' ')[2]}",
                type="tertiary",
                on_click=_choose_all,
                args=(digest, names, choice),
            )


def _shared_notes(lines: Sequence[ImportLine]) -> dict[str, int]:
    """What became of several tools alike on the way, and of how many: said once, above them."""
    said = Counter(sentence for line in lines for sentence in dict.fromkeys(_notes(line)))
    return {sentence: n for sentence, n in said.most_common(MOST_SENTENCES) if n > 1}


def draw_lines(digest: str, lines: Sequence[ImportLine]) -> None:
    """Every tool on pages of twenty; what changes stands first."""
    _draw_all(digest, lines)
    shared = _shared_notes(lines)
    if shared:
        st.markdown("\n".join(f"{sentence} ({count(n, 'tool')})" for sentence, n in shared.items()))
    order = {change: at for at, change in enumerate(("clash", "changed", "new", "same"))}
    ordered = sorted(lines, key=lambda line: order[line.change])
    n_pages = -(-len(ordered) // ON_A_PAGE)
    page = 1
    with st.container(height=BOX_PX if _is_long(ordered, shared) else "content", border=True, key="toolimport-lines"):
        if n_pages > 1:
            page = st.pagination(n_pages, key=f"toolimport.page.{digest}")
        for line in ordered[(page - 1) * ON_A_PAGE : page * ON_A_PAGE]:
            _draw_line(digest, line, shared)


def _draw_line(digest: str, line: ImportLine, shared: Container[str]) -> None:
    with st.container(gap="xxsmall"):
        with st.container(horizontal=True, vertical_alignment="center", gap="small"):
            _draw_choice(digest, line)
            word, icon, colour = LOOK[line.change]
            st.badge(word, icon=icon, color=colour)  # safe: a table of ours
            for severity in (Severity.ERROR, Severity.WARNING):
                if n := sum(one.severity is severity for one in line.findings):
                    severity_badge(severity, n)
            if line.tool.side_effect:
                st.caption(plain(line.tool.side_effect), width="content")
        said = _sentences(line, shared)
        if said:
            st.markdown("\n".join(said[:MOST_SENTENCES]))
        if len(said) > MOST_SENTENCES:
            st.caption(f"and {count(len(said) - MOST_SENTENCES, 'more sentence')}")


def _sentences(line: ImportLine, shared: Container[str]) -> list[str]:
    """What keeps it from being published, what it changes, what became of it alone on the way."""
    errors = [one for one in line.findings if one.severity is Severity.ERROR]
    return [
        *(f"- error: {named(one.finding.message)}" for one in errors),
        *(f"- {named(one)}" for one in line.differences),
        *(one for one in _notes(line) if one not in shared),
    ]


def _notes(line: ImportLine) -> list[str]:
    return [f"- {NOTE_WORDS[note.kind]}: {named(note.words)}" for note in line.notes]


def _is_long(lines: Sequence[ImportLine], shared: Container[str]) -> bool:
    """Whether the list needs a box to scroll in, so that the button below it stays in sight."""
    return sum(1 + min(len(_sentences(line, shared)), MOST_SENTENCES) for line in lines[:ON_A_PAGE]) > 9


def _draw_choice(digest: str, line: ImportLine) -> None:
    key = f"toolimport.take.{digest}.{line.name}"
    st.session_state[key] = _choice(digest, line) if line.change == "clash" else _choice(digest, line) == REPLACE
    if line.change != "clash":
        st.checkbox(
            plain(line.name, 48),
            key=key,
            disabled=line.change == "same",
            on_change=_choose,
            args=(digest, line.name, key),
            width="content",
        )
        return
    labels = {LEAVE: "Leave out", REPLACE: "Replace the stored one", BESIDE: f"Add as {line.free_name}"}
    st.markdown(f"**{plain(line.name, 48)}**", width="content")
    st.selectbox(
        f"What to do with {plain(line.name, 48)}",
        list(labels),
        key=key,
        format_func=labels.__getitem__,
        label_visibility="collapsed",
        on_change=_choose,
        args=(digest, line.name, key),
        width=240,
    )
