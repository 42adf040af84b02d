"""The bar at the bottom, where a run of the whole page was broken off before it could place it."""

from __future__ import annotations

import pytest
import streamlit as st
from streamlit.delta_generator import DeltaGenerator
from streamlit.errors import StreamlitInvalidLayoutContextError
from streamlit.runtime.scriptrunner import RerunData, RerunException

from tests.screens.building import Builder
from ui import decision_bar


class UnplacedBottom:
    """The bottom of a page as a part of it finds it that runs alone, where no whole run has reached it."""

    def __enter__(self) -> None:
        raise StreamlitInvalidLayoutContextError("a part of the page writes where no whole run has")

    def __exit__(self, *_: object) -> None:
        """Nothing was begun."""


def test_bar_that_was_never_placed_asks_for_the_whole_page(monkeypatch: pytest.MonkeyPatch) -> None:
    asked = []

    def ask() -> None:
        asked.append("the whole page")
        raise RerunException(RerunData())

    monkeypatch.setattr(st, "bottom", UnplacedBottom())
    monkeypatch.setattr(st, "rerun", ask)
    with pytest.raises(RerunException), decision_bar.decision_bar():
        pass
    assert asked == ["the whole page"]


def test_desk_is_whole_after_a_run_that_found_no_place_for_the_bar(
    builder: Builder, monkeypatch: pytest.MonkeyPatch
) -> None:
    row = decision_bar._row
    broken: list[str] = []

    def row_after_one_break() -> DeltaGenerator:
        if not broken:
            broken.append("once")
            with monkeypatch.context() as patch:
                patch.setattr(st, "bottom", UnplacedBottom())
                return row()
        return row()

    monkeypatch.setattr(decision_bar, "_row", row_after_one_break)
    builder.choose("/properties/amount")
    assert broken
    assert builder.shown.button(key=f"tool.undo.{builder.tool.id}")
    assert not builder.shown.error
