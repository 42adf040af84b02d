"""What differs between two examples, place by place."""

from __future__ import annotations

import msgspec

from curation.model.example import Example, Message
from curation.services.comparing import compare_examples
from curation.services.text_fields import arguments_at, content_at, write_text
from tests.shop_rows import make_example

BASE = make_example()
AT = arguments_at(1, 0)


def _arguments(text: str) -> Example:
    return write_text(BASE, AT, text)


def test_arguments_differ_key_by_key_in_exact_text() -> None:
    before = _arguments('{"order_id":"A-77","amount":"129.00","note":"asap","to":{"city":"Lund","zip":"1"}}')
    after = _arguments('{"order_id":"A-77", "amount":129.0,"reason":"late","to":{"city":"Kiruna","zip":"1"}}')
    found = [(one.place.removeprefix(AT), one.before, one.after, one.kind) for one in compare_examples(before, after)]
    assert found == [
        ("/amount", '"129.00"', "129.0", "changed"),
        ("/reason", None, '"late"', "added"),
        ("/to/city", '"Lund"', '"Kiruna"', "changed"),
        ("/note", '"asap"', None, "removed"),
    ]


def test_a_number_written_otherwise_is_a_difference() -> None:
    (change,) = compare_examples(_arguments('{"n":1.0}'), _arguments('{"n":1.00}'))
    assert (change.place, change.before, change.after) == (f"{AT}/n", "1.0", "1.00")


def test_arguments_only_spaced_anew_or_broken_are_shown_whole() -> None:
    for text in ('{"order_id": "A-77"}', '{"order_id":'):
        (change,) = compare_examples(BASE, _arguments(text))
        assert (change.place, change.after) == (AT, text)


def test_a_turn_put_in_between_leaves_the_others_alone() -> None:
    added = Message(role="user", content="And when?")
    messages = (*BASE.messages[:1], added, *BASE.messages[1:])
    changed = write_text(msgspec.structs.replace(BASE, messages=messages), content_at(4), "It was sent.")
    assert [(one.place, one.kind) for one in compare_examples(BASE, changed)] == [
        ("/messages/1", "added"),
        ("/messages/4/content", "changed"),
    ]


def test_a_turn_taken_out_is_named_where_it_stood() -> None:
    shorter = msgspec.structs.replace(BASE, messages=BASE.messages[:2])
    assert [(one.place, one.kind) for one in compare_examples(BASE, shorter)] == [
        ("/messages/2", "removed"),
        ("/messages/3", "removed"),
    ]
