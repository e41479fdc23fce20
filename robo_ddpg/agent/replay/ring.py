"""The steps of parallel simulations in a ring of arrays that knows where episodes end."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from robo_ddpg.agent.transitions import Transitions
from tasks.arrays import Float32, Int64, Mask

_STILL_RUNNING = np.iinfo(np.int64).max


@dataclass(frozen=True)
class Draw:
    """Steps drawn from a ring."""

    time: Int64
    """When each step was taken, shape (b,)."""
    env: Int64
    """In which simulation, shape (b,)."""
    last: Int64
    """Time of the last stored step of the same episode, shape (b,)."""

    def first(self, count: int) -> "Draw":
        """Views of the first of them."""
        return Draw(self.time[:count], self.env[:count], self.last[:count])

    def put(self, at: Int64, other: "Draw", chosen: Int64) -> None:
        """Replace those `at` by others', `chosen` among them, both (r,)."""
        self.time[at], self.env[at] = other.time[chosen], other.env[chosen]
        self.last[at] = other.last[chosen]


class Ring:
    """The last `length` steps of n simulations.

    Arrays are time-major: the step taken at time t in simulation e is row (t % length) * n + e.
    `episode_start` and `episode_end` hold the times of the first and of the last step of each
    step's episode; the first may be overwritten already. The end lies before the step's
    own time where the step is invalid, and in the far future while the episode goes on.
    """

    def __init__(self, length: int, num_envs: int, observation_size: int, action_size: int) -> None:
        self.length, self.num_envs = length, num_envs
        rows = length * num_envs
        self.observation = np.zeros((rows, observation_size), np.float32)
        self.action = np.zeros((rows, action_size), np.float32)
        self.reward = np.zeros(rows, np.float32)
        self.terminated = np.zeros(rows, np.bool_)
        self.next_observation = np.zeros((rows, observation_size), np.float32)
        self.reward_info = np.zeros((rows, 0), np.float32)
        self.episode_start = np.zeros(rows, np.int64)
        self.episode_end = np.zeros(rows, np.int64)
        self._running_since = np.zeros(num_envs, np.int64)
        self.time = 0
        """How many steps were stored in each simulation; the next one is taken then."""
        self.valid_steps = 0

    def store(self, transitions: Transitions, action: Float32) -> None:
        """Add one step of every simulation, with `action` in place of the transitions' own."""
        if len(action) != self.num_envs:
            raise ValueError(
                f"{len(action)} transitions: expected one for each of {self.num_envs} simulations"
            )
        first = self.time % self.length * self.num_envs
        rows = slice(first, first + self.num_envs)
        valid, ended = transitions.valid, transitions.terminated | transitions.truncated
        if self.time >= self.length:
            self.valid_steps -= int((self.episode_end[rows] >= self.oldest).sum())
        self.valid_steps += int(valid.sum())
        self.observation[rows] = transitions.observation
        self.action[rows] = action
        self.reward[rows] = transitions.reward
        self.terminated[rows] = transitions.terminated
        self.next_observation[rows] = transitions.next_observation
        if transitions.reward_info is not None:
            self._store_reward_info(rows, transitions.reward_info)
        self.episode_start[rows] = self._running_since
        self.episode_end[rows] = np.where(valid, _STILL_RUNNING, self.time - 1)
        self.time += 1
        self._close_episodes(valid & ended, self.time - 1)
        self._close_episodes(~valid, self.time - 2)

    def end_episodes(self) -> None:
        """Note that every simulation starts a new episode with the next step."""
        self._close_episodes(np.ones(self.num_envs, np.bool_), self.time - 1)

    def draw(self, size: int, generator: np.random.Generator) -> Draw:
        """Draw valid steps uniformly, with replacement."""
        if self.valid_steps == 0:
            raise ValueError("nothing to sample: store transitions first")
        stored = np.full(size, (self.time - self.oldest) * self.num_envs)
        step, env = np.divmod(uniform_below(stored, generator), self.num_envs)
        time = step + self.oldest
        last = np.minimum(self.episode_end.take(self.rows(time, env)), self.time - 1)
        invalid = last < time
        if invalid.any():
            again = self.draw(int(invalid.sum()), generator)
            time[invalid], env[invalid], last[invalid] = again.time, again.env, again.last
        return Draw(time, env, last)

    def rows(self, time: Int64, env: Int64) -> Int64:
        """Rows of the arrays that hold the steps taken at `time` in simulation `env`."""
        return time % self.length * self.num_envs + env

    def first_stored(self, rows: Int64) -> Int64:
        """Times of the first steps that are stored of the episodes of the steps at `rows`."""
        return np.maximum(self.episode_start.take(rows), self.oldest)

    def stored(self, first: int, end: int) -> dict[str, NDArray[np.generic]]:
        """Views of the steps from time `first` up to, not including, `end`, none of them twice."""
        rows = self.span(first, end)
        return {name: array[rows] for name, array in self._arrays().items()}

    def span(self, first: int, end: int) -> slice:
        """Rows of the steps from time `first` up to, not including, `end`, in front of one seam."""
        row = first % self.length * self.num_envs
        return slice(row, row + (end - first) * self.num_envs)

    def put(self, first: int, arrays: dict[str, NDArray[np.generic]]) -> None:
        """Put back what `stored` returned; of times that share a row the last one counts."""
        info = arrays["reward_info"]
        if self.reward_info.shape[1] != info.shape[1]:
            self._allocate_reward_info(info.shape[1])
        row = first % self.length * self.num_envs
        for name, array in self._arrays().items():
            array[row : row + len(info)] = arrays[name]

    def state(self) -> dict[str, NDArray[np.generic]]:
        """What changes after a step was stored: counters, and where episodes end."""
        used = min(self.time, self.length) * self.num_envs
        return {
            "counters": np.array([self.time, self.valid_steps, self.length]),
            "running_since": self._running_since.copy(),
            "episode_end": self.episode_end[:used].copy(),
        }

    def load_state(self, state: dict[str, NDArray[np.generic]]) -> None:
        """Restore what `state` returned, into a ring of the same shape."""
        time, valid_steps, length = state["counters"].tolist()
        since, ends = state["running_since"], state["episode_end"]
        if (length, len(since)) != (self.length, self.num_envs):
            raise ValueError(
                f"it holds {length} steps of {len(since)} simulations, but this buffer "
                f"{self.length} of {self.num_envs}: use the settings it was saved with"
            )
        self.time, self.valid_steps = time, valid_steps
        self._running_since[:] = since
        self.episode_end[: len(ends)] = ends

    @property
    def oldest(self) -> int:
        """Time of the oldest step that is stored."""
        return max(self.time - self.length, 0)

    def _store_reward_info(self, rows: slice, info: Float32) -> None:
        if self.reward_info.shape[1] == 0:
            self._allocate_reward_info(info.shape[1])
        self.reward_info[rows] = info

    def _allocate_reward_info(self, size: int) -> None:
        self.reward_info = np.zeros((self.length * self.num_envs, size), np.float32)

    def _close_episodes(self, ended: Mask, end: int) -> None:
        """Note for the simulations that `ended`, shape (n,), that `end` was their last step."""
        envs = np.flatnonzero(ended)
        if len(envs) == 0:
            return
        starts = np.maximum(self._running_since[envs], self.oldest)
        for start in np.unique(starts):
            times = np.arange(start, end + 1)[:, None]
            self.episode_end[self.rows(times, envs[starts == start])] = end
        self._running_since[envs] = self.time

    def _arrays(self) -> dict[str, NDArray[np.generic]]:
        """What stays as it was stored."""
        return {
            "observation": self.observation,
            "action": self.action,
            "reward": self.reward,
            "terminated": self.terminated,
            "next_observation": self.next_observation,
            "reward_info": self.reward_info,
            "episode_start": self.episode_start,
        }


def uniform_below(bound: Int64, generator: np.random.Generator) -> Int64:
    """Uniform integers from 0 up to, not including, each bound; faster than `integers`."""
    return (generator.random(bound.shape) * bound).astype(np.int64)
