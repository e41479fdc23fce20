"""Trackers with stand-ins of their packages; the real ones are tried by a script."""

import importlib.machinery
import json
import sys
import types
from pathlib import Path
from typing import Any

import pytest

import robo_ddpg
from robo_ddpg.errors import SettingsError
from robo_ddpg.runs.trackers.tracker import About
from robo_ddpg.runs.trackers.trackers import OPENERS, Trackers, check_installed
from robo_ddpg.training.settings import read_settings


class StandIn(types.ModuleType):
    """What the trackers' packages are asked, written down."""

    def __init__(self, name: str) -> None:
        super().__init__(name)
        self.__spec__ = importlib.machinery.ModuleSpec(name, None)
        self.begun: list[dict[str, Any]] = []
        self.logged: list[tuple[dict[str, Any], int]] = []
        self.ended = 0
        self.fails = False

    def Settings(self, **values: Any) -> dict[str, Any]:  # noqa: N802 - as wandb calls it
        return values

    def init(self, **about: Any) -> "StandIn":
        self.begun.append(about)
        return self

    def log(self, values: dict[str, Any], step: int) -> None:
        if self.fails:
            raise ConnectionError("nobody\nanswers")
        self.logged.append((values, step))

    def finish(self) -> None:
        self.ended += 1


class MlflowStandIn(StandIn):
    """The same of MLflow's client."""

    def __init__(self, name: str) -> None:
        super().__init__(name)
        self.params: dict[str, str] = {}
        entities = types.ModuleType("mlflow.entities")
        entities.__dict__["Metric"] = lambda *values: values
        self.entities, self.MlflowClient = entities, lambda: self

    def get_experiment_by_name(self, name: str) -> None:
        assert name == "robo-ddpg"

    def create_experiment(self, name: str) -> str:
        return f"id of {name}"

    def create_run(self, where: str, *, run_name: str, tags: dict[str, str]) -> Any:
        self.begun.append({"where": where, "name": run_name, "group": tags["group"]})
        return types.SimpleNamespace(info=types.SimpleNamespace(run_id="run-7"))

    def update_run(self, identity: str, *, status: str) -> None:
        self.begun.append({"id": identity, "status": status})

    def log_param(self, identity: str, name: str, value: str) -> None:
        assert identity == "run-7" and len(value) <= 500
        self.params[name] = value

    def log_batch(self, identity: str, *, metrics: list[tuple[str, float, int, int]]) -> None:
        assert identity == "run-7"
        self.logged.append(({name: value for name, value, _, _ in metrics}, metrics[0][3]))

    def set_terminated(self, identity: str) -> None:
        assert identity == "run-7"
        self.ended += 1


@pytest.fixture
def modules(monkeypatch: pytest.MonkeyPatch) -> dict[str, StandIn]:
    for variable in ("WANDB_PROJECT", "WANDB_DIR", "TRACKIO_PROJECT", "MLFLOW_EXPERIMENT_NAME"):
        monkeypatch.delenv(variable, raising=False)
    kinds = {"wandb": StandIn, "trackio": StandIn, "mlflow": MlflowStandIn}
    found = {name: kind(name) for name, kind in kinds.items()}
    for name, module in found.items():
        monkeypatch.setitem(sys.modules, name, module)
    monkeypatch.setitem(sys.modules, "mlflow.entities", found["mlflow"].entities)
    return found


def test_a_run_tells_all_of_them_what_its_metrics_say(
    modules: dict[str, StandIn], tmp_path: Path
) -> None:
    out = tmp_path / "runs" / "mine" / "seed-0"
    made = robo_ddpg.train(
        "reach",
        out=out,
        steps=128,
        simulations=8,
        evaluate_every=64,
        environment={"episode_s": 0.2},
        track=list(OPENERS),
        quiet=True,
    )
    for name, module in modules.items():
        *rows, (final, _) = module.logged
        assert [step for _, step in rows] == [row["transitions"] for row in made.metrics], name
        returns = [values["evaluation_return"] for values, _ in rows]
        wanted = [row["evaluation_return"] for row in made.metrics]
        assert returns == pytest.approx(wanted, rel=1e-5)
        assert {*final} == {"final_return", "final_success"}
        assert all(value is not None for values, _ in rows for value in values.values())
        assert module.ended == 1 and module.begun[0]["name"].startswith("mine/seed-0")
        assert module.begun[0]["group"] == "mine"
    assert modules["wandb"].begun[0]["config"]["agent.discount"] == 0.95
    assert modules["wandb"].begun[0]["dir"] == out
    assert read_settings(out / "config.json").track == tuple(OPENERS)


def test_a_run_that_goes_on_is_the_same_run_there(
    modules: dict[str, StandIn], tmp_path: Path
) -> None:
    for _ in range(2):
        Trackers(list(OPENERS), tmp_path, {}, print).close()
    for name in ("wandb", "trackio"):
        key = {"wandb": "id", "trackio": "name"}[name]
        first, second = (about[key] for about in modules[name].begun)
        assert first == second
    assert modules["mlflow"].begun[1] == {"id": "run-7", "status": "RUNNING"}


def test_one_that_fails_is_left_out_and_training_goes_on(
    modules: dict[str, StandIn], tmp_path: Path
) -> None:
    notes: list[str] = []
    trackers = Trackers(["wandb", "trackio"], tmp_path, {}, notes.append)
    modules["wandb"].fails = True
    for _ in range(2):
        trackers.log({"transitions": 64.0, "q": 1.0, "q_gap": None})
    assert notes == ["wandb is told nothing from here on: nobody answers"]
    assert modules["trackio"].logged == [({"q": 1.0}, 64)] * 2


def test_one_that_cannot_be_begun_is_one_line_and_leaves_none_open(
    modules: dict[str, StandIn], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(**_: object) -> None:
        raise ConnectionError("no login")

    monkeypatch.setattr(modules["trackio"], "init", refuse)
    with pytest.raises(SettingsError, match="--track trackio: no login"):
        Trackers(["wandb", "trackio"], tmp_path, {}, print)
    assert modules["wandb"].ended == 1


def test_what_is_not_there_is_refused_before_anything_else(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    with pytest.raises(SettingsError, match="must be one of wandb, trackio, mlflow, got 'paper'"):
        check_installed(["paper"])
    monkeypatch.setattr("importlib.util.find_spec", lambda _: None)
    with pytest.raises(SettingsError, match="not installed: pip install 'robo-ddpg\\[mlflow\\]'"):
        robo_ddpg.train("reach", out=tmp_path / "run", track=["mlflow"], quiet=True)
    assert not (tmp_path / "run").exists()


def test_damaged_names_begin_a_run_anew(modules: dict[str, StandIn], tmp_path: Path) -> None:
    (tmp_path / "trackers.json").write_text("{")
    Trackers(["wandb"], tmp_path, {}, print)
    assert json.loads((tmp_path / "trackers.json").read_text()) == {
        "wandb": modules["wandb"].begun[0]["id"]
    }


def test_names_of_runs_are_where_they_lie() -> None:
    assert About(Path("/a/runs/reach/seeds-0-to-4/seed-2"), {}).name == "reach/seeds-0-to-4/seed-2"
    assert About(Path("/a/runs/reach/seeds-0-to-4/seed-2"), {}).group == "reach/seeds-0-to-4"
    assert About(Path("/mine"), {}).name == "mine"
