"""What `callwright models serve` prints is what `transformers serve` takes, and it loads the tuned model by it."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from curation.finetune.adapters import make_adapter
from curation.finetune.spec import TrainParameters
from curation.finetune.tiny import tiny_model
from curation.services.people import local_actor
from curation.services.projects import create_project
from curation.services.serving import prepare_serving
from curation.services.workspace import open_workspace
from db.models import ModelRecord, save_model
from tests.ready_homes import make_ready

# Libraries warn each other; the first import of all of them takes long on a busy machine.
pytestmark = [
    pytest.mark.training,
    pytest.mark.xdist_group("torch"),
    pytest.mark.filterwarnings("ignore"),
    pytest.mark.timeout(240),
]


def save_tuned(base: Path, folder: Path) -> None:
    """An adapter that changes what the model says."""
    import torch
    from peft import get_peft_model
    from transformers import AutoModelForCausalLM, AutoTokenizer

    model = AutoModelForCausalLM.from_pretrained(base, dtype="float32")
    tuned = get_peft_model(model, make_adapter(TrainParameters(), model))
    for name, weights in tuned.named_parameters():
        if "lora_B" in name:
            torch.nn.init.normal_(weights, std=0.5, generator=torch.Generator().manual_seed(1))
    tuned.save_pretrained(folder)
    AutoTokenizer.from_pretrained(base).save_pretrained(folder)


def test_the_joined_folder_is_the_tuned_model(tmp_path: Path) -> None:
    import torch
    from peft import PeftModel
    from transformers import AutoModelForCausalLM
    from transformers.cli.serving.model_manager import ModelManager
    from transformers.cli.transformers import app

    home = make_ready(tmp_path / "it's a home")
    ws = open_workspace(home)
    project_id = create_project(ws, local_actor(ws), "Desk", nonce="project").id
    base, adapter = tiny_model(ws.models / "tiny"), ws.runs / "1" / "model"
    save_tuned(base, adapter)
    record = ModelRecord(
        id=ws.new_id(),
        project_id=project_id,
        name="tuned",
        base="models/tiny",
        kind="adapter",
        location="runs/1/model",
        created_at=ws.now(),
        details=json.dumps({"style": "router"}),
    )
    with ws.unit() as unit:
        save_model(unit.connection, record)
        unit.commit()
    command = next(one for one in prepare_serving(ws, project_id, "tuned").commands if one.engine == "transformers")
    ws.close()

    serve = app.commands["serve"]
    read = serve.make_context("serve", list(command.argv[2:]), resilient_parsing=False).params
    assert (read["force_model"], read["host"], read["port"]) == (command.model, "127.0.0.1", 8000)

    loaded = ModelManager(device="cpu", dtype="float32", force_model=command.model).loaded_models
    (served,) = loaded.values()
    plain = AutoModelForCausalLM.from_pretrained(base, dtype="float32").eval()
    tokens = torch.arange(12)[None]
    with torch.inference_mode():
        untuned = plain(tokens).logits
        expected = PeftModel.from_pretrained(plain, adapter).merge_and_unload()(tokens).logits
        assert torch.allclose(served.model.eval()(tokens).logits, expected, atol=1e-4)
    assert not torch.allclose(untuned, expected, atol=1e-2)
    assert served.processor.chat_template == (adapter / "chat_template.jinja").read_text()
