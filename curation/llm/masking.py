"""Holds a model to a grammar: at each step, the tokens that cannot lead to an answer are taken out of the choice."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from curation.errors import UnreadableError
from curation.llm.closing import Closer
from curation.llm.grammar import require_llguidance


class Grammars:
    """The grammars of one tokenizer, each compiled once."""

    def __init__(self, tokenizer: Any, vocabulary: int, ends: Sequence[int]) -> None:
        """Prepare.

        Args:
            tokenizer: the model's.
            vocabulary: how many tokens the model chooses among, which can be more than the tokenizer has.
            ends: the tokens that end an answer.
        """
        require_llguidance()
        from llguidance import LLExecutor
        from llguidance.hf import from_tokenizer

        try:
            self._tokenizer = from_tokenizer(tokenizer, n_vocab=vocabulary, eos_token=list(ends))
        except ValueError as error:
            raise UnreadableError(
                f"The model's tokenizer cannot be held to a grammar: {error}.",
                hint="Choose a model with a `tokenizer.json`, or ask it without a grammar.",
            ) from error
        self._ends = frozenset(ends)
        self._executor = LLExecutor()
        self.vocabulary = vocabulary
        self._compiled: dict[str, Any] = {}
        self.closer = Closer(self._tokenizer)

    def start(self, texts: Sequence[str]) -> Mask:
        """A mask for a batch; a row with an empty grammar is left alone."""
        return Mask([self._begin(text) if text else None for text in texts], self._executor, self._ends)

    def _begin(self, text: str) -> Any:
        if text not in self._compiled:
            self._compiled[text] = self._compile(text)
        return self._compiled[text].deep_copy()

    def _compile(self, text: str) -> Any:
        from llguidance import LLMatcher

        matcher = LLMatcher(self._tokenizer, LLMatcher.grammar_from_lark(text), log_level=0)
        if matcher.is_error():
            raise UnreadableError(f"The grammar of an answer cannot be used: {matcher.get_error()}.")
        return matcher


class Mask:
    """What `generate` calls before it chooses the next token of every row of a batch."""

    def __init__(self, matchers: list[Any], executor: Any, ends: frozenset[int]) -> None:
        self.matchers = matchers
        self._executor = executor
        self._ends = ends
        self._open = [row for row, matcher in enumerate(matchers) if matcher is not None]
        self._has_begun = False

    def __call__(self, input_ids: Any, scores: Any) -> Any:
        """Take in what was chosen last, and leave of the scores only those of tokens that may follow."""
        if self._has_begun:
            self.take(input_ids[:, -1].tolist())
        self._has_begun = True
        return _leave(scores, self._refused(*scores.shape))

    def is_cut(self, row: int) -> bool:
        """Whether an answer under a grammar has no end yet; the token chosen last must have been taken in."""
        return row in self._open and not self.matchers[row].is_accepting()

    def is_whole(self, row: int) -> bool:
        """Whether what an answer under a grammar says so far may be all of it."""
        return self.matchers[row] is not None and bool(self.matchers[row].is_accepting())

    def take(self, tokens: Sequence[int]) -> None:
        """One token a row; a row that has ended is done with."""
        self._open = [row for row in self._open if self._goes_on(row, tokens[row])]

    def _goes_on(self, row: int, token: int) -> bool:
        return token not in self._ends and bool(self.matchers[row].consume_token(token))

    def _refused(self, rows: int, vocabulary: int) -> Any:
        import numpy as np
        from llguidance.numpy import allocate_token_bitmask, fill_next_token_bitmask_par

        bits = allocate_token_bitmask(rows, vocabulary)
        if self._open:
            fill_next_token_bitmask_par(self._executor, [(self.matchers[row], row) for row in self._open], bits)
        return np.unpackbits(~bits.view(np.uint8), axis=1, bitorder="little", count=vocabulary).view(np.bool_)


def _leave(scores: Any, refused: Any) -> Any:
    """The scores without those of refused tokens."""
    import numpy as np
    import torch

    if scores.device.type == "cpu" and scores.dtype == torch.float32:
        # In place, and without torch's threads: waking them takes longer than the work.
        np.copyto(scores.numpy(), -np.inf, where=refused)
        return scores
    return scores.masked_fill(torch.from_numpy(refused).to(scores.device), float("-inf"))
