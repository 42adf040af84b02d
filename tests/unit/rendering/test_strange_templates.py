"""Chat templates come with strangers' models and are programs: none of them may hold up or fill the server."""

from __future__ import annotations

from pathlib import Path

import pytest

from curation.errors import UnreadableError
from curation.finetune.base_models import tiny_model
from curation.rendering import ChatRow, check_rows, load_template, needs_router

pytestmark = pytest.mark.training

ROW = ChatRow(({"role": "user", "content": "Hi"}, {"role": "assistant", "content": "Hello"}))
LOOP = "{% for a in range(99999) %}{% for b in range(99999) %}{% endfor %}{% endfor %}"
HOSTILE = {
    "endless for long conversations": "{% if messages | length > 1 %}" + LOOP + "{% endif %}x",
    "filling the memory": "{% set ns = namespace(s='x' * 1000) %}"
    "{% for a in range(40) %}{% set ns.s = ns.s ~ ns.s %}{% endfor %}",
}


def make_model(folder: Path, source: str) -> Path:
    base = tiny_model(folder / "tiny", seed=3)
    (base / "chat_template.jinja").write_text(source)
    return base


@pytest.mark.parametrize("source", HOSTILE.values(), ids=HOSTILE)
@pytest.mark.timeout(20)
def test_hostile_template_is_refused_once_and_for_all_rows(tmp_path: Path, source: str) -> None:
    template = load_template(make_model(tmp_path, source))
    with pytest.raises(UnreadableError, match="takes too much time or memory"):
        list(check_rows(template, [ROW] * 500, max_length=100))


def test_router_is_no_way_around_an_endless_template(tmp_path: Path) -> None:
    with pytest.raises(UnreadableError, match="takes too much time or memory"):
        needs_router(load_template(make_model(tmp_path, LOOP)))


@pytest.mark.parametrize("source", ["{{ 1 // 0 }}", "{{ messages[7].content.x() }}", "{{ raise_exception('no') }}"])
def test_template_that_fails_is_a_problem_of_the_row(tmp_path: Path, source: str) -> None:
    template = load_template(make_model(tmp_path, source))
    (checked,) = check_rows(template, [ROW], max_length=100)
    assert "refuses the row" in checked.problems[0]
