"""The training loop: collect, store, update, evaluate, keep the best."""

import dataclasses
import json
import time
from collections.abc import Sequence
from typing import Any

from robo_ddpg.agent.learner import make_learner, one_torch_thread
from robo_ddpg.agent.replay.mirroring import Mirror
from robo_ddpg.controller import Controller
from robo_ddpg.envs.guarded import GuardedEnvironment
from robo_ddpg.envs.names import make_environment
from robo_ddpg.errors import ControllerError, DivergenceError, EnvironmentFailure, EvaluationStopped
from robo_ddpg.evaluation.evaluate import Evaluation
from robo_ddpg.process.interruption import Interruption
from robo_ddpg.process.stopwatch import UNWATCHED, Watch
from robo_ddpg.runs.directory import RunDirectory
from robo_ddpg.runs.tables import Row
from robo_ddpg.runs.trackers.trackers import Trackers, check_installed
from robo_ddpg.runs.training_log import Position, TrainingLog
from robo_ddpg.training.checkpoints.machine import differences, machine
from robo_ddpg.training.checkpoints.store import Checkpoints, refusing_damage
from robo_ddpg.training.checkpoints.trial import RESTART, check_restorable
from robo_ddpg.training.collection import Collection
from robo_ddpg.training.cores import Waiting, more_threads
from robo_ddpg.training.counters import Counters
from robo_ddpg.training.demonstrations.load import load_demonstrations
from robo_ddpg.training.diagnosis.examination import Examination
from robo_ddpg.training.display.clock import Budget
from robo_ddpg.training.display.pace import Pace
from robo_ddpg.training.judge import Judge
from robo_ddpg.training.notes import reasons, warnings, what_resuming_changes
from robo_ddpg.training.progress import Progress
from robo_ddpg.training.saving import (
    FINAL_ROUNDS,
    controller_of,
    evaluate_best,
    is_finite,
    keep,
    write_diagnosis,
    write_pages,
)
from robo_ddpg.training.settings import TrainSettings
from robo_ddpg.training.task_defaults import practised

CHECKPOINT_EVERY_S = 60.0
"""Training time between checkpoints [s]; there is always one at the end."""
UPDATES_AT_ONCE = 8
"""Whose minibatches are drawn together: of more, memory grows and nothing is gained."""
GRACE_S = 5.0
"""How long a run that was interrupted, and is saved, evaluates its controller at most [s]."""


class Trainer:
    """Trains one agent on one task, into one run directory."""

    def __init__(
        self,
        settings: TrainSettings,
        run: RunDirectory,
        progress: Progress,
        watch: Watch = UNWATCHED,
    ) -> None:
        """Build environments and agent; nothing is written yet.

        Args:
            settings: what to do.
            run: where results go.
            progress: shows how it goes.
            watch: times what the threads do.
        """
        check_installed(settings.track)
        self.settings, self.run, self.progress, self.watch = settings, run, progress, watch
        # One core simulates while the other learns, so the physics gets a single thread at first.
        self.env = self._environment(threads=1)
        self.judge = Judge(settings)
        self.agent = make_learner(
            self.env.single_observation_space,
            self.env.single_action_space,
            settings.agent,
            settings.simulations,
            settings.seed,
            self.env.goal_space,
            settings.device,
            watch,
            self._mirrors(),
        )
        if settings.demonstrations is not None:
            self._add_demonstrations(settings.demonstrations)
        self._collection = Collection(self.env, self.agent, run.unstable, watch)
        self.examination = Examination(self.env, self.agent, settings)
        """What tends to go wrong, looked at in every evaluation."""
        self.checkpoints = Checkpoints(run.checkpoints)
        self.finished = False
        """Whether the run had ended, its controller evaluated."""
        self._waiting = Waiting()
        self._counters = Counters(evaluation_due=settings.evaluate_every)
        self._log_kept: Position | None = None
        self._simulations: dict[str, Any] | None = None
        self._checkpoint_due_s = CHECKPOINT_EVERY_S
        self._interruption = Interruption()
        self._grace_ends = 0.0
        self._pace = self._new_pace()

    def _mirrors(self) -> Sequence[Mirror]:
        """How observations and actions look in mirrors, where that is to be learned from."""
        if self.env.simulation is None or self.settings.agent.mirror_share == 0:
            return ()
        return self.env.simulation.mirrors()

    def _environment(self, threads: int) -> GuardedEnvironment:
        settings = self.settings
        env = make_environment(
            settings.task,
            settings.simulations,
            threads=threads,
            python=settings.python,
            step_timeout_s=settings.step_timeout_s,
            **practised(settings),
        )
        env.watch = self.watch
        return env

    def _new_pace(self) -> Pace:
        budget = Budget(self.settings.steps, self.settings.minutes)
        return Pace(self._counters, budget, FINAL_ROUNDS)

    def _add_demonstrations(self, source: str) -> None:
        episodes = load_demonstrations(source, self.env)
        self.agent.add_demonstrations(episodes)
        steps = sum(len(episode.reward) for episode in episodes)
        self.progress.note(f"{len(episodes)} demonstrations, {steps} steps: {source}")

    def resume(self) -> None:
        """Go on where the run's newest checkpoint was made, if there is one."""
        documents = self.checkpoints.load(self.agent)
        if documents is None:
            return
        with refusing_damage(self.checkpoints.path):
            progress = documents["progress"]
            self._counters = Counters.of(progress["counters"])
            self.judge.load_state(progress["judge"])
            self.examination.load_state(progress["diagnosis"])
            rows, events = (progress["log"][name] for name in ("rows", "events"))
            self._log_kept = Position(rows=int(rows), events=dict(events))
            self._simulations = documents["simulations"]
            self.finished = bool(progress["finished"])
            steps, minutes = (progress["budget"][name] for name in ("steps", "minutes"))
            self.settings = dataclasses.replace(self.settings, steps=steps, minutes=minutes)
            for note in differences(progress["machine"]):
                self.progress.note(note)
        self._checkpoint_due_s += self.training_s

    @property
    def training_s(self) -> float:
        """Training time so far [s]."""
        return self._counters.training_s

    @property
    def elapsed_s(self) -> float:
        """Time so far, with evaluations and checkpoints [s]."""
        return self._counters.elapsed_s

    def train(self) -> Evaluation | None:
        """Run until the budget is used up, the task is mastered, or a signal comes; then save.

        Returns:
            The evaluation of the best controller; None if a signal left no time for it.

        Raises:
            DivergenceError: the learner's numbers are no longer finite.
            EnvironmentFailure: the environment raised an exception, hangs, or returned what it must
                not. After any error, a note on it says what was saved.
        """
        settings = dataclasses.asdict(self.settings)
        trackers = Trackers(self.settings.track, self.run.path, settings, self.progress.note)
        log = TrainingLog(
            self.run.metrics, self.run.tensorboard, self._log_kept, trackers, settings
        )
        with one_torch_thread(), log as self.log, self.progress, self._interruption:
            try:
                self._loop()
                return self._finish()
            except Exception as error:
                error.add_note(self._rescue(error))
                raise
            finally:
                self._close()

    def _loop(self) -> None:
        self._open()
        self._start_episodes()
        self._pace = self._new_pace()
        self.watch.start()
        while True:
            if self.agent.transitions >= self._counters.evaluation_due:
                self._evaluate()
            if self.training_s >= self._checkpoint_due_s:
                self._checkpoint()
            self._interruption.requested |= self.progress.unread
            if self._done() or self._interruption.requested:
                return
            self._pace.lap()
            self._step()
            seconds = self._pace.lap()
            self._counters.training_s += seconds
            if self.agent.ready and self._waiting.add(self._collection.waited_s, seconds):
                self._use_cores()
            if self._pace.clock.shows():
                self._show()

    def _step(self) -> None:
        """One step of all simulations, while the learner learns."""
        self._collection.begin_step()
        self._learn()
        self._collection.end_step()

    def _use_cores(self) -> None:
        """Go on with more threads that simulate, where that changes no bit."""
        threads = more_threads()
        if threads is None or self.env.simulation is None:
            return
        env = self._environment(threads)
        moved = Collection(env, self.agent, self.run.unstable, self.watch)
        try:
            check_restorable(self.settings)
            moved.load_state(json.loads(json.dumps(self._collection.state())))
        except EnvironmentFailure:
            env.close()
            return
        self.env.close()
        self.env, self._collection = env, moved
        self.progress.note(f"learning waits for the physics, which has {threads} threads now")

    def _start_episodes(self) -> None:
        """Go on with those that were saved; where that is impossible start new ones, and say so."""
        if self._simulations is not None:
            try:
                with refusing_damage(self.checkpoints.path):
                    self._collection.load_state(self._simulations)
                check_restorable(self.settings)
                return
            except EnvironmentFailure as failure:
                self.progress.note(f"{RESTART}: {failure}")
        elif not self.progress.silent:
            for note in what_resuming_changes(self.settings):
                self.progress.note(note)
        self._collection.start(self._episode_seed())

    def _open(self) -> None:
        """Say how it is going to be."""
        write_diagnosis(self.examination.doctor.diagnosis, self.run)
        for note in (*self.env.notes, *reasons(self.settings)):
            self.progress.note(note)
        if not self.progress.silent:
            for note in warnings(self.settings):
                self.progress.note(note)

    def _show(self) -> None:
        with self.watch.timing("showing"):
            transitions = self.agent.transitions
            row = self._state() | self._pace.times(transitions)
            self.progress.update(self._pace.share(transitions), row)

    def _episode_seed(self) -> int:
        """Training episodes start from seeds apart from those of evaluations."""
        return 1_000_000 * (self.settings.seed + 1) + self.agent.transitions

    def _learn(self) -> None:
        """As many updates as the transitions collected since then ask for."""
        if not self.agent.ready:
            return
        counters = self._counters
        counters.updates_owed += (
            self.settings.simulations / self.settings.agent.transitions_per_update
        )
        while counters.updates_owed >= 1:
            count = min(int(counters.updates_owed), UPDATES_AT_ONCE)
            counters.updates_owed -= count
            counters.row |= self.agent.update(count)

    def _evaluate(self) -> None:
        """Judge the policy, log a row, and keep the controller if it is the best so far."""
        try:
            with self._pace.evaluating(), self.watch.timing("evaluating"):
                values = self.examination.values()
                score = self.judge.evaluate(self.agent.act, self._stops_evaluation, values)
        except EvaluationStopped:
            return
        self._counters.evaluation_due = self._next_evaluation()
        self._counters.row |= {
            "evaluation_return": score[1],
            "evaluation_success": self.judge.success,
        }
        with self.watch.timing("logging and keeping"):
            self._log()
            if self.judge.is_best(score):
                keep(self.controller(), self.run)

    def _next_evaluation(self) -> int:
        """Transitions at which it is due."""
        due, every = self._counters.evaluation_due, self.settings.evaluate_every
        return due + every if self.agent.transitions >= due else due

    def _log(self) -> None:
        """Add a row of metrics."""
        self.run.check_there()
        self._examine()
        self._counters.logged_at = self.agent.transitions
        self.log.write(self._state())
        self._counters.row |= self._collection.statistics.means()
        self._collection.statistics.clear()

    def _examine(self) -> None:
        """Measure what tends to go wrong, and say what was found, once."""
        warm = self._counters.logged_at >= self.settings.agent.warmup_transitions
        statistics = self._collection.statistics if warm else None
        row, episodes = self._counters.row, self.judge.episodes
        assert episodes is not None, "it comes after an evaluation"
        used = self._pace.share(self.agent.transitions)
        columns, new = self.examination.look(row, used, statistics, episodes)
        row |= columns
        for finding in new:
            self.progress.note(finding.sentence)
        self.log.tell(new, self.agent.transitions)
        write_diagnosis(self.examination.doctor.diagnosis, self.run)

    def _stops_evaluation(self) -> bool:
        """Asked before each of its steps: shows how it goes, too."""
        if self._pace.clock.shows():
            self._show()
        return self._has_to_stop()

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
        return self._pace.is_used_up(self.agent.transitions)

    def _state(self) -> Row:
        """Counts, speeds, and what was measured last."""
        seconds = max(self.training_s, 1e-9)
        return {
            **self._counters.row,
            "training_s": self.training_s,
            "transitions": float(self.agent.transitions),
            "updates": float(self.agent.updates),
            "steps_per_s": self.agent.transitions / seconds,
            "updates_per_s": self.agent.updates / seconds,
            **self._collection.statistics.means(),
        }

    def controller(self) -> Controller:
        """The policy as it is now, ready to be saved, for the task as it is judged."""
        return controller_of(self.agent, self.judge.env, self.settings, self.training_s)

    def _checkpoint(self, *, finished: bool = False) -> None:
        """Save everything needed to continue."""
        self.run.check_there()
        self._pace.lap()
        budget = {"steps": self.settings.steps, "minutes": self.settings.minutes}
        progress = {
            "counters": self._counters.state(),
            "judge": self.judge.state(),
            "diagnosis": self.examination.state(),
            "log": self.log.position(),
            "budget": budget,
            "finished": finished,
            "machine": machine(),
        }
        with self.watch.timing("saving"):
            documents = {"progress": progress, "simulations": self._collection.state()}
            self.checkpoints.save(self.agent, documents)
        self._checkpoint_due_s = self.training_s + CHECKPOINT_EVERY_S

    def _save(self) -> None:
        """Save what there is: the controller if none was kept yet, and a checkpoint."""
        if self.judge.best is None:
            keep(self.controller(), self.run)
        self._checkpoint()

    def _rescue(self, error: Exception) -> str:
        """Save what can be saved after an error; says what that was."""
        diverged = isinstance(error, DivergenceError) and self.checkpoints.newest is not None
        if diverged or isinstance(error, OSError | ControllerError):
            return f"{self.run.path} can be resumed where it was last saved"
        if self.agent.transitions == 0:
            return "nothing had been learned yet"
        try:
            if not is_finite(self.controller()):
                return f"the networks are not finite any more; {self.run.path} stays as it was"
            self._save()
        except Exception as unsaved:
            return f"what was learned could not be saved: {unsaved}"
        return f"what was learned from {self.agent.transitions} transitions is in {self.run.path}"

    def _finish(self) -> Evaluation | None:
        """Judge the last policy, save, and evaluate the best controller as time allows."""
        self._pace.close(self.agent.transitions)
        self._show()
        if self._counters.logged_at != self.agent.transitions and not self._interruption.requested:
            self._evaluate()
        self._save()
        if self._interruption.requested:
            self.progress.note(f"interrupted; what was learned is saved in {self.run.path}")
            self._grace_ends = time.monotonic() + GRACE_S
            self._interruption.release()
        try:
            with self._pace.evaluating(FINAL_ROUNDS), self.watch.timing("evaluating"):
                evaluation = evaluate_best(self.run, self.settings, self._stops_evaluation)
        except EvaluationStopped:
            evaluation = None
            self.progress.note(f"not evaluated; robo-ddpg evaluate {self.run.path} does that")
        if evaluation is not None:
            self.log.conclude(evaluation.statistics())
        write_pages(self.run, self.settings, self.log.rows)
        if not self._interruption.requested:
            self._checkpoint(finished=True)
        return evaluation

    def _close(self) -> None:
        for env in (self.env, self.judge.env):
            try:
                env.close()
            except EnvironmentFailure as error:
                self.progress.note(str(error))
