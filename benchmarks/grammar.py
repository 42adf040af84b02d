"""What a grammar costs: writing it once a set of tools, and the mask of every step.

Run with `python benchmarks/grammar.py`; needs the training packages and the small base model, of which only the
tokenizer is used: 49,152 tokens. Twenty rows of the shop's tools stand side by side, each at its own place in an
answer, as in a batch; the clock runs over the mask of one step, with the tokens before taken in. The median over
rounds, each the whole way through the answers. CPU time of all threads.
"""

from __future__ import annotations

import os
import statistics
import sys
import tempfile
import time
from pathlib import Path

os.environ |= {"HF_HUB_OFFLINE": "1", "TRANSFORMERS_OFFLINE": "1"}

import torch
from shared.figures import report, report_median

from curation.finetune.base_models import ensure_small_model
from curation.finetune.loading import load_tokenizer
from curation.llm.grammar import write_grammar
from curation.llm.masking import Grammars
from curation.synthesizers.shop import demo_tools

ROWS, ROUNDS = 20, 3
MASK_GATE_MS, SINGLE_GATE_MS, WRITE_GATE_S = 5.0, 1.0, 1.0
ANSWERS = (
    '{"tool": "no_tool", "reason": "missing_information", "message": "Which order do you mean? It is in the mail."}',
    '{"tool":"no_tool","reason":"small_talk","message":"You are welcome, and thank you for asking us first."}',
)
"""Free text is what costs most: nearly every token may follow."""


def measure_steps(grammars: Grammars, grammar: str, answers: list[list[int]]) -> list[float]:
    """Milliseconds of every step until the shortest answer has ended."""
    vocabulary = grammars.vocabulary
    mask, spans = grammars.start([grammar] * len(answers)), []
    told = torch.zeros((len(answers), 1), dtype=torch.long)
    for place in range(min(len(answer) for answer in answers)):
        scores = torch.zeros((len(answers), vocabulary))
        began = time.process_time()
        mask(told, scores)
        spans.append((time.process_time() - began) * 1000)
        told = torch.tensor([[answer[place]] for answer in answers])
    return spans


def main() -> int:
    tools = tuple(tool.definition for tool in demo_tools())
    with tempfile.TemporaryDirectory() as name:
        tokenizer = load_tokenizer(ensure_small_model(Path(name)))
    began = time.process_time()
    grammar = write_grammar(tools)
    written_s = time.process_time() - began
    began = time.process_time()
    grammars = Grammars(tokenizer, len(tokenizer), [tokenizer.eos_token_id])
    grammars.start([grammar.text])
    compiled_s = time.process_time() - began
    answers = [tokenizer(ANSWERS[row % len(ANSWERS)])["input_ids"] for row in range(ROWS)]
    together = [statistics.median(measure_steps(grammars, grammar.text, answers)) for _ in range(ROUNDS)]
    alone = [statistics.median(measure_steps(grammars, grammar.text, answers[:1])) for _ in range(ROUNDS)]
    print(f"{len(tools)} tools, {len(grammar.loosened)} of them loosened, {len(tokenizer):,} tokens")
    holds = [
        report("writing the grammar, once", WRITE_GATE_S, written_s, [written_s], " s"),
        report("tokenizer and grammar, once", 3 * WRITE_GATE_S, compiled_s, [compiled_s], " s"),
        report_median(f"mask of a step, {ROWS} rows", MASK_GATE_MS, together, " ms"),
        report_median("mask of a step, 1 row", SINGLE_GATE_MS, alone, " ms"),
    ]
    return 0 if all(holds) else 1


if __name__ == "__main__":
    sys.exit(main())
