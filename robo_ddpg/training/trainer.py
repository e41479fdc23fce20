"""The training loop: collect, store, update, evaluate, keep the best."""

import contextlib
import time
from collections.abc import Iterator
from typing import Any

import numpy as np
import torch

from robo_ddpg.agent.diagnostics import reward_advice
from robo_ddpg.agent.learner import make_learner
from robo_ddpg.controller import Controller
from robo_ddpg.envs.names import make_environment
from robo_ddpg.errors import EnvironmentFailure, EvaluationStopped
from robo_ddpg.evaluation.evaluate import Evaluation
from robo_ddpg.interruption import Interruption
from robo_ddpg.runs.directory import RunDirectory
from robo_ddpg.runs.tables import Row
from robo_ddpg.runs.training_log import TrainingLog
from robo_ddpg.training.checkpoint import load_checkpoint, save_checkpoint
from robo_ddpg.training.clock import Clock
from robo_ddpg.training.collection import Collection
from robo_ddpg.training.demonstrations.load import load_demonstrations
from robo_ddpg.training.judge import Judge
from robo_ddpg.training.notes import reasons, warnings
from robo_ddpg.training.progress import Progress
from robo_ddpg.training.saving import controller_of, evaluate_best, is_finite, keep, write_pages
from robo_ddpg.training.settings import TrainSettings

CHECKPOINT_EVERY_S = 60.0
"""Training time between checkpoints [s]; there is always one at the end."""
GRACE_S = 5.0
"""How long a run that was interrupted, and is saved, evaluates its controller at most [s]."""


class Trainer:
    """Trains one agent on one task, into one run directory."""

    def __init__(self, settings: TrainSettings, run: RunDirectory, progress: Progress) -> None:
        """Build environments and agent; nothing is written yet.

        Args:
            settings: what to do.
            run: where results go.
            progress: shows how it goes.
        """
        self.settings, self.run, self.progress = settings, run, progress
        n = settings.simulations
        # One core simulates while the other learns, so the physics gets a single thread.
        self.env = make_environment(
            settings.task,
            n,
            threads=1,
            python=settings.python,
            step_timeout_s=settings.step_timeout_s,
            **settings.environment,
        )
        self.judge = Judge(settings)
        self.agent = make_learner(
            self.env.single_observation_space,
            self.env.single_action_space,
            settings.agent,
            n,
            settings.seed,
            self.env.goal_space,
            settings.device,
        )
        if settings.demonstrations is not None:
            self._add_demonstrations(settings.demonstrations)
        self._collection = Collection(self.env, self.agent, run.unstable)
        self.training_s = 0.0
        self._logged_at = -1
        self._advised = False
        self._row: Row = {}
        self._owed = 0.0
        self._checkpoint_due_s = CHECKPOINT_EVERY_S
        self._interruption = Interruption()
        self._grace_ends = 0.0

    def _add_demonstrations(self, source: str) -> None:
        episodes = load_demonstrations(source, self.env)
        self.agent.add_demonstrations(episodes)
        steps = sum(len(episode.reward) for episode in episodes)
        self.progress.note(f"{len(episodes)} demonstrations, {steps} steps: {source}")

    def resume(self) -> None:
        """Continue from the run's checkpoint, with new episodes."""
        saved = load_checkpoint(self.run.checkpoint, self.agent)
        self.training_s = saved["training_s"]
        self.judge.best = None if saved["best"] is None else tuple(saved["best"])
        self._owed = saved["owed"]
        self._checkpoint_due_s += self.training_s
        if self.agent.transitions:
            self.agent.end_episodes()

    def train(self) -> Evaluation | None:
        """Run until the budget is used up, the task is mastered, or a signal comes; then save.

        Returns:
            The evaluation of the best controller; None if a signal left no time for it.

        Raises:
            DivergenceError: the learner's numbers are no longer finite.
            EnvironmentFailure: the environment raised an exception, hangs, or returned what it must
                not. After any error, a note on it says what was saved.
        """
        log = TrainingLog(self.run.metrics, self.run.tensorboard, self.agent.transitions)
        with _one_torch_thread(), log as self.log, self.progress, self._interruption:
            try:
                self._loop()
                return self._finish()
            except Exception as error:
                error.add_note(self._rescue())
                raise
            finally:
                self._close()

    def _loop(self) -> None:
        self._open()
        self._collection.start(self._episode_seed())
        due = self.agent.transitions + self.settings.evaluate_every
        clock = Clock()
        while not (self._done() or self._interruption.requested):
            self._collection.begin_step()
            self._learn()
            self._collection.end_step()
            self.training_s += clock.lap()
            if self.agent.transitions >= due:
                due += self.settings.evaluate_every
                self._evaluate()
                if self.training_s >= self._checkpoint_due_s:
                    self._checkpoint()
                clock.lap()
            if clock.shows():
                self._show()

    def _open(self) -> None:
        """Say how it is going to be."""
        for note in (*self.env.notes, *reasons(self.settings)):
            self.progress.note(note)
        if not self.progress.silent:
            for note in warnings(self.settings):
                self.progress.note(note)

    def _show(self) -> None:
        self.progress.update(self._share(), self._state())

    def _episode_seed(self) -> int:
        """Training episodes start from seeds apart from those of evaluations."""
        return 1_000_000 * (self.settings.seed + 1) + self.agent.transitions

    def _learn(self) -> None:
        """As many updates as the transitions collected since then ask for."""
        if not self.agent.ready:
            return
        self._owed += self.settings.simulations / self.settings.agent.transitions_per_update
        while self._owed >= 1:
            self._owed -= 1
            self._row |= self.agent.update()

    def _evaluate(self) -> None:
        """Judge the policy, log a row, and keep the controller if it is the best so far."""
        try:
            score = self.judge.evaluate(self.agent.act, self._has_to_stop)
        except EvaluationStopped:
            return
        self._row |= {"evaluation_return": score[1], "evaluation_success": self.judge.success}
        self._log()
        if self.judge.is_best(score):
            keep(self.controller(), self.run)

    def _log(self) -> None:
        """Add a row of metrics."""
        self._logged_at = self.agent.transitions
        diagnostics: dict[str, Any] = self.agent.diagnostics() if self.agent.ready else {}
        if diagnostics and not self._advised:
            self._advise(diagnostics["largest_return"])
        saturated = diagnostics.get("saturated_actions")
        self._row |= {
            "q_gap": diagnostics.get("q_gap"),
            "saturated_actions": None if saturated is None else float(np.mean(saturated)),
        }
        self.log.write(self._state())
        self._row |= self._collection.statistics.means()
        self._collection.statistics.clear()

    def _advise(self, largest_return: float) -> None:
        """Say at the first evaluation what the learner cannot see for itself."""
        self._advised = True
        advice = reward_advice(largest_return, self.settings.agent.reward_scale)
        if advice is not None:
            self.progress.note(advice)

    def _has_to_stop(self) -> bool:
        """Whether an evaluation has to end before its time."""
        return self._interruption.requested and time.monotonic() >= self._grace_ends

    def _done(self) -> bool:
        if self.judge.mastered:
            self.progress.note(
                f"mastered: {100 * self.settings.mastered_success:g} % success in "
                f"{self.judge.mastered_times} evaluations in a row, after {self.training_s:.0f} s"
            )
            return True
        return self._share() >= 1.0

    def _share(self) -> float:
        """How much of the budget is used up."""
        shares = [self.agent.transitions / self.settings.steps]
        if self.settings.minutes is not None:
            shares.append(self.training_s / (60.0 * self.settings.minutes))
        return min(max(shares), 1.0)

    def _state(self) -> Row:
        """Counts, speeds, and what was measured last."""
        seconds = max(self.training_s, 1e-9)
        return {
            **self._row,
            "training_s": self.training_s,
            "transitions": float(self.agent.transitions),
            "updates": float(self.agent.updates),
            "steps_per_s": self.agent.transitions / seconds,
            "updates_per_s": self.agent.updates / seconds,
            **self._collection.statistics.means(),
        }

    def controller(self) -> Controller:
        """The policy as it is now, ready to be saved."""
        return controller_of(self.agent, self.env, self.settings, self.training_s)

    def _checkpoint(self) -> None:
        """Save everything needed to continue."""
        progress = {"training_s": self.training_s, "best": self.judge.best, "owed": self._owed}
        save_checkpoint(self.run.checkpoint, self.agent, progress)
        self._checkpoint_due_s = self.training_s + CHECKPOINT_EVERY_S

    def _save(self) -> None:
        """Save what there is, judged or not: row of metrics, controller if none was, checkpoint."""
        if self._logged_at != self.agent.transitions:
            self._row |= {"evaluation_return": None, "evaluation_success": None}
            self._log()
        if self.judge.best is None:
            keep(self.controller(), self.run)
        self._checkpoint()

    def _rescue(self) -> str:
        """Save what can be saved after an error; says what that was."""
        if self.agent.transitions == 0:
            return "nothing had been learned yet"
        try:
            if not is_finite(self.controller()):
                return f"the networks are not finite any more; {self.run.path} stays as it was"
            self._save()
        except Exception as error:
            return f"what was learned could not be saved: {error}"
        return f"what was learned from {self.agent.transitions} transitions is in {self.run.path}"

    def _finish(self) -> Evaluation | None:
        """Judge the last policy, save, and evaluate the best controller as time allows."""
        self._show()
        if self._logged_at != self.agent.transitions and not self._interruption.requested:
            self._evaluate()
        self._save()
        if self._interruption.requested:
            self.progress.note(f"interrupted; what was learned is saved in {self.run.path}")
            self._grace_ends = time.monotonic() + GRACE_S
            self._interruption.release()
        try:
            evaluation = evaluate_best(self.run, self.settings, self._has_to_stop)
        except EvaluationStopped:
            evaluation = None
            self.progress.note(f"not evaluated; robo-ddpg evaluate {self.run.path} does that")
        write_pages(self.run, self.settings, self.log.rows)
        return evaluation

    def _close(self) -> None:
        for env in (self.env, self.judge.env):
            try:
                env.close()
            except EnvironmentFailure as error:
                self.progress.note(str(error))


@contextlib.contextmanager
def _one_torch_thread() -> Iterator[None]:
    """Networks this small are slower on several threads, and the physics needs a core."""
    before = torch.get_num_threads()
    torch.set_num_threads(1)
    try:
        yield
    finally:
        torch.set_num_threads(before)
