"""Opens the form of a new order filled in: with one cell of Health, or as another order was."""

from __future__ import annotations

import streamlit as st

from curation.model.example import NO_TOOL_REASONS, RECOVERY_KINDS
from curation.model.traits import Trait
from curation.services.order_choices import Cell, Sheet
from ui import order_records, order_seeds
from ui.order_mix import SHARED, begin_exactly
from ui.order_rail import NEW, ORDER

OF_CATEGORY = {
    "single": "positive",
    "parallel": "parallel",
    "multi_step": "multi_step",
    "recovery": "recovery",
    "no_call": "no_tool",
}
"""Computed category of Health → what an order calls it."""
USUAL = 20


def cell_of(one: Trait, n: int = USUAL) -> Cell | None:
    """What an order would say to get this; None where it has no word for it."""
    if one.kind == "cell":
        tool, category = one.parts
        return Cell(n, OF_CATEGORY[category], "", tool) if category in OF_CATEGORY else None
    if one.kind == "reason" and one.parts[0] in NO_TOOL_REASONS:
        return Cell(n, "no_tool", one.parts[0])
    if one.kind == "recovery" and one.parts[0] in RECOVERY_KINDS:
        return Cell(n, "recovery", one.parts[0])
    if one.kind == "tag":
        return Cell(n, "hard_case", one.parts[0])
    if one.kind in ("given", "omitted", "value", "options"):
        return Cell(n, "positive", "", one.parts[0])
    return None


def open_with(cell: Cell) -> None:
    """Go to Orders with exactly this in the form."""
    begin_exactly((cell,))
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
        kept["orders.new.count"] = sheet.count
        for name in SHARED:
            if name in sheet.mix:
                kept[f"orders.new.share.{name}"] = round(100 * sheet.mix[name])
    for name, value in sheet.parameters.items():
        kept[f"orders.knob.{sheet.strategy}.{name}"] = value
    kept["orders.new.slips"] = round(100 * sheet.voice.typo_share)
    order_seeds.begin_with(sheet.seed_examples)
    order_records.begin_with(project_id, sheet.records)
    free = ".free" if sheet.endpoint else ""
    for part in ("personas", "tones", "lengths", "languages"):
        kept[f"orders.new.{part}{free}"] = list(getattr(sheet.voice, part))
