"""The described robots that ship: known by name, as they are published, and able to grasp."""

from pathlib import Path

import mujoco
import numpy as np
import pytest

from robo_ddpg.envs.names import make_environment
from robo_ddpg.envs.registration import make_task
from robo_ddpg.errors import SettingsError
from tasks.arm.described.mounting import model_at_table
from tasks.arm.described.reading import read_robot
from tasks.arm.grasp_demonstrator import GraspDemonstrator
from tasks.described import shipped
from tasks.described.error import RobotError
from tasks.described.reading import read, written
from tasks.legged.described.description import Robot as LeggedRobot

NAMES = ("so101", "ur5e")

# Universal Robots, "DH Parameters for calculations of kinematics and dynamics", UR5e.
DH_A = (0, -0.425, -0.3922, 0, 0, 0)
DH_D = (0.1625, 0, 0, 0.1333, 0.0997, 0.0996)
DH_ALPHA = np.pi / 2 * np.array([1, 0, 0, 1, -1, 0])
FLANGE_TO_TCP = 0.1565
# SO-ARM100, Simulation/SO101/so101_new_calib.urdf: origins (x, y, z, roll, pitch, yaw) of the
# joints from the base outward, and of the frame between the jaws.
ORIGINS = (
    (0.0388353, 0, 0.0624, np.pi, 0, np.pi),
    (-0.0303992, -0.0182778, -0.0542, -np.pi / 2, -np.pi / 2, 0),
    (-0.11257, -0.028, 0, 0, 0, np.pi / 2),
    (-0.1349, 0.0052, 0, 0, 0, -np.pi / 2),
    (0, -0.0611, 0.0181, np.pi / 2, 0, np.pi),
)
GRIPPERFRAME = (-0.0079, 0, -0.0981)
ANGLES = (0.4, -0.9, 1.1, 0.7, -0.3, 0.5)


def turn(axis: int, angle: float) -> np.ndarray:
    """Rotation about x, y or z as a transform, (4, 4)."""
    c, s = np.cos(angle), np.sin(angle)
    pose, (i, j) = np.eye(4), ((1, 2), (2, 0), (0, 1))[axis]
    pose[[i, i, j, j], [i, j, i, j]] = c, -s, s, c
    return pose


def shift(*way: float) -> np.ndarray:
    pose = np.eye(4)
    pose[:3, 3] = way
    return pose


def placed(name: str, site: str, angles: tuple[float, ...]) -> np.ndarray:
    """Where a site is in the robot's own file [m], (3,)."""
    model = mujoco.MjModel.from_xml_path(str(shipped.folder() / f"{name}.xml"))
    data = mujoco.MjData(model)
    data.qpos[: len(angles)] = angles
    mujoco.mj_kinematics(model, data)
    return data.site(site).xpos


def test_the_ur5e_has_the_published_kinematics() -> None:
    pose = turn(2, np.pi)  # its x axis points backward, as in the figure of the source
    for a, d, alpha, angle in zip(DH_A, DH_D, DH_ALPHA, ANGLES, strict=True):
        pose = pose @ turn(2, angle) @ shift(a, 0, d) @ turn(0, alpha)
    tcp = (pose @ shift(0, 0, FLANGE_TO_TCP))[:3, 3]
    np.testing.assert_allclose(placed("ur5e", "tcp", ANGLES), tcp, atol=1e-6)


def test_the_so101_has_the_published_kinematics() -> None:
    pose = shift(0, 0, 0.0024)
    for (x, y, z, roll, pitch, yaw), angle in zip(ORIGINS, ANGLES[:5], strict=True):
        pose = pose @ shift(x, y, z) @ turn(2, yaw) @ turn(1, pitch) @ turn(0, roll)
        pose = pose @ turn(2, angle)
    tip = (pose @ shift(*GRIPPERFRAME))[:3, 3]
    np.testing.assert_allclose(placed("so101", "gripperframe", ANGLES[:5]), tip, atol=1e-6)


@pytest.mark.parametrize(
    ("name", "mass_kg", "torques_nm"),
    [
        # The arm as published, a base of 4 kg, and a Hand-E of 1.059 kg with its coupler.
        ("ur5e", 17.7 + 4.0 + 1.059, (150.0, 150.0, 150.0, 28.0, 28.0, 28.0)),
        ("so101", 0.632, (2.94,) * 5),
    ],
)
def test_masses_and_torques_are_the_published_ones(
    name: str, mass_kg: float, torques_nm: tuple[float, ...]
) -> None:
    robot = read_robot(name)
    assert tuple(joint.torque_nm for joint in robot.joint) == torques_nm
    model = model_at_table(robot)
    arm = [model.body(i).name for i in range(model.nbody)]
    masses = [model.body_mass[i] for i, body in enumerate(arm) if body.startswith("robot/")]
    assert sum(masses) == pytest.approx(mass_kg, abs=1e-3)


def test_a_robot_that_ships_is_the_same_wherever_the_package_lies(tmp_path: Path) -> None:
    robot = read_robot("ur5e")
    assert robot.model == "ur5e.xml"
    assert read_robot(str(shipped.folder() / "ur5e.toml")) == robot
    assert make_task("reach", robot=written(robot)).model.nu == 6
    copied = tmp_path / "ur5e.toml"
    copied.write_text((shipped.folder() / "ur5e.toml").read_text())
    assert read_robot(str(copied)).model == str(tmp_path / "ur5e.xml")


def test_a_file_of_the_name_comes_before_the_robot_that_ships(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "so101").mkdir()  # as adopt leaves one, with pictures in it
    assert read_robot("so101").name == "so101"
    (tmp_path / "ur5e").write_text("name = 3")
    with pytest.raises(RobotError, match="ur5e: model is missing"):
        read_robot("ur5e")


def test_names_that_are_misspelt_are_answered_with_the_nearest_one() -> None:
    with pytest.raises(RobotError, match="no robot ur5; did you mean ur5e"):
        read_robot("ur5")
    with pytest.raises(RobotError, match="so101 and ur5e ship"):
        read_robot("xyzzy.toml")
    with pytest.raises(RobotError, match="it describes an arm"):
        read(LeggedRobot, "ur5e")


@pytest.mark.parametrize("name", NAMES)
def test_scripted_grasps_are_solved_within_all_limits(name: str) -> None:
    env = make_environment("grasp", 6, threads=1, robot=name)
    assert env.simulation is not None
    script = GraspDemonstrator(env.simulation.task)
    observation, _ = env.reset(seed=7_000)
    for _ in range(env.simulation.task.episode_steps):
        observation, *_, info = env.step(script.act(observation))
    assert info["is_success"].all()
    assert max(float(worst.max()) for worst in info["violations"].values()) == 0.0


def test_the_point_between_the_pads_stays_where_it_is_while_one_jaw_closes() -> None:
    env = make_environment("grasp", 1, threads=1, robot="so101", start_noise_rad=0.0)
    env.reset(seed=0)
    task = env.simulation.task
    action = np.zeros((1, 4), np.float32)
    action[:, -1] = -1.0
    start, site = task.observe()["tip"][0].copy(), task._site[0].copy()
    for _ in range(task.episode_steps // 2):
        env.step(action)
    moved = (task.observe()["tip"][0] - start) * task.view.scale_m
    assert np.abs(moved).max() < 3e-3  # the jaw moves along an arc, what is measured is linear
    gripper = read_robot("so101").gripper
    assert gripper is not None
    half = gripper.travel_m / 2
    assert np.linalg.norm(task._site[0] - site) == pytest.approx(half, abs=2e-3)


def test_an_arm_of_five_joints_cannot_turn_its_hand() -> None:
    with pytest.raises(SettingsError, match="an arm of 5 joints cannot turn its hand"):
        make_task("grasp", robot="so101", yaw=True)
    assert make_task("grasp", robot="ur5e", yaw=True).action.yaw_step_rad > 0
