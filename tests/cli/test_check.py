"""An environment is checked on the command line: what is said, and the exit code."""

import json
import sys
from pathlib import Path

import pytest

from robo_ddpg.cli.app import main
from robo_ddpg.envs.checkup import checkup as module
from robo_ddpg.envs.checkup import stepping
from tests.cli.conftest import Refusal
from tests.docs.pages import PAGES, blocks

SOUND = "tests.envs.checkup.toys:Sound"


@pytest.fixture(autouse=True)
def time_enough(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("PLAYED_S", "REPLAYED_S"):
        monkeypatch.setattr(module, name, 300.0)
    monkeypatch.setattr(stepping, "MEASURED_S", 0.01)


def test_what_hurts_comes_first_then_the_rest_as_the_page_shows_it(
    capsys: pytest.CaptureFixture[str], here: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file, _, shown, *_ = blocks(PAGES["docs/check.md"])
    Path(file.file).write_text(file.text)
    monkeypatch.delitem(sys.modules, "lamp", raising=False)
    assert main(["check", "lamp:Lamp"]) == 1
    findings, facts = capsys.readouterr().out.split("\nfacts\n")
    assert findings == shown.text
    names = [line[2:14].strip() for line in facts.splitlines()]
    expected = ["observations", "actions", "episodes", "rewards", "success", "speed", "in training"]
    assert [name for name in names if name] == expected
    assert max(map(len, (findings + facts).splitlines())) <= 80


def test_the_exit_code_is_0_where_nothing_hurts(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["check", SOUND]) == 0
    first, *_ = capsys.readouterr().out.splitlines()
    assert first == f"{SOUND}: nothing was found that will hurt learning"


def test_programs_read_the_same(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["check", "Pendulum-v1", "--environment.max-episode-steps", "1", "--json"]) == 1
    found = json.loads(capsys.readouterr().out)
    assert found["name"] == "Pendulum-v1"
    assert found["hurts"]
    assert [finding["name"] for finding in found["findings"]] == ["ends at the first step"]
    assert found["facts"]["longest"] == 1
    assert set(found["facts"]["time_shares"]) == {"step", "wrappers", "reset", "rendering"}


def test_a_seed_fixes_what_is_seen(capsys: pytest.CaptureFixture[str]) -> None:
    returns = []
    for seed in ("4", "4", "5"):
        main(["check", SOUND, "--seed", seed, "--json"])
        returns.append(json.loads(capsys.readouterr().out)["facts"]["return_mean"])
    assert returns[0] == returns[1] != returns[2]


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["Pendulum-v1", "--seed", "-1"], "seed must not be negative"),
        (["Pendulum-v1", "--step-timeout-s", "0"], "step_timeout_s must be positive"),
        (["Pendulum-v1", "--environment.gravity", "1"], "gravity"),
        (["reach", "--environment.gravity", "1"], "--environment.gravity"),
        (["CartPole-v1"], "needs a bounded Box"),
        (["Pendulum-v9"], "Gymnasium has Pendulum-v1"),
        (["Pendulum-v1", "--python", "no/such/python"], "cannot be started"),
        ([], "name a task"),
    ],
)
def test_wrong_input_is_one_line(refusal: Refusal, words: list[str], said: str) -> None:
    assert said in refusal("check", *words)
