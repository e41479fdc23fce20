"""Goals of Gymnasium's goal-conditioned environments, as hindsight needs them."""

import numpy as np

from robo_ddpg.envs.foreign.simulations import Simulations
from robo_ddpg.envs.foreign.worker import LARGEST_BATCH
from robo_ddpg.errors import EnvironmentFailure
from robo_ddpg.flattening import Flattening
from tasks.arrays import Float32, Mask

TOLERANCE = 1e-3
"""Rewards may differ by so much, relatively, between a step and `compute_reward`: goals are kept in
float32."""
SLOW = (
    "compute_reward takes one pair of goals at a time, which slows down hindsight: let it take "
    "arrays of goals and return an array of rewards"
)
TRIED_STEPS = 30
"""Random steps on which the two are compared."""


class ForeignGoals:
    """Reads and replaces goals within observed vectors; an environment of its own rewards them."""

    def __init__(self, simulations: Simulations, flattening: Flattening) -> None:
        """Check that `compute_reward` says what a step says.

        Args:
            simulations: one environment that nobody else steps.
            flattening: of its observations.

        Raises:
            EnvironmentFailure: they differ, or it cannot be called without `info`.
        """
        self._env = simulations
        self._achieved = flattening.slices["achieved_goal"]
        self._desired = flattening.slices["desired_goal"]
        nothing = np.zeros((0, 0), np.float32)
        self._asked_last = (nothing, nothing)
        self._answered_last = (np.zeros(0, np.float32), np.zeros(0, bool))
        self._terminates = bool(simulations.description["terminates_by_goal"])
        try:
            self._check(flattening)
        except BaseException:
            self.close()
            raise
        self.notes = [] if simulations.ask("is_vectorized") else [SLOW]
        """What a user should know."""

    def achieved_goal(self, observation: Float32) -> Float32:
        """What was achieved, (b, o) -> (b, g)."""
        return observation[:, self._achieved]

    def desired_goal(self, observation: Float32) -> Float32:
        """What was asked for, (b, o) -> (b, g)."""
        return observation[:, self._desired]

    def attainable(self, goal: Float32) -> Mask:
        """Every achieved goal may be asked for."""
        return np.ones(len(goal), bool)

    def replace_goal(self, observation: Float32, goal: Float32) -> Float32:
        """The same observations with another goal."""
        changed = observation.copy()
        changed[:, self._desired] = goal
        return changed

    def compute_reward(self, achieved: Float32, desired: Float32, info: Float32) -> Float32:
        """What the environment rewards, (b,)."""
        return self._asked(achieved, desired)[0]

    def compute_terminated(self, achieved: Float32, desired: Float32, info: Float32) -> Mask:
        """What the environment says, (b,); as in the step itself where it does not say.

        Args:
            achieved: (b, g).
            desired: (b, g).
            info: whether the step terminated, (b, 1), or nothing, (b, 0).
        """
        if not self._terminates:
            return np.asarray(info.any(axis=1))
        return self._asked(achieved, desired)[1]

    def close(self) -> None:
        """Free the environment."""
        self._env.close()

    def _asked(self, achieved: Float32, desired: Float32) -> tuple[Float32, Mask]:
        """Rewards and terminations; those of the same goals are asked for once."""
        goals = (achieved, desired)
        if not all(map(np.array_equal, goals, self._asked_last)):
            self._answered_last = self._ask(*goals)
            self._asked_last = (achieved.copy(), desired.copy())
        return self._answered_last

    def _ask(self, achieved: Float32, desired: Float32) -> tuple[Float32, Mask]:
        """Rewards and terminations, asked for in parts that fit the shared arrays."""
        arrays, parts = self._env.arrays, []
        shape = arrays["goal.achieved"].shape[1:]
        for start in range(0, len(achieved), LARGEST_BATCH):
            rows = slice(start, start + LARGEST_BATCH)
            count = len(achieved[rows])
            arrays["goal.achieved"][:count] = achieved[rows].reshape(count, *shape)
            arrays["goal.desired"][:count] = desired[rows].reshape(count, *shape)
            self._env.ask("rewards", count=count)
            parts.append([arrays[f"goal.{k}"][:count].copy() for k in ("reward", "terminated")])
        reward, terminated = (np.concatenate(values) for values in zip(*parts, strict=True))
        return reward.astype(np.float32), terminated

    def _check(self, flattening: Flattening) -> None:
        """Compare with the rewards of a short rollout of random actions."""
        env, rng = self._env, np.random.default_rng(0)
        form = env.description["action"]
        low, high = (np.array(form[bound], float) for bound in ("low", "high"))
        seen, rewards = [], []
        for step in range(TRIED_STEPS):
            done = env.arrays["terminated"] | env.arrays["truncated"]
            if step == 0 or done.any():
                env.reset(np.ones(1, bool), [0])
            env.step(rng.uniform(low, high)[None])
            arrays = [env.arrays[f"observation.{i}"] for i in range(len(flattening.parts))]
            seen.append(flattening.flat(arrays)[0].astype(np.float32))
            rewards.append(float(env.arrays["reward"][0]))
        rows = np.array(seen)
        computed = self._asked(self.achieved_goal(rows), self.desired_goal(rows))[0]
        wrong = ~np.isclose(computed, rewards, rtol=TOLERANCE, atol=TOLERANCE)
        if wrong.any():
            k = int(np.flatnonzero(wrong)[0])
            raise EnvironmentFailure(
                f"compute_reward gives {computed[k]:g} where step {k + 1} was rewarded by "
                f"{rewards[k]:g}: it depends on more than the two goals"
            )
