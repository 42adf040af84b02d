"""Checks of the list of tools that a row offers."""

from __future__ import annotations

from functools import lru_cache

from rapidfuzz import fuzz

from curation.model.finding import Finding, Fix, Severity
from curation.model.values import UNSET
from curation.rules.hints import fold_name
from curation.rules.offer import Offer, OfferedTool
from curation.rules.registry import Found, Hit, rule
from curation.rules.row import Row
from curation.rules.two_meanings import find_two_meanings
from curation.targets import TARGETS, Target

_MOST_COMPARED = 64
_ALIKE = 92


@rule("T01", scope="row")
def tools_missing(row: Row) -> Found:
    """The row calls tools but offers none.

    The model learns to call tools it cannot see. List the definitions of the tools that were on offer.

    Bad: calls, and no `tools` key

    Good: calls, and `tools` with the definition of each called tool
    """
    if not row.calls or row.offer.tools:
        return None
    extra = row.example.extra
    if "functions" in extra:
        return None
    state = (
        "are not a list" if "tools" in extra else "are missing" if row.example.tools in (UNSET, None) else "are empty"
    )
    return Hit("/tools", f"The row calls tools, but its `tools` {state}; list what was on offer.")


@rule("T02", scope="row")
def tool_name_repeated(row: Row) -> Found:
    """Two tools have the same name, or names that become the same.

    Nobody can tell which one a call means. Some targets replace dots or ignore case, so `a.b` and `a_b` collide
    there.

    Bad: `get_user` twice; `user.get` and `user_get`

    Good: `get_user` and `get_customer`
    """
    offer = row.offer
    if len(offer.folded) == len(offer.tools):
        return None
    return _repeated_names(offer)


def _repeated_names(offer: Offer) -> Found:
    first: dict[str, int] = {}
    hits = []
    for index, tool in enumerate(offer.tools):
        if tool.name is None:
            continue
        other = first.setdefault(fold_name(tool.name), index)
        if other != index:
            hits.append(_repeated_name(index, tool, other, offer.tools[other]))
    return hits or None


def _repeated_name(index: int, tool: OfferedTool, other: int, twin: OfferedTool) -> Hit:
    at = f"/tools/{index}{'/function' if tool.view.wrapped else ''}/name"
    is_copy = tool.definition.text == twin.definition.text
    fix = Fix("Remove the second", f"/tools/{index}") if is_copy else None
    how = "is already taken" if tool.name == twin.name else f"becomes the same as `{twin.name}` for some targets"
    return Hit(at, f"The name `{tool.name}` {how}; rename one of the two.", {"name": tool.name}, fix, f"/tools/{other}")


def _alike_grade(finding: Finding, _: Target | None) -> Severity:
    return Severity.INFO if finding.values.get("mild") else Severity.WARNING


@rule("T18", scope="row", severity=Severity.WARNING, waivable=True, grade=_alike_grade)
def tools_alike(row: Row) -> Found:
    """Two tools are nearly the same, or one argument name means two things.

    Which one to call cannot be learned when descriptions and arguments agree. Say in each description what the
    other one is for. An argument that counts seconds in one tool and minutes in the next is filled in wrongly in one
    of them; another type under the same name is information.

    Bad: `search` and `find`, both "Searches the orders" with the same arguments

    Good: `search_orders`: "Finds orders by customer"; `get_order`: "Gives one order by its number"
    """
    return _alike(row.offer) if len(row.offer.tools) > 1 else None


@lru_cache(maxsize=1024)
def _alike(offer: Offer) -> Found:
    tools = offer.tools[:_MOST_COMPARED]
    hits = []
    for index, tool in enumerate(tools):
        twin = next((i for i in range(index) if _are_alike(tool, tools[i])), None)
        if twin is not None:
            message = f"`{tool.name}` and `{tools[twin].name}` are nearly the same; say when to use which."
            hits.append(
                Hit(f"/tools/{index}", message, {"names": [tools[twin].name, tool.name]}, None, f"/tools/{twin}")
            )
    return [*hits, *find_two_meanings(tools)] or None


def _are_alike(a: OfferedTool, b: OfferedTool) -> bool:
    if a.name == b.name or a.name is None or b.name is None or a.properties.keys() != b.properties.keys():
        return False
    if not a.view.description or not b.view.description or len(a.view.description) < 12:
        return False
    return fuzz.ratio(a.view.description.lower(), b.view.description.lower(), score_cutoff=_ALIKE) > 0


@rule("T20", scope="row", severity=Severity.WARNING)
def tools_empty(row: Row) -> Found:
    """The list of tools is empty.

    Some templates then print the instructions for calling tools without any tool. Leave the key out.

    Bad: `"tools": []`

    Good: no `tools` key
    """
    if not row.offer.is_listed or row.offer.tools or row.calls:
        return None
    return Hit("/tools", "The list of tools is empty; leave the key out.", {}, Fix("Remove the key", "/tools"))


_FEWEST_MOST = min((target.tools_most.value for target in TARGETS.values() if target.tools_most), default=128)


def _many_grade(finding: Finding, target: Target | None) -> Severity | None:
    if target is None:
        return Severity.WARNING
    count = finding.values.get("count")
    limit = target.tools_most.value if target.tools_most is not None else None
    return Severity.ERROR if limit is not None and isinstance(count, int) and count > limit else Severity.WARNING


@rule("T21", scope="row", severity=Severity.WARNING, waivable=True, grade=_many_grade)
def too_many_tools(row: Row) -> Found:
    """The row offers more tools than targets take.

    Services refuse more than 128, and hundreds of definitions leave no room for the conversation.

    Bad: 140 tools

    Good: the tools that could be meant, and a few distractors
    """
    count = len(row.offer.tools)
    if count <= _FEWEST_MOST:
        return None
    return Hit("/tools", f"The row offers {count} tools; targets take {_FEWEST_MOST} at most.", {"count": count})
