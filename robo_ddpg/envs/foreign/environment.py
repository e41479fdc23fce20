"""Environments of others, as training and evaluation see them."""

from collections.abc import Callable, Mapping, Sequence
from types import MappingProxyType
from typing import Any

import numpy as np
from gymnasium.spaces import Box
from numpy.typing import NDArray

from robo_ddpg.agent.transitions import GoalSpace
from robo_ddpg.envs.foreign.goals import ForeignGoals
from robo_ddpg.envs.foreign.simulations import Simulations
from robo_ddpg.envs.foreign.stepped import Stepped
from robo_ddpg.errors import EnvironmentFailure, RenderingError
from tasks.arrays import Int64, Mask
from tasks.quantities import Measure

AnyArray = NDArray[Any]

FRAMES_PER_SECOND = 30.0
"""Where an environment does not say, as Gymnasium's own wrappers assume [1/s]."""


class ForeignEnvironment:
    """n environments of which nothing is known but their name, spaces and steps.

    Observations are flattened to vectors, actions formed as the environment takes them. Of `info`
    only `is_success` is taken, or `success`.
    """

    simulation = None
    quantities: Mapping[str, Measure] = MappingProxyType({})

    def __init__(
        self,
        stepped: Stepped,
        described: dict[str, Any],
        notes: Sequence[str] = (),
        make_goals: Callable[[], ForeignGoals] | None = None,
        drawn: Simulations | None = None,
    ) -> None:
        """Take environments.

        Args:
            stepped: they.
            described: name and settings, which make them again.
            notes: what a user should know of how they are simulated.
            make_goals: makes what rewards goals, which takes an environment more.
            drawn: the same ones, where they give pictures.
        """
        self._stepped, self._described = stepped, described
        self.num_envs = stepped.num_envs
        self.notes = list(notes)
        size = stepped.flattening.size
        self.single_observation_space: Any = Box(-np.inf, np.inf, (size,), np.float64)
        bounds = (stepped.form.low.ravel(), stepped.form.high.ravel())
        low, high = (bound.astype(np.float32) for bound in bounds)
        self.single_action_space: Any = Box(low, high, dtype=np.float32)
        self.seeds: Int64 = np.zeros(self.num_envs, np.int64)
        self._drawn = drawn
        self._make_goals = make_goals
        self._goals: ForeignGoals | None = None
        self._success_known = False

    @property
    def goal_space(self) -> GoalSpace | None:
        """How goals are read, replaced and rewarded; None without goals, or if they misfit."""
        if self._make_goals is not None:
            make, self._make_goals = self._make_goals, None
            try:
                self._goals = make()
                self.notes += self._goals.notes
            except EnvironmentFailure as failure:
                self.notes.append(f"goals are not relabelled: {failure}")
        return self._goals

    @property
    def episode_steps(self) -> int | None:
        """Steps after which episodes are truncated at the latest; None without a limit."""
        return self._stepped.episode_steps

    @property
    def frames_per_second(self) -> float:
        """Steps in a second of what it simulates."""
        told = self._drawn.description["frames_per_second"] if self._drawn else 0.0
        return told if 0.0 < told < np.inf else FRAMES_PER_SECOND

    def picture(self, index: int) -> AnyArray:
        """What one of the simulations looks like, (height, width, 3)."""
        if self._drawn is None:
            raise RenderingError(f"{self._described['name']} was not made to give pictures")
        return self._drawn.render(index)

    def describe(self) -> dict[str, Any]:
        """Its name and settings, what an observed vector holds, and the form of its actions."""
        return self._described | {
            "observation": self._stepped.flattening.to_json(),
            "action": self._stepped.form.to_json(),
        }

    def reset(
        self, *, seed: Any = None, options: dict[str, Any] | None = None
    ) -> tuple[AnyArray, dict[str, Any]]:
        """Start episodes, in all simulations or in those of `options["reset_mask"]`."""
        mask = (options or {}).get("reset_mask")
        which = np.ones(self.num_envs, bool) if mask is None else np.asarray(mask)
        seeds: list[int | None] = [None] * self.num_envs
        if seed is not None:
            every = seed + np.arange(self.num_envs) if isinstance(seed, int) else seed
            seeds = [int(s) for s in every]
            self.seeds = np.where(which, every, self.seeds)
        return self._stepped.reset(which, seeds), {}

    def step(self, actions: Any) -> tuple[AnyArray, AnyArray, Mask, Mask, dict[str, Any]]:
        """One step of all simulations, actions (n, a) or as the environment takes them."""
        vectors = np.reshape(actions, (self.num_envs, -1))
        step = self._stepped.step(self._stepped.form.formed(vectors))
        self._success_known |= bool((step.success >= 0).any())
        info: dict[str, Any] = {"is_success": step.success > 0} if self._success_known else {}
        if step.skipped is not None:
            info["skipped"] = step.skipped
        if self._goals is not None:
            info["reward_info"] = step.terminated[:, None].astype(np.float32)
        return step.observation, step.reward, step.terminated, step.truncated, info

    def state(self) -> dict[str, Any]:
        """What it holds."""
        return {"stepped": self._stepped.state(), "success_known": self._success_known}

    def load_state(self, state: dict[str, Any]) -> None:
        """Put it back."""
        self._stepped.load_state(state["stepped"])
        self._success_known = state["success_known"]

    def close(self) -> None:
        """Free everything; may be called twice."""
        self._stepped.close()
        if self._goals is not None:
            self._goals.close()
