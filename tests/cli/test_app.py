"""The command line as its harshest user meets it."""

import importlib
import inspect
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

import robo_ddpg
from robo_ddpg.cli import tasks as command
from robo_ddpg.cli.app import COMMANDS, main, module_of


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
        ("", "name a command; available: tasks, new, train"),
        ("trian reach", "unknown command 'trian' (did you mean train?)"),
        ("--nope", "unknown command '--nope'"),
        ("tasks --nope", "tasks: unknown option --nope"),
        ("tasks reach", "tasks: unexpected word 'reach'"),
        ("doctor --nope", "doctor: unknown option --nope"),
        ("train reach --out /proc/nowhere", "cannot use /proc/nowhere"),
        ("evaluate", "CONTROLLER_OR_RUN is missing"),
        ("evaluate nowhere", "no controller 'nowhere'"),
        ("evaluate raech", "no controller 'raech'; did you mean 'reach'?"),
        ("evaluate nowhere.safetensors", "there is no controller file"),
        ("evaluate .", "no controller file"),
        ("evaluate reach --episodes 0", "episodes must be positive, got 0"),
        ("evaluate reach --seed -1", "seed must not be negative"),
        ("evaluate reach --seed 12345678901234567890", "seed must be at most 4294967295"),
        ("train reach --seed 12345678901234567890", "seed must be at most 4294967295"),
        ("watch reach --seed 12345678901234567890", "seed must be at most 4294967295"),
        ("compare reach reach --out /proc/nowhere/x.mp4", "no directory /proc/nowhere"),
        ("evaluate reach --robustness --out /proc/nowhere/x.json", "cannot write /proc/nowhere"),
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
        ("record reach --episodes 1 --out /proc/nowhere/film.mp4", "no directory /proc/nowhere"),
        ("record reach --episodes 1 --width 0", "0"),
        ("record reach --episodes 1 --speed 0", "speed"),
        ("record reach --episodes 1 --episode-s 0", "episode_s must be positive"),
        ("compare reach", "B is missing"),
        ("replay nowhere.npz", "nowhere.npz"),
        ("report", "RUN is missing"),
        ("watch reach --port 70000", "port must be from 0 to 65535, got 70000"),
    ],
)
def test_wrong_input_is_refused_in_one_line_that_says_what_to_do(
    refusal: Callable[..., str], words: str, said: str
) -> None:
    assert said in refusal(*words.split())
    assert not [path for path in Path().rglob("*") if path.is_file()], "nothing may be left behind"


def test_a_refusal_is_the_same_in_a_process_of_its_own() -> None:
    process = in_a_process("train", "reach", "--agent.discount", "2")
    assert process.returncode == 2
    assert process.stdout == ""
    assert process.stderr.count("\n") == 1


def test_the_module_runs_as_the_command_does() -> None:
    process = in_a_process("tasks")
    assert process.returncode == 0
    assert "reach" in process.stdout


@pytest.mark.parametrize("name", COMMANDS)
@pytest.mark.parametrize("flag", ["--help", "-h"])
def test_every_command_explains_itself(
    capsys: pytest.CaptureFixture[str], name: str, flag: str
) -> None:
    assert main([name, flag]) == 0
    captured = capsys.readouterr()
    assert captured.err == ""
    assert f"usage: robo-ddpg {name} " in captured.out
    assert f"\n\n{COMMANDS[name]}\n\n" in captured.out


@pytest.mark.parametrize("name", COMMANDS)
def test_a_summary_in_the_overview_is_the_first_line_of_the_commands_own_description(
    name: str,
) -> None:
    run = module_of(name).run
    assert inspect.getdoc(run) == COMMANDS[name]


def test_the_overview_names_every_command(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--help"]) == 0
    shown = capsys.readouterr().out
    assert all(f"\n  {name:13}{summary}\n" in shown for name, summary in COMMANDS.items())


@pytest.mark.parametrize(
    ("words", "modules"),
    [
        (["--help"], {"mujoco", "torch", "tyro", "matplotlib", "rich", "av", "PIL"}),
        (["train", "reach", "--help"], {"torch", "matplotlib", "av"}),
        (["watch", "--help"], {"torch", "mujoco.studio"}),
    ],
)
def test_help_imports_nothing_heavy(words: list[str], modules: set[str]) -> None:
    code = (
        f"import sys; from robo_ddpg.cli.app import main; assert main({words}) == 0; "
        f"print(*sorted(sys.modules.keys() & {modules}), file=sys.stderr, end='')"
    )
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert (run.returncode, run.stderr) == (0, "")


def raises(error: BaseException) -> Callable[[Any], None]:
    def run(_: Any) -> None:
        raise error

    return run


def test_an_interruption_says_so_and_has_its_exit_code(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(command, "run", raises(KeyboardInterrupt()))
    assert main(["tasks"]) == 130
    assert capsys.readouterr().err == "robo-ddpg: interrupted\n"


def test_an_error_that_is_not_the_users_keeps_its_traceback(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(command, "run", raises(ZeroDivisionError("by chance")))
    with pytest.raises(ZeroDivisionError):
        main(["tasks"])


def test_an_error_of_gymnasiums_is_one_line(
    monkeypatch: pytest.MonkeyPatch, refusal: Callable[..., str]
) -> None:
    error = importlib.import_module("gymnasium").error.DependencyNotInstalled("no\nbox2d")
    monkeypatch.setattr(command, "run", raises(error))
    assert refusal("tasks") == "robo-ddpg: no box2d\n"


@pytest.mark.parametrize("words", [["--help"], ["evaluate", "--help"], ["tasks"]])
def test_a_reader_that_leaves_early_is_no_error(words: list[str]) -> None:
    reader, writer = os.pipe()
    os.close(reader)
    with open(writer, "w") as pipe:
        run = subprocess.run(
            [sys.executable, "-m", "robo_ddpg", *words],
            stdout=pipe,
            stderr=subprocess.PIPE,
            env={k: v for k, v in os.environ.items() if k != "PYTHONUNBUFFERED"},
            check=False,
        )
    assert run.stderr == b""


def test_it_says_which_version_it_is(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--version"]) == 0
    assert capsys.readouterr().out == f"robo-ddpg {robo_ddpg.__version__}\n"
