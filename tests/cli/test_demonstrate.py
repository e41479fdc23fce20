"""`robo-ddpg demonstrate`, and training from what it makes."""

import json
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from robo_ddpg.cli.app import main

Refusal = Callable[..., str]
TINY = (
    *("--steps", "400", "--simulations", "8", "--evaluate-every", "400", "--quiet"),
    *("--environment.episode-s", "0.5", "--agent.warmup-transitions", "64"),
    *("--agent.batch-size", "16"),
)


@pytest.fixture(scope="module")
def shown(tmp_path_factory: pytest.TempPathFactory) -> str:
    """Two demonstrations of reach."""
    path = tmp_path_factory.mktemp("demonstrations") / "reach"
    assert main(["demonstrate", "reach", "--episodes", "2", "--out", str(path)]) == 0
    return str(path)


def test_it_says_how_many_how_good_and_where(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["demonstrate", "reach", "--episodes", "2"]) == 0
    out, err = capsys.readouterr()
    assert out == (
        "reach: 2 demonstrations, 100 steps; 2 of 2 episodes solved (100.0 %)\n"
        "demonstrations/reach\n"
    )
    assert err == ""
    assert len(list(Path("demonstrations/reach").iterdir())) == 2


def test_another_robot_shows_it_too(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["demonstrate", "reach", "--episodes", "2", "--robot", "so101"]) == 0
    out, _ = capsys.readouterr()
    assert "2 of 2 episodes solved (100.0 %)" in out
    assert out.endswith("demonstrations/reach-so101\n")


def test_programs_read_json_and_long_work_is_noted(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("robo_ddpg.cli.demonstrate.AT_ONCE", 2)
    words = ("--episodes", "5", "--seed", "7", "--out", "new", "--json")
    assert main(["demonstrate", "reach", *words]) == 0
    out, err = capsys.readouterr()
    assert json.loads(out) == {
        "path": "new",
        "kept": 5,
        "steps": 250,
        "tried": 5,
        "solved": 5,
        "success_rate": 1.0,
    }
    assert err == "demonstrate: 2 of 5 episodes\ndemonstrate: 4 of 5 episodes\n"


def test_a_run_learns_from_demonstrations_and_keeps_to_them(
    shown: str, refusal: Refusal, here: Path
) -> None:
    shutil.copytree(shown, here / "shown")
    assert main(["train", "reach", *TINY, "--out", "run", "--demonstrations", "shown"]) == 0
    settings = json.loads((here / "run/config.json").read_text())["settings"]
    assert settings["demonstrations"] == "shown"
    said = refusal("train", "--resume", "run", "--demonstrations", "elsewhere")
    assert "leave out --demonstrations" in said
    (here / "shown/seed-30001.npz").unlink()
    said = refusal("train", "--resume", "run", "--quiet")
    assert "the demonstrations are no longer those it has learned from so far" in said


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ("demonstrate", "TASK is missing"),
        ("demonstrate reech", "did you mean 'reach'"),
        ("demonstrate locomotion", "name a trained controller with --controller"),
        ("demonstrate reach --controller nowhere", "no controller 'nowhere'"),
        ("demonstrate reach --episodes 0", "episodes must be positive, got 0"),
        ("demonstrate reach --episodes 1 --out /proc/nowhere", "Cannot write /proc/nowhere"),
        ("train reach --demonstrations nowhere", "there are no demonstrations nowhere"),
        ("train reach --demonstrations .", ". holds no demonstrations (*.npz)"),
        ("train reach --demonstrations", "--demonstrations: expected DIR, got nothing"),
    ],
)
def test_wrong_input_is_refused_and_leaves_nothing_behind(
    refusal: Refusal, words: str, said: str
) -> None:
    assert said in refusal(*words.split())
    assert not list(Path().iterdir())


def test_demonstrations_of_another_task_are_refused(shown: str, refusal: Refusal) -> None:
    said = refusal("train", "grasp", "--demonstrations", shown, "--quiet")
    assert "seed-30000.npz shows reach, expected grasp" in said
    assert not list(Path().iterdir())
