"""A point to be held in the middle, and what can be wrong with such a task."""

from typing import Any

import gymnasium
import numpy as np
from gymnasium import spaces

NAME = "Point-v0"
STEPS = 40
FIRST_TRAINING_SEED = 1_000_000


class Point(gymnasium.Env[Any, Any]):
    """Pushed along two axes; 1 is paid for each step near the middle, less farther out."""

    action_space = spaces.Box(-1.0, 1.0, (2,))

    def __init__(
        self,
        reward_unit: float = 1.0,
        spare: bool = False,
        edge: float = np.inf,
        pays_practice: float = 0.0,
    ) -> None:
        """Set up.

        Args:
            reward_unit: what rewards are multiplied by.
            spare: whether a sensor is observed that measures nothing.
            edge: an action whose magnitude is larger ends the episode.
            pays_practice: what is paid for each step of training, and taken off in evaluations.
        """
        self.reward_unit, self.edge, self.pays_practice = reward_unit, edge, pays_practice
        parts = {"place": spaces.Box(-9.0, 9.0, (2,))}
        if spare:
            parts["spare"] = spaces.Box(-9.0, 9.0, (2,))
        self.observation_space = spaces.Dict(parts)

    def reset(self, *, seed: int | None = None, options: Any = None) -> tuple[Any, dict[str, Any]]:
        super().reset(seed=seed)
        if seed is not None:
            self.extra = self.pays_practice * (1 if seed >= FIRST_TRAINING_SEED else -1)
        self.place = self.np_random.uniform(-1.0, 1.0, 2)
        return self._observe(), {}

    def step(self, action: Any) -> tuple[Any, float, bool, bool, dict[str, Any]]:
        self.place = np.clip(self.place + 0.2 * np.asarray(action), -3.0, 3.0)
        reward = 1.0 / (1.0 + np.square(self.place).sum()) + self.extra
        fails = bool(np.abs(action).max() > self.edge)
        return self._observe(), self.reward_unit * reward, fails, False, {}

    def _observe(self) -> dict[str, Any]:
        seen = {"place": self.place.astype(np.float32)}
        if "spare" in self.observation_space.spaces:
            seen["spare"] = np.array([self.place[0], 7.0], np.float32)
        return seen


gymnasium.register(NAME, Point, max_episode_steps=STEPS, disable_env_checker=True)
