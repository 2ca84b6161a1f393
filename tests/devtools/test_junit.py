"""The summary of ./dev test: nothing that did not pass may look as if it had."""

import pytest

from devtools import junit
from devtools.console import DevError

REPORT = """<?xml version="1.0"?><testsuites><testsuite>
<testcase classname="tests.unit.test_a" name="test_plain" file="tests/unit/test_a.py"/>
<testcase classname="tests.unit.test_a.TestB" name="test_bad[x # y]"
    file="tests/unit/test_a.py"><failure message="m">t</failure></testcase>
<testcase classname="tests.unit.test_a" name="test_fixture"
    file="tests/unit/test_a.py"><error message="m">t</error></testcase>
<testcase classname="tests.unit.test_a.TestB" name="test_later"
    file="tests/unit/test_a.py"><skipped message="not now"/></testcase>
</testsuite></testsuites>"""
SKIPPED = "tests/unit/test_a.py::TestB::test_later"


@pytest.fixture
def outcome(tmp_path):
    report = tmp_path / "unit.xml"
    report.write_text(REPORT)
    return junit.read("unit", report)


@pytest.fixture
def allowed(tmp_path, monkeypatch):
    file = tmp_path / "allowed_skips.txt"
    monkeypatch.setattr(junit, "ALLOWED_SKIPS", file)
    return file


def test_counts_errors_in_fixtures_as_failures(outcome):
    assert (outcome.passed, outcome.failed) == (1, 2)


def test_names_skips_as_pytest_does(outcome):
    assert outcome.skipped == {SKIPPED: "not now"}


def test_refuses_a_skip_that_is_not_listed(outcome, allowed):
    allowed.write_text("tests/unit/test_a.py::test_other # why\n")

    junit.forbid_new_skips(outcome)

    assert outcome.problems == [f"skipped without leave: {SKIPPED} (not now)"]


def test_accepts_a_skip_that_is_listed(outcome, allowed):
    allowed.write_text(f"# a comment\n\n{SKIPPED} # no display here\n")

    junit.forbid_new_skips(outcome)

    assert outcome.problems == []


def test_demands_a_reason_for_each_allowed_skip(allowed):
    allowed.write_text(f"{SKIPPED}\n")

    with pytest.raises(DevError, match="gives no reason"):
        junit.allowed_skips()


def test_missing_report_is_a_problem(tmp_path):
    outcome = junit.read("e2e", tmp_path / "none.xml")

    assert not outcome.is_good


def test_last_line_counts_problems_as_failures(outcome, allowed):
    junit.forbid_new_skips(outcome)
    other = junit.Outcome("e2e", problems=["no test was found"])

    lines = junit.table([outcome, other]).splitlines()

    assert lines[-1] == "1 passed, 4 failed, 1 skipped"
    assert any(line.split() == ["unit", "1", "2", "1", "0"] for line in lines)
