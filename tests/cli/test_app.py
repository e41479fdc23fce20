"""The command line as its harshest user meets it."""

import json
import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

import tasks
from robo_ddpg import Controller
from robo_ddpg.cli.app import COMMANDS, main

KEYS = {
    "task",
    "controller",
    "episodes",
    "seed",
    "success_rate",
    "success_low",
    "success_high",
    "return_mean",
    "return_iqm",
    "return_low",
    "return_high",
    "length_mean",
    "safety",
    "violations",
}
"""Of `evaluate --json`; programs read them."""
TINY = (
    *("--steps", "400", "--simulations", "8", "--evaluate-every", "400", "--quiet"),
    *("--environment.episode-s", "0.5"),
)


@pytest.fixture(autouse=True)
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty working directory."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("COLUMNS", "80")
    return tmp_path


def refusal(capsys: pytest.CaptureFixture[str], *words: str) -> str:
    """The one line a command refuses with, exit code 2."""
    code = main(words)
    captured = capsys.readouterr()
    assert code == 2, captured
    assert captured.out == ""
    assert captured.err.count("\n") == 1, captured.err
    assert captured.err.startswith("robo-ddpg: ")
    return captured.err


def in_a_process(*words: str, **environment: str) -> "subprocess.CompletedProcess[str]":
    """The command in a process of its own."""
    return subprocess.run(
        [sys.executable, "-m", "robo_ddpg", *words],
        capture_output=True,
        text=True,
        check=False,
        env={**os.environ, **environment},
    )


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ("", "name a command; available: tasks, train"),
        ("trian reach", "unknown command 'trian'"),
        ("--nope", "unknown command '--nope'"),
        ("tasks --nope", "takes no options, got --nope"),
        ("doctor --nope", "takes no options, got --nope"),
        ("train", "name a task"),
        ("train --seed 1", "name a task"),
        ("train reech", "did you mean 'reach'"),
        ("train Pendulum-v11", "Pendulum-v1"),
        ("train CartPole-v1", "Discrete"),
        ("train reach extra", "extra"),
        ("train reach.py:Task", "expected module:Class"),
        ("train no_such_module:Task", "no module 'no_such_module'"),
        ("train reach --steps 0", "steps must be positive, got 0"),
        ("train reach --steps -5", "steps must be positive, got -5"),
        ("train reach --steps many", "--steps"),
        ("train reach --steps", "--steps"),
        ("train reach --minutes -1", "minutes must be positive"),
        ("train reach --minutes nan", "minutes must be positive"),
        ("train reach --simulations 0", "simulations must be positive"),
        ("train reach --evaluate-every 0", "evaluate_every must be positive"),
        ("train reach --seed -1", "seed must not be negative"),
        ("train reach --preset td4", "unknown preset 'td4'; available: default, td3, ddpg-2015"),
        ("train reach --preset=td4", "unknown preset 'td4'"),
        ("train reach --stepz 5", "did you mean --steps?"),
        ("train reach --agent.discont 0.5", "did you mean --agent.discount?"),
        ("train reach --agent.discount 2", "discount=2.0: expected within [0, 1]"),
        ("train reach --agent.noise pink", "gaussian"),
        ("train reach --agent.hidden-sizes 0", "hidden_sizes"),
        ("train reach --environment.episode-s -1", "episode_s must be positive"),
        ("train reach --environment.timestep-s 0.03", "timestep_s must divide"),
        ("train reach --environment.goal-low-m 1 1 1", "goal_low_m"),
        ("train Pendulum-v1 --environment.episode-s 1", "--environment.episode-s"),
        ("train reach --out /proc/nowhere", "cannot use /proc/nowhere"),
        ("train --resume nowhere", "nowhere is not a run to resume"),
        ("train reach --resume nowhere --seed 3", "--seed"),
        ("train --resume", "--resume"),
        ("evaluate", "CONTROLLER_OR_RUN is missing"),
        ("evaluate nowhere", "no controller 'nowhere'"),
        ("evaluate nowhere.safetensors", "there is no controller file"),
        ("evaluate .", "no controller file"),
        ("evaluate reach --episodes 0", "episodes must be positive, got 0"),
        ("evaluate reach --episodes 2.5", "--episodes"),
        ("evaluate reach --seed -1", "seed must not be negative"),
        ("evaluate reach --nope", "--nope"),
        (
            "evaluate reach --episodes 1 --csv /proc/nowhere/x.csv",
            "cannot write /proc/nowhere/x.csv",
        ),
        ("record", "CONTROLLER_OR_RUN is missing"),
        ("record nowhere", "no controller 'nowhere'"),
        ("record reach --episodes 0", "episodes must be positive"),
        ("record reach --seed -1", "seed must not be negative"),
        ("record reach --grid 2by2", "grid must look like 2x2, got '2by2'"),
        ("record reach --grid 0x2", "grid must look like 2x2"),
        ("record reach --episodes 1 --camera nowhere", "front"),
        ("record reach --episodes 1 --out film.txt", ".mp4"),
        ("record reach --episodes 1 --out /proc/nowhere/film.mp4", "/proc/nowhere/film.mp4"),
        ("record reach --episodes 1 --width 0", "0"),
        ("record reach --episodes 1 --speed 0", "speed"),
        ("record reach --episodes 1 --episode-s 0", "episode_s must be positive"),
        ("compare reach", "missing"),
        ("replay nowhere.npz", "nowhere.npz"),
    ],
)
def test_wrong_input_is_refused_in_one_line_that_says_what_to_do(
    capsys: pytest.CaptureFixture[str], words: str, said: str
) -> None:
    assert said in refusal(capsys, *words.split())
    assert not [path for path in Path().rglob("*") if path.is_file()], "nothing may be left behind"


def test_a_refusal_is_the_same_in_a_process_of_its_own() -> None:
    process = in_a_process("train", "reach", "--agent.discount", "2")
    assert process.returncode == 2
    assert process.stdout == ""
    assert process.stderr.count("\n") == 1


@pytest.mark.parametrize("content", [b"", b"not a controller", None])
def test_a_damaged_controller_is_refused(
    capsys: pytest.CaptureFixture[str], here: Path, content: bytes | None
) -> None:
    path = here / "c.safetensors"
    shipped = Path(Controller.find("reach").path).read_bytes()
    path.write_bytes(shipped[:-100] if content is None else content)
    for command in ("evaluate", "record"):
        assert str(path) in refusal(capsys, command, str(path))


def test_a_controller_for_other_observations_is_refused(
    capsys: pytest.CaptureFixture[str], here: Path
) -> None:
    controller = Controller.find("reach")
    layers = {**controller.tensors, "actor.0.weight": np.zeros((128, 7), np.float32)}
    Controller(layers, {**controller.metadata, "observation_size": 7}).save(here / "c.safetensors")
    for command in ("evaluate", "record"):
        said = refusal(capsys, command, "c.safetensors")
        assert "was trained for 7 observed values, but 'reach' now has 29" in said


def test_a_controller_for_a_task_that_is_gone_is_refused(
    capsys: pytest.CaptureFixture[str], here: Path
) -> None:
    controller = Controller.find("reach")
    controller.metadata["task"] = {"name": "lost_module:Task", "settings": {}}
    controller.save(here / "c.safetensors")
    assert "no module 'lost_module'" in refusal(capsys, "evaluate", "c.safetensors")


def test_an_output_directory_in_use_needs_resume_or_force(
    capsys: pytest.CaptureFixture[str], here: Path
) -> None:
    assert main(["train", "reach", "--out", "run", *TINY]) == 0
    capsys.readouterr()
    before = (here / "run/metrics.csv").read_bytes()
    said = refusal(capsys, "train", "reach", "--out", "run", *TINY)
    assert "--force" in said
    assert "--resume" in said
    assert (here / "run/metrics.csv").read_bytes() == before
    assert "is a run of reach, not of grasp" in refusal(capsys, "train", "grasp", "--resume", "run")
    assert "more than the 400" in refusal(capsys, "train", "--resume", "run", "--steps", "0")
    assert main(["train", "reach", "--resume", "run", "--steps", "600", "--quiet"]) == 0
    assert main(["train", "reach", "--out", "run", "--force", *TINY]) == 0


def test_a_file_in_place_of_a_directory_is_refused(
    capsys: pytest.CaptureFixture[str], here: Path
) -> None:
    (here / "notes.txt").write_text("x")
    (here / "thesis").mkdir()
    (here / "thesis" / "chapter.tex").write_text("x")
    assert "is a file" in refusal(capsys, "train", "reach", "--out", "notes.txt")
    assert "is not empty" in refusal(capsys, "train", "reach", "--out", "thesis")
    said = refusal(capsys, "train", "reach", "--out", "thesis", "--force")
    assert "--force does not delete it" in said
    assert (here / "thesis" / "chapter.tex").exists()


def test_without_opengl_a_video_is_refused_with_the_way_out() -> None:
    process = in_a_process("record", "reach", "--episodes", "1", MUJOCO_GL="glfw", DISPLAY="")
    if process.returncode == 0:
        pytest.skip("another backend stood in")
    assert process.returncode == 2
    assert process.stderr.count("\n") == 1
    assert "MUJOCO_GL" in process.stderr or "install" in process.stderr


@pytest.mark.parametrize("command", COMMANDS)
@pytest.mark.parametrize("flag", ["--help", "-h"])
def test_every_command_explains_itself(
    capsys: pytest.CaptureFixture[str], command: str, flag: str
) -> None:
    try:
        code = main([command, flag])
    except SystemExit as stop:
        code = int(stop.code or 0)
    captured = capsys.readouterr()
    assert code == 0
    assert captured.err == ""
    assert f"usage: robo-ddpg {command}" in captured.out
    options = {
        "train": ("--out", "--seed", "--steps", "--minutes", "--preset", "--resume", "--force"),
        "evaluate": ("--episodes", "--seed", "--json", "--csv"),
        "record": ("--episodes", "--out", "--camera", "--grid", "--seed"),
    }
    for option in options.get(command, ()):
        assert option in captured.out


def test_the_help_of_a_task_has_its_own_settings(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        main(["train", "reach", "--help"])
    shown = capsys.readouterr().out
    assert "--environment.tolerance-m" in shown
    assert "--environment.episode-s" in shown


def test_the_overview_names_every_command(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--help"]) == 0
    shown = capsys.readouterr().out
    assert all(f"\n  {command} " in shown for command in COMMANDS)


def test_tasks_lists_every_task_with_its_id(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["tasks"]) == 0
    lines = capsys.readouterr().out.splitlines()
    for name in tasks.names():
        (line,) = [line for line in lines if line.startswith(f"{name} ")]
        assert tasks.summary(name) in line
        assert "robo_ddpg/" in line


def test_options_reach_the_run(here: Path) -> None:
    words = ("--agent.discount", "0.9", "--environment.hold-s", "0.1", "--preset=td3")
    assert main(["train", "--out=run", "--seed", "7", "reach", *words, *TINY]) == 0
    settings = json.loads((here / "run/config.json").read_text())["settings"]
    assert settings["seed"] == 7
    assert settings["task"] == "reach"
    assert settings["agent"]["discount"] == 0.9
    assert settings["agent"]["hidden_sizes"] == [400, 300]
    assert settings["environment"]["hold_s"] == 0.1


def test_a_gymnasium_id_of_ours_is_the_task(here: Path) -> None:
    assert main(["train", "robo_ddpg/Reach-v0", *TINY]) == 0
    assert Controller.find(here / "runs/reach/seed-0").task["name"] == "reach"


def test_evaluate_prints_exactly_one_json_object(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["evaluate", "reach", "--episodes", "3", "--seed", "5", "--json"]) == 0
    captured = capsys.readouterr()
    summary = json.loads(captured.out)
    assert captured.err == ""
    assert summary.keys() >= KEYS
    assert (summary["task"], summary["episodes"], summary["seed"]) == ("reach", 3, 5)
    assert summary["success_low"] <= summary["success_rate"] <= summary["success_high"]
    assert set(summary["violations"].values()) == {0.0}


def test_evaluate_in_words_and_as_a_table(capsys: pytest.CaptureFixture[str], here: Path) -> None:
    assert main(["evaluate", "reach", "--episodes", "3", "--csv", "episodes.csv"]) == 0
    out = capsys.readouterr().out
    assert out.startswith("reach: 3 episodes, success 100.0 % (95 % interval ")
    assert len((here / "episodes.csv").read_text().splitlines()) == 4


def test_a_run_and_its_controller_file_give_the_same_evaluation(
    capsys: pytest.CaptureFixture[str], here: Path
) -> None:
    assert main(["train", "reach", "--out", "run", *TINY]) == 0
    capsys.readouterr()
    results = []
    for name in ("run", "run/controller.safetensors"):
        assert main(["evaluate", name, "--episodes", "4", "--json"]) == 0
        results.append(json.loads(capsys.readouterr().out))
    assert results[0] == results[1]
    written = json.loads((here / "run/evaluation.json").read_text())
    assert written["episodes"] == 4


def test_record_writes_a_video_and_says_where(
    capsys: pytest.CaptureFixture[str], here: Path
) -> None:
    words = ("--episodes", "1", "--width", "96", "--height", "64", "--out", "film.mp4")
    assert main(["record", "reach", *words, "--episode-s", "0.5", "--keep", "kept"]) == 0
    out = capsys.readouterr().out
    assert "41 frames, 1.0 s" in out  # half a second, and the verdict for as long
    assert out.splitlines()[-1].endswith("film.mp4")
    assert (here / "film.mp4").stat().st_size > 1000
    assert [path.name for path in (here / "kept").iterdir()] == ["seed-20000.npz"]


def test_the_module_runs_as_the_command_does() -> None:
    process = in_a_process("tasks")
    assert process.returncode == 0
    assert "reach" in process.stdout
