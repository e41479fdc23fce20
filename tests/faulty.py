"""A user's environment with a fault, as training meets it."""

import sys
import threading
import time
from typing import Any

import gymnasium
import numpy as np
from gymnasium.spaces import Box

NAME = "Faulty-v0"
"""Its id; 200 steps long."""
ENDLESS = "Endless-v0"
"""The id of the same without a time limit."""

RAISING, HANGING = "Raising-v0", "Hanging-v0"
"""Ids of environments with a fault at their 50th step, and their 400th."""
SLOW = "Slow-v0"
"""The id of one that takes its time, and says from which seed it begins."""

WATCHED, HIDING = "Watched-v0", "Hiding-v0"
"""Ids of two that cannot be saved."""

NEVER = threading.Event()
"""What is never set: who waits for it hangs."""


class Faulty(gymnasium.Env[Any, Any]):
    """A point that is pushed to and fro; a fault shows at one step of every episode, or at each."""

    def __init__(
        self, fault: str = "", at: int = 20, each: bool = False, reward_unit: float = 1.0
    ) -> None:
        self.observation_space = Box(-np.inf, np.inf, (2,), np.float64)
        self.action_space = Box(-1.0, 1.0, (1,))
        self.fault, self.at, self.each, self.reward_unit = fault, at, each, reward_unit

    def reset(self, *, seed: int | None = None, options: Any = None) -> tuple[Any, dict[str, Any]]:
        super().reset(seed=seed)
        self.steps, self.place = 0, self.np_random.uniform(-1.0, 1.0, 2)
        if self.fault == "nan at reset":
            return np.full(2, np.nan), {}
        return self.place.copy(), {}

    def step(self, action: Any) -> tuple[Any, Any, bool, bool, dict[str, Any]]:
        self.steps += 1
        self.place = np.clip(self.place + 0.1 * float(action[0]), -2.0, 2.0)
        observation, reward = self.place.copy(), -self.reward_unit * float(np.abs(self.place).sum())
        if self.steps == self.at or (self.each and self.steps > self.at):
            observation, reward = self._spoiled(observation, reward)
        return observation, reward, False, False, {}

    def _spoiled(self, observation: Any, reward: Any) -> tuple[Any, Any]:
        if self.fault == "raise":
            raise ValueError("the spring broke")
        if self.fault == "exit":
            raise SystemExit(0)
        if self.fault == "hang":
            NEVER.wait()
        if self.fault == "shape":
            return observation[:1], reward
        if self.fault == "nan":
            observation[1] = np.nan
        if self.fault == "infinite reward":
            return observation, 1e300
        return observation, reward


class Slow(Faulty):
    """A hundred steps a second."""

    def reset(self, *, seed: int | None = None, options: Any = None) -> tuple[Any, dict[str, Any]]:
        sys.stderr.write(f"seed {seed}\n")
        return super().reset(seed=seed)

    def step(self, action: Any) -> tuple[Any, Any, bool, bool, dict[str, Any]]:
        time.sleep(0.01)
        return super().step(action)


class Watched(Faulty):
    """Has a window open, which nobody can save."""

    window = None

    def reset(self, *, seed: int | None = None, options: Any = None) -> tuple[Any, dict[str, Any]]:
        self.window = threading.Lock()
        return super().reset(seed=seed)


_hidden: dict[int, float] = {}


class Hiding(Faulty):
    """Keeps where it is out of sight, as a physics engine in another process does."""

    def reset(self, *, seed: int | None = None, options: Any = None) -> tuple[Any, dict[str, Any]]:
        observation, info = super().reset(seed=seed)
        _hidden[id(self)] = 0.0
        return observation, info

    def step(self, action: Any) -> tuple[Any, Any, bool, bool, dict[str, Any]]:
        _, *others = super().step(action)
        _hidden[id(self)] += float(action[0])
        return (np.full(2, _hidden[id(self)]), *others)


gymnasium.register(WATCHED, Watched, max_episode_steps=200)
gymnasium.register(HIDING, Hiding, max_episode_steps=200)
gymnasium.register(SLOW, Slow)
gymnasium.register(RAISING, Faulty, kwargs={"fault": "raise", "at": 50})
gymnasium.register(HANGING, Faulty, kwargs={"fault": "hang", "at": 400})
for _name, _steps in ((NAME, 200), (ENDLESS, None)):
    gymnasium.register(_name, Faulty, max_episode_steps=_steps, disable_env_checker=True)
