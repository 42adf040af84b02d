"""Repairs: what is wrong is said back, in rounds, and counted beside the first answers."""

from __future__ import annotations

import json

import pytest

from curation.errors import UnreadableError
from curation.finetune.answering import answer_line
from curation.finetune.repairing import AGAIN, Doubted, read_text, repair
from curation.llm import Prompt, Reply, Turn
from curation.llm.scripted import ScriptedClient, oracle
from curation.metrics.answers import Answer, Repair, read_answer_line
from curation.metrics.contract import Rate
from curation.metrics.repairs import SHOWN, last_answers, sum_up
from tests.shop_rows import TRACK_ORDER

RIGHT = '{"tool":"track_order","arguments":{"order_id":"A-77"}}'
SHORT = '{"tool":"track_order","arguments":{"order_id":"A"}}'
NOISE = "Well, let me see"


def doubt(text: str, n: int = 0) -> Doubted:
    return Doubted(Prompt((Turn("user", f"Where is order {n}?"),)), Answer(text=text), (TRACK_ORDER,), is_router=True)


def test_valid_answers_are_not_asked_again() -> None:
    client = oracle([])
    assert repair(client, [doubt(RIGHT), doubt(RIGHT)], 2, 64, 8) == [(), ()]
    assert client.asked == []


def test_finding_is_said_back_behind_the_answer_until_one_is_valid() -> None:
    client = ScriptedClient(lambda _, prompt: RIGHT if len(prompt.turns) > 3 else SHORT)
    given = repair(client, [doubt(RIGHT), doubt(NOISE, 1)], 2, 64, 8)
    assert given[0] == ()
    assert [one.text for one in given[1]] == [SHORT, RIGHT]
    first, second = client.asked
    assert [turn.role for turn in first.turns] == ["user", "assistant", "user"]
    assert first.turns[1].content == NOISE
    assert first.turns[2].content == f"{given[1][0].finding} {AGAIN}"
    assert "order_id" in given[1][1].finding
    assert second.turns[: len(first.turns)] == first.turns


@pytest.mark.parametrize("rounds", [0, 1, 2, 3])
def test_a_model_that_never_learns_is_asked_so_often_and_no_more(rounds: int) -> None:
    client = ScriptedClient(lambda _position, _prompt: NOISE)
    given = repair(client, [doubt(NOISE, n) for n in range(3)], rounds, 64, 8)
    assert [len(one) for one in given] == [rounds] * 3
    assert len(client.asked) == 3 * rounds


def test_nothing_is_said_against_an_answer_where_the_offer_is_unknown() -> None:
    unknown = Doubted(Prompt((Turn("user", "Hi"),)), Answer(text=NOISE), None, is_router=True)
    assert repair(oracle([]), [unknown], 2, 64, 8) == [()]


@pytest.mark.parametrize("text", ["", " \n", "<think>Hm.</think>"])
def test_a_local_model_that_says_nothing_is_marked_so_and_its_silence_is_not_said_back(text: str) -> None:
    told = read_text(Reply(text))
    assert told.is_empty
    (answer,) = json.loads(f"[{answer_line(told, ()).decode()}]")
    assert answer["is_empty"] is True
    client = ScriptedClient(lambda _position, _prompt: RIGHT)
    repair(client, [Doubted(Prompt((Turn("user", "Hi"),)), told, (TRACK_ORDER,), is_router=False)], 1, 64, 8)
    assert [turn.role for turn in client.asked[0].turns] == ["user", "user"]
    assert not read_text(Reply(NOISE)).is_empty


def test_loops_tokens_and_time_are_summed_beside_the_first_answers() -> None:
    mended = Answer(text=NOISE, repairs=(Repair(SHORT, "x", 5, 10.0), Repair(RIGHT, "y", 7, 20.5)))
    lost = Answer(text=NOISE, repairs=(Repair(NOISE, "z", 3, 1.0),))
    answers = [Answer(text=RIGHT), mended, lost]
    assert [one.text for one in last_answers(answers)] == [RIGHT, RIGHT, NOISE]
    rates = {name: Rate(0.5, n) for n, name in enumerate((*SHOWN, "other"))}
    told = sum_up(answers, 2, rates)
    assert (told.most, told.rows, told.rounds, told.tokens, told.latency_ms) == (2, 2, 3, 15, 31.5)
    assert told.metrics == {name: rate for name, rate in rates.items() if name != "other"}
    assert "false_call_rate" in told.metrics


def test_repairs_are_read_back_from_the_answers_file() -> None:
    line = b'{"text":"a","repairs":[{"text":"b","finding":"f","tokens":3,"latency_ms":1.5}],"is_closed":true}'
    answer = read_answer_line(line, is_run=True)
    assert answer.repairs == (Repair("b", "f", 3, 1.5),)
    assert answer.is_closed
    assert read_answer_line(b'{"text":"a"}', is_run=True).repairs == ()
    with pytest.raises(UnreadableError, match="`repairs` is not what a run writes there"):
        read_answer_line(b'{"text":"a","repairs":3}', is_run=True)


def test_foreign_answers_may_say_anything_under_the_names_of_a_run() -> None:
    for more in (b'"repairs":3', b'"repairs":["a"]', b'"is_closed":"yes"', b'"repairs":null,"is_closed":null'):
        assert read_answer_line(b'{"text":"a",' + more + b"}") == Answer(text="a")
