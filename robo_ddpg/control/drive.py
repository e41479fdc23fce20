"""What stands between an agent's action and the actuators of a robot."""

from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from tasks.arrays import Array, Mask

RecordItem = str | int


class Drive(Protocol):
    """Turns actions into actuator commands within the robot's limits, and watches what follows."""

    action_size: int
    """Number of action components."""
    reasons: tuple[str, ...]
    """Why an action may be altered; the first two are `non_finite` and `out_of_range`."""
    violations: tuple[str, ...]
    """Limits that the simulated robot is checked against at every physics step."""
    controls: Array
    """Actuator commands of the last control step, one per physics step, (n, substeps, nu)."""
    records: dict[RecordItem, Any]
    """What of the simulation is recorded after every physics step, and where to."""
    states: Array
    """Positions and velocities after each physics step, (n, substeps, nq + nv)."""

    @property
    def planned_velocity(self) -> Array | None:
        """Commanded joint velocities [rad/s], (n, j); None if commands are not positions."""

    def efforts(self) -> dict[str, Array]:
        """What the last actions asked for, and what of it the safety filter let through.

        Returns:
            Root mean square over the joints, (n,) each; `asked_` and `moved_` with the unit.
        """

    def reset(self, ids: NDArray[np.intp]) -> None:
        """Start anew from the simulations' present state."""

    def command(self, action: Array, finite: Mask | None, alteration: Array) -> None:
        """Write `controls`.

        Args:
            action: within [-1, 1], (n, a).
            finite: which actions were numbers at all, (n,); None if all were.
            alteration: alteration per reason, (reasons, n); written into.
        """

    def review(self, alteration: Array) -> Array:
        """Look at what the physics did in the control step that has just been simulated.

        Args:
            alteration: as `command` left it; what the actuators themselves cut off is added to it.

        Returns:
            How far each limit was overstepped, 0 or negative where it was kept, (violations, n).
        """


def root_mean_square(values: Array) -> Array:
    """Over the joints, (n, j) -> (n,)."""
    return np.asarray(np.sqrt(np.square(values).mean(1)))
