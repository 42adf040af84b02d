"""A model folder on this machine, answering greedily in batches."""

from __future__ import annotations

import copy
import time
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import msgspec

from curation.errors import MissingPackageError, UnreadableError
from curation.llm.answers import restore_thought
from curation.llm.contract import OUT_OF_TOKENS, Progress, Prompt, Reply, Turn, write_turn
from curation.llm.devices import best_device, best_dtype
from curation.llm.masking import Grammars, Mask
from curation.model.values import Json
from curation.rendering import REFUSALS

TURN_ENDS = ("<|im_end|>", "<|eot_id|>", "<end_of_turn>")
"""Tokens that end a turn in common templates; those a tokenizer does not hold as one token are ignored."""
SHORTEST_PREFIX = 16
"""Reusing fewer tokens than this is not worth a cache."""
SAFE: dict[str, Any] = {"local_files_only": True, "trust_remote_code": False}
"""Nothing is fetched, and no code that comes with a model is run."""
PLAIN: dict[str, Any] = {
    "do_sample": False,
    "num_beams": 1,
    "num_beam_groups": 1,
    "num_return_sequences": 1,
    "return_dict_in_generate": False,
    "constraints": None,
    "force_words_ids": None,
    "penalty_alpha": None,
    "dola_layers": None,
    "use_mtp": None,
    "prompt_lookup_num_tokens": None,
    "assistant_early_exit": None,
    "is_assistant": None,
    "repetition_penalty": 1.0,
    "encoder_repetition_penalty": 1.0,
    "no_repeat_ngram_size": 0,
    "encoder_no_repeat_ngram_size": 0,
    "min_length": 0,
    "min_new_tokens": None,
    "exponential_decay_length_penalty": None,
    "max_time": None,
    "stop_strings": None,
    "suppress_tokens": None,
    "begin_suppress_tokens": None,
    "bad_words_ids": None,
    "forced_bos_token_id": None,
    "forced_eos_token_id": None,
    "sequence_bias": None,
    "guidance_scale": None,
    "watermarking_config": None,
    "token_healing": False,
    "remove_invalid_values": False,
}
"""The likeliest token and nothing else. What a model brings of its own would count: a repetition penalty also bites
where nothing is sampled, and keeps it from copying the numbers and names of a request into a call."""


@dataclass(frozen=True)
class _Prefix:
    """The tokens all prompts begin with, and the attention state after them."""

    tokens: tuple[int, ...] = ()
    cache: Any = None


class LocalModel:
    """A causal language model with its tokenizer; `load` makes one."""

    def __init__(self, model: Any, tokenizer: Any) -> None:
        self._model = model
        self._tokenizer = tokenizer
        self._ends = _ending_tokens(model, tokenizer)
        self._pad = tokenizer.pad_token_id if tokenizer.pad_token_id is not None else self._ends[0]
        self._prefix = _Prefix()

    @classmethod
    def load(cls, folder: Path, adapter: Path | None = None, threads: int | None = None) -> LocalModel:
        """Read the model at `folder`, with the LoRA adapter merged in when one is given.

        A tokenizer saved beside the adapter wins: it carries the chat template the adapter was trained with.
        """
        _require_files(folder, "model", "config.json", "*.safetensors")
        if adapter is not None:
            _require_files(adapter, "adapter", "adapter_config.json", "adapter_model.safetensors")
        try:
            import torch
            from transformers import AutoTokenizer
        except ImportError as error:
            raise MissingPackageError("Answering with a local model needs torch and transformers.") from error
        if threads:
            torch.set_num_threads(threads)
        keeps_tokenizer = adapter is not None and (adapter / "tokenizer_config.json").is_file()
        tokenizer = AutoTokenizer.from_pretrained(adapter if keeps_tokenizer else folder, **SAFE)
        return cls(_load_weights(folder, adapter), tokenizer)

    def render(self, prompt: Prompt) -> str:
        """The exact text the model continues."""
        return self._write(prompt, is_open=True)

    @property
    def context(self) -> int:
        """The most tokens it takes in one go; 0: not known."""
        limit = getattr(self._model.config.get_text_config(), "max_position_embeddings", None)
        return limit if isinstance(limit, int) and limit > 0 else 0

    def count_answer(self, prompt: Prompt, answer: Turn) -> int:
        """Tokens it must write to give this answer, its end among them."""
        written = self._write_answer(prompt, answer)
        words = "\n".join([answer.content or "", *answer.calls]) if written is None else written.rstrip()
        return len(self._tokenizer(words, add_special_tokens=False)["input_ids"]) + (written is None)

    def _write_answer(self, prompt: Prompt, answer: Turn) -> str | None:
        """The answer as the template writes it; None where it does not write it behind this prompt.

        It may write earlier turns in another way once one follows, or refuse the answer: two calls at once, or an id.
        """
        opened = self.render(prompt)
        answered = msgspec.structs.replace(prompt, turns=(*prompt.turns, answer))
        try:
            closed = self._write(answered, is_open=False)
        except REFUSALS:
            return None
        return closed[len(opened) :] if closed.startswith(opened) else None

    def _write(self, prompt: Prompt, *, is_open: bool) -> str:
        """The turns as the template writes them, with the assistant's next one opened or not."""
        import json

        tools: list[Json] | None = [json.loads(tool) for tool in prompt.tools] or None
        turns = [write_turn(turn) for turn in prompt.turns]
        text = self._tokenizer.apply_chat_template(turns, tools=tools, add_generation_prompt=is_open, tokenize=False)
        return str(text)

    def answer(
        self,
        prompts: Sequence[Prompt],
        max_new_tokens: int = 128,
        batch_size: int = 16,
        progress: Progress | None = None,
    ) -> list[Reply]:
        """Answer every prompt, in order. Batches hold prompts of similar length; a shared beginning is read once."""
        import torch

        texts = [self.render(prompt) for prompt in prompts]
        rows = [self._tokenizer(text, add_special_tokens=False)["input_ids"] for text in texts]
        by_length = sorted(range(len(rows)), key=lambda i: len(rows[i]), reverse=True)
        replies: dict[int, Reply] = {}
        with torch.inference_mode():
            prefix = self._read_prefix(rows)
            for start in range(0, len(rows), max(1, batch_size)):
                chosen = by_length[start : start + max(1, batch_size)]
                mask = self._mask([prompts[i].grammar for i in chosen])
                answered = self._answer_batch([rows[i] for i in chosen], prefix, max_new_tokens, mask)
                replies.update(zip(chosen, answered, strict=True))
                if progress:
                    progress(len(replies), len(rows))
        return [restore_thought(text, replies[i]) for i, text in enumerate(texts)]

    @cached_property
    def _grammars(self) -> Grammars:
        return Grammars(self._tokenizer, self._model.config.get_text_config().vocab_size, self._ends)

    def _mask(self, grammars: list[str]) -> Mask | None:
        return self._grammars.start(grammars) if any(grammars) else None

    def _answer_batch(
        self, rows: list[list[int]], prefix: _Prefix, max_new_tokens: int, mask: Mask | None
    ) -> list[Reply]:
        import torch

        began = time.perf_counter()
        ids, seen = _pad_left(rows, len(prefix.tokens), self._pad)
        device = self._model.device
        given: dict[str, Any] = {}
        if prefix.cache is not None:
            given["past_key_values"] = copy.deepcopy(prefix.cache)
            given["past_key_values"].batch_repeat_interleave(len(rows))
        if mask is not None:
            given["logits_processor"] = [mask]
        out = self._model.generate(
            input_ids=torch.tensor(ids, device=device),
            attention_mask=torch.tensor(seen, device=device),
            max_new_tokens=self._room(len(ids[0]), max_new_tokens),
            **PLAIN,
            eos_token_id=list(self._ends),
            pad_token_id=self._pad,
            **given,
        )
        answers = out[:, len(ids[0]) :].tolist()
        closed = self._close(answers, mask) if mask is not None else {}
        latency_ms = (time.perf_counter() - began) * 1000 / len(rows)
        replies = [self._read_reply(new, latency_ms) for new in answers]
        return [_end(reply, closed.get(row), mask, row) for row, reply in enumerate(replies)]

    def _room(self, width: int, max_new_tokens: int) -> int:
        """What the context leaves for an answer; a prompt that is too long by itself is not helped by a short one."""
        left = self.context - width
        return min(max_new_tokens, left) if left > 0 else max_new_tokens

    def _close(self, answers: list[list[int]], mask: Mask) -> dict[int, str]:
        """Row → the whole answer, of those that have run out of tokens."""
        mask.take([answer[-1] for answer in answers])
        cut = [row for row in range(len(answers)) if mask.is_cut(row)]
        whole = {row: self._grammars.closer.close(mask.matchers[row], answers[row]) for row in cut}
        return {row: text for row, text in whole.items() if text is not None}

    def _read_reply(self, tokens: list[int], latency_ms: float) -> Reply:
        end = next((i for i, token in enumerate(tokens) if token in self._ends), None)
        text = self._tokenizer.decode(tokens[:end], skip_special_tokens=True)
        if end is None:
            return Reply(text=text, tokens=len(tokens), latency_ms=round(latency_ms, 3), finish=OUT_OF_TOKENS)
        return Reply(text=text, tokens=end + 1, latency_ms=round(latency_ms, 3))

    def _read_prefix(self, rows: list[list[int]]) -> _Prefix:
        """Run the tokens that all prompts share through the model once."""
        import torch

        tokens = _shared_beginning(rows)
        if _still_serves(self._prefix.tokens, tokens):
            return self._prefix
        if len(rows) < 2 or len(tokens) < SHORTEST_PREFIX or not _attends_fully(self._model.config):
            return _Prefix()
        from transformers import DynamicCache

        cache = DynamicCache(config=self._model.config)
        ids = torch.tensor([tokens], device=self._model.device)
        self._model(input_ids=ids, past_key_values=cache, use_cache=True, logits_to_keep=1)
        self._prefix = _Prefix(tuple(tokens), cache)
        return self._prefix


def _end(reply: Reply, closed: str | None, mask: Mask | None, row: int) -> Reply:
    """The reply as the grammar of its row ended it, where it had one."""
    if closed is not None:
        return msgspec.structs.replace(reply, text=closed, is_closed=True, finish="")
    is_whole = mask is not None and mask.is_whole(row)
    return msgspec.structs.replace(reply, finish="") if is_whole else reply


def _load_weights(folder: Path, adapter: Path | None) -> Any:
    """The model in the fastest number type; an adapter is merged at full width first, so nothing is rounded twice."""
    import torch
    from transformers import AutoModelForCausalLM

    device = best_device()
    dtype = best_dtype(device)
    wide = torch.float32 if adapter is not None and device == "cpu" else dtype
    model = AutoModelForCausalLM.from_pretrained(folder, dtype=wide, use_safetensors=True, **SAFE)
    if adapter is not None:
        model = _merge(model, adapter)
    return model.to(device=device, dtype=dtype).eval()


def _merge(model: Any, adapter: Path) -> Any:
    try:
        from peft import PeftModel
    except ImportError as error:
        raise MissingPackageError("Answering with an adapter needs peft.") from error
    return PeftModel.from_pretrained(model, adapter, use_safetensors=True, **SAFE).merge_and_unload()


def _require_files(folder: Path, what: str, *patterns: str) -> None:
    """Weights are taken as safetensors only: the older kinds are programs."""
    missing = next((pattern for pattern in patterns if not any(folder.glob(pattern))), None)
    if missing is not None:
        raise UnreadableError(
            f"There is no {what} at {folder}: the file `{missing}` is missing.", hint="Check the folder's path."
        )


def _ending_tokens(model: Any, tokenizer: Any) -> tuple[int, ...]:
    """Every token that ends an answer, the model's own first."""
    configured = getattr(model.generation_config, "eos_token_id", None)
    ends = [*(configured if isinstance(configured, list) else [configured]), tokenizer.eos_token_id]
    vocabulary = tokenizer.get_vocab()
    ends += [vocabulary.get(token) for token in TURN_ENDS]
    return tuple(dict.fromkeys(end for end in ends if end is not None))


def _shared_beginning(rows: list[list[int]]) -> list[int]:
    """The tokens all rows begin with; each row keeps at least one token of its own."""
    if not rows:
        return []
    first, last = min(rows), max(rows)
    most = min(len(row) for row in rows) - 1
    shared = next((i for i, (a, b) in enumerate(zip(first, last, strict=False)) if a != b), len(first))
    return first[: max(0, min(shared, most))]


def _still_serves(known: tuple[int, ...], tokens: list[int]) -> bool:
    """Whether what was read for earlier prompts is nearly all that these begin with."""
    is_long = len(known) >= SHORTEST_PREFIX and len(known) + SHORTEST_PREFIX >= len(tokens)
    return is_long and tuple(tokens[: len(known)]) == known


def _pad_left(rows: list[list[int]], shared: int, pad: int) -> tuple[list[list[int]], list[list[int]]]:
    """Token ids and attention mask of one width; the padding stands behind the shared beginning, ahead of the rest."""
    width = max(len(row) for row in rows)
    ids = [row[:shared] + [pad] * (width - len(row)) + row[shared:] for row in rows]
    mask = [[1] * shared + [0] * (width - len(row)) + [1] * (len(row) - shared) for row in rows]
    return ids, mask


def _attends_fully(config: Any) -> bool:
    """Whether every layer sees the whole text, so that padding behind a cached prefix changes nothing."""
    kinds = getattr(config, "layer_types", None)
    return set(kinds) == {"full_attention"} if kinds else not getattr(config, "sliding_window", None)
