"""The light reader of templates and tokenizers against the framework that trains and serves."""

from __future__ import annotations

from pathlib import Path

import pytest

from curation.finetune.base_models import tiny_model
from curation.rendering import ChatRow, load_template, loss_mask

# In one process with the others that load torch themselves.
pytestmark = [pytest.mark.training, pytest.mark.xdist_group("torch")]

SMALL_TEMPLATE = (
    "{% for message in messages %}{% if loop.first and messages[0]['role'] != 'system' %}{{ '<|start|>system\\nHelp."
    "<|end|>\\n' }}{% endif %}{{'<|start|>' + message['role'] + '\\n' + message['content'] + '<|end|>' + '\\n'}}"
    "{% endfor %}{% if add_generation_prompt %}{{ '<|start|>assistant\\n' }}{% endif %}"
)
ROW = ChatRow(
    (
        {"role": "user", "content": "Where is A-17 é 你?"},
        {"role": "assistant", "content": '{"tool": "track_order", "arguments": {"order_id": "A-17"}}'},
    )
)


@pytest.mark.parametrize("source", [None, SMALL_TEMPLATE], ids=["own", "small model's"])
def test_text_and_tokens_are_those_of_the_library(tmp_path: Path, source: str | None):
    from transformers import AutoTokenizer

    folder = tiny_model(tmp_path / "tiny", seed=3)
    if source:
        (folder / "chat_template.jinja").write_text(source)
    library = AutoTokenizer.from_pretrained(folder, local_files_only=True)
    messages, template = [dict(message) for message in ROW.messages], load_template(folder)
    assert library.apply_chat_template(messages, tokenize=False) == template.render(ROW)
    ids = library.apply_chat_template(messages, tokenize=True, return_dict=True)["input_ids"]
    assert ids == loss_mask(template, ROW).ids


def test_mask_is_the_trainers_own_but_for_what_follows_the_stop_token(tmp_path: Path):
    """Prompt and prompt plus completion, tokenized as TRL does, differ from our mask by the template's last newline."""
    from transformers import AutoTokenizer

    folder = tiny_model(tmp_path / "tiny", seed=3)
    library = AutoTokenizer.from_pretrained(folder, local_files_only=True)
    messages = [dict(message) for message in ROW.messages]
    prompt = library.apply_chat_template(messages[:1], add_generation_prompt=True, return_dict=True)["input_ids"]
    whole = library.apply_chat_template(messages, return_dict=True)["input_ids"]
    completion = [False] * len(prompt) + [True] * (len(whole) - len(prompt))
    ours = loss_mask(load_template(folder), ROW).trained
    assert ours[:-1] == completion[:-1]
    assert library.decode(whole[-1:]) == "\n"
