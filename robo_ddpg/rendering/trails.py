"""Where sites of a robot have been lately, drawn into a scene."""

import itertools
from collections import deque
from collections.abc import Sequence
from typing import Any

import mujoco
import numpy as np

from tasks.arrays import Array

LASTING_S = 2.0
"""What is older fades away [s]."""
_APART_M = 0.004
"""Points that are nearer to the one before are left out [m]."""
_RADIUS_M = 0.0035
_AMBER = (0.98, 0.62, 0.10)


class Trails:
    """The paths of some sites."""

    def __init__(self, sites: Sequence[str]) -> None:
        self._paths: dict[str, deque[tuple[float, Array]]] = {site: deque() for site in sites}

    def follow(self, data: mujoco.MjData) -> None:
        """See where the sites are now; its positions are current."""
        for site, path in self._paths.items():
            place = data.site(site).xpos.copy()
            if not path or np.linalg.norm(place - path[-1][1]) >= _APART_M:
                path.append((data.time, place))
            while path[0][0] < data.time - LASTING_S and len(path) > 1:
                path.popleft()

    def draw(self, scene: Any, now_s: float) -> None:
        """Add the paths to a mujoco.MjvScene, older parts paler."""
        for path in self._paths.values():
            for (_, start), (time_s, end) in itertools.pairwise(path):
                if scene.ngeom == scene.maxgeom:
                    return
                freshness = np.clip(1.0 - (now_s - time_s) / LASTING_S, 0.0, 1.0)
                geom = scene.geoms[scene.ngeom]
                colour = np.array([*_AMBER, 0.3 + 0.7 * freshness], np.float32)
                kind = mujoco.mjtGeom.mjGEOM_CYLINDER
                mujoco.mjv_initGeom(geom, kind, np.zeros(3), np.zeros(3), np.zeros(9), colour)
                mujoco.mjv_connector(geom, kind, _RADIUS_M, start, end)
                geom.emission = 0.6
                geom.category = mujoco.mjtCatBit.mjCAT_DECOR
                scene.ngeom += 1
