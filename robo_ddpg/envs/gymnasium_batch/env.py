"""Gymnasium's MuJoCo robots, simulated together by one batch instead of one after the other."""

from typing import Any

import gymnasium
import mujoco
import numpy as np
from gymnasium.utils import seeding
from gymnasium.vector import AutoresetMode, VectorEnv
from gymnasium.vector.utils import batch_space
from mujoco.batch import Batch
from numpy.typing import NDArray

from robo_ddpg.envs.gymnasium_batch.ant import Ant
from robo_ddpg.envs.gymnasium_batch.arms import Pusher, Reacher
from robo_ddpg.envs.gymnasium_batch.humanoids import Humanoid, HumanoidStandup
from robo_ddpg.envs.gymnasium_batch.pendulums import InvertedDoublePendulum, InvertedPendulum
from robo_ddpg.envs.gymnasium_batch.robot import Robot
from robo_ddpg.envs.gymnasium_batch.runners import HalfCheetah, Hopper, Swimmer, Walker2d
from tasks.arrays import Array, Mask

BATCHED: dict[str, type[Robot]] = {
    "Ant-v5": Ant,
    "HalfCheetah-v5": HalfCheetah,
    "Hopper-v5": Hopper,
    "Humanoid-v5": Humanoid,
    "HumanoidStandup-v5": HumanoidStandup,
    "InvertedDoublePendulum-v5": InvertedDoublePendulum,
    "InvertedPendulum-v5": InvertedPendulum,
    "Pusher-v5": Pusher,
    "Reacher-v5": Reacher,
    "Swimmer-v5": Swimmer,
    "Walker2d-v5": Walker2d,
}
"""Gymnasium id -> what it does around the physics."""


class GymnasiumBatchEnv(VectorEnv[Array, NDArray[np.float32], NDArray[Any]]):
    """Many simulations of one of `BATCHED`, without autoreset.

    Simulation k does to the bit what Gymnasium's environment does after `reset(seed=seed + k)`;
    only the last bit of the double pendulum's reward may differ.
    """

    metadata: dict[str, Any] = {  # noqa: RUF012 - declared so by Gymnasium
        "render_modes": [],
        "autoreset_mode": AutoresetMode.DISABLED,
    }

    def __init__(self, name: str, num_envs: int, threads: int = 0) -> None:
        """Take model, spaces and time limit from Gymnasium's environment.

        Args:
            name: a key of `BATCHED`.
            num_envs: number of simulations n.
            threads: physics threads; 0 for one per core.
        """
        original: Any = gymnasium.make(name)
        self.num_envs = num_envs
        self.single_observation_space = original.observation_space
        self.single_action_space = original.action_space
        self.observation_space = batch_space(self.single_observation_space, num_envs)
        self.action_space = batch_space(self.single_action_space, num_envs)
        self.episode_steps = original.spec.max_episode_steps
        self._substeps, self._step_s = original.unwrapped.frame_skip, original.unwrapped.dt
        kind, model = BATCHED[name], _without_islands(original.unwrapped.model)
        self.batch = Batch(model, num_envs, min(threads, num_envs), kind.persistent)
        original.close()
        self.robot = kind(self.batch)
        self._ctrl = self.batch.bind("ctrl")
        self._steps = np.zeros(num_envs, int)
        self._rngs = [np.random.default_rng() for _ in range(num_envs)]

    def reset(
        self,
        *,
        seed: int | list[int | None] | None = None,
        options: dict[str, Any] | None = None,
    ) -> tuple[Array, dict[str, Any]]:
        """Start episodes, in all simulations or in those of `options["reset_mask"]`, (n,) bool."""
        mask = (options or {}).get("reset_mask")
        ids = np.arange(self.num_envs) if mask is None else np.flatnonzero(mask)
        seeds = [seed + i for i in range(self.num_envs)] if isinstance(seed, int) else seed
        self.batch.reset(ids, stage=mujoco.mjtStage.mjSTAGE_NONE.value)
        for i in ids:
            if seeds is not None and seeds[i] is not None:
                self._rngs[i] = seeding.np_random(seeds[i])[0]
            self.robot.qpos[i], self.robot.qvel[i] = self.robot.start(self._rngs[i])
        self.batch.forward(ids)
        self.robot.after_reset(ids)
        self._steps[ids] = 0
        return self.robot.observe(), {}

    def step(self, actions: NDArray[np.float32]) -> tuple[Array, Array, Mask, Mask, dict[str, Any]]:
        """One control step of all simulations.

        Raises:
            ValueError: the actions have another shape than the action space.
        """
        if np.shape(actions) != self.action_space.shape:
            raise ValueError(
                f"actions must have shape {self.action_space.shape}, got {np.shape(actions)}"
            )
        before = self.robot.position()
        self._ctrl[:] = actions
        self.batch.step(nstep=self._substeps)
        self.robot.after_step()
        self._steps += 1
        velocity = (self.robot.position() - before) / self._step_s
        terminated = self.robot.terminated()
        reward = self.robot.reward(actions, velocity, terminated)
        truncated = self._steps >= self.episode_steps
        return self.robot.observe(), reward, terminated, truncated, {}


def _without_islands(model: mujoco.MjModel) -> mujoco.MjModel:
    """A single tree of bodies is a single island: looking for others costs up to 8 % of a step."""
    if model.ntree == 1:
        model.opt.disableflags |= mujoco.mjtDisableBit.mjDSBL_ISLAND.value
    return model
