"""Checkpoints continue a learner exactly, whatever happened while one of them was written."""

import errno
import os
import resource
import shutil
import signal
import sys
import warnings
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from gymnasium.spaces import Box

from robo_ddpg.agent.learner import Learner, make_learner
from robo_ddpg.agent.settings import AgentSettings
from robo_ddpg.agent.transitions import Transitions
from robo_ddpg.errors import OutputDirectoryError
from robo_ddpg.files import remove_leftovers
from robo_ddpg.training.checkpoints import steps
from robo_ddpg.training.checkpoints.store import Checkpoints, check_room

ENVS = 4
SETTINGS = replace(
    AgentSettings(), hidden_sizes=(8, 8), batch_size=8, warmup_transitions=8, replay_capacity=40
)
"""The ring holds ten steps."""
HOW_FAR = {"progress": {"training_s": 1.5, "best": [0.5, 2.0]}, "simulations": {"time": 0.25}}
MAKING, REMOVING = {"os.rename", "os.mkdir"}, {"os.remove", "os.rmdir"}
"""What changes names in a directory; a writer is stopped before each of them."""


def trained(backend: Any = "fast", seed: int = 0, steps: int = 5) -> Learner:
    settings = replace(SETTINGS, backend=backend)
    learner = make_learner(Box(-1, 1, (3,)), Box(-1, 1, (2,)), settings, ENVS, seed)
    learn(learner, steps)
    return learner


def learn(learner: Learner, steps: int) -> list[dict[str, float]]:
    generator = np.random.default_rng(0)
    metrics = []
    for step in range(steps):
        observation, following = generator.normal(size=(2, ENVS, 3)).astype(np.float32)
        learner.store(
            Transitions(
                observation=observation,
                action=learner.explore(observation),
                reward=observation[:, 0],
                terminated=np.arange(ENVS) == step % 7,
                truncated=np.zeros(ENVS, np.bool_),
                next_observation=following,
                reward_info=None,
                valid=np.arange(ENVS) != step % 5,
            )
        )
        if learner.ready:
            metrics.append(learner.update())
    return metrics


def assert_same(learner: Learner, other: Learner) -> None:
    """In everything that they are, the steps they hold included."""
    state = other.state()
    for name, tensor in learner.state().items():
        assert torch.equal(state[name], tensor), name
    rings = learner.replay_buffer.ring, other.replay_buffer.ring
    for time in range(rings[0].oldest, rings[0].time):
        one, another = (ring.stored(time, time + 1) for ring in rings)
        for name, rows in one.items():
            np.testing.assert_array_equal(rows, another[name])


@pytest.mark.parametrize("backend", ["fast", "autograd"])
def test_a_checkpoint_continues_exactly(
    tmp_path: Path, backend: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(steps, "MOST_BYTES", 400)  # one step or two in a file
    learner = trained(backend)
    for _ in range(5):  # until the ring was overwritten more than once
        Checkpoints(tmp_path).save(learner, HOW_FAR)
        learn(learner, 6)
    Checkpoints(tmp_path).save(learner, HOW_FAR)

    resumed = trained(backend, seed=1, steps=9)
    assert Checkpoints(tmp_path).load(resumed) == HOW_FAR
    assert_same(learner, resumed)
    assert learn(resumed, 6) == learn(learner, 6)


def test_only_the_newest_checkpoint_and_the_steps_it_needs_are_kept(tmp_path: Path) -> None:
    learner = trained()
    for _ in range(4):
        learn(learner, 6)
        Checkpoints(tmp_path).save(learner, HOW_FAR)
    assert contents(tmp_path) == {"newest", "116", "replay", "17-20.safetensors"} | {
        f"{first}-{end}.safetensors" for first, end in ((20, 23), (23, 29))
    }


def contents(path: Path) -> set[str]:
    """Names of what is in the directory, and of the steps."""
    return {each.name for each in (*path.iterdir(), *(path / "replay").iterdir())}


def test_a_checkpoint_of_the_other_backend_is_refused_in_one_line(tmp_path: Path) -> None:
    Checkpoints(tmp_path).save(trained("autograd"), HOW_FAR)

    with pytest.raises(OutputDirectoryError, match=r"cannot be resumed: .*; train it anew$"):
        Checkpoints(tmp_path).load(trained())


def test_a_bit_that_flipped_is_noticed(tmp_path: Path) -> None:
    Checkpoints(tmp_path).save(trained(), HOW_FAR)
    for path in (*(tmp_path / "20").iterdir(), *(tmp_path / "replay").iterdir()):
        before = path.read_bytes()
        path.write_bytes(before[:-9] + bytes([before[-9] ^ 1]) + before[-8:])
        with pytest.raises(OutputDirectoryError, match="cannot be resumed"):
            Checkpoints(tmp_path).load(trained())
        path.write_bytes(before)


def in_a_process(act: Callable[[], Any]) -> int:
    """The exit status of a copy of this process that does something; 0 if nothing stopped it."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)  # other tests left threads
        child = os.fork()
    if child == 0:
        try:
            act()
        finally:
            os._exit(1 if sys.exc_info()[0] else 0)
    return os.waitpid(child, 0)[1]


def stop_before(step: int, events: set[str], how: Callable[[], Any]) -> Callable[[], bool]:
    """Have something happen before the n-th event; says whether it did, and cannot be undone."""
    left = step

    def heard(event: str, arguments: Any) -> None:
        nonlocal left
        if event in events:
            left -= 1
            if left == 0:
                how()

    sys.addaudithook(heard)
    return lambda: left <= 0


def kill() -> None:
    os.kill(os.getpid(), signal.SIGKILL)


def fill_disk() -> None:
    raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))


def interrupt() -> None:
    raise KeyboardInterrupt


@pytest.mark.parametrize(
    ("how", "events"),
    [(kill, MAKING | REMOVING), (interrupt, MAKING), (fill_disk, MAKING)],
)
def test_there_is_a_whole_checkpoint_whenever_its_writer_is_stopped(
    how: Callable[[], Any], events: set[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = trained()
    learn(before, 7)
    after = trained()
    learn(after, 7 + 6)
    Checkpoints(tmp_path / "origin").save(before, HOW_FAR)

    def write() -> None:
        monkeypatch.setattr("robo_ddpg.files._sync", lambda _: None)  # the power stays on
        was_stopped = stop_before(stopped + 1, events, how)
        Checkpoints(path).save(after, HOW_FAR)
        os._exit(was_stopped())

    stopped, status, found = 0, -1, []
    while status:
        path = tmp_path / str(stopped)
        shutil.copytree(tmp_path / "origin", path)
        status = in_a_process(write)
        found.append(assert_whole(path, before, after, clean=how is not kill))
        stopped += 1
    assert stopped > 10
    assert found[-1] is after
    in_order = sorted(found, key=[before, after].index)
    assert how is fill_disk or found == in_order, "once it is there, it stays"


def assert_whole(path: Path, before: Learner, after: Learner, *, clean: bool) -> Learner:
    """Which of two learners a checkpoint holds, from which it can be gone on."""
    assert not clean or not list(path.rglob(".*"))
    resumed, checkpoints = trained(seed=1), Checkpoints(path)
    assert checkpoints.load(resumed) == HOW_FAR
    expected = before if resumed.transitions == before.transitions else after
    assert_same(resumed, expected)
    remove_leftovers(path)
    checkpoints.clean()
    newest = checkpoints.newest
    assert newest is not None
    assert {each.name for each in path.iterdir()} == {"newest", "replay", newest.name}
    learn(resumed, 2)
    checkpoints.save(resumed, HOW_FAR)
    checkpoints.load(trained())
    return expected


def test_a_full_disk_leaves_the_checkpoint_before_and_is_named(tmp_path: Path) -> None:
    learner, checkpoints = trained(), Checkpoints(tmp_path)
    checkpoints.save(learner, HOW_FAR)
    learn(learner, 3)

    def write() -> None:
        resource.setrlimit(resource.RLIMIT_FSIZE, (1000, resource.RLIM_INFINITY))
        with pytest.raises(OutputDirectoryError, match="File too large; the one before is kept"):
            checkpoints.save(learner, HOW_FAR)

    assert in_a_process(write) == 0
    assert contents(tmp_path) == {"newest", "20", "replay", "0-5.safetensors"}
    checkpoints.load(trained())


def test_too_little_room_is_noticed_before_the_start(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    room = check_room(trained(), 100_000, tmp_path / "run" / "checkpoints")
    assert room.startswith("checkpoints take up to 0 MB in ")
    monkeypatch.setattr(shutil, "disk_usage", lambda _: shutil._ntuple_diskusage(1, 1, 5_000))
    with pytest.raises(OutputDirectoryError, match=r"where 0 MB are free: make room, name another"):
        check_room(trained(), 100_000, tmp_path / "run" / "checkpoints")
