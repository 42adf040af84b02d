"""The shell: how modules are imported, what the pages may say, that the built editor is the one in the source."""

from __future__ import annotations

import ast
import hashlib
import importlib.util
import json
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from ui import keys
from ui.text import clip, named, plain, say

ROOT = Path(__file__).resolve().parents[2]
SCREENS = sorted([*(ROOT / "ui").glob("*.py"), *(ROOT / "pages").glob("*.py"), ROOT / "app.py"])
UI_MODULES = {path.stem for path in (ROOT / "ui").glob("*.py")} - {"__init__"}
MARKDOWN_CALLS = {
    "markdown", "caption", "title", "header", "subheader", "info", "warning", "error", "success", "toast",
    "badge", "button", "expander", "tabs", "radio", "checkbox", "toggle", "text_input", "text_area", "selectbox",
    "multiselect", "number_input", "page_link", "link_button", "popover", "metric", "download_button",
    "file_uploader", "slider", "select_slider", "segmented_control", "pills", "form_submit_button", "menu_button",
}  # fmt: skip
"""Calls of Streamlit whose first words pass through markdown."""
SAFE_CALLS = {
    "plain",
    "say",
    "named",
    "count",
    "join",
    "ago",
    "clock",
    "span",
    "len",
    "sum",
    "size",
    "next_number",
    "progress_words",
    "_standing",
}
OWN_WORDS = {
    "answer_rows.py": {"st.caption(rest)"},
    "catalogue_desk.py": {'st.badge(desk.fields["side_effect"]'},
    "comparison.py": {"st.caption(title)"},
    "glossary.py": {"st.header(place, anchor=False)", 'st.markdown(f"**{word.name}**  \\n{word.meaning}")'},
    "import_panel.py": {'st.caption(f"{plain(one.format)} · {_counts(one)}", width="content")'},
    "jobs_panel.py": {"st.badge(word, icon=icon, color=colour)", 'st.markdown(f"{title} **{points'},
    "freeze_panel.py": {
        'st.markdown(f"**{plain(title, 48)}** · {_split_words(version)}{same}")',
        'st.caption(f"{ago(version.at)} · {plain(version.by)} · {_frozen_with(version)}")',
    },
    "look_progress.py": {"st.badge(word, icon=icon, color=colour)"},
    "evaluation.py": {'st.caption(f"{count(rows, '},
    "rail_tabs.py": {"st.tabs(labels, key=key"},
}
"""Lines a person looked at: what they show comes from a table of ours or from the helper, out of sight here."""


def _calls(tree: ast.AST) -> Iterator[ast.Call]:
    return (node for node in ast.walk(tree) if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute))


def test_screens_import_ui_only_by_its_full_name() -> None:
    for node in (node for path in SCREENS for node in ast.walk(ast.parse(path.read_text()))):
        if isinstance(node, ast.Import):
            assert not {alias.name.split(".")[0] for alias in node.names} & UI_MODULES - sys.stdlib_module_names
        if isinstance(node, ast.ImportFrom) and not node.level:
            assert (node.module or "").split(".")[0] not in UI_MODULES - sys.stdlib_module_names


def test_no_ui_module_shadows_a_library() -> None:
    """Streamlit puts `ui/` first on the path, so a module there could stand in for a library of the same name."""
    here = str(ROOT / "ui")
    outside = [entry for entry in sys.path if Path(entry or ".").resolve() != Path(here)]
    shadowed = {name for name in UI_MODULES if name in sys.stdlib_module_names or _is_library(name, outside)}
    assert shadowed == set()


def _is_library(name: str, path: list[str]) -> bool:
    spec = importlib.machinery.PathFinder.find_spec(name, path)
    return spec is not None and spec.origin is not None and "site-packages" in spec.origin


def test_no_screen_writes_raw_html() -> None:
    for path in SCREENS:
        text = path.read_text()
        assert "unsafe_allow_html" not in text, path
        assert not any(call.func.attr == "html" for call in _calls(ast.parse(text))), path  # type: ignore[attr-defined]


@pytest.mark.parametrize("path", SCREENS, ids=lambda path: f"{path.parent.name}/{path.name}")
def test_words_reach_markdown_only_as_literals_or_through_the_helper(path: Path) -> None:
    if path.name == "text.py":
        return
    lines = path.read_text().splitlines()
    tree = ast.parse("\n".join(lines))
    bound = _assignments(tree)
    unsafe = []
    for call in _calls(tree):
        if call.func.attr not in MARKDOWN_CALLS or not call.args:  # type: ignore[attr-defined]
            continue
        is_marked = any("# safe:" in line for line in lines[call.lineno - 1 : call.end_lineno])
        is_own = any(lines[call.lineno - 1].strip().startswith(line) for line in OWN_WORDS.get(path.name, ()))
        if not is_marked and not is_own and not _is_safe(call.args[0], bound):
            unsafe.append(f"{path.name}:{call.lineno} {lines[call.lineno - 1].strip()}")
    assert unsafe == [], "words reach markdown without ui.text"


def _assignments(tree: ast.AST) -> dict[str, list[ast.expr]]:
    """Name → everything the file binds to it."""
    bound: dict[str, list[ast.expr]] = {}
    for node in ast.walk(tree):
        if isinstance(node, ast.Assign):
            for target in node.targets:
                if isinstance(target, ast.Name):
                    bound.setdefault(target.id, []).append(node.value)
        if isinstance(node, ast.For) and isinstance(node.iter, ast.Tuple):
            for row in node.iter.elts:
                for name, value in _pairs(node.target, row):
                    bound.setdefault(name, []).append(value)
        if isinstance(node, ast.arg) and node.annotation is not None:
            is_number = ast.unparse(node.annotation) in ("int", "float")
            bound.setdefault(node.arg, []).append(ast.Constant(0) if is_number else node.annotation)
    return bound


def _pairs(target: ast.expr, value: ast.expr) -> Iterator[tuple[str, ast.expr]]:
    """What a loop over rows that stand in the source gives its names."""
    if isinstance(target, ast.Name):
        yield target.id, value
    if isinstance(target, ast.Tuple) and isinstance(value, ast.Tuple):
        for one, part in zip(target.elts, value.elts, strict=True):
            yield from _pairs(one, part)


def _is_safe(node: ast.expr, bound: dict[str, list[ast.expr]]) -> bool:
    """A literal, a number with a format, or something that went through the helper."""

    def is_safe(part: ast.expr) -> bool:
        return _is_safe(part, bound)

    match node:
        case ast.Constant():
            return True
        case ast.JoinedStr():
            return all(map(is_safe, node.values))
        case ast.FormattedValue():
            return is_safe(node.value) or _is_number_format(node)
        case ast.BinOp():
            return is_safe(node.left) and is_safe(node.right)
        case ast.BoolOp():
            return all(map(is_safe, node.values))
        case ast.IfExp():
            return is_safe(node.body) and is_safe(node.orelse)
        case ast.List() | ast.Tuple():
            return all(map(is_safe, node.elts))
        case ast.ListComp() | ast.GeneratorExp():
            return is_safe(node.elt)
        case ast.Call():
            name = node.func.id if isinstance(node.func, ast.Name) else getattr(node.func, "attr", "")
            return name in SAFE_CALLS or (name in ("list", "tab_label") and all(map(is_safe, node.args)))
        case ast.Subscript():
            return is_safe(node.value)
        case ast.Name():
            others = [value for value in bound.get(node.id, []) if value is not node]
            return node.id.isupper() or (bool(others) and all(map(is_safe, others)))
        case ast.Attribute():
            return node.attr.isupper()
    return False


def _is_number_format(node: ast.FormattedValue) -> bool:
    spec = ast.unparse(node.format_spec) if node.format_spec else ""
    is_counted = isinstance(node.value, ast.Attribute) and node.value.attr in ("n", "rev", "number", "step", "steps")
    return is_counted or any(mark in spec for mark in (",", "d", "f", "%"))


def test_built_editor_comes_from_its_sources() -> None:
    """Without Node: the module is the one the manifest names, made of the sources as they are now."""
    manifest = json.loads((ROOT / "ui" / "editor" / "manifest.json").read_text())
    built = (ROOT / "ui" / "editor" / manifest["file"]).read_bytes()
    assert hashlib.sha256(built).hexdigest() == manifest["sha256"]
    assert manifest["sha256"][:10] in manifest["file"]
    assert [path.name for path in (ROOT / "ui" / "editor").glob("editor-*.js")] == [manifest["file"]]
    assert len(built) <= 400_000
    frontend = ROOT / "frontend"
    sources = [frontend / name for name in ("build.mjs", "package.json", "package-lock.json")]
    sources += (frontend / "src").iterdir()
    hashes = {str(path.relative_to(frontend)): hashlib.sha256(path.read_bytes()).hexdigest() for path in sources}
    assert hashes == manifest["sources"], "run `make frontend`"


def test_notice_names_every_bundled_package_and_the_lock_no_host() -> None:
    lock = json.loads((ROOT / "frontend" / "package-lock.json").read_text())
    notice = (ROOT / "ui" / "editor" / "NOTICE.txt").read_text()
    for place, package in lock["packages"].items():
        name = place.removeprefix("node_modules/")
        assert "resolved" not in package
        if name and "esbuild" not in name:
            assert f"{name} {package['version']} (MIT)" in notice


def test_every_shortcut_means_one_thing_and_is_allowed() -> None:
    shortcuts = [key.shortcut for key in keys.KEYS]
    assert len(set(shortcuts)) == len(shortcuts)
    assert not {shortcut for shortcut in shortcuts if shortcut.endswith(("+C", "+R"))}


def test_pages_are_short_and_begin_with_who_may_be_here() -> None:
    for path in sorted((ROOT / "pages").glob("*.py")):
        text = path.read_text()
        assert len(text.splitlines()) <= 100, path.name
        assert "require_role(" in text, path.name


@pytest.mark.parametrize(
    ("written", "shown"),
    [
        ("order_id (string, required)", "order_id (string, required)"),
        ("![x](http://e.example)", "\\!\\[x\\]\\(http\\:\\/\\/\u2060e\\.example\\)"),
        ("a -> b", "a \\-\u2060\\> b"),
        ("two\nlines", "two lines"),
        ("_em_", "\\_em\\_"),
        ("www.e.example", "www\u2060\\.e\\.example"),
    ],
)
def test_plain_words_are_inert(written: str, shown: str) -> None:
    assert plain(written) == shown


def test_say_escapes_values_only() -> None:
    assert say("**{name}**", name="*x*") == "**\\*x\\***"


@pytest.mark.parametrize(
    ("written", "shown"),
    [
        ("The argument `when` has no description.", "The argument **when** has no description\\."),
        ("`a` and `b`", "**a** and **b**"),
        ("`![x](y)` is hostile", "**\\!\\[x\\]\\(y\\)** is hostile"),
        ("an odd ` mark", "an odd \\` mark"),
        ("empty `` name", "empty  name"),
    ],
)
def test_names_in_a_sentence_are_bold_and_inert(written: str, shown: str) -> None:
    assert named(written) == shown


def test_long_text_is_clipped_with_a_sentence() -> None:
    assert clip("short") == ("short", "")
    shown, sentence = clip("line\n" * 40)
    assert len(shown.splitlines()) == 12
    assert sentence == "0.2 kB; the first 12 lines are drawn"
