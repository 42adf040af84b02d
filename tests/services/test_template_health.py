"""What a project's base model's template does to its rows."""

from __future__ import annotations

from pathlib import Path

import pytest

from curation.finetune.base_models import tiny_model
from curation.services.evaluating import register_base
from curation.services.template_health import measure_template
from tests.shop_rows import Desk, make_example

pytestmark = pytest.mark.training
CALLS = (
    "{% for t in tools or [] %}<tool>{{ t | tojson }}</tool>{% endfor %}"
    "{% for m in messages %}<|start|>{{ m.role }}\n{{ m.content or '' }}"
    "{% for c in m.tool_calls or [] %}<call>{{ c.function.name }} {{ c.function.arguments | tojson }}</call>"
    "{% endfor %}<|end|>\n{% endfor %}{% if add_generation_prompt %}<|start|>assistant\n{% endif %}"
)
OPENING = "{% if m.role == 'assistant' and loop.last %}<think></think>{% endif %}"
THINKS = CALLS.replace("\n{{ m.content", "\n" + OPENING + "{{ m.content")


def add_base(desk: Desk, folder: Path, source: str) -> None:
    base = tiny_model(folder / "tiny", seed=1)
    (base / "chat_template.jinja").write_text(source)
    register_base(desk.ws, desk.actor, desk.project_id, base, nonce="base")


def test_without_a_model_there_is_nothing_to_say(desk: Desk) -> None:
    assert measure_template(desk.ws, desk.project_id) is None


def test_faults_are_counted_over_the_rows(desk: Desk, tmp_path: Path) -> None:
    for n in range(3):
        desk.write(make_example(f"A-{n:03}", group=f"g{n}"))
    add_base(desk, tmp_path, THINKS)
    found = measure_template(desk.ws, desk.project_id)
    assert found is not None
    assert (found.n_rows, found.problem) == (3, "")
    assert [(fault.code, fault.n_rows) for fault in found.faults] == [("X09", 3)]
    assert found.ms_a_row > 0


def test_template_that_keeps_everything_has_no_fault(desk: Desk, tmp_path: Path) -> None:
    desk.write(make_example("A-001", group="g1"))
    add_base(desk, tmp_path, CALLS)
    found = measure_template(desk.ws, desk.project_id)
    assert found is not None
    assert found.faults == ()


def test_template_that_cannot_be_used_is_a_sentence(desk: Desk, tmp_path: Path) -> None:
    desk.write(make_example("A-001", group="g1"))
    add_base(desk, tmp_path, "{% if %}")
    found = measure_template(desk.ws, desk.project_id)
    assert found is not None
    assert "cannot be compiled" in found.problem
