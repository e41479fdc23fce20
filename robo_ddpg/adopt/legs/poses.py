"""Where feet are in a pose, and poses that put them somewhere."""

import mujoco
import numpy as np

from robo_ddpg.adopt.legs.feet import Foot, foot_place
from robo_ddpg.adopt.legs.find import Stand
from tasks.arrays import Array

ITERATIONS = 60
"""Of Newton's method, with steps of at most `STEP_RAD`."""
STEP_RAD = 0.1
REACHED_M = 1e-4
SPREAD_M_RAD = 0.1
"""Distance that an abduction away from zero is worth: legs could also hang from above [m/rad]."""
GRID = (5, 15, 15)
"""Positions of abduction, hip and knee that inverse kinematics begins from, over their ranges."""


class Poser:
    """The legs of a robot on a stand, in poses: joint positions [rad], (12,)."""

    def __init__(self, stand: Stand, feet: list[Foot], low: Array, high: Array) -> None:
        """Belong to a robot.

        Args:
            stand: the robot.
            feet: of its legs, in their order.
            low: lowest joint positions [rad], (12,).
            high: highest joint positions [rad], (12,).
        """
        self.model, self.data = stand.model, mujoco.MjData(stand.model)
        self.low, self.high = low, high
        self.limbs, self.on_feet = stand.limbs, feet
        self.abductions = [int(self.model.jnt_dofadr[limb.joints[0]]) for limb in stand.limbs]
        self.dofs = [[int(self.model.jnt_dofadr[j]) for j in limb.joints] for limb in stand.limbs]

    def put(self, pose: Array) -> None:
        """Take a pose."""
        self.data.qpos[:] = pose
        mujoco.mj_kinematics(self.model, self.data)
        mujoco.mj_comPos(self.model, self.data)

    def feet(self) -> Array:
        """Middles of the feet now [m], (4, 3)."""
        return np.array([foot_place(self.data, foot) for foot in self.on_feet])

    def anchors(self, joint: int) -> Array:
        """Where the abductions (0), hips (1) or knees (2) are now [m], (4, 3)."""
        return np.array([self.data.xanchor[limb.joints[joint]] for limb in self.limbs])

    def legs(self) -> Array:
        """From the hips to the feet now [m], (4, 3)."""
        return self.feet() - self.anchors(1)

    def jacobian(self, leg: int, point: Array, body: int) -> Array:
        """How a point on a body moves with the joints of a leg, (3, 3)."""
        jacobian = np.zeros((3, self.model.nv))
        mujoco.mj_jac(self.model, self.data, jacobian, None, point, body)
        return np.asarray(jacobian[:, self.dofs[leg]])

    def foot_jacobian(self, leg: int) -> Array:
        """How a foot moves with the joints of its leg, (3, 3)."""
        return self.jacobian(leg, self.feet()[leg], self.on_feet[leg].body)

    def reach(self, pose: Array, wanted: Array, moving: tuple[int, ...]) -> Array | None:
        """A pose near another in which all legs are as wanted, from hip to foot.

        Args:
            pose: where to begin [rad], (12,).
            wanted: from the hips to the feet [m], (4, 3).
            moving: which joints of each leg may move; without abductions (0) feet go aside as
                they will.

        Returns:
            The pose [rad], (12,); None where it is not found within the ranges.
        """
        pose, rows = pose.copy(), [0, 1, 2] if 0 in moving else [0, 2]
        for _ in range(ITERATIONS):
            self.put(pose)
            for leg, missing in enumerate(wanted - self.legs()):
                hip = self.anchors(1)[leg]
                held = int(self.model.jnt_bodyid[self.limbs[leg].joints[1]])
                jacobian = self.foot_jacobian(leg) - self.jacobian(leg, hip, held)
                step = np.linalg.lstsq(jacobian[rows][:, moving], missing[rows], rcond=1e-3)[0]
                step *= min(1.0, STEP_RAD / max(float(np.abs(step).max()), 1e-9))
                pose[np.array(self.dofs[leg])[list(moving)]] += step
            pose = np.clip(pose, self.low, self.high)
        self.put(pose)
        missing = (wanted - self.legs())[:, rows]
        return pose if np.abs(missing).max() < REACHED_M else None

    def nearest(self, wanted: Array, *, back: bool) -> Array:
        """The pose of a grid in which each leg is nearest to what is wanted.

        Args:
            wanted: from the hips to the feet [m], (4, 3).
            back: whether knees are behind the hips, or in front of them.
        """
        shares = np.stack(np.meshgrid(*(np.linspace(0, 1, n) for n in GRID)), -1).reshape(-1, 3)
        best, found = np.full(4, np.inf), (self.low + self.high) / 2
        for share in shares:
            pose = self.low + np.tile(share, 4) * (self.high - self.low)
            self.put(pose)
            missing = np.linalg.norm(self.legs() - wanted, axis=1)
            missing += SPREAD_M_RAD * np.abs(pose[self.abductions])
            behind = self.anchors(2)[:, 0] < self.anchors(1)[:, 0]
            missing[behind != back] += 10.0
            for leg in np.flatnonzero(missing < best):
                best[leg] = missing[leg]
                found[self.dofs[leg]] = pose[self.dofs[leg]]
        return np.asarray(found)
