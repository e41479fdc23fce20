"""Exploration noise of parallel simulations, on actions in [-1, 1]."""

import numpy as np
from numpy.typing import NDArray

from robo_ddpg.agent.saved_state import generator_state, set_generator_state
from robo_ddpg.agent.settings import AgentSettings
from tasks.arrays import Float32, Mask

_OU_THETA = np.float32(0.15)
"""Pull of the Ornstein-Uhlenbeck process towards zero per step (Lillicrap et al., section 7)."""


class Exploration:
    """Adds noise, random values and repeated actions to the policy's actions."""

    def __init__(self, settings: AgentSettings, num_envs: int, action_size: int, seed: int) -> None:
        self.settings = settings
        self._shape = (num_envs, action_size)
        self._generator = np.random.default_rng(seed)
        self.sigma = noise_scales(settings.noise_range, num_envs)
        self._correlated_noise = np.zeros(self._shape, np.float32)
        self._repeats_left = np.zeros(num_envs, np.int64)
        self._repeated_action = np.zeros(self._shape, np.float32)
        self._repeatable = np.ones(action_size, np.bool_)
        self._repeatable[_checked_indices(settings.repeat_exempt, action_size)] = False

    def uniform(self) -> Float32:
        """Actions for the warm-up, uniform in +-`warmup_amplitude`, shape (n, a)."""
        return self._uniform(self._shape) * np.float32(self.settings.warmup_amplitude)

    def __call__(self, action: Float32, pace: float = 1.0) -> Float32:
        """Explore around the policy's actions, shape (n, a); one step of all simulations.

        Args:
            action: In [-1, 1].
            pace: What the noise is multiplied by.
        """
        explored: Float32 = action + self._noise() * np.float32(pace)
        self._replace_some(explored, self.settings.random_component_probability, self._shape)
        self._replace_some(explored, self.settings.random_action_probability, self._shape[:1])
        if self.settings.repeat_probability > 0.0:
            self._advance_repeats()
            held = (self._repeats_left > 0)[:, None] & self._repeatable
            np.copyto(explored, self._repeated_action, where=held)
        np.minimum(explored, 1.0, out=explored)
        np.maximum(explored, -1.0, out=explored)
        return explored

    def end_episodes(self, ended: Mask) -> None:
        """Forget what was carried from step to step in the simulations that `ended`, shape (n,)."""
        self._repeats_left[ended] = 0
        self._correlated_noise[ended] = 0.0

    def state(self) -> dict[str, NDArray[np.generic]]:
        """Arrays that restore the exploration exactly."""
        return {
            "generator": generator_state(self._generator),
            "correlated_noise": self._correlated_noise.copy(),
            "repeats_left": self._repeats_left.copy(),
            "repeated_action": self._repeated_action.copy(),
        }

    def load_state(self, state: dict[str, NDArray[np.generic]]) -> None:
        """Restore what `state` returned."""
        set_generator_state(self._generator, state["generator"])
        self._correlated_noise[:] = state["correlated_noise"]
        self._repeats_left[:] = state["repeats_left"]
        self._repeated_action[:] = state["repeated_action"]

    def _noise(self) -> Float32:
        white = self._generator.standard_normal(self._shape, np.float32)
        white *= self.sigma
        if self.settings.noise == "gaussian":
            return white
        self._correlated_noise += white - _OU_THETA * self._correlated_noise
        return self._correlated_noise

    def _replace_some(self, action: Float32, probability: float, shape: tuple[int, ...]) -> None:
        """Put uniform values into components, (n, a), or whole actions, (n,), drawn for it."""
        if probability > 0.0:
            replaced = self._generator.random(shape, np.float32) < probability
            action[replaced] = self._uniform(action[replaced].shape)

    def _advance_repeats(self) -> None:
        np.maximum(self._repeats_left - 1, 0, out=self._repeats_left)
        chance = self._generator.random(self._shape[0], np.float32)
        started = (self._repeats_left == 0) & (chance < self.settings.repeat_probability)
        number = int(started.sum())
        if number == 0:
            return
        shortest, longest = self.settings.repeat_steps
        self._repeats_left[started] = self._generator.integers(shortest, longest + 1, number)
        self._repeated_action[started] = self._uniform((number, self._shape[1]))

    def _uniform(self, shape: tuple[int, ...]) -> Float32:
        return self._generator.random(shape, np.float32) * np.float32(2.0) - np.float32(1.0)


def noise_scales(noise_range: tuple[float, float], num_envs: int) -> Float32:
    """Standard deviation for each simulation, spaced geometrically, shape (n, 1)."""
    low, high = noise_range
    if num_envs == 1:
        return np.full((1, 1), np.sqrt(low * high), np.float32)
    return np.geomspace(low, high, num_envs, dtype=np.float32)[:, None]


def _checked_indices(indices: tuple[int, ...], size: int) -> list[int]:
    for index in indices:
        if not -size <= index < size:
            raise ValueError(
                f"repeat_exempt={indices!r}: component {index} does not exist; "
                f"the action has {size} components, so indices run from {-size} to {size - 1}"
            )
    return list(indices)
