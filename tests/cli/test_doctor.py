"""The doctor's findings as text, as JSON, and as an exit code."""

import json

import pytest

from robo_ddpg.cli import doctor_checks
from robo_ddpg.cli.app import main
from robo_ddpg.cli.doctor_checks import Check

FOUND = [Check("one", True, "fine"), Check("three", False, "bad", "Mend it.")]


@pytest.fixture(autouse=True)
def found(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(doctor_checks, "run", lambda: FOUND)


def test_the_fix_stands_below_what_failed(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["doctor"]) == 1
    assert capsys.readouterr().out.splitlines() == [
        "ok    one    fine",
        "FAIL  three  bad",
        "             -> Mend it.",
    ]


def test_programs_read_the_same_findings(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["doctor", "--json"]) == 1
    assert json.loads(capsys.readouterr().out)[1] == {
        "name": "three",
        "ok": False,
        "detail": "bad",
        "fix": "Mend it.",
    }


def test_the_exit_code_is_0_where_everything_works(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(doctor_checks, "run", lambda: FOUND[:1])
    assert main(["doctor"]) == 0
