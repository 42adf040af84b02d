"""The tools of an imported file: beside the catalogue's, how their definitions drift, and taking them over at once."""

from __future__ import annotations

import uuid
from collections.abc import Sequence

import streamlit as st

from curation.services import import_tools, tool_importing
from curation.services.import_tools import FileTool, FileTools
from curation.services.importing import SourceView
from curation.services.people import local_actor
from ui.errors import errors_shown
from ui.session import workspace
from ui.state import NOTICE, Slot
from ui.text import count, named, plain
from ui.tool_import_lines import beside_names, chosen_names, draw_lines

MOST_DRIFTED = 12
WANTED: Slot[str] = Slot("importtools.wanted", "")
"""Id of the file whose tools were asked for."""
_NONCE: Slot[str] = Slot("importtools.nonce", "")


def answer(sources: Sequence[SourceView]) -> None:
    """Open the dialog that was asked for, with one nonce for however often its button is pressed."""
    wanted = WANTED.take()
    source = next((one for one in sources if one.id == wanted), None)
    if source is not None:
        _NONCE.set(uuid.uuid4().hex)
        _dialog(source)


@st.dialog("Tools of the file", width="large", icon=":material/construction:")
def _dialog(source: SourceView) -> None:
    with errors_shown():
        found = import_tools.propose_tools(workspace(), source.id, _chosen(source))
        st.markdown(f"The rows of **{plain(source.name, 40)}** bring {count(len(found.tools), 'tool')}.")
        _draw_drift(source, found)
        draw_lines(source.id, found.proposal.lines)
        for fault in found.proposal.faults[:MOST_DRIFTED]:
            st.caption(named(f"{fault.name}: {fault.words} {fault.remedy}".strip()))
        _draw_start(source, found)


def _choice_key(source: SourceView, name: str) -> str:
    return f"importtools.variant.{source.id}.{name}"


def _chosen(source: SourceView) -> dict[str, str]:
    """Name → digest of the definition that was chosen instead of the most frequent one."""
    start = _choice_key(source, "")
    return {str(key).removeprefix(start): str(st.session_state[key]) for key in st.session_state if _is(key, start)}


def _is(key: object, start: str) -> bool:
    return str(key).startswith(start) and bool(st.session_state.get(str(key)))


def _draw_drift(source: SourceView, found: FileTools) -> None:
    """Tools that rows of the file define differently; one definition of each is taken."""
    drifted = found.drifted
    if not drifted:
        return
    st.warning(
        f"{count(len(drifted), 'tool is', 'tools are')} not defined alike in all rows. One definition is taken over.",
        icon=":material/call_split:",
    )
    for one in drifted[:MOST_DRIFTED]:
        _draw_variants(source, one)
    if len(drifted) > MOST_DRIFTED:
        st.caption(f"and {len(drifted) - MOST_DRIFTED:,} more; of each the most frequent definition is taken")


def _draw_variants(source: SourceView, one: FileTool) -> None:
    rows = {variant.hash: variant.n_rows for variant in sorted(one.variants, key=lambda each: -each.n_rows)}
    st.selectbox(
        f"Definition of {plain(one.name, 48)}",
        list(rows),
        key=_choice_key(source, one.name),
        format_func=lambda digest: f"that of {count(rows[digest], 'row')} ({digest[:8]})",
    )
    for variant in one.variants[1:4]:
        said = "; ".join(named(sentence) for sentence in variant.differences) or "the same in other words"
        st.caption(f"{count(variant.n_rows, 'row')} otherwise: {said}")


def _draw_start(source: SourceView, found: FileTools) -> None:
    lines = found.proposal.lines
    names, beside = chosen_names(source.id, lines), beside_names(source.id, lines)
    tools = tool_importing.choose(found.proposal, names, beside)
    if st.button(
        f"Take over {count(len(tools), 'tool')}",
        key=f"importtools.yes.{source.id}",
        type="primary",
        icon=":material/construction:",
        disabled=not tools,
    ):
        ws = workspace()
        done = tool_importing.import_chosen(ws, local_actor(ws), source.project_id, tools, nonce=_NONCE.get())
        NOTICE.set(f"{count(len(done.tools), 'tool')} taken over; publish them in the Catalogue")
        st.rerun()
