# ruff: noqa
"""Functions of a shop, as teams write them. Importing this file is an error on purpose: it is only ever parsed."""

from __future__ import annotations

from enum import Enum
from pathlib import Path
from typing import Annotated, Any, Literal, Optional, TypedDict, Union

from pydantic import BaseModel, Field

Path(__file__).with_suffix(".ran").write_text("this file was run")
raise RuntimeError("this file was run")

Currency = Literal["EUR", "USD"]
MOST = 500


class Reason(str, Enum):
    DAMAGED = "damaged"
    LATE = "late"


class Address(TypedDict, total=False):
    street: str
    zip: str


class Line(BaseModel):
    """One line of an order.

    Attributes:
        sku: The article number.
    """

    sku: str
    n: int = Field(1, ge=1, le=99, description="How many.")


class Node(BaseModel):
    name: str
    children: list[Node] = []


def request_refund(
    order_id: Annotated[str, Field(pattern="^B[0-9]+$", description="Order number.")],
    reason: Reason,
    amount: Optional[float] = None,
    currency: Currency = "EUR",
    lines: list[Line] = (),
    limit: int = MOST,
) -> dict[str, Any]:
    """Ask for money back.

    Only after the parcel was shown lost.

    Args:
        order_id: ignored, the field says it.
        reason (Reason): Why the customer
            wants it back.
        amount: At most what was paid.

    Returns:
        The refund.

    Raises:
        NotFoundError: There is no such order.
    """


async def move(to: Address, tags: dict[str, list[int]] | None = None, *, pair: tuple[int, str], tree: Node = None):
    """Move a parcel.

    Parameters
    ----------
    to : Address
        Where to.
    pair : tuple
        Two things,
        one after the other.
    """


def ping(host, port: "int | str" = -1, ctx: Context = None, *args, **more) -> str:
    """Ping.

    :param host: Whom.
    :type host: str
    :param port: Where; a name is
        looked up.
    :raises TimeoutError: It took too long.
    """


def _private(x: int) -> None: ...


def odd(day: datetime.date, ids: set[uuid.UUID], thing: Mystery, either: Union[int, str, None] = compute()) -> None:
    """Odd types."""
