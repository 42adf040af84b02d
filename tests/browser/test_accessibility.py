"""Every page in both themes: axe finds nothing, and whatever has the focus shows it."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Page

from curation.finetune.base_models import tiny_model
from curation.model.definition import Definition, Tool
from curation.services import cataloguing, demonstrating, people
from curation.services.workspace import open_workspace
from tests.browser.expecting import expect
from tests.browser.filling import filled, freeze
from tests.browser.playing import CALL, WRONG, add_model, answered
from tests.browser.serving import Server
from tests.browser.settling import settled
from tests.browser.theming import change_theme

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("browser-1")]
AXE = (Path(__file__).parent / "assets" / "axe.min.js").read_text(encoding="utf-8")
PLACES = ("Home", "Write", "Review", "Examples", "Catalogue", "Health", "Training", "Evaluation", "Playground")
WITHOUT_LINK = ("import", "glossary", "agreement", "versions", "jobs", "orders")
KNOWN = {("import", "presentation-role-conflict", "stFileUploaderDropzone")}
"""What Streamlit itself draws so: page, rule, and what stands in the element."""
WIDE = "assemble_many_parts"
CATALOGUE_TABS = ("Policy", "Running", "As seen", "Result", "Errors", "Samples")
QUESTIONS = (
    ("", "Keys"),
    ("orders", "Edit values"),
    ("catalogue", "History"),
    ("catalogue", "Publish"),
    ("health", "Freeze"),
    ("health", "Send to a hub"),
    ("evaluation", "Evaluate models"),
    ("write", "Template"),
    ("write", "Recovery"),
    ("write", "Near miss"),
)
FEWEST_STOPS, MOST_STOPS = 3, 20
DESKS = ("write", "review", "catalogue", "examples")
MOST_DESK_STOPS = 120
BAR_FITS = """() => {
  const bar = document.querySelector(".stBottom .stHorizontalBlock")
  return bar && bar.scrollWidth <= bar.clientWidth
}"""
BARS = {
    "write": ("undo", "submit", "keys"),
    "review": ("undo", "request_changes", "edit", "accept", "keys"),
    "catalogue": ("publish", "keys"),
    "examples": ("keys",),
}
LOOKS, SETTLES_MS = 3, 500
COLOURS: dict[str, object] = {"runOnly": ["color-contrast", "link-in-text-block"]}
"""What the other theme may change; everything else is the same in both."""
Violation = tuple[str, str, str]


@pytest.fixture(scope="module")
def project_id(server: Server) -> str:
    """The demo project: every page has something to show."""
    ws = open_workspace(server.home)
    try:
        return demonstrating.fill_demo(ws, people.local_actor(ws)).project.id
    finally:
        ws.close()


@pytest.mark.timeout(240)
def test_every_page_passes_the_audit_and_shows_the_focus(
    server: Server, project_id: str, open_tab: Callable[[str], Page]
) -> None:
    page = open_tab(f"{server.base}/?project={project_id}")
    found: list[Violation] = []
    for name in PLACES:
        page.get_by_role("link", name=name, exact=True).first.click()
        expect(page).to_have_url(re.compile(rf"/{'' if name == 'Home' else name.lower()}\?project={project_id}"))
        found += _audit(page, name)
    assert _tab_through(page) >= FEWEST_STOPS
    assert _tab_through(change_theme(page)) >= FEWEST_STOPS
    for name in WITHOUT_LINK:
        page.goto(f"{server.base}/{name}?project={project_id}")
        found += _audit(page, name)
    assert found == []


@pytest.mark.long
@pytest.mark.timeout(240)
def test_what_opens_on_a_page_passes_the_audit(
    server: Server, project_id: str, open_tab: Callable[[str], Page]
) -> None:
    """Tabs, the wide schema of a tool with many parameters, and questions."""
    _add_wide_tool(server.home, project_id)
    page = open_tab(f"{server.base}/catalogue?project={project_id}")
    expect(page.get_by_role("heading", level=1)).to_be_visible()
    settled(page).get_by_text(WIDE, exact=True).first.click()
    expect(page.get_by_role("heading", name=WIDE, level=1)).to_be_visible()
    found = _audit(page, "wide schema")
    for name in CATALOGUE_TABS:
        settled(page).get_by_role("tab", name=name).first.click()
        found += _audit(page, f"tab {name}")
    for place, button in QUESTIONS:
        page.goto(f"{server.base}/{place}?project={project_id}")
        expect(page.get_by_role("heading", level=1)).to_be_visible()
        settled(page).get_by_role("button", name=button).first.click()
        expect(page.get_by_role("dialog")).to_be_visible()
        found += _audit(page, f"{place}, {button}")
    assert found == []


@pytest.mark.long
@pytest.mark.timeout(240)
def test_the_playground_passes_the_audit_whatever_waits_there(server: Server, open_tab: Callable[[str], Page]) -> None:
    """A result, a form, three columns and the log; the pointer rests on nothing, which would be drawn paler."""
    with filled(server.home) as filling:
        add_model(filling, f"m {filling.project.id}")
        url = f"{server.base}/playground?project={filling.project.id}"
        answered(filling, "Where is order B4821?", CALL)
        page = open_tab(url)
        expect(page.get_by_text("nothing real was called")).to_be_visible()
        found = _audit(page, "result")
        answered(filling, "Where is order B4821?", WRONG, CALL, mode="human", repairs=1)
        answered(filling, "Where is order B4821?", WRONG, mode="human")
        page.goto(url)
        settled(page).get_by_role("button", name="Correct the call").click()
        expect(page.get_by_role("heading", name="Put the call right")).to_be_visible()
        page.mouse.move(0, 0)
        found += _audit(settled(page), "form")
        answered(filling, "Where is it?", WRONG, CALL, CALL, decodings=("free", "schema", "grammar"))
        page.goto(url)
        expect(page.get_by_role("heading", name="Constrained")).to_be_visible()
        found += _audit(settled(page), "columns")
        # The pointer stays on what it opened.
        more = settled(page).get_by_role("button", name="More")
        more.click()
        expect(page.get_by_text("Hand mocked results back at once")).to_be_visible()
        found += _audit(page, "more")
        page.keyboard.press("Escape")
        settled(page).get_by_role("button", name="Log").click()
        expect(page.get_by_role("heading", name="Log of answers")).to_be_visible()
        page.mouse.move(0, 0)
        assert found + _audit(settled(page), "log") == []


@pytest.mark.long
@pytest.mark.training
@pytest.mark.timeout(240)
def test_training_passes_the_audit_from_the_question_to_the_run(
    server: Server, project_id: str, open_tab: Callable[[str], Page], tmp_path: Path
) -> None:
    """The recorded run with all it can open; then, in a small project, the question and a preflight."""
    page = open_tab(f"{server.base}/training?project={project_id}")
    settled(page).get_by_text("All curves as a table").click()
    settled(page).get_by_role("tab", name="Settings").click()
    found = _audit(page, "run")
    base = tiny_model(tmp_path / "tiny", seed=5)
    with filled(server.home) as filling:
        freeze(filling)
    page.goto(f"{server.base}/training?project={filling.project.id}&run=case")
    expect(page.get_by_role("heading", name="Should we tune?")).to_be_visible()
    found += _audit(settled(page), "should we tune")
    page.goto(f"{server.base}/training?project={filling.project.id}&run=new")
    settled(page).get_by_text("A model folder of mine").click()
    for folder, told in (("/nowhere/at/all", "There is no such folder"), (str(base), "a folder of yours")):
        field = settled(page).get_by_label("Model folder", exact=True)
        field.fill(folder)
        field.press("Enter")
        expect(page.get_by_text(told)).to_be_visible()
        found += _audit(page, told)
    settled(page).get_by_role("button", name="Show").click()
    expect(page.get_by_text("the token that ends the turn carry loss")).to_be_visible()
    assert found + _audit(page, "preflight") == []


@pytest.mark.timeout(120)
def test_tab_stops_only_where_something_can_be_done(
    server: Server, project_id: str, open_tab: Callable[[str], Page]
) -> None:
    page = open_tab("about:blank")
    for place in DESKS:
        page.goto(f"{server.base}/{place}?project={project_id}")
        expect(page.get_by_role("heading", level=1)).to_be_visible()
        settled(page).evaluate("document.activeElement.blur()")
        stops = list(_walk(page))
        idle = [stop for stop in stops if not stop["isUsed"]]
        assert not idle, (place, idle)
        assert len(stops) > FEWEST_STOPS
        assert len({stop["at"] for stop in stops}) == len(stops), (place, "a stop of several steps, or a circle")


@pytest.mark.long
@pytest.mark.timeout(120)
def test_bars_say_their_keys_in_a_window_of_1024_pixels(
    server: Server, project_id: str, open_tab: Callable[[str], Page]
) -> None:
    page = open_tab("about:blank")
    page.set_viewport_size({"width": 1024, "height": 768})
    for place, acts in BARS.items():
        page.goto(f"{server.base}/{place}?project={project_id}")
        for act in acts:
            expect(page.locator(f".st-key-{place}-{act} kbd")).to_be_visible()
        settled(page).wait_for_function(BAR_FITS)


def _walk(page: Page) -> Iterator[dict[str, object]]:
    """Every stop of Tab from where the page begins to its end."""
    for _ in range(MOST_DESK_STOPS):
        page.keyboard.press("Tab")
        stop = page.evaluate(STOP)
        if stop is None:
            return
        yield stop
    raise AssertionError(f"no end after {MOST_DESK_STOPS} stops")


def _add_wide_tool(home: Path, project_id: str) -> None:
    properties = {f"part_{n}": {"type": "string", "description": f"Part {n} of it."} for n in range(20)}
    function = {
        "name": WIDE,
        "description": "A tool of many parts.",
        "parameters": {"type": "object"} | {"properties": properties},
    }
    ws = open_workspace(home)
    try:
        tool = Tool(Definition(json.dumps({"type": "function", "function": function})))
        cataloguing.import_tools(ws, people.local_actor(ws), project_id, [tool], nonce=ws.new_id())
    finally:
        ws.close()


def _tab_through(page: Page) -> int:
    """Go from control to control to the end of the page; returns how many there were."""
    for stop in range(MOST_STOPS):
        page.keyboard.press("Tab")
        if page.evaluate("document.activeElement === document.body"):
            return stop
        assert page.evaluate(SHOWS_FOCUS), page.evaluate("document.activeElement.outerHTML.slice(0, 300)")
    return MOST_STOPS


def _audit(page: Page, name: str) -> list[Violation]:
    """What axe finds in either theme; the next page begins in the one that this page ended in."""
    return _audit_as_it_is(page, name, {}) + _audit_as_it_is(change_theme(page), name, COLOURS)


def _audit_as_it_is(page: Page, name: str, rules: dict[str, object]) -> list[Violation]:
    """What axe finds once the page is still: a style sheet may come a moment after what it colours."""
    expect(page.get_by_role("heading", level=1).first).to_be_visible()
    page.wait_for_function("document.querySelector('[data-testid=stApp]').dataset.testScriptState === 'notRunning'")
    if not page.evaluate("'axe' in globalThis"):
        page.evaluate(AXE)
    found: list[Violation] = []
    for _ in range(LOOKS):
        found = list(_look(page, name, rules))
        if not found:
            break
        page.wait_for_timeout(SETTLES_MS)
    return found


def _look(page: Page, name: str, rules: dict[str, object]) -> Iterator[Violation]:
    looked = page.evaluate("rules => axe.run(document, { resultTypes: ['violations'], ...rules })", rules)
    for violation in looked["violations"]:
        for node in violation["nodes"]:
            known = any((name, violation["id"]) == one[:2] and one[2] in node["html"] for one in KNOWN)
            if not known:
                yield name, violation["id"], node["html"][:200]


SHOWS_FOCUS = """() => {
  let one = document.activeElement
  while (one.shadowRoot?.activeElement) one = one.shadowRoot.activeElement
  for (let depth = 0; one && depth < 4; depth++, one = one.parentElement) {
    const style = getComputedStyle(one)
    const isRinged = style.outlineStyle !== "none" && parseFloat(style.outlineWidth) > 0
    if (isRinged || style.boxShadow !== "none") return true
  }
  return false
}"""
"""Whether the element with the focus, or the frame around a field, carries a ring."""
STOP = """() => {
  let one = document.activeElement
  if (one === document.body) return null
  while (one.shadowRoot?.activeElement) one = one.shadowRoot.activeElement
  const stops = (globalThis.stopsSeen ??= [])
  if (!stops.includes(one)) stops.push(one)
  const kinds = "a[href], button, input, textarea, summary, canvas, [contenteditable=true], [data-tag]"
  const isArrow = one.matches("[data-testid^=stTabsScroll]")
  const isUsed = !isArrow && (one.matches(kinds) || ["tab", "radio"].includes(one.role))
  const scrolls = one.scrollHeight > one.clientHeight + 4 || one.scrollWidth > one.clientWidth + 4
  const isRead = scrolls && !one.querySelector("a[href], button, input, textarea, [tabindex='0']")
  return { isUsed: isUsed || isRead, at: stops.indexOf(one), html: one.outerHTML.slice(0, 200) }
}"""
"""What Tab stops at: whether something can be done there, if only to scroll, and which stop of the page it is."""
