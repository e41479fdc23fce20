"""From the environment into the learner."""

import time
from pathlib import Path
from typing import Any

import numpy as np

from robo_ddpg.agent.learner import Learner
from robo_ddpg.agent.transitions import Transitions
from robo_ddpg.envs.foreign.snapshot import restore, snapshot
from robo_ddpg.envs.guarded import GuardedEnvironment, Step
from robo_ddpg.errors import EnvironmentFailure
from robo_ddpg.process.stopwatch import UNWATCHED, Watch
from robo_ddpg.training.episode_statistics import EpisodeStatistics
from robo_ddpg.training.instability import DroppedTransitions, InstabilityLog


class Collection:
    """Steps of all simulations, explored by the learner and stored by it."""

    def __init__(
        self,
        env: GuardedEnvironment,
        agent: Learner,
        unstable: Path,
        watch: Watch = UNWATCHED,
    ) -> None:
        """Nothing is stepped yet.

        Args:
            env: the simulations.
            agent: explores and stores.
            unstable: directory for what unstable simulations were doing.
            watch: times acting, waiting and storing.
        """
        self.env, self.agent, self._watch = env, agent, watch
        self.waited_s = 0.0
        """How long the last step was waited for [s]."""
        self.statistics = EpisodeStatistics(np.zeros(env.num_envs))
        self._dropped = DroppedTransitions(env.name, env.num_envs)
        self._instabilities = InstabilityLog(env, unstable)
        self._observation: Any = None
        self._action: Any = None
        self._between_steps = True

    def start(self, seed: int) -> None:
        """Start episodes in all simulations, the k-th from seed + k."""
        self.agent.end_episodes()
        self.statistics.restart()
        self._observation, _ = self.env.reset(seed=seed)

    def state(self) -> dict[str, Any]:
        """All that further steps depend on besides the learner, JSON-compatible.

        Where that cannot be saved, the `reason` instead.
        """
        if not self._between_steps:
            return {"reason": "they were in the middle of a step that failed"}
        try:
            return {"env": self.env.state(), "own": snapshot(self._held())}
        except EnvironmentFailure as failure:
            return {"reason": str(failure)}

    def load_state(self, state: dict[str, Any]) -> None:
        """Go on where `state` was called, instead of a start.

        Raises:
            EnvironmentFailure: it was not saved, or the environment cannot be put back.
        """
        if "reason" in state:
            raise EnvironmentFailure(state["reason"])
        self.env.load_state(state["env"])
        held = self._held()
        restore(held, state["own"])
        self._observation = held["observation"]
        if self._instabilities is not None:
            self._instabilities.files = held["files"]

    def _held(self) -> dict[str, Any]:
        return {
            "observation": self._observation,
            "statistics": self.statistics,
            "dropped": self._dropped,
            "files": 0 if self._instabilities is None else self._instabilities.files,
        }

    def begin_step(self) -> None:
        """Have all simulations take a step, while the learner learns."""
        self._between_steps = False
        with self._watch.timing("acting"):
            self._action = self.agent.explore(self._observation)
            self._instabilities.before_step(self._observation, self._action)
            self.env.begin_step(self._action)

    def end_step(self) -> None:
        """Store the step that was begun; finished simulations start anew.

        Raises:
            EnvironmentFailure: it failed, or too much of what it returns had to be dropped.
        """
        with self._watch.timing("waiting for steps"):
            begun_s = time.monotonic()
            step = self.env.end_step()
            self.waited_s = time.monotonic() - begun_s
        with self._watch.timing("storing"):
            self._store(step)
        following, _, terminated, truncated, _ = step
        ended = terminated | truncated
        if ended.any():
            with self._watch.timing("waiting for resets"):
                following, _ = self.env.reset(options={"reset_mask": ended})
        self._observation = following
        self._between_steps = True

    def _store(self, step: Step) -> None:
        """Have the learner remember a step, and count it."""
        following, reward, terminated, truncated, info = step
        ended = terminated | truncated
        reward_info = info.get("reward_info")
        unstable = np.asarray(info.get("unstable", np.zeros(len(ended), bool)))
        self.agent.store(
            Transitions(
                observation=self._observation,
                action=self._action,
                reward=np.asarray(reward, np.float32),
                terminated=terminated,
                truncated=truncated,
                next_observation=following,
                reward_info=None if reward_info is None else reward_info.astype(np.float32),
                valid=~(unstable | np.asarray(info.get("skipped", False))),
            )
        )
        faults = info.get("faults", {})
        if unstable.any():
            self._instabilities.add(unstable, faults, self.agent.transitions)
        self.statistics.add(reward, terminated, truncated, info)
        self._dropped.add(int(unstable.sum()), next(iter(faults.values()), None))
