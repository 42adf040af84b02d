"""Why a tool cannot be the subject of a kind of example: told in a sentence instead of trying in vain."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from curation.model.definition import Tool
from curation.schemas import compile_schema
from curation.synthesizers.chains import answers, pairs
from curation.synthesizers.clarifying import changeable
from curation.synthesizers.look_alikes import without_twins
from curation.synthesizers.recoveries_with_calls import readers_in
from curation.synthesizers.stage import Stage
from curation.synthesizers.subjects import reads
from curation.synthesizers.wordings import parameters_of, required_of


def find_obstacle(stage: Stage, category: str, kind: str, tool: Tool) -> str:
    """What stands in the way, with what would help; empty when nothing does."""
    compiled = compile_schema(tool.definition.view.parameters_text or "{}")
    if compiled.fault is not None:
        return f"The schema of `{tool.name}` cannot be read: {compiled.fault}; mend it in the catalogue."
    judge = _JUDGES.get((category, kind))
    return judge(stage, tool) if judge else ""


def _no_answer(_: Stage, tool: Tool) -> str:
    return "" if answers(tool) else f"Nothing says what `{tool.name}` answers; give it a result schema."


def _nothing_required(_: Stage, tool: Tool) -> str:
    return "" if required_of(tool) else f"`{tool.name}` requires no argument that could be left open."


def _nothing_to_change(stage: Stage, tool: Tool) -> str:
    if changeable(tool) or any(required_of(one) for one in without_twins(tool, stage.tools) if one is not tool):
        return ""
    return f"`{tool.name}` requires no argument that could be corrected."


def _no_argument(_: Stage, tool: Tool) -> str:
    return "" if parameters_of(tool) else f"`{tool.name}` takes no argument, so two calls of it would be the same."


def _no_mistake(_: Stage, tool: Tool) -> str:
    return "" if parameters_of(tool) else f"`{tool.name}` takes no argument that could be wrong."


def _alone(stage: Stage, tool: Tool) -> str:
    is_beside = len(without_twins(tool, stage.tools)) > 1
    return "" if is_beside else f"No tool does anything else than `{tool.name}`; this takes a second one."


def _nothing_beside(stage: Stage, tool: Tool) -> str:
    alike = stage.alike.get(tool.name, frozenset())
    if any(one is not tool and one.name not in alike for one in (*stage.tools, *stage.others)):
        return ""
    return f"No tool could be offered instead of `{tool.name}` that may not be taken for it; add one to the catalogue."


def _no_reader(stage: Stage, tool: Tool) -> str:
    if reads(tool):
        return f"`{tool.name}` only reads, so it may simply be called again."
    if readers_in(stage).get(tool.name):
        return ""
    return f"No other tool shows what `{tool.name}` writes; add one that finds it by the same id."


def _no_pair(kind: str, why: str) -> Callable[[Stage, Tool], str]:
    def judge(stage: Stage, tool: Tool) -> str:
        return "" if pairs(stage.tools, kind, tool, stage.together) else why.format(name=tool.name)

    return judge


_NO_SHARED = "No tool and `{name}` require the same arguments, so that one could follow on the other."
_NO_ORDER = "No tool with a known answer goes before or after `{name}`; give the tools around it result schemas."
_NO_LINK = (
    "No tool's result names an id that `{name}` requires, nor the other way round; give the tools result schemas."
)
_JUDGES: dict[tuple[str, str], Callable[[Stage, Tool], str]] = {
    ("positive", "answered"): _no_answer,
    ("positive", "clarified"): _nothing_required,
    ("positive", "changed_mind"): _nothing_to_change,
    ("parallel", "same_tool"): _no_argument,
    ("parallel", "different_tools"): _alone,
    ("multi_step", "shared"): _no_pair("shared", _NO_SHARED),
    ("multi_step", "in_order"): _no_pair("in_order", _NO_ORDER),
    ("multi_step", "from_result"): _no_pair("from_result", _NO_LINK),
    ("no_tool", "missing_information"): _nothing_required,
    ("no_tool", "cannot_be_done"): _nothing_beside,
    ("recovery", "corrected_argument"): _no_mistake,
    ("recovery", "read_before_retry"): _no_reader,
    ("recovery", "alternative_tool"): _alone,
}


def first_of(reasons: Sequence[str]) -> str:
    """One reason for all tools: the first, and that there are more."""
    known = list(dict.fromkeys(reason for reason in reasons if reason))
    more = f" So it is for {len(known) - 1} more tools." if len(known) > 1 else ""
    return f"{known[0]}{more}" if known else ""
