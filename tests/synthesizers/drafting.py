"""What the tests of drafting share: catalogues, orders and a look into candidates."""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path

from curation.model.candidate import Candidate
from curation.model.definition import Definition, Tool
from curation.model.example import Example, Message
from curation.model.finding import Severity
from curation.model.reading import Reading
from curation.model.values import Arguments, Json
from curation.rules import check, judge
from curation.synthesizers import Order
from curation.synthesizers.contract import Cell, Shortfall, Voice
from curation.synthesizers.schema_driven import draft
from curation.toolkits import read_tools

CALM = Voice()
DATA = Path(__file__).parents[1] / "data"
CATALOGUES = {
    "api_with_examples": DATA / "catalogues" / "api_with_examples.yaml",
    "callback_example": DATA / "tool_sources" / "callback_example.yaml",
    "github": DATA / "catalogues" / "github_tools.json",
    "link_example": DATA / "tool_sources" / "link_example.yaml",
    "openai": DATA / "openapi" / "openai_files_and_fine_tuning_3_1.json",
    "petstore": DATA / "catalogues" / "petstore.yaml",
    "petstore_expanded": DATA / "tool_sources" / "petstore_expanded.yaml",
    "protocol_examples": DATA / "catalogues" / "protocol_examples.json",
    "swagger_petstore": DATA / "tool_sources" / "swagger_petstore.yaml",
    "uspto": DATA / "tool_sources" / "uspto.yaml",
}


@cache
def catalogue(name: str) -> tuple[Tool, ...]:
    return tuple(one.tool for one in read_tools(CATALOGUES[name].read_bytes()).tools)


def make_tool(name: str, description: str, properties: dict[str, Json], required: list[str], **known: object) -> Tool:
    parameters = {"type": "object", "properties": properties, "required": required}
    function = {"name": name, "description": description, "parameters": parameters}
    return Tool(Definition(json.dumps({"type": "function", "function": function})), **known)  # type: ignore[arg-type]


def order_full(
    tools: tuple[Tool, ...],
    count: int = 0,
    *,
    seed: int = 0,
    cells: tuple[Cell, ...] = (),
    voice: Voice = CALM,
    values: dict[str, tuple[str, ...]] | None = None,
) -> tuple[list[Candidate], list[Shortfall]]:
    """The candidates of an order with full variety, and what it falls short of."""
    short: list[Shortfall] = []
    order = Order(
        tools,
        count,
        seed=seed,
        parameters={"variety": "full"},
        cells=cells,
        voice=voice,
        values=values or {},
        tell_short=short.append,
    )
    return list(draft(order)), short


def errors_of(example: Example, tools: tuple[Tool, ...]) -> list[str]:
    judged = judge(check(Reading(example), {tool.name: tool for tool in tools}))
    return [one.finding.message for one in judged if one.severity is Severity.ERROR]


def said_by(example: Example, role: str = "user") -> list[str]:
    return [str(turn.content) for turn in example.messages if turn.role == role and turn.content]


def calls_of(example: Example) -> list[tuple[str, dict[str, Json]]]:
    return [made for turn in example.messages for made in calls_in(turn)]


def calls_in(turn: Message) -> list[tuple[str, dict[str, Json]]]:
    return [
        (str(call.name), json.loads(call.arguments.text))
        for call in turn.calls or ()
        if isinstance(call.arguments, Arguments)
    ]
