"""Limits of joints: from where, and what is said where the file says nothing."""

from pathlib import Path

import mujoco
import numpy as np
import pytest

from robo_ddpg.adopt.limits import ARMS, FileLimits, limits_of
from robo_ddpg.adopt.servos import Load, driven, measure_load
from robo_ddpg.adopt.sources import Sources
from tasks.described.loading import open_robot
from tests.adopt.robots import arm_xml, write

URDF = """<robot name="u"><link name="base"/><link name="arm"><inertial><mass value="1"/>
<inertia ixx=".1" iyy=".1" izz=".1" ixy="0" ixz="0" iyz="0"/></inertial></link>
<joint name="j" type="revolute"><parent link="base"/><child link="arm"/><axis xyz="0 0 1"/>
<limit lower="-1" upper="2" velocity="{velocity}" effort="{effort}"/></joint></robot>"""


def found(
    folder: Path, xml: str, name: str = "r.xml", speed: float | None = None
) -> tuple[FileLimits, Sources]:
    """The limits of the first joint."""
    sources = Sources()
    return limits_of(open_robot(write(folder, xml, name)), 0, sources, speed), sources


@pytest.mark.parametrize(
    ("joint", "actuator", "torque", "source"),
    [
        ('range="-1 1" actuatorfrcrange="-60 60"', '<motor joint="j1"/>', 60.0, "actuatorfrc"),
        ('range="-1 1"', '<motor joint="j1" gear="50" ctrlrange="-0.8 0.8"/>', 40.0, "motor"),
        ('range="-1 1"', '<position joint="j1" kp="9" forcerange="-7 9"/>', 7.0, "force range"),
        # The least of what is said.
        ('range="-1 1" actuatorfrcrange="-60 60"',
         '<motor joint="j1" gear="50" ctrlrange="-1 1"/>', 50.0, "motor"),
    ],
)  # fmt: skip
def test_torques_come_from_what_limits_them(
    joint: str, actuator: str, torque: float, source: str, tmp_path: Path
) -> None:
    limits, sources = found(tmp_path, arm_xml(joint=joint, actuators=actuator))
    assert limits.torque_nm == pytest.approx(torque)
    assert source in sources.of["joint.j1.torque_nm"]


def test_a_file_without_limits_gets_conservative_ones_and_says_so(tmp_path: Path) -> None:
    limits, sources = found(tmp_path, arm_xml(joint="", actuators=""))
    assert (limits.low_rad, limits.high_rad) == (-np.pi, np.pi)
    assert limits.velocity_rad_s == ARMS.speed_rad_s
    assert limits.torque_nm is None
    assert len(sources.doubts) == 2


def test_a_speed_that_somebody_knows_is_taken(tmp_path: Path) -> None:
    limits, sources = found(tmp_path, arm_xml(), speed=3.1)
    assert limits.velocity_rad_s == 3.1
    assert sources.of["joint.j1.velocity_rad_s"] == "--joint-speed"


@pytest.mark.parametrize(
    ("velocity", "effort", "expected"),
    [
        ("1.5", "40", (1.5, 40.0)),
        ("100", "1000", (ARMS.speed_rad_s, None)),
        ("0", "0", (ARMS.speed_rad_s, None)),
    ],
)
def test_a_urdf_says_speed_and_effort_unless_they_are_placeholders(
    velocity: str, effort: str, expected: tuple[float, float | None], tmp_path: Path
) -> None:
    xml = URDF.format(velocity=velocity, effort=effort)
    limits, _ = found(tmp_path, xml, "r.urdf")
    assert (limits.velocity_rad_s, limits.torque_nm) == expected
    assert (limits.low_rad, limits.high_rad) == (-1.0, 2.0)


PENDULUM = """<mujoco><compiler angle="radian"/><worldbody><body gravcomp="1">
 <joint name="j" range="-3 3" axis="0 1 0"
 {joint}/><geom type="sphere" size=".001" pos="0 0 -0.5" mass="2"/></body></worldbody>
 <actuator>{actuator}</actuator></mujoco>"""


def servo_of(folder: Path, actuator: str, joint: str = "") -> tuple[float, float, str]:
    """Stiffness and damping of a mass of 2 kg at 0.5 m, and why."""
    xml = PENDULUM.format(actuator=actuator, joint=joint)
    sources, model = Sources(), mujoco.MjModel.from_xml_string(xml)
    load = measure_load(model, [0])
    # 2 kg at 0.5 m: 0.5 kg m^2 and at most 9.81 N m.
    assert load.inertia[0] == pytest.approx(0.5, rel=1e-3)
    assert load.weight[0] == pytest.approx(9.81, rel=1e-2)
    limits = [FileLimits(-3.0, 3.0, 2.0, None)]
    (made,) = driven(model, [0], limits, load, np.zeros(1), sources)
    # Without a torque in the file: 1.5 times the weight and ten times the inertia.
    assert made.torque_nm == pytest.approx(1.5 * 9.81 + 10 * 0.51, rel=0.05)
    # Half of what the weight leaves of it: (1.5 - 1) * 9.81 / 2 + 10 * 0.51 / 2 over 0.51.
    damping = made.damping_nm_s_rad
    slowest = min(9.8, max(2.0, 0.04 * 2.0 * damping / 0.51))
    assert made.acceleration_rad_s2 == pytest.approx(slowest, rel=0.05)
    why = sources.of["joint.j.stiffness_nm_rad"]
    return made.stiffness_nm_rad, made.damping_nm_s_rad, why


@pytest.mark.parametrize(
    ("actuator", "joint", "why"),
    [
        ("", "", "no position servo"),
        ('<motor joint="j"/>', "", "no position servo"),
        ('<position joint="j" kp="20"/>', "", "too soft"),
        ('<position joint="j" kp="500" kv="1"/>', "", "would swing"),
        ('<position joint="j" kp="500" kv="400"/>', "", "lags by 0.8 s"),
    ],
)
def test_joints_without_a_useful_servo_get_one_that_follows_from_their_inertia(
    actuator: str, joint: str, why: str, tmp_path: Path
) -> None:
    stiffness, damping, source = servo_of(tmp_path, actuator, joint)
    assert why in source
    # 0.51 kg m^2 with the least armature; damped at 180/s, 0.2 s of lag.
    assert damping == pytest.approx(0.51 * 180, rel=0.01)
    assert stiffness == pytest.approx(damping / 0.2, rel=0.01)


def test_a_good_servo_of_the_file_is_used_as_it_is_with_the_damping_of_its_joint(
    tmp_path: Path,
) -> None:
    actuator = '<position joint="j" kp="500" kv="30"/>'
    stiffness, damping, source = servo_of(tmp_path, actuator, 'damping="3"')
    assert (stiffness, damping) == (500.0, 33.0)
    assert "the file's servo" in source


def test_a_light_joint_without_a_torque_holds_a_quarter_of_the_strongest(tmp_path: Path) -> None:
    opened, sources = open_robot(write(tmp_path, arm_xml(actuators=""))), Sources()
    load = Load(np.array([1.0, 1.0, 0.01]), np.array([0.0, 40.0, 0.0]))
    limits = [FileLimits(-1.0, 1.0, 2.0, torque) for torque in (20.0, None, None)]
    made = driven(opened.model, [0, 1, 2], limits, load, np.zeros(3), sources)
    # 1.5 x 40 + 10 x (1 + armature of 0.05), and a quarter of that; it moves as with 10 x inertia.
    assert [joint.torque_nm for joint in made] == pytest.approx([20.0, 70.5, 70.5 / 4], rel=0.01)
    assert made[2].acceleration_rad_s2 == pytest.approx(5.0)
