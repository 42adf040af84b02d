"""Opens the form of a new order filled in: with one cell of Health, or as another order was."""

from __future__ import annotations

import streamlit as st

from curation.model.traits import Trait
from curation.services.order_choices import Cell, Sheet
from ui import order_records, order_seeds, order_shows
from ui.order_mix import begin_exactly, begin_mixed
from ui.order_rail import NEW, ORDER

USUAL = 20


def open_with(cell: Cell, shows: Trait | None = None) -> None:
    """Go to Orders with exactly this in the form, and what every candidate is to show."""
    begin_exactly((cell,))
    order_shows.begin_with(shows.address if shows else "")
    ORDER.set(NEW)
    st.switch_page("../pages/orders.py")


def begin_like(project_id: str, sheet: Sheet) -> None:
    """Fill the form in as an order was; its model and limits are chosen anew."""
    kept = st.session_state
    kept["orders.new.strategy"] = sheet.strategy
    kept["orders.new.tools"] = list(sheet.tools)
    kept["orders.new.seed"] = sheet.seed
    if sheet.cells:
        begin_exactly(sheet.cells)
    else:
        begin_mixed(sheet.count, sheet.mix)
    order_shows.begin_with(sheet.shows)
    for name, value in sheet.parameters.items():
        kept[f"orders.knob.{sheet.strategy}.{name}"] = value
    kept["orders.new.slips"] = round(100 * sheet.voice.typo_share)
    order_seeds.begin_with(sheet.seed_examples)
    order_records.begin_with(project_id, sheet.records)
    free = ".free" if sheet.endpoint else ""
    for part in ("personas", "tones", "lengths", "languages"):
        kept[f"orders.new.{part}{free}"] = list(getattr(sheet.voice, part))
