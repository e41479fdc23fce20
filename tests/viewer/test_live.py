"""The live controller follows a dragged goal and survives pushes."""

import mujoco
import numpy as np
import pytest

from robo_ddpg.controller import Controller
from robo_ddpg.errors import ControllerError
from robo_ddpg.viewer.live import FRAMES_PER_STEP, LEAST_S, LiveController


def advance(live: LiveController, data: mujoco.MjData, seconds: float) -> None:
    for _ in range(round(seconds / live.frame_s)):
        live.frame(data)


def test_the_robot_follows_a_goal_that_is_dragged(
    live: LiveController, data: mujoco.MjData
) -> None:
    for goal in ([0.35, -0.2, 0.3], [0.55, 0.25, 0.15]):
        data.mocap_pos[0] = goal
        advance(live, data, 2.0)
        assert live.status.success
        assert np.abs(data.site("tip").xpos - goal).max() < 0.02
        np.testing.assert_array_equal(data.mocap_pos[0], goal)


def test_a_push_is_felt_and_passes(live: LiveController, data: mujoco.MjData) -> None:
    data.mocap_pos[0] += 0.001  # from here on no new episode
    advance(live, data, 2.0)
    before = live.status.metrics["distance_m"]
    data.xfrc_applied[live.model.body("hand").id, :3] = (0, 250, 0)
    advance(live, data, 0.4)
    assert live.status.metrics["distance_m"] > before + 0.005
    data.xfrc_applied[:] = 0
    advance(live, data, 1.5)
    assert live.status.success


def test_a_new_episode_starts_when_the_time_is_up_unless_someone_plays(
    live: LiveController, data: mujoco.MjData
) -> None:
    goal = data.mocap_pos.copy()
    advance(live, data, LEAST_S - 0.1)
    np.testing.assert_array_equal(data.mocap_pos, goal)
    advance(live, data, 0.2)
    assert not np.array_equal(data.mocap_pos, goal)
    data.mocap_pos[0] = (0.4, 0.1, 0.2)
    advance(live, data, LEAST_S + 1.0)
    np.testing.assert_array_equal(data.mocap_pos[0], (0.4, 0.1, 0.2))


def test_the_panel_has_what_the_task_reports(live: LiveController, data: mujoco.MjData) -> None:
    advance(live, data, 0.3)
    assert set(live.status.reward_terms) == {"near", "on_goal", "still"}
    assert "distance_m" in live.status.metrics and live.status.interventions >= 0


def test_frames_come_in_the_order_of_time(live: LiveController, data: mujoco.MjData) -> None:
    times = []
    for _ in range(3 * FRAMES_PER_STEP):
        live.frame(data)
        times.append(data.time)
    assert (np.diff(times) > 0).all()


@pytest.fixture(scope="module")
def walking() -> LiveController:
    return LiveController(Controller.find("locomotion-quadruped"), seed=3)


def walk(live: LiveController, seconds: float) -> mujoco.MjData:
    data = mujoco.MjData(live.model)
    live.show(data)
    advance(live, data, seconds)
    return data


def test_a_commanded_velocity_is_followed_until_the_next_episode(walking: LiveController) -> None:
    walking.restart()
    data = mujoco.MjData(walking.model)
    for axis, value in enumerate((0.6, 0.0, 0.0)):
        walking.ask(axis, value, data)
    walk(walking, 5.2)  # the task's own command would have changed by now
    assert walking.status.asked == (0.6, 0.0, 0.0)
    assert abs(walking.status.measured[0] - 0.6) < 0.15
    walking.rest(data)
    assert walking.status.asked == (0.0, 0.0, 0.0)
    walking.restart()
    assert walking.status.asked != (0.0, 0.0, 0.0)


def test_what_was_commanded_outlives_a_fall(walking: LiveController) -> None:
    walking.restart()
    walking.ask(0, 0.5, mujoco.MjData(walking.model))
    walking._simulation.batch.bind("qpos")[0, 3:7] = [0.0, 1.0, 0.0, 0.0]
    episode = walking.episode
    walk(walking, 0.1)
    assert walking.episode == episode + 1 and walking.status.asked[0] == 0.5


def test_pushes_pass_and_wind_stays(walking: LiveController) -> None:
    force, body = walking._force[0], walking.model.body("trunk").id
    walking.restart()
    data = walk(walking, 0.0)
    walking.push(1)
    walking.forces.wind = True
    for seconds, pushed in ((0.08, True), (0.2, False)):
        advance(walking, data, seconds)
        assert (force[body, 1] > 0, force[body, 0] < 0) == (pushed, True)
    walking.forces.wind = False
    advance(walking, data, 0.1)
    assert not force.any()


def test_a_task_without_commands_is_watched_all_the_same() -> None:
    live = LiveController(Controller.find("locomotion"), seed=3)
    walk(live, 0.2)
    assert live.axes == live.status.asked == ()


def test_controllers_take_turns_in_one_episode(
    live: LiveController, data: mujoco.MjData, monkeypatch: pytest.MonkeyPatch
) -> None:
    first, second = Controller.find("reach"), Controller.find("reach")
    monkeypatch.setattr(second, "act", lambda observation: 0.0 * first.act(observation))
    live = LiveController(first, seed=3, others=[second])
    live.use(1)
    advance(live, data, 1.0)
    assert not live.status.success
    live.use(0)
    advance(live, data, 1.5)
    assert live.status.success and live.episode == 1


def test_controllers_of_other_tasks_or_actions_are_refused() -> None:
    reach, joint = Controller.find("reach"), Controller.find("reach")
    with pytest.raises(ControllerError, match="grasp is another task than reach: watch it"):
        LiveController(reach, others=[Controller.find("grasp")])
    joint.task["settings"]["step_m"] = 0.5
    with pytest.raises(ControllerError, match=r"trained with step_m 0\.5, the first with 0\.015"):
        LiveController(reach, others=[joint])


def test_a_controller_of_another_model_is_named() -> None:
    other = Controller.find("reach")
    other.metadata["task"]["model_hash"] = "0" * 64
    assert LiveController(Controller.find("reach")).notes == []
    (said,) = LiveController(Controller.find("reach"), others=[other]).notes
    assert said.startswith(f"{other.path} was trained with another model")
