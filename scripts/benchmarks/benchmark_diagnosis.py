"""Train each shipped task for a while: what is found in healthy trainings, and how near it comes.

Prints a row for each task: the worst of each quantity that is judged, what was found, and which
share of the processor time the diagnosis took. Time is processor time, so that what else the
machine does has no say in it.
"""

import argparse
import contextlib
import dataclasses
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

import tasks
from robo_ddpg.files import write_json
from robo_ddpg.runs.diagnosis.finding import Finding
from robo_ddpg.runs.directory import RunDirectory
from robo_ddpg.training.diagnosis import policy_symptoms as policy
from robo_ddpg.training.diagnosis import value_symptoms as values
from robo_ddpg.training.diagnosis.doctor import Doctor
from robo_ddpg.training.diagnosis.examination import Examination
from robo_ddpg.training.diagnosis.symptom import Measured
from robo_ddpg.training.diagnosis.values import ValueCheck
from robo_ddpg.training.progress import SilentProgress
from robo_ddpg.training.settings import configuration
from robo_ddpg.training.task_defaults import train_settings
from robo_ddpg.training.trainer import Trainer
from tasks.building.named import BUILDINGS

HEAD = (
    *("task", "transitions", "evaluations", "slope", "dead", "error", "excess", "horizons back"),
    *("fails after", "largest return", "constant", "found", "cost"),
)


class Remembering(Doctor):
    """Keeps all that it was shown."""

    def __init__(self) -> None:
        super().__init__()
        self.shown: list[Measured] = []

    def examine(self, measured: Measured) -> list[Finding]:
        """Examine, and remember."""
        self.shown.append(measured)
        return super().examine(measured)


class Until(SilentProgress):
    """Ends a training once it has used its processor time, as a pipe that closes does."""

    def __init__(self, seconds: float) -> None:
        self._end = time.process_time() + seconds

    @property
    def unread(self) -> bool:  # type: ignore[override]
        """Whether it is over."""
        return time.process_time() >= self._end


class Unfinished(Trainer):
    """Ends without evaluating its best controller."""

    def _finish(self) -> None:
        return None


@contextlib.contextmanager
def timed(owner: type[Any], name: str, spent: list[float]) -> Iterator[None]:
    """Add the processor time of a method's calls, in this thread, to a list."""
    original: Callable[..., Any] = getattr(owner, name)

    def measured(*arguments: Any) -> Any:
        start = time.thread_time()
        try:
            return original(*arguments)
        finally:
            spent.append(time.thread_time() - start)

    setattr(owner, name, measured)
    try:
        yield
    finally:
        setattr(owner, name, original)


def row(task: str, options: argparse.Namespace) -> list[str]:
    """Train, and say what was seen."""
    settings = train_settings(task, seed=options.seed, evaluate_every=options.every)
    settings = dataclasses.replace(settings, evaluation_episodes=options.episodes, mastered_times=0)
    doctor, spent = Remembering(), list[float]()
    with tempfile.TemporaryDirectory() as folder:
        run = RunDirectory(Path(folder) / "run")
        write_json(configuration(settings), run.config)
        trainer = Unfinished(settings, run, Until(options.seconds))
        trainer.examination.doctor = doctor
        start = time.process_time()
        with timed(Examination, "look", spent), timed(ValueCheck, "__call__", spent):
            trainer.train()
        whole = time.process_time() - start
    seen = [each for each in doctor.shown if each.updates]
    found = [f"{f.kind} {', '.join(f.components)}".strip() for f in doctor.findings]
    return [
        *(task, f"{trainer.agent.transitions:,}", str(len(seen))),
        *extremes(seen),
        "; ".join(found) or "nothing",
        f"{100 * sum(spent) / whole:.2f} %",
    ]


def extremes(seen: Sequence[Measured]) -> list[str]:
    """The worst of what each threshold is compared with."""
    if not seen:
        return ["-"] * 8
    settled = [m for m in seen if values.horizons_back(m) >= values.SETTLED]
    excess = [values.relative_excess(m, m.promise) for m in settled if m.promise]
    apart = [m.training.apart / m.lasting for m in seen if enough(m) and m.training and m.lasting]
    returns = [m.learner.largest_return for m in seen]
    return [
        f"{min(min(m.learner.slopes) for m in seen):.2f}",
        f"{max(max(layers) for m in seen for layers in m.learner.dead_units.values()):.2f}",
        f"{max((values.critic_error(m) or 0.0) for m in seen):.2f}",
        f"{min(excess):+.2f} to {max(excess):+.2f}" if excess else "-",
        f"{values.horizons_back(seen[-1]):.1f}",
        f"{min(apart):.2f}" if apart else "-",
        f"{min(returns):.2g} to {max(returns):.2g}",
        str(max(len(m.constant) for m in seen)),
    ]


def enough(seen: Measured) -> bool:
    """Whether episodes failed often enough to say something."""
    return seen.training is not None and seen.training.count >= policy.FAILURES


def main() -> int:
    """Train all tasks, or those that are named."""
    every = [*tasks.names(), *BUILDINGS]
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("tasks", nargs="*", default=every)
    parser.add_argument("--seconds", type=float, default=20.0, help="processor time of each")
    parser.add_argument("--every", type=int, default=5_000, help="transitions between evaluations")
    parser.add_argument("--episodes", type=int, default=5, help="of each evaluation")
    parser.add_argument("--seed", type=int, default=0)
    options = parser.parse_args()
    for cells in (HEAD, ["---"] * len(HEAD)):
        print(f"| {' | '.join(cells)} |", flush=True)
    healthy = True
    for task in options.tasks:
        cells = row(task, options)
        healthy &= cells[-2] == "nothing"
        print(f"| {' | '.join(cells)} |", flush=True)
    return int(not healthy)


if __name__ == "__main__":
    sys.exit(main())
