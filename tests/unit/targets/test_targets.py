"""Targets are dated data: severities follow what was read about each, and the page about them cannot drift."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from curation.errors import NotFoundError
from curation.model.finding import Finding, Judged, Severity
from curation.model.rule_names import RULE_SLUGS
from curation.rules import judge
from curation.services import choices
from curation.targets import GROUP_TITLES, TARGETS, get_target
from curation.targets.manual import LIMIT_WORDS, write_page
from curation.targets.target import Limit, Target
from tests.unit.rules.rule_cases import read_cases

PAGE = Path(__file__).parents[3] / "docs" / "targets.md"
E, W, INFO = Severity.ERROR, Severity.WARNING, Severity.INFO
SERVICES = ("openai", "azure", "together", "fireworks", "nebius", "mistral", "gemini", "nova")
TRAINERS = ("trl", "axolotl", "llamafactory", "unsloth")
TEMPLATES = (
    "qwen2_5",
    "qwen3",
    "qwen3_vl",
    "qwen3_5",
    "llama3_1",
    "gpt_oss",
    "glm4_moe",
    "lfm2_5",
    "deepseek_v3",
    "nemotron_3",
)
FOLLOWED: list[tuple[str, str, Severity | None, dict[str, Severity | None]]] = [
    ("J02", "", W, {"azure": INFO, "openai": W}),
    ("M05", "", W, {"mistral": E, "llamafactory": E, "qwen3_5": E, "gpt_oss": E, "qwen2_5": W}),
    ("M08", "", W, {"mistral": E, "llama3_1": E, "gpt_oss": E, "llamafactory": E, "openai": INFO, "qwen3": INFO}),
    ("M10", "", W, {"llamafactory": E, "nova": E, "openai": W}),
    ("M11", "", W, {"azure": E, "llamafactory": E, "openai": W}),
    ("M12", "", INFO, {"openai": E, "azure": E, "trl": INFO}),
    ("M13", "", INFO, {"openai": E, "azure": E, "trl": INFO}),
    ("M14", "weight of a user", E, {"together": None, "openai": E}),
    ("M14", "half", E, {"together": E}),
    ("M16", "", INFO, {"trl": E, "llama3_1": E, "qwen3_5": E, "gemini": E, "together": E, "openai": INFO}),
    ("M18", "", W, {"mistral": E, "trl": E, "qwen2_5": E, "qwen3_vl": INFO, "openai": W}),
    ("T14", "optional property", W, {"openai": E, "azure": E, "trl": W}),
    ("T20", "", W, {"llama3_1": W, "trl": W, "qwen3": INFO}),
    ("C01", "no id", INFO, {"openai": E, "azure": E, "mistral": E, "together": E, "trl": INFO}),
    ("C07", "", INFO, {"llamafactory": INFO, "mistral": INFO}),
    ("C10", "", W, {"gemini": E, "trl": E, "openai": W} | dict.fromkeys(TEMPLATES, E)),
    ("C13", "template allows one", None, {"llama3_1": E, "gpt_oss": E, "qwen3": None, "openai": None}),
]
"""Code, name of the failing case (empty: the first), severity with no target, and that for each target."""


def findings_of(code: str, case_name: str) -> list[Finding]:
    slug = RULE_SLUGS[code]
    cases = read_cases(slug).fails
    case = next(case for case in cases if not case_name or case.name == case_name)
    found = [finding for finding in case.findings() if finding.rule == slug]
    assert found
    return found


def severities(judged: tuple[Judged, ...]) -> set[Severity]:
    return {one.severity for one in judged}


@pytest.mark.parametrize(("code", "case", "alone", "by_target"), FOLLOWED, ids=[f"{c} {n}" for c, n, _, _ in FOLLOWED])
def test_severity_follows_the_target(
    code: str, case: str, alone: Severity | None, by_target: dict[str, Severity | None]
) -> None:
    found = findings_of(code, case)
    assert severities(judge(found)) == ({alone} if alone else set())
    for target, severity in by_target.items():
        assert severities(judge(found, target)) == ({severity} if severity else set()), target


FORMS: dict[str, tuple[str, ...]] = {
    "string": ("openai", "azure", "together", "fireworks", "nebius", "mistral", "deepseek_v3"),
    "object": (
        "trl",
        "llamafactory",
        "unsloth",
        "qwen2_5",
        "qwen3_5",
        "llama3_1",
        "gpt_oss",
        "glm4_moe",
        "lfm2_5",
        "nemotron_3",
    ),
    "either": ("axolotl", "gemini", "nova", "qwen3", "qwen3_vl", "router"),
}


@pytest.mark.parametrize("form", ["string", "object"])
def test_the_other_form_of_arguments_is_an_error_and_the_own_one_nothing(form: str) -> None:
    finding = Finding("arguments-form", "J16", "/messages/1", "…", {"form": form})
    for wanted, names in FORMS.items():
        for name in names:
            found = severities(judge([finding], name))
            assert found == (set() if wanted in (form, "either") else {E}), name
    assert {name for names in FORMS.values() for name in names} == set(TARGETS)


def test_all_families_and_services_are_there() -> None:
    assert {*SERVICES, *TRAINERS, *TEMPLATES, "router"} == set(TARGETS)


def test_ids_of_mistral_are_nine_letters_or_digits() -> None:
    finding = Finding("call-id-form", "C12", "/x", "…", {"id": "call_abc-1"})
    assert severities(judge([finding], "mistral")) == {E}
    assert judge([finding], "openai") == ()
    assert judge([finding]) == ()


def test_a_tool_without_description_or_parameters_is_an_error_for_mistral_only() -> None:
    empty = findings_of("T12", "empty")
    assert severities(judge(empty, "mistral")) == {E}
    assert severities(judge(empty, "openai")) == {W}
    argument = findings_of("T12", "argument")
    assert severities(judge(argument, "mistral")) == {W}
    absent = findings_of("T05", "left out")
    assert severities(judge(absent, "mistral")) == {E}
    assert judge(absent) == ()


def test_names_of_arguments_matter_to_gemini_only() -> None:
    found = findings_of("T03", "dash in an argument")
    assert severities(judge(found, "gemini")) == {E}
    assert judge(found, "openai") == ()
    assert judge(found) == ()


def test_without_a_target_nothing_is_worse_than_for_every_target() -> None:
    """What only some targets refuse is no error as long as none is chosen."""
    for code, _, alone, by_target in FOLLOWED:
        if E in by_target.values() and {*by_target.values()} - {E, None}:
            assert alone is not E, code


@pytest.mark.parametrize("target", TARGETS.values(), ids=list(TARGETS))
def test_every_limit_carries_source_and_date(target: Target) -> None:
    limits = [getattr(target, name) for name in LIMIT_WORDS]
    dated = [one for one in limits if one is not None] + [*target.severity.values(), *target.facts]
    assert dated
    for one in dated:
        assert len(one.source) > 8
        assert re.fullmatch(r"20\d\d-\d\d-\d\d", one.date)


def test_the_page_knows_every_kind_of_limit() -> None:
    fields = {name for name, kind in Target.__annotations__.items() if "Limit[" in str(kind)}
    assert fields == set(LIMIT_WORDS)
    assert Limit("x", "somewhere", "2026-01-01").value == "x"


def test_the_page_is_what_the_files_say() -> None:
    assert PAGE.read_text() == write_page(), "run: python -m curation.targets.manual docs/targets.md"


@pytest.mark.parametrize(
    ("typed", "name"),
    [("Qwen3.6", "qwen3_5"), ("llama3.2", "llama3_1"), ("gpt-oss", "gpt_oss"), ("vertex", "gemini"), ("TRL", "trl")],
)
def test_other_names_of_a_target_are_understood(typed: str, name: str) -> None:
    assert get_target(typed).name == name


def test_a_misspelt_target_is_told_the_right_name() -> None:
    with pytest.raises(NotFoundError) as caught:
        get_target("nemotron4")
    assert "nemotron_3" in caught.value.hint


def test_the_choice_is_grouped() -> None:
    groups = [choices.target_groups()[name] for name in choices.list_targets()]
    assert list(dict.fromkeys(groups)) == list(GROUP_TITLES.values())
    assert groups == sorted(groups, key=list(GROUP_TITLES.values()).index)
