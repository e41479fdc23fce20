"""Whether observations are finite, of the right size, and tell something."""

import mujoco
import numpy as np
from gymnasium.vector import AutoresetMode

from robo_ddpg.envs.robot_env import RobotVectorEnv
from robo_ddpg.testing.comparing import random_actions
from robo_ddpg.testing.episodes import EPISODE_S
from tasks.arm.task import ArmTask
from tasks.arrays import Array

USUAL = 5.0
"""Nearly all observed values lie within this."""


def observations_are_finite_and_all_of_them_tell_something(name: str) -> None:
    """They lie in their space, and no component stays the same for ever."""
    rng = np.random.default_rng(0)
    env = RobotVectorEnv(32, name, autoreset_mode=AutoresetMode.SAME_STEP, episode_s=EPISODE_S)
    seen = [env.reset(seed=0)[0]]
    held = env.action_space.sample()
    for step, action in enumerate(random_actions(env, env.task.episode_steps)):
        if step % 10 == 0:
            held = action
            _gather(env, rng)
        seen.append(env.step(held)[0])
    observations = np.concatenate(seen)
    assert observations.dtype == np.float32
    assert np.isfinite(observations).all()
    assert all(observation in env.observation_space for observation in seen)
    constant = np.flatnonzero(np.ptp(observations, axis=0) < 1e-6)
    assert not len(constant), f"observed components {constant} never change: {env.task.layout}"


def _gather(env: RobotVectorEnv, rng: np.random.Generator) -> None:
    """Put what can be moved close to the fingertips, where random actions rarely bring it."""
    if not isinstance(env.task, ArmTask):
        return
    model = env.task.model
    tip = env.batch.bind("site_xpos")[:, model.site(env.task.arm.tip).id]
    for place in _movable(env, model):
        place[:] = tip + rng.uniform(-0.02, 0.02, (env.num_envs, 3))


def _movable(env: RobotVectorEnv, model: mujoco.MjModel) -> list[Array]:
    qpos, mocap = env.batch.bind("qpos"), env.batch.bind("mocap_pos")
    free = model.jnt_qposadr[model.jnt_type == mujoco.mjtJoint.mjJNT_FREE]
    places = [qpos[:, address : address + 3] for address in free]
    return places + [mocap[:, i] for i in range(model.nmocap)]


def usual_observations_are_of_the_order_of_one(name: str) -> None:
    """They are scaled, as networks learn best from such."""
    env = RobotVectorEnv(32, name, autoreset_mode=AutoresetMode.SAME_STEP, episode_s=EPISODE_S)
    env.reset(seed=0)
    seen = np.concatenate([env.step(a)[0] for a in random_actions(env, env.task.episode_steps)])
    usual = np.quantile(np.abs(seen), 0.99, axis=0)
    assert usual.max() < USUAL, f"component {usual.argmax()} is up to {usual.max():.1f}: scale it"
