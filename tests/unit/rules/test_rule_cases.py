"""Every rule against its case file: what it must find, what it must leave alone, and what its repairs do."""

from __future__ import annotations

import pytest

from curation.model.finding import Finding
from curation.model.reading import Reading, Reject
from curation.model.rule_names import RULE_SLUGS
from curation.reading.edits import apply_fix
from curation.rules import RULES, judge
from tests.unit.rules.rule_cases import FOLDER, Case, read_cases

SLUGS = [rule.slug for rule in RULES]
FAILS = [pytest.param(slug, case, id=f"{slug}: {case.name}") for slug in SLUGS for case in read_cases(slug).fails]
PASSES = [pytest.param(slug, case, id=f"{slug}: {case.name}") for slug in SLUGS for case in read_cases(slug).passes]


def found_by(slug: str, case: Case) -> list[Finding]:
    return [finding for finding in case.findings() if finding.rule == slug]


@pytest.mark.parametrize(("slug", "case"), FAILS)
def test_rule_finds_the_fault_at_its_place(slug: str, case: Case) -> None:
    if case.reject:
        reading = case.read()
        assert isinstance(reading, Reject)
        assert reading.rule == slug
        return
    assert sorted(finding.at for finding in found_by(slug, case)) == sorted(case.at)


@pytest.mark.parametrize(("slug", "case"), PASSES)
def test_rule_leaves_good_rows_alone(slug: str, case: Case) -> None:
    assert found_by(slug, case) == []


@pytest.mark.parametrize(("slug", "case"), [param for param in FAILS if param.values[1].severity])
def test_severity_depends_on_the_target(slug: str, case: Case) -> None:
    found = found_by(slug, case)
    for target, severity in case.severity.items():
        judged = {item.severity.value for item in judge(found, target or None)}
        assert judged == ({severity} if severity else set()), target or "no target"


@pytest.mark.parametrize(("slug", "case"), [param for param in FAILS if param.values[1].row is not None])
def test_repairs_remove_what_they_repair(slug: str, case: Case) -> None:
    reading = case.read()
    assert isinstance(reading, Reading)
    for finding in found_by(slug, case):
        if finding.fix is None:
            continue
        mended = apply_fix(reading.example, finding.fix)
        known = case.tools(mended) if not case.known else None
        left = case.check(Reading(mended), known)
        assert (slug, finding.at) not in {(other.rule, other.at) for other in left}, finding


@pytest.mark.parametrize("slug", SLUGS)
def test_each_rule_has_cases_and_a_page(slug: str) -> None:
    cases = read_cases(slug)
    rule = next(rule for rule in RULES if rule.slug == slug)
    assert cases.passes
    assert cases.fails
    assert all(case.why for case in [*cases.passes, *cases.fails])
    assert "Bad" in rule.doc
    assert "Good" in rule.doc
    assert rule.title.endswith(".")


def test_no_case_file_is_left_without_its_rule() -> None:
    assert {path.stem for path in FOLDER.glob("*.json")} == set(SLUGS)


def test_slugs_agree_with_the_table() -> None:
    assert all(RULE_SLUGS[rule.code] == rule.slug for rule in RULES)


@pytest.mark.parametrize(("slug", "case"), [p for p in FAILS if not p.values[1].reject])
def test_messages_are_one_plain_sentence(slug: str, case: Case) -> None:
    for finding in found_by(slug, case):
        assert not finding.message[0].islower(), finding.message
        assert finding.message[-1] in ".?)", finding.message
        assert "!" not in finding.message
        assert "\n" not in finding.message
