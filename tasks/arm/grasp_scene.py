"""The scene of `grasp`: arm, table, cube, goal marker, and contact physics that holds."""

import mujoco
import numpy as np

from tasks.scene import add_marker

OBJECT = "object"
"""Name of the cube's body, joint and geom."""
PADS = ("left_pad_collision", "right_pad_collision")
"""Geoms of the fingertips' rubber pads."""
FINGERS = ("left_finger_collision", "right_finger_collision", "hand_collision")
"""Geoms of what else of the hand the cube can touch."""
SENSORS = ("left_pad_force", "right_pad_force")
"""Sensors of the force that each pad exerts on the cube [N], in world coordinates."""

DENSITY = 600.0
"""Density of the cube [kg/m^3]: beech and oak have 600 to 750."""

# Why not otherwise, measured by scripts/benchmarks/grasp_physics.py on 32 scripted grasps (the
# whole table is in docs/results.md). As chosen, contacts are at most 0.35 mm deep, cubes creep by
# 0.05 mm/s.
#   cone       pyramidal: some cubes slip, by 2 to 10 mm/s
#   impratio   1, where friction is as soft as pressing: five times the creep; 30 gains nothing
#   condim     4 or 6: the same, as four corners resist twisting already; 6 takes longer
#   timestep   4.2 ms: 0.9 mm deep; 5 ms: 1.7 mm, and slips of 3.6 mm/s; 2 ms gains nothing
#   solref     0.02 (MuJoCo's default): 0.9 mm deep, one cube in six is lost when shaken; 0.005 is
#              better still, but 15 % slower and the stiffest that this time step allows
#   solimp     0.9 0.95 (MuJoCo's default): twice the creep and the slip
#   friction   0.5: some cubes slip by 36 mm/s; 1 is that of rubber on wood
#   solver     CG: the same; noslip iterations stop the creep, but some cubes slip by 2 mm/s
#   integrator Euler: 1.7 mm deep, and one cube in eight is not picked up
_FRICTION = 1.0
# Wood on wood [m], less than rubber on wood: without, a ball that was touched rolls off the table.
# Pads resist twisting and rolling of round objects too (condim 6): of 200 cylinders the same
# controller brought 195 to the goal, 192 with condim 4, 179 with condim 3.
_ROLLING = 0.0005
_CONDIM = 3
_CONE = mujoco.mjtCone.mjCONE_ELLIPTIC
_FRICTION_TO_NORMAL_IMPEDANCE = 10.0
_SOLREF = (0.0075, 1.0)
_SOLIMP = (0.95, 0.99, 0.001, 0.5, 2.0)


def grasp_scene(
    spec: mujoco.MjSpec, half_size_m: float, goal_radius_m: float, *, rolls: bool = False
) -> mujoco.MjSpec:
    """The table with the arm, a cube on it and a goal marker; keyframe `home`.

    Args:
        spec: the table with the arm, whose hand has the geoms `PADS` and `FINGERS`; it is changed.
        half_size_m: half the cube's edge [m].
        goal_radius_m: radius of the goal marker [m].
        rolls: whether the object can be round, so that rolling needs friction too.
    """
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
    pairs = [(geom, OBJECT) for geom in (*PADS, *FINGERS)] + [(OBJECT, "table")]
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
