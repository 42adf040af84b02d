"""Every metric holds against the models whose figures are known beforehand."""

import json

import pytest

from curation.llm import Prompt, Turn
from curation.llm.scripted import ScriptedClient, always_caller, babbler, oracle, silent
from curation.metrics.contract import Metric
from curation.metrics.report import Report
from curation.metrics.score import METRICS, score_answers
from curation.model.definition import Tool
from curation.model.example import Example
from tests.unit.metric_rows import router_gold, text

CALLS = [
    {"tool": "track_order", "arguments": {"order_id": "A1001"}},
    {"tool": "track_order", "arguments": {"order_id": "A1002", "verbose": True}},
    {"tool": "request_refund", "arguments": {"order_id": "A1003", "amount": 5, "reason": "late"}},
    {"tool": "ping", "arguments": {}},
]
SILENCES = [
    {"tool": "no_tool", "reason": "small_talk", "message": "Hello."},
    {"tool": "no_tool", "reason": "missing_information", "message": "Which order?"},
]


FAILED = (
    {"tool": "track_order", "arguments": {"order_id": "1001"}},
    {"tool": "track_order", "error": "Unknown order."},
)


def make_rows() -> tuple[list[str], list[Example]]:
    golds = [router_gold(one, group=f"g{i}") for i, one in enumerate((*CALLS, *SILENCES))]
    golds.append(router_gold(CALLS[0], before=FAILED, label={"recovery": "corrected_argument"}, group="recovery"))
    golds.append(router_gold(CALLS[1], tags=["untrusted_instructions"], group="injected"))
    return [json.dumps(one) for one in (*CALLS, *SILENCES, CALLS[0], CALLS[1])], golds


ANSWERS, GOLDS = make_rows()
MOCKED = {
    name: Tool(next(one for one in GOLDS[0].tools if one.view.name == name), result_schema='{"type": "object"}')
    for name in ("track_order", "request_refund", "ping")
    if isinstance(GOLDS[0].tools, tuple)
}
PROMPTS = [Prompt((Turn("user", "Please help."),)) for _ in GOLDS]


def run(client: ScriptedClient) -> Report:
    answers = [text(reply.text) for reply in client.answer(PROMPTS)]
    return score_answers(GOLDS, answers, router=True, tools=MOCKED)


@pytest.mark.parametrize("metric", METRICS, ids=lambda metric: metric.name)
def test_oracle_reaches_the_best_value(metric: Metric) -> None:
    rate = run(oracle(ANSWERS)).overall.metrics[metric.name]
    assert rate.n > 0
    if not metric.comparison_only:
        assert rate.value == (1.0 if metric.higher_is_better else 0.0)


@pytest.mark.parametrize("metric", METRICS, ids=lambda metric: metric.name)
def test_rate_lies_inside_its_interval_for_every_model(metric: Metric) -> None:
    for client in (oracle(ANSWERS), always_caller("ping", {}), silent(), babbler()):
        rate = run(client).overall.metrics[metric.name]
        if rate.value is None:
            assert (rate.n, rate.low, rate.high) == (0, None, None)
        else:
            assert rate.low is not None
            assert rate.high is not None
            assert 0 <= rate.low <= rate.value <= rate.high <= 1


def test_names_are_unique_and_titles_are_there() -> None:
    assert len({metric.name for metric in METRICS}) == len(METRICS)
    assert all(metric.title for metric in METRICS)


def test_always_caller_makes_only_false_calls() -> None:
    metrics = run(always_caller("ping", {})).overall.metrics
    assert metrics["false_call_rate"].value == 1
    assert metrics["missed_call_rate"].value == 0
    assert metrics["valid_call_rate"].value == 1


def test_silent_model_misses_every_call() -> None:
    metrics = run(silent()).overall.metrics
    assert metrics["missed_call_rate"].value == 1
    assert metrics["false_call_rate"].value == 0
    assert metrics["argument_match"].value == 0


def test_babbler_is_neither_safe_nor_silent() -> None:
    metrics = run(babbler()).overall.metrics
    assert metrics["valid_call_rate"].value == 0
    assert metrics["invalid_on_no_tool"].value == 1
    assert metrics["missed_call_rate"].value == 0
    assert metrics["false_call_rate"].value == 0
