"""A host that knows what is right, and a desk that asks it: questions are told apart by all that was said before."""

from __future__ import annotations

import json
import random
from collections import Counter
from pathlib import Path
from typing import Any

import msgspec

from curation.finetune.run_folder import RunFolder
from curation.llm.budget import Price
from curation.model.example import Message
from curation.model.states import Split
from curation.services.evaluation_jobs import JOB_KIND
from curation.services.jobs import JobView
from curation.services.models import ModelView
from curation.services.questions import Question, read_questions, write_native
from curation.services.served_models import Behind, add_endpoint
from db import jobs
from tests.llm.fake_chat_host import Body, FakeChatHost, say
from tests.services.evaluating_desk import Desk

USAGE = {"prompt_tokens": 200, "completion_tokens": 30, "total_tokens": 230}
PRICE = Price(2.0, 10.0, "USD", "the host's page", "2026-11-01")


def add(desk: Desk, url: str, model: str = "m-1", *, is_native: bool = True, price: Price | None = PRICE) -> ModelView:
    behind = Behind(url, model, is_native=is_native, price=price)
    return add_endpoint(desk.ws, desk.actor, desk.project_id, behind, nonce=desk.ws.new_id())


def questions_of(desk: Desk, *, is_native: bool = True) -> tuple[Question, ...]:
    style = "conversation" if is_native else "router"
    return read_questions(desk.ws, desk.dataset.id, Split.TEST, style, every_turn=is_native)


def name_talk(messages: list[dict[str, Any]]) -> str:
    """All that was said, by whom."""
    return json.dumps([[one["role"], one.get("content"), bool(one.get("tool_calls"))] for one in messages])


class Knowing:
    """Says what is right; as native calls, or in the router's words."""

    def __init__(self, desk: Desk, *, is_native: bool = True) -> None:
        self.right: dict[str, Body] = {}
        for question in questions_of(desk, is_native=is_native):
            if is_native:
                talk = json.loads(write_native(question))["messages"]
                self.right[name_talk(talk)] = say_natively(question.gold.messages[-1])
            else:
                talk = json.loads(question.row)["messages"]
                self.right[name_talk(talk[:-1])] = say(talk[-1]["content"], usage=USAGE)

    def __call__(self, body: Body) -> Body:
        return self.right[name_talk(body["messages"])]


def say_natively(message: Message) -> Body:
    """A completion that makes the calls of a message, or says its words."""
    told = say(message.content if isinstance(message.content, str) else None, usage=USAGE)
    if message.calls:
        told["choices"][0]["message"]["tool_calls"] = [
            {
                "id": f"given_{n}",
                "type": "function",
                "function": {"name": call.name, "arguments": call.arguments.text},  # type: ignore[union-attr]
            }
            for n, call in enumerate(message.calls)
        ]
    return told


def stormy(knowing: Any, faults: tuple[str, ...], share: float = 0.3, key: str = "") -> FakeChatHost:
    """A host of which a share of all requests goes wrong, the same ones each time."""
    seen: Counter[str] = Counter()

    def choose(body: Body) -> str:
        talk = name_talk(body["messages"])
        seen[talk] += 1
        draw = random.Random(f"{talk} {seen[talk]}")
        return draw.choice(faults) if draw.random() < share else ""

    return FakeChatHost(knowing, choose=choose, key=key, retry_after="0.1")


def refuse_unanswered(body: Body) -> str:
    """What OpenAI's API says against calls whose results do not follow them, and against results of no such call."""
    owed: list[str] = []
    for one in body["messages"]:
        if one["role"] == "tool":
            if one.get("tool_call_id") not in owed:
                return "messages with role 'tool' must be a response to a preceeding message with 'tool_calls'."
            owed.remove(one["tool_call_id"])
        elif owed:
            break
        else:
            owed = [call["id"] for call in one.get("tool_calls") or ()]
    if not owed:
        return ""
    return (
        "An assistant message with 'tool_calls' must be followed by tool messages responding to each 'tool_call_id'. "
        f"The following tool_call_ids did not have response messages: {', '.join(owed)}"
    )


def prepare(desk: Desk, job: JobView, launch_id: str = "", **more: Any) -> RunFolder:
    """The run folder of a job as its worker finds it; `more` goes into the spec's `remote`."""
    with desk.ws.reading() as connection:
        record = jobs.find_job(connection, job.id)
    assert record is not None
    folder = RunFolder(Path(desk.ws.home / (record.run_dir or "")))
    spec = JOB_KIND.prepare(desk.ws, record, folder.path)
    spec["remote"] = {**spec["remote"], **more}
    folder.write_spec({**spec, "launch_id": launch_id or f"{job.id}-1", "nice": 0})
    folder.lock.unlink(missing_ok=True)
    return folder


def read_lines(path: Path) -> list[dict[str, Any]]:
    return [msgspec.json.decode(line) for line in path.read_bytes().splitlines()]
