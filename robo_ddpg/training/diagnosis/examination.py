"""Looks at a training at each of its evaluations, with what is at hand there."""

from typing import Any

import numpy as np

from robo_ddpg.agent.diagnostics import Diagnostics
from robo_ddpg.agent.learner import Learner
from robo_ddpg.agent.replay.constants import Constants
from robo_ddpg.envs.guarded import GuardedEnvironment
from robo_ddpg.evaluation.episodes import Episodes
from robo_ddpg.runs.diagnosis.finding import Finding
from robo_ddpg.runs.tables import Row
from robo_ddpg.training.diagnosis.doctor import Doctor
from robo_ddpg.training.diagnosis.names import names_of
from robo_ddpg.training.diagnosis.symptom import Failures, Measured
from robo_ddpg.training.diagnosis.values import Promise, ValueCheck
from robo_ddpg.training.episode_statistics import EpisodeStatistics
from robo_ddpg.training.settings import TrainSettings


class Examination:
    """Measures, tells the doctor, and gives what goes into the metrics."""

    def __init__(self, env: GuardedEnvironment, agent: Learner, settings: TrainSettings) -> None:
        """Nothing is known yet.

        Args:
            env: where training episodes run; it is not stepped.
            agent: what is trained.
            settings: how.
        """
        self.doctor = Doctor()
        self._agent, self._settings = agent, settings
        self._names = names_of(env)
        self._constants = Constants(len(self._names.observations))
        self._values: ValueCheck | None = None
        self._length: float | None = None

    def values(self) -> ValueCheck | None:
        """What is to be called with each step of the evaluation before the next look, if at all."""
        discount = self._settings.agent.discount
        self._values = ValueCheck(self._agent, discount) if self._agent.ready else None
        return self._values

    def look(
        self,
        row: Row,
        used: float,
        statistics: EpisodeStatistics | None,
        episodes: Episodes,
    ) -> tuple[Row, list[Finding]]:
        """Measure and judge.

        Args:
            row: present metrics.
            used: share of the budget that is used up.
            statistics: of the training episodes since the last time; None if some were warm-up.
            episodes: those of the evaluation.

        Returns:
            Columns of metrics.csv, and what was found and not said yet; nothing before the
            learner learns.
        """
        if not self._agent.ready:
            return {}, []
        learner = self._agent.diagnostics()
        promise = None if self._values is None else self._values.promise()
        self._constants.look(self._agent.replay_buffer.ring)
        measured = Measured(
            settings=self._settings.agent,
            actions=self._names.actions,
            transitions=self._agent.transitions,
            updates=self._agent.updates,
            used=used,
            learner=learner,
            critic_loss=row.get("critic_loss"),
            promise=promise,
            constant=self._constant(),
            training=None if statistics is None else _in_training(statistics),
            lasting=self._lasting(float(episodes.lengths.mean())),
        )
        new = self.doctor.examine(measured)
        return _columns(learner, promise) | {"findings": float(self.doctor.present)}, new

    def state(self) -> dict[str, Any]:
        """What later looks depend on, JSON-compatible."""
        return {
            "constant": self._constants.constant.tolist(),
            "length": self._length,
            **self.doctor.state(),
        }

    def load_state(self, state: dict[str, Any]) -> None:
        """Go on from what `state` returned."""
        self._constants.constant[:] = state["constant"]
        self._length = state["length"]
        self.doctor.load_state(state)

    def _lasting(self, length: float) -> float | None:
        """The lesser of the lengths of episodes in this evaluation and in the last one."""
        before, self._length = self._length, length
        return None if before is None else min(before, length)

    def _constant(self) -> list[str]:
        names = self._names
        told = zip(names.observations, names.may_rest, self._constants.constant, strict=True)
        return [name for name, may_rest, constant in told if constant and not may_rest]


def _columns(learner: Diagnostics, promise: Promise | None) -> Row:
    return {
        "q_gap": learner.q_gap,
        "saturated_actions": float(np.mean(learner.saturated_actions)),
        "dead_units": max(max(layers, default=0.0) for layers in learner.dead_units.values()),
        "overestimation": None if promise is None else promise.excess,
    }


def _in_training(statistics: EpisodeStatistics) -> Failures:
    """Of the quarter of the simulations that has the least noise: `Exploration.sigma` grows."""
    failures = statistics.failures[: max(1, len(statistics.failures) // 4)]
    return Failures(statistics.collected * len(failures), int(failures.sum()))
