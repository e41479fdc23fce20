"""The training loop: collect, store, update, evaluate, keep the best."""

import contextlib
import dataclasses
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import numpy as np
import torch

from robo_ddpg.agent.learner import make_learner
from robo_ddpg.agent.transitions import Transitions
from robo_ddpg.controller import FORMAT, Controller, versions
from robo_ddpg.envs.environment import size_of
from robo_ddpg.envs.names import make_environment
from robo_ddpg.errors import SettingsError
from robo_ddpg.evaluation.evaluate import Evaluation, evaluate
from robo_ddpg.files import write_json
from robo_ddpg.interruption import Interruption
from robo_ddpg.runs.charts import learning_curve, save_png
from robo_ddpg.runs.directory import RunDirectory
from robo_ddpg.runs.report import write_report
from robo_ddpg.runs.tables import Row, write_rows
from robo_ddpg.runs.training_log import TrainingLog
from robo_ddpg.training.checkpoint import load_checkpoint, save_checkpoint
from robo_ddpg.training.clock import Clock
from robo_ddpg.training.episode_statistics import EpisodeStatistics
from robo_ddpg.training.instability import InstabilityLog
from robo_ddpg.training.judge import Judge
from robo_ddpg.training.progress import Progress
from robo_ddpg.training.settings import TrainSettings, configuration, settings_of

FINAL_ROUNDS = 2
"""The final evaluation has this many times the episodes of an evaluation during training."""
CHECKPOINT_EVERY_S = 60.0
"""Training time between checkpoints [s]; there is always one at the end."""


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
            settings.task, n, threads=1, python=settings.python, **settings.environment
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
        simulation = self.env.simulation
        self.instabilities = (
            InstabilityLog(simulation, run.unstable) if simulation is not None else None
        )
        self.training_s = 0.0
        self._evaluated_at = -1
        self._statistics = EpisodeStatistics(np.zeros(n))
        self._row: Row = {}
        self._owed = 0.0
        self._checkpoint_due_s = CHECKPOINT_EVERY_S
        self._interruption = Interruption()

    def resume(self) -> None:
        """Continue from the run's checkpoint, with new episodes."""
        saved = load_checkpoint(self.run.checkpoint, self.agent)
        self.training_s = saved["training_s"]
        self.judge.best = None if saved["best"] is None else tuple(saved["best"])
        self._owed = saved["owed"]
        self._checkpoint_due_s += self.training_s
        if self.agent.transitions:
            self.agent.end_episodes()

    def train(self) -> Evaluation:
        """Run until the budget is used up, the task is mastered, or a signal comes; then save.

        Returns:
            The evaluation of the best controller.

        Raises:
            DivergenceError: the learner's numbers are no longer finite.
        """
        log = TrainingLog(self.run.metrics, self.run.tensorboard, self.agent.transitions)
        with _one_torch_thread(), log as self.log, ThreadPoolExecutor(1) as physics, self.progress:
            for note in self.env.notes:
                self.progress.note(note)
            self._say_reasons()
            with self._interruption:
                self._loop(physics)
            self.progress.update(self._share(), {**self._state(), **self._statistics.means()})
            if self._interruption.requested:
                self.progress.note("interrupted; saving what was learned so far")
            if self._evaluated_at != self.agent.transitions:
                self._evaluate()
            self._checkpoint()
            return self._finish()

    def _loop(self, physics: ThreadPoolExecutor) -> None:
        observation, _ = self.env.reset(seed=self._episode_seed())
        due = self.agent.transitions + self.settings.evaluate_every
        clock = Clock()
        while not (self._done() or self._interruption.requested):
            action = self.agent.explore(observation)
            if self.instabilities is not None:
                self.instabilities.before_step()
            simulated = physics.submit(self.env.step, action)
            self._learn()
            observation = self._store(observation, action, simulated.result())
            self.training_s += clock.lap()
            if self.agent.transitions >= due:
                due += self.settings.evaluate_every
                self._evaluate()
                if self.training_s >= self._checkpoint_due_s:
                    self._checkpoint()
                clock.lap()
            if clock.shows():
                self.progress.update(self._share(), {**self._state(), **self._statistics.means()})

    def _say_reasons(self) -> None:
        """Which settings were chosen because of what the environment is like."""
        reasons = self.settings.reasons
        for reason in dict.fromkeys(reasons.values()):
            names = [name for name, why in reasons.items() if why == reason]
            values = (f"{name} {getattr(self.settings.agent, name)}" for name in names)
            self.progress.note(f"{reason}: {', '.join(values)}")

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
                observation=np.asarray(observation, np.float32),
                action=action,
                reward=np.asarray(reward, np.float32),
                terminated=terminated,
                truncated=truncated,
                next_observation=np.asarray(following, np.float32),
                reward_info=None if reward_info is None else reward_info.astype(np.float32),
                valid=~(unstable | np.asarray(info.get("skipped", False))),
            )
        )
        if self.instabilities is not None and unstable.any():
            self.instabilities.add(unstable, action, self.agent.transitions)
        self._statistics.add(reward, ended, info)
        if ended.any():
            following, _ = self.env.reset(options={"reset_mask": ended})
        return following

    def _evaluate(self) -> None:
        """Judge the policy, log a row, and keep the controller if it is the best so far."""
        self._evaluated_at = self.agent.transitions
        score = self.judge.evaluate(self.agent.act)
        diagnostics: dict[str, Any] = self.agent.diagnostics() if self.agent.ready else {}
        saturated = diagnostics.get("saturated_actions")
        self._row |= {
            "evaluation_return": score[1],
            "evaluation_success": self.judge.success,
            "q_gap": diagnostics.get("q_gap"),
            "saturated_actions": None if saturated is None else float(np.mean(saturated)),
        }
        self.log.write({**self._state(), **self._statistics.means()})
        self._row |= self._statistics.means()
        self._statistics.clear()
        if self.judge.is_best(score):
            self.controller().save(self.run.controller)

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
        tensors = {name: tensor.numpy() for name, tensor in self.agent.policy_state().items()}
        return Controller(tensors, self._metadata())

    def _metadata(self) -> dict[str, Any]:
        env, settings = self.env, self.settings
        actions = env.single_action_space
        return {
            "format": FORMAT,
            "task": env.describe(),
            "observation_size": size_of(env.single_observation_space),
            "action_low": actions.low.tolist(),
            "action_high": actions.high.tolist(),
            "agent": dataclasses.asdict(settings.agent),
            "training": {
                "seed": settings.seed,
                "transitions": self.agent.transitions,
                "updates": self.agent.updates,
                "training_s": round(self.training_s, 2),
            },
            "versions": versions(),
        }

    def _checkpoint(self) -> None:
        """Save everything needed to continue."""
        progress = {"training_s": self.training_s, "best": self.judge.best, "owed": self._owed}
        save_checkpoint(self.run.checkpoint, self.agent, progress)
        self._checkpoint_due_s = self.training_s + CHECKPOINT_EVERY_S

    def _finish(self) -> Evaluation:
        """Learning curve, the best controller with its evaluation, and the report."""
        title = f"{self.settings.task}, seed {self.settings.seed}"
        save_png(learning_curve(self.log.rows, title), self.run.curve)
        best = Controller.find(self.run.path)
        evaluation = evaluate(best, episodes=FINAL_ROUNDS * self.settings.evaluation_episodes)
        write_evaluation(evaluation, self.run)
        best.metadata["evaluation"] = evaluation.summary() | {
            "controller": self.run.controller.name
        }
        best.save(self.run.controller)
        write_report(self.run)
        self.env.close()
        self.judge.close()
        return evaluation


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
) -> Evaluation:
    """Train a controller.

    Args:
        settings: what to train, and how long.
        run: where to; made here.
        progress: shows how it goes.
        force: replace an earlier run that is there.

    Returns:
        The evaluation of the best controller, which lies in the run directory.

    Raises:
        OutputDirectoryError: something else is there, or it cannot be written.
    """
    run.check(force=force)
    trainer = Trainer(settings, run, progress)
    run.create(force=force)
    write_json(configuration(settings), run.config)
    return trainer.train()


def resume(
    run: RunDirectory, progress: Progress, *, steps: int | None = None, minutes: float | None = None
) -> Evaluation:
    """Continue a run.

    Args:
        run: an existing run directory.
        progress: shows how it goes.
        steps: total number of transitions, or None for as many again as planned at first.
        minutes: further training time [min], or None for as much again as planned at first.

    Returns:
        The evaluation of the best controller.

    Raises:
        SettingsError: so many transitions were collected already.
        OutputDirectoryError: the run is damaged.
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


def write_evaluation(evaluation: Evaluation, directory: RunDirectory) -> None:
    """Write evaluation.json and evaluation.csv into a run directory."""
    write_json(evaluation.summary(), directory.evaluation)
    write_rows(evaluation.rows(), directory.episodes)
