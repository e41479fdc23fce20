"""What steps foreign environments: environments of one name, or a vector environment of others."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Protocol

import numpy as np
from gymnasium.vector import AutoresetMode, VectorEnv
from numpy.typing import NDArray

from robo_ddpg.envs.foreign import worker
from robo_ddpg.envs.foreign.simulations import Simulations
from robo_ddpg.envs.foreign.snapshot import restore, snapshot
from robo_ddpg.envs.foreign.spaces import check_spaces
from robo_ddpg.errors import UnknownEnvironmentError
from robo_ddpg.flattening import ActionForm, Flattening
from tasks.arrays import Mask

AnyArray = NDArray[Any]


@dataclass(frozen=True)
class Step:
    """What one step of n environments led to."""

    observation: AnyArray
    """(n, o); the last of its episode where one ended."""
    reward: AnyArray
    """(n,)."""
    terminated: Mask
    """(n,)."""
    truncated: Mask
    """(n,)."""
    success: AnyArray
    """1, 0, or -1 where the environment does not say, (n,)."""
    skipped: Mask | None = None
    """Where no step was made, but an episode started, (n,)."""


class Stepped(Protocol):
    """n environments; finished ones wait for their reset."""

    num_envs: int
    flattening: Flattening
    form: ActionForm
    episode_steps: int | None

    def reset(self, which: Mask, seeds: Sequence[int | None]) -> AnyArray:
        """Start episodes, `which` (n,); observes all, (n, o)."""

    def step(self, actions: AnyArray) -> Step:
        """Step all, (n, ...)."""

    def state(self) -> Any:
        """What they hold, JSON-compatible.

        Raises:
            Unsavable: something in them is neither data nor made of data.
        """

    def load_state(self, state: Any) -> None:
        """Put back what `state` returned, after a reset and a step.

        Raises:
            Unsavable: it cannot be put back.
        """

    def close(self) -> None:
        """Free them."""


class Separate:
    """Environments that know nothing of each other."""

    def __init__(self, simulations: Simulations) -> None:
        self.simulations, self.num_envs = simulations, simulations.num_envs
        description = simulations.description
        self.flattening = Flattening.from_json(description["observation"])
        self.form = ActionForm.from_json(description["action"])
        self.episode_steps: int | None = description["episode_steps"]
        arrays = simulations.arrays
        self._parts = [arrays[f"observation.{i}"] for i in range(len(self.flattening.parts))]

    def reset(self, which: Mask, seeds: Sequence[int | None]) -> AnyArray:
        """Start episodes."""
        self.simulations.reset(which, seeds)
        return self.flattening.flat(self._parts)

    def step(self, actions: AnyArray) -> Step:
        """Step all."""
        self.simulations.step(actions)
        names = ("reward", "terminated", "truncated", "success")
        told = [self.simulations.arrays[name].copy() for name in names]
        return Step(self.flattening.flat(self._parts), *told)

    def state(self) -> Any:
        """What each holds."""
        return self.simulations.state()

    def load_state(self, state: Any) -> None:
        """Put it back."""
        self.simulations.load_state(state)

    def close(self) -> None:
        """Free them."""
        self.simulations.close()


class Together:
    """A vector environment, whatever it does when an episode ends.

    With `DISABLED` autoreset it is reset with a mask. With `SAME_STEP` the first observation of the
    next episode is kept until the reset is asked for. With `NEXT_STEP` the reset happens in the
    next step, which then counts as skipped.
    """

    def __init__(self, env: VectorEnv[Any, Any, Any], name: str) -> None:
        """Take it.

        Raises:
            UnknownEnvironmentError: its spaces are not supported, or it does not say when it
                resets.
        """
        self._env, self.num_envs = env, env.num_envs
        description = worker.spaces_of(env.single_observation_space, env.single_action_space)
        check_spaces(description, name)
        self.flattening = Flattening.from_json(description["observation"])
        self.form = ActionForm.from_json(description["action"])
        spec = getattr(env, "spec", None)
        self.episode_steps: int | None = getattr(
            env, "episode_steps", getattr(spec, "max_episode_steps", None)
        )
        mode = env.metadata.get("autoreset_mode")
        if mode is None:
            raise UnknownEnvironmentError(
                f"{name} does not say when it resets: set metadata['autoreset_mode'] to one of "
                "gymnasium.vector.AutoresetMode"
            )
        self._mode = AutoresetMode(mode)
        self._observation: AnyArray = np.empty(0)
        self._finished = np.zeros(self.num_envs, bool)

    def reset(self, which: Mask, seeds: Sequence[int | None]) -> AnyArray:
        """Start episodes in some, all of which have finished, or in all."""
        seed: Any = None if set(seeds) == {None} else list(seeds)
        if self._mode is AutoresetMode.DISABLED:
            told, _ = self._env.reset(seed=seed, options={"reset_mask": which})
            self._observation = self._flat(told)
        elif which.all():
            self._observation = self._flat(self._env.reset(seed=seed)[0])
            self._finished[:] = False
        return self._observation

    def step(self, actions: AnyArray) -> Step:
        """Step all."""
        skipped = self._finished.copy() if self._mode is AutoresetMode.NEXT_STEP else None
        told, reward, terminated, truncated, info = self._env.step(actions)
        self._observation = last = self._flat(told)
        self._finished = terminated | truncated
        success = _success(info, self.num_envs)
        if self._mode is AutoresetMode.SAME_STEP and self._finished.any():
            last = self._observation.copy()
            for i in np.flatnonzero(self._finished):
                last[i] = self.flattening.vector(info["final_obs"][i])
            final = _success(info.get("final_info", {}), self.num_envs)
            success = np.where(self._finished, final, success)
        return Step(last, reward, terminated, truncated, success, skipped)

    def state(self) -> Any:
        """What the vector environment holds."""
        return snapshot(self._held())

    def load_state(self, state: Any) -> None:
        """Put it back."""
        held = self._held()
        restore(held, state)
        self._observation, self._finished = held["observation"], held["finished"]

    def _held(self) -> dict[str, Any]:
        return {"env": self._env, "observation": self._observation, "finished": self._finished}

    def close(self) -> None:
        """Free it."""
        self._env.close()

    def _flat(self, observation: Any) -> AnyArray:
        return self.flattening.flat(self.flattening.values(observation))


def _success(info: dict[str, Any], count: int) -> AnyArray:
    """1, 0, or -1 where it is not said, (n,)."""
    name = "is_success" if "is_success" in info else "success"
    said = np.full(count, worker.NOT_REPORTED)
    try:
        values = np.asarray(info[name], float).reshape(count)
    except (KeyError, TypeError, ValueError):
        return said
    told = np.asarray(info.get(f"_{name}", True)) & ~np.isnan(values)
    return np.where(told, values > 0, said)
