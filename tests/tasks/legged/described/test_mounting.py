"""Robots of others on our ground, and descriptions that do not fit."""

import dataclasses
from pathlib import Path

import mujoco
import numpy as np
import pytest

from tasks.arm.described.reading import read_robot
from tasks.described.error import RobotError
from tasks.described.reading import written
from tasks.legged.described.description import Robot
from tasks.legged.described.four_legs import four_legs_of, legged_of
from tasks.legged.described.mounting import on_ground
from tasks.legged.described.reading import read_legged
from tasks.legged.quadruped import MARGINS, Quadruped
from tasks.legged.robot import check
from tests.adopt.legs.dogs import BOX, MOTORS, STANDS, adopted, dog_xml
from tests.adopt.robots import described

MORE = f"<actuator>{MOTORS}</actuator>{STANDS}"


@pytest.fixture(scope="module")
def robot(tmp_path_factory: pytest.TempPathFactory) -> Robot:
    """A dog whose file has its right legs first, and sites and a camera of its own."""
    decoration = '<site name="trunk"/><camera name="eye" pos="1 0 0"/><light name="key"/>'
    xml = dog_xml(order=("FR", "FL", "RR", "RL"), on_back=decoration, more=MORE)
    return adopted(tmp_path_factory.mktemp("dog"), xml).robot


def test_names_limits_and_mass_are_what_tasks_expect(robot: Robot) -> None:
    model = on_ground(robot, 0.002).compile()
    check(legged_of(robot), model)
    assert {model.camera(i).name for i in range(model.ncam)} == {"side", "front", "follow"}
    assert {model.light(i).name for i in range(model.nlight)} == {"key", "fill"}
    assert model.nkey == 1
    assert model.opt.timestep == 0.002


@pytest.mark.parametrize("camera", ["side", "front", "follow"])
def test_a_camera_sees_all_of_the_robot(robot: Robot, camera: str) -> None:
    model = on_ground(robot, 0.002).compile()
    data = mujoco.MjData(model)
    mujoco.mj_resetDataKeyframe(model, data, 0)
    mujoco.mj_forward(model, data)
    view = data.camera(camera)
    seen = (data.geom_xpos[model.geom_bodyid > 0] - view.xpos) @ view.xmat.reshape(3, 3)
    reach = -seen[:, 2:] * np.tan(np.radians(model.camera(camera).fovy[0]) / 2)
    assert np.all(seen[:, 2] < 0)
    assert np.all(np.abs(seen[:, :2]) < reach * [4 / 3, 1])


def test_only_what_touches_is_solid_and_only_for_the_floor(robot: Robot) -> None:
    model = on_ground(robot, 0.002).compile()
    solid = {
        model.geom(i).name
        for i in range(model.ngeom)
        if model.geom_contype[i] or model.geom_conaffinity[i]
    }
    feet = set(legged_of(robot).foot_geoms)
    assert solid == {"floor"} | feet | {f"robot/{name}" for name in robot.touching}
    data = mujoco.MjData(model)
    data.qpos[2], data.qpos[3] = 0.05, 1.0
    mujoco.mj_forward(model, data)
    assert data.ncon > 0
    floor = model.geom("floor").id
    assert all(floor in pair for pair in data.contact.geom)


def test_a_robot_is_seen_by_what_collides_if_most_of_it_is_hidden(tmp_path: Path) -> None:
    hidden = dog_xml(more=STANDS).replace('type="capsule"', 'type="capsule" group="4"')
    scene = on_ground(adopted(tmp_path, hidden).robot, 0.002)
    assert {geom.group for geom in scene.body("robot/FL_thigh").geoms} == {4}
    hidden = hidden.replace('name="trunk_box"', 'name="trunk_box" group="3"').replace(
        "<geom size='0.03'", "<geom group='3' size='0.03'"
    )
    scene = on_ground(adopted(tmp_path, hidden).robot, 0.002)
    assert {geom.group for geom in scene.body("robot/FL_thigh").geoms} == {0}


def test_the_trot_lifts_the_legs_of_a_diagonal_whatever_their_order(robot: Robot) -> None:
    legs = four_legs_of(robot)
    phases = dict(zip((leg.name for leg in robot.leg), legs.steps.phases, strict=True))
    assert phases["FL"] == phases["RR"] != phases["FR"] == phases["RL"]
    assert [leg.name for leg in robot.leg] == ["FR", "FL", "RR", "RL"]


def test_a_foot_that_is_added_touches_the_ground(tmp_path: Path) -> None:
    shod = adopted(tmp_path, dog_xml(foot=BOX, more=STANDS)).robot
    model = on_ground(shod, 0.002).compile()
    data = mujoco.MjData(model)
    mujoco.mj_resetDataKeyframe(model, data, 0)
    data.qpos[2] -= 0.001  # its height is rounded
    mujoco.mj_forward(model, data)
    touching = {model.geom(int(g)).name for pair in data.contact.geom for g in pair} - {"floor"}
    assert touching == set(legged_of(shod).foot_geoms)


def test_the_task_takes_size_and_limits_from_the_robot(robot: Robot) -> None:
    large = dataclasses.replace(robot, leg_m=4 * 0.426, forward_m_s=(-1.0, 2.0), push_n=7.0)
    task = Quadruped(robot=written(large), turn_rad_s=(-0.1, 0.1))
    assert (task.settings.forward_m_s, task.settings.random_push_n) == ((-1.0, 2.0), 7.0)
    assert task.settings.turn_rad_s == (-0.1, 0.1)
    assert task.legs.pace == pytest.approx(2.0)
    assert task._margins["velocity"] == pytest.approx(2 * MARGINS["velocity"])
    assert task._margins["turn"] == pytest.approx(MARGINS["turn"] / 2)
    assert read_legged(task.settings.robot) == large
    assert task.about_robot()["torque_nm"][:3] == (20.0, 21.0, 30.0)
    np.testing.assert_allclose(task.action_scale()[:2], [0.45, 0.5])
    assert Quadruped().legs.pace == 1.0


def test_the_robot_of_one_kind_of_task_is_refused_by_the_other(
    robot: Robot, tmp_path: Path
) -> None:
    arm = written(described(tmp_path / "arm.xml"))
    with pytest.raises(RobotError, match="describes an arm, and this task needs a robot on legs"):
        read_legged(arm)
    with pytest.raises(RobotError, match="describes a robot on legs, and this task needs an arm"):
        read_robot(written(robot))


@pytest.mark.parametrize(
    ("change", "complaint"),
    [
        ({"torso": "belly"}, "has no body 'belly', which dog needs"),
        ({"model": "/nowhere/dog.xml"}, "the model of dog is not at /nowhere/dog.xml any more"),
        ({"touching": ("tail",)}, "has no geom 'tail'"),
    ],
)
def test_what_the_file_has_not_is_named(
    change: dict[str, object], complaint: str, robot: Robot
) -> None:
    with pytest.raises(RobotError, match=complaint):
        on_ground(dataclasses.replace(robot, **change), 0.002)


def test_impossible_descriptions_are_refused(robot: Robot) -> None:
    joint, leg = robot.joint[0], robot.leg[0]
    for change, complaint in (
        ({"leg": (dataclasses.replace(leg, name="XL"), *robot.leg[1:])}, "legs must be FL, FR"),
        ({"joint": robot.joint[::-1]}, "abduction, hip and knee of each leg in turn"),
        ({"joint": (dataclasses.replace(joint, home_rad=2.0), *robot.joint[1:])}, "home_rad must"),
        (
            {"joint": (dataclasses.replace(joint, torque_nm=0.0), *robot.joint[1:])},
            "torque_nm must",
        ),
        ({"height_m": 0.0}, "height_m must be positive"),
    ):
        with pytest.raises(RobotError, match=complaint):
            dataclasses.replace(robot, **change)
