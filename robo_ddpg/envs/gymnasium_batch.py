"""Gymnasium's planar runners, simulated together by one batch instead of one after the other."""

from dataclasses import dataclass
from typing import Any

import gymnasium
import mujoco
import numpy as np
from gymnasium.utils import seeding
from gymnasium.vector import AutoresetMode, VectorEnv
from gymnasium.vector.utils import batch_space
from mujoco.batch import Batch
from numpy.typing import NDArray

from tasks.arrays import Array, Mask

_INFINITE = (-np.inf, np.inf)


@dataclass(frozen=True)
class PlanarRobot:
    """Reward, health and start of one of Gymnasium's runners, with the default arguments."""

    control_cost: float
    """Cost of each squared component of the action."""
    healthy_reward: float = 0.0
    """Reward for each step that ends healthy."""
    reset_noise: float = 5e-3
    """Spread of the first positions and velocities."""
    normal_velocities: bool = False
    """Whether the first velocities are drawn from a normal distribution, not a uniform one."""
    velocity_bound: float = np.inf
    """Observed velocities are clipped to this."""
    height_m: tuple[float, float] = _INFINITE
    """Where the torso must stay."""
    pitch_rad: tuple[float, float] = _INFINITE
    """How far the torso may lean."""
    state_bound: float = np.inf
    """Bound of every other position and of every velocity."""

    def observe(self, qpos: Array, qvel: Array) -> Array:
        """Positions without x, then velocities, (n, nq - 1 + nv)."""
        bound = self.velocity_bound
        return np.concatenate((qpos[:, 1:], np.clip(qvel, -bound, bound)), axis=1)

    def healthy(self, qpos: Array, qvel: Array) -> Mask:
        """Which runners have not fallen, (n,)."""
        state = np.concatenate((qpos[:, 2:], qvel), axis=1)
        inside = np.all(np.abs(state) < self.state_bound, axis=1)
        return (
            np.asarray(inside)
            & _between(qpos[:, 1], self.height_m)
            & _between(qpos[:, 2], self.pitch_rad)
        )

    def reward(self, velocity: Array, action: NDArray[np.floating[Any]], healthy: Mask) -> Array:
        """Forward velocity [m/s], being healthy, and the cost of the action, (n,)."""
        cost = self.control_cost * np.square(action).sum(axis=1)
        return np.asarray(velocity + healthy * self.healthy_reward - cost)

    def start(self, rng: np.random.Generator, nq: int, nv: int) -> tuple[Array, Array]:
        """What is added to the model's initial positions and velocities."""
        noise = self.reset_noise
        position = rng.uniform(-noise, noise, nq)
        if self.normal_velocities:
            return position, noise * rng.standard_normal(nv)
        return position, rng.uniform(-noise, noise, nv)


PLANAR_ROBOTS: dict[str, PlanarRobot] = {
    "HalfCheetah-v5": PlanarRobot(control_cost=0.1, reset_noise=0.1, normal_velocities=True),
    "Hopper-v5": PlanarRobot(
        control_cost=1e-3,
        healthy_reward=1.0,
        velocity_bound=10.0,
        height_m=(0.7, np.inf),
        pitch_rad=(-0.2, 0.2),
        state_bound=100.0,
    ),
    "Walker2d-v5": PlanarRobot(
        control_cost=1e-3,
        healthy_reward=1.0,
        velocity_bound=10.0,
        height_m=(0.8, 2.0),
        pitch_rad=(-1.0, 1.0),
    ),
}
"""Gymnasium id -> what it does around the physics."""


class GymnasiumBatchEnv(VectorEnv[Array, NDArray[np.float32], NDArray[Any]]):
    """Many simulations of one of `PLANAR_ROBOTS`, without autoreset.

    Simulation k does to the bit what Gymnasium's environment does after `reset(seed=seed + k)`.
    """

    metadata: dict[str, Any] = {  # noqa: RUF012 - declared so by Gymnasium
        "render_modes": [],
        "autoreset_mode": AutoresetMode.DISABLED,
    }

    def __init__(self, name: str, num_envs: int, threads: int = 0) -> None:
        """Take model, spaces and time limit from Gymnasium's environment.

        Args:
            name: a key of `PLANAR_ROBOTS`.
            num_envs: number of simulations n.
            threads: physics threads; 0 for one per core.
        """
        original: Any = gymnasium.make(name)
        self.robot, self.num_envs = PLANAR_ROBOTS[name], num_envs
        self.single_observation_space = original.observation_space
        self.single_action_space = original.action_space
        self.observation_space = batch_space(self.single_observation_space, num_envs)
        self.action_space = batch_space(self.single_action_space, num_envs)
        self.episode_steps = original.spec.max_episode_steps
        self._substeps, self._step_s = original.unwrapped.frame_skip, original.unwrapped.dt
        self.batch = Batch(original.unwrapped.model, num_envs, min(threads, num_envs))
        original.close()
        self._qpos, self._qvel = self.batch.bind("qpos"), self.batch.bind("qvel")
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
            position, velocity = self.robot.start(
                self._rngs[i], self._qpos.shape[1], self._qvel.shape[1]
            )
            self._qpos[i] += position
            self._qvel[i] += velocity
        self.batch.forward(ids)
        self._steps[ids] = 0
        return self._observe(), {}

    def step(self, actions: NDArray[np.float32]) -> tuple[Array, Array, Mask, Mask, dict[str, Any]]:
        """One control step of all simulations.

        Raises:
            ValueError: the actions have another shape than the action space.
        """
        if np.shape(actions) != self.action_space.shape:
            raise ValueError(
                f"actions must have shape {self.action_space.shape}, got {np.shape(actions)}"
            )
        before = self._qpos[:, 0].copy()
        self._ctrl[:] = actions
        self.batch.step(nstep=self._substeps)
        self._steps += 1
        velocity = (self._qpos[:, 0] - before) / self._step_s
        healthy = self.robot.healthy(self._qpos, self._qvel)
        reward = self.robot.reward(velocity, actions, healthy)
        truncated = self._steps >= self.episode_steps
        return self._observe(), reward, ~healthy, truncated, {"x_velocity": velocity}

    def _observe(self) -> Array:
        return self.robot.observe(self._qpos, self._qvel)


def _between(values: Array, bounds: tuple[float, float]) -> Mask:
    return (bounds[0] < values) & (values < bounds[1])
