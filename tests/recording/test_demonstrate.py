"""Demonstrations as recordings."""

from pathlib import Path
from typing import Any

import numpy as np
import pytest

from robo_ddpg.envs.names import make_environment
from robo_ddpg.errors import (
    ControllerError,
    DemonstrationError,
    OutputDirectoryError,
    RecordingError,
    SettingsError,
)
from robo_ddpg.recording import demonstrate as module
from robo_ddpg.recording.demonstrate import demonstrate
from robo_ddpg.recording.recording import Recording

HURRIED = {"episode_s": 0.9}
"""Half of the goals are too far for that."""


def test_every_episode_is_kept_with_what_the_agent_would_see(tmp_path: Path) -> None:
    made = demonstrate("reach", tmp_path / "new", episodes=3, episode_s=2.0)

    assert (made.kept, made.steps, made.tried, made.solved) == (3, 120, 3, 3)
    files = sorted((tmp_path / "new").iterdir())
    assert [file.name for file in files] == [f"seed-{seed}.npz" for seed in (30000, 30001, 30002)]
    recording = Recording.load(files[1])
    env = make_environment("reach", 1, episode_s=2.0)
    seen = [env.reset(seed=30001)[0][0]]
    steps = [env.step(action[None]) for action in recording.actions]
    np.testing.assert_array_equal(recording.observations, [*seen, *(step[0][0] for step in steps)])
    info = np.array([step[4]["reward_info"][0] for step in steps], np.float32)
    np.testing.assert_array_equal(recording.reward_info, info)
    assert recording.terminated is not None
    assert not recording.terminated.any()


def test_only_successes_are_kept_and_more_are_tried(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "AT_ONCE", 4)
    kept: list[int] = []
    made = demonstrate("reach", tmp_path, episodes=6, progress=kept.append, **HURRIED)

    assert (made.kept, made.solved, made.tried) == (6, 6, 15)
    assert kept == [1, 2, 3, 4, 5, 6]
    assert all(Recording.load(file).success[-1] for file in tmp_path.iterdir())


def test_failures_are_kept_by_request(tmp_path: Path) -> None:
    made = demonstrate("reach", tmp_path, episodes=6, successes_only=False, **HURRIED)

    assert (made.kept, made.tried, made.solved) == (6, 6, 2)
    assert len(list(tmp_path.iterdir())) == 6


def test_a_demonstrator_that_fails_too_often_is_given_up(tmp_path: Path) -> None:
    with pytest.raises(DemonstrationError, match="only 0 of 20 episodes of reach were solved, 2"):
        demonstrate("reach", tmp_path, episodes=2, episode_s=0.1)


def test_a_controller_demonstrates_by_its_own_settings(tmp_path: Path) -> None:
    made = demonstrate("locomotion-walker", tmp_path, episodes=1, controller="locomotion-walker")

    assert made.solved == 1
    (file,) = tmp_path.iterdir()
    recording = Recording.load(file)
    assert recording.observations is not None
    assert len(recording.observations) == made.steps + 1
    assert recording.reward_info is None


@pytest.mark.parametrize(
    ("task", "changes", "error", "said"),
    [
        ("locomotion", {}, DemonstrationError, "locomotion has no scripted demonstrator: name"),
        ("Pendulum-v1", {}, RecordingError, "Pendulum-v1 cannot be recorded"),
        ("reach", {"episodes": 0}, SettingsError, "episodes must be positive"),
        ("reach", {"seed": -1}, SettingsError, "seed must not be negative"),
        ("reach", {"controller": "grasp"}, ControllerError, "'grasp', with 51 .* 'reach' has 38;"),
        ("reach", {"action": "joint"}, ValueError, "use action='end-effector'"),
    ],
)
def test_what_cannot_be_demonstrated_is_refused(
    task: str, changes: dict[str, Any], error: type[Exception], said: str, tmp_path: Path
) -> None:
    with pytest.raises(error, match=said):
        demonstrate(task, tmp_path / "new", **changes)
    assert not list(tmp_path.iterdir())


def test_recordings_that_are_there_are_neither_replaced_nor_mixed(tmp_path: Path) -> None:
    (tmp_path / "precious.npz").write_text("x")
    with pytest.raises(OutputDirectoryError, match="holds recordings already; name another"):
        demonstrate("reach", tmp_path)
