"""Perturbed worlds are consistent, start from nominal values, and leave the control alone."""

import json
from pathlib import Path

import mujoco
import numpy as np
import pytest

from robo_ddpg.cli.app import main
from robo_ddpg.controller import Controller
from robo_ddpg.envs.robot_env import RobotVectorEnv
from robo_ddpg.evaluation.evaluate import evaluate
from robo_ddpg.evaluation.perturbations import PERTURBATIONS, Perturbation, with_latency
from robo_ddpg.evaluation.robustness import evaluate_robustness, robustness_lines
from robo_ddpg.model_fields import scale_mass


def only(name: str, *levels: float) -> dict[str, Perturbation]:
    whole = PERTURBATIONS[name]
    kept = {key: getattr(whole, key) for key in ("title", "unit", "nominal", "apply", "physical")}
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
    plain = evaluate("reach", episodes=3).summary()
    assert result["control"]["return_mean"] == plain["return_mean"]
    half, nominal = result["perturbations"]["friction"]["levels"]
    assert nominal == {"level": 1.0, **result["control"]}
    assert half["level"] == 0.5


@pytest.mark.parametrize(("name", "level"), [("strength", 0.05), ("latency", 6.0), ("noise", 3.0)])
def test_a_hard_world_costs_return(name: str, level: float) -> None:
    result = evaluate_robustness(
        Controller.find("reach"), episodes=4, perturbations=only(name, level)
    )
    (hard,) = result["perturbations"][name]["levels"]
    assert hard["return_mean"] < 0.9 * result["control"]["return_mean"]


def test_a_push_moves_the_robot_and_ends() -> None:
    result = evaluate_robustness(
        Controller.find("reach"), episodes=4, perturbations=only("push", 300.0)
    )
    (pushed,) = result["perturbations"]["push"]["levels"]
    assert pushed["return_mean"] < result["control"]["return_mean"]
    assert pushed["violations"] != result["control"]["violations"]


def test_latency_carries_actions_out_late() -> None:
    late = with_latency(lambda x: x, 2)
    done = [float(late(np.full((1, 1), i, np.float32))[0, 0]) for i in (1, 2, 3, 4)]
    assert done == [0.0, 0.0, 1.0, 2.0]


def test_a_card_in_words_gives_success_at_each_level() -> None:
    levels = [{"level": 0.0, "success_rate": 1.0}, {"level": 2.0, "success_rate": 0.0}]
    late = {"title": "Action latency", "unit": "control steps", "levels": levels}
    unknown = {"title": "Friction", "unit": "times nominal", "levels": None}
    result = {"perturbations": {"latency": late, "friction": unknown}}
    assert robustness_lines(result) == ["Action latency [control steps]: 100 % at 0, 0 % at 2"]


def test_evaluate_writes_statistics_and_card(
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
