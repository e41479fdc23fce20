"""Exploration noise of parallel simulations, on actions in [-1, 1]."""

import numpy as np
from numpy.typing import NDArray

from robo_ddpg.agent.random_state import generator_state, set_generator_state
from robo_ddpg.agent.settings import AgentSettings
from robo_ddpg.agent.transitions import Bools, Floats

_OU_THETA = np.float32(0.15)
"""Pull of the Ornstein-Uhlenbeck process towards zero per step (Lillicrap et al., section 7)."""


class Exploration:
    """Adds noise, random components and bursts to the policy's actions."""

    def __init__(self, settings: AgentSettings, num_envs: int, action_size: int, seed: int) -> None:
        self.settings = settings
        self._shape = (num_envs, action_size)
        self._generator = np.random.default_rng(seed)
        self.sigma = noise_scales(settings.noise_range, num_envs)
        self._correlated_noise = np.zeros(self._shape, np.float32)
        self._burst_left = np.zeros(num_envs, np.int64)
        self._burst_action = np.zeros(self._shape, np.float32)
        self._burstable = np.ones(action_size, np.bool_)
        self._burstable[_checked_indices(settings.burst_exempt, action_size)] = False

    def uniform(self) -> Floats:
        """Actions for the warm-up, uniform in +-`warmup_amplitude`, shape (n, a)."""
        return self._uniform(self._shape) * np.float32(self.settings.warmup_amplitude)

    def __call__(self, action: Floats) -> Floats:
        """Explore around the policy's actions, shape (n, a); one step of all simulations."""
        explored: Floats = action + self._noise()
        probability = self.settings.random_component_probability
        if probability > 0.0:
            replaced = self._generator.random(self._shape, np.float32) < probability
            explored[replaced] = self._uniform((int(replaced.sum()),))
        if self.settings.burst_probability > 0.0:
            self._advance_bursts()
            held = (self._burst_left > 0)[:, None] & self._burstable
            np.copyto(explored, self._burst_action, where=held)
        np.minimum(explored, 1.0, out=explored)
        np.maximum(explored, -1.0, out=explored)
        return explored

    def end_episodes(self, ended: Bools) -> None:
        """Forget what was carried from step to step in the simulations that `ended`, shape (n,)."""
        self._burst_left[ended] = 0
        self._correlated_noise[ended] = 0.0

    def state(self) -> dict[str, NDArray[np.generic]]:
        """Arrays that restore the exploration exactly."""
        return {
            "generator": generator_state(self._generator),
            "correlated_noise": self._correlated_noise.copy(),
            "burst_left": self._burst_left.copy(),
            "burst_action": self._burst_action.copy(),
        }

    def load_state(self, state: dict[str, NDArray[np.generic]]) -> None:
        """Restore what `state` returned."""
        set_generator_state(self._generator, state["generator"])
        self._correlated_noise[:] = state["correlated_noise"]
        self._burst_left[:] = state["burst_left"]
        self._burst_action[:] = state["burst_action"]

    def _noise(self) -> Floats:
        white = self._generator.standard_normal(self._shape, np.float32)
        white *= self.sigma
        if self.settings.noise == "gaussian":
            return white
        self._correlated_noise += white - _OU_THETA * self._correlated_noise
        return self._correlated_noise

    def _advance_bursts(self) -> None:
        np.maximum(self._burst_left - 1, 0, out=self._burst_left)
        chance = self._generator.random(self._shape[0], np.float32)
        started = (self._burst_left == 0) & (chance < self.settings.burst_probability)
        number = int(started.sum())
        if number == 0:
            return
        shortest, longest = self.settings.burst_steps
        self._burst_left[started] = self._generator.integers(shortest, longest + 1, number)
        self._burst_action[started] = self._uniform((number, self._shape[1]))

    def _uniform(self, shape: tuple[int, ...]) -> Floats:
        return self._generator.random(shape, np.float32) * np.float32(2.0) - np.float32(1.0)


def noise_scales(noise_range: tuple[float, float], num_envs: int) -> Floats:
    """Standard deviation for each simulation, spaced geometrically, shape (n, 1)."""
    low, high = noise_range
    if num_envs == 1:
        return np.full((1, 1), np.sqrt(low * high), np.float32)
    return np.geomspace(low, high, num_envs, dtype=np.float32)[:, None]


def _checked_indices(indices: tuple[int, ...], size: int) -> list[int]:
    for index in indices:
        if not -size <= index < size:
            raise ValueError(
                f"burst_exempt={indices!r}: component {index} does not exist; "
                f"the action has {size} components, so indices run from {-size} to {size - 1}"
            )
    return list(indices)
