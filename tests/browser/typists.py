"""People at the keyboard of the live editor: documents they type, and how far what stands there is from that."""

from __future__ import annotations

import json
import random
import time
from collections.abc import Iterator
from typing import NamedTuple

from playwright.sync_api import Locator, Page

from curation.model.values import Arguments
from tests.browser.expecting import expect
from tests.browser.filling import Filling, make_example
from tests.browser.serving import Server
from tests.browser.settling import settled

LABEL = "Arguments of track_order as JSON"
KEY_MS = 40
REST_MS = 700
"""Longer than the editor waits before it saves or hands over."""
SAVED_S = 20.0
SHORTCUTS = ("Alt+i", "Alt+v", "Alt+j")
BACK = {"Alt+v": "Alt+v", "Alt+j": "Alt+k"}
"""The key that leads from where a shortcut went back into the editor's page."""
TEXT = """editor => [...editor.querySelectorAll(".cm-line")].map((line) => line.textContent).join("\\n")"""


class Document(NamedTuple):
    """What is pressed, with a rest in between, and what it makes: the editor sets the lines in by itself."""

    before: str
    after: str
    whole: str


def make_documents(count: int) -> Iterator[Document]:
    """Objects of a call, each another one and the same each time; some rest inside a word."""
    for number in range(count):
        chance = random.Random(number)
        whole = json.dumps(_value(chance), indent=chance.choice((2, None)), ensure_ascii=False)
        keys = "\n".join(line.strip() for line in whole.split("\n"))
        rest = chance.randrange(1, len(keys)) if chance.random() < 0.7 else 0
        yield Document(keys[:rest], keys[rest:], whole)


def _value(chance: random.Random) -> dict[str, object]:
    value: dict[str, object] = {"order_id": f"{chance.choice('ABCx')}{chance.randrange(10_000):04}"}
    more: list[tuple[str, object]] = [
        ("priority", chance.choice(["low", "high", "none"])),
        ("note", chance.choice(["Malmö, gate 3", 'say "now"', "a: {b}, [c]", "r c"])),
        ("lines", [{"n": chance.randrange(90), "open": chance.random() < 0.5}]),
        ("weight", chance.choice([1.5, -2, 0, True, None])),
    ]
    chance.shuffle(more)
    return value | dict(more[: chance.randrange(3)])


def open_arguments(page: Page, server: Server, filling: Filling) -> tuple[Locator, str]:
    """The arguments of a call of a new example, as JSON, and the example's id."""
    example = filling.write(make_example("Where is B4821?"))
    page.goto(f"{server.base}/write?project={filling.project.id}&example={example.id}")
    expect(page.get_by_label("order_id (string, required)")).to_be_visible(timeout=60_000)
    return switch_to_json(page), example.id


def switch_to_json(page: Page) -> Locator:
    """Open the arguments as JSON."""
    editor = page.get_by_label(LABEL, exact=True)
    settled(page).get_by_role("button", name="As JSON").click(delay=60)
    expect(editor).to_be_focused(timeout=60_000)
    return editor


def count_wrong(page: Page, editor: Locator, document: Document) -> int:
    """Type a document in the place of what is there; how many characters came out wrong."""
    editor.click()
    page.keyboard.press("Control+a")
    page.keyboard.type(document.before, delay=KEY_MS)
    if document.before:
        page.wait_for_timeout(REST_MS)
    page.keyboard.type(document.after, delay=KEY_MS)
    page.wait_for_timeout(REST_MS)
    shown: str = editor.evaluate(TEXT)
    differing = sum(one != other for one, other in zip(shown, document.whole, strict=False))
    return differing + abs(len(shown) - len(document.whole))


def saves_before(page: Page, editor: Locator, filling: Filling, example_id: str, number: int) -> bool:
    """Type and press a shortcut at once; whether the new text is in the example then."""
    text = f'{{"order_id": "N{number:04}"}}'
    shortcut = SHORTCUTS[number % len(SHORTCUTS)]
    editor.click()
    page.keyboard.press("Control+a")
    page.keyboard.type(text)
    page.keyboard.press(shortcut)
    was_saved = is_saved(page, filling, example_id, text)
    if shortcut in BACK:
        expect(editor).to_have_count(0, timeout=60_000)
        _come_back(page, editor, BACK[shortcut])
    return was_saved and editor.evaluate(TEXT) == text


def _come_back(page: Page, editor: Locator, key: str) -> None:
    """Press the key that leads back."""
    settled(page).keyboard.press(key)
    expect(editor).to_have_count(1, timeout=60_000)
    settled(page)


def is_saved(page: Page, filling: Filling, example_id: str, text: str) -> bool:
    """Whether the text is in the example, now or in a moment.

    Waited for through the page: where a test stands between it and the server, messages go on while Playwright is
    at work and at no other time.
    """
    deadline = time.monotonic() + SAVED_S
    while time.monotonic() < deadline:
        calls = filling.read(example_id).example.messages[1].calls or ()
        if calls and isinstance(calls[0].arguments, Arguments) and calls[0].arguments.text == text:
            return True
        page.wait_for_timeout(50)
    return False
