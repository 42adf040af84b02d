"""The arguments of every way to train, held against the installed libraries' own configuration classes."""

from __future__ import annotations

from pathlib import Path

import pytest

from curation.finetune.configs import make_config, make_pair_config
from curation.finetune.hardware import Hardware
from curation.finetune.knobs import PARAMETERS, TrainParameters, parse_parameters
from curation.finetune.layout import choose_layout
from curation.finetune.loading import quantize_to_four_bits, weight_arguments
from curation.finetune.recipes import get_recipe
from curation.finetune.rows import pair_ids
from curation.rendering import LossMask

# Reading the libraries takes most of it, and a minute on a crowded machine.
pytestmark = [
    pytest.mark.training,
    pytest.mark.timeout(200),
    pytest.mark.xdist_group("torch"),
    pytest.mark.filterwarnings("ignore"),
]
CPU = Hardware("cpu", has_bf16=False, threads=1)
GPU = Hardware("cuda", has_bf16=True, threads=1)
ROW = {"input_ids": [5, 6, 7, 8], "labels": [-100, -100, 7, 8]}


@pytest.mark.parametrize("name", ["schedule", "optimizer"])
def test_every_choice_is_one_of_the_library(name: str, tmp_path: Path):
    knob = next(one for one in PARAMETERS if one.name == name)
    for choice in knob.choices:
        config = make_config(parse_parameters({name: choice}), CPU, tmp_path, 5)
        assert choice in (config.lr_scheduler_type, config.optim)


def test_packed_rows_are_never_cut_and_padded_ones_have_no_limit(tmp_path: Path):
    parameters = TrainParameters(max_length=300)
    packed = make_config(parameters, CPU, tmp_path, 5, "packed")
    assert (packed.packing, packed.packing_strategy, packed.max_length) == (True, "bfd", 300)
    free = make_config(parameters, CPU, tmp_path, 5, "padding_free")
    assert (free.packing, free.padding_free, free.max_length) == (False, True, None)
    padded = make_config(parameters, CPU, tmp_path, 5)
    assert (padded.packing, padded.padding_free, padded.max_length) == (False, False, None)


def test_pairs_are_not_cut_either(tmp_path: Path):
    config = make_pair_config(TrainParameters(beta=0.3, accumulation=4), CPU, tmp_path, 5)
    assert (config.max_length, config.beta, config.gradient_accumulation_steps) == (None, 0.3, 4)


def test_nothing_is_recomputed_unless_asked_and_nothing_reported_anywhere(tmp_path: Path):
    for make in (make_config, make_pair_config):
        plain = make(TrainParameters(), CPU, tmp_path, 5)
        assert (plain.gradient_checkpointing, plain.report_to) == (False, [])
        assert make(TrainParameters(recompute=True), CPU, tmp_path, 5).gradient_checkpointing is True


def test_tracker_writes_into_the_run_folder_and_sends_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    for name in ("TRACKIO_DIR", "GRADIO_ANALYTICS_ENABLED", "MLFLOW_TRACKING_URI", "TENSORBOARD_LOGGING_DIR"):
        monkeypatch.setenv(name, "")
    config = make_config(parse_parameters({"report_to": "trackio"}), CPU, tmp_path / "checkpoints", 5)
    assert (config.report_to, config.trackio_space_id, config.trackio_static_space_id) == (["trackio"], None, False)
    import os

    assert os.environ["TRACKIO_DIR"] == str(tmp_path / "tracked")
    for tracker in ("mlflow", "tensorboard"):
        config = make_config(parse_parameters({"report_to": tracker}), CPU, tmp_path / "checkpoints", 5)
        assert config.report_to == [tracker]
    assert str(tmp_path / "tracked") in os.environ["MLFLOW_TRACKING_URI"]
    assert os.environ["TENSORBOARD_LOGGING_DIR"] == str(tmp_path / "tracked")


def test_four_bits_are_the_usual_ones():
    import torch

    config = quantize_to_four_bits(torch.bfloat16)
    assert (config.load_in_4bit, config.bnb_4bit_quant_type) == (True, "nf4")
    assert config.bnb_4bit_use_double_quant
    arguments = weight_arguments(GPU, "qlora")
    assert arguments["device_map"] == {"": 0}
    assert arguments["quantization_config"].bnb_4bit_compute_dtype is torch.bfloat16


def test_only_a_base_that_stays_as_it_is_is_held_in_short_numbers():
    import torch

    assert weight_arguments(GPU, "lora") == {"dtype": torch.bfloat16}
    assert weight_arguments(GPU, "full") == {"dtype": torch.float32}
    assert weight_arguments(CPU, "lora") == {"dtype": torch.float32}


class Deaf:
    """A model that gives every token a loss by all that stands before it, whatever the positions say."""

    dtype = None
    training = False

    def __init__(self) -> None:
        import torch

        self.dtype = torch.float32
        self.device = torch.device("cpu")

    def eval(self) -> None:
        """Does nothing."""

    def train(self, _mode: bool) -> None:
        """Does nothing."""

    def __call__(self, input_ids: object, **_rest: object) -> object:
        import types

        import torch

        sums = input_ids.cumsum(-1).float()  # type: ignore[attr-defined]
        return types.SimpleNamespace(logits=torch.stack([sums * n / 10 for n in range(10)], dim=-1))


def test_model_that_mixes_rows_is_not_given_packed_ones():
    from curation.errors import JobError

    for hardware in (CPU, GPU):
        assert choose_layout(TrainParameters(), hardware, Deaf(), [ROW, ROW]).kind == "padded"
        with pytest.raises(JobError, match="does not keep rows apart without padding, so `packed` would mix them"):
            choose_layout(TrainParameters(packing="packed"), hardware, Deaf(), [ROW, ROW])


def test_packing_is_for_gpus_unless_asked(tmp_path: Path):
    from transformers import LlamaConfig, LlamaForCausalLM

    size = {"vocab_size": 32, "hidden_size": 16, "num_hidden_layers": 1, "num_attention_heads": 2}
    model = LlamaForCausalLM(LlamaConfig(**size, intermediate_size=32))
    rows = [ROW, {"input_ids": [9, 8, 7], "labels": [-100, 8, 7]}]
    assert choose_layout(TrainParameters(), CPU, model, rows).kind == "padded"
    assert choose_layout(TrainParameters(), GPU, model, rows).kind == "packed"
    assert choose_layout(TrainParameters(packing="padding_free"), CPU, model, rows).kind == "padding_free"
    assert choose_layout(TrainParameters(learn_from="pairs", packing="packed"), GPU, model, rows).kind == "padded"


def mask(ids: list[int], trained: str) -> LossMask:
    return LossMask("", ids, [(0, 0)] * len(ids), [one == "x" for one in trained], ())


def test_pair_is_cut_where_its_answers_begin_and_end():
    chosen, rejected = mask([1, 2, 3, 4, 9], "..xx."), mask([1, 2, 5, 9], "..x.")
    assert pair_ids(chosen, rejected) == {"prompt_ids": [1, 2], "chosen_ids": [3, 4], "rejected_ids": [5]}


def test_pair_whose_answers_stand_behind_other_words_is_none():
    assert pair_ids(mask([1, 2, 3], "..x"), mask([1, 7, 3], "..x")) is None
    assert pair_ids(mask([1, 2, 3], "..x"), mask([1, 3], ".x")) is None
    assert pair_ids(mask([1, 2, 3, 4], ".x.x"), mask([1, 3], ".x")) is None
    assert pair_ids(mask([1, 2], ".."), mask([1, 3], ".x")) is None


def test_taught_arguments_are_translated_to_names_the_libraries_have():
    import dataclasses

    from peft import LoraConfig
    from transformers import GenerationConfig
    from trl import SFTConfig

    known = {field.name for kind in (SFTConfig, LoraConfig) for field in dataclasses.fields(kind)}
    known |= set(GenerationConfig().to_dict())
    translated = get_recipe("taught").translated
    for one in translated:
        today = one.today.partition("=")[0]
        assert today in known, one
    gone = [one for one in translated if one.taught.partition("=")[0] != one.today.partition("=")[0]]
    assert {one.taught.partition("=")[0] for one in gone} == {"max_seq_length", "warmup_ratio"}
    assert not {"max_seq_length", "warmup_ratio"} & {field.name for field in dataclasses.fields(SFTConfig)}


def test_taught_recipe_reaches_the_libraries_with_its_values(tmp_path: Path):
    config = make_config(parse_parameters(dict(get_recipe("taught").values)), CPU, tmp_path, 5)
    assert (config.per_device_train_batch_size, config.gradient_accumulation_steps) == (8, 2)
    assert (config.learning_rate, config.num_train_epochs, config.warmup_steps) == (2e-4, 3.0, 0.03)
    assert (config.lr_scheduler_type, config.gradient_checkpointing) == ("cosine", False)
