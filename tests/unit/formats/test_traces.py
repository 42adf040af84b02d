"""Logs of requests and answers become conversations; credentials in them are left behind."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from curation.formats import detect_format
from curation.formats.traces import FORMAT
from curation.model.envelope import encode
from curation.model.reading import Reading
from curation.model.values import Arguments

ROWS = (Path(__file__).parents[2] / "data/formats/traces/rows.jsonl").read_bytes().splitlines()
NAMES = ["first", "grown", "session", "functions", "body", "stream", "items"]
ASKED = [{"role": "user", "content": "Rain?"}]


def read(row: bytes | dict[str, Any]) -> Reading:
    reading = FORMAT.read(row if isinstance(row, bytes) else json.dumps(row).encode())
    assert isinstance(reading, Reading)
    return reading


def roles(reading: Reading) -> list[Any]:
    return [message.role for message in reading.example.messages]


@pytest.mark.parametrize("raw", ROWS, ids=NAMES)
def test_every_kind_of_log_is_recognised_and_ends_with_the_answer(raw: bytes) -> None:
    assert detect_format([raw]) is FORMAT
    reading = read(raw)
    assert roles(reading)[:2] == ["system", "user"]
    assert roles(reading)[-1] == "assistant"


def test_answer_follows_the_turns_of_the_request() -> None:
    example = read(ROWS[0]).example
    calls = example.messages[2].calls
    assert calls
    assert calls[0].arguments == Arguments('{"city": "Ulm"}')
    assert isinstance(example.tools, tuple)
    assert example.tools[0].view.name == "get_weather"


def test_the_rest_of_the_log_stays_under_its_keys() -> None:
    extra = read(ROWS[0]).example.extra
    assert json.loads(extra["request"]) == {"model": "m", "headers": {"user-agent": "curl"}}
    assert json.loads(extra["response"])["choices"] == [{"index": 0, "finish_reason": "tool_calls"}]
    assert extra["parallel_tool_calls"] == "false"
    assert extra["id"] == '"t1"'


def test_credentials_are_found_and_left_behind() -> None:
    reading = read(ROWS[0])
    assert [(one.code, one.at) for one in reading.findings] == [
        ("S01", "/request/headers/authorization"),
        ("S01", "/request/headers/x-api-key"),
    ]
    assert b"not-a-real-one" not in encode(reading.example)
    assert "not-a-real-one" not in " ".join(finding.message for finding in reading.findings)


@pytest.mark.parametrize(
    "kept",
    [
        {"headers": [["Authorization", "Basic c2VjcmV0"]]},
        {"headers": [{"name": "api-key", "value": "c2VjcmV0"}]},
        {"headers": {"Cookie": ["c2VjcmV0"]}},
        {"config": {"api_key": "c2VjcmV0"}},
        {"config": {"token": "c2VjcmV0" * 4}},
        {"note": "sk-" + "c2VjcmV0" * 4},
        {"url": "https://example.org/v1?api-key=c2VjcmV0"},
        {"list": ["Bearer c2VjcmV0"]},
        {"headers": "Authorization: Bearer c2VjcmV0"},
        {"headers": "Accept: */*\r\nSet-Cookie: sid=c2VjcmV0; Path=/"},
        {"rawHeaders": ["Accept", "*/*", "Authorization", "c2VjcmV0"]},
        {"proxyAuthorization": "c2VjcmV0"},
        {"xApiKey": "c2VjcmV0"},
        {"HTTP_AUTHORIZATION": "c2VjcmV0"},
        {"cookies": {"sid": "c2VjcmV0"}},
        {"cookies": [{"name": "sid", "value": "c2VjcmV0"}]},
        {"attributes": [{"key": "http.header.authorization", "value": {"stringValue": "c2VjcmV0"}}]},
        {"url": "https://u:c2VjcmV0@host"},
        {"body": "user=ada&password=c2VjcmV0"},
        {"body": '{"user": "ada", "password": "c2VjcmV0"}'},
        {"command": "curl -H 'X-Api-Key: c2VjcmV0' https://example.org"},
    ],
)
def test_credential_is_left_behind_wherever_it_stands(kept: dict[str, Any]) -> None:
    reading = read({"request": {"messages": ASKED, **kept}, "response": {"message": ASKED[0]}, "meta": kept})
    assert b"c2VjcmV0" not in encode(reading.example)
    assert {finding.code for finding in reading.findings} == {"S01"}


@pytest.mark.parametrize("name", ["api_key", "xApiKey", "authorization"])
def test_credential_at_the_top_of_a_log_is_left_behind(name: str) -> None:
    reading = read({"request": {"messages": ASKED}, "response": {"message": ASKED[0]}, name: "c2VjcmV0"})
    assert [(one.code, one.at) for one in reading.findings] == [("S01", f"/{name}")]
    assert b"c2VjcmV0" not in encode(reading.example)


@pytest.mark.parametrize("answer", [{}, {"response": {"message": ASKED[0]}}])
def test_credential_beside_turns_of_the_row_itself_is_left_behind(answer: dict[str, Any]) -> None:
    headers = {"Authorization": "Bearer sk-" + "c2VjcmV0" * 4, "accept": "*/*"}
    row = {"messages": ASKED, "request": {"messages": ASKED, "headers": headers}, "api_key": "c2VjcmV0", **answer}
    reading = read(row)
    found = [(one.code, one.at) for one in reading.findings]
    assert found == [("S01", "/request/headers/Authorization"), ("S01", "/api_key")]
    assert b"c2VjcmV0" not in encode(reading.example)
    assert json.loads(reading.example.extra["request"])["headers"] == {"accept": "*/*"}
    assert roles(reading) == ["user"]


@pytest.mark.parametrize(
    "kept",
    [
        {"headers": {"authorization": "Bearer ***", "x-api-key": "<key>"}},
        {"headers": "Authorization: Bearer {{API_KEY}}"},
        {"cookies": [], "credentials": "include"},
        {"schema": {"required": ["password", "email"]}},
        {"plan": "Basic information", "note": "Password: nobody remembers it"},
        {"ids": ["A-1001", "550e8400-e29b-41d4-a716-446655440000", "d41d8cd98f00b204e9800998ecf8427e"]},
        {"url": "https://example.org/v1?api_key=YOUR_API_KEY"},
    ],
)
def test_what_only_stands_in_for_a_credential_stays(kept: dict[str, Any]) -> None:
    reading = read({"request": {"messages": ASKED, **kept}, "response": {"message": ASKED[0]}})
    assert reading.findings == ()
    assert json.loads(reading.example.extra["request"]) == kept


def test_pieces_of_text_called_token_are_none() -> None:
    choice = {"message": ASKED[0], "logprobs": {"content": [{"token": "Rain", "logprob": -0.1}]}}
    row = {"request": {"messages": ASKED, "max_tokens": 9}, "response": {"choices": [choice]}}
    assert read(row).findings == ()


def test_requests_of_one_conversation_share_a_group() -> None:
    first, grown, session = (read(raw).example.group for raw in ROWS[:3])
    assert first == grown
    assert first is not None
    assert first.startswith("trace-")
    assert session is None or session != first


def test_named_conversation_is_the_group() -> None:
    assert read(ROWS[2]).example.group == "s9"


def test_other_beginnings_are_other_groups() -> None:
    def group(answer: str) -> str | None:
        reply = {"role": "assistant", "content": answer}
        return read({"request": {"messages": ASKED}, "response": {"message": reply}}).example.group

    assert group("Yes.") == group("Yes.")
    assert group("Yes.") != group("No.")


def test_functions_of_2023_are_read_in_logs_too() -> None:
    example = read(ROWS[3]).example
    assert example.messages[-1].calls
    assert isinstance(example.tools, tuple)


def test_stream_is_put_together() -> None:
    last = read(ROWS[5]).example.messages[-1]
    assert last.content == "Let me look."
    assert last.calls
    assert (last.calls[0].id, last.calls[0].name) == ("call_a", "get_weather")
    assert last.calls[0].arguments == Arguments('{"city": "Ulm"}')


def test_items_of_the_responses_api_are_read_in_logs_too() -> None:
    last = read(ROWS[6]).example.messages[-1]
    assert last.calls
    assert last.calls[0].id == "call_a"


def test_other_choices_are_kept() -> None:
    choices = [{"message": {"role": "assistant", "content": answer}} for answer in ("one", "two")]
    example = read({"request": {"messages": ASKED}, "response": {"choices": choices}}).example
    assert example.messages[-1].content == "one"
    assert json.loads(example.extra["response"]) == {"choices": [{}, choices[1]]}


@pytest.mark.parametrize(
    ("inner", "outer"),
    [
        ("/messages/1/content", "/request/body/messages/1/content"),
        ("/messages/2/tool_calls/0/function/name", "/response/body/choices/0/message/tool_calls/0/function/name"),
        ("/tools/0/function/name", "/request/body/tools/0/function/name"),
    ],
)
def test_places_lead_into_the_log(inner: str, outer: str) -> None:
    assert read(ROWS[4]).places.outer(inner).at == outer


@pytest.mark.parametrize(
    "row",
    [
        {"input": {"messages": ASKED}, "preferred_output": ASKED, "non_preferred_output": ASKED},
        {"instruction": "x", "input": "y", "output": "z"},
        {"messages": ASKED, "output": []},
        {"request": {"messages": ASKED}},
        {"messages": ASKED, "request": {}, "response": 5},
    ],
)
def test_rows_of_another_shape_are_not_taken(row: dict[str, Any]) -> None:
    assert not FORMAT.recognises(json.dumps(row).encode())


def test_row_with_turns_in_two_places_is_left_as_it_is() -> None:
    reading = read({"messages": ASKED, "request": {"messages": []}, "response": {"message": ASKED[0]}})
    assert len(reading.example.messages) == 1
    assert set(reading.example.extra) == {"request", "response"}
