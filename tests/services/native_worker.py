"""A tiny model that calls tools in its template's own words, and providers that answer what they were left."""

from __future__ import annotations

from pathlib import Path

import msgspec

from curation.finetune.answering import answer_rows, choose_examples, read_asked
from curation.finetune.base_models import tiny_model
from curation.finetune.contract import Handle, Launch, Outcome
from curation.finetune.journal import Journal
from curation.finetune.rows import TRAIN, ask, row_asked
from curation.finetune.run_folder import RunFolder
from curation.finetune.spec import AnswerSpec, decode_spec
from curation.model.values import Json
from curation.rendering import load_template
from tests.services.fake_provider import FakeProvider
from tests.worker.test_training_long import CALL_TEMPLATE

ONE_CALL_TEMPLATE = (
    "{% for m in messages %}{% if m.tool_calls and m.tool_calls | length > 1 %}"
    "{{ raise_exception('This model only supports single tool-calls at once!') }}{% endif %}{% endfor %}"
) + CALL_TEMPLATE
"""As Llama's: it refuses a conversation in which a turn makes two calls."""


def native_model(folder: Path, template: str = CALL_TEMPLATE) -> Path:
    made = tiny_model(folder, seed=1)
    (made / "chat_template.jinja").write_text(template)
    return made


class AnsweringWorker(FakeProvider):
    """Gives every row the same answer, and keeps each prompt as a model reads it: one list a job."""

    def __init__(self) -> None:
        super().__init__(steps=1)
        self.prompts: list[list[str]] = []

    def prepare(self, launch: Launch, spec: dict[str, Json]) -> None:
        said = {**spec, "launch_id": launch.launch_id, "max_new_tokens": 2, "threads": 1}
        decoded = decode_spec(msgspec.json.encode(said), AnswerSpec)
        folder = RunFolder(launch.run_dir)
        self.prompts.append(_read_prompts(folder, decoded))
        self.answer(folder, decoded)

    def answer(self, folder: RunFolder, spec: AnswerSpec) -> None:
        line = msgspec.json.encode({"text": "It was sent.", "tokens": 4, "latency_ms": 5.0}) + b"\n"
        folder.answers.write_bytes(line * len(self.prompts[-1]))

    def collect(self, launch: Launch, handle: Handle) -> Outcome:
        return Outcome(launch.run_dir, {})


class OwnWorker(AnsweringWorker):
    """Lets the model itself answer, in this process."""

    def answer(self, folder: RunFolder, spec: AnswerSpec) -> None:
        ended = answer_rows(folder, spec, Journal(folder, spec.launch_id))
        assert ended.state == "succeeded", ended.error


def _read_prompts(folder: RunFolder, spec: AnswerSpec) -> list[str]:
    template = load_template(spec.model, is_guarded=False)
    shown = choose_examples(folder.data / (spec.examples or TRAIN), spec)
    asked = read_asked(folder.data / spec.rows, spec)
    return [template.render(row_asked(ask(one.row, shown), spec.style), prompt=True) for one in asked]
