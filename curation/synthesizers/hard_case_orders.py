"""Hard cases in numbers: every template with every tool that suits it, in all its wordings."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from curation.errors import BlockedError
from curation.model.candidate import Candidate
from curation.model.definition import Tool
from curation.model.example import HARD_CASES
from curation.synthesizers.acting import looks
from curation.synthesizers.consenting import needs_yes
from curation.synthesizers.contract import Order, Synthesizer
from curation.synthesizers.failing import can_fail
from curation.synthesizers.filling import SYSTEM, WORDINGS, Wanted, fill, open_stage, tools_for
from curation.synthesizers.grammar import grammar
from curation.synthesizers.hard_case_texts import HardCase, hard_cases
from curation.synthesizers.hard_cases import ToldCase, tell_hard_case
from curation.synthesizers.look_alikes import list_pairs, mean_the_same, same_doers
from curation.synthesizers.scene import Request
from curation.synthesizers.sharing import can_follow, hands_over, is_write, share
from curation.synthesizers.stage import Stage
from curation.synthesizers.story import deed
from curation.synthesizers.subjects import identifying, makes, reads, things_of
from curation.synthesizers.wordings import required_of

NAME = "hard_cases"
OTHER_CASES = ("refusal", "escalation", "harmless")
"""Kinds of templates without a tag: their label says it, or, for those that only sound like one, the call."""
_MOST_OFFERED = 8
_MOST_PAIRED = 100
_NOT_ABOUT_HELP = frozenset({"refusal", "approval_needed", "conflicting_constraints", "required_order"})
"""Kinds that hold a call back: nobody who asks for a person's help is held back or refused."""
_PLACE = frozenset({"owner", "repo"})
_WHYS = {
    "required_order": "It takes two tools that are about one thing; add such a tool.",
    "untrusted_instructions": "It takes two tools that do different things; add another one.",
    "missing_value": "It takes a tool with a required value that a request can leave out.",
    "conflicting_constraints": "It takes a tool with a required value that has no fixed list of one.",
    "distractor_tools": "It takes two tools that are named alike or need the same values; add such a tool.",
    "approval_needed": "It takes a tool that writes; say of each tool whether it reads or writes.",
}


def draft(order: Order) -> Iterator[Candidate]:
    """Hard cases of all kinds in turn."""
    kinds = {"hard_case": (*HARD_CASES, *OTHER_CASES)}
    scene = open_stage(order)
    yield from fill(order, NAME, kinds, _Cases(scene).draft, stage=scene, whys=_WHYS)


class _Cases:
    """The templates being told with an order's tools."""

    def __init__(self, scene: Stage) -> None:
        self._scene = scene
        self._alike = {frozenset((one.name, other.name)) for one, other in list_pairs(scene.tools)}
        self._same = same_doers((*scene.tools, *scene.others))
        self._choices = {name: self._choose(template) for name, template in hard_cases().items()}

    def draft(self, wanted: Wanted) -> Sequence[Candidate]:
        name = self._scene.deck.deal(f"case/{wanted.kind}", _templates(wanted.kind))
        template = hard_cases()[name]
        names = {tool.name for tool in tools_for(self._scene, wanted)}
        choices = [tools for tools in self._choices[name] if tools[0].name in names]
        if template.prefers == "write":
            choices = [tools for tools in choices if is_write(tools[0])] or choices
        if not choices:
            return ()
        tools = self._scene.deck.deal(f"tools/{name}/{wanted.tool}", choices)
        way = self._scene.deck.deal_number(f"way/{name}", template.n_ways)
        if not template.may_be_said(way, is_made=makes(tools[0])):
            return ()
        try:
            told = tell_hard_case(template, tools, self._beside(template, tools), self._scene, way)
        except BlockedError:
            return ()
        if template.is_wanted_in_a_row and not _are_about_one(*told.requests):
            return ()
        return (_candidate(template, wanted, told),) if told.leaves_open else ()

    def _choose(self, template: HardCase) -> Sequence[tuple[Tool, ...]]:
        """The tools, or pairs of tools, that a template can be told with."""
        suited = [tool for tool in self._scene.tools if self._suits(template, tool)]
        if template.tools == 1:
            return [(tool,) for tool in suited]
        names = {tool.name for tool in suited}
        pairs = [pair for pair in self._scene.once("told apart", self._told_apart) if pair[0].name in names]
        if template.is_wanted_in_a_row:
            pairs = [pair for pair in pairs if self._hang_together(*pair)]
        if template.pairs == "alike":
            pairs = [pair for pair in pairs if frozenset(tool.name for tool in pair) in self._alike]
        writing = [pair for pair in pairs if is_write(pair[1])]
        writing = [pair for pair in writing if not hands_over(pair[1])] or writing
        if template.tag == "untrusted_instructions":
            # An instruction that somebody hides is one to do something, where there is anything to be done.
            return writing or pairs
        return writing if template.second == "write" else pairs

    def _suits(self, template: HardCase, tool: Tool) -> bool:
        if template.applies and reads(tool) != (template.applies == "read"):
            return False
        if template.ordered_as == "refusal" and template.applies == "read" and not _may_be_private(tool):
            return False
        if template.names("act") and hands_over(tool):
            return False
        if template.ordered_as in _NOT_ABOUT_HELP and hands_over(tool):
            return False
        if template.calls_unasked and needs_yes(self._scene, tool, {}):
            return False
        if template.offers == "all":
            return any(tool.name in pair for pair in self._alike)
        if template.tag == "conflicting_constraints":
            paraphrased = self._scene.wording(tool).values
            return any(not paraphrased.get(name) for name in required_of(tool))
        return _suits(template, tool)

    def _told_apart(self) -> list[tuple[Tool, Tool]]:
        tools = self._scene.tools[:_MOST_PAIRED]
        return [(one, other) for one in tools for other in tools if self._can_be_told_apart(one, other)]

    def _can_be_told_apart(self, one: Tool, other: Tool) -> bool:
        if one.name == other.name or other.name in self._same.get(one.name, ()):
            return False
        return not mean_the_same(self._scene.wording(one).action, self._scene.wording(other).action)

    def _hang_together(self, one: Tool, other: Tool) -> bool:
        """Whether somebody may make one act wait for another: both are about one thing, or about one kind of thing."""
        together = self._scene.together
        if together.knows(one, other):
            return together.find(one, other) is not None
        if name := identifying(other):
            return share(one, other, name) and together.can_both_be_wanted(one, other)
        is_one_kind = things_of(one)[-1:] == things_of(other)[-1:] != () and (looks(one) or looks(other))
        # Two acts in one repository have it in common, and yet nothing to do with each other.
        is_one_value = can_follow(one, other) and not _PLACE.issuperset(required_of(other))
        return not identifying(one) and (is_one_kind or is_one_value)

    def _beside(self, template: HardCase, tools: tuple[Tool, ...]) -> list[Tool]:
        """What is offered beside: look-alikes first, where the case is about them."""
        same = {name for tool in tools for name in self._same.get(tool.name, ())}
        rest = [
            tool for tool in (*self._scene.tools, *self._scene.others) if tool not in tools and tool.name not in same
        ]
        if template.withholds_help:
            rest = [tool for tool in rest if not hands_over(tool)]
        alike = [tool for tool in rest if frozenset((tools[0].name, tool.name)) in self._alike]
        far = [tool for tool in rest if tool not in alike]
        some = self._scene.rng.sample(far, len(far))
        return [*alike, *some][: self._scene.rng.randint(min(2, len(rest)), max(2, min(_MOST_OFFERED, len(rest))))]


def _templates(kind: str) -> list[str]:
    """The templates of a hard case, by name."""
    return [name for name, one in hard_cases().items() if kind == one.ordered_as]


def _suits(template: HardCase, tool: Tool) -> bool:
    if template.withholds_help and hands_over(tool):
        return False
    if any(turn.fails for turn in template.turns) and not can_fail(tool, "refused"):
        return False
    if any(turn.names_missing for turn in template.turns):
        return bool(required_of(tool))
    if template.tag == "required_order":
        return tool.side_effect != "destructive"  # What is gone cannot be the start of something else.
    return template.tag != "approval_needed" or template.second == "write" or is_write(tool)


def _are_about_one(first: Request, other: Request) -> bool:
    """Whether the second of two wishes names the thing that the first one names, where it names any."""
    name = identifying(other.tool)
    return not name or first.arguments.get(name) == other.arguments[name]


def _may_be_private(tool: Tool) -> bool:
    """Whether a look may be one at what is somebody else's: the time of day is everybody's, a logout no look at all."""
    is_told_by_id = bool(identifying(tool))
    return looks(tool) and (is_told_by_id or bool(set(things_of(tool)) - grammar()["everybodys"]))


def _candidate(template: HardCase, wanted: Wanted, told: ToldCase) -> Candidate:
    called = {str(call.name) for turn in told.example.messages for call in turn.calls or ()}
    has_failed = any(turn.fails for turn in template.turns)
    deeds = (
        () if has_failed else tuple(deed(one.tool, one.arguments) for one in told.requests if one.tool.name in called)
    )
    return Candidate(told.example, "hard_case", wanted.kind, told.requests[0].tool.name, deeds=deeds)


SYNTHESIZER = Synthesizer(
    name=NAME,
    title="Hard cases",
    about="Teaches what goes wrong in practice: values that contradict each other, instructions hidden in texts and "
    "results, a fixed order, approval, refusal, handing over, tools that look alike.",
    parameters=(WORDINGS, SYSTEM),
    draft=draft,
    shapes=("hard_case",),
)
