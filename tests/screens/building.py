"""One tool on the desk of the catalogue, for the tests of its builder."""

from __future__ import annotations

import itertools
import json
from typing import Any

from streamlit.testing.v1 import AppTest

from curation.model.definition import Tool
from curation.services import cataloguing, drafting
from curation.services.cataloguing import ToolView
from tests.screens.pressing import hand_over
from tests.screens.rows import pick_row, text_of
from tests.screens.stage import Stage, make_tool

PARAMETERS = (
    '{"type":"object","properties":{"reason":{"type":"string","enum":["late","lost"]},"amount":{"type":"number"},'
    '"lines":{"type":"array","items":{"type":"object","x-erp":1,"title":"Line","properties":{"sku":{"type":"string"}}}}}'
    ',"required":["reason"]}'
)
SKU = "/properties/lines/items/properties/sku"


_COUNT = itertools.count()


class Builder:
    """One saved tool on the desk."""

    def __init__(self, stage: Stage, parameters: str = PARAMETERS) -> None:
        self.stage = stage
        tool = make_tool("refund", parameters)
        self.tool: ToolView = cataloguing.save_tool(stage.ws, stage.actor, stage.project.id, tool, nonce="refund")
        self.shown: AppTest = stage.show("catalogue")

    def key(self, name: str, pointer: str) -> str:
        return f"tool.{name}.{self.tool.id}.{pointer}"

    def choose(self, pointer: str, schema: str = "parameters") -> None:
        inside = "" if schema == "parameters" else f"{schema}."
        pick_row(self.shown, self.key("rows", inside), pointer)
        assert not self.shown.exception

    def press(self, key: str) -> None:
        self.shown.button(key=key).click().run()
        assert not self.shown.exception

    def type(self, name: str, pointer: str, text: str) -> None:
        """Type into a text field of the form and leave it."""
        hand_over(self.shown, self.key(name, pointer), text, nonce=f"typed {next(_COUNT)}")
        self.shown.run()
        assert not self.shown.exception

    def fill(self, field: str, text: str) -> None:
        """Type into a live field of the tool itself, of an error or of a sample call, and leave it."""
        key = f"tool.{field.replace('/', '.')}.{self.tool.id}"
        hand_over(self.shown, key, text, nonce=f"typed {next(_COUNT)}")
        self.shown.run()
        assert not self.shown.exception

    def read(self, name: str, pointer: str) -> str:
        """What a text field of the form shows."""
        return str(text_of(self.shown, self.key(name, pointer))["value"])

    def open_part(self, word: str) -> None:
        self.shown.session_state[f"catalogue.part.{self.tool.id}"] = word
        self.shown.run()
        assert not self.shown.exception

    def draft(self, field: str = "parameters") -> str:
        drafts = drafting.read_drafts(self.stage.ws, self.stage.actor.person_id, "tool", self.tool.id)
        return drafts[field].text

    def schema(self, field: str = "parameters") -> dict[str, Any]:
        parsed = json.loads(self.draft(field))
        assert isinstance(parsed, dict)
        return parsed

    def saved(self) -> Tool:
        self.press(f"tool.save.{self.tool.id}")
        return cataloguing.get_tool(self.stage.ws, self.tool.id).tool
