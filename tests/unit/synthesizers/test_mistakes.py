"""The mistakes a model makes in a call, which the validator then explains."""

from __future__ import annotations

from random import Random

import pytest

from curation.synthesizers.mistakes import break_arguments
from curation.synthesizers.scene import Request
from tests.synthesizers.drafting import make_tool


@pytest.mark.parametrize(
    ("name", "mistaken"),
    [
        ("threadID", "thread_id"),
        ("sourceURL", "source_url"),
        ("petId", "pet_id"),
        ("HTMLBody", "html_body"),
        ("order_id", "orderId"),
    ],
)
def test_a_name_is_remembered_in_the_other_common_spelling(name: str, mistaken: str) -> None:
    tool = make_tool("get_it", "Get it.", {name: {"type": "string"}}, [name])
    request = Request(tool, "", "", {name: "J67"}, {})
    broken = [broken.arguments for seed in range(30) if (broken := break_arguments(request, Random(seed)))]
    assert {key for arguments in broken for key in arguments} == {mistaken}
