"""Tests take their builders from each other: every name they ask for is there (types are not checked in `tests`)."""

from __future__ import annotations

import ast
from functools import cache
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
MODULES = sorted(path for path in (ROOT / "tests").rglob("*.py") if "data" not in path.parts)


def file_of(module: str) -> Path | None:
    path = ROOT.joinpath(*module.split("."))
    return next((one for one in (path.with_suffix(".py"), path / "__init__.py") if one.is_file()), None)


@cache
def names_in(path: Path) -> frozenset[str]:
    """What a module binds at its outer level, also under `if` and `try`."""
    bound: set[str] = set()
    waiting = list(ast.parse(path.read_bytes()).body)
    while waiting:
        node = waiting.pop()
        if isinstance(node, ast.FunctionDef | ast.ClassDef):
            bound.add(node.name)
            continue
        if isinstance(node, ast.Import | ast.ImportFrom):
            bound |= {alias.asname or alias.name.split(".")[0] for alias in node.names}
        bound |= {one.id for one in ast.walk(node) if isinstance(one, ast.Name) and isinstance(one.ctx, ast.Store)}
        waiting += [one for one in ast.iter_child_nodes(node) if isinstance(one, ast.stmt | ast.excepthandler)]
    return frozenset(bound)


def missing_names(path: Path) -> list[str]:
    """`module.name` for each name asked of another test module that is not there."""
    missing = []
    for node in ast.walk(ast.parse(path.read_bytes())):
        if not isinstance(node, ast.ImportFrom) or not (node.module or "").startswith("tests."):
            continue
        module = str(node.module)
        source = file_of(module)
        for alias in node.names:
            if file_of(f"{module}.{alias.name}") is None and (source is None or alias.name not in names_in(source)):
                missing.append(f"{module}.{alias.name}")
    return missing


@pytest.mark.parametrize("path", MODULES, ids=lambda path: str(path.relative_to(ROOT)))
def test_names_asked_of_other_tests_are_there(path: Path) -> None:
    assert missing_names(path) == []


def test_missing_name_is_seen(tmp_path: Path) -> None:
    asking = tmp_path / "test_x.py"
    asking.write_text("from tests.shop_rows import Desk, nobody\nfrom tests.nowhere import x\n")
    assert missing_names(asking) == ["tests.shop_rows.nobody", "tests.nowhere.x"]
