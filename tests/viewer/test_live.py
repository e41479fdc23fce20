"""The live controller follows a dragged goal and survives pushes."""

import mujoco
import numpy as np

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
