"""An environment's pictures are played in real time, and orders are obeyed."""

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from robo_ddpg.viewer.pictures.live_pictures import LivePictures
from robo_ddpg.viewer.pictures.player import MOST_ORDERS, VERDICT_S, Player
from tests.recording.still import still

FIRST_SEED = 4


class Clock:
    """Shows the time that a test says it is."""

    now = 0.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def live(monkeypatch: pytest.MonkeyPatch) -> Iterator[LivePictures]:
    """Ten steps a second; the episode of a seed has as many steps as the seed says."""
    monkeypatch.chdir(Path(__file__).parents[2] / "envs/foreign")
    one, other = still("toys:SeedPainted"), still("toys:SeedPainted")
    live = LivePictures(one, FIRST_SEED, [other])
    yield live
    live.close()


@pytest.fixture
def player(live: LivePictures, clock: Clock) -> Player:
    return Player(live, clock)


def after(player: Player, clock: Clock, seconds: float) -> tuple[bool, int]:
    """Whether there is something new to show then, and the step."""
    clock.now += seconds
    return player.turn(), player.status()["step"]


def test_steps_are_taken_when_they_are_due(player: Player, clock: Clock) -> None:
    turns = [after(player, clock, seconds) for seconds in (0.05, 0.06, 0.03, 0.08)]
    assert turns == [(False, 0), (True, 1), (False, 1), (True, 2)]


def test_what_was_missed_is_caught_up_without_a_picture(player: Player, clock: Clock) -> None:
    assert after(player, clock, 0.35) == (True, 3)
    assert after(player, clock, 0.06) == (True, 4)


def test_what_is_very_late_is_not_caught_up(live: LivePictures, clock: Clock) -> None:
    for _ in range(9):
        live.start_next()
    assert after(Player(live, clock), clock, 60.0) == (True, 5)


def test_another_speed_is_another_time_between_steps(player: Player, clock: Clock) -> None:
    assert player.order("speed/2")
    assert after(player, clock, 0.0) == (True, 0)
    assert after(player, clock, 0.055) == (True, 1)
    player.order("speed/0.25")
    after(player, clock, 0.0)
    assert after(player, clock, 0.395) == (False, 1)
    assert after(player, clock, 0.01) == (True, 2)


def test_a_paused_player_stands_still_and_takes_single_steps(player: Player, clock: Clock) -> None:
    player.order("pause")
    assert after(player, clock, 1.0) == (True, 0)
    assert after(player, clock, 1.0) == (False, 0)
    player.order("step")
    assert after(player, clock, 0.0) == (True, 1)
    assert after(player, clock, 1.0) == (False, 1)
    player.order("play")
    after(player, clock, 0.0)
    assert after(player, clock, 0.05) == (False, 1)
    assert after(player, clock, 0.06) == (True, 2)


def test_the_end_stays_for_a_moment_before_the_next_seed(player: Player, clock: Clock) -> None:
    assert after(player, clock, 0.41) == (True, FIRST_SEED)
    assert player.status()["ending"] == "time is up"
    assert after(player, clock, VERDICT_S - 0.1) == (False, FIRST_SEED)
    assert after(player, clock, 0.11) == (True, 0)
    status = player.status()
    assert (status["episode"], status["seed"], status["ending"]) == (2, FIRST_SEED + 1, None)
    assert after(player, clock, 0.05) == (False, 0)


def test_an_episode_starts_again_or_the_next_one_starts(player: Player, clock: Clock) -> None:
    after(player, clock, 0.2)
    for word, seed in (("again", FIRST_SEED), ("next", FIRST_SEED + 1)):
        player.order(word)
        assert after(player, clock, 0.0) == (True, 0)
        assert player.status()["seed"] == seed


def test_another_controller_goes_on_from_where_the_first_one_was(
    player: Player, clock: Clock, live: LivePictures
) -> None:
    asked = []
    for controller in live._controllers:
        controller.act = lambda seen, who=controller: asked.append(who) or np.zeros((1, 1))  # type: ignore[method-assign]
    after(player, clock, 0.11)
    assert player.order("use/1") and not player.order("use/2")
    after(player, clock, 0.0)
    assert after(player, clock, 0.11) == (True, 2)
    assert asked == [*live._controllers]
    assert player.status()["using"] == 1


def test_the_status_has_what_is_known(player: Player, clock: Clock) -> None:
    after(player, clock, 0.2)
    assert player.status() == {
        "episode": 1,
        "seed": FIRST_SEED,
        "step": 2,
        "seconds": 0.2,
        "reward": 2.0,
        "return": 3.0,
        "success": None,
        "ending": None,
        "using": 0,
        "paused": False,
        "speed": 1.0,
    }


def test_the_picture_is_a_jpeg_of_the_present_step(live: LivePictures, tmp_path: Path) -> None:
    live.advance()
    (tmp_path / "now.jpg").write_bytes(live.jpeg())
    image = Image.open(tmp_path / "now.jpg")
    assert (image.format, image.size) == ("JPEG", (40, 30))
    assert abs(image.getpixel((2, 15))[0] - 50) < 12


@pytest.mark.parametrize("word", ["", "stop", "speed/3", "speed/nan", "_obey", "step/", "PAUSE"])
def test_other_orders_are_refused(player: Player, clock: Clock, word: str) -> None:
    assert not player.order(word)
    assert after(player, clock, 0.0) == (False, 0)


def test_a_flood_of_orders_is_bounded(player: Player, clock: Clock) -> None:
    for _ in range(1000):
        assert player.order("next")
    player.turn()
    assert player.status()["episode"] == 1 + MOST_ORDERS
