"""A described robot with a gripper: it grasps, within its limits, what its gripper can hold."""

import dataclasses
from pathlib import Path

import mujoco
import numpy as np
import pytest
from gymnasium.vector import AutoresetMode

from robo_ddpg import RobotVectorEnv
from robo_ddpg.envs.registration import make_task
from robo_ddpg.errors import SettingsError
from tasks.arm.described.description import Robot
from tasks.arm.described.hand import Finger, Link
from tasks.arm.described.reading import read_robot
from tasks.arm.grasp_demonstrator import GraspDemonstrator
from tasks.described.error import RobotError
from tasks.described.reading import written
from tests.adopt.robots import FINGERS, SITE, arm_xml, described, gripping, write


@pytest.fixture
def robot(tmp_path: Path) -> Robot:
    return gripping(write(tmp_path, arm_xml(SITE + FINGERS)))


def grasped(robot: Robot, count: int = 4) -> tuple[np.ndarray, dict[str, float], RobotVectorEnv]:
    """Which scripted episodes were solved, and how far limits were overstepped."""
    mode = AutoresetMode.DISABLED
    env = RobotVectorEnv(count, "grasp", autoreset_mode=mode, threads=1, robot=written(robot))
    observation, _ = env.reset(seed=0)
    script, over = GraspDemonstrator(env.task), {}
    for _ in range(env.episode_steps):
        observation, *_, info = env.step(script.act(observation))
        for name, values in info["violations"].items():
            over[name] = max(over.get(name, 0.0), float(values.max()))
    return info["is_success"], over, env


def test_scripted_grasps_hold_with_both_pads_and_no_limit_is_overstepped(robot: Robot) -> None:
    solved, over, env = grasped(robot)
    assert solved.all()
    assert set(over.values()) == {0.0}
    press = env.task.pads.press
    assert (press > 3.0).all()
    np.testing.assert_allclose(press[:, 0], press[:, 1], atol=0.3)  # nothing else holds the cube
    fingers = env.batch.bind("qpos")[:, 6:8]
    half = env.task.objects.half_m  # a cube that was turned is held by its edges
    assert (np.abs(fingers.mean(1) - 1.2 * half) < 0.22 * half).all()


def test_a_slow_robot_grasps_within_its_own_limits(robot: Robot) -> None:
    limits = {"velocity_rad_s": 0.6, "acceleration_rad_s2": 3.0, "jerk_rad_s3": 600.0}
    slow = tuple(dataclasses.replace(joint, **limits) for joint in robot.joint)
    _, over, env = grasped(dataclasses.replace(robot, joint=slow), 2)
    assert env.task.arm.limits.velocity_rad_s == (0.6,) * 6
    assert set(over.values()) == {0.0}


def test_objects_and_goals_are_those_of_the_gripper_unless_somebody_says_otherwise(
    robot: Robot,
) -> None:
    settings = make_task("grasp", robot=written(robot), cube_m=(0.03, 0.035)).settings
    assert robot.gripper is not None
    assert settings.cube_m == (0.03, 0.035)
    assert settings.goal_high_m == robot.gripper.space.goal_high_m
    assert settings.cube_low_m == robot.gripper.space.objects_low_m
    assert make_task("grasp", robot=written(robot)).settings.cube_m == robot.gripper.object_m


def test_hinges_close_and_take_others_along(tmp_path: Path) -> None:
    hinges = FINGERS.replace('type="slide" axis="0 1 0"', 'axis="-1 0 0"').replace(
        'type="slide" axis="0 -1 0"', 'axis="-1 0 0"'
    )
    hinges += '<body name="rod"><joint name="rod_joint" axis="1 0 0"/><geom size="0.01"/></body>'
    robot = gripping(write(tmp_path, arm_xml(SITE + hinges)))
    assert robot.gripper is not None
    ends = (Finger("left_slide", 0.1, 0.6), Finger("right_slide", -0.1, -0.6))
    link = Link("rod_joint", "left_slide", (0.2, -2.0, 0.0, 0.0, 0.0))
    gripper = dataclasses.replace(robot.gripper, finger=ends, link=(link,))
    task = make_task("grasp", robot=written(dataclasses.replace(robot, gripper=gripper)))
    model, home = task.model, task.model.key("home").qpos
    places = [
        model.joint(f"robot/{n}").qposadr[0] for n in ("left_slide", "right_slide", "rod_joint")
    ]
    np.testing.assert_allclose(home[places], [0.6, -0.6, -1.0])
    data = mujoco.MjData(model)
    mujoco.mj_resetDataKeyframe(model, data, 0)
    data.ctrl[model.actuator("robot/left_slide").id] = 0.1
    data.ctrl[model.actuator("robot/right_slide").id] = -0.1
    mujoco.mj_step(model, data, nstep=400)
    np.testing.assert_allclose(data.qpos[places], [0.1, -0.1, 0.0], atol=5e-3)


def test_grasp_needs_a_gripper(tmp_path: Path) -> None:
    robot = described(write(tmp_path, arm_xml()))
    with pytest.raises(SettingsError, match="tester has no gripper that was understood"):
        make_task("grasp", robot=written(robot))


def test_reach_leaves_the_fingers_where_they_are(robot: Robot) -> None:
    assert make_task("reach", robot=written(robot)).model.njnt == 6


def test_descriptions_without_a_gripper_are_read_and_those_with_one_come_back(
    robot: Robot,
) -> None:
    assert read_robot(written(robot)) == robot
    plain = dataclasses.replace(robot, gripper=None)
    assert read_robot(written(plain)) == plain
    assert read_robot(written(plain).replace(', "gripper": null', "")) == plain


@pytest.mark.parametrize(
    ("changes", "complaint"),
    [
        ({"open_m": 0.03}, "object_m must be a range between closed_m and open_m"),
        ({"force_n": 0.0}, "must be positive"),
        ({"finger": ()}, "finger must be two"),
        ({"shape": ()}, "one each of left_pad"),
        ({"link": (Link("rod", "thumb", (0.0,) * 5),)}, "follows must be one of left_slide"),
    ],
)
def test_impossible_grippers_are_refused(
    changes: dict[str, object], complaint: str, robot: Robot
) -> None:
    assert robot.gripper is not None
    with pytest.raises(RobotError, match=complaint):
        dataclasses.replace(robot.gripper, **changes)


def test_grippers_that_do_not_go_with_the_arm_are_refused(robot: Robot) -> None:
    gripper = robot.gripper
    assert gripper is not None
    space = dataclasses.replace(gripper.space, home_rad=(0.0, 9.0))
    with pytest.raises(RobotError, match="home_rad must be a position of each joint"):
        dataclasses.replace(robot, gripper=dataclasses.replace(gripper, space=space))
    arms = (Finger("j1", 0.0, 0.1), gripper.finger[1])
    with pytest.raises(RobotError, match="each joint can be there once"):
        dataclasses.replace(robot, gripper=dataclasses.replace(gripper, finger=arms))


def test_what_the_file_has_not_is_named(robot: Robot) -> None:
    text = written(robot).replace('"left_slide"', '"thumb"')
    with pytest.raises(RobotError, match="has no joint 'thumb'"):
        _ = make_task("grasp", robot=text).model


def test_files_in_degrees_keep_limits_in_radians(tmp_path: Path) -> None:
    xml = arm_xml(joint='range="-160 160" armature="0.05"').replace("radian", "degree")
    model = make_task("reach", robot=written(described(write(tmp_path, xml)))).model
    np.testing.assert_allclose(model.jnt_range, [[-2.8, 2.8]] * 6)
