"""Serving: the promoted model or a named one, with its template saved beside it and an adapter joined to its base."""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator
from hashlib import sha256
from pathlib import Path

import msgspec
import pytest

from curation.errors import NotFoundError, StateError
from curation.finetune.sft import MASK_FILE, MaskCard
from curation.services.people import local_actor
from curation.services.projects import create_project
from curation.services.serve_commands import ServeCommand
from curation.services.serving import Serving, prepare_serving
from curation.services.workspace import Workspace, open_workspace
from db.models import ModelRecord, save_model
from tests.known_models import put_in_use
from tests.ready_homes import make_ready

TEMPLATE = "{% for m in messages %}{{ m.content }}{% endfor %}"


class Shelf:
    """A workspace with one project, and folders that look like models."""

    def __init__(self, home: Path) -> None:
        self.ws: Workspace = open_workspace(make_ready(home))
        self.project_id = create_project(self.ws, local_actor(self.ws), "Desk", nonce="project").id

    def put(self, name: str, kind: str, location: str, base: str = "", **details: object) -> str:
        record = ModelRecord(
            id=self.ws.new_id(),
            project_id=self.project_id,
            name=name,
            base=base or location,
            kind=kind,
            location=location,
            created_at=self.ws.now(),
            details=json.dumps(details),
        )
        with self.ws.unit() as unit:
            save_model(unit.connection, record)
            unit.commit()
        return record.id

    def use(self, model_id: str) -> None:
        put_in_use(self.ws, self.project_id, model_id)

    def serve(self, name: str = "") -> Serving:
        return prepare_serving(self.ws, self.project_id, name)


def fill(folder: Path, **files: str) -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    for name, text in files.items():
        (folder / name.replace("__", ".")).write_text(text, encoding="utf-8")
    return folder


def fill_base(folder: Path) -> Path:
    config = json.dumps({"chat_template": "base: " + TEMPLATE})
    return fill(
        folder,
        config__json='{"model_type": "llama"}',
        model__safetensors="weights",
        pytorch_model__bin="a program",
        tokenizer__json="{}",
        tokenizer_config__json=config,
    )


def fill_adapter(folder: Path, rank: int = 8, **config: object) -> Path:
    mask = MaskCard("router", sha256(TEMPLATE.encode()).hexdigest(), [])
    return fill(
        folder,
        adapter_config__json=json.dumps({"r": rank, **config}),
        adapter_model__safetensors="adapter",
        tokenizer__json='{"of": "the adapter"}',
        tokenizer_config__json="{}",
        chat_template__jinja=TEMPLATE,
        callwright__json="{}",
        **{MASK_FILE.replace(".", "__"): msgspec.json.encode(mask).decode()},
    )


@pytest.fixture
def shelf(tmp_path: Path) -> Iterator[Shelf]:
    made = Shelf(tmp_path / "work space" / "it's here")
    yield made
    made.ws.close()


def command(found: Serving, engine: str) -> ServeCommand:
    return next(one for one in found.commands if one.engine == engine)


def put_tuned(shelf: Shelf, **config: object) -> tuple[Path, Path]:
    base = fill_base(shelf.ws.models / "small")
    adapter = fill_adapter(shelf.ws.runs / "1" / "model", **config)
    shelf.use(shelf.put("tuned", "adapter", "runs/1/model", "models/small", style="router"))
    return base, adapter


def test_what_is_in_use_is_served_where_no_model_is_named(shelf: Shelf) -> None:
    with pytest.raises(NotFoundError, match="Nothing is in production"):
        shelf.serve()
    base, adapter = put_tuned(shelf)
    found = shelf.serve()
    assert (found.model.name, found.template, found.notes) == ("tuned", adapter / "chat_template.jinja", ())
    vllm = command(found, "vllm").argv
    assert vllm[:3] == ("vllm", "serve", str(base))
    assert vllm[vllm.index("--chat-template") + 1] == str(adapter / "chat_template.jinja")
    assert vllm[vllm.index("--lora-modules") + 1] == f"tuned={adapter}"


def test_base_and_adapter_lie_together_in_one_folder_of_links(shelf: Shelf) -> None:
    base, adapter = put_tuned(shelf)
    together = Path(command(shelf.serve(), "transformers").argv[2])
    names = {"config.json", "model.safetensors", "adapter_config.json", "adapter_model.safetensors"}
    assert {one.name for one in together.iterdir()} == names | {
        "tokenizer.json",
        "tokenizer_config.json",
        "chat_template.jinja",
    }
    assert (together / "model.safetensors").resolve() == (base / "model.safetensors").resolve()
    assert (together / "tokenizer.json").read_text() == (adapter / "tokenizer.json").read_text()
    assert (together / "chat_template.jinja").read_text() == TEMPLATE


def test_links_stay_as_they_are_follow_a_moved_workspace_and_are_mended(shelf: Shelf, tmp_path: Path) -> None:
    base, _ = put_tuned(shelf)
    together = Path(command(shelf.serve(), "transformers").argv[2])
    before = together.stat().st_ino
    shelf.serve()
    assert together.stat().st_ino == before, "a server may be reading there"
    moved = shutil.copytree(shelf.ws.home, tmp_path / "elsewhere", symlinks=True)
    inside = moved / together.relative_to(shelf.ws.home)
    assert (inside / "model.safetensors").resolve().is_relative_to(moved)
    fill(base, generation_config__json="{}")
    shelf.serve()
    assert (together / "generation_config.json").is_file()


def test_a_base_gets_its_template_beside_it_and_stays_as_it_is(shelf: Shelf) -> None:
    base = fill_base(shelf.ws.models / "small")
    before = {one.name for one in base.iterdir()}
    shelf.put("small", "base", "models/small", style="router")
    found = shelf.serve("small")
    assert found.template == shelf.ws.models / "small.chat_template.jinja"
    assert found.template.read_text() == "base: " + TEMPLATE
    assert {one.name for one in base.iterdir()} == before
    assert command(found, "transformers").argv[2] == str(base)
    assert "--enable-lora" not in command(found, "vllm").argv


def test_a_base_with_a_template_for_tools_is_served_with_that_where_it_is_handed_tools(shelf: Shelf) -> None:
    base = fill_base(shelf.ws.models / "small")
    both = [{"name": "default", "template": "plain"}, {"name": "tool_use", "template": "with <tool_call>"}]
    fill(base, tokenizer_config__json=json.dumps({"chat_template": both}))
    shelf.put("native", "base", "models/small", style="conversation")
    shelf.put("routed", "base", "models/small", style="router")
    native = shelf.serve("native")
    assert native.template is not None
    assert native.template.read_text() == "with <tool_call>"
    assert "--enable-auto-tool-choice" in command(native, "vllm").argv
    routed = shelf.serve("routed")
    assert routed.template is not None
    assert (routed.template.read_text(), native.template.read_text()) == ("plain", "with <tool_call>")


def test_a_whole_trained_model_is_served_from_its_folder(shelf: Shelf) -> None:
    folder = fill_base(shelf.ws.runs / "2" / "model")
    shelf.put("whole", "full", "runs/2/model", "models/small", style="router")
    vllm = command(shelf.serve("whole"), "vllm").argv
    assert vllm[2] == str(folder)
    assert vllm[vllm.index("--served-model-name") + 1] == "whole"


def test_another_template_than_in_training_is_told(shelf: Shelf) -> None:
    _, adapter = put_tuned(shelf)
    fill(adapter, chat_template__jinja="another")
    assert shelf.serve().notes == ("The chat template of `tuned` is not the one it was trained with any more.",)


def test_an_adapter_that_vllm_refuses_is_told(shelf: Shelf) -> None:
    put_tuned(shelf, use_dora=True)
    assert shelf.serve().notes == (
        "vLLM cannot serve an adapter with weights split by DoRA; `transformers serve` can.",
    )


def test_the_largest_rank_of_any_layer_decides(shelf: Shelf) -> None:
    put_tuned(shelf, rank=8, rank_pattern={"q_proj": 48})
    vllm = command(shelf.serve(), "vllm").argv
    assert vllm[vllm.index("--max-lora-rank") + 1] == "64"


def test_a_model_of_a_host_says_where_it_answers(shelf: Shelf) -> None:
    shelf.put("hosted", "hosted", "ft:small:desk", "small", provider="nebius")
    shelf.put("answers", "hosted", "x", "x")
    found = shelf.serve("hosted")
    assert found.answers_at == "`hosted` answers already, at nebius, under the name `ft:small:desk`."
    assert (found.commands, found.template) == ((), None)
    with pytest.raises(StateError, match="Nobody knows here where `answers` answers"):
        shelf.serve("answers")


def test_a_model_that_is_gone_is_not_served(shelf: Shelf) -> None:
    base, _ = put_tuned(shelf)
    shutil.rmtree(base)
    with pytest.raises(StateError, match="needs its base"):
        shelf.serve()
