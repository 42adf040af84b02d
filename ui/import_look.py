"""What a file looks like before it comes in: votes for its format, first rows, what is wrong and what is mended."""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd
import streamlit as st

from curation.model.finding import Severity
from curation.services.importing import ImportPreview, RejectView, RuleCount
from curation.services.strange_files import Strange
from ui.import_columns import draw_columns
from ui.text import count, plain

UNKNOWN = "no known format"
MOST_DRIFTED = 4
MOST_TITLES = 5
WORDS = {Severity.ERROR: "errors", Severity.WARNING: "warnings", Severity.INFO: "notes"}


def draw_look(preview: ImportPreview) -> None:
    """The first rows of a file, as they would come in."""
    if not preview.n_rows and preview.is_whole:
        st.warning("There is no row in this file.", icon=":material/help:")  # safe: our words
        return
    rows = count(preview.n_rows, "row")
    seen = f"All {rows}" if preview.is_whole else f"The first {rows}"
    st.markdown(f"Read as **{plain(preview.format)}**. {seen}: {preview.n_rows - preview.n_rejected:,} can be read.")
    _draw_votes(preview)
    draw_columns(preview)
    if preview.titles:
        st.dataframe(
            pd.DataFrame({"first rows": list(preview.titles[:MOST_TITLES])}), hide_index=True, key="import.titles"
        )
    _draw_tools(preview)
    _draw_rules(_findings_label(preview.findings), "findings", preview.findings)
    _draw_rules(f"Reading mends or remarks on {count(preview.n_mended, 'row')}", "repairs", preview.repairs)
    if preview.n_rejected:
        _draw_rejects(preview)


def draw_unknown(strange: Strange | None) -> None:
    """Rows of no format we know: perhaps the file belongs elsewhere."""
    if strange is None:
        st.warning(
            "No format recognises these rows. Choose above which one they have.", icon=":material/help:"
        )  # safe: our words
    elif strange.kind == "tools":
        st.warning(
            f"These are {count(strange.n_tools, 'definition')} of tools, not rows. Import them in the Catalogue.",
            icon=":material/construction:",
        )
        st.page_link("../pages/catalogue.py", label="Catalogue", icon=":material/construction:")
    else:
        st.warning(
            "These are the accepted answers of BFCL. Choose the file with their questions first; it asks for this one.",
            icon=":material/help:",
        )  # safe: our words


def _draw_votes(preview: ImportPreview) -> None:
    """Only where somebody might doubt the format: the rows differ, or a person chose another one."""
    votes = preview.votes
    if not votes or (len(votes) == 1 and votes[0].format == preview.format):
        return
    total = sum(one.n_rows for one in votes)
    first, *rest = (f"{one.n_rows:,} {{}} {plain(one.format or UNKNOWN)}" for one in votes)
    said = [first.format(f"of {count(total, 'row')} look like"), *(one.format("like") for one in rest)]
    st.caption("; ".join(said) + ".")


def _draw_tools(preview: ImportPreview) -> None:
    if not preview.tools:
        return
    drifted = [one for one in preview.tools if one.n_definitions > 1]
    words = f"The rows bring {count(len(preview.tools), 'tool')}."
    if drifted:
        ways = ", ".join(
            f"{plain(one.name, 40) or 'one without a name'} in {one.n_definitions} ways"
            for one in drifted[:MOST_DRIFTED]
        )
        more = f", and {len(drifted) - MOST_DRIFTED:,} more" if len(drifted) > MOST_DRIFTED else ""
        words += f" Not all rows define them alike: {ways}{more}."
    st.caption(words)


def _findings_label(findings: Sequence[RuleCount]) -> str:
    counts = [(word, sum(one.severity is severity for one in findings)) for severity, word in WORDS.items()]
    return "Checks find " + ", ".join(f"{word} by {count(n, 'rule')}" for word, n in counts if n)


def _draw_rules(label: str, key: str, counted: Sequence[RuleCount]) -> None:
    if not counted:
        return
    with st.expander(label, type="compact"):  # safe: numbers and our words
        table = {
            "rows": [one.n_rows for one in counted],
            "severity": [one.severity.value for one in counted],
            "rule": [one.rule for one in counted],
            "first in line": [one.line for one in counted],
            "says there": [one.message for one in counted],
        }
        st.dataframe(pd.DataFrame(table), hide_index=True, key=f"import.{key}")


def _draw_rejects(preview: ImportPreview) -> None:
    st.warning(
        f"{count(preview.n_rejected, 'row')} cannot be read. They are kept and can be mended here.",
        icon=":material/warning:",
    )
    _reject_table(preview.rejects)


def _reject_table(rejects: Sequence[RejectView]) -> None:
    table = {
        "line": [one.line for one in rejects],
        "column": [one.column for one in rejects],
        "reason": [one.reason for one in rejects],
    }
    st.dataframe(pd.DataFrame(table), hide_index=True, key="import.preview.rejects")
