"""Gymnasium wrappers that keep any environment's actions within range, rate and jerk limits.

Around one environment::

    env = SafeAction(gymnasium.make("Pendulum-v1"), ActionLimits(rate=0.5, jerk=0.2))

They compose with Gymnasium's own wrappers, and in vector environments either way: `SafeAction`
around each one, `gymnasium.make_vec(..., wrappers=[lambda env: SafeAction(env, limits)])`, or
`SafeVectorAction` around all of them, which is faster.
"""

from typing import Any

import gymnasium
import numpy as np
from gymnasium.utils import RecordConstructorArgs
from gymnasium.vector import AutoresetMode, VectorEnv, VectorWrapper
from gymnasium.vector.utils import batch_space
from numpy.typing import NDArray

from robo_ddpg.control.action_limits import ActionFilter, ActionLimits
from robo_ddpg.envs.robot_env import first

Info = dict[str, Any]

__all__ = ["ActionLimits", "SafeAction", "SafeVectorAction"]


class SafeAction(gymnasium.Wrapper[Any, Any, Any, Any], RecordConstructorArgs):
    """Limits the actions of one environment; `info["safety"]` says what was altered.

    Non-finite actions are braked for, as `ActionLimits.non_finite` says.
    """

    def __init__(self, env: Any, limits: ActionLimits) -> None:
        """Wrap an environment.

        Args:
            env: an environment whose action space is a Box.
            limits: the limits.

        Raises:
            SettingsError: the limits do not fit the action space.
            TypeError: a vector environment was given.
        """
        if isinstance(env, VectorEnv):
            raise TypeError(f"{env} is a vector environment: use SafeVectorAction")
        RecordConstructorArgs.__init__(self, limits=limits)
        super().__init__(env)
        self._filter = ActionFilter(limits, env.action_space)
        self.action_space = self._filter.action_space

    def reset(
        self, *, seed: int | None = None, options: dict[str, Any] | None = None
    ) -> tuple[Any, Info]:
        """Start an episode, with the action at `ActionLimits.start`."""
        self._filter.reset()
        return self.env.reset(seed=seed, options=options)

    def step(self, action: Any) -> tuple[Any, Any, bool, bool, Info]:
        """One step with the nearest action that keeps the limits.

        Raises:
            ValueError: the action has another shape than the action space.
        """
        action = np.asarray(action, float)
        if action.shape != self.action_space.shape:
            raise ValueError(
                f"actions must have shape {self.action_space.shape}, got {action.shape}"
            )
        safe = self._filter.filter(action[None])[0]
        observation, reward, terminated, truncated, info = self.env.step(safe)
        return observation, reward, terminated, truncated, _with(info, first(self._filter.report()))


class SafeVectorAction(VectorWrapper[Any, Any, Any, Any, Any]):
    """Limits the actions of all environments of a vector environment at once.

    Each is treated as `SafeAction` would treat it alone, in every autoreset mode.
    """

    def __init__(self, env: VectorEnv[Any, Any, Any], limits: ActionLimits) -> None:
        """Wrap a vector environment.

        Args:
            env: a vector environment whose single action space is a Box.
            limits: the limits.

        Raises:
            SettingsError: the limits do not fit the action space.
            TypeError: an environment was given that is not a vector environment.
        """
        super().__init__(env)
        self._filter = ActionFilter(limits, env.single_action_space, env.num_envs)
        self.single_action_space = self._filter.action_space
        self.action_space = batch_space(self._filter.action_space, env.num_envs)
        self._mode = AutoresetMode(env.metadata.get("autoreset_mode", AutoresetMode.NEXT_STEP))
        self._finished = np.zeros(env.num_envs, bool)

    def reset(self, *, seed: Any = None, options: dict[str, Any] | None = None) -> tuple[Any, Info]:
        """Start episodes, in all environments or in those of `options["reset_mask"]`."""
        mask = (options or {}).get("reset_mask")
        result = self.env.reset(seed=seed, options=options)
        self._restart(np.ones(self.num_envs, bool) if mask is None else mask)
        return result

    def step(self, actions: Any) -> tuple[Any, Any, Any, Any, Info]:
        """One step of all environments with the nearest actions that keep the limits.

        Raises:
            ValueError: the actions have another shape than the action space.
        """
        safe = self._filter.filter(actions)
        observation, reward, terminated, truncated, info = self.env.step(safe)
        finished = np.asarray(terminated) | np.asarray(truncated)
        if self._mode is AutoresetMode.NEXT_STEP:
            self._restart(self._finished)  # this step was their reset; it had no action
        elif self._mode is AutoresetMode.SAME_STEP and finished.any():
            final = _with(info.get("final_info", {}), self._filter.report())
            info = {**info, "final_info": final, "_final_info": finished.copy()}
            self._restart(finished)
        self._finished = finished
        return observation, reward, terminated, truncated, _with(info, self._filter.report())

    def _restart(self, mask: NDArray[np.bool_]) -> None:
        self._filter.reset(mask)
        self._finished = self._finished & ~mask


def _with(info: Info, report: Info) -> Info:
    """The information with a report of alterations added to any that is already there."""
    inner = info.get("safety", {})
    joined = {
        reason: {
            "count": values["count"] + inner[reason]["count"],
            "size": np.maximum(values["size"], inner[reason]["size"]),
        }
        if reason in inner
        else values
        for reason, values in report.items()
    }
    return {**info, "safety": {**inner, **joined}}
