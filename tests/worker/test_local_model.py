"""The local model: batches, a shared beginning read once, where an answer ends, and folders that are none."""

from __future__ import annotations

import copy
import json
import shutil
from pathlib import Path

import pytest

from curation.errors import UnreadableError
from curation.finetune.tiny import tiny_model
from curation.llm import Prompt, Turn
from curation.llm.local import PLAIN, LocalModel

# In one process with the others that load torch themselves.
pytestmark = [pytest.mark.training, pytest.mark.xdist_group("torch")]

SYSTEM = "You choose a tool or none, and answer with one JSON object."
PROMPTS = [Prompt((Turn("system", SYSTEM), Turn("user", "Where is my order? " * n))) for n in (1, 4, 2, 7, 3)]


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tiny_model(tmp_path_factory.mktemp("models") / "tiny")


@pytest.fixture(scope="module")
def exact(folder: Path) -> LocalModel:
    """The model in float32, where batching and caching change no digit that matters."""
    from transformers import AutoModelForCausalLM, AutoTokenizer

    model = AutoModelForCausalLM.from_pretrained(folder, dtype="float32")
    return LocalModel(model.eval(), AutoTokenizer.from_pretrained(folder))


def test_batches_with_a_shared_beginning_answer_as_single_prompts_do(exact: LocalModel) -> None:
    alone = [exact.answer([prompt], max_new_tokens=12)[0].text for prompt in PROMPTS]
    together = [reply.text for reply in exact.answer(PROMPTS, max_new_tokens=12, batch_size=2)]
    assert together == alone
    assert len(set(alone)) > 1


def test_equal_and_unlike_prompts_are_answered(exact: LocalModel) -> None:
    equal = exact.answer([PROMPTS[0]] * 3, max_new_tokens=6)
    assert len({reply.text for reply in equal}) == 1
    unlike = [Prompt((Turn("user", "Hi"),)), Prompt((Turn("system", "x" * 40), Turn("user", "Yes")))]
    assert [r.text for r in exact.answer(unlike, max_new_tokens=6)] == [
        exact.answer([one], max_new_tokens=6)[0].text for one in unlike
    ]


def test_the_likeliest_token_is_taken_whatever_a_model_brings(folder: Path, tmp_path: Path) -> None:
    """Some come with a penalty on what was said before, which is what a call repeats."""
    headstrong = shutil.copytree(folder, tmp_path / "headstrong")
    wishes = {"repetition_penalty": 9.0, "no_repeat_ngram_size": 1, "do_sample": True, "min_new_tokens": 11}
    (headstrong / "generation_config.json").write_text(json.dumps(wishes))
    plain, other = (LocalModel.load(one).answer(PROMPTS, max_new_tokens=12) for one in (folder, headstrong))
    assert [reply.text for reply in other] == [reply.text for reply in plain]


@pytest.mark.parametrize(
    "wish",
    [
        {"exponential_decay_length_penalty": [1, 9.0]},
        {"watermarking_config": {"bias": 40.0}},
        {"stop_strings": ["e", "a", "o"]},
        {"max_time": 1e-9},
        {"encoder_repetition_penalty": 9.0},
        {"encoder_no_repeat_ngram_size": 1},
        {"return_dict_in_generate": True},
        {"prompt_lookup_num_tokens": 3},
        {"token_healing": True},
    ],
    ids=lambda wish: next(iter(wish)),
)
def test_nothing_that_a_folder_asks_for_steers_an_answer(folder: Path, tmp_path: Path, wish: dict[str, object]) -> None:
    wishful = shutil.copytree(folder, tmp_path / "wishful")
    (wishful / "generation_config.json").write_text(json.dumps(wish))
    plain, other = (LocalModel.load(one).answer(PROMPTS[:2], max_new_tokens=12) for one in (folder, wishful))
    assert [(reply.text, reply.tokens) for reply in other] == [(reply.text, reply.tokens) for reply in plain]


def test_every_setting_of_the_library_is_decided_here_or_known_to_steer_no_greedy_answer() -> None:
    """A library that learns another one fails here, before a model's folder makes use of it."""
    from transformers import GenerationConfig

    of_sampling = {"temperature", "top_k", "top_p", "min_p", "top_h", "typical_p", "epsilon_cutoff", "eta_cutoff"}
    of_beams = {"early_stopping", "length_penalty", "diversity_penalty", "low_memory", "renormalize_logits"}
    of_helpers = {
        "num_assistant_tokens",
        "num_assistant_tokens_schedule",
        "assistant_confidence_threshold",
        "assistant_lookbehind",
        "assistant_ensemble_weight",
        "target_lookbehind",
        "max_matching_ngram_size",
        "speculation_type",
    }
    of_speed = {
        "use_cache",
        "cache_implementation",
        "cache_config",
        "max_cache_len",
        "prefill_chunk_size",
        "compile_config",
        "disable_compile",
        "continuous_batching_config",
    }
    of_output = {"output_attentions", "output_hidden_states", "output_scores", "output_logits"}
    given_or_replaced = {"max_length", "max_new_tokens", "eos_token_id", "pad_token_id"}
    of_encoders = {"bos_token_id", "decoder_start_token_id"}
    steers_nothing = of_sampling | of_beams | of_helpers | of_speed | of_output | given_or_replaced | of_encoders
    settings = {name for name in vars(GenerationConfig()) if not name.startswith("_")} - {"transformers_version"}
    assert settings - set(PLAIN) == steers_nothing
    assert set(PLAIN) <= settings


def test_replies_count_tokens_and_time_and_progress_is_told(exact: LocalModel) -> None:
    told: list[tuple[int, int]] = []
    replies = exact.answer(PROMPTS, max_new_tokens=5, batch_size=2, progress=lambda done, of: told.append((done, of)))
    assert all(0 < reply.tokens <= 5 and reply.latency_ms > 0 for reply in replies)
    assert told == [(2, 5), (4, 5), (5, 5)]
    assert exact.answer([]) == []


def test_an_answer_ends_at_the_end_of_its_turn(exact: LocalModel) -> None:
    end = exact._ends[0]
    reply = exact._read_reply([40, 41, end, 42], 1.0)
    assert reply.tokens == 3
    assert len(reply.text) == 2
    assert not reply.is_cut
    assert exact._read_reply([40, 41], 1.0).is_cut


def test_tokens_of_a_right_answer_are_those_the_model_writes_for_it(exact: LocalModel) -> None:
    assert exact.count_answer(PROMPTS[0], Turn("assistant", "It is sent.")) == len("It is sent.") + 1


def test_template_that_rewrites_what_was_asked_has_the_answers_own_text_counted(exact: LocalModel) -> None:
    class Tokenizer:
        pad_token_id = eos_token_id = 0

        def get_vocab(self) -> dict[str, int]:
            return {}

        def apply_chat_template(self, turns: list[object], **_: object) -> str:
            return str(len(turns))

        def __call__(self, text: str, **_: object) -> dict[str, list[int]]:
            return {"input_ids": list(text.encode())}

    model = LocalModel(exact._model, Tokenizer())
    assert model.count_answer(PROMPTS[0], Turn("assistant", "Sent", calls=('{"a":1}',))) == len('Sent\n{"a":1}') + 1


def test_template_that_refuses_the_answer_has_its_own_text_counted(exact: LocalModel) -> None:
    tokenizer = copy.deepcopy(exact._tokenizer)
    refusal = "{% if m.tool_calls and m.tool_calls | length > 1 %}{{ raise_exception('One call at once.') }}{% endif %}"
    tokenizer.chat_template = f"{{% for m in messages %}}{refusal}{{{{ m.content }}}}{{% endfor %}}"
    calls = ('{"a":1}', '{"b":2}')
    words = "\n".join(("Sent", *calls))
    model = LocalModel(exact._model, tokenizer)
    assert model.count_answer(PROMPTS[0], Turn("assistant", "Sent", calls=calls)) == len(words) + 1


def test_thought_that_the_template_opens_is_told_with_its_tag_where_it_is_cut(exact: LocalModel) -> None:
    tokenizer = copy.deepcopy(exact._tokenizer)
    tokenizer.chat_template = "{% for m in messages %}{{ m.content }}{% endfor %}<think>\n"
    (reply,) = LocalModel(exact._model, tokenizer).answer(PROMPTS[:1], max_new_tokens=3)
    assert reply.is_cut
    assert reply.text.startswith("<think>")


def test_answer_ends_with_the_context(exact: LocalModel) -> None:
    head = (
        len(
            exact.render(
                Prompt((Turn("user", ""),)),
            )
        )
        - len("<|start|><|end|><|start|>")
        + 3
    )
    prompt = Prompt((Turn("user", "x" * (exact.context - head - 5)),))
    (reply,) = exact.answer([prompt], max_new_tokens=40)
    assert (reply.tokens, reply.is_cut) == (5, True)


def test_loading_takes_the_fastest_numbers_and_the_rendered_prompt_ends_open(folder: Path) -> None:
    model = LocalModel.load(folder, threads=1)
    assert model.render(PROMPTS[0]).endswith("assistant\n")
    assert SYSTEM in model.render(PROMPTS[0])
    assert model.answer(PROMPTS[:2], max_new_tokens=3)


def test_folder_without_a_model_is_named(tmp_path: Path, folder: Path) -> None:
    with pytest.raises(UnreadableError, match=r"no model at .*config\.json"):
        LocalModel.load(tmp_path / "nowhere")
    with pytest.raises(UnreadableError, match=r"no adapter at .*adapter_config\.json"):
        LocalModel.load(folder, adapter=tmp_path)


def test_weights_that_are_programs_are_never_opened(tmp_path: Path, folder: Path) -> None:
    import torch

    marker = tmp_path / "was-run"

    class Program:
        def __reduce__(self) -> tuple[object, tuple[str, ...]]:
            return (type(marker).touch, (marker,))  # type: ignore[return-value]

    pickled, adapter = tmp_path / "pickled", tmp_path / "adapter"
    shutil.copytree(folder, pickled)
    (pickled / "model.safetensors").unlink()
    adapter.mkdir()
    (adapter / "adapter_config.json").write_text("{}")
    for path in (pickled / "pytorch_model.bin", adapter / "adapter_model.bin"):
        torch.save({"weight": Program()}, path)
    with pytest.raises(UnreadableError, match=r"no model at .*\.safetensors"):
        LocalModel.load(pickled)
    with pytest.raises(UnreadableError, match=r"no adapter at .*adapter_model\.safetensors"):
        LocalModel.load(folder, adapter)
    assert not marker.exists()


def test_tools_reach_the_template_as_objects(exact: LocalModel) -> None:
    class Tokenizer:
        pad_token_id = eos_token_id = 0

        def get_vocab(self) -> dict[str, int]:
            return {}

        def apply_chat_template(self, turns: object, *, tools: object, **_: object) -> str:
            return json.dumps(tools)

    model = LocalModel(exact._model, Tokenizer())
    assert model.render(Prompt((Turn("user", "Hi"),), ('{"name": "ping"}',))) == '[{"name": "ping"}]'
    assert model.render(Prompt((Turn("user", "Hi"),))) == "null"
