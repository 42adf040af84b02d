"""The scenario records an order starts from: one a line, kept as they are typed, told where one is broken."""

from __future__ import annotations

from collections.abc import Sequence

import msgspec
import streamlit as st

from curation.errors import CurationError
from curation.model.values import Json
from curation.services import drafting
from curation.services.people import local_actor
from curation.services.projects import ProjectView
from curation.services.synthesis_sheets import read_records
from ui.kept_text import draw_kept, read_typed, take_typed
from ui.order_plan import Unread
from ui.session import workspace
from ui.text import count, plain
from ui.tokens import Claim

KIND, FIELD = "order", "records"
_KEY = "orders.new.records"


def begin_with(project_id: str, records: Sequence[dict[str, Json]]) -> None:
    """Fill the field in as it was for another order."""
    if records:
        text = "\n".join(msgspec.json.encode(one).decode() for one in records)
        drafting.save_draft(workspace(), local_actor(workspace()).person_id, KIND, project_id, FIELD, 0, text)


def draw_records(project: ProjectView, unread: Unread) -> tuple[dict[str, Json], ...]:
    """The records, as far as they can be read."""
    claim = Claim(local_actor(workspace()).person_id, project.id, KIND, project.id, FIELD)
    take_typed(_KEY, claim)
    draft = read_typed(claim)
    text = draft.text if draft else ""
    with st.container(border=True, gap="small"):
        draw_kept(
            _KEY,
            claim,
            "Scenario records, one JSON object a line",
            text,
            placeholder='{"customer": "Ines", "order_id": "B4821", "problem": "the parcel came open"}',
        )
        try:
            found = read_records(text)
        except CurationError as error:
            unread["records"] = error
            st.markdown(f":small[:red[:material/error: {plain(str(error))}]]")
            return ()
        if found:
            st.caption(count(len(found), "record"))
        return found
