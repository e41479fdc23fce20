"""The training loop: collect, store, update, evaluate, keep the best."""

import contextlib
import dataclasses
import time
from collections.abc import Iterator
from typing import Any

import numpy as np
import torch

from robo_ddpg.agent.diagnostics import reward_advice
from robo_ddpg.agent.learner import make_learner
from robo_ddpg.agent.transitions import Transitions
from robo_ddpg.controller import Controller
from robo_ddpg.envs.checkup.checkup import brief_warnings
from robo_ddpg.envs.checkup.finding import HURTS
from robo_ddpg.envs.names import make_environment, resolve
from robo_ddpg.errors import EnvironmentFailure, EvaluationStopped, SettingsError
from robo_ddpg.evaluation.evaluate import Evaluation
from robo_ddpg.files import write_json
from robo_ddpg.interruption import Interruption
from robo_ddpg.runs.directory import RunDirectory
from robo_ddpg.runs.tables import Row
from robo_ddpg.runs.training_log import TrainingLog
from robo_ddpg.training.checkpoint import load_checkpoint, save_checkpoint
from robo_ddpg.training.clock import Clock
from robo_ddpg.training.demonstrations.load import load_demonstrations
from robo_ddpg.training.dropped import DroppedTransitions
from robo_ddpg.training.episode_statistics import EpisodeStatistics
from robo_ddpg.training.finishing import evaluate_best, write_pages
from robo_ddpg.training.instability import InstabilityLog
from robo_ddpg.training.judge import Judge
from robo_ddpg.training.progress import Progress
from robo_ddpg.training.saving import controller_of, is_finite, keep
from robo_ddpg.training.settings import TrainSettings, configuration, settings_of

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
        simulation = self.env.simulation
        self.instabilities = (
            InstabilityLog(simulation, run.unstable) if simulation is not None else None
        )
        self.training_s = 0.0
        self._logged_at = -1
        self._advised = False
        self._statistics = EpisodeStatistics(np.zeros(n))
        self._dropped = DroppedTransitions(self.env.name, n)
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
        for note in self.env.notes:
            self.progress.note(note)
        self._say_reasons()
        self._say_what_hurts()
        observation, _ = self.env.reset(seed=self._episode_seed())
        due = self.agent.transitions + self.settings.evaluate_every
        clock = Clock()
        while not (self._done() or self._interruption.requested):
            action = self.agent.explore(observation)
            if self.instabilities is not None:
                self.instabilities.before_step()
            self.env.begin_step(action)
            self._learn()
            observation = self._store(observation, action, self.env.end_step())
            self.training_s += clock.lap()
            if self.agent.transitions >= due:
                due += self.settings.evaluate_every
                self._evaluate()
                if self.training_s >= self._checkpoint_due_s:
                    self._checkpoint()
                clock.lap()
            if clock.shows():
                self._show()

    def _show(self) -> None:
        self.progress.update(self._share(), {**self._state(), **self._statistics.means()})

    def _say_reasons(self) -> None:
        """Which settings were chosen because of what the environment is like."""
        reasons = self.settings.reasons
        for reason in dict.fromkeys(reasons.values()):
            names = [name for name, why in reasons.items() if why == reason]
            values = (f"{name} {getattr(self.settings.agent, name)}" for name in names)
            self.progress.note(f"{reason}: {', '.join(values)}")

    def _say_what_hurts(self) -> None:
        """What a short look at the environment finds wrong with it."""
        if not self.progress.silent:
            settings = self.settings
            source = resolve(settings.task, settings.python)
            for text in brief_warnings(source, settings.environment, settings.step_timeout_s):
                self.progress.note(f"{HURTS}: {text}")

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

    def _store(self, observation: Any, action: Any, step: tuple[Any, ...]) -> Any:
        """Keep one step of all simulations; finished ones start anew."""
        following, reward, terminated, truncated, info = step
        ended = terminated | truncated
        reward_info = info.get("reward_info")
        unstable = np.asarray(info.get("unstable", np.zeros(len(ended), bool)))
        self.agent.store(
            Transitions(
                observation=observation,
                action=action,
                reward=np.asarray(reward, np.float32),
                terminated=terminated,
                truncated=truncated,
                next_observation=following,
                reward_info=None if reward_info is None else reward_info.astype(np.float32),
                valid=~(unstable | np.asarray(info.get("skipped", False))),
            )
        )
        if self.instabilities is not None and unstable.any():
            self.instabilities.add(unstable, action, self.agent.transitions)
        self._statistics.add(reward, ended, info)
        self._dropped.add(int(unstable.sum()), info.get("fault"))
        if ended.any():
            following, _ = self.env.reset(options={"reset_mask": ended})
        return following

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
        self.log.write({**self._state(), **self._statistics.means()})
        self._row |= self._statistics.means()
        self._statistics.clear()

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


def train(
    settings: TrainSettings, run: RunDirectory, progress: Progress, *, force: bool = False
) -> Evaluation | None:
    """Train a controller.

    Args:
        settings: what to train, and how long.
        run: where to; made here, and removed after an error before anything was learned.
        progress: shows how it goes.
        force: replace an earlier run that is there.

    Returns:
        The evaluation of the best controller, which lies in the run directory; None if a signal
        left no time for it.

    Raises:
        OutputDirectoryError: something else is there, or it cannot be written.
        EnvironmentFailure: the environment failed; a note on the error says what was saved.
    """
    run.check(force=force)
    trainer = Trainer(settings, run, progress)
    run.create(force=force)
    write_json(configuration(settings), run.config)
    try:
        return trainer.train()
    except Exception:
        if trainer.agent.transitions == 0:
            run.remove()
        raise


def resume(
    run: RunDirectory, progress: Progress, *, steps: int | None = None, minutes: float | None = None
) -> Evaluation | None:
    """Continue a run.

    Args:
        run: an existing run directory.
        progress: shows how it goes.
        steps: total number of transitions, or None for as many again as planned at first.
        minutes: further training time [min], or None for as much again as planned at first.

    Returns:
        The evaluation of the best controller; None if a signal left no time for it.

    Raises:
        SettingsError: so many transitions were collected already.
        OutputDirectoryError: the run is damaged.
        EnvironmentFailure: the environment failed; a note on the error says what was saved.
    """
    settings = settings_of(run.read_config())
    trainer = Trainer(settings, run, progress)
    trainer.resume()
    done = trainer.agent.transitions
    if steps is not None and steps <= done:
        raise SettingsError(
            f"steps must be more than the {done} transitions of {run.path}, got {steps}"
        )
    more = settings.minutes if minutes is None else minutes
    trainer.settings = dataclasses.replace(
        settings,
        steps=done + settings.steps if steps is None else steps,
        minutes=None if more is None else trainer.training_s / 60.0 + more,
    )
    return trainer.train()
