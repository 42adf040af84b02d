"""Rows through a template: exact lengths, shared verdicts, thoughts, marks, and templates that mean harm."""

from __future__ import annotations

from pathlib import Path

import pytest

from curation.errors import UnreadableError
from curation.finetune.base_models import tiny_model
from curation.model.finding import Finding
from curation.model.values import Json
from curation.rendering import (
    ChatRow,
    TemplateCheck,
    UnusableTemplateError,
    bare_template,
    check_rows,
    load_template,
    loss_mask,
    open_template,
)
from curation.rendering.marking import make_twin

CALLS = (
    "{% for t in tools or [] %}<tool>{{ t | tojson }}</tool>{% endfor %}"
    "{% for m in messages %}<|start|>{{ m.role }}\n{{ m.content or '' }}"
    "{% for c in m.tool_calls or [] %}<call>{{ c.function.name }} {{ c.function.arguments | tojson }}</call>"
    "{% endfor %}<|end|>\n{% endfor %}{% if add_generation_prompt %}<|start|>assistant\n{% endif %}"
)


def row(city: str = "Oslo", result: str = "3", **arguments: Json) -> ChatRow:
    call = {"type": "function", "function": {"name": "get_weather", "arguments": {"city": city, **arguments}}}
    return ChatRow(
        (
            {"role": "user", "content": f"Weather in {city}?"},
            {"role": "assistant", "content": "", "tool_calls": [call]},
            {"role": "tool", "content": result},
            {"role": "assistant", "content": f"In {city} it is {result}."},
        ),
        style="conversation",
    )


def find(through: TemplateCheck, one: ChatRow, code: str) -> list[Finding]:
    return [finding for finding in through.check(one) if finding.code == code]


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tiny_model(tmp_path_factory.mktemp("models") / "tiny", seed=3)
    (folder / "chat_template.jinja").write_text(CALLS)
    return folder


@pytest.mark.training
def test_row_at_the_limit_is_whole_and_one_token_less_is_not(folder: Path) -> None:
    template = load_template(folder)
    n_tokens = len(loss_mask(template, row()).ids)
    assert not find(TemplateCheck(template, max_length=n_tokens), row(), "X07")
    (found,) = find(TemplateCheck(template, max_length=n_tokens - 1), row(), "X07")
    assert found.at == "/messages/3"
    assert found.values["tokens"] == n_tokens


@pytest.mark.training
def test_turn_that_is_cut_and_what_is_left_to_learn(folder: Path) -> None:
    template = load_template(folder)
    mask = loss_mask(template, row(result="rain " * 200))
    (found,) = find(TemplateCheck(template, max_length=150), row(result="rain " * 200), "X07")
    assert found.at == "/messages/2"
    assert found.values["trained_left"] == sum(mask.trained[:150])
    assert "trained tokens are left" in found.message


@pytest.mark.training
def test_nothing_left_to_learn_is_said(folder: Path) -> None:
    (found,) = find(TemplateCheck(load_template(folder), max_length=5), row(), "X07")
    assert (found.at, found.values["trained_left"]) == ("/messages/0", 0)
    assert "nothing the model would learn is left" in found.message


@pytest.mark.training
def test_limit_of_the_model_holds_without_another(folder: Path) -> None:
    template = load_template(folder)
    assert find(TemplateCheck(template), row(result="rain " * template.limit), "X07")


@pytest.mark.training
def test_folder_without_weights_is_enough_to_look(folder: Path, tmp_path: Path) -> None:
    for name in ("tokenizer.json", "tokenizer_config.json", "chat_template.jinja"):
        (tmp_path / name).write_bytes((folder / name).read_bytes())
    template = open_template(tmp_path)
    assert template.tokenize("a b").ids == load_template(folder).tokenize("a b").ids
    assert not TemplateCheck(template).check(row())


@pytest.mark.training
def test_preflight_says_the_same(folder: Path) -> None:
    template = load_template(folder)
    (checked,) = check_rows(template, [row()], max_length=20)
    assert checked.findings == TemplateCheck(template, max_length=20, by_marks=False).check(row())
    assert checked.problems == tuple(f"Row 1: {one.message}" for one in checked.findings)


def test_rows_of_one_shape_share_a_verdict() -> None:
    through = TemplateCheck(bare_template(CALLS))
    for n in range(50):
        assert through.check(row(f"City {n}", str(n))) == ()
    assert (through.cost.rows, through.cost.shapes) == (50, 1)
    through.check(row(unit="C"))
    assert through.cost.shapes == 2
    assert through.cost.seconds > 0


def test_shared_verdict_speaks_of_each_rows_own_names() -> None:
    through = TemplateCheck(bare_template(CALLS.replace("c.function.arguments | tojson", "''")))
    messages = [find(through, one, "X02")[0].at for one in (row(), row(unit="C"))]
    assert messages == ["/messages/1/tool_calls/0/function/arguments"] * 2
    assert "`get_weather`" in find(through, row(), "X02")[0].message


def test_twin_has_another_word_in_every_place_and_keeps_the_shape() -> None:
    twin = make_twin(row(days=2, rate=1.5, flags=[True, None], near={"town": "Moss"}))
    call = twin.row.messages[1]["tool_calls"][0]
    assert len({mark.word for mark in twin.marks}) == len(twin.marks)
    assert list(map(type, call["function"]["arguments"].values())) == [str, int, float, list, dict]
    assert twin.key == make_twin(row("Rome", "9", days=7, rate=0.5, flags=[True, None], near={"town": "X"})).key


def test_pointers_escape_odd_argument_names() -> None:
    through = TemplateCheck(
        bare_template(CALLS.replace("c.function.arguments | tojson", "c.function.arguments.keys() | first"))
    )
    found = find(through, row(**{"a/b": "x"}), "X02")
    assert found[-1].at == "/messages/1/tool_calls/0/function/arguments/a~1b"


def test_marks_of_the_template_are_believed_unless_told_otherwise() -> None:
    marked = CALLS.replace("{{ m.content or '' }}", "{% generation %}{{ m.content or '' }}{% endgeneration %}")
    found = find(TemplateCheck(bare_template(marked)), row(), "X08")
    assert [one.at for one in found] == ["/messages/1", "/messages/3"]
    assert not find(TemplateCheck(bare_template(marked), by_marks=False), row(), "X08")


def test_thought_before_the_newest_turn_does_not_hide_what_an_older_turn_learns() -> None:
    thinks = CALLS.replace(
        "\n{{ m.content", "\n{% if m.role == 'assistant' and loop.last %}<think></think>{% endif %}{{ m.content"
    )
    through = TemplateCheck(bare_template(thinks))
    assert [one.code for one in through.check(row())] == ["X09"]


def test_turn_right_after_another_of_the_model_is_learnt_as_well() -> None:
    opening = "{% if m.role == 'assistant' and loop.last %}<think></think>{% endif %}"
    through = TemplateCheck(bare_template(CALLS.replace("\n{{ m.content", "\n" + opening + "{{ m.content")))
    asked, calling, *rest = row().messages
    said = ({"role": "assistant", "content": "I look."}, {"role": "assistant", "content": "Now."})
    found = through.check(ChatRow((asked, *said, calling, *rest), style="conversation"))
    assert [one.code for one in found] == ["X09"]


HOSTILE = {
    "endless": "{% for a in range(99999) %}{% for b in range(99999) %}{% endfor %}{% endfor %}",
    "filling the memory": "{% set ns = namespace(s='x' * 1000) %}"
    "{% for a in range(40) %}{% set ns.s = ns.s ~ ns.s %}{% endfor %}",
    "huge number": "{{ 9 ** (9 ** 9) }}",
    "huge text": "{{ 'x' * 10 ** 10 }}",
    "no template": "{% for %}",
    "deep nesting": "{{ " + "(" * 5000 + ")" * 5000 + " }}",
}


@pytest.mark.parametrize("source", HOSTILE.values(), ids=HOSTILE)
def test_hostile_template_neither_hangs_nor_fills_the_memory(tmp_path: Path, source: str) -> None:
    (tmp_path / "chat_template.jinja").write_text(source)
    through = TemplateCheck(open_template(tmp_path / "chat_template.jinja"))
    with pytest.raises(UnusableTemplateError, match=r"cannot be compiled|too much time or memory"):
        through.check(row())


def test_template_that_calls_itself_for_ever_refuses_the_row() -> None:
    (found,) = TemplateCheck(bare_template("{% macro m() %}{{ m() }}{% endmacro %}{{ m() }}")).check(row())
    assert found.code == "X01"


REACHING = [
    "{{ messages.__class__.__mro__[1].__subclasses__() }}",
    "{{ ''.__class__.__base__.__subclasses__()[0]('x') }}",
    "{{ cycler.__init__.__globals__.os.popen('id').read() }}",
    "{{ raise_exception.__globals__.json }}",
    "{{ lipsum.__globals__['os'].system('id') }}",
    "{{ strftime_now.__globals__['json'].loads }}",
    "{% include '/etc/passwd' %}",
    "{% import 'os' as os %}{{ os }}",
    "{{ messages.append(1) }}",
]


@pytest.mark.parametrize("source", REACHING)
def test_template_that_reaches_for_the_machine_is_refused(source: str) -> None:
    (found,) = TemplateCheck(bare_template(source)).check(row())
    assert found.code == "X01"


def test_odd_rows_raise_nothing() -> None:
    through = TemplateCheck(bare_template(CALLS))
    odd: list[Json] = [
        {},
        {"role": 5},
        {"role": "assistant", "tool_calls": [5, {"function": 5}, {"function": {"name": 1}}]},
    ]
    for message in odd:
        through.check(ChatRow((message,), (5, {"function": []}, {"name": "x", "parameters": []}), "conversation"))


def test_file_that_is_no_template_is_named(tmp_path: Path) -> None:
    (tmp_path / "x.jinja").write_bytes(b"\xff\xfe")
    with pytest.raises(UnreadableError, match="not UTF-8"):
        open_template(tmp_path / "x.jinja")
    (tmp_path / "y.jinja").write_bytes(b"x" * 1_000_001)
    with pytest.raises(UnreadableError, match="larger than 1 MB"):
        open_template(tmp_path / "y.jinja")
    with pytest.raises(UnreadableError, match="has no chat template"):
        open_template(tmp_path)
