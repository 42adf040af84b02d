"""Recoveries: a call fails in every way services fail, and the next step is the right one.

The failed call carries weight 0: it is read, never learned. A write whose outcome is unknown is never made again
blindly: where that happens it is the wrong side of the example, in the history with weight 0 or as the rejected answer.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence

import msgspec

from curation.model.candidate import Candidate
from curation.model.definition import Tool
from curation.model.example import RECOVERY_KINDS
from curation.model.parameter import Parameter
from curation.synthesizers import recoveries_in_words, recoveries_with_calls
from curation.synthesizers.contract import Order, Synthesizer
from curation.synthesizers.filling import OFFER, SYSTEM, WORDINGS, Wanted, fill, open_stage, tools_for
from curation.synthesizers.recovery_words import Ending
from curation.synthesizers.stage import Stage

NAME = "recoveries"
BOTH, HISTORY, REJECTED, LEFT_OUT = "both", "history", "rejected", "left out"
_WHYS = {
    "read_before_retry": "It takes a tool that writes and one that reads the same thing by the same values; say of "
    "each tool whether it reads or writes, or add the one that reads.",
    "alternative_tool": "It takes two tools of which one can do with the values of the other; add such a tool.",
}
Way = Callable[[Stage, Sequence[Tool]], Ending | None]


def draft(order: Order) -> Iterator[Candidate]:
    """Failed calls and what comes next, every kind of recovery in every way it comes about."""
    ways = _ways(str(order.parameters.get("wrong_way") or REJECTED))
    is_silent = not order.parameters.get("say_so")
    scene = open_stage(order)

    def draft_one(wanted: Wanted) -> Sequence[Candidate]:
        tools = tools_for(scene, wanted)
        number = scene.deck.deal_number(f"recovery/{wanted.kind}", len(ways[wanted.kind]))
        ending = ways[wanted.kind][number](scene, tools) if tools else None
        return (_candidate(scene, wanted, ending, is_silent=is_silent),) if ending else ()

    yield from fill(order, NAME, {"recovery": RECOVERY_KINDS}, draft_one, stage=scene, whys=_WHYS)


def _candidate(scene: Stage, wanted: Wanted, ending: Ending, *, is_silent: bool) -> Candidate:
    example = ending.example(scene)
    if is_silent:
        turns = (msgspec.structs.replace(turn, content=None) if turn.calls else turn for turn in example.messages)
        example = msgspec.structs.replace(example, messages=tuple(turns))
    return Candidate(example, "recovery", wanted.kind, ending.tool.name, deeds=ending.deeds)


def _ways(wrong_way: str) -> dict[str, tuple[Way, ...]]:
    """Recovery kind → the ways it comes about."""
    called, said = recoveries_with_calls, recoveries_in_words
    wrong: dict[str, tuple[Way, ...]] = {
        BOTH: (called.look_after_blind_retry, called.look_rather_than_retry),
        HISTORY: (called.look_after_blind_retry,),
        REJECTED: (called.look_rather_than_retry,),
        LEFT_OUT: (),
    }
    return {
        "corrected_argument": (called.correct_argument, called.ask_for_other_value),
        "retry_after_wait": (called.wait_as_told, called.try_once_more),
        "read_before_retry": (called.look_first, called.look_at_conflict, *wrong[wrong_way]),
        "alternative_tool": (called.go_another_way,),
        "escalate": (said.hand_over, said.hand_over_unknown),
        "give_up": (said.give_up,),
    }


SYNTHESIZER = Synthesizer(
    name=NAME,
    title="Recoveries: calls that fail, and the right next step",
    about="Teaches what to do after a time-out, 403, 404, 409, 429, 5xx or a refused argument, and never to repeat a "
    "write blindly.",
    parameters=(
        WORDINGS,
        OFFER,
        SYSTEM,
        Parameter(
            "wrong_way",
            "Writes repeated blindly",
            "choice",
            REJECTED,
            why="The wrong way is shown and never learned: in the history with weight 0, or as the rejected answer of "
            "a preference pair.",
            choices=(BOTH, HISTORY, REJECTED, LEFT_OUT),
        ),
        Parameter(
            "say_so",
            "Say what comes next beside the call",
            "switch",
            False,
            why="“I wait 30 seconds and try again” beside the call reads well; some chat templates drop such text.",
        ),
    ),
    draft=draft,
    shapes=("recovery",),
)
