"""Checks of which tool a call names."""

from __future__ import annotations

from curation.model.finding import Fix
from curation.rules.hints import list_names, quote
from curation.rules.registry import Found, Hit, rule
from curation.rules.row import CallView, Row


@rule("A01", scope="call")
def unknown_tool(call: CallView, row: Row) -> Found:
    """A call names a tool that this row does not offer.

    The model learns to invent tools. Every call must name one of the row's own tools, letter by letter.

    Bad: tools: `get_weather`; call: `get_wether`

    Good: tools: `get_weather`; call: `get_weather`
    """
    if call.tool is not None or not call.name or not row.offer.tools or row.offer.same_but_form(call.name):
        return None
    at = call.at + "/function/name"
    near = row.offer.nearest_name(call.name)
    hint = f"did you mean `{near}`?" if near else f"it offers {list_names(row.offer.names)}."
    fix = Fix(f"Change to {near}", at, quote(near)) if near else None
    return Hit(at, f"There is no tool `{call.name[:60]}` in this row; {hint}", {"name": call.name[:200]}, fix)


@rule("A02", scope="call")
def tool_name_form(call: CallView, row: Row) -> Found:
    """A call names a tool in another spelling.

    Names are compared letter by letter when the call is run. A prefix, another case or a blank makes the call
    fail, and the model learns both spellings.

    Bad: tools: `get_weather`; call: `functions.Get_Weather`

    Good: tools: `get_weather`; call: `get_weather`
    """
    if call.tool is not None or not call.name:
        return None
    right = row.offer.same_but_form(call.name)
    if right is None:
        return None
    at = call.at + "/function/name"
    message = f"The tool is called `{right}`, not `{call.name[:60]}`."
    return Hit(at, message, {"name": call.name[:200]}, Fix(f"Change to {right}", at, quote(right)))
