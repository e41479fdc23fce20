"""The attacks on the safety filter, and the check that judges what it let through."""

import sys
from pathlib import Path

import mujoco
import numpy as np
import pytest

from robo_ddpg.control.arm.drive import as_arm
from robo_ddpg.envs.registration import make_task
from robo_ddpg.envs.simulation import Simulation

sys.path.insert(0, str(Path(__file__).parents[2] / "scripts" / "benchmarks"))

from adversaries import ADVERSARIES, box_centre
from benchmark_safety import (
    LEARNED,
    MODES,
    PHYSICS_SHARE,
    Attack,
    Findings,
    attacks,
    rows,
    run,
    summary,
    table,
)
from commanded import LIMITS, CommandCheck, Points

ARMS = 20


def checked(safety: bool) -> CommandCheck:
    """A few seconds of bang-bang that asks for more than the joints may do."""
    task = make_task("reach", action="joint", step_rad=0.2, safety=safety, start_noise_rad=0.0)
    simulation = Simulation(task, ARMS, threads=1)
    check = CommandCheck(simulation)
    check.restart()
    actor = ADVERSARIES["bang-bang, periods 1 to 20"](simulation, np.random.default_rng(0))
    for step in range(30):
        simulation.step(actor(step, np.zeros(0, np.float32)))
        check.add()
    return check


def test_the_check_sees_every_violation_that_the_filter_prevents() -> None:
    without = dict(zip(LIMITS, checked(False).counts, strict=True))
    assert all(without[limit] > 0 for limit in LIMITS if limit != "joint_jerk"), without
    kept = dict(zip(LIMITS, checked(True).counts, strict=True))
    assert not any(kept.values()), kept


def test_the_check_measures_by_how_much_limits_are_exceeded() -> None:
    task = make_task("reach", action="joint", start_noise_rad=0.0)
    simulation = Simulation(task, 1, threads=1)
    check = CommandCheck(simulation)
    check.restart()
    bounds, step = as_arm(simulation.drive).motion.bounds, task.settings.timestep_s
    path = np.arange(1, task.substeps + 1)[:, None] * (1.5 * bounds.velocity * step)
    as_arm(simulation.drive).motion.setpoints[0] = as_arm(simulation.drive).motion.position + path
    check.add()
    found = dict(zip(LIMITS, check.overshoots, strict=True))
    assert found["joint_velocity"] == pytest.approx(0.5)
    # From rest to 1.5 V within a physics step.
    assert found["joint_acceleration"] == pytest.approx(
        np.max(1.5 * bounds.velocity / step / bounds.acceleration) - 1
    )
    assert found["joint_jerk"] > 10


def test_the_check_has_points_where_the_model_has_them() -> None:
    task = make_task("reach")
    points, data = Points(Simulation(task, 1, threads=1)), mujoco.MjData(task.model)
    position = np.random.default_rng(0).uniform(-1.0, 1.0, (1, 2, len(task.arm.joints)))
    points.at(position)
    for step, joints in enumerate(position[0]):
        data.qpos[: len(joints)] = joints
        mujoco.mj_kinematics(task.model, data)
        np.testing.assert_allclose(points.tip[0, step], data.site(task.arm.tip).xpos, atol=1e-12)
        inside = [np.dot(p.normal, data.site(p.site).xpos) - p.offset_m for p in task.arm.workspace]
        assert points.clearance[0, step] == pytest.approx(min(inside), abs=1e-12)


@pytest.mark.parametrize("adversary", ADVERSARIES)
@pytest.mark.parametrize("mode", MODES)
def test_no_adversary_makes_the_commands_leave_joint_limits_or_workspace(
    mode: str, adversary: str
) -> None:
    found = run(Attack(mode, adversary, physics=False, seed=5, simulations=ARMS, episodes=1))
    violations = dict(zip(LIMITS, found.violations, strict=True))
    assert not any(violations.values()), violations
    assert found.steps == ARMS * 100
    assert found.altered > 0


def test_an_adversary_says_what_the_gripper_does_besides() -> None:
    attack = Attack("end-effector", "toward the nearest limit", False, 5, 2, 1, task="grasp")
    assert not run(attack).violations.any()


def test_an_attack_is_reproduced_by_its_seed() -> None:
    attack = Attack("joint", "uniform random", True, seed=1, simulations=2, episodes=1)
    first, second = run(attack), run(attack)
    assert np.array_equal(first.commanded, second.commanded)
    assert np.array_equal(first.actual, second.actual)


def test_the_plan_has_as_many_steps_as_asked_for_and_its_share_of_physics() -> None:
    plan = list(attacks(1_000_000, dict.fromkeys(MODES, "actor.safetensors")))
    commands = sum(attack.steps for attack in plan if not attack.physics)
    physics = sum(attack.steps for attack in plan if attack.physics)
    assert 1_000_000 <= commands <= 1_050_000
    assert physics >= PHYSICS_SHARE * 1_000_000
    assert {attack.adversary for attack in plan} == {*ADVERSARIES, LEARNED}
    assert all(attack.simulations >= ARMS for attack in plan)


def test_the_table_has_a_line_for_each_kind_of_attack() -> None:
    attack = Attack("joint", "uniform random", True, seed=1, simulations=1, episodes=1)
    lines = list(table(rows({attack.key: run(attack)})))
    assert len(lines) == 3
    assert lines[2].startswith("joint           uniform random")


def test_the_summary_counts_violations_of_all_limits() -> None:
    found = Findings(steps=10, violations=np.array([1, 0, 2, 0, 7, 0]))
    results = list(rows({("joint", "uniform random", True): found}))
    assert summary(results) == {"steps": 10, "steps_with_physics": 10, "commanded_violations": 10}


def test_the_box_of_the_fingertips_has_its_centre_between_the_walls() -> None:
    arm = make_task("reach").arm
    low = [plane.offset_m for plane in arm.workspace if plane.normal == (1.0, 0.0, 0.0)]
    high = [-plane.offset_m for plane in arm.workspace if plane.normal == (-1.0, 0.0, 0.0)]
    assert box_centre(arm)[0] == pytest.approx((low[0] + high[0]) / 2)
