"""Drafts from the schemas alone: offline, seeded, without a model.

Every argument is drawn from the tool's schema and checked by the validator; every word comes from frames, and a frame
is a family (`example.group`), so that a split by group keeps the wordings of test and validation out of training.
"""

from __future__ import annotations

from collections.abc import Iterator
from random import Random

from curation.errors import CurationError
from curation.model.definition import Tool
from curation.model.example import NO_TOOL_REASONS, RECOVERY_KINDS, Example, NoToolReason, RecoveryKind
from curation.model.parameter import Parameter
from curation.synthesizers.cells import NO_TOOL_WEIGHTS, share_out
from curation.synthesizers.contract import Candidate, Order, Synthesizer, Voice
from curation.synthesizers.deep import STRATEGY, draft_deep
from curation.synthesizers.filling import OFFER, SYSTEM, WORDINGS, offers_all
from curation.synthesizers.handing_in import leave_files_out
from curation.synthesizers.no_tool import draft_no_tool
from curation.synthesizers.positives import draft_multi_step, draft_parallel, draft_positive
from curation.synthesizers.recovery import draft_recovery
from curation.synthesizers.scene import Scene
from curation.synthesizers.speech import AUTOMATIC, choose_speech, find_pack
from curation.synthesizers.stage import Stage
from curation.synthesizers.voice import check_voice

__all__ = ["DEFAULT_MIX", "NO_TOOL_WEIGHTS", "SYNTHESIZER", "draft", "share_out"]

DEFAULT_MIX = {"positive": 0.73, "no_tool": 0.15, "recovery": 0.08, "multi_step": 0.02, "parallel": 0.02}
PLAIN, FULL = "plain", "full"
_TRIES = 40
"""Drafts in vain (doubles, or nothing fits) after which a category is given up."""


def draft(order: Order) -> Iterator[Candidate]:
    """Candidates of an order, categories mixed, no request twice."""
    if is_full(order):
        order = leave_files_out(order)
        yield from draft_deep(order, Stage(order, _callable(order), offers_all=offers_all(order)))
    else:
        yield from _draft_plain(order)


def is_full(order: Order) -> bool:
    """Whether an order takes more than plain single requests.

    It says so, or asks for what only that can give; or no pack has words for its tools, which plain requests need.
    """
    asks_more = bool(order.cells or order.values) or order.voice != Voice()
    if asks_more or order.parameters.get("variety") == FULL:
        return True
    return find_pack(_callable(order), str(order.parameters.get("pack") or AUTOMATIC)) is None


def _draft_plain(order: Order) -> Iterator[Candidate]:
    scene = _set_scene(order)
    seen: set[tuple[str, ...]] = set()
    given_up: set[str] = set()
    for category in _sequence(order, scene.rng):
        if category in given_up:
            continue
        example = _draft_new(scene, category, seen)
        if example is None:
            given_up.add(category)
        else:
            head, _, kind = category.partition(".")
            yield Candidate(example, head, kind, _called_in(example), strategy=STRATEGY)


def _called_in(example: Example) -> str:
    return next((str(call.name) for turn in example.messages for call in turn.calls or ()), "")


def _set_scene(order: Order) -> Scene:
    tools = _callable(order)
    speech = choose_speech(tools, str(order.parameters.get("pack") or AUTOMATIC))
    system = str(order.parameters.get("system") or "") or speech.system
    return Scene(tools, order.others, speech, system, Random(order.seed), offers_all=offers_all(order))


def _callable(order: Order) -> tuple[Tool, ...]:
    # A tool without a name cannot be called, so nothing can be drafted for it.
    tools = tuple(tool for tool in order.tools if tool.name)
    if not tools:
        raise CurationError("There is no tool to draft for.", hint="Add a tool with a name to the catalogue first.")
    check_voice(order.voice)
    return tools


def _sequence(order: Order, rng: Random) -> list[str]:
    """The categories in the order they are drafted; no-tool and recovery already dealt to their kinds."""
    counts = share_out(order.count, order.mix or DEFAULT_MIX)
    sequence = [kind for category, count in counts.items() for kind in _kinds(category, count)]
    rng.shuffle(sequence)
    return sequence


def _kinds(category: str, count: int) -> list[str]:
    """`no_tool` and `recovery` spread over their kinds; anything else stays itself."""
    if category == "no_tool":
        weights = {f"no_tool.{reason}": float(weight) for reason, weight in NO_TOOL_WEIGHTS.items()}
    elif category == "recovery":
        weights = dict.fromkeys((f"recovery.{kind}" for kind in RECOVERY_KINDS), 1.0)
    else:
        return [category] * count
    return [kind for kind, times in share_out(count, weights).items() for _ in range(times)]


def _draft_new(scene: Scene, category: str, seen: set[tuple[str, ...]]) -> Example | None:
    for _ in range(_TRIES):
        example = _draft_one(scene, category)
        if example is None:
            continue
        said = tuple(str(turn.content) for turn in example.messages if turn.role == "user")
        if said not in seen:
            seen.add(said)
            return example
    return None


def _draft_one(scene: Scene, category: str) -> Example | None:
    head, _, kind = category.partition(".")
    if head == "positive":
        return draft_positive(scene)
    if head == "parallel":
        return draft_parallel(scene)
    if head == "multi_step":
        return draft_multi_step(scene)
    if head == "no_tool" and kind in NO_TOOL_REASONS:
        return draft_no_tool(scene, _reason(kind))
    if head == "recovery" and kind in RECOVERY_KINDS:
        return draft_recovery(scene, _recovery(kind))
    raise CurationError(f"`{category}` is no category of examples.", hint=f"Choose among {', '.join(DEFAULT_MIX)}.")


def _reason(kind: str) -> NoToolReason:
    return next(reason for reason in NO_TOOL_REASONS if reason == kind)


def _recovery(kind: str) -> RecoveryKind:
    return next(recovery for recovery in RECOVERY_KINDS if recovery == kind)


SYNTHESIZER = Synthesizer(
    name="schema_driven",
    title="From the schemas, offline",
    about="Every shape of conversation, from the tools' own schemas and words: free, seeded, and done in seconds.",
    parameters=(
        WORDINGS,
        OFFER,
        Parameter(
            "variety",
            "Variety",
            "choice",
            FULL,
            why="Full: questions back, second thoughts, answers, several tools at once and in a row, many voices. "
            "Plain: single requests in a pack's words, as the demo's recorded training was made from; where no pack "
            "knows the tools, it is full too.",
            choices=(PLAIN, FULL),
        ),
        SYSTEM,
    ),
    draft=draft,
    mixes=True,
)
