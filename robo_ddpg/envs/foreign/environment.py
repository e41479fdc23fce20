"""Environments of others, as training and evaluation see them."""

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
from gymnasium.spaces import Box
from numpy.typing import NDArray

from robo_ddpg.agent.transitions import GoalSpace
from robo_ddpg.envs.foreign.goals import ForeignGoals
from robo_ddpg.envs.foreign.stepped import Step, Stepped
from robo_ddpg.errors import EnvironmentFailure
from tasks.arrays import Int64, Mask

AnyArray = NDArray[Any]

RESETS_TRIED = 3
"""How often an environment may start with numbers that are not finite."""


class ForeignEnvironment:
    """n environments of which nothing is known but their name, spaces and steps.

    Observations are flattened to vectors, actions formed as the environment takes them. Of `info`
    only `is_success` is taken, or `success`. Where an observation or a reward is not finite, the
    episode ends with `unstable`.
    """

    simulation = None

    def __init__(
        self,
        stepped: Stepped,
        described: dict[str, Any],
        notes: Sequence[str] = (),
        make_goals: Callable[[], ForeignGoals] | None = None,
    ) -> None:
        """Take environments.

        Args:
            stepped: they.
            described: name and settings, which make them again.
            notes: what a user should know of how they are simulated.
            make_goals: makes what rewards goals, which takes an environment more.
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
        self._make_goals = make_goals
        self._goals: ForeignGoals | None = None
        self._observation: AnyArray = np.zeros((self.num_envs, size))
        self._steps = np.zeros(self.num_envs, np.int64)
        self._success_known = self._unstable_known = False

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

    def describe(self) -> dict[str, Any]:
        """Its name and settings, what an observed vector holds, and the form of its actions."""
        return self._described | {
            "observation": self._stepped.flattening.to_json(),
            "action": self._stepped.form.to_json(),
        }

    def reset(
        self, *, seed: Any = None, options: dict[str, Any] | None = None
    ) -> tuple[AnyArray, dict[str, Any]]:
        """Start episodes, in all simulations or in those of `options["reset_mask"]`.

        Raises:
            EnvironmentFailure: an episode starts with numbers that are not finite.
        """
        mask = (options or {}).get("reset_mask")
        which = np.ones(self.num_envs, bool) if mask is None else np.asarray(mask)
        seeds: list[int | None] = [None] * self.num_envs
        if seed is not None:
            every = seed + np.arange(self.num_envs) if isinstance(seed, int) else seed
            seeds = [int(s) for s in every]
            self.seeds = np.where(which, every, self.seeds)
        self._steps[which] = 0
        for _ in range(RESETS_TRIED):
            self._observation = self._stepped.reset(which, seeds)
            which, seeds = which & ~_finite(self._observation), [None] * self.num_envs
            if not which.any():
                return self._observation, {}
        i = int(np.flatnonzero(which)[0])
        raise EnvironmentFailure(
            f"{self._described['name']}, simulation {i}: episodes start with "
            f"{self._named(self._observation[i])}"
        )

    def step(self, actions: Any) -> tuple[AnyArray, AnyArray, Mask, Mask, dict[str, Any]]:
        """One step of all simulations, actions (n, a)."""
        step = self._stepped.step(self._stepped.form.formed(actions))
        self._steps += 1
        bad = ~(_finite(step.observation) & np.isfinite(step.reward.astype(np.float32)))
        info = self._info(step, bad)
        if not bad.any():
            self._observation = step.observation
            return step.observation, step.reward, step.terminated, step.truncated, info
        observation = np.where(bad[:, None], self._observation, step.observation)
        self._observation = observation
        reward = np.where(bad, 0.0, step.reward)
        return observation, reward, step.terminated & ~bad, step.truncated | bad, info

    def close(self) -> None:
        """Free everything; may be called twice."""
        self._stepped.close()
        if self._goals is not None:
            self._goals.close()

    def _info(self, step: Step, bad: Mask) -> dict[str, Any]:
        info: dict[str, Any] = {}
        self._success_known |= bool((step.success >= 0).any())
        self._unstable_known |= bool(bad.any())
        if self._success_known:
            info["is_success"] = step.success > 0
        if step.skipped is not None:
            info["skipped"] = step.skipped
        if self._unstable_known:
            info["unstable"] = bad
        if bad.any():
            info["fault"] = self._fault(step, int(np.flatnonzero(bad)[0]))
        return info

    def _fault(self, step: Step, i: int) -> str:
        """What is not finite, where and when."""
        what = f"reward {step.reward[i]}"
        if not _finite(step.observation)[i]:
            what = self._named(step.observation[i])
        name = self._described["name"]
        return f"{name}, simulation {i}, step {self._steps[i]} of its episode: {what}"

    def _named(self, observation: AnyArray) -> str:
        """The first component that is not finite."""
        k = int(np.flatnonzero(~np.isfinite(observation.astype(np.float32)))[0])
        for name, part in self._stepped.flattening.slices.items():
            if k < part.stop:
                return f"{name}[{k - part.start}] = {observation[k]}"
        raise IndexError(k)


def _finite(observation: AnyArray) -> Mask:
    """Whose observation float32 can hold, (n,)."""
    with np.errstate(over="ignore"):
        return np.asarray(np.isfinite(observation.astype(np.float32)).all(1))
