"""How a robot on legs goes: whether its feet slip, sink and take turns, and what its way costs."""

import copy

import mujoco
import numpy as np

from robo_ddpg.envs.simulation import Simulation
from tasks.arrays import Array, Mask
from tasks.footing import Footing
from tasks.quantities import Measure

GAIT_METRICS = {
    "foot_slip_m_s": Measure("slip of the feet", "m/s"),
    "foot_depth_m": Measure("depth of the feet in the ground", "m"),
    "self_contact_m": Measure("depth of the robot in itself", "m"),
    "duty_factor": Measure("time of a foot on the ground"),
    "cost_of_transport": Measure("cost of transport"),
}
"""Median speed of the feet along the ground where they touch it, by the force that they bear; how
deep they sink into it at most, and parts of the robot into each other, which nothing keeps apart
where the model lets them pass; share of the time that a foot is on the ground; energy by weight and
way (Tucker 1975, The energetic cost of moving about). Feet are looked at in every physics step."""
LOOK_EVERY = 2
"""Control steps between two looks at the robot's shapes: each takes as long as a physics step."""
_WORLD = 0


class GaitMetrics:
    """Follows the feet and the torso of n simulations."""

    def __init__(self, simulation: Simulation, footing: Footing) -> None:
        """Follow simulations that have just been reset.

        Args:
            simulation: the physics.
            footing: how its feet touch the ground.
        """
        task, batch, n = simulation.task, simulation.batch, simulation.nsim
        self._shapes = Shapes(task.model, task.push_body, n)
        self._footing, self._qpos = footing, batch.bind("qpos")
        self._weight = float(task.model.body(task.push_body).subtreemass[0]) * float(
            np.linalg.norm(task.model.opt.gravity)
        )
        self._touches: list[Array] = []
        """Simulation, slip [m/s] and force [N] of each touch, (k, 3)."""
        self._depth, self._down, self._looks = np.zeros(n), np.zeros(n), np.zeros(n)
        self._steps = 0

    def add(self, running: Mask) -> None:
        """Add one control step of those that still count, (n,)."""
        footing, force = self._footing, self._footing.force
        down = (force > 0.0) & running[:, None, None]
        touch = np.stack([np.nonzero(down)[0], footing.slip[down], force[down]], axis=1)
        self._touches.append(touch.astype(np.float32))
        np.maximum(self._depth, np.where(down, footing.depth, 0.0).max((1, 2)), out=self._depth)
        self._down += down.mean((1, 2))
        self._looks += running
        self._steps += 1
        if self._steps % LOOK_EVERY == 0:
            for index in np.flatnonzero(running).tolist():
                self._shapes.look(index, self._qpos[index])

    def result(self, work: Array) -> dict[str, Array]:
        """The metrics, (n,) each, NaN where nothing was seen.

        Args:
            work: of the actuators [J], (n,).
        """
        slip = self._slip()
        way = self._shapes.way
        with np.errstate(divide="ignore", invalid="ignore"):
            cost = np.where(way > 0.0, work / (self._weight * way), np.nan)
            duty = self._down / self._looks
        return {
            "foot_slip_m_s": slip,
            "foot_depth_m": np.where(np.isnan(slip), np.nan, self._depth),
            "self_contact_m": self._shapes.depth.copy(),
            "duty_factor": duty,
            "cost_of_transport": cost,
        }

    def _slip(self) -> Array:
        """Median speed along the ground by force [m/s], (n,)."""
        touches = np.concatenate([np.zeros((0, 3)), *self._touches])
        which = touches[:, 0]
        return np.array(
            [weighted_median(*touches[which == index, 1:].T) for index in range(len(self._depth))]
        )


class Shapes:
    """Where n robots have been, and how deep the parts of each were in each other."""

    def __init__(self, model: mujoco.MjModel, torso: str, n: int) -> None:
        """Let everything that touches anything touch the robot itself, in a model of its own.

        Bodies that a joint connects do not count, as in MuJoCo.
        """
        self._model = copy.copy(model)
        solid = (model.geom_contype | model.geom_conaffinity) != 0
        self._model.geom_contype[solid] = self._model.geom_conaffinity[solid] = 1
        self._model.body_contype[:] = self._model.body_conaffinity[:] = 1
        self._data = mujoco.MjData(self._model)
        self._torso = model.body(torso).id
        self._place = np.full((n, 2), np.nan)
        self.way = np.zeros(n)
        """How far each torso has come along the ground [m], (n,)."""
        self.depth = np.full(n, np.nan)
        """How deep parts were in each other at most [m], (n,); NaN before the first look."""

    def look(self, index: int, qpos: Array) -> None:
        """See one of them at positions, (nq,)."""
        model, data = self._model, self._data
        data.qpos[:] = qpos
        mujoco.mj_kinematics(model, data)
        mujoco.mj_comPos(model, data)
        mujoco.mj_collision(model, data)
        self.depth[index] = np.fmax(self.depth[index], self._depth_now())
        place = data.xpos[self._torso, :2]
        self.way[index] += np.nan_to_num(np.linalg.norm(place - self._place[index]))
        self._place[index] = place

    def _depth_now(self) -> float:
        bodies = self._model.geom_bodyid[self._data.contact.geom[: self._data.ncon]]
        distances = self._data.contact.dist[: self._data.ncon]
        return abs(float(distances[(bodies != _WORLD).all(1)].min(initial=0.0)))


def weighted_median(values: Array, weights: Array) -> float:
    """The value below which half of the weight lies; NaN without any weight."""
    if weights.sum() == 0.0:
        return np.nan
    order = np.argsort(values)
    shares = np.cumsum(weights[order]) / weights.sum()
    return float(values[order][np.searchsorted(shares, 0.5)])
