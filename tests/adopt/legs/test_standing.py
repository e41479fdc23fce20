"""How a robot stands, what it takes, and how its feet are lifted."""

import re
from pathlib import Path

import mujoco
import numpy as np
import pytest

from robo_ddpg.adopt.legs.driving import STRONG, YIELD_RAD
from tasks.described.error import RobotError
from tasks.legged.described.mounting import foot_site, on_ground
from tests.adopt.legs.dogs import MOTORS, STANDS, adopted, dog_xml

MOVED = f"<actuator>{MOTORS}</actuator>{STANDS}"


def test_the_keyframe_that_stands_is_taken_and_not_the_one_that_lies(tmp_path: Path) -> None:
    adoption = adopted(tmp_path, dog_xml(more=MOVED))
    assert [joint.home_rad for joint in adoption.robot.joint] == [0.0, 0.8, -1.6] * 4
    assert adoption.sources.of["joint.FL_hip.home_rad"] == "the file's keyframe 'home'"
    # Feet of 2 cm below hips at the height of the torso.
    assert adoption.robot.height_m == pytest.approx(0.4 * np.cos(0.8) + 0.02, abs=1e-4)
    lying = adopted(tmp_path, dog_xml(more=MOVED.replace("0 0.8 -1.6 " * 4, "0 1.2 -2.6 " * 4)))
    assert "below the hip" in lying.sources.of["joint.FL_hip.home_rad"]


@pytest.mark.parametrize("knees", [1, -1])
def test_without_one_feet_are_below_the_hips_and_knees_behind_them(
    knees: int, tmp_path: Path
) -> None:
    robot = adopted(tmp_path, dog_xml(knees=knees)).robot
    abduction, hip, knee = (joint.home_rad for joint in robot.joint[:3])
    bent = np.arccos(0.7)
    np.testing.assert_allclose(
        [abduction, hip, knee], [0, knees * bent, -2 * knees * bent], atol=1e-3
    )
    # A foot that rises straight up: the knee turns back by twice what the hip turns.
    lift = [joint.lift_rad for joint in robot.joint[:3]]
    assert lift[2] == pytest.approx(-2 * lift[1], abs=1e-3)
    np.testing.assert_allclose(np.cos(bent + knees * lift[1]), 0.7 - 0.19, atol=1e-3)


def test_joints_that_turn_without_end_stand_likewise(tmp_path: Path) -> None:
    endless = re.sub(' range="[^"]*"', "", dog_xml())
    adoption = adopted(tmp_path, endless)
    homes = [joint.home_rad for joint in adoption.robot.joint]
    bent = np.arccos(0.7)
    np.testing.assert_allclose(homes, [0, bent, -2 * bent] * 4, atol=1e-3)
    assert any("FL_knee has no range" in doubt for doubt in adoption.sources.doubts)


def test_knees_go_forward_where_they_cannot_go_back(tmp_path: Path) -> None:
    forward = dog_xml().replace('range="-2.7 -0.6"', 'range="0.6 2.7"')
    robot = adopted(tmp_path, forward.replace('range="-0.7 3.5"', 'range="-3.5 0.7"')).robot
    assert robot.joint[1].home_rad == pytest.approx(-np.arccos(0.7), abs=1e-3)


def test_legs_that_do_not_get_below_the_hips_are_refused(tmp_path: Path) -> None:
    stiff = dog_xml().replace('range="-2.7 -0.6"', 'range="-2.7 -2.5"')
    with pytest.raises(RobotError, match="feet do not get below the hips") as refused:
        adopted(tmp_path, stiff)
    assert "\n" not in str(refused.value)


def test_it_stands_as_described_with_the_torques_that_were_found(tmp_path: Path) -> None:
    robot = adopted(tmp_path, dog_xml(more=MOVED)).robot
    model = on_ground(robot, 0.002).compile()
    data = mujoco.MjData(model)
    mujoco.mj_resetDataKeyframe(model, data, 0)
    mujoco.mj_step(model, data, nstep=500)
    homes = [joint.home_rad for joint in robot.joint]
    np.testing.assert_allclose(data.qpos[7:], homes, atol=0.01)
    found = [joint.standing_nm for joint in robot.joint]
    np.testing.assert_allclose(data.qfrc_actuator[6:], found, atol=0.1 * max(np.abs(found)))
    assert data.site(foot_site(robot.leg[0])).xpos[2] == pytest.approx(0.02, abs=0.002)
    most = max(abs(torque) for torque in found)
    stiffness = [joint.stiffness_nm_rad for joint in robot.joint]
    np.testing.assert_allclose(stiffness, most / YIELD_RAD, rtol=1e-3)


def test_torques_and_speeds_are_the_files_or_assumed_by_rule(tmp_path: Path) -> None:
    given = adopted(tmp_path, dog_xml(more=MOVED))
    assert [joint.torque_nm for joint in given.robot.joint[:3]] == [20.0, 21.0, 30.0]
    assert given.sources.of["joint.FL_knee.torque_nm"] == "the motor's control range"
    bare = adopted(tmp_path, dog_xml(more=STANDS))
    most = max(abs(joint.standing_nm) for joint in bare.robot.joint)
    assert bare.robot.joint[0].torque_nm == pytest.approx(STRONG * most, rel=1e-3)
    assert any("torques are not in the file" in doubt for doubt in bare.sources.doubts)


def test_what_is_asked_for_follows_from_the_length_of_the_legs(tmp_path: Path) -> None:
    small = adopted(tmp_path, dog_xml()).robot
    large = adopted(tmp_path, dog_xml(size=4.0, foot=SPHERE_FAR)).robot
    assert large.leg_m == pytest.approx(4 * small.leg_m, rel=1e-3)
    assert large.forward_m_s[1] == pytest.approx(2 * small.forward_m_s[1], abs=0.011)
    assert large.turn_rad_s[1] == pytest.approx(small.turn_rad_s[1] / 2, abs=0.011)
    assert large.period_s == pytest.approx(2 * small.period_s, abs=0.001)
    assert large.joint[0].velocity_rad_s == pytest.approx(
        small.joint[0].velocity_rad_s / 2, rel=0.01
    )
    assert large.push_n == small.push_n


SPHERE_FAR = '<geom name="{leg}_ball" size="0.08" pos="0 0 -0.8" mass="0.05"/>'


def test_a_rotor_without_inertia_gets_what_keeps_the_servo_calm(tmp_path: Path) -> None:
    robot = adopted(tmp_path, dog_xml(more=MOVED).replace('armature="0.01"', "")).robot
    model = on_ground(robot, 0.002).compile()
    data = mujoco.MjData(model)
    mujoco.mj_resetDataKeyframe(model, data, 0)
    mujoco.mj_forward(model, data)
    full = np.zeros((model.nv, model.nv))
    mujoco.mj_fullM(model, data, full)
    loose = 1 / np.diag(np.linalg.inv(full[6:, 6:]))
    stiffness = [joint.stiffness_nm_rad for joint in robot.joint]
    assert (np.sqrt(stiffness / loose) * 0.002 <= 0.201).all()
    assert min(joint.armature_kg_m2 for joint in robot.joint) > 0
