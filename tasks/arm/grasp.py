"""Grasp: pick up a cube and carry it to a goal in the air."""

from typing import Any

import mujoco
import numpy as np
from mujoco.batch import Batch
from numpy.typing import NDArray

from tasks.arm.described.cell import grasp_cell_of
from tasks.arm.described.reading import read_robot
from tasks.arm.grasp_scene import OBJECT, grasp_scene
from tasks.arm.grasp_settings import GraspSettings
from tasks.arm.learning import GRASP, GRASP_ANY
from tasks.arm.objects import NAMES, Objects
from tasks.arm.pads import Pads
from tasks.arm.task import ActionMode, ArmTask, EndEffectorMotion, JointMotion
from tasks.arm.workcell import PANDA_GRASP_CELL
from tasks.arrays import Array, Generators, Mask, as_slice, clip, norm
from tasks.commands import Command
from tasks.described.error import RobotError
from tasks.described.reading import written
from tasks.goals import FAR, PointGoalTask, goal_commanded
from tasks.quantities import Measure, Quantity
from tasks.rewards import closeness, tolerance
from tasks.steering import Steering, goal_steering

FEWEST_THAT_YAW = 6
"""Joints of an arm that brings its hand anywhere, pointing down, and turns it."""
TABLE_LOW_M = np.array([-0.3, -0.8])
"""Corner of the table [m]."""
TABLE_HIGH_M = np.array([0.9, 0.8])
"""Opposite corner of the table [m]."""
APPROACH = {0.3: 0.35, 0.06: 0.35, 0.02: 0.3}
"""Distance at which a share of `approach` is mostly gone [m], and that share."""
LIFT_M = 0.12
"""Height of the goal above the cube in `lift` [m]."""
PRESS_SCALE_N = 5.0
"""Force that is observed as 1 [N]."""
OFF_TABLE_M = 0.005
"""Clearance below the cube's lowest corner from which it counts as off the table [m]."""
STILL_RAD_S = 1.0
"""Speed of turning that leaves a tenth of the reward for stillness at the goal [rad/s]."""
REACH_M = 0.035
"""Farthest that the cube's centre may be from the fingertips when it is held [m]."""
SPEED_M_S = 0.5
"""Velocity that is observed as 1 [m/s]: about that of carrying."""
LIFTED_M = 0.1
"""Clearance from which `lift` is earned in full [m]: the lowest goals in the air."""
FAR_M, NEAR_M = 0.3, 0.1
"""Scales of `bring` on which a quarter of it each is earned [m]: the size of the goal box, and the
last decimetre. The other half is precision."""
PRECISE_M = 0.03
"""Distance at which half of the reward for precision is left, as exp(-0.7) is 0.5 [m]: the default
tolerance."""
STILL_SHARE, STRAIGHT_SHARE = 0.2, 0.3
"""Shares of the reward for precision that are only paid for a cube that does not spin, and for one
that hangs straight."""
ASKEW_RAD = 0.3
"""How far a cube hangs askew where a quarter of the reward for hanging straight is left [rad]."""
MARKER_SHARE = 0.6
"""Radius of the goal's marker as a share of the tolerance: the cube must not hide it."""


class Grasp(ArmTask, PointGoalTask):
    """Pick up a cube with a frictional grasp and hold it at a random point in the air.

    Reward terms, each in [0, 1]; the last three are only earned with both fingers on the cube, so
    that pushing, flicking and throwing earn nothing:

    - `approach` draws the fingertips to the cube, from afar, over the last centimetres, and to its
      middle: without the last part cubes are caught by an edge, and dropped on the way.
    - `align` turns the fingers towards two sides of the cube: held by its edges it hangs askew.
    - `contact` pays for pressing the cube between both pads, without which nothing can be lifted.
    - `lift` grows over the first 10 cm, because every goal in the air lies behind the lifting.
    - `bring` draws the held cube to the goal: far, near, and precisely, hanging straight and
      without spinning there.
    """

    name = "grasp"
    solved = "held at the goal"
    failed = "lost the object"
    learning = GRASP
    demonstrator = "tasks.arm.grasp_demonstrator:GraspDemonstrator"
    weights = {  # noqa: RUF012 - never changed
        "approach": 0.1,
        "align": 0.1,
        "contact": 0.1,
        "lift": 0.15,
        "bring": 0.55,
    }
    achieved = "object"
    recorded = ("sensordata",)

    settings: GraspSettings

    def __init__(self, robot: str = "", **settings: Any) -> None:
        described = read_robot(robot) if robot else None
        self.cell = grasp_cell_of(described) if described else PANDA_GRASP_CELL
        """Where the arm stands."""
        settings = {**self.cell.settings, **settings}
        super().__init__(GraspSettings(**settings, robot=written(described) if described else ""))
        self.arm, self.view = self.cell.arm, self.cell.view
        if self.settings.yaw and len(self.arm.joints) < FEWEST_THAT_YAW:
            raise RobotError(
                f"an arm of {len(self.arm.joints)} joints cannot turn its hand and point it down: "
                "yaw goes with six or more"
            )

    @property
    def action(self) -> ActionMode:
        """Fingertip or joint motion, and the gripper."""
        settings = self.settings
        if settings.action == "joint":
            return JointMotion(settings.step_rad, gripper=True)
        turn = settings.yaw_step_rad if settings.yaw else 0.0
        return EndEffectorMotion(settings.step_m, turn, gripper=True)

    def build(self) -> mujoco.MjSpec:
        """The table, the arm, a cube of middle size and the goal marker."""
        settings = self.settings
        return grasp_scene(
            self.cell.scene(settings.timestep_s),
            sum(settings.cube_m) / 4,
            MARKER_SHARE * settings.tolerance_m,
            rolls=settings.shape not in ("cube", "box"),
        )

    def bind(self, batch: Batch) -> None:
        """Keep views of hand, fingers, cube and goal."""
        model, n = batch.model, batch.nsim
        tip, body = model.site(self.arm.tip).id, model.body(OBJECT).id
        self._site = self._tip = batch.bind("site_xpos")[:, tip]
        self._hand = batch.bind("site_xmat")[:, tip].reshape(n, 3, 3)
        self._position = batch.bind("xpos")[:, body]
        self._rotation = batch.bind("xmat")[:, body].reshape(n, 3, 3)
        self._goal = batch.bind("mocap_pos")[:, 0]
        self._bind_state(batch)
        self.objects = Objects(batch, OBJECT)
        """What lies on each table."""
        self._hold_steps = max(1, round(self.settings.hold_s * self.settings.control_hz))
        self._previous_tip, self._tip_velocity = np.zeros((n, 3)), np.zeros((n, 3))
        self._held = np.zeros(n, int)
        self.pads = Pads(model, n)
        self.clearance = np.zeros(n)
        """Height of the cube's lowest corner above the table [m], (n,)."""
        self.askew = np.zeros(n)
        """How far the cube stands or hangs askew [rad], (n,)."""
        self.held = np.zeros(n, bool)
        """Whether both pads press the cube, which is between them, (n,)."""
        self.distance = np.zeros(n)

    def _bind_state(self, batch: Batch) -> None:
        model = batch.model
        joints = [model.joint(name) for name in self.arm.joints]
        self._qpos, self._qvel, self._ctrl = map(batch.bind, ("qpos", "qvel", "ctrl"))
        self._joints = slice(joints[0].qposadr[0], joints[-1].qposadr[0] + 1)
        free = model.joint(OBJECT)
        self._pose = slice(free.qposadr[0], free.qposadr[0] + 7)
        self._velocity = slice(free.dofadr[0], free.dofadr[0] + 3)
        self._spin = slice(free.dofadr[0] + 3, free.dofadr[0] + 6)
        fingers = [model.joint(name).qposadr[0] for name in self.arm.fingers]
        self._fingers = as_slice(np.array(fingers))
        first = model.actuator(self.arm.fingers[0]).id
        self._finger_actuator = slice(first, first + 1)
        self._closed, self._open = np.array(self.arm.finger_ends).T
        self._shift_m = self.arm.grip_shift * self.arm.finger_travel_m

    def reset(self, ids: NDArray[np.intp], rngs: Generators) -> None:
        """The cube anywhere in its rectangle, turned at random; the goal drawn from its box."""
        for i, rng in zip(ids, rngs, strict=True):
            start = self.cell.start_rad
            self._qpos[i, self._joints] = start
            noise = rng.normal(0.0, self.settings.start_noise_rad, len(start))
            self._qpos[i, self._joints] += noise
            half = rng.uniform(*self.settings.cube_m) / 2
            place = rng.uniform(self.settings.cube_low_m, self.settings.cube_high_m)
            angle = rng.uniform(-np.pi, np.pi) / 2
            turn = np.cos(angle), 0.0, 0.0, np.sin(angle)
            self._qpos[i, self._pose] = [*place, half, *turn]
            self._goal[i] = self._draw_goal(rng, place, half)
            shape = self.settings.shape
            kind = int(rng.integers(len(NAMES))) if shape == "any" else NAMES.index(shape)
            self.objects.put(i, kind, half)
        self._held[ids] = 0

    def _draw_goal(self, rng: np.random.Generator, place: Array, half: float) -> Array:
        goal = rng.uniform(self.settings.goal_low_m, self.settings.goal_high_m)
        if self.settings.goal == "lift":
            goal[:] = [*place, half + LIFT_M]
        if self.settings.goal == "table":
            goal[2] = half
        return goal

    def started(self, ids: NDArray[np.intp]) -> None:
        """Everything is at rest where the episode starts."""
        self._find_tip()
        self._previous_tip[ids] = self._tip[ids]
        self._tip_velocity[ids] = 0.0
        self.pads.reset(ids)
        self._measure()

    def advance(self) -> None:
        """Judge the grasp, and count how long the cube has been held at the goal."""
        self._find_tip()
        self._tip_velocity = (self._tip - self._previous_tip) * self.settings.control_hz
        self._previous_tip[:] = self._tip
        self.pads.feel(self.records["sensordata"], self._hand)
        self._measure()
        there = self.on_goal(self.distance, self.held, self.clearance)
        self._held = np.where(there, self._held + 1, 0)

    def _find_tip(self) -> None:
        """The point between the pads, which is not still on the hand where one jaw moves."""
        self._tip = self._site
        if self._shift_m:
            opened = 0.5 * (self._opening(self._qpos[:, self._fingers]) + 1.0)
            self._tip = self._site + self._shift_m * opened * self._hand[:, :, 1]

    def _measure(self) -> None:
        self.clearance = self._position[:, 2] - self.objects.depth(self._rotation)
        self.askew = self.objects.askew(self._rotation)
        self.distance = norm(self._goal - self._position)
        self._to_object = self._position - self._tip
        self._facing = self._yaw()
        self.held = self.pads.firm() & (norm(self._to_object) < REACH_M)

    def on_goal(self, distance: Array, held: Mask, clearance: Array) -> Mask:
        """Whether cubes are where they should be: in the air between both pads, or on the table.

        Args:
            distance: from the goal [m].
            held: whether both pads press the cube.
            clearance: height of the cube's lowest corner above the table [m].
        """
        off_table = clearance > OFF_TABLE_M
        there = ~off_table if self.settings.goal == "table" else held & off_table
        return np.asarray(there & (distance < self.settings.tolerance_m))

    def observe(self) -> dict[str, Array]:
        """Cube, goal and hand, their differences (coarse and fine), fingers and what they feel."""
        view, fingers = self.view, self._qpos[:, self._fingers]
        middle, spread = self.cell.half_m
        parts = {
            "object": view.position(self._position),
            **view.goal(self._goal, self._position),
            "tip": view.position(self._tip),
            "to_object": view.coarse(self._to_object),
            "to_object_fine": view.fine(self._to_object),
            "object_yaw": self._facing,
            "object_size": (self.objects.half_m[:, None] - middle) / spread,
            "clearance": view.fine(self.clearance[:, None]),
            "tip_velocity": self._tip_velocity / SPEED_M_S,
            "object_velocity": clip(self._qvel[:, self._velocity] / SPEED_M_S, -FAR, FAR),
            "finger_position": self._opening(fingers),
            "finger_command": self._opening(self._ctrl[:, self._finger_actuator], slice(1)),
            "press": clip(self.pads.press / PRESS_SCALE_N, -FAR, FAR),
        }
        if self.settings.shape == "any":
            parts["object_shape"] = self.objects.one_hot()
        return parts

    def observed(self) -> dict[str, Quantity]:
        """What `observe` shows."""
        view, half_m = self.view, self.arm.finger_travel_m / 2
        middle, spread = self.cell.half_m
        from_tip = "from the fingertips to the object"
        quantities = {
            "object": view.position_shown("object's centre"),
            **view.goal_shown("object"),
            "tip": view.position_shown("fingertips"),
            "to_object": view.difference_shown(from_tip),
            "to_object_fine": view.fine_shown(from_tip),
            "object_yaw": Quantity(
                "cosine and sine of the yaw in the hand, times its turns that look the same"
            ),
            "object_size": Quantity("half of the object's width", "m", spread, middle),
            "clearance": view.fine_shown("height of the object's lowest corner above the table"),
            "tip_velocity": Quantity(
                "velocity of the fingertips over the last period", "m/s", SPEED_M_S
            ),
            "object_velocity": Quantity("velocity of the object", "m/s", SPEED_M_S),
            "finger_position": Quantity("how far each finger is open", "m", half_m, half_m),
            "finger_command": Quantity("how far the fingers should be open", "m", half_m, half_m),
            "press": Quantity("force on each pad", "N", PRESS_SCALE_N),
        }
        if self.settings.shape == "any":
            quantities["object_shape"] = Quantity(f"1 for its shape: {', '.join(NAMES)}")
        return quantities

    def _yaw(self) -> Array:
        """Cosine and sine of the object's yaw in the hand, the same for all that look the same."""
        axes = self._rotation.swapaxes(1, 2) @ self._hand[:, :, :2]
        return self.objects.turned(axes)

    def _opening(self, finger: Array, which: slice = slice(None)) -> Array:
        """How far fingers are or should be open: +1 open, -1 closed."""
        closed, open_ = self._closed[which], self._open[which]
        return np.asarray(2.0 * (finger - closed) / (open_ - closed) - 1.0)

    def steering(self) -> Steering:
        """Where the object should be, within the box that goals are drawn from."""
        low, high = self.settings.goal_low_m, self.settings.goal_high_m
        return goal_steering(low, high, self._goal, self._position)

    def terms(self, distance: Array, info: NDArray[Any]) -> dict[str, Array]:
        """`approach`, `align`, `contact`, `lift`, `bring`."""
        reach, held, clearance = info[..., 0], info[..., 1], info[..., 2]
        approach = np.asarray(sum(share * closeness(reach, m) for m, share in APPROACH.items()))
        still = STILL_SHARE * tolerance(info[..., 3], margin=STILL_RAD_S)
        straight = STRAIGHT_SHARE * closeness(info[..., 4], ASKEW_RAD)
        precise = np.exp(-0.7 * np.square(distance / PRECISE_M))
        precise = precise * (1.0 - STILL_SHARE - STRAIGHT_SHARE + still + straight)
        near = 0.25 * closeness(distance, FAR_M) + 0.25 * closeness(distance, NEAR_M)
        bring = near + 0.5 * precise
        return {
            "approach": approach,
            "align": info[..., 5],
            "contact": held,
            "lift": held * np.clip(clearance / LIFTED_M, 0.0, 1.0),
            "bring": held * bring,
        }

    def reward_info(self) -> Array:
        """What the reward depends on besides the goals, (n, 6).

        Distance from fingertips to cube [m], whether it is held, its clearance [m], how fast it
        turns [rad/s], how far it hangs askew [rad], and how far its sides face the fingers, 0 to 1.
        """
        reach, spin = norm(self._to_object), norm(self._qvel[:, self._spin])
        faces = np.where(self.objects.has_sides, 0.5 * (1.0 + self._facing[:, 0]), 1.0)
        return np.stack([reach, self.held, self.clearance, spin, self.askew, faces], 1)

    def success(self) -> Mask:
        """On the goal, and has been for the holding time.

        In the air that takes both fingers, holding the cube off the table. A goal on the table is
        where the cube has to lie, however it came there, and whether it is still touched or not.
        """
        return self._held >= self._hold_steps

    def failure(self) -> Mask:
        """The cube has left the table."""
        return _off_table(self._position)

    def metrics(self) -> dict[str, Array]:
        """Distance between cube and goal, clearance, how it hangs, and whether it is held."""
        return {
            "distance_m": self.distance.copy(),
            "clearance_m": self.clearance.copy(),
            "askew_rad": self.askew.copy(),
            "held": self.held.astype(float),
        }

    def commands(self) -> dict[str, Array]:
        """The goal."""
        return {"goal": self._goal.copy()}

    def commanded(self) -> dict[str, Command]:
        """What `commands` are."""
        return goal_commanded(self.settings.tolerance_m)

    def measured(self) -> dict[str, Measure]:
        """What `metrics` are."""
        return {
            "distance_m": Measure("distance to the goal", "m"),
            "clearance_m": Measure("height off the table", "m"),
            "askew_rad": Measure("hangs askew", "rad"),
            "held": Measure("held"),
        }

    def attainable(self, goal: Array) -> Mask:
        """Goals off the table, or on it, as the setting says."""
        off_table = goal[..., 2] > self.settings.cube_m[1] / 2 + OFF_TABLE_M
        return ~off_table if self.settings.goal == "table" else off_table

    def compute_terminated(self, achieved: Array, desired: Array, info: NDArray[Any]) -> Mask:
        """The cube has left the table, whatever the goal."""
        return _off_table(achieved)


class GraspAny(Grasp):
    """Pick up a cube, a cylinder, a ball or a box, and hold it at a random point in the air."""

    name = "grasp-any"
    learning = GRASP_ANY

    def __init__(self, **settings: Any) -> None:
        super().__init__(**{"shape": "any", **settings})


def _off_table(position: Array) -> Mask:
    place = position[..., :2]
    inside = (place > TABLE_LOW_M) & (place < TABLE_HIGH_M)
    return ~inside.all(-1) | (position[..., 2] < 0.0)
