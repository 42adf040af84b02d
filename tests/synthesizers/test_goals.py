"""Whether a text says a value."""

from __future__ import annotations

import pytest

from curation.model.values import Json
from curation.synthesizers.goals import Fact, find_made_up, find_unsaid, says


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("Where is b-4821?", "B4821"),
        ("Where is B 4821, please", "B4821"),
        ("It is for Ann's room.", "ann"),
        ("It was 49.90€.", "49.90"),
        ("A bag of 30kg", "30"),
        ("订单B4821在哪里", "B4821"),
        ("[15,16]", "16"),
        ("From 2026-03-15 on.", "2026-03-15"),
        ("to ada.l@example.org, please.", "ada.l@example.org"),
        ("أريد ٤٢ كتابا", 42),
        ("السعر ٢٠٫٥ ريال", 20.5),
        ("रकम ४२ है", 42),
        ("订单Ｂ４８２１在哪里", "B4821"),
        ("我要三百五十个", 350),
        ("预算五十万元", 500_000),
        ("预算50万元", 500_000),
        ("予算は2万5千円です", 25_000),
        ("予算は3万5000円です", 35_000),
        ("预算1亿5000万元", 150_000_000),
        ("预算200亿元", 20_000_000_000),
        ("预算1,200万元", 12_000_000),
        ("预算50万元", 50),
        ("二〇二六年", "2026"),
    ],
)
def test_a_value_is_said_word_for_word(text: str, value: Json) -> None:
    assert says(text, str(value))
    assert find_unsaid([Fact("it", "", value)], text) == ""


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("Where is B4815?", "15"),
        ("Where is B4815?", "B481"),
        ("About 1.5 metres", "15"),
        ("About 15.5 metres", "15"),
        ("It was 4990 euros.", "49.90"),
        ("I am scared", "car"),
        ("For Annabelle", "Ann"),
        ("Code 30A7", "30"),
        ("我要三百五十个", 35),
        ("أريد ٤٢١ كتابا", 42),
        ("千万别忘了", 10_000_000),
    ],
)
def test_a_part_of_another_word_says_nothing(text: str, value: Json) -> None:
    assert not says(text, str(value))
    assert find_unsaid([Fact("it", "", value)], text) == str(value)


def test_a_figure_inside_a_code_is_made_up() -> None:
    assert find_made_up("Send 4821 of them.", "Order B4821") == "4821"
    assert find_made_up("Where is b4821?", "Order B4821") == ""


@pytest.mark.parametrize(
    ("text", "known", "made_up"),
    [
        ("订单B4821在哪里？一共三百五十元。", "Order B4821, 350 in all", ""),
        ("订单B4822在哪里？", "Order B4821", "B4822"),
        ("一共三百六十元。", "350 in all", "三百六十"),
        ("千万别忘了，万一下雨就等一下。", "", ""),
        ("أين الطلب ٤٨٢١؟", "4821", ""),
        ("أين الطلب ٤٨٢٢؟", "4821", "٤٨٢٢"),
        ("Wo sind die 350 Stück?", "我要三百五十个", ""),
    ],
)
def test_a_figure_of_another_script_is_held_against_what_is_known(text: str, known: str, made_up: str) -> None:
    assert find_made_up(text, known) == made_up
