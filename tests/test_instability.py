"""Unstable steps are kept with everything that decided them."""

from pathlib import Path

import numpy as np

from robo_ddpg.env import RobotVectorEnv
from robo_ddpg.instability import InstabilityLog, replay


def test_a_step_with_an_object_of_its_own_is_replayed_to_the_same_state(tmp_path: Path) -> None:
    env = RobotVectorEnv(3, "grasp", cube_m=(0.02, 0.06), threads=1)
    env.reset(seed=0)
    log = InstabilityLog(env, tmp_path)
    log.before_step()
    action = np.zeros((3, 4), np.float32)
    env.step(action)
    log.add(np.array([False, True, True]), action, 0)
    for index in (1, 2):
        data = replay(tmp_path / f"0-{index}.npz")
        np.testing.assert_array_equal(data.qpos, env.batch.bind("qpos")[index])
        np.testing.assert_array_equal(data.qvel, env.batch.bind("qvel")[index])
