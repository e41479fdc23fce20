"""What can be trained, for people and programs."""

import json

import pytest

import tasks
from robo_ddpg.cli.app import main
from tasks.building.named import BUILDINGS


def test_every_task_is_listed_with_its_id(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["tasks"]) == 0
    lines = capsys.readouterr().out.splitlines()
    for name in tasks.names():
        (line,) = [line for line in lines if line.startswith(f"{name} ")]
        assert tasks.summary(name) in line
        assert "robo_ddpg/" in line


def test_programs_read_the_same_tasks(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["tasks", "--json"]) == 0
    found = {task["name"]: task for task in json.loads(capsys.readouterr().out)}
    assert list(found) == [*tasks.names(), *BUILDINGS]
    assert found["reach"]["id"] == "robo_ddpg/Reach-v0"
    assert found["reach"]["controller_ships"] is True
