"""Following a target, and flying through gates."""

import numpy as np
import pytest

from robo_ddpg.envs.robot_env import RobotVectorEnv
from tasks.flying.gates import BEYOND_M, OPENING_M, FlyGates, GatesSettings
from tasks.flying.track import FlyTrack, TrackSettings


def tracking(count: int = 3, **settings: object) -> tuple[RobotVectorEnv, FlyTrack]:
    env = RobotVectorEnv(count, "fly-track", autoreset_mode="Disabled", **settings)
    env.reset(seed=0)
    assert isinstance(env.task, FlyTrack)
    return env, env.task


def gates(count: int = 3, **settings: object) -> FlyGates:
    env = RobotVectorEnv(count, "fly-gates", autoreset_mode="Disabled", **settings)
    env.reset(seed=0)
    assert isinstance(env.task, FlyGates)
    return env.task


def fly_to(task: FlyGates, place: np.ndarray) -> None:
    """Be somewhere else a control step later."""
    task.position[:] = place
    task.advance()


def test_the_target_runs_through_its_figure_in_its_period() -> None:
    _, task = tracking(1, period_s=(6.0, 6.0), control_hz=50.0)
    places = []
    for _ in range(301):
        places.append(task.goal[0].copy())
        task.advance()
    path = np.array(places)
    np.testing.assert_allclose(path[0], path[300], atol=1e-9)
    np.testing.assert_allclose(np.ptp(path, axis=0), [2.0, 1.0, 0.0], atol=0.01)


def test_what_is_seen_of_the_target_is_how_it_moves() -> None:
    _, task = tracking()
    task._attitude[:] = [1.0, 0.0, 0.0, 0.0]
    task._sense()
    step = 1.0 / task.settings.control_hz
    seen, places = task.observe(), []
    for _ in range(3):
        places.append(task.goal.copy())
        task._phase += task._speed * step
        task._move()
    velocity = (places[1] - places[0]) / step
    acceleration = (places[2] - 2 * places[1] + places[0]) / step**2
    np.testing.assert_allclose(seen["goal_velocity"] * 2.0, velocity, atol=0.05)
    np.testing.assert_allclose(seen["goal_acceleration"] * 5.0, acceleration, atol=0.15)


def test_moving_with_the_target_is_the_course() -> None:
    _, task = tracking()
    task.position[:] = task.goal
    task._attitude[:] = [1.0, 0.0, 0.0, 0.0]
    task._sense()
    task._qvel[:, :3], task._qvel[:, 3:] = task._motion()[0], 0.0
    task._sense()
    task._aim()
    np.testing.assert_allclose(task.reward_terms()["course"], 1.0)


def test_following_closely_on_average_is_success() -> None:
    _, task = tracking()
    for away, solved in ((0.5, False), (0.05, True)):
        for _ in range(200):
            task.position[:] = task.goal + np.array([away, 0.0, 0.0])
            task.advance()
        assert task.success().tolist() == [solved] * 3


def test_a_gate_counts_if_it_is_flown_through_along_its_axis() -> None:
    task = gates()
    centre, axis = task._centre[:, 0].copy(), task._axis[:, 0]
    task.position[:] = centre + 0.1 * axis
    task.started(np.arange(3))
    fly_to(task, centre - 0.1 * axis)
    assert not task.passed.any()
    fly_to(task, centre + 0.1 * axis)
    assert (task.passed == 1).all()
    np.testing.assert_allclose(task.goal, task._centre[:, 1])
    assert not task.failure().any()


def test_the_course_leads_through_the_gate_along_its_axis() -> None:
    task = gates()
    centre, axis = task._centre[:, 0], task._axis[:, 0]
    side = np.cross(axis, [0.0, 0.0, 1.0])
    task._attitude[:] = [1.0, 0.0, 0.0, 0.0]
    task.position[:] = centre - 0.8 * axis + 0.4 * side
    for _ in range(200):
        task.advance()
        if task.passed.all():
            break
        task.position[:] += 0.02 * task._course()
    assert (task.passed == 1).all()


@pytest.mark.parametrize(("off", "hit"), [(0.0, False), (OPENING_M, True), (0.5, False)])
def test_who_hits_the_tube_of_a_gate_has_crashed(off: float, hit: bool) -> None:
    task = gates()
    axis, up = task._axis[:, 0], np.array([0.0, 0.0, off])
    task.position[:] = task._centre[:, 0] - 0.1 * axis + up
    task.started(np.arange(3))
    fly_to(task, task._centre[:, 0] + 0.1 * axis + up)
    assert task.failure().tolist() == [hit] * 3
    assert (task.passed == (off == 0.0)).all()


def test_all_gates_in_turn_are_success_and_reward_grows_with_each() -> None:
    task = gates()
    progress = []
    for gate in range(4):
        centre, axis = task._centre[:, gate], task._axis[:, gate]
        task.position[:] = centre - 0.05 * axis
        task.started(np.arange(3))
        progress.append(task.reward_terms()["progress"])
        fly_to(task, centre + 0.05 * axis)
    assert task.success().all()
    assert (np.diff(progress, axis=0) > 0.15).all()
    np.testing.assert_allclose(np.linalg.norm(task.goal - centre, axis=1), BEYOND_M)


@pytest.mark.parametrize(
    ("kind", "settings"),
    [
        (TrackSettings, {"period_s": (5.0, 4.0)}),
        (TrackSettings, {"length_m": 0.0}),
        (GatesSettings, {"gates": 0}),
    ],
)
def test_impossible_settings_are_refused(
    kind: type[TrackSettings | GatesSettings], settings: dict[str, object]
) -> None:
    with pytest.raises(ValueError, match="got"):
        kind(**settings)
