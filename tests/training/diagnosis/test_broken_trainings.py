"""A training that is broken on purpose is told what is wrong with it, and nothing else."""

import dataclasses
import json
import re
from pathlib import Path
from typing import Any

import pytest

from robo_ddpg.agent.settings import AgentSettings
from robo_ddpg.files import write_json
from robo_ddpg.runs.directory import RunDirectory
from robo_ddpg.runs.report import write_report
from robo_ddpg.runs.training_log import read_metrics
from robo_ddpg.training.progress import SilentProgress
from robo_ddpg.training.settings import TrainSettings, configuration
from robo_ddpg.training.trainer import Trainer
from tests.training.diagnosis.toys import NAME

SOUND = TrainSettings(
    task=NAME,
    agent=AgentSettings(
        hidden_sizes=(32, 32),
        batch_size=32,
        warmup_transitions=200,
        replay_capacity=4_000,
        transitions_per_update=8,
        discount=0.9,
        target_rate=0.05,
        noise_range=(0.05, 0.3),
        random_component_probability=0.0,
        repeat_probability=0.0,
    ),
    steps=1_920,
    simulations=8,
    evaluate_every=640,
    evaluation_episodes=4,
)
"""215 updates."""
RUNAWAY: dict[str, Any] = {
    "critic_learning_rate": 0.1,
    "critics": 1,
    "critic_layer_norm": False,
    "target_rate": 1.0,
    "actor_delay": 1,
    "discount": 0.99,
}
EAGER: dict[str, Any] = {
    "transitions_per_update": 4,
    "critic_learning_rate": 3e-3,
    "target_rate": 0.2,
    "discount": 0.8,
}
BREAKS: dict[str, tuple[dict[str, Any], dict[str, Any], list[str]]] = {
    "reward scale": ({"reward_unit": 1e6}, {}, []),
    "constant observations": ({"spare": True}, {}, ["spare[1]"]),
    "critic loss diverges": ({}, RUNAWAY, []),
    "dead units": (
        {},
        {"critic_learning_rate": 1.0, "critic_layer_norm": False},
        ["critic layer 2"],
    ),
    "saturated actions": (
        {},
        {"actor_learning_rate": 1.0, "pre_activation_penalty": 0.0},
        ["action[0]", "action[1]"],
    ),
    "exploration ends episodes": ({"edge": 0.9}, {"noise_range": (0.9, 0.9)}, []),
    "slow targets": ({}, {"target_rate": 1e-4}, []),
    "overestimation": ({"pays_practice": 2.0}, EAGER, []),
}
"""Kind of the finding -> what breaks the environment, what breaks the learner, and where it is."""


class Notes(SilentProgress):
    def __init__(self) -> None:
        self.lines: list[str] = []

    def note(self, text: str) -> None:
        self.lines.append(text)


class Unfinished(Trainer):
    """Ends without evaluating its best controller, which takes time."""

    def _finish(self) -> None:
        return None


def trained(
    path: Path, environment: dict[str, Any], agent: dict[str, Any]
) -> tuple[RunDirectory, list[str], list[dict[str, Any]]]:
    """The run, what was said meanwhile, and what was found."""
    settings = dataclasses.replace(
        SOUND, agent=dataclasses.replace(SOUND.agent, **agent), environment=environment
    )
    run, progress = RunDirectory(path), Notes()
    write_json(configuration(settings), run.config)
    Unfinished(settings, run, progress).train()
    found = json.loads(run.diagnosis.read_text())["findings"] if run.diagnosis.exists() else []
    return run, progress.lines, found


@pytest.fixture(autouse=True)
def _untried(in_turn: None) -> None:
    """How the environment is stepped is not tried."""


def test_a_sound_training_is_told_nothing(tmp_path: Path) -> None:
    run, _, found = trained(tmp_path, {}, {})
    assert found == []
    assert read_metrics(run.metrics)[-1]["findings"] == 0


@pytest.mark.parametrize("kind", BREAKS)
def test_what_is_broken_is_named_and_nothing_else(kind: str, tmp_path: Path) -> None:
    environment, agent, components = BREAKS[kind]
    run, said, found = trained(tmp_path, environment, agent)
    assert [(each["kind"], each["components"]) for each in found] == [(kind, components)]
    (finding,) = found
    assert said.count(f"since {finding['since']:,} transitions: {finding['text']}") == 1
    assert finding["cleared"] is None
    assert all(name in finding["text"] for name in components)
    options = re.findall(r"--agent\.([a-z-]+)", finding["text"])
    fields = {field.name.replace("_", "-") for field in dataclasses.fields(AgentSettings)}
    assert {*options} <= fields
    assert options or kind in ("constant observations", "overestimation")
    assert read_metrics(run.metrics)[-1]["findings"] == 1


def test_the_report_tells_what_was_found_and_what_is_over(tmp_path: Path) -> None:
    run = RunDirectory(tmp_path)
    write_json({"settings": {"task": "reach"}, "versions": {}}, run.config)
    assert "Diagnosis" not in write_report(run).read_text()
    told = {"kind": "slow targets", "components": [], "text": "They <crawl>.", "since": 4000}
    write_json({"findings": [told | {"cleared": 12_000}, told | {"cleared": None}]}, run.diagnosis)
    text = write_report(run).read_text()
    assert "They &lt;crawl&gt;.</td><td>4,000</td><td>cleared up at 12,000<" in text
    assert "<td>the end</td>" in text
