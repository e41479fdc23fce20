"""The page about run directories names everything that a run leaves behind, and nothing else."""

import csv
import json
import re
from pathlib import Path

import pytest

from robo_ddpg.cli.app import main
from tests.docs.pages import PAGES

TEXT = PAGES["docs/run-directory.md"].read_text()
NAMES = set(re.findall(r"`([^`\s]+)`", TEXT))
"""What the page sets as code."""
GENERIC = {"safety": "safety_REASON", "violation": "violation_LIMIT"}
"""What columns that depend on the robot are called there."""


@pytest.fixture(scope="module")
def run(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A small run, evaluated in every way."""
    path = tmp_path_factory.mktemp("runs") / "run"
    small = "--simulations 8 --evaluate-every 600 --environment.episode-s 0.5 --quiet --profile"
    assert main(["train", "reach", "--out", str(path), "--steps", "600", *small.split()]) == 0
    wide = "--episodes 2 --safety both --robustness"
    assert main(["evaluate", str(path), *wide.split()]) == 0
    film = "--episodes 1 --width 96 --height 64"
    assert main(["record", str(path), *film.split()]) == 0
    return path


@pytest.mark.slow
def test_every_file_of_a_run_is_on_the_page(run: Path) -> None:
    found = {path.name + "/" * path.is_dir() for path in run.iterdir()}
    assert found <= NAMES
    table = TEXT.partition("| file |")[2].partition("\n\n")[0]
    listed = {
        name
        for line in table.splitlines()
        for name in re.findall(r"`([\w./]+)`", line.split("|")[1])
    }
    assert listed - found == {"unstable/", "diagnosis.json"}


@pytest.mark.slow
def test_every_column_of_the_metrics_is_on_the_page(run: Path) -> None:
    columns = next(csv.reader((run / "metrics.csv").open()))
    generic = {re.sub(r"^(safety|violation)_.*", lambda m: GENERIC[m[1]], name) for name in columns}
    assert generic <= NAMES


@pytest.mark.slow
def test_every_key_of_the_evaluation_is_on_the_page(run: Path) -> None:
    evaluation = json.loads((run / "evaluation.json").read_text())
    keys = {re.sub(r"_(mean|median|p90|max)$", "", key) for key in evaluation}
    named = {re.sub(r"_(mean|median|p90|max)$", "", name) for name in NAMES}
    assert keys <= named


@pytest.mark.slow
def test_every_key_of_the_configuration_is_on_the_page(run: Path) -> None:
    config = json.loads((run / "config.json").read_text())
    assert {*config, *config["settings"]} <= NAMES
