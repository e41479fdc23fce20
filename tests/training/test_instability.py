"""Unstable steps are kept with everything that decided them."""

from pathlib import Path
from typing import Any

import numpy as np
import pytest

from robo_ddpg.envs.robot_env import RobotVectorEnv
from robo_ddpg.training.instability import InstabilityLog, resimulate


def test_a_kept_unstable_step_becomes_unstable_again(tmp_path: Path) -> None:
    env = RobotVectorEnv(3, "reach")
    env.reset(seed=0)
    log = InstabilityLog(env.simulation, tmp_path)
    env.batch.bind("qvel")[1, 2] = 1e12
    log.before_step()
    action = np.zeros((3, 3), np.float32)
    unstable = env.step(action)[4]["unstable"]
    np.testing.assert_array_equal(unstable, [False, True, False])
    log.add(unstable, action, 0)
    (file,) = tmp_path.iterdir()
    assert sum(warning.number for warning in resimulate(file).warning) > 0


@pytest.mark.parametrize(("task", "settings"), [("reach", {}), ("grasp", {"cube_m": (0.02, 0.06)})])
def test_a_healthy_step_is_replayed_to_the_same_state(
    task: str, settings: dict[str, Any], tmp_path: Path
) -> None:
    env = RobotVectorEnv(3, task, threads=1, **settings)
    env.reset(seed=0)
    log = InstabilityLog(env.simulation, tmp_path)
    action = np.full(env.action_space.shape, 0.7, np.float32)
    for _ in range(3):
        log.before_step()
        env.step(action)
    log.add(np.array([False, True, True]), action, 0)
    for index in (1, 2):
        data = resimulate(tmp_path / f"0-{index}.npz")
        np.testing.assert_array_equal(data.qpos, env.batch.bind("qpos")[index])
        np.testing.assert_array_equal(data.qvel, env.batch.bind("qvel")[index])
