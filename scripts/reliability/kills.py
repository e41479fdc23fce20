"""End a training in every way there is, go on, and compare with one that was left alone.

A run of `locomotion-hopper` saves itself every fifth of a second of training. Each of its lives
ends by chance: killed at any moment or while it saves, asked to stop several times at once, with a
full disk, with a closed pipe. After each the files under their final names are read, and the next
life has to begin at the last checkpoint. When the run is done its metrics and networks have to be,
to the bit, those of a run that lived once.
"""

import argparse
import collections
import contextlib
import json
import os
import random
import resource
import select
import shutil
import signal
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
from safetensors.numpy import load_file

from robo_ddpg.agent.learner import Learner
from robo_ddpg.controller import Controller
from robo_ddpg.runs.directory import RunDirectory
from robo_ddpg.runs.training_log import read_metrics
from robo_ddpg.training import start, trainer
from robo_ddpg.training.checkpoints.store import Checkpoints, Documents
from robo_ddpg.training.progress import PlainProgress
from robo_ddpg.training.settings import TrainSettings
from robo_ddpg.training.task_defaults import train_settings

SETTINGS = train_settings(
    "locomotion-hopper",
    agent={"hidden_sizes": (32, 32), "batch_size": 32, "replay_capacity": 8_000},
    environment={"episode_s": 1.0, "random_mass": 0.2, "random_push_n": 5.0},
    steps=16_000,
    simulations=16,
    evaluate_every=2_000,
    evaluation_episodes=4,
    stop_early=False,
)
TIMES = ("training_s", "steps_per_s", "updates_per_s")
LONGER_S = 0.5
"""Lives last up to this longer than to a checkpoint of theirs, or to their beginning [s]."""


class Life:
    """A process that trains."""

    def __init__(
        self,
        run: RunDirectory,
        prepare: Callable[[], Any] = lambda: None,
        settings: TrainSettings = SETTINGS,
    ) -> None:
        """Begin, or go on with, a run.

        Args:
            run: the run.
            prepare: what the process does before.
            settings: those of a run that begins.
        """
        self._told, telling = os.pipe()
        self.pid = os.fork()
        if self.pid == 0:
            os.close(self._told)
            os._exit(_live(run, telling, prepare, settings))
        os.close(telling)
        self.saved = 0
        """Transitions of the last checkpoint that it made, as far as it told."""
        self.status: int | None = None

    def wait(self, word: str, limit_s: float) -> bool:
        """Read what it tells until it says a word, it ends, or the time is up."""
        due = time.monotonic() + limit_s
        while (left := due - time.monotonic()) > 0:
            if not select.select([self._told], [], [], left)[0]:
                break
            told = os.read(self._told, 9).decode()
            if told[:1] == "d":
                self.saved = int(told[1:])
            if not told or told[0] == word:
                return bool(told)
        return False

    def signal(self, number: signal.Signals) -> None:
        """Send it a signal."""
        with contextlib.suppress(ProcessLookupError):
            os.kill(self.pid, number)

    def end(self) -> int:
        """Wait for its end; returns the exit code, negative after a signal."""
        while self.wait("?", 600.0):
            pass
        self.status = os.waitstatus_to_exitcode(os.waitpid(self.pid, 0)[1])
        os.close(self._told)
        return self.status


def _live(
    run: RunDirectory, telling: int, prepare: Callable[[], Any], settings: TrainSettings
) -> int:
    """Train, and tell of each checkpoint when it is begun and when it is done."""
    save = Checkpoints.save

    def told(self: Checkpoints, agent: Learner, documents: Documents) -> None:
        os.write(telling, b"b%08d" % agent.transitions)
        save(self, agent, documents)
        os.write(telling, b"d%08d" % agent.transitions)

    Checkpoints.save = told  # type: ignore[method-assign]
    trainer.CHECKPOINT_EVERY_S = 0.2
    quiet = os.open(os.devnull, os.O_WRONLY)
    os.dup2(quiet, 2)
    signal.signal(signal.SIGHUP, signal.SIG_DFL)  # it may be ignored here
    prepare()
    progress = PlainProgress("train")
    try:
        if run.config.exists():
            start.resume(run, progress)
        else:
            start.train(settings, run, progress)
    except Exception as error:
        Path(f"{run.path}.error").write_text(repr(error))
        return 1
    return 0


def kill_any_time(run: RunDirectory, chance: random.Random) -> Life:
    """At a random moment of its life, its beginning included."""
    life = Life(run)
    for _ in range(chance.randint(0, 3)):
        life.wait("d", 600.0)
    life.wait("?", chance.uniform(0.0, LONGER_S))
    life.signal(signal.SIGKILL)
    return life


def kill_while_saving(run: RunDirectory, chance: random.Random) -> Life:
    """At a random moment of the writing of a checkpoint."""
    life = Life(run)
    for _ in range(chance.randint(1, 3)):
        life.wait("b", 600.0)
    life.wait("?", chance.uniform(0.0, 0.05))
    life.signal(signal.SIGKILL)
    return life


def ask_to_stop(*numbers: signal.Signals) -> Callable[[RunDirectory, random.Random], Life]:
    """Several signals within .2 s, as batch systems send them."""

    def end(run: RunDirectory, chance: random.Random) -> Life:
        life = Life(run)
        life.wait("b", 600.0)
        life.wait("?", chance.uniform(0.0, LONGER_S))
        for number in numbers:
            life.signal(number)
            time.sleep(chance.uniform(0.0, 0.1))
        return life

    return end


def fill_the_disk(run: RunDirectory, chance: random.Random) -> Life:
    """No file may grow beyond a random size: as if the disk were full there."""
    most = int(10 ** chance.uniform(1.0, 5.5))
    return Life(run, lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (most, most)))


def close_the_pipe(run: RunDirectory, chance: random.Random) -> Life:
    """Nobody reads what it says."""
    reading, writing = os.pipe()

    def prepare() -> None:
        os.dup2(writing, 2)
        os.close(reading)
        os.close(writing)

    life = Life(run, prepare)
    os.close(writing)
    life.wait("b", 600.0)
    os.close(reading)
    return life


WAYS: dict[str, tuple[float, Callable[[RunDirectory, random.Random], Life]]] = {
    "SIGKILL at any moment": (0.4, kill_any_time),
    "SIGKILL while saving": (0.4, kill_while_saving),
    "SIGTERM, three times": (0.05, ask_to_stop(*[signal.SIGTERM] * 3)),
    "SIGHUP and SIGTERM": (0.05, ask_to_stop(signal.SIGHUP, signal.SIGTERM)),
    "Ctrl-C, twice": (0.04, ask_to_stop(*[signal.SIGINT] * 2)),
    "full disk": (0.04, fill_the_disk),
    "closed pipe": (0.02, close_the_pipe),
}
"""How lives end, and how often."""


def check(run: RunDirectory, life: Life) -> None:
    """Raises where a file under its final name is broken, or a checkpoint was lost."""
    if not run.config.exists():
        return
    run.read_config()
    read_metrics(run.metrics)
    if run.controller.exists():
        Controller.load(run.controller)
    newest = Checkpoints(run.checkpoints).newest
    at = 0 if newest is None else int(newest.name.partition("-")[0])
    if at < life.saved:
        raise AssertionError(f"the checkpoint of {life.saved} is lost, there is {at}")


def result(run: RunDirectory) -> dict[str, Any]:
    """All that has to be the same."""
    newest = Checkpoints(run.checkpoints).newest
    assert newest is not None, "it is done"
    rows = [{k: v for k, v in row.items() if k not in TIMES} for row in read_metrics(run.metrics)]
    best = {f"best {k}": v for k, v in Controller.load(run.controller).tensors.items()}
    return {"rows": rows, **load_file(newest / "agent.safetensors"), **best}


def leftovers(run: RunDirectory) -> list[Path]:
    """What does not belong into a run that is done."""
    hidden = [path for path in run.path.rglob(".*")]
    newest = Checkpoints(run.checkpoints).newest
    kept = {"newest", "replay", newest.name if newest else ""}
    return hidden + [path for path in run.checkpoints.iterdir() if path.name not in kept]


def main() -> None:
    """Print a table, or raise what did not hold."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--ends", type=int, default=250, help="lives that end by force")
    parser.add_argument("--seed", type=int, default=0)
    options = parser.parse_args()
    chance, counts, runs = random.Random(options.seed), collections.Counter[str](), 0
    with tempfile.TemporaryDirectory(dir=".") as place:
        whole = RunDirectory(Path(place, "whole"))
        if Life(whole).end() != 0:
            raise AssertionError(Path(f"{whole.path}.error").read_text())
        expected, run = result(whole), RunDirectory(Path(place, "run"))
        while counts.total() < options.ends:
            _to_the_end(run, chance, counts, options.ends)
            got, left = result(run), leftovers(run)
            different = [name for name, value in expected.items() if not np.all(value == got[name])]
            if different or left:
                raise AssertionError(f"different: {different}; left behind: {left}")
            shutil.rmtree(run.path)
            runs += 1
    for way in WAYS:
        print(f"| {way} | {counts[way]} |")
    print(f"{runs} runs, each the same to the bit as one that was left alone; nothing left behind")


def _to_the_end(
    run: RunDirectory, chance: random.Random, counts: "collections.Counter[str]", most: int
) -> None:
    """Let lives follow each other until the run is done; the last one ends by itself."""
    names, weights = list(WAYS), [weight for weight, _ in WAYS.values()]
    while counts.total() < most and not _is_done(run):
        way = chance.choices(names, weights)[0]
        life = WAYS[way][1](run, chance)
        code = life.end()
        check(run, life)
        counts[way] += 1
        print(f"{counts.total()} {way}: exit {code}, saved {life.saved}", file=sys.stderr)
    if not _is_done(run) and Life(run).end() != 0:
        raise AssertionError(Path(f"{run.path}.error").read_text())


def _is_done(run: RunDirectory) -> bool:
    newest = Checkpoints(run.checkpoints).newest
    return newest is not None and json.loads((newest / "progress.json").read_text())["finished"]


if __name__ == "__main__":
    main()
