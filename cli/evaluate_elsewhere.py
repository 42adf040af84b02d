"""Options of `callwright evaluate` for models that answer elsewhere: behind an address, or in a file."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple, TypeVar

import click

if TYPE_CHECKING:
    from curation.llm.budget import Price
    from curation.services.evaluating import Asking
    from curation.services.recorded_answers import AnswerFile
    from curation.services.workspace import Workspace

Command = TypeVar("Command", bound=Callable[..., Any])
_COUNT, _AMOUNT = click.IntRange(min=0), click.FloatRange(min=0)
_FILE = click.Path(path_type=Path, dir_okay=False)
OPTIONS = (
    click.option("--endpoint", metavar="ADDRESS", help="Where a model is asked, such as http://127.0.0.1:8000/v1."),
    click.option("--endpoint-model", "endpoint_models", multiple=True, metavar="NAME", help="What it is called there."),
    click.option("--list-endpoint", is_flag=True, help="Print the models that the endpoint offers, and ask nothing."),
    click.option("--native/--router", "is_native", default=True, help="With tools of its own, or the router's prompt."),
    click.option("--price-in", type=_AMOUNT, help="What a million tokens asked cost."),
    click.option("--price-out", type=_AMOUNT, help="What a million tokens answered cost."),
    click.option("--price-source", default="", help="Where the price was read."),
    click.option("--price-date", default="", help="When it was read, such as 2026-11-21."),
    click.option("--currency", default="USD", show_default=True),
    click.option("--at-once", type=click.IntRange(1, 64), default=8, show_default=True, help="Requests side by side."),
    click.option("--per-minute", type=_COUNT, default=0, help="Requests a minute at most; 0: no limit."),
    click.option(
        "--longest-answer",
        type=click.IntRange(min=1),
        help="Tokens of an answer; else 1,024 elsewhere, and here what the longest right answer needs, 128 at least.",
    ),
    click.option("--max-requests", type=_COUNT, default=0, help="Stop a model after so many; 0: no limit."),
    click.option("--max-tokens", type=_COUNT, default=0, help="Stop a model after so many; 0: no limit."),
    click.option("--max-money", type=_AMOUNT, default=0.0, help="Stop a model before it costs more; 0: no limit."),
    click.option("--answers", type=_FILE, help="Answers that were given elsewhere, as `callwright score` takes them."),
    click.option("--name", "recorded", default="", metavar="MODEL", help="Whose answers they are."),
    click.option("--questions", type=_FILE, help="Write the rows to answer into this file, and ask nothing."),
)


class Elsewhere(NamedTuple):
    """What was said of models that answer elsewhere."""

    endpoint: str | None
    endpoint_models: tuple[str, ...]
    list_endpoint: bool
    is_native: bool
    price_in: float | None
    price_out: float | None
    price_source: str
    price_date: str
    currency: str
    at_once: int
    per_minute: int
    longest_answer: int | None
    max_requests: int
    max_tokens: int
    max_money: float
    answers: Path | None
    recorded: str
    questions: Path | None

    def require_sound(self) -> None:
        """Two options that need each other come together."""
        if self.endpoint_models and not self.endpoint:
            raise click.UsageError("--endpoint-model needs the --endpoint at which the model is asked.")
        if self.endpoint and not (self.endpoint_models or self.list_endpoint):
            raise click.UsageError("--endpoint needs an --endpoint-model; --list-endpoint prints what it offers.")
        if bool(self.answers) != bool(self.recorded):
            raise click.UsageError("--answers FILE and --name MODEL go together.")
        if (self.price_in is None) != (self.price_out is None):
            raise click.UsageError("--price-in and --price-out go together.")

    def add_models(self, ws: Workspace, project_id: str) -> list[str]:
        """Ids of the models behind the address, which become known by it."""
        from curation.services.people import local_actor
        from curation.services.served_models import Behind, add_endpoint

        actor, price = local_actor(ws), self._price()
        behinds = [Behind(self.endpoint or "", name, self.is_native, price) for name in self.endpoint_models]
        return [add_endpoint(ws, actor, project_id, one, nonce=ws.new_id()).id for one in behinds]

    def read_file(self) -> AnswerFile | None:
        from curation.errors import UnreadableError
        from curation.services.recorded_answers import AnswerFile

        if self.answers is None:
            return None
        try:
            content = self.answers.read_bytes()
        except OSError as error:
            raise UnreadableError(f"The answers in {self.answers} cannot be read: {error.strerror}.") from error
        return AnswerFile(self.recorded, content, self.answers.name, self.is_native, self._price())

    def asking(self) -> Asking:
        import msgspec

        from curation.services.evaluating import Asking
        from curation.services.synthesis_sheets import Spending

        spending = Spending(self.max_requests, self.max_tokens, self.max_money)
        usual = Asking(self.at_once, self.per_minute, spending)
        return msgspec.structs.replace(usual, longest_answer=self.longest_answer) if self.longest_answer else usual

    def _price(self) -> Price | None:
        from curation.llm.budget import Price

        if self.price_in is None or self.price_out is None:
            return None
        return Price(self.price_in, self.price_out, self.currency, self.price_source, self.price_date)


def with_elsewhere(command: Command) -> Command:
    """The command with all of the options."""
    for option in reversed(OPTIONS):
        command = option(command)
    return command


def print_offered(ws: Workspace, address: str) -> None:
    """The models that a host lists, one a line."""
    from curation.services.people import local_actor
    from curation.services.served_models import list_served

    for name in list_served(local_actor(ws), address):
        click.echo(name)
