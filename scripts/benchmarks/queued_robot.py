"""A simulated arm that knows nothing of the filter: servos, a clock, a queue to its policy."""

import collections
from dataclasses import dataclass, field

import mujoco
import numpy as np
from numpy.typing import NDArray

from robo_ddpg.deploy.messages import Measurement, Setpoints
from tasks.arm.robot import Arm

Vector = NDArray[np.float64]


@dataclass
class Link:
    """How long messages take."""

    latency_s: float = 0.0
    """At least so long [s]."""
    jitter_s: float = 0.0
    """And up to this longer, at random [s]."""
    rng: np.random.Generator = field(default_factory=lambda: np.random.default_rng(0))

    def delay_s(self) -> float:
        """Of one message [s]."""
        return self.latency_s + self.jitter_s * float(self.rng.random())


class QueuedRobot:
    """An arm in MuJoCo that measures at its own rate and follows set-points when they arrive."""

    def __init__(self, model: mujoco.MjModel, arm: Arm, qpos: Vector, goal: Vector) -> None:
        self.model, self.data, self.arm = model, mujoco.MjData(model), arm
        self.data.qpos[:] = qpos
        self.data.mocap_pos[0] = goal
        joints = [model.joint(name) for name in arm.joints]
        self._qpos = [joint.qposadr[0] for joint in joints]
        self._qvel = [joint.dofadr[0] for joint in joints]
        self._fingers = [model.joint(name).qposadr[0] for name in arm.fingers]
        self._servos = [model.actuator(name).id for name in arm.joints]
        self._grips = [model.actuator(name).id for name in arm.fingers]
        self._lead = -model.actuator_biasprm[self._servos, 2]
        self._lead /= model.actuator_gainprm[self._servos, 0]
        self._felt, self._feeling = np.zeros(model.nsensordata), 0
        self._queue: collections.deque[tuple[float, Vector, Vector, Vector]] = collections.deque()
        self.data.ctrl[self._servos] = self.data.qpos[self._qpos]
        self.data.ctrl[self._grips] = self.data.qpos[self._fingers]
        mujoco.mj_forward(model, self.data)
        self.overshoot = -np.inf
        """Worst share by which a joint was faster than it may be, or beyond its range [rad]."""
        self.starved = 0
        """Physics steps for which no set-point had arrived."""
        self._limits = model.jnt_range[[joint.id for joint in joints]].T
        self._speed = np.array(arm.limits.velocity_rad_s)

    def measure(self) -> Measurement:
        """What its sensors say now; those of force, on average since the last time."""
        data, world = self.data, {"goal": self.data.mocap_pos[0].copy()}
        for joint in range(self.model.njnt):
            if self.model.jnt_type[joint] == mujoco.mjtJoint.mjJNT_FREE:
                first = self.model.jnt_qposadr[joint]
                world[self.model.joint(joint).name] = data.qpos[first : first + 7].copy()
        if self.model.nsensordata:
            world["sensordata"] = self._felt / max(self._feeling, 1)
            self._felt, self._feeling = np.zeros(self.model.nsensordata), 0
        opening = data.qpos[self._fingers].copy()
        return Measurement(
            data.qpos[self._qpos].copy(), data.qvel[self._qvel].copy(), opening, world
        )

    def receive(self, setpoints: Setpoints, at_s: float) -> None:
        """Set-points that arrive at a time; they follow on those that are there."""
        rows = zip(setpoints.position, setpoints.velocity, setpoints.opening, strict=True)
        self._queue.extend((at_s, *row) for row in rows)

    def step(self) -> None:
        """One physics step, towards the next set-point if it has arrived."""
        if self._queue and self._queue[0][0] <= self.data.time + 1e-9:
            _, position, velocity, opening = self._queue.popleft()
            self.data.ctrl[self._servos] = position + self._lead * velocity
            self.data.ctrl[self._grips] = opening
        else:
            self.starved += 1
        mujoco.mj_step(self.model, self.data)
        self._felt, self._feeling = self._felt + self.data.sensordata, self._feeling + 1
        position, velocity = self.data.qpos[self._qpos], self.data.qvel[self._qvel]
        outside = np.maximum(position - self._limits[1], self._limits[0] - position)
        too_fast = np.abs(velocity) - self._speed
        self.overshoot = max(self.overshoot, float(outside.max()), float(too_fast.max()))
