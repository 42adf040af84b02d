"""What the gate before production says: a sentence a check, and an alarm for each way a model got worse."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import msgspec

from curation.metrics.gate import ALL, FEWEST, KNOWN, SHIFTED_ROWS, Check, Floor, State
from curation.metrics.slices import PLAIN_CHAT, REASON
from curation.services.rate_words import say_chance, say_rate, say_share, say_slice

NOT_ASKED = "production"
"""Stands where a rate would: production did not answer in this look."""
FROM_FILE, PRODUCTION_FROM_FILE = "answers from a file", "production's answers from a file"
"""Stand where a rate would: somebody brought the answers of the model judged, or of production, in a file."""
UNASKED, PRODUCTION_UNASKED = "rows not asked", "rows not asked of production"
OTHERS_UNASKED = "rows not asked of others"
"""Stand where a rate would: a chat template refuses rows, and what one model is not asked counts for none of a look."""
LEARNT = "rows trained on"
"""Stands where a rate would: the version that the model was trained on has some of the rows in its training split."""
_UNASKED = frozenset({UNASKED, PRODUCTION_UNASKED, OTHERS_UNASKED})
_OPEN = frozenset({NOT_ASKED, FROM_FILE, PRODUCTION_FROM_FILE, LEARNT}) | _UNASKED
"""What no number of rows would prove."""
CHAT = "plain_chat"
_CHAT_SLICES = frozenset({PLAIN_CHAT, f"{REASON}:small_talk", f"{REASON}:answer_directly"})
_ABOUT_CALLING = frozenset({"valid_call_rate", "tool_name_accuracy", "false_call_rate", "silent_wrong_rate", "harm"})
_KINDS: Mapping[str, str] = {
    "valid_call_rate": "validity",
    "silent_wrong_rate": "silent",
    "tool_name_accuracy": "wrong_tool",
    "argument_match": "wrong_arguments",
    "false_call_rate": "over_calling",
    "missed_call_rate": "over_refusing",
    "recovery_rate": "recovery",
    "unsafe_retry_rate": "unsafe_retry",
    "harm": "harm",
    "bad_write_rate": "bad_write",
    "injection_resisted": "injection",
}
ALARMS: Mapping[str, str] = {
    "bad_write": "It changes what nobody asked to change",
    "injection": "It follows strangers' instructions",
    "silent": "It is wrong without showing it",
    "over_calling": "It calls where no call is wanted",
    CHAT: "It is rigid in plain chat",
    "over_refusing": "It holds back where a call is wanted",
    "validity": "Its answers can be used less often",
    "wrong_tool": "It chooses the tool less well",
    "wrong_arguments": "It fills in arguments less well",
    "recovery": "It recovers less well from a failed call",
    "unsafe_retry": "It repeats failed calls as they were",
    "harm": "Its mistakes do more harm",
}
"""Each way to get worse, the worst first."""
_OVER: Mapping[str, str] = {
    "argument_match": " that want a call",
    "missed_call_rate": " that want a call",
    "false_call_rate": " that want no call",
    "recovery_rate": " after a failed call",
    "unsafe_retry_rate": " after a failed call",
    "injection_resisted": " with injected instructions",
}
"""Which rows a rate counts over, where that is not all of them."""
_APART = 1.1
"""How much more than all rows a slice moves to be worth a name."""
_MUTE_REMEDY = "It takes answers that can be read: look at what goes wrong with them first."
_RANK = {kind: place for place, kind in enumerate(ALARMS)}


class CheckView(msgspec.Struct, frozen=True):
    """One thing the gate looked at, in words."""

    check: Check
    title: str
    """Short, for a list: `false calls ≤ 5 %`, `right tools, not worse`."""
    figure: str
    """What stands beside it: `99.4`, `+3.7, p 0.012`."""
    sentence: str
    remedy: str = ""
    """What would prove it, where it is not proven."""

    @property
    def state(self) -> State:
        return self.check.state

    @property
    def is_against_production(self) -> bool:
        return self.check.bound is None

    @property
    def is_about_rows(self) -> bool:
        """Whether answers to more rows would settle it."""
        return self.check.metric not in _OPEN and not self.check.mute


class Alarm(msgspec.Struct, frozen=True):
    """One way in which a model got clearly worse than the one in production."""

    kind: str
    title: str
    slices: tuple[str, ...]
    """Where, in words, the clearest first; empty where only all rows together tell."""
    sentence: str


def say_check(check: Check, production: str = "") -> CheckView:
    """A check in words.

    Args:
        check: what the gate looked at.
        production: what the model in production is called.
    """
    if check.metric == NOT_ASKED:
        return CheckView(
            check,
            "not worse than production",
            "",
            f"The model in production, {production}, did not answer in this look, so nothing says that this one is "
            "no worse.",
            "Evaluate both together.",
        )
    if check.metric in (FROM_FILE, PRODUCTION_FROM_FILE):
        whose = f"of {production}, the model in production," if check.metric == PRODUCTION_FROM_FILE else "judged here"
        return CheckView(
            check,
            "answers given here" + " by production" * (check.metric == PRODUCTION_FROM_FILE),
            "",
            f"The answers {whose} came in a file, so only a person's word says that this model gave them.",
            "Let the model answer here.",
        )
    if check.metric == LEARNT:
        return _say_learnt(check)
    if check.metric in _UNASKED:
        return _say_unasked(check, production)
    return _say_floor(check, check.bound) if check.bound is not None else _say_comparison(check)


def say_floor(floor: Floor) -> str:
    """What is asked for, in short: `false calls ≤ 5 % in refusals`."""
    sign, where = "≥" if KNOWN[floor.metric].higher_is_better else "≤", say_slice(floor.slice)
    return f"{say_rate(floor.metric)} {sign} {say_share(floor.bound)} %" + (f" in {where}" if where else "")


def list_alarms(checks: Sequence[Check]) -> tuple[Alarm, ...]:
    """Every way a model got worse than production, the worst first, with the slices it shows in."""
    worse = [one for one in checks if one.state is State.FAILED and one.bound is None]
    kinds = sorted({_kind_of(one) for one in worse}, key=lambda kind: _RANK[kind])
    return tuple(_raise_alarm(kind, [one for one in worse if _kind_of(one) == kind]) for kind in kinds)


def tell_failed(checks: Sequence[CheckView]) -> str:
    """Everything a model failed, a sentence for each floor and for each rate that got worse, with where it did."""
    floors = [one.sentence for one in checks if not one.is_against_production]
    rates: dict[str, list[CheckView]] = {}
    for one in checks:
        if one.is_against_production:
            rates.setdefault(one.check.metric, []).append(one)
    return " ".join([*floors, *map(_tell_worse, rates.values())])


def tell_not_proven(checks: Sequence[CheckView]) -> str:
    """Everything that is open, in a list."""
    asked = [one.sentence for one in checks if not one.is_about_rows]
    few = [f"{one.title} ({one.figure})" for one in checks if one.is_about_rows]
    listed = f"Under {FEWEST} rows nothing is proven: {'; '.join(few)}." if few else ""
    return " ".join(part for part in (*asked, listed) if part)


def _tell_worse(checks: Sequence[CheckView]) -> str:
    first, *others = checks
    also = ", ".join(say_slice(one.check.slice) for one in others)
    return first.sentence.removesuffix(".") + (f", also in {also}." if also else ".")


def _raise_alarm(kind: str, checks: Sequence[Check]) -> Alarm:
    ordered = sorted(checks, key=lambda one: (one.p or 0.0, -abs(_change(one))))
    told = [one for one in ordered if _tells_where(one, checks)] or [one for one in ordered if one.slice == ALL]
    slices = tuple(dict.fromkeys(say_slice(one.slice) for one in told if one.slice != ALL))
    return Alarm(kind, ALARMS[kind], slices, _say_move(told[0]) + f" ({say_chance(told[0].p or 0.0)}).")


def _tells_where(check: Check, checks: Sequence[Check]) -> bool:
    """Whether a slice got worse by more than all rows did: else it only holds most of them."""
    everything = next((one for one in checks if one.slice == ALL and one.metric == check.metric), None)
    return check.slice != ALL and (everything is None or abs(_change(check)) > _APART * abs(_change(everything)))


def _kind_of(check: Check) -> str:
    if check.slice in _CHAT_SLICES and check.metric in _ABOUT_CALLING:
        return CHAT
    return _KINDS.get(check.metric, "harm")


def _say_learnt(check: Check) -> CheckView:
    """Rows that were moved from the test split of this version into the training split of a later one."""
    where = say_slice(check.slice)
    told = f"{check.mute:,} of {check.n:,} rows" + f" in {where}" * bool(where)
    sentence = f"{told} are in what this model was trained on, so they show its memory and not its skill."
    return CheckView(check, "no row trained on", told, sentence, "Ask it from the version it was trained on.")


def _say_unasked(check: Check, production: str) -> CheckView:
    """Rows that a chat template refuses: it does not write what leads up to them."""
    where = say_slice(check.slice)
    told = f"{check.mute:,} of {check.n:,} rows" + f" in {where}" * bool(where)
    verb = "was" if check.mute == 1 else "were"
    if check.metric == UNASKED:
        sentence = f"{told} {verb} not asked of this model, as its chat template refuses them: nothing is known there."
        remedy = "Let its chat_template.jinja write them and evaluate it again, or promote another model."
    elif check.metric == PRODUCTION_UNASKED:
        sentence = (
            f"{told} {verb} not asked of {production}, the model in production, as its chat template refuses them: "
            "they count for neither, and nothing says that this one is no worse there."
        )
        remedy = "Evaluate this one alone too, and look at those rows."
    else:
        sentence = f"{told} {verb} not asked of another model of this look, so they do not count for this one either."
        remedy = "Evaluate this one without it."
    return CheckView(check, "every row asked", told, sentence, remedy)


def _say_floor(check: Check, bound: float) -> CheckView:
    more = KNOWN[check.metric].higher_is_better
    what = _subject(check)
    asked = f"the gate {'asks for at least' if more else 'allows at most'} {say_share(bound)} %"
    title = say_floor(Floor(check.metric, bound, check.slice))
    if check.value is None:
        sentence = f"{what}: no row tells; {asked}, on {FEWEST} rows or more."
        return CheckView(check, title, "no rows", sentence, _say_remedy(check))
    told = say_share(check.value, _digits(check.value, bound))
    share = f"{what}: {told} %"
    if check.mute:
        return CheckView(check, title, _figure_of_mute(told, check), f"{share}, {_say_mute(check)}.", _MUTE_REMEDY)
    if check.state is State.NOT_PROVEN:
        sentence = f"{share} on {_rows(check.n)}; {asked}, and under {FEWEST} rows nothing is proven."
        return CheckView(check, title, f"{told} on {_rows(check.n)}", sentence, _say_remedy(check))
    return CheckView(check, title, told, f"{share}; {asked}.")


def _say_comparison(check: Check) -> CheckView:
    where = say_slice(check.slice)
    title = f"{say_rate(check.metric)}, not worse" + (f" in {where}" if where else "")
    p = say_chance(1.0 if check.p is None else check.p)
    figure = f"{100 * _change(check):+.1f}"
    move = _say_move(check)
    if check.mute:
        return CheckView(check, title, _figure_of_mute(figure, check), f"{move}, {_say_mute(check)}.", _MUTE_REMEDY)
    if check.state is State.NOT_PROVEN:
        sentence = f"{move} on {_rows(check.n)}; under {FEWEST} rows nothing is proven."
        return CheckView(check, title, f"{figure} on {_rows(check.n)}", sentence, _say_remedy(check))
    if check.state is State.FAILED:
        return CheckView(check, title, f"{figure}, {p}", f"{move}; the gate allows no clear {_turn(check)} ({p}).")
    if _is_worse(check):
        return CheckView(check, title, f"{figure}, {p}", f"{move}, which may be chance ({p}).")
    return CheckView(check, title, figure if _change(check) else "same", f"{move}.")


def _figure_of_mute(figure: str, check: Check) -> str:
    return f"{figure}, {check.mute:,} of {check.n:,} unusable"


def _say_mute(check: Check) -> str:
    return f"but {check.mute:,} of {check.n:,} answers cannot be read or used and so could not show any"


def _say_remedy(check: Check) -> str:
    if check.slice == SHIFTED_ROWS:
        return "Let it answer the shifted copy of the test split too."
    over, where = _OVER.get(check.metric, ""), say_slice(check.slice)
    return f"It takes {FEWEST} test rows{over}{f' in {where}' if where else ''}, all of them asked."


def _say_move(check: Check) -> str:
    """From where to where, with as many digits as it takes to see it."""
    before, after = check.production or 0.0, check.value or 0.0
    if before == after:
        return f"{_subject(check)} stayed at {say_share(before)} %"
    digits = _digits(before, after)
    verb = "rose" if after > before else "fell"
    return f"{_subject(check)} {verb} from {say_share(before, digits)} to {say_share(after, digits)} %"


def _digits(one: float, other: float) -> int:
    """As many as it takes to tell two shares apart; one where they are the same."""
    return next((n for n in (1, 2, 3) if one == other or say_share(one, n) != say_share(other, n)), 3)


def _subject(check: Check) -> str:
    rate, where = say_rate(check.metric), say_slice(check.slice)
    return rate[:1].upper() + rate[1:] + (f" in {where}" if where else "")


def _change(check: Check) -> float:
    return (check.value or 0.0) - (check.production or 0.0)


def _is_worse(check: Check) -> bool:
    return _change(check) < 0 if KNOWN[check.metric].higher_is_better else _change(check) > 0


def _turn(check: Check) -> str:
    return "rise" if _change(check) > 0 else "fall"


def _rows(n: int) -> str:
    return "1 row" if n == 1 else f"{n} rows"
