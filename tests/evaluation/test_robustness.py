"""Perturbed worlds are consistent, start from nominal values, and leave the control alone."""

import copy
import json
from pathlib import Path
from typing import Any

import mujoco
import numpy as np
import pytest

from robo_ddpg.cli.app import main
from robo_ddpg.controller import Controller
from robo_ddpg.envs.robot_env import RobotVectorEnv
from robo_ddpg.evaluation.episodes import Act, run_episodes
from robo_ddpg.evaluation.evaluate import evaluate
from robo_ddpg.evaluation.perturbations import PERTURBATIONS, Perturbation, with_latency
from robo_ddpg.evaluation.robustness import DRAWN, evaluate_robustness, robustness_lines
from robo_ddpg.model_fields import scale_mass
from robo_ddpg.runs.evaluation_statistics import Estimate
from robo_ddpg.runs.robustness_curves import Robustness, RobustnessCurve, RobustnessPoint


def only(name: str, *levels: float) -> dict[str, Perturbation]:
    whole = PERTURBATIONS[name]
    kept = {key: getattr(whole, key) for key in ("title", "unit", "nominal", "apply")}
    return {name: Perturbation(levels=levels, **kept)}


def scale_all_masses(env: RobotVectorEnv, factor: float) -> None:
    scale_mass(env.batch, np.arange(env.num_envs), np.full(env.num_envs, factor))


@pytest.fixture(scope="module")
def env() -> RobotVectorEnv:
    return RobotVectorEnv(3, "reach")


def test_scaled_masses_reach_everything_that_follows_from_them(env: RobotVectorEnv) -> None:
    scale_all_masses(env, 2.0)
    nominal = env.task.build().compile()
    mine = env.batch.get_model(1)
    assert mine.body_subtreemass[0] == pytest.approx(2 * nominal.body_subtreemass[0])
    np.testing.assert_allclose(mine.body_inertia, 2 * nominal.body_inertia)
    heavier = mine.dof_M0 - nominal.dof_armature
    np.testing.assert_allclose(heavier, 2 * (nominal.dof_M0 - nominal.dof_armature), rtol=1e-9)


def test_perturbing_again_starts_from_nominal_values(env: RobotVectorEnv) -> None:
    scale_all_masses(env, 2.0)
    scale_all_masses(env, 2.0)
    expected = 2 * env.task.model.body_mass
    np.testing.assert_allclose(env.batch.expanded("body_mass")[0], expected)
    scale_all_masses(env, 1.0)
    np.testing.assert_allclose(env.batch.get_model(0).dof_M0, env.task.model.dof_M0)


def test_gravity_compensation_goes_on_holding_the_nominal_mass(env: RobotVectorEnv) -> None:
    model = env.task.model
    for factor in (1.0, 3.0):
        scale_all_masses(env, factor)
        changed = env.batch.get_model(0)
        data = mujoco.MjData(changed)
        mujoco.mj_resetDataKeyframe(changed, data, 0)
        mujoco.mj_forward(changed, data)
        if factor == 1.0:
            held = data.qfrc_gravcomp.copy()
    np.testing.assert_allclose(data.qfrc_gravcomp, held, atol=1e-9)
    assert np.abs(held).max() > 1.0 and model.nv == len(held)


def test_the_control_is_the_world_as_it_was() -> None:
    result = evaluate_robustness(
        Controller.find("reach"), episodes=3, perturbations=only("friction", 0.5, 1.0)
    )
    plain = evaluate("reach", episodes=3, **dict.fromkeys(DRAWN, 0)).summary()
    assert result.control.returns.mean == plain["return_mean"]
    points = result.perturbations["friction"].points
    assert points is not None and list(points) == [0.5, 1.0]
    assert points[1.0] == result.control


@pytest.mark.parametrize(("name", "level"), [("strength", 0.05), ("latency", 6.0), ("noise", 3.0)])
def test_a_hard_world_costs_return(name: str, level: float) -> None:
    result = evaluate_robustness(
        Controller.find("reach"), episodes=4, perturbations=only(name, level)
    )
    hard = (result.perturbations[name].points or {})[level]
    assert hard.returns.mean < 0.9 * result.control.returns.mean


def test_a_push_moves_the_robot_and_ends() -> None:
    result = evaluate_robustness(
        Controller.find("reach"), episodes=4, perturbations=only("push", 300.0)
    )
    pushed = (result.perturbations["push"].points or {})[300.0]
    assert pushed.returns.mean < result.control.returns.mean
    assert pushed.violations != result.control.violations


def test_latency_carries_actions_out_late() -> None:
    late = with_latency(lambda x: x, 2)
    done = [float(late(np.full((1, 1), i, np.float32))[0, 0]) for i in (1, 2, 3, 4)]
    assert done == [0.0, 0.0, 1.0, 2.0]


def result_of(points: dict[float, RobustnessPoint]) -> Robustness:
    curves = {
        "latency": RobustnessCurve("Action latency", "control steps", 0.0, points),
        "friction": RobustnessCurve("Friction", "times nominal", 1.0, None),
    }
    return Robustness("reach", "file", 2, 0, points[0.0], curves)


RATED = {
    0.0: RobustnessPoint(Estimate(1.0, 0.5, 1.0), Estimate(9.0, 8.0, 10.0), {"speed": 0.0}, 0),
    2.0: RobustnessPoint(Estimate(0.0, 0.0, 0.5), Estimate(1.0, 0.0, 2.0), {"speed": 0.1}, 1),
}
UNRATED = {0.0: RobustnessPoint(None, Estimate(9.0, 8.0, 10.0), None, None)}


def test_the_result_in_words_gives_success_at_each_level() -> None:
    lines = robustness_lines(result_of(RATED))
    assert lines == ["Action latency [control steps]: 100 % at 0, 0 % at 2"]


def test_the_result_in_words_gives_the_return_where_success_is_not_known() -> None:
    assert robustness_lines(result_of(UNRATED)) == ["Action latency [control steps]: 9.00 at 0"]


@pytest.mark.parametrize("points", [RATED, UNRATED])
def test_a_result_comes_back_from_its_file_as_it_went(
    points: dict[float, RobustnessPoint],
) -> None:
    result = result_of(points)
    text = json.dumps(result.to_json(), allow_nan=False)
    assert Robustness.from_json(json.loads(text)) == result


def test_evaluate_writes_statistics_and_curves(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    assert evaluate_robustness.__kwdefaults__
    monkeypatch.setitem(
        evaluate_robustness.__kwdefaults__, "perturbations", only("noise", 0.0, 0.1)
    )
    out = tmp_path / "e.json"
    words = ["evaluate", "reach", "--episodes", "2", "--robustness", "--out", str(out), "--json"]
    assert main(words) == 0
    printed = json.loads(capsys.readouterr().out)
    assert json.loads(out.read_text()) == printed
    result = json.loads((tmp_path / "e-robustness.json").read_text())
    assert [level["level"] for level in result["perturbations"]["noise"]["levels"]] == [0.0, 0.1]
    assert (tmp_path / "e-robustness.png").exists()


def test_what_training_varied_does_not_undo_what_is_tried(monkeypatch: pytest.MonkeyPatch) -> None:
    controller = Controller.find("reach")
    settings = {**controller.task["settings"], "random_mass": 0.5, "random_latency_steps": 3}
    varied = copy.deepcopy(controller)
    varied.metadata["task"]["settings"] = settings
    masses = []

    def look(env: Any, act: Act, seed: int, count: int) -> Any:
        env.reset(seed=seed)
        masses.append([env.simulation.batch.get_model(k).body_mass.sum() for k in range(count)])
        return run_episodes(env, act, seed, count)

    monkeypatch.setattr("robo_ddpg.evaluation.robustness.run_episodes", look)
    worlds = only("mass", 1.0, 2.0)
    there = evaluate_robustness(varied, episodes=2, perturbations=worlds).to_json()
    nominal, doubled = masses
    assert doubled == pytest.approx(
        [2 * mass for mass in nominal], rel=0.2
    )  # the arm, not the floor
    assert there == evaluate_robustness(controller, episodes=2, perturbations=worlds).to_json()
