from __future__ import annotations

import msgspec
import pytest

from curation.errors import JobError, NotFoundError
from curation.llm.budget import Price
from curation.llm.endpoints import (
    ADDRESS_VARIABLE,
    KEY_VARIABLE,
    describe,
    get_endpoint,
    list_endpoints,
    read_access,
    recognise,
)
from curation.llm.prices import find_price, list_prices
from tests.llm.fake_chat_host import KEY


@pytest.mark.parametrize("endpoint", list_endpoints(), ids=lambda one: one.name)
def test_every_endpoint_says_what_it_is_good_for_and_what_not(endpoint: msgspec.Struct) -> None:
    told = msgspec.structs.asdict(describe(endpoint))  # type: ignore[arg-type]
    for field in ("title", "good_for", "poor_at", "schema", "cost"):
        assert told[field].strip()


@pytest.mark.parametrize(
    ("address", "name"),
    [
        ("https://api.openai.com/v1", "openai"),
        ("http://127.0.0.1:11434/v1", "ollama"),
        ("http://localhost:8080/v1", "llama_cpp"),
        ("http://[::1]:8000/v1", "vllm"),
        ("https://models.example:11434/v1", "other"),
        ("https://models.example/v1", "other"),
        ("http://[::1/v1", "other"),
        ("http://127.0.0.1:many/v1", "other"),
        ("", "other"),
    ],
)
def test_an_address_is_recognised(address: str, name: str) -> None:
    assert recognise(address) is get_endpoint(name)


def test_a_place_is_told_without_a_password() -> None:
    assert describe(get_endpoint("other"), address="https://me:secret@models.example:8443/v1").place == (
        "models.example:8443"
    )


def test_an_unknown_endpoint_is_told_with_those_there_are() -> None:
    with pytest.raises(NotFoundError, match="`openai`, `vllm`"):
        get_endpoint("oracle")


def test_every_price_says_where_and_when_it_was_read() -> None:
    assert all(one.price.source and len(one.price.date) == 10 for one in list_prices())


def test_a_snapshot_costs_what_its_model_costs_and_another_host_is_not_known() -> None:
    known = find_price("api.openai.com", "gpt-5.4-nano")
    assert known is not None
    assert find_price("api.openai.com", "gpt-5.4-nano-2026-03-17") == known
    assert find_price("models.example", "gpt-5.4-nano") is None
    assert find_price("api.openai.com", "gpt-5.4-nano-extra") is None


def test_cost_is_told_as_far_as_it_is_known() -> None:
    openai, other = get_endpoint("openai"), get_endpoint("other")
    address = "https://models.example/v1"
    assert "0.2 USD asked and 1.25 USD answered (" in describe(openai, "gpt-5.4-nano", address=openai.address).cost
    assert "not known here" in describe(openai, "no-such", address=openai.address).cost
    assert "not known here" in describe(other, "m", address=address).cost
    assert describe(other, "m", address=address, price=Price(1, 2)).cost.endswith("and 2 USD answered.")
    assert "Nobody asks" in describe(get_endpoint("ollama"), "m", address="http://[::1]:11434/v1").cost


def test_a_server_on_this_machine_needs_no_key() -> None:
    access = read_access({ADDRESS_VARIABLE: "http://127.0.0.1:8000/v1"})
    assert (access.address, access.key) == ("http://127.0.0.1:8000/v1", "")


@pytest.mark.parametrize(
    ("environment", "why"),
    [
        ({}, "no address of a model"),
        ({ADDRESS_VARIABLE: "https://models.example/v1"}, "no key for the model at models.example"),
        ({ADDRESS_VARIABLE: "http://models.example/v1", KEY_VARIABLE: KEY}, "not one a key may be sent to"),
        ({ADDRESS_VARIABLE: "https://a:b@models.example/v1", KEY_VARIABLE: KEY}, "not one a key may be sent to"),
        ({ADDRESS_VARIABLE: "http://127.0.0.1:8000/v1", KEY_VARIABLE: f"{KEY}\n x"}, "characters that cannot belong"),
    ],
)
def test_what_is_missing_is_said_without_the_key(environment: dict[str, str], why: str) -> None:
    with pytest.raises(JobError, match=why) as told:
        read_access(environment)
    assert KEY not in str(told.value)
