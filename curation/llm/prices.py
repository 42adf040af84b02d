"""What hosts ask for a million tokens, as far as it was read somewhere."""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path

import msgspec

from curation.llm.budget import Price

FILE = Path(__file__).with_name("prices.toml")
_SNAPSHOT = re.compile(r"-\d{4}-\d{2}-\d{2}\Z")


class Known(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One line of the list."""

    host: str
    model: str
    price: Price


class PriceList(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The whole list."""

    prices: tuple[Known, ...]


def find_price(host: str, model: str) -> Price | None:
    """The price of a model at a host; a dated snapshot costs what its model costs. None: nobody has read it."""
    plain = _SNAPSHOT.sub("", model)
    return next((one.price for one in list_prices() if one.host == host and one.model == plain), None)


@cache
def list_prices() -> tuple[Known, ...]:
    """Every price there is."""
    return msgspec.toml.decode(FILE.read_bytes(), type=PriceList).prices
