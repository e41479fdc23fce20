"""What happens in an episode stands beside its picture, and is right."""

import dataclasses
from collections.abc import Iterator
from dataclasses import dataclass

import mujoco
import numpy as np
import pytest

from robo_ddpg.recording.film.overlay import Overlay
from robo_ddpg.recording.film.panel import Panel
from robo_ddpg.recording.film.rows import Row, outcome, reading, rows_of
from robo_ddpg.recording.film.scene import Moment
from robo_ddpg.recording.film.wording import Wording
from robo_ddpg.recording.recording import Recording
from robo_ddpg.recording.video import moments_of
from robo_ddpg.rendering.lettering import AMBER, TEXT
from robo_ddpg.rendering.renderer import Frame
from tasks.commands import Command, Point, Velocity
from tasks.quantities import Measure
from tests.recording.pendulum import PENDULUM, record

WORDS = Wording(
    measured={"turn_error_rad_s": Measure("turn error", "rad/s"), "gap_m": Measure("gap", "m")},
    commanded={
        "go": Velocity(
            "velocity", "m/s", parts=("forward", "left"), body="arm", above_m=0.1, second_m=1.0
        ),
        "goal": Point("goal", "m", parts=("x", "y", "z"), radius_m=0.1),
        "slot": Command("slot", "m, rad", parts=("side", "heading")),
    },
    solved="held at the goal",
    failed="fell",
)
SIZES = [(160, 120), (320, 240), (640, 480), (480, 640), (1280, 720), (1920, 1080)]


@dataclass(frozen=True)
class Shown:
    """A scene without pictures."""

    told: Recording
    title: str = "Episode 1, seed 0"
    words: Wording = WORDS

    def frames(self, stride: float) -> Iterator[tuple[Frame, Moment]]:
        yield from ()


@pytest.fixture(scope="module")
def episode() -> Recording:
    """Ten steps with something of everything."""
    ten = np.linspace(0.0, 0.09, 10)
    return dataclasses.replace(
        record(mujoco.MjModel.from_xml_string(PENDULUM), steps=10),
        metrics={"turn_error_rad_s": ten, "gap_m": ten, "requested_rad": ten, "applied_rad": ten},
        commands={
            "go": np.tile([0.5, -0.25], (11, 1)),
            "goal": np.tile([0.1, -0.2, 0.3], (11, 1)),
            "slot": np.tile([2.5, 1.57], (11, 1)),
        },
        safety={"joint_acceleration": np.arange(10, dtype=np.float32) % 2},
    )


def said(episode: Recording, step: int, speed: float = 1.0) -> dict[str, str]:
    """Label -> value."""
    moment = moments_of(episode)[step]
    return {row.label: row.value(moment)[0] for row in rows_of(Shown(episode), speed)}


def grey(width: int, height: int) -> Frame:
    return np.full((height, width, 3), 128, np.uint8)


@pytest.mark.parametrize("size", SIZES)
def test_the_panel_stands_beside_the_picture_and_covers_nothing(
    size: tuple[int, int], episode: Recording
) -> None:
    width, height = size
    drawn = Overlay(Shown(episode), height, 1.0).draw(grey(*size), moments_of(episode)[5])
    assert (drawn[:, :width] == 128).all()
    panel = drawn[:, width:]
    assert panel.shape[0] == height and panel.shape[1] % 2 == 0
    assert panel.max() > 200, "words are bright"
    assert (panel[..., 1].astype(int) - panel[..., 0] > 60).any(), "the command is green"


def test_commands_and_quantities_carry_their_units(episode: Recording) -> None:
    words = said(episode, 10)
    assert words["turn error"] == "0.09 rad/s"
    assert words["gap"] == "9.00 cm"
    assert (words["asked forward"], words["asked left"]) == ("0.50 m/s", "-0.25 m/s")
    assert words["goal"] == "10.0, -20.0, 30.0 cm"
    assert (words["asked side"], words["asked heading"]) == ("250 cm", "1.57 rad")
    assert words["time"] == "0.50 s"
    assert said(episode, 0)["turn error"] == "", "it is not known before the first step"
    assert said(episode, 0)["asked forward"] == "0.50 m/s"
    assert "time ×2" in said(episode, 0, speed=2)  # noqa: RUF001


def test_why_an_action_was_altered_is_told(episode: Recording) -> None:
    told = [said(episode, step)["safety filter"] for step in (0, 1, 2)]
    assert told == ["idle", "idle", "acceleration"]


def test_slow_motion_is_told_as_the_share_of_the_real_speed(episode: Recording) -> None:
    time = next(row for row in rows_of(Shown(episode), 0.5) if row.label.startswith("time"))
    assert time.value(Moment(seconds=0.3)) == ("0.30 s", TEXT)
    assert time.value(Moment(seconds=0.3, pace=0.25)) == ("slow ×0.12   0.30 s", AMBER)  # noqa: RUF001


def test_as_many_decimals_are_shown_throughout_an_episode() -> None:
    speed = Measure("speed", "m/s")
    assert [reading(speed, [x], [0.0, 12.5]) for x in (0.0, 5.25)] == ["0.0 m/s", "5.2 m/s"]
    assert reading(Measure("held"), [1.0], [0.0, 1.0]) == "1"


def test_bars_grow_with_what_they_show(episode: Recording) -> None:
    blue = []
    for value in (0.2, 0.9):
        changed = dataclasses.replace(episode, reward_terms={"near": np.full(10, value)})
        image = Overlay(Shown(changed), 480, 1.0).draw(grey(640, 480), moments_of(episode)[5])
        blue.append(int((image[..., 2].astype(int) - image[..., 0] > 60).sum()))
    assert blue[1] > 3 * blue[0] > 0


def test_rows_that_matter_least_are_left_out_where_there_is_no_room() -> None:
    seen: list[str] = []

    def row(rank: int, name: str) -> Row:
        return Row(rank, name, lambda _: (seen.append(name) or name, (255, 255, 255)))

    rows = [row(7, "motion"), *(row(5, f"term {k}") for k in range(20)), row(0, "outcome")]
    Panel(rows, 120).draw(Moment())
    assert "outcome" in seen and "term 0" in seen and "motion" not in seen
    seen.clear()
    Panel(rows, 1080).draw(Moment())
    assert seen == [row.label for row in rows]


@pytest.mark.parametrize(
    ("moment", "words"),
    [
        (Moment(success=False), "not solved yet"),
        (Moment(success=True), "✓ held at the goal"),
        (Moment(success=False, last=True), "✗ not solved"),
        (Moment(success=False, last=True, terminated=True), "✗ fell"),
        (Moment(last=True, terminated=True), "fell"),
        (Moment(last=True), ""),
    ],
)
def test_success_is_called_what_it_means_in_the_task(moment: Moment, words: str) -> None:
    assert outcome(moment, WORDS.solved, WORDS.failed)[0] == words


def test_a_fall_ends_a_recording_as_a_failure(episode: Recording) -> None:
    fallen = dataclasses.replace(episode, terminated=np.arange(10) == 9)
    assert [moment.terminated for moment in moments_of(fallen)] == [False] * 10 + [True]
    assert not any(moment.terminated for moment in moments_of(episode))
