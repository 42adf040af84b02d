"""A finding is underlined where it stands, in the offsets a browser counts."""

from __future__ import annotations

import pytest

from curation.services.pinpointing import pinpoint

ORDER = '{"id": "B1", "lines": [{"n": 1}, {"n": 2}], "id": "B2"}'


@pytest.mark.parametrize(
    ("text", "pointer", "is_about_key", "shown"),
    [
        (ORDER, "/lines/1/n", False, "2"),
        (ORDER, "/lines", False, '"lines"'),
        (ORDER, "/lines/0", False, "{"),
        (ORDER, "/lines/0/n", True, '"n"'),
        (ORDER, "", False, "{"),
        (ORDER, "/absent/deeper", True, "{"),
        (ORDER, "/lines/7", False, '"lines"'),
        ('  "just a text" ', "", False, '"just a text"'),
        ('{"a/b": {"~c": true}}', "/a~1b/~0c", False, "true"),
        ('{"a": 1,}', "/a", False, ","),
        ('{"a": "open', "/a", False, "n"),
        ('{"a": 1\n\n', "", False, "1"),
        ("", "", False, ""),
    ],
)
def test_pointer_leads_to_the_part_it_is_about(text: str, pointer: str, is_about_key: bool, shown: str) -> None:
    start, end = pinpoint(text, pointer, is_about_key=is_about_key)
    assert text[start:end] == shown


def test_doubled_key_is_shown_where_it_counts() -> None:
    start, _ = pinpoint(ORDER, "/id")
    assert start == ORDER.rindex('"B2"')


def test_offsets_are_those_of_a_browser() -> None:
    """Letters beyond the first plane are two units there, and every line end is one."""
    text = '{"smile": "😀😀",\r\n "city": "Malmö"}'
    as_browser = text.replace("\r\n", "\n").encode("utf-16-le")
    start, end = pinpoint(text, "/city")
    assert as_browser[2 * start : 2 * end].decode("utf-16-le") == '"Malmö"'
