"""A sound environment, and one for everything that can be wrong with it."""

import threading
from typing import Any

import gymnasium
import numpy as np
from gymnasium import spaces

RANDOM = np.random.default_rng()
"""What no seed reaches."""


class Sound(gymnasium.Env):
    """A point in the plane that is pushed; the farther from the middle, the less it is worth."""

    observation_space: spaces.Space = spaces.Box(-9.0, 9.0, (4,))
    action_space: spaces.Space = spaces.Box(-1.0, 1.0, (2,))
    length = 40

    def reset(self, *, seed: int | None = None, options: Any = None) -> Any:
        super().reset(seed=seed)
        self.count, self.state = 0, np.zeros(4)
        self.state[:2] = self.start()
        return self.observe(), {}

    def step(self, action: Any) -> Any:
        self.count += 1
        self.state[2:] = 0.9 * self.state[2:] + 0.1 * self.push(action)
        self.state[:2] += 0.1 * self.state[2:]
        over = self.count >= self.length
        return self.observe(), self.reward(), False, over, {}

    def start(self) -> Any:
        return self.np_random.uniform(-1.0, 1.0, 2)

    def push(self, action: Any) -> Any:
        return action

    def observe(self) -> Any:
        return self.state.astype(np.float32)

    def reward(self) -> Any:
        return -float(np.hypot(*self.state[:2]))


class ConstantReward(Sound):
    def reward(self) -> Any:
        return 0.0


class Sparse(Sound):
    """With goals that hindsight can reward."""

    observation_space = spaces.Dict(
        {
            name: spaces.Box(-9.0, 9.0, (2,), np.float64)
            for name in ("observation", "achieved_goal", "desired_goal")
        }
    )

    def observe(self) -> Any:
        place, speed = self.state[:2].copy(), self.state[2:].copy()
        return {"observation": speed, "achieved_goal": place, "desired_goal": np.full(2, 8.0)}

    def reward(self) -> Any:
        return float(self.compute_reward(self.state[:2], np.full(2, 8.0), {}))

    def compute_reward(self, achieved: Any, desired: Any, info: Any) -> Any:
        return -(np.linalg.norm(achieved - desired, axis=-1) > 0.1).astype(float)


class MoodySparse(Sparse):
    """Its reward depends on more than the goals."""

    def reward(self) -> Any:
        return -float(self.count)


class Survival(Sound):
    """Worth 1 for as long as the point is near."""

    def step(self, action: Any) -> Any:
        observation, _, _, over, info = super().step(10 * action)
        return observation, 1.0, bool(np.hypot(*self.state[:2]) > 1.2), over, info


class Successful(Sound):
    def step(self, action: Any) -> Any:
        return *super().step(action)[:4], {"success": True}


class HugeReward(Sound):
    def reward(self) -> Any:
        return 1e6 * super().reward()


class Catastrophe(Sound):
    def reward(self) -> Any:
        return -1e6 if self.count == self.length else super().reward()


class FlatReward(Sound):
    def reward(self) -> Any:
        return 1e5 + super().reward()


class TimeIsFailure(Sound):
    def step(self, action: Any) -> Any:
        observation, reward, _, over, info = super().step(action)
        return observation, reward, over, False, info


class Endless(Sound):
    length = 10**9


class AtOnce(Sound):
    length = 1


class Outside(Sound):
    observation_space = spaces.Box(-0.5, 0.5, (4,))


class OutsideChoices(Sound):
    observation_space = spaces.Dict({"place": spaces.Box(-9, 9, (4,)), "gear": spaces.Discrete(3)})

    def observe(self) -> Any:
        return {"place": super().observe(), "gear": self.count % 4}


class Double(Sound):
    """Returns float64, though its space says float32."""

    def observe(self) -> Any:
        return self.state.copy()


class Fractions(Sound):
    """Returns fractions, though its space says integers."""

    observation_space = spaces.Box(-9, 9, (4,), np.int64)

    def observe(self) -> Any:
        return self.state.copy()


class Aliased(Sound):
    observation_space = spaces.Box(-9.0, 9.0, (4,), np.float64)

    def observe(self) -> Any:
        return self.state


class NotFinite(Sound):
    def observe(self) -> Any:
        return np.full(4, np.nan if self.count == 7 else self.state[0], np.float32)


class Blind(Sound):
    def observe(self) -> Any:
        return np.ones(4, np.float32)


class ConstantComponent(Sound):
    def observe(self) -> Any:
        return np.append(super().observe()[:3], np.float32(3.0))


class Offset(Sound):
    observation_space = spaces.Box(-np.inf, np.inf, (4,), np.float64)

    def observe(self) -> Any:
        return np.append(self.state[:3], self.state[3] + 1e9)


class Faint(Sound):
    def observe(self) -> Any:
        return super().observe() * np.float32([1.0, 1.0, 1.0, 1e-6])


class Wide(Sound):
    observation_space = spaces.Box(-np.inf, np.inf, (4,), np.float64)

    def observe(self) -> Any:
        return self.state * [1.0, 1.0, 1.0, 1e8]


class Deaf(Sound):
    """Its actions change nothing."""

    def push(self, action: Any) -> Any:
        return self.np_random.uniform(-1.0, 1.0, 2)


class HalfDeaf(Sound):
    def push(self, action: Any) -> Any:
        return action[[0, 0]]


class Unseeded(Sound):
    def start(self) -> Any:
        return RANDOM.uniform(-1.0, 1.0, 2)


class Noisy(Sound):
    """Starts where its seed says, and is pushed by what no seed reaches."""

    def push(self, action: Any) -> Any:
        return action + RANDOM.uniform(-0.1, 0.1, 2)


class LeftOver(Sound):
    """Something wears out from episode to episode, until all of it is gone."""

    wear = 0

    def start(self) -> Any:
        self.wear = min(self.wear + 1, 5)
        return super().start()

    def push(self, action: Any) -> Any:
        return action / (1 + self.wear)


class OneStart(Sound):
    """Begins the same, unless it gets a seed."""

    def reset(self, *, seed: int | None = None, options: Any = None) -> Any:
        return super().reset(seed=0 if seed is None else seed)


class OneEpisode(Sound):
    def start(self) -> Any:
        return np.full(2, 0.5)


class Raises(Sound):
    def reward(self) -> Any:
        raise ValueError("the motor is on fire")


class Hangs(Sound):
    def reward(self) -> Any:
        threading.Event().wait()


class Choices(Sound):
    action_space = spaces.Discrete(2)


class GlobalNoise(Sound):
    """Draws from the generator that the whole process shares."""

    def push(self, action: Any) -> Any:
        return action + np.random.uniform(-0.1, 0.1, 2)
