"""Films of environments that draw themselves."""

import json
import sys
from pathlib import Path

import av
import imageio.v3 as iio
import numpy as np
import pytest

import robo_ddpg
from robo_ddpg.errors import EnvironmentFailure, RecordingError, RenderingError, SettingsError
from robo_ddpg.evaluation.evaluate import evaluate
from robo_ddpg.recording.drawn import drawing_environment, played
from robo_ddpg.recording.film.scene import Moment
from robo_ddpg.recording.film.writing import Look
from robo_ddpg.recording.filming import film, roles_of
from tests.recording.still import still

PLAIN = Look(40, 30, overlay=False)


@pytest.fixture(autouse=True)
def beside_the_toys(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(Path(__file__).parents[1] / "envs/foreign")


def brightest(path: Path) -> list[int]:
    """Of each frame, in steps of the toy's."""
    frames = iio.imread(path, plugin="pyav").astype(int)
    return [round(frame.max() / 50) for frame in frames]


@pytest.mark.parametrize("settings", [{}, {"python": sys.executable}])
def test_episodes_follow_one_another_at_their_own_speed(
    settings: dict[str, str], tmp_path: Path
) -> None:
    roles = roles_of(still("toys:SeedPainted", **settings), [2, 4])
    filmed = film(roles, tmp_path / "a.mp4", PLAIN)
    assert brightest(filmed.video.path) == [0, 1, 2, 0, 1, 2, 3, 4]
    assert filmed.video.seconds == pytest.approx(0.8)
    assert filmed.returns == [1 + 2, 1 + 2 + 3 + 4]
    assert filmed.solved == [None, None]
    with av.open(str(filmed.video.path)) as container:
        about = json.loads(container.metadata["comment"])
    assert about == {"task": "toys:SeedPainted", "seeds": [2, 4]}


def test_in_a_grid_each_has_an_environment_of_its_own(tmp_path: Path) -> None:
    look = Look(40, 30, grid=(1, 2), overlay=False)
    roles = roles_of(still("toys:SeedPainted"), [4, 2, 3])
    info = film(roles, tmp_path / "a.mp4", look).video
    assert (info.width, info.height, info.frames) == (80, 30, 5 + 4)
    frames = iio.imread(info.path, plugin="pyav").astype(int)
    left, right = (np.rint(half.max(axis=(1, 2, 3)) / 50) for half in np.split(frames, 2, axis=2))
    assert left.tolist() == [0, 1, 2, 3, 4, 0, 1, 2, 3]
    assert right.tolist() == [0, 1, 2, 2, 2, 0, 0, 0, 0]


def test_fast_playback_shows_every_so_many_steps_and_the_last(tmp_path: Path) -> None:
    roles = roles_of(still("toys:SeedPainted"), [5])
    info = film(roles, tmp_path / "a.gif", Look(40, 30, speed=5.0, overlay=False)).video
    frames = iio.imread(info.path)
    assert [round(int(frame.max()) / 50) for frame in frames] == [0, 2, 4, 5]


def test_pictures_are_fitted_into_the_size_that_is_asked_for(tmp_path: Path) -> None:
    roles = roles_of(still("toys:SeedPainted"), [4])
    look = Look(120, 60, overlay=False)
    info = film(roles, tmp_path / "a.mp4", look).video
    assert (info.width, info.height) == (120, 60)
    last = iio.imread(info.path, plugin="pyav")[-1].astype(int).mean(axis=2)
    assert last[:, :18].max() < 30 > last[:, 88:].max()  # 40 x 30 doubled, in the middle
    assert last[2:58, 22:80].min() > 170


def test_the_film_says_what_evaluation_says(tmp_path: Path) -> None:
    controller = still("toys:Painted")
    filmed = film(roles_of(controller, [0]), tmp_path / "a.mp4", Look(320, 240))
    episodes = evaluate(controller, episodes=1, seed=0).episodes
    assert filmed.returns == episodes.returns.tolist() == [15.0]
    assert filmed.solved == [True]
    frames = iio.imread(filmed.video.path, plugin="pyav").astype(int)
    panel = frames[:, :, 320:]
    green = (panel[..., 1] - panel[..., 0] > 25).any(axis=(1, 2))
    assert green.tolist() == [False] * 3 + [True] * (3 + 5)  # solved after three; then the verdict


def test_moments_carry_what_was_reported_so_far() -> None:
    env = drawing_environment(still("toys:Painted"))
    moments = list(played(env, still("toys:Painted").act, seed=0, most_steps=3))
    env.close()
    assert moments[0] == Moment()
    assert moments[2] == Moment(2, 0.2, reward=2.0, total=3.0, success=False)
    assert moments[3] == Moment(3, 0.3, reward=3.0, total=6.0, success=True, last=True)
    assert len(moments) == 4


def test_an_episode_that_has_been_solved_for_so_long_may_end() -> None:
    env, act = drawing_environment(still("toys:Painted")), still("toys:Painted").act
    steps = [
        [moment.step for moment in played(env, act, 0, solved_steps=solved)][-1]
        for solved in (None, 2)
    ]
    env.close()
    assert steps == [5, 4], "it is solved from step 3 on"


def test_the_length_of_episodes_is_cut_in_seconds(tmp_path: Path) -> None:
    roles = roles_of(still("toys:SeedPainted"), [9])
    info = film(roles, tmp_path / "a.mp4", PLAIN, episode_s=0.3).video
    assert brightest(info.path) == [0, 1, 2, 3]
    with pytest.raises(SettingsError, match="episode_s must be positive"):
        film(roles, tmp_path / "a.mp4", PLAIN, episode_s=0.0)


def test_in_python_it_is_one_call_with_arguments_of_the_environment(tmp_path: Path) -> None:
    controller = still("toys:Painted")
    size = {"width": 40, "height": 30, "overlay": False}
    info = robo_ddpg.record(controller, tmp_path / "a.mp4", episodes=1, length=2, **size)
    assert brightest(info.path) == [0, 1, 2]


def test_what_needs_states_is_refused(tmp_path: Path) -> None:
    roles = roles_of(still("toys:Painted"), [0])
    with pytest.raises(RecordingError, match="leave out the camera"):
        film(roles, tmp_path / "a.mp4", PLAIN, camera="side")
    with pytest.raises(RecordingError, match="no states that could be kept"):
        film(roles, tmp_path / "a.mp4", PLAIN, keep=tmp_path / "kept")
    with pytest.raises(RenderingError, match="rgb_array, and it has human, ansi"):
        film(roles_of(still("toys:Unpaintable"), [0]), tmp_path / "a.mp4", PLAIN)
    assert not list(tmp_path.iterdir())


def test_a_failure_half_way_is_named_and_leaves_no_film(tmp_path: Path) -> None:
    with pytest.raises(EnvironmentFailure, match="toys:Spilled, simulation 0, picture after step"):
        film(roles_of(still("toys:Spilled"), [0]), tmp_path / "a.mp4", PLAIN)
    assert not list(tmp_path.iterdir())


def test_gymnasiums_own_pictures_are_filmed(tmp_path: Path) -> None:
    pytest.importorskip("pygame")
    roles = roles_of(still("Pendulum-v1", observed=3, bound=2.0), [0])
    filmed = film(roles, tmp_path / "a.mp4", Look(64, 64), episode_s=0.2)
    assert filmed.video.frames == 7 + 15
    assert filmed.returns[0] < -1.0
