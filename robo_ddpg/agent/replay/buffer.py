"""Replay buffer of parallel simulations, with n-step returns and goal relabelling."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from robo_ddpg.agent.replay.ring import Draw, Ring, uniform_below
from robo_ddpg.agent.saved_state import generator_state, set_generator_state
from robo_ddpg.agent.settings import AgentSettings
from robo_ddpg.agent.transitions import GoalSpace, Transitions
from robo_ddpg.process.stopwatch import UNWATCHED, Watch
from tasks.arrays import Float32, Int64, Mask


@dataclass(frozen=True)
class Minibatch:
    """Sampled transitions of up to n steps each."""

    observation: Float32
    """Shape (b, o)."""
    action: Float32
    """Shape (b, a)."""
    reward: Float32
    """Discounted and scaled sum over the steps, shape (b, 1)."""
    discount: Float32
    """Weight of the value of `bootstrap_observation`, 0 after termination, shape (b, 1)."""
    bootstrap_observation: Float32
    """Where the steps ended, shape (b, o)."""

    def dealt(self, count: int) -> "Minibatch":
        """The rows dealt in turn to so many minibatches, which follow each other."""
        if count == 1:
            return self
        return Minibatch(**{name: _dealt(array, count) for name, array in vars(self).items()})


def _dealt(rows: Float32, count: int) -> Float32:
    return rows.reshape(-1, count, rows.shape[1]).swapaxes(0, 1).reshape(rows.shape)


_CANDIDATES = 8
"""Steps that are looked at in place of one whose goal was no merit, and those at once."""


class ReplayBuffer:
    """The last steps of n simulations, from which transitions are sampled.

    Args:
        settings: Capacity, number of steps, discount and shares of relabelled samples.
        num_envs: Number n of simulations.
        observation_size: Size o of an observation.
        action_size: Size a of an action.
        seed: Fixes what is sampled.
        goal_space: How goals are read, replaced and rewarded; None without relabelling.
        watch: Times the relabelling.
    """

    def __init__(
        self,
        settings: AgentSettings,
        num_envs: int,
        observation_size: int,
        action_size: int,
        seed: int,
        goal_space: GoalSpace | None = None,
        watch: Watch = UNWATCHED,
    ) -> None:
        self.settings, self._goal_space, self._watch = settings, goal_space, watch
        self._generator = np.random.default_rng(seed)
        length = settings.replay_capacity // num_envs
        if length * num_envs < max(2 * num_envs, settings.batch_size):
            raise ValueError(
                f"replay_capacity={settings.replay_capacity}: expected room for a batch of "
                f"{settings.batch_size} and for two steps of each of {num_envs} simulations"
            )
        self.ring = Ring(length, num_envs, observation_size, action_size)
        """The steps themselves."""

    def __len__(self) -> int:
        """Number of steps that can be sampled."""
        return self.ring.valid_steps

    def store(self, transitions: Transitions, action: Float32) -> None:
        """Add one step of every simulation, overwriting the oldest.

        Args:
            transitions: The step, whose own `action` is not read.
            action: The actions in [-1, 1], shape (n, a).
        """
        self.ring.store(transitions, action)

    def end_episodes(self) -> None:
        """Note that every simulation starts a new episode with the next step."""
        self.ring.end_episodes()

    def sample(self, batch_size: int) -> Minibatch:
        """Draw n-step transitions uniformly, part of them with other goals."""
        draw = self.ring.draw(batch_size, self._generator)
        if self._goal_space is None:
            return self._n_step(draw, *self._steps(draw, self.settings.n_step))
        with self._watch.timing("relabelling"):
            return self._relabelled(self._goal_space, draw)

    def sample_returns(self, batch_size: int, steps: int) -> Minibatch:
        """Draw transitions of up to `steps` steps, with the goals they were made for."""
        draw = self.ring.draw(batch_size, self._generator)
        return self._n_step(draw, *self._steps(draw, steps))

    def state(self) -> dict[str, NDArray[np.generic]]:
        """Arrays that restore the buffer exactly, together with what is in `ring`."""
        return {"generator": self.generator_state(), **self.ring.state()}

    def load_state(self, state: dict[str, NDArray[np.generic]]) -> None:
        """Restore what `state` returned; settings and number of simulations must be the same."""
        self.load_generator_state(state["generator"])
        self.ring.load_state(state)

    def generator_state(self) -> NDArray[np.int64]:
        """State of the generator that samples."""
        return generator_state(self._generator)

    def load_generator_state(self, state: NDArray[np.generic]) -> None:
        """Restore what `generator_state` returned."""
        set_generator_state(self._generator, state)

    def _relabelled(self, goal_space: GoalSpace, draw: Draw) -> Minibatch:
        """The first of the draws with other goals."""
        goal = self._other_goals(goal_space, draw)
        rows, reward, terminated = self._steps(draw, self.settings.n_step)
        changed = slice(len(goal))
        reward[:, changed], terminated[:, changed] = self._reward_again(
            goal_space, rows[:, changed], goal
        )
        batch = self._n_step(draw, rows, reward, terminated)
        for observation in (batch.observation, batch.bootstrap_observation):
            observation[changed] = goal_space.replace_goal(observation[changed], goal)
        return batch

    def _steps(self, draw: Draw, steps: int) -> tuple[Int64, Float32, Mask]:
        """Rows, rewards and terminations of the steps from each draw on, shapes (steps, b).

        Steps beyond the episode repeat its last one.
        """
        time = np.minimum(draw.time + np.arange(steps)[:, None], draw.last)
        rows = self.ring.rows(time, draw.env)
        return rows, self.ring.reward.take(rows), self.ring.terminated.take(rows)

    def _n_step(self, draw: Draw, rows: Int64, reward: Float32, terminated: Mask) -> Minibatch:
        """Sum the rewards up to the end of the episode, a termination or the last of the steps."""
        steps, size = rows.shape
        scale = np.float32(self.settings.reward_scale)
        discounts = (self.settings.discount ** np.arange(steps + 1)).astype(np.float32)
        counted = np.arange(steps)[:, None] <= draw.last - draw.time
        counted[1:] &= ~np.logical_or.accumulate(terminated[:-1], axis=0)
        length = np.count_nonzero(counted, axis=0)
        final = length - 1, np.arange(size)
        total = (reward * counted * discounts[:-1, None]).sum(axis=0) * scale
        return Minibatch(
            observation=self.ring.observation.take(rows[0], axis=0),
            action=self.ring.action.take(rows[0], axis=0),
            reward=total[:, None],
            discount=(discounts[length] * ~terminated[final])[:, None],
            bootstrap_observation=self.ring.next_observation.take(rows[final], axis=0),
        )

    def _other_goals(self, goal_space: GoalSpace, draw: Draw) -> Float32:
        """Goals, shape (r, g), for the first r draws: achieved in their episodes, then others'.

        Draws are independent, so their order carries no meaning. Those whose goal would teach
        nothing are replaced in place, if `relabel_earned` asks for that.
        """
        size, ring = len(draw.time), self.ring
        future = round(self.settings.relabel_future * size)
        other = min(round(self.settings.relabel_other * size), size - future)
        own = draw.first(future)
        hindsight = self._hindsight(goal_space, own)
        if self.settings.relabel_earned:
            self._prefer_earned(goal_space, own, hindsight)
        stranger = ring.draw(other, self._generator)
        desired = goal_space.desired_goal(self._observed(stranger))
        return np.concatenate((hindsight, desired), dtype=np.float32)

    def _hindsight(self, goal_space: GoalSpace, draw: Draw) -> Float32:
        """Goals achieved in the episode of each draw, (r, g).

        Where what was achieved is no attainable goal, the draw keeps its own.
        """
        when = self._achieved_at(self.ring.rows(draw.time, draw.env), draw.time, draw.last)
        rows = self.ring.rows(when, draw.env)
        achieved = goal_space.achieved_goal(self.ring.next_observation.take(rows, axis=0))
        own = goal_space.desired_goal(self._observed(draw))
        return np.where(goal_space.attainable(achieved)[:, None], achieved, own)

    def _prefer_earned(self, goal_space: GoalSpace, draw: Draw, goal: Float32) -> None:
        """Replace draws whose goal was achieved from the start by others, as far as there are any.

        Those that remain keep the goal that they were made for.
        """
        missing = np.flatnonzero(~self._is_earned(goal_space, draw, goal))
        if len(missing) == 0:
            return
        more = self.ring.draw(_CANDIDATES * len(missing), self._generator)
        more_goal = self._hindsight(goal_space, more)
        good = np.flatnonzero(self._is_earned(goal_space, more, more_goal))[: len(missing)]
        filled, kept = np.split(missing, [len(good)])
        draw.put(filled, more, good)
        goal[filled] = more_goal[good]
        goal[kept] = goal_space.desired_goal(self._observed(draw)[kept])

    def _is_earned(self, goal_space: GoalSpace, draw: Draw, goal: Float32) -> Mask:
        """Whether goals, (r, g), were not achieved already when the draws' episodes began, (r,)."""
        assert self.settings.reward_bounds is not None
        start = self.ring.rows(
            self.ring.first_stored(self.ring.rows(draw.time, draw.env)), draw.env
        )
        achieved = goal_space.achieved_goal(self.ring.observation.take(start, axis=0))
        info = self.ring.reward_info.take(start, axis=0)
        reward = goal_space.compute_reward(achieved, goal, info)
        return reward < self.settings.reward_bounds[1]

    def _observed(self, draw: Draw) -> Float32:
        """Observations before the steps, (b, o)."""
        return self.ring.observation.take(self.ring.rows(draw.time, draw.env), axis=0)

    def _achieved_at(self, rows: Int64, time: Int64, last: Int64) -> Int64:
        """For steps at `rows`, (r,), when the goals that replace theirs were achieved, (r,)."""
        strategy = self.settings.relabel_strategy
        if strategy == "final":
            return last
        first = time if strategy == "future" else self.ring.first_stored(rows)
        return first + uniform_below(last - first + 1, self._generator)

    def _reward_again(
        self, goal_space: GoalSpace, rows: Int64, goal: Float32
    ) -> tuple[Float32, Mask]:
        """Rewards and terminations of steps at `rows`, (steps, r), for goals of shape (r, g)."""
        flat = rows.ravel()
        desired = np.tile(goal, (len(rows), 1))
        achieved = goal_space.achieved_goal(self.ring.next_observation.take(flat, axis=0))
        info = self.ring.reward_info.take(flat, axis=0)
        reward = goal_space.compute_reward(achieved, desired, info)
        terminated = goal_space.compute_terminated(achieved, desired, info)
        return reward.reshape(rows.shape), terminated.reshape(rows.shape)
