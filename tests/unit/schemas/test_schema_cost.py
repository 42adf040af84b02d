"""Costly schemas are recognised by counting and judged behind a deadline; nothing is ever fetched."""

from __future__ import annotations

import builtins
import json
import socket
import threading
import time
from concurrent.futures import ThreadPoolExecutor

import pytest

from curation.model.values import Json
from curation.processes.warm import OverrunError, WarmChild
from curation.schemas import Allowance, compile_schema
from curation.schemas.costly import SANDBOX
from curation.schemas.limits import ROW_CPU_S, ROW_ERRORS

WIDE = {
    "$defs": {f"d{i}": {"allOf": [{"$ref": f"#/$defs/d{i + 1}"}] * 10} for i in range(9)} | {"d9": {"type": "integer"}},
    "$ref": "#/$defs/d0",
}
RECURSIVE = {
    "anyOf": [{"type": "object", "properties": {"a": {"$ref": "#"}}, "required": [name]} for name in ("q", "z", "p")]
}
SMALL = {
    "type": "object",
    "properties": {"a": {"type": "integer"}},
    "anyOf": [{"$ref": "#/$defs/x"}],
    "$defs": {"x": {}},
}


def nested(depth: int) -> Json:
    value: Json = {}
    for _ in range(depth):
        value = {"a": value}
    return value


def test_ten_wide_nine_deep_is_counted_in_no_time() -> None:
    text = json.dumps(WIDE)
    started = time.process_time()
    compiled = compile_schema(text)
    assert time.process_time() - started < 0.1
    assert compiled.cost > 10**9
    assert not compiled.is_plain


def test_recursion_through_a_branch_is_not_plain_and_recursion_alone_is() -> None:
    assert not compile_schema(json.dumps(RECURSIVE)).is_plain
    tree = {"properties": {"children": {"type": "array", "items": {"$ref": "#"}}}}
    assert compile_schema(json.dumps(tree)).is_plain
    assert compile_schema(json.dumps(SMALL)).is_plain


@pytest.mark.parametrize(("schema", "value"), [(WIDE, "x"), (RECURSIVE, nested(16))])
def test_a_costly_validation_ends_at_the_deadline(schema: Json, value: Json) -> None:
    errors = compile_schema(json.dumps(schema)).errors(value)
    assert [error.keyword for error in errors] == ["deadline"]
    assert "250 ms" in errors[0].message


def test_the_sandbox_is_warm_and_comes_back_after_a_kill() -> None:
    compiled = compile_schema(json.dumps(RECURSIVE))
    assert [error.keyword for error in compiled.errors({"q": 1, "a": 1})] == ["anyOf"]
    before = SANDBOX.starts
    assert compiled.errors({"q": 1, "a": {"q": 2}}) == ()
    assert SANDBOX.starts == before
    assert compiled.errors(nested(18))[0].keyword == "deadline"
    assert compiled.errors({"q": 1, "a": {"z": 3}}) == ()
    assert SANDBOX.starts == before + 1


def test_the_sandbox_may_be_asked_from_many_threads() -> None:
    compiled = compile_schema(json.dumps(RECURSIVE))
    with ThreadPoolExecutor(4) as pool:
        answers = list(pool.map(lambda n: compiled.errors({"q": n}), range(40)))
    assert answers == [()] * 40


def test_a_row_gets_so_much_of_the_sandbox_and_no_more() -> None:
    compiled, allowance = compile_schema(json.dumps(RECURSIVE)), Allowance()
    assert compiled.errors({"q": 1}, allowance=allowance) == ()
    assert 0 < allowance.cpu_s < ROW_CPU_S
    assert "250 ms" in compiled.errors(nested(21), allowance=allowance)[0].message
    starts = SANDBOX.starts
    assert "one row" in compiled.errors(nested(22), allowance=allowance)[0].message
    assert compiled.errors({"q": 1}, allowance=Allowance()) == ()
    assert SANDBOX.starts <= starts + 1


def test_many_cheap_checks_of_a_row_end_up_apart() -> None:
    compiled, allowance = compile_schema('{"type":"object","required":["a"]}'), Allowance()
    allowance.work = 10
    assert compiled.errors({}, allowance=allowance)[0].keyword == "required"
    assert allowance.work < 10
    allowance.work = 0
    assert compiled.errors({}, allowance=allowance)[0].keyword == "required"
    assert allowance.cpu_s < ROW_CPU_S


def test_a_row_with_a_thousand_faults_is_not_searched_for_more() -> None:
    compiled, allowance = compile_schema('{"items":{"type":"integer"}}'), Allowance()
    assert len(compiled.errors(["x"] * ROW_ERRORS, allowance=allowance)) == ROW_ERRORS
    assert "already breaks" in compiled.errors(["x"], allowance=allowance)[0].message


def test_a_sandbox_that_died_is_replaced() -> None:
    sandbox = WarmChild("curation.schemas.sandbox")
    try:
        with pytest.raises(OverrunError):
            sandbox.ask({"schema": "this is no schema and ends the process", "value": 1})
        assert sandbox.ask({"schema": '{"type":"string"}', "value": "x"})[0] == []
    finally:
        sandbox.close()


def test_a_hostile_pattern_costs_nothing() -> None:
    compiled = compile_schema(json.dumps({"type": "string", "pattern": "^(a+)+$"}))
    started = time.process_time()
    assert [error.keyword for error in compiled.errors("a" * 5000 + "!")] == ["pattern"]
    assert time.process_time() - started < 0.1


def test_look_around_is_said_and_runs_apart() -> None:
    compiled = compile_schema(json.dumps({"type": "string", "pattern": "^(?=a)(a+)+$"}))
    assert compiled.uses_backtracking
    assert not compiled.is_plain
    assert compiled.errors("aaa") == ()
    assert compiled.errors("a" * 40 + "!") != ()


def test_references_outside_open_no_socket_and_no_file(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object, **__: object) -> None:
        raise AssertionError("a reference was followed")

    monkeypatch.setattr(socket.socket, "connect", refuse)
    monkeypatch.setattr(builtins, "open", refuse)
    listener = socket.create_server(("127.0.0.1", 0))
    listener.settimeout(0.05)
    port = listener.getsockname()[1]
    try:
        for target in (f"http://127.0.0.1:{port}/schema", "file:///etc/hostname", "other.json"):
            compiled = compile_schema(json.dumps({"properties": {"a": {"$ref": target}}}))
            assert compiled.faults[0].kind == "reference"
            assert target in (compiled.fault or "")
        with_id = {"$id": f"http://127.0.0.1:{port}/root", "properties": {"a": {"$ref": "other"}}}
        assert compile_schema(json.dumps(with_id)).fault is not None
        with pytest.raises(TimeoutError):
            listener.accept()
    finally:
        listener.close()


@pytest.mark.parametrize("value", [nested(200), [0] * 60_000])
def test_instances_are_capped_before_anything_looks_at_them(value: Json) -> None:
    assert [error.keyword for error in compile_schema('{"type":"object"}').errors(value)] == ["size"]


def test_nothing_waits_for_the_sandbox_that_does_not_need_it() -> None:
    assert threading.active_count() < 50
    starts = SANDBOX.starts
    assert compile_schema('{"type":"object","required":["a"]}').errors({})[0].keyword == "required"
    assert SANDBOX.starts == starts
