"""Training with demonstrations."""

import dataclasses
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from robo_ddpg import Controller
from robo_ddpg.agent.settings import AgentSettings
from robo_ddpg.recording.demonstrate import demonstrate
from robo_ddpg.runs.directory import RunDirectory
from robo_ddpg.runs.training_log import read_metrics
from robo_ddpg.training.progress import SilentProgress
from robo_ddpg.training.settings import TrainSettings, settings_of
from robo_ddpg.training.start import resume, train

TINY = TrainSettings(
    task="reach",
    agent=AgentSettings(hidden_sizes=(16, 16), batch_size=32, warmup_transitions=200),
    steps=600,
    simulations=8,
    evaluate_every=600,
    evaluation_episodes=4,
    environment={"episode_s": 1.0},
)


class Notes(SilentProgress):
    """Keeps what is said."""

    def __init__(self) -> None:
        self.lines: list[str] = []

    def note(self, text: str) -> None:
        self.lines.append(text)


@pytest.fixture(scope="module")
def shown(tmp_path_factory: pytest.TempPathFactory) -> str:
    """Two demonstrations of reach."""
    return str(demonstrate("reach", tmp_path_factory.mktemp("shown"), episodes=2).path)


def weights(run: RunDirectory) -> Any:
    return Controller.load(run.controller).tensors["actor.0.weight"]


@pytest.mark.slow
def test_demonstrations_change_what_is_learned_and_a_run_with_them_is_repeated_and_resumed(
    shown: str, tmp_path: Path
) -> None:
    notes = Notes()
    with_them = dataclasses.replace(TINY, demonstrations=shown)
    runs = [RunDirectory(tmp_path / name) for name in ("without", "with", "again")]
    for run, settings in zip(runs, (TINY, with_them, with_them), strict=True):
        train(settings, run, notes)

    without, first, again = map(weights, runs)
    assert notes.lines.count(f"2 demonstrations, 100 steps: {shown}") == 2
    assert not np.array_equal(without, first)
    np.testing.assert_array_equal(first, again)
    assert settings_of(runs[1].read_config()) == with_them
    resume(runs[1], SilentProgress(), steps=1200)
    assert [row["transitions"] for row in read_metrics(runs[1].metrics)] == [600, 1200]
