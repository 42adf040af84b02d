"""What the gate says: a sentence a check, without codes, and alarms that name the slice."""

from __future__ import annotations

import pytest

from curation.metrics.gate import ALL, KNOWN, SHIFTED_ROWS, Check, Floor, State
from curation.metrics.slices import FIXED_SLICES, PLAIN_CHAT
from curation.services.gate_words import (
    ALARMS,
    CHAT,
    FROM_FILE,
    NOT_ASKED,
    PRODUCTION_FROM_FILE,
    list_alarms,
    say_check,
    say_floor,
    tell_failed,
    tell_not_proven,
)
from curation.services.rate_words import RATES, say_chance, say_rate, say_share, say_slice


def worse(metric: str, before: float, after: float, where: str = ALL, p: float = 0.0123) -> Check:
    return Check(where, metric, State.FAILED, 120, after, None, before, p)


def test_a_rate_that_got_worse_says_from_where_to_where_and_how_sure_that_is() -> None:
    said = say_check(worse("false_call_rate", 0.061, 0.098))
    assert said.sentence == "False calls rose from 6.1 to 9.8 %; the gate allows no clear rise (p 0.012)."
    assert (said.title, said.figure) == ("false calls, not worse", "+3.7, p 0.012")
    fell = say_check(worse("argument_match", 0.9, 0.5, "tool:track_order", 0.0002)).sentence
    assert fell == (
        "Right arguments in calls of track_order fell from 90 to 50 %; the gate allows no clear fall (p < 0.001)."
    )


@pytest.mark.parametrize(
    ("before", "after", "state", "said"),
    [
        (0.06, 0.06, State.PASSED, "False calls stayed at 6 %."),
        (0.06, 0.05, State.PASSED, "False calls fell from 6 to 5 %."),
        (0.06, 0.07, State.PASSED, "False calls rose from 6 to 7 %, which may be chance (p 0.40)."),
        (0.0601, 0.0604, State.PASSED, "False calls rose from 6.01 to 6.04 %, which may be chance (p 0.40)."),
        (0.06, 0.07, State.NOT_PROVEN, "False calls rose from 6 to 7 % on 12 rows; under 30 rows nothing is proven."),
    ],
)
def test_a_rate_held_against_production(before: float, after: float, state: State, said: str) -> None:
    n = 12 if state is State.NOT_PROVEN else 120
    check = Check(ALL, "false_call_rate", state, n, after, None, before, 0.4)
    assert say_check(check).sentence == said


@pytest.mark.parametrize(("bound", "production"), [(0.05, None), (None, 0.0)])
def test_what_most_answers_could_not_show_says_so_and_asks_for_no_more_rows(
    bound: float | None, production: float | None
) -> None:
    check = Check(ALL, "false_call_rate", State.NOT_PROVEN, 60, 0.0, bound, production, mute=31)
    said = say_check(check)
    assert said.sentence.endswith("but 31 of 60 answers cannot be read or used and so could not show any.")
    assert said.figure.endswith(", 31 of 60 unusable")
    assert not said.is_about_rows
    assert tell_not_proven([said]) == said.sentence
    assert said.remedy


@pytest.mark.parametrize(
    ("check", "said"),
    [
        (
            Check(ALL, "valid_call_rate", State.PASSED, 200, 0.994, 0.98),
            "Valid answers: 99.4 %; the gate asks for at least 98 %.",
        ),
        (
            Check(ALL, "false_call_rate", State.FAILED, 200, 0.098, 0.05),
            "False calls: 9.8 %; the gate allows at most 5 %.",
        ),
        (
            Check(ALL, "valid_call_rate", State.FAILED, 5000, 0.9796, 0.98),
            "Valid answers: 97.96 %; the gate asks for at least 98 %.",
        ),
        (
            Check(PLAIN_CHAT, "harm", State.NOT_PROVEN, 1, 0.25, 0.1),
            "Harm in plain chat: 25 % on 1 row; the gate allows at most 10 %, and under 30 rows nothing is proven.",
        ),
        (
            Check(SHIFTED_ROWS, "harm", State.NOT_PROVEN, 0, None, 0.15),
            "Harm in the shifted rows: no row tells; the gate allows at most 15 %, on 30 rows or more.",
        ),
    ],
)
def test_a_floor(check: Check, said: str) -> None:
    assert say_check(check).sentence == said


def test_what_is_not_proven_comes_with_what_would_prove_it() -> None:
    few = say_check(Check(PLAIN_CHAT, "harm", State.NOT_PROVEN, 1, 0.25, 0.1))
    assert few.remedy == "It takes 30 test rows in plain chat, all of them asked."
    over = say_check(Check(ALL, "false_call_rate", State.NOT_PROVEN, 20, 0.05, 0.05))
    assert over.remedy == "It takes 30 test rows that want no call, all of them asked."
    shifted = say_check(Check(SHIFTED_ROWS, "harm", State.NOT_PROVEN, 0, None, 0.1))
    assert "shifted copy" in shifted.remedy
    absent = say_check(Check(ALL, NOT_ASKED, State.NOT_PROVEN, 0, None), "support-2")
    assert "support-2, did not answer in this look" in absent.sentence
    assert absent.remedy == "Evaluate both together."
    told = tell_not_proven([few, absent])
    assert told.startswith(absent.sentence)
    assert told.endswith("Under 30 rows nothing is proven: harm ≤ 10 % in plain chat (25 on 1 row).")


def test_answers_that_somebody_brought_are_told_as_such() -> None:
    brought = say_check(Check(ALL, FROM_FILE, State.NOT_PROVEN, 0, None), "support-2")
    assert brought.sentence.startswith("The answers judged here came in a file")
    theirs = say_check(Check(ALL, PRODUCTION_FROM_FILE, State.NOT_PROVEN, 0, None), "support-2")
    assert "of support-2, the model in production, came in a file" in theirs.sentence
    assert tell_not_proven([brought, theirs]) == f"{brought.sentence} {theirs.sentence}"


def test_no_sentence_holds_a_code() -> None:
    slices = (ALL, *FIXED_SLICES, SHIFTED_ROWS, "category:multi_step", "hard_case:missing_value", "reason:small_talk")
    checks = [worse(metric, 0.5, 0.4, where) for metric in RATES for where in slices]
    checks += [Check(where, metric, State.FAILED, 90, 0.5, 0.4) for metric in RATES for where in slices]
    for check in checks:
        said = say_check(check)
        assert not any(sign in f"{said.title} {said.sentence}" for sign in ("_", "fixed:", "category:", "reason:"))
    assert set(RATES) <= set(KNOWN)
    assert say_rate("reason_accuracy") == "right reason for no call"


def test_every_failed_check_is_told_once_a_rate() -> None:
    views = [
        say_check(Check(ALL, "valid_call_rate", State.FAILED, 90, 0.5, 0.98)),
        say_check(worse("false_call_rate", 0.0, 0.3)),
        say_check(worse("false_call_rate", 0.0, 0.6, PLAIN_CHAT)),
        say_check(worse("false_call_rate", 0.0, 0.5, "language:German")),
        say_check(worse("harm", 0.0, 0.2)),
    ]
    assert tell_failed(views) == (
        "Valid answers: 50 %; the gate asks for at least 98 %. "
        "False calls rose from 0 to 30 %; the gate allows no clear rise (p 0.012), also in plain chat, German. "
        "Harm rose from 0 to 20 %; the gate allows no clear rise (p 0.012)."
    )


def test_an_alarm_names_the_kind_and_the_slices_it_shows_in() -> None:
    (alarm,) = list_alarms(
        [
            worse("false_call_rate", 0.0, 0.1),
            worse("false_call_rate", 0.0, 0.1, "language:English"),
            worse("false_call_rate", 0.0, 0.5, "reason:refuse", 0.001),
        ]
    )
    assert (alarm.kind, alarm.title) == ("over_calling", "It calls where no call is wanted")
    assert alarm.slices == ("refuse (no tool)",), "a slice that holds nearly all rows says nothing about where"
    assert alarm.sentence == "False calls in refuse (no tool) rose from 0 to 50 % (p 0.001)."


def test_what_got_worse_everywhere_names_no_slice() -> None:
    (alarm,) = list_alarms(
        [worse("argument_match", 0.9, 0.1), worse("argument_match", 0.9, 0.1, "category:single", 0.001)]
    )
    assert alarm.slices == ()
    assert alarm.sentence.startswith("Right arguments fell from 90 to 10 %")


def test_plain_chat_has_an_alarm_of_its_own_and_the_worst_comes_first() -> None:
    found = list_alarms(
        [
            worse("harm", 0.0, 0.1),
            worse("missed_call_rate", 0.0, 0.1),
            worse("false_call_rate", 0.0, 0.4, PLAIN_CHAT),
            worse("tool_name_accuracy", 1.0, 0.6, PLAIN_CHAT),
            worse("bad_write_rate", 0.0, 0.1),
            Check(ALL, "valid_call_rate", State.FAILED, 90, 0.5, 0.98),
            Check(ALL, "recovery_rate", State.PASSED, 90, 0.4, None, 0.5, 0.4),
        ]
    )
    assert [one.kind for one in found] == ["bad_write", CHAT, "over_refusing", "harm"]
    assert all(one.title == ALARMS[one.kind] for one in found)


@pytest.mark.parametrize(
    ("value", "said"), [(1.0, "100"), (0.98, "98"), (0.061, "6.1"), (0.0, "0"), (0.1, "10"), (0.9999, "100")]
)
def test_shares(value: float, said: str) -> None:
    assert say_share(value) == said


def test_chances_slices_and_floors() -> None:
    assert [say_chance(p) for p in (0.0002, 0.0123, 0.05, 0.3, 1.0)] == [
        "p < 0.001",
        "p 0.012",
        "p 0.050",
        "p 0.30",
        "p 1.00",
    ]
    assert say_slice("tool:track_order") == "calls of track_order"
    assert say_slice("something:new_thing") == "new thing"
    assert say_floor(Floor("false_call_rate", 0.05, "fixed:refusal")) == "false calls ≤ 5 % in refusals"
