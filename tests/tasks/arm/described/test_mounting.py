"""A described robot at the table: driven, limited and learned on as our own."""

import dataclasses
import json
from pathlib import Path
from typing import Any

import mujoco
import numpy as np
import pytest
from gymnasium.vector import AutoresetMode

from robo_ddpg import RobotVectorEnv
from robo_ddpg.envs.registration import make_task, make_task_of
from robo_ddpg.model_fields import model_hash
from tasks.arm.described.description import Robot
from tasks.described.reading import written
from tests.adopt.robots import NAMES, POSITION, arm_xml, described, write

TRAPS = (
    # Names of our own scene, a key, contacts with oneself, options, and things beside the robot.
    '<geom name="table" size="0.1" mass="0"/><camera name="front"/>'
    '<body name="goal"><joint name="extra"/><geom size="0.02"/></body>'
)
BESIDE = '<body name="thing" pos="1 1 1"><freejoint/><geom size="0.1"/></body>'


@pytest.fixture
def robot(tmp_path: Path) -> Robot:
    xml = arm_xml(TRAPS, more=BESIDE, joint='range="-1 1" frictionloss="3" damping="2"')
    xml = xml.replace("<worldbody>", '<option gravity="0 0 0" timestep="0.01"/><worldbody>')
    return described(write(tmp_path, xml))


def reach(robot: Robot, count: int, **settings: Any) -> RobotVectorEnv:
    mode = AutoresetMode.DISABLED
    return RobotVectorEnv(
        count, "reach", autoreset_mode=mode, threads=1, robot=written(robot), **settings
    )


def test_only_the_arm_moves_and_physics_is_that_of_the_scene(robot: Robot) -> None:
    model = make_task("reach", robot=written(robot)).model
    assert [model.joint(i).name for i in range(model.njnt)] == [f"robot/{name}" for name in NAMES]
    assert [model.actuator(i).name for i in range(model.nu)] == [f"robot/{name}" for name in NAMES]
    assert model.opt.timestep == 0.0025
    np.testing.assert_allclose(model.opt.gravity, [0, 0, -9.81])
    np.testing.assert_allclose(model.jnt_range, [[-2.8, 2.8]] * 6)
    assert not model.dof_frictionloss.any()
    assert not model.dof_damping.any()
    assert not model.geom_contype.any()
    np.testing.assert_allclose(model.key("home").qpos, [j.home_rad for j in robot.joint])


def test_the_arm_stands_still_at_home_with_its_hand_down_under_its_own_weight(robot: Robot) -> None:
    model = make_task("reach", robot=written(robot)).model
    data = mujoco.MjData(model)
    mujoco.mj_resetDataKeyframe(model, data, 0)
    mujoco.mj_step(model, data, nstep=400)
    np.testing.assert_allclose(data.qpos, model.key("home").qpos, atol=1e-3)
    assert data.site("tip").xmat[8] < -0.99


@pytest.mark.parametrize("kind", ["end-effector", "joint"])
def test_it_keeps_its_own_limits_under_bang_bang_actions(robot: Robot, kind: str) -> None:
    limits = {"velocity_rad_s": 0.7, "acceleration_rad_s2": 3.0, "jerk_rad_s3": 600.0}
    slow = tuple(dataclasses.replace(joint, **limits) for joint in robot.joint)
    env = reach(dataclasses.replace(robot, joint=slow), 8, action=kind)
    env.reset(seed=0)
    rng = np.random.default_rng(0)
    shape = (8, *env.single_action_space.shape)
    for step in range(env.episode_steps):
        if step % 6 == 0:
            action = np.sign(rng.uniform(-1, 1, shape)).astype(np.float32)
        *_, info = env.step(action)
    assert info["safety"]["joint_velocity"]["count"].any()
    assert {name: values.max() for name, values in info["violations"].items()} == dict.fromkeys(
        info["violations"], 0.0
    )


@pytest.mark.parametrize("down", [True, False])
def test_an_action_moves_the_tip_along_its_axis(robot: Robot, down: bool) -> None:
    env = reach(dataclasses.replace(robot, down=down), 1, start_noise_rad=0.0)
    env.reset(seed=0)
    site = env.task.model.site("tip").id
    place, frame = env.batch.bind("site_xpos")[0, site], env.batch.bind("site_xmat")[0, site]
    before = place.copy()
    for _ in range(5):
        env.step(np.array([[0, 1, 0]], np.float32))
    moved = place - before
    assert moved[1] > 0.04
    assert np.abs(moved[[0, 2]]).max() < 0.01
    assert not down or frame.reshape(3, 3)[2, 2] < -0.999


def test_goals_come_from_the_robots_own_box_unless_it_is_said_otherwise(robot: Robot) -> None:
    env = reach(robot, 50)
    env.reset(seed=0)
    goals = env.batch.bind("mocap_pos")[:, 0]
    assert (goals >= robot.workspace.goal_low_m).all()
    assert (goals <= robot.workspace.goal_high_m).all()
    other = make_task("reach", robot=written(robot), goal_low_m=(0.0, 0.0, 0.1))
    assert other.settings.goal_low_m == (0.0, 0.0, 0.1)


def test_what_is_kept_of_a_task_holds_the_robot_and_tells_another_model(
    robot: Robot, tmp_path: Path
) -> None:
    task = make_task("reach", robot=written(robot))
    kept = json.loads(json.dumps(task.describe()))
    assert json.loads(kept["settings"]["robot"])["joint"][0]["name"] == "j1"
    before = model_hash(make_task_of(kept).model)
    assert before == model_hash(task.model)
    write(tmp_path, Path(robot.model).read_text().replace('mass="0.5"', 'mass="0.6"'))
    assert model_hash(make_task_of(kept).model) != before
    Path(robot.model).unlink()
    with pytest.raises(ValueError, match="model of tester is not at"):
        _ = make_task_of(kept).model


@pytest.mark.parametrize(
    ("changes", "complaint"),
    [
        ({"touching": ("nothing",)}, "no geom 'nothing', which tester needs"),
        ({"base": {"body": "foot", "position_m": [0, 0, 0], "quaternion": [1, 0, 0, 0]}},
         "no body 'foot'"),
    ],
)  # fmt: skip
def test_what_the_file_does_not_have_is_named(
    robot: Robot, changes: dict[str, Any], complaint: str
) -> None:
    text = json.dumps(json.loads(written(robot)) | changes)
    with pytest.raises(ValueError, match=complaint):
        _ = make_task("reach", robot=text).model


def test_actuators_of_any_kind_give_way_to_servos(robot: Robot, tmp_path: Path) -> None:
    motors = POSITION.replace("position", "motor").replace('kp="300" kv="20"', 'gear="50"')
    path = write(tmp_path, arm_xml(actuators=motors), "motors.xml")
    model = make_task("reach", robot=written(dataclasses.replace(robot, model=str(path)))).model
    np.testing.assert_allclose(model.actuator_gainprm[:, 0], 3000.0)
    np.testing.assert_allclose(model.actuator_biasprm[:, 1:3], [[-3000.0, -90.0]] * 6)
    np.testing.assert_allclose(model.jnt_actfrcrange, [[-60.0, 60.0]] * 6)
