"""CSV for people: what is asked, called and answered in cells to read, and the whole row in the last one.

Nothing in a cell is run by a spreadsheet: text that begins like a formula gets an apostrophe in front. Only `row` is
read back, so what people change in another cell is said, not taken.
"""

from __future__ import annotations

import msgspec

from curation.formats.contract import NO_OBJECT, Format, Loss, TableLayout, Written
from curation.formats.slices import cut_object, text_of
from curation.model.envelope import encode
from curation.model.example import Call, Example, Message
from curation.model.finding import Finding
from curation.model.reading import Places, Reading, Reject
from curation.model.rule_names import RULE_SLUGS
from curation.model.source import quote, write_object
from curation.model.values import Arguments
from curation.reading.rows import find_fault, read_row, reject
from curation.reading.strict import parse_strict
from curation.schemas.pointers import escape_step

COLUMNS = ("request", "calls", "answer", "reasons", "tools", "row")
_FORMULA = ("=", "+", "-", "@", "\t", "\r")
_APOSTROPHE = "an apostrophe before a cell that begins like a formula"


class _Row(msgspec.Struct):
    request: str
    row: str


class _Cell(msgspec.Struct, frozen=True):
    """The text of a cell with the place its beginning comes from."""

    at: str
    text: str

    @property
    def is_formula(self) -> bool:
        return self.text.startswith(_FORMULA)

    @property
    def safe(self) -> str:
        return f"'{self.text}" if self.is_formula else self.text


_decode = msgspec.json.Decoder(_Row).decode


def recognises(raw: bytes) -> bool:
    """A request beside the text of a whole row."""
    try:
        return _decode(raw).row.startswith("{")
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        return False


def write(example: Example) -> Written:
    if example.whole is not None:
        return Written(refused=NO_OBJECT)
    cells = _cells(example)
    members = [(name, quote(cell.safe)) for name, cell in cells.items()]
    row = write_object([*members, ("row", quote(encode(example).decode()))])
    losses = [Loss(cell.at, _APOSTROPHE) for cell in cells.values() if cell.is_formula]
    return Written(rows=(row.encode(),), losses=tuple(losses))


def read(raw: bytes) -> Reading | Reject:
    parsed = parse_strict(raw)
    if rejected := reject(parsed):
        return rejected
    cells = cut_object(raw.removeprefix(b"\xef\xbb\xbf").decode()) or {}
    text = text_of(cells.get("row"))
    if text is None:
        return read_row(raw)
    reading = read_row(text.encode("utf-8", "surrogatepass"))
    if isinstance(reading, Reject):
        return reading
    keys = cut_object(text) or {}
    moved = {f"/{escape_step(key)}": f"/row/{escape_step(key)}" for key in keys}
    findings = (*map(find_fault, parsed.faults), *reading.findings, *_find_changes(reading.example, cells))
    return Reading(reading.example, Places(moved, frozenset({"/row"})), findings)


def _find_changes(example: Example, cells: dict[str, str]) -> list[Finding]:
    """What a cell says that the row does not: people changed it in vain."""
    if example.whole is not None:
        return []
    changed = [
        name
        for name, cell in _cells(example).items()
        if name in cells and _plain(text_of(cells[name]) or "") != _plain(cell.text)
    ]
    return [
        Finding(RULE_SLUGS["X12"], "X12", "", f"The cell `{name}` says something else than `row`; only `row` is read.")
        for name in changed
    ]


def _plain(text: str) -> str:
    """A cell's text as it may come back from a spreadsheet."""
    return text.removeprefix("'").replace("\r\n", "\n").strip()


# -- the cells to read ---------------------------------------------------------------------------------------------


def _cells(example: Example) -> dict[str, _Cell]:
    turns = list(enumerate(example.messages))
    asked = next(((i, turn) for i, turn in turns if turn.role == "user"), None)
    said = next(((i, turn) for i, turn in reversed(turns) if turn.role == "assistant"), None)
    reasons = [turn.label.reason for _, turn in turns if turn.label and turn.label.reason]
    tools = [tool.view.name or "" for tool in example.tools] if isinstance(example.tools, tuple) else []
    return {
        "request": _text_of(asked),
        "calls": _show_calls(turns),
        "answer": _text_of(said),
        "reasons": _Cell("/messages", ", ".join(reasons)),
        "tools": _Cell("/tools/0", ", ".join(tools)),
    }


def _text_of(turn: tuple[int, Message] | None) -> _Cell:
    if turn is None:
        return _Cell("/messages", "")
    i, message = turn
    return _Cell(f"/messages/{i}/content", message.content if isinstance(message.content, str) else "")


def _show_calls(turns: list[tuple[int, Message]]) -> _Cell:
    calls = [(f"/messages/{i}/tool_calls/{j}", one) for i, turn in turns for j, one in enumerate(turn.calls or ())]
    return _Cell(calls[0][0] if calls else "/messages", "\n".join(_show_call(one) for _, one in calls))


def _show_call(call: Call) -> str:
    arguments = call.arguments.text if isinstance(call.arguments, Arguments) else ""
    return f"{call.name if isinstance(call.name, str) else '?'}({arguments})"


FORMAT = Format(
    name="csv",
    title="CSV: for people and spreadsheets",
    read=read,
    write=write,
    lossless=False,
    recognises=recognises,
    extension=".csv",
    layout=TableLayout("csv", COLUMNS),
)
