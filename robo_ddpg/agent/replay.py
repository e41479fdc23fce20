"""Replay buffer of parallel simulations, with n-step returns and goal relabelling."""

from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from robo_ddpg.agent.random_state import generator_state, set_generator_state
from robo_ddpg.agent.settings import AgentSettings
from robo_ddpg.agent.transitions import Bools, Floats, GoalSpace, Transitions

Ints = NDArray[np.int64]

_STILL_RUNNING = np.iinfo(np.int64).max


@dataclass(frozen=True)
class Batch:
    """Sampled transitions of up to n steps each."""

    observation: Floats
    """Shape (b, o)."""
    action: Floats
    """Shape (b, a)."""
    reward: Floats
    """Discounted sum over the steps, shape (b, 1)."""
    discount: Floats
    """Weight of the value of `bootstrap_observation`, 0 after termination, shape (b, 1)."""
    bootstrap_observation: Floats
    """Where the steps ended, shape (b, o)."""


@dataclass(frozen=True)
class _Draw:
    """Steps drawn from the ring."""

    time: Ints
    """When each step was taken, shape (b,)."""
    env: Ints
    """In which simulation, shape (b,)."""
    last: Ints
    """Time of the last stored step of the same episode, shape (b,)."""


class Replay:
    """Ring of the last steps of n simulations.

    Arrays are time-major: the step taken at time t in simulation e is row (t % length) * n + e.
    `episode_end` holds the time of the last step of each step's episode. It lies before the step's
    own time where the step is invalid, and in the far future while the episode goes on.
    """

    def __init__(
        self,
        settings: AgentSettings,
        num_envs: int,
        observation_size: int,
        action_size: int,
        seed: int,
        goal_space: GoalSpace | None = None,
    ) -> None:
        self.settings, self.num_envs, self.goal_space = settings, num_envs, goal_space
        self._generator = np.random.default_rng(seed)
        self._length = settings.replay_capacity // num_envs
        if self._length < 2:
            raise ValueError(
                f"replay_capacity={settings.replay_capacity}: expected room for at least 2 steps "
                f"of each of {num_envs} simulations, that is {2 * num_envs}"
            )
        rows = self._length * num_envs
        self._observation = np.zeros((rows, observation_size), np.float32)
        self._action = np.zeros((rows, action_size), np.float32)
        self._reward = np.zeros(rows, np.float32)
        self._terminated = np.zeros(rows, np.bool_)
        self._next_observation = np.zeros((rows, observation_size), np.float32)
        self._reward_info = np.zeros((rows, 0), np.float32)
        self._episode_end = np.zeros(rows, np.int64)
        self._episode_start = np.zeros(num_envs, np.int64)
        self._time = 0
        self._valid = 0

    def __len__(self) -> int:
        """Number of steps that can be sampled."""
        return self._valid

    def store(self, transitions: Transitions, action: Floats) -> None:
        """Add one step of every simulation, overwriting the oldest.

        Args:
            transitions: The step, whose `action` is not read.
            action: The actions in [-1, 1], shape (n, a).
        """
        first = self._time % self._length * self.num_envs
        rows = slice(first, first + self.num_envs)
        valid = transitions.valid
        if self._time >= self._length:
            self._valid -= int((self._episode_end[rows] >= self._oldest).sum())
        self._valid += int(valid.sum())
        self._observation[rows] = transitions.observation
        self._action[rows] = action
        self._reward[rows] = transitions.reward
        self._terminated[rows] = transitions.terminated
        self._next_observation[rows] = transitions.next_observation
        self._store_reward_info(rows, transitions.reward_info)
        self._episode_end[rows] = np.where(valid, _STILL_RUNNING, self._time - 1)
        ended = transitions.terminated | transitions.truncated
        self._close_episodes(valid & ended, self._time)
        self._close_episodes(~valid, self._time - 1)
        self._time += 1
        self._episode_start[ended | ~valid] = self._time

    def sample(self, batch_size: int) -> Batch:
        """Draw n-step transitions uniformly, part of them with other goals."""
        draw = self._draw(batch_size)
        rows, reward, terminated = self._steps(draw, self.settings.n_step)
        goal = self._other_goals(draw)
        if goal is not None:
            changed = len(goal)
            reward[:, :changed], terminated[:, :changed] = self._reward_again(
                rows[:, :changed], goal
            )
        batch = self._n_step(draw, rows, reward, terminated)
        if goal is not None and self.goal_space is not None:
            for observation in (batch.observation, batch.bootstrap_observation):
                observation[:changed] = self.goal_space.replace_goal(observation[:changed], goal)
        return batch

    def sample_returns(self, batch_size: int, steps: int) -> Batch:
        """Draw transitions of up to `steps` steps, with the goals they were made for."""
        draw = self._draw(batch_size)
        return self._n_step(draw, *self._steps(draw, steps))

    @property
    def _oldest(self) -> int:
        return max(self._time - self._length, 0)

    def _store_reward_info(self, rows: slice, info: Floats | None) -> None:
        if info is None or self.goal_space is None:
            return
        if self._reward_info.shape[1] != info.shape[1]:
            self._reward_info = np.zeros((len(self._reward), info.shape[1]), np.float32)
        self._reward_info[rows] = info

    def _close_episodes(self, ended: Bools, end: int) -> None:
        """Note for all steps of the episodes of the simulations `ended` that `end` was the last."""
        envs = np.flatnonzero(ended)
        starts = np.maximum(self._episode_start[envs], self._time - self._length + 1)
        for start in np.unique(starts):
            times = np.arange(start, end + 1)[:, None]
            self._episode_end[self._rows(times, envs[starts == start])] = end

    def _rows(self, time: Ints, env: Ints) -> Ints:
        return time % self._length * self.num_envs + env

    def _draw(self, size: int) -> _Draw:
        time = self._generator.integers(self._oldest, self._time, size)
        env = self._generator.integers(0, self.num_envs, size)
        last = np.minimum(self._episode_end[self._rows(time, env)], self._time - 1)
        invalid = last < time
        if invalid.any():
            again = self._draw(int(invalid.sum()))
            time[invalid], env[invalid], last[invalid] = again.time, again.env, again.last
        return _Draw(time, env, last)

    def _steps(self, draw: _Draw, steps: int) -> tuple[Ints, Floats, Bools]:
        """Rows, rewards and terminations of the steps from each draw on, shapes (steps, b).

        Steps beyond the episode repeat its last one.
        """
        time = np.minimum(draw.time + np.arange(steps)[:, None], draw.last)
        rows = self._rows(time, draw.env)
        return rows, self._reward[rows], self._terminated[rows]

    def _n_step(self, draw: _Draw, rows: Ints, reward: Floats, terminated: Bools) -> Batch:
        """Sum the rewards up to the end of the episode, a termination or the last of the steps."""
        steps, size = rows.shape
        discounts = (self.settings.discount ** np.arange(steps + 1)).astype(np.float32)
        counted = np.arange(steps)[:, None] <= draw.last - draw.time
        counted[1:] &= ~np.logical_or.accumulate(terminated[:-1], axis=0)
        length = np.count_nonzero(counted, axis=0)
        final = length - 1, np.arange(size)
        total = (reward * counted * discounts[:-1, None]).sum(axis=0)
        return Batch(
            observation=self._observation[rows[0]],
            action=self._action[rows[0]],
            reward=total[:, None],
            discount=(discounts[length] * ~terminated[final])[:, None],
            bootstrap_observation=self._next_observation[rows[final]],
        )

    def _other_goals(self, draw: _Draw) -> Floats | None:
        """Goals, shape (r, g), for the first r draws: later ones of their episodes, then others'.

        Draws are independent, so their order carries no meaning.
        """
        future = round(self.settings.relabel_future * len(draw.time))
        other = round(self.settings.relabel_other * len(draw.time))
        if self.goal_space is None or future + other == 0:
            return None
        time, last = draw.time[:future], draw.last[:future]
        later = self._generator.integers(time, last + 1)
        achieved_at = self._rows(later, draw.env[:future])
        stranger = self._draw(other)
        desired_at = self._rows(stranger.time, stranger.env)
        achieved = self.goal_space.achieved_goal(self._next_observation[achieved_at])
        desired = self.goal_space.desired_goal(self._observation[desired_at])
        return np.concatenate((achieved, desired), dtype=np.float32)

    def _reward_again(self, rows: Ints, goal: Floats) -> tuple[Floats, Bools]:
        """Rewards and terminations of steps at `rows`, (steps, r), for goals of shape (r, g)."""
        assert self.goal_space is not None
        flat = rows.ravel()
        desired = np.tile(goal, (len(rows), 1))
        achieved = self.goal_space.achieved_goal(self._next_observation[flat])
        info = self._reward_info[flat]
        reward = self.goal_space.compute_reward(achieved, desired, info)
        terminated = self.goal_space.compute_terminated(achieved, desired, info)
        return reward.reshape(rows.shape), terminated.reshape(rows.shape)

    def save(self, directory: Path) -> None:
        """Write the stored steps to `directory` as .npy files, which can be memory-mapped."""
        used = min(self._time, self._length) * self.num_envs
        for name, array in self._step_arrays().items():
            np.save(directory / f"{name}.npy", array[:used])
        np.save(directory / "episode_start.npy", self._episode_start)
        np.save(directory / "counters.npy", np.array([self._time, self._valid, self._length]))

    def load(self, directory: Path) -> None:
        """Restore what `save` wrote, into a buffer of the same shape."""
        time, valid, length = np.load(directory / "counters.npy").tolist()
        starts = np.load(directory / "episode_start.npy")
        if (length, len(starts)) != (self._length, self.num_envs):
            raise ValueError(
                f"{directory} holds {length} steps of {len(starts)} simulations, but this buffer "
                f"{self._length} of {self.num_envs}: use the settings it was saved with"
            )
        self._time, self._valid, self._episode_start = time, valid, starts
        used = min(time, length) * self.num_envs
        info = np.load(directory / "reward_info.npy", mmap_mode="r")
        self._reward_info = np.zeros((len(self._reward), info.shape[1]), np.float32)
        for name, array in self._step_arrays().items():
            array[:used] = np.load(directory / f"{name}.npy", mmap_mode="r")

    def _step_arrays(self) -> dict[str, NDArray[np.generic]]:
        return {
            "observation": self._observation,
            "action": self._action,
            "reward": self._reward,
            "terminated": self._terminated,
            "next_observation": self._next_observation,
            "reward_info": self._reward_info,
            "episode_end": self._episode_end,
        }

    def generator_state(self) -> NDArray[np.int64]:
        """State of the sampling generator."""
        return generator_state(self._generator)

    def load_generator_state(self, state: NDArray[np.generic]) -> None:
        """Restore what `generator_state` returned."""
        set_generator_state(self._generator, state)
