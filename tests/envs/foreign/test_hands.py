"""Environments in threads and in processes, of this interpreter and of others."""

import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from robo_ddpg.envs.foreign import hands
from robo_ddpg.envs.foreign.simulations import Simulations, Stepping
from robo_ddpg.envs.names import make_environment
from robo_ddpg.errors import EnvironmentFailure, EnvironmentHang


def rewards(name: str, stepping: Stepping, steps: int) -> list[list[float]]:
    env = Simulations(name, {}, 3, stepping, workers=2)
    env.reset(np.ones(3, bool), [5, 6, 7])
    rows = []
    for _ in range(steps):
        env.step(np.full((3, *env.arrays["action"].shape[1:]), 0.5))
        rows.append(env.arrays["reward"].tolist())
    env.close()
    return rows


@pytest.mark.parametrize("stepping", ["threads", "processes"])
def test_whoever_steps_them_the_episodes_are_the_same(stepping: Stepping) -> None:
    assert rewards("Pendulum-v1", stepping, 20) == rewards("Pendulum-v1", "in turn", 20)


def test_what_an_environment_prints_does_not_get_in_the_way() -> None:
    assert rewards("toys:Prints", "processes", 2) == [[1.0] * 3] * 2


def test_an_environment_of_another_interpreter() -> None:
    env = make_environment("toys:Goals", 2, python=sys.executable)
    assert env.describe()["python"] == sys.executable
    observation, _ = env.reset(seed=0)
    assert observation.shape == (2, 6)
    space = env.goal_space
    assert space is not None
    far = np.array([[0.0, 0.0]], np.float32), np.array([[3.0, 3.0]], np.float32)
    assert space.compute_reward(*far, np.zeros((1, 0), np.float32)).tolist() == [-1.0]
    env.close()


def test_an_exception_elsewhere_arrives_with_its_traceback() -> None:
    with pytest.raises(EnvironmentFailure, match="simulation 0, step 2: ValueError") as raised:
        rewards("toys:Raises", "processes", 2)
    assert "toys.py" in str(raised.value.__cause__)


def test_a_process_that_dies_is_named() -> None:
    with pytest.raises(EnvironmentFailure, match=r"exit code 7 at 'step'"):
        rewards("toys:Dies", "processes", 1)


def test_a_process_that_hangs_is_ended(monkeypatch: pytest.MonkeyPatch) -> None:
    env = Simulations("toys:Hangs", {}, 1, "processes")
    env.reset(np.ones(1, bool), [0])
    env.step(np.zeros((1, 1)))
    monkeypatch.setattr(hands, "PATIENCE_S", 0.2)
    with pytest.raises(EnvironmentFailure, match=r"did not answer 'step' for 0\.2 s"):
        env.step(np.zeros((1, 1)))
    env.close()


def process_of(env: Any) -> "subprocess.Popen[bytes]":
    """The process that steps an environment."""
    process: subprocess.Popen[bytes] = env._env._stepped.simulations._hands[0]._process
    return process


def test_a_step_that_hangs_in_another_process_is_named_and_the_process_ended() -> None:
    env = make_environment("toys:Hangs", 1, python=sys.executable)
    process = process_of(env)
    env.reset(seed=0)
    env.step(np.zeros((1, 1)))
    env._step_timeout_s = 0.5
    with pytest.raises(EnvironmentHang, match=r"toys:Hangs hangs: step 2 took more than 0\.5 s"):
        env.step(np.zeros((1, 1)))
    env.close()
    assert process.poll() is not None


def test_a_process_that_dies_is_named_with_the_step() -> None:
    env = make_environment("Pendulum-v1", 1, python=sys.executable)
    env.reset(seed=0)
    process_of(env).kill()
    with pytest.raises(EnvironmentFailure, match=r"Pendulum-v1, step 1: .* ended by itself"):
        env.step(np.zeros((1, 1)))
    env.close()


def test_an_interpreter_that_is_none_is_refused(tmp_path: Path) -> None:
    with pytest.raises(EnvironmentFailure, match="cannot be started"):
        make_environment("Pendulum-v1", 1, python=str(tmp_path / "python"))


@pytest.mark.skipif(not os.path.exists("/dev/shm"), reason="shows its files on Linux only")
def test_nothing_is_left_behind() -> None:
    before = set(os.listdir("/dev/shm"))
    env = Simulations("toys:Toy", {}, 2, "processes")
    assert set(os.listdir("/dev/shm")) <= before | set()
    env.close()
