"""Kinds of files: what a good one is, how it is mutated, and what reads it."""

import contextlib
import dataclasses
import itertools
import json
import random
import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
from archives import controller_file, npz_file
from checkpoint_files import checkpoint_files, good_checkpoint, read_checkpoint
from mutations import Mutation, anything, json_file
from robot_files import good_robot, read_robot

from robo_ddpg.agent.settings import AgentSettings
from robo_ddpg.controller import Controller
from robo_ddpg.envs.names import make_environment, source_of
from robo_ddpg.envs.registration import make_task, make_task_of
from robo_ddpg.evaluation.evaluate import evaluate
from robo_ddpg.files import write_json
from robo_ddpg.model_fields import with_fields
from robo_ddpg.reading.json_text import read_json
from robo_ddpg.recording.fault_dump import FaultDump, resimulated
from robo_ddpg.recording.recorder import record_episodes
from robo_ddpg.recording.recording import Recording
from robo_ddpg.runs import report_sections
from robo_ddpg.runs.evaluation_statistics import EvaluationStatistics
from robo_ddpg.runs.report import _read
from robo_ddpg.runs.training_log import read_metrics
from robo_ddpg.training.demonstrations.files import from_file
from robo_ddpg.training.demonstrations.fitting import fitting
from robo_ddpg.training.instability import InstabilityLog
from robo_ddpg.training.settings import TrainSettings, configuration, read_settings

MIB = 2**20


@dataclass(frozen=True)
class Kind:
    """A kind of files."""

    suffix: str
    """Of the file's name."""
    good: Callable[[], bytes]
    """Makes a file that is read."""
    mutate: Mutation
    """Makes another one of it."""
    read: Callable[[Path], object]
    """Does with a file what the package would, short of simulating."""
    base: int = 96 * MIB
    """Memory that reading may take beside twice the file's size [bytes]."""


def made(write: Callable[[Path], object], suffix: str) -> Callable[[], bytes]:
    """The bytes that are written to a path."""

    @cache
    def content() -> bytes:
        with tempfile.TemporaryDirectory() as directory:
            path = Path(directory, f"good{suffix}")
            write(path)
            return path.read_bytes()

    return content


def _small_controller(path: Path) -> None:
    controller = Controller.find("reach")
    rng = np.random.default_rng(0)
    sizes = (controller.observation_size, 8, controller.action_size)
    tensors = {n: t for n, t in controller.tensors.items() if not n.startswith("actor.")}
    for i, (inputs, outputs) in enumerate(itertools.pairwise(sizes)):
        tensors[f"actor.{i}.weight"] = rng.normal(size=(outputs, inputs)).astype(np.float32)
        tensors[f"actor.{i}.bias"] = np.zeros(outputs, np.float32)
    Controller(tensors, controller.metadata).save(path)


def read_controller(path: Path) -> None:
    """Load it, act, and ask for its task without making it."""
    controller = Controller.load(path)
    action = controller.act(np.zeros(controller.observation_size))
    assert np.isfinite(action).all()
    source_of(controller)


@cache
def _episode() -> Recording:
    return record_episodes("reach", episodes=1, episode_s=0.15)[0]


@cache
def _model() -> Any:
    return make_task_of(_episode().task).model


def read_recording(path: Path) -> None:
    """Load it, and look at its first frames."""
    recording = Recording.load(path)
    for _ in itertools.islice(recording.iterate_data(_model()), 3):
        pass


def _fault(path: Path) -> None:
    log = InstabilityLog(_environment(), path.parent / "faults")
    observation, _ = _environment().reset(seed=0)
    log.before_step(observation, np.ones((1, _environment().single_action_space.shape[0])))
    _environment().step(np.ones((1, _environment().single_action_space.shape[0])))
    log.add(np.array([True]), {0: "nothing"}, 0)
    (path.parent / "faults" / "0-0.npz").replace(path)


def read_fault(path: Path) -> None:
    """Load it, and make the step that failed again in the scene that it should be of."""
    dump = FaultDump.load(path)
    if dump.states:
        resimulated(dump, with_fields(_model(), dump.model_fields))


def _demonstration(path: Path) -> None:
    episode = _episode()
    assert episode.observations is not None
    steps = len(episode.rewards)
    np.savez(
        path,
        task="reach",
        observations=episode.observations,
        actions=episode.actions,
        rewards=episode.rewards,
        terminations=np.zeros(steps, bool),
        truncations=np.arange(steps) == steps - 1,
    )


@cache
def _environment() -> Any:
    return make_environment("reach", 1, threads=1)


def read_demonstration(path: Path) -> None:
    """Load it, and fit it to the environment."""
    fitting(from_file(path, _environment()), _environment())


def _config(path: Path) -> None:
    settings = TrainSettings("reach", AgentSettings(), steps=1000)
    environment = dataclasses.asdict(make_task("reach").settings)
    settings = dataclasses.replace(settings, environment=environment)
    write_json(configuration(settings), path)


def _table(path: Path) -> None:
    rows = (f"{i},{i * 1000},{i / 7},,-1e-05" for i in range(20))
    path.write_text("\n".join(("training_s,transitions,q,unstable,episode_return", *rows)) + "\n")


def _evaluation(path: Path) -> None:
    write_json(evaluate("reach", episodes=2).summary(), path)


def read_evaluation(path: Path) -> None:
    """Read what a report says of it."""
    found = _read(path, EvaluationStatistics.from_json)
    if found is None:
        return
    for section in ("headline", "evaluation", "interventions", "violations"):
        getattr(report_sections, section)(found)


def _task(path: Path) -> None:
    path.write_text(json.dumps(make_task("grasp").describe()))


def read_task(path: Path) -> None:
    """Let a controller of a stranger's ask for a task with its settings."""
    with contextlib.suppress(FileNotFoundError):
        _ask_for_task(read_json(path))


def _ask_for_task(described: dict[str, Any]) -> None:
    controller = Controller.find("grasp")
    controller.metadata["task"] = described
    controller.own = False
    if isinstance(described.get("name"), str) and isinstance(described.get("settings"), dict):
        source_of(controller).complete(described["settings"])


def csv_file(rng: random.Random, content: bytes) -> bytes:
    """A table with something odd in it."""
    if rng.random() < 0.5:
        return anything(rng, content)
    cells = [line.split(b",") for line in content.split(b"\n")]
    row = rng.choice(cells)
    odd = (b"nan", b"inf", b"", b"x", b'"', b'"a\n', b"1e999", b"\0", b"9" * 5000, b"," * 9000)
    row[rng.randrange(len(row))] = rng.choice(odd)
    return b"\n".join(b",".join(row) for row in cells)


KINDS = {
    "controller": Kind(
        ".safetensors",
        made(_small_controller, ".safetensors"),
        controller_file,
        read_controller,
    ),
    "recording": Kind(
        ".npz", made(lambda path: _episode().save(path), ".npz"), npz_file, read_recording
    ),
    "fault": Kind(".npz", made(_fault, ".npz"), npz_file, read_fault),
    "demonstration": Kind(".npz", made(_demonstration, ".npz"), npz_file, read_demonstration),
    "checkpoint": Kind(".zip", good_checkpoint, checkpoint_files, read_checkpoint, 256 * MIB),
    "config": Kind(".json", made(_config, ".json"), json_file, read_settings),
    "table": Kind(".csv", made(_table, ".csv"), csv_file, read_metrics, 256 * MIB),
    "evaluation": Kind(".json", made(_evaluation, ".json"), json_file, read_evaluation),
    "robot": Kind(".json", good_robot, json_file, read_robot),
    "task": Kind(".json", made(_task, ".json"), json_file, read_task),
}
