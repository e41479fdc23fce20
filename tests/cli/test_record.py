"""Filming a controller from the command line."""

import json
import os
import subprocess
import sys
from pathlib import Path

import imageio.v3 as iio
import numpy as np
import pytest

from robo_ddpg.cli import record
from robo_ddpg.cli.app import main
from robo_ddpg.cli.parsing.fields import slow_contacts
from robo_ddpg.cli.record import RecordOptions, seeds_to_film
from robo_ddpg.controller import Controller
from robo_ddpg.evaluation.evaluate import Episodes, Evaluation
from robo_ddpg.recording.film.scene import Moment
from robo_ddpg.recording.recording import Recording
from tests.cli.conftest import Refusal
from tests.recording.still import still

SMALL = ("--width", "96", "--height", "64", "--episode-s", "0.5")


@pytest.mark.slow
def test_record_writes_a_video_and_says_where(
    capsys: pytest.CaptureFixture[str], here: Path
) -> None:
    words = ("--episodes", "1", "--out", "film.mp4", "--keep", "kept")
    assert main(["record", "reach", *words, *SMALL]) == 0
    out = capsys.readouterr().out
    assert "41 frames, 1.0 s" in out  # half a second, and the verdict for as long
    assert out.splitlines()[-1].endswith("film.mp4")
    assert (here / "film.mp4").stat().st_size > 1000
    assert [path.name for path in (here / "kept").iterdir()] == ["seed-20000.npz"]


@pytest.mark.slow
def test_programs_read_what_was_filmed(capsys: pytest.CaptureFixture[str], here: Path) -> None:
    words = ("--episodes", "1", "--seed", "5", "--no-overlay", "--json")
    assert main(["record", "reach", *words, *SMALL]) == 0
    film = json.loads(capsys.readouterr().out)
    assert 0 < film.pop("returns")[0] < 10
    assert film == {
        "path": "reach.mp4",
        "frames": 21,  # of half a second; only the overlay shows a verdict after it
        "seconds": 0.525,
        "seeds": [5],
        "solved": [False],
    }
    assert (here / "reach.mp4").exists()


@pytest.mark.parametrize(("given", "factor"), [(None, None), ((), 4.0), ((8.0,), 8.0)])
def test_contacts_are_four_times_slower_unless_said_otherwise(
    given: tuple[float, ...] | None, factor: float | None
) -> None:
    assert slow_contacts(given) == factor


@pytest.mark.slow
def test_films_with_slow_contacts_are_made_of_the_states_of_the_physics(
    capsys: pytest.CaptureFixture[str], here: Path
) -> None:
    words = ("--episodes", "1", "--no-overlay", "--slow-contacts", "--keep", "kept")
    assert main(["record", "reach", *words, *SMALL[:4], "--episode-s", "0.2"]) == 0
    assert "13 frames, 0.2 s" in capsys.readouterr().out  # 60 a second, where nothing touches
    assert Recording.load(here / "kept/seed-20000.npz").frames_per_second == 40.0
    replay = ("--out", "again.mp4", "--slow-contacts", *SMALL[:4])
    assert main(["replay", "kept/seed-20000.npz", *replay]) == 0
    assert iio.imread("again.mp4", plugin="pyav").shape[0] == 13 + 30  # and the verdict


@pytest.mark.slow
def test_a_film_of_another_model_than_that_of_training_says_so(
    capsys: pytest.CaptureFixture[str], here: Path
) -> None:
    controller = Controller.find("reach")
    controller.metadata["task"]["model_hash"] = "0" * 64
    file = str(controller.save(here / "other.safetensors"))
    words = ("--episodes", "1", "--no-overlay", "--json", *SMALL[:4], "--episode-s", "0.2")
    assert main(["record", file, *words]) == 0
    captured = capsys.readouterr()
    assert f"{file} was trained with another model than" in captured.err
    assert json.loads(captured.out)["solved"] == [False]
    assert main(["record", "reach", *words]) == 0
    assert "another model" not in capsys.readouterr().err


def test_failures_are_filmed_before_successes(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    seeds, solved = 50 + np.arange(4), np.array([True, False, True, False])
    lengths = np.full(4, 50)
    tried = Evaluation("reach", "", 50, Episodes(seeds, np.ones(4), lengths, solved, None, ~solved))
    monkeypatch.setattr("robo_ddpg.cli.record.evaluate", lambda *_, **__: tried)
    options = RecordOptions("reach", episodes=3, seed=50, failures_first=True)
    assert seeds_to_film(Controller.find("reach"), options) == [51, 53, 50]
    assert capsys.readouterr().err == ""
    solved[:] = True
    seeds_to_film(Controller.find("reach"), options)
    assert "none of 100 episodes from seed 50 failed" in capsys.readouterr().err


@pytest.fixture
def drawn(monkeypatch: pytest.MonkeyPatch, here: Path) -> list[str]:
    """Words that film an environment which draws itself."""
    monkeypatch.chdir(Path(__file__).parents[1] / "envs/foreign")
    still("toys:SeedPainted").save(here / "c.safetensors")
    out = str(here / "film.mp4")
    return ["record", str(here / "c.safetensors"), "--task", "toys:SeedPainted", "--out", out]


def test_an_environment_that_draws_itself_is_filmed(
    drawn: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    words = ("--episodes", "2", "--seed", "2", "--grid", "1x2", *SMALL[:4])
    assert main([*drawn, *words]) == 0
    assert "9 frames, 0.9 s, return 4.50\n" in capsys.readouterr().out
    assert main([*drawn, *words, "--json"]) == 0
    film = json.loads(capsys.readouterr().out)
    assert (film["seeds"], film["returns"], film["solved"]) == ([2, 3], [3.0, 6.0], [None, None])


def test_what_it_cannot_have_is_refused(drawn: list[str], refusal: Refusal) -> None:
    assert "leave out the camera" in refusal(*drawn, "--camera", "side")
    assert "leave out background, trails, inset, slow contacts" in refusal(*drawn, "--trails")
    assert "slow contacts" in refusal(*drawn, "--slow-contacts")
    assert "no states that could be kept" in refusal(*drawn, "--keep", "kept")
    assert "does not say what failed" in refusal(*drawn, "--failures-first")
    assert "one number at most" in refusal(*drawn, "--slow-contacts", "2", "3")
    assert "give more than 1" in refusal(*drawn, "--slow-contacts", "0.5")
    assert "until_solved must not be negative" in refusal(*drawn, "--until-solved", "-1")


def test_who_waits_is_told_how_far_it_is(
    drawn: list[str], capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(record, "INTERVAL_S", 0.0)
    assert main([*drawn, "--episodes", "1", "--seed", "2", *SMALL[:4]]) == 0
    first, *said, last = capsys.readouterr().err.splitlines()
    assert first == "filming Episode 1, seed 2: 0.0 s"
    assert [line.partition(";")[0][-5:] for line in (*said, last)] == ["0.1 s", "0.2 s"]


def test_the_time_left_follows_from_the_share_that_is_done(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    times = iter([0.0, 1.0, 10.0])
    monkeypatch.setattr(record.time, "monotonic", lambda: next(times))
    notes = record.Notes()
    for share in (0.1, 0.25):
        notes.follow("Episode 1", Moment(seconds=2.0), share)
    assert capsys.readouterr().err == "filming Episode 1: 2.0 s; 25 % of the film, 30 s left\n"


def test_odd_sizes_become_even(here: Path) -> None:
    size = ("--width", "97", "--height", "65", "--episode-s", "0.2", "--no-overlay")
    assert main(["record", "reach", "--episodes", "1", "--out", "odd.mp4", *size]) == 0
    assert iio.imread("odd.mp4", plugin="pyav", index=0).shape == (66, 98, 3)


def test_a_preset_gives_way_to_what_is_said() -> None:
    words = ("reach", "--preset", "paper", "--width", "64", "--overlay")
    options = record._parsed(words)
    assert (options.width, options.height, options.background) == (64, 720, "white")
    assert options.trails and options.overlay


def test_a_contact_sheet_has_a_row_for_each_episode(
    capsys: pytest.CaptureFixture[str], drawn: list[str], here: Path
) -> None:
    out = here / "sheet.png"
    words = ("--episodes", "2", "--seed", "4", *SMALL[:4], "--out", str(out), "--no-overlay")
    assert main([*drawn[:-2], *words]) == 0
    assert "contact sheet, return" in capsys.readouterr().out
    assert iio.imread(out).shape == (2 * (64 + 6), 6 * (96 + 6), 3)


def test_nothing_is_simulated_for_a_film_that_could_not_be_written(
    refusal: Refusal, monkeypatch: pytest.MonkeyPatch, here: Path
) -> None:
    monkeypatch.setattr("robo_ddpg.recording.filming.record_episodes", None)
    assert "There is no directory nope/dir" in refusal("record", "reach", "--out", "nope/dir/a.mp4")
    assert "name the video .mp4, .gif or .webp" in refusal("record", "reach", "--out", "a.avi")
    assert not list(here.iterdir())


def test_without_opengl_a_video_is_refused_with_the_way_out() -> None:
    process = subprocess.run(
        [sys.executable, "-m", "robo_ddpg", "record", "reach", "--episodes", "1"],
        capture_output=True,
        text=True,
        check=False,
        env={**os.environ, "MUJOCO_GL": "glfw", "DISPLAY": ""},
    )
    if process.returncode == 0:
        pytest.skip("another backend stood in")
    assert process.returncode == 2
    assert process.stderr.count("\n") == 1
    assert "MUJOCO_GL" in process.stderr or "install" in process.stderr
