"""The live controller obeys what a page orders, and stands still until one looks."""

from collections.abc import Callable
from pathlib import Path

import imageio.v3 as iio
import mujoco
import numpy as np
import pytest
from mujoco.studio import messages

from robo_ddpg.controller import Controller
from robo_ddpg.viewer import live_film, stepper
from robo_ddpg.viewer.desk import Desk
from robo_ddpg.viewer.live import LiveController
from robo_ddpg.viewer.live_film import LiveFilm, states_shown
from robo_ddpg.viewer.stepper import Stepper


class Handle:
    """Keeps what it is given, as the viewer's does."""

    def __init__(self, model: mujoco.MjModel, data: mujoco.MjData) -> None:
        self.set_model(model, data)

    def set_model(self, model: mujoco.MjModel, data: mujoco.MjData) -> None:
        self.model, self.data = model, data


class Play:
    """A stepper whose frames are always due, and its page."""

    def __init__(self, live: LiveController) -> None:
        self.live, self.desk = live, Desk()
        self.film = LiveFilm("a task", live.frame_s, states_shown)
        self.stepper = Stepper(live, self.desk, self.film)
        self.stepper.handle = Handle(live.model, mujoco.MjData(live.model))
        live.show(self.data)
        self.desk.seen.set()

    @property
    def data(self) -> mujoco.MjData:
        return self.stepper.handle.data

    def steps(self, count: int) -> None:
        for _ in range(count):
            self.stepper._due = 0.0
            self.stepper.on_step(messages.StepEvent(model=self.live.model, data=self.data))

    def order(self, *words: str) -> None:
        for word in words:
            self.desk.order(word)
        self.steps(1)


@pytest.fixture
def play(live: LiveController) -> Play:
    return Play(live)


def test_nothing_moves_before_somebody_looks(play: Play) -> None:
    play.desk.seen.clear()
    play.steps(3)
    assert play.data.time == 0.0
    play.desk.seen.set()
    play.steps(3)
    assert play.data.time > 0.0


def test_a_paused_controller_stands_still_and_takes_single_frames(play: Play) -> None:
    play.order("pause")
    play.steps(3)
    assert play.data.time == 0.0 and play.desk.told["paused"]
    play.order("step")
    once = play.data.time
    assert once > 0.0
    play.order("play")
    assert play.data.time > once


def test_half_the_speed_is_twice_the_time_between_frames(play: Play) -> None:
    play.order("speed/0.5")
    now = stepper.time.monotonic()
    play.steps(1)
    assert play.stepper._due - now == pytest.approx(2 * play.live.frame_s, abs=0.02)


def test_keys_and_sliders_change_the_command_within_its_limits(play: Play) -> None:
    play.order("ask/0/0.5", "nudge/0/1", "nudge/2/-1", "ask/1/99")
    asked = play.desk.told["asked"]
    assert asked[0] == pytest.approx(0.52) and asked[1] == play.live.axes[1].high
    np.testing.assert_array_equal(play.data.mocap_pos[0], asked)


@pytest.mark.parametrize(
    "word",
    ["", "ask/0/nan", "ask/9/0", "nudge/0/5", "use/3", "push/x", "speed/3", "_tell", "step/1"],
)
def test_what_is_no_order_changes_nothing(word: str, play: Play) -> None:
    before = play.desk.told["asked"]
    play.order("pause", word)
    assert play.desk.told["asked"] == before and play.data.time == 0.0


def test_the_viewer_gets_the_object_of_each_episode() -> None:
    play, sizes = Play(LiveController(Controller.find("grasp"), seed=3)), []
    for order in (lambda: play.order("next"), lambda: play.stepper.on_reset(None)):
        before = play.data
        order()
        assert play.stepper.handle.model is play.live.model
        assert play.data is not before and play.data.time < 0.02
        sizes.append(play.live.model.geom("object").size[0])
    assert sizes[0] != sizes[1]


def test_what_was_recorded_is_a_film_with_a_goal_that_moves(
    play: Play, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(live_film, "SIZE", (96, 72))
    play.order("film")
    for value in ("0.3", "0.6"):
        play.order(f"ask/1/{value}")
        play.steps(9)
    play.order("next")
    wait(lambda: play.film.status["state"] != "writing")
    assert play.film.status["state"] == "ready", play.film.status
    assert play.film.read("../live.py") is None
    (tmp_path / "film.mp4").write_bytes(play.film.read(play.film.status["file"]) or b"")
    images = iio.imread(tmp_path / "film.mp4")
    assert images.shape[1:] == (72, 96, 3) and 8 <= len(images) <= 12
    play.film.close()


def wait(condition: Callable[[], bool]) -> None:
    end = stepper.time.monotonic() + 60.0
    while not condition():
        assert stepper.time.monotonic() < end
        stepper.time.sleep(0.01)
