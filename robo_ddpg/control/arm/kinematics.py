"""Where an arm's points are and how its joints move them, at positions that are only planned."""

import copy

import mujoco
import numpy as np
from mujoco.batch import Batch
from numpy.typing import NDArray

from tasks.arm.robot import Arm
from tasks.arrays import Array, as_slice

_POSITION = mujoco.mjtStage.mjSTAGE_POS.value

_SKEW = np.zeros((3, 9))
"""Turns a vector a into the matrix S with b @ S = a x b, (3, 3) flattened."""
_SKEW[[0, 1, 2], [7, 2, 3]] = -1.0
_SKEW[[0, 1, 2], [5, 6, 1]] = 1.0


class ArmKinematics:
    """Positions and Jacobians of sites on n arms at once.

    It has simulations of its own, without contacts, so that asking does not disturb the physics.
    """

    def __init__(
        self, model: mujoco.MjModel, nsim: int, arm: Arm, sites: list[str], threads: int = 1
    ) -> None:
        """Resolve the names.

        Args:
            model: model with the arm in it.
            nsim: number of simulations.
            arm: the arm.
            sites: sites that are asked for, besides the tip.
            threads: threads to share the work; 0 for one per core.
        """
        model = copy.copy(model)
        model.opt.disableflags |= mujoco.mjtDisableBit.mjDSBL_CONTACT
        model.opt.disableflags |= mujoco.mjtDisableBit.mjDSBL_CONSTRAINT
        self._batch = Batch(model, nsim, threads)
        self.sites = sorted({arm.tip, *sites}, key=lambda name: int(model.site(name).id))
        self.tip = self.sites.index(arm.tip)
        """Which of the sites is the tip."""
        ids = np.array([model.site(name).id for name in self.sites])
        joints = np.array([model.joint(name).id for name in arm.joints])
        self._joints = as_slice(joints)
        self._bind(as_slice(ids), as_slice(model.jnt_qposadr[joints]), int(ids[self.tip]))
        chains = [_chain(model, int(model.site_bodyid[site])) for site in ids]
        bodies = model.jnt_bodyid[joints]
        self._moves = np.array([[int(b) in chain for chain in chains] for b in bodies])[..., None]
        self.levers = np.array([_levers(model, int(site), bodies) for site in ids])
        """The longest lever that each joint can have on each site [m], (sites, j)."""
        self._outward = np.triu(np.ones((len(joints), len(joints)), bool))[..., None]

    def _bind(
        self,
        sites: "slice | NDArray[np.intp]",
        positions: "slice | NDArray[np.intp]",
        tip: int,
    ) -> None:
        """Take views of the simulations."""
        self._batch.reset(keyframe=0)
        self._qpos = self._batch.bind("qpos")
        self._xaxis, self._xanchor = self._batch.bind("xaxis"), self._batch.bind("xanchor")
        self._site_xpos = self._batch.bind("site_xpos")
        self._addresses, self._sites = positions, sites
        frames = self._batch.bind("site_xmat").reshape(self._batch.nsim, -1, 9)
        self.tip_outward = frames[:, tip, 2::3]
        """The tip's z axis, which points out of the hand, (n, 3)."""
        self.tip_closing = frames[:, tip, 1::3]
        """The tip's y axis, along which grippers close, (n, 3)."""

    def update(self, position: Array) -> None:
        """Move the arms; `sites_position`, `jacobians`, `axes` and the tip's axes follow.

        Args:
            position: joint positions [rad], (n, j).
        """
        self._qpos[:, self._addresses] = position
        self._batch.forward(stage=_POSITION)
        self.sites_position = self._site_xpos[:, self._sites]
        """Positions of the sites [m], (n, sites, 3)."""
        self.axes = self._xaxis[:, self._joints]
        """Axes of the joints, which are also how they turn the tip, (n, j, 3)."""
        anchors = self._xanchor[:, self._joints]
        arms = self.sites_position[:, None] - anchors[:, :, None]
        self._turns = (self.axes @ _SKEW).reshape(*self.axes.shape, 3)
        self.jacobians = arms @ self._turns
        """How each joint moves each site [m/rad], (n, j, sites, 3)."""
        self.jacobians *= self._moves

    @property
    def tip_position(self) -> Array:
        """Where the tip is [m], (n, 3)."""
        return np.asarray(self.sites_position[:, self.tip])

    @property
    def tip_jacobian(self) -> Array:
        """How each joint moves the tip [m/rad], (n, j, 3)."""
        return np.asarray(self.jacobians[:, :, self.tip])

    def tip_hessian(self, rows: "slice | NDArray[np.intp]" = slice(None)) -> Array:
        """How joints change how joints move the tip [m/rad^2], (n, j, j, 3).

        Args:
            rows: the simulations it is about.
        """
        turned = self.tip_jacobian[rows][:, None] @ self._turns[rows]
        return np.asarray(np.where(self._outward, turned, turned.swapaxes(1, 2)))


def _chain(model: mujoco.MjModel, body: int) -> list[int]:
    """The body and its ancestors, outermost first, the world left out."""
    chain = []
    while body:
        chain.append(body)
        body = int(model.body_parentid[body])
    return chain


def _anchor_offset(model: mujoco.MjModel, body: int) -> float:
    """Distance of a body's first joint from the body's origin [m]."""
    joint = int(model.body_jntadr[body])
    return float(np.linalg.norm(model.jnt_pos[joint])) if joint >= 0 else 0.0


def _levers(model: mujoco.MjModel, site: int, bodies: NDArray[np.int32]) -> Array:
    """Lengths of the links from each body outward to the site, as if stretched out [m]."""
    length = float(np.linalg.norm(model.site_pos[site]))
    reach = {}
    for body in _chain(model, int(model.site_bodyid[site])):
        reach[body] = length + _anchor_offset(model, body)
        length += float(np.linalg.norm(model.body_pos[body]))
    return np.array([reach.get(int(body), 0.0) for body in bodies])
