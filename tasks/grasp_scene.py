"""The scene of `grasp`: arm, table, cube, goal marker, and contact physics that holds."""

import mujoco
import numpy as np

from tasks.scene import add_marker, arm_scene

OBJECT = "object"
"""Name of the cube's body, joint and geom."""
PADS = ("left_pad_collision", "right_pad_collision")
"""Geoms of the fingertips' rubber pads."""
SENSORS = ("left_pad_force", "right_pad_force")
"""Sensors of the force that each pad exerts on the cube [N], in world coordinates."""

DENSITY = 600.0
"""Density of the cube [kg/m^3]: beech and oak have 600 to 750."""

# What happened otherwise in scripted grasps of 40 to 50 mm cubes at several yaw angles: largest
# penetration, creep at rest. Rows come from different stages of development (cube sizes and finger
# settings varied), so they are reasons, not a comparison; tests/tasks/test_grasp.py measures what
# is chosen.
#   as chosen                       0.3 mm, 0.03 to 0.06 mm/s
#   pyramidal cone                  0.4 mm, 1.1 mm/s: the cube slips down
#   solref 0.02 (MuJoCo's default)  0.8 mm, 1.6 mm/s (pyramidal)
#   solimp 0.9 0.95 (default)       0.7 mm, 4.3 mm/s (pyramidal): caught by its edges, it turns away
#   friction 0.5                    1.1 mm, 0.7 mm/s (pyramidal): hand and cube move apart by 14 mm
#   condim 4                        0.5 mm, 1.1 mm/s (pyramidal): four corners resist twisting too
#   timestep 5 ms                   1.8 mm: contacts chatter, one cube in five is bitten into
#   fingers of kp 2000              1.5 mm, 5 mm/s: edges are hit rather than pressed
# Friction 1 is that of rubber on wood.
_FRICTION = 1.0
# Wood on wood [m], and less than rubber on wood: without, a ball that was touched rolls off the
# table, and a cylinder rolls out from between the pads when the hand accelerates.
_ROLLING = 0.0005
_CONDIM = 3
_CONE = mujoco.mjtCone.mjCONE_ELLIPTIC
_FRICTION_TO_NORMAL_IMPEDANCE = 10.0
_SOLREF = (0.0075, 1.0)
_SOLIMP = (0.95, 0.99, 0.001, 0.5, 2.0)


def grasp_scene(
    timestep_s: float, half_size_m: float, goal_radius_m: float, *, rolls: bool = False
) -> mujoco.MjSpec:
    """The table with the arm, a cube on it and a goal marker; keyframe `home`.

    Args:
        timestep_s: physics time step [s].
        half_size_m: half the cube's edge [m].
        goal_radius_m: radius of the goal marker [m].
        rolls: whether the object can be round, so that rolling needs friction too.
    """
    spec = arm_scene(timestep_s)
    spec.option.cone = _CONE
    spec.option.impratio = _FRICTION_TO_NORMAL_IMPEDANCE
    _add_cube(spec, half_size_m)
    _add_contacts(spec)
    _add_sensors(spec)
    if rolls:
        for other in (*PADS, "table"):
            pair = spec.pair(f"{other}_{OBJECT}") or spec.pair(f"{OBJECT}_{other}")
            pair.condim = 6
    add_marker(spec, "goal", goal_radius_m)
    home = spec.key("home")
    home.qpos = [*home.qpos, 0.5, 0.0, half_size_m, 1.0, 0.0, 0.0, 0.0]
    return spec


def _add_cube(spec: mujoco.MjSpec, half_size_m: float) -> None:
    spec.add_material(name="beech", rgba=[0.93, 0.50, 0.16, 1.0], specular=0.25, shininess=0.35)
    body = spec.worldbody.add_body(name=OBJECT, pos=[0.5, 0.0, half_size_m])
    body.add_freejoint(name=OBJECT)
    body.add_geom(
        name=OBJECT,
        type=mujoco.mjtGeom.mjGEOM_BOX,
        size=np.full(3, half_size_m),
        density=DENSITY,
        material="beech",
        contype=0,
        conaffinity=0,
    )


def _add_contacts(spec: mujoco.MjSpec) -> None:
    """Only these can touch; everything else about the arm is kept apart by the workspace."""
    fingers = ("left_finger_collision", "right_finger_collision", "hand_collision")
    pairs = [(geom, OBJECT) for geom in (*PADS, *fingers)] + [(OBJECT, "table")]
    pairs += [(pad, "table") for pad in PADS]
    for first, second in pairs:
        spec.add_pair(
            name=f"{first}_{second}",
            geomname1=first,
            geomname2=second,
            condim=_CONDIM,
            friction=[_FRICTION, _FRICTION, 0.005, _ROLLING, _ROLLING],
            solref=list(_SOLREF),
            solimp=list(_SOLIMP),
        )


def _add_sensors(spec: mujoco.MjSpec) -> None:
    force = 1 << mujoco.mjtConDataField.mjCONDATA_FORCE.value
    net_force = 3
    for name, pad in zip(SENSORS, PADS, strict=True):
        spec.add_sensor(
            name=name,
            type=mujoco.mjtSensor.mjSENS_CONTACT,
            objtype=mujoco.mjtObj.mjOBJ_GEOM,
            objname=pad,
            reftype=mujoco.mjtObj.mjOBJ_GEOM,
            refname=OBJECT,
            intprm=[force, net_force, 1],
        )
