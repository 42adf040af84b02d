"""What a model sees and learns from: text, tokens and the loss mask, checked against the libraries themselves."""

from __future__ import annotations

from pathlib import Path

import pytest

from curation.errors import UnreadableError
from curation.finetune.base_models import tiny_model
from curation.finetune.rows import ask, encode_rows, row_asked
from curation.rendering import ChatRow, Template, check_rows, load_template, loss_mask, needs_router
from curation.rendering.jinja import compile_template

pytestmark = pytest.mark.training

ANSWER = '{"tool": "track_order", "arguments": {"order_id": "A-17 é"}}'
CALL_TEMPLATE = (
    "{% if tools %}<|start|>tools\n{{ tools | tojson }}<|end|>\n{% endif %}"
    "{% for m in messages %}<|start|>{{ m.role }}\n{{ m.content or '' }}"
    "{% for c in m.tool_calls or [] %}"
    "<call>{{ c.function.name }} {{ c.function.arguments | tojson }}</call>{% endfor %}"
    "<|end|>\n{% endfor %}{% if add_generation_prompt %}<|start|>assistant\n{% endif %}"
)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tiny_model(tmp_path_factory.mktemp("models") / "tiny", seed=3)


@pytest.fixture(scope="module")
def template(folder: Path) -> Template:
    return load_template(folder)


def with_source(template: Template, source: str) -> Template:
    stops = template.stop_tokens
    return Template({"default": source}, template.special, template.tokenizer, limit=template.limit, stop_tokens=stops)


def router_row(answer: str = ANSWER) -> ChatRow:
    earlier = ({"role": "assistant", "content": '{"tool": "a"}'}, {"role": "user", "content": '{"result": 1}'})
    asked = ({"role": "system", "content": "Route."}, {"role": "user", "content": "Where is A-17 é?"})
    return ChatRow((*asked, *earlier, {"role": "assistant", "content": answer}))


def test_router_row_trains_its_answer_and_stop_token_and_nothing_else(template: Template):
    mask = loss_mask(template, router_row())
    assert mask.trained_text == ANSWER + "<|end|>"
    assert "".join(piece.text for piece in mask.pieces()) == mask.text
    assert [piece.trained for piece in mask.pieces()] == [False, True, False]


def test_labels_hold_exactly_the_trained_tokens(template: Template):
    mask = loss_mask(template, router_row())
    trained = [token for token, label in zip(mask.ids, mask.labels, strict=True) if label != -100]
    assert template.tokenizer.decode(trained, skip_special_tokens=False) == ANSWER + "<|end|>"


def test_prompt_at_inference_is_the_untrained_beginning(template: Template):
    row = router_row()
    prompt = ask(row)
    asked = ChatRow(tuple({"role": turn.role, "content": turn.content} for turn in prompt.turns))
    mask = loss_mask(template, row)
    opened = template.render(asked, prompt=True)
    assert mask.text.startswith(opened)
    assert template.tokenize(opened).ids == mask.ids[: mask.trained.index(True)]


def test_worked_examples_are_asked_with_their_calls(template: Template):
    call = {"type": "function", "function": {"name": "track_order", "arguments": {"order_id": "7"}}}
    calling = ({"role": "user", "content": "Where is 7?"}, {"role": "assistant", "content": None, "tool_calls": [call]})
    shown = ChatRow((*calling, {"role": "tool", "content": "on its way"}), style="conversation")
    asked = ChatRow(({"role": "user", "content": "Where is 8?"}, calling[1]), style="conversation")
    text = with_source(template, CALL_TEMPLATE).render(row_asked(ask(asked, [shown]), "conversation"), prompt=True)
    assert '<call>track_order {"order_id": "7"}</call>' in text
    assert "None" not in text


def test_conversation_trains_every_weighted_assistant_turn(template: Template):
    calling = with_source(template, CALL_TEMPLATE)
    call = {"type": "function", "function": {"name": "track_order", "arguments": {"order_id": "7"}}}
    row = ChatRow(
        (
            {"role": "user", "content": "Where is 7?"},
            {"role": "assistant", "content": "unlearned", "weight": 0},
            {"role": "assistant", "content": None, "tool_calls": [call]},
            {"role": "tool", "content": "on its way"},
            {"role": "assistant", "content": "It is on its way."},
        ),
        style="conversation",
    )
    assert loss_mask(calling, row).trained_text == (
        '<call>track_order {"order_id": "7"}</call><|end|>It is on its way.<|end|>'
    )


def test_template_without_calls_needs_router_rows_and_one_with_calls_does_not(template: Template):
    assert needs_router(template)
    assert not needs_router(with_source(template, CALL_TEMPLATE))


@pytest.mark.parametrize(
    ("lost", "source"),
    [
        ("tools", CALL_TEMPLATE.replace("{{ tools | tojson }}", "")),
        ("arguments", CALL_TEMPLATE.replace("{{ c.function.arguments | tojson }}", "")),
        ("quoted twice", CALL_TEMPLATE.replace("arguments | tojson", "arguments | tojson | tojson")),
        ("raises", "{{ raise_exception('no tools here') }}"),
    ],
)
def test_template_that_loses_a_part_needs_router_rows(template: Template, lost: str, source: str):
    assert needs_router(with_source(template, source)), lost


def problems(template: Template, row: ChatRow, limit: int = 1000) -> str:
    return " ".join(next(iter(check_rows(template, [row], max_length=limit))).problems)


def test_sound_row_has_no_problem(template: Template):
    assert problems(template, router_row()) == ""


def test_template_without_stop_token_is_a_problem(template: Template):
    turns = "{% for m in messages %}{{ m.role }}: {{ m.content }}\n{% endfor %}"
    endless = turns + "{% if add_generation_prompt %}assistant: {% endif %}"
    assert "No stop token of this turn carries loss" in problems(with_source(template, endless), router_row())


def test_call_the_template_drops_is_a_problem(template: Template):
    call = {"type": "function", "function": {"name": "track_order", "arguments": {"order_id": "A-17"}}}
    row = ChatRow(
        ({"role": "user", "content": "hi"}, {"role": "assistant", "content": "", "tool_calls": [call]}),
        style="conversation",
    )
    found = problems(template, row)
    assert "does not write the call of `track_order`" in found


def test_too_long_row_is_named_not_cut(template: Template):
    assert "the limit is 50; nothing the model would learn is left" in problems(template, router_row(), limit=50)
    assert encode_rows(template, [router_row()], 50).n_too_long == 1


def test_answer_ending_in_the_stop_tokens_text_still_ends_once(template: Template):
    mask = loss_mask(template, router_row("a<|end|>b"))
    assert mask.trained_text == "a<|end|>b<|end|>"


def test_template_cannot_reach_python():
    write = compile_template("{{ messages.__class__.__mro__ }}{{ ''.__class__.__subclasses__() }}")
    with pytest.raises(Exception, match="unsafe"):
        write(messages=[])


def test_model_folder_that_is_none_is_refused(tmp_path: Path):
    with pytest.raises(UnreadableError, match="does not exist"):
        load_template(tmp_path / "nowhere")
    with pytest.raises(UnreadableError, match=r"has no config.json, tokenizer.json, tokenizer_config.json, model"):
        load_template(tmp_path)
