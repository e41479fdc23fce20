"""The time limit in an environment's spec, where code of others looks for it."""

import copy

from gymnasium.envs.registration import EnvSpec

from robo_ddpg.errors import SettingsError
from tasks.task import Task


class TellsTimeLimit:
    """Says in `spec.max_episode_steps` how long an episode is with its task's settings.

    It cannot be registered: Gymnasium would cut off episodes that a setting makes longer.
    """

    task: Task
    _spec: EnvSpec | None = None

    @property
    def spec(self) -> EnvSpec | None:
        """How Gymnasium makes this environment; None if it did not."""
        return self._spec

    @spec.setter
    def spec(self, spec: EnvSpec | None) -> None:
        self._spec = copy.copy(spec)
        if self._spec is not None:
            self._spec.max_episode_steps = self.task.episode_steps

    def check_time_limit(self, steps: int | None) -> None:
        """Refuse a time limit that is not the task's.

        Raises:
            SettingsError: another was asked for; that is a setting of the task.
        """
        if steps not in (None, self.task.episode_steps):
            seconds = steps / self.task.settings.control_hz
            raise SettingsError(f"give episode_s={seconds:g} in place of max_episode_steps={steps}")
