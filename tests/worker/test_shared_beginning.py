"""Rows laid side by side behind their common beginning learn what they would learn apart."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from curation.finetune.base_models import tiny_model
from curation.finetune.shared_beginning import SharedBeginning, count_shared, lay_side_by_side, longest_alike
from tests.worker.run_making import losses, make_train_run, run_worker

pytestmark = pytest.mark.training

Row = dict[str, list[int]]
BEGINNING = list(range(5, 37))


def make_row(*own: int, trained: int = 2) -> Row:
    ids = BEGINNING + list(own)
    return {"input_ids": ids, "labels": [-100] * (len(ids) - trained) + ids[len(ids) - trained :]}


LONGEST = 100
ROWS = [make_row(40, 41, 42, 43), make_row(50, 51, 52, 53, 54, 55, trained=3), make_row(60, 61, 62)]


def keep(rows: list[Row]) -> dict[str, Any]:
    return {"plain": rows}


def load(folder: Path) -> Any:
    from transformers import AutoModelForCausalLM

    return AutoModelForCausalLM.from_pretrained(folder, local_files_only=True)


def padded(rows: list[Row]) -> dict[str, Any]:
    from trl.trainer.sft_trainer import DataCollatorForLanguageModeling

    collated: dict[str, Any] = DataCollatorForLanguageModeling(pad_token_id=0)(rows)
    return collated


def gradients(model: Any, batch: dict[str, Any]) -> list[Any]:
    import torch

    model.zero_grad()
    labels = batch.pop("labels")
    logits = model(**batch, use_cache=False).logits
    loss = torch.nn.functional.cross_entropy(
        logits[:, :-1].flatten(0, 1), labels[:, 1:].flatten(), ignore_index=-100, reduction="sum"
    )
    loss.backward()
    return [loss.detach(), *(p.grad.clone() for p in model.parameters())]


def test_gradients_are_those_of_the_padded_batch(tmp_path: Path):
    import torch

    model = load(tiny_model(tmp_path / "tiny", seed=3))
    apart = gradients(model, padded(ROWS))
    together = gradients(model, SharedBeginning(padded, LONGEST)(ROWS))
    for one, other in zip(apart, together, strict=True):
        torch.testing.assert_close(one, other, rtol=1e-3, atol=1e-5)
    assert longest_alike(model, ROWS) == len(ROWS[1]["input_ids"])


@pytest.mark.parametrize("looks_at", ["others", "all"])
def test_model_that_lets_rows_see_each_other_is_found_out(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, looks_at: str
):
    import torch

    model = load(tiny_model(tmp_path / "tiny", seed=3))
    forward = model.forward

    def read(attention_mask: Any = None, **given: Any) -> Any:
        if attention_mask is None:
            return forward(**given)
        mask = torch.ones_like(attention_mask)
        return forward(attention_mask=mask if looks_at == "all" else mask.tril(), **given)

    monkeypatch.setattr(model, "forward", read)
    assert longest_alike(model, ROWS) == 0


def test_model_that_adds_the_mask_to_its_scores_is_found_out(tmp_path: Path):
    from transformers import AutoModelForCausalLM

    base = tiny_model(tmp_path / "tiny", seed=3)
    model = AutoModelForCausalLM.from_pretrained(base, local_files_only=True, attn_implementation="eager")
    assert longest_alike(model, ROWS) == 0


def test_model_with_a_window_is_found_out_by_its_longest_rows(tmp_path: Path):
    from transformers import MistralConfig, MistralForCausalLM

    config = MistralConfig(
        vocab_size=100,
        hidden_size=16,
        intermediate_size=16,
        num_hidden_layers=2,
        num_attention_heads=2,
        num_key_value_heads=2,
        sliding_window=40,
        initializer_range=0.3,
    )
    model = MistralForCausalLM(config)
    short, long = [make_row(40, 41, 42), make_row(50, 51, 52)], [make_row(*range(60, 80)), make_row(*range(70, 90))]
    assert longest_alike(model, short) == len(short[0]["input_ids"])
    assert longest_alike(model, short + long) == 0


def test_beginning_ends_before_what_is_trained():
    assert count_shared(ROWS) == len(BEGINNING)
    same = [make_row(70, 71), make_row(70, 71)]
    assert count_shared(same) == len(BEGINNING) - 1
    batch = lay_side_by_side(same, count_shared(same))
    assert batch["labels"].tolist()[0].count(70) == 2


def test_rows_that_share_too_little_are_padded():
    rows = [{"input_ids": [n, 9, 9], "labels": [-100, 9, 9]} for n in (1, 2)]
    assert SharedBeginning(keep, LONGEST)(rows) == {"plain": rows}


def test_rows_whose_own_part_is_long_are_padded():
    rows = [make_row(*range(first, first + 200)) for first in (100, 400, 700, 1000)]
    assert SharedBeginning(keep, 1000)(rows) == {"plain": rows}


def test_row_longer_than_what_was_tried_is_padded():
    assert SharedBeginning(keep, len(ROWS[1]["input_ids"]) - 1)(ROWS) == {"plain": ROWS}


@pytest.mark.long
def test_run_says_that_it_shares_and_learns_the_same(tmp_path: Path):
    base = tiny_model(tmp_path / "tiny", seed=1)
    curves = []
    for share in (True, False):
        folder = make_train_run(tmp_path / f"run-{share}", base, max_steps=4, share_beginning=share)
        assert run_worker(folder).state == "succeeded"
        assert ("begin with is read once" in folder.events.read_text()) is share
        curves.append([loss for _, loss in losses(folder)])
    assert curves[0] == pytest.approx(curves[1], rel=1e-2)
