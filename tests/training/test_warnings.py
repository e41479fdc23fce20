"""What training says at its start of an environment that will hurt it."""

import dataclasses
from pathlib import Path
from typing import Any

import pytest

from robo_ddpg.agent.settings import AgentSettings
from robo_ddpg.envs.checkup import checkup
from robo_ddpg.runs.directory import RunDirectory
from robo_ddpg.training import notes
from robo_ddpg.training.progress import SilentProgress
from robo_ddpg.training.settings import TrainSettings
from robo_ddpg.training.start import train

TINY = TrainSettings(
    task="tests.envs.checkup.toys:Sound",
    agent=AgentSettings(hidden_sizes=(8,), batch_size=8, warmup_transitions=64),
    steps=32,
    simulations=4,
    evaluation_episodes=1,
)


class Notes(SilentProgress):
    silent = False

    def __init__(self) -> None:
        self.lines: list[str] = []

    def note(self, text: str) -> None:
        self.lines.append(text)


@pytest.mark.parametrize(
    ("toy", "said"),
    [("Sound", []), ("Deaf", [["will hurt learning", " actions change nothing"]])],
)
def test_a_run_begins_with_what_will_hurt_it(
    toy: str, said: list[list[str]], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(checkup, "BRIEFLY_S", 300.0)
    progress = Notes()
    settings = dataclasses.replace(TINY, task=f"tests.envs.checkup.toys:{toy}")
    train(settings, RunDirectory(tmp_path / "run"), progress)
    warnings = [line for line in progress.lines if "will hurt" in line]
    assert [line.split(":")[:2] for line in warnings] == said


def test_nobody_looks_where_nobody_listens(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: Any) -> Any:
        raise AssertionError

    monkeypatch.setattr(notes, "brief_warnings", refuse)
    assert train(TINY, RunDirectory(tmp_path / "run"), SilentProgress()) is not None
