"""Commands about many runs."""

import json
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from robo_ddpg.cli.app import main
from tests.many.made_up import make_run


@pytest.fixture
def runs(here: Path) -> Path:
    """Two groups, and a run that is damaged."""
    for seed in range(3):
        make_run(Path("runs/a") / f"seed-{seed}", (0.0, 0.9 + 0.01 * seed), seed=seed, discount=0.9)
    make_run(Path("runs/b"), (0.0, 0.5), discount=0.95)
    (make_run(Path("runs/broken")) / "config.json").write_text("{")
    return Path("runs")


def listed(capsys: pytest.CaptureFixture[str], *words: str) -> list[str]:
    assert main(["runs", "--json", *words]) == 0
    return [run["path"] for run in json.loads(capsys.readouterr().out)]


def test_runs_are_sorted_and_filtered(runs: Path, capsys: pytest.CaptureFixture[str]) -> None:
    a0, a1, a2 = (f"runs/a/seed-{seed}" for seed in range(3))
    assert listed(capsys) == [a0, a1, a2, "runs/b", "runs/broken"]
    by_success = listed(capsys, "--sort", "success", "--descending")
    assert by_success == [a2, a1, a0, "runs/b", "runs/broken"]
    assert listed(capsys, "--where", "agent.discount=0.95") == ["runs/b"]
    assert listed(capsys, "--state", "damaged") == ["runs/broken"]
    assert listed(capsys, "--task", "grasp") == []


def test_the_table_says_what_differs_and_what_is_damaged(
    runs: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["runs"]) == 0
    shown = capsys.readouterr()
    assert "90.0 %" in shown.out and shown.out.count("discount 0.9\n") == 3
    assert shown.err.count("\n") == 1 and "runs/broken/config.json" in shown.err


@pytest.mark.parametrize("ending", ["png", "svg", "pdf"])
def test_pictures_are_drawn_of_what_is_whole(
    runs: Path, ending: str, capsys: pytest.CaptureFixture[str]
) -> None:
    words = ("--out", f"a.{ending}", "--profile", f"b.{ending}", "--over", "time")
    assert main(["plot", "runs", *words]) == 0
    assert "left out: runs/broken/config.json" in capsys.readouterr().err
    start = {"png": b"\x89PNG", "svg": b"<?xml", "pdf": b"%PDF"}[ending]
    assert all(Path(f"{name}.{ending}").read_bytes().startswith(start) for name in "ab")


def test_a_table_is_printed(runs: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["plot", "runs/a", "runs/b", "--table", "markdown"]) == 0
    assert len(capsys.readouterr().out.splitlines()) == 2 + 4 + 1


def test_a_directory_of_runs_has_one_page(runs: Path) -> None:
    assert main(["report", "runs"]) == 0
    page = Path("runs/report.html").read_text()
    assert page.count("<svg") == 3 and "Left out: runs/broken" in page
    assert "http" not in page


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ("runs nowhere", "there is no directory nowhere"),
        ("runs --where discount", "expected NAME=VALUE, got discount"),
        ("plot nowhere", "there is no directory nowhere"),
        ("plot runs/broken", "no whole run in runs/broken"),
        ("plot runs/a --out a.bmp", "expected a name that ends in .png, .svg or .pdf"),
    ],
)
def test_wrong_input_is_refused(
    runs: Path, refusal: Callable[..., str], words: str, said: str
) -> None:
    assert said in refusal(*words.split())


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ("sweep reach", "nothing is varied: give --parameters FILE or --vary NAME=LOW:HIGH"),
        ("sweep reach --vary agent.discont=0.9:1", "did you mean agent.discount?"),
        ("sweep reach --parameters nowhere.toml", "nowhere.toml does not give parameters: No such"),
        ("sweep reach --vary agent.discount=0.9:1 --trials 0", "trials must be at least 1, got 0"),
        ("sweep reach --vary agent.discount=0.9:1 --jobs 0", "jobs must be positive, got 0"),
        ("sweep reech --vary agent.discount=0.9:1", "did you mean 'reach'"),
    ],
)
def test_a_sweep_that_cannot_be_is_refused(
    here: Path, refusal: Callable[..., str], words: str, said: str
) -> None:
    assert said in refusal(*words.split())
    assert not list(here.iterdir())


def test_without_optuna_a_sweep_says_what_to_install(
    here: Path, refusal: Callable[..., str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "optuna", None)
    said = refusal("sweep", "reach", "--vary", "agent.discount=0.9:0.99")
    assert "pip install 'robo-ddpg[sweeps]'" in said
