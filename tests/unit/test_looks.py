"""Looks at validation rows: what is asked, how it is scored, and which checkpoint wins."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from curation.finetune.looks import BestSoFar, Look, look_steps, overall, read_questions, take_look
from curation.llm.contract import Progress, Prompt, Reply
from tests.worker.run_making import ASKS, router_row, write_rows

DEFINITION = {"type": "function", "function": {"name": "track_order", "parameters": {"type": "object"}}}


class ScriptedClient:
    """Gives the same answer to everything, and remembers what it was asked."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.asked: list[Prompt] = []

    def answer(
        self,
        prompts: Sequence[Prompt],
        max_new_tokens: int = 128,
        batch_size: int = 16,
        progress: Progress | None = None,
    ) -> list[Reply]:
        self.asked += prompts
        return [Reply(self.text) for _ in prompts]


def test_looks_are_spread_evenly_and_end_with_the_last_step():
    assert look_steps(90, 3) == {30, 60, 90}
    assert look_steps(2, 6) == {1, 2}
    assert look_steps(90, 0) == frozenset()


def test_router_answers_are_scored_against_the_rows(tmp_path: Path):
    write_rows(tmp_path / "validation.jsonl")
    questions = read_questions(tmp_path / "validation.jsonl", "router", 64).questions
    assert len(questions) == len(ASKS)
    client = ScriptedClient('{"tool": "track_order", "arguments": {}}')
    look = take_look(client, questions, 30)
    share = sum(tool == "track_order" for _, tool in ASKS) / len(ASKS)
    assert look.metrics == {"valid_call_rate": 1.0, "tool_name_accuracy": share, "argument_match": share}
    assert [turn.role for turn in client.asked[0].turns] == ["system", "user"]


def test_sample_depends_on_the_rows_and_not_on_their_order(tmp_path: Path):
    lines = [json.dumps(router_row(*ask)) for ask in ASKS]
    (tmp_path / "one.jsonl").write_text("\n".join(lines))
    (tmp_path / "two.jsonl").write_text("\n".join(reversed(lines)))
    one, two = (read_questions(tmp_path / name, "router", 3).questions for name in ("one.jsonl", "two.jsonl"))
    assert [question.gold for question in one] == [question.gold for question in two]
    assert len(one) == 3


CALL = {"id": "c1", "type": "function", "function": {"name": "track_order", "arguments": {}}}
TALK = [
    {"role": "user", "content": "Where is 7?"},
    {"role": "assistant", "tool_calls": [CALL]},
    {"role": "tool", "tool_call_id": "c1", "content": "sent"},
    {"role": "assistant", "content": "It was sent."},
]


def write_talk(path: Path, *talks: list[dict[str, Any]]) -> Path:
    path.write_text("\n".join(json.dumps({"messages": talk, "tools": json.dumps([DEFINITION])}) for talk in talks))
    return path


def test_conversation_is_asked_and_judged_at_each_of_its_decisions(tmp_path: Path):
    sampled = read_questions(write_talk(tmp_path / "validation.jsonl", TALK), "conversation", 64)
    calling, telling = sorted(sampled.questions, key=lambda one: len(one.gold.messages))
    assert [len(one.gold.messages) for one in (calling, telling)] == [2, 4]
    client = ScriptedClient("It was sent.")
    look = take_look(client, [calling, telling], 1)
    assert look.metrics["argument_match"] == 0.0
    assert look.metrics["tool_name_accuracy"] == 0.5, "nothing is to be called after the result"
    assert [[turn.role for turn in prompt.turns] for prompt in client.asked] == [
        ["user"],
        ["user", "assistant", "tool"],
    ]
    assert json.loads(client.asked[0].tools[0]) == DEFINITION


def test_recovery_whose_failed_call_is_not_learnt_is_asked_behind_it(tmp_path: Path):
    failed = [TALK[0], {**TALK[1], "weight": 0}, *TALK[2:]]
    (question,) = read_questions(write_talk(tmp_path / "validation.jsonl", failed), "conversation", 64).questions
    assert len(question.gold.messages) == 4


def test_decisions_that_cannot_be_asked_are_counted(tmp_path: Path):
    path = write_talk(tmp_path / "validation.jsonl", TALK, TALK)
    sampled = read_questions(path, "conversation", 64, lambda row: len(row.messages) < 3)
    assert (len(sampled.questions), sampled.n_unasked, sampled.n_decisions) == (2, 2, 4)
    few = read_questions(path, "conversation", 3)
    assert (len(few.questions), few.n_unasked) == (3, 0)


def test_a_false_call_counts_once_in_the_choice_of_a_checkpoint():
    few_rows_wrong = {"tool_name_accuracy": 0.9, "argument_match": 0.9, "false_call_rate": 0.5}
    much_less_learned = {"tool_name_accuracy": 0.8, "argument_match": 0.7, "false_call_rate": 0.0}
    assert overall(few_rows_wrong) > overall(much_less_learned)
    assert overall({"tool_name_accuracy": 0.8}) < overall({"tool_name_accuracy": 0.9})


def save(text: str, folder: Path) -> None:
    (folder / "adapter").write_text(text)


def test_best_look_keeps_its_adapter_and_survives_the_process(tmp_path: Path):
    best = BestSoFar(tmp_path / "best")
    for step, score in ((10, 0.5), (20, 0.9), (30, 0.7)):
        best.add(Look(step, score, {}), lambda folder, step=step: save(str(step), folder))
    again = BestSoFar(tmp_path / "best")
    assert again.best == Look(20, 0.9, {})
    assert (again.adapter_of(again.best) / "adapter").read_text() == "20"


def test_resumed_run_falls_back_to_the_adapter_of_the_look_it_still_has(tmp_path: Path):
    best = BestSoFar(tmp_path / "best")
    for step, score in ((10, 0.5), (20, 0.9)):
        best.add(Look(step, score, {}), lambda folder, step=step: save(str(step), folder))
    best.forget_after(15)
    assert best.best == Look(10, 0.5, {})
    assert (best.adapter_of(best.best) / "adapter").read_text() == "10"


def test_of_equal_looks_the_later_wins(tmp_path: Path):
    best = BestSoFar(tmp_path / "best")
    kept = [best.add(Look(step, 0.5, {}), lambda folder: save("x", folder)) for step in (10, 20)]
    assert kept == [True, True]
    assert best.best == Look(20, 0.5, {})


def test_unreadable_record_of_looks_starts_afresh(tmp_path: Path):
    (tmp_path / "looks.json").write_text("[{")
    assert BestSoFar(tmp_path / "best").looks == []


def test_no_rows_wanted_means_no_questions(tmp_path: Path):
    write_rows(tmp_path / "validation.jsonl")
    assert read_questions(tmp_path / "validation.jsonl", "router", 0).questions == ()
