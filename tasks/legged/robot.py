"""What is known of the legged robots beyond their MJCF: names in order, limits, mass."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Literal

import mujoco
import numpy as np


@dataclass(frozen=True)
class LeggedRobot:
    """A robot on legs, as its tasks and the safety filter see it."""

    name: str
    """Name of the robot; its MJCF is `assets/<name>.xml`."""
    torso: str
    """Body that pushes act on and cameras follow, and the site at its origin, x forward, z up."""
    joints: tuple[str, ...]
    """Driven joints in the order of the controls; each has an actuator of the same name."""
    kind: Literal["motor", "position"]
    """Whether commands are shares of the greatest torque, or joint positions [rad]."""
    torque_nm: tuple[float, ...]
    """Greatest torque of each joint [N m]."""
    velocity_rad_s: tuple[float, ...]
    """Greatest speed of each joint [rad/s], where its motor has no torque left."""
    command_rate: tuple[float, ...]
    """Greatest rate of change of each command: [1/s] for motors, [rad/s] for positions."""
    feet: tuple[str, ...]
    """Sites inside the soles; the geom that touches the ground there is `<foot>_collision`."""
    mass_kg: float
    """Mass of the whole robot [kg]."""
    planar: bool = True
    """Whether it moves in the plane x-z only, or freely in space."""

    def __post_init__(self) -> None:
        """Check that the limits are complete, finite and positive."""
        if self.kind not in ("motor", "position"):
            raise ValueError(f"kind must be 'motor' or 'position', got {self.kind!r}")
        n = len(self.joints)
        for field in ("torque_nm", "velocity_rad_s", "command_rate"):
            values = getattr(self, field)
            if len(values) != n or not all(0 < value < np.inf for value in values):
                raise ValueError(f"{field} must be {n} positive numbers, got {values}")
        if not 0 < self.mass_kg < np.inf:
            raise ValueError(f"mass_kg must be positive and finite, got {self.mass_kg}")

    @property
    def root(self) -> tuple[str, ...]:
        """Joints between the world and the torso."""
        return ("root_x", "root_z", "root_pitch") if self.planar else ("root",)

    @property
    def upward(self) -> int:
        """Where among the positions the height of the torso is."""
        return 1 if self.planar else 2

    @property
    def foot_geoms(self) -> tuple[str, ...]:
        """Geoms with which the feet touch the ground."""
        return tuple(f"{foot}_collision" for foot in self.feet)


RUNNER = LeggedRobot(
    name="runner",
    torso="torso",
    joints=("rear_hip", "rear_knee", "rear_ankle", "front_hip", "front_knee", "front_ankle"),
    kind="motor",
    # Our own design, of motors of up to 0.6 kW (a quarter of torque times no-load speed).
    torque_nm=(100.0, 75.0, 45.0, 90.0, 60.0, 36.0),
    velocity_rad_s=(25.0, 25.0, 30.0, 25.0, 25.0, 30.0),
    command_rate=(100.0,) * 6,
    feet=("rear_foot", "front_foot"),
    mass_kg=14.0,
)
"""The planar runner: a hind leg and a front leg."""

_LEGS = ("FL", "FR", "RL", "RR")

QUADRUPED = LeggedRobot(
    name="quadruped",
    torso="trunk",
    joints=tuple(f"{leg}_{joint}" for leg in _LEGS for joint in ("hip", "thigh", "calf")),
    kind="position",
    # Unitree Robotics, unitree_ros, robots/go1_description/xacro/const.xacro.
    torque_nm=(23.7, 23.7, 35.55) * 4,
    velocity_rad_s=(30.1, 30.1, 20.06) * 4,
    # A target need not move faster than its joint can.
    command_rate=(30.1, 30.1, 20.06) * 4,
    feet=tuple(f"{leg}_foot" for leg in _LEGS),
    # The sum of the links, rotors and feet there.
    mass_kg=13.1,
    planar=False,
)
"""A small quadruped with the Unitree Go1's dimensions, masses and limits."""

HOPPER = LeggedRobot(
    name="hopper",
    torso="torso",
    joints=("hip", "knee", "ankle"),
    kind="motor",
    # Our own design, of motors of up to 0.4 kW.
    torque_nm=(60.0, 60.0, 30.0),
    velocity_rad_s=(25.0,) * 3,
    command_rate=(100.0,) * 3,
    feet=("foot",),
    mass_kg=8.5,
)
"""The planar hopper: one leg."""

WALKER = LeggedRobot(
    name="walker",
    torso="torso",
    joints=tuple(f"{leg}_{j}" for leg in ("left", "right") for j in ("hip", "knee", "ankle")),
    kind="motor",
    # Our own design, of motors of up to 0.6 kW.
    torque_nm=(100.0, 100.0, 50.0) * 2,
    velocity_rad_s=(25.0,) * 6,
    command_rate=(100.0,) * 6,
    feet=("left_foot", "right_foot"),
    mass_kg=20.0,
)
"""The planar walker: two legs."""


def check(robot: LeggedRobot, model: mujoco.MjModel) -> None:
    """Check that a compiled model has the robot's names, order, mass and limits.

    Args:
        robot: the facts.
        model: a model that should contain the robot.

    Raises:
        ValueError: what does not fit.
    """
    _check_names(robot, model)
    torso = model.body(robot.torso)
    _expect(robot, "controls", [model.actuator(i).name for i in range(model.nu)], robot.joints)
    _expect(robot, "mass [kg]", torso.subtreemass, [robot.mass_kg])
    _expect(robot, "torque limits [N m]", _torque_limits(robot, model), robot.torque_nm)
    if robot.kind == "motor":
        damping = [float(np.ravel(model.joint(name).damping)[0]) for name in robot.joints]
        no_load = np.divide(robot.torque_nm, damping).tolist()
        _expect(robot, "no-load speeds [rad/s]", no_load, robot.velocity_rad_s)


def _check_names(robot: LeggedRobot, model: mujoco.MjModel) -> None:
    wanted = {
        "body": (robot.torso,),
        "joint": (*robot.root, *robot.joints),
        "actuator": robot.joints,
        "site": (robot.torso, *robot.feet),
        "geom": robot.foot_geoms,
    }
    for kind, names in wanted.items():
        kind_id = getattr(mujoco.mjtObj, f"mjOBJ_{kind.upper()}")
        missing = [name for name in names if mujoco.mj_name2id(model, kind_id, name) < 0]
        if missing:
            raise ValueError(
                f"the model lacks {kind} {missing} of {robot.name!r}; compose it with legged_scene"
            )


def _torque_limits(robot: LeggedRobot, model: mujoco.MjModel) -> list[float]:
    """Greatest torque of each actuator at its joint [N m]."""
    limited = "ctrlrange" if robot.kind == "motor" else "forcerange"
    actuators = [model.actuator(name) for name in robot.joints]
    return [float(actuator.gear[0] * getattr(actuator, limited)[1]) for actuator in actuators]


def _expect(robot: LeggedRobot, what: str, given: Sequence[Any], wanted: Sequence[Any]) -> None:
    """Raise unless two sequences are the same, numbers to 1 in 1000."""
    numbers = not isinstance(wanted[0], str)
    same = np.allclose(given, wanted, rtol=1e-3) if numbers else list(given) == list(wanted)
    if not same:
        raise ValueError(
            f"the model's {what} are {list(given)}, but {robot.name!r} has {list(wanted)}; change "
            f"assets/{robot.name}.xml and tasks/legged/robot.py together"
        )
