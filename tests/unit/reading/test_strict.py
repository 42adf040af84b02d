"""The strict parser: what it refuses, where, and in which words."""

from __future__ import annotations

import base64
import json
from pathlib import Path

import pytest

from curation.model.values import UNSET
from curation.reading.faults import MAX_CHARACTERS, MAX_DEPTH
from curation.reading.strict import parse_strict

HOSTILE = Path(__file__).parents[2] / "data/hostile/jsontestsuite.jsonl"

EITHER = {
    "i_number_double_huge_neg_exp": "",
    "i_number_neg_int_huge_exp": "J10",
    "i_number_pos_double_huge_exp": "J10",
    "i_number_real_underflow": "",
    "i_number_too_big_neg_int": "J10",
    "i_string_1st_valid_surrogate_2nd_invalid": "J08",
    "i_string_UTF-16LE_with_BOM": "J01",
    "i_string_UTF-8_invalid_sequence": "J01",
    "i_string_incomplete_surrogate_pair": "J08",
    "i_string_invalid_surrogate": "J08",
    "i_string_iso_latin_1": "J01",
    "i_string_lone_utf8_continuation_byte": "J01",
    "i_string_not_in_unicode_range": "J01",
    "i_string_overlong_sequence_6_bytes": "J01",
    "i_string_overlong_sequence_6_bytes_null": "J01",
    "i_string_truncated-utf-8": "J01",
    "number_-9223372036854775808": "J10",
    "number_-9223372036854775809": "J10",
    "number_1.000000000000000005": "",
    "number_10000000000000000999": "J10",
    "number_1e-999": "",
    "number_1e6": "",
    "number_9223372036854775808": "J10",
    "object_key_nfd_nfc": "",
    "object_same_key_different_values": "J05",
    "object_same_key_same_value": "J05",
    "object_same_key_unclear_values": "J05",
    "string_1_escaped_invalid_codepoint": "J08",
    "string_1_invalid_codepoint": "J01",
    "string_2_escaped_invalid_codepoints": "J08",
}
"""What this project decided where the suite leaves it open."""


def read_suite() -> list[tuple[str, str, bytes]]:
    cases = []
    for line in HOSTILE.read_text().splitlines():
        case = json.loads(line)
        if "gen" in case:
            text = (case["gen"]["repeat"] * case["gen"]["times"] + case["gen"].get("tail", "")).encode()
        else:
            text = base64.b64decode(case["b64"])
        cases.append((Path(case["name"]).stem, case["expect"], text))
    return cases


@pytest.mark.parametrize(("name", "expect", "text"), read_suite())
def test_json_test_suite_is_judged_as_it_says(name: str, expect: str, text: bytes) -> None:
    parsed = parse_strict(text)
    codes = [fault.code for fault in parsed.faults]
    if expect == "reject":
        assert parsed.value is UNSET
        assert parsed.faults[-1].is_fatal
    elif expect == "accept":
        assert json.dumps(parsed.value) == json.dumps(json.loads(text))
        assert not any(fault.is_fatal for fault in parsed.faults)
    else:
        assert (codes[0] if codes else "") == EITHER[name]


@pytest.mark.parametrize(
    ("text", "code", "place", "pointer", "words"),
    [
        ('{"a": 1, "a": 2}', "J05", (1, 10), "/a", "`a` occurs twice"),
        ('{"a" : 1, "b": {"c": 1, "c" : 2}}', "J05", (1, 25), "/b/c", "`c` occurs twice"),
        ('{"a/b": 1, "\\u0061/b": 2}', "J05", (1, 12), "/a~1b", "twice"),
        ('{"q": "\\"\\u003a", "b": 1, "b": 2}', "J05", (1, 27), "/b", "twice"),
        ('{"price": NaN}', "J07", (1, 11), "/price", "`NaN`"),
        ("[1, -Infinity]", "J07", (1, 5), "/1", "`-Infinity`"),
        ('{"t": "\\ud83d"}', "J08", (1, 7), "/t", "surrogate"),
        ('{"t": "a\\u0000b"}', "J09", (1, 7), "/t", "U+0000"),
        ('{"n": [12345678901234567890]}', "J10", (1, 8), "/n/0", "12345678901234567890"),
        ('{"n": 1e999}', "J10", (1, 7), "/n", "1e999"),
        ("", "J04", (1, 1), "", "empty"),
        ("[\n", "J04", (2, 1), "/0", "many lines"),
        ('{"a": 1} {"b": 2}', "J04", (1, 10), "", "second JSON value"),
        ('{"messages":[{"ro', "J03", (1, 18), "/messages/0", "ends inside a string"),
        ('{"a": 1,\n "b": tru}', "J03", (2, 7), "/b", "`tru`"),
        ('{"a": True}', "J03", (1, 7), "/a", "JSON writes `true`"),
        ("{'a': 1}", "J03", (1, 2), "", "single quote"),
        ("[1, 2,]", "J03", (1, 6), "/1", "comma"),
        ("[01]", "J03", (1, 3), "/0", "zero"),
        ('["a\nb"]', "J03", (1, 4), "/0", "line break"),
        ("// hello\n1", "J03", (1, 1), "", "comment"),
        ('{"a": 1}}', "J03", (1, 9), "", "after the end"),
    ],
)
def test_fault_has_code_place_pointer_and_words(
    text: str, code: str, place: tuple[int, int], pointer: str, words: str
) -> None:
    (fault,) = parse_strict(text).faults
    assert (fault.code, (fault.line, fault.column), fault.pointer) == (code, place, pointer)
    assert words in fault.message
    assert parse_strict(text.encode()).faults == (fault,)


def test_not_utf8_names_the_byte_and_its_place() -> None:
    (fault,) = parse_strict('{"a": 1,\n"ü": "Z'.encode() + b'\xfc"}').faults
    assert (fault.code, fault.line, fault.column) == ("J01", 2, 8)
    assert "0xFC" in fault.message


def test_last_of_doubled_keys_counts_and_all_are_named() -> None:
    parsed = parse_strict('{"a": 1, "a": 2, "a": 3}')
    assert parsed.value == {"a": 3}
    assert [fault.code for fault in parsed.faults] == ["J05", "J05"]


def test_big_integer_keeps_its_digits() -> None:
    assert parse_strict("[123456789012345678901234567890]").value == [123456789012345678901234567890]


def test_integer_of_a_million_digits_is_no_crash() -> None:
    parsed = parse_strict("9" * 1_000_000)
    assert [fault.code for fault in parsed.faults] == ["J10"]


@pytest.mark.parametrize(
    "text",
    [
        '{"order": "1234567890123456789"}',
        '{"name": "caf\\u00e9", "text": "a : b"}',
        '{"text": "says \\"no\\": never", "no": 1}',
        '{"path": "C:\\\\bin"}',
    ],
)
def test_harmless_lookalikes_are_clean(text: str) -> None:
    assert parse_strict(text).is_clean
    assert parse_strict(text).value == json.loads(text)


def test_depth_limit_is_exact() -> None:
    assert parse_strict("[" * MAX_DEPTH + "]" * MAX_DEPTH).is_clean
    (fault,) = parse_strict("[" * (MAX_DEPTH + 1) + "]" * (MAX_DEPTH + 1)).faults
    assert (fault.code, fault.column) == ("J11", MAX_DEPTH + 1)


def test_many_shallow_brackets_are_not_deep() -> None:
    assert parse_strict(json.dumps([{"a": []}] * 1000)).is_clean


def test_size_limit_is_named() -> None:
    (fault,) = parse_strict('"' + "x" * MAX_CHARACTERS + '"').faults
    assert fault.code == "J11"
    assert str(MAX_CHARACTERS) in fault.message


def test_byte_order_mark_is_passed_and_named() -> None:
    parsed = parse_strict(b"\xef\xbb\xbf{}")
    assert parsed.value == {}
    assert [fault.code for fault in parsed.faults] == ["J02"]


def test_fatal_fault_is_never_lost_among_many_others() -> None:
    parsed = parse_strict("{" + '"a": 1, ' * 200 + '"b": NaN}')
    assert parsed.value is UNSET
    assert parsed.faults[-1].code == "J07"
    assert len(parsed.faults) <= 101
