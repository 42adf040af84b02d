"""Which layers an adapter changes: all linear ones, by the names most models share or by their kind."""

from __future__ import annotations

from typing import Any

import pytest

from curation.finetune.adapters import TARGETS, make_adapter
from curation.finetune.knobs import TrainParameters

# Libraries warn each other; a worker is as deaf to it.
pytestmark = [pytest.mark.training, pytest.mark.xdist_group("torch"), pytest.mark.filterwarnings("ignore")]
SIZE = {"vocab_size": 32, "hidden_size": 16, "num_hidden_layers": 1, "num_attention_heads": 2}


def adapted_layers(config: Any) -> set[str]:
    from peft import get_peft_model
    from transformers import AutoModelForCausalLM

    model = AutoModelForCausalLM.from_config(config)
    tuned = get_peft_model(model, make_adapter(TrainParameters(), model))
    return {name.split(".lora_A")[0].rpartition(".")[2] for name, _ in tuned.named_parameters() if ".lora_A." in name}


def test_model_with_the_common_names_is_adapted_in_all_seven() -> None:
    from transformers import LlamaConfig

    assert adapted_layers(LlamaConfig(**SIZE, intermediate_size=32)) == set(TARGETS)


def test_model_with_names_of_its_own_is_adapted_in_all_its_linear_layers() -> None:
    from transformers import GPT2Config

    assert adapted_layers(GPT2Config(**SIZE)) == {"c_attn", "c_proj", "c_fc"}
