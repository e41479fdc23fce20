"""Where an arm's points are and how its joints move them, at positions that are only planned."""

import copy

import mujoco
import numpy as np
from mujoco.batch import Batch
from numpy.typing import NDArray

from tasks.robots import Arm

Array = NDArray[np.float64]

_POSITION = mujoco.mjtStage.mjSTAGE_POS.value


class ArmKinematics:
    """Positions and Jacobians of sites on n arms at once.

    It has simulations of its own, without contacts, so that asking does not disturb the physics.
    """

    def __init__(self, model: mujoco.MjModel, nsim: int, arm: Arm, sites: list[str]) -> None:
        """Resolve the names.

        Args:
            model: model with the arm in it.
            nsim: number of simulations.
            arm: the arm.
            sites: sites that are asked for, besides the tip, which is always the first.
        """
        model = copy.copy(model)
        model.opt.disableflags |= mujoco.mjtDisableBit.mjDSBL_CONTACT
        model.opt.disableflags |= mujoco.mjtDisableBit.mjDSBL_CONSTRAINT
        self._batch = Batch(model, nsim)
        self.sites = [arm.tip, *sites]
        self._sites = np.array([model.site(name).id for name in self.sites])
        joints = np.array([model.joint(name).id for name in arm.joints])
        self._joints = as_slice(joints)
        self._position = self._batch.bind("qpos")[:, as_slice(model.jnt_qposadr[joints])]
        self._fields = {
            name: self._batch.bind(name) for name in ("xaxis", "xanchor", "site_xpos", "site_xmat")
        }
        self._batch.reset(keyframe=0)
        chains = [_chain(model, int(model.site_bodyid[site])) for site in self._sites]
        bodies = model.jnt_bodyid[joints]
        self._moves = np.array([[int(b) in chain for chain in chains] for b in bodies])[..., None]
        self.levers = np.array([_levers(model, int(site), bodies) for site in self._sites])
        """The longest lever that each joint can have on each site [m], (sites, j)."""

    def update(self, position: Array) -> None:
        """Move the arms; `sites_position`, `jacobians`, `axes` and `tip_outward` follow.

        Args:
            position: joint positions [rad], (n, j).
        """
        self._position[:] = position
        self._batch.forward(stage=_POSITION)
        self.sites_position = self._fields["site_xpos"][:, self._sites]
        """Positions of the sites [m], (n, sites, 3)."""
        self.axes = self._fields["xaxis"][:, self._joints]
        """Axes of the joints, which are also how they turn the tip, (n, j, 3)."""
        anchors = self._fields["xanchor"][:, self._joints]
        arms = self.sites_position[:, None] - anchors[:, :, None]
        self.jacobians = cross(self.axes[:, :, None], arms) * self._moves
        """How each joint moves each site [m/rad], (n, j, sites, 3)."""
        self.tip_outward = self._fields["site_xmat"][:, self._sites[0], 2::3]
        """The tip's z axis, which points out of the hand, (n, 3)."""


def cross(a: Array, b: Array) -> Array:
    """The cross product along the last axis; a third of the time of `np.cross`."""
    out = np.empty(np.broadcast_shapes(a.shape, b.shape))
    out[..., 0] = a[..., 1] * b[..., 2] - a[..., 2] * b[..., 1]
    out[..., 1] = a[..., 2] * b[..., 0] - a[..., 0] * b[..., 2]
    out[..., 2] = a[..., 0] * b[..., 1] - a[..., 1] * b[..., 0]
    return out


def as_slice(ids: NDArray[np.intp]) -> "slice | NDArray[np.intp]":
    """Consecutive indices as a slice, which indexes without copying; others as they are."""
    if len(ids) and (np.diff(ids) == 1).all():
        return slice(int(ids[0]), int(ids[-1]) + 1)
    return ids


def _chain(model: mujoco.MjModel, body: int) -> list[int]:
    """The body and its ancestors, outermost first, the world left out."""
    chain = []
    while body:
        chain.append(body)
        body = int(model.body_parentid[body])
    return chain


def _levers(model: mujoco.MjModel, site: int, bodies: NDArray[np.int32]) -> Array:
    """Lengths of the links from each body outward to the site, as if stretched out [m]."""
    length = float(np.linalg.norm(model.site_pos[site]))
    reach = {}
    for body in _chain(model, int(model.site_bodyid[site])):
        reach[body] = length
        length += float(np.linalg.norm(model.body_pos[body]))
    return np.array([reach.get(int(body), 0.0) for body in bodies])
