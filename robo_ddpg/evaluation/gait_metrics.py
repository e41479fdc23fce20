"""How a robot on legs touches the ground: whether its feet slip, sink and take turns."""

from dataclasses import dataclass, field

import mujoco
import numpy as np
from numpy.typing import NDArray

from robo_ddpg.envs.simulation import Simulation
from tasks.arrays import Array, Mask
from tasks.quantities import Measure

GAIT_METRICS = {
    "foot_slip_m_s": Measure("slip of the feet", "m/s"),
    "foot_depth_m": Measure("depth of the feet in the ground", "m"),
    "duty_factor": Measure("time of a foot on the ground"),
    "cost_of_transport": Measure("cost of transport"),
}
"""Median speed of the feet along the ground where they touch it, by the force that they bear; how
deep they sink into it at most; share of the time that a foot is on it; energy by weight and way
(Tucker 1975, The energetic cost of moving about)."""
LOOK_EVERY = 2
"""Control steps between two looks at the contacts: each takes as long as a physics step."""
_WORLD = 0


@dataclass
class _Seen:
    """What was seen of one simulation."""

    slip: list[float] = field(default_factory=list)
    """Of each contact [m/s]."""
    force: list[float] = field(default_factory=list)
    """Of each contact [N]."""
    depth: float = 0.0
    down: int = 0
    """Feet on the ground, summed over looks."""
    looks: int = 0
    way: float = 0.0
    place: Array | None = None


class GaitMetrics:
    """Looks at the contacts of n simulations now and then.

    Contacts are computed again from each state, since a batch does not keep them.
    """

    def __init__(self, simulation: Simulation) -> None:
        """Look at simulations that have just been reset."""
        task = simulation.task
        self._model = task.model
        self._state = simulation.batch.state
        self._data = mujoco.MjData(self._model)
        self._feet = [self._model.geom(name).id for name in task.feet]
        self._torso = self._model.body(task.push_body).id
        self._weight = float(self._model.body_subtreemass[self._torso]) * float(
            np.linalg.norm(self._model.opt.gravity)
        )
        self._seen = [_Seen() for _ in range(len(self._state))]
        self._jacobian = np.zeros((3, self._model.nv))
        self._steps = 0

    def add(self, running: Mask) -> None:
        """Add one control step of those that still count, (n,)."""
        self._steps += 1
        if self._steps % LOOK_EVERY == 0:
            for index in np.flatnonzero(running):
                self._look(self._seen[index], self._state[index])

    def result(self, work: Array) -> dict[str, Array]:
        """The metrics, (n,) each, NaN where nothing was seen.

        Args:
            work: of the actuators [J], (n,).
        """
        rows = [
            self._of(seen, float(joules)) for seen, joules in zip(self._seen, work, strict=True)
        ]
        return dict(zip(GAIT_METRICS, np.array(rows).T.copy(), strict=True))

    def _look(self, seen: _Seen, state: Array) -> None:
        model, data = self._model, self._data
        mujoco.mj_setState(model, data, state, mujoco.mjtState.mjSTATE_INTEGRATION)
        mujoco.mj_forward(model, data)
        seen.looks += 1
        place = data.xpos[self._torso, :2].copy()
        if seen.place is not None:
            seen.way += float(np.linalg.norm(place - seen.place))
        seen.place = place
        down = set()
        for index, contact in enumerate(data.contact[: data.ncon]):
            foot = next((geom for geom in contact.geom if geom in self._feet), None)
            if foot is not None and self._is_ground(contact.geom):
                down.add(foot)
                seen.depth = max(seen.depth, -float(contact.dist))
                seen.force.append(self._force(index))
                seen.slip.append(self._slip(foot, contact))
        seen.down += len(down)

    def _is_ground(self, geoms: NDArray[np.int32]) -> bool:
        return any(self._model.geom_bodyid[geom] == _WORLD for geom in geoms)

    def _force(self, index: int) -> float:
        """Normal force of a contact [N]."""
        force = np.zeros(6)
        mujoco.mj_contactForce(self._model, self._data, index, force)
        return float(force[0])

    def _slip(self, foot: int, contact: mujoco.MjContact) -> float:
        """Speed of the foot along the ground at a contact [m/s]."""
        body = self._model.geom_bodyid[foot]
        mujoco.mj_jac(self._model, self._data, self._jacobian, None, contact.pos, body)
        velocity, normal = self._jacobian @ self._data.qvel, contact.frame[:3]
        return float(np.linalg.norm(velocity - (velocity @ normal) * normal))

    def _of(self, seen: _Seen, work: float) -> tuple[float, ...]:
        slip = _weighted_median(np.array(seen.slip), np.array(seen.force))
        depth = seen.depth if seen.slip else np.nan
        duty = seen.down / (seen.looks * len(self._feet)) if seen.looks else np.nan
        cost = work / (self._weight * seen.way) if seen.way > 0.0 else np.nan
        return slip, depth, duty, cost


def _weighted_median(values: Array, weights: Array) -> float:
    """The value below which half of the weight lies; NaN without any weight."""
    if weights.sum() == 0.0:
        return np.nan
    order = np.argsort(values)
    shares = np.cumsum(weights[order]) / weights.sum()
    return float(values[order][np.searchsorted(shares, 0.5)])
