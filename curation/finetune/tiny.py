"""A random two-layer model with a byte-level tokenizer, made in code: it proves the loop, never quality."""

from __future__ import annotations

from pathlib import Path

import msgspec
import numpy as np

from curation.errors import MissingPackageError
from curation.finetune.folders import filled_at_once

LIMIT = 2048
WIDTH = 64
LAYERS = 2
SPREAD = 0.125
"""Keeps what flows through a layer at its size."""
HEAD_SPREAD = 0.4
"""A sharp output layer: an adapter cannot change it, and needs it to be sure of a token."""
CONFIG = {
    "architectures": ["LlamaForCausalLM"],
    "model_type": "llama",
    "hidden_size": WIDTH,
    "intermediate_size": 2 * WIDTH,
    "num_hidden_layers": LAYERS,
    "num_attention_heads": 4,
    "num_key_value_heads": 2,
    "head_dim": WIDTH // 4,
    "hidden_act": "silu",
    "max_position_embeddings": LIMIT,
    "rms_norm_eps": 1e-6,
    "bos_token_id": 1,
    "eos_token_id": 0,
    "pad_token_id": 0,
    "tie_word_embeddings": False,
    "dtype": "float32",
}
SPECIAL = ("<|end|>", "<|start|>")
CHAT_TEMPLATE = (
    "{% for message in messages %}{{ '<|start|>' + message['role'] + '\\n' + message['content'] + '<|end|>\\n' }}"
    "{% endfor %}{% if add_generation_prompt %}{{ '<|start|>assistant\\n' }}{% endif %}"
)


def tiny_model(folder: Path, seed: int = 0) -> Path:
    """Make the model folder; the same seed gives the same weights. An existing one is kept."""
    if (folder / "config.json").is_file():
        return folder
    with filled_at_once(folder) as half_made:
        vocabulary = _write_tokenizer(half_made)
        _write_weights(half_made, vocabulary, seed)
    return folder


def _write_tokenizer(folder: Path) -> int:
    """Every byte is a token, so any text can be written; returns the size of the vocabulary."""
    try:
        from tokenizers import AddedToken, Tokenizer, decoders, models, pre_tokenizers
    except ImportError as error:
        raise MissingPackageError("Making the tiny model needs the training packages.") from error
    alphabet = sorted(pre_tokenizers.ByteLevel.alphabet())
    vocabulary = {token: number for number, token in enumerate([*SPECIAL, *alphabet])}
    tokenizer = Tokenizer(models.BPE(vocab=vocabulary, merges=[]))
    tokenizer.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False, use_regex=False)
    tokenizer.decoder = decoders.ByteLevel()
    tokenizer.add_special_tokens([AddedToken(token, special=True) for token in SPECIAL])
    tokenizer.save(str(folder / "tokenizer.json"))
    config = {
        "tokenizer_class": "PreTrainedTokenizerFast",
        "eos_token": SPECIAL[0],
        "pad_token": SPECIAL[0],
        "bos_token": SPECIAL[1],
        "model_max_length": LIMIT,
        "clean_up_tokenization_spaces": False,
    }
    (folder / "tokenizer_config.json").write_bytes(msgspec.json.encode(config))
    (folder / "chat_template.jinja").write_text(CHAT_TEMPLATE, encoding="utf-8")
    return len(vocabulary)


def _write_weights(folder: Path, vocabulary: int, seed: int) -> None:
    try:
        from safetensors.numpy import save_file
    except ImportError as error:
        raise MissingPackageError("Making the tiny model needs the training packages.") from error
    config = CONFIG | {"vocab_size": vocabulary}
    (folder / "config.json").write_bytes(msgspec.json.encode(config))
    save_file(_random_weights(vocabulary, seed), folder / "model.safetensors", metadata={"format": "pt"})


def _random_weights(vocabulary: int, seed: int) -> dict[str, np.ndarray]:
    """A Llama's tensors by name: small random matrices, norms of one."""
    draw = np.random.default_rng(seed)
    matrices = {
        "self_attn.q_proj": (WIDTH, WIDTH),
        "self_attn.k_proj": (WIDTH // 2, WIDTH),
        "self_attn.v_proj": (WIDTH // 2, WIDTH),
        "self_attn.o_proj": (WIDTH, WIDTH),
        "mlp.gate_proj": (2 * WIDTH, WIDTH),
        "mlp.up_proj": (2 * WIDTH, WIDTH),
        "mlp.down_proj": (WIDTH, 2 * WIDTH),
    }
    shapes: dict[str, tuple[int, ...]] = {"model.embed_tokens.weight": (vocabulary, WIDTH)}
    norms = ["model.norm.weight"]
    for layer in range(LAYERS):
        shapes |= {f"model.layers.{layer}.{name}.weight": shape for name, shape in matrices.items()}
        norms += [f"model.layers.{layer}.{name}.weight" for name in ("input_layernorm", "post_attention_layernorm")]
    shapes["lm_head.weight"] = (vocabulary, WIDTH)
    spreads = {"lm_head.weight": HEAD_SPREAD, "model.embed_tokens.weight": 1.0}
    weights = {
        name: draw.normal(0, spreads.get(name, SPREAD), shape).astype(np.float32) for name, shape in shapes.items()
    }
    return weights | {name: np.ones(WIDTH, dtype=np.float32) for name in norms}
